//! The picture at several sizes, cut into overlapping tiles.

use super::level::{Level, Tile};
use super::policy::{Policy, Scan};
use crate::geometry::PixelRect;
use crate::infer::Sides;

/// Levels for a picture of `width` x `height` pixels, largest first: enlarged if it is small, then halved until it is
/// small enough for a face that fills the frame.
pub(super) fn levels(width: u32, height: u32, scan: &Scan) -> Vec<Level> {
    let pixels = f64::from(width) * f64::from(height);
    let enlargement = (scan.enlarged_pixels / pixels).sqrt().clamp(1.0, scan.max_enlargement);
    let largest = (scan.largest_pixels / pixels).sqrt().min(largest_tilted(width, height, scan));
    let mut levels = Vec::new();
    let mut scale = enlargement.min(largest);
    loop {
        let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
        let level = Level { width: scaled(width), height: scaled(height) };
        let is_last = level.width.max(level.height) <= scan.smallest_side;
        levels.push(level);
        if is_last {
            return levels;
        }
        scale /= 2.0;
    }
}

/// The scale at which a picture that is turned by an eighth fits on a canvas of [`Scan::largest_canvas`]: the canvas of a strip has
/// many times the strip's pixels.
fn largest_tilted(width: u32, height: u32, scan: &Scan) -> f64 {
    let canvas = (f64::from(width) + f64::from(height)).powi(2) / 2.0;
    if scan.views.iter().any(|view| view.tilted) { (scan.largest_canvas / canvas).sqrt() } else { f64::INFINITY }
}

/// Cuts a level into the fewest tiles that the network takes, of at most [`Policy::tile_side`] unless that takes one size
/// only. They overlap by at least [`Policy::tile_overlap`], or by half of that size if it is smaller.
pub(super) fn tiles(level: Level, sides: Sides, policy: &Policy) -> Vec<Tile> {
    let ((width, columns), (height, rows)) = match sides {
        Sides::MultipleOf(multiple) => (cut(level.width, multiple, policy), cut(level.height, multiple, policy)),
        Sides::Fixed([width, height]) => {
            ((width, repeat(level.width, width, policy)), (height, repeat(level.height, height, policy)))
        }
    };
    let row = |&y: &u32| columns.iter().map(move |&x| Tile { x, y, width, height });
    rows.iter().flat_map(row).collect()
}

/// The tile of a level that shows an area of the picture, which is `scale` times as large there, with half as much again of
/// what is around it on every side. Its sides and place are multiples of `step`.
pub(super) fn tile_around(area: PixelRect, scale: f32, level: Level, step: u32) -> Tile {
    let margin = area.width().max(area.height()) as f32 / 2.0;
    let along = |from: u32, to: u32, length: u32| {
        let start = ((from as f32 - margin) * scale).max(0.0) as u32 / step * step;
        let end = (((to as f32 + margin) * scale) as u32).min(length);
        (start, end.saturating_sub(start).max(1).next_multiple_of(step))
    };
    let ((x, width), (y, height)) = (along(area.x0, area.x1, level.width), along(area.y0, area.y1, level.height));
    Tile { x, y, width, height }
}

/// One axis: the tiles' length and where they start.
fn cut(length: u32, multiple: u32, policy: &Policy) -> (u32, Vec<u32>) {
    if length <= policy.tile_side {
        return (length.next_multiple_of(multiple), vec![0]);
    }
    let overlap = policy.tile_overlap;
    let count = (length - overlap).div_ceil(policy.tile_side - overlap);
    let tile = (length + (count - 1) * overlap).div_ceil(count).next_multiple_of(multiple);
    (tile, spread(length, tile, count))
}

/// One axis: where tiles of a given length start.
fn repeat(length: u32, tile: u32, policy: &Policy) -> Vec<u32> {
    let overlap = policy.tile_overlap.min(tile / 2);
    spread(length, tile, length.saturating_sub(overlap).div_ceil(tile - overlap))
}

/// Where `count` tiles start that are spread evenly. The last one ends at or past the picture's end.
fn spread(length: u32, tile: u32, count: u32) -> Vec<u32> {
    let last = length.saturating_sub(tile);
    let gaps = u64::from(count.max(2) - 1);
    (0..count.max(1)).map(|i| (u64::from(last) * u64::from(i) / gaps) as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::super::view::View;
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

    proptest! {
        #[test]
        fn a_tile_around_an_area_shows_all_of_it(x in 0u32..3000, y in 0u32..2000, w in 1u32..900, h in 1u32..900, halvings in 0u32..4) {
            let scale = 0.5f32.powi(halvings as i32);
            let level = Level { width: (4000.0 * scale) as u32, height: (3000.0 * scale) as u32 };
            let tile = tile_around(PixelRect { x0: x, y0: y, x1: x + w, y1: y + h }, scale, level, 64);
            prop_assert!([tile.x, tile.y, tile.width, tile.height].iter().all(|v| v % 64 == 0) && tile.width * tile.height > 0);
            prop_assert!(tile.x as f32 <= x as f32 * scale && tile.y as f32 <= y as f32 * scale);
            prop_assert!((tile.x + tile.width) as f32 >= ((x + w) as f32 * scale).floor());
            prop_assert!((tile.y + tile.height) as f32 >= ((y + h) as f32 * scale).floor());
            prop_assert!(tile.x < level.width && tile.y < level.height);
        }

        #[test]
        fn tiles_of_one_size_cover_every_column_and_overlap_enough(length in 1u32..20_000, tile in 64u32..2048) {
            let policy = Policy::default();
            let starts = repeat(length, tile, &policy);
            prop_assert_eq!(starts[0], 0);
            prop_assert!(starts[starts.len() - 1] + tile >= length);
            for pair in starts.windows(2) {
                prop_assert!(pair[0] + tile >= pair[1] + policy.tile_overlap.min(tile / 2));
            }
        }
    }

    fn scan() -> Scan {
        Policy::default().scans.remove(0)
    }

    #[test]
    fn a_small_picture_is_enlarged_twice_and_a_large_one_not_at_all() {
        assert_eq!(levels(1000, 700, &scan())[0], Level { width: 2000, height: 1400 });
        assert_eq!(levels(4000, 3000, &scan())[0], Level { width: 4000, height: 3000 });
    }

    #[test]
    fn no_level_is_larger_than_the_scan_allows() {
        let first = levels(4000, 3000, &Scan { largest_pixels: 3e6, ..scan() })[0];
        assert_eq!(first, Level { width: 2000, height: 1500 });
    }

    #[test]
    fn a_strip_that_is_turned_by_an_eighth_has_a_bounded_canvas() {
        let scan = Scan::turned(&View::TURNED);
        for (width, height) in [(65_535, 1), (1, 65_535), (30_000, 400), (4000, 3000)] {
            let first = levels(width, height, &scan)[0];
            let canvas = View { tilted: true, quarter_turns: 0 }.size(first);
            let pixels = f64::from(canvas.width) * f64::from(canvas.height);
            assert!(pixels <= 1.01 * scan.largest_canvas, "{width} x {height}: {pixels}");
        }
    }

    #[test]
    fn the_last_level_shows_a_face_that_fills_the_frame() {
        let last = *levels(4000, 3000, &scan()).last().expect("a level");
        assert!(last.width <= 256);
    }

    #[test]
    fn a_ribbon_of_one_pixel_has_levels_of_at_least_one_pixel() {
        assert!(levels(20_000, 1, &scan()).iter().all(|l| l.height >= 1 && l.width >= 1));
    }
}
