//! Parroting: the attacker covers every candidate photo in the same way and takes the one that looks most alike.

use crate::error::Result;
use crate::geometry::PixelRect;
use crate::photo::{Frame, resize_rgb};

/// Width and height to which what lies under covers is scaled, so that covers of different sizes can be compared: ten
/// pixels for each of the cells across the face of the mosaic that is offered, so that few lie on the cells' edges.
const SIDE: u32 = 64;

/// Share of the pixels that are ignored, those that differ most: random cells and their edges. With 0.3 of the cells random
/// in the copy and in what it is compared with, half of them are the same in both. An attacker who compares all pixels is
/// stopped by a quarter of random cells; one who ignores this many is not.
const IGNORED: f64 = 0.6;

/// What a picture shows in a rectangle, scaled to one size: `3 * 64 * 64` bytes.
///
/// # Errors
/// [`crate::error::Error::Internal`] if the rectangle is empty.
pub fn crop_under(frame: &Frame, rect: PixelRect) -> Result<Vec<u8>> {
    resize_rgb(&frame.part(rect), rect.width(), rect.height(), SIDE, SIDE)
}

/// How much two crops of one size differ, in grey levels: root mean square over the pixels that differ least.
pub fn trimmed_distance(one: &[u8], other: &[u8]) -> f32 {
    let pixels = one.as_chunks::<3>().0.iter().zip(other.as_chunks::<3>().0);
    let square = |(a, b): (&u8, &u8)| f64::from(a.abs_diff(*b)).powi(2);
    let mut squares: Vec<f64> = pixels.map(|(a, b)| a.iter().zip(b).map(square).sum::<f64>() / 3.0).collect();
    squares.sort_by(f64::total_cmp);
    squares.truncate(squares.len() - (squares.len() as f64 * IGNORED) as usize);
    (squares.iter().sum::<f64>() / squares.len().max(1) as f64).sqrt() as f32
}
