//! What HEIF says of its picture before it is decoded: how large it is, and how it is to be turned.

use image::metadata::Orientation;

use super::Box;
#[cfg(any(feature = "heic", feature = "rare-formats"))]
use super::items::Role;
use super::items::{Items, index};
use crate::container::span::{ByteOrder, Span};

/// The picture of a file, as its boxes announce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Announced {
    /// Columns as stored, before it is turned.
    pub(crate) width: u32,
    /// Rows as stored.
    pub(crate) height: u32,
    /// What is to be done with the stored picture.
    pub(crate) orientation: Orientation,
}

/// What is announced of the primary item; `None` if it has no size.
pub(crate) fn announced(bytes: &[u8]) -> Option<Announced> {
    let items = Items::read(Span::whole(bytes));
    let (width, height) = size(&items, items.primary)?;
    let properties = items.properties_of(items.primary).map(|(property, _)| property);
    let turns = properties.fold(Turns::default(), Turns::and);
    Some(Announced { width, height, orientation: turns.orientation() })
}

/// Columns and rows of an item as stored.
pub(crate) fn size(items: &Items, id: u32) -> Option<(u32, u32)> {
    let size = items.property(id, b"ispe")?.full_data();
    Some((size.u32(0, ByteOrder::Big)?, size.u32(4, ByteOrder::Big)?))
}

/// The colour profile of the primary item, or else of the first that it is derived from.
pub(crate) fn profile(bytes: &[u8]) -> Option<&[u8]> {
    let items = Items::read(Span::whole(bytes));
    let of = |id: u32| {
        let said = items.properties_of(id).filter(|(property, _)| property.kind == b"colr");
        let mut profiles = said.filter_map(|(property, _)| {
            property.data.strip_prefix(b"prof").or_else(|| property.data.strip_prefix(b"rICC"))
        });
        profiles.next().map(Span::bytes)
    };
    of(items.primary).or_else(|| of(items.sources(items.primary).next()?))
}

/// Whether the primary item, or the first that it is derived from, has samples of more than 8 bits (`hvcC`: ISO/IEC 14496-15, 8.3.3.1;
/// `av1C`: AV1 Codec ISO Media File Format Binding, 2.3).
pub(crate) fn is_deep(bytes: &[u8]) -> bool {
    let items = Items::read(Span::whole(bytes));
    let has_bits = |id: u32, kind: &[u8], at: usize, bits: u8| {
        items.property(id, kind).and_then(|config| config.data.u8(at)).is_some_and(|said| said & bits != 0)
    };
    let of = |id: u32| has_bits(id, b"hvcC", 17, 0x07) || has_bits(id, b"av1C", 2, 0x40);
    of(items.primary) || items.sources(items.primary).next().is_some_and(of)
}

/// What is shown of an item's stored picture: left, top, columns and rows (clean aperture, ISO/IEC 14496-12, 12.1.4). `None`
/// if there is no such part, or if it is to be cut out after a turn, which nobody does (ISO/IEC 23000-22, 7.3.6.7).
#[cfg(feature = "heic")]
pub(crate) fn clean_aperture(items: &Items, id: u32) -> Option<[u32; 4]> {
    let (width, height) = size(items, id)?;
    let (mut part, mut is_turned) = (None, false);
    for (property, _) in items.properties_of(id) {
        is_turned |= is_turn(property);
        if property.kind == b"clap" {
            if is_turned || part.is_some() {
                return None;
            }
            part = Some(property);
        }
    }
    let Some(part) = part else { return Some([0, 0, width, height]) };
    let number = |n: usize| part.data.u32(4 * n, ByteOrder::Big);
    let (columns, left) = clean_side(width, [number(0)?, number(1)?, number(4)?, number(5)?])?;
    let (rows, top) = clean_side(height, [number(2)?, number(3)?, number(6)?, number(7)?])?;
    Some([left, top, columns, rows])
}

/// The length and the start of what is shown of one side: its length and its middle's distance from the middle of all, both as
/// fractions. Halves of a pixel are cut off.
#[cfg(feature = "heic")]
fn clean_side(all: u32, [length, length_unit, offset, offset_unit]: [u32; 4]) -> Option<(u32, u32)> {
    let length = length.checked_div(length_unit).filter(|length| (1..=all).contains(length))?;
    // The offset has a sign, its unit has none.
    let twice = (2 * i64::from(offset as i32)).checked_div_euclid(i64::from(offset_unit))?;
    let start = (i64::from(all - length) + twice).div_euclid(2);
    let start = u32::try_from(start).ok()?;
    (start.checked_add(length)? <= all).then_some((length, start))
}

/// The same file, but to be shown as stored. Decoders of browsers differ in whether they turn (Chromium 156 gives the
/// turn beside the pixels, Firefox 153 turns them, WebKitGTK 2.50 does neither), so every rotation and every mirroring in
/// the file becomes a rotation by 0 degrees.
pub(crate) fn without_turns(bytes: &[u8]) -> Vec<u8> {
    let mut unturned = bytes.to_vec();
    for property in Items::read(Span::whole(bytes)).properties.iter().filter(|property| is_turn(property)) {
        let [box_at, data_at] = [property.whole, property.data].map(|span| index(span.range()[0]));
        unturned[box_at + TYPE_AT..][..ROTATION.len()].copy_from_slice(ROTATION);
        if let Some(angle) = unturned.get_mut(data_at) {
            *angle = 0;
        }
    }
    unturned
}

/// The same file, but with the thumbnail or second picture whose data is at these bytes in the place of its own.
#[cfg(any(feature = "heic", feature = "rare-formats"))]
pub(crate) fn with_further_picture(bytes: &[u8], range: [u64; 2]) -> Option<Vec<u8>> {
    let file = Span::whole(bytes);
    let items = Items::read(file);
    let further = items.roles.iter().filter(|(_, role)| matches!(role, Role::Thumbnail | Role::SecondImage));
    let mut ids = further.map(|(&id, _)| id);
    let id = ids.find(|&id| items.stretch(file, id).is_some_and(|stretch| stretch.range() == range))?;
    let meta = Box::all(file).find(|found| found.kind == b"meta")?;
    let child = |kind: &[u8]| Box::all(meta.full_data()).find(|found| found.kind == kind);
    let primary = child(b"pitm")?.full_data();
    let number = id.to_be_bytes();
    let number = &number[number.len() - primary.len().min(number.len())..];
    let mut file = bytes.to_vec();
    file.get_mut(index(primary.range()[0])..)?.get_mut(..number.len())?.copy_from_slice(number);
    // It is nobody's thumbnail any more.
    let references = child(b"iref").map(|references| Box::all(references.full_data()).collect()).unwrap_or(Vec::new());
    for reference in references.iter().filter(|reference| reference.kind == b"thmb") {
        let at = index(reference.whole.range()[0]) + TYPE_AT;
        file[at..at + UNUSED.len()].copy_from_slice(UNUSED);
    }
    Some(file)
}

/// ISO/IEC 23008-12, 6.5.10: the lowest two bits are the quarters of a turn, anti-clockwise.
const ROTATION: &[u8] = b"irot";
/// ISO/IEC 23008-12, 6.5.12: with the lowest bit 0 top and bottom change places, with 1 left and right.
const MIRRORING: &[u8] = b"imir";

/// Of a box's type, after its length.
const TYPE_AT: usize = 4;
/// A box that says nothing.
#[cfg(any(feature = "heic", feature = "rare-formats"))]
const UNUSED: &[u8] = b"free";

fn is_turn(property: &Box) -> bool {
    matches!(property.kind, ROTATION | MIRRORING)
}

/// Turns one after the other, as one mirroring (left and right change places) that is followed by a rotation.
#[derive(Debug, Clone, Copy, Default)]
struct Turns {
    mirrors: bool,
    /// Clockwise, 0 to 3.
    quarters: u8,
}

impl Turns {
    /// These and then what the property says.
    fn and(self, property: &Box) -> Self {
        let value = property.data.u8(0).unwrap_or(0);
        match property.kind {
            ROTATION => Self { quarters: (self.quarters + 4 - value % 4) % 4, ..self },
            // Mirroring after a rotation is the opposite rotation after mirroring; top and bottom are left and right
            // and half a turn.
            MIRRORING => {
                let half = if value.is_multiple_of(2) { 2 } else { 0 };
                Self { mirrors: !self.mirrors, quarters: (4 - self.quarters + half) % 4 }
            }
            _ => self,
        }
    }

    fn orientation(self) -> Orientation {
        match (self.mirrors, self.quarters) {
            (false, 0) => Orientation::NoTransforms,
            (false, 1) => Orientation::Rotate90,
            (false, 2) => Orientation::Rotate180,
            (false, _) => Orientation::Rotate270,
            (true, 0) => Orientation::FlipHorizontal,
            // Named after the opposite order.
            (true, 1) => Orientation::Rotate270FlipH,
            (true, 2) => Orientation::FlipVertical,
            (true, _) => Orientation::Rotate90FlipH,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::isobmff::tests::{boxed, heif, sized};
    use image::{DynamicImage, GrayImage};

    fn picture(turns: &[Vec<u8>]) -> Vec<u8> {
        sized(4032, 3024, turns)
    }

    fn turn((kind, value): (&[u8; 4], u8)) -> Vec<u8> {
        boxed(kind, &[value])
    }

    /// 3 x 2 numbered pixels.
    fn numbered() -> DynamicImage {
        GrayImage::from_raw(3, 2, (0..6).collect()).unwrap().into()
    }

    #[test]
    fn the_size_is_that_of_the_stored_picture() {
        let announced = announced(&picture(&[turn((b"irot", 1))])).unwrap();
        assert_eq!((announced.width, announced.height), (4032, 3024));
    }

    #[test]
    fn turns_add_up_in_their_order() {
        type Turned = fn(&DynamicImage) -> DynamicImage;
        let cases: [(&[u8; 4], u8, Turned); 6] = [
            (b"irot", 0, DynamicImage::clone),
            (b"irot", 1, DynamicImage::rotate270),
            (b"irot", 2, DynamicImage::rotate180),
            (b"irot", 3, DynamicImage::rotate90),
            (b"imir", 0, DynamicImage::flipv),
            (b"imir", 1, DynamicImage::fliph),
        ];
        for (first, second) in cases.iter().flat_map(|first| cases.iter().map(move |second| (first, second))) {
            let file = picture(&[turn((first.0, first.1)), turn((second.0, second.1))]);
            let mut turned = numbered();
            turned.apply_orientation(announced(&file).unwrap().orientation);
            assert_eq!(turned, second.2(&first.2(&numbered())), "{first:?} {second:?}");
        }
    }

    #[test]
    fn without_turns_nothing_but_them_is_gone() {
        let file = picture(&[turn((b"irot", 3)), turn((b"imir", 1))]);
        let unturned = without_turns(&file);
        assert_eq!(announced(&unturned).unwrap().orientation, Orientation::NoTransforms);
        let changed = file.iter().zip(&unturned).filter(|(a, b)| a != b).count();
        assert_eq!((unturned.len(), changed), (file.len(), 1 + 3 + 1), "an angle; three letters and an axis");
    }

    #[test]
    fn pictures_of_more_than_8_bits_say_so() {
        let config = |kind: &[u8; 4], at: usize, value: u8| {
            let mut data = [0xf8; 23];
            data[at] = value;
            sized(40, 24, &[boxed(kind, &data)])
        };
        let cases = [(b"hvcC", 17, 0xf8, 0xfa), (b"av1C", 2, 0x1c, 0x4c)];
        for (kind, at, of_8_bits, of_10_bits) in cases {
            assert!(!is_deep(&config(kind, at, of_8_bits)));
            assert!(is_deep(&config(kind, at, of_10_bits)));
        }
        assert!(!is_deep(&picture(&[])) && !is_deep(b""));
    }

    #[test]
    fn a_picture_without_a_size_announces_nothing() {
        assert_eq!(announced(&heif(&[(b"hvc1", b"\0", b"picture")], &[], &[])), None);
        assert_eq!(announced(b""), None);
    }
}
