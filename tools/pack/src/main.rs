//! Turns the ONNX files of `models/manifest.toml` into the packed files that the compact engine reads.
//!
//! ```text
//! pack models/manifest.toml
//! pack models/manifest.toml FOLDER
//! ```
//!
//! The hashes in the manifest, and in the source files that name them, follow. With a FOLDER, plain ONNX files are written
//! there instead, for other runtimes.

#[cfg(test)]
mod golden;
mod lower;
mod manifest;
mod onnx;
mod plain;
mod quantised;
mod sizes;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use lower::Picture;
use manifest::{Manifest, Weights};
use onnx::Graph;

fn pack(onnx: &[u8], picture: Picture, weights: &Weights) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut graph = Graph::read(onnx)?;
    if *weights == Weights::F16 {
        graph.round_to_half();
    }
    let (model, _) = lower::lower(&graph, picture)?;
    let packed = match weights {
        Weights::I8 => model.to_packed_8_bit()?,
        Weights::F16 | Weights::F32 => model.to_packed(),
    };
    tarnkappe::infer::CompactNetwork::from_packed(&packed)?;
    Ok(packed)
}

/// Packs every network of the manifest anew.
fn run(manifest: &Path) -> Result<(), Box<dyn Error>> {
    let folder = manifest.parent().unwrap_or(Path::new("."));
    let sources = [sources(&folder.join("../src/detect"))?, sources(&folder.join("../src/identifiability"))?].concat();
    let texts: Vec<&Path> = std::iter::once(manifest).chain(sources.iter().map(PathBuf::as_path)).collect();
    for model in Manifest::read(&fs::read_to_string(manifest)?)?.model {
        let onnx = fs::read(folder.join(&model.file))?;
        let packed =
            pack(&onnx, model.picture(), &model.packed.weights).map_err(|error| format!("{}: {error}", model.file))?;
        if !model.packed.describes(&packed) {
            model.packed.replace(&packed, folder, &texts)?;
        }
    }
    Ok(())
}

/// Writes every network of the manifest to a folder as [`plain::plain`] makes it, under its own name.
fn write_plain(manifest: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let models = manifest.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    for model in Manifest::read(&fs::read_to_string(manifest)?)?.model {
        let onnx = fs::read(models.join(&model.file))?;
        fs::write(folder.join(format!("{}.onnx", model.name)), plain::plain(&onnx, model.side())?)?;
    }
    Ok(())
}

/// The source files that may name a hash.
fn sources(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [manifest] => run(Path::new(manifest)),
        [manifest, folder] => write_plain(Path::new(manifest), Path::new(folder)),
        _ => {
            eprintln!("usage: pack models/manifest.toml [FOLDER]");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;

    const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models");

    fn packed_and_committed() -> Vec<(manifest::Model, Vec<u8>, Vec<u8>)> {
        let models = Path::new(MODELS);
        let manifest = Manifest::read(&fs::read_to_string(models.join("manifest.toml")).unwrap()).unwrap();
        let pack_one = |model: manifest::Model| {
            let onnx = fs::read(models.join(&model.file)).unwrap();
            let packed = pack(&onnx, model.picture(), &model.packed.weights).unwrap();
            let committed = fs::read(models.join(&model.packed.file)).unwrap();
            (model, packed, committed)
        };
        manifest.model.into_iter().map(pack_one).collect()
    }

    #[test]
    fn the_committed_packed_files_are_what_the_onnx_files_give() {
        if std::env::var_os("TARNKAPPE_BLESS").is_some() {
            run(&Path::new(MODELS).join("manifest.toml")).unwrap();
        }
        for (model, packed, committed) in packed_and_committed() {
            assert!(packed == committed, "{} is not current: run `make bless`", model.packed.file);
            assert!(model.packed.describes(&committed), "the manifest does not describe {}", model.packed.file);
        }
    }

    /// A runtime may only fold what nobody can replace: the picture is the one input.
    #[test]
    fn a_plain_file_gives_the_same_packed_file_and_lists_only_the_picture_as_input() {
        for (model, packed, _) in packed_and_committed() {
            let onnx = fs::read(Path::new(MODELS).join(&model.file)).unwrap();
            let plain = plain::plain(&onnx, model.side()).unwrap();
            let read = tract_onnx::pb::ModelProto::decode(&plain[..]).unwrap();
            assert_eq!(read.graph.unwrap().input.len(), 1);
            assert!(pack(&plain, model.picture(), &model.packed.weights).unwrap() == packed, "{}", model.name);
        }
    }

    #[test]
    fn a_file_that_is_not_onnx_is_refused() {
        let picture = Picture { blue_first: true, mean: [0.0; 3] };
        assert!(pack(b"not a network", picture, &Weights::F32).is_err());
    }
}
