//! A face recogniser, run as an adversary would: embeds faces, and says whether two are of the same person.
//!
//! The network is SFace (Y. Zhong and others, "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition",
//! 2021); its card in `models/` says what it was trained on and what it must not be used for. Embeddings are biometric
//! data: they live in memory while they are compared, and are never stored or sent.

use super::alignment::{self, SIDE};
use crate::error::{ModelError, Result};
use crate::infer::{CompactNetwork, Network, verify_hash};
use crate::photo::Frame;

/// Numbers in an embedding.
pub const DIMENSIONS: usize = 128;

/// SHA-256 of the packed file, as in `models/manifest.toml`.
const PACKED_SHA256: &str = "069de050f70bd3d137b3da49f1d2b58e032c0837722c3b684abc99d4dbf56f61";

/// From this [`similarity`] on two faces count as the same person: the threshold that OpenCV publishes for this network
/// and the cosine (`cv::FaceRecognizerSF`, tutorial `dnn_face`). At a false match rate of 0.1 % it is 0.364 on our pairs.
pub const SAME_PERSON_FROM: f32 = 0.363;

/// Turns faces into embeddings. Owns the network: about 40 MB.
pub struct Recogniser {
    network: Box<dyn Network>,
}

/// The recogniser's output for a face.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// Of unit length; all zeros if the network's output is.
    pub direction: [f32; DIMENSIONS],
    /// Length before normalisation: the better the face can be recognised, the longer.
    pub norm: f32,
}

impl Recogniser {
    /// Loads the network from the bytes of its packed file.
    ///
    /// # Errors
    /// [`ModelError`] if the bytes are not the expected ones.
    pub fn load(packed: &[u8]) -> Result<Self> {
        verify_hash(packed, PACKED_SHA256)?;
        Ok(Self { network: Box::new(CompactNetwork::from_packed(packed)?) })
    }

    /// The embedding of a face in a picture, given its landmarks in pixels of the picture (right eye, left eye, nose tip,
    /// right and left corner of the mouth, as in [`crate::detect::Detection::landmarks`]).
    ///
    /// # Errors
    /// [`ModelError::Run`] if the network fails or the landmarks are not finite or all in one place.
    pub fn embed(&mut self, picture: &Frame, landmarks: &[[f32; 2]; 5]) -> Result<Embedding> {
        let face = alignment::align(picture, landmarks)
            .ok_or_else(|| ModelError::Run("the landmarks do not make a face".into()))?;
        self.embed_aligned(&face)
    }

    /// The embedding of an aligned face: `3 * 112 * 112` bytes, row-major, red green blue; see [`alignment::align`].
    ///
    /// # Errors
    /// [`ModelError::Run`] if the network fails or the size is another.
    pub fn embed_aligned(&mut self, rgb: &[u8]) -> Result<Embedding> {
        let outputs = self.network.run(rgb, SIDE, SIDE)?;
        let values = outputs.first().and_then(|output| <[f32; DIMENSIONS]>::try_from(&output.values[..]).ok());
        let mut direction = values.ok_or_else(|| ModelError::Run("it is not the expected recogniser".into()))?;
        let norm = direction.iter().map(|value| value * value).sum::<f32>().sqrt();
        if !norm.is_finite() {
            return Err(ModelError::Run("the recogniser's numbers are not finite".into()).into());
        }
        if norm > 0.0 {
            direction.iter_mut().for_each(|value| *value /= norm);
        }
        Ok(Embedding { direction, norm })
    }
}

/// Cosine of the angle between two embeddings, -1 to 1: the closer to 1, the more alike the faces.
pub fn similarity(one: &Embedding, other: &Embedding) -> f32 {
    one.direction.iter().zip(&other.direction).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const PACKED: &[u8] = include_bytes!("../../models/face_recognition_sface_2021dec.packed");

    #[test]
    fn the_hash_is_that_of_the_manifest() {
        assert!(include_str!("../../models/manifest.toml").contains(PACKED_SHA256));
    }

    #[test]
    fn a_network_that_is_not_the_expected_one_is_refused() {
        let mut changed = PACKED.to_vec();
        changed[1 << 20] ^= 1;
        assert_eq!(Recogniser::load(&changed).err(), Some(ModelError::Hash.into()));
    }

    #[test]
    fn a_picture_of_another_size_is_refused() {
        let mut recogniser = Recogniser::load(PACKED).unwrap();
        assert!(recogniser.embed_aligned(&vec![0; 3 * SIDE * SIDE]).is_ok());
        assert!(recogniser.embed_aligned(&vec![0; 3 * SIDE * (SIDE - 16)]).is_err());
    }

    #[test]
    fn embeddings_are_of_unit_length() {
        let mut recogniser = Recogniser::load(PACKED).unwrap();
        let face: Vec<u8> = (0..3 * SIDE * SIDE).map(|i| (i * i % 251) as u8).collect();
        let embedding = recogniser.embed_aligned(&face).unwrap();
        assert!((similarity(&embedding, &embedding) - 1.0).abs() < 1e-5);
        assert!(embedding.norm > 0.0);
    }
}
