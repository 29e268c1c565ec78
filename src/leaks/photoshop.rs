//! Photoshop image resources (Adobe Photoshop File Formats Specification, "Image Resource Blocks").

use super::findings::{Block, Findings};
use crate::container::{ByteOrder, Span};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

const IPTC: u16 = 0x0404;
const THUMBNAIL_4: u16 = 0x0409;
const THUMBNAIL: u16 = 0x040C;
const ICC: u16 = 0x040F;
const EXIF: u16 = 0x0422;
const XMP: u16 = 0x0424;
/// Before the thumbnail's JPEG: format, width, height, bytes a row, total size, compressed size, bits, planes.
const THUMBNAIL_HEADER_LEN: usize = 28;

/// Reports the resources as one leak, and what is in them.
pub(super) fn find(resources: Span, location: &str, out: &mut Findings) {
    out.nest(resources, |out| {
        let mut rest = resources;
        let mut others: u32 = 0;
        while let Some((id, data, after)) = next(rest) {
            rest = after;
            let location = format!("{location} 8BIM 0x{id:04X}");
            match id {
                IPTC => out.read(Block::Iptc(data, &location)),
                THUMBNAIL | THUMBNAIL_4 => thumbnail(data, &location, out),
                ICC => out.read(Block::Icc { profile: data, place: data, location: &location }),
                EXIF => out.read(Block::Exif(data)),
                XMP => out.read(Block::Xmp(data, &location)),
                _ => others += 1,
            }
        }
        if others > 0 {
            out.add(LeakKind::Photoshop, location, resources, LeakWords::EditorSettings { count: others });
        } else if rest.len() == resources.len() && !rest.is_empty() {
            out.add(LeakKind::Photoshop, location, resources, LeakWords::EditorData { bytes: count(rest.len()) });
        }
    });
}

fn thumbnail(data: Span, location: &str, out: &mut Findings) {
    let picture = data.from(THUMBNAIL_HEADER_LEN);
    if !picture.is_empty() {
        out.add(LeakKind::Thumbnail, location, picture, LeakWords::Picture { bytes: count(picture.len()) });
    }
}

/// The first resource's number and data, and what follows it.
fn next(rest: Span) -> Option<(u16, Span, Span)> {
    /// Signature 4, number 2; a name of at least two bytes follows.
    const NAME_AT: usize = 6;
    // ImageReady and others sign with their own four letters.
    rest.part(0, 4).filter(|signature| signature.bytes().iter().all(u8::is_ascii_alphanumeric))?;
    let id = rest.u16(4, ByteOrder::Big)?;
    let name_len = usize::from(rest.u8(NAME_AT)?);
    let size_at = NAME_AT + (1 + name_len).next_multiple_of(2);
    let size = rest.u32(size_at, ByteOrder::Big)? as usize;
    let data = rest.clipped(size_at + 4, size);
    let padded = size.saturating_add(size % 2);
    Some((id, data, rest.from((size_at + 4).saturating_add(padded))))
}

#[cfg(test)]
mod tests {
    use crate::container::ByteOrder;
    use crate::container::jpeg::tests::{jpeg, segment};
    use crate::container::tiff::tests::{Value, tiff};
    use crate::leaks::exif::tests::with_gps;
    use crate::leaks::iptc::tests::data_set;
    use crate::leaks::tests::{assert_robust, bytes_of, kinds, leak};
    use crate::report::{Format, LeakKind, LeakWords};

    fn resource(id: u16, name: &str, data: &[u8]) -> Vec<u8> {
        let mut out = [b"8BIM", &id.to_be_bytes()[..], &[name.len() as u8], name.as_bytes()].concat();
        out.resize(out.len().next_multiple_of(2), 0);
        out.extend((data.len() as u32).to_be_bytes());
        out.extend(data);
        out.resize(out.len().next_multiple_of(2), 0);
        out
    }

    fn photo(resources: &[Vec<u8>]) -> Vec<u8> {
        jpeg(&segment(0xED, &[b"Photoshop 3.0\0".to_vec(), resources.concat()].concat()))
    }

    #[test]
    fn press_data_is_found_after_a_resource_of_odd_length_with_a_name() {
        let file = photo(&[resource(0x03ED, "ab", b"123"), resource(0x0404, "", &data_set(80, "Jane"))]);
        assert_eq!(leak(&file, LeakKind::Owner).value, "Jane");
        assert_eq!(leak(&file, LeakKind::Iptc).location, "APP13 8BIM 0x0404");
        assert_eq!(leak(&file, LeakKind::Photoshop).words, Some(LeakWords::EditorSettings { count: 1 }));
    }

    #[test]
    fn the_thumbnail_is_found_at_its_bytes() {
        let file = photo(&[resource(0x040C, "", &[&[0; 28], &b"thumb"[..]].concat())]);
        assert_eq!(kinds(&file), [LeakKind::Thumbnail]);
        assert_eq!(bytes_of(&file, LeakKind::Thumbnail), b"thumb");
    }

    #[test]
    fn exif_inside_is_read() {
        let file = photo(&[resource(0x0422, "", &with_gps(ByteOrder::Big))]);
        assert_eq!(kinds(&file), [LeakKind::Gps]);
    }

    #[test]
    fn resources_inside_exif_inside_resources_end() {
        let mut block = resource(0x0404, "", &data_set(80, "Jane"));
        for _ in 0..50 {
            block = resource(0x0422, "", &tiff(ByteOrder::Big, &[&[(0x8649, Value::Undefined(&block))]]));
        }
        assert_eq!(kinds(&photo(&[block])), []);
    }

    #[test]
    fn broken_files_are_survived() {
        let file = photo(&[resource(0x03ED, "ab", b"123"), resource(0x0404, "", &data_set(80, "Jane"))]);
        assert_robust(&file, Format::Jpeg);
    }
}
