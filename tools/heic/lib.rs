//! The page's decoder of HEIC, without glue: `input` gives room for a file, `decode` the place of what it shows.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;

use tarnkappe::photo::{Limits, PixelFormat, decode_heic};

/// A file, then its pixels: width, height, where they lie, their number of bytes, their format in the order of `FORMATS`, and
/// primaries and transfer function.
#[derive(Default)]
struct Held {
    file: Vec<u8>,
    samples: Vec<u8>,
    answer: [u32; 7],
}

/// Those that HEIC is decoded to (www/engine/platform/heic.ts has their names).
const FORMATS: [PixelFormat; 3] = [PixelFormat::Rgb, PixelFormat::Rgba, PixelFormat::Rgb16];

thread_local! {
    static HELD: RefCell<Held> = RefCell::default();
}

/// Room for a file of `len` bytes; null if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn input(len: usize) -> *mut u8 {
    HELD.with_borrow_mut(|held| {
        held.file = Vec::new();
        if held.file.try_reserve_exact(len).is_err() {
            return std::ptr::null_mut();
        }
        held.file.resize(len, 0);
        held.file.as_mut_ptr()
    })
}

/// Decodes the file, once. The picture is as stored. Null if it is not opened.
#[unsafe(no_mangle)]
pub extern "C" fn decode() -> *const u32 {
    HELD.with_borrow_mut(|held| {
        let file = std::mem::take(&mut held.file);
        let Ok(pixels) = decode_heic(&file, &Limits::default()) else { return std::ptr::null() };
        let format = FORMATS.iter().position(|format| *format == pixels.format);
        let (Some(format), Some([primaries, transfer])) = (format, pixels.code_points) else {
            return std::ptr::null();
        };
        held.samples = pixels.samples;
        let (at, len) = (held.samples.as_ptr() as u32, held.samples.len() as u32);
        held.answer = [pixels.width, pixels.height, at, len, format as u32, primaries.into(), transfer.into()];
        held.answer.as_ptr()
    })
}
