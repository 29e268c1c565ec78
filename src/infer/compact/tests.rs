#![allow(clippy::unwrap_used)]

use tract_onnx::prelude::*;

use super::*;
use crate::infer::{InputSpec, TractNetwork};
use crate::photo::resize_rgb;

const ONNX: &[u8] = include_bytes!("../../../models/face_detection_yunet_2023mar.onnx");
const PACKED: &[u8] = include_bytes!("../../../models/face_detection_yunet_2023mar.packed");
const ASTRONAUT: &[u8] = include_bytes!("../../../tests/photos/astronaut.jpg");

/// Largest difference from tract, as a share of the reference's largest value (or of 1 if that is larger).
const TOLERANCE: f32 = 1e-4;

/// Widths and heights: the smallest; rows that do not fill a tile at the deepest level; a usual one; the largest tile;
/// a tall one.
const SIZES: [(usize, usize); 6] = [(32, 32), (96, 160), (320, 320), (640, 448), (1088, 1088), (64, 2048)];

/// The tensors of the ONNX file that the packed file's layers make, layer by layer, up to the heads. Those are joined
/// in the packed file, so that only the outputs can be compared.
const LAYERS: [&str; 35] = [
    "184", "185", "188", "189", "190", "193", "194", "197", "198", "201", "202", "205", "206", "207", "210", "211",
    "214", "215", "216", "219", "220", "223", "224", "225", "228", "229", "232", "233", "236", "242", "243", "246",
    "252", "253", "256",
];

/// Pixels without any order: xorshift32 (Marsaglia, 2003).
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

fn astronaut(width: usize, height: usize) -> Vec<u8> {
    let photo = image::load_from_memory(ASTRONAUT).unwrap().into_rgb8();
    resize_rgb(photo.as_raw(), photo.width(), photo.height(), width as u32, height as u32).unwrap()
}

fn compact() -> CompactNetwork {
    CompactNetwork::from_packed(PACKED).unwrap()
}

fn assert_near(name: &str, got: &[f32], expected: &[f32]) {
    assert_eq!(got.len(), expected.len(), "{name}");
    let scale = expected.iter().fold(1.0f32, |scale, value| scale.max(value.abs()));
    let differences = got.iter().zip(expected).map(|(got, expected)| (got - expected).abs());
    // A difference that is not a number counts as large.
    let largest = differences.fold(0.0f32, |largest, d| if d <= largest { largest } else { d });
    assert!(largest <= TOLERANCE * scale, "{name} differs by {largest} at a scale of {scale}");
}

#[test]
fn every_output_is_tracts() {
    let mut reference = TractNetwork::from_onnx(ONNX, InputSpec { bgr: true, stride: 32 }).unwrap();
    let mut network = compact();
    for (width, height) in SIZES {
        for rgb in [noise(width, height), astronaut(width, height)] {
            let expected = reference.run(&rgb, width, height).unwrap();
            let got = network.run(&rgb, width, height).unwrap();
            assert_eq!(got.len(), expected.len());
            for (index, (got, expected)) in got.iter().zip(&expected).enumerate() {
                assert_eq!(got.shape, expected.shape);
                assert_near(&format!("output {index} at {width} x {height}"), &got.values, &expected.values);
            }
        }
    }
}

#[test]
fn every_layer_is_tracts() {
    let (width, height) = (160, 96);
    let rgb = astronaut(width, height);
    let mut network = compact();
    network.model.outputs = (1..=LAYERS.len())
        .map(|value| OutputSpec {
            value,
            first: 0,
            channels: network.shapes[value].channels,
            activation: Activation::None,
        })
        .collect();
    let outputs = network.run(&rgb, width, height).unwrap();
    for ((name, got), expected) in LAYERS.iter().zip(outputs).zip(tract_tensors(&rgb, width, height)) {
        assert_near(name, &got.values, &expected);
    }
}

/// The tensors named in [`LAYERS`], channels last.
fn tract_tensors(rgb: &[u8], width: usize, height: usize) -> Vec<Vec<f32>> {
    let reader = tract_onnx::onnx().with_ignore_value_info(true).with_ignore_output_shapes(true);
    let mut model = reader.model_for_read(&mut &*ONNX).unwrap();
    let outlets: Vec<OutletId> = LAYERS.iter().map(|name| outlet(&model, name)).collect();
    model.select_output_outlets(&outlets).unwrap();
    let model = model.with_input_fact(0, f32::fact([1, 3, height, width]).into()).unwrap();
    let planes = |at: [usize; 4]| f32::from(rgb[3 * (at[2] * width + at[3]) + 2 - at[1]]);
    let input = tract_ndarray::Array4::from_shape_fn((1, 3, height, width), |(n, c, y, x)| planes([n, c, y, x]));
    let outputs = model.into_typed().unwrap().into_runnable().unwrap().run(tvec!(input.into_tensor().into())).unwrap();
    let channels_last = |output: &TValue| {
        let view = output.to_plain_array_view::<f32>().unwrap().permuted_axes(vec![0, 2, 3, 1]);
        view.iter().copied().collect()
    };
    outputs.iter().map(channels_last).collect()
}

fn outlet(model: &InferenceModel, name: &str) -> OutletId {
    let labels = model.outlet_labels.iter();
    *labels.clone().find(|(_, label)| label.as_str() == name).unwrap().0
}

#[test]
fn a_run_leaves_nothing_behind_for_the_next() {
    let mut network = compact();
    let expected = network.run(&noise(96, 64), 96, 64).unwrap();
    network.run(&astronaut(96, 64), 96, 64).unwrap();
    assert_eq!(network.run(&noise(96, 64), 96, 64).unwrap(), expected);
    network.run(&noise(64, 128), 64, 128).unwrap();
    assert_eq!(network.run(&noise(96, 64), 96, 64).unwrap(), expected);
}

#[test]
fn memory_grows_with_the_width_and_not_with_the_height() {
    let bytes = |width, height| {
        let mut network = compact();
        network.run(&noise(width, height), width, height).unwrap();
        network.plan.unwrap().bytes()
    };
    assert!(bytes(1088, 1088) < 8 << 20, "{}", bytes(1088, 1088));
    assert_eq!(bytes(64, 2048), bytes(64, 512));
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    let mut network = compact();
    for (bytes, width, height) in [(0, 0, 0), (0, 32, 0), (3 * 33 * 32, 33, 32), (3 * 48 * 32, 48, 32), (7, 32, 32)] {
        let refused = network.run(&vec![0; bytes], width, height);
        assert!(matches!(refused, Err(crate::error::Error::Model(ModelError::Run(_)))), "{width} x {height}");
    }
    assert!(network.run(&[], usize::MAX, 2).is_err());
}

#[test]
fn a_network_that_needs_too_much_memory_is_refused() {
    let weights = vec![[0.0; PANEL]; 256 * (TAPS * PICTURE_CHANNELS + 1)];
    let layer = Layer { source: 0, kind: Kind::Stem(weights), activation: Activation::None };
    let output = OutputSpec { value: 1, first: 0, channels: 1, activation: Activation::None };
    let packed = Model { layers: vec![layer], outputs: vec![output] }.to_packed();
    let mut network = CompactNetwork::from_packed(&packed).unwrap();
    assert!(network.run(&noise(64, 2), 64, 2).is_ok());
    assert!(network.run(&noise(1 << 17, 2), 1 << 17, 2).is_err());
}

#[test]
fn a_packed_file_is_written_as_it_was_read() {
    assert!(Model::from_packed(PACKED).unwrap().to_packed() == PACKED);
}

#[test]
fn a_packed_file_that_is_cut_off_or_too_long_is_refused() {
    for length in (0..256).chain((256..PACKED.len()).step_by(61)) {
        assert!(Model::from_packed(&PACKED[..length]).is_err(), "{length} bytes");
    }
    assert!(Model::from_packed(&[PACKED, &[0; 4]].concat()).is_err());
}

/// Where the words lie that are not weights.
fn structure() -> Vec<usize> {
    let word = |at: usize| u32::from_le_bytes(PACKED[4 * at..][..4].try_into().unwrap()) as usize;
    let mut words: Vec<usize> = (0..4).collect();
    for _ in 0..word(2) {
        let head = words[words.len() - 1] + 1;
        let head = if words.len() == 4 { head } else { head + word(head - 1) };
        words.extend(head..head + 5);
    }
    let outputs = words[words.len() - 1] + 1 + word(words[words.len() - 1]);
    words.extend(outputs..PACKED.len() / 4);
    words
}

#[test]
fn a_changed_packed_file_is_refused_or_run_without_a_panic() {
    let rgb = noise(64, 64);
    for word in structure() {
        for value in [0, 1, 2, 3, 4, 5, 7, 8, 64, 255, 256, 1 << 16, 1 << 31, u32::MAX] {
            let mut packed = PACKED.to_vec();
            packed[4 * word..][..4].copy_from_slice(&value.to_le_bytes());
            if let Ok(mut network) = CompactNetwork::from_packed(&packed) {
                let _ = network.run(&rgb, 64, 64);
            }
        }
    }
}

#[test]
fn a_weight_that_is_not_a_number_is_refused() {
    // The first bias comes after the header and the first layer's five words.
    let first_bias = 4 * (4 + 5);
    for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let mut packed = PACKED.to_vec();
        packed[first_bias..][..4].copy_from_slice(&value.to_le_bytes());
        assert!(Model::from_packed(&packed).is_err(), "{value}");
    }
}
