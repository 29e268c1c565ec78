//! Writes what each network finds in each pass of the thorough look, before anything is weighed: the input of
//! `tools/fit.py`. One JSON object a file: `{"file", "finds": {"family/view": [[x, y, w, h, score, network size, cut]]}}`.
//!
//! Usage: `cargo run --release --example finds -- [--single-pass] FILE…`. With `--single-pass` each network looks once, at
//! full size.

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
        let mut finds: BTreeMap<String, Vec<[f32; 7]>> = BTreeMap::new();
        for find in detector.finds(&frame, &policy, &mut |_| ())? {
            let [x, y, w, h] = find.bbox;
            let view = if find.view == View::UPRIGHT { "upright" } else { "turned" };
            let row = [x, y, w, h, find.score, find.network_size, f32::from(u8::from(find.cut))];
            finds.entry(format!("{}/{view}", find.network.name())).or_default().push(row);
        }
        println!("{}", serde_json::json!({ "file": path, "finds": finds }));
    }
    Ok(())
}

/// One upright pass of each network at full size.
fn single_pass() -> Policy {
    let mut looks = Policy::thorough().looks;
    looks.retain(|look| look.views == [View::UPRIGHT]);
    for look in &mut looks {
        look.max_enlargement = 1.0;
        look.largest_pixels = f64::INFINITY;
        look.smallest_side = u32::MAX;
    }
    Policy { looks, ..Policy::thorough() }
}
