//! Turning and mirroring coefficients without loss.

use image::metadata::Orientation;

use super::block::Block;
use super::block::ZIGZAG;
use super::coefficients::{Coefficients, Plane};
use crate::photo::frame::Turn;
use crate::photo::limits::filled;
use crate::photo::lossy_reason::LossyReason;

/// Whether the sides that become the left or the top one end on whole MCUs. Otherwise samples past the edge, which no decoder
/// shows, would move into the picture.
pub(super) fn is_lossless(picture: &Coefficients, orientation: Orientation) -> bool {
    let turn = Turn::of(orientation);
    let (width, height) = picture.unit_size();
    let stored = (picture.width.is_multiple_of(width), picture.height.is_multiple_of(height));
    let (is_whole_across, is_whole_down) = if turn.transposes { (stored.1, stored.0) } else { stored };
    (is_whole_across || !turn.mirrors_x) && (is_whole_down || !turn.mirrors_y)
}

/// The picture as its orientation tag asks for it, which must be [`is_lossless`].
///
/// # Errors
/// [`LossyReason::Memory`].
pub(super) fn turned(picture: Coefficients, orientation: Orientation) -> Result<Coefficients, LossyReason> {
    let turn = Turn::of(orientation);
    let mut picture = if turn.transposes { transposed(picture)? } else { picture };
    for plane in &mut picture.planes {
        if turn.mirrors_x {
            mirror_across(plane);
        }
        if turn.mirrors_y {
            mirror_down(plane);
        }
    }
    Ok(picture)
}

/// Rows become columns, in every block and of the blocks. One plane is held twice at a time.
fn transposed(picture: Coefficients) -> Result<Coefficients, LossyReason> {
    let transpose = |plane: Plane| {
        let rows = plane.blocks.len() / plane.stride as usize;
        let mut blocks = filled(plane.blocks.len() as u64, [0; 64]).map_err(|_| LossyReason::Memory)?;
        for (index, block) in plane.blocks.iter().enumerate() {
            let (row, column) = (index / plane.stride as usize, index % plane.stride as usize);
            blocks[column * rows + row] = TRANSPOSED.map(|position| block[position]);
        }
        Ok(Plane {
            horizontal: plane.vertical,
            vertical: plane.horizontal,
            used: (plane.used.1, plane.used.0),
            stride: rows as u32,
            blocks,
            steps: TRANSPOSED.map(|position| plane.steps[position]),
        })
    };
    let planes: Result<_, LossyReason> = picture.planes.into_iter().map(transpose).collect();
    Ok(Coefficients { width: picture.height, height: picture.width, planes: planes? })
}

fn mirror_across(plane: &mut Plane) {
    for row in plane.blocks.chunks_exact_mut(plane.stride as usize) {
        row.reverse();
    }
    plane.blocks.iter_mut().for_each(|block| negate_odd(block, |natural| natural % 8));
}

fn mirror_down(plane: &mut Plane) {
    let stride = plane.stride as usize;
    let rows = plane.blocks.len() / stride;
    for row in 0..rows / 2 {
        let (above, below) = plane.blocks.split_at_mut((rows - 1 - row) * stride);
        above[row * stride..][..stride].swap_with_slice(&mut below[..stride]);
    }
    plane.blocks.iter_mut().for_each(|block| negate_odd(block, |natural| natural / 8));
}

/// A cosine of odd frequency is odd about the block's middle, one of even frequency even (T.81, A.3.3).
fn negate_odd(block: &mut Block, frequency: fn(usize) -> usize) {
    for (coefficient, natural) in block.iter_mut().zip(ZIGZAG) {
        if frequency(natural) % 2 == 1 {
            *coefficient = -*coefficient;
        }
    }
}

/// For each place in zigzag order, the place of the coefficient with its frequencies swapped.
const TRANSPOSED: [usize; 64] = {
    let mut natural_to_zigzag = [0; 64];
    let mut place = 0;
    while place < 64 {
        natural_to_zigzag[ZIGZAG[place]] = place;
        place += 1;
    }
    let mut transposed = [0; 64];
    place = 0;
    while place < 64 {
        transposed[place] = natural_to_zigzag[ZIGZAG[place] % 8 * 8 + ZIGZAG[place] / 8];
        place += 1;
    }
    transposed
};
