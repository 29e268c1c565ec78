//! What a module exports that decodes one format for the page, without glue: `input` gives room for a file, `decode` the place of what
//! it shows.

use std::cell::RefCell;

use tarnkappe::Error;
use tarnkappe::photo::{PixelFormat, PlatformPixels};

#[derive(Default)]
struct Held {
    file: Vec<u8>,
    /// Pixels, or the code of the error for which there are none.
    content: Vec<u8>,
    /// A colour profile, or nothing.
    profile: Vec<u8>,
    /// Width and height, or 0; where the content lies, and its number of bytes; the same of the profile; the format of pixels in the order
    /// of `FORMATS`; primaries and transfer function.
    answer: [u32; 9],
}

/// Those that are decoded to (www/engine/platform/decoder.ts has their names).
const FORMATS: [PixelFormat; 4] = [PixelFormat::Rgb, PixelFormat::Rgba, PixelFormat::Rgb16, PixelFormat::Rgba16];

impl Held {
    /// Fills in the answer.
    fn point_at(&mut self, [width, height]: [u32; 2], [format, primaries, transfer]: [u32; 3]) {
        let [content, profile] =
            [&self.content, &self.profile].map(|bytes| (bytes.as_ptr() as u32, bytes.len() as u32));
        self.answer = [width, height, content.0, content.1, profile.0, profile.1, format, primaries, transfer];
    }
}

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
        let (size, meaning) = match crate::decode(&file).and_then(described) {
            Ok((pixels, meaning)) => {
                held.content = pixels.samples;
                held.profile = pixels.profile.unwrap_or_default();
                ([pixels.width, pixels.height], meaning)
            }
            Err(error) => {
                held.content = error.code().to_string().into_bytes();
                held.profile = Vec::new();
                ([0; 2], [0; 3])
            }
        };
        held.point_at(size, meaning);
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
