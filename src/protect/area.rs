//! What is drawn so that a part of the picture is hidden: in a JPEG more than that part.

use super::CoverRules;
use crate::mask::{BlockGrid, Mask};
use crate::photo::{Photo, Turn};
use crate::report::Format;

/// What of a picture is drawn, in upright pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// What is to be hidden, grown by [`CoverRules::smoothed`]. In a JPEG that is kept, every coding block that it touches is coded
    /// anew, of brightness and of colour each its own, and no other.
    pub hidden: Mask,
    /// Where brightness is replaced.
    pub covered: Mask,
    /// Where colour is replaced: in a JPEG that is kept the coding blocks of chroma, which are larger.
    pub coloured: Mask,
    /// Pixels that may hold something of what is hidden: they are never read.
    pub unread: Mask,
}

impl Area {
    /// Of a copy that keeps a JPEG's other coding blocks, whose coefficients depend on their own pixels only. What is decoded of
    /// chroma depends on the next sample as well, by which decoders enlarge it smoothly.
    pub fn of_kept(hidden: &Mask, photo: &Photo, rules: &CoverRules) -> Self {
        let hidden = hidden.grown(rules.smoothed, size(photo));
        let covered = hidden.whole_blocks(&grid(photo, photo.luma_block));
        let of_chroma = hidden.whole_blocks(&grid(photo, block(photo)));
        let coloured = Mask::union([&covered, &of_chroma]);
        let unread = coloured.grown(reach(photo), size(photo));
        Self { hidden, covered, coloured, unread }
    }

    /// Nothing but these pixels.
    pub(super) fn exactly(mask: Mask) -> Self {
        Self { hidden: mask.clone(), covered: mask.clone(), coloured: mask.clone(), unread: mask }
    }

    /// Of a copy that is coded anew from decoded pixels. In those of a JPEG everything that shares an MCU with what is hidden, and
    /// the pixels that chroma's enlargement reaches from there, may hold something of it; beyond, no decoder carries it. Other
    /// lossy formats predict pixels from each other: what was carried is in the decoded pixels already, and cannot be told.
    pub fn of_anew(hidden: &Mask, photo: &Photo, rules: &CoverRules) -> Self {
        let all = match photo.format {
            Format::Jpeg => Self::of_kept(hidden, photo, rules).unread,
            // Strips of a TIFF that are JPEGs have grids of their own.
            Format::Tiff => hidden.grown(reach_of_strips(photo), size(photo)),
            _ => hidden.clone(),
        };
        Self::exactly(all)
    }
}

/// Pixels that a pixel reaches in any grid of the coding blocks of a TIFF, which are given twice as large as they are.
fn reach_of_strips(photo: &Photo) -> u32 {
    photo.blocks.map_or(0, |blocks| blocks.width.max(blocks.height))
}

/// Width and height of the largest coding block.
fn block(photo: &Photo) -> (u32, u32) {
    photo.blocks.map_or((1, 1), |blocks| (blocks.width, blocks.height))
}

/// Pixels past a block that depend on it: as many as a sample of chroma is wide.
fn reach(photo: &Photo) -> u32 {
    /// Samples along a block's side.
    const SAMPLES: u32 = 8;
    let (width, height) = block(photo);
    if photo.full_chroma { 0 } else { width.max(height) / SAMPLES }
}

fn size(photo: &Photo) -> (u32, u32) {
    (photo.frame.width, photo.frame.height)
}

/// The grid of blocks in the upright picture. It starts at the stored picture's top left corner, which the orientation tag may have
/// turned to any other.
fn grid(photo: &Photo, stored: (u32, u32)) -> BlockGrid {
    let turn = Turn::of(photo.orientation);
    let picture = size(photo);
    let block = if turn.transposes { (stored.1, stored.0) } else { stored };
    let before = |mirrored: bool, side: u32, block: u32| if mirrored { side.next_multiple_of(block) - side } else { 0 };
    BlockGrid {
        block,
        before: (before(turn.mirrors_x, picture.0, block.0), before(turn.mirrors_y, picture.1, block.1)),
        picture,
    }
}

#[cfg(test)]
mod tests {
    use image::metadata::Orientation;
    use proptest::prelude::*;

    use super::*;
    use crate::geometry::PixelRect;
    use crate::photo::{CodingBlocks, Frame};

    const SIZE: (u32, u32) = (100, 75);

    fn photo(orientation: Orientation, format: Format) -> Photo {
        let (width, height) = SIZE;
        Photo {
            frame: Frame { width, height, rgb: vec![0; 3 * (width * height) as usize], alpha: None },
            format,
            profile: None,
            orientation,
            blocks: Some(CodingBlocks { width: 16, height: 16 }),
            luma_block: (8, 8),
            jpeg_quality: None,
            full_chroma: false,
            full_size: None,
            notes: Vec::new(),
        }
    }

    fn at([x, y, w, h]: [u32; 4]) -> Mask {
        Mask::of_rect(PixelRect { x0: x, y0: y, x1: x + w, y1: y + h })
    }

    #[test]
    fn outside_a_jpeg_nothing_more_is_drawn() {
        let hidden = at([10, 20, 30, 40]);
        let area = Area::of_anew(&hidden, &photo(Orientation::NoTransforms, Format::Webp), &CoverRules::default());
        assert_eq!((&area.covered, &area.unread), (&hidden, &hidden));
    }

    #[test]
    fn in_a_kept_jpeg_luma_and_chroma_have_their_own_blocks() {
        let area =
            Area::of_kept(&at([34, 18, 4, 4]), &photo(Orientation::NoTransforms, Format::Jpeg), &CoverRules::default());
        assert_eq!(area.covered, at([32, 16, 8, 8]));
        assert_eq!(area.coloured, at([32, 16, 16, 16]));
        assert_eq!(area.unread, at([30, 14, 20, 20]));
    }

    #[test]
    fn what_an_encoder_smooths_reaches_the_next_block() {
        let area =
            Area::of_kept(&at([32, 18, 4, 4]), &photo(Orientation::NoTransforms, Format::Jpeg), &CoverRules::default());
        assert_eq!(area.covered, at([24, 16, 16, 8]));
    }

    proptest! {
        #[test]
        fn blocks_are_those_of_the_stored_picture(x in 0u32..100, y in 0u32..75, tag in 1u8..=8) {
            let orientation = Orientation::from_exif(tag).expect("1 to 8");
            let photo = photo(orientation, Format::Jpeg);
            let turn = Turn::of(orientation);
            let stored_size = if turn.transposes { (SIZE.1, SIZE.0) } else { SIZE };
            let stored = turn.apply(PixelRect { x0: x, y0: y, x1: x + 1, y1: y + 1 }, SIZE.0, SIZE.1);
            let block = |side: u32| {
                let (x0, y0) = (stored.x0 / side * side, stored.y0 / side * side);
                let cut = PixelRect { x0, y0, x1: (x0 + side).min(stored_size.0), y1: (y0 + side).min(stored_size.1) };
                Mask::of_rect(turn.undo(cut, stored_size.0, stored_size.1))
            };
            let area = Area::of_kept(&at([x, y, 1, 1]), &photo, &CoverRules { smoothed: 0, ..CoverRules::default() });
            prop_assert_eq!(area.covered, block(8));
            prop_assert_eq!(area.coloured, block(16));
        }
    }
}
