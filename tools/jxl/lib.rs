//! The page's decoder of JPEG XL.
#![cfg(target_arch = "wasm32")]

#[path = "../decoder.rs"]
mod decoder;

use std::time::Duration;

use tarnkappe::Result;
use tarnkappe::photo::{Limits, PlatformPixels, decode_jxl};

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    /// Milliseconds since some moment.
    safe fn now() -> f64;
}

fn decode(file: &[u8]) -> Result<PlatformPixels> {
    let start = now();
    decode_jxl(file, &Limits::default(), &|| Duration::from_secs_f64((now() - start).max(0.0) / 1000.0))
}
