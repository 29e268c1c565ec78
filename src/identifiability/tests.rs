#![allow(clippy::unwrap_used)]
use image::RgbImage;
use image::imageops::{FilterType, blur, resize};

use super::measures::Measures;
use super::*;
use crate::detect::{Detection, Detector, Policy};
use crate::photo::{self, Limits};
use crate::report::Level;

/// Scores may rise by this much where a series gets worse, because what is sampled moves by parts of a pixel.
const TOLERANCE: f32 = 0.01;

/// The astronaut and her face.
fn portrait() -> (RgbImage, Detection) {
    let frame = photo::open(include_bytes!("../../tests/photos/astronaut.jpg"), &Limits::default()).unwrap().frame;
    let mut detector =
        Detector::from_yunet(include_bytes!("../../models/face_detection_yunet_2023mar.packed")).unwrap();
    let face = detector.detect(&frame, &Policy::default(), &mut |_| ()).unwrap().remove(0);
    (RgbImage::from_raw(frame.width, frame.height, frame.rgb).unwrap(), face)
}

fn frame(picture: RgbImage) -> Frame {
    Frame { width: picture.width(), height: picture.height(), rgb: picture.into_raw(), alpha: None }
}

/// How identifiable the face is once the picture is `factor` times as large.
fn rated(picture: &RgbImage, face: &Detection, factor: f32) -> Identifiability {
    let [width, height] = [picture.width(), picture.height()].map(|side| (side as f32 * factor).round() as u32);
    let small = frame(resize(picture, width, height, FilterType::Lanczos3));
    of_face(&small, face.bbox.map(|v| v * factor), &scaled(face, factor), None)
}

/// The face's landmarks once the picture is `factor` times as large.
fn scaled(face: &Detection, factor: f32) -> [[f32; 2]; 5] {
    face.landmarks.unwrap().map(|point| point.map(|v| v * factor))
}

fn assert_falls(series: &[f32]) {
    let rises = series.windows(2).any(|pair| pair[1] > pair[0] + TOLERANCE);
    assert!(!rises, "{series:?}");
    assert!(series[0] > series[series.len() - 1] + 0.5, "{series:?}");
}

#[test]
fn the_smaller_the_face_the_less_identifiable() {
    let (picture, face) = portrait();
    let heights = [128.0, 96.0, 64.0, 48.0, 40.0, 32.0, 28.0, 24.0, 20.0, 16.0, 12.0, 10.0, 8.0, 6.0];
    let series = heights.map(|height| rated(&picture, &face, height / face.bbox[3]).score);
    assert_falls(&series);
}

#[test]
fn the_more_blurred_the_less_identifiable() {
    let (picture, face) = portrait();
    for height in [32.0, 64.0, 128.0] {
        let shares = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.14, 0.2];
        let blurred = |share: f32| rated(&blur(&picture, share * face.bbox[2]), &face, height / face.bbox[3]).score;
        assert_falls(&shares.map(blurred));
    }
}

#[test]
fn a_clear_portrait_is_likely_to_be_matched_and_its_size_is_the_reason() {
    let (picture, face) = portrait();
    let rated = rated(&picture, &face, 1.0);
    assert_eq!((rated.level, rated.reasons), (Level::Likely, vec![Reason::SizeAmple]));
}

#[test]
fn what_hampers_is_named() {
    let (picture, face) = portrait();
    let blurred = rated(&blur(&picture, 0.08 * face.bbox[2]), &face, 64.0 / face.bbox[3]);
    assert_eq!(blurred.reasons, [Reason::SizeAmple, Reason::Blurred]);
    let mut compressed = Vec::new();
    let small = 64.0 / face.bbox[3];
    let [width, height] = [picture.width(), picture.height()].map(|side| (side as f32 * small) as u32);
    let shrunk = resize(&picture, width, height, FilterType::Lanczos3);
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut compressed, 6).encode_image(&shrunk).unwrap();
    let compressed = image::load_from_memory(&compressed).unwrap().into_rgb8();
    let there = Detection::new(face.bbox.map(|v| v * small), 1.0, scaled(&face, small));
    assert!(rated(&compressed, &there, 1.0).reasons.contains(&Reason::Compressed));
}

#[test]
fn a_head_turned_aside_keeps_its_size() {
    let (picture, face) = portrait();
    let measures = |landmarks: &[[f32; 2]; 5]| Measures::of(&frame(picture.clone()), face.bbox, landmarks).unwrap();
    let [right, left, nose, right_mouth, left_mouth] = face.landmarks.unwrap();
    let closer = [[(3.0 * right[0] + left[0]) / 4.0, right[1]], [(right[0] + 3.0 * left[0]) / 4.0, left[1]]];
    let turned = [closer[0], closer[1], nose, right_mouth, left_mouth];
    let (frontal, turned) = (measures(&face.landmarks.unwrap()).frontal_inter_eye, measures(&turned).frontal_inter_eye);
    // In the picture the eyes are half as far apart. She smiles, so that her mouth is nearer to them than in the template.
    assert!(turned > 0.7 * frontal, "{frontal} px from the front, {turned} px turned");
}

#[test]
fn what_cannot_be_measured_is_never_called_unlikely() {
    let (picture, face) = portrait();
    let nowhere = [[f32::NAN; 2], [f32::INFINITY; 2], [0.0; 2], [0.0; 2], [0.0; 2]];
    let speck = [0.0, 0.0, 1.0, 1.0];
    let cases = [
        of_face(&frame(picture.clone()), speck, &nowhere, None),
        of_face(&Frame { rgb: Vec::new(), ..frame(picture) }, speck, &face.landmarks.unwrap(), None),
        of_box(speck),
    ];
    for rated in cases {
        assert_ne!(rated.level, Level::Unlikely);
        assert!((0.0..=1.0).contains(&rated.score));
    }
}

#[test]
fn landmarks_far_outside_the_picture_are_measured_at_its_edge() {
    let (picture, _) = portrait();
    let far = [[1e9, -1e9], [1e9, 1e9], [-1e9, 0.0], [3e9, 2e9], [-2e9, 1e9]];
    let rated = of_face(&frame(picture), [1e9, 1e9, 5.0, 5.0], &far, None);
    assert!((0.0..=1.0).contains(&rated.score));
}

#[test]
fn noise_is_measured_in_grey_levels() {
    // Twelve uniform numbers make a normal one; the generator is that of Numerical Recipes.
    let mut state = 1u32;
    let mut uniform = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 24) as f32
    };
    let grey = (0..200 * 200).map(|_| 128.0 + 10.0 * ((0..12).map(|_| uniform()).sum::<f32>() - 6.0));
    let rgb = grey.flat_map(|value| [value.round().clamp(0.0, 255.0) as u8; 3]).collect();
    let noisy = Frame { width: 200, height: 200, rgb, alpha: None };
    let landmarks = [[80.0, 90.0], [120.0, 90.0], [100.0, 110.0], [85.0, 135.0], [115.0, 135.0]];
    let measures = Measures::of(&noisy, [60.0, 50.0, 80.0, 110.0], &landmarks).unwrap();
    assert!((measures.noise - 10.0).abs() < 1.0, "{}", measures.noise);
}
