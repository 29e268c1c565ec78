//! JPEG files (ITU-T T.81): what their headers say, and rewriting them without decoding to pixels.
//!
//! [`rewrite`] reads the quantised coefficients and writes them again as a baseline file, so that the picture outside
//! the covers stays as it is, bit for bit:
//!
//! ```text
//! bytes ──read──▶ Coefficients ──turn──▶ upright ──recode──▶ covers replaced ──write──▶ bytes
//! ```
//!
//! Nothing of what was under a cover is kept. Every covered block is replaced as a whole by one computed from the drawn
//! cover. Then the differences between DC values, the runs of zeros and the Huffman tables are computed from these blocks.
//! Scans and restart intervals of the source are not kept. Blocks that lie wholly past the picture's edge, which no program
//! shows, are emptied.

mod bits;
mod block;
mod clipped;
mod coefficients;
mod compare;
mod header;
mod huffman;
mod inverse;
mod metadata;
mod pixels;
mod read;
mod recode;
mod samples;
mod tables;
mod turn;
mod write;

pub use compare::compare;
pub use header::luma_quantisation;
pub(super) use header::{ColourModel, Header, read_header};
pub(super) use metadata::Metadata;
#[cfg(feature = "rare-formats")]
pub(super) use samples::check_memory;
pub(super) use samples::{is_halved, samples};

use std::ops::Range;

use image::metadata::Orientation;

use super::frame::Photo;
use super::limits::Limits;
use super::lossy_reason::LossyReason;
use super::resize::halve_lines;
use crate::error::{InputError, LimitsError, Result};
use crate::mask::Mask;
use coefficients::Plane;
use pixels::Pixels;

/// What [`rewrite`] makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rewritten {
    /// The file.
    pub(super) bytes: Vec<u8>,
    /// It is yet to be turned by its orientation tag.
    pub(super) has_orientation_tag: bool,
}

/// A baseline JPEG with the coefficients of `source`, upright, except in the blocks that `hidden` (upright pixels)
/// touches. They show `photo`'s frame: of each component its own, so that brightness stays where only a block of chroma is
/// replaced. No metadata is written: a JFIF segment or, where the colours are stored as RGB, an Adobe segment is all there is besides
/// the picture, and the profile that `photo` has.
///
/// The orientation is applied to the coefficients. That is exact where the mirrored sides end on whole coding blocks;
/// elsewhere the cut blocks would move to the top or left edge, where a JPEG cannot have any. Most photos that a phone
/// takes upright are such: 3000 lines, and blocks of 16. They stay as stored, and an orientation tag is all that is
/// written besides the picture.
///
/// # Errors
/// [`LossyReason`] names what cannot be kept.
pub(super) fn rewrite(source: &[u8], photo: &Photo, hidden: &Mask) -> Result<Rewritten, LossyReason> {
    let header = read_header(source).map_err(|_| LossyReason::Damaged)?;
    let colour_model = header.colour_model();
    if colour_model == ColourModel::Inks {
        return Err(LossyReason::Inks);
    }
    // A sole component's factors mean nothing, and are not written.
    if colour_model != ColourModel::Grey && !header.has_common_sampling() {
        return Err(LossyReason::Sampling);
    }
    // A block of enlarged green or blue would reach past those that a cover touches: the covers would not be shown as drawn.
    if colour_model == ColourModel::Rgb && !header.full_chroma() {
        return Err(LossyReason::Sampling);
    }
    let mut picture = read::read(source, &header)?;
    let mut tag = photo.orientation;
    if turn::is_lossless(&picture, photo.orientation) {
        picture = turn::turned(picture, photo.orientation)?;
        tag = Orientation::NoTransforms;
    }
    let touched = recode::touched(&picture, &photo.frame, tag, hidden)?;
    // Whatever follows does not depend on what is hidden.
    recode::empty(&mut picture, &touched);
    picture.planes.iter_mut().for_each(Plane::clear_past_edge);
    clipped::settle(&mut picture)?;
    clipped::settle_steps(&mut picture);
    recode::recode(&mut picture, &photo.frame, tag, &touched, colour_model);
    picture.planes.iter_mut().for_each(Plane::clear_past_edge);
    clipped::settle_touched(&mut picture, &touched)?;
    let bytes = write::write(&picture, colour_model, tag, photo.profile)?;
    Ok(Rewritten { bytes, has_orientation_tag: tag != Orientation::NoTransforms })
}

/// Red, green and blue of a JPEG's pixels as stored, decoded from its coefficients.
///
/// # Errors
/// [`LimitsError::Memory`]; [`InputError`] for data that is not sound, and for layouts that no decoder here knows.
pub(super) fn decode(source: &[u8], header: &Header) -> Result<Vec<u8>> {
    pixels_of(source, header).map_err(error)
}

fn pixels_of(source: &[u8], header: &Header) -> Result<Vec<u8>, LossyReason> {
    let mut all = with_room(header.width, header.height)?;
    each_line(source, header, &mut |line| all.extend_from_slice(line))?;
    Ok(all)
}

/// The same in half the width and height, rounded up: each pixel is the mean of four. The whole picture is never held in pixels.
///
/// # Errors
/// As [`decode`]; it is [`InputError::Unsupported`] if the components are inks.
pub(super) fn decode_halved(source: &[u8], header: &Header) -> Result<Vec<u8>> {
    halved_pixels_of(source, header).map_err(|reason| fault(reason, header))
}

fn halved_pixels_of(source: &[u8], header: &Header) -> Result<Vec<u8>, LossyReason> {
    let (width, height) = header.halved_size();
    let mut halved = with_room(width, height)?;
    let mut above = Vec::new();
    each_line(source, header, &mut |line| {
        // The last column and the last line of an odd number stand for two.
        let line = [line, &line[line.len() - 3..]].concat();
        if above.is_empty() {
            above = line;
        } else {
            push_means(&mut halved, &above, &line);
            above.clear();
        }
    })?;
    push_means(&mut halved, &above, &above);
    Ok(halved)
}

/// Appends a line of half the width. Of an odd number of pixels in `above` and `below` the last is not looked at.
fn push_means(halved: &mut Vec<u8>, above: &[u8], below: &[u8]) {
    let start = halved.len();
    halved.resize(start + above.len() / 6 * 3, 0);
    halve_lines(above, below, &mut halved[start..]);
}

/// An empty picture with room for red, green and blue of all pixels.
fn with_room(width: u32, height: u32) -> Result<Vec<u8>, LossyReason> {
    let mut pixels = Vec::new();
    pixels.try_reserve_exact(3 * width as usize * height as usize).map_err(|_| LossyReason::Memory)?;
    Ok(pixels)
}

/// Hands over the lines of a picture from the top on: red, green and blue. Of one that is coded in one scan no more than two rows of
/// MCUs are held.
fn each_line(source: &[u8], header: &Header, take: &mut dyn FnMut(&[u8])) -> Result<(), LossyReason> {
    let mut pixels = Pixels::new(header)?;
    let take = &mut |_, line: &[u8]| take(line);
    if header.is_in_one_scan() {
        read::read_rows(source, header, &mut |row| pixels.take(row, 0, take))?;
        return Ok(());
    }
    let picture = read::read(source, header)?;
    (0..picture.units().1 as usize).try_for_each(|row| pixels.take(&picture, row, take))
}

/// The picture of a sequential JPEG with several scans, coded in one, as baseline and without metadata. The decoder
/// garbles some files whose components have scans of their own (zune-jpeg 0.5.15, with 4:1:1 and 4:4:1), and would hide
/// faces that other programs show.
///
/// # Errors
/// [`LimitsError::Memory`]; [`InputError`] for data that is not sound, and for layouts that one scan cannot have.
pub(super) fn in_one_scan(source: &[u8], header: &Header) -> Result<Vec<u8>> {
    let colour_model = header.colour_model();
    let written = match colour_model {
        ColourModel::Inks => Err(LossyReason::Inks),
        _ => read::read(source, header).and_then(|mut picture| {
            // Scans of one component have no blocks there, and the decoder mixes chroma of the next block into the last column.
            picture.planes.iter_mut().for_each(Plane::clear_past_edge);
            write::write(&picture, colour_model, Orientation::NoTransforms, None)
        }),
    };
    written.map_err(error)
}

/// Reads the scans of a JPEG, so that only such pictures are opened as all decoders show alike: the one that photos are opened with
/// fills in what is missing. Finds the end of a picture without an end marker: that of the scan which completes it. Many panoramas
/// are such files.
///
/// # Errors
/// [`LimitsError::Memory`]; [`InputError`] for a picture that is not sound or not whole.
pub(super) fn check(source: &[u8], header: &mut Header) -> Result<()> {
    match (read::end(source, header), header.check_end().is_ok()) {
        (Ok(end), false) => header.set_end(end),
        (Ok(_), true) => {}
        // Steps of more than a byte are decoded, but not kept.
        (Err(LossyReason::Sampling), true) => read::check(source, header).map_err(error)?,
        (Err(reason), _) => return Err(fault(reason, header)),
    }
    Ok(())
}

/// Where the picture of a JPEG ends that has no end marker; `None` if it is beyond the limits or not whole.
pub(crate) fn unmarked_end(source: &[u8]) -> Option<usize> {
    let mut header = read_header(source).ok()?;
    is_halved(&header, &Limits::default()).ok()?;
    header.forget_end();
    check(source, &mut header).ok()?;
    header.end()
}

/// Width and height of a JPEG as stored; `None` for what is none that can be opened.
#[cfg(feature = "rare-formats")]
pub(crate) fn size(source: &[u8]) -> Option<(u32, u32)> {
    let header = read_header(source).ok()?;
    is_halved(&header, &Limits::default()).ok()?;
    Some((header.width, header.height))
}

/// The orientation tag that a JPEG has itself.
#[cfg(feature = "rare-formats")]
pub(crate) fn orientation(source: &[u8]) -> Option<u8> {
    Metadata::of(source).exif.and_then(Orientation::from_exif_chunk).map(Orientation::to_exif)
}

/// The quantisation tables of a JPEG are none that the Independent JPEG Group's encoder uses at any quality, as they are or after a
/// quarter turn: camera or program can be told by them.
pub(crate) fn has_own_tables(source: &[u8]) -> bool {
    let Ok(header) = read_header(source) else { return false };
    let tables: Vec<tables::Used<'_>> = header.component_tables().map(|table| (table, tables::ALL_PLACES)).collect();
    tables::Standard::matching(&tables).is_none()
}

/// Where the coded data of a JPEG's scans lies, each up to its last MCU; empty if it is not sound.
pub(crate) fn scans(source: &[u8]) -> Vec<Range<usize>> {
    read_header(source).ok().and_then(|header| read::scans(source, &header).ok()).unwrap_or_default()
}

/// Why a picture cannot be opened. If it has no end marker, that comes first.
fn fault(lossy_reason: LossyReason, header: &Header) -> crate::Error {
    match header.check_end() {
        Err(fault) if lossy_reason != LossyReason::Memory => fault.into(),
        _ => error(lossy_reason),
    }
}

/// Why a picture with an end cannot be opened.
fn error(lossy_reason: LossyReason) -> crate::Error {
    match lossy_reason {
        LossyReason::Memory => LimitsError::Memory.into(),
        LossyReason::Damaged => InputError::Corrupt("the picture's data is not sound".into()).into(),
        _ => InputError::Unsupported("Rare JPEG".into()).into(),
    }
}

#[cfg(test)]
mod tests;
