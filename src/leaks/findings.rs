//! Collecting leaks within bounds, however hostile the file.

use crate::container::Span;
use crate::report::LeakWords;
use crate::report::{Leak, LeakKind, Severity};

/// What keeps reading bounded. None of these is reached by an ordinary photo.
pub(super) struct Limits {
    /// Most leaks reported of one file: a person reads no more, and a report must stay small.
    pub(super) leaks: usize,
    /// How many of them are kept for severe ones, so that a flood of harmless ones hides nothing.
    pub(super) severe_leaks: usize,
    /// Blocks inside blocks: EXIF holds Photoshop resources, those hold EXIF. Real files need two.
    pub(super) nesting: usize,
    /// Bytes parsed in blocks, as a multiple of the file's length, because blocks may point at the same bytes again.
    pub(super) work_factor: u64,
    /// Bytes parsed in blocks that even the smallest file may cost.
    pub(super) work_base: u64,
    /// Bytes that all packed texts of a file may unpack to; an uncompressed EXIF block has at most 64 KiB.
    pub(super) unpacked: usize,
    /// Parts of the byte map as it is reported; more are of no use to anybody.
    pub(super) parts: usize,
    /// Pictures that an index announces.
    pub(super) pictures: usize,
}

/// The limits in force.
pub(super) const LIMITS: Limits = Limits {
    leaks: 500,
    severe_leaks: 100,
    nesting: 4,
    work_factor: 4,
    work_base: 1 << 20,
    unpacked: 4 << 20,
    parts: 2000,
    pictures: 32,
};

/// How much a leak of this kind matters, from what it lets a stranger do.
///
/// High: it says where or who, or shows what the cover hides (every further picture does). Medium: it links files to
/// each other or narrows down who, when or with what, or holds free text that nobody can judge from outside.
/// Low: shared by millions of files.
pub(super) fn severity(kind: LeakKind) -> Severity {
    use LeakKind::{
        Audio, C2pa, Camera, Coding, Comment, Date, Depth, Description, FaceRegion, Filename, Gps, Icc, Id, Iptc,
        Makernote, MotionPhoto, Other, Owner, Photoshop, Preview, SecondImage, Serial, Software, Text, Thumbnail,
        Trailer, Xmp,
    };
    match kind {
        Gps | Thumbnail | Preview | SecondImage | MotionPhoto | Serial | Owner | FaceRegion => Severity::High,
        Depth | Audio | Camera | Id | Date | Description | Comment | Text | Xmp | Iptc | Photoshop | Makernote
        | C2pa | Trailer => Severity::Medium,
        Software | Icc | Filename | Coding | Other => Severity::Low,
    }
}

/// What the byte map calls a stretch that this kind of leak points at; `None` for single values.
fn part_name(kind: LeakKind) -> Option<&'static str> {
    match kind {
        LeakKind::Thumbnail => Some("thumbnail"),
        LeakKind::Preview => Some("preview"),
        LeakKind::SecondImage => Some("second image"),
        LeakKind::MotionPhoto => Some("film"),
        LeakKind::Depth => Some("depth or gain map"),
        LeakKind::Audio => Some("sound"),
        LeakKind::Xmp => Some("xmp"),
        LeakKind::Iptc => Some("iptc"),
        LeakKind::Makernote => Some("maker note"),
        LeakKind::C2pa => Some("c2pa"),
        _ => None,
    }
}

/// What is said about a stretch.
enum Said<'a> {
    /// Its own text.
    Text(&'a str),
    /// The program's words.
    Words(LeakWords),
}

/// A block inside another that has a reader of its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Block<'a> {
    /// A TIFF structure with EXIF fields.
    Exif(Span<'a>),
    /// A picture inside the file.
    Jpeg(Span<'a>),
    /// The index of further pictures in a JPEG, and the bytes that it speaks of.
    Mpf { file: Span<'a>, index: Span<'a> },
    /// A packet, and where it was met.
    Xmp(Span<'a>, &'a str),
    /// Press data, and where it was met.
    Iptc(Span<'a>, &'a str),
    /// Image resources, and where they were met.
    Photoshop(Span<'a>, &'a str),
    /// Canon's heap, and where it was met.
    Ciff(Span<'a>, &'a str),
    /// A colour profile or its first piece, the bytes of the file that it takes, and where it was met.
    Icc { profile: Span<'a>, place: Span<'a>, location: &'a str },
    /// Content Credentials, the bytes of the file that they take, and where they were met.
    C2pa { boxes: Span<'a>, place: Span<'a>, location: &'a str },
}

/// Has a block read by its reader.
pub(super) type Dispatch = fn(Block, &mut Findings);

/// The leaks found so far, and what finding them has cost.
pub(super) struct Findings {
    dispatch: Dispatch,
    leaks: Vec<Leak>,
    named: Vec<(&'static str, [u64; 2])>,
    depth: usize,
    work_left: u64,
    unpacked_left: usize,
}

impl Findings {
    /// For a file of `file_len` bytes, whose blocks inside others `dispatch` has read.
    pub(super) fn new(file_len: usize, dispatch: Dispatch) -> Self {
        Self {
            dispatch,
            leaks: Vec::new(),
            named: Vec::new(),
            depth: 0,
            work_left: LIMITS.work_factor * file_len as u64 + LIMITS.work_base,
            unpacked_left: LIMITS.unpacked,
        }
    }

    /// Has a block read that was met inside another. No reader knows the others.
    pub(super) fn read(&mut self, block: Block) {
        (self.dispatch)(block, self);
    }

    /// Adds what is to be said about `span`, as severe as its kind.
    pub(super) fn add(&mut self, kind: LeakKind, location: &str, span: Span, words: LeakWords) {
        self.add_leak(kind, severity(kind), location, span, Said::Words(words));
    }

    /// Adds what is to be said about a value in a larger block, which is no part of its own in the byte map.
    pub(super) fn add_value(&mut self, kind: LeakKind, location: &str, span: Span, words: LeakWords) {
        self.push(kind, severity(kind), location, Some(span.range()), Said::Words(words));
    }

    /// Adds what is to be said about `span` where it matters less than its kind usually does.
    pub(super) fn add_harmless(&mut self, kind: LeakKind, location: &str, span: Span, words: LeakWords) {
        self.add_leak(kind, Severity::Low, location, span, Said::Words(words));
    }

    /// Adds the text that `span` holds, unless that is nothing: cameras fill fields with spaces and zeros.
    pub(super) fn add_text(&mut self, kind: LeakKind, location: &str, span: Span, text: &str) {
        let blank = match kind {
            LeakKind::Date => text.chars().all(|c| matches!(c, '0' | ':' | '-' | '/' | '.' | '+' | ' ' | 'T' | 'Z')),
            LeakKind::Serial | LeakKind::Id => text.chars().all(|c| matches!(c, '0' | '-' | ' ')),
            _ => text.is_empty(),
        };
        if !blank {
            self.add_leak(kind, severity(kind), location, span, Said::Text(text));
        }
    }

    /// Adds what the file's name says.
    pub(super) fn add_name(&mut self, words: LeakWords) {
        let kind = LeakKind::Filename;
        self.push(kind, severity(kind), "file name", None, Said::Words(words));
    }

    /// Names a stretch of the file for the byte map.
    pub(super) fn name(&mut self, name: &'static str, span: Span) {
        if self.named.len() < LIMITS.leaks {
            self.named.push((name, span.range()));
        }
    }

    fn add_leak(&mut self, kind: LeakKind, severity: Severity, location: &str, span: Span, said: Said) {
        if let Some(name) = part_name(kind) {
            self.name(name, span);
        }
        self.push(kind, severity, location, Some(span.range()), said);
    }

    fn push(&mut self, kind: LeakKind, severity: Severity, location: &str, bytes: Option<[u64; 2]>, said: Said) {
        let limit = match severity {
            Severity::High => LIMITS.leaks,
            _ => LIMITS.leaks - LIMITS.severe_leaks,
        };
        let (value, words) = match said {
            Said::Text(text) => (text.to_owned(), None),
            Said::Words(words) => (words.to_string(), Some(words)),
        };
        if self.extend_last(kind, location, bytes, &value) || self.leaks.len() >= limit {
            return;
        }
        self.leaks.push(Leak { kind, severity, location: location.to_owned(), bytes, value, words, faces: None });
    }

    /// One thing cut into adjacent segments, such as a colour profile, is one leak. Adjacent pictures are several, each to be looked at.
    fn extend_last(&mut self, kind: LeakKind, location: &str, bytes: Option<[u64; 2]>, value: &str) -> bool {
        let (Some(last), Some([start, end])) = (self.leaks.last_mut(), bytes) else {
            return false;
        };
        let is_picture = matches!(kind, LeakKind::Thumbnail | LeakKind::Preview | LeakKind::SecondImage);
        let same = !is_picture && last.kind == kind && last.location == location && last.value == value;
        match &mut last.bytes {
            Some(range) if same && range[1] == start => {
                range[1] = end;
                true
            }
            _ => false,
        }
    }

    /// Whether a picture that starts where `span` does has been reported.
    pub(super) fn has_picture_at(&self, span: Span) -> bool {
        let start = span.range()[0];
        self.leaks.iter().any(|leak| {
            matches!(leak.kind, LeakKind::Thumbnail | LeakKind::Preview | LeakKind::SecondImage | LeakKind::Depth)
                && leak.bytes.is_some_and(|range| range[0] == start)
        })
    }

    /// Reads a block inside another, unless that would be too deep or too much.
    pub(super) fn nest(&mut self, span: Span, read: impl FnOnce(&mut Self)) {
        let work = span.len() as u64 + 1;
        if self.depth >= LIMITS.nesting || work > self.work_left {
            return;
        }
        self.work_left -= work;
        self.depth += 1;
        read(self);
        self.depth -= 1;
    }

    /// Unpacks zlib data; `None` if it is broken or too much. What was unpacked in vain counts too, since it took its time.
    pub(super) fn unpack(&mut self, packed: &[u8]) -> Option<Vec<u8>> {
        self.unpack_all(packed).ok()
    }

    /// As [`Self::unpack`]. Of data that is broken or too much, what stands before that; it may be nothing.
    pub(super) fn unpack_beginning(&mut self, packed: &[u8]) -> Vec<u8> {
        self.unpack_all(packed).unwrap_or_else(|mut beginning| {
            // The decoder fills the rest of its buffer with zeros.
            let len = beginning.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
            beginning.truncate(len);
            beginning
        })
    }

    fn unpack_all(&mut self, packed: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
        let unpacked = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(packed, self.unpacked_left)
            .map_err(|error| error.output);
        self.unpacked_left -= unpacked.as_ref().map_or_else(Vec::len, Vec::len);
        unpacked
    }

    /// What was found, in the order of finding, and the named stretches with first byte and the byte after the last.
    pub(super) fn into_parts(self) -> (Vec<Leak>, Vec<(&'static str, [u64; 2])>) {
        (self.leaks, self.named)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn no_more_leaks_are_kept_than_allowed() {
        let mut out = Findings::new(10, |_, _| ());
        for i in 0..2 * LIMITS.leaks {
            out.add_text(LeakKind::Gps, "x", Span::whole(b"0123456789"), &i.to_string());
        }
        assert_eq!(out.into_parts().0.len(), LIMITS.leaks);
    }

    #[test]
    fn a_flood_of_harmless_leaks_hides_no_severe_one() {
        let mut out = Findings::new(10, |_, _| ());
        for i in 0..2 * LIMITS.leaks {
            out.add_text(LeakKind::Other, "x", Span::whole(b"0123456789"), &i.to_string());
        }
        out.add_text(LeakKind::Gps, "x", Span::whole(b"0123456789"), "here");
        assert_eq!(out.into_parts().0.last().map(|leak| leak.kind), Some(LeakKind::Gps));
    }

    #[test]
    fn adjacent_pieces_of_one_thing_are_one_leak() {
        let file = Span::whole(b"0123456789");
        let mut out = Findings::new(10, |_, _| ());
        out.add(LeakKind::Icc, "APP2", file.clipped(0, 4), LeakWords::ColourProfile);
        out.add(LeakKind::Icc, "APP2", file.clipped(4, 3), LeakWords::ColourProfile);
        let leaks = out.into_parts().0;
        assert_eq!(leaks.len(), 1);
        assert_eq!(leaks[0].bytes, Some([0, 7]));
    }

    #[test]
    fn a_block_in_itself_is_read_a_few_times_only() {
        fn read(out: &mut Findings, span: Span, times: &mut usize) {
            *times += 1;
            out.nest(span, |out| read(out, span, times));
        }
        let mut times = 0;
        read(&mut Findings::new(10, |_, _| ()), Span::whole(b"0123456789"), &mut times);
        assert_eq!(times, LIMITS.nesting + 1);
    }

    #[test]
    fn unpacking_stops_at_the_limit() {
        let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; LIMITS.unpacked + 1], 6);
        assert!(Findings::new(10, |_, _| ()).unpack(&bomb).is_none());
        let fine = miniz_oxide::deflate::compress_to_vec_zlib(b"text", 6);
        assert_eq!(Findings::new(10, |_, _| ()).unpack(&fine).unwrap(), b"text");
    }
}
