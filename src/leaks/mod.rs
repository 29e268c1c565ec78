//! What a file says besides its pixels.
//!
//! The walk of the container (`src/container/`) cuts the file into segments. [`scan`] reads what they say, as far as a
//! broken file can be read, and makes the byte map of what was found. Data flows one way: walk, segments, readers of
//! payloads, leaks and map. A reader that meets a block of another kind hands it back ([`findings::Block`]), and `nested`
//! has it read. All is bounded by `findings::LIMITS` and the limits of the walks.

mod appended;
mod bmp;
mod c2pa;
mod ciff;
mod comment;
mod exif;
mod filename;
mod findings;
mod gif;
mod heif;
mod icc;
mod iptc;
mod isobmff;
mod jpeg;
mod jxl;
mod makernote;
mod map;
mod mpf;
mod nested;
mod phaseone;
mod photoshop;
mod picture;
mod png;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
#[cfg(feature = "rare-formats")]
mod raw;
mod record;
mod thermal;
mod trailer;
mod webp;
mod xmp;

use crate::container::{self, Container, Segment, Span, TRAILER, UNKNOWN};
use crate::photo;
use crate::report::words::{LeakWords, count};
use crate::report::{Leak, LeakKind, Note, NoteCode, Part, Severity};
use findings::Findings;

pub(crate) use heif::ITEM;
pub(crate) use jxl::CODESTREAM;
#[cfg(feature = "rare-formats")]
pub(crate) use picture::coded_picture;
pub use picture::picture;
#[cfg(feature = "rare-formats")]
pub(crate) use raw::{preview_file, raw_parts, raw_previews};

/// What [`scan`] finds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// What it and its name say.
    pub leaks: Vec<Leak>,
    /// What it is made of: every byte belongs to exactly one part, in file order; empty for an unknown format.
    pub parts: Vec<Part>,
}

/// What the file and its name give away, and what the file is made of. Never fails: of a broken file what could be
/// read, of a file that is no known picture only what its name says.
pub fn scan(bytes: &[u8], file_name: &str) -> Found {
    let mut out = Findings::new(bytes.len(), nested::read);
    let mut segments = Vec::new();
    let file = Span::whole(bytes);
    #[cfg(feature = "rare-formats")]
    let is_raw = raw::is_raw(bytes);
    #[cfg(not(feature = "rare-formats"))]
    let is_raw = false;
    if let Some(container) = Container::of(bytes) {
        let walk = container.walk(bytes);
        // The decoders report damage in the formats that are opened.
        if walk.fault.is_some() && matches!(container, Container::Boxes | Container::JpegXl) {
            out.add(LeakKind::Other, "boxes", file, LeakWords::Damaged);
        }
        let end = (container == Container::Jpeg && container::jpeg::may_lack_end(&walk, file))
            .then(|| photo::unmarked_jpeg_end(bytes))
            .flatten();
        segments = match end {
            Some(end) => container::jpeg::ended_at(walk.segments, end, bytes.len()),
            None => walk.segments,
        };
        #[cfg(feature = "jxl")]
        if container == Container::JpegXl
            && let Some(end) = photo::jxl_end(bytes)
        {
            segments = container::jxl::ended_at(segments, end);
        }
        match is_raw {
            #[cfg(feature = "rare-formats")]
            true => raw::find_in(container, file, &mut out),
            _ => find_in(container, file, &segments, &mut out),
        }
        leftovers(file, &segments, &mut out);
    }
    #[cfg(feature = "rare-formats")]
    if is_raw {
        raw::find(file, &mut out);
    }
    filename::find(file_name, &mut out);
    let (leaks, named) = out.into_parts();
    Found { leaks, parts: map::parts(&segments, &named) }
}

/// Reports what the segments of a file say.
fn find_in(container: Container, file: Span, segments: &[Segment], out: &mut Findings) {
    match container {
        Container::Jpeg => {
            jpeg::find(file, segments, out);
            jpeg::find_tables(file, segments, out);
        }
        Container::Png => png::find(file, segments, out),
        Container::Webp => webp::find(file, segments, out),
        Container::Gif => gif::find(file, segments, out),
        Container::Bmp => bmp::find(file, segments, out),
        Container::Tiff => exif::find(file, exif::Host::TiffFile, out),
        Container::Boxes => isobmff::find(file, out),
        Container::JpegXl => jxl::find(file, out),
        Container::Xml => xmp::find(file, "XML", out),
    }
}

/// What the file and its name give away: the leaks of [`scan`].
pub fn find(bytes: &[u8], file_name: &str) -> Vec<Leak> {
    scan(bytes, file_name).leaks
}

/// What kind of copy a file is by its name and its leaks: a messenger's, from which the position has been taken out
/// already, or a screenshot.
pub fn note(file_name: &str, leaks: &[Leak]) -> Option<Note> {
    let code = copy_by_content(leaks).or_else(|| filename::note(file_name))?;
    let message = match code {
        NoteCode::Screenshot => "This is a picture of a screen: look at what it shows, that says more than the file.",
        _ => "A messenger has sent this copy and has taken out the position already.",
    };
    let has_position = leaks.iter().any(|leak| leak.kind == LeakKind::Gps && leak.severity == Severity::High);
    let applies = code == NoteCode::Screenshot || !has_position;
    applies.then(|| Note { code, message: message.to_owned() })
}

/// What the copy of a picture with a gain map lacks.
pub fn gain_map_note(leaks: &[Leak]) -> Option<Note> {
    let has_gain_map = leaks.iter().any(|leak| leak.words == Some(LeakWords::GainMap));
    let message = "The extra brightness for HDR displays (gain map) is not in the copy.".to_owned();
    has_gain_map.then_some(Note { code: NoteCode::GainMapDropped, message })
}

/// Facebook marks what it sends in the press data; phones write into the comment that it is a picture of a screen.
fn copy_by_content(leaks: &[Leak]) -> Option<NoteCode> {
    let says = |start: &str| leaks.iter().any(|leak| leak.value.starts_with(start));
    if says("FBMD") {
        return Some(NoteCode::MessengerCopy);
    }
    says("Screenshot").then_some(NoteCode::Screenshot)
}

/// Reports the bytes after the picture's end, and in one leak those that mean nothing to the format.
fn leftovers(file: Span, segments: &[Segment], out: &mut Findings) {
    let unknown = segments.iter().filter(|s| s.name == UNKNOWN).map(|s| s.of(file));
    // Zeros are padding.
    let unknown: Vec<Span> = unknown.filter(|span| span.bytes().iter().any(|&b| b != 0)).collect();
    let len: usize = unknown.iter().map(|span| span.len()).sum();
    if let Some(&first) = unknown.first() {
        let words = LeakWords::MeaninglessData { bytes: count(len), places: count(unknown.len()) };
        out.add(LeakKind::Other, "between segments", first, words);
    }
    for segment in segments.iter().filter(|s| s.name == TRAILER) {
        trailer::find(segment.of(file), out);
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::segments;
    use crate::report::Format;

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
        damage(file, |file| {
            assert_covered(file, format.into());
            let fault = Container::from(format).walk(file).fault;
            assert_eq!(segments(file, format).is_err(), fault.is_some());
        });
    }

    /// As [`assert_robust`] for files of boxes.
    pub(super) fn assert_robust_boxes(file: &[u8]) {
        damage(file, |file| assert_covered(file, Container::Boxes));
    }

    /// Calls `check` with every beginning of the file, and with every byte changed in some ways.
    fn damage(file: &[u8], mut check: impl FnMut(&[u8])) {
        for len in 0..file.len() {
            check(&file[..len]);
        }
        let mut changed = file.to_vec();
        for at in 0..file.len() {
            for byte in [0x00, 0x01, 0x7F, 0xFF, file[at] ^ 0x80, file[at].wrapping_add(1)] {
                changed[at] = byte;
                check(&changed);
            }
            changed[at] = file[at];
        }
    }

    /// Leaks point into the file, and both segments and parts cover every byte once.
    pub(super) fn assert_covered(file: &[u8], container: Container) {
        let found = scan(file, "a");
        for leak in &found.leaks {
            let [start, end] = leak.bytes.unwrap();
            assert!(start <= end && end <= file.len() as u64, "{leak:?}");
        }
        let walk = container.walk(file);
        let mut end = 0;
        for segment in &walk.segments {
            assert!(segment.start == end && segment.end > end, "{walk:?}");
            end = segment.end;
        }
        assert_eq!(end, file.len() as u64);
        let mut end = 0;
        for part in &found.parts {
            assert!(part.offset == end && part.bytes > 0, "{:?}", found.parts);
            end += part.bytes;
        }
        assert!(found.parts.is_empty() || end == file.len() as u64);
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
