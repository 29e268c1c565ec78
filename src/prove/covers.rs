//! Covered pixels in the exported file, compared with what was computed.

use super::{Expected, check};
use crate::geometry::PixelRect;
use crate::photo::{Frame, Photo, Turn, luma_quantisation};
use crate::report::{Check, CheckName, Format};

/// The pixels of a cover as computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Where it lies.
    pub rect: PixelRect,
    /// `3 * width * height` bytes, row-major, red green blue.
    pub rgb: Vec<u8>,
}

impl Patch {
    /// The part of a picture under a rectangle that lies inside it.
    pub fn of(frame: &Frame, rect: PixelRect) -> Self {
        let mut rgb = Vec::with_capacity(3 * rect.width() as usize * rect.height() as usize);
        for y in rect.y0 as usize..rect.y1 as usize {
            let start = 3 * (y * frame.width as usize + rect.x0 as usize);
            rgb.extend_from_slice(&frame.rgb[start..start + 3 * rect.width() as usize]);
        }
        Self { rect, rgb }
    }
}

/// Side of a block of the discrete cosine transform, in pixels.
const BLOCK: u32 = 8;

/// Root mean square in grey levels that rounding may add to the quantisation error of a block: half a level each in the
/// colour conversions both ways and in the inverse transform, doubled for chroma that leaves the gamut and is cut.
const ROUNDING: f64 = 4.0;

pub(super) fn compare(photo: &Photo, bytes: &[u8], expected: &Expected<'_>) -> Check {
    let frame = &photo.frame;
    if (frame.width, frame.height) != (expected.width, expected.height) {
        return check(CheckName::Covers, false, "the size differs");
    }
    let (worst, bound) = match expected.format {
        Format::Jpeg => match luma_quantisation(bytes) {
            Some(table) => (worst_block(photo, expected), error_bound(&table)),
            None => return check(CheckName::Covers, false, "the file has no quantisation table"),
        },
        _ => (worst_pixel(frame, expected), 0.0),
    };
    let detail = format!(
        "{} covered rectangles differ from what was drawn by {worst:.1} grey levels at most; the format's bound is {bound:.1}",
        expected.patches.len()
    );
    check(CheckName::Covers, worst <= bound, detail)
}

/// The most by which quantisation can change a block, as root mean square in grey levels.
///
/// The transform of ISO/IEC 10918-1, A.3.3 is orthonormal, so by Parseval's theorem the squared error of the 64 pixels
/// equals that of the 64 coefficients, each of which is at most half a step off.
fn error_bound(luma_table: &[u16; 64]) -> f64 {
    let squares: f64 = luma_table.iter().map(|&step| (f64::from(step) / 2.0).powi(2)).sum();
    (squares / 64.0).sqrt() + ROUNDING
}

/// Largest root mean square difference in luma over the 8 x 8 blocks of all covers. A block that the picture's edge cuts
/// counts with what is left of it, whose squared error is no more than the whole block's. The blocks are those of the
/// picture as stored, which a tag may turn.
fn worst_block(photo: &Photo, expected: &Expected<'_>) -> f64 {
    let frame = &photo.frame;
    let turn = Turn::of(photo.orientation);
    let (width, height) = match turn.transposes {
        true => (frame.height, frame.width),
        false => (frame.width, frame.height),
    };
    let block_errors = expected.patches.iter().flat_map(|patch| {
        let rect = turn.apply(patch.rect, frame.width, frame.height);
        let starts = |from: u32, to: u32, edge: u32| {
            let blocks = (from.next_multiple_of(BLOCK)..to).step_by(BLOCK as usize);
            blocks.filter(move |start| start + BLOCK <= to || to == edge)
        };
        let places =
            starts(rect.y0, rect.y1, height).flat_map(move |y| starts(rect.x0, rect.x1, width).map(move |x| (x, y)));
        places.map(move |(x0, y0)| {
            let block = PixelRect { x0, y0, x1: (x0 + BLOCK).min(width), y1: (y0 + BLOCK).min(height) };
            block_error(frame, patch, turn.undo(block, width, height))
        })
    });
    block_errors.fold(0.0, f64::max)
}

fn block_error(frame: &Frame, patch: &Patch, block: PixelRect) -> f64 {
    let mut squares = 0.0;
    for y in block.y0..block.y1 {
        for x in block.x0..block.x1 {
            let (ours, theirs) = (drawn(patch, x, y), exported(frame, x, y));
            squares += (luma(ours) - luma(theirs)).powi(2);
        }
    }
    (squares / f64::from(BLOCK * BLOCK)).sqrt()
}

/// Largest difference of any channel of any covered pixel.
fn worst_pixel(frame: &Frame, expected: &Expected<'_>) -> f64 {
    let differences = expected.patches.iter().filter_map(|patch| {
        let theirs = Patch::of(frame, patch.rect);
        patch.rgb.iter().zip(theirs.rgb).map(|(a, b)| a.abs_diff(b)).max()
    });
    f64::from(differences.max().unwrap_or(0))
}

fn drawn(patch: &Patch, x: u32, y: u32) -> &[u8] {
    let at = 3 * ((y - patch.rect.y0) as usize * patch.rect.width() as usize + (x - patch.rect.x0) as usize);
    &patch.rgb[at..at + 3]
}

fn exported(frame: &Frame, x: u32, y: u32) -> &[u8] {
    let at = 3 * (y as usize * frame.width as usize + x as usize);
    &frame.rgb[at..at + 3]
}

/// Luma of ITU-R BT.601, as JFIF prescribes.
fn luma(rgb: &[u8]) -> f64 {
    0.299 * f64::from(rgb[0]) + 0.587 * f64::from(rgb[1]) + 0.114 * f64::from(rgb[2])
}
