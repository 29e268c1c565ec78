//! Cutting a file into the segments of its container.

use super::span::Span;
use crate::error::InputError;

/// Segments of a file. A PNG may cut its data into pieces of one byte; more than this is meant to exhaust memory.
pub(crate) const MAX_SEGMENTS: usize = 1 << 18;

/// Bytes after the picture's end.
pub(crate) const TRAILER: &str = "trailer";
/// Bytes that the container's rules give no meaning to.
pub(crate) const UNKNOWN: &str = "unknown";

/// A stretch of the file and what it is in the format's own terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    /// `SOI`, `APP0`, `SOS+scan`, `IDAT`, `image` and so on; [`TRAILER`] or [`UNKNOWN`].
    pub(crate) name: String,
    /// First byte, from the file's start.
    pub(crate) start: u64,
    /// The byte after the last.
    pub(crate) end: u64,
}

impl Segment {
    /// Its bytes.
    pub(crate) fn of<'a>(&self, file: Span<'a>) -> Span<'a> {
        let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
        file.clipped(at(self.start), at(self.end) - at(self.start))
    }
}

/// The segments of a file, in file order and without gaps, and the first fault in its structure.
///
/// A walk goes on after a fault as well as it can, so that what a broken file gives away is still found. A proof fails if
/// the walk has a fault.
#[derive(Debug)]
pub(crate) struct Walk {
    /// Without gaps from 0 to the file's length once finished.
    pub(crate) segments: Vec<Segment>,
    /// Why the structure is not sound.
    pub(crate) fault: Option<InputError>,
    len: usize,
    end: usize,
}

impl Walk {
    /// Of a file of `len` bytes.
    pub(crate) fn new(len: usize) -> Self {
        Self { segments: Vec::new(), fault: None, len, end: 0 }
    }

    /// Where the next segment starts.
    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// Whether bytes are left and may be cut.
    pub(crate) fn goes_on(&self) -> bool {
        self.end < self.len && self.segments.len() < MAX_SEGMENTS
    }

    /// Cuts a segment up to `end`; the file's end if that comes first, which is a fault. Nothing if it would be empty.
    pub(crate) fn cut(&mut self, name: impl Into<String>, end: usize) {
        if end > self.len {
            self.fail(InputError::Truncated);
        }
        let end = end.min(self.len);
        if end <= self.end {
            return;
        }
        let (start, name) = (self.end as u64, name.into());
        self.segments.push(Segment { name, start, end: end as u64 });
        self.end = end;
    }

    /// Notes a fault; the first is kept.
    pub(crate) fn fail(&mut self, fault: InputError) {
        self.fault.get_or_insert(fault);
    }

    /// Notes that the data contradicts its format.
    pub(crate) fn corrupt(&mut self, what: &str) {
        self.fail(InputError::Corrupt(what.to_owned()));
    }

    /// The picture has ended where it should: what is left is a trailer.
    pub(crate) fn finish(mut self) -> Self {
        self.cut(TRAILER, self.len);
        self
    }

    /// The picture's end was not reached: the file is cut off, or there was a fault before.
    pub(crate) fn give_up(mut self) -> Self {
        if self.end < self.len && self.segments.len() >= MAX_SEGMENTS {
            self.corrupt("it has too many parts");
        }
        self.fail(InputError::Truncated);
        self.cut(UNKNOWN, self.len);
        self
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Neither cutting the file off nor changing a byte makes a walk panic, or leave bytes out.
    pub(crate) fn assert_total(file: &[u8], walk: fn(&[u8]) -> Walk) {
        let check = |file: &[u8]| {
            let segments = walk(file).segments;
            let mut end = 0;
            for segment in &segments {
                assert!(segment.start == end && segment.end > end, "{segments:?}");
                end = segment.end;
            }
            assert_eq!(end, file.len() as u64);
        };
        (0..=file.len()).for_each(|len| check(&file[..len]));
        let mut changed = file.to_vec();
        for at in 0..file.len() {
            for byte in [0x00, 0x01, 0x7F, 0xFF, file[at] ^ 0x80, file[at].wrapping_add(1)] {
                changed[at] = byte;
                check(&changed);
            }
            changed[at] = file[at];
        }
    }

    #[test]
    fn a_segment_past_the_end_is_cut_and_noted() {
        let mut walk = Walk::new(10);
        walk.cut("a", 4);
        walk.cut("b", 12);
        assert_eq!(walk.fault, Some(InputError::Truncated));
        assert_eq!(walk.segments.last().map(|s| (s.start, s.end)), Some((4, 10)));
    }

    #[test]
    fn a_file_of_too_many_parts_is_not_cut_further() {
        let mut walk = Walk::new(MAX_SEGMENTS * 2);
        while walk.goes_on() {
            walk.cut("x", walk.end() + 1);
        }
        let walk = walk.give_up();
        assert!(matches!(walk.fault, Some(InputError::Corrupt(_))));
        assert_eq!(walk.segments.len(), MAX_SEGMENTS + 1);
    }
}
