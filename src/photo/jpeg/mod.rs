//! JPEG files (ITU-T T.81): what their headers say, and rewriting them without decoding to pixels.
//!
//! [`rewrite`] reads the quantised coefficients and writes them again as a baseline file, so that the picture outside
//! the covers stays as it is, bit for bit:
//!
//! ```text
//! bytes ──read──▶ Coefficients ──turn──▶ upright ──recode──▶ covers replaced ──write──▶ bytes
//! ```
//!
//! Nothing of what was under a cover is carried along. Every covered block is replaced as a whole by one computed from
//! the drawn cover; the differences between DC values, the runs of zeros and the Huffman tables are made anew from the
//! blocks as they are after that; and neither scans nor restart intervals of the source are taken over.

mod bits;
mod coefficients;
mod header;
mod huffman;
mod read;
mod recode;
mod turn;
mod write;

pub use header::luma_quantisation;
pub(super) use header::{Header, read_header};

use super::frame::Photo;
use super::rewrite::Obstacle;
use crate::error::{InputError, LimitsError, Result};
use crate::geometry::PixelRect;
use header::ColourModel;

/// A baseline JPEG with the coefficients of `source`, upright, except in the blocks under `covers` (upright pixels), which
/// show `photo`'s frame. No metadata is written: a JFIF segment or, where the colours are stored as RGB, an Adobe segment
/// is all there is besides the picture.
///
/// The orientation is applied to the coefficients. That is exact where the mirrored sides end on whole coding blocks;
/// elsewhere the cut blocks would move to the top or left edge, where a JPEG cannot have any. Keeping the orientation
/// tag instead would leave metadata in the file, and a mirrored picture wherever it is not heeded.
///
/// # Errors
/// [`Obstacle`] names what cannot be kept.
pub(super) fn rewrite(source: &[u8], photo: &Photo, covers: &[PixelRect]) -> Result<Vec<u8>, Obstacle> {
    let header = read_header(source).map_err(|_| Obstacle::Damaged)?;
    let colour_model = header.colour_model();
    if colour_model == ColourModel::Inks {
        return Err(Obstacle::Inks);
    }
    let coefficients = read::read(source, &header)?;
    let mut upright = turn::turned(coefficients, photo.orientation)?;
    for cover in covers {
        recode::recode(&mut upright, &photo.frame, *cover, colour_model)?;
    }
    write::write(&upright, colour_model)
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
        ColourModel::Inks => Err(Obstacle::Inks),
        _ => read::read(source, header).and_then(|coefficients| write::write(&coefficients, colour_model)),
    };
    written.map_err(|obstacle| match obstacle {
        Obstacle::Memory => LimitsError::Memory.into(),
        Obstacle::Damaged => InputError::Corrupt("the picture's data is not sound".into()).into(),
        _ => InputError::Unsupported("Rare JPEG".into()).into(),
    })
}

#[cfg(test)]
mod tests;
