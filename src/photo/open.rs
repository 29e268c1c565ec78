//! From bytes to upright sRGB pixels.

use std::error::Error as StdError;
use std::io::{Cursor, ErrorKind};

use image::codecs::bmp::BmpDecoder;
use image::codecs::gif::GifDecoder;
use image::codecs::png::PngDecoder;
use image::codecs::tiff::TiffDecoder;
use image::codecs::webp::WebPDecoder;
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::colour::{inks_to_srgb, rgb_to_srgb};
use super::container::{gif_has_more_frames, png_is_whole, tiff_has_more_pages, webp_is_lossy};
use super::frame::{CodingBlocks, Frame, Photo};
use super::jpeg::{self, Header};
use super::limits::{Limits, zeroed};
use super::sniff::sniff;
use crate::error::{InputError, LimitsError, Result};
use crate::report::{Format, Note, NoteCode};

/// A lossy WebP's macroblock (RFC 6386, section 2).
const WEBP_BLOCKS: CodingBlocks = CodingBlocks { width: 16, height: 16 };

/// Opens a picture: sniffed by content, decoded, turned upright, in sRGB.
///
/// # Errors
/// [`InputError`] for what the file is or lacks, [`LimitsError`] for what it asks beyond `limits`; those come before
/// anything is decoded.
pub fn open(bytes: &[u8], limits: &Limits) -> Result<Photo> {
    limits.check_bytes(bytes.len() as u64)?;
    let mut photo = match sniff(bytes)? {
        Format::Jpeg => decode_jpeg(bytes, limits)?,
        format => decode_other(bytes, format, limits)?,
    };
    photo.frame = photo.frame.turned(photo.orientation)?;
    Ok(photo)
}

/// Width and height in pixels as stored, before the orientation tag is applied, from the header alone.
///
/// # Errors
/// As [`open`], as far as the header shows it.
pub fn dimensions(bytes: &[u8], limits: &Limits) -> Result<(u32, u32)> {
    limits.check_bytes(bytes.len() as u64)?;
    let (width, height) = match sniff(bytes)? {
        Format::Jpeg => {
            let header = jpeg::read_header(bytes)?;
            (header.width, header.height)
        }
        format => decoder(bytes, format, limits)?.dimensions(),
    };
    limits.check_pixels(width, height)?;
    Ok((width, height))
}

fn decode_jpeg(bytes: &[u8], limits: &Limits) -> Result<Photo> {
    let header = jpeg::read_header(bytes)?;
    limits.check_pixels(header.width, header.height)?;
    header.check_supported()?;
    let pixels = u64::from(header.width) * u64::from(header.height);
    let channels = if header.components() == 4 { 4 } else { 3 };
    limits.check_memory(pixels * channels + header.coefficient_bytes())?;

    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(header.width as usize)
        .set_max_height(header.height as usize);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(jpeg_error)?;
    let stored = decoder.input_colorspace().unwrap_or(ColorSpace::Unknown);
    let target = if channels == 4 { stored } else { ColorSpace::RGB };
    decoder.set_options(options.jpeg_set_out_colorspace(target));
    let mut samples = zeroed(pixels * channels)?;
    decoder.decode_into(&mut samples).map_err(jpeg_error)?;

    let orientation = decoder.exif().and_then(|exif| Orientation::from_exif_chunk(exif));
    let (rgb, note) = jpeg_to_srgb(samples, stored, decoder.icc_profile().as_deref())?;
    Ok(jpeg_photo(&header, rgb, orientation, note))
}

fn jpeg_photo(header: &Header, rgb: Vec<u8>, orientation: Option<Orientation>, note: Option<Note>) -> Photo {
    Photo {
        frame: Frame { width: header.width, height: header.height, rgb, alpha: None },
        format: Format::Jpeg,
        orientation: orientation.unwrap_or(Orientation::NoTransforms),
        blocks: Some(header.coding_blocks()),
        jpeg_quality: header.quality(),
        full_chroma: header.full_chroma(),
        notes: note.into_iter().collect(),
    }
}

/// From what the decoder gives (RGB, or four components as stored) to sRGB.
fn jpeg_to_srgb(mut samples: Vec<u8>, stored: ColorSpace, icc: Option<&[u8]>) -> Result<(Vec<u8>, Option<Note>)> {
    if matches!(stored, ColorSpace::CMYK | ColorSpace::YCCK) {
        samples.chunks_exact_mut(4).for_each(if stored == ColorSpace::CMYK { invert } else { ycck_to_inks });
        let (rgb, note) = inks_to_srgb(samples, icc)?;
        return Ok((rgb, Some(note)));
    }
    let grey = stored == ColorSpace::Luma;
    let note = icc.map_or(Ok(None), |icc| rgb_to_srgb(&mut samples, grey, icc))?;
    Ok((samples, note))
}

/// Photoshop, which nearly all four-component JPEGs come from, stores 0 for full ink.
fn invert(pixel: &mut [u8]) {
    pixel.iter_mut().for_each(|v| *v = 255 - *v);
}

/// Luma and chroma (JFIF 1.02) of the inverted inks, and inverted black, to inks. Inverting twice cancels out for the
/// first three.
fn ycck_to_inks(pixel: &mut [u8]) {
    let [y, cb, cr, k] = [pixel[0], pixel[1], pixel[2], pixel[3]].map(f32::from);
    let (cb, cr) = (cb - 128.0, cr - 128.0);
    pixel[0] = (y + 1.402 * cr).round() as u8;
    pixel[1] = (y - 0.344_136 * cb - 0.714_136 * cr).round() as u8;
    pixel[2] = (y + 1.772 * cb).round() as u8;
    pixel[3] = 255 - k as u8;
}

fn jpeg_error(error: DecodeErrors) -> crate::Error {
    match error {
        DecodeErrors::Unsupported(_) => InputError::Unsupported("JPEG of a rare kind".into()).into(),
        DecodeErrors::LargeDimensions(_) => LimitsError::Memory.into(),
        DecodeErrors::ExhaustedData => InputError::Truncated.into(),
        error => InputError::Corrupt(error.to_string()).into(),
    }
}

type Decoder<'a> = Box<dyn ImageDecoder + 'a>;

/// The decoder of a format other than JPEG, with its header read.
fn decoder<'a>(bytes: &'a [u8], format: Format, limits: &Limits) -> Result<Decoder<'a>> {
    let reader = Cursor::new(bytes);
    let decoder: Result<Decoder<'a>, ImageError> = match format {
        Format::Png => PngDecoder::with_limits(reader, image_limits(limits)).map(|d| Box::new(d) as _),
        Format::Webp => WebPDecoder::new(reader).map(|d| Box::new(d) as _),
        Format::Gif => GifDecoder::new(reader).map(|d| Box::new(d) as _),
        Format::Bmp => BmpDecoder::new(reader).map(|d| Box::new(d) as _),
        Format::Tiff => TiffDecoder::new(reader).map(|d| Box::new(d) as _),
        Format::Jpeg => return Err(crate::Error::Internal("JPEG has a decoder of its own".into())),
    };
    Ok(decoder.map_err(image_error)?)
}

fn image_limits(limits: &Limits) -> image::Limits {
    let mut bounds = image::Limits::no_limits();
    bounds.max_alloc = Some(limits.max_decode_memory);
    bounds
}

fn decode_other(bytes: &[u8], format: Format, limits: &Limits) -> Result<Photo> {
    let mut decoder = decoder(bytes, format, limits)?;
    let (width, height) = decoder.dimensions();
    limits.check_pixels(width, height)?;
    let pixels = u64::from(width) * u64::from(height);
    // The decoder's samples and, at most, colour and alpha planes made from them.
    limits.check_memory(decoder.total_bytes() + 4 * pixels)?;
    decoder.set_limits(image_limits(limits)).map_err(image_error)?;
    if format == Format::Png && !png_is_whole(bytes) {
        return Err(InputError::Truncated.into());
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let icc = decoder.icc_profile().ok().flatten();
    let color = decoder.color_type();
    let mut samples = zeroed(decoder.total_bytes())?;
    decoder.read_image_boxed(&mut samples).map_err(image_error)?;

    let mut notes = Vec::new();
    notes.extend(first_frame_note(bytes, format)?);
    let (samples, depth_note) = to_8_bit(samples, color)?;
    notes.extend(depth_note);
    let mut frame = Frame::from_samples(width, height, samples, color.channel_count());
    if let Some(icc) = icc {
        notes.extend(rgb_to_srgb(&mut frame.rgb, !color.has_color(), &icc)?);
    }
    let lossy = format == Format::Webp && webp_is_lossy(bytes);
    Ok(Photo {
        frame,
        format,
        orientation,
        blocks: lossy.then_some(WEBP_BLOCKS),
        jpeg_quality: None,
        full_chroma: !lossy,
        notes,
    })
}

fn first_frame_note(bytes: &[u8], format: Format) -> Result<Option<Note>> {
    let more = match format {
        Format::Gif => gif_has_more_frames(bytes),
        Format::Tiff => tiff_has_more_pages(bytes),
        Format::Png => PngDecoder::new(Cursor::new(bytes)).and_then(|d| d.is_apng()).map_err(image_error)?,
        Format::Webp => WebPDecoder::new(Cursor::new(bytes)).map_err(image_error)?.has_animation(),
        Format::Jpeg | Format::Bmp => false,
    };
    Ok(more.then(|| Note {
        code: NoteCode::FirstFrameOnly,
        message: "The file holds several pictures; only the first is read and written.".into(),
    }))
}

/// Rounds 16-bit samples (native byte order) to 8 bits, in place.
fn to_8_bit(mut samples: Vec<u8>, color: ColorType) -> Result<(Vec<u8>, Option<Note>)> {
    match color {
        ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8 => return Ok((samples, None)),
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {}
        _ => return Err(InputError::Unsupported("floating-point".into()).into()),
    }
    let count = samples.len() / 2;
    for i in 0..count {
        let value = u32::from(u16::from_ne_bytes([samples[2 * i], samples[2 * i + 1]]));
        samples[i] = ((value * 255 + 32_767) / 65_535) as u8;
    }
    samples.truncate(count);
    samples.shrink_to_fit();
    let message = "16 bits a channel were reduced to 8.".into();
    Ok((samples, Some(Note { code: NoteCode::ReducedTo8Bit, message })))
}

fn image_error(error: ImageError) -> crate::Error {
    match error {
        ImageError::Limits(_) => LimitsError::Memory.into(),
        error if ends_early(&error) => InputError::Truncated.into(),
        ImageError::Unsupported(error) => InputError::Unsupported(format!("such ({error})")).into(),
        error => InputError::Corrupt(error.to_string()).into(),
    }
}

/// Whether an unexpected end of the data is among the causes.
fn ends_early(error: &ImageError) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(current) = cause {
        let io = current.downcast_ref::<std::io::Error>();
        if io.is_some_and(|e| e.kind() == ErrorKind::UnexpectedEof) {
            return true;
        }
        cause = current.source();
    }
    false
}
