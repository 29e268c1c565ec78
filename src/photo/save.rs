//! From pixels to a file that holds nothing but them.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use super::frame::{Frame, Photo};
use crate::error::{Error, Result};
use crate::report::{Format, Note, NoteCode};

/// The lowest quality a JPEG is written with: below it the second compression becomes visible beside the first.
const MIN_JPEG_QUALITY: u8 = 85;

/// For pictures that become JPEG from another lossy format, whose own quality cannot be compared.
const DEFAULT_JPEG_QUALITY: u8 = 90;

/// Largest width or height of a JPEG (ITU-T T.81, B.2.2: 16 bits).
const MAX_JPEG_SIDE: u32 = 65_535;

/// A saved file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its format.
    pub format: Format,
    /// What the person should know of how it was written.
    pub notes: Vec<Note>,
}

/// The format in which [`save`] writes: JPEG for JPEG, and for lossy WebP without transparency, whose pixels a PNG
/// would only make large; PNG for everything else.
pub fn output_format(photo: &Photo) -> Format {
    let frame = &photo.frame;
    let fits = frame.alpha.is_none() && frame.width.max(frame.height) <= MAX_JPEG_SIDE;
    match photo.format {
        Format::Jpeg if fits => Format::Jpeg,
        Format::Webp if fits && photo.blocks.is_some() => Format::Jpeg,
        _ => Format::Png,
    }
}

/// Writes the pixels, upright, and nothing else: no metadata, no profile (sRGB is what a file without one means), no
/// date. The same photo always gives the same bytes. Colours under full transparency are written as black.
///
/// # Errors
/// [`Error::Internal`] if a plane's size is not that of the frame.
pub fn save(photo: &Photo) -> Result<Saved> {
    let frame = &photo.frame;
    let pixels = frame.width as usize * frame.height as usize;
    if frame.rgb.len() != 3 * pixels || frame.alpha.as_ref().is_some_and(|alpha| alpha.len() != pixels) {
        return Err(Error::Internal("a plane's size is not that of its frame".into()));
    }
    let format = output_format(photo);
    let bytes = match format {
        Format::Jpeg => {
            let quality = photo.jpeg_quality.unwrap_or(DEFAULT_JPEG_QUALITY).max(MIN_JPEG_QUALITY);
            encode_jpeg(frame, quality, photo.full_chroma)?
        }
        _ => encode_png(frame)?,
    };
    let note = (format != photo.format).then(|| changed_format_note(format));
    Ok(Saved { bytes, format, notes: note.into_iter().collect() })
}

fn changed_format_note(format: Format) -> Note {
    let (code, name) = match format {
        Format::Jpeg => (NoteCode::SavedAsJpeg, "JPEG"),
        _ => (NoteCode::SavedAsPng, "PNG"),
    };
    Note { code, message: format!("The output is a {name}, other than the input.") }
}

/// A baseline JPEG of `frame`'s colours: grey if all of them are, else 4:4:4 for `full_chroma`, else 4:2:0.
pub(super) fn encode_jpeg(frame: &Frame, quality: u8, full_chroma: bool) -> Result<Vec<u8>> {
    let side = |n: u32| u16::try_from(n).map_err(|_| Error::Internal("too large for a JPEG".into()));
    let (width, height) = (side(frame.width)?, side(frame.height)?);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(if full_chroma { SamplingFactor::R_4_4_4 } else { SamplingFactor::R_4_2_0 });
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    let result = match grey_plane(frame) {
        Some(grey) => encoder.encode(&grey, width, height, ColorType::Luma),
        None => encoder.encode(&frame.rgb, width, height, ColorType::Rgb),
    };
    result.map_err(|e| Error::Internal(format!("JPEG encoder: {e}")))?;
    Ok(bytes)
}

/// A PNG of `frame`: grey if all its colours are and it is opaque, else RGB or RGBA.
pub(super) fn encode_png(frame: &Frame) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive);
    let write = |samples: &[u8], color| encoder.write_image(samples, frame.width, frame.height, color);
    let result = match (&frame.alpha, grey_plane(frame)) {
        (Some(alpha), _) => write(&interleaved(&frame.rgb, alpha), ExtendedColorType::Rgba8),
        (None, Some(grey)) => write(&grey, ExtendedColorType::L8),
        (None, None) => write(&frame.rgb, ExtendedColorType::Rgb8),
    };
    result.map_err(|e| Error::Internal(format!("PNG encoder: {e}")))?;
    Ok(bytes)
}

/// The grey values, if no pixel has a colour.
fn grey_plane(frame: &Frame) -> Option<Vec<u8>> {
    let grey = frame.rgb.chunks_exact(3).all(|p| p[0] == p[1] && p[1] == p[2]);
    grey.then(|| frame.rgb.iter().step_by(3).copied().collect())
}

/// Colour and alpha together, 4 bytes a pixel. What nobody can see is not written: under full transparency editors
/// leave the old picture.
pub(super) fn interleaved(rgb: &[u8], alpha: &[u8]) -> Vec<u8> {
    let join = |(colour, alpha): (&[u8], &u8)| match *alpha {
        0 => [0; 4],
        alpha => [colour[0], colour[1], colour[2], alpha],
    };
    rgb.chunks_exact(3).zip(alpha).flat_map(join).collect()
}
