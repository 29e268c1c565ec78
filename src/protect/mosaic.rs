//! The mosaic: a lossy cover, offered with a warning.

use super::Cover;
use crate::error::{Error, Result};
use crate::geometry::PixelRect;
use crate::photo::Frame;

/// Cells across the face. Plain mosaics of 6 cells were matched with another photo in 9 % of cases once enlarged
/// smoothly, of 8 in 25 %, of 16 in 93 %.
const CELLS_ACROSS_FACE: f32 = 6.0;

/// Share of the cells that are replaced by random colours: above the quarter that brought the 9 % to chance.
const RANDOM_SHARE: f64 = 0.3;

/// A cell of a mosaic and its one colour.
pub(super) struct MosaicTile {
    pub(super) rect: PixelRect,
    pub(super) colour: [u8; 3],
}

/// The cells of all covers, from the picture as it is before anything is drawn.
pub(super) fn tiles(frame: &Frame, covers: &[Cover]) -> Result<Vec<MosaicTile>> {
    let mut all = Vec::new();
    for cover in covers {
        let mut tiles: Vec<MosaicTile> = cut(cover.rect, cell_side(cover.face_width))
            .into_iter()
            .map(|rect| MosaicTile { rect, colour: mean_colour(frame, rect) })
            .collect();
        replace_some(&mut tiles)?;
        all.extend(tiles);
    }
    Ok(all)
}

/// Side of a cell in pixels.
pub(super) fn cell_side(face_width: f32) -> u32 {
    (face_width / CELLS_ACROSS_FACE).ceil().max(1.0) as u32
}

/// Cells of `side` pixels. They start at the cover's corner, which lies on a grid or far from the face, not at the face's.
pub(super) fn cut(rect: PixelRect, side: u32) -> Vec<PixelRect> {
    let side = side.max(1);
    let starts = |from: u32, to: u32| (from..to).step_by(side as usize);
    starts(rect.y0, rect.y1)
        .flat_map(|y0| starts(rect.x0, rect.x1).map(move |x0| (x0, y0)))
        .map(|(x0, y0)| {
            PixelRect { x0, y0, x1: x0.saturating_add(side), y1: y0.saturating_add(side) }.intersection(rect)
        })
        .collect()
}

/// Mean colour of a part of a picture.
pub(super) fn mean_colour(frame: &Frame, rect: PixelRect) -> [u8; 3] {
    let mut sums = [0u64; 3];
    for y in rect.y0 as usize..rect.y1 as usize {
        let start = 3 * (y * frame.width as usize + rect.x0 as usize);
        for pixel in frame.rgb[start..start + 3 * rect.width() as usize].chunks_exact(3) {
            (0..3).for_each(|c| sums[c] += u64::from(pixel[c]));
        }
    }
    let count = u64::from(rect.width()) * u64::from(rect.height());
    sums.map(|sum| (sum / count.max(1)) as u8)
}

/// Replaces [`RANDOM_SHARE`] of the tiles, chosen and coloured by the system's random source.
fn replace_some(tiles: &mut [MosaicTile]) -> Result<()> {
    let replaced = (tiles.len() as f64 * RANDOM_SHARE).ceil() as usize;
    for chosen in 0..replaced {
        // A Fisher-Yates shuffle of the first places; the bias of the remainder is under 1 in 10^12.
        let other = chosen
            + (random::<8>()?.into_iter().fold(0u64, |n, b| n << 8 | u64::from(b)) % (tiles.len() - chosen) as u64)
                as usize;
        tiles.swap(chosen, other);
        tiles[chosen].colour = random::<3>()?;
    }
    Ok(())
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::Internal(format!("no source of randomness: {e}")))?;
    Ok(bytes)
}
