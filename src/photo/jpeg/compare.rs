//! The decoded pixels, compared with those that another decoder makes of the file.

use super::clipped::Clipped;
use super::header::{ColourModel, read_header};
use super::pixels::Pixels;
use super::read;
use super::recode::{DrawnColour, DrawnPixel};
use crate::geometry::PixelRect;
use crate::photo::frame::{Frame, Photo, Turn};
use crate::photo::lossy_reason::LossyReason;

/// The result of the comparison with a second decoder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    /// The largest difference of any pixel, in levels of a channel.
    pub difference: u8,
    /// What nobody sees of the components' samples.
    pub clipped: Clipped,
    /// By how many levels chroma differs from what was drawn beyond what quantisation explains; 0 or less if it does not.
    pub colour_excess: f32,
}

/// Compares the pixels of `photo`, which was opened from `bytes`, with those that the file's coefficients give here. The
/// picture must be coded in one sequential scan, as all are that are written here. Where chroma is enlarged the last line and
/// column are left out: some decoders mix in what lies past them, some do not. `drawn` gives red, green and blue of the pixels whose
/// colour was drawn.
///
/// # Errors
/// [`LossyReason`] if the coefficients cannot be read, or the sizes differ.
pub fn compare(bytes: &[u8], photo: &Photo, drawn: DrawnPixel<'_>) -> Result<Compared, LossyReason> {
    let header = read_header(bytes).map_err(|_| LossyReason::Damaged)?;
    let stored = Stored::of(photo);
    if (header.width, header.height) != stored.size {
        return Err(LossyReason::Process);
    }
    let compared = |side: u32| if header.full_chroma() { side } else { side.max(2) - 1 } as usize;
    let (columns, lines) = (compared(header.width), compared(header.height));
    let mut pixels = Pixels::new(&header)?;
    let mut difference = 0;
    let colour = DrawnColour { drawn, turn: stored.turn, size: stored.size };
    let (mut colour_excess, mut rows) = (f32::NEG_INFINITY, 0);
    read::read_rows(bytes, &header, &mut |row| {
        if header.colour_model() == ColourModel::YCbCr {
            colour_excess = colour_excess.max(colour.excess(row, rows));
        }
        rows += 1;
        pixels.take(row, 0, &mut |y, line| {
            if y < lines {
                difference = difference.max(stored.difference(y, &line[..3 * columns]));
            }
        })
    })?;
    Ok(Compared { difference, clipped: pixels.clipped(), colour_excess })
}

/// A picture that its file holds turned.
struct Stored<'a> {
    frame: &'a Frame,
    turn: Turn,
    /// Width and height as stored.
    size: (u32, u32),
}

impl<'a> Stored<'a> {
    fn of(photo: &'a Photo) -> Self {
        let (frame, turn) = (&photo.frame, Turn::of(photo.orientation));
        let size = if turn.transposes { (frame.height, frame.width) } else { (frame.width, frame.height) };
        Self { frame, turn, size }
    }

    /// Where a pixel's red is in the frame.
    fn index(&self, x: usize, y: usize) -> usize {
        let (x, y) = (x as u32, y as u32);
        let upright = self.turn.undo(PixelRect { x0: x, y0: y, x1: x + 1, y1: y + 1 }, self.size.0, self.size.1);
        3 * (upright.y0 as usize * self.frame.width as usize + upright.x0 as usize)
    }

    /// The largest difference from a line of pixels that begins at the left.
    fn difference(&self, y: usize, line: &[u8]) -> u8 {
        let difference = |a: &[u8], b: &[u8]| a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).fold(0, u8::max);
        let start = self.index(0, y);
        if !self.turn.transposes && !self.turn.mirrors_x {
            return difference(line, &self.frame.rgb[start..]);
        }
        let pixels = line.chunks_exact(3).enumerate();
        pixels.map(|(x, pixel)| difference(pixel, &self.frame.rgb[self.index(x, y)..])).fold(0, u8::max)
    }
}
