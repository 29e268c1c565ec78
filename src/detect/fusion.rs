//! Fuses the raw detections of one face into one detection, with the probability that it is a face.
//!
//! The networks' scores mean different things: merged by raw scores, more networks hardly help. So each score is first turned
//! into a probability by its network's [`Calibration`]; then the detections of one face are averaged by their probabilities
//! (weighted box fusion, Solovyev and others, arXiv:1910.13302), and a logistic model, [`Fusion`], gives the confidence from
//! which networks found it how often.

use super::family::{FAMILIES, Family, NetworkId};
use super::policy::Policy;
use super::view::View;
use super::{Detection, RawDetection, fitted, iou, union};
use crate::detect::boxes::containment;
use crate::order::{descending, sort_by_key};
use crate::places::{Places, bounds_of_box};

/// From a network's score to the log-odds that the detection is a face: Platt scaling of the score's logit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calibration {
    pub(super) offset: f32,
    pub(super) slope: f32,
}

/// Scores are kept this far from 0 and 1, so that their logits stay finite.
const SCORE_MARGIN: f32 = 1e-4;

/// Takes a score for a probability.
const UNCALIBRATED: Calibration = Calibration { offset: 0.0, slope: 1.0 };

impl Calibration {
    fn log_odds(&self, score: f32) -> f32 {
        let score = score.clamp(SCORE_MARGIN, 1.0 - SCORE_MARGIN);
        self.offset + self.slope * (score / (1.0 - score)).ln()
    }
}

/// A logistic model of "this is a face" over what each network says of it.
///
/// The face's size is left out on purpose, here and in [`Calibration`]: with it the probabilities fit a little better,
/// because annotators pass many small faces over, and the average precision of large ones falls by a hundredth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fusion {
    pub(super) offset: f32,
    /// Slopes in the log-odds of each network's best detection.
    pub(super) best: [f32; FAMILIES],
    /// Slopes in the sum of the probabilities of each network's detections, one for each pass that saw it.
    pub(super) support: [f32; FAMILIES],
}

/// Log-odds of a network that found nothing. A detection with less counts as nothing, too: fewer than one in 400 is a face.
const UNSEEN: f32 = -6.0;

impl Fusion {
    fn confidence(&self, group: &[&Weighed]) -> f32 {
        let mut log_odds = self.offset;
        for family in Family::ALL {
            let network = NetworkId::Shipped(family);
            let of_family = || group.iter().filter(|weighed| weighed.detection.network == network);
            let best = of_family().map(|weighed| weighed.log_odds).fold(UNSEEN, f32::max);
            let support: f32 = of_family().map(|weighed| weighed.probability).sum();
            log_odds += self.best[family as usize] * best + self.support[family as usize] * support;
        }
        sigmoid(log_odds)
    }
}

fn sigmoid(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// A raw detection with its own probability.
struct Weighed {
    detection: RawDetection,
    log_odds: f32,
    probability: f32,
}

impl Weighed {
    fn new(detection: RawDetection) -> Self {
        let calibration = match detection.network {
            NetworkId::Shipped(family) => fitted::CALIBRATIONS[family as usize],
            NetworkId::Custom => UNCALIBRATED,
        };
        let log_odds = calibration.log_odds(detection.score);
        Self { detection, log_odds, probability: sigmoid(log_odds) }
    }
}

/// One group of detections as the face that it amounts to, and in how many passes it was seen.
struct Fused {
    face: Detection,
    passes: usize,
}

/// Fuses all raw detections of a picture of so many `pixels`: one detection for each face that is listed, best first.
///
/// Those of a custom detector are fused by themselves and added afterwards, so that they cannot make a face less likely or
/// merge two faces that the other networks separate.
pub(super) fn fuse(detections: Vec<RawDetection>, pixels: f32, policy: &Policy) -> Vec<Detection> {
    let (shipped, custom) = fuse_apart(detections, pixels, policy);
    add(shipped, custom, policy)
}

/// As [`fuse`], the faces of the shipped networks and those of a custom detector apart, to be joined by [`add`].
pub(super) fn fuse_apart(
    detections: Vec<RawDetection>,
    pixels: f32,
    policy: &Policy,
) -> (Vec<Detection>, Vec<Detection>) {
    let (custom, shipped) = detections.into_iter().partition(|detection| detection.network == NetworkId::Custom);
    // A score that nobody has calibrated says too little for a lower threshold.
    let at_one_threshold = policy.clone().with_threshold(policy.threshold);
    (fuse_alike(shipped, pixels, policy), fuse_alike(custom, pixels, &at_one_threshold))
}

/// Each view is fused by itself; a face in a turned view counts if it is certain enough, and where views agree the most
/// confident detection is kept.
fn fuse_alike(detections: Vec<RawDetection>, pixels: f32, policy: &Policy) -> Vec<Detection> {
    let mut weighed: Vec<Weighed> = detections.into_iter().map(Weighed::new).filter(|w| w.log_odds > UNSEEN).collect();
    sort_by_key(&mut weighed, |w| descending(w.log_odds));
    sort_by_key(&mut weighed, |w| w.detection.view.rank());
    let mut faces = Vec::new();
    let mut lone: Option<Detection> = None;
    for of_view in weighed.chunk_by(|a, b| a.detection.view == b.detection.view) {
        let upright = of_view[0].detection.view == View::UPRIGHT;
        let least = if upright { 0.0 } else { policy.turned_threshold };
        for Fused { face, passes } in fuse_view(of_view, policy) {
            if face.confidence >= policy.listed_from(face.bbox, pixels).max(least) {
                faces.push(face);
            } else if upright && passes > 1 && face.confidence > lone.as_ref().map_or(0.0, |best| best.confidence) {
                lone = Some(face);
            }
        }
    }
    if faces.is_empty() {
        faces.extend(lone.filter(|face| face.confidence >= policy.lone_threshold));
    }
    keep_best(faces, policy)
}

/// Adds faces to others. One that is among them already makes it more confident and its extent larger, nothing else.
pub(super) fn add(mut faces: Vec<Detection>, more: Vec<Detection>, policy: &Policy) -> Vec<Detection> {
    let mut places = Places::new();
    faces.iter().for_each(|face| places.put(bounds_of_box(face.bbox)));
    for face in more {
        match same_face(&places, &faces, &face, policy) {
            Some(same) => {
                let same = &mut faces[same];
                same.confidence = same.confidence.max(face.confidence);
                same.extent = union(same.extent, face.extent);
            }
            None => {
                places.put(bounds_of_box(face.bbox));
                faces.push(face);
            }
        }
    }
    sort_by_key(&mut faces, |face| descending(face.confidence));
    faces
}

/// One detection for each group of raw detections of one view, which come best first.
fn fuse_view(weighed: &[Weighed], policy: &Policy) -> Vec<Fused> {
    let view = weighed[0].detection.view;
    let several = policy.scans.iter().any(|scan| scan.family != Family::YuNet && scan.views.contains(&view));
    let fusion = if several { fitted::ALL_FAMILIES } else { fitted::YUNET_ALONE };
    let (cut, whole): (Vec<_>, Vec<_>) = weighed.iter().partition(|weighed| weighed.detection.cut);
    let groups = group(whole, policy);
    let mut places = Places::new();
    groups.iter().for_each(|group| places.put(bounds_of_box(group[0].detection.bbox)));
    // A detection cut by its tile's edge is half a face, if another one is the whole face.
    let is_half = |half: &Weighed| {
        places.any(bounds_of_box(half.detection.bbox), &mut |group| {
            let whole = groups[group][0];
            let contains = containment(half.detection.bbox, whole.detection.bbox) >= policy.cut_containment;
            contains && whole.probability >= policy.extent_share * half.probability
        })
    };
    let unseen_whole = group(cut.into_iter().filter(|half| !is_half(half)).collect(), policy);
    let fused = |group: &Vec<&Weighed>| Fused { face: average(group, &fusion, policy), passes: group.len() };
    groups.iter().chain(&unseen_whole).map(fused).collect()
}

/// Sorts raw detections, which come best first, into groups of one face: each joins the first group whose best one it overlaps.
fn group<'a>(detections: Vec<&'a Weighed>, policy: &Policy) -> Vec<Vec<&'a Weighed>> {
    let mut groups: Vec<Vec<&Weighed>> = Vec::new();
    let mut places = Places::new();
    for detection in detections {
        let bounds = bounds_of_box(detection.detection.bbox);
        let is_same = |group: usize| iou(groups[group][0].detection.bbox, detection.detection.bbox) > policy.merge_iou;
        match places.first(bounds, &is_same) {
            Some(group) => groups[group].push(detection),
            None => {
                places.put(bounds);
                groups.push(vec![detection]);
            }
        }
    }
    groups
}

/// The detection that a group amounts to: boxes and landmarks averaged by the square of their probability, so that the
/// credible ones decide.
fn average(group: &[&Weighed], fusion: &Fusion, policy: &Policy) -> Detection {
    let best = group[0];
    let total: f32 = group.iter().map(|weighed| weighed.probability.powi(2)).sum();
    let share = |weighed: &Weighed| weighed.probability.powi(2) / total;
    let mean = |value: &dyn Fn(&RawDetection) -> f32| group.iter().map(|w| share(w) * value(&w.detection)).sum::<f32>();
    let bbox = std::array::from_fn(|i| mean(&|detection| detection.bbox[i]));
    let has_landmarks = group.iter().all(|weighed| weighed.detection.landmarks.is_some());
    let coordinate =
        |j: usize, axis: usize| mean(&|detection| detection.landmarks.map_or(0.0, |points| points[j][axis]));
    let landmarks = has_landmarks.then(|| std::array::from_fn(|j| std::array::from_fn(|axis| coordinate(j, axis))));
    let credible = group.iter().filter(|weighed| weighed.probability >= policy.extent_share * best.probability);
    let extent = credible.map(|weighed| weighed.detection.bbox).fold(best.detection.bbox, union);
    let confidence = match best.detection.network {
        NetworkId::Shipped(_) => fusion.confidence(group),
        NetworkId::Custom => best.probability,
    };
    Detection { bbox, confidence, landmarks, extent, tilted: None }
}

/// Non-maximum suppression across views that keeps the union of the extents.
fn keep_best(mut faces: Vec<Detection>, policy: &Policy) -> Vec<Detection> {
    sort_by_key(&mut faces, |face| descending(face.confidence));
    let mut kept: Vec<Detection> = Vec::new();
    let mut places = Places::new();
    for face in faces {
        match same_face(&places, &kept, &face, policy) {
            Some(same) => kept[same].extent = union(kept[same].extent, face.extent),
            None => {
                places.put(bounds_of_box(face.bbox));
                kept.push(face);
            }
        }
    }
    kept
}

/// The first of the `faces`, which lie at these places, that is the same as another one.
fn same_face(places: &Places, faces: &[Detection], face: &Detection, policy: &Policy) -> Option<usize> {
    places.first(bounds_of_box(face.bbox), &|known| iou(faces[known].bbox, face.bbox) > policy.merge_iou)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn detection(family: Family, bbox: [f32; 4], score: f32) -> RawDetection {
        let (network, network_size) = (NetworkId::Shipped(family), (bbox[2] * bbox[3]).sqrt());
        RawDetection { network, view: View::UPRIGHT, bbox, landmarks: None, score, network_size, cut: false }
    }

    /// Of the picture: so few that a cover takes much of it.
    const PIXELS: f32 = 1e4;

    const BOX: [f32; 4] = [10.0, 10.0, 30.0, 40.0];

    #[test]
    fn two_detections_of_a_face_are_one_and_its_extent_spans_both() {
        let found = vec![detection(Family::YuNet, BOX, 0.9), detection(Family::YuNet, [14.0, 10.0, 30.0, 40.0], 0.9)];
        let faces = fuse(found, PIXELS, &Policy::default());
        assert_eq!(faces.len(), 1);
        assert_eq!(faces[0].bbox, [12.0, 10.0, 30.0, 40.0]);
        assert_eq!(faces[0].extent, [10.0, 10.0, 34.0, 40.0]);
    }

    #[test]
    fn neighbours_stay_apart() {
        let found = vec![detection(Family::YuNet, BOX, 0.9), detection(Family::YuNet, [34.0, 10.0, 30.0, 40.0], 0.9)];
        assert_eq!(fuse(found, PIXELS, &Policy::default()).len(), 2);
    }

    #[test]
    fn confidence_grows_with_every_network_that_agrees() {
        let policy = Policy { threshold: 0.0, ..Policy::thorough() };
        let detections = Family::ALL.map(|family| detection(family, BOX, 0.7));
        let confidences: Vec<f32> =
            (1..=3).map(|n| fuse(detections[..n].to_vec(), PIXELS, &policy)[0].confidence).collect();
        assert!(confidences.is_sorted_by(|a, b| a < b), "{confidences:?}");
    }

    #[test]
    fn confidence_grows_with_the_score_of_each_network() {
        for family in Family::ALL {
            let policy = Policy { threshold: 0.0, ..Policy::thorough() };
            let confidence = |score| fuse(vec![detection(family, BOX, score)], PIXELS, &policy)[0].confidence;
            assert!(confidence(0.9) > confidence(0.5), "{family:?}");
        }
    }

    #[test]
    fn a_network_that_scanned_and_saw_nothing_counts_against_a_detection() {
        let found = || vec![detection(Family::YuNet, BOX, 0.7)];
        let policy = |policy: Policy| Policy { threshold: 0.0, ..policy };
        let alone = fuse(found(), PIXELS, &policy(Policy::default()))[0].confidence;
        assert!(fuse(found(), PIXELS, &policy(Policy::thorough()))[0].confidence < alone);
    }

    #[test]
    fn a_doubtful_detection_in_a_turned_view_does_not_count() {
        let turned = |score| RawDetection { view: View::TURNED[0], ..detection(Family::YuNet, BOX, score) };
        let policy = Policy { turned_threshold: 0.99, ..Policy::thorough() };
        assert_eq!(fuse(vec![turned(0.5)], PIXELS, &policy), []);
    }

    #[test]
    fn a_detection_is_listed_from_a_lower_confidence_if_its_cover_is_small() {
        let policy = |certain| Policy { lone_threshold: 1.0, ..Policy::default().with_threshold(certain) };
        let face = fuse(vec![detection(Family::YuNet, BOX, 0.7)], 1e9, &policy(0.0)).remove(0);
        let [small, certain] = [face.confidence / 2.0, face.confidence * 2.0];
        let policy = Policy { small_threshold: small, ..policy(certain) };
        let listed = |pixels| fuse(vec![detection(Family::YuNet, BOX, 0.7)], pixels, &policy).len();
        assert_eq!([1e9, PIXELS].map(listed), [1, 0]);
        assert_eq!([1e9, PIXELS].map(|pixels| policy.listed_from(BOX, pixels)), [small, certain]);
        assert_eq!(Policy::default().with_threshold(0.5).listed_from(BOX, 1e9), 0.5);
    }

    #[test]
    fn a_lone_detection_is_listed_from_a_lower_confidence_if_two_passes_agree() {
        let policy = Policy { lone_threshold: 0.001, ..Policy::default() };
        let doubtful = detection(Family::YuNet, BOX, 0.2);
        let face = detection(Family::YuNet, [60.0, 10.0, 30.0, 40.0], 0.9);
        assert_eq!(fuse(vec![doubtful.clone(); 2], PIXELS, &policy).len(), 1);
        assert_eq!(fuse(vec![doubtful.clone()], PIXELS, &policy), [], "one pass");
        let faces = fuse(vec![doubtful.clone(), doubtful, face], PIXELS, &policy);
        assert_eq!(faces.iter().map(|face| face.bbox[0]).collect::<Vec<_>>(), [60.0], "beside a face");
    }

    fn boxes() -> impl Strategy<Value = [f32; 4]> {
        (0.0f32..60.0, 0.0f32..60.0, 8.0f32..40.0, 8.0f32..40.0).prop_map(|(x, y, w, h)| [x, y, w, h])
    }

    fn detections_of(networks: Vec<NetworkId>) -> impl Strategy<Value = Vec<RawDetection>> {
        let parts = (proptest::sample::select(networks), boxes(), 0.0f32..1.0, any::<bool>());
        let detections = parts.prop_map(|(network, bbox, score, cut)| RawDetection {
            network,
            cut,
            ..detection(Family::YuNet, bbox, score)
        });
        proptest::collection::vec(detections, 0..12)
    }

    proptest! {
        #[test]
        fn a_custom_detector_hides_no_face_and_makes_none_smaller_or_less_likely(
            shipped in detections_of(Family::ALL.map(NetworkId::Shipped).to_vec()),
            custom in detections_of(vec![NetworkId::Custom]),
        ) {
            let policy = Policy::thorough();
            let together = fuse([shipped.clone(), custom].concat(), PIXELS, &policy);
            for face in fuse(shipped, PIXELS, &policy) {
                let same = together.iter().find(|other| other.bbox == face.bbox && other.landmarks == face.landmarks);
                let same = same.expect("the face is still there");
                prop_assert!(same.confidence >= face.confidence);
                prop_assert_eq!(union(same.extent, face.extent), same.extent);
            }
        }
    }

    #[test]
    fn what_only_a_custom_detector_found_is_a_face_if_its_score_reaches_the_threshold() {
        let custom = |score| RawDetection { network: NetworkId::Custom, ..detection(Family::YuNet, BOX, score) };
        let faces = fuse(vec![custom(0.6), custom(0.4)], PIXELS, &Policy::default());
        assert_eq!((faces.len(), faces[0].bbox), (1, BOX));
        assert!((faces[0].confidence - 0.6).abs() < 1e-4);
        assert_eq!(fuse(vec![custom(0.19)], PIXELS, &Policy::default()), []);
    }
}
