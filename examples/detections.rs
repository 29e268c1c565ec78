//! Writes each network's raw detections in each pass of the thorough scan, before fusion: the input of `tools/fit.py`.
//! One JSON object a file: `{"file", "finds": {"family/view": [[x, y, w, h, score, network size, cut]]}}`.
//!
//! Usage: `cargo run --release --example detections -- [--single-pass] FILE…`. With `--single-pass` each network makes one
//! pass, at full size.

use std::collections::BTreeMap;
use std::error::Error;

use tarnkappe::detect::{Detector, Family, Policy, View};
use tarnkappe::photo::{self, Limits};

fn main() -> Result<(), Box<dyn Error>> {
    let mut detector = Detector::default();
    detector.load(Family::YuNet, include_bytes!("../models/face_detection_yunet_2023mar.packed"))?;
    detector.load(Family::CenterFace, include_bytes!("../models/centerface.packed"))?;
    detector.load(Family::RetinaFace, include_bytes!("../models/retinaface_mobilenet025.packed"))?;
    let (options, paths): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let policy = if options.is_empty() { Policy::thorough() } else { single_pass() };
    for path in paths {
        let frame = photo::open(&std::fs::read(&path)?, &Limits::default())?.frame;
        let mut detections: BTreeMap<String, Vec<[f32; 7]>> = BTreeMap::new();
        for detection in detector.raw_detections(&frame, &policy, &mut |_| ())? {
            let [x, y, w, h] = detection.bbox;
            let view = if detection.view == View::UPRIGHT { "upright" } else { "turned" };
            let row = [x, y, w, h, detection.score, detection.network_size, f32::from(u8::from(detection.cut))];
            detections.entry(format!("{}/{view}", detection.network.name())).or_default().push(row);
        }
        println!("{}", serde_json::json!({ "file": path, "finds": detections }));
    }
    Ok(())
}

/// One upright pass of each network at full size.
fn single_pass() -> Policy {
    let mut scans = Policy::thorough().scans;
    scans.retain(|scan| scan.views == [View::UPRIGHT]);
    for scan in &mut scans {
        scan.max_enlargement = 1.0;
        scan.largest_pixels = f64::INFINITY;
        scan.smallest_side = u32::MAX;
    }
    Policy { scans, ..Policy::thorough() }
}
