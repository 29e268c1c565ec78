//! The soft fill: looks like a strong blur, and knows nothing of what it covers.
//!
//! The surroundings are averaged over a coarse grid of cells, from uncovered pixels only; cells without any are solved
//! for by Laplace's equation (a membrane spanned between its edges, as in P. Pérez, M. Gangnet, A. Blake, "Poisson
//! Image Editing", 2003, with no gradient); the grid is enlarged smoothly and given a little grain.

use std::ops::Range;

use super::{Cover, Group, Parts, REDRAWS};
use crate::geometry::PixelRect;
use crate::order::sort_by_key;
use crate::photo::{Frame, noise};
use crate::places::{Places, bounds_of};

/// Cells across a group's largest cover. Few enough that the fill is smooth, as a strong blur is, and that single pixels of
/// the border leave no streaks; at least a dozen, so that the border's colours still meet it.
const CELLS_ACROSS: u32 = 16;

/// Width of the surroundings that colour the fill, in cells.
const MARGIN_CELLS: u32 = 4;

/// How far into a cover the surroundings' colours are carried before the membrane begins, in pixels: the blocks at a cover's edge
/// are kept where a JPEG's coefficients are taken over, and the fill has to meet what is in them, which it may not read.
const CARRIED: u32 = 16;

/// The same in cells at most, so that a small cover keeps a membrane.
const MOST_CARRIED_CELLS: u32 = 3;

/// Sweeps of successive over-relaxation, whose number grows with the grid's side: nearly two for each of its 24 cells.
const SWEEPS: usize = 40;

/// Over-relaxation factor; 2 / (1 + sin(pi / 24)) = 1.77 is the best for a square of 24 cells (D. Young, 1954).
const OVER_RELAXATION: f32 = 1.77;

/// Standard deviation of the grain in grey levels where the surroundings have less or more: gradients must not band, and a
/// texture that was taken for noise must not make sand of the fill.
const LEAST_GRAIN: f32 = 1.5;
const MOST_GRAIN: f32 = 9.0;

/// Every so many rows the surroundings' noise is looked for.
const NOISE_ROWS: usize = 3;

/// What a fill is made of where nothing around it is uncovered: mid-grey.
const NO_SURROUNDINGS: [f32; 3] = [128.0; 3];

/// How strongly a fill is drawn towards one colour after each redraw. A smooth blob between hair and shoulders can look like a
/// face to a detector; flattening it takes that away. The membrane still meets the surroundings' colours at its edge, over a
/// length of `1 / sqrt(pull)` cells.
const PULL: [f32; REDRAWS as usize + 1] = [0.0, 0.3, 2.0, 8.0];

/// How far around a redrawn cover its neighbours' fills change, in cells: half of a large cover. So a group's other fills stay as
/// they are, and neither has to be drawn again nor looked at again.
const REACH_CELLS: u32 = CELLS_ACROSS / 2;

/// At the last redraw that colour also is this much darker or brighter, to the side where there is more room.
const LAST_SHIFT: f32 = 70.0;

/// The fill of a group of covers.
pub(super) struct Fill {
    group: Group,
    /// Before any cover is redrawn. It is made of what surrounds the covers alone, so it stays right while they are drawn.
    grid: Grid,
    /// Standard deviation in grey levels.
    grain: f32,
    /// The cells' colours as they were drawn last.
    drawn: Option<Vec<[f32; 3]>>,
}

impl Fill {
    /// `covers` are all covers of the picture, and `places` theirs: pixels under any of them are not read.
    pub(super) fn new(frame: &Frame, group: Group, covers: &[Cover], places: &Places) -> Self {
        let mut grid = Grid::of_surroundings(frame, &group, covers, places);
        grid.solve();
        let near = covers_at(grid.domain, covers, places);
        let grain = noise_around(frame, grid.domain, &near).clamp(LEAST_GRAIN, MOST_GRAIN);
        Self { group, grid, grain, drawn: None }
    }

    /// Fills those of the group's covers that do not look as they should yet, in some `parts` of the picture. `covers` are the
    /// same as before, but for how often they were redrawn.
    pub(super) fn draw(&mut self, frame: &mut Frame, covers: &[Cover], parts: &Parts) {
        let of_group: Vec<&Cover> = self.group.covers.iter().map(|&index| &covers[index]).collect();
        let grid = self.grid.redrawn(&of_group);
        let as_drawn = |cell: usize| self.drawn.as_ref().is_some_and(|drawn| drawn[cell] == grid.colours[cell]);
        for cover in of_group.iter().filter(|cover| !grid.cells(cover.rect.grown(grid.cell)).all(as_drawn)) {
            parts.within(cover.rect).for_each(|rect| paint(frame, rect, &grid, self.grain));
        }
        self.drawn = Some(grid.colours);
    }
}

/// Colours of square cells over a group of covers and its margin.
#[derive(Clone)]
struct Grid {
    /// The picture's part that the grid lies over.
    domain: PixelRect,
    /// Side of a cell in pixels.
    cell: u32,
    columns: usize,
    rows: usize,
    /// Row-major; red green blue, 0 to 255.
    colours: Vec<[f32; 3]>,
    /// The cell holds at least one uncovered pixel, whose mean it is.
    known: Vec<bool>,
    /// How strongly an unknown cell is drawn towards a colour, and that colour.
    pulls: Vec<(f32, [f32; 3])>,
}

impl Grid {
    fn of_surroundings(frame: &Frame, group: &Group, covers: &[Cover], places: &Places) -> Self {
        let sides = group.covers.iter().map(|&index| covers[index].rect.width().max(covers[index].rect.height()));
        let side = sides.max().unwrap_or(1);
        let cell = side.div_ceil(CELLS_ACROSS);
        let picture = PixelRect::full(frame.width, frame.height);
        let domain = group.bounds.grown(MARGIN_CELLS * cell).intersection(picture);
        let columns = domain.width().div_ceil(cell) as usize;
        let rows = domain.height().div_ceil(cell) as usize;
        let mut sums = vec![[0u64; 4]; columns * rows];
        let near = covers_at(domain, covers, places);
        for y in domain.y0..domain.y1 {
            let row = &mut sums[(y - domain.y0) as usize / cell as usize * columns..][..columns];
            add_uncovered(frame, y, domain, &near, cell, row);
        }
        let known: Vec<bool> = sums.iter().map(|s| s[3] > 0).collect();
        let mean = |s: &[u64; 4]| [0, 1, 2].map(|c| s[c] as f32 / s[3].max(1) as f32);
        let pulls = vec![(0.0, NO_SURROUNDINGS); sums.len()];
        let mut grid = Self { domain, cell, columns, rows, colours: sums.iter().map(mean).collect(), known, pulls };
        for _ in 0..CARRIED.div_ceil(cell).min(MOST_CARRIED_CELLS) {
            grid.carry_inwards();
        }
        grid.start_unknown_cells();
        grid
    }

    /// Unknown cells beside known ones take their mean, and count as known.
    fn carry_inwards(&mut self) {
        let reached: Vec<(usize, [f32; 3])> = (0..self.colours.len())
            .filter(|&index| !self.known[index])
            .filter_map(|index| Some((index, mean(self.known_around(index))?)))
            .collect();
        for (index, colour) in reached {
            self.colours[index] = colour;
            self.known[index] = true;
        }
    }

    /// Colours of the known cells among the eight around one.
    fn known_around(&self, index: usize) -> impl Iterator<Item = [f32; 3]> {
        let (column, row) = (index % self.columns, index / self.columns);
        let rows = row.saturating_sub(1)..(row + 2).min(self.rows);
        let columns = column.saturating_sub(1)..(column + 2).min(self.columns);
        let cells = rows.flat_map(move |row| columns.clone().map(move |column| row * self.columns + column));
        cells.filter(|&cell| self.known[cell]).map(|cell| self.colours[cell])
    }

    /// Unknown cells start from the mean of the known ones.
    fn start_unknown_cells(&mut self) {
        let known = self.colours.iter().zip(&self.known).filter(|(_, known)| **known).map(|(colour, _)| *colour);
        let start = mean(known).unwrap_or(NO_SURROUNDINGS);
        for (colour, _) in self.colours.iter_mut().zip(&self.known).filter(|(_, known)| !**known) {
            *colour = start;
        }
    }

    /// The grid with the covers as often redrawn as they say. Only cells near those that are redrawn change.
    fn redrawn(&self, covers: &[&Cover]) -> Self {
        let mut grid = self.clone();
        let redrawn: Vec<&Cover> = covers.iter().copied().filter(|cover| cover.redraws > 0).collect();
        if redrawn.is_empty() {
            return grid;
        }
        let reach = REACH_CELLS * self.cell;
        grid.known.fill(true);
        for cell in redrawn.iter().flat_map(|cover| self.cells(cover.rect.grown(reach))) {
            grid.known[cell] = self.known[cell];
        }
        covers.iter().for_each(|cover| grid.pull(cover));
        grid.solve();
        grid
    }

    /// Draws the cells under a cover towards the cover's mean colour, the more the more often it was redrawn.
    fn pull(&mut self, cover: &Cover) {
        let redraws = cover.redraws.min(REDRAWS);
        let centre = mean(self.cells(cover.rect).map(|cell| self.colours[cell])).unwrap_or(NO_SURROUNDINGS);
        let bright = centre.iter().sum::<f32>() / 3.0 > 127.5;
        let shift = match redraws {
            REDRAWS if bright => -LAST_SHIFT,
            REDRAWS => LAST_SHIFT,
            _ => 0.0,
        };
        let pull = (PULL[usize::from(redraws)], centre.map(|value| value + shift));
        // Where covers overlap, the one that was redrawn most counts, and of two the same the brighter: the order of the covers
        // must not matter.
        let weaker: Vec<usize> = self.cells(cover.rect).filter(|&cell| self.pulls[cell] < pull).collect();
        weaker.into_iter().for_each(|cell| self.pulls[cell] = pull);
    }

    /// Solves Laplace's equation in the unknown cells, screened where they are pulled; past the grid's edge lies the edge cell's
    /// own colour.
    fn solve(&mut self) {
        for _ in 0..SWEEPS {
            for index in (0..self.colours.len()).filter(|&i| !self.known[i]) {
                let around = self.mean_of_neighbours(index);
                let (pull, colour) = self.pulls[index];
                for (channel, value) in self.colours[index].iter_mut().enumerate() {
                    let target = (4.0 * around[channel] + pull * colour[channel]) / (4.0 + pull);
                    *value += OVER_RELAXATION * (target - *value);
                }
            }
        }
    }

    fn mean_of_neighbours(&self, index: usize) -> [f32; 3] {
        let (column, row) = (index % self.columns, index / self.columns);
        let left = if column > 0 { index - 1 } else { index };
        let right = if column + 1 < self.columns { index + 1 } else { index };
        let above = if row > 0 { index - self.columns } else { index };
        let below = if row + 1 < self.rows { index + self.columns } else { index };
        let [l, r, a, b] = [left, right, above, below].map(|i| self.colours[i]);
        [0, 1, 2].map(|c| (l[c] + r[c] + a[c] + b[c]) / 4.0)
    }

    /// The cells that a rectangle touches.
    fn cells(&self, rect: PixelRect) -> impl Iterator<Item = usize> + use<> {
        let rect = rect.intersection(self.domain);
        let span = |from: u32, to: u32, start: u32| {
            ((from - start) / self.cell) as usize..((to - start).div_ceil(self.cell)) as usize
        };
        let columns = span(rect.x0, rect.x1, self.domain.x0);
        let stride = self.columns;
        let rows = span(rect.y0, rect.y1, self.domain.y0);
        rows.flat_map(move |row| columns.clone().map(move |column| row * stride + column))
    }

    /// The colours of a row of cells, blended at the centre of each pixel of some columns: red, green and blue after each
    /// other. They are continuous along the row, and so is their slope.
    fn blended(&self, row: i64, pixels: Range<u32>) -> Vec<f32> {
        let cells = &self.colours[clamp_to(row, self.rows) * self.columns..][..self.columns];
        let at = |x: u32| {
            let (nearest, weights) = self.spline(x - self.domain.x0);
            let [a, b, c] = [-1, 0, 1].map(|d| cells[clamp_to(nearest + d, self.columns)]);
            [0, 1, 2].map(|i| a[i] * weights[0] + b[i] * weights[1] + c[i] * weights[2])
        };
        pixels.flat_map(at).collect()
    }

    /// The cell nearest to a pixel's centre, `pixels` from the domain's edge, and the quadratic B-spline weights of the
    /// cell before, that cell and the one after.
    fn spline(&self, pixels: u32) -> (i64, [f32; 3]) {
        let place = (pixels as f32 + 0.5) / self.cell as f32 - 0.5;
        let nearest = place.round();
        let t = place - nearest;
        (nearest as i64, [0.5 * (0.5 - t) * (0.5 - t), 0.75 - t * t, 0.5 * (0.5 + t) * (0.5 + t)])
    }
}

/// Adds a picture row's uncovered pixels to the sums (red, green, blue, count) of the cells they lie in.
fn add_uncovered(frame: &Frame, y: u32, domain: PixelRect, covers: &[PixelRect], cell: u32, sums: &mut [[u64; 4]]) {
    let row = &frame.rgb.as_chunks::<3>().0[y as usize * frame.width as usize..][..frame.width as usize];
    for run in uncovered(y, domain, covers) {
        let mut from = run.start;
        while from < run.end {
            let index = (from - domain.x0) / cell;
            let to = run.end.min(domain.x0 + (index + 1) * cell);
            let sum = &mut sums[index as usize];
            for pixel in &row[from as usize..to as usize] {
                (0..3).for_each(|c| sum[c] += u64::from(pixel[c]));
            }
            sum[3] += u64::from(to - from);
            from = to;
        }
    }
}

/// Where the covers lie that touch or overlap an area.
fn covers_at(area: PixelRect, covers: &[Cover], places: &Places) -> Vec<PixelRect> {
    places.at(bounds_of(area)).into_iter().map(|cover| covers[cover].rect).collect()
}

/// The columns of a picture row that lie in `domain` and in no cover.
fn uncovered(y: u32, domain: PixelRect, covers: &[PixelRect]) -> Vec<Range<u32>> {
    let mut crossing: Vec<&PixelRect> = covers.iter().filter(|cover| (cover.y0..cover.y1).contains(&y)).collect();
    sort_by_key(&mut crossing, |cover| cover.x0);
    let mut runs = Vec::new();
    let mut from = domain.x0;
    for cover in crossing {
        runs.push(from..cover.x0.min(domain.x1));
        from = from.max(cover.x1);
    }
    runs.push(from..domain.x1);
    runs.retain(|run| !run.is_empty());
    runs
}

fn mean(colours: impl Iterator<Item = [f32; 3]>) -> Option<[f32; 3]> {
    let (sum, count) =
        colours.fold(([0.0f32; 3], 0u32), |(sum, count), colour| ([0, 1, 2].map(|c| sum[c] + colour[c]), count + 1));
    (count > 0).then(|| sum.map(|s| s / count as f32))
}

fn clamp_to(index: i64, length: usize) -> usize {
    index.clamp(0, length as i64 - 1) as usize
}

/// Draws the grid and grain into a rectangle. What is done for every pixel is done for whole rows, which vectors can do.
fn paint(frame: &mut Frame, rect: PixelRect, grid: &Grid, grain: f32) {
    let (top, bottom) = (rect.y0 - grid.domain.y0, rect.y1 - 1 - grid.domain.y0);
    let first = grid.spline(top).0 - 1;
    let cells: Vec<_> = (first..=grid.spline(bottom).0 + 1).map(|row| grid.blended(row, rect.x0..rect.x1)).collect();
    let length = 3 * rect.width() as usize;
    let mut grains = vec![0.0; length];
    for y in rect.y0..rect.y1 {
        for (values, x) in grains.as_chunks_mut().0.iter_mut().zip(rect.x0..) {
            *values = [grain * deviate(x, y) + 0.5; 3];
        }
        let (nearest, [u, v, w]) = grid.spline(y - grid.domain.y0);
        let around = (nearest - 1 - first) as usize;
        let cells = cells[around].iter().zip(&cells[around + 1]).zip(&cells[around + 2]).zip(&grains);
        let at = 3 * (y as usize * frame.width as usize + rect.x0 as usize);
        for (value, (((a, b), c), grain)) in frame.rgb[at..][..length].iter_mut().zip(cells) {
            // The conversion cuts to 0 and 255.
            *value = (a * u + b * v + c * w + grain) as u8;
        }
    }
}

/// Standard deviation of the noise in the uncovered part of the domain, in grey levels: from how much green bends along rows in
/// the smoothest places. White noise bends by `sqrt(1 + 4 + 1)` of its standard deviation.
fn noise_around(frame: &Frame, domain: PixelRect, covers: &[PixelRect]) -> f32 {
    let green = |x: u32, y: u32| i32::from(frame.rgb[3 * (y as usize * frame.width as usize + x as usize) + 1]);
    let mut bends = Vec::new();
    for y in (domain.y0..domain.y1).step_by(NOISE_ROWS) {
        let inner = uncovered(y, domain, covers).into_iter().flat_map(|run| run.start + 1..run.end.saturating_sub(1));
        bends.extend(inner.map(|x| (green(x - 1, y) - 2 * green(x, y) + green(x + 1, y)).abs() as f32));
    }
    noise::standard_deviation(bends, 6.0f32.sqrt())
}

/// A number with mean 0 and standard deviation 1, from -1.7 to 1.7, that is a function of the place alone: T. Mueller's 32-bit
/// integer hash with the constants of "hash-prospector" (C. Wellons).
fn deviate(x: u32, y: u32) -> f32 {
    let mut h = x.wrapping_mul(0x9e37_79b9) ^ y.wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
    h = (h ^ (h >> 15)).wrapping_mul(0x846c_a68b);
    h ^= h >> 16;
    let uniform = (h >> 8) as f32 / (1 << 24) as f32;
    (uniform - 0.5) * 12.0f32.sqrt()
}
