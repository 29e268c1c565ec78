//! A JPEG's samples as the decoder for opening gives them, after all of its scans were checked here.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::header::{ColourModel, Header};
use crate::error::{Error, InputError, LimitsError, Result};
use crate::photo::limits::{Limits, zeroed};

/// Red, green and blue of a file, by what its header was found to mean; four components as they are stored.
pub(in crate::photo) fn samples(bytes: &[u8], header: &mut Header) -> Result<Vec<u8>> {
    // What only the second decoder decodes it checks itself.
    if header.has_common_sampling() || header.check_end().is_err() {
        super::check(bytes, header)?;
    }
    if !header.has_common_sampling() {
        return super::decode(bytes, header);
    }
    let file = match header.is_split() {
        true => super::in_one_scan(bytes, header)?,
        false => header.plain(bytes)?,
    };
    decode_samples(file, header)
}

/// Red, green and blue of a file that holds nothing but a picture; four components as they are stored.
fn decode_samples(file: Vec<u8>, header: &Header) -> Result<Vec<u8>> {
    let target = match (header.colour_model(), header.is_ycck()) {
        (ColourModel::Inks, true) => ColorSpace::YCCK,
        (ColourModel::Inks, false) => ColorSpace::CMYK,
        _ => ColorSpace::RGB,
    };
    let options = DecoderOptions::default()
        // A lenient decoder silently makes damaged data grey, which may hide what other programs show.
        .set_strict_mode(true)
        .set_max_width(header.width as usize)
        .set_max_height(header.height as usize)
        .jpeg_set_out_colorspace(target);
    let pixels = u64::from(header.width) * u64::from(header.height);
    let mut samples = zeroed(pixels * target.num_components() as u64)?;
    // Owned data, as in the TIFF decoder: the JPEG decoder is compiled anew for each type that it reads from.
    JpegDecoder::new_with_options(ZCursor::new(file), options).decode_into(&mut samples).map_err(error)?;
    Ok(samples)
}

/// `Err` for a JPEG that is beyond the limits or of a kind that cannot be decoded.
pub(in crate::photo) fn check_memory(header: &Header, limits: &Limits) -> Result<()> {
    limits.check_pixels(header.width, header.height)?;
    header.check_supported()?;
    let pixels = u64::from(header.width) * u64::from(header.height);
    limits.check_memory(pixels * header.components().max(3) as u64 + header.coefficient_bytes())
}

/// Whether a JPEG is opened in half its width and height, because it is beyond the limits in its own.
///
/// # Errors
/// If it is beyond them in that size as well, or of a kind that cannot be decoded.
pub(in crate::photo) fn is_halved(header: &Header, limits: &Limits) -> Result<bool> {
    match check_memory(header, limits) {
        Err(Error::Limits(_)) if check_halved(header, limits).is_ok() => Ok(true),
        checked => checked.map(|()| false),
    }
}

fn check_halved(header: &Header, limits: &Limits) -> Result<()> {
    let (width, height) = header.halved_size();
    limits.check_pixels(width, height)?;
    header.check_supported()?;
    // The colours of inks are converted from four whole components.
    if header.colour_model() == ColourModel::Inks {
        return Err(LimitsError::Memory.into());
    }
    limits.check_memory(3 * u64::from(width) * u64::from(height) + header.held_coefficient_bytes())
}

fn error(error: DecodeErrors) -> Error {
    match error {
        DecodeErrors::Unsupported(_) => InputError::Unsupported("Rare JPEG".into()).into(),
        DecodeErrors::LargeDimensions(_) => LimitsError::Memory.into(),
        DecodeErrors::ExhaustedData => InputError::Truncated.into(),
        _ => InputError::Corrupt("the picture's data is not sound".into()).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_decoder_of_jpegs_is_not_quoted() {
        let error = error(DecodeErrors::Format("Marker 0xFFB1 at Mcu[3]".into()));
        assert_eq!(error.to_string(), "The file is damaged: the picture's data is not sound");
    }
}
