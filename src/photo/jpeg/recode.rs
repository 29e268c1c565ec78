//! Covered blocks, computed anew from the drawn cover.

use image::metadata::Orientation;

use super::block::{Block, ZIGZAG};
use super::coefficients::{Coefficients, Plane};
use super::header::ColourModel;
use crate::geometry::PixelRect;
use crate::mask::{Mask, Run};
use crate::photo::frame::{Frame, Turn};
use crate::photo::lossy_reason::LossyReason;

/// Largest magnitude of an AC coefficient in a baseline file (T.81, F.1.2.2).
const MAX_AC: f32 = 1023.0;

/// Largest magnitude of a DC coefficient here: no two of them differ by more than a baseline file can hold.
const MAX_DC: f32 = 1023.0;

/// For each plane the numbers of the blocks that what is hidden touches.
pub(super) type Touched = Vec<Vec<usize>>;

/// The blocks that `hidden` touches. `hidden` and `frame` are upright; `orientation` is what
/// `picture` is yet to be turned by.
///
/// # Errors
/// [`LossyReason::Sampling`] if the components' sizes are not whole fractions of the picture's.
pub(super) fn touched(
    picture: &Coefficients,
    frame: &Frame,
    orientation: Orientation,
    hidden: &Mask,
) -> Result<Touched, LossyReason> {
    let turn = Turn::of(orientation);
    let (max_horizontal, max_vertical) = picture.max_factors();
    let blocks_of = |plane: &Plane| {
        if max_horizontal % plane.horizontal != 0 || max_vertical % plane.vertical != 0 {
            return Err(LossyReason::Sampling);
        }
        let (width, height) = (8 * max_horizontal / plane.horizontal, 8 * max_vertical / plane.vertical);
        let mut is_touched = vec![false; plane.blocks.len()];
        for Run { y, from, to } in hidden.runs() {
            let stored = turn.apply(PixelRect { x0: from, y0: y, x1: to, y1: y + 1 }, frame.width, frame.height);
            for row in stored.y0 / height..stored.y1.div_ceil(height) {
                let first = plane.index(stored.x0 / width, row);
                let end = plane.index(stored.x1.div_ceil(width), row);
                is_touched[first..end].fill(true);
            }
        }
        Ok((0..is_touched.len()).filter(|&index| is_touched[index]).collect())
    };
    picture.planes.iter().map(blocks_of).collect()
}

/// Sets every coefficient of some blocks to 0.
pub(super) fn empty(picture: &mut Coefficients, touched: &Touched) {
    for (plane, blocks) in picture.planes.iter_mut().zip(touched) {
        blocks.iter().for_each(|&index| plane.blocks[index] = [0; 64]);
    }
}

/// Replaces some blocks by ones computed from `frame`, with the picture's own quantisation. Past the picture's edge the last row or
/// column is repeated. `frame` is upright; `orientation` is what `picture` is yet to be turned by.
pub(super) fn recode(
    picture: &mut Coefficients,
    frame: &Frame,
    orientation: Orientation,
    touched: &Touched,
    colour_model: ColourModel,
) {
    let size = (picture.width, picture.height);
    let (max_horizontal, max_vertical) = picture.max_factors();
    for (component, (plane, blocks)) in picture.planes.iter_mut().zip(touched).enumerate() {
        let drawn = |x: u32, y: u32| {
            let at = 3 * (y as usize * frame.width as usize + x as usize);
            Some([frame.rgb[at], frame.rgb[at + 1], frame.rgb[at + 2]])
        };
        let source = Source {
            drawn: &drawn,
            turn: Turn::of(orientation),
            size,
            weights: weights(colour_model, component),
            columns: max_horizontal / plane.horizontal,
            rows: max_vertical / plane.vertical,
        };
        for &index in blocks {
            let (column, row) = (index as u32 % plane.stride, index as u32 / plane.stride);
            if let Some(samples) = source.samples(column, row) {
                plane.blocks[index] = quantised(&transformed(&samples), plane);
            }
        }
    }
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

/// Red, green and blue of a pixel of the upright picture, if it was drawn.
pub(super) type DrawnPixel<'a> = &'a dyn Fn(u32, u32) -> Option<[u8; 3]>;

/// Where a component's samples come from.
struct Source<'a> {
    drawn: DrawnPixel<'a>,
    /// How the upright picture is turned against the component.
    turn: Turn,
    /// The picture's width and height as stored.
    size: (u32, u32),
    weights: [f32; 4],
    /// Pixels that one sample stands for, across and down.
    columns: u32,
    rows: u32,
}

impl Source<'_> {
    /// The samples of a block, row by row; `None` unless all of it was drawn.
    fn samples(&self, column: u32, row: u32) -> Option<[f32; 64]> {
        let mut samples = [0.0; 64];
        for (sample, i) in samples.iter_mut().zip(0..) {
            *sample = self.sample(8 * column + i % 8, 8 * row + i / 8)?;
        }
        Some(samples)
    }

    /// The mean of the pixels that a sample stands for.
    fn sample(&self, x: u32, y: u32) -> Option<f32> {
        let mut sum = 0.0;
        for y in y * self.rows..(y + 1) * self.rows {
            for x in x * self.columns..(x + 1) * self.columns {
                sum += self.pixel(x, y)?;
            }
        }
        Some(sum / (self.columns * self.rows) as f32)
    }

    fn pixel(&self, x: u32, y: u32) -> Option<f32> {
        let (width, height) = self.size;
        let (x, y) = (x.min(width - 1), y.min(height - 1));
        let upright = self.turn.undo(PixelRect { x0: x, y0: y, x1: x + 1, y1: y + 1 }, width, height);
        let rgb = (self.drawn)(upright.x0, upright.y0)?;
        let [red, green, blue, shift] = self.weights;
        Some(red * f32::from(rgb[0]) + green * f32::from(rgb[1]) + blue * f32::from(rgb[2]) + shift)
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

/// What a file says of colour where covers were drawn.
pub(super) struct DrawnColour<'a> {
    /// What was drawn.
    pub(super) drawn: DrawnPixel<'a>,
    /// How the upright picture is turned against the file's.
    pub(super) turn: Turn,
    /// The file's width and height.
    pub(super) size: (u32, u32),
}

impl DrawnColour<'_> {
    /// By how much more the blocks of chroma in a row of MCUs, the `number`th, differ from what was drawn than quantisation can make
    /// them differ: root mean square in levels, 0 or less if all is well. The transform is orthonormal, so that the squared error of
    /// the samples is that of the coefficients, each of which is at most half a step off.
    pub(super) fn excess(&self, row: &Coefficients, number: u32) -> f32 {
        /// What a transform in whole numbers and the conversion from red, green and blue may add.
        const ROUNDING: f32 = 2.0;
        let (max_horizontal, max_vertical) = row.max_factors();
        let mut worst = f32::NEG_INFINITY;
        for (component, plane) in row.planes.iter().enumerate().skip(1) {
            let source = Source {
                drawn: self.drawn,
                turn: self.turn,
                size: self.size,
                weights: weights(ColourModel::YCbCr, component),
                columns: max_horizontal / plane.horizontal,
                rows: max_vertical / plane.vertical,
            };
            let bound: f32 = plane.steps.iter().map(|&step| (f32::from(step) / 2.0).powi(2)).sum();
            for (block, index) in plane.blocks.iter().zip(0..) {
                let (column, line) = (index % plane.stride, number * plane.vertical + index / plane.stride);
                let Some(samples) = source.samples(column, line) else { continue };
                let expected = transformed(&samples);
                let error =
                    |place: usize| expected[ZIGZAG[place]] - f32::from(block[place]) * f32::from(plane.steps[place]);
                let squares: f32 = (0..64).map(|place| error(place).powi(2)).sum();
                worst = worst.max((squares / 64.0).sqrt() - (bound / 64.0).sqrt() - ROUNDING);
            }
        }
        worst
    }
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
