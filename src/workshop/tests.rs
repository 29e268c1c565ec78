#![allow(clippy::unwrap_used)]

use super::*;
use crate::prove::attacks::portrait::chance_of_nearest;

const YUNET: &[u8] = include_bytes!("../../models/face_detection_yunet_2023mar.packed");
const SFACE: &[u8] = include_bytes!("../../models/face_recognition_sface_2021dec.packed");
const COLLINS: &[u8] = include_bytes!("../../tests/photos/astronaut.jpg");
const EINSTEIN: &[u8] = include_bytes!("../../www/apps/workshop/gallery/albert-einstein-2.jpg");
/// Some of the gallery, among them another photo of Einstein.
const GALLERY: [&[u8]; 4] = [
    include_bytes!("../../www/apps/workshop/gallery/albert-einstein.jpg"),
    include_bytes!("../../www/apps/workshop/gallery/arthur-holly-compton.jpg"),
    include_bytes!("../../www/apps/workshop/gallery/marie-curie.jpg"),
    include_bytes!("../../www/apps/workshop/gallery/geronimo.jpg"),
];
const COVERS: [(&str, f32); 10] = [
    ("none", 0.0),
    ("eye-bar", 0.0),
    ("mask", 0.0),
    ("small-sticker", 0.0),
    ("blur", 0.05),
    ("blur", 0.2),
    ("mosaic", 16.0),
    ("mosaic", 4.0),
    ("soft", 0.0),
    ("solid", 0.0),
];

fn workshop() -> Workshop {
    let mut workshop = Workshop::new(YUNET, SFACE).unwrap();
    assert!(GALLERY.iter().all(|picture| workshop.enrol(*picture).unwrap()));
    workshop
}

/// The numbers that a page shows are those that `make attack` computes from the same pictures.
#[test]
fn every_attack_gives_the_numbers_of_the_table() {
    let mut workshop = workshop();
    workshop.open(EINSTEIN).unwrap();
    workshop.choose(0).unwrap().unwrap();
    let subject = workshop.subject.clone().unwrap();
    let portraits: Vec<Portrait> = workshop.gallery.iter().map(|entry| entry.portrait.clone()).collect();
    let mut recogniser = Recogniser::load(SFACE).unwrap();
    for (kind, strength) in COVERS {
        let covering = covering_named(kind, strength).unwrap();
        let look = workshop.weaken(covering).unwrap();
        let covered = subject.publish(covering).unwrap();
        assert_eq!(look.picture, covered.frame, "{kind}");
        let seen = subject.covered(&covered, &mut recogniser).unwrap();
        assert_eq!(look.likeness, search(&seen, portraits.iter().map(|portrait| &portrait.clear)), "{kind}");
        let undone = subject.undone(&covered, &mut recogniser).unwrap();
        let attempts = workshop.undo().unwrap();
        assert_eq!(attempts.len(), undone.len());
        for (attempt, undone) in attempts.iter().zip(&undone) {
            let expected = search(&undone.embedding, portraits.iter().map(|portrait| &portrait.clear));
            assert_eq!(attempt.likeness, expected, "{kind} {}", attempt.undoing);
        }
        (0..GALLERY.len()).for_each(|index| workshop.cover_entry(index).unwrap());
        let mut alike = Vec::new();
        for portrait in &portraits {
            alike.push(portrait.covered(&portrait.publish(covering).unwrap(), &mut recogniser).unwrap());
        }
        assert_eq!(workshop.parrot().unwrap(), search(&seen, &alike), "{kind}");
        let faces = std::iter::once(&subject).chain(&portraits).map(|portrait| &portrait.aligned[..]);
        assert_eq!(workshop.same_photo().unwrap(), subject.transplanted(covering, faces).unwrap(), "{kind}");
    }
}

/// What the exercise is meant to show, on the pictures that it shows it with.
#[test]
fn a_person_is_found_by_another_photo_and_not_under_a_content_free_cover() {
    let mut workshop = workshop();
    workshop.open(EINSTEIN).unwrap();
    let clear = workshop.choose(0).unwrap().unwrap();
    let best = |likeness: &[f32]| (0..likeness.len()).max_by(|a, b| likeness[*a].total_cmp(&likeness[*b]));
    assert_eq!(best(&clear.likeness), Some(0), "{:?}", clear.likeness);
    for (kind, strength) in COVERS {
        workshop.weaken(covering_named(kind, strength).unwrap()).unwrap();
        let chance = chance_of_nearest(&workshop.same_photo().unwrap());
        match kind {
            // Nothing of the face is under it, so all five are equally near.
            "soft" | "solid" => assert!(chance <= 0.2, "{kind}"),
            // Most of what is compared is the cover.
            "eye-bar" | "mask" | "small-sticker" => {}
            _ => assert_eq!(chance, 1.0, "{kind} {strength}"),
        }
    }
}

#[test]
fn the_numbers_are_128_and_the_landmarks_lie_in_the_aligned_face() {
    let mut workshop = workshop();
    let (picture, faces) = workshop.open(COLLINS).unwrap();
    assert_eq!((picture.width, faces.len()), (512, 1));
    let look = workshop.choose(0).unwrap().unwrap();
    assert!(look.landmarks.iter().flatten().all(|place| (20.0..100.0).contains(place)), "{:?}", look.landmarks);
    assert!((look.numbers.iter().map(|number| number * number).sum::<f32>() - 1.0).abs() < 1e-4);
    assert!(look.picture.width < 512, "the face was large");
    workshop.enrol_subject().unwrap();
    assert!(workshop.weaken(Covering::None).unwrap().likeness[GALLERY.len()] > 0.9);
}

#[test]
fn nothing_of_a_participant_is_left() {
    let mut workshop = workshop();
    workshop.open(COLLINS).unwrap();
    workshop.choose(0).unwrap().unwrap();
    assert!(workshop.enrol_largest(COLLINS).unwrap());
    workshop.forget(GALLERY.len());
    assert!(workshop.opened.is_none() && workshop.subject.is_none() && workshop.published.is_none());
    assert_eq!(workshop.gallery.len(), GALLERY.len());
    assert!(workshop.weaken(Covering::None).is_err());
    assert!(workshop.choose(0).unwrap().is_none());
}

#[test]
fn what_is_wrong_is_an_error_or_no_face() {
    let mut workshop = workshop();
    assert!(workshop.open(&b"no picture"[..]).is_err());
    let (_, faces) = workshop.open(&include_bytes!("../../tests/photos/coffee.png")[..]).unwrap();
    assert!(faces.is_empty());
    assert!(workshop.choose(0).unwrap().is_none());
    assert!(!workshop.enrol_largest(&include_bytes!("../../tests/photos/coffee.png")[..]).unwrap());
    assert!(workshop.parrot().is_err() && workshop.undo().is_err() && workshop.same_photo().is_err());
    assert!(workshop.cover_entry(0).is_err());
    for (kind, strength) in [("", 0.0), ("blur", f32::NAN), ("blur", 9.0), ("mosaic", 0.0), ("nothing", 1.0)] {
        assert!(covering_named(kind, strength).is_none());
    }
    workshop.open(COLLINS).unwrap();
    workshop.choose(0).unwrap().unwrap();
    assert!(workshop.parrot().is_err(), "the gallery has not been covered");
}

#[test]
fn every_picture_of_the_gallery_has_a_face_and_a_line_in_the_list_of_sources() {
    #[derive(serde::Deserialize)]
    struct Entry {
        id: String,
        source: String,
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("www/apps/workshop/gallery");
    let list = std::fs::read_to_string(folder.join("gallery.json")).unwrap();
    let [sources, shown] =
        ["SOURCES.md", "sources.json"].map(|name| std::fs::read_to_string(folder.join(name)).unwrap());
    let entries: Vec<Entry> = serde_json::from_str(&list).unwrap();
    let mut workshop = Workshop::new(YUNET, SFACE).unwrap();
    for Entry { id, source } in &entries {
        let picture = std::fs::read(folder.join(format!("{id}.jpg"))).unwrap();
        assert!(picture.len() <= 8192, "{id}");
        assert!(workshop.enrol(&picture[..]).unwrap(), "{id}");
        assert!(
            sources.contains(&format!("`{source}`")) && shown.contains(&format!("\"{source}\":")),
            "{id}: {source}"
        );
    }
    assert!(entries.len() >= 60);
}

/// What the page shows of the portrait that it offers first, for the test of the page: a number of the gallery's entry and its likeness
/// for the first five of every cover, and how many of the attacks succeed.
#[test]
fn what_the_page_must_show_is_on_file() {
    use crate::prove::attacks::Rank;
    use serde_json::{Value, json};

    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let gallery = folder.join("www/apps/workshop/gallery");
    let list: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(gallery.join("gallery.json")).unwrap()).unwrap();
    let ids: Vec<&str> = list.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    let place = |wanted: &str| ids.iter().position(|id| *id == wanted).unwrap();
    let (right, itself) = (place("albert-einstein"), place("albert-einstein-2"));
    let mut workshop = Workshop::new(YUNET, SFACE).unwrap();
    for id in &ids {
        workshop.enrol(&std::fs::read(gallery.join(format!("{id}.jpg"))).unwrap()[..]).unwrap();
    }
    workshop.open(EINSTEIN).unwrap();
    workshop.choose(0).unwrap().unwrap();
    let others = |likeness: &[f32]| -> Vec<(usize, f32)> {
        let mut others: Vec<(usize, f32)> =
            likeness.iter().copied().enumerate().filter(|(at, _)| *at != itself).collect();
        others.sort_by(|a, b| b.1.total_cmp(&a.1));
        others
    };
    let is_first = |likeness: &[f32]| others(likeness)[0].0 == right;
    let pages = [
        ("none", "none", 0.0),
        ("eye-bar", "eye-bar", 0.0),
        ("mask", "mask", 0.0),
        ("small-sticker", "small-sticker", 0.0),
        ("blur-light", "blur", 0.05),
        ("blur-strong", "blur", 0.2),
        ("mosaic-16", "mosaic", 16.0),
        ("mosaic-8", "mosaic", 8.0),
        ("mosaic-4", "mosaic", 4.0),
        ("soft", "soft", 0.0),
        ("solid", "solid", 0.0),
        ("own-mosaic", "own-mosaic", 0.0),
        ("sticker", "sticker", 0.0),
    ];
    let (mut covers, mut attacks) = (serde_json::Map::new(), serde_json::Map::new());
    for (id, kind, strength) in pages {
        let look = workshop.weaken(covering_named(kind, strength).unwrap()).unwrap();
        let best = others(&look.likeness)
            .into_iter()
            .take(5)
            .map(|(at, likeness)| json!([at, (f64::from(likeness) * 1e4).round() / 1e4]));
        covers.insert(id.into(), json!({ "best": best.collect::<Vec<_>>() }));
        if !matches!(id, "blur-light" | "mosaic-8" | "soft" | "solid") {
            continue;
        }
        let undone = workshop.undo().unwrap().iter().any(|attempt| is_first(&attempt.likeness));
        (0..ids.len()).for_each(|index| workshop.cover_entry(index).unwrap());
        let parrot = workshop.parrot().unwrap();
        let distances = workshop.same_photo().unwrap();
        let faces = Rank::among(-distances[0], distances[1..].iter().map(|other| -other)).equal + 1;
        let found = [is_first(&look.likeness), undone, is_first(&parrot), faces == 1]
            .into_iter()
            .filter(|found| *found)
            .count();
        attacks.insert(id.into(), json!({ "found": found, "faces": faces }));
    }
    let made = json!({ "covers": covers, "attacks": attacks });
    let file = folder.join("tests/workshop_golden.json");
    if std::env::var_os("TARNKAPPE_BLESS").is_some() {
        std::fs::write(&file, serde_json::to_string(&made).unwrap() + "\n").unwrap();
    }
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_alike(&expected, &made);
}

/// The same, but for the last digits of numbers, which processors round differently.
#[track_caller]
fn assert_alike(expected: &serde_json::Value, made: &serde_json::Value) {
    use serde_json::Value;
    match (expected, made) {
        (Value::Object(expected), Value::Object(made)) => {
            assert_eq!(expected.keys().collect::<Vec<_>>(), made.keys().collect::<Vec<_>>());
            expected.iter().for_each(|(key, value)| assert_alike(value, &made[key]));
        }
        (Value::Array(expected), Value::Array(made)) => {
            assert_eq!(expected.len(), made.len());
            expected.iter().zip(made).for_each(|(expected, made)| assert_alike(expected, made));
        }
        _ => {
            let [expected, made] = [expected, made].map(|number| number.as_f64().unwrap());
            assert!((expected - made).abs() < 2e-3, "{expected} {made}: run make bless and read the difference");
        }
    }
}

#[test]
fn only_likely_faces_are_offered_large_ones_first() {
    let mut workshop = workshop();
    let (_, faces) = workshop.open(&include_bytes!("../../tests/photos/solvay_1927.jpg")[..]).unwrap();
    assert_eq!(faces.len(), 29);
    assert!(faces.is_sorted_by(|a, b| a[2] >= b[2]));
}
