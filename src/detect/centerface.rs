//! CenterFace: what it wants and how to read what it says.
//!
//! Source: `centerface.py` in Star-Clouds/CenterFace; the layout is in `models/centerface.md`.

use super::Candidate;
use crate::error::{ModelError, Result};
use crate::infer::{Channels, InputSpec, Output};

/// Red first, 0 to 255, sides in multiples of 32.
pub(super) const INPUT: InputSpec = InputSpec::plain(Channels::Rgb, 32);

/// Side of a cell in pixels.
const STRIDE: usize = 4;

/// Channels of the four outputs: score, size, offset, landmarks.
const CHANNELS: [usize; 4] = [1, 2, 2, 10];

/// Reads the network's outputs for an input of `width` x `height` pixels: every cell that scores at least
/// `lowest_score`, in pixels of that input.
///
/// # Errors
/// [`ModelError::Outputs`] if the outputs are not CenterFace's.
pub(super) fn decode(outputs: &[Output], width: usize, height: usize, lowest_score: f32) -> Result<Vec<Candidate>> {
    let columns = width / STRIDE;
    let cells = columns * (height / STRIDE);
    let lengths: Vec<usize> = outputs.iter().map(|output| output.values.len()).collect();
    if lengths != CHANNELS.map(|channels| channels * cells) {
        return Err(ModelError::Outputs(format!("outputs of {lengths:?} values for {cells} cells")).into());
    }
    // A score that is not a number is not a face.
    let scored = outputs[0].values.iter().enumerate().filter(|&(_, &score)| score >= lowest_score);
    Ok(scored.filter_map(|(cell, &score)| read(outputs, cell, cells, columns, score)).collect())
}

fn read(outputs: &[Output], cell: usize, cells: usize, columns: usize, score: f32) -> Option<Candidate> {
    let value = |output: usize, channel: usize| outputs[output].values[channel * cells + cell];
    let stride = STRIDE as f32;
    let (row, column) = ((cell / columns) as f32, (cell % columns) as f32);
    let (w, h) = (value(1, 1).exp() * stride, value(1, 0).exp() * stride);
    let x = (column + value(2, 1) + 0.5) * stride - w / 2.0;
    let y = (row + value(2, 0) + 0.5) * stride - h / 2.0;
    let landmark = |j: usize| [x + w * value(3, 2 * j + 1), y + h * value(3, 2 * j)];
    let bbox = [x, y, w, h];
    bbox.iter().all(|v| v.is_finite()).then(|| Candidate {
        bbox,
        score,
        landmarks: Some(std::array::from_fn(landmark)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Outputs for 32 x 32 pixels that say nothing.
    fn silent() -> Vec<Output> {
        CHANNELS.map(|channels| Output { shape: vec![1, channels, 8, 8], values: vec![0.0; 64 * channels] }).into()
    }

    #[test]
    fn a_cell_is_read_where_it_lies() {
        let mut outputs = silent();
        let cell = 2 * 8 + 3;
        outputs[0].values[cell] = 0.8;
        outputs[1].values[cell] = 2.0f32.ln();
        outputs[1].values[64 + cell] = 3.0f32.ln();
        outputs[2].values[cell] = 0.25;
        outputs[2].values[64 + cell] = -0.25;
        outputs[3].values[cell] = 0.5;
        outputs[3].values[64 + cell] = 0.25;
        let found = decode(&outputs, 32, 32, 0.5).expect("the outputs are the network's");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].score, 0.8);
        let expected = [13.0 - 6.0, 11.0 - 4.0, 12.0, 8.0];
        for (value, expected) in found[0].bbox.into_iter().zip(expected) {
            assert!((value - expected).abs() < 1e-4, "{:?}", found[0].bbox);
        }
        let [x, y] = found[0].landmarks.expect("five points")[0];
        assert!((x - 10.0).abs() < 1e-4 && (y - 11.0).abs() < 1e-4, "{x} {y}");
    }

    #[test]
    fn outputs_of_another_network_are_refused() {
        assert!(matches!(decode(&silent()[..3], 32, 32, 0.5), Err(crate::error::Error::Model(ModelError::Outputs(_)))));
    }
}
