//! Embeds the face in the middle of each picture: the input of `tools/pairs.py`. One JSON object a file: `{"file", "score",
//! "inter_eye_px", "norm", "direction"}`, without the last four where no face is found.
//!
//! Usage: `cargo run --release --example pairs -- FILE…`.

use std::error::Error;

use tarnkappe::detect::{Detection, Detector, Policy};
use tarnkappe::photo::{self, Frame, Limits};
use tarnkappe::recognition::recogniser::Recogniser;

fn main() -> Result<(), Box<dyn Error>> {
    let mut detector = Detector::from_yunet(include_bytes!("../models/face_detection_yunet_2023mar.packed"))?;
    let mut recogniser = Recogniser::load(include_bytes!("../models/face_recognition_sface_2021dec.packed"))?;
    for path in std::env::args().skip(1) {
        let frame = photo::open(&std::fs::read(&path)?, &Limits::default())?.frame;
        let found = detector.detect(&frame, &Policy::default(), &mut |_| ())?;
        let Some(face) = found.iter().min_by(|a, b| off(a, &frame).total_cmp(&off(b, &frame))) else {
            println!("{}", serde_json::json!({ "file": path }));
            continue;
        };
        let landmarks = face.landmarks.ok_or("a face without landmarks")?;
        let embedding = recogniser.embed(&frame, &landmarks)?;
        let [[x0, y0], [x1, y1], ..] = landmarks;
        println!(
            "{}",
            serde_json::json!({
                "file": path,
                "score": face.confidence,
                "inter_eye_px": (x1 - x0).hypot(y1 - y0),
                "norm": embedding.norm,
                "direction": embedding.direction.to_vec(),
            })
        );
    }
    Ok(())
}

/// Distance of a face from the picture's middle, in its own widths: a small face nearby is less likely meant.
fn off(face: &Detection, frame: &Frame) -> f32 {
    let [x, y, width, height] = face.bbox;
    let (dx, dy) = (x + (width - frame.width as f32) / 2.0, y + (height - frame.height as f32) / 2.0);
    dx.hypot(dy) / width
}
