//! Huffman codes: read from a file (T.81, annex C) and made for one (annex K.2).

use crate::order::sort_by_key;
use crate::photo::lossy_reason::LossyReason;

/// Codes up to this length are found in one step: all but a few in a thousand symbols of a photo.
pub(super) const LOOKUP_BITS: u32 = 10;

/// Longest code that the format knows, in bits.
const MAX_LENGTH: usize = 16;

/// A code as a DHT segment states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Specification {
    /// How many codes there are of 1 to 16 bits (BITS).
    pub(super) counts: [u8; MAX_LENGTH],
    /// Symbols by growing code (HUFFVAL), as many as are counted.
    pub(super) symbols: Vec<u8>,
}

impl Specification {
    /// Takes one specification off a segment's content.
    pub(super) fn read(content: &mut &[u8]) -> Result<Self, LossyReason> {
        let (counts, rest) = content.split_first_chunk().ok_or(LossyReason::Damaged)?;
        let total = counts.iter().map(|count| usize::from(*count)).sum();
        let (symbols, rest) = rest.split_at_checked(total).ok_or(LossyReason::Damaged)?;
        *content = rest;
        Ok(Self { counts: *counts, symbols: symbols.to_vec() })
    }

    /// Symbol, code and length, by growing code (T.81, C.2). A code that does not fit into its length comes from a
    /// specification of more codes than there can be.
    fn codes(&self) -> impl Iterator<Item = (u8, u32, u32)> {
        let lengths = (1..).zip(self.counts).flat_map(|(length, count)| (0..count).map(move |_| length));
        let (mut next, mut last_length) = (0_u32, 0);
        self.symbols.iter().zip(lengths).map(move |(symbol, length)| {
            let code = next << (length - last_length);
            (next, last_length) = (code.saturating_add(1), length);
            (*symbol, code, length)
        })
    }

    /// The code with the least bits for symbols that occur as often as stated, no code longer than 16 bits and none of
    /// ones alone (T.81, K.2, figures K.1 to K.4).
    pub(super) fn optimal(occurrences: &[u32; 256]) -> Self {
        let lengths = code_lengths(occurrences);
        let mut counts = [0_u32; 257];
        lengths.iter().filter(|length| **length > 0).for_each(|length| counts[*length] += 1);
        limit_lengths(&mut counts);
        let mut symbols: Vec<u8> = (0..=u8::MAX).filter(|symbol| occurrences[usize::from(*symbol)] > 0).collect();
        sort_by_key(&mut symbols, |symbol| lengths[usize::from(*symbol)] as u64);
        // With at most 257 codes, no count of a Huffman code exceeds 255 once the reserved one is gone.
        let counts = std::array::from_fn(|i| counts[i + 1] as u8);
        Self { counts, symbols }
    }
}

/// The length of each symbol's code without any limit, 0 for symbols that do not occur. Index 256 is a reserved symbol,
/// without which the code of ones alone would be used.
fn code_lengths(occurrences: &[u32; 256]) -> [usize; 257] {
    let mut weights: Vec<(u64, Vec<usize>)> =
        (0..256).filter(|s| occurrences[*s] > 0).map(|s| (u64::from(occurrences[s]), vec![s])).collect();
    weights.push((1, vec![256]));
    let mut lengths = [0; 257];
    while weights.len() > 1 {
        sort_by_key(&mut weights, |(weight, _)| !weight);
        let pair = weights.split_off(weights.len() - 2);
        let joined = (pair[0].0 + pair[1].0, [&pair[0].1[..], &pair[1].1].concat());
        joined.1.iter().for_each(|symbol| lengths[*symbol] += 1);
        weights.push(joined);
    }
    lengths
}

/// Shortens codes over 16 bits at the cost of a shorter one each, and takes the reserved code away (T.81, figure K.3).
fn limit_lengths(counts: &mut [u32; 257]) {
    for length in (MAX_LENGTH + 1..counts.len()).rev() {
        while counts[length] > 0 {
            let shorter = (1..length - 1).rev().find(|l| counts[*l] > 0).unwrap_or(1);
            counts[length] -= 2;
            counts[length - 1] += 1;
            counts[shorter + 1] += 2;
            counts[shorter] -= 1;
        }
    }
    if let Some(longest) = counts[..=MAX_LENGTH].iter_mut().rev().find(|count| **count > 0) {
        *longest -= 1;
    }
}

/// Finds symbols by their codes.
pub(super) struct Decoder {
    /// By the next [`LOOKUP_BITS`] bits: symbol and length of a code they start with; length 0 if it is longer.
    short: Box<[(u8, u8); 1 << LOOKUP_BITS]>,
    /// For each length, the first code past those of that length, shifted to 16 bits, and the position of its symbol.
    ends: [u32; MAX_LENGTH],
    /// For each length, what to add to a code for the position of its symbol.
    offsets: [i32; MAX_LENGTH],
    symbols: Vec<u8>,
}

impl Decoder {
    pub(super) fn new(specification: &Specification) -> Result<Self, LossyReason> {
        let mut decoder = Self { symbols: specification.symbols.clone(), ..Self::empty() };
        for (position, (symbol, code, length)) in specification.codes().enumerate() {
            if code >= 1 << length {
                return Err(LossyReason::Damaged);
            }
            let index = length as usize - 1;
            decoder.ends[index] = (code + 1) << (MAX_LENGTH as u32 - length);
            decoder.offsets[index] = position as i32 - code as i32;
            if length <= LOOKUP_BITS {
                let first = (code << (LOOKUP_BITS - length)) as usize;
                decoder.short[first..first + (1 << (LOOKUP_BITS - length))].fill((symbol, length as u8));
            }
        }
        Ok(decoder)
    }

    /// A code without symbols.
    pub(super) fn empty() -> Self {
        Self {
            short: Box::new([(0, 0); 1 << LOOKUP_BITS]),
            ends: [0; MAX_LENGTH],
            offsets: [0; MAX_LENGTH],
            symbols: Vec::new(),
        }
    }

    /// The symbol whose code starts `bits`, of which there are [`LOOKUP_BITS`], and the code's length; `None` if it is
    /// longer than that.
    #[inline]
    pub(super) fn short(&self, bits: usize) -> Option<(u8, u32)> {
        let (symbol, length) = self.short[bits % (1 << LOOKUP_BITS)];
        (length > 0).then_some((symbol, length.into()))
    }

    /// The symbol whose code starts `bits`, of which there are 16, and the code's length; `None` if there is no such code.
    #[cold]
    pub(super) fn long(&self, bits: u32) -> Option<(u8, u32)> {
        let index = self.ends.iter().position(|end| bits < *end)?;
        let length = index as u32 + 1;
        let code = bits >> (MAX_LENGTH as u32 - length);
        let symbol = self.symbols.get((code as i32 + self.offsets[index]) as usize)?;
        Some((*symbol, length))
    }
}

/// The codes of symbols, to write them.
pub(super) struct Encoder {
    /// Code and length by symbol; length 0 for symbols without a code.
    codes: [(u32, u32); 256],
}

impl Encoder {
    /// Of a code that [`Specification::optimal`] made.
    pub(super) fn new(specification: &Specification) -> Self {
        let mut codes = [(0, 0); 256];
        for (symbol, code, length) in specification.codes() {
            codes[usize::from(symbol)] = (code, length);
        }
        Self { codes }
    }

    /// The code of a symbol and its length.
    #[inline]
    pub(super) fn code(&self, symbol: u8) -> (u32, u32) {
        self.codes[usize::from(symbol)]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn optimal_codes_fit_and_leave_out_the_one_of_ones(counts in prop::collection::vec((any::<u8>(), 0u32..30), 1..256)) {
            let mut occurrences = [0; 256];
            // Powers of two make the longest codes.
            counts.iter().for_each(|(symbol, power)| occurrences[usize::from(*symbol)] = 1 << power);
            let specification = Specification::optimal(&occurrences);
            let codes: Vec<_> = specification.codes().collect();
            prop_assert_eq!(codes.len(), occurrences.iter().filter(|count| **count > 0).count());
            prop_assert!(codes.iter().all(|(_, code, length)| code + 1 < 1 << length));
            let decoder = Decoder::new(&specification).unwrap();
            for (symbol, code, length) in codes {
                let bits = code << (16 - length);
                let found = decoder.short((bits >> 6) as usize).or_else(|| decoder.long(bits));
                prop_assert_eq!(found, Some((symbol, length)));
            }
        }
    }

    #[test]
    fn frequent_symbols_get_the_shorter_codes() {
        let mut occurrences = [0; 256];
        occurrences[..4].copy_from_slice(&[1, 10, 100, 1000]);
        let specification = Specification::optimal(&occurrences);
        let lengths: Vec<(u8, u32)> = specification.codes().map(|(symbol, _, length)| (symbol, length)).collect();
        assert_eq!(lengths, [(3, 1), (2, 2), (1, 3), (0, 4)]);
    }

    #[test]
    fn more_codes_than_fit_are_refused() {
        let mut counts = [0; 16];
        counts[0] = 3;
        assert!(Decoder::new(&Specification { counts, symbols: vec![1, 2, 3] }).is_err());
    }
}
