//! YuNet 2023mar: what it wants and how to read what it says.
//!
//! Source: opencv_zoo, models/face_detection_yunet, and libfacedetection.train (decoding of its `YuNet_Head`).

use super::Candidate;
use crate::error::{ModelError, Result};
use crate::infer::{Channels, InputSpec, Output};

/// Blue first, 0 to 255, sides in multiples of 32.
pub(super) const INPUT: InputSpec = InputSpec::plain(Channels::Bgr, 32);

/// Strides of the three heads, in the order of the outputs.
const STRIDES: [usize; 3] = [8, 16, 32];

/// Outputs in file order: class, objectness, box and landmark tensors, one each for the three strides.
const OUTPUTS: usize = 4 * STRIDES.len();

/// Reads the network's outputs for an input of `width` x `height` pixels: every cell that scores at least
/// `lowest_score`, in pixels of that input.
///
/// # Errors
/// [`ModelError::Outputs`] if the outputs are not YuNet's.
pub(super) fn decode(outputs: &[Output], width: usize, height: usize, lowest_score: f32) -> Result<Vec<Candidate>> {
    if outputs.len() != OUTPUTS {
        return Err(ModelError::Outputs(format!("{} outputs instead of {OUTPUTS}", outputs.len())).into());
    }
    let mut found = Vec::new();
    for (index, stride) in STRIDES.into_iter().enumerate() {
        let head = Head {
            class: &outputs[index].values,
            object: &outputs[index + 3].values,
            bbox: &outputs[index + 6].values,
            landmarks: &outputs[index + 9].values,
            stride: stride as f32,
            columns: width / stride,
        };
        let cells = head.columns * (height / stride);
        head.check(cells)?;
        found.extend((0..cells).filter_map(|cell| head.read(cell, lowest_score)));
    }
    Ok(found)
}

/// The four tensors of one stride, one row for each cell, cells row-major.
struct Head<'a> {
    class: &'a [f32],
    object: &'a [f32],
    bbox: &'a [f32],
    landmarks: &'a [f32],
    stride: f32,
    columns: usize,
}

impl Head<'_> {
    fn check(&self, cells: usize) -> Result<()> {
        let expected = [cells, cells, 4 * cells, 10 * cells];
        let got = [self.class.len(), self.object.len(), self.bbox.len(), self.landmarks.len()];
        if got == expected {
            Ok(())
        } else {
            Err(ModelError::Outputs(format!("outputs of {got:?} values instead of {expected:?}")).into())
        }
    }

    fn read(&self, cell: usize, lowest_score: f32) -> Option<Candidate> {
        let score = (self.class[cell].clamp(0.0, 1.0) * self.object[cell].clamp(0.0, 1.0)).sqrt();
        // A score that is not a number is not a face.
        if score.is_nan() || score < lowest_score {
            return None;
        }
        let column = (cell % self.columns) as f32;
        let row = (cell / self.columns) as f32;
        let offsets: &[f32; 4] = self.bbox[4 * cell..].first_chunk()?;
        let (w, h) = (offsets[2].exp() * self.stride, offsets[3].exp() * self.stride);
        let (cx, cy) = ((column + offsets[0]) * self.stride, (row + offsets[1]) * self.stride);
        let points: &[f32; 10] = self.landmarks[10 * cell..].first_chunk()?;
        let landmark = |j: usize| [(points[2 * j] + column) * self.stride, (points[2 * j + 1] + row) * self.stride];
        let bbox = [cx - w / 2.0, cy - h / 2.0, w, h];
        bbox.iter().all(|v| v.is_finite()).then(|| Candidate {
            bbox,
            score,
            landmarks: Some(std::array::from_fn(landmark)),
        })
    }
}
