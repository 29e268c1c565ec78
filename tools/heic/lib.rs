//! The page's decoder of HEIC, without glue: `input` gives room for a file, `decode` the place of what it shows.
#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;

use tarnkappe::Error;
use tarnkappe::photo::{Limits, PixelFormat, PlatformPixels, decode_heic};

#[derive(Default)]
struct Held {
    file: Vec<u8>,
    /// Pixels, or the code of the error for which there are none.
    content: Vec<u8>,
    /// Width and height, or 0; where the content lies, and its number of bytes; the format of pixels in the order of `FORMATS`; primaries
    /// and transfer function.
    answer: [u32; 7],
}

/// Those that HEIC is decoded to (www/engine/platform/decoder.ts has their names).
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

/// Decodes the file, once, and gives the place of the answer. The picture is as stored.
#[unsafe(no_mangle)]
pub extern "C" fn decode() -> *const u32 {
    HELD.with_borrow_mut(|held| {
        let file = std::mem::take(&mut held.file);
        (held.content, held.answer) = match decode_heic(&file, &Limits::default()).and_then(described) {
            Ok((pixels, [format, primaries, transfer])) => {
                (pixels.samples, [pixels.width, pixels.height, 0, 0, format, primaries, transfer])
            }
            Err(error) => (error.code().to_string().into_bytes(), [0; 7]),
        };
        held.answer[2] = held.content.as_ptr() as u32;
        held.answer[3] = held.content.len() as u32;
        held.answer.as_ptr()
    })
}

/// Pixels, the number of their format, and their code points.
fn described(pixels: PlatformPixels) -> Result<(PlatformPixels, [u32; 3]), Error> {
    let format = FORMATS.iter().position(|format| *format == pixels.format);
    let (Some(format), Some([primaries, transfer])) = (format, pixels.code_points) else {
        return Err(Error::Internal("a format of pixels that is not expected".into()));
    };
    Ok((pixels, [format as u32, primaries.into(), transfer.into()]))
}
