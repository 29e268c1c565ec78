//! GIF 87a and 89a: blocks (CompuServe, "Graphics Interchange Format, Version 89a").

use std::ops::Range;

use super::findings::Findings;
use super::span::Span;
use super::walk::Walk;
use super::{Segment, icc, text, xmp};
use crate::error::InputError;
use crate::report::LeakKind;

const HEADER_LEN: usize = 6;
/// Width 2, height 2, packed, background, aspect ratio.
const SCREEN_LEN: usize = 7;
/// Separator 1, left 2, top 2, width 2, height 2, packed 1.
const IMAGE_LEN: usize = 10;
/// Introducer 1, label 1; sub-blocks follow.
const EXTENSION_LEN: usize = 2;

const IMAGE: &str = "image";
const COMMENT: &str = "comment extension";
const PLAIN_TEXT: &str = "plain text extension";
const APPLICATION: &str = "application extension";

/// Cuts a GIF into its blocks; the last is the one-byte `end`.
pub(super) fn walk(bytes: &[u8]) -> Walk {
    let file = Span::whole(bytes);
    let mut walk = Walk::new(bytes.len());
    walk.cut("header", HEADER_LEN);
    walk.cut("screen descriptor", HEADER_LEN + SCREEN_LEN);
    let Some(packed) = file.u8(HEADER_LEN + 4) else {
        return walk.give_up();
    };
    walk.cut("global colour table", walk.end() + colour_table_len(packed));
    while walk.goes_on() {
        let start = walk.end();
        match next(file, start) {
            Ok(("end", end)) => {
                walk.cut("end", end);
                return walk.finish();
            }
            Ok((name, end)) => walk.cut(name, end),
            Err(fault) => {
                walk.fail(fault);
                return walk.give_up();
            }
        }
    }
    walk.give_up()
}

/// Number of images; `None` if the file ends within the first.
pub(crate) fn images(bytes: &[u8]) -> Option<usize> {
    let walk = walk(bytes);
    let images = walk.segments.iter().filter(|segment| segment.name == IMAGE).count();
    (images > 0 || walk.fault != Some(InputError::Truncated)).then_some(images)
}

/// Name and bytes of every block from the global colour table on, up to the end or the first fault, however many they are.
pub(crate) fn blocks(bytes: &[u8]) -> impl Iterator<Item = (&'static str, Range<usize>)> {
    let table = HEADER_LEN + SCREEN_LEN;
    let first = table + bytes.get(HEADER_LEN + 4).map_or(0, |packed| colour_table_len(*packed));
    let mut at = first;
    let others = std::iter::from_fn(move || {
        let (name, end) = next(Span::whole(bytes), at).ok().filter(|(name, _)| *name != "end")?;
        Some((name, std::mem::replace(&mut at, end)..end))
    });
    std::iter::once(("global colour table", table..first)).chain(others)
}

/// The name of the block at `start` and where it ends.
fn next(file: Span, start: usize) -> Result<(&'static str, usize), InputError> {
    match file.u8(start) {
        Some(0x3B) => Ok(("end", start + 1)),
        Some(0x2C) => {
            let packed = file.u8(start + IMAGE_LEN - 1).ok_or(InputError::Truncated)?;
            // The smallest code size, one byte, comes between the colour table and the sub-blocks.
            let data = start + IMAGE_LEN + colour_table_len(packed) + 1;
            Ok((IMAGE, sub_blocks_end(file, data)?))
        }
        Some(0x21) => {
            let name = match file.u8(start + 1).ok_or(InputError::Truncated)? {
                0xF9 => "graphic control extension",
                0xFE => COMMENT,
                0x01 => PLAIN_TEXT,
                0xFF => APPLICATION,
                _ => "extension",
            };
            Ok((name, sub_blocks_end(file, start + EXTENSION_LEN)?))
        }
        Some(_) => Err(InputError::Corrupt("a block of no known kind".to_owned())),
        None => Err(InputError::Truncated),
    }
}

/// Bytes of the colour table that a packed field announces.
fn colour_table_len(packed: u8) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

fn sub_blocks_end(file: Span, start: usize) -> Result<usize, InputError> {
    let mut at = start;
    loop {
        let len = file.u8(at).ok_or(InputError::Truncated)?;
        at += 1 + usize::from(len);
        if len == 0 {
            return Ok(at);
        }
    }
}

/// The sub-blocks' content.
fn join(sub_blocks: Span) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = sub_blocks;
    while let Some(len @ 1..) = rest.u8(0) {
        out.extend_from_slice(rest.clipped(1, usize::from(len)).bytes());
        rest = rest.from(1 + usize::from(len));
    }
    out
}

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
            "extension" => LeakKind::Other,
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
        b"XMP DataXMP" => xmp::find(data.clipped(0, data.len().saturating_sub(XMP_TAIL_LEN)), APPLICATION, out),
        b"ICCRGBG1012" => {
            let profile = join(data);
            icc::find(Span::unpacked(&profile, whole.range()), whole, APPLICATION, out);
        }
        id => out.add_text(LeakKind::Other, APPLICATION, whole, &text::decode(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::images;
    use crate::error::InputError;
    use crate::leaks::icc::tests::profile;
    use crate::leaks::tests::{assert_robust, bytes_of, kinds, leak};
    use crate::leaks::{find as find_in, segments};
    use crate::report::{Format, LeakKind};

    /// A picture with a global colour table of two colours, and these blocks before the image.
    fn gif(blocks: &[u8]) -> Vec<u8> {
        let head = b"GIF89a\x01\0\x01\0\x80\0\0RGBRGB";
        let image = b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
        [&head[..], blocks, image, b";"].concat()
    }

    #[test]
    fn every_block_is_named() {
        let file = [gif(b"!\xFE\x02hi\0"), b"after".to_vec()].concat();
        let names: Vec<_> = segments(&file, Format::Gif).unwrap_or_default().into_iter().map(|s| s.name).collect();
        let expected =
            ["header", "screen descriptor", "global colour table", "comment extension", "image", "end", "trailer"];
        assert_eq!(names, expected);
    }

    #[test]
    fn images_are_counted() {
        let image = b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
        assert_eq!(images(&gif(b"")), Some(1));
        assert_eq!(images(&gif(&image.repeat(2))), Some(3));
        assert_eq!(images(&gif(b"")[..30]), None);
    }

    #[test]
    fn a_cut_off_file_is_truncated() {
        let file = gif(b"!\xFE\x02hi\0");
        for len in 6..file.len() {
            assert_eq!(segments(&file[..len], Format::Gif), Err(InputError::Truncated.into()), "{len}");
        }
    }

    #[test]
    fn a_block_of_no_known_kind_is_corrupt() {
        assert!(segments(&gif(b"?"), Format::Gif).is_err_and(|e| e.code() == "corrupt"));
    }

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
