//! Weights of 8 bits: whole numbers with a scale and a zero point for each block.
//!
//! ```text
//! rows in a panel; per panel: the first row (biases, f32)
//!     per block of up to 64 rows: scale of each column (f32), zero point of each column, then the rows (8 bits)
//! ```
//!
//! A column of a block is one filter's next 64 weights. Such a weight is `(number - zero point) * scale`. Scale and zero
//! point are chosen as the ONNX operator DynamicQuantizeLinear does, with numbers from -128 to 127: the range from the
//! least to the largest weight, zero included, is cut into 255 steps. So weights that were quantised to such a grid before,
//! scaled or not, get the same grid again.

use super::PANEL;
use super::words::{Words, finite, invalid};
use crate::error::Result;

/// Bits of a weight, as the file states them.
pub(super) const BITS: u32 = 8;

/// Most rows of a block: as in the files of the OpenCV Zoo whose names end in `int8bq`.
const ROWS: usize = 64;

/// Steps between the least and the largest of 256 numbers.
const STEPS: f32 = 255.0;

const LEAST: f32 = i8::MIN as f32;
const LARGEST: f32 = i8::MAX as f32;

/// Numbers of 8 bits side by side: two words of a file.
type Bytes = [i8; PANEL];

/// The quantisation grid of a column of a block.
#[derive(Clone, Copy, Default)]
struct Grid {
    scale: f32,
    zero: i8,
}

impl Grid {
    fn of(weights: impl Iterator<Item = f32>) -> Self {
        let (least, largest) = weights.fold((0.0f32, 0.0f32), |(a, b), weight| (a.min(weight), b.max(weight)));
        let scale = (largest - least) / STEPS;
        if scale == 0.0 {
            return Self::default();
        }
        Self { scale, zero: (LEAST - least / scale).round().clamp(LEAST, LARGEST) as i8 }
    }

    fn number(self, weight: f32) -> i8 {
        if self.scale == 0.0 {
            return self.zero;
        }
        ((weight / self.scale).round() + f32::from(self.zero)).clamp(LEAST, LARGEST) as i8
    }

    fn weight(self, number: i8) -> f32 {
        (f32::from(number) - f32::from(self.zero)) * self.scale
    }
}

/// Writes the bits of a weight, the number of weights and the rows of a panel, then the weights.
pub(super) fn write(weights: &[[f32; PANEL]], rows: usize, words: &mut Vec<u32>) {
    words.extend([BITS, weights.as_flattened().len() as u32, rows as u32]);
    for panel in weights.chunks_exact(rows) {
        words.extend(panel[0].map(f32::to_bits));
        panel[1..].chunks(ROWS).for_each(|block| write_block(block, words));
    }
}

fn write_block(block: &[[f32; PANEL]], words: &mut Vec<u32>) {
    let grids: [Grid; PANEL] = std::array::from_fn(|column| Grid::of(block.iter().map(|row| row[column])));
    words.extend(grids.map(|grid| grid.scale.to_bits()));
    words.extend(to_words(grids.map(|grid| grid.zero)));
    for row in block {
        words.extend(to_words(std::array::from_fn(|column| grids[column].number(row[column]))));
    }
}

/// Reads `count` weights.
///
/// # Errors
/// [`crate::error::ModelError::Load`] if the file is cut off, a number is not finite, or the panels do not come out even.
pub(super) fn read(words: &mut Words<'_>, count: usize) -> Result<Vec<f32>> {
    let rows = words.index()?;
    let panel = rows.checked_mul(PANEL).filter(|panel| *panel > PANEL && count.is_multiple_of(*panel));
    let panels = count / panel.ok_or_else(|| invalid("weights of 8 bits are in no panels"))?;
    let mut weights = Vec::new();
    for _ in 0..panels {
        for bias in words.take(PANEL)? {
            weights.push(finite(f32::from_le_bytes(*bias))?);
        }
        for first in (1..rows).step_by(ROWS) {
            read_block(words, ROWS.min(rows - first), &mut weights)?;
        }
    }
    Ok(weights)
}

fn read_block(words: &mut Words<'_>, rows: usize, weights: &mut Vec<f32>) -> Result<()> {
    let mut grids = [Grid::default(); PANEL];
    for (grid, scale) in grids.iter_mut().zip(words.take(PANEL)?) {
        grid.scale = finite(f32::from_le_bytes(*scale))?;
    }
    for (grid, zero) in grids.iter_mut().zip(read_bytes(words)?) {
        grid.zero = zero;
    }
    for _ in 0..rows {
        for (grid, number) in grids.iter().zip(read_bytes(words)?) {
            weights.push(finite(grid.weight(number))?);
        }
    }
    Ok(())
}

fn read_bytes(words: &mut Words<'_>) -> Result<Bytes> {
    let bytes = words.take(PANEL / 4)?.as_flattened();
    Ok(std::array::from_fn(|column| bytes[column] as i8))
}

fn to_words(numbers: Bytes) -> [u32; PANEL / 4] {
    let bytes = numbers.map(|number| number as u8);
    let (words, _) = bytes.as_chunks();
    std::array::from_fn(|word| u32::from_le_bytes(words[word]))
}
