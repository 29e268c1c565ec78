//! A spatial index of boxes: which of many lie at a given place, without a test of each.
//!
//! A crowd has ten thousand faces, and a test of every pair takes minutes.

use crate::geometry::PixelRect;

/// A box in whole pixels: left, top, right, bottom. May lie outside the picture.
pub(crate) type Bounds = [i64; 4];

/// Boxes, numbered from 0 in the order in which they were put in.
///
/// A box lies in one cell of a grid whose cells are about as large as the box; so there is a grid for each power of two. Cells are
/// found through a hash table of linked lists.
pub(crate) struct Places {
    bounds: Vec<Bounds>,
    /// The boxes in cells of each level.
    counts: [usize; LEVELS],
    /// The box that was put last into a bucket, plus 1; 0 for none. A power of two of them.
    last: Vec<u32>,
    /// For each box the one before it in its bucket, in the same way.
    before: Vec<u32>,
}

/// Cells of level n have sides of 2^n pixels.
const LEVELS: usize = 40;
const FEWEST_BUCKETS: usize = 64;

impl Places {
    pub(crate) fn new() -> Self {
        Self { bounds: Vec::new(), counts: [0; LEVELS], last: vec![0; FEWEST_BUCKETS], before: Vec::new() }
    }

    pub(crate) fn of(rects: impl IntoIterator<Item = PixelRect>) -> Self {
        let mut places = Self::new();
        rects.into_iter().for_each(|rect| places.put(bounds_of(rect)));
        places
    }

    /// Puts in another box.
    pub(crate) fn put(&mut self, bounds: Bounds) {
        self.bounds.push(bounds);
        if self.bounds.len() > self.last.len() {
            self.last = vec![0; 4 * self.last.len()];
            self.before.clear();
            self.counts = [0; LEVELS];
        }
        for number in self.before.len()..self.bounds.len() {
            let cell = cell(self.bounds[number]);
            self.counts[cell.0] += 1;
            let bucket = self.bucket(cell);
            self.before.push(std::mem::replace(&mut self.last[bucket], number as u32 + 1));
        }
    }

    /// Calls `test` with each box that touches or overlaps `bounds`, in any order, once each, until it returns true.
    pub(crate) fn any(&self, bounds: Bounds, test: &mut dyn FnMut(usize) -> bool) -> bool {
        let meets = |number: usize| {
            let [x0, y0, x1, y1] = self.bounds[number];
            x0 <= bounds[2] && bounds[0] <= x1 && y0 <= bounds[3] && bounds[1] <= y1
        };
        let cells = |level: usize| {
            // A box reaches from its cell into the next ones at most.
            let span = |from: i64, to: i64| ((from >> level) - 1, to >> level);
            (span(bounds[0], bounds[2]), span(bounds[1], bounds[3]))
        };
        let used = || (0..LEVELS).filter(|&level| self.counts[level] > 0);
        let count = |((x0, x1), (y0, y1)): ((i64, i64), (i64, i64))| (x1 - x0 + 1) as f64 * (y1 - y0 + 1) as f64;
        if used().map(|level| count(cells(level))).sum::<f64>() > self.bounds.len() as f64 {
            return (0..self.bounds.len()).any(|number| meets(number) && test(number));
        }
        for level in used() {
            let (columns, rows) = cells(level);
            for (x, y) in (rows.0..=rows.1).flat_map(|y| (columns.0..=columns.1).map(move |x| (x, y))) {
                let mut next = self.last[self.bucket((level, x, y))];
                while next > 0 {
                    let number = next as usize - 1;
                    if meets(number) && cell(self.bounds[number]) == (level, x, y) && test(number) {
                        return true;
                    }
                    next = self.before[number];
                }
            }
        }
        false
    }

    /// The boxes that touch or overlap `bounds`, in their order.
    pub(crate) fn at(&self, bounds: Bounds) -> Vec<usize> {
        let mut found = Vec::new();
        self.any(bounds, &mut |number| {
            found.push(number);
            false
        });
        found.sort_unstable();
        found
    }

    /// Of the boxes that touch or overlap `bounds` and pass `test`, the first in their order.
    pub(crate) fn first(&self, bounds: Bounds, test: &dyn Fn(usize) -> bool) -> Option<usize> {
        let mut first = None;
        self.any(bounds, &mut |number| {
            if first.is_none_or(|first| number < first) && test(number) {
                first = Some(number);
            }
            false
        });
        first
    }

    fn bucket(&self, (level, x, y): (usize, i64, i64)) -> usize {
        let hash = (x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (y as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
        let hash = (hash ^ level as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (hash >> 32) as usize & (self.last.len() - 1)
    }
}

/// The level and the cell in which a box lies: that of its left top corner in the first level whose cells are larger.
fn cell([x0, y0, x1, y1]: Bounds) -> (usize, i64, i64) {
    let side = (x1 - x0).max(y1 - y0).max(0) as u64;
    let level = ((u64::BITS - side.leading_zeros()) as usize).min(LEVELS - 1);
    (level, x0 >> level, y0 >> level)
}

pub(crate) fn bounds_of(rect: PixelRect) -> Bounds {
    [rect.x0, rect.y0, rect.x1, rect.y1].map(i64::from)
}

/// The bounds of `[x, y, width, height]`; numbers past any picture are cut.
pub(crate) fn bounds_of_box([x, y, w, h]: [f32; 4]) -> Bounds {
    /// Half of the largest cell.
    const LARGEST: f64 = (1u64 << (LEVELS - 2)) as f64;
    let cut = |value: f64| value.clamp(-LARGEST, LARGEST) as i64;
    let [x, y, w, h] = [x, y, w, h].map(f64::from);
    [cut(x.floor()), cut(y.floor()), cut((x + w).ceil()), cut((y + h).ceil())]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bounds() -> impl Strategy<Value = Bounds> {
        let side = prop_oneof![0i64..9, 0i64..200, 0i64..5000];
        (-50i64..3000, -50i64..3000, side.clone(), side).prop_map(|(x, y, w, h)| [x, y, x + w, y + h])
    }

    proptest! {
        #[test]
        fn the_index_gives_what_a_test_of_each_box_gives(all in prop::collection::vec(bounds(), 0..300), asked in bounds()) {
            let mut places = Places::new();
            all.iter().for_each(|bounds| places.put(*bounds));
            let meets = |b: &Bounds| b[0] <= asked[2] && asked[0] <= b[2] && b[1] <= asked[3] && asked[1] <= b[3];
            let expected: Vec<usize> = (0..all.len()).filter(|&number| meets(&all[number])).collect();
            prop_assert_eq!(places.at(asked), expected.clone());
            let odd = |number: usize| number % 2 == 1;
            prop_assert_eq!(places.first(asked, &odd), expected.into_iter().find(|&number| odd(number)));
        }
    }

    #[test]
    fn numbers_that_are_none_and_infinite_boxes_are_held() {
        let mut places = Places::new();
        places.put(bounds_of_box([f32::NAN, 0.0, f32::INFINITY, 4.0]));
        places.put(bounds_of_box([f32::NEG_INFINITY, -1e30, f32::INFINITY, 1e35]));
        assert!(places.at([0, 0, 9, 9]).len() <= 2);
    }
}
