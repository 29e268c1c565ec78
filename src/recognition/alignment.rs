//! Aligns a face to the place, size and tilt that a recogniser was trained with.

use crate::photo::Frame;

/// Width and height of an aligned face in pixels.
pub const SIDE: usize = 112;

/// Where an aligned face has its landmarks, in the order of [`crate::detect::Detection::landmarks`]. Source: ArcFace
/// (`insightface/utils/face_align.py`, `arcface_dst`), to which SFace's training faces were aligned. Integers are pixel
/// centres.
pub const TEMPLATE: [[f32; 2]; 5] =
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]];

/// Most samples along a side for one pixel of an aligned face, which bounds the work for faces of any size: up to a face
/// of 112 * 16 pixels all are averaged; of larger ones, evenly spread samples are.
const MOST_SAMPLES: usize = 16;

/// A turn, a scale and a shift of the plane: `(x, y)` goes to `(a x - b y + tx, b x + a y + ty)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Similarity {
    /// Scale times the cosine of the turn.
    pub a: f32,
    /// Scale times its sine.
    pub b: f32,
    /// Shift along x.
    pub tx: f32,
    /// Shift along y.
    pub ty: f32,
}

impl Similarity {
    /// The one that maps points nearest to others, by least squares; `None` if the points are not finite or all in one
    /// place.
    ///
    /// Source: S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991. In
    /// the plane and without mirroring its closed form is the quotient of two sums of complex numbers.
    pub fn between<const N: usize>(from: &[[f32; 2]; N], to: &[[f32; 2]; N]) -> Option<Self> {
        let centre = |points: &[[f32; 2]; N]| [0, 1].map(|axis| points.iter().map(|p| p[axis]).sum::<f32>() / N as f32);
        let ([fx, fy], [gx, gy]) = (centre(from), centre(to));
        let (mut dot, mut cross, mut spread) = (0.0, 0.0, 0.0);
        for ([x, y], [u, v]) in from.iter().zip(to) {
            let (x, y, u, v) = (x - fx, y - fy, u - gx, v - gy);
            dot += x * u + y * v;
            cross += x * v - y * u;
            spread += x * x + y * y;
        }
        let (a, b) = (dot / spread, cross / spread);
        let found = Self { a, b, tx: gx - (a * fx - b * fy), ty: gy - (b * fx + a * fy) };
        let is_usable = [a, b, found.tx, found.ty].iter().all(|number| number.is_finite()) && found.scale() > 0.0;
        is_usable.then_some(found)
    }

    /// By how much it makes things larger.
    pub fn scale(&self) -> f32 {
        self.a.hypot(self.b)
    }

    /// Where a point goes.
    pub fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        [self.a * x - self.b * y + self.tx, self.b * x + self.a * y + self.ty]
    }
}

/// The face with these landmarks (in pixels of the picture, where 0.5 is the first pixel's centre), turned and scaled to
/// [`TEMPLATE`]: `3 * 112 * 112` bytes, row-major, red green blue. What lies outside the picture is black. `None` if the
/// landmarks are not finite or all in one place.
///
/// Sampling is bilinear; where the face is made smaller, a pixel is the mean of as many samples as it covers pixels, so
/// that nothing is skipped.
pub fn align(picture: &Frame, landmarks: &[[f32; 2]; 5]) -> Option<Vec<u8>> {
    // Detectors and this crate put the first pixel's centre at 0.5, the template puts it at 0.
    let centred = landmarks.map(|[x, y]| [x - 0.5, y - 0.5]);
    let back = Similarity::between(&TEMPLATE, &centred)?;
    let samples = (back.scale().round() as usize).clamp(1, MOST_SAMPLES);
    Some(warped(picture, &back, SIDE, samples))
}

/// A square of `3 * side * side` bytes, row-major, red green blue, of which `back` gives the place in the picture; integers are pixel
/// centres in both. A pixel is the mean of `samples` squared samples.
pub(crate) fn warped(picture: &Frame, back: &Similarity, side: usize, samples: usize) -> Vec<u8> {
    // From the middle of the pixel that a sample stands for.
    let offsets: Vec<f32> = (0..samples).map(|at| (at as f32 + 0.5) / samples as f32 - 0.5).collect();
    let share = 1.0 / (samples * samples) as f32;
    let mut square = vec![0; 3 * side * side];
    for (y, row) in square.chunks_exact_mut(3 * side).enumerate() {
        for (x, pixel) in row.chunks_exact_mut(3).enumerate() {
            let sum = sum_over_pixel(picture, back, [x as f32, y as f32], &offsets);
            // Sums are not negative, so this rounds.
            pixel.iter_mut().zip(sum).for_each(|(value, sum)| *value = (share * sum + 0.5) as u8);
        }
    }
    square
}

/// Sum of the samples in the square that a pixel covers.
fn sum_over_pixel(picture: &Frame, back: &Similarity, [x, y]: [f32; 2], offsets: &[f32]) -> [f32; 3] {
    let mut sums = [0.0; 3];
    for dy in offsets {
        for dx in offsets {
            let colour = bilinear(picture, back.apply([x + dx, y + dy]));
            sums.iter_mut().zip(colour).for_each(|(sum, value)| *sum += value);
        }
    }
    sums
}

/// The colour at a point, 0 to 255, where integers are pixel centres; outside the picture everything is black.
pub(crate) fn bilinear(picture: &Frame, [x, y]: [f32; 2]) -> [f32; 3] {
    let (left, top) = (x.floor(), y.floor());
    let (right_share, lower_share) = (x - left, y - top);
    let corners = [
        (left, top, (1.0 - right_share) * (1.0 - lower_share)),
        (left + 1.0, top, right_share * (1.0 - lower_share)),
        (left, top + 1.0, (1.0 - right_share) * lower_share),
        (left + 1.0, top + 1.0, right_share * lower_share),
    ];
    let mut colour = [0.0; 3];
    for (x, y, share) in corners {
        if x < 0.0 || y < 0.0 || x >= picture.width as f32 || y >= picture.height as f32 {
            continue;
        }
        let at = 3 * (y as usize * picture.width as usize + x as usize);
        let pixel = &picture.rgb[at..at + 3];
        colour.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += share * f32::from(*value));
    }
    colour
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    /// The template turned, scaled and shifted.
    fn placed(placing: &Similarity) -> [[f32; 2]; 5] {
        TEMPLATE.map(|point| placing.apply(point))
    }

    proptest! {
        #[test]
        fn a_similarity_is_found_from_the_points_it_moved(
            scale in 0.05f32..20.0, turn in -3.1f32..3.1, tx in -500.0f32..500.0, ty in -500.0f32..500.0,
        ) {
            let moved = Similarity { a: scale * turn.cos(), b: scale * turn.sin(), tx, ty };
            let found = Similarity::between(&TEMPLATE, &placed(&moved)).unwrap();
            for (expected, got) in placed(&moved).iter().zip(placed(&found)) {
                prop_assert!((expected[0] - got[0]).hypot(expected[1] - got[1]) < 0.01 * scale.max(1.0));
            }
        }

        #[test]
        fn hostile_landmarks_do_not_panic(numbers in proptest::array::uniform10(proptest::num::f32::ANY)) {
            let picture = Frame { width: 2, height: 3, rgb: vec![9; 18], alpha: None };
            let landmarks = std::array::from_fn(|point| [numbers[2 * point], numbers[2 * point + 1]]);
            if let Some(face) = align(&picture, &landmarks) {
                prop_assert_eq!(face.len(), 3 * SIDE * SIDE);
            }
        }
    }

    /// Least squares, checked against `skimage.transform.SimilarityTransform.estimate` of scikit-image 0.26 on points
    /// that no similarity maps exactly to the template.
    #[test]
    fn a_similarity_is_the_least_squares_one() {
        let landmarks = [[30.0, 40.0], [61.5, 44.0], [44.0, 57.5], [33.0, 76.0], [58.0, 79.0]];
        let found = Similarity::between(&landmarks, &TEMPLATE).unwrap();
        let expected = [1.132_294, -0.065_758, 0.833_786, 7.734_582];
        for (got, expected) in [found.a, found.b, found.tx, found.ty].into_iter().zip(expected) {
            assert!((got - expected).abs() < 1e-3, "{got} {expected}");
        }
    }

    #[test]
    fn landmarks_in_one_place_are_no_face() {
        let picture = Frame { width: 2, height: 2, rgb: vec![9; 12], alpha: None };
        assert_eq!(align(&picture, &[[1.0; 2]; 5]), None);
        assert_eq!(align(&picture, &[[f32::NAN; 2]; 5]), None);
    }

    #[test]
    fn a_face_that_is_in_place_is_copied() {
        let rgb: Vec<u8> = (0..3 * SIDE * SIDE).map(|i| (i * i % 253) as u8).collect();
        let picture = Frame { width: SIDE as u32, height: SIDE as u32, rgb, alpha: None };
        let face = align(&picture, &TEMPLATE.map(|[x, y]| [x + 0.5, y + 0.5])).unwrap();
        let worst = face.iter().zip(&picture.rgb).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(1), "{worst:?}");
    }

    #[test]
    fn shrinking_averages_instead_of_skipping() {
        let side = 8 * SIDE;
        let rgb = (0..side * side).flat_map(|i| [if i % 2 == 0 { 0 } else { 255 }; 3]).collect();
        let picture = Frame { width: side as u32, height: side as u32, rgb, alpha: None };
        let face = align(&picture, &TEMPLATE.map(|[x, y]| [8.0 * (x + 0.5), 8.0 * (y + 0.5)])).unwrap();
        assert!(face.iter().all(|value| (120..=136).contains(value)));
    }
}
