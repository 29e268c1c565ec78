//! A small picture for showing.

use fast_image_resize::PixelType;

use super::frame::Frame;
use super::resize::resize;
use super::save::{encode_jpeg, encode_png, interleaved};
use crate::error::Result;

/// Good enough to look at, a tenth of a PNG's size.
const PREVIEW_QUALITY: u8 = 85;

/// A file that shows `frame` at no more than `max_side` pixels on its longer side, never enlarged, and its width and
/// height. JPEG, or PNG if there is transparency.
///
/// # Errors
/// [`crate::Error::Internal`] if the frame's planes do not fit its size.
pub fn preview(frame: &Frame, max_side: u32) -> Result<(Vec<u8>, u32, u32)> {
    let longer = frame.width.max(frame.height).max(1);
    let side = |n: u32| match u64::from(n) * u64::from(max_side) {
        _ if longer <= max_side => n,
        scaled => (scaled.div_ceil(u64::from(longer)) as u32).max(1),
    };
    let (from, to) = ((frame.width, frame.height), (side(frame.width), side(frame.height)));
    let small = match &frame.alpha {
        None => Frame::from_samples(to.0, to.1, resize(&frame.rgb, from, to, PixelType::U8x3)?, 3),
        Some(alpha) => {
            let samples = resize(&interleaved(&frame.rgb, alpha), from, to, PixelType::U8x4)?;
            Frame::from_samples(to.0, to.1, samples, 4)
        }
    };
    let bytes = match small.alpha {
        None => encode_jpeg(&small, PREVIEW_QUALITY, false)?,
        Some(_) => encode_png(&small)?,
    };
    Ok((bytes, to.0, to.1))
}
