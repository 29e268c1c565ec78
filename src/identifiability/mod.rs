//! How identifiable a face is: measures, and a model fitted to how often a recogniser still matched degraded faces.

mod fitted;
mod measures;
mod model;

pub use measures::Measures;

use crate::photo::Frame;
use crate::recognition::recogniser::Embedding;
use crate::report::{Identifiability, Reason};

/// How identifiable a found face is, from the picture, the face's box `[x, y, width, height]` and its landmarks in picture
/// pixels, and its embedding if the recogniser ran.
pub fn of_face(
    frame: &Frame,
    bbox: [f32; 4],
    landmarks: &[[f32; 2]; 5],
    embedding: Option<&Embedding>,
) -> Identifiability {
    match Measures::of(frame, bbox, landmarks) {
        Some(measures) => measures.rated(embedding.map(|embedding| embedding.norm)),
        None => of_box(bbox),
    }
}

/// How identifiable a found face is whose landmarks are not known: by its size alone.
pub fn of_box(bbox: [f32; 4]) -> Identifiability {
    model::rated_by_size(bbox, Reason::NotMeasured)
}

#[cfg(test)]
mod tests;
