//! What the chunks of a WebP say (RFC 9649).

use super::findings::{Block, Findings};
use crate::container::{Segment, Span, TRAILER, UNKNOWN, riff};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// Reports what the chunks say.
pub(super) fn find(file: Span, segments: &[Segment], out: &mut Findings) {
    for segment in segments {
        let whole = segment.of(file);
        let data = riff::data(whole);
        match segment.name.as_str() {
            // Some writers keep the prefix that JPEG needs.
            "EXIF" => out.read(Block::Exif(data.strip_prefix(b"Exif\0\0").unwrap_or(data))),
            "XMP" => out.read(Block::Xmp(data, "XMP chunk")),
            "ICCP" => out.read(Block::Icc { profile: data, place: whole, location: "ICCP chunk" }),
            "C2PA" => out.read(Block::C2pa { boxes: data, place: whole, location: "C2PA chunk" }),
            "RIFF" | "VP8" | "VP8L" | "VP8X" | "ALPH" | "ANIM" | "ANMF" | TRAILER | UNKNOWN => {}
            name => {
                out.add(LeakKind::Other, &format!("{name} chunk"), whole, LeakWords::Data { bytes: count(data.len()) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::container::ByteOrder;
    use crate::container::riff::tests::webp;
    use crate::leaks::exif::tests::with_gps;
    use crate::leaks::find as find_in;
    use crate::leaks::tests::{assert_robust, bytes_of, kinds, leak};
    use crate::report::{Format, LeakKind};

    #[test]
    fn a_plain_file_gives_nothing_away() {
        assert_eq!(find_in(&webp(&[(b"VP8 ", b"picture")]), "a.webp"), []);
    }

    #[test]
    fn exif_is_read_with_and_without_the_prefix_of_jpeg() {
        let exif = with_gps(ByteOrder::Little);
        assert_eq!(kinds(&webp(&[(b"EXIF", &exif)])), [LeakKind::Gps]);
        let prefixed = [b"Exif\0\0", &exif[..]].concat();
        assert_eq!(kinds(&webp(&[(b"EXIF", &prefixed)])), [LeakKind::Gps]);
    }

    #[test]
    fn other_chunks_have_their_kinds() {
        let file = webp(&[(b"XMP ", b"<x/>"), (b"ICCP", b"p"), (b"C2PA", b"c"), (b"abcd", b"?")]);
        assert_eq!(kinds(&file), [LeakKind::Xmp, LeakKind::Icc, LeakKind::C2pa, LeakKind::Other]);
        assert_eq!(leak(&file, LeakKind::Other).location, "abcd chunk");
    }

    #[test]
    fn bytes_after_the_container_are_a_trailer() {
        let file = [webp(&[(b"VP8 ", b"picture")]), b"after".to_vec()].concat();
        assert_eq!(bytes_of(&file, LeakKind::Trailer), b"after");
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust(&webp(&[(b"VP8 ", b"abc"), (b"EXIF", &with_gps(ByteOrder::Little))]), Format::Webp);
    }
}
