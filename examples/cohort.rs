//! Makes the picture of aligned faces that `src/prove/adversary.rs` searches among: those that are found in a group photo,
//! one above the other.
//!
//! Usage: `cargo run --release --example cohort -- tests/photos/solvay_1927.jpg src/prove/cohort_1927.jpg`.

use std::error::Error;

use tarnkappe::detect::{Detector, Policy};
use tarnkappe::photo::{self, Limits};
use tarnkappe::recognition::alignment::{SIDE, align};

/// The faces are about 40 pixels wide, so little is lost.
const JPEG_QUALITY: u8 = 85;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [photo, strip] = &arguments[..] else { return Err("usage: cohort PHOTO STRIP".into()) };
    let mut detector = Detector::from_yunet(include_bytes!("../models/face_detection_yunet_2023mar.packed"))?;
    let frame = photo::open(&std::fs::read(photo)?, &Limits::default())?.frame;
    let found = detector.detect(&frame, &Policy::default(), &mut |_| ())?;
    let faces: Vec<Vec<u8>> = found.iter().filter_map(|face| align(&frame, &face.landmarks?)).collect();
    let grey: Vec<u8> = faces.concat().iter().step_by(3).copied().collect();
    let mut file = Vec::new();
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, JPEG_QUALITY);
    let height = (SIDE * faces.len()) as u32;
    image::ImageEncoder::write_image(encoder, &grey, SIDE as u32, height, image::ExtendedColorType::L8)?;
    std::fs::write(strip, file)?;
    println!("{} faces", faces.len());
    Ok(())
}
