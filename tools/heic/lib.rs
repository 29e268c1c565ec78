//! The page's decoder of HEIC.
#![cfg(target_arch = "wasm32")]

#[path = "../decoder.rs"]
mod decoder;

use tarnkappe::Result;
use tarnkappe::photo::{Limits, PlatformPixels, decode_heic};

fn decode(file: &[u8]) -> Result<PlatformPixels> {
    decode_heic(file, &Limits::default())
}
