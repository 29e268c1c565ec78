//! Bytes after the picture's end: forgotten rests, further pictures, films, blocks of programs.

use super::appended;
use super::findings::{Block, Findings};
use crate::container::{ByteOrder, Span, jpeg, png};
use crate::report::LeakKind;
use crate::report::words::{LeakWords, count};

/// A film's `ftyp` box names a handful of brands of four bytes each.
const FTYP_LEN: std::ops::RangeInclusive<u32> = 16..=1024;

/// Reports a trailer and what is in it.
pub(super) fn find(trailer: Span, out: &mut Findings) {
    let rest = appended::find(trailer, out);
    let film = film(trailer);
    if let Some(film) = film {
        out.add(LeakKind::MotionPhoto, "trailer", film, LeakWords::Film { bytes: count(film.len()) });
    }
    let before_film = trailer.clipped(0, trailer.len() - film.map_or(0, Span::len));
    let pictures = jpeg::embedded(before_film);
    // What is in a block is told with it.
    let is_in_rest = |span: &Span| span.range()[0] < rest.range()[1];
    let is_told = film.iter().chain(&pictures).any(is_in_rest);
    for picture in pictures {
        if !out.has_picture_at(picture) {
            out.add(LeakKind::SecondImage, "trailer", picture, LeakWords::Picture { bytes: count(picture.len()) });
            out.read(Block::Jpeg(picture));
        }
    }
    if !rest.is_empty() {
        let words = if is_told { LeakWords::HoldsThose { bytes: count(rest.len()) } } else { describe(rest) };
        out.add(LeakKind::Trailer, "after the picture's end", rest, words);
    }
}

/// The film of a motion photo: an ISO base media file up to the trailer's end.
fn film(trailer: Span) -> Option<Span> {
    let mut at = 0;
    while let Some(hit) = trailer.from(at).find(b"ftyp") {
        let kind_at = at + hit;
        let start = kind_at.checked_sub(4);
        let len = start.and_then(|start| trailer.u32(start, ByteOrder::Big));
        if let (Some(start), true) = (start, len.is_some_and(|len| FTYP_LEN.contains(&len))) {
            return Some(trailer.from(start));
        }
        at = kind_at + 4;
    }
    None
}

/// Editors that write a shorter file over a longer one leave the end of the old picture (CVE-2023-21036, CVE-2023-28303).
fn describe(trailer: Span) -> LeakWords {
    let bytes = count(trailer.len());
    if trailer.bytes().iter().all(|&b| b == 0) {
        LeakWords::Zeros { bytes }
    } else if trailer.contains(b"SEFH") && trailer.contains(b"SEFT") {
        LeakWords::SamsungData { bytes }
    } else if trailer.bytes().ends_with(&png::END) || trailer.bytes().ends_with(&[0xFF, 0xD9]) {
        LeakWords::EarlierPicture { bytes }
    } else {
        LeakWords::UnknownData { bytes }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use crate::container::jpeg::tests::jpeg;
    use crate::leaks::tests::{bytes_of, kinds, leak};
    use crate::report::{LeakKind, LeakWords};

    #[test]
    fn a_film_is_found_without_any_xmp() {
        let film = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42moov";
        let file = [jpeg(&[]), b"padding".to_vec(), film.to_vec()].concat();
        assert_eq!(kinds(&file), [LeakKind::MotionPhoto, LeakKind::Trailer]);
        assert_eq!(bytes_of(&file, LeakKind::MotionPhoto), film);
    }

    /// As panoramas are: without an end marker, so that only the scan's data says where the picture ends.
    #[test]
    fn a_film_behind_a_picture_without_an_end_marker_is_named() {
        let mut file = Vec::new();
        let pixels: Vec<u8> = (0..40 * 24 * 3).map(|i| (i * 7 % 251) as u8).collect();
        jpeg_encoder::Encoder::new(&mut file, 90).encode(&pixels, 40, 24, jpeg_encoder::ColorType::Rgb).unwrap();
        file.truncate(file.len() - 2);
        let end = file.len() as u64;
        assert_eq!(kinds(&file), []);
        for rest in [&b"mdat"[..], b"mdat\xFF\xFE\0\x04no\xFF\xD9", b"mdat\xFF\xD8\xFF\xC0"] {
            let film = [b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", rest].concat();
            let file = [&file[..], &film].concat();
            assert_eq!(kinds(&file), [LeakKind::MotionPhoto, LeakKind::Trailer]);
            assert_eq!(bytes_of(&file, LeakKind::MotionPhoto), film);
            assert_eq!(leak(&file, LeakKind::Trailer).bytes, Some([end, file.len() as u64]));
        }
    }

    #[test]
    fn a_picture_is_found_without_an_index() {
        let file = [jpeg(&[]), b"xx".to_vec(), jpeg(&[]), b"yy".to_vec()].concat();
        assert_eq!(kinds(&file), [LeakKind::SecondImage, LeakKind::Trailer]);
        assert_eq!(bytes_of(&file, LeakKind::SecondImage), jpeg(&[]));
    }

    #[test]
    fn the_rest_of_an_earlier_picture_is_called_so() {
        let rest = [&b"scan data"[..], &[0xFF, 0xD9]].concat();
        let file = [jpeg(&[]), rest].concat();
        assert_eq!(kinds(&file), [LeakKind::Trailer]);
        assert!(matches!(leak(&file, LeakKind::Trailer).words, Some(LeakWords::EarlierPicture { .. })));
    }

    #[test]
    fn the_trailer_of_samsung_phones_is_named() {
        let file = [jpeg(&[]), b"SEFH1234SEFT".to_vec()].concat();
        assert!(matches!(leak(&file, LeakKind::Trailer).words, Some(LeakWords::SamsungData { .. })));
    }
}
