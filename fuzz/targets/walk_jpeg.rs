//! The walker of JPEG.

#![no_main]

include!("walk.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| scan(b"\xFF\xD8\xFF", data));
