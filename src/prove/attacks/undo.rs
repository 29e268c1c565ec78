//! Undoing what a cover did, as far as that goes, before a recogniser looks at the face.

use std::f32::consts::PI;

use crate::error::Result;
use crate::geometry::PixelRect;
use crate::photo::{Frame, resize_rgb_smoothly};
use crate::protect::reversible;
use crate::recognition::alignment::{SIDE, Similarity, TEMPLATE, align};

/// What the attacker knows of how a face was covered. Lengths are in pixels of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Known {
    /// Nothing.
    Nothing,
    /// A blur like a Gaussian of that standard deviation.
    Blur {
        /// Standard deviation.
        sigma: f32,
    },
    /// Cells of one colour each.
    Cells {
        /// Top left corner of any cell, `[x, y]`; it may lie outside the picture.
        corner: [f32; 2],
        /// Width and height of a cell.
        side: f32,
    },
}

/// A way of undoing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Undoing {
    /// None: the face as it is.
    None,
    /// Adding what a small blur takes away.
    Unsharp,
    /// Enlarging that many times along a cubic curve.
    Enlarged(u8),
    /// Deconvolution with the known blur.
    Wiener,
    /// Each cell taken for one pixel, enlarged along a cubic curve.
    Cubic,
}

/// Blur of unsharp masking in pixels of the aligned face (a tenth of the distance between the eyes), and how often what it
/// takes away is added.
const UNSHARP_SIGMA: f32 = 3.5;
const UNSHARP_AMOUNT: f32 = 1.5;

/// Power of noise as a share of the picture's power per frequency: that of JPEG at quality 90 and of rounding, for which
/// deconvolved faces of the development pairs were matched best.
const NOISE: f32 = 1e-3;

/// Times by which faces are enlarged.
const ENLARGEMENTS: [u8; 2] = [2, 4];

/// Pixels to which a cell is enlarged: with 6 cells a face is then wider than an aligned one.
const ENLARGED_CELL: u32 = 16;

/// Most pixels along a side of a picture that is enlarged before it is aligned; a larger face is not small.
const SMALL: u32 = 256;

/// Every aligned face (see [`align`]) that an attacker can make of a covered one, given where its landmarks were. Empty if
/// they are no face's.
///
/// # Errors
/// Only if the sizes of pictures do not fit each other, a defect of the program.
pub fn undone(protected: &Frame, landmarks: &[[f32; 2]; 5], known: Known) -> Result<Vec<(Undoing, Vec<u8>)>> {
    let Some(plain) = align(protected, landmarks) else { return Ok(Vec::new()) };
    let mut faces = vec![(Undoing::Unsharp, unsharp(&plain))];
    for times in ENLARGEMENTS {
        faces.extend(enlarged(protected, landmarks, times)?.map(|face| (Undoing::Enlarged(times), face)));
    }
    match known {
        Known::Nothing => {}
        Known::Blur { sigma } => {
            let scale = Similarity::between(landmarks, &TEMPLATE).map_or(0.0, |similarity| similarity.scale());
            faces.push((Undoing::Wiener, deconvolved(&plain, sigma * scale)));
        }
        Known::Cells { corner, side } => {
            let smooth = smoothed(protected, landmarks, corner, side)?;
            faces.extend(smooth.map(|face| (Undoing::Cubic, face)));
        }
    }
    faces.push((Undoing::None, plain));
    Ok(faces)
}

fn unsharp(face: &[u8]) -> Vec<u8> {
    let mut blurred = Frame { width: SIDE as u32, height: SIDE as u32, rgb: face.to_vec(), alpha: None };
    reversible::blur(&mut blurred, PixelRect::full(SIDE as u32, SIDE as u32), UNSHARP_SIGMA);
    let sharpen = |(sharp, blurred): (&u8, &u8)| {
        let (sharp, blurred) = (f32::from(*sharp), f32::from(*blurred));
        (sharp + UNSHARP_AMOUNT * (sharp - blurred)).round() as u8
    };
    face.iter().zip(&blurred.rgb).map(sharpen).collect()
}

/// The face aligned after what is around it was enlarged; `None` for one that is large already.
fn enlarged(picture: &Frame, landmarks: &[[f32; 2]; 5], times: u8) -> Result<Option<Vec<u8>>> {
    let Some(area) = around(picture, landmarks).filter(|area| area.width().max(area.height()) <= SMALL) else {
        return Ok(None);
    };
    let (width, height) = (area.width() * u32::from(times), area.height() * u32::from(times));
    let rgb = resize_rgb_smoothly(&picture.part(area), area.width(), area.height(), width, height)?;
    let large = Frame { width, height, rgb, alpha: None };
    let times = f32::from(times);
    Ok(align(&large, &landmarks.map(|[x, y]| [(x - area.x0 as f32) * times, (y - area.y0 as f32) * times])))
}

/// The part of the picture that an aligned face shows.
fn around(picture: &Frame, landmarks: &[[f32; 2]; 5]) -> Option<PixelRect> {
    let back = Similarity::between(&TEMPLATE, landmarks)?;
    let side = SIDE as f32;
    let corners = [[0.0, 0.0], [side, 0.0], [0.0, side], [side, side]].map(|corner| back.apply(corner));
    let range = |axis: usize| {
        let along = corners.map(|corner| corner[axis]);
        let (least, most) =
            (along.into_iter().fold(f32::INFINITY, f32::min), along.into_iter().fold(f32::MIN, f32::max));
        (least, most - least)
    };
    let ((x, width), (y, height)) = (range(0), range(1));
    PixelRect::enclosing([x, y, width, height], picture.width, picture.height)
}

/// The face aligned after each cell around it was taken for one pixel of a small picture, which is enlarged smoothly.
/// `None` if there is no face or a cell is no larger than a pixel.
fn smoothed(picture: &Frame, landmarks: &[[f32; 2]; 5], corner: [f32; 2], side: f32) -> Result<Option<Vec<u8>>> {
    let Some(area) = around(picture, landmarks).filter(|_| side > 1.0 && side.is_finite()) else { return Ok(None) };
    let (left, columns) = whole_cells(area.x0, area.x1, corner[0], side);
    let (top, rows) = whole_cells(area.y0, area.y1, corner[1], side);
    let place = |start: f32, index: usize, length: u32| (start + index as f32 * side).round().clamp(0.0, length as f32);
    let mut cells = Vec::with_capacity(3 * columns * rows);
    for row in 0..rows {
        for column in 0..columns {
            let [x0, x1] = [column, column + 1].map(|index| place(left, index, picture.width));
            let [y0, y1] = [row, row + 1].map(|index| place(top, index, picture.height));
            let cell = PixelRect { x0: x0 as u32, y0: y0 as u32, x1: x1 as u32, y1: y1 as u32 };
            cells.extend(reversible::mean_colour(picture, cell));
        }
    }
    let (columns, rows) = (columns as u32, rows as u32);
    let (width, height) = (columns * ENLARGED_CELL, rows * ENLARGED_CELL);
    let rgb = resize_rgb_smoothly(&cells, columns, rows, width, height)?;
    let scale = ENLARGED_CELL as f32 / side;
    Ok(align(
        &Frame { width, height, rgb, alpha: None },
        &landmarks.map(|[x, y]| [(x - left) * scale, (y - top) * scale]),
    ))
}

/// Where the first cell begins that reaches into `from..to`, and how many do; `corner` is where any cell begins.
fn whole_cells(from: u32, to: u32, corner: f32, side: f32) -> (f32, usize) {
    let first = ((from as f32 - corner) / side).floor();
    let last = ((to as f32 - corner) / side).ceil();
    (corner + first * side, (last - first).max(1.0) as usize)
}

/// Wiener deconvolution of an aligned face that a Gaussian of standard deviation `sigma` blurred.
///
/// Mirrored at its edges, a picture blurred by a symmetric kernel is, in the cosine basis (DCT-II), the picture with each
/// coefficient multiplied by a factor `h`; the filter is `h / (h^2 + noise)`. For a Gaussian `h` is
/// `exp(-(sigma f)^2 / 2)` with the frequency `f` in radians a pixel. Source: N. Wiener, "Extrapolation, Interpolation, and
/// Smoothing of Stationary Time Series", 1949; S. Martucci, "Symmetric convolution and the discrete sine and cosine
/// transforms", 1994.
fn deconvolved(face: &[u8], sigma: f32) -> Vec<u8> {
    let basis = cosine_basis();
    let frequency = |index: usize| PI * index as f32 / SIDE as f32;
    let mut restored = vec![0; face.len()];
    for channel in 0..3 {
        let pixels: Vec<f32> = face.iter().skip(channel).step_by(3).map(|value| f32::from(*value)).collect();
        let mut coefficients = product(&product(&basis, &pixels), &transposed(&basis));
        for (index, coefficient) in coefficients.iter_mut().enumerate() {
            let square = frequency(index / SIDE).powi(2) + frequency(index % SIDE).powi(2);
            let factor = (-0.5 * sigma * sigma * square).exp();
            // The mean is known without any noise.
            let noise = if index == 0 { 0.0 } else { NOISE };
            *coefficient *= factor / (factor * factor + noise);
        }
        let pixels = product(&product(&transposed(&basis), &coefficients), &basis);
        restored.iter_mut().skip(channel).step_by(3).zip(pixels).for_each(|(out, value)| *out = value.round() as u8);
    }
    restored
}

/// The orthonormal DCT-II as a matrix of [`SIDE`] rows, one for each frequency.
fn cosine_basis() -> Vec<f32> {
    let entry = |index: usize| {
        let (frequency, place) = (index / SIDE, index % SIDE);
        let norm = if frequency == 0 { 1.0 } else { 2.0f32 } / SIDE as f32;
        norm.sqrt() * (PI * frequency as f32 * (place as f32 + 0.5) / SIDE as f32).cos()
    };
    (0..SIDE * SIDE).map(entry).collect()
}

/// Product of two matrices of [`SIDE`] rows and columns.
fn product(one: &[f32], other: &[f32]) -> Vec<f32> {
    let mut made = vec![0.0; SIDE * SIDE];
    for (row, factors) in made.chunks_exact_mut(SIDE).zip(one.chunks_exact(SIDE)) {
        for (factor, others) in factors.iter().zip(other.chunks_exact(SIDE)) {
            row.iter_mut().zip(others).for_each(|(sum, value)| *sum += factor * value);
        }
    }
    made
}

fn transposed(matrix: &[f32]) -> Vec<f32> {
    (0..SIDE * SIDE).map(|index| matrix[index % SIDE * SIDE + index / SIDE]).collect()
}
