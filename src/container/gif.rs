//! GIF 87a and 89a: blocks (CompuServe, "Graphics Interchange Format, Version 89a").

use std::ops::Range;

use super::span::Span;
use super::walk::Walk;
use crate::error::InputError;

const HEADER_LEN: usize = 6;
/// Width 2, height 2, packed, background, aspect ratio.
const SCREEN_LEN: usize = 7;
/// Separator 1, left 2, top 2, width 2, height 2, packed 1.
const IMAGE_LEN: usize = 10;
/// Introducer 1, label 1; sub-blocks follow.
pub(crate) const EXTENSION_LEN: usize = 2;

/// What blocks are called.
const IMAGE: &str = "image";
pub(crate) const COMMENT: &str = "comment extension";
pub(crate) const PLAIN_TEXT: &str = "plain text extension";
pub(crate) const APPLICATION: &str = "application extension";
pub(crate) const EXTENSION: &str = "extension";

/// Cuts a GIF into its blocks; the last is the one-byte `end`.
pub(crate) fn walk(bytes: &[u8]) -> Walk {
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
                _ => EXTENSION,
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
pub(crate) fn join(sub_blocks: Span) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = sub_blocks;
    while let Some(len @ 1..) = rest.u8(0) {
        out.extend_from_slice(rest.clipped(1, usize::from(len)).bytes());
        rest = rest.from(1 + usize::from(len));
    }
    out
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A picture with a global colour table of two colours, and these blocks before the image.
    pub(crate) fn gif(blocks: &[u8]) -> Vec<u8> {
        let head = b"GIF89a\x01\0\x01\0\x80\0\0RGBRGB";
        let image = b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
        [&head[..], blocks, image, b";"].concat()
    }

    #[test]
    fn every_block_is_named() {
        let file = [gif(b"!\xFE\x02hi\0"), b"after".to_vec()].concat();
        let names: Vec<_> = walk(&file).segments.into_iter().map(|s| s.name).collect();
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
            assert_eq!(walk(&file[..len]).fault, Some(InputError::Truncated), "{len}");
        }
    }

    #[test]
    fn a_block_of_no_known_kind_is_corrupt() {
        assert!(matches!(walk(&gif(b"?")).fault, Some(InputError::Corrupt(_))));
    }
}
