//! What HEIF says of its picture before it is decoded: how large it is, and how it is to be turned.

use image::metadata::Orientation;

use super::Box;
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
    let primary = items.items.get(&items.primary)?;
    let properties = || primary.properties.iter().filter_map(|&n| items.properties.get(n.checked_sub(1)?));
    let size = properties().find(|property| property.kind == b"ispe")?.full_data();
    let turns = properties().fold(Turns::default(), |turns, property| turns.and(property));
    Some(Announced {
        width: size.u32(0, ByteOrder::Big)?,
        height: size.u32(4, ByteOrder::Big)?,
        orientation: turns.orientation(),
    })
}

/// The same file, but to be shown as stored. Decoders of browsers differ in whether they turn (Chromium 156 gives the
/// turn beside the pixels, Firefox 153 turns them, WebKitGTK 2.50 does neither), so every rotation and every mirroring in
/// the file becomes a rotation by 0 degrees.
pub(crate) fn without_turns(bytes: &[u8]) -> Vec<u8> {
    /// Of a box's type, after its length.
    const TYPE_AT: usize = 4;
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

/// ISO/IEC 23008-12, 6.5.10: the lowest two bits are the quarters of a turn, anti-clockwise.
const ROTATION: &[u8] = b"irot";
/// ISO/IEC 23008-12, 6.5.12: with the lowest bit 0 top and bottom change places, with 1 left and right.
const MIRRORING: &[u8] = b"imir";

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
    fn a_picture_without_a_size_announces_nothing() {
        assert_eq!(announced(&heif(&[(b"hvc1", b"\0", b"picture")], &[], &[])), None);
        assert_eq!(announced(b""), None);
    }
}
