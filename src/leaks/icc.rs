//! Colour profiles (ICC.1:2022): their name is all that is told.

use super::findings::Findings;
use super::span::{ByteOrder, Span};
use super::text;
use crate::report::LeakKind;

const HEADER_LEN: usize = 128;
/// Signature 4, offset 4, size 4.
const TAG_LEN: usize = 12;
/// Profiles have 10 to 30 tags.
const MAX_TAGS: usize = 200;

/// Reports the profile, of which `profile` is the first or only piece, as lying in `place`.
pub(super) fn find(profile: Span, place: Span, location: &str, out: &mut Findings) {
    let value = description(profile).filter(|text| !text.is_empty());
    out.add(LeakKind::Icc, location, place, value.unwrap_or_else(|| "colour profile".to_owned()));
}

/// The text of the `desc` tag; `None` if it cannot be read, as in the later pieces of a long profile.
fn description(profile: Span) -> Option<String> {
    profile.part(36, 4).filter(|signature| signature.bytes() == b"acsp")?;
    let count = profile.u32(HEADER_LEN, ByteOrder::Big)? as usize;
    let tag = (0..count.min(MAX_TAGS))
        .map_while(|n| profile.part(HEADER_LEN + 4 + n * TAG_LEN, TAG_LEN))
        .find(|tag| tag.bytes().starts_with(b"desc"))?;
    let data = profile.clipped(tag.u32(4, ByteOrder::Big)? as usize, tag.u32(8, ByteOrder::Big)? as usize);
    match data.bytes().get(..4)? {
        // textDescriptionType of version 2: signature 4, reserved 4, length 4, ASCII.
        b"desc" => Some(text::decode(data.clipped(12, data.u32(8, ByteOrder::Big)? as usize).bytes())),
        // multiLocalizedUnicodeType: signature, reserved, number, record length, then language 2, country 2, length 4,
        // offset 4 of the first text.
        b"mluc" => {
            let (len, offset) = (data.u32(20, ByteOrder::Big)?, data.u32(24, ByteOrder::Big)?);
            Some(text::decode_utf16(data.clipped(offset as usize, len as usize).bytes(), ByteOrder::Big))
        }
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use crate::leaks::jpeg::tests::{jpeg, segment};
    use crate::leaks::tests::{kinds, leak};
    use crate::report::LeakKind;

    /// A profile that consists of its description.
    pub(in crate::leaks) fn profile(description: &[u8]) -> Vec<u8> {
        let mut out = vec![0; 128];
        out[36..40].copy_from_slice(b"acsp");
        out.extend(1u32.to_be_bytes());
        out.extend(b"desc");
        out.extend(144u32.to_be_bytes());
        out.extend((description.len() as u32).to_be_bytes());
        out.extend(description);
        out
    }

    fn photo(description: &[u8]) -> Vec<u8> {
        jpeg(&segment(0xE2, &[b"ICC_PROFILE\0\x01\x02".to_vec(), profile(description)].concat()))
    }

    #[test]
    fn the_name_is_read_in_either_version() {
        let ascii = photo(b"desc\0\0\0\0\0\0\0\x05sRGB\0");
        assert_eq!(leak(&ascii, LeakKind::Icc).value, "sRGB");
        let unicode = photo(b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS\0\0\0\x04\0\0\0\x1c\0P\x003");
        assert_eq!(leak(&unicode, LeakKind::Icc).value, "P3");
    }

    #[test]
    fn a_profile_that_cannot_be_read_is_reported_all_the_same() {
        let file = jpeg(&segment(0xE2, b"ICC_PROFILE\0\x01\x01short"));
        assert_eq!(kinds(&file), [LeakKind::Icc]);
    }
}
