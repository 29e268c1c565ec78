//! Pictures that only the platform decodes: HEIC, AVIF and JPEG XL, in browsers that have a decoder.
//!
//! Their headers are read here, so that sizes are checked before the platform is asked, and their pixels are turned here,
//! since platforms differ in that. What the platform gives is only checked for its size.

use std::fmt;

use super::announced::checked;
use super::frame::Photo;
use super::limits::Limits;
use super::pixels::{PlatformPixels, as_stored};
use crate::container::isobmff::{self, Announced};
use crate::container::{jxl, sniff};
use crate::error::{InputError, LimitsError, Result};
use crate::report::Format;

/// What holds the pixels of a picture that was decoded elsewhere.
pub trait Decoded: fmt::Debug {
    /// A copy of them, for one photo.
    ///
    /// # Errors
    /// [`LimitsError::Memory`] where there is no room for them.
    fn pixels(&self) -> Result<PlatformPixels>;
}

impl Decoded for PlatformPixels {
    fn pixels(&self) -> Result<PlatformPixels> {
        let mut samples = Vec::new();
        samples.try_reserve_exact(self.samples.len()).map_err(|_| LimitsError::Memory)?;
        samples.extend_from_slice(&self.samples);
        Ok(Self { samples, profile: self.profile.clone(), ..*self })
    }
}

/// A file, with its pixels if it is one that only the platform decodes.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The file.
    pub bytes: &'a [u8],
    /// Its pixels, where they do not come from `bytes`.
    pub pixels: Option<&'a dyn Decoded>,
}

impl<'a, T: AsRef<[u8]> + ?Sized> From<&'a T> for Source<'a> {
    fn from(bytes: &'a T) -> Self {
        Self { bytes: bytes.as_ref(), pixels: None }
    }
}

impl Source<'_> {
    /// Opens the picture.
    ///
    /// # Errors
    /// As [`super::open`]; [`InputError::Corrupt`] if the pixels are not as many as they are said to be, or more than the
    /// file announces.
    pub fn open(&self, limits: &Limits) -> Result<Photo> {
        match self.pixels {
            Some(pixels) => open_pixels(self.bytes, pixels, limits),
            None => super::open(self.bytes, limits),
        }
    }
}

/// The file to give to the platform's decoder, if it is one that only that decodes. It is not to be turned.
///
/// # Errors
/// As [`super::open`], as far as the header shows it.
pub fn for_platform(bytes: &[u8], limits: &Limits) -> Result<Option<Vec<u8>>> {
    limits.check_bytes(bytes.len() as u64)?;
    let without_turns = match sniff(bytes)? {
        Format::Heic | Format::Avif => isobmff::without_turns,
        Format::Jxl => jxl::without_turns,
        _ => return Ok(None),
    };
    checked(bytes, limits)?;
    Ok(Some(without_turns(bytes)))
}

fn open_pixels(bytes: &[u8], decoded: &dyn Decoded, limits: &Limits) -> Result<Photo> {
    limits.check_bytes(bytes.len() as u64)?;
    let Announced { width, height, .. } = checked(bytes, limits)?;
    let pixels = decoded.pixels()?;
    let expected = pixels.format.len() * u64::from(pixels.width) * u64::from(pixels.height);
    // A picture may be cut to less than it is coded in (clean aperture).
    let is_within = (1..=width).contains(&pixels.width) && (1..=height).contains(&pixels.height);
    if !is_within || pixels.samples.len() as u64 != expected {
        return Err(InputError::Corrupt("its picture is not as large as it says".into()).into());
    }
    let mut photo = as_stored(bytes, pixels)?;
    photo.frame = photo.frame.turned(photo.orientation)?;
    Ok(photo)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::Error;
    use crate::container::isobmff::tests::{boxed, sized};
    use crate::photo::pixels::PixelFormat;
    use crate::photo::{open, save};
    use crate::report::NoteCode;
    use image::metadata::Orientation;

    const WIDTH: u32 = 40;
    const HEIGHT: u32 = 24;

    fn pixels(format: PixelFormat) -> PlatformPixels {
        let samples = (0..WIDTH * HEIGHT).flat_map(|i| [(i % 251) as u8, 80, 160, 255]).collect();
        PlatformPixels {
            width: WIDTH,
            height: HEIGHT,
            samples,
            format,
            code_points: None,
            profile: None,
            is_reduced: false,
        }
    }

    fn opened(bytes: &[u8], pixels: &PlatformPixels) -> Result<Photo> {
        Source { bytes, pixels: Some(pixels) }.open(&Limits::default())
    }

    /// A HEIC of this size as stored, to be turned anti-clockwise by quarters.
    fn heif_picture(width: u32, height: u32, quarters: u8) -> Vec<u8> {
        sized(width, height, &[boxed(b"irot", &[quarters])])
    }

    #[test]
    fn pixels_are_taken_over_in_either_order() {
        let file = heif_picture(WIDTH, HEIGHT, 0);
        let photo = opened(&file, &pixels(PixelFormat::Rgba)).unwrap();
        assert_eq!((photo.format, &photo.frame.rgb[3..6]), (Format::Heic, &[1, 80, 160][..]));
        assert_eq!(photo.frame.alpha, None);
        let photo = opened(&file, &pixels(PixelFormat::Bgra)).unwrap();
        assert_eq!(photo.frame.rgb[3..6], [160, 80, 1]);
    }

    #[test]
    fn a_picture_of_more_than_8_bits_gets_a_note() {
        let config = |depth: u8| [&[0; 17][..], &[0xf8 | (depth - 8)], &[0; 5]].concat();
        for (depth, is_said) in [(8, false), (10, true), (12, true)] {
            let file = sized(WIDTH, HEIGHT, &[boxed(b"hvcC", &config(depth))]);
            let notes = opened(&file, &pixels(PixelFormat::Rgba)).unwrap().notes;
            assert_eq!(notes.iter().any(|note| note.code == NoteCode::ReducedTo8Bit), is_said, "{depth}");
        }
    }

    #[test]
    fn a_byte_without_meaning_is_no_transparency() {
        let file = heif_picture(WIDTH, HEIGHT, 0);
        let mut pixels = pixels(PixelFormat::Bgrx);
        pixels.samples[3] = 0;
        assert_eq!(opened(&file, &pixels).unwrap().frame.alpha, None);
    }

    #[test]
    fn the_picture_is_turned_here_and_not_by_the_platform() {
        let file = heif_picture(WIDTH, HEIGHT, 3);
        let photo = opened(&file, &pixels(PixelFormat::Rgba)).unwrap();
        assert_eq!((photo.frame.width, photo.frame.height), (HEIGHT, WIDTH));
        // Turned clockwise: the first pixel stands at the end of the first row.
        assert_eq!(photo.frame.rgb[3 * (HEIGHT as usize - 1)], 0);
        let given = for_platform(&file, &Limits::default()).unwrap().unwrap();
        assert_eq!(isobmff::announced(&given).unwrap().orientation, Orientation::NoTransforms);
    }

    #[test]
    fn more_or_other_pixels_than_announced_are_refused() {
        let file = heif_picture(WIDTH, HEIGHT, 0);
        let right = pixels(PixelFormat::Rgba);
        let turned = PlatformPixels { width: HEIGHT, height: WIDTH, ..right.clone() };
        let short = PlatformPixels { samples: right.samples[4..].to_vec(), ..right.clone() };
        let none = PlatformPixels { width: 0, height: 0, samples: Vec::new(), ..right.clone() };
        for wrong in [turned, short, none] {
            assert!(matches!(opened(&file, &wrong), Err(Error::Input(InputError::Corrupt(_)))), "{}", wrong.width);
        }
        assert!(opened(b"\xFF\xD8\xFF", &right).is_err());
    }

    #[test]
    fn sizes_are_checked_before_the_platform_is_asked() {
        let file = heif_picture(65_535, 65_535, 0);
        let too_large = |error| matches!(error, Error::Limits(LimitsError::TooManyPixels { .. }));
        assert!(too_large(for_platform(&file, &Limits::default()).unwrap_err()));
        assert!(too_large(open(&file, &Limits::default()).unwrap_err()));
    }

    #[test]
    fn without_pixels_the_format_is_named() {
        let mut file = heif_picture(WIDTH, HEIGHT, 0);
        file[8..12].copy_from_slice(b"avif");
        assert_eq!(open(&file, &Limits::default()).unwrap_err(), InputError::NoDecoder("AVIF").into());
    }

    #[test]
    fn it_is_saved_as_a_jpeg_also_if_it_was_see_through() {
        let file = heif_picture(WIDTH, HEIGHT, 0);
        let mut pixels = pixels(PixelFormat::Rgba);
        assert_eq!(save(&opened(&file, &pixels).unwrap()).unwrap().format, Format::Jpeg);
        pixels.samples[3] = 100;
        let mut photo = opened(&file, &pixels).unwrap();
        photo.flatten();
        assert_eq!(save(&photo).unwrap().format, Format::Jpeg);
    }
}
