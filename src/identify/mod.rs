//! How identifiable a face is: measures and their calibration.
//!
//! Only the size is measured so far. A blurred, dark or half-hidden face is therefore called more identifiable than it
//! is, never less.

pub mod alignment;
pub mod recogniser;

use crate::report::{Identifiability, Level};

/// Probability that a recogniser matches a face with another photo of the person, from the distance between the eyes:
/// `1 / (1 + exp(-(OFFSET + SLOPE * ln(pixels))))`.
///
/// Fitted to 271 pairs of press photographs, shrunk in steps, matched with SFace at the false match rate of 0.1 %
/// found for that size: 24 % at 3.5 pixels, 76 % at 5.5, 94 % at 7.5, 97 % at 9.
const OFFSET: f32 = -7.5;
const SLOPE: f32 = 5.1;

/// Where "unlikely" ends: under 3 pixels between the eyes at most one face in ten is matched.
const POSSIBLE_FROM: f32 = 0.1;

/// Where "likely" begins: more often matched than not, from 4.4 pixels between the eyes.
const LIKELY_FROM: f32 = 0.5;

/// Distance between the eyes of a frontal face as a share of its box's height (21.8 of 64 pixels in the same
/// measurement). It stands in where the eyes are seen from the side and so seem closer than they are.
const FRONTAL_INTER_EYE: f32 = 0.34;

/// How identifiable a found face is, from its box `[x, y, width, height]` and landmarks in picture pixels.
pub fn identifiability(bbox: [f32; 4], landmarks: &[[f32; 2]; 5]) -> Identifiability {
    let [right_eye, left_eye, ..] = landmarks;
    let inter_eye = (right_eye[0] - left_eye[0]).hypot(right_eye[1] - left_eye[1]);
    rated(inter_eye, bbox, "size")
}

/// How identifiable what lies in a region that a person gave may be, if it is a face: by its size alone.
pub fn identifiability_of_region(bbox: [f32; 4]) -> Identifiability {
    rated(0.0, bbox, "given_region")
}

fn rated(inter_eye_px: f32, bbox: [f32; 4], reason: &str) -> Identifiability {
    let effective = inter_eye_px.max(FRONTAL_INTER_EYE * bbox[3]);
    let score = 1.0 / (1.0 + (-(OFFSET + SLOPE * effective.max(f32::MIN_POSITIVE).ln())).exp());
    let level = match score {
        s if s >= LIKELY_FROM => Level::Likely,
        s if s >= POSSIBLE_FROM => Level::Possible,
        _ => Level::Unlikely,
    };
    Identifiability { level, score, inter_eye_px, reasons: vec![reason.to_owned()] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(inter_eye: f32) -> Identifiability {
        let landmarks = [[0.0, 0.0], [inter_eye, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]];
        identifiability([0.0, 0.0, inter_eye, inter_eye], &landmarks)
    }

    #[test]
    fn the_curve_passes_near_the_measured_rates() {
        for (pixels, matched) in [(3.5, 0.24), (5.5, 0.76), (7.5, 0.94), (9.0, 0.97), (16.0, 0.99)] {
            assert!((face(pixels).score - matched).abs() < 0.05, "{pixels} px: {}", face(pixels).score);
        }
    }

    #[test]
    fn a_profile_is_rated_by_its_height() {
        let landmarks = [[0.0; 2]; 5];
        assert_eq!(identifiability([0.0, 0.0, 40.0, 60.0], &landmarks).level, Level::Likely);
    }

    #[test]
    fn a_speck_is_unlikely_to_be_matched() {
        assert_eq!(face(2.0).level, Level::Unlikely);
    }
}
