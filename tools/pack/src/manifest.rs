//! `models/manifest.toml`: which networks there are, what they want, and the hashes of their files.

use std::path::Path;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::lower::Picture;

/// The networks that the project ships.
#[derive(Deserialize)]
pub(crate) struct Manifest {
    /// In no particular order.
    pub(crate) model: Vec<Model>,
}

/// A network. The manifest says more of it than is needed here.
#[derive(Deserialize)]
pub(crate) struct Model {
    /// What the rest of the project calls it.
    pub(crate) name: String,
    /// The ONNX file.
    pub(crate) file: String,
    input: Input,
    /// The packed file.
    pub(crate) packed: Packed,
}

/// How a network wants the picture.
#[derive(Deserialize)]
struct Input {
    first: Colour,
    mean: [f32; 3],
    /// Width and height, if it takes pictures of one size only.
    side: Option<usize>,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Colour {
    Red,
    Blue,
}

/// The packed file of a network.
#[derive(Deserialize)]
pub(crate) struct Packed {
    pub(crate) file: String,
    pub(crate) weights: Weights,
    sha256: String,
    bytes: usize,
}

/// How precisely weights are stored.
#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Weights {
    F32,
    F16,
    /// Those of 1 x 1 convolutions and of fully connected outputs only; the others stay as they are.
    I8,
}

impl Manifest {
    /// Reads the text of a manifest.
    pub(crate) fn read(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

impl Model {
    pub(crate) fn picture(&self) -> Picture {
        Picture { blue_first: self.input.first == Colour::Blue, mean: self.input.mean }
    }

    /// Width and height of the pictures, if they are all of one size.
    pub(crate) fn side(&self) -> Option<usize> {
        self.input.side
    }
}

impl Packed {
    /// Whether the manifest describes these bytes.
    pub(crate) fn describes(&self, bytes: &[u8]) -> bool {
        (self.sha256 == sha256(bytes)) && self.bytes == bytes.len()
    }

    /// Writes the bytes beside the manifest, and their hash and number wherever the old ones stood in `texts`.
    pub(crate) fn replace(&self, bytes: &[u8], folder: &Path, texts: &[&Path]) -> std::io::Result<()> {
        std::fs::write(folder.join(&self.file), bytes)?;
        let described = |sha256: &str, bytes: usize| format!("sha256 = \"{sha256}\"\nbytes = {bytes}\n");
        let hash = sha256(bytes);
        for path in texts {
            let text = std::fs::read_to_string(path)?;
            let text = text.replace(&described(&self.sha256, self.bytes), &described(&hash, bytes.len()));
            std::fs::write(path, text.replace(&self.sha256, &hash))?;
        }
        Ok(())
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
