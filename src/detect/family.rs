//! The networks that detect faces, and what the rest of the stage needs to know of each.

use serde::{Deserialize, Serialize};

use super::{Candidate, centerface, retinaface, yunet};
use crate::error::Result;
use crate::infer::{InputSpec, Output};

/// A face detection network that the project ships. They are built and trained differently, so they miss different faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// YuNet 2023mar: small and quick; always there.
    YuNet,
    /// CenterFace: five times the work; better at small, tilted and half-hidden faces.
    CenterFace,
    /// RetinaFace with MobileNet 0.25: a cheap vote of a third kind; best at masks.
    RetinaFace,
}

/// A network of a detector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NetworkId {
    /// One that the project ships.
    Shipped(Family),
    /// The custom detector.
    Custom,
}

impl NetworkId {
    /// [`Family::name`], or `custom`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shipped(family) => family.name(),
            Self::Custom => "custom",
        }
    }
}

/// How many families there are.
pub(super) const FAMILIES: usize = 3;

impl Family {
    /// Every family, in the order of its number.
    pub const ALL: [Self; FAMILIES] = [Self::YuNet, Self::CenterFace, Self::RetinaFace];

    /// As in `models/manifest.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::YuNet => "yunet",
            Self::CenterFace => "centerface",
            Self::RetinaFace => "retinaface",
        }
    }

    /// SHA-256 of the packed file, as in `models/manifest.toml`.
    pub(super) fn packed_sha256(self) -> &'static str {
        match self {
            Self::YuNet => "a261e8c0fbb805f2189d60a96789a57443aca06c7f5dc0c57a074417356ea8de",
            Self::CenterFace => "948b9c2acbc38e87fce6bdd614016a546ee5a096c195543fe6ce54ae0813bac4",
            Self::RetinaFace => "e3751918c66920483deabeea2e355cc8a607b3498da94c3b63bb481a850c4504",
        }
    }

    /// SHA-256 of the ONNX file, as in `models/manifest.toml`.
    #[cfg(feature = "tract")]
    pub(super) fn onnx_sha256(self) -> &'static str {
        match self {
            Self::YuNet => "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
            Self::CenterFace => "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc",
            Self::RetinaFace => "b7a7acab55e104dce6f32cdfff929bd83946da5cd869b9e2e9bdffafd1b7e4a5",
        }
    }

    /// What the network wants.
    pub(super) fn input(self) -> InputSpec {
        match self {
            Self::YuNet => yunet::INPUT,
            Self::CenterFace => centerface::INPUT,
            Self::RetinaFace => retinaface::INPUT,
        }
    }

    /// Every box that the network scores at least `lowest_score` for an input of `width` x `height` pixels, in pixels of
    /// that input.
    ///
    /// # Errors
    /// [`crate::error::ModelError::Outputs`] if the outputs are not the network's.
    pub(super) fn decode(
        self,
        outputs: &[Output],
        width: usize,
        height: usize,
        lowest_score: f32,
    ) -> Result<Vec<Candidate>> {
        match self {
            Self::YuNet => yunet::decode(outputs, width, height, lowest_score),
            Self::CenterFace => centerface::decode(outputs, width, height, lowest_score),
            Self::RetinaFace => retinaface::decode(outputs, width, height, lowest_score),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashes_are_those_of_the_manifest() {
        let manifest = include_str!("../../models/manifest.toml");
        for family in Family::ALL {
            let name = format!("name = \"{}\"", family.name());
            let entry = manifest.split("[[model]]").find(|entry| entry.contains(&name)).expect("an entry");
            assert!(entry.contains(family.packed_sha256()), "{family:?}: packed");
            #[cfg(feature = "tract")]
            assert!(entry.contains(family.onnx_sha256()), "{family:?}: ONNX");
        }
    }
}
