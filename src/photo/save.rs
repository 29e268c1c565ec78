//! From pixels to a file that holds nothing but them.

use std::borrow::Cow;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

use super::frame::{CodingBlocks, Frame, Photo};
use crate::container::{Profile, png};
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
    /// The profile that is in it, for colours that are not sRGB.
    pub profile: Option<Profile>,
    /// What the person should know of how it was written.
    pub notes: Vec<Note>,
}

/// The format in which [`save`] writes: JPEG for JPEG, and for lossy WebP, HEIC, AVIF and JPEG XL, whose
/// pixels a PNG would only make large; PNG for everything else.
pub fn output_format(photo: &Photo) -> Format {
    let frame = &photo.frame;
    let fits = frame.width.max(frame.height) <= MAX_JPEG_SIDE;
    match photo.format {
        Format::Jpeg if fits => Format::Jpeg,
        Format::Webp | Format::Heic | Format::Avif | Format::Jxl if fits && photo.blocks.is_some() => Format::Jpeg,
        _ => Format::Png,
    }
}

/// Writes the pixels, upright, and nothing else: no metadata, no date, and a profile only where the photo has one (sRGB is what
/// a file without one means). The same photo always gives the same bytes.
///
/// # Errors
/// [`Error::Internal`] if the plane's size is not that of the frame, or if the picture is not opaque: see [`Photo::flatten`].
pub fn save(photo: &Photo) -> Result<Saved> {
    let frame = &photo.frame;
    let pixels = frame.width as usize * frame.height as usize;
    if frame.rgb.len() != 3 * pixels || frame.alpha.is_some() {
        return Err(Error::Internal("a picture has another size than its frame, or is not opaque".into()));
    }
    let format = output_format(photo);
    let samples = Samples::of(frame, photo.profile);
    let bytes = match format {
        Format::Jpeg => {
            let quality = photo.jpeg_quality.unwrap_or(DEFAULT_JPEG_QUALITY).max(MIN_JPEG_QUALITY);
            encode_jpeg(frame, &samples, quality, needs_full_chroma(photo))?
        }
        _ => encode_png(frame, &samples)?,
    };
    let format_note = (format != photo.format).then(|| changed_format_note(format));
    let notes = samples.profile.map(kept_note).into_iter().chain(format_note).collect();
    Ok(Saved { bytes, format, profile: samples.profile, notes })
}

/// The source has chroma at full resolution in one direction at least, which may be upright in the source and not in the copy.
fn needs_full_chroma(photo: &Photo) -> bool {
    /// Side of a block of chroma that is not sampled less.
    const BLOCK: u32 = 8;
    let is_full_along = |blocks: CodingBlocks| blocks.width == BLOCK || blocks.height == BLOCK;
    photo.full_chroma || photo.format == Format::Jpeg && photo.blocks.is_some_and(is_full_along)
}

pub(super) fn kept_note(profile: Profile) -> Note {
    let (code, name) = match profile {
        Profile::DisplayP3 => (NoteCode::KeptDisplayP3, "Display P3"),
        Profile::AdobeRgb => (NoteCode::KeptAdobeRgb, "Adobe RGB"),
    };
    let message = format!(
        "The colours stay as they are, in {name}. A profile in the file says so, the same one in everybody's copies."
    );
    Note { code, message }
}

fn changed_format_note(format: Format) -> Note {
    let (code, name) = match format {
        Format::Jpeg => (NoteCode::SavedAsJpeg, "JPEG"),
        _ => (NoteCode::SavedAsPng, "PNG"),
    };
    Note { code, message: format!("The output is a {name}, other than the input.") }
}

/// What is written of a frame.
pub(super) struct Samples<'a> {
    /// One or three a pixel.
    values: Cow<'a, [u8]>,
    is_grey: bool,
    /// What they mean if not sRGB.
    profile: Option<Profile>,
}

impl<'a> Samples<'a> {
    /// Grey if all pixels are. A profile of colours does not fit grey samples: they have none if they are the same in sRGB, and
    /// stay colours if not.
    pub(super) fn of(frame: &'a Frame, profile: Option<Profile>) -> Self {
        let grey = if profile.is_none_or(Profile::has_greys_of_srgb) { grey_plane(frame) } else { None };
        match grey {
            Some(grey) => Self { values: grey.into(), is_grey: true, profile: None },
            None => Self { values: (&frame.rgb[..]).into(), is_grey: false, profile },
        }
    }
}

/// A baseline JPEG of `frame`'s `samples`: 4:4:4 for `full_chroma`, else 4:2:0.
pub(super) fn encode_jpeg(frame: &Frame, samples: &Samples<'_>, quality: u8, full_chroma: bool) -> Result<Vec<u8>> {
    let side = |n: u32| u16::try_from(n).map_err(|_| Error::Internal("too large for a JPEG".into()));
    let (width, height) = (side(frame.width)?, side(frame.height)?);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(if full_chroma { SamplingFactor::R_4_4_4 } else { SamplingFactor::R_4_2_0 });
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    let added = samples.profile.map_or(Ok(()), |profile| encoder.add_icc_profile(profile.bytes()));
    let color = if samples.is_grey { ColorType::Luma } else { ColorType::Rgb };
    added
        .and_then(|()| encoder.encode(&samples.values, width, height, color))
        .map_err(|e| Error::Internal(format!("JPEG encoder: {e}")))?;
    Ok(bytes)
}

/// A PNG of `frame`'s `samples`.
fn encode_png(frame: &Frame, samples: &Samples<'_>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Adaptive);
    let color = if samples.is_grey { ExtendedColorType::L8 } else { ExtendedColorType::Rgb8 };
    encoder
        .write_image(&samples.values, frame.width, frame.height, color)
        .map_err(|e| Error::Internal(format!("PNG encoder: {e}")))?;
    samples.profile.into_iter().for_each(|profile| png::insert_profile(&mut bytes, profile));
    Ok(bytes)
}

/// The grey values, if no pixel has a colour.
fn grey_plane(frame: &Frame) -> Option<Vec<u8>> {
    let grey = frame.rgb.chunks_exact(3).all(|p| p[0] == p[1] && p[1] == p[2]);
    grey.then(|| frame.rgb.iter().step_by(3).copied().collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container;
    use crate::photo::{Limits, open};
    use image::metadata::Orientation;

    fn photo(format: Format, alpha: Option<Vec<u8>>) -> Photo {
        let rgb = (0..40 * 24 * 3).map(|i| (i * 5 % 251) as u8).collect();
        Photo {
            frame: Frame { width: 40, height: 24, rgb, alpha },
            format,
            profile: None,
            orientation: Orientation::NoTransforms,
            blocks: None,
            jpeg_quality: Some(70),
            luma_block: (8, 8),
            full_chroma: false,
            full_size: None,
            notes: Vec::new(),
        }
    }

    /// The markers of a JPEG with one scan, in order.
    fn markers(bytes: &[u8]) -> Vec<u8> {
        let mut markers = vec![bytes[1]];
        let mut position = 2;
        while markers.last() != Some(&0xDA) {
            assert_eq!(bytes[position], 0xFF);
            markers.push(bytes[position + 1]);
            position += 2 + usize::from(u16::from_be_bytes([bytes[position + 2], bytes[position + 3]]));
        }
        let data = &bytes[position..bytes.len() - 2];
        assert!(data.windows(2).all(|pair| pair[0] != 0xFF || pair[1] == 0), "a marker within the data");
        markers.push(bytes[bytes.len() - 1]);
        markers
    }

    /// The names of a PNG's chunks, in order, up to the end of the file.
    fn chunks(bytes: &[u8]) -> Vec<[u8; 4]> {
        let mut names = Vec::new();
        let mut rest = &bytes[8..];
        while !rest.is_empty() {
            let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            names.push(rest[4..8].try_into().unwrap());
            rest = &rest[12 + length..];
        }
        names
    }

    #[test]
    fn a_jpeg_holds_only_what_is_needed() {
        let mut markers = markers(&save(&photo(Format::Jpeg, None)).unwrap().bytes);
        markers.dedup();
        // SOI, APP0, SOF0, DQT, DHT, SOS, EOI.
        assert_eq!(markers, [0xD8, 0xE0, 0xC0, 0xDB, 0xC4, 0xDA, 0xD9]);
    }

    #[test]
    fn a_profile_that_is_kept_is_written_and_said() {
        for format in [Format::Jpeg, Format::Png] {
            let saved = save(&Photo { profile: Some(Profile::DisplayP3), ..photo(format, None) }).unwrap();
            assert_eq!(saved.profile, Some(Profile::DisplayP3));
            assert_eq!(saved.notes.first().map(|note| note.code), Some(NoteCode::KeptDisplayP3));
            let segments = container::segments(&saved.bytes, format).unwrap();
            let is_as_written = |profile| container::is_as_written(&saved.bytes, format, &segments, profile);
            assert_eq!([Some(Profile::DisplayP3), None].map(is_as_written), [Some(true), Some(false)]);
        }
    }

    #[test]
    fn a_png_holds_only_what_is_needed() {
        let mut chunks = chunks(&save(&photo(Format::Png, None)).unwrap().bytes);
        chunks.dedup();
        assert_eq!(chunks, [*b"IHDR", *b"IDAT", *b"IEND"]);
    }

    #[test]
    fn the_quality_is_that_of_the_source_but_no_less_than_the_minimum() {
        for (source, written) in [(70, 85), (96, 96)] {
            let photo = Photo { jpeg_quality: Some(source), ..photo(Format::Jpeg, None) };
            let saved = open(&save(&photo).unwrap().bytes, &Limits::default()).unwrap();
            assert_eq!(saved.jpeg_quality, Some(written));
        }
    }

    #[test]
    fn full_chroma_stays_full() {
        for full_chroma in [true, false] {
            let photo = Photo { full_chroma, ..photo(Format::Jpeg, None) };
            let saved = open(&save(&photo).unwrap().bytes, &Limits::default()).unwrap();
            assert_eq!(saved.full_chroma, full_chroma);
        }
    }

    #[test]
    fn chroma_sampled_less_in_one_direction_becomes_full() {
        for ([width, height], is_full) in [([16, 8], true), ([8, 16], true), ([16, 16], false), ([32, 8], true)] {
            let photo = Photo { blocks: Some(CodingBlocks { width, height }), ..photo(Format::Jpeg, None) };
            let saved = open(&save(&photo).unwrap().bytes, &Limits::default()).unwrap();
            assert_eq!(saved.full_chroma, is_full);
        }
    }

    #[test]
    fn what_is_see_through_becomes_white_and_is_said() {
        let mut flattened = photo(Format::Png, Some((0..40 * 24).map(|i| [0, 100, 255][i % 3]).collect()));
        let colours = flattened.frame.rgb.clone();
        assert!(save(&flattened).is_err());
        flattened.flatten();
        assert_eq!(flattened.notes.last().map(|note| note.code), Some(NoteCode::Flattened));
        let shown = open(&save(&flattened).unwrap().bytes, &Limits::default()).unwrap().frame;
        assert_eq!(shown.alpha, None);
        for (i, (shown, colour)) in shown.rgb.chunks_exact(3).zip(colours.chunks_exact(3)).enumerate() {
            match i % 3 {
                0 => assert_eq!(shown, [255; 3]),
                1 => assert!(
                    shown.iter().zip(colour).all(|(s, c)| *s == ((*c as u32 * 100 + 255 * 155 + 127) / 255) as u8)
                ),
                _ => assert_eq!(shown, colour),
            }
        }
    }

    #[test]
    fn an_opaque_picture_is_not_flattened() {
        let mut opaque = photo(Format::Png, None);
        opaque.flatten();
        assert!(opaque.notes.is_empty() && opaque.frame == photo(Format::Png, None).frame);
    }

    #[test]
    fn a_picture_without_colour_is_written_grey() {
        let mut grey = photo(Format::Png, None);
        grey.frame.rgb = (0..40 * 24).flat_map(|i| [(i % 200) as u8; 3]).collect();
        let png = save(&grey).unwrap().bytes;
        // Colour type of IHDR: 0 is grey (ISO/IEC 15948, 11.2.2).
        assert_eq!(png[25], 0);
        assert_eq!(open(&png, &Limits::default()).unwrap().frame, grey.frame);
    }

    #[test]
    fn a_changed_format_is_said() {
        let blocks = Some(CodingBlocks { width: 16, height: 16 });
        let lossy = Photo { blocks, ..photo(Format::Webp, None) };
        let cases = [
            (photo(Format::Jpeg, None), Format::Jpeg, None),
            (photo(Format::Png, None), Format::Png, None),
            (photo(Format::Gif, None), Format::Png, Some(NoteCode::SavedAsPng)),
            (photo(Format::Webp, None), Format::Png, Some(NoteCode::SavedAsPng)),
            (lossy, Format::Jpeg, Some(NoteCode::SavedAsJpeg)),
        ];
        for (photo, format, note) in cases {
            let saved = save(&photo).unwrap();
            assert_eq!(saved.format, format);
            assert_eq!(saved.notes.first().map(|note| note.code), note);
        }
    }

    #[test]
    fn what_is_too_wide_for_a_jpeg_becomes_a_png() {
        let frame = Frame { width: 65_536, height: 1, rgb: vec![7; 3 * 65_536], alpha: None };
        let saved = save(&Photo { frame, ..photo(Format::Jpeg, None) }).unwrap();
        assert_eq!(saved.format, Format::Png);
    }

    #[test]
    fn planes_that_do_not_fit_are_an_error() {
        let mut broken = photo(Format::Png, None);
        broken.frame.rgb.pop();
        assert!(save(&broken).is_err());
    }
}
