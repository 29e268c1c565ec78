//! Covers as other programs draw them, for demonstrations and measurements only: everybody who knows how one was drawn can
//! link it to the photo it was drawn on, at any strength. No [`super::Method`] leads here.

use std::ops::Range;

use crate::geometry::PixelRect;
use crate::photo::Frame;

/// Standard deviations to each side over which a Gaussian is summed: 99.7 % of it.
const REACH: f32 = 3.0;

/// Gaussian blur of a part of a picture that lies inside it; `sigma` is the standard deviation in pixels. The work grows
/// with it. The picture's edge pixels are repeated beyond its edge.
pub fn blur(frame: &mut Frame, rect: PixelRect, sigma: f32) {
    let reach = (REACH * sigma).ceil().max(0.0) as i64;
    let weight = |offset: i64| (-0.5 * (offset as f32 / sigma.max(f32::MIN_POSITIVE)).powi(2)).exp();
    smooth(frame, rect, &(-reach..=reach).map(weight).collect::<Vec<f32>>());
}

/// Mean over a square of `side` pixels around each pixel of a part of a picture that lies inside it.
pub fn box_blur(frame: &mut Frame, rect: PixelRect, side: u32) {
    smooth(frame, rect, &vec![1.0; side.max(1) as usize]);
}

/// Cuts a part of a picture into squares of `side` pixels, from its top left corner on, and gives each its mean colour.
pub fn mosaic(frame: &mut Frame, rect: PixelRect, side: u32) {
    for cell in cut(rect, side) {
        let colour = mean_colour(frame, cell);
        for y in cell.y0 as usize..cell.y1 as usize {
            let row = y * frame.width as usize;
            let pixels = &mut frame.rgb.as_chunks_mut::<3>().0[row + cell.x0 as usize..row + cell.x1 as usize];
            pixels.fill(colour);
        }
    }
}

/// Cells of `side` pixels.
fn cut(rect: PixelRect, side: u32) -> Vec<PixelRect> {
    let side = side.max(1);
    let starts = |from: u32, to: u32| (from..to).step_by(side as usize);
    let corners = starts(rect.y0, rect.y1).flat_map(|y0| starts(rect.x0, rect.x1).map(move |x0| (x0, y0)));
    let cell = |(x0, y0): (u32, u32)| PixelRect { x0, y0, x1: x0.saturating_add(side), y1: y0.saturating_add(side) };
    corners.map(|corner| cell(corner).intersection(rect)).collect()
}

/// Mean colour of a part of a picture that lies inside it; black if it is empty.
pub(crate) fn mean_colour(frame: &Frame, rect: PixelRect) -> [u8; 3] {
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

/// Weighted means along rows, then along columns.
fn smooth(frame: &mut Frame, rect: PixelRect, weights: &[f32]) {
    let reach = weights.len() as i64 / 2;
    let sum: f32 = weights.iter().sum();
    let rows = i64::from(rect.y0) - reach..i64::from(rect.y1) + reach + 1;
    let along_rows: Vec<Vec<[f32; 3]>> = rows.map(|y| smoothed_row(frame, y, rect.x0..rect.x1, weights, sum)).collect();
    for y in rect.y0..rect.y1 {
        for x in rect.x0..rect.x1 {
            let column = along_rows[(y - rect.y0) as usize..].iter().map(|row| row[(x - rect.x0) as usize]);
            let colour = weighted(weights.iter().zip(column), sum);
            let at = 3 * (y as usize * frame.width as usize + x as usize);
            frame.rgb[at..at + 3].iter_mut().zip(colour).for_each(|(out, value)| *out = value.round() as u8);
        }
    }
}

/// A row, of which only `columns` are made.
fn smoothed_row(frame: &Frame, y: i64, columns: Range<u32>, weights: &[f32], sum: f32) -> Vec<[f32; 3]> {
    let inside = |place: i64, length: u32| place.clamp(0, i64::from(length) - 1) as usize;
    let y = inside(y, frame.height);
    let smoothed = columns.map(|x| {
        let first = i64::from(x) - weights.len() as i64 / 2;
        let places = (first..).map(|x| inside(x, frame.width));
        weighted(weights.iter().zip(places.map(|x| pixel(frame, x, y))), sum)
    });
    smoothed.collect()
}

fn pixel(frame: &Frame, x: usize, y: usize) -> [f32; 3] {
    let at = 3 * (y * frame.width as usize + x);
    [0, 1, 2].map(|channel| f32::from(frame.rgb[at + channel]))
}

fn weighted<'a>(pixels: impl Iterator<Item = (&'a f32, [f32; 3])>, sum: f32) -> [f32; 3] {
    let add = |total: [f32; 3], (weight, pixel): (&f32, [f32; 3])| [0, 1, 2].map(|c| total[c] + weight * pixel[c]);
    pixels.fold([0.0; 3], add).map(|total| total / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot() -> Frame {
        let mut rgb = vec![0; 3 * 31 * 31];
        rgb[3 * (15 * 31 + 15)] = 255;
        Frame { width: 31, height: 31, rgb, alpha: None }
    }

    #[test]
    fn a_flat_picture_stays_as_it_is() {
        let flat = Frame { width: 9, height: 7, rgb: vec![77; 3 * 63], alpha: None };
        for weaken in [|f: &mut Frame, r| blur(f, r, 2.0), |f: &mut Frame, r| mosaic(f, r, 4)] {
            let mut weakened = flat.clone();
            weaken(&mut weakened, PixelRect::full(9, 7));
            assert_eq!(weakened, flat);
        }
    }

    #[test]
    fn a_blurred_dot_is_a_gaussian() {
        let mut frame = dot();
        blur(&mut frame, PixelRect::full(31, 31), 2.0);
        // 255 / (2 pi sigma^2) in the middle, exp(-1/2) of it two pixels away.
        let red = |x: usize, y: usize| f32::from(frame.rgb[3 * (y * 31 + x)]);
        assert!((red(15, 15) - 10.1).abs() < 0.7 && (red(17, 15) - 6.2).abs() < 0.7, "{} {}", red(15, 15), red(17, 15));
    }

    #[test]
    fn nothing_outside_the_rectangle_changes() {
        let mut frame = dot();
        blur(&mut frame, PixelRect { x0: 14, y0: 14, x1: 31, y1: 31 }, 3.0);
        assert_eq!(frame.rgb[..3 * 14 * 31], dot().rgb[..3 * 14 * 31]);
    }
}
