//! How the pictures of HEIC are coded (ITU-T H.265), as far as their parameter sets say: size, samples, colours, and the tools
//! that a decoder has to know.

use std::borrow::Cow;

use super::Box;
use crate::container::span::ByteOrder;

/// Most parameter sets of an item; the standard has 16 sequences and 64 pictures at most.
const MAX_SETS: usize = 96;
/// Most slices of a picture (H.265, table A.8).
const MAX_SLICES: usize = 600;
/// Most NAL units in the property of an item, of which some are no parameter sets.
const MAX_UNITS: usize = 1024;
/// Types of NAL units (H.265, table 7-1).
const SEQUENCE: u8 = 33;
const PICTURE: u8 = 34;
const SETS: std::ops::RangeInclusive<u8> = 32..=34;
const FIRST_NOT_CODED: u8 = 32;
/// Bytes before a unit's payload.
const UNIT_HEADER_LEN: usize = 2;

/// The property `hvcC` of an item (ISO/IEC 14496-15, 8.3.3.1).
pub(crate) struct Config<'a> {
    /// Parameter sets, each a NAL unit.
    sets: Vec<&'a [u8]>,
    /// Bytes of the length before each unit of the item.
    length_len: usize,
}

impl<'a> Config<'a> {
    /// `None` if the property is not whole.
    pub(crate) fn read(property: &Box<'a>) -> Option<Self> {
        const LENGTH_AT: usize = 21;
        const ARRAYS_AT: usize = 22;
        let data = property.data;
        let length_len = usize::from(data.u8(LENGTH_AT)? & 3) + 1;
        let (mut sets, mut at) = (Vec::new(), ARRAYS_AT + 1);
        for _ in 0..data.u8(ARRAYS_AT)? {
            let count = data.u16(at + 1, ByteOrder::Big)?;
            at += 3;
            for _ in 0..count {
                let len = usize::from(data.u16(at, ByteOrder::Big)?);
                if sets.len() == MAX_UNITS {
                    return None;
                }
                sets.push(data.part(at + 2, len)?.bytes());
                at += 2 + len;
            }
        }
        Some(Self { sets, length_len })
    }

    /// The units of an item's content; `None` if they do not fill it, or are too many.
    pub(crate) fn picture<'b>(&self, content: &'b [u8]) -> Option<Picture<'b>>
    where
        'a: 'b,
    {
        let mut picture = Picture { sets: self.sets.clone(), coded: Vec::new() };
        let mut rest = content;
        while !rest.is_empty() {
            let (len, after) = rest.split_at_checked(self.length_len)?;
            let len = len.iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
            let (unit, after) = after.split_at_checked(len)?;
            rest = after;
            match unit_type(unit)? {
                kind if SETS.contains(&kind) => picture.sets.push(unit),
                kind if kind < FIRST_NOT_CODED => picture.coded.push(unit),
                _ => {}
            }
            if picture.sets.len() > MAX_UNITS + MAX_SETS || picture.coded.len() > MAX_SLICES {
                return None;
            }
        }
        picture.sets.retain(|set| unit_type(set).is_some_and(|kind| SETS.contains(&kind)));
        (picture.sets.len() <= MAX_SETS).then_some(picture)
    }
}

/// A coded picture.
pub(crate) struct Picture<'a> {
    /// Parameter sets.
    pub(crate) sets: Vec<&'a [u8]>,
    /// Slices.
    pub(crate) coded: Vec<&'a [u8]>,
}

impl Picture<'_> {
    /// What the parameter sets say; `None` if they cannot be read or say different things.
    pub(crate) fn sequence(&self) -> Option<Sequence> {
        let mut found = None;
        for set in &self.sets {
            let payload = payload(set);
            let mut bits = Bits::new(&payload);
            match unit_type(set)? {
                SEQUENCE => {
                    let sequence = Sequence::read(&mut bits)?;
                    if found.is_some_and(|found| found != sequence) {
                        return None;
                    }
                    found = Some(sequence);
                }
                PICTURE => skip_picture_set(&mut bits)?,
                _ => {}
            }
        }
        found
    }

    /// The parameter sets with default scaling lists of 4 x 4 written out: heic-rs 0.1.4 takes another list for that.
    pub(crate) fn plain_sets(&self) -> Vec<Cow<'_, [u8]>> {
        self.sets.iter().map(|set| with_lists(set).map_or(Cow::Borrowed(*set), Cow::Owned)).collect()
    }

    /// Whether the slices are those of one picture of one layer.
    pub(crate) fn is_single(&self) -> bool {
        let starts = self.coded.iter().filter(|unit| unit.get(UNIT_HEADER_LEN).is_some_and(|first| first & 0x80 != 0));
        starts.count() == 1 && self.coded.iter().chain(&self.sets).all(|unit| layer(unit) == Some(0))
    }
}

/// A parameter set with its default scaling lists of 4 x 4 written out; `None` if it has none.
fn with_lists(set: &[u8]) -> Option<Vec<u8>> {
    /// A flag and a reference, each of one bit.
    const REFERENCE: usize = 2;
    /// The same as numbers: that they follow, the first as its difference from 8, and fifteen that do not differ.
    const SIXTEENS: [bool; 25] = {
        let mut bits = [true; 25];
        let mut at = 1;
        while at < 10 {
            bits[at] = at == 5;
            at += 1;
        }
        bits
    };
    let payload = payload(set);
    let mut bits = Bits::new(&payload);
    match unit_type(set)? {
        SEQUENCE => Sequence::read(&mut bits).map(|_| ())?,
        PICTURE => skip_picture_set(&mut bits)?,
        _ => return None,
    }
    let lists = std::mem::take(&mut bits.default_lists);
    let mut from = *lists.first()?;
    bits.at = 0;
    let mut written: Vec<bool> = (0..from).map_while(|_| bits.flag()).collect();
    for to in lists.iter().skip(1).copied().chain([8 * payload.len()]) {
        written.extend(SIXTEENS);
        bits.at = from + REFERENCE;
        written.extend((bits.at..to).map_while(|_| bits.flag()));
        from = to;
    }
    // The payload ends with a one, after which only zeros may follow.
    let bytes =
        written.chunks(8).map(|bits| (0..8).fold(0, |byte, n| byte << 1 | u8::from(bits.get(n) == Some(&true))));
    Some(escaped(set.get(..UNIT_HEADER_LEN)?, bytes))
}

/// A unit of this payload: the opposite of [`payload`].
fn escaped(header: &[u8], payload: impl Iterator<Item = u8>) -> Vec<u8> {
    let (mut unit, mut zeros) = (header.to_vec(), 0);
    for byte in payload {
        if zeros >= 2 && byte <= 3 {
            unit.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        unit.push(byte);
    }
    unit
}

fn unit_type(unit: &[u8]) -> Option<u8> {
    unit.first().map(|byte| byte >> 1 & 0x3F)
}

fn layer(unit: &[u8]) -> Option<u8> {
    Some((unit.first()? & 1) << 5 | unit.get(1)? >> 3)
}

/// A unit's payload: without its header, and without the bytes that keep start codes out of it.
fn payload(unit: &[u8]) -> Vec<u8> {
    let (mut payload, mut zeros) = (Vec::with_capacity(unit.len()), 0);
    for &byte in unit.iter().skip(UNIT_HEADER_LEN) {
        if zeros >= 2 && byte == 3 {
            zeros = 0;
            continue;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        payload.push(byte);
    }
    payload
}

/// What a picture's sequence parameter set says (H.265, 7.3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sequence {
    /// Columns and rows that are coded.
    pub(crate) coded: (u32, u32),
    /// Columns and rows that are shown.
    pub(crate) shown: (u32, u32),
    /// 0 grey, 1 for 4:2:0, 2 for 4:2:2, 3 for 4:4:4.
    pub(crate) chroma: u32,
    /// Bits of luma and of chroma.
    pub(crate) depth: (u32, u32),
    /// What it says of its colours.
    pub(crate) signal: CodePoints,
}

/// What samples mean (ITU-T H.273).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CodePoints {
    pub(crate) primaries: u16,
    pub(crate) transfer: u16,
    pub(crate) matrix: u16,
    pub(crate) full_range: bool,
}

impl CodePoints {
    /// Without colours, in the range that holds where none is stated (H.265, E.3.1).
    const NARROW: Self = Self { primaries: 2, transfer: 2, matrix: 2, full_range: false };
}

impl Sequence {
    fn read(bits: &mut Bits) -> Option<Self> {
        bits.skip(4)?;
        let sub_layers = bits.number(3)?;
        bits.skip(1)?;
        skip_profile(bits, sub_layers)?;
        bits.golomb()?;
        let chroma = bits.golomb().filter(|chroma| *chroma <= 3)?;
        if chroma == 3 && bits.flag()? {
            // Three planes coded apart.
            return None;
        }
        let coded = (bits.golomb()?, bits.golomb()?);
        let shown = if bits.flag()? { shown(bits, coded, chroma)? } else { coded };
        let depth = (bits.golomb()?.checked_add(8)?, bits.golomb()?.checked_add(8)?);
        let order_bits = bits.golomb().filter(|bits| *bits <= 12)? + 4;
        let first = if bits.flag()? { 0 } else { sub_layers };
        bits.skip_golombs(3 * (sub_layers - first + 1))?;
        // Sizes of blocks, and depths of their trees.
        bits.skip_golombs(6)?;
        if bits.flag()? && bits.flag()? {
            skip_lists(bits)?;
        }
        // Asymmetric partitions, sample adaptive offset.
        bits.skip(2)?;
        if bits.flag()? {
            // Samples as they are: depths, sizes, filter.
            bits.skip(8)?;
            bits.skip_golombs(2)?;
            bits.skip(1)?;
        }
        skip_references(bits, order_bits)?;
        // Motion vectors, smoothing.
        bits.skip(2)?;
        let signal = if bits.flag()? { signal(bits)? } else { CodePoints::NARROW };
        Some(Self { coded, shown, chroma, depth, signal })
    }
}

/// The size after the conformance window.
fn shown(bits: &mut Bits, coded: (u32, u32), chroma: u32) -> Option<(u32, u32)> {
    let unit = match chroma {
        1 => (2, 2),
        2 => (2, 1),
        _ => (1, 1),
    };
    let mut edges = || bits.golomb()?.checked_add(bits.golomb()?);
    let (across, down) = (edges()?.checked_mul(unit.0)?, edges()?.checked_mul(unit.1)?);
    Some((coded.0.checked_sub(across)?, coded.1.checked_sub(down)?))
}

/// Profile, tier and level (7.3.3).
fn skip_profile(bits: &mut Bits, sub_layers: u32) -> Option<()> {
    const PROFILE: u32 = 88;
    const LEVEL: u32 = 8;
    bits.skip(PROFILE + LEVEL)?;
    let present: Vec<(bool, bool)> =
        (0..sub_layers).map(|_| Some((bits.flag()?, bits.flag()?))).collect::<Option<_>>()?;
    if sub_layers > 0 {
        bits.skip(2 * (8 - sub_layers))?;
    }
    for (has_profile, has_level) in present {
        bits.skip(u32::from(has_profile) * PROFILE + u32::from(has_level) * LEVEL)?;
    }
    Some(())
}

/// Scaling lists (7.3.4). Notes which of 4 x 4 refer to the default one.
fn skip_lists(bits: &mut Bits) -> Option<()> {
    for size in 0..4 {
        let lists = if size == 3 { 2 } else { 6 };
        for _ in 0..lists {
            let at = bits.at;
            if bits.flag()? {
                let dc = u32::from(size > 1);
                bits.skip_golombs(dc + if size == 0 { 16 } else { 64 })?;
            } else if bits.golomb()? == 0 && size == 0 {
                bits.default_lists.push(at);
            }
        }
    }
    Some(())
}

/// Sets of reference pictures, which a still picture has no use for (7.3.7), and those of long term.
fn skip_references(bits: &mut Bits, order_bits: u32) -> Option<()> {
    let sets = bits.golomb().filter(|sets| *sets <= 64)?;
    let mut before = 0;
    for set in 0..sets {
        before = if set > 0 && bits.flag()? {
            bits.skip(1)?;
            bits.golomb()?;
            let mut kept = 0;
            for _ in 0..=before {
                kept += u32::from(bits.flag()? || bits.flag()?);
            }
            kept
        } else {
            let pictures = (bits.golomb()?, bits.golomb()?);
            if pictures.0 > 16 || pictures.1 > 16 {
                return None;
            }
            for _ in 0..pictures.0 + pictures.1 {
                bits.golomb()?;
                bits.skip(1)?;
            }
            pictures.0 + pictures.1
        };
    }
    if bits.flag()? {
        let long = bits.golomb().filter(|long| *long <= 32)?;
        bits.skip(long * (order_bits + 1))?;
    }
    Some(())
}

/// The start of the usability information (E.2.1), as far as the colours; unspecified where it says nothing of them.
fn signal(bits: &mut Bits) -> Option<CodePoints> {
    const OTHER_ASPECT: u32 = 255;
    if bits.flag()? && bits.number(8)? == OTHER_ASPECT {
        bits.skip(32)?;
    }
    if bits.flag()? {
        bits.skip(1)?;
    }
    if !bits.flag()? {
        return Some(CodePoints::NARROW);
    }
    bits.skip(3)?;
    let full_range = bits.flag()?;
    if !bits.flag()? {
        return Some(CodePoints { full_range, ..CodePoints::NARROW });
    }
    let mut point = || bits.number(8).map(|point| point as u16);
    Some(CodePoints { primaries: point()?, transfer: point()?, matrix: point()?, full_range })
}

/// A picture parameter set (7.3.2.3) up to its scaling lists.
fn skip_picture_set(bits: &mut Bits) -> Option<()> {
    bits.skip_golombs(2)?;
    // Dependent slices, output, further bits, hidden signs, contexts.
    bits.skip(1 + 1 + 3 + 1 + 1)?;
    bits.skip_golombs(3)?;
    // Constrained prediction, skipped transforms.
    bits.skip(2)?;
    if bits.flag()? {
        bits.golomb()?;
    }
    bits.skip_golombs(2)?;
    // Offsets in slices, two kinds of weights, lossless blocks.
    bits.skip(4)?;
    let has_tiles = bits.flag()?;
    bits.skip(1)?;
    if has_tiles {
        let (columns, rows) = (bits.golomb()?, bits.golomb()?);
        if !bits.flag()? {
            bits.skip_golombs(columns.checked_add(rows)?)?;
        }
        bits.skip(1)?;
    }
    bits.skip(1)?;
    if bits.flag()? {
        bits.skip(1)?;
        if !bits.flag()? {
            bits.skip_golombs(2)?;
        }
    }
    if bits.flag()? {
        skip_lists(bits)?;
    }
    Some(())
}

/// Bits from the highest of each byte.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where scaling lists of 4 x 4 refer to the default one.
    default_lists: Vec<usize>,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, default_lists: Vec::new() }
    }

    fn flag(&mut self) -> Option<bool> {
        let byte = self.bytes.get(self.at / 8)?;
        let bit = byte >> (7 - self.at % 8) & 1;
        self.at += 1;
        Some(bit == 1)
    }

    /// A number of at most 32 bits.
    fn number(&mut self, bits: u32) -> Option<u32> {
        (0..bits).try_fold(0, |number: u32, _| Some(number << 1 | u32::from(self.flag()?)))
    }

    fn skip(&mut self, bits: u32) -> Option<()> {
        self.at = self.at.checked_add(bits as usize)?;
        (self.at <= 8 * self.bytes.len()).then_some(())
    }

    /// A number in Exp-Golomb code (9.2).
    fn golomb(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while !self.flag()? {
            zeros += 1;
        }
        if zeros > 31 {
            return None;
        }
        Some((1 << zeros) - 1 + self.number(zeros)?)
    }

    fn skip_golombs(&mut self, count: u32) -> Option<()> {
        (0..count).try_for_each(|_| self.golomb().map(|_| ()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::Span;
    use crate::container::isobmff::tests::boxed;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    #[derive(Default)]
    struct Writer(Vec<bool>);

    impl Writer {
        fn bits(&mut self, number: u32, bits: u32) -> &mut Self {
            self.0.extend((0..bits).rev().map(|bit| number >> bit & 1 == 1));
            self
        }

        fn golomb(&mut self, number: u32) -> &mut Self {
            let bits = u32::BITS - (number + 1).leading_zeros();
            self.bits(0, bits - 1).bits(number + 1, bits)
        }

        fn golombs(&mut self, numbers: &[u32]) -> &mut Self {
            numbers.iter().for_each(|number| {
                self.golomb(*number);
            });
            self
        }

        /// A unit of this type: with the bit that ends its payload, and with bytes that keep start codes out of it.
        fn unit(&mut self, kind: u8) -> Vec<u8> {
            self.bits(1, 1);
            let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte >> 1 | u8::from(*bit) << 7);
            escaped(&[kind << 1, 1], self.0.chunks(8).map(byte))
        }

        /// Scaling lists; those of 4 x 4 as they are by default, or written out.
        fn lists(&mut self, is_default: bool) -> &mut Self {
            for size in 0..4 {
                for _ in 0..if size == 3 { 2 } else { 6 } {
                    if size > 0 || is_default {
                        self.bits(0, 1).golomb(0);
                    } else {
                        self.bits(1, 1).golomb(15).golombs(&[0; 15]);
                    }
                }
            }
            self
        }
    }

    /// What can be in a sequence parameter set, besides its size.
    #[derive(Debug, Clone, Copy, Default)]
    struct Parts {
        lists: Option<bool>,
        sub_layers: u32,
        has_window: bool,
        has_plain_samples: bool,
        has_references: bool,
        signal: Option<CodePoints>,
    }

    fn sequence(coded: (u32, u32), parts: Parts) -> Vec<u8> {
        let mut set = Writer::default();
        set.bits(0, 4).bits(parts.sub_layers, 3).bits(1, 1).bits(1, 32).bits(0, 32).bits(0, 32);
        for _ in 0..parts.sub_layers {
            set.bits(3, 2);
        }
        if parts.sub_layers > 0 {
            set.bits(0, 2 * (8 - parts.sub_layers));
        }
        for _ in 0..parts.sub_layers {
            set.bits(7, 32).bits(7, 32).bits(7, 32);
        }
        set.golombs(&[0, 1, coded.0, coded.1]).bits(u32::from(parts.has_window), 1);
        if parts.has_window {
            set.golombs(&[1, 2, 0, 3]);
        }
        set.golombs(&[0, 0, 4]).bits(0, 1).golombs(&[1, 0, 0]).golombs(&[0, 3, 0, 3, 0, 0]);
        set.bits(u32::from(parts.lists.is_some()), 1);
        if let Some(is_default) = parts.lists {
            set.bits(1, 1).lists(is_default);
        }
        set.bits(0, 2).bits(u32::from(parts.has_plain_samples), 1);
        if parts.has_plain_samples {
            set.bits(0x77, 8).golombs(&[0, 1]).bits(0, 1);
        }
        if parts.has_references {
            // One of two pictures, one derived from it, and one of long term.
            set.golomb(2).golombs(&[1, 1]).golomb(0).bits(1, 1).golomb(0).bits(1, 1);
            set.bits(1, 1)
                .bits(0, 1)
                .golomb(0)
                .bits(1, 1)
                .bits(1, 2)
                .bits(0, 2)
                .bits(1, 1)
                .golomb(1)
                .bits(5, 8)
                .bits(1, 1);
        } else {
            set.golomb(0).bits(0, 1);
        }
        set.bits(0, 2).bits(u32::from(parts.signal.is_some()), 1);
        if let Some(signal) = parts.signal {
            set.bits(1, 1)
                .bits(255, 8)
                .bits(0, 32)
                .bits(3, 2)
                .bits(1, 1)
                .bits(5, 3)
                .bits(u32::from(signal.full_range), 1);
            set.bits(1, 1)
                .bits(signal.primaries.into(), 8)
                .bits(signal.transfer.into(), 8)
                .bits(signal.matrix.into(), 8);
        }
        set.bits(0, 16).unit(SEQUENCE)
    }

    fn picture_set(lists: Option<bool>) -> Vec<u8> {
        let mut set = Writer::default();
        set.golombs(&[0, 0]).bits(0, 7).golombs(&[0, 0, 0]).bits(1, 3).golomb(1).golombs(&[0, 0]).bits(0, 4).bits(2, 2);
        set.golombs(&[1, 1]).bits(0, 1).golombs(&[3, 3]).bits(0, 1).bits(0, 1).bits(1, 1).bits(0, 2).golombs(&[1, 1]);
        set.bits(u32::from(lists.is_some()), 1);
        if let Some(is_default) = lists {
            set.lists(is_default);
        }
        set.bits(0, 8).unit(PICTURE)
    }

    fn read(sets: &[&[u8]]) -> Option<Sequence> {
        Picture { sets: sets.to_vec(), coded: Vec::new() }.sequence()
    }

    /// As it is decoded, without the zeros at its end.
    fn plain(set: &[u8]) -> Vec<u8> {
        let sets = Picture { sets: vec![set], coded: Vec::new() };
        let mut plain = sets.plain_sets().remove(0).into_owned();
        plain.truncate(plain.len() - plain.iter().rev().take_while(|byte| **byte == 0).count());
        plain
    }

    proptest! {
        #[test]
        fn what_a_sequence_says_is_read(
            size in (8_u32..65_535, 8_u32..65_535),
            sub_layers in 0_u32..7,
            flags in any::<[bool; 4]>(),
            lists in any::<Option<bool>>(),
            points in any::<Option<([u8; 3], bool)>>(),
        ) {
            let signal = points.map(|([primaries, transfer, matrix], full_range)| {
                let [primaries, transfer, matrix] = [primaries, transfer, matrix].map(u16::from);
                CodePoints { primaries, transfer, matrix, full_range }
            });
            let [has_window, has_plain_samples, has_references, _] = flags;
            let parts = Parts { lists, sub_layers, has_window, has_plain_samples, has_references, signal };
            let shown = if has_window { (size.0.saturating_sub(6), size.1.saturating_sub(6)) } else { size };
            let signal = signal.unwrap_or(CodePoints::NARROW);
            let expected = Sequence { coded: size, shown, chroma: 1, depth: (8, 8), signal };
            prop_assert_eq!(read(&[&sequence(size, parts)]), Some(expected));
            // Default lists written out: the same as if they had been.
            let written_out = Parts { lists: lists.map(|_| false), ..parts };
            prop_assert_eq!(plain(&sequence(size, parts)), plain(&sequence(size, written_out)));
        }

        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..200), kind in 32_u8..36) {
            let unit = [&[kind << 1, 1], &bytes[..]].concat();
            let _ = read(&[&unit]);
            let property = boxed(b"hvcC", &bytes);
            let property = Box::all(Span::whole(&property)).next().unwrap();
            let _ = Config::read(&property).and_then(|config| config.picture(&bytes).map(|it| it.is_single()));
        }
    }

    #[test]
    fn default_lists_of_a_picture_are_written_out_too() {
        let sequence = sequence((64, 64), Parts::default());
        assert!([None, Some(false), Some(true)].iter().all(|lists| read(&[&sequence, &picture_set(*lists)]).is_some()));
        assert_eq!(plain(&picture_set(Some(true))), plain(&picture_set(Some(false))));
        assert_ne!(plain(&picture_set(Some(true))), plain(&picture_set(None)));
    }

    #[test]
    fn sequences_that_differ_are_none() {
        let [one, other] = [64, 72].map(|side| sequence((side, 64), Parts::default()));
        assert!(read(&[&one, &one]).is_some());
        assert_eq!(read(&[&one, &other]), None);
        assert_eq!(read(&[&one[..12]]), None);
    }

    #[test]
    fn a_single_picture_has_one_first_slice_and_one_layer() {
        let is_single = |coded: &[&[u8]]| Picture { sets: Vec::new(), coded: coded.to_vec() }.is_single();
        let (first, next, layered) = (&[0x26, 0x01, 0x80][..], &[0x26, 0x01, 0x00][..], &[0x26, 0x09, 0x00][..]);
        assert!(is_single(&[first]) && is_single(&[first, next]));
        assert!(!is_single(&[]) && !is_single(&[next]) && !is_single(&[first, first]) && !is_single(&[first, layered]));
    }
}
