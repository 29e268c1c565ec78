//! Boxes of ISO/IEC 14496-12: HEIF, HEIC and AVIF (ISO/IEC 23008-12), JPEG 2000 and JPEG XL.

mod announced;
#[cfg(feature = "heic")]
pub(crate) mod hevc;
mod items;

use super::span::{ByteOrder, Span};
use super::text;
use super::walk::{UNKNOWN, Walk};
use crate::error::InputError;

#[cfg(any(feature = "heic", feature = "rare-formats"))]
pub(crate) use announced::with_further_picture;
pub(crate) use announced::{Announced, announced, is_deep, profile, without_turns};
#[cfg(feature = "heic")]
pub(crate) use announced::{clean_aperture, size};
pub(crate) use items::{Item, Items, Role};

/// Length 4, type 4.
const HEADER_LEN: usize = 8;
/// The same with a length of 8 bytes after the type.
const LONG_HEADER_LEN: usize = 16;
/// Version 1, flags 3.
pub(crate) const FULL_BOX_LEN: usize = 4;

/// A box, as far as it is there.
#[derive(Clone, Copy)]
pub(crate) struct Box<'a> {
    /// Four letters.
    pub(crate) kind: &'a [u8],
    pub(crate) whole: Span<'a>,
    /// Without the header.
    pub(crate) data: Span<'a>,
    /// Whether all of it is there.
    complete: bool,
}

impl<'a> Box<'a> {
    /// The box at the start of `rest`; `None` if that is none.
    fn at_start(rest: Span<'a>) -> Option<Self> {
        let kind = rest.part(4, 4)?.bytes();
        let (header_len, len) = match rest.u32(0, ByteOrder::Big)? as usize {
            0 => (HEADER_LEN, rest.len()),
            1 => (LONG_HEADER_LEN, usize::try_from(rest.u64(HEADER_LEN, ByteOrder::Big)?).unwrap_or(usize::MAX)),
            len => (HEADER_LEN, len),
        };
        let is_named = kind.iter().all(|b| b.is_ascii_graphic() || *b == b' ');
        if len < header_len || !is_named {
            return None;
        }
        let whole = rest.clipped(0, len);
        Some(Self { kind, whole, data: whole.from(header_len), complete: whole.len() == len })
    }

    /// The boxes in `span`, one after the other; ends at the first bytes that are none.
    pub(crate) fn all(span: Span<'a>) -> impl Iterator<Item = Self> {
        let mut rest = span;
        std::iter::from_fn(move || {
            let next = Self::at_start(rest)?;
            rest = rest.from(next.whole.len());
            Some(next)
        })
    }

    /// The data of a box that has version and flags, without them.
    pub(crate) fn full_data(self) -> Span<'a> {
        self.data.from(FULL_BOX_LEN)
    }

    /// The type, to be shown.
    pub(crate) fn name(self) -> String {
        text::decode(self.kind)
    }
}

/// Cuts the file into its boxes; those of items into their children, and media data by the items that use it.
pub(crate) fn walk(bytes: &[u8]) -> Walk {
    let file = Span::whole(bytes);
    let items = Items::read(file);
    let mut walk = Walk::new(bytes.len());
    while walk.goes_on() {
        let Some(found) = Box::at_start(file.from(walk.end())) else {
            break;
        };
        let start = walk.end();
        let end = start + found.whole.len();
        let data_at = end - found.data.len();
        match found.kind {
            b"meta" => {
                walk.cut("meta", data_at + FULL_BOX_LEN.min(found.data.len()));
                for child in Box::all(found.full_data()) {
                    walk.cut(format!("meta/{}", child.name()), walk.end() + child.whole.len());
                }
                walk.cut(UNKNOWN, end);
            }
            b"mdat" => {
                walk.cut("mdat", data_at);
                items.cut(&mut walk, end);
            }
            _ => walk.cut(found.name(), end),
        }
        if !found.complete {
            walk.fail(InputError::Truncated);
        }
    }
    let whole = walk
        .segments
        .iter()
        .any(|part| matches!(part.name.as_str(), "meta" | "moov" | "mdat" | "mini" | "jp2c" | "jxlc" | "jxlp"));
    if walk.end() == bytes.len() || (whole && walk.goes_on()) { walk.finish() } else { walk.give_up() }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::container::walk::tests::assert_total;

    /// A box.
    pub(crate) fn boxed(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        [&(data.len() as u32 + 8).to_be_bytes()[..], kind, data].concat()
    }

    /// Boxes after the one that names the format.
    pub(crate) fn file(boxes: &[Vec<u8>]) -> Vec<u8> {
        [boxed(b"ftyp", b"heic\0\0\0\0mif1"), boxes.concat()].concat()
    }

    /// Version and flags before the data.
    pub(crate) fn full(kind: &[u8; 4], version: u8, data: &[u8]) -> Vec<u8> {
        boxed(kind, &[&[version, 0, 0, 0], data].concat())
    }

    fn entry(id: u16, kind: &[u8; 4], texts: &[u8]) -> Vec<u8> {
        full(b"infe", 2, &[&id.to_be_bytes()[..], &[0, 0], kind, texts].concat())
    }

    /// A file whose items have these types and contents, numbered from 1; the first is the picture. `properties` and
    /// their associations, and `references`, stand as given.
    pub(crate) fn heif(items: &[(&[u8; 4], &[u8], &[u8])], references: &[Vec<u8>], properties: &[Vec<u8>]) -> Vec<u8> {
        let numbered = || items.iter().enumerate().map(|(n, item)| (n as u16 + 1, item));
        let entries: Vec<u8> = numbered().flat_map(|(id, (kind, texts, _))| entry(id, kind, texts)).collect();
        let meta = |data_at: usize| {
            let mut at = data_at as u32;
            let mut locations = vec![0x44, 0x00];
            locations.extend((items.len() as u16).to_be_bytes());
            for (id, (.., content)) in numbered() {
                locations.extend([&id.to_be_bytes()[..], &[0, 0, 0, 1]].concat());
                locations.extend([at, content.len() as u32].map(u32::to_be_bytes).concat());
                at += content.len() as u32;
            }
            let count = (items.len() as u16).to_be_bytes();
            let boxes = [
                full(b"pitm", 0, &1u16.to_be_bytes()),
                full(b"iinf", 0, &[&count[..], &entries].concat()),
                full(b"iloc", 0, &locations),
                full(b"iref", 0, &references.concat()),
                boxed(b"iprp", &properties.concat()),
            ];
            full(b"meta", 0, &boxes.concat())
        };
        let data: Vec<u8> = items.iter().flat_map(|(.., content)| content.to_vec()).collect();
        let data_at = file(&[meta(0)]).len() + 8;
        file(&[meta(data_at), boxed(b"mdat", &data)])
    }

    /// A picture of this size as stored, with these boxes that say how to turn it.
    pub(crate) fn sized(width: u32, height: u32, turns: &[Vec<u8>]) -> Vec<u8> {
        let size = full(b"ispe", 0, &[width, height].map(u32::to_be_bytes).concat());
        let properties = [&[size], turns].concat();
        let numbers: Vec<u8> = (1..=properties.len() as u8).collect();
        let associations = full(b"ipma", 0, &[&[0, 0, 0, 1, 0, 1, numbers.len() as u8], &numbers[..]].concat());
        heif(&[(b"hvc1", b"\0", b"picture")], &[], &[boxed(b"ipco", &properties.concat()), associations])
    }

    #[test]
    fn broken_files_are_survived() {
        let turned = sized(40, 30, &[boxed(b"irot", &[1])]);
        assert_total(&[turned, boxed(b"mpvd", b"film")].concat(), walk);
    }
}
