//! Searching for the person among other people.
//!
//! Judged by rank and not by a threshold: covered faces are all somewhat alike, so that a threshold for clear faces calls
//! some of them the same person and says nothing about the others.

use crate::prove::attacks::mean_embedding;
use crate::recognition::recogniser::{Embedding, similarity};

/// Where the right answer stands among the wrong ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rank {
    /// Wrong answers that look better.
    pub better: usize,
    /// Wrong answers that look just as good.
    pub equal: usize,
}

impl Rank {
    /// The rank of an answer by scores, of which the highest is best. What is no number counts as the worst.
    pub fn among(own: f32, others: impl IntoIterator<Item = f32>) -> Self {
        let worth = |score: f32| if score.is_nan() { f32::NEG_INFINITY } else { score };
        let own = worth(own);
        let mut rank = Self { better: 0, equal: 0 };
        for other in others.into_iter().map(worth) {
            rank.better += usize::from(other > own);
            rank.equal += usize::from(other == own);
        }
        rank
    }

    /// The probability that the right answer comes first when equal ones are drawn by lot.
    pub fn chance_of_first(self) -> f32 {
        if self.better == 0 { 1.0 / (self.equal + 1) as f32 } else { 0.0 }
    }
}

/// The rank of a person among others, searched with an embedding of a covered face. `mate` is the person's own entry.
pub fn identify<'a>(probe: &Embedding, mate: &Embedding, distractors: impl IntoIterator<Item = &'a Embedding>) -> Rank {
    Rank::among(similarity(probe, mate), distractors.into_iter().map(|other| similarity(probe, other)))
}

/// Embeddings without what they have in common, such as the cover: each less the mean of all, of unit length again.
pub fn centred(embeddings: &[Embedding]) -> Vec<Embedding> {
    let Some(mean) = mean_embedding(embeddings) else { return embeddings.to_vec() };
    let share = embeddings.iter().map(|embedding| similarity(embedding, &mean)).sum::<f32>() / embeddings.len() as f32;
    let centre = |embedding: &Embedding| {
        let mut direction = embedding.direction;
        direction.iter_mut().zip(mean.direction).for_each(|(value, mean)| *value -= share * mean);
        let length = direction.iter().map(|value| value * value).sum::<f32>().sqrt();
        Embedding { direction: direction.map(|value| value / length.max(f32::MIN_POSITIVE)), norm: embedding.norm }
    };
    embeddings.iter().map(centre).collect()
}
