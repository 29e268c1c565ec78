//! Sets of pixels.

use crate::geometry::PixelRect;
use crate::order::sort_by_key;

/// Columns `from..to` of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Run {
    /// The row.
    pub y: u32,
    /// First column.
    pub from: u32,
    /// Column after the last.
    pub to: u32,
}

/// A set of pixels: for each row the runs of columns that belong to it, from left to right, apart from each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mask {
    /// The first row.
    top: u32,
    /// Where the runs of each row begin in `runs`, and where those of the last row end.
    starts: Vec<u32>,
    /// From and to of each run.
    runs: Vec<[u32; 2]>,
}

impl Mask {
    /// The pixels of runs in any order, which may overlap.
    pub fn of_runs(mut runs: Vec<Run>) -> Self {
        runs.retain(|run| run.from < run.to);
        // What is drawn row by row is sorted already.
        if !runs.is_sorted() {
            sort_by_key(&mut runs, |run| u128::from(run.y) << 64 | u128::from(run.from) << 32 | u128::from(run.to));
        }
        let mut mask = Self::default();
        runs.into_iter().for_each(|run| mask.push(run));
        mask.close();
        mask
    }

    /// The pixels of a rectangle.
    pub fn of_rect(rect: PixelRect) -> Self {
        Self::of_runs((rect.y0..rect.y1).map(|y| Run { y, from: rect.x0, to: rect.x1 }).collect())
    }

    /// The pixels of all masks.
    pub fn union<'a>(masks: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut runs = Vec::new();
        masks.into_iter().for_each(|mask| runs.extend(mask.runs()));
        Self::of_runs(runs)
    }

    /// Adds a run that does not begin before the last one.
    fn push(&mut self, Run { y, from, to }: Run) {
        if self.starts.is_empty() {
            self.top = y;
        }
        let rows = (y - self.top) as usize + 1;
        let is_new_row = self.starts.len() < rows;
        let end = self.runs.len() as u32;
        self.starts.resize(rows.max(self.starts.len()), end);
        match self.runs.last_mut() {
            Some(last) if !is_new_row && last[1] >= from => last[1] = last[1].max(to),
            _ => self.runs.push([from, to]),
        }
    }

    fn close(&mut self) {
        if !self.starts.is_empty() {
            self.starts.push(self.runs.len() as u32);
        }
    }

    /// No pixel belongs to it.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// How many pixels belong to it.
    pub fn pixels(&self) -> u64 {
        self.runs.iter().map(|[from, to]| u64::from(to - from)).sum()
    }

    /// The runs of a row.
    pub fn row(&self, y: u32) -> &[[u32; 2]] {
        let ends = y.checked_sub(self.top).and_then(|row| self.starts.get(row as usize..row as usize + 2));
        ends.map_or(&[], |ends| &self.runs[ends[0] as usize..ends[1] as usize])
    }

    /// All runs, from top to bottom, then from left to right.
    pub fn runs(&self) -> impl Iterator<Item = Run> + '_ {
        let rows = self.starts.windows(2).zip(self.top..);
        rows.flat_map(|(ends, y)| {
            self.runs[ends[0] as usize..ends[1] as usize].iter().map(move |&[from, to]| Run { y, from, to })
        })
    }

    /// The first row that it has pixels in; 0 if it has none.
    pub fn bounds_top(&self) -> u32 {
        self.top
    }

    /// The smallest rectangle around it; empty if it is.
    pub fn bounds(&self) -> PixelRect {
        let columns = self.runs.iter().fold((u32::MAX, 0), |(x0, x1), [from, to]| (x0.min(*from), x1.max(*to)));
        let rows = self.starts.len().saturating_sub(1) as u32;
        match self.is_empty() {
            true => PixelRect { x0: 0, y0: 0, x1: 0, y1: 0 },
            false => PixelRect { x0: columns.0, y0: self.top, x1: columns.1, y1: self.top + rows },
        }
    }

    /// The pixel belongs to it.
    pub fn contains(&self, x: u32, y: u32) -> bool {
        let row = self.row(y);
        let next = row.partition_point(|[from, _]| *from <= x);
        next > 0 && x < row[next - 1][1]
    }

    /// All pixels of a rectangle belong to it.
    pub fn contains_rect(&self, rect: PixelRect) -> bool {
        (rect.y0..rect.y1).all(|y| {
            let row = self.row(y);
            let next = row.partition_point(|[from, _]| *from <= rect.x0);
            next > 0 && rect.x1 <= row[next - 1][1]
        })
    }

    /// What of it lies in a rectangle.
    pub fn within(&self, rect: PixelRect) -> Self {
        let rows = (rect.y0..rect.y1).flat_map(|y| self.row(y).iter().map(move |run| (y, *run)));
        let cut = rows.map(|(y, [from, to])| Run { y, from: from.max(rect.x0), to: to.min(rect.x1) });
        Self::of_runs(cut.collect())
    }

    /// The pixels of a smaller picture, of size `to` instead of `from`, in which a pixel of this mask begins.
    pub fn shrunk(&self, from: (u32, u32), to: (u32, u32)) -> Self {
        let place = |at: u32, from: u32, to: u32| {
            let scaled = u64::from(at) * u64::from(to) / u64::from(from.max(1));
            (scaled as u32).min(to.saturating_sub(1))
        };
        let run = |run: Run| Run {
            y: place(run.y, from.1, to.1),
            from: place(run.from, from.0, to.0),
            to: place(run.to - 1, from.0, to.0) + 1,
        };
        Self::of_runs(self.runs().map(run).collect())
    }

    /// With all pixels of a picture of `width` x `height` that are at most `reach` columns and rows away.
    pub fn grown(&self, reach: u32, (width, height): (u32, u32)) -> Self {
        let grown = self.runs().flat_map(|Run { y, from, to }| {
            let rows = y.saturating_sub(reach)..y.saturating_add(reach + 1).min(height);
            let (from, to) = (from.saturating_sub(reach), to.saturating_add(reach).min(width));
            rows.map(move |y| Run { y, from, to })
        });
        Self::of_runs(grown.collect())
    }

    /// Every pixel of the blocks that it touches.
    pub fn whole_blocks(&self, grid: &BlockGrid) -> Self {
        let touched = |run: Run| {
            let blocks = grid.blocks_of(PixelRect { x0: run.from, y0: run.y, x1: run.to, y1: run.y + 1 });
            Run { y: blocks.y0, from: blocks.x0, to: blocks.x1 }
        };
        let blocks = Self::of_runs(self.runs().map(touched).collect());
        let mut whole = Vec::new();
        for (ends, row) in blocks.starts.windows(2).zip(blocks.top..) {
            let of_row = &blocks.runs[ends[0] as usize..ends[1] as usize];
            let rows = grid.pixels_of(PixelRect { x0: 0, y0: row, x1: 1, y1: row + 1 });
            for y in rows.y0..rows.y1 {
                whole.extend(of_row.iter().map(|&[from, to]| {
                    let columns = grid.pixels_of(PixelRect { x0: from, y0: row, x1: to, y1: row + 1 });
                    Run { y, from: columns.x0, to: columns.x1 }
                }));
            }
        }
        Self::of_runs(whole)
    }
}

/// Blocks that divide a picture. The first column and row may be narrower than the others, as when the picture was mirrored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockGrid {
    /// Width and height of a block.
    pub block: (u32, u32),
    /// How many columns and rows of the first block lie before the picture's edge; less than a block.
    pub before: (u32, u32),
    /// Width and height of the picture.
    pub picture: (u32, u32),
}

impl BlockGrid {
    /// The blocks that a rectangle touches.
    pub fn blocks_of(&self, rect: PixelRect) -> PixelRect {
        let (width, height) = self.block;
        PixelRect {
            x0: (rect.x0 + self.before.0) / width,
            y0: (rect.y0 + self.before.1) / height,
            x1: (rect.x1 + self.before.0).div_ceil(width),
            y1: (rect.y1 + self.before.1).div_ceil(height),
        }
    }

    /// The pixels of blocks.
    pub fn pixels_of(&self, blocks: PixelRect) -> PixelRect {
        let (width, height) = self.block;
        PixelRect {
            x0: (blocks.x0 * width).saturating_sub(self.before.0),
            y0: (blocks.y0 * height).saturating_sub(self.before.1),
            x1: (blocks.x1 * width - self.before.0).min(self.picture.0),
            y1: (blocks.y1 * height - self.before.1).min(self.picture.1),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SIZE: (u32, u32) = (40, 30);

    fn runs() -> impl Strategy<Value = Vec<Run>> {
        let run = (0..SIZE.1, 0..SIZE.0, 1..9u32);
        let run = run.prop_map(|(y, from, length)| Run { y, from, to: (from + length).min(SIZE.0) });
        prop::collection::vec(run, 0..20)
    }

    fn places() -> impl Iterator<Item = (u32, u32)> {
        (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y)))
    }

    proptest! {
        #[test]
        fn a_shrunk_mask_has_the_places_of_all_its_pixels(
            (from, to, rects) in (1u32..60, 1u32..60).prop_flat_map(|(width, height)| {
                let rect = (0..width, 0..height, 1..=width, 1..=height);
                (Just((width, height)), (1..=width, 1..=height), prop::collection::vec(rect, 0..4))
            }),
        ) {
            let rect = |(x0, y0, w, h): (u32, u32, u32, u32)| {
                Mask::of_rect(PixelRect { x0, y0, x1: (x0 + w).min(from.0), y1: (y0 + h).min(from.1) })
            };
            let mask = Mask::union(&rects.into_iter().map(rect).collect::<Vec<_>>());
            let pixels = |mask: &Mask| -> Vec<(u32, u32)> {
                mask.runs().flat_map(|Run { y, from, to }| (from..to).map(move |x| (x, y))).collect()
            };
            let mut places: Vec<_> =
                pixels(&mask).into_iter().map(|(x, y)| (x * to.0 / from.0, y * to.1 / from.1)).collect();
            places.sort_by_key(|(x, y)| (*y, *x));
            places.dedup();
            prop_assert_eq!(pixels(&mask.shrunk(from, to)), places);
        }

        #[test]
        fn a_mask_has_the_pixels_of_its_runs(runs in runs()) {
            let mask = Mask::of_runs(runs.clone());
            let is_in = |x, y| runs.iter().any(|run| run.y == y && (run.from..run.to).contains(&x));
            for (x, y) in places() {
                prop_assert_eq!(mask.contains(x, y), is_in(x, y));
            }
            let count = places().filter(|(x, y)| is_in(*x, *y)).count() as u64;
            prop_assert_eq!(mask.pixels(), count);
            let bounds = mask.bounds();
            prop_assert!(places().all(|(x, y)| !is_in(x, y) || bounds.contains(x, y)));
        }

        #[test]
        fn a_grown_mask_has_what_is_near(runs in runs(), reach in 0..3u32) {
            let mask = Mask::of_runs(runs);
            let grown = mask.grown(reach, SIZE);
            for (x, y) in places() {
                let near = PixelRect { x0: x, y0: y, x1: x + 1, y1: y + 1 }.grown(reach);
                prop_assert_eq!(grown.contains(x, y), !mask.within(near).is_empty());
            }
        }

        #[test]
        fn whole_blocks_are_those_that_a_mask_touches(runs in runs(), before in (0..8u32, 0..4u32)) {
            let mask = Mask::of_runs(runs);
            let grid = BlockGrid { block: (8, 4), before, picture: SIZE };
            let whole = mask.whole_blocks(&grid);
            for (x, y) in places() {
                let block = grid.pixels_of(grid.blocks_of(PixelRect { x0: x, y0: y, x1: x + 1, y1: y + 1 }));
                prop_assert!(block.contains(x, y));
                prop_assert_eq!(whole.contains(x, y), !mask.within(block).is_empty());
            }
        }
    }

    #[test]
    fn the_union_of_masks_is_a_mask() {
        let rect = |x0, y0, x1, y1| Mask::of_rect(PixelRect { x0, y0, x1, y1 });
        assert_eq!(Mask::union([&rect(0, 0, 4, 6), &rect(4, 0, 9, 6)]), rect(0, 0, 9, 6));
        assert_eq!(Mask::union([&Mask::default(), &rect(2, 3, 5, 5)]), rect(2, 3, 5, 5));
    }
}
