//! Multi-Picture Format (CIPA DC-007): further pictures after the first.

use super::findings::{Block, Findings, LIMITS};
use crate::container::tiff::Tiff;
use crate::container::{ByteOrder, Span};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

const MP_ENTRY: u16 = 0xB002;
/// Attributes 4, size 4, offset 4, dependent pictures 2 + 2.
const ENTRY_LEN: usize = 16;
/// The rest of the attributes are flags and the format.
const TYPE_MASK: u32 = 0x00FF_FFFF;

/// Reports the pictures that the index in the APP2 segment announces and that are there. `index` starts with its own
/// TIFF header, from which offsets count.
pub(super) fn find(file: Span, index: Span, out: &mut Findings) {
    let Some(tiff) = Tiff::open(index) else {
        return;
    };
    let order = tiff.order();
    let (directories, _) = tiff.directories();
    let entries = directories.iter().find_map(|directory| directory.field(MP_ENTRY));
    let Some(entries) = entries else {
        return;
    };
    for entry in entries.data.bytes().chunks_exact(ENTRY_LEN).take(LIMITS.pictures) {
        picture(file, index, Span::whole(entry), order, out);
    }
}

fn picture(file: Span, index: Span, entry: Span, order: ByteOrder, out: &mut Findings) {
    let number = |at| entry.u32(at, order).unwrap_or(0);
    let (attributes, len, offset) = (number(0), number(4), number(8));
    // The first picture, which is the file itself, has the offset 0.
    if offset == 0 {
        return;
    }
    let start = index.range()[0].saturating_add(u64::from(offset));
    let span = file.clipped(usize::try_from(start).unwrap_or(usize::MAX), len as usize);
    if span.is_empty() {
        return;
    }
    let bytes = count(span.len());
    let (kind, words) = match attributes & TYPE_MASK {
        0x01_0001 | 0x01_0002 => (LeakKind::Preview, LeakWords::Picture { bytes }),
        0x02_0001 => (LeakKind::SecondImage, LeakWords::Panorama { bytes }),
        0x02_0002 => (LeakKind::SecondImage, LeakWords::OtherEye { bytes }),
        0x02_0003 => (LeakKind::SecondImage, LeakWords::OtherAngle { bytes }),
        _ => (LeakKind::SecondImage, LeakWords::Picture { bytes }),
    };
    out.add(kind, "APP2 MPF", span, words);
    out.read(Block::Jpeg(span));
}

#[cfg(test)]
mod tests {
    use crate::container::ByteOrder;
    use crate::container::jpeg::tests::{jpeg, segment};
    use crate::container::tiff::tests::{Value, tiff};
    use crate::leaks::tests::{assert_robust, bytes_of, kinds};
    use crate::report::{Format, LeakKind};

    /// A file whose second picture has the MPF type `attributes`.
    fn two_pictures(attributes: u32) -> Vec<u8> {
        let second = jpeg(&[]);
        let with_offset = |offset: u32| {
            let entry =
                |values: [u32; 3]| values.iter().flat_map(|v| v.to_be_bytes()).chain([0; 4]).collect::<Vec<u8>>();
            let entries = [entry([0x03_0000, 0, 0]), entry([attributes, second.len() as u32, offset])].concat();
            let index = tiff(ByteOrder::Big, &[&[(0xB002, Value::Undefined(&entries))]]);
            jpeg(&segment(0xE2, &[b"MPF\0", &index[..]].concat()))
        };
        // SOI 2, marker and length 4, identifier 4.
        let first = with_offset((with_offset(1).len() - 10) as u32);
        [first, second].concat()
    }

    #[test]
    fn a_second_picture_is_found_once_at_its_bytes() {
        let file = two_pictures(0x02_0002);
        assert_eq!(kinds(&file), [LeakKind::SecondImage, LeakKind::Trailer]);
        assert_eq!(bytes_of(&file, LeakKind::SecondImage), jpeg(&[]));
    }

    #[test]
    fn a_large_thumbnail_is_a_preview() {
        assert_eq!(kinds(&two_pictures(0x01_0002)), [LeakKind::Preview, LeakKind::Trailer]);
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust(&two_pictures(0x02_0002), Format::Jpeg);
    }
}
