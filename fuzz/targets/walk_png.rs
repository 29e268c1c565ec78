//! The walker of PNG.

#![no_main]

include!("walk.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| scan(b"\x89PNG\r\n\x1A\n", data));
