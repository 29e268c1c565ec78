//! Canon's format of before EXIF, kept as the thumbnail's data in a JPEG (Canon, "CIFF Specification on Image Data File").

use super::findings::Findings;
use crate::container::{ByteOrder, Span, text};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// Entries of a heap that are read.
const MAX_ENTRIES: usize = 256;
/// Type 2, length 4, offset 4.
const ENTRY_LEN: usize = 10;
/// The upper two bits of a type say where the data is: in the heap, or in the entry after the type.
const IN_ENTRY: u16 = 0x4000;
const TYPE_MASK: u16 = 0x3FFF;
/// Types from here on are heaps themselves.
const HEAPS: std::ops::RangeInclusive<u16> = 0x2800..=0x37FF;

/// What an entry says.
fn kind(entry: u16) -> Option<LeakKind> {
    Some(match entry {
        0x080A => LeakKind::Camera,
        0x0805 => LeakKind::Comment,
        0x0810 => LeakKind::Owner,
        0x0816 => LeakKind::Filename,
        0x180B => LeakKind::Serial,
        0x2007 | 0x2008 => LeakKind::Thumbnail,
        _ => return None,
    })
}

/// Whether a segment's payload is such a heap.
pub(super) fn is_heap(payload: Span) -> bool {
    payload.part(6, 4).is_some_and(|mark| mark.bytes() == b"HEAP")
}

/// Reports what the heap in `file`, which starts with its own header, says.
pub(super) fn find(file: Span, location: &str, out: &mut Findings) {
    let order = if file.bytes().starts_with(b"MM") { ByteOrder::Big } else { ByteOrder::Little };
    let header_len = file.u32(2, order).unwrap_or(0) as usize;
    out.add(
        LeakKind::Makernote,
        location,
        file,
        LeakWords::MakerNote { name: "Canon".into(), bytes: count(file.len()) },
    );
    heap(file.from(header_len), order, location, out);
}

/// A heap's directory stands at its end: its offset is the last number.
fn heap(heap_span: Span, order: ByteOrder, location: &str, out: &mut Findings) {
    out.nest(heap_span, |out| {
        let Some(at) = heap_span.len().checked_sub(4).and_then(|end| heap_span.u32(end, order)) else { return };
        let directory = heap_span.from(at as usize);
        let entries = usize::from(directory.u16(0, order).unwrap_or(0));
        for n in 0..entries.min(MAX_ENTRIES) {
            let Some(entry) = directory.part(2 + n * ENTRY_LEN, ENTRY_LEN) else { return };
            read(heap_span, entry, order, location, out);
        }
    });
}

fn read(heap_span: Span, entry: Span, order: ByteOrder, location: &str, out: &mut Findings) {
    let (Some(tag), Some(len), Some(at)) = (entry.u16(0, order), entry.u32(2, order), entry.u32(6, order)) else {
        return;
    };
    let in_entry = tag & IN_ENTRY != 0;
    let data = if in_entry { entry.from(2) } else { heap_span.clipped(at as usize, len as usize) };
    let tag = tag & TYPE_MASK;
    match kind(tag) {
        Some(LeakKind::Thumbnail) => {
            out.add(LeakKind::Thumbnail, location, data, LeakWords::Picture { bytes: count(data.len()) });
        }
        Some(LeakKind::Serial) => {
            out.add_text(LeakKind::Serial, location, data, &data.u32(0, order).unwrap_or(0).to_string());
        }
        Some(kind) => out.add_text(
            kind,
            location,
            data,
            &text::decode(data.split_at_byte(0).map_or(data, |(text, _)| text).bytes()),
        ),
        None if HEAPS.contains(&tag) && !in_entry => heap(data, order, location, out),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::container::jpeg::tests::{jpeg, segment};
    use crate::leaks::tests::{assert_robust, bytes_of, leak};
    use crate::report::{Format, LeakKind};

    /// A heap with a thumbnail and, in a heap inside, the owner's name.
    fn photo() -> Vec<u8> {
        let entry =
            |tag: u16, len: u32, at: u32| [&tag.to_le_bytes()[..], &len.to_le_bytes(), &at.to_le_bytes()].concat();
        let inner = [&b"Jane\0\0"[..], &1u16.to_le_bytes(), &entry(0x0810, 6, 0), &6u32.to_le_bytes()].concat();
        let heap = [
            &b"thumb"[..],
            &inner,
            &2u16.to_le_bytes(),
            &entry(0x2008, 5, 0),
            &entry(0x3002, inner.len() as u32, 5),
            &(5 + inner.len() as u32).to_le_bytes(),
        ];
        jpeg(&segment(0xE0, &[b"II\x0E\0\0\0HEAPJPGM", &heap.concat()[..]].concat()))
    }

    #[test]
    fn the_owner_and_the_thumbnail_are_found() {
        assert_eq!(leak(&photo(), LeakKind::Owner).value, "Jane");
        assert_eq!(bytes_of(&photo(), LeakKind::Thumbnail), b"thumb");
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust(&photo(), Format::Jpeg);
    }
}
