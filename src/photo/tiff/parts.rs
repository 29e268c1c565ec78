//! Unpacks a strip or tile.

use miniz_oxide::inflate::{TINFLStatus, decompress_slice_iter_to_slice};
use weezl::decode::Configuration;
use weezl::{BitOrder, LzwStatus};

use super::fax;
use crate::container::ByteOrder;
use crate::container::tiff::{Coding, Colours, Stored};
use crate::error::{InputError, Result};
use crate::photo::frame::CodingBlocks;
use crate::photo::jpeg::{self, ColourModel};
use crate::photo::limits::Limits;

/// Fills `out` with the samples of a part that is coded without loss, `samples` a pixel.
///
/// # Errors
/// [`InputError`] if it holds less, or is not sound.
pub(super) fn unpack(part: &[u8], stored: &Stored<'_>, samples: usize, out: &mut [u8]) -> Result<(), InputError> {
    let reversed: Vec<u8>;
    let part = match stored.lowest_bit_first {
        true => {
            reversed = part.iter().map(|byte| byte.reverse_bits()).collect();
            &reversed
        }
        false => part,
    };
    match stored.coding {
        Coding::Plain => out.copy_from_slice(part.get(..out.len()).ok_or(InputError::Truncated)?),
        Coding::PackBits => pack_bits(part, out)?,
        Coding::Lzw => lzw(part, out)?,
        Coding::Deflate => deflate(part, out)?,
        Coding::Fax(kind) => fax::decode(part, kind, stored.part_size.0, out)?,
        Coding::Jpeg { .. } => return Err(corrupt("its parts are not coded alike")),
    }
    if stored.is_differenced {
        let row_bytes = stored.part_size.0 as usize * samples * stored.bits as usize / 8;
        out.chunks_exact_mut(row_bytes).for_each(|row| add_up(row, samples, stored));
    }
    Ok(())
}

fn corrupt(what: &str) -> InputError {
    InputError::Corrupt(what.into())
}

/// TIFF 6.0, section 9: a number and as many bytes, or a negative number and a byte to repeat.
fn pack_bits(mut part: &[u8], mut out: &mut [u8]) -> Result<(), InputError> {
    while !out.is_empty() {
        let (&number, rest) = part.split_first().ok_or(InputError::Truncated)?;
        let (run, taken) = match number.cast_signed() {
            // Nothing.
            i8::MIN => (0, 0),
            count @ 0.. => (usize::from(count.unsigned_abs()) + 1, usize::from(count.unsigned_abs()) + 1),
            count => (usize::from(count.unsigned_abs()) + 1, 1),
        };
        let bytes = rest.get(..taken).ok_or(InputError::Truncated)?;
        // Some writers let a run go on past the last row of a part.
        let (filled, left) = out.split_at_mut(run.min(out.len()));
        filled.iter_mut().zip(bytes.iter().cycle()).for_each(|(out, byte)| *out = *byte);
        (part, out) = (&rest[taken..], left);
    }
    Ok(())
}

fn lzw(mut part: &[u8], mut out: &mut [u8]) -> Result<(), InputError> {
    // Codes from the lowest bit on, as the first version of TIFF had them: the code that comes first is 256 in 9 bits.
    if part.starts_with(&[0, 1]) {
        return Err(InputError::Unsupported(
            "This TIFF uses old-style LZW compression, which is not supported. Such".into(),
        ));
    }
    let mut decoder = Configuration::with_tiff_size_switch(BitOrder::Msb, 8).with_yield_on_full_buffer(true).build();
    while !out.is_empty() {
        let step = decoder.decode_bytes(part, out);
        (part, out) = (&part[step.consumed_in..], &mut std::mem::take(&mut out)[step.consumed_out..]);
        match step.status {
            Err(_) => return Err(corrupt("its picture data cannot be unpacked")),
            Ok(LzwStatus::Ok) => {}
            Ok(LzwStatus::Done | LzwStatus::NoProgress) if out.is_empty() => {}
            Ok(LzwStatus::Done | LzwStatus::NoProgress) => return Err(InputError::Truncated),
        }
    }
    Ok(())
}

fn deflate(part: &[u8], out: &mut [u8]) -> Result<(), InputError> {
    // Data may go on after the last row, and its checksum is of all of it.
    match decompress_slice_iter_to_slice(out, std::iter::once(part), true, true) {
        Ok(count) if count == out.len() => Ok(()),
        Err(TINFLStatus::HasMoreOutput) => Ok(()),
        Ok(_) | Err(TINFLStatus::FailedCannotMakeProgress) => Err(InputError::Truncated),
        Err(_) => Err(corrupt("its picture data cannot be unpacked")),
    }
}

/// From differences to samples (TIFF 6.0, section 14).
fn add_up(row: &mut [u8], samples: usize, stored: &Stored<'_>) {
    if stored.bits == 8 {
        for at in samples..row.len() {
            row[at] = row[at].wrapping_add(row[at - samples]);
        }
        return;
    }
    // Its own inverse.
    let swapped = |number: u16| if stored.order == ByteOrder::Big { number.to_be() } else { number.to_le() };
    let read = |row: &[u8], at: usize| swapped(u16::from_ne_bytes([row[at], row[at + 1]]));
    for at in (2 * samples..row.len()).step_by(2) {
        let sum = read(row, at).wrapping_add(read(row, at - 2 * samples));
        row[at..at + 2].copy_from_slice(&swapped(sum).to_ne_bytes());
    }
}

/// Fills `out` with the samples of a part that is a JPEG, of which `rows` are shown; luma and chroma become red, green and blue.
/// Returns twice its coding blocks.
///
/// # Errors
/// If it is not sound, not as large as the file says, or beyond the limits.
pub(super) fn jpeg(
    part: &[u8],
    tables: &[u8],
    stored: &Stored<'_>,
    rows: u32,
    out: &mut [u8],
    limits: &Limits,
) -> Result<CodingBlocks> {
    /// Four tables of steps and eight of codes, the most that there can be, take less.
    const MAX_TABLES: usize = 1 << 12;
    if tables.len() > MAX_TABLES {
        return Err(corrupt("its tables are too long").into());
    }
    // Without the end of the one and the start of the other.
    let file = match tables {
        [] => part.to_vec(),
        tables => [&tables[..tables.len().saturating_sub(2)], part.get(2..).unwrap_or_default()].concat(),
    };
    let mut header = jpeg::read_header(&file)?;
    header.check_end()?;
    let (width, height) = stored.part_size;
    let least_height = if stored.is_tiled { height } else { rows };
    if header.width != width || !(least_height..=height).contains(&header.height) {
        return Err(corrupt("its parts are not as large as it says").into());
    }
    // The file says what the samples are, whatever the JPEG says of itself.
    let model = match stored.colours {
        _ if stored.is_planar => ColourModel::Grey,
        Colours::Ycc => ColourModel::YCbCr,
        Colours::Rgb => ColourModel::Rgb,
        Colours::Inks => ColourModel::Inks,
        Colours::Inverted | Colours::Grey | Colours::Palette(_) => ColourModel::Grey,
    };
    if !header.assume(model) {
        return Err(corrupt("its parts have other colours than it says").into());
    }
    jpeg::check_memory(&header, limits)?;
    let samples = jpeg::samples(&file, &mut header)?;
    // A grey JPEG is decoded to red, green and blue.
    let step = if model == ColourModel::Grey { 3 } else { 1 };
    out.iter_mut().zip(samples.iter().step_by(step)).for_each(|(out, sample)| *out = *sample);
    let own = header.coding_blocks();
    Ok(CodingBlocks { width: 2 * own.width, height: 2 * own.height })
}
