//! Shrinking and enlarging.

use fast_image_resize::images::{Image, TypedImageRef};
use fast_image_resize::pixels::{InnerPixel, U8x3};
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};

use super::frame::Frame;
use crate::error::{Error, Result};

/// Resizes `width` x `height` pixels of 3 bytes, row-major, to `to_width` x `to_height`: bilinear, and where it
/// shrinks the filter is widened by the factor, so that nothing is skipped (no aliasing).
///
/// Pixel centres lie at half-integers on both sides: `x` of the result shows `(x + 0.5) * width / to_width - 0.5`.
///
/// # Errors
/// [`Error::Internal`] if the sizes are zero or do not fit `rgb`.
pub fn resize_rgb(rgb: &[u8], width: u32, height: u32, to_width: u32, to_height: u32) -> Result<Vec<u8>> {
    resize_with(rgb, (width, height), (to_width, to_height), FilterType::Bilinear)
}

/// [`resize_rgb`] with a cubic curve (Catmull-Rom) instead of straight lines: smoother where it enlarges.
///
/// # Errors
/// As [`resize_rgb`].
pub fn resize_rgb_smoothly(rgb: &[u8], width: u32, height: u32, to_width: u32, to_height: u32) -> Result<Vec<u8>> {
    resize_with(rgb, (width, height), (to_width, to_height), FilterType::CatmullRom)
}

/// The size of a picture whose longer side is `long_side` if it is longer, never enlarged. No side is 0.
pub(crate) fn size_within((width, height): (u32, u32), long_side: u32) -> (u32, u32) {
    let longer = u64::from(width.max(height).max(1));
    let side = |n: u32| match u64::from(long_side) {
        long_side if longer <= long_side => n,
        long_side => ((u64::from(n) * long_side + longer / 2) / longer).max(1) as u32,
    };
    (side(width), side(height))
}

/// An opaque picture in a smaller size: a windowed sinc (Lanczos, three lobes), which keeps edges sharp and has no aliasing.
///
/// # Errors
/// As [`resize_rgb`].
pub(crate) fn shrunk(frame: &Frame, (width, height): (u32, u32)) -> Result<Frame> {
    let rgb = resize_with(&frame.rgb, (frame.width, frame.height), (width, height), FilterType::Lanczos3)?;
    Ok(Frame { width, height, rgb, alpha: None })
}

/// Writes a line of half the width, each pixel the mean of four in two lines of red, green and blue.
pub(super) fn halve_lines(above: &[u8], below: &[u8], line: &mut [u8]) {
    for (pixel, (above, below)) in line.chunks_exact_mut(3).zip(above.chunks_exact(6).zip(below.chunks_exact(6))) {
        for channel in 0..3 {
            let sum = [above[channel], above[channel + 3], below[channel], below[channel + 3]].map(u32::from);
            pixel[channel] = ((sum.iter().sum::<u32>() + 2) / 4) as u8;
        }
    }
}

/// [`resize_rgb`] with any filter. Typed, because the library's untyped call compiles its code for every pixel type there is: 3 MB, and over a minute.
fn resize_with(samples: &[u8], from: (u32, u32), to: (u32, u32), filter: FilterType) -> Result<Vec<u8>> {
    if from.0 == 0 || from.1 == 0 || to.0 == 0 || to.1 == 0 {
        return Err(Error::Internal("a picture without pixels cannot be resized".into()));
    }
    let misfit = || Error::Internal("the pixels do not fit the picture's size".into());
    let source = TypedImageRef::<U8x3>::from_buffer(from.0, from.1, samples).map_err(|_| misfit())?;
    let mut target = Image::new(to.0, to.1, U8x3::pixel_type());
    let mut pixels = target.typed_image_mut::<U8x3>().ok_or_else(misfit)?;
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).use_alpha(false);
    Resizer::new().resize_typed(&source, &mut pixels, &options).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(target.into_vec())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn shrinking_averages_instead_of_skipping() {
        let stripes: Vec<u8> = (0..64 * 64).flat_map(|i| [if i % 2 == 0 { 0 } else { 255 }; 3]).collect();
        let small = resize_rgb(&stripes, 64, 64, 8, 8).unwrap();
        assert!(small.iter().all(|v| (120..=136).contains(v)), "{small:?}");
    }

    #[test]
    fn a_horizontal_ramp_stays_in_place() {
        let ramp: Vec<u8> = (0..100 * 4).flat_map(|i| [(i % 100) as u8 * 2; 3]).collect();
        let half = resize_rgb(&ramp, 100, 4, 50, 2).unwrap();
        for x in 1..49 {
            let centre = (x as f32 + 0.5) * 2.0 - 0.5;
            assert!((f32::from(half[x * 3]) - 2.0 * centre).abs() <= 1.0, "column {x}: {}", half[x * 3]);
        }
    }

    #[test]
    fn the_longer_side_is_the_one_that_is_set() {
        let cases = [((4000, 3000), 1000, (1000, 750)), ((3, 4000), 16, (1, 16)), ((4000, 2667), 1920, (1920, 1280))];
        for (size, long_side, expected) in cases {
            assert_eq!(size_within(size, long_side), expected);
            assert_eq!(size_within((size.1, size.0), long_side), (expected.1, expected.0));
            assert_eq!(size_within(expected, long_side + 1), expected);
        }
    }

    #[test]
    fn a_size_that_does_not_fit_is_an_error() {
        assert!(resize_rgb(&[0; 11], 2, 2, 1, 1).is_err());
        assert!(resize_rgb(&[0; 12], 2, 2, 0, 1).is_err());
    }
}
