//! TIFF: from strips and tiles to pixels.
//!
//! Kinds that are not read here are refused by [`stored`], so that nothing is shown that other programs show differently.

mod fax;
mod parts;

use image::metadata::Orientation;

use super::colour::{inks_to_srgb, keep_or_convert};
use super::frame::{CodingBlocks, Frame, Photo, plane, reduced_note, to_8_bits};
use super::limits::{Limits, check_profile_bytes, zeroed};
use crate::container::ByteOrder;
use crate::container::tiff::{Coding, Colours, Stored, stored};
use crate::error::{InputError, LimitsError, Result};
use crate::report::Format;

/// Width and height in pixels as stored.
///
/// # Errors
/// As [`decode`].
pub(super) fn size(bytes: &[u8]) -> Result<(u32, u32)> {
    let stored = stored(bytes)?;
    Ok((stored.width, stored.height))
}

/// Whether samples have more than 8 bits; false for files that cannot be opened.
pub(super) fn has_deep_samples(bytes: &[u8]) -> bool {
    stored(bytes).is_ok_and(|stored| stored.bits > 8)
}

/// Decodes the first page as stored, to sRGB or the colours of a profile that is kept.
///
/// # Errors
/// [`InputError`] for kinds that are not opened and for damage, [`LimitsError`] for what is beyond `limits`.
pub(super) fn decode(bytes: &[u8], limits: &Limits) -> Result<Photo> {
    let stored = stored(bytes)?;
    let layout = Layout::checked(&stored, bytes.len(), limits)?;
    check_profile_bytes(stored.profile.map(<[u8]>::len).or(Some(0)))?;
    let (samples, blocks) = layout.samples(&stored, limits)?;
    let mut notes = Vec::new();
    notes.extend((stored.bits > 8).then(reduced_note));
    let alpha = stored.alpha.and_then(|alpha| plane(&samples, stored.samples as usize, alpha.sample));
    let (mut rgb, mut profile) = (colours(samples, &stored), None);
    if stored.colours == Colours::Inks {
        let (mixed, note) = inks_to_srgb(rgb, stored.profile)?;
        rgb = mixed;
        notes.push(note);
    }
    let mut frame = Frame { width: stored.width, height: stored.height, rgb, alpha };
    if stored.alpha.is_some_and(|alpha| alpha.is_associated) {
        frame.divide_by_alpha();
    }
    if let Some(icc) = stored.profile.filter(|_| stored.colours != Colours::Inks) {
        let is_grey = matches!(stored.colours, Colours::Inverted | Colours::Grey);
        let colours = keep_or_convert(&mut frame.rgb, is_grey, icc)?;
        profile = colours.profile;
        notes.extend(colours.note);
    }
    Ok(Photo {
        frame,
        format: Format::Tiff,
        profile,
        orientation: Orientation::from_exif(stored.orientation).unwrap_or(Orientation::NoTransforms),
        full_chroma: blocks.is_none(),
        full_size: None,
        blocks,
        luma_block: (1, 1),
        jpeg_quality: None,
        notes,
    })
}

/// Where the strips or tiles of a picture lie, and how large they are.
struct Layout {
    /// Parts in a row and rows of parts.
    across: usize,
    down: usize,
    /// Samples of a pixel in one part.
    samples: usize,
    /// Bytes of a part's row of pixels.
    row_bytes: usize,
}

impl Layout {
    /// # Errors
    /// [`InputError`] if parts are missing or together larger than the file, [`LimitsError`] for what is beyond the limits.
    fn checked(stored: &Stored<'_>, file_bytes: usize, limits: &Limits) -> Result<Self> {
        /// Parts are larger than small pictures.
        const MIN_PART_BYTES: u64 = 1 << 24;
        limits.check_pixels(stored.width, stored.height)?;
        let (width, rows) = (u64::from(stored.part_size.0), u64::from(stored.part_size.1));
        let samples = if stored.is_planar { 1 } else { u64::from(stored.samples) };
        let row_bytes = width.saturating_mul(samples * u64::from(stored.bits)).div_ceil(8);
        let pixels = u64::from(stored.width) * u64::from(stored.height);
        let picture_bytes = pixels.saturating_mul(u64::from(stored.samples) * u64::from(stored.bits).div_ceil(8));
        let part_bytes = row_bytes.saturating_mul(rows);
        if part_bytes > picture_bytes.saturating_mul(4).max(MIN_PART_BYTES) {
            return Err(LimitsError::Memory.into());
        }
        // The samples in 8 bits, colours and alpha made from them, and one part.
        limits.check_memory(pixels * (u64::from(stored.samples) + 4) + part_bytes)?;
        let across = stored.width.div_ceil(stored.part_size.0) as usize;
        let down = stored.height.div_ceil(stored.part_size.1) as usize;
        let planes = if stored.is_planar { stored.samples as usize } else { 1 };
        let count = planes.saturating_mul(across * down);
        if stored.parts.len() < count {
            return Err(InputError::Truncated.into());
        }
        // Each is read once, so no file takes longer than its length and its size allow.
        let used = |part: &&[u8]| match stored.coding {
            Coding::Plain => part.len().min(part_bytes as usize),
            _ => part.len(),
        };
        if stored.parts.iter().take(count).map(used).sum::<usize>() > file_bytes {
            return Err(InputError::Corrupt("its parts are larger than the file".into()).into());
        }
        Ok(Self { across, down, samples: samples as usize, row_bytes: row_bytes as usize })
    }

    /// All samples in 8 bits, pixel by pixel: places in a palette as they are, of luma and chroma red, green and blue. With them, if
    /// the parts are JPEGs, twice the largest of their coding blocks, because each part has a grid of its own.
    fn samples(&self, stored: &Stored<'_>, limits: &Limits) -> Result<(Vec<u8>, Option<CodingBlocks>)> {
        let (width, height) = (stored.width as usize, stored.height as usize);
        let (columns, rows) = (stored.part_size.0 as usize, stored.part_size.1 as usize);
        let all = stored.samples as usize;
        let mut samples = zeroed((width * height * all) as u64)?;
        let step = if stored.is_planar { all } else { 1 };
        let mut blocks: Option<CodingBlocks> = None;
        let mut buffer = zeroed((self.row_bytes * rows) as u64)?;
        let count = self.across * self.down * step;
        for (number, part) in stored.parts.iter().take(count).enumerate() {
            let (plane, number) = (number / (self.across * self.down), number % (self.across * self.down));
            let (left, top) = (number % self.across * columns, number / self.across * rows);
            let shown = (columns.min(width - left), rows.min(height - top));
            let there = if stored.is_tiled { rows } else { shown.1 };
            let part_bytes = &mut buffer[..self.row_bytes * there];
            match stored.coding {
                Coding::Jpeg { tables } => {
                    let of_part = parts::jpeg(part, tables, stored, shown.1 as u32, part_bytes, limits)?;
                    blocks = Some(of_part.max_with(blocks));
                }
                _ => parts::unpack(part, stored, self.samples, part_bytes)?,
            }
            for (y, row) in part_bytes.chunks_exact(self.row_bytes).take(shown.1).enumerate() {
                let start = ((top + y) * width + left) * all;
                let out = samples[start..start + shown.0 * all].iter_mut().skip(plane).step_by(step);
                read_row(row, stored, out);
            }
        }
        Ok((samples, blocks))
    }
}

impl CodingBlocks {
    /// In each direction the larger of both.
    fn max_with(self, other: Option<Self>) -> Self {
        let other = other.unwrap_or(self);
        Self { width: self.width.max(other.width), height: self.height.max(other.height) }
    }
}

/// Samples of a row in 8 bits, places in a palette as they are.
fn read_row<'a>(row: &[u8], stored: &Stored<'_>, out: impl Iterator<Item = &'a mut u8>) {
    match stored.bits {
        8 => out.zip(row).for_each(|(out, sample)| *out = *sample),
        16 => {
            let number = match stored.order {
                ByteOrder::Big => u16::from_be_bytes,
                ByteOrder::Little => u16::from_le_bytes,
            };
            let samples = row.chunks_exact(2).map(|bytes| to_8_bits(number([bytes[0], bytes[1]])));
            out.zip(samples).for_each(|(out, sample)| *out = sample);
        }
        bits => {
            let most = (1 << bits) - 1;
            let step = if matches!(stored.colours, Colours::Palette(_)) { 1 } else { u8::MAX / most };
            let of_byte = |byte: &u8| {
                let byte = *byte;
                (1..=8 / bits).map(move |n| step * (byte >> (8 - n * bits) & most))
            };
            out.zip(row.iter().flat_map(of_byte)).for_each(|(out, sample)| *out = sample);
        }
    }
}

/// Red green blue of every pixel, or its four inks.
fn colours(samples: Vec<u8>, stored: &Stored<'_>) -> Vec<u8> {
    let count = stored.samples as usize;
    match &stored.colours {
        Colours::Rgb | Colours::Ycc if count == 3 => samples,
        Colours::Rgb | Colours::Ycc => each(&samples, count, |pixel| [pixel[0], pixel[1], pixel[2]]),
        Colours::Grey => each(&samples, count, |pixel| [pixel[0]; 3]),
        Colours::Inverted => each(&samples, count, |pixel| [u8::MAX - pixel[0]; 3]),
        Colours::Palette(palette) => {
            each(&samples, count, |pixel| palette.get(usize::from(pixel[0])).copied().unwrap_or_default())
        }
        Colours::Inks if count == 4 => samples,
        Colours::Inks => each(&samples, count, |pixel| [pixel[0], pixel[1], pixel[2], pixel[3]]),
    }
}

fn each<const N: usize>(samples: &[u8], count: usize, colours: impl Fn(&[u8]) -> [u8; N]) -> Vec<u8> {
    let mut out = Vec::with_capacity(samples.len() / count * N);
    samples.chunks_exact(count).for_each(|pixel| out.extend(colours(pixel)));
    out
}

#[cfg(test)]
mod tests;
