//! The orientation as a tag, for pictures that cannot be turned without loss.

use image::metadata::Orientation;

use super::APP1;

/// EXIF with the orientation as its only field (CIPA DC-008, 4.5 and 4.6): the identifier; the TIFF header, most
/// significant byte first, with the place of the directory; a directory of one entry, tag 0x0112, a SHORT; no further
/// directory. The entry's value is written into it at [`VALUE_AT`].
const EXIF: [u8; 32] = *b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0";
const VALUE_AT: usize = 25;

/// The content of the segment, without marker and length.
pub(crate) fn content(orientation: Orientation) -> [u8; 32] {
    let mut content = EXIF;
    content[VALUE_AT] = orientation.to_exif();
    content
}

/// The segment, from its marker on.
#[cfg(any(test, feature = "rare-formats"))]
pub(crate) fn segment(orientation: Orientation) -> Vec<u8> {
    [&[0xFF, APP1, 0, EXIF.len() as u8 + 2], &content(orientation)[..]].concat()
}

/// Whether a segment, from its marker on, is byte for byte one that is written here.
pub(crate) fn is_orientation_tag(segment: &[u8]) -> bool {
    let Some(content) = segment.strip_prefix(&[0xFF, APP1, 0, EXIF.len() as u8 + 2]) else { return false };
    let value = content.get(VALUE_AT).copied().and_then(Orientation::from_exif);
    value.is_some_and(|orientation| orientation != Orientation::NoTransforms && content == self::content(orientation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_tag_is_recognised() {
        for tag in 2..=8 {
            let mut segment = segment(Orientation::from_exif(tag).expect("1 to 8"));
            assert_eq!(Orientation::from_exif_chunk(&segment[10..]).map(Orientation::to_exif), Some(tag));
            assert!(is_orientation_tag(&segment));
            for at in (0..segment.len()).filter(|at| *at != 4 + VALUE_AT) {
                segment[at] ^= 1;
                assert!(!is_orientation_tag(&segment), "byte {at}");
                segment[at] ^= 1;
            }
            segment.push(0);
            assert!(!is_orientation_tag(&segment));
        }
        assert!(!is_orientation_tag(&segment(Orientation::NoTransforms)));
    }
}
