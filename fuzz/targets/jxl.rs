//! Decoding JPEG XL, with limits that leave a case little memory, and finding where its codestream ends.

#![no_main]

use std::time::Instant;

use tarnkappe::leaks;
use tarnkappe::photo::{Limits, decode_jxl};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { max_bytes: 1 << 20, max_pixels: 1 << 16, max_decode_memory: 1 << 26, ..Limits::default() };
    let start = Instant::now();
    // Time runs faster, so that a case that decoding gives up is none that takes too long.
    if let Ok(pixels) = decode_jxl(data, &limits, &|| 4 * start.elapsed()) {
        assert!(!pixels.samples.is_empty() && pixels.samples.len() % (pixels.width * pixels.height) as usize == 0);
    }
    leaks::find(data, "");
});
