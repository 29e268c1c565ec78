//! Opening pictures of all formats, with limits that leave a case little memory.

#![no_main]

use tarnkappe::photo::{Limits, open};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let limits = Limits { max_bytes: 1 << 20, max_pixels: 1 << 22, max_decode_memory: 1 << 26, ..Limits::default() };
    if let Ok(photo) = open(data, &limits) {
        let pixels = photo.frame.width as usize * photo.frame.height as usize;
        assert_eq!(photo.frame.rgb.len(), 3 * pixels);
        assert!(photo.frame.alpha.is_none_or(|alpha| alpha.len() == pixels));
    }
});
