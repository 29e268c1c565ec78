//! Leaked pictures as files of their own, to be shown and scanned for faces.

use std::borrow::Cow;

#[cfg(any(feature = "heic", feature = "rare-formats"))]
use crate::container::isobmff;
#[cfg(any(feature = "heic", feature = "rare-formats"))]
use crate::report::Format;
use crate::report::{Leak, LeakKind};

/// Longest base-64 text that is unpacked: more than any preview in XMP, less than a full picture needs to be shown.
const BASE64_LEN: usize = 32 << 20;

/// The bytes of the picture that a leak of `file` points at, if they may be a file that can be opened; XMP keeps
/// pictures as base-64 text. Not copied where they stand in the file.
pub fn picture<'a>(file: &'a [u8], leak: &Leak) -> Option<Cow<'a, [u8]>> {
    let is_picture = matches!(leak.kind, LeakKind::Thumbnail | LeakKind::Preview | LeakKind::SecondImage);
    let is_apart = leak.location != super::CODESTREAM;
    let [start, end] = leak.bytes.filter(|_| is_picture && is_apart)?.map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    let bytes = file.get(start..end)?;
    if crate::container::sniff(bytes).is_ok() {
        return Some(Cow::Borrowed(bytes));
    }
    #[cfg(feature = "heic")]
    if let Some(further) = coded_picture(file, leak) {
        return Some(Cow::Owned(further));
    }
    let text = bytes.get(..BASE64_LEN.min(bytes.len()))?;
    let decoded = base64(text)?;
    crate::container::sniff(&decoded).is_ok().then_some(Cow::Owned(decoded))
}

/// The thumbnail or second picture of a HEIC that a leak of it points at, as a file of its own.
#[cfg(any(feature = "heic", feature = "rare-formats"))]
pub(crate) fn coded_picture(file: &[u8], leak: &Leak) -> Option<Vec<u8>> {
    let is_heic = matches!(crate::container::sniff(file), Ok(Format::Heic));
    isobmff::with_further_picture(file, leak.bytes.filter(|_| is_heic)?)
}

/// Decodes base 64 (RFC 4648, 4), with line ends as XML writes them; `None` if it is something else.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0);
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        let value = match first {
            b'A'..=b'Z' => first - b'A',
            b'a'..=b'z' => first - b'a' + 26,
            b'0'..=b'9' => first - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            b'&' => {
                // A line end as a character reference: `&#xA;`.
                rest = after.iter().position(|&b| b == b';').and_then(|at| after.get(at + 1..))?;
                continue;
            }
            blank if blank.is_ascii_whitespace() => continue,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xFF) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::jpeg::tests::{jpeg, segment};
    use crate::leaks::find;

    #[test]
    fn base_64_is_decoded_across_lines() {
        assert_eq!(base64(b"aGVs\nbG8&#xA;=").unwrap(), b"hello");
        assert_eq!(base64(b"+/+/").unwrap(), [0xFB, 0xFF, 0xBF]);
        assert_eq!(base64(b"{}"), None);
    }

    #[test]
    fn a_picture_in_a_segment_is_handed_out_as_a_file() {
        let inner = jpeg(&[]);
        let file = jpeg(&segment(0xE3, &[b"Maker\0".to_vec(), inner.clone()].concat()));
        let pictures: Vec<_> = find(&file, "a").iter().filter_map(|leak| picture(&file, leak)).collect();
        assert_eq!(pictures, [Cow::Borrowed(inner.as_slice())]);
    }

    #[test]
    fn a_picture_in_xmp_is_unpacked() {
        let packet = b"http://ns.adobe.com/xap/1.0/\0<a GImage:Data='/9j/4AAQ'/>";
        let file = jpeg(&segment(0xE1, packet));
        let pictures: Vec<_> = find(&file, "a").iter().filter_map(|leak| picture(&file, leak)).collect();
        assert_eq!(pictures.len(), 1);
        assert!(pictures[0].starts_with(&[0xFF, 0xD8, 0xFF]));
    }
}
