//! Whether a face can still be made out of a copy, without knowing how it was covered.
//!
//! A blur or mosaic keeps the face's coarse light and shade; a fill from the surroundings or one flat colour does not.

use super::check;
use crate::detect::Detection;
use crate::error::Result;
use crate::geometry::PixelRect;
use crate::photo::{Frame, resize_rgb};
use crate::report::Check;

/// Cells across a face in which light and shade are compared: enough to tell faces from fills, few enough that small
/// shifts do not matter.
const CELLS: usize = 8;

/// From this correlation on a copy counts as showing the face. Of the 30 faces of the test photos, all are seen through
/// a Gaussian blur of 0.1 face widths, 5 through one of 0.2, none through a soft or solid cover; stronger blurs are not
/// seen here, although the same photo can still be linked through them.
const SAME_FROM: f32 = 0.7;

/// Contrast in grey levels (standard deviation) under which there is nothing to compare.
const FLAT: f32 = 1.5;

/// One check over all faces of the original.
pub(super) fn compare(before: &Frame, after: &Frame, faces: &[Detection]) -> Check {
    let shown: Vec<[f32; 4]> = faces.iter().map(|f| f.bbox).filter(|&bbox| is_shown(before, after, bbox)).collect();
    let detail = format!("{} of the original's {} faces can still be made out", shown.len(), faces.len());
    Check { ok: shown.is_empty(), regions: shown, ..check("likeness", true, detail) }
}

/// In doubt (a cell grid that cannot be made) the face counts as shown.
fn is_shown(before: &Frame, after: &Frame, bbox: [f32; 4]) -> bool {
    let Some(rect) = PixelRect::enclosing(bbox, before.width, before.height) else { return false };
    match (shade(before, rect), shade(after, rect)) {
        (Ok(a), Ok(b)) => correlation(&a, &b) >= SAME_FROM,
        _ => true,
    }
}

/// Light and shade of a face: luma of [`CELLS`] x [`CELLS`] cells without their mean and slope, which any fill that
/// continues the surroundings shares with the face.
fn shade(frame: &Frame, rect: PixelRect) -> Result<[f32; CELLS * CELLS]> {
    let side = CELLS as u32;
    let crop = super::Patch::of(frame, rect).rgb;
    let small = resize_rgb(&crop, rect.width(), rect.height(), side, side)?;
    let mut cells = [0.0; CELLS * CELLS];
    for (cell, rgb) in cells.iter_mut().zip(small.chunks_exact(3)) {
        *cell = (f32::from(rgb[0]) + 2.0 * f32::from(rgb[1]) + f32::from(rgb[2])) / 4.0;
    }
    subtract_plane(&mut cells, CELLS);
    Ok(cells)
}

/// Subtracts the least-squares plane from `side` x `side` cells; on a centred grid its three terms are orthogonal.
pub(super) fn subtract_plane(cells: &mut [f32], side: usize) {
    let centred = |i: usize| i as f32 - (side as f32 - 1.0) / 2.0;
    let norm: f32 = (0..cells.len()).map(|i| centred(i % side).powi(2)).sum();
    let mean = cells.iter().sum::<f32>() / cells.len() as f32;
    let slope = |along: &dyn Fn(usize) -> usize| {
        cells.iter().enumerate().map(|(i, v)| v * centred(along(i))).sum::<f32>() / norm
    };
    let (across, down) = (slope(&|i| i % side), slope(&|i| i / side));
    for (i, cell) in cells.iter_mut().enumerate() {
        *cell -= mean + across * centred(i % side) + down * centred(i / side);
    }
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let power = |v: &[f32]| v.iter().map(|x| x * x).sum::<f32>();
    let (pa, pb) = (power(a), power(b));
    if pa.min(pb) < FLAT * FLAT * (CELLS * CELLS) as f32 {
        return 0.0;
    }
    a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>() / (pa * pb).sqrt()
}
