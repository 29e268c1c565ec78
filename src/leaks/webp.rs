//! WebP: RIFF chunks (RFC 9649).

use super::findings::Findings;
use super::span::{ByteOrder, Span};
use super::walk::{UNKNOWN, Walk};
use super::words::{LeakWords, count};
use super::{Segment, c2pa, exif, icc, text, xmp};
use crate::report::LeakKind;

/// `RIFF`, length 4, `WEBP`.
const HEADER_LEN: usize = 12;
/// Name 4, length 4.
const CHUNK_HEADER_LEN: usize = 8;

/// Cuts a WebP file into its header and its chunks, each with its padding byte.
pub(super) fn walk(bytes: &[u8]) -> Walk {
    let file = Span::whole(bytes);
    let mut walk = Walk::new(bytes.len());
    let Some(riff_len) = file.u32(4, ByteOrder::Little).filter(|_| bytes.len() >= HEADER_LEN) else {
        return walk.give_up();
    };
    walk.cut("RIFF", HEADER_LEN);
    let end = (riff_len as usize).saturating_add(CHUNK_HEADER_LEN);
    while walk.goes_on() && walk.end() < end {
        let start = walk.end();
        let (Some(name), Some(len)) = (file.part(start, 4), file.u32(start + 4, ByteOrder::Little)) else {
            return walk.give_up();
        };
        let len = len as usize;
        let chunk_end = start.saturating_add(CHUNK_HEADER_LEN).saturating_add(len);
        if chunk_end > end && end <= bytes.len() {
            walk.corrupt("a chunk reaches past the container's end");
            walk.cut(UNKNOWN, end);
            break;
        }
        // Some writers leave out the padding of the last chunk.
        walk.cut(text::decode(name.bytes()), chunk_end.saturating_add(len % 2).min(end.max(chunk_end)));
    }
    if walk.end() >= end { walk.finish() } else { walk.give_up() }
}

/// Reports what the chunks say.
pub(super) fn find(file: Span, segments: &[Segment], out: &mut Findings) {
    for segment in segments {
        let whole = segment.of(file);
        let len = whole.u32(4, ByteOrder::Little).unwrap_or(0);
        let data = whole.clipped(CHUNK_HEADER_LEN, len as usize);
        match segment.name.as_str() {
            // Some writers keep the prefix that JPEG needs.
            "EXIF" => exif::find(data.strip_prefix(b"Exif\0\0").unwrap_or(data), exif::Host::Photo, out),
            "XMP" => xmp::find(data, "XMP chunk", out),
            "ICCP" => icc::find(data, whole, "ICCP chunk", out),
            "C2PA" => c2pa::find(data, whole, "C2PA chunk", out),
            "RIFF" | "VP8" | "VP8L" | "VP8X" | "ALPH" | "ANIM" | "ANMF" | super::walk::TRAILER | UNKNOWN => {}
            name => {
                out.add(LeakKind::Other, &format!("{name} chunk"), whole, LeakWords::Data { bytes: count(data.len()) })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::error::InputError;
    use crate::leaks::exif::tests::with_gps;
    use crate::leaks::span::ByteOrder;
    use crate::leaks::tests::{assert_robust, bytes_of, kinds, leak};
    use crate::leaks::{find as find_in, segments};
    use crate::report::{Format, LeakKind};

    fn webp(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut body = b"WEBP".to_vec();
        for (name, data) in chunks {
            body.extend([&name[..], &(data.len() as u32).to_le_bytes(), data].concat());
            body.resize(body.len().next_multiple_of(2), 0);
        }
        [b"RIFF", &(body.len() as u32).to_le_bytes()[..], &body].concat()
    }

    #[test]
    fn chunks_take_their_padding_with_them() {
        let file = [webp(&[(b"VP8L", b"odd"), (b"ALPH", b"even")]), b"after".to_vec()].concat();
        let segments = segments(&file, Format::Webp).unwrap_or_default();
        let names: Vec<_> = segments.iter().map(|s| (s.name.as_str(), s.start, s.end)).collect();
        assert_eq!(names, [("RIFF", 0, 12), ("VP8L", 12, 24), ("ALPH", 24, 36), ("trailer", 36, 41)]);
    }

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
    fn a_cut_off_file_is_truncated() {
        let file = webp(&[(b"VP8 ", b"picture!")]);
        for len in 12..file.len() {
            assert_eq!(segments(&file[..len], Format::Webp), Err(InputError::Truncated.into()), "{len}");
        }
    }

    #[test]
    fn a_chunk_past_the_containers_end_is_corrupt() {
        let mut file = webp(&[(b"VP8 ", b"picture!")]);
        file[16] += 2;
        let file = [file, b"after".to_vec()].concat();
        assert!(segments(&file, Format::Webp).is_err_and(|e| e.code() == "corrupt"));
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust(&webp(&[(b"VP8 ", b"abc"), (b"EXIF", &with_gps(ByteOrder::Little))]), Format::Webp);
    }
}
