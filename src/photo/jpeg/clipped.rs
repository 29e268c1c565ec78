//! Samples beyond black and white.
//!
//! Coefficients can stand for samples below 0 and above 255, which every decoder shows as 0 and 255. A picture could lie
//! there that nobody sees, and that another quantisation table makes visible. Compression itself goes a little beyond, next to
//! edges.

use super::block::{Block, nonzero};
use super::coefficients::{Coefficients, Plane, flat};
use super::inverse::{Samples, dequantised, unclamped};
use super::recode::Touched;
use super::tables::{Standard, Used, is_luma};
use crate::photo::lossy_reason::LossyReason;

/// Most that may be cut off from a block's samples: root mean square over the block, in levels. Of 490 photos of all qualities
/// (3 and more) no block has more than 9.7, and in 97 of 100 none has more than 7.
const MAX_RMS: f32 = 10.0;

/// Most that may be cut off from one sample, in levels. The same photos have 52 at most.
const MAX_PEAK: f32 = 56.0;

/// Most of the root mean square that edges do not explain, in levels. The same photos have 1.5 at most, and sparse dots on black
/// that are compressed at quality 85, the lowest that is written here, 2.7.
const MAX_UNEXPLAINED: f32 = 3.0;

/// Root mean square of what is cut off next to edges, as a share of the standard deviation of the samples that are shown.
const EXPLAINED: f32 = 0.25;

/// Levels beyond black and white from which on every decoder shows a sample as that, however it rounds.
const BEYOND: i32 = 1;

/// The most that is cut off from the samples of any block of a picture, in levels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Clipped {
    /// Root mean square over a block.
    pub rms: f32,
    /// Of one sample.
    pub peak: f32,
    /// Root mean square over a block, as far as edges in what is shown do not explain it.
    pub unexplained: f32,
}

impl Clipped {
    /// Of a block's samples.
    #[inline]
    pub(super) fn of(samples: &Samples) -> Self {
        let (mut squares, mut peak, mut sum, mut shown_squares) = (0, 0, 0, 0);
        for value in samples.as_flattened() {
            let shown = *value.clamp(&0, &255);
            let cut_off = (value - shown).abs();
            squares += cut_off * cut_off;
            peak = peak.max(cut_off);
            sum += shown;
            shown_squares += shown * shown;
        }
        let mean = sum as f32 / 64.0;
        let deviation = (shown_squares as f32 / 64.0 - mean * mean).max(0.0).sqrt();
        let rms = (squares as f32 / 64.0).sqrt();
        Self { rms, peak: peak as f32, unexplained: (rms - EXPLAINED * deviation).max(0.0) }
    }

    /// The larger of each.
    pub(super) fn max(self, other: Self) -> Self {
        Self {
            rms: self.rms.max(other.rms),
            peak: self.peak.max(other.peak),
            unexplained: self.unexplained.max(other.unexplained),
        }
    }

    /// No more than compression makes of a natural photo.
    pub fn is_ringing(&self) -> bool {
        self.rms <= MAX_RMS && self.peak <= MAX_PEAK && self.unexplained <= MAX_UNEXPLAINED
    }
}

/// The flat blocks of least magnitude that are shown as black and as white.
pub(super) fn black_and_white(steps: &[u16; 64]) -> [Block; 2] {
    // Eight times the levels from the middle, 128, to each end.
    let [black, white] = [8 * 128, 8 * 127].map(|level| u16::div_ceil(level, steps[0]) as i16);
    [flat(-black), flat(white)]
}

/// Replaces each block of which every sample is beyond the same end by the one flat block for that, which is shown alike.
///
/// # Errors
/// [`LossyReason::Damaged`] for blocks that decoders disagree on, see [`dequantised`]; [`LossyReason::Clipped`] if more of one
/// is cut off than ringing explains.
pub(super) fn settle(picture: &mut Coefficients) -> Result<(), LossyReason> {
    for plane in &mut picture.planes {
        let ends = black_and_white(&plane.steps);
        plane.blocks.iter_mut().try_for_each(|block| settle_block(block, &plane.steps, &ends))?;
    }
    Ok(())
}

/// Does what [`settle`] does to the `touched` blocks and to those past the picture's edge, which follow their neighbours.
///
/// # Errors
/// Those of [`settle`].
pub(super) fn settle_touched(picture: &mut Coefficients, touched: &Touched) -> Result<(), LossyReason> {
    for (plane, blocks) in picture.planes.iter_mut().zip(touched) {
        let ends = black_and_white(&plane.steps);
        for index in plane.past_edge().chain(blocks.iter().copied()).collect::<Vec<_>>() {
            settle_block(&mut plane.blocks[index], &plane.steps, &ends)?;
        }
    }
    Ok(())
}

fn settle_block(block: &mut Block, steps: &[u16; 64], ends: &[Block; 2]) -> Result<(), LossyReason> {
    let coefficients = dequantised(block, steps)?;
    // No sample is further from the middle than an eighth of the mean's magnitude and a quarter of the other magnitudes.
    let sum: f32 = coefficients.as_flattened().iter().map(|value| value.abs()).sum();
    if sum - coefficients[0][0].abs() / 2.0 <= 4.0 * 127.0 {
        return Ok(());
    }
    let samples = unclamped(coefficients);
    let values = samples.as_flattened();
    let [black, white] = ends;
    if values.iter().all(|value| *value >= 255 + BEYOND) {
        *block = *white;
    } else if values.iter().all(|value| *value <= -BEYOND) {
        *block = *black;
    } else if block != black && block != white && !Clipped::of(&samples).is_ringing() {
        return Err(LossyReason::Clipped);
    }
    Ok(())
}

/// Sets each step of a quantisation table that no coefficient uses to that of the standard tables, if the used ones are theirs, else
/// to the last used step before it. Planes that share a table go on sharing it.
pub(super) fn settle_steps(picture: &mut Coefficients) {
    let used_by = |plane: &Plane| plane.blocks.iter().fold(1, |used, block| used | nonzero(block));
    let used: Vec<u64> = picture.planes.iter().map(used_by).collect();
    let steps: Vec<[u16; 64]> = picture.planes.iter().map(|plane| plane.steps).collect();
    let used_of = |table: &[u16; 64]| {
        let sharing = steps.iter().zip(&used).filter(|(steps, _)| *steps == table);
        sharing.fold(0, |all, (_, used)| all | used)
    };
    let tables: Vec<Used<'_>> = steps.iter().map(|table| (table, used_of(table))).collect();
    let standard = Standard::matching(&tables);
    for (plane, &(table, used)) in picture.planes.iter_mut().zip(&tables) {
        match standard {
            Some(standard) => plane.steps = standard.table(is_luma(table, &tables)),
            None => repeat_unused(&mut plane.steps, used),
        }
    }
}

fn repeat_unused(steps: &mut [u16; 64], used: u64) {
    for place in (1..64).filter(|place| used >> place & 1 == 0) {
        steps[place] = steps[place - 1];
    }
}
