//! Turns an ONNX file into the packed file that the compact engine reads.
//!
//! ```text
//! pack MODEL.onnx MODEL.packed
//! ```
//!
//! The network must want its picture's colours in the order blue, green, red, as values from 0 to 255.

mod lower;
mod onnx;

use std::error::Error;
use std::process::ExitCode;

use onnx::Graph;

fn pack(onnx: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let model = lower::lower(&Graph::read(onnx)?)?;
    let packed = model.to_packed();
    tarnkappe::infer::CompactNetwork::from_packed(&packed)?;
    Ok(packed)
}

fn run(from: &str, to: &str) -> Result<(), Box<dyn Error>> {
    let packed = pack(&std::fs::read(from)?)?;
    Ok(std::fs::write(to, packed)?)
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = arguments.as_slice() else {
        eprintln!("usage: pack MODEL.onnx MODEL.packed");
        return ExitCode::from(2);
    };
    match run(from, to) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{from}: {error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::pack;

    const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/face_detection_yunet_2023mar");

    #[test]
    fn the_committed_packed_file_is_what_the_onnx_file_gives() {
        let packed = pack(&fs::read(format!("{MODELS}.onnx")).unwrap()).unwrap();
        if std::env::var_os("TARNKAPPE_BLESS").is_some() {
            fs::write(format!("{MODELS}.packed"), &packed).unwrap();
        }
        let committed = fs::read(format!("{MODELS}.packed")).unwrap();
        assert!(packed == committed, "models/*.packed is not current: run `make bless`");
    }

    #[test]
    fn a_file_that_is_not_onnx_is_refused() {
        assert!(pack(b"not a network").is_err());
    }
}
