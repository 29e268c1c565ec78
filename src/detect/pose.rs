//! Each face is scanned a second time: is it one, and how is the head tilted?
//!
//! Networks that were trained with upright heads find tilted ones as well, but place their landmarks as if those were nearly upright: of
//! a head tilted by 35°, YuNet's eyes lie on a line of 15°. And what looks like a face at one size, as a jacket with its buttons does,
//! does not at others. So each face is scaled to one size and scanned in several turns. Its score is highest in the turn in which it
//! stands upright.

use std::f32::consts::{FRAC_PI_4, PI};

use super::boxes::iou;
use super::family::Family;
use super::policy::Rescan;
use super::{Candidate, Detection, Detector};
use crate::error::{ModelError, Result};
use crate::geometry::TiltedBox;
use crate::photo::Frame;
use crate::recognition::alignment::{Similarity, warped};

/// Side of the square in which a face is scanned, and the mean side of the face in it, in network pixels. A head has
/// some surroundings in it, and of each face up to nine such squares are scanned.
const SIDE: usize = 64;
const FACE: f32 = 30.0;

/// Side of the patch that holds the square however it is turned.
const PATCH: usize = 92;

/// Most samples along a side for one pixel of the patch, which bounds the work for faces of any size.
const MOST_SAMPLES: usize = 8;

/// Turns that can be tried: eighths.
const TURNS: usize = 8;

/// The turns that are tried first, and the others. The first suffice for most faces.
const FIRST: [usize; 3] = [0, 1, TURNS - 1];
const OTHERS: [usize; 5] = [2, 3, 4, 5, 6];

/// Scores below count as no detection.
const LOWEST_SCORE: f32 = 0.05;

/// How much of the place where a face was detected must be that of the one in the square (intersection over union). Less than
/// elsewhere: the square's box does not know the face's proportions.
const SAME_FACE: f32 = 0.3;

/// A face as it is seen in a turned square: its box and its landmarks about the square's centre.
struct Seen {
    score: f32,
    centre: [f32; 2],
    sides: [f32; 2],
    landmarks: [[f32; 2]; 5],
}

impl Detector {
    /// Scans every face that is large enough again: drops those that are none, and gives tilted ones the box along their axis and
    /// the landmarks that they have when they are turned upright.
    ///
    /// # Errors
    /// As [`Self::detect`].
    pub(super) fn rescan(&mut self, frame: &Frame, faces: Vec<Detection>, policy: &Rescan) -> Result<Vec<Detection>> {
        let mut kept = Vec::with_capacity(faces.len());
        let mut left = policy.most;
        for face in faces {
            let is_rescanned = left > 0 && face.landmarks.is_some() && mean_side(face.bbox) >= policy.least_side;
            left -= usize::from(is_rescanned);
            kept.extend(if is_rescanned { self.rescanned(frame, face, policy)? } else { Some(face) });
        }
        Ok(kept)
    }

    fn rescanned(&mut self, frame: &Frame, face: Detection, policy: &Rescan) -> Result<Option<Detection>> {
        let square = Square::around(face.bbox);
        let patch = square.patch(frame);
        let mut scores = [LOWEST_SCORE; TURNS];
        self.score(&patch, FIRST, &mut scores)?;
        if scores[0] < policy.clear || best_turn(&scores, policy) != 0 {
            self.score(&patch, OTHERS, &mut scores)?;
        }
        let best = best_turn(&scores, policy);
        let is_large = mean_side(face.bbox).powi(2) >= policy.doubted_share * frame.width as f32 * frame.height as f32;
        let is_doubted = face.confidence < policy.doubted_below && is_large;
        if is_doubted && scores[best] < policy.doubted_score {
            return Ok(None);
        }
        let tilt = tilt(&scores, best);
        if tilt.abs() < policy.least_tilt || scores[best] < policy.tilted_score {
            return Ok(Some(face));
        }
        let seen = self.seen(&patch, tilt)?.filter(|seen| seen.score >= policy.tilted_score);
        Ok(Some(match seen {
            Some(seen) => square.tilted(seen, tilt, face, policy),
            None => face,
        }))
    }

    fn score<const N: usize>(&mut self, patch: &Frame, turns: [usize; N], scores: &mut [f32; TURNS]) -> Result<()> {
        for turn in turns {
            scores[turn] = self.seen(patch, turn as f32 * FRAC_PI_4)?.map_or(LOWEST_SCORE, |seen| seen.score);
        }
        Ok(())
    }

    /// The face in the patch's middle, with the patch turned so that a head tilted by `turn` stands upright.
    fn seen(&mut self, patch: &Frame, turn: f32) -> Result<Option<Seen>> {
        let network = self.networks[Family::YuNet as usize].as_mut().ok_or(ModelError::Missing)?;
        let rgb = warped(patch, &about_centres(turn, 1.0, [PATCH as f32 / 2.0; 2], SIDE), SIDE, 1);
        let candidates = Family::YuNet.decode(&network.run(&rgb, SIDE, SIDE)?, SIDE, SIDE, LOWEST_SCORE)?;
        let middle = SIDE as f32 / 2.0;
        let expected = [middle - FACE / 2.0, middle - FACE / 2.0, FACE, FACE];
        let in_middle = candidates.into_iter().filter(|candidate| iou(candidate.bbox, expected) > SAME_FACE);
        let best = in_middle.max_by(|one, other| one.score.total_cmp(&other.score));
        Ok(best.and_then(|Candidate { bbox: [x, y, w, h], score, landmarks }| {
            let about = |[x, y]: [f32; 2]| [x - middle, y - middle];
            let centre = about([x + w / 2.0, y + h / 2.0]);
            Some(Seen { score, centre, sides: [w, h], landmarks: landmarks?.map(about) })
        }))
    }
}

/// The side of a square as large as a box.
fn mean_side([_, _, width, height]: [f32; 4]) -> f32 {
    (width * height).sqrt()
}

/// Where a face is scanned: the square's centre, and the picture's pixels for each of its own.
struct Square {
    centre: [f32; 2],
    scale: f32,
}

impl Square {
    fn around(bbox @ [x, y, w, h]: [f32; 4]) -> Self {
        Self { centre: [x + w / 2.0, y + h / 2.0], scale: mean_side(bbox) / FACE }
    }

    fn patch(&self, frame: &Frame) -> Frame {
        // A sample is the mean of four pixels.
        let samples = ((self.scale / 2.0).round() as usize).clamp(1, MOST_SAMPLES);
        let rgb = warped(frame, &about_centres(0.0, self.scale, self.centre, PATCH), PATCH, samples);
        Frame { width: PATCH as u32, height: PATCH as u32, rgb, alpha: None }
    }

    /// A face with what was seen of it when it was turned upright.
    fn tilted(&self, seen: Seen, tilt: f32, face: Detection, policy: &Rescan) -> Detection {
        let (sin, cos) = tilt.sin_cos();
        let back = |[u, v]: [f32; 2]| {
            [self.centre[0] + self.scale * (u * cos - v * sin), self.centre[1] + self.scale * (u * sin + v * cos)]
        };
        let tilted = TiltedBox { centre: back(seen.centre), sides: seen.sides.map(|side| self.scale * side), tilt };
        let landmarks = if tilt.abs() < policy.landmark_tilt { face.landmarks } else { Some(seen.landmarks.map(back)) };
        Detection { landmarks, extent: face.bbox, tilted: Some(tilted), ..face }
    }
}

/// From the pixels of a square with this side to a picture in which the square's centre lies at `centre`, where 0.5 is the first pixel's
/// centre; [`warped`] puts it at 0.
fn about_centres(turn: f32, scale: f32, centre: [f32; 2], side: usize) -> Similarity {
    let (a, b) = (scale * turn.cos(), scale * turn.sin());
    let middle = (side as f32 - 1.0) / 2.0;
    Similarity { a, b, tx: centre[0] - 0.5 - (a - b) * middle, ty: centre[1] - 0.5 - (a + b) * middle }
}

/// The turn at which the face is seen best. Another than the upright one must lead.
fn best_turn(scores: &[f32; TURNS], policy: &Rescan) -> usize {
    let rank = |turn: usize| scores[turn] + if turn == 0 { policy.lead } else { 0.0 };
    (1..TURNS).fold(0, |best, turn| if rank(turn) > rank(best) { turn } else { best })
}

/// By how much the head is tilted clockwise, -π to π: between the turns the score is taken for a parabola.
fn tilt(scores: &[f32; TURNS], best: usize) -> f32 {
    let [before, here, after] = [TURNS - 1, 0, 1].map(|step| scores[(best + step) % TURNS]);
    let curvature = before - 2.0 * here + after;
    let offset = if curvature < 0.0 { (0.5 * (before - after) / curvature).clamp(-0.5, 0.5) } else { 0.0 };
    let tilt = (best as f32 + offset) * FRAC_PI_4;
    if tilt > PI { tilt - 2.0 * PI } else { tilt }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::Policy;
    use crate::infer::{Network, Output};

    const YUNET: &[u8] = include_bytes!("../../models/face_detection_yunet_2023mar.packed");
    const PORTRAIT: &[u8] = include_bytes!("../../tests/photos/astronaut.jpg");
    /// The head in the portrait is tilted by itself, in degrees.
    const OWN_TILT: f32 = -6.0;

    /// The portrait, turned clockwise about its face, which becomes the middle of a square.
    fn turned(degrees: f32) -> Frame {
        const SIDE: u32 = 300;
        let photo = image::load_from_memory(PORTRAIT).expect("a JPEG").to_rgb8();
        let (sin, cos) = degrees.to_radians().sin_cos();
        let picture = image::RgbImage::from_fn(SIDE, SIDE, |x, y| {
            let (u, v) = (x as f32 + 0.5 - SIDE as f32 / 2.0, y as f32 + 0.5 - SIDE as f32 / 2.0);
            let (x, y) = (222.0 + u * cos + v * sin, 120.0 - u * sin + v * cos);
            *photo.get_pixel(x.clamp(0.0, 511.0) as u32, y.clamp(0.0, 511.0) as u32)
        });
        Frame { width: SIDE, height: SIDE, rgb: picture.into_raw(), alpha: None }
    }

    fn difference(one: f32, other: f32) -> f32 {
        let turns = (one - other) / 360.0;
        360.0 * (turns - turns.round()).abs()
    }

    #[test]
    fn a_head_is_seen_to_be_tilted_as_far_as_it_is() {
        let mut detector = Detector::from_yunet(YUNET).expect("the shipped weights");
        let mut seen = 0;
        for degrees in (0..24).map(|step| step as f32 * 15.0) {
            let faces = detector.detect(&turned(degrees), &Policy::default(), &mut |_| ()).expect("a scan");
            // What it finds upright: lying heads are found by the thorough scan.
            let Some(face) = faces.iter().find(|face| iou(face.bbox, [105.0, 95.0, 90.0, 110.0]) > 0.3) else {
                continue;
            };
            let tilt = face.tilted_box().tilt.to_degrees();
            assert!(difference(tilt, degrees + OWN_TILT) < 20.0, "{degrees}: {tilt}");
            seen += 1;
        }
        assert!(seen >= 16, "{seen}");
    }

    #[test]
    fn only_heads_that_are_tilted_far_get_other_landmarks() {
        let mut detector = Detector::from_yunet(YUNET).expect("the shipped weights");
        let mut once = Policy::default();
        once.rescan.most = 0;
        let mut largest = |degrees: f32, policy: &Policy| {
            let faces = detector.detect(&turned(degrees), policy, &mut |_| ()).expect("a scan");
            faces.into_iter().max_by(|a, b| a.confidence.total_cmp(&b.confidence)).expect("a face")
        };
        let (mut little, mut far) = (0, 0);
        for degrees in (0..9).map(|step| -36.0 + step as f32 * 6.0) {
            let face = largest(degrees, &Policy::default());
            let is_kept = face.landmarks == largest(degrees, &once).landmarks;
            match face.tilted.map(|tilted| tilted.tilt.abs() < Rescan::default().landmark_tilt) {
                Some(is_little) => {
                    assert_eq!(is_kept, is_little, "{degrees}");
                    *if is_little { &mut little } else { &mut far } += 1;
                }
                None => assert!(is_kept, "{degrees}"),
            }
        }
        assert!(little > 0 && far > 0, "{little} {far}");
    }

    /// Sees nothing.
    struct Blind;

    impl Network for Blind {
        fn run(&mut self, _: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
            let of = |values: usize, stride: usize| {
                let cells = (width / stride) * (height / stride);
                Output { shape: vec![1, cells, values], values: vec![0.0; cells * values] }
            };
            Ok([1, 1, 4, 10].into_iter().flat_map(|values| [8, 16, 32].map(|stride| of(values, stride))).collect())
        }
    }

    #[test]
    fn a_large_doubtful_face_that_is_not_detected_again_is_dropped_and_no_other() {
        let mut detector = Detector::default();
        detector.set_network(Family::YuNet, Box::new(Blind));
        let frame = Frame { width: 100, height: 100, rgb: vec![90; 30_000], alpha: None };
        let mut keeps = |side: f32, confidence: f32| {
            let face = Detection::new([20.0, 20.0, side, side], confidence, [[50.0, 50.0]; 5]);
            let kept = detector.rescan(&frame, vec![face], &Rescan::default()).expect("a scan");
            !kept.is_empty()
        };
        assert!(!keeps(60.0, 0.5));
        assert!(keeps(60.0, 0.9) && keeps(50.0, 0.5) && keeps(20.0, 0.1));
    }

    #[test]
    fn between_two_turns_the_tilt_is_where_the_scores_have_their_top() {
        let mut scores = [0.1; TURNS];
        (scores[6], scores[7], scores[0]) = (0.6, 0.9, 0.8);
        let tilt = tilt(&scores, 7).to_degrees();
        assert!((-45.0..-30.0).contains(&tilt), "{tilt}");
    }
}
