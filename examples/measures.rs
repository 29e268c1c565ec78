//! Writes what the identifiability of faces is fitted to: the input of `tools/fit_identifiability.py`.
//!
//! Usage: `cargo run --release --example measures < FACES`. A line of FACES is one JSON object: `{"file"}`, or `{"file",
//! "landmarks"}` with the five landmarks of the face that is meant, in pixels of the picture. A line of the output is one, too:
//! `{"file", "finds", "embedding"}`: every detection, down to doubtful ones, as `{"box", "landmarks", "size", "features", "norm"}`, and
//! the direction of the embedding at the landmarks that were given.

use std::error::Error;

use tarnkappe::detect::{Detector, Policy};
use tarnkappe::identifiability::Measures;
use tarnkappe::photo::{self, Limits};
use tarnkappe::recognition::recogniser::Recogniser;

#[derive(serde::Deserialize)]
struct Face {
    file: String,
    landmarks: Option<[[f32; 2]; 5]>,
}

/// Lower than what is shipped, since faces that only a thorough scan or a person finds are rated, too.
const THRESHOLD: f32 = 0.02;

fn main() -> Result<(), Box<dyn Error>> {
    let mut detector = Detector::from_yunet(include_bytes!("../models/face_detection_yunet_2023mar.packed"))?;
    let mut recogniser = Recogniser::load(include_bytes!("../models/face_recognition_sface_2021dec.packed"))?;
    let policy = Policy::default().with_threshold(THRESHOLD);
    for line in std::io::stdin().lines() {
        let face: Face = serde_json::from_str(&line?)?;
        let frame = photo::open(&std::fs::read(&face.file)?, &Limits::default())?.frame;
        let mut detections = Vec::new();
        for detection in detector.detect(&frame, &policy, &mut |_| ())? {
            let landmarks = detection.landmarks.ok_or("a face without landmarks")?;
            let Some(measures) = Measures::of(&frame, detection.bbox, &landmarks) else { continue };
            detections.push(serde_json::json!({
                "box": detection.bbox,
                "landmarks": landmarks,
                "size": measures.frontal_inter_eye,
                "features": measures.features(),
                "norm": recogniser.embed(&frame, &landmarks)?.norm,
            }));
        }
        let embedding = face.landmarks.map(|landmarks| recogniser.embed(&frame, &landmarks)).transpose()?;
        let direction = embedding.map(|embedding| embedding.direction.to_vec());
        println!("{}", serde_json::json!({ "file": face.file, "finds": detections, "embedding": direction }));
    }
    Ok(())
}
