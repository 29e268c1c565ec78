//! What a picture would be like under its covers if nothing were there: the surroundings' colours, carried on smoothly.
//!
//! The picture is averaged over a grid of cells, from pixels that may be read only. Cells without any are filled from coarser grids,
//! as in the pull-push algorithm (S. Gortler et al., "The Lumigraph", 1996), and relaxed at each size towards a membrane that is
//! spanned between the known cells (Laplace's equation).

use crate::geometry::PixelRect;
use crate::mask::{Mask, Run};
use crate::photo::{Frame, noise};

/// Cells at most. With covers all over a picture of 12 million pixels they have 7 x 7 pixels then: a head of 190 pixels has 27 across.
const MOST_CELLS: f64 = (1 << 18) as f64;

/// How far around all covers the picture is read: a part of the longer side of the rectangle that holds them, and at least so many
/// pixels.
const MARGIN: (u32, u32) = (4, 32);

/// Sweeps of relaxation at each size of the grid. Halving the grid brings colours near to the membrane already.
const SWEEPS: usize = 3;

/// What a fill is made of where nothing of the picture may be read: mid-grey.
const NO_SURROUNDINGS: [f32; 3] = [128.0; 3];

/// Standard deviation of the grain in grey levels where the picture has less or more noise: gradients must not band, and a texture
/// that was taken for noise must not make sand of the fill.
const LEAST_GRAIN: f32 = 1.0;
const MOST_GRAIN: f32 = 3.0;

/// Rows in which the picture's noise is measured.
const NOISE_ROWS: u32 = 200;

/// Colours of a picture where covers lie.
pub(super) struct Surroundings {
    /// The part of the picture that the grid lies over.
    domain: PixelRect,
    grid: Grid,
    /// Side of a cell in pixels.
    cell: u32,
    /// Standard deviation in grey levels.
    grain: f32,
    /// Of the domain, in grey levels.
    brightness: f32,
}

/// Colours of cells, row by row; red green blue, 0 to 255.
#[derive(Clone)]
struct Grid {
    columns: usize,
    rows: usize,
    colours: Vec<[f32; 3]>,
    /// How much is known of each colour, 0 to 1.
    known: Vec<f32>,
}

impl Surroundings {
    /// Of the pixels of a picture that are not in `unread`; only what lies near it is read.
    pub(super) fn of(frame: &Frame, unread: &Mask) -> Self {
        let bounds = unread.bounds();
        let margin = (bounds.width().max(bounds.height()) / MARGIN.0).max(MARGIN.1);
        let domain = bounds.grown(margin).intersection(PixelRect::full(frame.width, frame.height));
        let pixels = f64::from(domain.width()) * f64::from(domain.height());
        let cell = (pixels / MOST_CELLS).sqrt().ceil().max(1.0) as u32;
        let mut grid = Grid::means(frame, domain, unread, cell);
        grid.fill();
        let grain = noise_beside(frame, domain, unread).clamp(LEAST_GRAIN, MOST_GRAIN);
        let brightness = grid.colours.iter().map(|colour| luma(*colour)).sum::<f32>() / grid.colours.len() as f32;
        Self { domain, grid, cell, grain, brightness }
    }

    /// Mean luma of the picture around the covers as it would be without them.
    pub(super) fn brightness(&self) -> f32 {
        self.brightness
    }

    /// The colour at a place.
    pub(super) fn colour_at(&self, x: f32, y: f32) -> [f32; 3] {
        let index = |at: f32, start: u32, length: usize| {
            ((at - start as f32).max(0.0) as usize / self.cell as usize).min(length - 1)
        };
        let (column, row) = (index(x, self.domain.x0, self.grid.columns), index(y, self.domain.y0, self.grid.rows));
        self.grid.colours[row * self.grid.columns + column]
    }

    /// The colour at a pixel, blended between the nearest cells.
    pub(super) fn between(&self, x: u32, y: u32) -> [f32; 3] {
        let place = |pixel: u32, start: u32| (pixel as f32 - start as f32 + 0.5) / self.cell as f32 - 0.5;
        let (column, row) = (place(x, self.domain.x0).max(0.0), place(y, self.domain.y0).max(0.0));
        let (left, top) = (column as usize, row as usize);
        let (u, v) = (column - left as f32, row - top as f32);
        let at = |column: usize, row: usize| {
            self.grid.colours[row.min(self.grid.rows - 1) * self.grid.columns + column.min(self.grid.columns - 1)]
        };
        let [a, b, c, d] = [at(left, top), at(left + 1, top), at(left, top + 1), at(left + 1, top + 1)];
        [0, 1, 2].map(|i| (a[i] * (1.0 - u) + b[i] * u) * (1.0 - v) + (c[i] * (1.0 - u) + d[i] * u) * v)
    }

    /// The colour of a pixel with the picture's grain: red green blue.
    pub(super) fn with_grain(&self, colour: [f32; 3], x: u32, y: u32) -> [u8; 3] {
        // The conversion cuts to 0 and 255.
        let grain = self.grain * deviate(x, y) + 0.5;
        colour.map(|value| (value + grain) as u8)
    }

    /// Draws the surroundings with the picture's grain.
    pub(super) fn paint(&self, frame: &mut Frame, mask: &Mask) {
        let columns: Vec<_> = (0..self.domain.width()).map(|x| spline(x, self.cell, self.grid.columns)).collect();
        let mut blended = Vec::new();
        let mut row = None;
        for Run { y, from, to } in mask.runs() {
            if row.replace(y) != Some(y) {
                self.blend_rows(y, &mut blended);
            }
            let at = 3 * (y as usize * frame.width as usize);
            for x in from..to {
                let (cells, weights) = columns[(x - self.domain.x0) as usize];
                let colour = mix(cells.map(|cell| blended[cell]), weights);
                frame.rgb[at + 3 * x as usize..][..3].copy_from_slice(&self.with_grain(colour, x, y));
            }
        }
    }

    /// A row of cells, blended at the height of a row of pixels: continuous from row to row, and so is the slope.
    fn blend_rows(&self, y: u32, blended: &mut Vec<[f32; 3]>) {
        let (rows, weights) = spline(y - self.domain.y0, self.cell, self.grid.rows);
        let [above, at, below] = rows.map(|row| &self.grid.colours[row * self.grid.columns..]);
        blended.clear();
        blended.extend((0..self.grid.columns).map(|column| mix([above[column], at[column], below[column]], weights)));
    }
}

/// Luma of ITU-R BT.601.
pub(super) fn luma(colour: [f32; 3]) -> f32 {
    0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
}

/// The cell that a pixel lies in, between the one before and the one after of a number of cells, and their quadratic B-spline weights.
fn spline(pixel: u32, cell: u32, cells: usize) -> ([usize; 3], [f32; 3]) {
    let own = (pixel / cell) as usize;
    let t = (pixel as f32 + 0.5) / cell as f32 - 0.5 - own as f32;
    let weights = [0.5 * (0.5 - t) * (0.5 - t), 0.75 - t * t, 0.5 * (0.5 + t) * (0.5 + t)];
    ([own.saturating_sub(1), own, (own + 1).min(cells - 1)], weights)
}

fn mix([a, b, c]: [[f32; 3]; 3], [u, v, w]: [f32; 3]) -> [f32; 3] {
    [0, 1, 2].map(|i| a[i] * u + b[i] * v + c[i] * w)
}

fn clamp_to(index: i64, length: usize) -> usize {
    index.clamp(0, length as i64 - 1) as usize
}

impl Grid {
    /// The mean of what may be read in each cell.
    fn means(frame: &Frame, domain: PixelRect, unread: &Mask, cell: u32) -> Self {
        let columns = domain.width().div_ceil(cell) as usize;
        let rows = domain.height().div_ceil(cell) as usize;
        let mut grid = Self { columns, rows, colours: Vec::new(), known: Vec::new() };
        for row in 0..rows as u32 {
            let mut sums = vec![[0u32; 4]; columns];
            for y in domain.y0 + row * cell..(domain.y0 + (row + 1) * cell).min(domain.y1) {
                add_read(frame, domain, y, unread, cell, &mut sums);
            }
            grid.colours.extend(sums.iter().map(|sum| [0, 1, 2].map(|c| sum[c] as f32 / sum[3].max(1) as f32)));
            grid.known.extend(sums.iter().map(|sum| if sum[3] > 0 { 1.0 } else { 0.0 }));
        }
        grid
    }

    /// Gives every cell a colour.
    fn fill(&mut self) {
        if self.known.iter().all(|known| *known >= 1.0) {
            return;
        }
        if self.colours.len() == 1 {
            let known = self.known[0] > 0.0;
            self.colours[0] = if known { self.colours[0] } else { NO_SURROUNDINGS };
            return;
        }
        let mut coarse = self.halved();
        coarse.fill();
        for row in 0..self.rows {
            for column in 0..self.columns {
                let index = row * self.columns + column;
                let known = self.known[index];
                if known < 1.0 {
                    let around = coarse.between(column, row);
                    let own = self.colours[index];
                    self.colours[index] = [0, 1, 2].map(|c| known * own[c] + (1.0 - known) * around[c]);
                }
            }
        }
        (0..SWEEPS).for_each(|_| self.relax());
    }

    /// The grid with cells of twice the side, each the mean of what is known of four.
    fn halved(&self) -> Self {
        let (columns, rows) = (self.columns.div_ceil(2), self.rows.div_ceil(2));
        let (mut colours, mut known) = (Vec::new(), Vec::new());
        for (row, column) in (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column))) {
            let (mut sum, mut weight) = ([0.0; 3], 0.0);
            for y in 2 * row..(2 * row + 2).min(self.rows) {
                for x in 2 * column..(2 * column + 2).min(self.columns) {
                    let index = y * self.columns + x;
                    let share = self.known[index];
                    (0..3).for_each(|c| sum[c] += share * self.colours[index][c]);
                    weight += share;
                }
            }
            colours.push(if weight > 0.0 { sum.map(|value: f32| value / weight) } else { sum });
            known.push(weight.min(1.0));
        }
        Self { columns, rows, colours, known }
    }

    /// The colour at a cell of the grid of which this one is the half.
    fn between(&self, column: usize, row: usize) -> [f32; 3] {
        let nearest = |at: usize, length: usize| {
            let other = if at.is_multiple_of(2) { at as i64 / 2 - 1 } else { at as i64 / 2 + 1 };
            (at / 2, clamp_to(other, length))
        };
        let ((x, far_x), (y, far_y)) = (nearest(column, self.columns), nearest(row, self.rows));
        let at = |x: usize, y: usize| self.colours[y * self.columns + x];
        let [a, b, c, d] = [at(x, y), at(far_x, y), at(x, far_y), at(far_x, far_y)];
        [0, 1, 2].map(|i| (9.0 * a[i] + 3.0 * b[i] + 3.0 * c[i] + d[i]) / 16.0)
    }

    /// Moves what is not known towards the mean of its neighbours.
    fn relax(&mut self) {
        for index in (0..self.colours.len()).filter(|&index| self.known[index] < 1.0).collect::<Vec<_>>() {
            let (column, row) = (index % self.columns, index / self.columns);
            let left = if column > 0 { index - 1 } else { index };
            let right = if column + 1 < self.columns { index + 1 } else { index };
            let above = if row > 0 { index - self.columns } else { index };
            let below = if row + 1 < self.rows { index + self.columns } else { index };
            let [l, r, a, b] = [left, right, above, below].map(|i| self.colours[i]);
            let known = self.known[index];
            let own = self.colours[index];
            self.colours[index] = [0, 1, 2].map(|c| known * own[c] + (1.0 - known) * (l[c] + r[c] + a[c] + b[c]) / 4.0);
        }
    }
}

/// Adds a picture row's pixels that may be read to the sums (red, green, blue, count) of the cells they lie in.
fn add_read(frame: &Frame, domain: PixelRect, y: u32, unread: &Mask, cell: u32, sums: &mut [[u32; 4]]) {
    let row = &frame.rgb.as_chunks::<3>().0[y as usize * frame.width as usize..][..frame.width as usize];
    for (mut from, end) in read_runs(domain, y, unread) {
        while from < end {
            let index = (from - domain.x0) / cell;
            let to = end.min(domain.x0 + (index + 1) * cell);
            let sum = &mut sums[index as usize];
            for pixel in &row[from as usize..to as usize] {
                (0..3).for_each(|c| sum[c] += u32::from(pixel[c]));
            }
            sum[3] += to - from;
            from = to;
        }
    }
}

/// The runs of columns of a row of the domain, which holds all of `unread`, that may be read.
fn read_runs(domain: PixelRect, y: u32, unread: &Mask) -> impl Iterator<Item = (u32, u32)> {
    let row = unread.row(y);
    let starts = std::iter::once(domain.x0).chain(row.iter().map(|run| run[1]));
    let ends = row.iter().map(|run| run[0]).chain(std::iter::once(domain.x1));
    starts.zip(ends).filter(|(from, to)| from < to)
}

/// Standard deviation of the noise in what may be read, in grey levels: from how much green bends along rows in the smoothest places.
/// White noise bends by `sqrt(1 + 4 + 1)` of its standard deviation.
fn noise_beside(frame: &Frame, domain: PixelRect, unread: &Mask) -> f32 {
    let green = |x: u32, y: u32| i32::from(frame.rgb[3 * (y as usize * frame.width as usize + x as usize) + 1]);
    let mut bends = Vec::new();
    for y in (domain.y0..domain.y1).step_by(domain.height().div_ceil(NOISE_ROWS).max(1) as usize) {
        let inner = read_runs(domain, y, unread).flat_map(|(from, to)| from + 1..to.saturating_sub(1));
        bends.extend(inner.map(|x| (green(x - 1, y) - 2 * green(x, y) + green(x + 1, y)).abs() as f32));
    }
    noise::standard_deviation(bends, 6.0f32.sqrt())
}

/// A number with mean 0 and standard deviation 1, from -1.7 to 1.7, that is a function of the place alone.
pub(super) fn deviate(x: u32, y: u32) -> f32 {
    let uniform = (hash(x, y) >> 8) as f32 / (1 << 24) as f32;
    (uniform - 0.5) * 12.0f32.sqrt()
}

/// T. Mueller's 32-bit integer hash with the constants of "hash-prospector" (C. Wellons), of a place.
fn hash(x: u32, y: u32) -> u32 {
    let mut h = x.wrapping_mul(0x9e37_79b9) ^ y.wrapping_mul(0x85eb_ca6b);
    h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
    h = (h ^ (h >> 15)).wrapping_mul(0x846c_a68b);
    h ^ (h >> 16)
}
