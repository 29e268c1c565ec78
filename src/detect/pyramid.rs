//! The picture at several sizes, cut into overlapping tiles.

use super::policy::{Look, Policy};

/// One size at which the picture is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Level {
    /// Width in network pixels, at least 1.
    pub(super) width: u32,
    /// Height in network pixels, at least 1.
    pub(super) height: u32,
}

/// A tile of a level: its top left corner; all tiles of a level have one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tile {
    pub(super) x: u32,
    pub(super) y: u32,
}

/// The tiles of a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tiling {
    /// Width of every tile, a multiple of the stride; may reach past the level's edge.
    pub(super) width: u32,
    /// Height of every tile, a multiple of the stride; may reach past the level's edge.
    pub(super) height: u32,
    pub(super) tiles: Vec<Tile>,
}

/// Levels for a picture of `width` x `height` pixels, largest first: enlarged if it is small, then halved until it is
/// small enough for a face that fills the frame.
pub(super) fn levels(width: u32, height: u32, look: &Look) -> Vec<Level> {
    let pixels = f64::from(width) * f64::from(height);
    let enlargement = (look.enlarged_pixels / pixels).sqrt().clamp(1.0, look.max_enlargement);
    let largest = (look.largest_pixels / pixels).sqrt();
    let mut levels = Vec::new();
    let mut scale = enlargement.min(largest);
    loop {
        let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
        let level = Level { width: scaled(width), height: scaled(height) };
        levels.push(level);
        if level.width.max(level.height) <= look.smallest_side {
            return levels;
        }
        scale /= 2.0;
    }
}

/// Cuts a level into the fewest tiles of at most [`Policy::tile_side`] that overlap by at least
/// [`Policy::tile_overlap`].
pub(super) fn tiling(level: Level, stride: u32, policy: &Policy) -> Tiling {
    let (width, columns) = cut(level.width, stride, policy);
    let (height, rows) = cut(level.height, stride, policy);
    let tiles = rows.iter().flat_map(|&y| columns.iter().map(move |&x| Tile { x, y })).collect();
    Tiling { width, height, tiles }
}

/// One axis: the tiles' length and where they start. The last tile ends at or past the picture's end.
fn cut(length: u32, stride: u32, policy: &Policy) -> (u32, Vec<u32>) {
    if length <= policy.tile_side {
        return (length.next_multiple_of(stride), vec![0]);
    }
    let overlap = policy.tile_overlap;
    let count = (length - overlap).div_ceil(policy.tile_side - overlap);
    let tile = (length + (count - 1) * overlap).div_ceil(count).next_multiple_of(stride);
    let last = length.saturating_sub(tile);
    let starts = (0..count).map(|i| (u64::from(last) * u64::from(i) / u64::from(count - 1)) as u32);
    (tile, starts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tiles_cover_every_column_and_overlap_enough(length in 1u32..20_000) {
            let policy = Policy::default();
            let (tile, starts) = cut(length, 32, &policy);
            prop_assert_eq!(tile % 32, 0);
            prop_assert!(tile <= policy.tile_side);
            prop_assert_eq!(starts[0], 0);
            prop_assert!(starts[starts.len() - 1] + tile >= length);
            for pair in starts.windows(2) {
                prop_assert!(pair[0] + tile >= pair[1] + policy.tile_overlap);
            }
        }
    }

    fn look() -> Look {
        Policy::default().looks.remove(0)
    }

    #[test]
    fn a_small_picture_is_enlarged_twice_and_a_large_one_not_at_all() {
        assert_eq!(levels(1000, 700, &look())[0], Level { width: 2000, height: 1400 });
        assert_eq!(levels(4000, 3000, &look())[0], Level { width: 4000, height: 3000 });
    }

    #[test]
    fn no_level_is_larger_than_the_look_allows() {
        let first = levels(4000, 3000, &Look { largest_pixels: 3e6, ..look() })[0];
        assert_eq!(first, Level { width: 2000, height: 1500 });
    }

    #[test]
    fn the_last_level_shows_a_face_that_fills_the_frame() {
        let last = *levels(4000, 3000, &look()).last().expect("a level");
        assert!(last.width <= 256);
    }

    #[test]
    fn a_ribbon_of_one_pixel_has_levels_of_at_least_one_pixel() {
        assert!(levels(20_000, 1, &look()).iter().all(|l| l.height >= 1 && l.width >= 1));
    }
}
