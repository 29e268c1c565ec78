//! The JPEG transcoder: what it writes must open, and show the same as its source.

#![no_main]

use tarnkappe::mask::Mask;
use tarnkappe::photo::{Limits, open, rewrite};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { max_bytes: 1 << 20, max_pixels: 1 << 20, max_decode_memory: 1 << 26, ..Limits::default() };
    let Ok(photo) = open(data, &limits) else { return };
    let Ok(saved) = rewrite(data, &photo, &Mask::default()) else { return };
    let again = open(&saved.bytes, &limits).expect("what was written opens");
    assert_eq!((again.frame.width, again.frame.height), (photo.frame.width, photo.frame.height));
});
