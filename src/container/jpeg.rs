//! JPEG: marker segments (ITU-T T.81, annex B).
//!
//! [`marker_at`] alone decides what a marker is. With it [`walk`] cuts a file strictly, and [`Markers`] goes from segment to
//! segment as viewers do. [`write`] writes a fixed list of segments.

pub(crate) mod orientation;

use image::metadata::Orientation;

use super::profile::Profile;
use super::span::{ByteOrder, Span};
use super::walk::{Segment, TRAILER, UNKNOWN, Walk};
use crate::error::InputError;

/// Baseline frame.
pub(crate) const SOF0: u8 = 0xC0;
/// Progressive, Huffman-coded frame.
pub(crate) const SOF2: u8 = 0xC2;
pub(crate) const DHT: u8 = 0xC4;
pub(crate) const SOI: u8 = 0xD8;
pub(crate) const EOI: u8 = 0xD9;
pub(crate) const SOS: u8 = 0xDA;
pub(crate) const DQT: u8 = 0xDB;
pub(crate) const DRI: u8 = 0xDD;
/// JFIF.
pub(crate) const APP0: u8 = 0xE0;
/// EXIF.
pub(crate) const APP1: u8 = 0xE1;
/// Colour profiles, among others.
pub(crate) const APP2: u8 = 0xE2;
/// Adobe.
pub(crate) const APP14: u8 = 0xEE;
const TEM: u8 = 0x01;
/// The first of eight restart markers.
const RST0: u8 = 0xD0;

/// Fill bytes (0xFF) before a marker in a walk, which the standard does not limit; encoders write none or one.
const MAX_FILL_BYTES: usize = 4096;
/// Most pictures that are sought in bytes that no structure describes.
const MAX_EMBEDDED: usize = 32;
/// Most segments before the scan of such a picture.
const MAX_HEADER_SEGMENTS: usize = 256;

/// A marker and where its segment ends.
#[derive(Debug, Clone, Copy)]
struct Marker {
    code: u8,
    /// Its own 0xFF, after fill bytes.
    at: usize,
    /// After the content, without the data of a scan; may be past the file's end.
    end: usize,
}

/// Why no segment starts at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stray {
    /// There is no 0xFF.
    NoMarker,
    /// There is a code that starts no segment: a stuffed byte, a restart, a reserved one, or 0xFF after too many fill bytes.
    Code(u8),
    /// The file ends within marker or length.
    CutOff,
    /// The length is less than that of its own field.
    Length,
}

impl From<Stray> for InputError {
    fn from(stray: Stray) -> Self {
        let what = match stray {
            Stray::CutOff => return Self::Truncated,
            Stray::NoMarker => "bytes between two segments",
            Stray::Code(_) => "a marker out of place",
            Stray::Length => "a segment of impossible length",
        };
        Self::Corrupt(what.to_owned())
    }
}

fn is_restart(code: u8) -> bool {
    matches!(code, 0xD0..=0xD7)
}

/// The marker at `start`, which may be preceded by fill bytes. Cost: bounded, whatever follows.
fn marker_at(bytes: &[u8], start: usize) -> Result<Marker, Stray> {
    let rest = bytes.get(start..).unwrap_or_default();
    let fill = rest.iter().take(MAX_FILL_BYTES).take_while(|&&b| b == 0xFF).count();
    if fill == 0 {
        return Err(Stray::NoMarker);
    }
    let code = *rest.get(fill).ok_or(Stray::CutOff)?;
    let (at, after) = (start + fill - 1, start + fill + 1);
    let end = match code {
        SOI | EOI | TEM => after,
        0x00..=0xBF | 0xFF => return Err(Stray::Code(code)),
        code if is_restart(code) => return Err(Stray::Code(code)),
        _ => segment_end(bytes, after)?,
    };
    Ok(Marker { code, at, end })
}

/// Where the content ends whose length stands at `start`.
fn segment_end(bytes: &[u8], start: usize) -> Result<usize, Stray> {
    let len = Span::whole(bytes).u16(start, ByteOrder::Big).ok_or(Stray::CutOff)?;
    if len < 2 { Err(Stray::Length) } else { Ok(start + usize::from(len)) }
}

/// Where the next 0xFF at or after `from` stands, or the end.
fn next_prefix(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().position(|&b| b == 0xFF).map_or(bytes.len(), |n| from + n)
}

/// Where the entropy-coded data from `from` ends: at a marker that is neither a stuffed byte nor a restart.
fn scan_end(bytes: &[u8], from: usize) -> usize {
    scan_end_with(bytes, from, &mut |_, _| ())
}

/// As [`scan_end`]. `restart` is told of each restart marker its number, 0 to 7, and where it ends.
pub(crate) fn scan_end_with(bytes: &[u8], from: usize, restart: &mut dyn FnMut(u8, usize)) -> usize {
    let mut at = next_prefix(bytes, from);
    while let Some(&code) = bytes.get(at + 1) {
        match code {
            0x00 => at = next_prefix(bytes, at + 2),
            code if is_restart(code) => {
                restart(code - RST0, at + 2);
                at = next_prefix(bytes, at + 2);
            }
            0xFF => at += 1,
            _ => return at,
        }
    }
    // A scan that is cut off ends past the file's end, so that the walk notices.
    bytes.len() + 1
}

/// Cuts a JPEG into its segments. A scan's data belongs to its SOS segment, fill bytes to the segment that they precede.
pub(crate) fn walk(bytes: &[u8]) -> Walk {
    let mut walk = Walk::new(bytes.len());
    while walk.goes_on() {
        let start = walk.end();
        match marker_at(bytes, start) {
            Ok(marker) => {
                if (start == 0) != (marker.code == SOI) {
                    walk.corrupt("a picture must start once, at its first byte");
                }
                let end = if marker.code == SOS { scan_end(bytes, marker.end) } else { marker.end };
                walk.cut(name(marker.code), end);
                if marker.code == EOI {
                    return walk.finish();
                }
            }
            Err(stray) => {
                walk.fail(stray.into());
                walk.cut(UNKNOWN, next_prefix(bytes, start + 1));
            }
        }
    }
    walk.give_up()
}

/// Whether a walk may have taken what follows a picture for a part of it, since there is no end marker: it found none, or a film in
/// the data of a scan.
pub(crate) fn may_lack_end(walk: &Walk, file: Span) -> bool {
    let holds_film = |segment: &Segment| segment.name == name(SOS) && segment.of(file).contains(b"ftyp");
    walk.fault.is_some() || walk.segments.iter().any(holds_film)
}

/// The segments of a file whose picture ends at `end` without an end marker: what follows is a trailer.
pub(crate) fn ended_at(mut segments: Vec<Segment>, end: usize, len: usize) -> Vec<Segment> {
    let (end, len) = (end as u64, len as u64);
    segments.retain(|segment| segment.start < end);
    segments.iter_mut().for_each(|segment| segment.end = segment.end.min(end));
    if end < len {
        segments.push(Segment { name: TRAILER.into(), start: end, end: len });
    }
    segments
}

fn name(code: u8) -> String {
    match code {
        DHT => "DHT".to_owned(),
        0xC8 => "JPG".to_owned(),
        0xCC => "DAC".to_owned(),
        0xC0..=0xCF => format!("SOF{}", code - SOF0),
        SOI => "SOI".to_owned(),
        EOI => "EOI".to_owned(),
        SOS => "SOS+scan".to_owned(),
        DQT => "DQT".to_owned(),
        0xDC => "DNL".to_owned(),
        DRI => "DRI".to_owned(),
        0xDE => "DHP".to_owned(),
        0xDF => "EXP".to_owned(),
        0xE0..=0xEF => format!("APP{}", code - APP0),
        0xF0..=0xFD => format!("JPG{}", code - 0xF0),
        0xFE => "COM".to_owned(),
        _ => "TEM".to_owned(),
    }
}

/// What follows the fill bytes, the marker and the length of a segment.
pub(crate) fn payload(segment: Span) -> Span {
    let fill = segment.bytes().iter().take_while(|&&b| b == 0xFF).count();
    segment.from(fill + 3)
}

/// A segment as [`Markers`] hands it out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MarkerSegment<'a> {
    /// The marker's code.
    pub(crate) code: u8,
    /// Where the marker stands, without fill bytes before it.
    pub(crate) at: usize,
    /// Without the length, and without the data of a scan; empty for markers that have none.
    pub(crate) content: &'a [u8],
}

/// Goes from segment to segment of a picture as decoders do: what is no segment between two of them, such as the data of a
/// scan, is skipped.
pub(crate) struct Markers<'a> {
    bytes: &'a [u8],
    position: usize,
}

impl<'a> Markers<'a> {
    /// From the first segment after the start marker on.
    pub(crate) fn after_start(bytes: &'a [u8]) -> Self {
        Self { bytes, position: 2 }
    }

    /// The end of the last segment, or where the search for the next one starts.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Continues at this position.
    pub(crate) fn skip_to(&mut self, position: usize) {
        self.position = position;
    }

    /// The next segment. Bytes before it that start none are skipped: stuffed zeros and restart markers inside
    /// entropy-coded data, fill bytes, and stray bytes between segments. A reserved marker is taken for a segment.
    ///
    /// # Errors
    /// [`InputError::Truncated`] if there is no further marker or the file ends within its segment,
    /// [`InputError::Corrupt`] if its length is impossible.
    pub(crate) fn next(&mut self) -> Result<MarkerSegment<'a>, InputError> {
        loop {
            self.position = next_prefix(self.bytes, self.position);
            let marker = match marker_at(self.bytes, self.position) {
                Ok(marker) if marker.code == TEM => {
                    self.position = marker.end;
                    continue;
                }
                Ok(marker) => marker,
                // Still in a row of fill bytes.
                Err(Stray::Code(0xFF)) => {
                    self.position += MAX_FILL_BYTES;
                    continue;
                }
                Err(Stray::Code(code)) => {
                    let at = self.last_fill_byte();
                    if code == 0 || is_restart(code) {
                        self.position = at + 2;
                        continue;
                    }
                    Marker { code, at, end: segment_end(self.bytes, at + 2)? }
                }
                Err(Stray::NoMarker) => return Err(InputError::Truncated),
                Err(stray) => return Err(stray.into()),
            };
            /// Marker 2, length 2.
            const HEADER_LEN: usize = 4;
            let Marker { code, at, end } = marker;
            let content = match code {
                SOI | EOI => &[][..],
                _ => self.bytes.get(at + HEADER_LEN..end).ok_or(InputError::Truncated)?,
            };
            self.position = end;
            return Ok(MarkerSegment { code, at, content });
        }
    }

    /// The 0xFF before the code of the marker at the position.
    fn last_fill_byte(&self) -> usize {
        let rest = self.bytes.get(self.position..).unwrap_or_default();
        let fill = rest.iter().take_while(|&&b| b == 0xFF).count();
        self.position + fill.saturating_sub(1)
    }
}

/// Whole JPEG pictures in bytes that no structure describes, without those inside another. The cost is linear in the bytes,
/// although false starts may share what follows them.
pub(crate) fn embedded(span: Span) -> Vec<Span> {
    /// By chance there are far fewer starts.
    const BYTES_PER_SEGMENT: usize = 64;
    let mut segments_left = MAX_HEADER_SEGMENTS + span.len() / BYTES_PER_SEGMENT;
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < MAX_EMBEDDED
        && let Some(hit) = span.from(at).find(&[0xFF, SOI, 0xFF])
    {
        let start = at + hit;
        at = start + 2;
        if let Some(len) = picture_len(span.from(start).bytes(), &mut segments_left) {
            found.push(span.clipped(start, len));
            at = start + len;
        }
    }
    found
}

/// How many of `bytes` are a JPEG picture; `None` if they don't start with one that has a scan, after `segments_left` segments
/// at most.
fn picture_len(bytes: &[u8], segments_left: &mut usize) -> Option<usize> {
    let mut at = marker_at(bytes, 0).ok()?.end;
    for _ in 0..MAX_HEADER_SEGMENTS {
        *segments_left = segments_left.checked_sub(1)?;
        let marker = marker_at(bytes, at).ok()?;
        match marker.code {
            SOS => return Some(picture_end(bytes, at)),
            SOI | EOI => return None,
            _ => at = marker.end,
        }
    }
    None
}

/// Where the picture whose first scan starts at `scan` ends: after EOI, at a fault, or where the bytes do.
fn picture_end(bytes: &[u8], scan: usize) -> usize {
    let mut at = scan;
    while let Ok(marker) = marker_at(bytes, at) {
        at = match marker.code {
            EOI => return marker.end,
            SOS => scan_end(bytes, marker.end),
            _ => marker.end,
        };
    }
    at.min(bytes.len())
}

/// A part of a JPEG that is written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Start,
    Colours,
    Orientation,
    Profile,
    Frame,
    QuantisationTables,
    HuffmanTables,
    Scan,
    End,
}

/// The parts of a JPEG that is written here, in order. Orientation and profile may be missing, and tables may be in several
/// segments.
const WRITTEN: [Part; 9] = [
    Part::Start,
    Part::Colours,
    Part::Orientation,
    Part::Profile,
    Part::Frame,
    Part::QuantisationTables,
    Part::HuffmanTables,
    Part::Scan,
    Part::End,
];

impl Part {
    /// Which part a segment is; `None` if no such segment is written here in a file with this profile.
    fn of(segment: &Segment, file: Span, profile: Option<Profile>) -> Option<Self> {
        Some(match segment.name.as_str() {
            "SOI" => Self::Start,
            // The Adobe segment says that the colours are stored as RGB.
            "APP0" | "APP14" => Self::Colours,
            "APP1" if orientation::is_orientation_tag(segment.of(file).bytes()) => Self::Orientation,
            "APP2" if profile.is_some_and(|profile| segment.of(file).bytes() == profile_segment(profile)) => {
                Self::Profile
            }
            "SOF0" => Self::Frame,
            "DQT" => Self::QuantisationTables,
            "DHT" => Self::HuffmanTables,
            "SOS+scan" => Self::Scan,
            "EOI" => Self::End,
            _ => return None,
        })
    }

    fn repeats(self) -> bool {
        matches!(self, Self::QuantisationTables | Self::HuffmanTables)
    }
}

/// A whole segment with a profile.
fn profile_segment(profile: Profile) -> Vec<u8> {
    let mut segment = Vec::new();
    put(&mut segment, APP2, &profile.jpeg_segment());
    segment
}

/// Whether a file has these parts, each where it belongs, and no others; exactly this profile, or none.
pub(super) fn is_as_written(file: Span, segments: &[Segment], profile: Option<Profile>) -> bool {
    let mut parts = Vec::new();
    for segment in segments {
        let Some(part) = Part::of(segment, file, profile) else { return false };
        if !part.repeats() || parts.last() != Some(&part) {
            parts.push(part);
        }
    }
    let written = || WRITTEN.iter().filter(|part| **part != Part::Profile || profile.is_some());
    let untagged = || written().filter(|part| **part != Part::Orientation);
    parts.iter().eq(written()) || parts.iter().eq(untagged())
}

/// The colour model of a JPEG that is written here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colours {
    /// Grey, or luma and chroma: JFIF.
    Jfif,
    /// Red, green and blue, which an Adobe segment says.
    Rgb,
}

/// JFIF 1.02: identifier, version, no unit, a pixel as high as wide, no thumbnail.
const JFIF: &[u8] = b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0";

/// Adobe Technical Note 5116: identifier, version 100, two flags, colours as they are.
const ADOBE_RGB: &[u8] = b"Adobe\0\x64\0\0\0\0\0";

/// The content of the segments of a JPEG that is written, each without marker and length.
pub(crate) struct Contents {
    /// Which segment says what the components are.
    pub(crate) colours: Colours,
    /// Written as a tag unless nothing is to be turned.
    pub(crate) orientation: Orientation,
    /// Written unless the colours are those of sRGB, which a file without one means.
    pub(crate) profile: Option<Profile>,
    /// Of SOF0.
    pub(crate) frame: Vec<u8>,
    /// One a segment.
    pub(crate) quantisation_tables: Vec<Vec<u8>>,
    /// One a segment.
    pub(crate) huffman_tables: Vec<Vec<u8>>,
    /// Of SOS.
    pub(crate) scan: Vec<u8>,
}

/// Writes the list of segments that the proof accepts. `data` appends the entropy-coded data of the scan.
///
/// # Errors
/// What `data` returns.
pub(crate) fn write<E>(contents: &Contents, data: &mut dyn FnMut(Vec<u8>) -> Result<Vec<u8>, E>) -> Result<Vec<u8>, E> {
    let mut bytes = Vec::new();
    for part in WRITTEN {
        match part {
            Part::Start => bytes.extend([0xFF, SOI]),
            Part::Colours if contents.colours == Colours::Rgb => put(&mut bytes, APP14, ADOBE_RGB),
            Part::Colours => put(&mut bytes, APP0, JFIF),
            Part::Orientation if contents.orientation == Orientation::NoTransforms => {}
            Part::Orientation => put(&mut bytes, APP1, &orientation::content(contents.orientation)),
            Part::Profile => contents.profile.iter().for_each(|p| put(&mut bytes, APP2, &p.jpeg_segment())),
            Part::Frame => put(&mut bytes, SOF0, &contents.frame),
            Part::QuantisationTables => contents.quantisation_tables.iter().for_each(|t| put(&mut bytes, DQT, t)),
            Part::HuffmanTables => contents.huffman_tables.iter().for_each(|t| put(&mut bytes, DHT, t)),
            Part::Scan => {
                put(&mut bytes, SOS, &contents.scan);
                bytes = data(bytes)?;
            }
            Part::End => bytes.extend([0xFF, EOI]),
        }
    }
    Ok(bytes)
}

/// Appends a marker segment; no content here is longer than the length field allows.
pub(crate) fn put(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) {
    bytes.extend([0xFF, marker]);
    bytes.extend((content.len() as u16 + 2).to_be_bytes());
    bytes.extend(content);
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A marker segment.
    pub(crate) fn segment(code: u8, payload: &[u8]) -> Vec<u8> {
        let len = u16::try_from(payload.len() + 2).unwrap_or(u16::MAX).to_be_bytes();
        [&[0xFF, code], &len[..], payload].concat()
    }

    /// The smallest structure with a quantisation table, a stuffed byte and a restart in its scan.
    pub(crate) fn jpeg(extra: &[u8]) -> Vec<u8> {
        let scan = [0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56];
        let parts = [&[0xFF, 0xD8], extra, &segment(0xDB, &[0; 65]), &segment(0xDA, &[1; 10]), &scan, &[0xFF, 0xD9]];
        parts.concat()
    }

    fn names(bytes: &[u8]) -> Vec<String> {
        walk(bytes).segments.into_iter().map(|segment| segment.name).collect()
    }

    fn code(bytes: &[u8]) -> String {
        walk(bytes).fault.map_or("ok".to_owned(), |fault| crate::Error::from(fault).code().to_string())
    }

    #[test]
    fn a_scan_belongs_to_its_segment() {
        let file = jpeg(&[]);
        assert_eq!(names(&file), ["SOI", "DQT", "SOS+scan", "EOI"]);
    }

    #[test]
    fn a_progressive_picture_has_several_scans() {
        let mut file = jpeg(&[]);
        file.truncate(file.len() - 2);
        file.extend(segment(0xC4, &[0; 20]));
        file.extend(segment(0xDA, &[1; 10]));
        file.extend([1, 2, 3, 0xFF, 0xD9]);
        assert_eq!(names(&file), ["SOI", "DQT", "SOS+scan", "DHT", "SOS+scan", "EOI"]);
    }

    #[test]
    fn a_cut_off_file_is_truncated() {
        let file = jpeg(&segment(0xFE, b"hello"));
        assert_eq!(code(&file), "ok");
        for len in 2..file.len() {
            assert_eq!(code(&file[..len]), "truncated", "{len}");
        }
    }

    #[test]
    fn bytes_between_segments_are_corrupt() {
        assert_eq!(code(&jpeg(b"stray")), "corrupt");
        assert_eq!(code(&jpeg(&[0xFF, 0xD8])), "corrupt");
    }

    #[test]
    fn fill_bytes_belong_to_the_segment_they_precede() {
        let file = jpeg(&[&[0xFF; 3][..], &segment(0xFE, b"hello")].concat());
        assert_eq!(names(&file), ["SOI", "COM", "DQT", "SOS+scan", "EOI"]);
        let whole = walk(&file).segments[1].of(Span::whole(&file));
        assert_eq!(payload(whole).bytes(), b"hello");
    }

    /// What [`Markers`] hands out, up to the end marker.
    fn segments(bytes: &[u8]) -> Result<Vec<MarkerSegment<'_>>, InputError> {
        let mut markers = Markers::after_start(bytes);
        let mut found = vec![markers.next()?];
        while found[found.len() - 1].code != EOI {
            found.push(markers.next()?);
        }
        Ok(found)
    }

    fn codes(bytes: &[u8]) -> Vec<u8> {
        segments(bytes).unwrap().into_iter().map(|segment| segment.code).collect()
    }

    #[test]
    fn what_is_no_segment_is_skipped() {
        let comment = segment(0xFE, b"hello");
        let fill = [0xFF; 10_000];
        let extra = [&b"stray"[..], &[0xFF, 0x00, 0xFF, 0xD3, 0xFF, TEM], &fill, &comment].concat();
        let file = jpeg(&extra);
        let comment_at = 2 + extra.len() - comment.len();
        let expected = MarkerSegment { code: 0xFE, at: comment_at, content: b"hello" };
        assert_eq!(segments(&file).unwrap()[0], expected);
        assert_eq!(codes(&file), [0xFE, DQT, SOS, EOI]);
    }

    #[test]
    fn a_reserved_marker_is_taken_for_a_segment() {
        let hidden = segment(0xFE, b"hello");
        assert_eq!(codes(&jpeg(&segment(0x41, &hidden))), [0x41, DQT, SOS, EOI]);
    }

    #[test]
    fn segments_that_are_cut_off_or_of_impossible_length_are_errors() {
        let file = jpeg(&segment(0xFE, b"hello"));
        for len in 2..file.len() {
            assert_eq!(segments(&file[..len]), Err(InputError::Truncated), "{len}");
        }
        let file = jpeg(&[0xFF, 0xFE, 0, 1]);
        assert_eq!(segments(&file), Err(InputError::Corrupt("a segment of impossible length".to_owned())));
    }

    #[test]
    fn what_is_written_is_what_is_accepted() {
        let p3 = Some(Profile::DisplayP3);
        for (colours, tag, profile) in [(Colours::Jfif, 1, None), (Colours::Rgb, 6, p3), (Colours::Jfif, 1, p3)] {
            let contents = Contents {
                colours,
                orientation: Orientation::from_exif(tag).unwrap(),
                profile,
                frame: vec![8; 11],
                quantisation_tables: vec![vec![0; 65]; 2],
                huffman_tables: vec![vec![0; 20]; 2],
                scan: vec![1; 10],
            };
            let file = write(&contents, &mut |mut bytes| {
                bytes.extend([1, 2, 3]);
                Ok::<_, ()>(bytes)
            })
            .unwrap();
            let accepted = |file: &[u8]| is_as_written(Span::whole(file), &walk(file).segments, profile);
            assert!(accepted(&file));
            for other in [None, p3, Some(Profile::AdobeRgb)].into_iter().filter(|other| *other != profile) {
                assert!(!is_as_written(Span::whole(&file), &walk(&file).segments, other), "{other:?}");
            }
            assert!(!accepted(&[&file[..], &[0]].concat()));
            let icc = segment(APP2, &Profile::DisplayP3.jpeg_segment());
            if profile.is_some() {
                let at = file.windows(icc.len()).position(|part| part == icc).unwrap();
                for byte in at..at + icc.len() {
                    let mut changed = file.clone();
                    changed[byte] ^= 1;
                    assert!(!accepted(&changed), "byte {byte}");
                }
                // Twice, longer, and out of place.
                assert!(!accepted(&[&file[..at], &icc, &file[at..]].concat()));
                let longer = segment(APP2, &[&Profile::DisplayP3.jpeg_segment()[..], &[0]].concat());
                assert!(!accepted(&[&file[..at], &longer, &file[at + icc.len()..]].concat()));
                assert!(!accepted(&[&file[..2], &icc, &file[2..at], &file[at + icc.len()..]].concat()));
            }
            for (at, added) in [(2, segment(0xFE, b"")), (2, segment(APP1, b"Exif\0\0")), (2, segment(0xC4, &[0; 20]))]
            {
                assert!(!accepted(&[&file[..at], &added, &file[at..]].concat()), "{added:?}");
            }
        }
    }
}
