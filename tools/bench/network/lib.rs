//! One network run alone, for timing it in a browser: the page's modules scan whole photos only.

#![cfg(target_arch = "wasm32")]

use tarnkappe::infer::{CompactNetwork, Network};
use wasm_bindgen::prelude::*;

/// A network of `models/`.
#[wasm_bindgen]
pub struct Inference(CompactNetwork);

#[wasm_bindgen]
impl Inference {
    /// Reads the bytes of a packed file.
    ///
    /// # Errors
    /// If they are not one.
    #[wasm_bindgen(constructor)]
    pub fn new(packed: &[u8]) -> Result<Inference, JsError> {
        Ok(Self(CompactNetwork::from_packed(packed)?))
    }

    /// The values of all outputs, in the order of the ONNX file, for `width * height` pixels, each red, green and blue.
    ///
    /// # Errors
    /// If the sizes do not fit.
    pub fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<f32>, JsError> {
        Ok(self.0.run(rgb, width, height)?.into_iter().flat_map(|output| output.values).collect())
    }
}
