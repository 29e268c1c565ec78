//! From bytes to pixels.

use std::borrow::Cow;
use std::io::{Cursor, ErrorKind};

use image::codecs::png::PngDecoder;
#[cfg(feature = "rare-formats")]
use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{ColorType, ImageDecoder, ImageError};

use super::announced;
use super::colour::{Colours, converted_note, ignored, inks_to_srgb, keep_or_convert};
use super::frame::{CodingBlocks, Frame, Photo, one_picture_note, reduced_note, to_8_bit};
use super::jpeg::{self, ColourModel, Header, Metadata};
use super::limits::{Limits, MAX_PROFILE_BYTES, check_profile_bytes, zeroed};
use super::signal::{Meaning, is_plain};
use crate::container::tiff::Page;
use crate::container::{gif, jxl, png, riff, sniff, tiff};
use crate::error::{Error, InputError, LimitsError, Result};
use crate::report::{Format, Note, NoteCode};

/// A lossy WebP's macroblock (RFC 6386, section 2).
const WEBP_BLOCKS: CodingBlocks = CodingBlocks { width: 16, height: 16 };

/// Decodes a picture as stored, to sRGB or the colours of a profile that is kept.
///
/// # Errors
/// As [`super::open`].
pub(super) fn as_stored(bytes: &[u8], limits: &Limits) -> Result<Photo> {
    limits.check_bytes(bytes.len() as u64)?;
    match tiff::full_page(bytes) {
        Some(page) => {
            let mut photo = first_as_stored(&page.first_in(bytes), limits)?;
            photo.notes.retain(|note| note.code != NoteCode::FirstFrameOnly);
            photo.notes.push(one_picture_note());
            Ok(photo)
        }
        None => first_as_stored(bytes, limits),
    }
}

/// As [`as_stored`], and of a TIFF the first page, whatever it says of itself.
fn first_as_stored(bytes: &[u8], limits: &Limits) -> Result<Photo> {
    match known(bytes)? {
        Format::Jpeg => decode_jpeg(bytes, limits),
        #[cfg(feature = "heic")]
        Format::Heic => super::pixels::as_stored(bytes, super::heic::decode(bytes, limits)?),
        #[cfg(not(feature = "heic"))]
        Format::Heic => Err(announced::not_decoded(bytes, Format::Heic, limits)),
        Format::Avif => Err(announced::not_decoded(bytes, Format::Avif, limits)),
        #[cfg(feature = "jxl")]
        Format::Jxl => super::pixels::as_stored(bytes, super::jxl::decode_here(bytes, limits)?),
        #[cfg(not(feature = "jxl"))]
        Format::Jxl => Err(announced::not_decoded(bytes, Format::Jxl, limits)),
        #[cfg(feature = "rare-formats")]
        Format::Tiff if tiff::is_raw(bytes) => Err(InputError::Raw.into()),
        #[cfg(feature = "rare-formats")]
        Format::Tiff => {
            let mut photo = super::tiff::decode(bytes, limits)?;
            photo.notes.extend(first_frame_note(bytes, Format::Tiff)?);
            Ok(photo)
        }
        format => decode_other(bytes, format, limits),
    }
}

/// The format of a file. What raw files hold is known to the page's second module only.
fn known(bytes: &[u8]) -> Result<Format> {
    match sniff(bytes) {
        Err(Error::Input(InputError::Raw)) if !cfg!(feature = "rare-formats") => Err(InputError::NeedsFormats.into()),
        known => known,
    }
}

/// Decodes a page of a TIFF to sRGB, upright.
///
/// # Errors
/// As [`super::open`].
pub(super) fn upright_page(bytes: &[u8], page: &Page, limits: &Limits) -> Result<Frame> {
    let photo = first_as_stored(&page.first_in(bytes), limits)?;
    let orientation = photo.orientation;
    photo.into_srgb()?.turned(orientation)
}

/// Decodes a picture of a file without animation to sRGB, upright.
///
/// # Errors
/// As [`super::open`].
pub(super) fn upright(bytes: &[u8], limits: &Limits) -> Result<Frame> {
    let photo = as_stored(bytes, limits)?;
    let orientation = photo.orientation;
    photo.into_srgb()?.turned(orientation)
}

/// Width and height in pixels as stored, before the orientation tag is applied, from the header alone.
///
/// # Errors
/// As [`super::open`], as far as the header shows it.
pub fn dimensions(bytes: &[u8], limits: &Limits) -> Result<(u32, u32)> {
    limits.check_bytes(bytes.len() as u64)?;
    let (width, height) = match sniff(bytes)? {
        Format::Jpeg => {
            let header = jpeg::read_header(bytes)?;
            // One without pixels is refused here as well.
            jpeg::is_halved(&header, limits)?;
            return Ok((header.width, header.height));
        }
        Format::Heic | Format::Avif | Format::Jxl => {
            let announced = announced::checked(bytes, limits)?;
            (announced.width, announced.height)
        }
        #[cfg(feature = "rare-formats")]
        Format::Tiff => super::tiff::size(bytes)?,
        format => decoder(bytes, format, limits)?.dimensions(),
    };
    limits.check_pixels(width, height)?;
    Ok((width, height))
}

fn decode_jpeg(bytes: &[u8], limits: &Limits) -> Result<Photo> {
    let mut header = jpeg::read_header(bytes)?;
    let is_halved = jpeg::is_halved(&header, limits)?;
    let samples = match is_halved {
        true => jpeg::decode_halved(bytes, &header)?,
        false => jpeg::samples(bytes, &mut header)?,
    };
    let metadata = Metadata::of(bytes);
    let (icc, has_more) = metadata.profile();
    let (rgb, colours) = jpeg_colours(samples, &header, icc.as_deref())?;
    let orientation = metadata.exif.and_then(Orientation::from_exif_chunk);
    let mut photo = jpeg_photo(&header, rgb, orientation, colours);
    if is_halved {
        photo = halved(photo, &header);
    }
    let is_noted = photo.notes.iter().any(|note| note.code == NoteCode::ProfileIgnored);
    if (has_more || header.has_late_profile()) && !is_noted {
        photo.notes.push(ignored());
    }
    if icc.is_none() && metadata.means_adobe_rgb() {
        photo.notes.push(adobe_rgb_note());
    }
    Ok(photo)
}

fn adobe_rgb_note() -> Note {
    Note {
        code: NoteCode::MeantAsAdobeRgb,
        message:
            "The camera meant the colours in Adobe RGB, which browsers do not know; the copy shows what they show."
                .into(),
    }
}

fn jpeg_photo(header: &Header, rgb: Vec<u8>, orientation: Option<Orientation>, colours: Colours) -> Photo {
    Photo {
        frame: Frame { width: header.width, height: header.height, rgb, alpha: None },
        format: Format::Jpeg,
        profile: colours.profile,
        orientation: orientation.unwrap_or(Orientation::NoTransforms),
        blocks: Some(header.coding_blocks()),
        luma_block: header.luma_block(),
        jpeg_quality: header.quality(),
        full_chroma: header.full_chroma(),
        full_size: None,
        notes: colours.note.into_iter().collect(),
    }
}

/// A photo whose pixels are those of half the width and height.
fn halved(mut photo: Photo, header: &Header) -> Photo {
    (photo.frame.width, photo.frame.height) = header.halved_size();
    // A pixel of the stored picture reaches half as far.
    photo.blocks = photo.blocks.map(|blocks| CodingBlocks { width: blocks.width / 2, height: blocks.height / 2 });
    photo.luma_block = (photo.luma_block.0 / 2, photo.luma_block.1 / 2);
    photo.opened_smaller((header.width, header.height));
    photo
}

/// From what the decoder gives (RGB, or four components as stored) to red, green and blue, with what their numbers mean.
fn jpeg_colours(mut samples: Vec<u8>, header: &Header, icc: Option<&[u8]>) -> Result<(Vec<u8>, Colours)> {
    check_profile_bytes(icc.map(<[u8]>::len).or(Some(0)))?;
    if header.colour_model() == ColourModel::Inks {
        samples.chunks_exact_mut(4).for_each(if header.is_ycck() { ycck_to_inks } else { invert });
        let (rgb, note) = inks_to_srgb(samples, icc)?;
        return Ok((rgb, Some(note).into()));
    }
    let grey = header.colour_model() == ColourModel::Grey;
    let colours = icc.map_or(Ok(Colours::default()), |icc| keep_or_convert(&mut samples, grey, icc))?;
    Ok((samples, colours))
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

type Decoder<'a> = Box<dyn ImageDecoder + 'a>;

/// The decoder of a format other than JPEG, with its header read.
fn decoder<'a>(bytes: &'a [u8], format: Format, limits: &Limits) -> Result<Decoder<'a>> {
    // The PNG decoder unpacks profiles as soon as it meets them.
    if format == Format::Png {
        check_profile_bytes(png::profile_bytes(bytes, MAX_PROFILE_BYTES))?;
    }
    let reader = Cursor::new(bytes);
    let decoder: Result<Decoder<'a>, ImageError> = match format {
        Format::Png => PngDecoder::with_limits(reader, image_limits(limits)).map(|d| Box::new(d) as _),
        #[cfg(feature = "rare-formats")]
        Format::Webp => WebPDecoder::new(reader).map(|d| Box::new(d) as _),
        #[cfg(feature = "rare-formats")]
        Format::Gif => GifDecoder::new(reader).map(|d| Box::new(d) as _),
        #[cfg(feature = "rare-formats")]
        Format::Bmp => BmpDecoder::new(reader).map(|d| Box::new(d) as _),
        #[cfg(not(feature = "rare-formats"))]
        Format::Webp | Format::Gif | Format::Bmp | Format::Tiff => return Err(InputError::NeedsFormats.into()),
        _ => return Err(Error::Internal(format!("{format:?} is decoded elsewhere"))),
    };
    decoder.map_err(|error| decoding_error(bytes, format, error))
}

/// Whether samples have more than the 8 bits that are kept; false for files that cannot be opened.
pub fn has_deep_samples(bytes: &[u8], limits: &Limits) -> bool {
    match sniff(bytes) {
        #[cfg(feature = "rare-formats")]
        Ok(Format::Tiff) => super::tiff::has_deep_samples(bytes),
        Ok(Format::Jxl) => jxl::Header::read(bytes).is_some_and(|header| header.bits > 8),
        Ok(format) => {
            let kind = decoder(bytes, format, limits).map(|decoder| decoder.original_color_type());
            kind.is_ok_and(|kind| kind.bits_per_pixel() > 8 * u16::from(kind.channel_count()))
        }
        Err(_) => false,
    }
}

fn image_limits(limits: &Limits) -> image::Limits {
    let mut bounds = image::Limits::no_limits();
    bounds.max_alloc = Some(limits.max_decode_memory);
    bounds
}

fn decode_other(bytes: &[u8], format: Format, limits: &Limits) -> Result<Photo> {
    // The PNG decoder allocates its buffers before it gives the size, and would call a huge picture a lack of memory.
    if let (Format::Png, Some((width, height))) = (format, png::size(bytes)) {
        limits.check_pixels(width, height)?;
    }
    let file = if format == Format::Png { png::completed(bytes) } else { Cow::Borrowed(bytes) };
    let bytes = &*file;
    // A file that ends within its header is reported as cut off, one above the limits as too large.
    let mut decoder = decoder(bytes, format, limits)
        .map_err(|error| check_container(bytes, format).map_or_else(Into::into, |()| error))?;
    let (width, height) = decoder.dimensions();
    limits.check_pixels(width, height)?;
    if let (Format::Webp, Some((width, height))) = (format, riff::lossy_size(bytes)) {
        limits.check_pixels(width, height)?;
    }
    check_container(bytes, format)?;
    let pixels = u64::from(width) * u64::from(height);
    // The decoder's samples and, at most, colour and alpha planes made from them.
    limits.check_memory(decoder.total_bytes() + 4 * pixels)?;
    decoder.set_limits(image_limits(limits)).map_err(|error| decoding_error(bytes, format, error))?;
    let orientation = orientation(decoder.as_mut());
    let icc = decoder.icc_profile().ok().flatten();
    if !cfg!(feature = "rare-formats") && format == Format::Png && !is_plain(&png::colour_chunks(bytes), icc.is_some())
    {
        return Err(InputError::NeedsFormats.into());
    }
    let color = decoder.color_type();
    let mut is_deep = is_deep(color)?;
    let mut samples = zeroed(decoder.total_bytes())?;
    decoder.read_image_boxed(&mut samples).map_err(|error| decoding_error(bytes, format, error))?;

    let mut notes = Vec::new();
    notes.extend(first_frame_note(bytes, format)?);
    notes.extend(is_deep.then(reduced_note));
    let meaning = match format {
        // Without the feature the compiler drops the conversion.
        Format::Png if cfg!(feature = "rare-formats") => Meaning::of(&png::colour_chunks(bytes), icc.is_some()),
        _ => Meaning::Profile,
    };
    if let Meaning::Signal(signal) = &meaning
        && signal.to_srgb(&mut samples, is_deep, color.channel_count())
    {
        is_deep = false;
        notes.push(converted_note());
    }
    if is_deep {
        samples = to_8_bit(samples);
    }
    let mut frame = Frame::from_samples(width, height, samples, color.channel_count());
    let mut profile = None;
    match (&meaning, icc) {
        (Meaning::Profile, Some(icc)) => {
            check_profile_bytes(Some(icc.len()))?;
            let colours = keep_or_convert(&mut frame.rgb, !color.has_color(), &icc)?;
            profile = colours.profile;
            notes.extend(colours.note);
        }
        (Meaning::Unknown, _) => notes.push(ignored()),
        _ => {}
    }
    let blocks = (format == Format::Webp && riff::is_lossy(bytes)).then_some(WEBP_BLOCKS);
    let full_chroma = blocks.is_none();
    Ok(Photo {
        frame,
        format,
        profile,
        orientation,
        blocks,
        luma_block: (1, 1),
        jpeg_quality: None,
        full_chroma,
        full_size: None,
        notes,
    })
}

/// What the decoders do not check, or trip over.
fn check_container(bytes: &[u8], format: Format) -> Result<(), InputError> {
    match format {
        Format::Png if !png::has_data(bytes) => Err(InputError::Truncated),
        Format::Gif if gif::images(bytes).is_none() => Err(InputError::Truncated),
        Format::Webp if !riff::is_whole(bytes) => Err(InputError::Truncated),
        _ => Ok(()),
    }
}

/// The orientation tag; nothing is turned if it is missing or unreadable. Some writers put JPEG's `Exif` signature
/// before the data in a WebP as well, where it does not belong and the decoder stops at it.
fn orientation(decoder: &mut dyn ImageDecoder) -> Orientation {
    let exif = decoder.exif_metadata().ok().flatten().unwrap_or_default();
    let signed = exif.strip_prefix(b"Exif\0\0").and_then(Orientation::from_exif_chunk);
    signed.or_else(|| decoder.orientation().ok()).unwrap_or(Orientation::NoTransforms)
}

fn first_frame_note(bytes: &[u8], format: Format) -> Result<Option<Note>> {
    let more = match format {
        Format::Gif => gif::images(bytes) > Some(1),
        Format::Tiff => tiff::has_more_pages(bytes) == Some(true),
        Format::Png => png::chunks(bytes).take_while(|chunk| chunk.kind != b"IDAT").any(|chunk| chunk.kind == b"acTL"),
        #[cfg(feature = "rare-formats")]
        Format::Webp => {
            WebPDecoder::new(Cursor::new(bytes)).map_err(|error| decoding_error(bytes, format, error))?.has_animation()
        }
        #[cfg(not(feature = "rare-formats"))]
        Format::Webp => false,
        Format::Jpeg | Format::Bmp | Format::Heic | Format::Avif | Format::Jxl => false,
    };
    Ok(more.then(one_picture_note))
}

/// Whether the decoder gives samples of 16 bits.
fn is_deep(color: ColorType) -> Result<bool, InputError> {
    match color {
        ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8 => Ok(false),
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => Ok(true),
        _ => Err(InputError::Unsupported("Floating-point".into())),
    }
}

/// In plain words: what decoders say of an error is written for those who program them.
fn decoding_error(bytes: &[u8], format: Format, error: ImageError) -> Error {
    match error {
        ImageError::Limits(_) => LimitsError::Memory.into(),
        ImageError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => InputError::Truncated.into(),
        ImageError::Unsupported(_) => InputError::Unsupported(format!("Such {}", format.name())).into(),
        _ if format == Format::Png => png::fault(bytes).into(),
        _ => InputError::Corrupt(format!("its picture data breaks the rules of {}.", format.name())).into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::container::Profile;
    use crate::error::ErrorCode;
    use crate::photo::{open, save};
    use image::codecs::{bmp::BmpEncoder, gif::GifEncoder, png::PngEncoder, tiff::TiffEncoder, webp::WebPEncoder};
    use image::{ExtendedColorType, ImageEncoder};
    use moxcms::ColorProfile;

    const WIDTH: u32 = 33;
    const HEIGHT: u32 = 21;

    /// A smooth picture without any symmetry.
    fn rgb() -> Vec<u8> {
        let pixel = |i: u32| [i % WIDTH * 7, i / WIDTH * 12, (i % WIDTH + i / WIDTH) * 4].map(|v| v as u8);
        (0..WIDTH * HEIGHT).flat_map(pixel).collect()
    }

    fn jpeg(segments: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 95);
        encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::R_4_4_4);
        for (number, data) in segments {
            encoder.add_app_segment(*number, data.to_vec()).unwrap();
        }
        encoder.encode(&rgb(), WIDTH as u16, HEIGHT as u16, jpeg_encoder::ColorType::Rgb).unwrap();
        bytes
    }

    fn written(format: Format, samples: &[u8], color: ExtendedColorType) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        match format {
            Format::Jpeg => return jpeg(&[]),
            Format::Png => PngEncoder::new(&mut file).write_image(samples, WIDTH, HEIGHT, color),
            Format::Webp => WebPEncoder::new_lossless(&mut file).write_image(samples, WIDTH, HEIGHT, color),
            Format::Bmp => BmpEncoder::new(&mut file).write_image(samples, WIDTH, HEIGHT, color),
            Format::Tiff => TiffEncoder::new(&mut file).write_image(samples, WIDTH, HEIGHT, color),
            Format::Gif => GifEncoder::new(&mut file).encode(samples, WIDTH, HEIGHT, color),
            Format::Heic | Format::Avif | Format::Jxl => panic!("{format:?} is never written"),
        }
        .unwrap();
        file.into_inner()
    }

    fn one_of_each() -> Vec<(Format, Vec<u8>)> {
        [Format::Jpeg, Format::Png, Format::Webp, Format::Gif, Format::Bmp, Format::Tiff]
            .map(|format| (format, written(format, &rgb(), ExtendedColorType::Rgb8)))
            .into()
    }

    fn opened(bytes: &[u8]) -> Photo {
        open(bytes, &Limits::default()).unwrap()
    }

    fn refused(bytes: &[u8]) -> crate::Error {
        open(bytes, &Limits::default()).unwrap_err()
    }

    fn has_note(photo: &Photo, code: NoteCode) -> bool {
        photo.notes.iter().any(|note| note.code == code)
    }

    fn mean_difference(a: &[u8], b: &[u8]) -> f64 {
        assert_eq!(a.len(), b.len());
        a.iter().zip(b).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.len() as f64
    }

    #[test]
    fn every_format_gives_the_pixels_that_were_written() {
        for (format, bytes) in one_of_each() {
            let photo = opened(&bytes);
            // JPEG is lossy, GIF has 256 colours; the others are exact.
            let bound = if matches!(format, Format::Jpeg | Format::Gif) { 8.0 } else { 0.0 };
            assert_eq!((photo.format, photo.frame.width, photo.frame.height), (format, WIDTH, HEIGHT));
            assert!(mean_difference(&photo.frame.rgb, &rgb()) <= bound, "{format:?}");
            assert_eq!(photo.frame.alpha, None, "{format:?}");
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_is_refused_as_truncated() {
        // From where the format is known. A GIF or JPEG may lack its last two bytes, which hold no picture, and a PNG its end and the
        // checksums of its data.
        let mut other = Vec::new();
        for (format, bytes) in one_of_each() {
            let end = match format {
                Format::Gif | Format::Jpeg => bytes.len() - 2,
                Format::Png => bytes.len() - png::END.len() - 8,
                _ => bytes.len(),
            };
            for length in (32..end).step_by(7) {
                let error = open(&bytes[..length], &Limits::default()).err();
                if error != Some(InputError::Truncated.into()) {
                    other.push((format, length, bytes.len(), error));
                }
            }
        }
        assert_eq!(other, []);
    }

    /// As Chromium 156 shows them.
    #[test]
    fn of_several_exif_blocks_the_first_counts() {
        let other_fill = [&b"Exif\0\x01"[..], &exif(6)[6..]].concat();
        let cases: [(&[&[u8]], u8); 7] = [
            (&[&exif(6), &exif(1)], 6),
            (&[&exif(1), &exif(6)], 1),
            (&[b"http://ns.adobe.com/xap/1.0/\0", &exif(6)], 6),
            (&[b"Exif\0\0JJ", &exif(6)], 1),
            (&[b"Exif\0\0", &exif(6)], 1),
            (&[&exif(9), &exif(6)], 1),
            (&[&other_fill], 6),
        ];
        for (blocks, tag) in cases {
            let segments: Vec<(u8, &[u8])> = blocks.iter().map(|block| (1, *block)).collect();
            assert_eq!(opened(&jpeg(&segments)).orientation.to_exif(), tag, "{blocks:?}");
        }
    }

    /// As Chromium 156 shows them.
    #[test]
    fn of_several_profiles_the_first_whole_one_counts_and_the_others_are_said() {
        let wide = ColorProfile::new_display_p3().encode().unwrap();
        let srgb = ColorProfile::new_srgb().encode().unwrap();
        let piece = |number: u8, count: u8, data: &[u8]| [&b"ICC_PROFILE\0"[..], &[number, count], data].concat();
        let (start, rest) = wide.split_at(200);
        let cases: [(&[Vec<u8>], bool, bool); 9] = [
            (&[piece(1, 1, &wide)], true, false),
            (&[piece(1, 1, &wide), piece(1, 1, &wide)], true, false),
            (&[piece(1, 1, &wide), piece(1, 1, &srgb)], true, true),
            (&[piece(1, 1, &srgb), piece(1, 1, &wide)], false, true),
            (&[piece(2, 2, rest), piece(1, 2, start)], true, false),
            (&[piece(1, 1, &wide), piece(2, 1, b"x")], true, true),
            (&[piece(1, 2, start), piece(2, 3, rest)], false, true),
            (&[piece(0, 1, &wide)], false, true),
            (&[piece(1, 2, &wide)], false, true),
        ];
        let plain = opened(&jpeg(&[]));
        for (pieces, is_used, is_said) in cases {
            let segments: Vec<(u8, &[u8])> = pieces.iter().map(|piece| (2, &piece[..])).collect();
            let photo = opened(&jpeg(&segments));
            let counts: Vec<_> = pieces.iter().map(|piece| (piece[12], piece[13])).collect();
            assert_eq!(photo.profile.is_some() || photo.frame != plain.frame, is_used, "{counts:?}");
            assert_eq!(has_note(&photo, NoteCode::ProfileIgnored), is_said, "{counts:?}");
        }
        // Before the scan anywhere, after it nowhere.
        let file = jpeg(&[]);
        let icc = piece(1, 1, &wide);
        let segment = [&[0xFF, 0xE2][..], &(icc.len() as u16 + 2).to_be_bytes(), &icc].concat();
        let scan = file.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
        for (at, is_used) in [(scan, true), (file.len() - 2, false)] {
            let photo = opened(&[&file[..at], &segment, &file[at..]].concat());
            assert_eq!(photo.profile.is_some() || photo.frame != plain.frame, is_used);
            assert_eq!(has_note(&photo, NoteCode::ProfileIgnored), !is_used);
        }
    }

    #[test]
    fn colours_that_only_exif_calls_adobe_rgb_stay_and_are_said() {
        use crate::container::ByteOrder;
        use crate::container::tiff::tests::{Value, tiff};
        let exif = |index: &str| {
            let main: &[(u16, Value)] = &[(0x8769, Value::Directory(1))];
            let shooting: &[(u16, Value)] = &[(0xA001, Value::Short(0xFFFF)), (0xA005, Value::Directory(2))];
            let interop: &[(u16, Value)] = &[(1, Value::Ascii(index))];
            [&b"Exif\0\0"[..], &tiff(ByteOrder::Little, &[main, shooting, interop])].concat()
        };
        let photo = opened(&jpeg(&[(1, &exif("R03"))]));
        assert!(has_note(&photo, NoteCode::MeantAsAdobeRgb));
        assert_eq!(photo.frame, opened(&jpeg(&[])).frame);
        assert!(!has_note(&opened(&jpeg(&[(1, &exif("R98"))])), NoteCode::MeantAsAdobeRgb));
        let icc = [&b"ICC_PROFILE\0\x01\x01"[..], &ColorProfile::new_adobe_rgb().encode().unwrap()].concat();
        let profiled = opened(&jpeg(&[(1, &exif("R03")), (2, &icc)]));
        assert!(!has_note(&profiled, NoteCode::MeantAsAdobeRgb) && profiled.profile == Some(Profile::AdobeRgb));
    }

    #[test]
    fn flipped_bits_never_panic() {
        for (_, bytes) in one_of_each() {
            let stride = (bytes.len() / 400).max(1);
            for position in (0..bytes.len()).step_by(stride) {
                let mut damaged = bytes.clone();
                damaged[position] ^= 1 << (position % 8);
                let _ = open(&damaged, &Limits { max_pixels: 1 << 16, ..Limits::default() });
            }
        }
    }

    #[test]
    fn a_huge_announcement_is_refused_before_decoding() {
        let mut jpeg = jpeg(&[]);
        let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        jpeg[frame + 5..frame + 9].fill(0xFF);
        let mut gif = written(Format::Gif, &rgb(), ExtendedColorType::Rgb8);
        gif[6..10].fill(0xFF);
        let mut bmp = written(Format::Bmp, &rgb(), ExtendedColorType::Rgb8);
        bmp[18..20].fill(0xFF);
        bmp[22..24].fill(0xFF);
        for bytes in [jpeg, gif, bmp] {
            let expected = LimitsError::TooManyPixels { width: 65_535, height: 65_535, limit: 100_000_000 };
            assert_eq!(refused(&bytes), expected.into());
        }
    }

    #[test]
    fn a_picture_without_pixels_is_corrupt() {
        let mut bytes = jpeg(&[]);
        let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        bytes[frame + 5..frame + 7].fill(0);
        assert_eq!(refused(&bytes).code(), ErrorCode::Corrupt);
    }

    #[test]
    fn an_empty_file_and_one_over_the_limit_are_refused() {
        assert_eq!(refused(b""), InputError::Empty.into());
        let limits = Limits { max_bytes: 10, ..Limits::default() };
        let error = open(&jpeg(&[]), &limits).unwrap_err();
        assert_eq!(error.code(), ErrorCode::TooManyBytes);
    }

    #[test]
    fn memory_is_limited() {
        let limits = Limits { max_decode_memory: 1000, ..Limits::default() };
        for (format, bytes) in one_of_each() {
            assert_eq!(open(&bytes, &limits).unwrap_err(), LimitsError::Memory.into(), "{format:?}");
        }
    }

    #[test]
    fn damaged_picture_data_in_a_jpeg_is_refused_rather_than_shown_grey() {
        let mut bytes = jpeg(&[]);
        // Ones are the start of no Huffman code (T.81, annex C); each byte of them is followed by a stuffed zero.
        let middle = bytes.len() - 300;
        bytes.splice(middle..middle, [0xFF, 0].repeat(20));
        assert_eq!(refused(&bytes).code(), ErrorCode::Corrupt);
    }

    /// Exif with nothing but the orientation, as JPEG's APP1 holds it.
    fn exif(orientation: u8) -> Vec<u8> {
        let mut data = b"Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
        data.extend([orientation, 0, 0, 0, 0, 0, 0]);
        data
    }

    #[test]
    fn the_orientation_tag_is_applied_and_kept() {
        let plain = opened(&jpeg(&[])).frame;
        for tag in 1..=8 {
            let photo = opened(&jpeg(&[(1, &exif(tag))]));
            assert_eq!(photo.orientation.to_exif(), tag);
            assert_eq!(photo.frame, plain.clone().turned(photo.orientation).unwrap());
        }
    }

    #[test]
    fn dimensions_are_those_stored() {
        let bytes = jpeg(&[(1, &exif(6))]);
        assert_eq!(dimensions(&bytes, &Limits::default()).unwrap(), (WIDTH, HEIGHT));
        for (_, bytes) in one_of_each() {
            assert_eq!(dimensions(&bytes, &Limits::default()).unwrap(), (WIDTH, HEIGHT));
        }
    }

    #[test]
    fn a_jpegs_profile_is_converted_and_said() {
        let photo = opened(&jpeg(&[(2, &segment_of(&ColorProfile::new_bt2020()))]));
        assert!(has_note(&photo, NoteCode::ConvertedToSrgb));
        assert_eq!(photo.profile, None);
        assert!(mean_difference(&photo.frame.rgb, &opened(&jpeg(&[])).frame.rgb) > 1.0);
    }

    fn segment_of(profile: &ColorProfile) -> Vec<u8> {
        [&b"ICC_PROFILE\0\x01\x01"[..], &profile.encode().unwrap()].concat()
    }

    /// Without the tag `cicp`, which says other primaries.
    fn display_p3() -> ColorProfile {
        let mut profile = ColorProfile::new_display_p3();
        profile.cicp = None;
        profile
    }

    #[test]
    fn numbers_of_a_well_known_profile_stay_and_are_shown_alike() {
        let stored = [(display_p3(), Profile::DisplayP3), (ColorProfile::new_adobe_rgb(), Profile::AdobeRgb)];
        for (profile, kept) in stored {
            let photo = opened(&jpeg(&[(2, &segment_of(&profile))]));
            assert_eq!((photo.profile, &photo.notes[..]), (Some(kept), &[][..]));
            assert_eq!(photo.frame, opened(&jpeg(&[])).frame);
            assert!(mean_difference(&photo.frame.rgb, &photo.clone().into_srgb().unwrap().rgb) > 1.0);
            // A PNG, with the profile packed, and what is written of it.
            let packed = miniz_oxide::deflate::compress_to_vec_zlib(&profile.encode().unwrap(), 6);
            let photo = opened(&png_with(b"iCCP", &[b"name\0\0", &packed[..]].concat()));
            assert_eq!((photo.profile, &photo.frame.rgb), (Some(kept), &rgb()));
            let saved = save(&photo).unwrap();
            assert_eq!((saved.profile, saved.notes.len()), (Some(kept), 1));
            let again = opened(&saved.bytes);
            assert_eq!((again.profile, again.frame), (Some(kept), photo.frame));
        }
    }

    #[test]
    fn grey_has_no_profile_for_colours() {
        let mut bytes = Vec::new();
        let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 95);
        encoder.add_app_segment(2, segment_of(&display_p3())).unwrap();
        encoder.encode(&[90; 64], 8, 8, jpeg_encoder::ColorType::Luma).unwrap();
        let photo = opened(&bytes);
        assert_eq!((photo.profile, &photo.notes[..]), (None, &[][..]));
        // Colours that are all grey: written as grey where that is the same, and as colours where not.
        for profile in Profile::ALL {
            let photo = Photo { profile: Some(profile), format: Format::Png, ..photo.clone() };
            let saved = save(&photo).unwrap();
            assert_eq!(saved.profile.is_none(), profile.has_greys_of_srgb());
            let again = opened(&saved.bytes);
            assert_eq!((again.profile, again.frame), (saved.profile, photo.frame));
        }
    }

    /// A PNG with a chunk before its image data.
    fn png_with(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let plain = written(Format::Png, &rgb(), ExtendedColorType::Rgb8);
        let mut chunk = Vec::new();
        png::push_chunk(&mut chunk, *kind, content);
        [&plain[..33], &chunk, &plain[33..]].concat()
    }

    #[test]
    fn colours_that_a_png_describes_without_a_profile_are_converted_and_said() {
        let plain = opened(&written(Format::Png, &rgb(), ExtendedColorType::Rgb8));
        let chunks: [(&[u8; 4], &[u8]); 4] = [
            (b"gAMA", &[0, 1, 0x86, 0xA0]),
            (b"cICP", &[12, 13, 0, 1]),
            (b"cICP", &[9, 16, 0, 1]),
            (b"cICP", &[9, 18, 0, 1]),
        ];
        for (kind, content) in chunks {
            let mut file = png_with(kind, content);
            let photo = opened(&file);
            assert_eq!(photo.notes.iter().map(|note| note.code).collect::<Vec<_>>(), [NoteCode::ConvertedToSrgb]);
            assert!(mean_difference(&photo.frame.rgb, &plain.frame.rgb) > 1.0);
            // With a wrong checksum the chunk is none.
            file[33 + 8 + content.len()] ^= 1;
            assert_eq!(opened(&file).frame, plain.frame);
        }
        let unknown = opened(&png_with(b"cICP", &[12, 13, 0, 0]));
        assert!(has_note(&unknown, NoteCode::ProfileIgnored));
        assert_eq!(unknown.frame, plain.frame);
    }

    #[test]
    fn frames_of_an_animation_have_the_colours_of_its_file() {
        let chunk = |kind, content: &[u8]| {
            let mut chunk = Vec::new();
            png::push_chunk(&mut chunk, kind, content);
            chunk
        };
        let plain = png_with(b"gAMA", &[0, 1, 0x86, 0xA0]);
        let data = plain.windows(4).position(|kind| kind == b"IDAT").unwrap() - 4;
        let pixels = plain[data + 8..plain.len() - png::END.len() - 4].to_vec();
        let size = [WIDTH.to_be_bytes(), HEIGHT.to_be_bytes()].concat();
        let control = [&[0; 4][..], &size, &[0; 8], &[0, 1, 0, 10, 0, 0]].concat();
        // The file's own picture is not part of the animation, of one frame with the same pixels.
        let animation = [
            &plain[..data],
            &chunk(*b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]),
            &plain[data..plain.len() - png::END.len()],
            &chunk(*b"fcTL", &control),
            &chunk(*b"fdAT", &[&[0, 0, 0, 1][..], &pixels].concat()),
            &png::END,
        ];
        let photo = opened(&animation.concat());
        assert!(has_note(&photo, NoteCode::HiddenPicture));
        assert_eq!(photo.frame, opened(&plain).frame);
    }

    #[test]
    fn a_png_without_its_end_opens_if_all_rows_are_there() {
        let whole = written(Format::Png, &rgb(), ExtendedColorType::Rgb8);
        let data_end = whole.len() - png::END.len();
        // Without the end, also in the middle of another chunk, without the checksums of the data, or with wrong ones.
        let mut wrong = whole.clone();
        wrong[data_end - 1] ^= 1;
        let cut_text = [&whole[..data_end], b"\0\0\0\x10tEXtauth"].concat();
        for file in [&whole[..data_end], &whole[..data_end - 3], &whole[..data_end - 8], &cut_text, &wrong] {
            assert_eq!(opened(file).frame.rgb, rgb(), "{} of {}", file.len(), whole.len());
        }
        assert_eq!(refused(&whole[..data_end - 40]), InputError::Truncated.into());
        // Data that ends too early within a file that has its end.
        let start = whole.windows(4).position(|kind| kind == b"IDAT").unwrap();
        let mut short = whole[..start - 4].to_vec();
        png::push_chunk(&mut short, *b"IDAT", &whole[start + 4..data_end - 44]);
        assert_eq!(refused(&[&short[..], &png::END].concat()), InputError::Truncated.into());
    }

    #[test]
    fn damage_is_said_in_plain_words() {
        let allowed = |c: char| c.is_ascii_lowercase() || " ,.:'-".contains(c);
        for (format, bytes) in one_of_each() {
            let stride = (bytes.len() / 900).max(1);
            for position in (0..bytes.len()).step_by(stride) {
                let mut damaged = bytes.clone();
                damaged[position] ^= 1 << (position % 8);
                let Err(error) = open(&damaged, &Limits { max_pixels: 1 << 16, ..Limits::default() }) else { continue };
                let words = error.to_string();
                let is_plain = words.replace(format.name(), "").replace("JPEG or PNG", "").replacen("The", "", 1);
                let is_limit = matches!(error, crate::Error::Limits(_));
                let is_format = matches!(error.code(), ErrorCode::UnknownFormat | ErrorCode::Unsupported);
                assert!(is_limit || is_format || is_plain.chars().all(allowed), "{words}");
            }
        }
    }

    #[test]
    fn a_profile_that_unpacks_to_more_than_four_megabytes_is_refused() {
        let packed = |bytes: usize| miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; bytes], 6);
        let file = |bytes| png_with(b"iCCP", &[b"name\0\0", &packed(bytes)[..]].concat());
        let too_large = LimitsError::Profile { limit: MAX_PROFILE_BYTES }.into();
        assert_eq!(refused(&file(MAX_PROFILE_BYTES + 1)), too_large);
        assert_eq!(dimensions(&file(MAX_PROFILE_BYTES + 1), &Limits::default()), Err(too_large));
        assert!(has_note(&opened(&file(MAX_PROFILE_BYTES)), NoteCode::ProfileIgnored));
    }

    #[test]
    fn an_unreadable_profile_is_said() {
        let photo = opened(&jpeg(&[(2, b"ICC_PROFILE\0\x01\x01rubbish")]));
        assert!(has_note(&photo, NoteCode::ProfileIgnored));
    }

    #[test]
    fn a_jpeg_keeps_its_quality_blocks_and_chroma() {
        let photo = opened(&jpeg(&[]));
        assert_eq!(photo.jpeg_quality, Some(95));
        assert_eq!(photo.blocks, Some(CodingBlocks { width: 8, height: 8 }));
        assert!(photo.full_chroma);
    }

    #[test]
    fn four_inks_are_opened() {
        let mut bytes = Vec::new();
        let inks: Vec<u8> = [0, 255, 255, 0].repeat(64);
        let encoder = jpeg_encoder::Encoder::new(&mut bytes, 100);
        encoder.encode(&inks, 8, 8, jpeg_encoder::ColorType::CmykAsYcck).unwrap();
        let frame = opened(&bytes).frame;
        let red = [255, 0, 0].repeat(64);
        assert!(mean_difference(&frame.rgb, &red) < 3.0, "{:?}", &frame.rgb[..3]);
    }

    #[test]
    fn sixteen_bits_are_reduced_and_said() {
        let samples: Vec<u8> = rgb().iter().flat_map(|v| (u16::from(*v) * 257 + 90).to_ne_bytes()).collect();
        let photo = opened(&written(Format::Png, &samples, ExtendedColorType::Rgb16));
        assert!(has_note(&photo, NoteCode::ReducedTo8Bit));
        assert!(mean_difference(&photo.frame.rgb, &rgb()) < 0.5);
    }

    #[test]
    fn transparency_is_kept_apart() {
        let samples: Vec<u8> = rgb().chunks_exact(3).flat_map(|p| [p[0], p[1], p[2], p[1]]).collect();
        let photo = opened(&written(Format::Png, &samples, ExtendedColorType::Rgba8));
        let greens: Vec<u8> = rgb().iter().skip(1).step_by(3).copied().collect();
        assert_eq!(photo.frame.rgb, rgb());
        assert_eq!(photo.frame.alpha, Some(greens));
    }

    #[test]
    fn an_animation_gives_its_first_frame_and_says_so() {
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        encoder.encode(&rgb(), WIDTH, HEIGHT, ExtendedColorType::Rgb8).unwrap();
        encoder.encode(&[0; 33 * 21 * 3], WIDTH, HEIGHT, ExtendedColorType::Rgb8).unwrap();
        drop(encoder);
        let photo = opened(&bytes);
        assert!(has_note(&photo, NoteCode::FirstFrameOnly));
        assert!(mean_difference(&photo.frame.rgb, &rgb()) < 8.0);
    }

    #[test]
    fn what_was_saved_opens_as_it_was() {
        for (format, bytes) in one_of_each() {
            let mut photo = opened(&bytes);
            photo.flatten();
            let again = opened(&save(&photo).unwrap().bytes);
            let bound = if format == Format::Jpeg { 1.0 } else { 0.0 };
            assert!(mean_difference(&photo.frame.rgb, &again.frame.rgb) <= bound, "{format:?}");
        }
    }
}
