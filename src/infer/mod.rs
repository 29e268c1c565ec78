//! Running a network: a trait, and the engines behind it.
//!
//! The rest of the crate knows [`Network`] only, so that engines can stand side by side: [`CompactNetwork`] is
//! what is shipped, `TractNetwork` (feature `tract`) the reference that it is tested against.

pub mod compact;
#[cfg(feature = "tract")]
mod onnx;
#[cfg(feature = "tract")]
mod tract;

pub use compact::CompactNetwork;
#[cfg(feature = "tract")]
pub use tract::TractNetwork;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::{ModelError, Result};

/// A network whose input is a picture.
pub trait Network {
    /// Runs the network on one picture.
    ///
    /// `rgb` holds `3 * width * height` bytes, row-major, red green blue. `width` and `height` are such that
    /// [`InputSpec::sides`] allows. The outputs come in the order of the model's file; the network's card in `models/` says
    /// what they hold.
    ///
    /// # Errors
    /// [`ModelError::Run`] if the engine fails or the sizes do not fit.
    fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>>;
}

/// How a network wants its input: float32 of shape `[1, 3, height, width]`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS), ts(rename = "DetectorInput"))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InputSpec {
    /// The order of the three channels.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(inline))]
    pub channels: Channels,
    /// What is subtracted from red, green and blue (in this order), 0 to 255; nothing if absent.
    #[serde(default)]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<[f32; 3]>", optional))]
    pub mean: [f32; 3],
    /// What red, green and blue are then multiplied by, such as 1/255; 1 if absent.
    #[serde(default = "unscaled")]
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<[f32; 3]>", optional))]
    pub scale: [f32; 3],
    /// Which sides it takes, in pixels: any multiple of a number up to 256, or one width and height of 64 to 2048 each.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(inline))]
    pub sides: Sides,
}

fn unscaled() -> [f32; 3] {
    [1.0; 3]
}

impl InputSpec {
    /// Bytes as they are: no mean, no scale.
    pub const fn plain(channels: Channels, multiple: u32) -> Self {
        Self { channels, mean: [0.0; 3], scale: [1.0; 3], sides: Sides::MultipleOf(multiple) }
    }
}

/// The order of a network's channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Channels {
    /// Red, green, blue.
    Rgb,
    /// Blue, green, red.
    Bgr,
}

/// Which widths and heights a network takes, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Sides {
    /// Any multiple of this: the network's largest stride.
    MultipleOf(u32),
    /// This width and this height only.
    Fixed([u32; 2]),
}

impl Sides {
    /// Whether the network takes a picture of this size.
    pub fn allow(self, width: usize, height: usize) -> bool {
        match self {
            _ if width == 0 || height == 0 => false,
            Self::MultipleOf(multiple) => [width, height].iter().all(|side| side.is_multiple_of(multiple as usize)),
            Self::Fixed(size) => [width, height] == size.map(|side| side as usize),
        }
    }
}

/// One output tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Shape as the model states it, with the batch axis (1) first.
    pub shape: Vec<usize>,
    /// Row-major values.
    pub values: Vec<f32>,
}

/// Checks a model's bytes against the SHA-256 in `models/manifest.toml`.
///
/// # Errors
/// [`ModelError::Hash`] if they differ.
pub fn verify_hash(bytes: &[u8], sha256_hex: &str) -> Result<()> {
    let digest = Sha256::digest(bytes);
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    if hex == sha256_hex { Ok(()) } else { Err(ModelError::Hash.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_byte_is_refused() {
        // The one-block example of FIPS 180-2, appendix B.1.
        let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(verify_hash(b"abc", hash), Ok(()));
        assert_eq!(verify_hash(b"abd", hash), Err(ModelError::Hash.into()));
    }
}
