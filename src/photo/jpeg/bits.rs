//! Bits of entropy-coded data: byte stuffing and restart markers (T.81, B.1.1.5 and F.1.2.3).

use super::huffman::{Decoder, LOOKUP_BITS};
use crate::photo::lossy_reason::LossyReason;

/// Bits that the longest code (16) and the longest value after it (15) take together are there after a refill.
const ENOUGH: i32 = 32;

/// Reads bits up to the next marker. Past it there are zeros, and [`BitReader::check`] fails.
pub(super) struct BitReader<'a> {
    bytes: &'a [u8],
    position: usize,
    /// The next bits, from the most significant on. Below those that are counted there are zeros, or bits of the next
    /// byte, which come to the same place once it is counted.
    buffer: u64,
    /// Bits in the buffer; negative once more were taken than there were.
    available: i32,
    at_marker: bool,
}

impl<'a> BitReader<'a> {
    pub(super) fn new(bytes: &'a [u8], position: usize) -> Self {
        Self { bytes, position, buffer: 0, available: 0, at_marker: false }
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Where the first byte stands of which nothing was taken.
    pub(super) fn position(&self) -> usize {
        let mut position = self.position;
        for _ in 0..self.available.max(0) / 8 {
            let is_stuffed = self.bytes[..position].ends_with(&[0xFF, 0]);
            position -= if is_stuffed { 2 } else { 1 };
        }
        position
    }

    /// `Err` if the data has ended before what was read.
    pub(super) fn check(&self) -> Result<(), LossyReason> {
        if self.available < 0 { Err(LossyReason::Damaged) } else { Ok(()) }
    }

    /// Fills the buffer, unless a marker is reached.
    #[inline]
    fn refill(&mut self) {
        if self.available >= ENOUGH || self.at_marker {
            return;
        }
        let next = self.bytes.get(self.position..).and_then(|rest| rest.first_chunk()).copied().map(u64::from_be_bytes);
        match next {
            Some(next) if !contains_ff(next) => {
                self.buffer |= next >> self.available;
                let taken = (63 - self.available) / 8;
                self.position += taken as usize;
                self.available += 8 * taken;
            }
            _ => self.refill_bytes(),
        }
    }

    #[cold]
    fn refill_bytes(&mut self) {
        while self.available <= 56 {
            let byte = match self.bytes.get(self.position..) {
                Some([0xFF, 0x00, ..]) => {
                    self.position += 2;
                    0xFF
                }
                Some([byte, ..]) if *byte != 0xFF => {
                    self.position += 1;
                    *byte
                }
                _ => {
                    self.at_marker = true;
                    return;
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.available);
            self.available += 8;
        }
    }

    #[inline]
    fn skip(&mut self, count: u32) {
        self.buffer <<= count;
        self.available -= count as i32;
    }

    /// The next symbol of a Huffman code.
    #[inline]
    pub(super) fn symbol(&mut self, code: &Decoder) -> Result<u8, LossyReason> {
        self.refill();
        let (symbol, length) = match code.short((self.buffer >> (64 - LOOKUP_BITS)) as usize) {
            Some(found) => found,
            None => code.long((self.buffer >> 48) as u32).ok_or(LossyReason::Damaged)?,
        };
        self.skip(length);
        Ok(symbol)
    }

    /// The next `count` bits as a number, up to 15, after a symbol or another refill.
    #[inline]
    fn bits(&mut self, count: u32) -> i32 {
        let value = (self.buffer >> 1 >> (63 - count)) as i32;
        self.skip(count);
        value
    }

    /// A value of a size category, as it follows its symbol (T.81, F.2.2.1: RECEIVE and EXTEND).
    #[inline]
    pub(super) fn value(&mut self, size: u8) -> i32 {
        let size = u32::from(size);
        let bits = self.bits(size);
        let is_negative = bits < (1 << size) >> 1;
        if is_negative { bits - (1 << size) + 1 } else { bits }
    }

    /// A number of `count` bits, up to 15.
    pub(super) fn number(&mut self, count: u32) -> u32 {
        self.refill();
        self.bits(count) as u32
    }

    /// Goes on behind the restart marker number `index`, which must come next.
    pub(super) fn restart(&mut self, index: u8) -> Result<(), LossyReason> {
        self.refill();
        let fill = self.bytes.get(self.position..).unwrap_or_default().iter().take_while(|b| **b == 0xFF).count();
        let marker = self.bytes.get(self.position + fill);
        // Fewer than 8 bits complete the last byte; more would be data that belongs to nothing.
        if self.available >= 8 || fill == 0 || marker != Some(&(0xD0 + index)) {
            return Err(LossyReason::Damaged);
        }
        self.check()?;
        *self = Self::new(self.bytes, self.position + fill + 1);
        Ok(())
    }
}

/// Some byte of `word` is 0xFF: the exact test for a zero byte (Warren, Hacker's Delight, 6-1) on its complement.
fn contains_ff(word: u64) -> bool {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    (!word).wrapping_sub(ONES) & word & HIGH != 0
}

/// Writes bits with the stuffing that entropy-coded data needs.
pub(super) struct BitWriter {
    bytes: Vec<u8>,
    /// Bits not yet written, from the most significant on.
    buffer: u64,
    pending: u32,
}

impl BitWriter {
    /// Appends to `bytes`.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, buffer: 0, pending: 0 }
    }

    /// Appends the lower `count` bits of `bits`, 32 at most; the others must be 0.
    #[inline]
    pub(super) fn put(&mut self, bits: u32, count: u32) {
        if self.pending + count > 64 {
            self.flush_words();
        }
        self.buffer |= u64::from(bits) << ((64 - self.pending - count) % 64);
        self.pending += count;
    }

    /// Writes the first 32 bits of the buffer.
    #[inline]
    fn flush_words(&mut self) {
        let word = (self.buffer >> 32) as u32;
        let bytes = word.to_be_bytes();
        if contains_ff(u64::from(word)) {
            bytes.iter().for_each(|byte| self.push_stuffed(*byte));
        } else {
            self.bytes.extend_from_slice(&bytes);
        }
        self.buffer <<= 32;
        self.pending -= 32;
    }

    fn push_stuffed(&mut self, byte: u8) {
        self.bytes.push(byte);
        if byte == 0xFF {
            self.bytes.push(0);
        }
    }

    /// The bytes, the last one filled up with ones (T.81, F.1.2.3).
    pub(super) fn finish(mut self) -> Vec<u8> {
        let fill = (8 - self.pending % 8) % 8;
        self.put((1 << fill) - 1, fill);
        for byte in self.buffer.to_be_bytes().into_iter().take(self.pending as usize / 8) {
            self.push_stuffed(byte);
        }
        self.bytes
    }
}
