//! The compact engine against tract: every layer and every output of every network, on the very same weights.

use std::fs;
use std::path::Path;

use tarnkappe::infer::compact::{Model, OutputFunction, OutputLayout, OutputSpec, Part};
use tarnkappe::infer::{CompactNetwork, Network, Output};
use tract_onnx::data_resolver::MmapDataResolver;
use tract_onnx::pb::ModelProto;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::prelude::*;
use tract_onnx::tensor::load_tensor;

use crate::lower::{TensorNames, lower};
use crate::manifest::{self, Manifest, Weights};
use crate::onnx::Graph;
use crate::quantised;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Largest difference from tract, as a share of the reference's largest value (or of 1 if that is larger).
const TOLERANCE: f32 = 1e-4;

/// Widths and heights: the smallest; rows that do not fill a tile at the deepest level; a usual one; a tall one.
const SIZES: [(usize, usize); 4] = [(32, 32), (96, 160), (640, 448), (64, 1024)];

#[test]
fn every_output_is_tracts() {
    for network in networks() {
        let mut compact = compact(&network.lowered);
        let sizes = network.description.side().map_or(SIZES.to_vec(), |side| vec![(side, side)]);
        for picture in sizes.into_iter().flat_map(|(width, height)| pictures(width, height)) {
            let expected = network.reference(&picture, None);
            let got = compact.run(&picture.rgb, picture.width, picture.height).unwrap();
            assert_eq!(got.len(), expected.len());
            for (index, (got, expected)) in got.iter().zip(&expected).enumerate() {
                assert_near(&format!("output {index} at {} x {}", picture.width, picture.height), got, expected);
            }
        }
    }
}

#[test]
fn every_layer_is_tracts() {
    for network in networks() {
        let tensors = network.tensors.iter().enumerate();
        let named: Vec<(usize, &str)> = tensors.filter_map(|(at, name)| Some((at + 1, name.as_deref()?))).collect();
        let names: Vec<&str> = named.iter().map(|(_, name)| *name).collect();
        let (width, height) = network.description.side().map_or((160, 96), |side| (side, side));
        for picture in pictures(width, height) {
            let expected = network.reference(&picture, Some(&names));
            let channels = expected.iter().map(|output| output.shape[1]);
            let outputs = named.iter().zip(channels).map(|((value, _), channels)| whole(*value, channels)).collect();
            let mut compact = compact(&Model { outputs, ..network.lowered.clone() });
            let got = compact.run(&picture.rgb, picture.width, picture.height).unwrap();
            assert_eq!(got.len(), names.len());
            for ((name, got), expected) in names.iter().zip(&got).zip(&expected) {
                assert_near(name, got, expected);
            }
        }
    }
}

#[test]
fn only_layers_of_joined_heads_have_no_tensor_of_their_own() {
    for network in networks() {
        let tensors = network.tensors.iter();
        let joined = network.lowered.layers.iter().zip(tensors).filter(|(_, tensor)| tensor.is_none());
        assert!(joined.count() <= 6);
    }
}

/// The file's own weights are of 8 bits; its packed form rounds them again.
#[test]
fn weights_of_8_bits_leave_every_output_as_it_is() {
    for network in networks().into_iter().filter(|network| network.description.packed.weights == Weights::I8) {
        let side = network.description.side().unwrap();
        let mut exact = compact(&network.lowered);
        let mut rounded = CompactNetwork::from_packed(&network.lowered.to_packed_8_bit().unwrap()).unwrap();
        for Picture { rgb, .. } in pictures(side, side) {
            let [expected, got] = [&mut exact, &mut rounded].map(|network| network.run(&rgb, side, side).unwrap());
            assert_near("rounded again", &got[0], &expected[0]);
        }
    }
}

/// A network of the manifest, read anew from its ONNX file.
struct Source {
    description: manifest::Model,
    proto: ModelProto,
    lowered: Model,
    tensors: TensorNames,
}

struct Picture {
    rgb: Vec<u8>,
    width: usize,
    height: usize,
}

fn networks() -> Vec<Source> {
    let models = Path::new(ROOT).join("models");
    let manifest = Manifest::read(&fs::read_to_string(models.join("manifest.toml")).unwrap()).unwrap();
    let read = |description: manifest::Model| {
        let onnx = fs::read(models.join(&description.file)).unwrap();
        let mut graph = Graph::read(&onnx).unwrap();
        let mut proto = tract_onnx::onnx().proto_model_for_read(&mut &*onnx).unwrap();
        quantised::fold(&mut proto).unwrap();
        if description.packed.weights == Weights::F16 {
            graph.round_to_half();
            round_to_half(&mut proto);
        }
        let (lowered, tensors) = lower(&graph, description.picture()).unwrap();
        Source { description, proto, lowered, tensors }
    };
    manifest.model.into_iter().map(read).collect()
}

/// Rounds what [`Graph::round_to_half`] rounds.
fn round_to_half(proto: &mut ModelProto) {
    for constant in &mut proto.graph.as_mut().unwrap().initializer {
        if constant.data_type == DataType::Float as i32 {
            let tensor = load_tensor(&MmapDataResolver, constant, None).unwrap();
            let rounded = tensor.cast_to::<f16>().unwrap().cast_to::<f32>().unwrap().into_owned();
            constant.float_data = rounded.to_plain_array_view::<f32>().unwrap().iter().copied().collect();
            constant.raw_data.clear();
        }
    }
}

impl Source {
    /// What tract makes of a picture: the tensors named, or else the outputs.
    fn reference(&self, picture: &Picture, tensors: Option<&[&str]>) -> Vec<Output> {
        let reader = tract_onnx::onnx().with_ignore_value_info(true).with_ignore_output_shapes(true);
        let mut model = reader.parse(&self.proto, None).unwrap().model;
        if let Some(names) = tensors {
            let outlets: Vec<OutletId> = names.iter().map(|name| outlet(&model, name)).collect();
            model.select_output_outlets(&outlets).unwrap();
        }
        let input = self.planes(picture);
        let model = model.with_input_fact(0, f32::fact(input.shape()).into()).unwrap();
        let outputs = model.into_typed().unwrap().into_runnable().unwrap().run(tvec!(input.into())).unwrap();
        let outputs = outputs.iter().map(|output| output.to_plain_array_view::<f32>().unwrap().into_owned());
        outputs.map(|output| Output { shape: output.shape().to_vec(), values: output.into_iter().collect() }).collect()
    }

    fn planes(&self, picture: &Picture) -> Tensor {
        let wanted = self.description.picture();
        let at = |(_, channel, y, x): (usize, usize, usize, usize)| {
            let colour = if wanted.blue_first { 2 - channel } else { channel };
            f32::from(picture.rgb[3 * (y * picture.width + x) + colour]) - wanted.mean[colour]
        };
        tract_ndarray::Array4::from_shape_fn((1, 3, picture.height, picture.width), at).into()
    }
}

fn compact(model: &Model) -> CompactNetwork {
    CompactNetwork::from_packed(&model.to_packed()).unwrap()
}

fn whole(value: usize, channels: usize) -> OutputSpec {
    let parts = vec![Part { value, first: 0, channels }];
    OutputSpec { parts, layout: OutputLayout::Planes, function: OutputFunction::None }
}

fn outlet(model: &InferenceModel, name: &str) -> OutletId {
    let mut labels = model.outlet_labels.iter();
    *labels.find(|(_, label)| label.as_str() == name).unwrap().0
}

/// Pixels without any order, and a photo.
fn pictures(width: usize, height: usize) -> [Picture; 2] {
    [noise(width, height), photo(width, height)].map(|rgb| Picture { rgb, width, height })
}

/// Source: xorshift32 (Marsaglia, 2003).
fn noise(width: usize, height: usize) -> Vec<u8> {
    let mut state = 1u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as u8
    };
    (0..3 * width * height).map(|_| next()).collect()
}

fn photo(width: usize, height: usize) -> Vec<u8> {
    let bytes = fs::read(Path::new(ROOT).join("tests/photos/astronaut.jpg")).unwrap();
    let photo = image::load_from_memory(&bytes).unwrap().into_rgb8();
    tarnkappe::photo::resize_rgb(photo.as_raw(), photo.width(), photo.height(), width as u32, height as u32).unwrap()
}

fn assert_near(name: &str, got: &Output, expected: &Output) {
    assert_eq!(got.shape, expected.shape, "{name}");
    let scale = expected.values.iter().fold(1.0f32, |scale, value| scale.max(value.abs()));
    let differences = got.values.iter().zip(&expected.values).map(|(got, expected)| (got - expected).abs());
    // A difference that is not a number counts as large.
    let largest = differences.fold(0.0f32, |largest, d| if d <= largest { largest } else { d });
    assert!(largest <= TOLERANCE * scale, "{name} differs by {largest} at a scale of {scale}");
}
