//! HEIC, AVIF and JPEG XL before they are decoded: only what they announce is known.

use super::limits::Limits;
use crate::container::isobmff::{self, Announced};
use crate::container::{jxl, sniff};
use crate::error::{Error, InputError, Result};
use crate::report::Format;

/// Bytes that a pixel takes while it is converted: the platform's four samples, and colour and alpha.
const BYTES_PER_PIXEL: u64 = 4 + 4;

/// What the file announces.
pub(super) fn announced(bytes: &[u8]) -> Option<Announced> {
    match sniff(bytes) {
        Ok(Format::Jxl) => jxl::announced(bytes),
        _ => isobmff::announced(bytes),
    }
}

/// What the file announces, if that is within the limits.
pub(super) fn checked(bytes: &[u8], limits: &Limits) -> Result<Announced> {
    if !jxl::READS_HEADERS && jxl::is_jxl(bytes) {
        return Err(InputError::NeedsFormats.into());
    }
    let announced = announced(bytes)
        .ok_or_else(|| Error::from(InputError::Corrupt("it does not say how large its picture is".into())))?;
    check_size(announced.width, announced.height, limits)?;
    Ok(announced)
}

/// Whether a picture of this size may be decoded.
///
/// # Errors
/// [`crate::error::LimitsError`] for one with too many pixels, or that takes too much memory.
pub(super) fn check_size(width: u32, height: u32, limits: &Limits) -> Result<()> {
    limits.check_pixels(width, height)?;
    limits.check_memory(BYTES_PER_PIXEL * u64::from(width) * u64::from(height))
}

/// Why a file without pixels cannot be opened.
pub(super) fn not_decoded(bytes: &[u8], format: Format, limits: &Limits) -> Error {
    let name = format.name();
    checked(bytes, limits).map_or_else(|error| error, |_| InputError::NoDecoder(name).into())
}
