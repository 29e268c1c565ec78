//! Cutting a file into the segments of its container.

use super::Segment;
use super::findings::LIMITS;
use crate::error::InputError;

/// Bytes after the picture's end.
pub(super) const TRAILER: &str = "trailer";
/// Bytes that the container's rules give no meaning to.
pub(super) const UNKNOWN: &str = "unknown";

/// The segments of a file, in file order and without gaps, and the first fault in its structure.
///
/// A walk goes on after a fault as well as it can, so that what a broken file gives away is still found; the proof
/// takes a walk with a fault for a failure.
#[derive(Debug)]
pub(super) struct Walk {
    /// Without gaps from 0 to the file's length once finished.
    pub(super) segments: Vec<Segment>,
    /// Why the structure is not sound.
    pub(super) fault: Option<InputError>,
    len: usize,
    end: usize,
}

impl Walk {
    /// Of a file of `len` bytes.
    pub(super) fn new(len: usize) -> Self {
        Self { segments: Vec::new(), fault: None, len, end: 0 }
    }

    /// Where the next segment starts.
    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// Whether bytes are left and may be cut.
    pub(super) fn goes_on(&self) -> bool {
        self.end < self.len && self.segments.len() < LIMITS.segments
    }

    /// Cuts a segment up to `end`; the file's end if that comes first, which is a fault. Nothing if it would be empty.
    pub(super) fn cut(&mut self, name: impl Into<String>, end: usize) {
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
    pub(super) fn fail(&mut self, fault: InputError) {
        self.fault.get_or_insert(fault);
    }

    /// Notes that the data contradicts its format.
    pub(super) fn corrupt(&mut self, what: &str) {
        self.fail(InputError::Corrupt(what.to_owned()));
    }

    /// The picture has ended where it should: what is left is a trailer.
    pub(super) fn finish(mut self) -> Self {
        self.cut(TRAILER, self.len);
        self
    }

    /// The picture's end was not reached: the file is cut off, or there was a fault before.
    pub(super) fn give_up(mut self) -> Self {
        if self.end < self.len && self.segments.len() >= LIMITS.segments {
            self.corrupt("it has too many parts");
        }
        self.fail(InputError::Truncated);
        self.cut(UNKNOWN, self.len);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let mut walk = Walk::new(LIMITS.segments * 2);
        while walk.goes_on() {
            walk.cut("x", walk.end() + 1);
        }
        let walk = walk.give_up();
        assert!(matches!(walk.fault, Some(InputError::Corrupt(_))));
        assert_eq!(walk.segments.len(), LIMITS.segments + 1);
    }
}
