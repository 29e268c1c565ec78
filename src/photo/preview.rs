//! A small picture for showing.

use std::borrow::Cow;

use super::frame::Frame;
use super::resize::{resize_rgb, size_within};
use super::save::{Samples, encode_jpeg};
use crate::container::Profile;
use crate::error::Result;

/// Good enough to look at, a tenth of a PNG's size.
const PREVIEW_QUALITY: u8 = 85;

/// A file that shows `frame` at no more than `max_side` pixels on its longer side, never enlarged, and its width and
/// height. A JPEG with the frame's profile, on white if the picture is not opaque, as copies are.
///
/// # Errors
/// [`crate::Error::Internal`] if the frame's planes do not fit its size.
pub fn preview(frame: &Frame, profile: Option<Profile>, max_side: u32) -> Result<(Vec<u8>, u32, u32)> {
    let from = (frame.width, frame.height);
    let to = size_within(from, max_side);
    let rgb: Cow<'_, [u8]> = match frame.alpha {
        Some(_) => frame.on_grey(u8::MAX).into(),
        None => (&frame.rgb[..]).into(),
    };
    let small = Frame { width: to.0, height: to.1, rgb: resize_rgb(&rgb, from.0, from.1, to.0, to.1)?, alpha: None };
    let bytes = encode_jpeg(&small, &Samples::of(&small, profile), PREVIEW_QUALITY, false)?;
    Ok((bytes, to.0, to.1))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::photo::{Limits, open};

    fn frame(width: u32, height: u32, alpha: Option<Vec<u8>>) -> Frame {
        Frame { width, height, rgb: vec![90; (3 * width * height) as usize], alpha }
    }

    #[test]
    fn the_longer_side_is_limited_and_the_shape_kept() {
        let (bytes, width, height) = preview(&frame(400, 100, None), None, 200).unwrap();
        assert_eq!((width, height), (200, 50));
        let shown = open(&bytes, &Limits::default()).unwrap().frame;
        assert_eq!((shown.width, shown.height), (200, 50));
    }

    #[test]
    fn colours_stay_what_they_are() {
        let frame = Frame { rgb: [250, 20, 30].repeat(64), ..frame(8, 8, None) };
        let (bytes, ..) = preview(&frame, Some(Profile::DisplayP3), 8).unwrap();
        assert_eq!(open(&bytes, &Limits::default()).unwrap().profile, Some(Profile::DisplayP3));
    }

    #[test]
    fn a_line_keeps_one_pixel() {
        let (_, width, height) = preview(&frame(3000, 1, None), None, 100).unwrap();
        assert_eq!((width, height), (100, 1));
    }

    #[test]
    fn a_small_picture_is_not_enlarged() {
        let (_, width, height) = preview(&frame(7, 5, None), None, 100).unwrap();
        assert_eq!((width, height), (7, 5));
    }

    #[test]
    fn what_is_see_through_is_shown_on_white() {
        let (bytes, ..) = preview(&frame(40, 40, Some(vec![0; 1600])), None, 20).unwrap();
        assert_eq!(open(&bytes, &Limits::default()).unwrap().frame.rgb, vec![255; 3 * 400]);
    }
}
