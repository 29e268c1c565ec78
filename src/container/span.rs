//! Reading bytes without ever reading past them.

/// The order of the bytes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    /// Most significant byte first.
    Big,
    /// Least significant byte first.
    Little,
}

/// A stretch of bytes that knows where in the file it lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span<'a> {
    bytes: &'a [u8],
    place: Place,
}

#[derive(Debug, Clone, Copy)]
enum Place {
    /// The bytes stand in the file, from this offset.
    At(usize),
    /// The bytes were unpacked or joined from this stretch of the file.
    Within([u64; 2]),
}

impl<'a> Span<'a> {
    /// The whole file.
    pub(crate) fn whole(bytes: &'a [u8]) -> Self {
        Self { bytes, place: Place::At(0) }
    }

    /// Bytes that were unpacked or joined from the stretch `range` of the file.
    pub(crate) fn unpacked(bytes: &'a [u8], range: [u64; 2]) -> Self {
        Self { bytes, place: Place::Within(range) }
    }

    pub(crate) fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn len(self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// First byte and the byte after the last, from the file's start.
    pub(crate) fn range(self) -> [u64; 2] {
        match self.place {
            Place::At(start) => [start as u64, (start + self.bytes.len()) as u64],
            Place::Within(range) => range,
        }
    }

    /// `len` bytes from `start`; `None` unless all of them are there.
    pub(crate) fn part(self, start: usize, len: usize) -> Option<Self> {
        let end = start.checked_add(len)?;
        (end <= self.bytes.len()).then(|| self.clipped(start, len))
    }

    /// Those of `len` bytes from `start` that are there.
    pub(crate) fn clipped(self, start: usize, len: usize) -> Self {
        let start = start.min(self.bytes.len());
        let end = start.saturating_add(len).min(self.bytes.len());
        let place = match self.place {
            Place::At(offset) => Place::At(offset + start),
            within => within,
        };
        Self { bytes: &self.bytes[start..end], place }
    }

    /// Everything from `start`; empty if that is past the end.
    pub(crate) fn from(self, start: usize) -> Self {
        self.clipped(start, usize::MAX)
    }

    /// What follows `prefix`, if the bytes start with it.
    pub(crate) fn strip_prefix(self, prefix: &[u8]) -> Option<Self> {
        self.bytes.starts_with(prefix).then(|| self.from(prefix.len()))
    }

    /// The bytes before the first `mark` and those after it.
    pub(crate) fn split_at_byte(self, mark: u8) -> Option<(Self, Self)> {
        let at = self.bytes.iter().position(|&b| b == mark)?;
        Some((self.clipped(0, at), self.from(at + 1)))
    }

    /// Where `needle` first stands.
    pub(crate) fn find(self, needle: &[u8]) -> Option<usize> {
        let (&first, rest) = needle.split_first()?;
        let mut at = 0;
        loop {
            at += self.bytes.get(at..)?.iter().position(|&b| b == first)?;
            if self.bytes[at + 1..].starts_with(rest) {
                return Some(at);
            }
            at += 1;
        }
    }

    pub(crate) fn contains(self, needle: &[u8]) -> bool {
        self.find(needle).is_some()
    }

    pub(crate) fn u8(self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    pub(crate) fn u16(self, at: usize, order: ByteOrder) -> Option<u16> {
        let bytes = self.array(at)?;
        Some(match order {
            ByteOrder::Big => u16::from_be_bytes(bytes),
            ByteOrder::Little => u16::from_le_bytes(bytes),
        })
    }

    pub(crate) fn u32(self, at: usize, order: ByteOrder) -> Option<u32> {
        let bytes = self.array(at)?;
        Some(match order {
            ByteOrder::Big => u32::from_be_bytes(bytes),
            ByteOrder::Little => u32::from_le_bytes(bytes),
        })
    }

    pub(crate) fn u64(self, at: usize, order: ByteOrder) -> Option<u64> {
        let bytes = self.array(at)?;
        Some(match order {
            ByteOrder::Big => u64::from_be_bytes(bytes),
            ByteOrder::Little => u64::from_le_bytes(bytes),
        })
    }

    fn array<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..)?.first_chunk().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_know_where_they_lie() {
        let inner = Span::whole(b"0123456789").from(3).part(2, 4).map(Span::range);
        assert_eq!(inner, Some([5, 9]));
    }

    #[test]
    fn parts_of_unpacked_bytes_lie_where_the_packed_bytes_do() {
        assert_eq!(Span::unpacked(b"0123", [100, 102]).from(2).range(), [100, 102]);
    }

    #[test]
    fn nothing_is_read_past_the_end() {
        let span = Span::whole(b"0123");
        assert!(span.part(2, 3).is_none());
        assert!(span.part(usize::MAX, 2).is_none());
        assert!(span.u32(1, ByteOrder::Big).is_none());
        assert!(span.from(9).is_empty());
    }

    #[test]
    fn a_needle_is_found_after_a_false_start() {
        assert_eq!(Span::whole(b"aaab").find(b"aab"), Some(1));
        assert_eq!(Span::whole(b"aaa").find(b"aab"), None);
    }
}
