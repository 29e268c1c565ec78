//! The walker of WebP.

#![no_main]

include!("walk.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| scan(b"RIFF\x00\x01\x00\x00WEBP", data));
