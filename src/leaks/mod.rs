//! What a file says besides its pixels.
//!
//! One walk a container cuts the file into segments. [`segments`] hands them out if the structure is sound, for the
//! proof; [`find`] reads what they say, as far as a broken file can be read. Both are bounded by `findings::LIMITS`.

mod bmp;
mod exif;
mod filename;
mod findings;
mod gif;
mod icc;
mod iptc;
mod jpeg;
mod mpf;
mod photoshop;
mod png;
mod span;
mod text;
mod tiff;
mod trailer;
mod walk;
mod webp;
mod xmp;

use crate::error::Result;
use crate::report::{Format, Leak, LeakKind};
use findings::Findings;
use span::Span;
use walk::Walk;

/// A stretch of the file and what it is in the format's own terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// `SOI`, `APP0`, `SOS+scan`, `IDAT`, `image` and so on; `trailer` for bytes after the picture's end, `unknown`
    /// for bytes that the format gives no meaning to.
    pub name: String,
    /// First byte, from the file's start.
    pub start: u64,
    /// The byte after the last.
    pub end: u64,
}

impl Segment {
    fn of<'a>(&self, file: Span<'a>) -> Span<'a> {
        let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        file.clipped(at(self.start), at(self.end) - at(self.start))
    }
}

/// Cuts a file of the given format into segments: every byte belongs to exactly one, in file order, the first starts
/// at 0, the last ends where the file does.
///
/// # Errors
/// `Truncated` if the file ends before its structure does, `Corrupt` if the structure breaks the format's rules.
pub fn segments(bytes: &[u8], format: Format) -> Result<Vec<Segment>> {
    let walk = walk(bytes, format);
    match walk.fault {
        Some(fault) => Err(fault.into()),
        None => Ok(walk.segments),
    }
}

fn walk(bytes: &[u8], format: Format) -> Walk {
    match format {
        Format::Jpeg => jpeg::walk(bytes),
        Format::Png => png::walk(bytes),
        Format::Webp => webp::walk(bytes),
        Format::Gif => gif::walk(bytes),
        Format::Bmp => bmp::walk(bytes),
        Format::Tiff => tiff::walk(bytes),
    }
}

/// What the file and its name give away. Never fails: of a broken file what could be read, of a file that is no
/// known picture only what its name says.
pub fn find(bytes: &[u8], file_name: &str) -> Vec<Leak> {
    let mut out = Findings::new(bytes.len());
    if let Ok(format) = crate::photo::sniff(bytes) {
        let file = Span::whole(bytes);
        let segments = walk(bytes, format).segments;
        match format {
            Format::Jpeg => jpeg::find(file, &segments, &mut out),
            Format::Png => png::find(file, &segments, &mut out),
            Format::Webp => webp::find(file, &segments, &mut out),
            Format::Gif => gif::find(file, &segments, &mut out),
            Format::Bmp => bmp::find(file, &segments, &mut out),
            Format::Tiff => exif::find(file, exif::Host::TiffFile, &mut out),
        }
        leftovers(file, &segments, &mut out);
    }
    filename::find(file_name, &mut out);
    out.into_leaks()
}

/// Reports the bytes after the picture's end, and in one leak those that mean nothing to the format.
fn leftovers(file: Span, segments: &[Segment], out: &mut Findings) {
    let unknown = segments.iter().filter(|s| s.name == walk::UNKNOWN).map(|s| s.of(file));
    // Zeros are padding.
    let unknown: Vec<Span> = unknown.filter(|span| span.bytes().iter().any(|&b| b != 0)).collect();
    let len: usize = unknown.iter().map(|span| span.len()).sum();
    if let Some(&first) = unknown.first() {
        let value = format!("{len} bytes in {} places that mean nothing to the format", unknown.len());
        out.add(LeakKind::Other, "between segments", first, value);
    }
    for segment in segments.iter().filter(|s| s.name == walk::TRAILER) {
        trailer::find(segment.of(file), out);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The kinds of the leaks of a file whose name says nothing.
    pub(super) fn kinds(file: &[u8]) -> Vec<LeakKind> {
        find(file, "a").into_iter().map(|leak| leak.kind).collect()
    }

    /// The first leak of this kind.
    pub(super) fn leak(file: &[u8], kind: LeakKind) -> Leak {
        let leaks = find(file, "a");
        leaks.iter().find(|leak| leak.kind == kind).unwrap_or_else(|| panic!("no {kind:?} in {leaks:?}")).clone()
    }

    /// The bytes that the first leak of this kind points at.
    pub(super) fn bytes_of(file: &[u8], kind: LeakKind) -> &[u8] {
        let [start, end] = leak(file, kind).bytes.unwrap();
        &file[start as usize..end as usize]
    }

    /// Neither cutting the file off nor changing a byte makes it panic, or makes segments that don't cover the file.
    pub(super) fn assert_robust(file: &[u8], format: Format) {
        for len in 0..file.len() {
            assert_covered(&file[..len], format);
        }
        let mut changed = file.to_vec();
        for at in 0..file.len() {
            for byte in [0x00, 0x01, 0x7F, 0xFF, file[at] ^ 0x80, file[at].wrapping_add(1)] {
                changed[at] = byte;
                assert_covered(&changed, format);
            }
            changed[at] = file[at];
        }
    }

    fn assert_covered(file: &[u8], format: Format) {
        for leak in find(file, "a") {
            let [start, end] = leak.bytes.unwrap();
            assert!(start <= end && end <= file.len() as u64, "{leak:?}");
        }
        let walk = walk(file, format);
        let mut end = 0;
        for segment in &walk.segments {
            assert!(segment.start == end && segment.end > end, "{walk:?}");
            end = segment.end;
        }
        assert_eq!(end, file.len() as u64);
        assert!(segments(file, format).is_err() == walk.fault.is_some());
    }

    #[test]
    fn a_file_of_no_known_format_gives_nothing_away() {
        assert_eq!(find(b"text", "a"), []);
        assert_eq!(find(b"", "a"), []);
    }

    #[test]
    fn an_empty_file_has_no_segments() {
        for format in [Format::Jpeg, Format::Png, Format::Webp, Format::Gif, Format::Bmp, Format::Tiff] {
            assert!(segments(b"", format).is_err(), "{format:?}");
        }
    }
}
