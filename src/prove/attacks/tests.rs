#![allow(clippy::unwrap_used)]

use super::*;
use crate::detect::{Detection, Detector, Policy};
use crate::geometry::PixelRect;
use crate::mask::Mask;
use crate::photo::Frame;
use crate::protect::{self, Cover, Method, reversible};
use crate::prove::{Adversary, FacePart};
use crate::recognition::alignment::align;
use crate::recognition::recogniser::{DIMENSIONS, Embedding, Recogniser, similarity};

const SFACE: &[u8] = include_bytes!("../../../models/face_recognition_sface_2021dec.packed");

struct Scene {
    picture: Frame,
    face: Detection,
    detector: Detector,
    recogniser: Recogniser,
}

/// The portrait, reduced so that the tests are quick.
fn scene() -> Scene {
    let photo = image::load_from_memory(include_bytes!("../../../tests/photos/astronaut.jpg")).unwrap();
    let rgb = photo.resize(384, 384, image::imageops::FilterType::Triangle).into_rgb8();
    let picture = Frame { width: rgb.width(), height: rgb.height(), rgb: rgb.into_raw(), alpha: None };
    let yunet = include_bytes!("../../../models/face_detection_yunet_2023mar.packed");
    let mut detector = Detector::from_yunet(yunet).unwrap();
    let face = detector.detect(&picture, &Policy::default(), &mut |_| ()).unwrap().remove(0);
    Scene { picture, face, detector, recogniser: Recogniser::load(SFACE).unwrap() }
}

impl Scene {
    fn landmarks(&self) -> [[f32; 2]; 5] {
        self.face.landmarks.unwrap()
    }

    fn area(&self) -> PixelRect {
        let [x, y, width, height] = self.face.bbox;
        let grown = [x - 0.2 * width, y - 0.2 * height, 1.4 * width, 1.4 * height];
        PixelRect::enclosing(grown, self.picture.width, self.picture.height).unwrap()
    }

    fn blurred(&self, widths: f32) -> Frame {
        let mut picture = self.picture.clone();
        reversible::blur(&mut picture, self.area(), widths * self.face.bbox[2]);
        picture
    }

    fn covered(&self, picture: &Frame, method: Method) -> Frame {
        let mut picture = picture.clone();
        let cover = Cover { mask: Mask::of_rect(self.area()), head: None, redraws: 0 };
        protect::draw(&mut picture, &[cover], &method.into());
        picture
    }

    fn embed(&mut self, picture: &Frame) -> Embedding {
        self.recogniser.embed(picture, &self.landmarks()).unwrap()
    }

    /// How like the clear face what an attacker makes of a covered one is, by the way of undoing.
    fn likeness(&mut self, covered: &Frame, known: Known, wanted: Undoing) -> f32 {
        let clear = self.embed(&self.picture.clone());
        let faces = undone(covered, &self.landmarks(), known).unwrap();
        let (_, face) = faces.iter().find(|(undoing, _)| *undoing == wanted).unwrap();
        similarity(&self.recogniser.embed_aligned(face).unwrap(), &clear)
    }
}

fn embedding(numbers: [f32; 2]) -> Embedding {
    let mut direction = [0.0; DIMENSIONS];
    direction[..2].copy_from_slice(&numbers);
    Embedding { direction, norm: 1.0 }
}

#[test]
fn a_face_is_detected_through_a_weak_blur_and_not_under_one_colour() {
    let mut scene = scene();
    let faces = [scene.face.clone()];
    for (picture, seen) in [(scene.blurred(0.05), true), (scene.covered(&scene.picture, Method::Solid), false)] {
        assert_eq!(redetected(&picture, &faces, &mut scene.detector, &Policy::default()).unwrap(), [seen]);
    }
}

#[test]
fn the_first_rank_is_shared_by_equals() {
    assert_eq!(Rank::among(0.5, [0.1, 0.5, 0.5]).chance_of_first(), 1.0 / 3.0);
    assert_eq!(Rank::among(0.5, [0.6, 0.5]).chance_of_first(), 0.0);
    assert_eq!(Rank::among(f32::NAN, [0.6]).chance_of_first(), 0.0);
    assert_eq!(Rank::among(0.5, []).chance_of_first(), 1.0);
}

#[test]
fn a_person_is_found_among_others() {
    let [probe, mate, other] = [[1.0, 0.0], [0.8, 0.6], [0.0, 1.0]].map(embedding);
    assert_eq!(identify(&probe, &mate, [&other]).better, 0);
    assert_eq!(identify(&probe, &other, [&mate]).better, 1);
}

#[test]
fn centred_embeddings_have_nothing_in_common() {
    let centred = centred(&[[1.0, 0.0], [0.8, 0.6], [0.6, -0.8]].map(embedding));
    let along_mean = centred.iter().map(|embedding| embedding.direction[0]).sum::<f32>() / 3.0;
    assert!(along_mean.abs() < 0.3, "{along_mean}");
    assert!(similarity(&centred[1], &centred[2]) < 0.0);
}

#[test]
fn the_mean_of_embeddings_lies_between_them() {
    let [one, other, middle] = [[1.0, 0.0], [0.0, 1.0], [0.5f32.sqrt(), 0.5f32.sqrt()]].map(embedding);
    assert!((similarity(&mean_embedding(&[one.clone(), other]).unwrap(), &middle) - 1.0).abs() < 1e-6);
    let [opposite] = [[-1.0, 0.0]].map(embedding);
    assert_eq!(mean_embedding(&[one, opposite]), None);
    assert_eq!(mean_embedding(&[]), None);
}

#[test]
fn a_known_blur_is_partly_undone() {
    let mut scene = scene();
    let covered = scene.blurred(0.06);
    let known = Known::Blur { sigma: 0.06 * scene.face.bbox[2] };
    let [plain, undone] = [Undoing::None, Undoing::Wiener].map(|undoing| scene.likeness(&covered, known, undoing));
    assert!(undone > plain + 0.05, "{plain} {undone}");
}

#[test]
fn a_plain_mosaic_is_partly_undone() {
    let mut scene = scene();
    let (area, side) = (scene.area(), (scene.face.bbox[2] / 10.0).round() as u32);
    let mut covered = scene.picture.clone();
    reversible::mosaic(&mut covered, area, side);
    let known = Known::Cells { corner: [area.x0 as f32, area.y0 as f32], side: side as f32 };
    let [plain, undone] = [Undoing::None, Undoing::Cubic].map(|undoing| scene.likeness(&covered, known, undoing));
    assert!(undone > plain + 0.1, "{plain} {undone}");
}

#[test]
fn nothing_is_undone_under_one_colour() {
    let mut scene = scene();
    let covered = scene.covered(&scene.picture, Method::Solid);
    for undoing in [Undoing::None, Undoing::Unsharp, Undoing::Enlarged(4), Undoing::Wiener] {
        let likeness = scene.likeness(&covered, Known::Blur { sigma: 5.0 }, undoing);
        assert!(likeness < 0.3, "{undoing:?}: {likeness}");
    }
}

#[test]
fn hostile_landmarks_and_cells_are_survived() {
    let picture = Frame { width: 3, height: 2, rgb: vec![5; 18], alpha: None };
    for number in [f32::NAN, f32::INFINITY, f32::MAX, -1e30, 0.0] {
        let landmarks = [[number, 1.0], [2.0, number], [1.0, 1.0], [0.0, 2.0], [number, number]];
        for known in [Known::Blur { sigma: number }, Known::Cells { corner: [number; 2], side: number }] {
            assert!(undone(&picture, &landmarks, known).is_ok());
            assert!(undone(&picture, &[[1.0, 1.0], [2.0, 1.0], [1.5, 1.5], [1.0, 2.0], [2.0, 2.0]], known).is_ok());
        }
    }
}

#[test]
fn random_cells_do_not_hide_that_the_rest_is_equal() {
    let one: Vec<u8> = (0..3 * 100).map(|i| (i * 7 % 256) as u8).collect();
    let mut other = one.clone();
    other[..3 * 50].fill(99);
    assert_eq!(trimmed_distance(&one, &other), 0.0);
    other[..3 * 80].fill(99);
    assert!(trimmed_distance(&one, &other) > 10.0);
}

/// The attack on which the whole table rests: it succeeds on any blur and cannot on what does not depend on the face.
#[test]
fn of_two_faces_under_a_blur_the_right_one_is_told_and_under_content_free_covers_neither() {
    let scene = scene();
    let donor = align(&scene.blurred(0.0), &scene.landmarks().map(|[x, y]| [x + 9.0, y - 9.0])).unwrap();
    let other = transplant(&scene.picture, &scene.landmarks(), scene.area(), &donor);
    assert_ne!(other, scene.picture);
    let distance = |one: &Frame, other: &Frame| {
        let [one, other] = [one, other].map(|picture| crop_under(picture, scene.area()).unwrap());
        trimmed_distance(&one, &other)
    };
    for method in [Method::Soft, Method::Solid] {
        assert_eq!(scene.covered(&scene.picture, method), scene.covered(&other, method));
    }
    let mut blurred = other.clone();
    reversible::blur(&mut blurred, scene.area(), 0.3 * scene.face.bbox[2]);
    let published = scene.blurred(0.3);
    assert!(distance(&published, &blurred) > distance(&published, &scene.blurred(0.3)));
}

#[test]
fn nothing_outside_the_cover_is_transplanted() {
    let scene = scene();
    let donor = vec![200; 3 * 112 * 112];
    let within = PixelRect { x0: 0, y0: 0, x1: 384, y1: 100 };
    let changed = transplant(&scene.picture, &scene.landmarks(), within, &donor);
    let below = 3 * 100 * scene.picture.width as usize;
    assert_eq!(changed.rgb[below..], scene.picture.rgb[below..]);
}

#[test]
fn the_adversary_sees_through_weak_covers_and_not_through_content_free_ones() {
    let scene = scene();
    let mut adversary = Adversary::new(Recogniser::load(SFACE).unwrap()).unwrap();
    let part = |picture: &Frame| FacePart::of(picture, &scene.face).unwrap().unwrap();
    let mut judge = |picture: &Frame| {
        let after = part(picture);
        let before = part(&scene.picture);
        (adversary.reidentifies(&before, &after, None).unwrap(), adversary.links(&before, &after).unwrap())
    };
    assert_eq!(judge(&scene.picture), (true, true));
    assert_eq!(judge(&scene.blurred(0.05)), (true, true));
    assert_eq!(judge(&scene.blurred(0.4)), (false, true));
    for method in [Method::Soft, Method::Solid] {
        assert_eq!(judge(&scene.covered(&scene.picture, method)), (false, false), "{method:?}");
    }
}
