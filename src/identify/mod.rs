//! How identifiable a face is: measures, and a model fitted to how often a recogniser still matched degraded faces.

pub mod alignment;
mod fitted;
mod measures;
mod model;
pub mod recogniser;

pub use measures::Measures;

use crate::photo::Frame;
use crate::report::{Identifiability, Reason};
use recogniser::Embedding;

/// How identifiable a found face is, from the picture, the face's box `[x, y, width, height]` and its landmarks in picture
/// pixels; with what the recogniser made of it, if it ran.
pub fn identifiability(
    frame: &Frame,
    bbox: [f32; 4],
    landmarks: &[[f32; 2]; 5],
    embedding: Option<&Embedding>,
) -> Identifiability {
    match Measures::of(frame, bbox, landmarks) {
        Some(measures) => measures.rated(embedding.map(|embedding| embedding.norm)),
        None => identifiability_unmeasured(bbox),
    }
}

/// How identifiable a found face is whose landmarks are not known: by its size alone.
pub fn identifiability_unmeasured(bbox: [f32; 4]) -> Identifiability {
    model::rated_by_size(bbox, Reason::NotMeasured)
}

#[cfg(test)]
mod tests;
