//! Averaging over several photos of a person: what covers leave of the face adds up, what they add does not.

use crate::recognition::recogniser::{DIMENSIONS, Embedding};

/// The mean direction of embeddings, of unit length, with the mean of their norms. `None` without any, or if they cancel
/// each other.
pub fn mean_embedding(embeddings: &[Embedding]) -> Option<Embedding> {
    let mut sum = [0.0; DIMENSIONS];
    for embedding in embeddings {
        sum.iter_mut().zip(embedding.direction).for_each(|(sum, value)| *sum += value);
    }
    let length = sum.iter().map(|value| value * value).sum::<f32>().sqrt();
    let norm = embeddings.iter().map(|embedding| embedding.norm).sum::<f32>() / embeddings.len() as f32;
    (length > 0.0).then(|| Embedding { direction: sum.map(|value| value / length), norm })
}
