//! JPEG XL (ISO/IEC 18181): a codestream, bare or in boxes. Of the codestream only the header is read here.

use image::metadata::Orientation;

use super::isobmff::{self, Announced, Box, FULL_BOX_LEN};
use super::span::{ByteOrder, Span};
use super::walk::Walk;
#[cfg(feature = "jxl")]
use super::walk::{Segment, TRAILER, UNKNOWN};

/// How a codestream begins.
const SIGNATURE: &[u8] = b"\xFF\x0A";
/// How boxes with a codestream begin.
const BOX_SIGNATURE: &[u8] = b"\0\0\0\x0CJXL \r\n\x87\n";
/// Bytes in which the header ends, with four channels of the longest names.
const HEADER_WINDOW: usize = 8192;
/// Boxes of a file.
const MAX_BOXES: usize = 1 << 16;
/// Types of extra channels (ISO/IEC 18181-1, table D.4).
const ALPHA: u32 = 0;
const DEPTH: u32 = 1;
const SPOT_COLOUR: u32 = 2;
const BLACK: u32 = 4;

/// Whether headers are read at all: the page's first module stays small, and leaves that to the one with all formats.
pub(crate) const READS_HEADERS: bool = cfg!(any(feature = "jxl", feature = "rare-formats"));

/// A choice of the header's variable-length numbers: so many bits, and what is added to them.
type Choice = (u32, u32);

/// Whether bytes are JPEG XL.
pub(crate) fn is_jxl(bytes: &[u8]) -> bool {
    is_bare(bytes) || bytes.starts_with(BOX_SIGNATURE)
}

fn is_bare(bytes: &[u8]) -> bool {
    bytes.starts_with(SIGNATURE)
}

/// What the codestream says of its picture before anything is coded (ISO/IEC 18181-1, annex D).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    /// Columns as stored, before the picture is turned.
    pub(crate) width: u32,
    /// Rows as stored.
    pub(crate) height: u32,
    pub(crate) orientation: Orientation,
    /// Size of the preview that comes before the picture.
    pub(crate) preview: Option<(u32, u32)>,
    pub(crate) is_animated: bool,
    /// Of a sample.
    pub(crate) bits: u32,
    pub(crate) has_depth_map: bool,
    /// It has an ink besides its three colours.
    pub(crate) has_black: bool,
    /// Channels besides the three, or the one, of colour.
    pub(crate) extra_channels: u32,
    /// Some of them are not shown: any but the first of transparency, spot colours, and those above.
    pub(crate) has_unseen_channels: bool,
    /// Coded in colours of the eye, as lossy pictures are.
    pub(crate) is_xyb: bool,
    /// Of the codestream: the three bits of the orientation.
    orientation_at: Option<usize>,
}

impl Header {
    /// `None` for what is no header, or ends within it.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        // The compiler drops the rest where it is not to be read.
        if READS_HEADERS { Self::of(&window(&pieces(bytes))) } else { None }
    }

    fn of(codestream: &[u8]) -> Option<Self> {
        let mut bits = Bits { bytes: codestream.strip_prefix(SIGNATURE)?, at: 0 };
        let (width, height) = bits.size()?;
        let mut header = Self {
            width,
            height,
            orientation: Orientation::NoTransforms,
            preview: None,
            is_animated: false,
            bits: 8,
            has_depth_map: false,
            has_black: false,
            extra_channels: 0,
            has_unseen_channels: false,
            is_xyb: true,
            orientation_at: None,
        };
        let is_default = bits.flag()?;
        if !is_default {
            header.read_fields(&mut bits)?;
        }
        Some(header)
    }

    fn read_fields(&mut self, bits: &mut Bits) -> Option<()> {
        let has_more = bits.flag()?;
        if has_more {
            self.orientation_at = Some(8 * SIGNATURE.len() + bits.at);
            self.orientation = Orientation::from_exif(bits.number(3)? as u8 + 1)?;
            if bits.flag()? {
                bits.size()?;
            }
            self.preview = if bits.flag()? { Some(bits.preview_size()?) } else { None };
            self.is_animated = bits.flag()?;
            if self.is_animated {
                bits.skip_animation()?;
            }
        }
        self.bits = bits.depth()?;
        let _fits_16_bits = bits.flag()?;
        self.extra_channels = bits.choose([(0, 0), (0, 1), (4, 2), (12, 1)])?;
        let mut has_alpha = false;
        for _ in 0..self.extra_channels {
            match bits.extra_channel()? {
                ALPHA if !has_alpha => has_alpha = true,
                DEPTH => self.has_depth_map = true,
                BLACK => self.has_black = true,
                SPOT_COLOUR => {}
                _ => self.has_unseen_channels = true,
            }
        }
        self.is_xyb = bits.flag()?;
        Some(())
    }
}

/// The bits of a codestream, each byte's lowest first.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn flag(&mut self) -> Option<bool> {
        self.number(1).map(|bit| bit == 1)
    }

    fn number(&mut self, bits: u32) -> Option<u32> {
        let mut number = 0;
        for n in 0..bits {
            let byte = self.bytes.get(self.at / 8)?;
            number |= u32::from(byte >> (self.at % 8) & 1) << n;
            self.at += 1;
        }
        Some(number)
    }

    /// A number in one of four lengths.
    fn choose(&mut self, choices: [Choice; 4]) -> Option<u32> {
        let (bits, more) = choices[self.number(2)? as usize];
        Some(self.number(bits)? + more)
    }

    fn size(&mut self) -> Option<(u32, u32)> {
        const SIDE: [Choice; 4] = [(9, 1), (13, 1), (18, 1), (30, 1)];
        let is_small = self.flag()?;
        let side = |bits: &mut Self| if is_small { Some(8 * (bits.number(5)? + 1)) } else { bits.choose(SIDE) };
        self.sides(side)
    }

    fn preview_size(&mut self) -> Option<(u32, u32)> {
        let is_eighth = self.flag()?;
        self.sides(|bits| match is_eighth {
            true => Some(8 * bits.choose([(0, 16), (0, 32), (5, 1), (9, 33)])?),
            false => bits.choose([(6, 1), (8, 65), (10, 321), (12, 1345)]),
        })
    }

    /// Columns and rows: the latter, and the former or how they relate.
    fn sides(&mut self, side: impl Fn(&mut Self) -> Option<u32>) -> Option<(u32, u32)> {
        const RATIOS: [(u64, u64); 7] = [(1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1)];
        let height = side(self)?;
        let width = match self.number(3)? {
            0 => side(self)?,
            ratio => {
                let (columns, rows) = RATIOS[ratio as usize - 1];
                u32::try_from(u64::from(height) * columns / rows).ok()?
            }
        };
        Some((width, height))
    }

    fn skip_animation(&mut self) -> Option<()> {
        self.choose([(0, 100), (0, 1000), (10, 1), (30, 1)])?;
        self.choose([(0, 1), (0, 1001), (8, 1), (10, 1)])?;
        self.choose([(0, 0), (3, 0), (16, 0), (32, 0)])?;
        self.flag().map(|_| ())
    }

    fn depth(&mut self) -> Option<u32> {
        let is_float = self.flag()?;
        if !is_float {
            return self.choose([(0, 8), (0, 10), (0, 12), (6, 1)]);
        }
        let bits = self.choose([(0, 32), (0, 16), (0, 24), (6, 1)])?;
        self.number(4)?;
        Some(bits)
    }

    /// What an extra channel holds.
    fn extra_channel(&mut self) -> Option<u32> {
        const FILTER_ARRAY: u32 = 5;
        let is_default = self.flag()?;
        if is_default {
            return Some(ALPHA);
        }
        let kind = self.choose([(0, 0), (0, 1), (4, 2), (6, 18)])?;
        self.depth()?;
        self.choose([(0, 0), (0, 3), (0, 4), (3, 1)])?;
        let name = self.choose([(0, 0), (4, 0), (5, 16), (10, 48)])?;
        self.at += 8 * name as usize;
        match kind {
            ALPHA => self.number(1)?,
            SPOT_COLOUR => (0..4).try_fold(0, |_, _| self.number(16))?,
            FILTER_ARRAY => self.choose([(0, 1), (2, 0), (4, 3), (8, 19)])?,
            _ => 0,
        };
        Some(kind)
    }
}

/// The codestream, in order. Nothing of a file that has it in both kinds of boxes, or in parts that are not in their order: programs
/// differ in what they take then. Nothing of one with too many boxes.
fn pieces(bytes: &[u8]) -> Vec<Span<'_>> {
    let file = Span::whole(bytes);
    if is_bare(bytes) {
        return vec![file];
    }
    // The decoder keeps a note of each.
    if Box::all(file).nth(MAX_BOXES).is_some() {
        return Vec::new();
    }
    let of_kind = |kind: &'static [u8]| Box::all(file).filter(move |found| found.kind == kind);
    let whole: Vec<_> = of_kind(b"jxlc").map(|found| found.data).collect();
    // The highest bit marks the last.
    let number = |part: &Box| part.data.u32(0, ByteOrder::Big).unwrap_or(0) & 0x7FFF_FFFF;
    let is_in_order = of_kind(b"jxlp").zip(0..).all(|(part, place)| number(&part) == place);
    let parts: Vec<_> = of_kind(b"jxlp").map(|part| part.data.from(FULL_BOX_LEN)).collect();
    match (whole.len(), parts.len()) {
        (1, 0) => whole,
        (0, _) if is_in_order => parts,
        _ => Vec::new(),
    }
}

fn window(pieces: &[Span]) -> Vec<u8> {
    pieces.iter().flat_map(|piece| piece.bytes()).copied().take(HEADER_WINDOW).collect()
}

/// What is announced of the picture; `None` if that is not known.
pub(crate) fn announced(bytes: &[u8]) -> Option<Announced> {
    let Header { width, height, orientation, .. } = Header::read(bytes)?;
    Some(Announced { width, height, orientation })
}

/// Whether it was a JPEG, which can be had again from it.
pub(crate) fn is_transcoded(bytes: &[u8]) -> bool {
    !is_bare(bytes) && Box::all(Span::whole(bytes)).take(MAX_BOXES).any(|found| found.kind == b"jbrd")
}

/// Where in the file the codestream begins, as far as its header may reach.
pub(crate) fn header_range(bytes: &[u8]) -> Option<Span<'_>> {
    pieces(bytes).first().map(|piece| piece.clipped(0, HEADER_WINDOW))
}

/// The same file, but to be shown as stored: the orientation is three bits of the header, and zeros say that nothing is turned.
pub(crate) fn without_turns(bytes: &[u8]) -> Vec<u8> {
    let mut unturned = bytes.to_vec();
    let Some(at) = Header::read(bytes).and_then(|header| header.orientation_at) else { return unturned };
    let pieces = pieces(bytes);
    for bit in at..at + 3 {
        if let Some(byte) = file_offset(&pieces, bit / 8).and_then(|at| unturned.get_mut(at)) {
            *byte &= !(1 << (bit % 8));
        }
    }
    unturned
}

/// Where a byte of the codestream stands in the file.
fn file_offset(pieces: &[Span], mut at: usize) -> Option<usize> {
    for piece in pieces {
        if at < piece.len() {
            return usize::try_from(piece.range()[0]).ok()?.checked_add(at);
        }
        at -= piece.len();
    }
    None
}

/// Cuts the file into its boxes; a bare codestream is one segment.
pub(crate) fn walk(bytes: &[u8]) -> Walk {
    if !is_bare(bytes) {
        return isobmff::walk(bytes);
    }
    let mut walk = Walk::new(bytes.len());
    walk.cut("codestream", bytes.len());
    walk.finish()
}

/// The segments of a file whose codestream ends at `end`: what follows in the same segment is a trailer, or means nothing if it stands in
/// a box, as do further parts of the codestream.
#[cfg(feature = "jxl")]
pub(crate) fn ended_at(segments: Vec<Segment>, end: usize) -> Vec<Segment> {
    let end = end as u64;
    let is_bare = segments.len() == 1;
    let is_codestream = |segment: &Segment| matches!(&*segment.name, "jxlc" | "jxlp");
    let cut = |segment: Segment| {
        if segment.start >= end && is_codestream(&segment) {
            return vec![Segment { name: UNKNOWN.into(), ..segment }];
        }
        if segment.start >= end || end >= segment.end {
            return vec![segment];
        }
        let name = if is_bare { TRAILER } else { UNKNOWN };
        let rest = Segment { name: name.into(), start: end, end: segment.end };
        vec![Segment { end, ..segment }, rest]
    };
    segments.into_iter().flat_map(cut).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::isobmff::tests::boxed;
    use crate::container::walk::tests::assert_total;

    /// Bits, lowest first, as a codestream.
    pub(crate) struct Writer(Vec<bool>);

    impl Writer {
        pub(crate) fn new() -> Self {
            Self(Vec::new())
        }

        /// Adds numbers of so many bits.
        pub(crate) fn with(mut self, numbers: &[(u32, u32)]) -> Self {
            for (bits, number) in numbers {
                self.0.extend((0..*bits).map(|bit| number >> bit & 1 == 1));
            }
            self
        }

        pub(crate) fn codestream(self) -> Vec<u8> {
            let byte = |bits: &[bool]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit));
            [SIGNATURE, &self.0.chunks(8).map(byte).collect::<Vec<u8>>()].concat()
        }
    }

    /// Boxes of a JPEG XL.
    pub(crate) fn in_boxes(boxes: &[Vec<u8>]) -> Vec<u8> {
        [BOX_SIGNATURE.to_vec(), boxed(b"ftyp", b"jxl \0\0\0\0jxl "), boxes.concat()].concat()
    }

    /// A size of 300 x 200 and metadata that is not the default.
    fn sized() -> Writer {
        Writer::new().with(&[(1, 0), (2, 0), (9, 199), (3, 0), (2, 0), (9, 299), (1, 0)])
    }

    /// Orientation 6, a preview of 128 x 64, an animation; 12 bits; an alpha channel and a depth map; not in colours of the eye.
    fn full() -> Vec<u8> {
        let more = [(1, 1), (3, 5), (1, 0)];
        let preview = [(1, 1), (1, 1), (2, 2), (5, 7), (3, 7)];
        let animation = [(1, 1), (2, 0), (2, 1), (2, 1), (3, 2), (1, 0)];
        let channels = [(1, 0), (2, 2), (1, 1), (2, 2), (4, 0), (1, 1)];
        let depth = [(1, 0), (2, 1), (1, 1), (2, 1), (4, 4), (2, 0), (2, 1), (4, 1), (8, 65)];
        sized()
            .with(&more)
            .with(&preview)
            .with(&animation)
            .with(&channels)
            .with(&depth)
            .with(&[(1, 0), (8, 0)])
            .codestream()
    }

    #[test]
    fn all_fields_of_the_header_are_read() {
        let header = Header::read(&full()).unwrap();
        assert_eq!((header.width, header.height, header.orientation), (300, 200, Orientation::Rotate90));
        assert_eq!((header.preview, header.is_animated, header.bits), (Some((128, 64)), true, 12));
        assert_eq!(
            (header.extra_channels, header.has_depth_map, header.has_black, header.is_xyb),
            (2, true, false, false)
        );
    }

    #[test]
    fn sizes_come_in_four_lengths_and_seven_ratios() {
        let size = |numbers: &[(u32, u32)]| {
            let header = Header::read(&Writer::new().with(numbers).with(&[(1, 1), (8, 0)]).codestream());
            header.map(|header| (header.width, header.height, header.bits, header.is_xyb)).unwrap()
        };
        assert_eq!(size(&[(1, 1), (5, 3), (3, 0), (5, 9)]), (80, 32, 8, true));
        assert_eq!(size(&[(1, 0), (2, 1), (13, 3023), (3, 3)]), (4032, 3024, 8, true));
        let ratios = [(1, 100), (2, 120), (3, 133), (4, 150), (5, 177), (6, 125), (7, 200)];
        for (ratio, width) in ratios {
            assert_eq!(size(&[(1, 0), (2, 3), (30, 99), (3, ratio)]), (width, 100, 8, true));
        }
    }

    #[test]
    fn the_codestream_is_put_together_of_its_boxes() {
        let (bare, codestream) = (Header::read(&full()), full());
        let part = |number: u32, bytes: &[u8]| boxed(b"jxlp", &[&number.to_be_bytes()[..], bytes].concat());
        let (first, rest) = codestream.split_at(5);
        let files = [
            in_boxes(&[boxed(b"jxlc", &codestream)]),
            in_boxes(&[part(0, first), boxed(b"Exif", b"EXIF"), part(0x8000_0001, rest)]),
        ];
        for file in files {
            assert!(is_jxl(&file));
            assert_eq!(Header::read(&file), bare);
        }
        let whole = boxed(b"jxlc", &codestream);
        let ambiguous = [
            in_boxes(&[]),
            in_boxes(&[part(0x8000_0001, rest), part(0, first)]),
            in_boxes(&[part(0, first), part(0, rest)]),
            in_boxes(&[whole.clone(), whole.clone()]),
            in_boxes(&[part(0x8000_0000, &codestream), whole]),
        ];
        for file in ambiguous {
            assert_eq!(Header::read(&file), None);
        }
    }

    #[test]
    fn without_turns_three_bits_are_gone() {
        let part = |number: u32, bytes: &[u8]| boxed(b"jxlp", &[&number.to_be_bytes()[..], bytes].concat());
        let codestream = full();
        for cut in 1..12 {
            let (first, rest) = codestream.split_at(cut);
            let file = in_boxes(&[part(0, first), part(0x8000_0001, rest)]);
            let unturned = without_turns(&file);
            let expected = Header { orientation: Orientation::NoTransforms, ..Header::read(&file).unwrap() };
            assert_eq!(Header::read(&unturned), Some(expected));
            let changed: u32 = file.iter().zip(&unturned).map(|(one, other)| (one ^ other).count_ones()).sum();
            assert_eq!((unturned.len(), changed), (file.len(), 2), "of the orientation 6 - 1 = 101 in binary");
        }
        let plain = Writer::new().with(&[(1, 1), (5, 3), (3, 0), (5, 9), (1, 1)]).codestream();
        assert_eq!(without_turns(&plain), plain);
    }

    #[test]
    fn broken_files_are_survived() {
        assert_total(&full(), walk);
        assert_total(&in_boxes(&[boxed(b"jxlc", &full()), b"end".to_vec()]), walk);
        let file = in_boxes(&[boxed(b"jxlc", &full())]);
        for len in 0..file.len() {
            without_turns(&file[..len]);
        }
    }
}
