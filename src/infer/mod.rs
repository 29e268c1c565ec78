//! Running a network: a trait, and the engines behind it.
//!
//! The rest of the crate knows [`Network`] only, so that engines can stand side by side: [`CompactNetwork`] is
//! what is shipped, `TractNetwork` (feature `tract`) the reference that it is tested against.

pub mod compact;
#[cfg(feature = "tract")]
mod tract;

pub use compact::CompactNetwork;
#[cfg(feature = "tract")]
pub use tract::TractNetwork;

use sha2::{Digest, Sha256};

use crate::error::{ModelError, Result};

/// A network that looks at a picture.
pub trait Network {
    /// Runs the network on one picture.
    ///
    /// `rgb` holds `3 * width * height` bytes, row-major, red green blue. `width` and `height` are multiples of
    /// [`InputSpec::stride`]. The outputs come in the order of the model's file; the network's card in `models/` says
    /// what they hold.
    ///
    /// # Errors
    /// [`ModelError::Run`] if the engine fails or the sizes do not fit.
    fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>>;
}

/// How a network wants its input.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InputSpec {
    /// The colour that comes first in the network's channel order is blue.
    pub bgr: bool,
    /// What is subtracted from red, green and blue, 0 to 255.
    pub mean: [f32; 3],
    /// Width and height must be multiples of this many pixels: the network's largest stride.
    pub stride: usize,
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
