//! Whether a face can still be made out of a copy, without knowing how it was covered.
//!
//! A blur or mosaic keeps the face's coarse light and shade; a fill from the surroundings or one flat colour does not.

use super::check;
use crate::detect::Detection;
use crate::geometry::PixelRect;
use crate::photo::Frame;
use crate::report::{Check, CheckName};

/// Cells across a face in which light and shade are compared: enough to tell faces from fills, few enough that small
/// shifts do not matter.
const CELLS: usize = 8;

/// From this correlation on a copy counts as showing the face, and as well from this one below zero: whoever turns light into
/// shade sees it. Of the 30 faces of the test photos, all are seen through
/// a Gaussian blur of 0.1 face widths, 5 through one of 0.2, none through a soft or solid cover; stronger blurs are not
/// seen here, although the same photo can still be linked through them.
const SAME_FROM: f32 = 0.7;

/// Contrast of the cells in grey levels (standard deviation) under which there is nothing but rounding. Anything more can be
/// stretched until it is seen, so it is compared.
const FLAT: f32 = 0.25;

/// Quarters of red, green and blue in the greys that are compared: light and shade, and each colour, since a face can be
/// shown by colours alone.
const GREYS: [[u64; 3]; 4] = [LUMA, [4, 0, 0], [0, 4, 0], [0, 0, 4]];

const LUMA: [u64; 3] = [1, 2, 1];

/// One check over all faces of the original.
pub(super) fn compare(before: &Frame, after: &Frame, faces: &[Detection]) -> Check {
    let likeness = |face: &Detection| (face.bbox, is_shown(before, after, face.bbox));
    let compared: Vec<([f32; 4], Option<bool>)> = faces.iter().map(likeness).collect();
    let shown = compared.iter().filter(|(_, is_shown)| *is_shown == Some(true));
    let shown: Vec<[f32; 4]> = shown.map(|(bbox, _)| *bbox).collect();
    let mut detail = format!("{} of the original's {} faces can still be made out", shown.len(), faces.len());
    let untold = compared.iter().filter(|(_, is_shown)| is_shown.is_none()).count();
    if untold > 0 {
        detail += &format!("; {untold} have too little contrast in the original to tell");
    }
    Check { ok: shown.is_empty(), regions: shown, ..check(CheckName::Likeness, true, detail) }
}

/// The copy shows the face; `None` where the original shows too little of it to tell.
fn is_shown(before: &Frame, after: &Frame, bbox: [f32; 4]) -> Option<bool> {
    let rect = PixelRect::enclosing(bbox, before.width, before.height)?;
    let shades = GREYS.map(|weights| (shade(before, rect, weights), shade(after, rect, weights)));
    let mut told = shades.iter().filter(|(before, _)| !is_flat(before)).peekable();
    told.peek()?;
    Some(told.any(|(before, after)| !is_flat(after) && correlation(before, after).abs() >= SAME_FROM))
}

/// A part of the face is as the original has it, in its details: an eye bar leaves the mouth. In doubt it is.
pub(super) fn keeps_a_part(before: &Frame, after: &Frame, bbox: [f32; 4]) -> bool {
    let Some(rect) = PixelRect::enclosing(bbox, before.width, before.height) else { return false };
    if rect.width().min(rect.height()) < SMALLEST_PARTS {
        return true;
    }
    let place = |i: usize| (i as f32 + 0.5) / CELLS as f32 - 0.5;
    let in_face = (0..CELLS * CELLS).map(|i| (i % CELLS, i / CELLS)).filter(|&(x, y)| place(x).hypot(place(y)) <= 0.5);
    let parts: Vec<PixelRect> = in_face.map(|(x, y)| part(rect, x, y)).collect();
    let details = parts.iter().map(|part| (detail(before, *part), detail(after, *part)));
    let told: Vec<_> =
        details.filter(|(before, _)| power(before) >= TEXTURED * TEXTURED * before.len() as f32).collect();
    let alike = told.iter().filter(|(a, b)| !is_flat(b) && correlation(a, b) >= ALIKE).count();
    told.len() < parts.len() / 4 || 10 * alike > told.len()
}

/// Pixels across a face in whose parts details can be told.
const SMALLEST_PARTS: u32 = 32;

/// Contrast in grey levels from which on a part of a face has details.
const TEXTURED: f32 = 2.0;

/// From this correlation on two parts have the same details, as in `placement`.
const ALIKE: f32 = 0.8;

/// Luma of some pixels of a part, without its mean and slope.
fn detail(frame: &Frame, rect: PixelRect) -> [f32; CELLS * CELLS] {
    let mut values = std::array::from_fn(|i| {
        let [x, y] = [(i % CELLS) as u32 * rect.width(), (i / CELLS) as u32 * rect.height()].map(|v| v / CELLS as u32);
        mean_grey(frame, PixelRect { x0: rect.x0 + x, y0: rect.y0 + y, x1: rect.x0 + x + 1, y1: rect.y0 + y + 1 }, LUMA)
    });
    subtract_plane(&mut values, CELLS);
    values
}

/// Light and shade of a face: the grey of [`CELLS`] x [`CELLS`] cells without what any head has, and so any cover that looks like one.
fn shade(frame: &Frame, rect: PixelRect, weights: [u64; 3]) -> [f32; CELLS * CELLS] {
    let mut cells: [f32; CELLS * CELLS] =
        std::array::from_fn(|cell| mean_grey(frame, part(rect, cell % CELLS, cell / CELLS), weights));
    subtract_head(&mut cells);
    cells
}

/// Subtracts the mean, the slope and the bulge of cells: polynomials of the second degree, and the fourth power of the distance from
/// the middle, by which a round shape is darker towards its outline. Fitted by least squares.
fn subtract_head(cells: &mut [f32; CELLS * CELLS]) {
    let place = |i: usize| [i % CELLS, i / CELLS].map(|at| (at as f32 + 0.5) / CELLS as f32 * 2.0 - 1.0);
    let shapes: [fn([f32; 2]) -> f32; 7] = [
        |_| 1.0,
        |[u, _]| u,
        |[_, v]| v,
        |[u, _]| u * u,
        |[_, v]| v * v,
        |[u, v]| u * v,
        |[u, v]| (u * u + v * v) * (u * u + v * v),
    ];
    let mut basis: Vec<[f32; CELLS * CELLS]> = Vec::new();
    for shape in shapes {
        let mut pattern: [f32; CELLS * CELLS] = std::array::from_fn(|i| shape(place(i)));
        basis.iter().for_each(|other| subtract_along(&mut pattern, other));
        let length = power(&pattern).sqrt();
        basis.push(pattern.map(|value| value / length));
    }
    basis.iter().for_each(|pattern| subtract_along(cells, pattern));
}

/// Subtracts what lies along a pattern of length 1.
fn subtract_along(cells: &mut [f32; CELLS * CELLS], pattern: &[f32; CELLS * CELLS]) {
    let share: f32 = cells.iter().zip(pattern).map(|(cell, value)| cell * value).sum();
    cells.iter_mut().zip(pattern).for_each(|(cell, value)| *cell -= share * value);
}

/// The pixels of a cell, at least one.
fn part(rect: PixelRect, column: usize, row: usize) -> PixelRect {
    let cells = CELLS as u32;
    let span = |start: u32, length: u32, cell: u32| {
        (start + length * cell / cells, start + (length * (cell + 1)).div_ceil(cells))
    };
    let ((x0, x1), (y0, y1)) = (span(rect.x0, rect.width(), column as u32), span(rect.y0, rect.height(), row as u32));
    PixelRect { x0, y0, x1, y1 }
}

/// Not rounded to whole grey levels, so that little contrast is as good as much.
fn mean_grey(frame: &Frame, rect: PixelRect, weights: [u64; 3]) -> f32 {
    let mut sum = 0u64;
    for y in rect.y0 as usize..rect.y1 as usize {
        let row = &frame.rgb[3 * (y * frame.width as usize + rect.x0 as usize)..][..3 * rect.width() as usize];
        let greys = row.chunks_exact(3).map(|rgb| rgb.iter().zip(weights).map(|(v, w)| w * u64::from(*v)).sum::<u64>());
        sum += greys.sum::<u64>();
    }
    sum as f32 / 4.0 / (rect.width() as f32 * rect.height() as f32)
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

fn is_flat(cells: &[f32]) -> bool {
    power(cells) < FLAT * FLAT * cells.len() as f32
}

fn power(cells: &[f32]) -> f32 {
    cells.iter().map(|value| value * value).sum()
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>() / (power(a) * power(b)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDE: u32 = 64;

    /// A picture of this luma.
    fn picture(luma: impl Fn(u32, u32) -> f32) -> Frame {
        let pixels = (0..SIDE * SIDE).flat_map(|i| [luma(i % SIDE, i / SIDE).round() as u8; 3]);
        Frame { width: SIDE, height: SIDE, rgb: pixels.collect(), alpha: None }
    }

    /// Light and shade that is no plane, with this contrast.
    fn face(contrast: f32) -> Frame {
        picture(|x, y| {
            120.0 + contrast * ((x as f32 / 7.0).sin() + (y as f32 / 5.0).cos() + ((x + y) as f32 / 9.0).sin())
        })
    }

    fn compared(before: &Frame, after: &Frame) -> Check {
        let detection = Detection::new([4.0, 4.0, 56.0, 56.0], 0.9, [[0.0; 2]; 5]);
        compare(before, after, &[detection])
    }

    #[test]
    fn an_inverted_face_and_one_of_hardly_any_contrast_are_seen() {
        for contrast in [30.0, -30.0, 1.5] {
            assert!(!compared(&face(30.0), &face(contrast)).ok, "{contrast}");
        }
    }

    #[test]
    fn a_face_that_colours_alone_show_is_seen() {
        let mut after = face(30.0);
        after
            .rgb
            .chunks_exact_mut(3)
            .for_each(|pixel| pixel.copy_from_slice(&[255 - pixel[1], pixel[1], 255 - pixel[1]]));
        assert!(!compared(&face(30.0), &after).ok);
    }

    #[test]
    fn one_colour_and_other_light_and_shade_show_no_face() {
        assert!(compared(&face(30.0), &picture(|_, _| 90.0)).ok);
        assert!(compared(&face(30.0), &picture(|x, y| 90.0 + 20.0 * (x as f32 * y as f32 / 200.0).sin())).ok);
    }

    #[test]
    fn a_face_under_an_eye_bar_keeps_a_part() {
        let noise = |x: u32, y: u32| ((x * 7919 + y * 104_729) % 251) as f32 / 2.0;
        let bar = picture(|x, y| if y < 36 { 30.0 } else { noise(x, y) });
        assert!(keeps_a_part(&picture(noise), &bar, [4.0, 4.0, 56.0, 56.0]));
        assert!(!keeps_a_part(&picture(noise), &picture(|x, y| noise(y + 9, x + 5)), [4.0, 4.0, 56.0, 56.0]));
        assert!(!keeps_a_part(&picture(noise), &picture(|_, _| 30.0), [4.0, 4.0, 56.0, 56.0]));
    }

    #[test]
    fn two_heads_that_are_lit_from_above_are_not_alike_for_that() {
        let head = |x: u32, y: u32| {
            let (u, v) = (x as f32 / 32.0 - 1.0, y as f32 / 32.0 - 1.0);
            150.0 - 20.0 * v - 30.0 * (u * u + v * v).powi(2)
        };
        let features = |x: u32, y: u32| 12.0 * ((x as f32 / 5.0).sin() + (y as f32 / 6.0).cos());
        let face = picture(|x, y| (head(x, y) + features(x, y)).clamp(0.0, 255.0));
        assert!(compared(&face, &picture(|x, y| head(x, y).clamp(0.0, 255.0))).ok);
        assert!(!compared(&face, &picture(|x, y| 100.0 + features(x, y))).ok);
    }

    #[test]
    fn what_cannot_be_told_is_said() {
        let check = compared(&picture(|_, _| 90.0), &face(30.0));
        assert!(check.ok && check.detail.ends_with("1 have too little contrast in the original to tell"), "{check:?}");
    }
}
