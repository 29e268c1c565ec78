//! Colour profiles (ICC.1:2022): only their name is reported.

use super::findings::Findings;
use crate::container::{ByteOrder, Profile, Span, text};
use crate::report::LeakKind;
use crate::report::LeakWords;

const HEADER_LEN: usize = 128;
/// Signature 4, offset 4, size 4.
const TAG_LEN: usize = 12;
/// Profiles have 10 to 30 tags.
const MAX_TAGS: usize = 200;

/// Profiles that come with every system and camera, as they name themselves: they narrow nothing down.
const COMMON: [&str; 9] = [
    "sRGB IEC61966-2.1",
    "sRGB IEC61966-2-1 black scaled",
    "sRGB built-in",
    "sRGB",
    "c2",
    "Display P3",
    "Adobe RGB (1998)",
    "Apple RGB",
    "Dot Gain 20%",
];

/// The longest of them has 3,144 bytes; a longer one of that name holds something else.
const COMMON_LEN: usize = 4096;

/// Reports the profile, of which `profile` is the first or only piece, as lying in `place`, unless it is a common one.
pub(super) fn find(profile: Span, place: Span, location: &str, out: &mut Findings) {
    out.name("colour profile", place);
    // Those that copies have are the same for everybody.
    if Profile::ALL.iter().any(|written| profile.bytes() == written.bytes()) {
        return;
    }
    if let Some(serial) = monitor_serial(profile) {
        out.add_text(LeakKind::Serial, location, place, &serial);
    }
    match description(profile).filter(|text| !text.is_empty()) {
        Some(name) if COMMON.contains(&name.as_str()) && profile.len() <= COMMON_LEN => {}
        Some(name) => out.add_text(LeakKind::Icc, location, place, &name),
        None => out.add(LeakKind::Icc, location, place, LeakWords::ColourProfile),
    }
}

/// The serial number of the screen that Apple's `mmod` tag says the profile was made for: after type, reserved bytes,
/// maker and model.
fn monitor_serial(profile: Span) -> Option<String> {
    const SERIAL_AT: usize = 16;
    let serial = tag(profile, b"mmod")?.u32(SERIAL_AT, ByteOrder::Big)?;
    Some(format!("{serial:08X}"))
}

/// The data of a tag; `None` if it is not there, as in the later pieces of a long profile.
fn tag<'a>(profile: Span<'a>, name: &[u8; 4]) -> Option<Span<'a>> {
    profile.part(36, 4).filter(|signature| signature.bytes() == b"acsp")?;
    let count = profile.u32(HEADER_LEN, ByteOrder::Big)? as usize;
    let entry = (0..count.min(MAX_TAGS))
        .map_while(|n| profile.part(HEADER_LEN + 4 + n * TAG_LEN, TAG_LEN))
        .find(|entry| entry.bytes().starts_with(name))?;
    Some(profile.clipped(entry.u32(4, ByteOrder::Big)? as usize, entry.u32(8, ByteOrder::Big)? as usize))
}

/// The text of the `desc` tag.
fn description(profile: Span) -> Option<String> {
    let data = tag(profile, b"desc")?;
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
    use crate::container::Profile;
    use crate::container::jpeg::tests::{jpeg, segment};
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
        let ascii = photo(b"desc\0\0\0\0\0\0\0\x05Mine\0");
        assert_eq!(leak(&ascii, LeakKind::Icc).value, "Mine");
        let unicode = photo(b"mluc\0\0\0\0\0\0\0\x01\0\0\0\x0cenUS\0\0\0\x04\0\0\0\x1c\0P\x003");
        assert_eq!(leak(&unicode, LeakKind::Icc).value, "P3");
    }

    #[test]
    fn a_common_profile_says_nothing_unless_it_is_long() {
        let common = b"desc\0\0\0\0\0\0\0\x05sRGB\0";
        assert_eq!(kinds(&photo(common)), []);
        let padded = [&common[..], &[7; 5000]].concat();
        assert_eq!(kinds(&photo(&padded)), [LeakKind::Icc]);
    }

    #[test]
    fn exactly_the_profiles_of_copies_say_nothing() {
        for profile in Profile::ALL {
            let file = |content: &[u8]| jpeg(&segment(0xE2, content));
            assert_eq!(kinds(&file(&profile.jpeg_segment())), []);
        }
        let longer = [&Profile::AdobeRgb.jpeg_segment()[..], b"x"].concat();
        assert_eq!(kinds(&jpeg(&segment(0xE2, &longer))), [LeakKind::Icc]);
    }

    #[test]
    fn a_profile_that_cannot_be_read_is_reported_all_the_same() {
        let file = jpeg(&segment(0xE2, b"ICC_PROFILE\0\x01\x01short"));
        assert_eq!(kinds(&file), [LeakKind::Icc]);
    }
}
