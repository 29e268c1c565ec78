//! Bytes after the picture's end: forgotten rests, further pictures, films.

use super::findings::Findings;
use super::span::{ByteOrder, Span};
use super::{jpeg, png};
use crate::report::LeakKind;

/// A film's `ftyp` box names a handful of brands of four bytes each.
const FTYP_LEN: std::ops::RangeInclusive<u32> = 16..=1024;

/// Reports a trailer and what is in it.
pub(super) fn find(trailer: Span, out: &mut Findings) {
    let film = film(trailer);
    if let Some(film) = film {
        out.add(LeakKind::MotionPhoto, "trailer", film, format!("film of {} bytes", film.len()));
    }
    let before_film = trailer.clipped(0, trailer.len() - film.map_or(0, Span::len));
    for picture in jpeg::embedded(before_film) {
        if !out.has_picture_at(picture) {
            out.add(LeakKind::SecondImage, "trailer", picture, format!("picture of {} bytes", picture.len()));
        }
    }
    out.add(LeakKind::Trailer, "after the picture's end", trailer, describe(trailer));
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

fn describe(trailer: Span) -> String {
    let bytes = trailer.bytes();
    let what = if bytes.iter().all(|&b| b == 0) {
        "only zeros"
    } else if trailer.contains(b"SEFH") && trailer.contains(b"SEFT") {
        "data of a Samsung phone"
    } else if bytes.ends_with(&png::END) {
        "ends like a PNG, perhaps the rest of an earlier, uncropped picture"
    } else if bytes.ends_with(&[0xFF, 0xD9]) {
        "ends like a JPEG, perhaps a further or earlier picture"
    } else {
        "of unknown purpose"
    };
    format!("{} bytes, {what}", bytes.len())
}

#[cfg(test)]
mod tests {
    use crate::leaks::jpeg::tests::jpeg;
    use crate::leaks::tests::{bytes_of, kinds, leak};
    use crate::report::LeakKind;

    #[test]
    fn a_film_is_found_without_any_xmp() {
        let film = b"\0\0\0\x18ftypmp42\0\0\0\0isommp42moov";
        let file = [jpeg(&[]), b"padding".to_vec(), film.to_vec()].concat();
        assert_eq!(kinds(&file), [LeakKind::MotionPhoto, LeakKind::Trailer]);
        assert_eq!(bytes_of(&file, LeakKind::MotionPhoto), film);
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
        assert!(leak(&file, LeakKind::Trailer).value.contains("earlier picture"));
    }

    #[test]
    fn the_trailer_of_samsung_phones_is_named() {
        let file = [jpeg(&[]), b"SEFH1234SEFT".to_vec()].concat();
        assert!(leak(&file, LeakKind::Trailer).value.contains("Samsung"));
    }
}
