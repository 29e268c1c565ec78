//! Coefficients to pixels, independently of the decoder that photos are opened with.
//!
//! As libjpeg-turbo and so the browsers do it: its inverse transform, chroma of half the resolution enlarged by a triangle
//! filter ("fancy upsampling"), any other whole ratio by repetition, colours as JFIF 1.02 has them. Rows of MCUs are taken one
//! after the other, so that only two of them need be held.

use super::block::Block;
use super::clipped::{Clipped, black_and_white};
use super::coefficients::{Coefficients, Plane};
use super::header::{ColourModel, Header};
use super::inverse::{dequantised, unclamped};
use crate::photo::limits::zeroed;
use crate::photo::lossy_reason::LossyReason;

/// Bits after the point of the factors of the colour conversion.
const FRACTION: u32 = 16;

/// Makes lines of pixels from rows of MCUs.
pub(super) struct Pixels {
    width: usize,
    height: usize,
    colour_model: ColourModel,
    components: Vec<Component>,
    /// Lines of a row of MCUs.
    unit_height: usize,
    /// Rows of MCUs taken so far.
    rows: usize,
    /// One line of each component, as wide as the picture and a little more.
    enlarged: Vec<Vec<u8>>,
    /// One line of pixels.
    line: Vec<u8>,
    /// What was cut off so far, but for blocks that are plainly black or white.
    clipped: Clipped,
}

/// A component's samples in a row of MCUs, after the last line of the row before.
struct Component {
    /// Pixels that a sample stands for, across and down.
    columns: usize,
    rows: usize,
    /// Samples a line, with those that fill up MCUs.
    stride: usize,
    /// Lines of samples in a row of MCUs.
    lines: usize,
    /// Samples that belong to the picture, across and down.
    used: (usize, usize),
    samples: Vec<u8>,
    /// A line enlarged downwards, times 4.
    blended: Vec<u16>,
}

impl Pixels {
    /// # Errors
    /// [`LossyReason::Sampling`] if the components' sizes are not whole fractions of the picture's: libjpeg, and so browsers,
    /// do not show such pictures either. [`LossyReason::Inks`]; [`LossyReason::Memory`].
    pub(super) fn new(header: &Header) -> Result<Self, LossyReason> {
        let colour_model = header.colour_model();
        if colour_model == ColourModel::Inks {
            return Err(LossyReason::Inks);
        }
        let (width, height) = (header.width as usize, header.height as usize);
        let row = Coefficients::zero(&header.of_one_row())?;
        let (max_horizontal, max_vertical) = row.max_factors();
        let component = |plane: &Plane| {
            if max_horizontal % plane.horizontal != 0 || max_vertical % plane.vertical != 0 {
                return Err(LossyReason::Sampling);
            }
            let columns = (max_horizontal / plane.horizontal) as usize;
            let rows = (max_vertical / plane.vertical) as usize;
            let (stride, lines) = (8 * plane.stride as usize, 8 * plane.vertical as usize);
            let samples = zeroed((stride * (lines + 1)) as u64).map_err(|_| LossyReason::Memory)?;
            let used = (width.div_ceil(columns), height.div_ceil(rows));
            Ok(Component { columns, rows, stride, lines, used, samples, blended: vec![0; stride] })
        };
        let components: Vec<Component> = row.planes.iter().map(component).collect::<Result<_, LossyReason>>()?;
        Ok(Self {
            width,
            height,
            colour_model,
            enlarged: components.iter().map(|c| vec![0; c.stride * c.columns]).collect(),
            components,
            unit_height: 8 * max_vertical as usize,
            rows: 0,
            line: vec![0; 3 * width],
            clipped: Clipped::default(),
        })
    }

    /// Takes the row of MCUs that stands at `row` in `picture`, and hands over all lines that are complete by it, from the
    /// top on: red, green and blue.
    ///
    /// # Errors
    /// [`LossyReason::Damaged`] for blocks that no picture has.
    pub(super) fn take(
        &mut self,
        picture: &Coefficients,
        row: usize,
        each_line: &mut dyn FnMut(usize, &[u8]),
    ) -> Result<(), LossyReason> {
        for (component, plane) in self.components.iter_mut().zip(&picture.planes) {
            let blocks = component.lines / 8 * plane.stride as usize;
            let blocks = &plane.blocks[row * blocks..(row + 1) * blocks];
            let clipped = component.take(blocks.chunks_exact(plane.stride as usize), &plane.steps)?;
            self.clipped = self.clipped.max(clipped);
        }
        // The last line of a row is enlarged with the first one of the next.
        let end = (self.rows + 1) * self.unit_height;
        let first = (self.rows * self.unit_height).saturating_sub(1);
        let last = if end < self.height { end - 1 } else { self.height };
        for y in first..last {
            for (component, out) in self.components.iter_mut().zip(&mut self.enlarged) {
                component.enlarge(y, self.rows * component.lines, out);
            }
            self.convert();
            each_line(y, &self.line);
        }
        self.rows += 1;
        Ok(())
    }

    /// The most that was cut off from the samples of a block so far.
    pub(super) fn clipped(&self) -> Clipped {
        self.clipped
    }

    /// Puts the components of a line together.
    fn convert(&mut self) {
        let Self { enlarged, line, width, .. } = self;
        match (self.colour_model, &enlarged[..]) {
            (ColourModel::Grey, [grey]) => {
                line.chunks_exact_mut(3).zip(grey).for_each(|(pixel, value)| pixel.fill(*value));
            }
            (ColourModel::YCbCr, [luma, blue, red]) => {
                let samples = luma[..*width].iter().zip(&blue[..*width]).zip(&red[..*width]);
                for (pixel, ((luma, blue), red)) in line.chunks_exact_mut(3).zip(samples) {
                    pixel.copy_from_slice(&rgb(*luma, *blue, *red));
                }
            }
            (_, components) => {
                for (channel, component) in components.iter().enumerate() {
                    let values = line.iter_mut().skip(channel).step_by(components.len());
                    values.zip(component).for_each(|(value, sample)| *value = *sample);
                }
            }
        }
    }
}

/// The conversion of JFIF 1.02, rounded as libjpeg does.
#[inline]
fn rgb(luma: u8, blue: u8, red: u8) -> [u8; 3] {
    let fixed = |factor: f64| (factor * f64::from(1 << FRACTION) + 0.5) as i32;
    let half = 1 << (FRACTION - 1);
    let (luma, blue, red) = (i32::from(luma) << FRACTION, i32::from(blue) - 128, i32::from(red) - 128);
    let sums =
        [luma + fixed(1.402) * red, luma - fixed(0.344_14) * blue - fixed(0.714_14) * red, luma + fixed(1.772) * blue];
    sums.map(|sum| ((sum + half) >> FRACTION).clamp(0, 255) as u8)
}

impl Component {
    /// Takes the samples of a row of MCUs, keeping the last line of the one before. Says what was cut off from any block.
    fn take<'a>(&mut self, rows: impl Iterator<Item = &'a [Block]>, steps: &[u16; 64]) -> Result<Clipped, LossyReason> {
        let plain = black_and_white(steps);
        let mut clipped = Clipped::default();
        let Self { stride, lines, .. } = *self;
        self.samples.copy_within(lines * stride.., 0);
        for (blocks, out) in rows.zip(self.samples[stride..].chunks_exact_mut(8 * stride)) {
            for (column, block) in blocks.iter().enumerate() {
                let samples = unclamped(dequantised(block, steps)?);
                if !plain.contains(block) {
                    clipped = clipped.max(Clipped::of(&samples));
                }
                for (line, samples) in samples.iter().enumerate() {
                    let samples = samples.map(|sample| sample.clamp(0, 255) as u8);
                    out[line * stride + 8 * column..][..8].copy_from_slice(&samples);
                }
            }
        }
        Ok(clipped)
    }

    /// Writes the samples of the picture's line `y`, which lies in the row of MCUs whose first line of samples is number
    /// `start`, or is the last line before it.
    fn enlarge(&mut self, y: usize, start: usize, out: &mut [u8]) {
        let Self { columns, rows, stride, used, .. } = *self;
        let line = |number: usize| &self.samples[(number + 1 - start) * stride..][..stride];
        let near = y / rows;
        if (columns, rows) == (1, 1) {
            out.copy_from_slice(line(near));
            return;
        }
        let is_smooth = columns <= 2 && rows <= 2;
        let far = match (is_smooth && rows == 2, y % 2) {
            (false, _) => near,
            (true, 0) => near.saturating_sub(1),
            (true, _) => (near + 1).min(used.1 - 1),
        };
        for ((sum, near), far) in self.blended.iter_mut().zip(line(near)).zip(line(far)) {
            *sum = 3 * u16::from(*near) + u16::from(*far);
        }
        if is_smooth && columns == 2 {
            widen(&self.blended[..used.0], out);
        } else {
            for (values, sum) in out.chunks_exact_mut(columns).zip(&self.blended) {
                values.fill(((sum + 2) >> 2) as u8);
            }
        }
    }
}

/// Twice as many samples, each of three quarters of the nearest and a quarter of the next of `sums`, which are 4 times as large.
fn widen(sums: &[u16], out: &mut [u8]) {
    let (Some(first), Some(last)) = (sums.first(), sums.last()) else { return };
    let mix = |near: u16, far: u16| ((3 * near + far + 8) >> 4) as u8;
    for (values, sums) in out[1..].chunks_exact_mut(2).zip(sums.windows(2)) {
        values.copy_from_slice(&[mix(sums[0], sums[1]), mix(sums[1], sums[0])]);
    }
    out[0] = mix(*first, *first);
    out[2 * sums.len() - 1] = mix(*last, *last);
}
