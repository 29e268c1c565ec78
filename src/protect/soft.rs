//! The soft fill: looks like a strong blur, and knows nothing of what it covers.
//!
//! The surroundings are averaged over a coarse grid of cells, from uncovered pixels only; cells without any are solved
//! for by Laplace's equation (a membrane spanned between its edges, as in P. Pérez, M. Gangnet, A. Blake, "Poisson
//! Image Editing", 2003, with no gradient); the grid is enlarged smoothly and given a little grain.

use std::ops::Range;

use super::{Cover, Group, REDRAWS};
use crate::geometry::PixelRect;
use crate::photo::Frame;

/// Cells across a group's largest cover. Few enough that the fill is smooth, as a strong blur is, and that single pixels of
/// the border leave no streaks; at least a dozen, so that the border's colours still meet it.
const CELLS_ACROSS: u32 = 16;

/// Width of the surroundings that colour the fill, in cells.
const MARGIN_CELLS: u32 = 4;

/// Sweeps of successive over-relaxation, whose number grows with the grid's side: nearly two for each of its 24 cells.
const SWEEPS: usize = 40;

/// Over-relaxation factor; 2 / (1 + sin(pi / 24)) = 1.77 is the best for a square of 24 cells (D. Young, 1954).
const OVER_RELAXATION: f32 = 1.77;

/// Grain of up to this many grey levels, so that the fill is no cleaner than a photo and its gradients do not band.
const GRAIN: i32 = 3;

/// What a fill is made of where nothing around it is uncovered: mid-grey.
const NO_SURROUNDINGS: [f32; 3] = [128.0; 3];

/// Share of the fill's own variation that is kept after each redraw. A smooth blob between hair and shoulders can look
/// like a face to a detector (one in five did at a threshold of 0.3); flattening it takes that away.
const CONTRAST: [f32; REDRAWS as usize + 1] = [1.0, 0.4, 0.0, 0.0];

/// At the last redraw the flat fill also moves this far away in brightness, to the side where there is more room.
const LAST_SHIFT: f32 = 70.0;

/// Fills the union of a group's covers. `covers` are all covers of the picture: pixels under any of them are not read.
pub(super) fn fill(frame: &mut Frame, group: &Group, covers: &[Cover]) {
    let mut grid = Grid::of_surroundings(frame, group, covers);
    grid.solve();
    for cover in &group.covers {
        paint(frame, cover.rect, &grid, &Tone::of(cover, &grid));
    }
}

/// How a cover's fill is made less face-like: its colours are drawn towards their mean, and at last moved away from it.
struct Tone {
    centre: [f32; 3],
    contrast: f32,
    shift: f32,
}

impl Tone {
    fn of(cover: &Cover, grid: &Grid) -> Self {
        let redraws = cover.redraws.min(REDRAWS);
        let centre = grid.mean_over(cover.rect);
        let bright = centre.iter().sum::<f32>() / 3.0 > 127.5;
        let shift = match redraws {
            REDRAWS if bright => -LAST_SHIFT,
            REDRAWS => LAST_SHIFT,
            _ => 0.0,
        };
        Self { centre, contrast: CONTRAST[usize::from(redraws)], shift }
    }

    fn apply(&self, colour: [f32; 3]) -> [f32; 3] {
        [0, 1, 2].map(|c| self.centre[c] + self.contrast * (colour[c] - self.centre[c]) + self.shift)
    }
}

/// Colours of square cells over a group of covers and its margin.
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
}

impl Grid {
    fn of_surroundings(frame: &Frame, group: &Group, covers: &[Cover]) -> Self {
        let side = group.covers.iter().map(|c| c.rect.width().max(c.rect.height())).max().unwrap_or(1);
        let cell = side.div_ceil(CELLS_ACROSS);
        let picture = PixelRect::full(frame.width, frame.height);
        let domain = group.bounds.grown(MARGIN_CELLS * cell).intersection(picture);
        let columns = domain.width().div_ceil(cell) as usize;
        let rows = domain.height().div_ceil(cell) as usize;
        let mut sums = vec![[0u64; 4]; columns * rows];
        let near: Vec<PixelRect> = covers.iter().map(|c| c.rect).filter(|r| r.intersects(domain)).collect();
        for y in domain.y0..domain.y1 {
            let row = &mut sums[(y - domain.y0) as usize / cell as usize * columns..][..columns];
            add_uncovered(frame, y, domain, &near, cell, row);
        }
        let known: Vec<bool> = sums.iter().map(|s| s[3] > 0).collect();
        let mean = |s: &[u64; 4]| [0, 1, 2].map(|c| s[c] as f32 / s[3].max(1) as f32);
        let mut grid = Self { domain, cell, columns, rows, colours: sums.iter().map(mean).collect(), known };
        grid.start_unknown_cells();
        grid
    }

    /// Unknown cells start from the mean of the known ones.
    fn start_unknown_cells(&mut self) {
        let known = self.colours.iter().zip(&self.known).filter(|(_, known)| **known).map(|(colour, _)| *colour);
        let start = mean(known).unwrap_or(NO_SURROUNDINGS);
        for (colour, _) in self.colours.iter_mut().zip(&self.known).filter(|(_, known)| !**known) {
            *colour = start;
        }
    }

    /// Solves Laplace's equation in the unknown cells; past the grid's edge lies the edge cell's own colour.
    fn solve(&mut self) {
        for _ in 0..SWEEPS {
            for index in (0..self.colours.len()).filter(|&i| !self.known[i]) {
                let around = self.mean_of_neighbours(index);
                for (value, target) in self.colours[index].iter_mut().zip(around) {
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

    /// Mean colour of the cells that a rectangle touches.
    fn mean_over(&self, rect: PixelRect) -> [f32; 3] {
        let cells = |from: u32, to: u32, start: u32| {
            ((from - start) / self.cell) as usize..((to - start).div_ceil(self.cell)) as usize
        };
        let columns = cells(rect.x0, rect.x1, self.domain.x0);
        let rows = cells(rect.y0, rect.y1, self.domain.y0);
        let touched = rows.flat_map(|row| columns.clone().map(move |column| self.colours[row * self.columns + column]));
        mean(touched).unwrap_or(NO_SURROUNDINGS)
    }

    /// The colours that a picture row sees: for each column of cells, the three rows of cells nearest to it blended by a
    /// quadratic B-spline.
    fn row(&self, y: u32) -> Vec<[f32; 3]> {
        let (nearest, weights) = self.spline(y - self.domain.y0);
        let rows = [-1, 0, 1].map(|d| clamp_to(nearest + d, self.rows) * self.columns);
        (0..self.columns).map(|column| blend(rows.map(|row| self.colours[row + column]), weights)).collect()
    }

    /// What the colour at the centre of a pixel of column `x` is made of: columns of cells and their weights. The colours
    /// are continuous, and so is their slope.
    fn column(&self, x: u32) -> ([usize; 3], [f32; 3]) {
        let (nearest, weights) = self.spline(x - self.domain.x0);
        ([-1, 0, 1].map(|d| clamp_to(nearest + d, self.columns)), weights)
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

fn blend(colours: [[f32; 3]; 3], weights: [f32; 3]) -> [f32; 3] {
    [0, 1, 2].map(|c| colours[0][c] * weights[0] + colours[1][c] * weights[1] + colours[2][c] * weights[2])
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

/// The columns of a picture row that lie in `domain` and in no cover.
fn uncovered(y: u32, domain: PixelRect, covers: &[PixelRect]) -> Vec<Range<u32>> {
    let mut crossing: Vec<&PixelRect> = covers.iter().filter(|cover| (cover.y0..cover.y1).contains(&y)).collect();
    crossing.sort();
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

fn paint(frame: &mut Frame, rect: PixelRect, grid: &Grid, tone: &Tone) {
    let width = frame.width as usize;
    let columns: Vec<_> = (rect.x0..rect.x1).map(|x| grid.column(x)).collect();
    for y in rect.y0..rect.y1 {
        let row = grid.row(y);
        let at = 3 * (y as usize * width + rect.x0 as usize);
        let pixels = frame.rgb[at..].as_chunks_mut::<3>().0;
        for ((pixel, x), (cells, weights)) in pixels.iter_mut().zip(rect.x0..rect.x1).zip(&columns) {
            let grain = grain(x, y) as f32;
            let colour = tone.apply(blend(cells.map(|cell| row[cell]), *weights));
            // The conversion cuts to 0 and 255.
            *pixel = colour.map(|value| (value + grain + 0.5) as u8);
        }
    }
}

/// Grain at a pixel, -[`GRAIN`] to [`GRAIN`], a function of the place alone: T. Mueller's 32-bit integer hash with the
/// constants of "hash-prospector" (C. Wellons).
fn grain(x: u32, y: u32) -> i32 {
    let mut h = x.wrapping_mul(0x9e37_79b9) ^ y.wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
    h = (h ^ (h >> 15)).wrapping_mul(0x846c_a68b);
    h ^= h >> 16;
    (h % (2 * GRAIN as u32 + 1)) as i32 - GRAIN
}
