//! From what was measured to a probability, and to what decides it.

use super::fitted::{LIGHT, SIZE_ALONE, WITH_RECOGNISER};
use super::measures::Measures;
use crate::order::{descending, sort_by_key};
use crate::report::{Identifiability, Level, Reason};

/// Where "unlikely" ends. Of the faces below it hardly any were matched, and hardly any matched face was below it
/// (docs/accuracy.md).
const POSSIBLE_FROM: f32 = 0.07;

/// Where "likely" begins: more often matched than not.
const LIKELY_FROM: f32 = 0.5;

/// What costs a face this many log odds is named as a reason: half of its odds.
const NAMED_FROM: f32 = std::f32::consts::LN_2;

/// Pixels between the eyes under which fewer than half of sharp faces were matched, and from which on nine in ten were.
const TINY_BELOW: f32 = 5.0;
const AMPLE_FROM: f32 = 8.0;

/// Mean luma under which a face without contrast is called dark, and over which overexposed.
const DARK_BELOW: f32 = 64.0;
const BRIGHT_FROM: f32 = 192.0;

/// Blockiness from which on blocks are seen: JPEG at quality 25 has 0.37, at 50 it has 0.23 (medians of 256 faces).
const BLOCKY_FROM: f32 = 0.3;

/// From here on a face is seen from the side: one eye is then hardly visible.
const TURNED_FROM: f32 = 0.4;

/// Distance between the eyes of a frontal face as a share of its box's height: the median of 11,331 detections.
const FRONTAL_INTER_EYE: f32 = 0.344;

/// What the model sees of a face: numbers that never make a face less identifiable by growing.
pub(super) const FEATURES: usize = 6;
const FINEST_DETAIL: usize = 0;
const FINE_DETAIL: usize = 1;
const COEFFICIENTS: usize = 2;
const BLOCKS: usize = 3;
const NOISE: usize = 4;
const CONTRAST: usize = 5;

/// Corners of a curve.
const CORNERS: usize = 7;

/// A curve that never falls: straight between its corners, flat outside.
pub(super) struct Curve {
    /// Where the corners are, ascending.
    pub(super) at: [f32; CORNERS],
    /// The log odds there, from 0 at the first.
    pub(super) value: [f32; CORNERS],
}

impl Curve {
    fn read(&self, x: f32) -> f32 {
        let rise = |i: usize| {
            let share = ((x - self.at[i]) / (self.at[i + 1] - self.at[i])).clamp(0.0, 1.0);
            share * (self.value[i + 1] - self.value[i])
        };
        (0..CORNERS - 1).map(rise).sum()
    }

    /// Log odds that a face loses against one at the last corner but one, which one in six reaches.
    fn lost(&self, x: f32) -> f32 {
        self.value[CORNERS - 2] - self.read(x)
    }
}

/// Log odds of a match: an offset and one curve for each feature (a generalised additive model, T. Hastie and R. Tibshirani,
/// 1986).
pub(super) struct Model<const N: usize> {
    pub(super) offset: f32,
    pub(super) curves: [Curve; N],
}

impl<const N: usize> Model<N> {
    fn probability(&self, features: [f32; N]) -> f32 {
        let log_odds = self.offset + self.curves.iter().zip(features).map(|(curve, x)| curve.read(x)).sum::<f32>();
        1.0 / (1.0 + (-log_odds).exp())
    }
}

impl Measures {
    /// The features in the order of the fitted curves. Lengths and noise are taken relative to the face, because a block or a
    /// grain hides less of a large face than of a small one; one grey level, or a part of it, keeps logarithms finite.
    pub fn features(&self) -> [f32; FEATURES] {
        let [finest, fine, _, coarse] = self.detail;
        let relative = |detail: f32| ((detail + 0.2) / (coarse + 0.5)).ln();
        let size = self.frontal_inter_eye;
        [
            relative(finest),
            relative(fine),
            (self.coefficients + 3.0).ln(),
            -self.blockiness * (8.0 / size).min(1.0),
            -(self.noise * (16.0 / size).min(1.0) + 1.0).ln(),
            (self.contrast + 1.0).ln(),
        ]
    }

    /// How identifiable the face is; `norm` is the length of its embedding if the recogniser ran.
    pub(super) fn rated(&self, norm: Option<f32>) -> Identifiability {
        let features = self.features();
        let quality = match norm {
            Some(norm) => {
                let mut all = [norm; FEATURES + 1];
                all[..FEATURES].copy_from_slice(&features);
                WITH_RECOGNISER.probability(all)
            }
            None => LIGHT.probability(features),
        };
        // No face is more identifiable than a sharp one of its size.
        let score = quality.min(SIZE_ALONE.probability([self.frontal_inter_eye.ln()]));
        let mut reasons = self.reasons(&features);
        reasons.extend(norm.map(|_| Reason::Recogniser));
        Identifiability { level: level(score), score, inter_eye_px: self.frontal_inter_eye, reasons }
    }

    /// The size, then what hampers, worst first.
    fn reasons(&self, features: &[f32; FEATURES]) -> Vec<Reason> {
        let lost = |feature: usize| LIGHT.curves[feature].lost(features[feature]);
        // A small face has no detail to lose.
        let ample = self.frontal_inter_eye >= AMPLE_FROM;
        let blur = if ample { lost(FINEST_DETAIL) + lost(FINE_DETAIL) } else { 0.0 };
        let compression = if self.blockiness >= BLOCKY_FROM { lost(BLOCKS) + lost(COEFFICIENTS) } else { 0.0 };
        let light = match self.brightness {
            v if v < DARK_BELOW => Reason::Dark,
            v if v >= BRIGHT_FROM => Reason::Overexposed,
            _ => Reason::Flat,
        };
        let mut hampering = vec![
            (blur, Reason::Blurred),
            (compression, Reason::Compressed),
            (lost(NOISE), Reason::Grainy),
            (lost(CONTRAST), light),
        ];
        hampering.retain(|(lost, _)| *lost >= NAMED_FROM);
        sort_by_key(&mut hampering, |(lost, _)| descending(*lost));
        let turned = (self.turned >= TURNED_FROM).then_some(Reason::Turned);
        let hampering = hampering.into_iter().map(|(_, reason)| reason);
        std::iter::once(size_reason(self.frontal_inter_eye)).chain(hampering).chain(turned).collect()
    }
}

/// By its size alone, because nothing else is known: it is never called unlikely to be matched.
pub(super) fn rated_by_size(bbox: [f32; 4], why: Reason) -> Identifiability {
    let inter_eye = (FRONTAL_INTER_EYE * bbox[3]).max(f32::MIN_POSITIVE);
    let score = SIZE_ALONE.probability([inter_eye.ln()]);
    let level = match level(score) {
        Level::Unlikely => Level::Possible,
        other => other,
    };
    Identifiability { level, score, inter_eye_px: 0.0, reasons: vec![why] }
}

fn level(score: f32) -> Level {
    match score {
        s if s >= LIKELY_FROM => Level::Likely,
        s if s >= POSSIBLE_FROM => Level::Possible,
        _ => Level::Unlikely,
    }
}

fn size_reason(inter_eye: f32) -> Reason {
    match inter_eye {
        d if d >= AMPLE_FROM => Reason::SizeAmple,
        d if d >= TINY_BELOW => Reason::SizeScant,
        _ => Reason::SizeTiny,
    }
}
