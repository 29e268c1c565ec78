//! What was looked at before, so that of a picture that differs in places only those are looked at again.
//!
//! A saved photo is the one that was checked, except under the covers. [`Seen`] keeps a hash of every cell of a picture
//! and what each pass found in it. In another picture of the same size a cell with the same hash has the same pixels. A
//! find that touches no other cell stands; around all others, each pass looks again, as far as faces may reach that lie
//! partly in them (see [`Policy::tile_overlap`]): larger ones are seen at the next level, as they are across tiles.

use std::hash::{DefaultHasher, Hasher};

use super::policy::Policy;
use super::pyramid::{self, Level};
use super::{Find, Pass};
use crate::geometry::PixelRect;
use crate::photo::Frame;

/// Side of a cell in pixels: two of the most common coding blocks of a JPEG, to whose grid covers are grown.
const CELL: u32 = 32;

/// Pixels of a level, or of a turned view of it, through which a pixel of the picture can be felt: one for each filter
/// that leads there, where every halving counts half as much as the next.
const FILTER_REACH: u32 = 3;

/// Most separate places that are looked at by themselves: more than a crowd has covers. Past it the whole is looked at.
const MOST_CHANGES: usize = 512;

/// A picture as it was looked at, without its pixels. The empty one, of `Default`, knows nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    width: u32,
    height: u32,
    /// Row-major. Two different cells have the same of these 64 bits once in 10^19 times.
    cells: Vec<u64>,
    /// Of the policy, what finds depend on besides the passes.
    policy: Option<Policy>,
    passes: Vec<SeenPass>,
}

#[derive(Debug, Clone, PartialEq)]
struct SeenPass {
    key: Key,
    finds: Vec<Find>,
}

/// What a pass looked at, and with which network.
type Key = (super::Family, super::View, Level);

impl Seen {
    /// A picture of which no pass is known yet.
    pub(super) fn new(frame: &Frame, policy: &Policy) -> Self {
        let policy = Some(Policy { looks: Vec::new(), threshold: 0.0, ..policy.clone() });
        Self { width: frame.width, height: frame.height, cells: hash(frame), policy, passes: Vec::new() }
    }

    pub(super) fn add(&mut self, pass: &Pass, finds: Vec<Find>) {
        self.passes.push(SeenPass { key: pass.key(), finds });
    }

    pub(super) fn finds_of(&self, pass: &Pass) -> Option<&[Find]> {
        self.passes.iter().find(|seen| seen.key == pass.key()).map(|seen| &seen.finds[..])
    }

    /// Where `now` differs from what this tells of, in pixels of the picture. `None` if nothing can be told, or if it is
    /// better to look at all of it.
    pub(super) fn changes(&self, now: &Self) -> Option<Vec<PixelRect>> {
        let alike = (self.width, self.height, &self.policy) == (now.width, now.height, &now.policy);
        if !alike || self.cells.len() != now.cells.len() {
            return None;
        }
        let changed = self.cells.iter().zip(&now.cells).map(|(before, now)| before != now).collect();
        let changes = connected(changed, self.width.div_ceil(CELL) as usize);
        let in_pixels = |cells: PixelRect| {
            let PixelRect { x0, y0, x1, y1 } = cells;
            PixelRect { x0: x0 * CELL, y0: y0 * CELL, x1: x1 * CELL, y1: y1 * CELL }
                .intersection(PixelRect::full(self.width, self.height))
        };
        (changes.len() <= MOST_CHANGES).then(|| changes.into_iter().map(in_pixels).collect())
    }
}

/// Hashes of a picture's cells, row-major.
fn hash(frame: &Frame) -> Vec<u64> {
    let (side, row_bytes) = (CELL as usize, 3 * frame.width as usize);
    let hash_band = |band: &[u8]| {
        let mut hashers = vec![DefaultHasher::new(); frame.width.div_ceil(CELL) as usize];
        for row in band.chunks_exact(row_bytes) {
            for (hasher, pixels) in hashers.iter_mut().zip(row.chunks(3 * side)) {
                hasher.write(pixels);
            }
        }
        hashers
    };
    let bands = frame.rgb.chunks(side * row_bytes);
    bands.flat_map(|band| hash_band(band).into_iter().map(|hasher| hasher.finish())).collect()
}

/// The boxes, in cells, around the changed cells that touch each other, also at a corner.
fn connected(mut changed: Vec<bool>, columns: usize) -> Vec<PixelRect> {
    let mut boxes = Vec::new();
    while let Some(first) = changed.iter().position(|changed| *changed) {
        let mut bounds = cell(first, columns);
        let mut waiting = vec![first];
        changed[first] = false;
        while let Some(index) = waiting.pop() {
            bounds = bounds.union(cell(index, columns));
            for near in neighbours(index, columns, changed.len()) {
                if std::mem::take(&mut changed[near]) {
                    waiting.push(near);
                }
            }
        }
        boxes.push(bounds);
        if boxes.len() > MOST_CHANGES {
            break;
        }
    }
    boxes
}

fn cell(index: usize, columns: usize) -> PixelRect {
    let (x0, y0) = ((index % columns) as u32, (index / columns) as u32);
    PixelRect { x0, y0, x1: x0 + 1, y1: y0 + 1 }
}

/// The up to eight cells around a cell.
fn neighbours(index: usize, columns: usize, cells: usize) -> impl Iterator<Item = usize> {
    let around = cell(index, columns).grown(1);
    let rows = around.y0 as usize..(around.y1 as usize).min(cells / columns);
    let row = move |y: usize| (around.x0 as usize..(around.x1 as usize).min(columns)).map(move |x| y * columns + x);
    rows.flat_map(row).filter(move |near| *near != index)
}

/// Where a pass has to look again.
pub(super) struct Again {
    /// What can be felt of the changes at the pass's size, in pixels of the picture.
    pub(super) felt: Vec<PixelRect>,
    /// Where to look, in pixels of the view.
    pub(super) areas: Vec<PixelRect>,
}

impl Again {
    /// For `changed` in a picture of `width` pixels, in its pixels.
    pub(super) fn new(pass: &Pass, changed: &[PixelRect], width: u32, policy: &Policy) -> Self {
        let scale = f64::from(pass.level.width) / f64::from(width);
        let reach = (f64::from(FILTER_REACH) / scale).ceil() as u32;
        let felt: Vec<PixelRect> = changed.iter().map(|rect| rect.grown(reach)).collect();
        let in_level = |rect: &PixelRect| {
            let [x0, y0] = [rect.x0, rect.y0].map(|v| (f64::from(v) * scale).floor() as u32);
            let [x1, y1] = [rect.x1, rect.y1].map(|v| (f64::from(v) * scale).ceil() as u32);
            let whole = PixelRect::full(pass.level.width, pass.level.height);
            pass.view.apply_rect(PixelRect { x0, y0, x1, y1 }.intersection(whole), pass.level)
        };
        let seen: Vec<PixelRect> = felt.iter().map(in_level).collect();
        let areas = pyramid::areas(&seen, policy.tile_overlap, pass.view.size(pass.level));
        Self { felt, areas }
    }

    /// A find shows something that has changed.
    pub(super) fn concerns(&self, find: &Find) -> bool {
        let bounds = PixelRect::enclosing(find.bbox, u32::MAX, u32::MAX);
        bounds.is_none_or(|bounds| self.felt.iter().any(|rect| rect.intersects(bounds)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_that_touch_are_one_and_others_apart() {
        #[rustfmt::skip]
        let changed = [
            1, 0, 0, 0, 1,
            0, 1, 0, 0, 0,
            0, 0, 0, 1, 1,
        ];
        let mut boxes = connected(changed.iter().map(|&cell| cell == 1).collect(), 5);
        boxes.sort();
        let xywh: Vec<_> = boxes.into_iter().map(PixelRect::to_xywh).collect();
        assert_eq!(xywh, [[0, 0, 2, 2], [3, 2, 2, 1], [4, 0, 1, 1]]);
    }

    fn seen(frame: &Frame) -> Seen {
        Seen::new(frame, &Policy::default())
    }

    #[test]
    fn every_pixel_and_channel_counts() {
        let frame = Frame { width: 70, height: 40, rgb: vec![90; 3 * 70 * 40], alpha: None };
        assert_eq!(seen(&frame).changes(&seen(&frame)), Some(Vec::new()));
        for index in 0..frame.rgb.len() {
            let mut other = frame.clone();
            other.rgb[index] = 91;
            let (x, y) = ((index / 3 % 70) as u32, (index / 3 / 70) as u32);
            let changes = seen(&frame).changes(&seen(&other)).expect("the same size");
            assert!(changes.len() == 1 && changes[0].contains(x, y), "{index}: {changes:?}");
        }
    }

    #[test]
    fn of_another_size_or_another_policy_nothing_is_known() {
        let frame = Frame { width: 64, height: 32, rgb: vec![90; 3 * 64 * 32], alpha: None };
        let turned = Frame { width: 32, height: 64, ..frame.clone() };
        assert_eq!(seen(&frame).changes(&seen(&turned)), None);
        let wary = Policy { lowest_score: 0.01, ..Policy::default() };
        assert_eq!(seen(&frame).changes(&Seen::new(&frame, &wary)), None);
        assert_eq!(Seen::default().changes(&seen(&frame)), None);
    }
}
