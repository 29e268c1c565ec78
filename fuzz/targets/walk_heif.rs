//! The walker of HEIF and AVIF.

#![no_main]

include!("walk.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| scan(b"\0\0\0\x18ftypheic", data));
