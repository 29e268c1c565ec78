//! How the pictures of HEIC are coded (ITU-T H.265), as far as their parameter sets say: size, samples, colours, and the tools
//! that a decoder has to know.

use super::Box;
use crate::container::span::ByteOrder;

/// Most parameter sets of an item; the standard has 16 sequences and 64 pictures at most.
const MAX_SETS: usize = 96;
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
                sets.push(data.part(at + 2, len)?.bytes());
                at += 2 + len;
            }
        }
        Some(Self { sets, length_len })
    }

    /// The units of an item's content; `None` if they do not fill it.
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
        let mut has_default_list = false;
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
                PICTURE => has_default_list |= picture_has_default_list(&mut bits)?,
                _ => {}
            }
        }
        found.map(|found| Sequence { has_default_list: found.has_default_list || has_default_list, ..found })
    }

    /// Whether the slices are those of one picture of one layer.
    pub(crate) fn is_single(&self) -> bool {
        let starts = self.coded.iter().filter(|unit| unit.get(UNIT_HEADER_LEN).is_some_and(|first| first & 0x80 != 0));
        starts.count() == 1 && self.coded.iter().chain(&self.sets).all(|unit| layer(unit) == Some(0))
    }
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
    /// A scaling list of 4 x 4 is the default one, by reference.
    pub(crate) has_default_list: bool,
    /// What it says of its colours, if it says anything of its use.
    pub(crate) signal: Option<CodePoints>,
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
        let has_default_list = bits.flag()? && bits.flag()? && lists_have_default(bits)?;
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
        let signal = if bits.flag()? { Some(signal(bits)?) } else { None };
        Some(Self { coded, shown, chroma, depth, has_default_list, signal })
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

/// Scaling lists (7.3.4): whether one of 4 x 4 refers to the default one.
fn lists_have_default(bits: &mut Bits) -> Option<bool> {
    let mut has_default = false;
    for size in 0..4 {
        let lists = if size == 3 { 2 } else { 6 };
        for _ in 0..lists {
            if bits.flag()? {
                let dc = u32::from(size > 1);
                bits.skip_golombs(dc + if size == 0 { 16 } else { 64 })?;
            } else {
                has_default |= bits.golomb()? == 0 && size == 0;
            }
        }
    }
    Some(has_default)
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

/// Whether a picture parameter set (7.3.2.3) has scaling lists of which one of 4 x 4 refers to the default one.
fn picture_has_default_list(bits: &mut Bits) -> Option<bool> {
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
    Some(bits.flag()? && lists_have_default(bits)?)
}

/// Bits from the highest of each byte.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
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
