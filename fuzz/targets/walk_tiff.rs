//! The walker of TIFF and of EXIF.

#![no_main]

include!("walk.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| scan(b"II\x2A\0", data));
