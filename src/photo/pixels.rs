//! Pixels of pictures that are decoded elsewhere: by the platform, or from an ISO base media file by a decoder of its own. What their
//! numbers mean is read from the file.

use image::metadata::Orientation;

use super::announced::announced;
use super::colour::{Colours, converted_note, ignored, keep_or_convert};
use super::frame::{CodingBlocks, Frame, Photo, one_picture_note, reduced_note, to_8_bit};
use super::limits::check_profile_bytes;
use super::signal::Signal;
use crate::container::{Profile, isobmff, jxl, sniff};
use crate::error::{InputError, Result};
use crate::report::Format;

/// The largest block that HEVC transforms as one (ITU-T H.265, 7.4.3.2.1), and of which AV1 codes coefficients (AV1
/// Bitstream, 5.11.39): so far a region's pixels reach as ringing.
const BLOCKS: CodingBlocks = CodingBlocks { width: 32, height: 32 };
/// The same of JPEG XL (ISO/IEC 18181-1, table C.16).
const JXL_BLOCKS: CodingBlocks = CodingBlocks { width: 256, height: 256 };

/// What a pixel's samples are (WebCodecs, `VideoPixelFormat`, and those of our own decoders).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PixelFormat {
    /// Red, green, blue.
    Rgb,
    /// Red, green, blue, each of 16 bits in the machine's order of bytes.
    Rgb16,
    /// Red, green, blue, alpha.
    Rgba,
    /// Red, green, blue, alpha, each of 16 bits in the machine's order of bytes.
    Rgba16,
    /// Red, green, blue, and a byte without meaning.
    Rgbx,
    /// Blue, green, red, alpha.
    Bgra,
    /// Blue, green, red, and a byte without meaning.
    Bgrx,
}

impl PixelFormat {
    /// By its name in WebCodecs, or that of one without a fourth sample; `None` for all others.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "RGB" => Some(Self::Rgb),
            "RGB16" => Some(Self::Rgb16),
            "RGBA" => Some(Self::Rgba),
            "RGBA16" => Some(Self::Rgba16),
            "RGBX" => Some(Self::Rgbx),
            "BGRA" => Some(Self::Bgra),
            "BGRX" => Some(Self::Bgrx),
            _ => None,
        }
    }

    /// Bytes of a pixel.
    pub(super) fn len(self) -> u64 {
        match self {
            Self::Rgb => 3,
            Self::Rgb16 => 6,
            Self::Rgba | Self::Rgbx | Self::Bgra | Self::Bgrx => 4,
            Self::Rgba16 => 8,
        }
    }
}

/// A picture that the platform has decoded from what [`super::for_platform`] gives.
#[derive(Debug, Clone)]
pub struct PlatformPixels {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Row-major, not premultiplied.
    pub samples: Vec<u8>,
    /// What they are.
    pub format: PixelFormat,
    /// Primaries and transfer function (ITU-T H.273) of numbers that were not converted, for files without a profile. Without
    /// these the numbers are sRGB.
    pub code_points: Option<[u16; 2]>,
    /// The profile of such numbers, where the file has it in coded form only. It counts before the code points.
    pub profile: Option<Vec<u8>>,
    /// They are fewer than the file holds, since those would be too many.
    pub is_reduced: bool,
}

impl PlatformPixels {
    /// A part: left, top, columns and rows.
    #[cfg(feature = "heic")]
    pub(super) fn cut(mut self, [left, top, width, height]: [u32; 4]) -> Result<Self> {
        if [left, top, width, height] == [0, 0, self.width, self.height] {
            return Ok(self);
        }
        let is_within = left + width <= self.width && top + height <= self.height && width > 0 && height > 0;
        if !is_within {
            return Err(InputError::Corrupt("it shows a part that is not there".into()).into());
        }
        let len = self.format.len() as usize;
        let row = len * width as usize;
        for y in 0..height as usize {
            let from = len * ((top as usize + y) * self.width as usize + left as usize);
            self.samples.copy_within(from..from + row, y * row);
        }
        self.samples.truncate(row * height as usize);
        Ok(Self { width, height, ..self })
    }
}

/// The photo of a file whose picture is decoded, not turned yet.
pub(super) fn as_stored(bytes: &[u8], pixels: PlatformPixels) -> Result<Photo> {
    let format = sniff(bytes)?;
    let orientation = announced(bytes).map_or(Orientation::NoTransforms, |announced| announced.orientation);
    let PlatformPixels { width, height, code_points, is_reduced, .. } = pixels;
    let (frame, colours) = match code_points {
        None => (frame_of(pixels), Colours::default()),
        // The page's first module stays small: the one with rare formats knows what numbers mean that others decoded.
        Some(_) if !cfg!(feature = "rare-formats") => return Err(InputError::NeedsFormats.into()),
        Some(points) => with_colours(pixels, isobmff::profile(bytes), points)?,
    };
    let header = if format == Format::Jxl { jxl::Header::read(bytes) } else { None };
    let (blocks, full_chroma) = match &header {
        // Pictures that lost nothing are coded in their own colours; so are JPEGs, which have lost something before.
        Some(header) => ((header.is_xyb || jxl::is_transcoded(bytes)).then_some(JXL_BLOCKS), true),
        None => (Some(BLOCKS), false),
    };
    let (is_animated, is_deep) = match &header {
        Some(header) => (header.is_animated, header.bits > 8),
        None => (false, isobmff::is_deep(bytes)),
    };
    let notes = [colours.note, is_animated.then(one_picture_note), is_deep.then(reduced_note)];
    let mut photo = Photo {
        frame,
        format,
        profile: colours.profile,
        orientation,
        blocks,
        luma_block: (1, 1),
        jpeg_quality: None,
        full_chroma,
        full_size: None,
        notes: notes.into_iter().flatten().collect(),
    };
    if is_reduced {
        // A part that was cut out is smaller than the picture that is announced.
        let full = isobmff::announced(bytes).map_or((width, height), |whole| (whole.width, whole.height));
        photo.opened_smaller((full.0.min(2 * width), full.1.min(2 * height)));
    }
    Ok(photo)
}

/// The pixels with what their numbers mean: what the file's profile says, else its code points.
fn with_colours(mut pixels: PlatformPixels, profile: Option<&[u8]>, points: [u16; 2]) -> Result<(Frame, Colours)> {
    let coded = pixels.profile.take();
    if let Some(profile) = coded.as_deref().or(profile) {
        check_profile_bytes(Some(profile.len()))?;
        let mut frame = frame_of(pixels);
        let is_grey = frame.rgb.chunks_exact(3).all(|pixel| pixel[0] == pixel[1] && pixel[1] == pixel[2]);
        let colours = keep_or_convert(&mut frame.rgb, is_grey, profile)?;
        return Ok((frame, colours));
    }
    match CodedColours::of(points) {
        CodedColours::Kept(profile) => Ok((frame_of(pixels), Colours { profile, note: None })),
        CodedColours::Converted(points) => {
            let (is_deep, of_8_bits) = match pixels.format {
                PixelFormat::Rgb16 => (true, PixelFormat::Rgb),
                PixelFormat::Rgba16 => (true, PixelFormat::Rgba),
                format => (false, format),
            };
            let channels = if matches!(of_8_bits, PixelFormat::Rgba) { 4 } else { 3 };
            let note = match Signal::by_code_points(points) {
                Some(signal) if signal.to_srgb(&mut pixels.samples, is_deep, channels) => {
                    pixels.format = of_8_bits;
                    converted_note()
                }
                Some(_) => return Ok((frame_of(pixels), Colours::default())),
                None => ignored(),
            };
            Ok((frame_of(pixels), Some(note).into()))
        }
    }
}

/// What is done with numbers of code points.
enum CodedColours {
    /// They stay, in sRGB or in a profile.
    Kept(Option<Profile>),
    /// They become sRGB, from these code points.
    Converted([u8; 4]),
}

impl CodedColours {
    /// Transfer functions of television are taken for that of sRGB, as all programs do that show photos.
    fn of([primaries, transfer]: [u16; 2]) -> Self {
        const SRGB_TRANSFER: u8 = 13;
        let [primaries, transfer] = [primaries, transfer].map(|point| u8::try_from(point).unwrap_or(0));
        let transfer = if matches!(transfer, 0..=2 | 6 | 13..=15) { SRGB_TRANSFER } else { transfer };
        match (primaries, transfer) {
            (0..=2 | 5 | 6, SRGB_TRANSFER) => Self::Kept(None),
            (12, SRGB_TRANSFER) => Self::Kept(Some(Profile::DisplayP3)),
            _ => Self::Converted([primaries, transfer, 0, 1]),
        }
    }
}

/// Colours and alpha of samples.
fn frame_of(pixels: PlatformPixels) -> Frame {
    let PlatformPixels { width, height, mut samples, format, .. } = pixels;
    match format {
        PixelFormat::Rgb => return Frame::from_samples(width, height, samples, 3),
        PixelFormat::Rgb16 => return Frame::from_samples(width, height, to_8_bit(samples), 3),
        PixelFormat::Rgba16 => return Frame::from_samples(width, height, to_8_bit(samples), 4),
        PixelFormat::Bgra | PixelFormat::Bgrx => samples.chunks_exact_mut(4).for_each(|pixel| pixel.swap(0, 2)),
        PixelFormat::Rgba | PixelFormat::Rgbx => {}
    }
    if matches!(format, PixelFormat::Rgbx | PixelFormat::Bgrx) {
        samples.chunks_exact_mut(4).for_each(|pixel| pixel[3] = u8::MAX);
    }
    Frame::from_samples(width, height, samples, 4)
}
