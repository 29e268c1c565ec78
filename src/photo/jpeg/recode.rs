//! Covered blocks, computed anew from the drawn cover.

use std::ops::Range;

use image::metadata::Orientation;

use super::block::Block;
use super::coefficients::{Coefficients, Plane};
use super::header::{ColourModel, ZIGZAG};
use crate::geometry::PixelRect;
use crate::photo::frame::{Frame, Turn};
use crate::photo::lossy_reason::LossyReason;

/// Largest magnitude of an AC coefficient in a baseline file (T.81, F.1.2.2).
const MAX_AC: f32 = 1023.0;

/// Largest magnitude of a DC coefficient here: no two of them differ by more than a baseline file can hold.
const MAX_DC: f32 = 1023.0;

/// MCUs that a cover lies on.
pub(super) struct Units {
    columns: Range<u32>,
    rows: Range<u32>,
}

impl Units {
    /// Where a plane has its blocks of these MCUs: columns and rows.
    fn blocks_of(&self, plane: &Plane) -> impl Iterator<Item = (u32, u32)> + use<> {
        let columns = self.columns.start * plane.horizontal..self.columns.end * plane.horizontal;
        let rows = self.rows.start * plane.vertical..self.rows.end * plane.vertical;
        rows.flat_map(move |row| columns.clone().map(move |column| (column, row)))
    }
}

/// The MCUs under `cover`, all samples of which lie under it or past the picture's edge. `cover` and `frame` are upright;
/// `orientation` is what `picture` is yet to be turned by.
///
/// # Errors
/// [`LossyReason::CutBlocks`] if the cover ends within an MCU.
pub(super) fn units_under(
    picture: &Coefficients,
    frame: &Frame,
    orientation: Orientation,
    cover: PixelRect,
) -> Result<Units, LossyReason> {
    let turn = Turn::of(orientation);
    let whole = turn.apply(PixelRect { x0: 0, y0: 0, x1: frame.width, y1: frame.height }, frame.width, frame.height);
    let cover = turn.apply(cover, frame.width, frame.height);
    let (width, height) = picture.unit_size();
    let ends = |end: u32, unit: u32, edge: u32| end == edge || end.is_multiple_of(unit);
    let is_aligned = cover.x0.is_multiple_of(width)
        && cover.y0.is_multiple_of(height)
        && ends(cover.x1, width, picture.width)
        && ends(cover.y1, height, picture.height);
    if !is_aligned || (whole.x1, whole.y1) != (picture.width, picture.height) {
        return Err(LossyReason::CutBlocks);
    }
    Ok(Units {
        columns: cover.x0 / width..cover.x1.div_ceil(width),
        rows: cover.y0 / height..cover.y1.div_ceil(height),
    })
}

/// Sets every coefficient of `units` to 0.
pub(super) fn empty(picture: &mut Coefficients, units: &Units) {
    for plane in &mut picture.planes {
        for (column, row) in units.blocks_of(plane) {
            let index = plane.index(column, row);
            plane.blocks[index] = [0; 64];
        }
    }
}

/// Replaces every block of `units` by one computed from `frame`, with the picture's own quantisation. Past the picture's edge
/// the last row or column is repeated. `frame` is upright; `orientation` is what `picture` is yet to be turned by.
///
/// # Errors
/// [`LossyReason::Sampling`] if the components' sizes are not whole fractions of the picture's.
pub(super) fn recode(
    picture: &mut Coefficients,
    frame: &Frame,
    orientation: Orientation,
    units: &Units,
    colour_model: ColourModel,
) -> Result<(), LossyReason> {
    let (max_horizontal, max_vertical) = picture.max_factors();
    for (component, plane) in picture.planes.iter_mut().enumerate() {
        if max_horizontal % plane.horizontal != 0 || max_vertical % plane.vertical != 0 {
            return Err(LossyReason::Sampling);
        }
        let source = Source {
            frame,
            turn: Turn::of(orientation),
            size: (picture.width, picture.height),
            weights: weights(colour_model, component),
            columns: max_horizontal / plane.horizontal,
            rows: max_vertical / plane.vertical,
        };
        for (column, row) in units.blocks_of(plane) {
            let index = plane.index(column, row);
            plane.blocks[index] = quantised(&transformed(&source.samples(column, row)), plane);
        }
    }
    Ok(())
}

/// Shares of red, green and blue in a component's samples, and what is added to them so that their middle is 0: the
/// conversion of JFIF 1.02 (ITU-R BT.601) with the level shift of T.81, A.3.1.
fn weights(colour_model: ColourModel, component: usize) -> [f32; 4] {
    match (colour_model, component) {
        (ColourModel::Rgb, 0) => [1.0, 0.0, 0.0, -128.0],
        (ColourModel::Rgb, 1) => [0.0, 1.0, 0.0, -128.0],
        (ColourModel::Rgb, _) => [0.0, 0.0, 1.0, -128.0],
        (_, 0) => [0.299, 0.587, 0.114, -128.0],
        (_, 1) => [-0.168_735_9, -0.331_264_1, 0.5, 0.0],
        _ => [0.5, -0.418_687_6, -0.081_312_41, 0.0],
    }
}

/// Where a component's samples come from.
struct Source<'a> {
    frame: &'a Frame,
    /// How the frame is turned against the component.
    turn: Turn,
    /// The picture's width and height as stored.
    size: (u32, u32),
    weights: [f32; 4],
    /// Pixels that one sample stands for, across and down.
    columns: u32,
    rows: u32,
}

impl Source<'_> {
    /// The samples of a block, row by row.
    fn samples(&self, column: u32, row: u32) -> [f32; 64] {
        std::array::from_fn(|i| self.sample(8 * column + i as u32 % 8, 8 * row + i as u32 / 8))
    }

    /// The mean of the pixels that a sample stands for.
    fn sample(&self, x: u32, y: u32) -> f32 {
        let pixels = (y * self.rows..(y + 1) * self.rows)
            .flat_map(|y| (x * self.columns..(x + 1) * self.columns).map(move |x| (x, y)));
        pixels.map(|(x, y)| self.pixel(x, y)).sum::<f32>() / (self.columns * self.rows) as f32
    }

    fn pixel(&self, x: u32, y: u32) -> f32 {
        let (width, height) = self.size;
        let (x, y) = (x.min(width - 1), y.min(height - 1));
        let upright = self.turn.undo(PixelRect { x0: x, y0: y, x1: x + 1, y1: y + 1 }, width, height);
        let at = 3 * (upright.y0 as usize * self.frame.width as usize + upright.x0 as usize);
        let rgb = &self.frame.rgb[at..at + 3];
        let [red, green, blue, shift] = self.weights;
        red * f32::from(rgb[0]) + green * f32::from(rgb[1]) + blue * f32::from(rgb[2]) + shift
    }
}

/// Basis functions of the discrete cosine transform of 8 samples (T.81, A.3.3): by frequency, then by sample. The
/// numbers are written out, so that every machine has the same.
const BASIS: [[f32; 8]; 8] = {
    /// cos(n * pi / 16) / 2 for n = 0 to 8.
    const COSINE: [f32; 9] =
        [0.5, 0.490_392_64, 0.461_939_77, 0.415_734_8, 0.353_553_4, 0.277_785_12, 0.191_341_72, 0.097_545_16, 0.0];
    let mut basis = [[COSINE[4]; 8]; 8];
    let mut frequency = 1;
    while frequency < 8 {
        let mut sample = 0;
        while sample < 8 {
            // The cosine's symmetries map any angle to the first quarter.
            let angle = (2 * sample + 1) * frequency % 32;
            let half = if angle > 16 { 32 - angle } else { angle };
            basis[frequency][sample] = if half > 8 { -COSINE[16 - half] } else { COSINE[half] };
            sample += 1;
        }
        frequency += 1;
    }
    basis
};

/// Coefficients in natural order.
fn transformed(samples: &[f32; 64]) -> [f32; 64] {
    let product = |basis: &[f32; 8], values: [f32; 8]| basis.iter().zip(values).map(|(b, v)| b * v).sum::<f32>();
    let rows: [f32; 64] =
        std::array::from_fn(|i| product(&BASIS[i % 8], std::array::from_fn(|x| samples[i / 8 * 8 + x])));
    std::array::from_fn(|i| product(&BASIS[i / 8], std::array::from_fn(|y| rows[y * 8 + i % 8])))
}

fn quantised(coefficients: &[f32; 64], plane: &Plane) -> Block {
    std::array::from_fn(|place| {
        let value = (coefficients[ZIGZAG[place]] / f32::from(plane.steps[place])).round();
        let limit = if place == 0 { MAX_DC } else { MAX_AC };
        value.clamp(-limit, limit) as i16
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_basis_is_orthonormal() {
        for (i, a) in BASIS.iter().enumerate() {
            for (j, b) in BASIS.iter().enumerate() {
                let product: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                assert!((product - f32::from(u8::from(i == j))).abs() < 1e-6, "{i} {j}: {product}");
            }
        }
    }

    #[test]
    fn a_flat_block_has_only_a_mean() {
        let coefficients = transformed(&[10.0; 64]);
        assert!((coefficients[0] - 80.0).abs() < 1e-3);
        assert!(coefficients[1..].iter().all(|c| c.abs() < 1e-3));
    }
}
