//! Writes what each network finds in each pass of the thorough look, before anything is weighed: the input of
//! `tools/fit.py`. One JSON object a file: `{"file", "finds": {"family/view": [[x, y, w, h, score, network size, cut]]}}`.
//!
//! Usage: `cargo run --release --example finds -- FILE…`

use std::collections::BTreeMap;
use std::error::Error;

use tarnkappe::detect::{Detector, Family, Policy, View};
use tarnkappe::photo::{self, Limits};

fn main() -> Result<(), Box<dyn Error>> {
    let mut detector = Detector::default();
    detector.load(Family::YuNet, include_bytes!("../models/face_detection_yunet_2023mar.packed"))?;
    detector.load(Family::CenterFace, include_bytes!("../models/centerface.packed"))?;
    detector.load(Family::RetinaFace, include_bytes!("../models/retinaface_mobilenet025.packed"))?;
    for path in std::env::args().skip(1) {
        let frame = photo::open(&std::fs::read(&path)?, &Limits::default())?.frame;
        let mut finds: BTreeMap<String, Vec<[f32; 7]>> = BTreeMap::new();
        for find in detector.finds(&frame, &Policy::thorough(), &mut |_| ())? {
            let [x, y, w, h] = find.bbox;
            let view = if find.view == View::UPRIGHT { "upright" } else { "turned" };
            let row = [x, y, w, h, find.score, find.network_size, f32::from(u8::from(find.cut))];
            finds.entry(format!("{}/{view}", find.family.name())).or_default().push(row);
        }
        println!("{}", serde_json::json!({ "file": path, "finds": finds }));
    }
    Ok(())
}
