//! What a file may ask for.

use crate::error::{InputError, LimitsError, Result};

/// Largest colour profile in bytes. Those of printers, which have the largest tables, stay below 3 MB.
pub(super) const MAX_PROFILE_BYTES: usize = 4 << 20;

/// Bounds on one file, checked from its length and its header before anything is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Length of the file in bytes.
    pub max_bytes: u64,
    /// Width times height, in pixels.
    pub max_pixels: u64,
    /// Width and height, in pixels.
    pub max_side: u32,
    /// The decoder's buffers and the decoded frame together, in bytes.
    pub max_decode_memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // The file stays in memory beside its pixels; a 100-megapixel JPEG from a camera has about 100 MB.
            max_bytes: 256 << 20,
            // The largest cameras that people carry have 100 to 108 megapixels at most and store a quarter by default.
            max_pixels: 100_000_000,
            // That of a JPEG (ITU-T T.81, B.2.2). Resizing has tables for each column and row, and a tile of one row costs as
            // much as one of 32: a line of 99 million pixels would take gigabytes and minutes.
            max_side: 65_535,
            // A quarter of what WebAssembly can address, and enough for 100 megapixels of progressive 4:4:4 JPEG.
            max_decode_memory: 1 << 30,
        }
    }
}

impl Limits {
    /// `Err` if a file of `bytes` bytes is empty or too long.
    pub(super) fn check_bytes(&self, bytes: u64) -> Result<()> {
        if bytes == 0 {
            return Err(InputError::Empty.into());
        }
        if bytes > self.max_bytes {
            return Err(LimitsError::TooManyBytes { bytes, limit: self.max_bytes }.into());
        }
        Ok(())
    }

    /// `Err` if a picture of this size, in pixels, is too large or has no pixel.
    pub(super) fn check_pixels(&self, width: u32, height: u32) -> Result<()> {
        if width == 0 || height == 0 {
            return Err(InputError::Corrupt("it announces a picture without pixels".into()).into());
        }
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(LimitsError::TooManyPixels { width, height, limit: self.max_pixels }.into());
        }
        if width.max(height) > self.max_side {
            return Err(LimitsError::SideTooLong { width, height, limit: self.max_side }.into());
        }
        Ok(())
    }

    /// Takes a picture's pixels from those that are allowed; `Err` if they are too many.
    pub(super) fn spend(&mut self, width: u32, height: u32) -> Result<()> {
        self.check_pixels(width, height)?;
        self.max_pixels -= u64::from(width) * u64::from(height);
        Ok(())
    }

    /// `Err` if decoding takes more than allowed, in bytes.
    pub(super) fn check_memory(&self, bytes: u64) -> Result<()> {
        if bytes > self.max_decode_memory {
            return Err(LimitsError::Memory.into());
        }
        Ok(())
    }
}

/// `len` zero bytes, or [`LimitsError::Memory`] where there is no room for them.
pub(super) fn zeroed(len: u64) -> Result<Vec<u8>> {
    filled(len, 0)
}

/// `len` times the same value, or [`LimitsError::Memory`] where there is no room for them.
pub(super) fn filled<T: Clone>(len: u64, value: T) -> Result<Vec<T>> {
    let len = usize::try_from(len).map_err(|_| LimitsError::Memory)?;
    let mut values = Vec::new();
    values.try_reserve_exact(len).map_err(|_| LimitsError::Memory)?;
    values.resize(len, value);
    Ok(values)
}

/// `Err` for a profile that is too long, or so long that its length is not known (`None`).
pub(super) fn check_profile_bytes(bytes: Option<usize>) -> Result<(), LimitsError> {
    match bytes {
        Some(..=MAX_PROFILE_BYTES) => Ok(()),
        _ => Err(LimitsError::Profile { limit: MAX_PROFILE_BYTES }),
    }
}
