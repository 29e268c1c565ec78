//! What a JPEG XL says: its boxes, and the header of its codestream.

use super::findings::Findings;
use super::isobmff;
use crate::container::Span;
use crate::container::jxl::{Header, header_range};
use crate::report::LeakKind;
use crate::report::words::LeakWords;

/// Where a picture is that the codestream holds besides its own. It cannot be taken out.
pub(crate) const CODESTREAM: &str = "codestream";

/// Reports what the boxes and the header say.
pub(super) fn find(file: Span, out: &mut Findings) {
    isobmff::find(file, out);
    let read = |header: Header| header_range(file.bytes()).map(|place| (header, place));
    let Some((header, place)) = Header::read(file.bytes()).and_then(read) else { return };
    if let Some((width, height)) = header.preview {
        out.add_value(LeakKind::Preview, CODESTREAM, place, LeakWords::Pixels { width, height });
    }
    if header.has_depth_map {
        out.add_value(LeakKind::Depth, CODESTREAM, place, LeakWords::DepthMap);
    }
    // A channel can hold any picture, in grey.
    if header.has_unseen_channels {
        let Header { width, height, .. } = header;
        out.add_value(LeakKind::SecondImage, CODESTREAM, place, LeakWords::Pixels { width, height });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::isobmff::tests::boxed;
    use crate::container::jxl::tests::{Writer, in_boxes};
    use crate::container::{ByteOrder, Container};
    use crate::leaks::exif::tests::with_gps;
    use crate::leaks::tests::{assert_covered, bytes_of, kinds, leak};
    use crate::leaks::{c2pa, scan};

    /// A header with a preview of 128 x 64 and a depth map, and nothing after it.
    fn codestream() -> Vec<u8> {
        let size = [(1, 0), (2, 0), (9, 199), (3, 0), (2, 0), (9, 299), (1, 0)];
        let preview = [(1, 1), (3, 0), (1, 0), (1, 1), (1, 1), (2, 2), (5, 7), (3, 7), (1, 0)];
        let depth = [(1, 0), (2, 0), (1, 1), (2, 1), (1, 0), (2, 1), (1, 0), (2, 0), (2, 0), (2, 0), (1, 1), (16, 0)];
        Writer::new().with(&size).with(&preview).with(&depth).codestream()
    }

    fn plain() -> Vec<u8> {
        boxed(b"jxlc", &Writer::new().with(&[(1, 1), (5, 3), (3, 0), (5, 9), (1, 1)]).codestream())
    }

    #[test]
    fn metadata_is_found_in_its_boxes() {
        let exif = boxed(b"Exif", &[&[0; 4], &with_gps(ByteOrder::Big)[..]].concat());
        assert_eq!(kinds(&in_boxes(&[plain(), exif])), [LeakKind::Gps]);
        let xmp = boxed(b"xml ", b"<a tiff:Make='Maker'/>");
        assert_eq!(kinds(&in_boxes(&[xmp, plain()])), [LeakKind::Xmp, LeakKind::Camera]);
        let signed = in_boxes(&[plain(), c2pa::tests::record()]);
        assert_eq!(leak(&signed, LeakKind::Owner).value, "signed by Jane");
        assert_eq!(kinds(&in_boxes(&[boxed(b"jxll", &[5]), plain(), boxed(b"jxli", &[0; 4])])), []);
        assert_eq!(kinds(&in_boxes(&[plain(), boxed(b"jhgm", b"map")])), [LeakKind::Depth]);
    }

    #[test]
    fn packed_metadata_is_said_at_its_bytes() {
        let kinds_of = [(b"Exif", LeakKind::Text), (b"xml ", LeakKind::Xmp), (b"jumb", LeakKind::C2pa)];
        for (name, kind) in kinds_of {
            let file = in_boxes(&[plain(), boxed(b"brob", &[&name[..], b"packed"].concat())]);
            let name = String::from_utf8(name.trim_ascii_end().to_vec()).unwrap();
            assert_eq!(leak(&file, kind).words, Some(LeakWords::PackedMetadata { name, bytes: 6 }));
            assert!(bytes_of(&file, kind).ends_with(b"packed"));
        }
        let file = in_boxes(&[boxed(b"jbrd", b"rest of a JPEG"), plain()]);
        assert_eq!(
            leak(&file, LeakKind::Text).words,
            Some(LeakWords::PackedMetadata { name: "JPEG".into(), bytes: 14 })
        );
    }

    #[test]
    fn previews_and_depth_maps_of_the_codestream_are_said() {
        for file in [codestream(), in_boxes(&[boxed(b"jxlc", &codestream())])] {
            assert_eq!(kinds(&file), [LeakKind::Preview, LeakKind::Depth]);
            let preview = leak(&file, LeakKind::Preview);
            assert_eq!(preview.words, Some(LeakWords::Pixels { width: 128, height: 64 }));
            // What stands there is not the preview alone, so nothing else is shown in its place.
            assert!(crate::leaks::picture(&file, &preview).is_none());
        }
    }

    #[test]
    fn channels_that_are_not_shown_are_said() {
        // In 8 bits, not named: transparency in its shortest form, and channels of these types.
        let of = |kinds_of: &[u32]| {
            let more = kinds_of.iter().flat_map(|kind| match *kind {
                kind @ 0..2 => vec![(1, 0), (2, kind), (1, 0), (2, 0), (2, 0), (2, 0)],
                kind => vec![(1, 0), (2, 2), (4, kind - 2), (1, 0), (2, 0), (2, 0), (2, 0)],
            });
            let size = [(1, 1), (5, 3), (3, 0), (5, 9), (1, 0), (1, 0), (1, 0), (2, 0), (1, 1)];
            let count = [(2, 2), (4, kinds_of.len() as u32 + 1 - 2), (1, 1)];
            let file = Writer::new().with(&size).with(&count).with(&more.collect::<Vec<_>>());
            kinds(&file.with(&[(1, 1), (32, 0)]).codestream())
        };
        // A selection, one of temperatures, one of no type, and another transparency.
        for hidden in [3, 6, 16, 0] {
            assert_eq!(of(&[hidden]), [LeakKind::SecondImage], "{hidden}");
        }
        assert_eq!(of(&[1]), [LeakKind::Depth]);
        assert_eq!(of(&[1, 3, 6]), [LeakKind::Depth, LeakKind::SecondImage]);
    }

    #[test]
    fn every_byte_has_its_part() {
        let trailer = b"\0\0\0\x01trailer".to_vec();
        let file = in_boxes(&[plain(), boxed(b"Exif", b"\0\0\0\0II"), trailer.clone()]);
        let names: Vec<String> = scan(&file, "a").parts.into_iter().map(|part| part.name).collect();
        assert_eq!(names, ["JXL", "ftyp", "jxlc", "Exif", "exif", "trailer"]);
        assert_eq!(bytes_of(&file, LeakKind::Trailer), trailer);
        let names: Vec<String> = scan(&codestream(), "a").parts.into_iter().map(|part| part.name).collect();
        assert_eq!(names, ["codestream"]);
        for file in [file, codestream()] {
            (0..file.len()).for_each(|len| assert_covered(&file[..len], Container::JpegXl));
        }
    }
}
