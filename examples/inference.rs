//! Runs one network on one picture and prints the milliseconds of each run: what `tools/instructions.sh` counts and
//! `tools/bench/native.py` times.
//!
//! Usage: `inference yunet|centerface|sface SIDE RUNS`; the picture of `SIDE` x `SIDE` pixels is noise.

use std::error::Error;
use std::time::Instant;

use tarnkappe::infer::{CompactNetwork, Network};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [name, side, runs] = &arguments[..] else {
        return Err("usage: inference yunet|centerface|sface SIDE RUNS".into());
    };
    let packed: &[u8] = match &name[..] {
        "yunet" => include_bytes!("../models/face_detection_yunet_2023mar.packed"),
        "centerface" => include_bytes!("../models/centerface.packed"),
        "sface" => include_bytes!("../models/face_recognition_sface_2021dec.packed"),
        _ => return Err("no such network".into()),
    };
    let side: usize = side.parse()?;
    let mut network = CompactNetwork::from_packed(packed)?;
    // Knuth's multiplicative hash: the same noise on every machine.
    let rgb: Vec<u8> = (0..3 * side * side).map(|i| ((i as u32).wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for _ in 0..runs.parse()? {
        let started = Instant::now();
        network.run(&rgb, side, side)?;
        println!("{:.3}", started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}
