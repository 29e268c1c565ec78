//! What the extensions of a GIF say.

use super::findings::{Block, Findings};
use crate::container::gif::{APPLICATION, COMMENT, EXTENSION, EXTENSION_LEN, PLAIN_TEXT, join};
use crate::container::{Segment, Span, text};
use crate::report::LeakKind;

/// Reports what the extensions say.
pub(super) fn find(file: Span, segments: &[Segment], out: &mut Findings) {
    for segment in segments {
        let whole = segment.of(file);
        let kind = match segment.name.as_str() {
            COMMENT => LeakKind::Comment,
            PLAIN_TEXT => LeakKind::Text,
            APPLICATION => {
                application(whole, out);
                continue;
            }
            EXTENSION => LeakKind::Other,
            _ => continue,
        };
        let content = join(whole.from(EXTENSION_LEN));
        out.add_text(kind, &segment.name, whole, &text::decode(&content));
    }
}

fn application(whole: Span, out: &mut Findings) {
    /// A sub-block of eight bytes of name and three of code.
    const ID_AT: usize = EXTENSION_LEN + 1;
    const ID_LEN: usize = 11;
    /// XMP stands there without sub-blocks and is followed by bytes that lead any reader to the end.
    const XMP_TAIL_LEN: usize = 258;
    let id = whole.clipped(ID_AT, ID_LEN);
    let data = whole.from(ID_AT + ID_LEN);
    match id.bytes() {
        b"NETSCAPE2.0" | b"ANIMEXTS1.0" => {}
        b"XMP DataXMP" => {
            let packet = data.clipped(0, data.len().saturating_sub(XMP_TAIL_LEN));
            out.read(Block::Xmp(packet, APPLICATION));
        }
        b"ICCRGBG1012" => {
            let joined = join(data);
            let profile = Span::unpacked(&joined, whole.range());
            out.read(Block::Icc { profile, place: whole, location: APPLICATION });
        }
        id => out.add_text(LeakKind::Other, APPLICATION, whole, &text::decode(id)),
    }
}

#[cfg(test)]
mod tests {
    use crate::container::gif::tests::gif;
    use crate::leaks::find as find_in;
    use crate::leaks::icc::tests::profile;
    use crate::leaks::tests::{assert_robust, bytes_of, kinds, leak};
    use crate::report::{Format, LeakKind};

    #[test]
    fn a_plain_animation_gives_nothing_away() {
        let file = gif(b"!\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0!\xF9\x04\0\0\0\0\0");
        assert_eq!(find_in(&file, "a.gif"), []);
    }

    #[test]
    fn comments_are_joined() {
        assert_eq!(leak(&gif(b"!\xFE\x03hel\x02lo\0"), LeakKind::Comment).value, "hello");
    }

    #[test]
    fn xmp_is_found_at_its_bytes() {
        let tail: Vec<u8> = [1u8].into_iter().chain((0..=255).rev()).chain([0]).collect();
        let packet = b"<a tiff:Make='Maker'/>";
        let file = gif(&[b"!\xFF\x0BXMP DataXMP", &packet[..], &tail].concat());
        assert_eq!(kinds(&file), [LeakKind::Xmp, LeakKind::Camera]);
        assert_eq!(bytes_of(&file, LeakKind::Xmp), packet);
    }

    #[test]
    fn other_applications_and_profiles_are_found() {
        assert_eq!(leak(&gif(b"!\xFF\x0BMGK8BIM0000\x01x\0"), LeakKind::Other).value, "MGK8BIM0000");
        let profile = profile(b"desc\0\0\0\0\0\0\0\x05Mine\0");
        let block = [b"!\xFF\x0BICCRGBG1012", &[profile.len() as u8][..], &profile, b"\0"].concat();
        assert_eq!(leak(&gif(&block), LeakKind::Icc).value, "Mine");
    }

    #[test]
    fn broken_files_are_survived() {
        assert_robust(&gif(b"!\xFE\x02hi\0!\xFF\x0BXMP DataXMP\x01\x01\0"), Format::Gif);
    }
}
