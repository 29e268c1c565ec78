//! The walker of BMP.

#![no_main]

include!("walk.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| scan(b"BM", data));
