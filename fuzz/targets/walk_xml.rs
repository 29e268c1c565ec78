//! The walker of XMP.

#![no_main]

include!("walk.rs");

libfuzzer_sys::fuzz_target!(|data: &[u8]| look(b"<x:xmpmeta", data));
