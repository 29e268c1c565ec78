#![allow(clippy::unwrap_used)]

use super::plan::Run;
use super::simd::{Array, Work};
use super::*;
use crate::infer::{Channels, InputSpec, TractNetwork};
use crate::photo::resize_rgb;

const ASTRONAUT: &[u8] = include_bytes!("../../../tests/photos/astronaut.jpg");
const SOLVAY: &[u8] = include_bytes!("../../../tests/photos/solvay_1927.jpg");

/// A network the project ships.
struct Shipped {
    onnx: &'static [u8],
    packed: &'static [u8],
    input: InputSpec,
    /// Which output holds the scores, in its last channel or column.
    scores: usize,
}

const YUNET: Shipped = Shipped {
    onnx: include_bytes!("../../../models/face_detection_yunet_2023mar.onnx"),
    packed: include_bytes!("../../../models/face_detection_yunet_2023mar.packed"),
    input: InputSpec::plain(Channels::Bgr, 32),
    scores: 0,
};

const CENTERFACE: Shipped = Shipped {
    onnx: include_bytes!("../../../models/centerface.onnx"),
    packed: include_bytes!("../../../models/centerface.packed"),
    input: InputSpec::plain(Channels::Rgb, 32),
    scores: 0,
};

const RETINAFACE: Shipped = Shipped {
    onnx: include_bytes!("../../../models/retinaface_mobilenet025.onnx"),
    packed: include_bytes!("../../../models/retinaface_mobilenet025.packed"),
    input: InputSpec { mean: [127.0, 117.0, 104.0], ..InputSpec::plain(Channels::Bgr, 32) },
    scores: 1,
};

/// Widths and heights: the smallest; rows that do not fill a tile at the deepest level; a usual one; the largest tile;
/// a tall one.
const SIZES: [(usize, usize); 6] = [(32, 32), (96, 160), (320, 320), (640, 448), (1088, 1088), (64, 2048)];

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

fn photo(jpeg: &[u8], width: usize, height: usize) -> Vec<u8> {
    let photo = image::load_from_memory(jpeg).unwrap().into_rgb8();
    resize_rgb(photo.as_raw(), photo.width(), photo.height(), width as u32, height as u32).unwrap()
}

fn yunet() -> CompactNetwork {
    CompactNetwork::from_packed(YUNET.packed).unwrap()
}

/// A small network with a layer of every kind.
fn every_kind() -> Model {
    let weight = |index: usize| (index % 7) as f32 / 8.0 - 0.375;
    let panels = |rows: usize| (0..rows).map(|row| std::array::from_fn(|column| weight(3 * row + column))).collect();
    let layer = |source, kind| Layer { source, kind, activation: Activation::None };
    let relu = |source, kind| Layer { source, kind, activation: Activation::Relu };
    let leaky = |source, kind| Layer { source, kind, activation: Activation::LeakyRelu(0.1) };
    let layers = vec![
        relu(0, Kind::Stem(panels(TAPS * PICTURE_CHANNELS + 1))),
        leaky(1, Kind::Depthwise { weights: panels(TAPS + 1), halved: true }),
        layer(2, Kind::Pointwise(vec![[0.1; PANEL]; 9])),
        leaky(3, Kind::Dense(panels(TAPS * 8 + 1))),
        relu(4, Kind::Add(3)),
        layer(5, Kind::MaxPool),
        leaky(5, Kind::AddUpsampled(6)),
        relu(7, Kind::Transposed(panels(QUARTERS * 9))),
        layer(8, Kind::Depthwise { weights: panels(TAPS + 1), halved: false }),
        leaky(9, Kind::Concat(1)),
        layer(10, Kind::ParametricRelu(panels(2))),
        layer(0, Kind::Dense(panels(TAPS * PANEL + 1))),
    ];
    let part = |value, first, channels| Part { value, first, channels };
    let planes =
        OutputSpec { parts: vec![part(11, 3, 7)], layout: OutputLayout::Planes, function: OutputFunction::Sigmoid };
    let rows = OutputSpec {
        parts: vec![part(5, 0, 8), part(6, 2, 4)],
        layout: OutputLayout::Rows(2),
        function: OutputFunction::Softmax,
    };
    Model { mean: [1.0, 2.0, 3.0], layers, outputs: vec![planes, rows] }
}

/// A network that takes 16 x 8 pixels only. Its largest weights are what rounding to 8 bits keeps.
fn connected() -> Model {
    let inputs = PANEL * 16 * 8;
    let weights =
        (0..2 * (inputs + 1)).map(|row| std::array::from_fn(|column| ((7 * row + column) % 256) as f32 / 64.0));
    let dense =
        Layer { source: 0, kind: Kind::Dense(vec![[0.25; PANEL]; TAPS * PANEL + 1]), activation: Activation::None };
    let pointwise = Kind::Pointwise((0..=PANEL).map(|row| [row as f32 - 3.0; PANEL]).collect());
    let function = OutputFunction::FullyConnected { inputs, weights: weights.collect() };
    Model {
        layers: vec![dense, Layer { source: 1, kind: pointwise, activation: Activation::None }],
        outputs: vec![OutputSpec {
            parts: vec![Part { value: 2, first: 0, channels: PANEL }],
            layout: OutputLayout::Planes,
            function,
        }],
        ..Model::default()
    }
}

/// What tract makes of the ONNX file and what the compact engine makes of the packed one.
fn both(shipped: &Shipped, rgb: &[u8], width: usize, height: usize) -> [Vec<Output>; 2] {
    let mut reference = TractNetwork::from_onnx(shipped.onnx, shipped.input).unwrap();
    let mut network = CompactNetwork::from_packed(shipped.packed).unwrap();
    let outputs = [reference.run(rgb, width, height).unwrap(), network.run(rgb, width, height).unwrap()];
    assert!(outputs[0].iter().map(|output| &output.shape).eq(outputs[1].iter().map(|output| &output.shape)));
    outputs
}

/// The largest difference; infinite if one is not a number.
fn difference<'a>(one: impl IntoIterator<Item = &'a f32>, other: impl IntoIterator<Item = &'a f32>) -> f32 {
    let differences = one.into_iter().zip(other).map(|(one, other)| (one - other).abs());
    differences.fold(0.0, |largest, d| if d.is_nan() { f32::INFINITY } else { d.max(largest) })
}

/// The numbers of an output, cell by cell.
fn cells(output: &Output) -> Vec<Vec<f32>> {
    match output.shape[..] {
        [1, channels, height, width] => {
            let area = height * width;
            let cell = |cell| (0..channels).map(|channel| output.values[channel * area + cell]).collect();
            (0..area).map(cell).collect()
        }
        [1, _, length] => output.values.chunks_exact(length).map(<[f32]>::to_vec).collect(),
        _ => panic!("unknown shape {:?}", output.shape),
    }
}

/// With weights rounded alike, every layer is within 1e-4 of tract's: tested where the packed files are made.
#[test]
fn weights_of_16_bits_change_every_output_of_yunet_by_less_than_a_hundredth() {
    for (width, height) in SIZES {
        for rgb in [noise(width, height), photo(ASTRONAUT, width, height)] {
            let [expected, got] = both(&YUNET, &rgb, width, height);
            for (index, (expected, got)) in expected.iter().zip(&got).enumerate() {
                let scale = expected.values.iter().fold(1.0f32, |scale, value| scale.max(value.abs()));
                let share = difference(&expected.values, &got.values) / scale;
                assert!(share < 0.01, "output {index} at {width} x {height} differs by {share}");
            }
        }
    }
}

/// The other tests run with the best vectors that the processor has.
#[test]
fn vectors_for_any_processor_give_the_same() {
    for shipped in [YUNET, CENTERFACE, RETINAFACE] {
        let rgb = photo(ASTRONAUT, 160, 96);
        let mut network = CompactNetwork::from_packed(shipped.packed).unwrap();
        let expected = network.run(&rgb, 160, 96).unwrap();
        let mut plan = network.plans.pop_front().unwrap();
        let mut got = plan.outputs(&network.model);
        Run { plan: &mut plan, model: &network.model, rgb: &rgb, outputs: &mut got }.with::<Array<false>>();
        for (expected, got) in expected.iter().zip(&got) {
            assert!(difference(&expected.values, &got.values) < 1e-3);
        }
    }
}

#[test]
fn weights_of_16_bits_change_scores_by_less_than_a_hundredth() {
    for shipped in [CENTERFACE, RETINAFACE] {
        for (width, height) in SIZES {
            for rgb in [noise(width, height), photo(ASTRONAUT, width, height), photo(SOLVAY, width, height)] {
                let outputs = both(&shipped, &rgb, width, height);
                let [expected, got] = outputs.each_ref().map(|outputs| &outputs[shipped.scores].values);
                let difference = difference(expected, got);
                assert!(difference < 0.01, "{difference} at {width} x {height}");
            }
        }
    }
}

/// Boxes and landmarks are in units of the cell, of its prior or of the logarithm of either.
#[test]
fn weights_of_16_bits_move_found_boxes_and_landmarks_by_less_than_a_thirtieth_of_their_units() {
    for shipped in [CENTERFACE, RETINAFACE] {
        let [expected, got] = both(&shipped, &photo(SOLVAY, 1280, 896), 1280, 896);
        let scores = cells(&expected[shipped.scores]);
        let found: Vec<usize> = (0..scores.len()).filter(|cell| *scores[*cell].last().unwrap() > 0.2).collect();
        assert!(found.len() > 100, "{}", found.len());
        for (expected, got) in expected.iter().zip(&got) {
            let (expected, got) = (cells(expected), cells(got));
            let numbers =
                |cells: &'_ [Vec<f32>]| found.iter().flat_map(|cell| cells[*cell].clone()).collect::<Vec<_>>();
            let difference = difference(&numbers(&expected), &numbers(&got));
            assert!(difference < 1.0 / 30.0, "{difference}");
        }
    }
}

#[test]
fn a_run_leaves_nothing_behind_for_the_next() {
    let mut network = yunet();
    let expected = network.run(&noise(96, 64), 96, 64).unwrap();
    network.run(&photo(ASTRONAUT, 96, 64), 96, 64).unwrap();
    assert_eq!(network.run(&noise(96, 64), 96, 64).unwrap(), expected);
    network.run(&noise(64, 128), 64, 128).unwrap();
    assert_eq!(network.run(&noise(96, 64), 96, 64).unwrap(), expected);
}

#[test]
fn plans_are_kept_for_several_sizes_but_not_for_as_many_as_there_are() {
    let mut network = yunet();
    for width in (32..=1600).step_by(32) {
        network.run(&noise(width, 32), width, 32).unwrap();
    }
    assert!(network.plans.len() > 4, "{}", network.plans.len());
    let older: usize = network.plans.iter().skip(1).map(Plan::bytes).sum();
    assert!(older <= MOST_BYTES && network.plans[0].is_for(1600, 32), "{older}");
}

#[test]
fn memory_grows_with_the_width_and_not_with_the_height() {
    for (shipped, megabytes) in [YUNET, CENTERFACE, RETINAFACE].iter().zip([4, 16, 8]) {
        let bytes = |width, height| {
            let mut network = CompactNetwork::from_packed(shipped.packed).unwrap();
            network.run(&noise(width, height), width, height).unwrap();
            network.plans[0].bytes()
        };
        assert!(bytes(1088, 1088) < megabytes << 20, "{}", bytes(1088, 1088));
        assert_eq!(bytes(64, 2048), bytes(64, 1024));
    }
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    let mut network = yunet();
    for (bytes, width, height) in [(0, 0, 0), (0, 32, 0), (3 * 33 * 32, 33, 32), (3 * 48 * 32, 48, 32), (7, 32, 32)] {
        let refused = network.run(&vec![0; bytes], width, height);
        assert!(matches!(refused, Err(crate::error::Error::Model(ModelError::Run(_)))), "{width} x {height}");
    }
    assert!(network.run(&[], usize::MAX, 2).is_err());
}

fn is_refused_when_large(model: &Model) -> bool {
    let mut network = CompactNetwork::from_packed(&model.to_packed()).unwrap();
    assert!(network.run(&noise(64, 16), 64, 16).is_ok());
    network.run(&noise(1 << 17, 16), 1 << 17, 16).is_err()
}

#[test]
fn a_network_whose_values_need_too_much_memory_is_refused() {
    let stem = Kind::Stem(vec![[0.0; PANEL]; 256 * (TAPS * PICTURE_CHANNELS + 1)]);
    let layers = vec![Layer { source: 0, kind: stem, activation: Activation::None }];
    let parts = vec![Part { value: 1, first: 0, channels: 1 }];
    let outputs = vec![OutputSpec { parts, layout: OutputLayout::Planes, function: OutputFunction::None }];
    assert!(is_refused_when_large(&Model { layers, outputs, ..Model::default() }));
}

#[test]
fn a_network_whose_outputs_need_too_much_memory_is_refused() {
    let mut model = every_kind();
    assert!(!is_refused_when_large(&model));
    model.outputs[1].parts = vec![Part { value: 10, first: 0, channels: 16 }; 20];
    assert!(is_refused_when_large(&model));
}

#[test]
fn rows_of_shares_sum_to_one() {
    let outputs = CompactNetwork::from_packed(&every_kind().to_packed()).unwrap().run(&noise(32, 16), 32, 16).unwrap();
    assert_eq!(outputs[0].shape, [1, 7, 8, 16]);
    assert_eq!(outputs[1].shape, [1, 4 * (8 * 4) + 2 * (4 * 2), 2]);
    for row in outputs[1].values.chunks(2) {
        assert!((row[0] + row[1] - 1.0).abs() < 1e-6);
    }
}

#[test]
fn a_packed_file_is_written_as_it_was_read() {
    for Shipped { packed, .. } in [YUNET, CENTERFACE, RETINAFACE] {
        assert!(Model::from_packed(packed).unwrap().to_packed() == packed);
    }
    for model in [every_kind(), connected()] {
        assert_eq!(Model::from_packed(&model.to_packed()).unwrap(), model);
    }
}

#[test]
fn a_packed_file_that_is_cut_off_or_too_long_is_refused() {
    for packed in [every_kind().to_packed(), connected().to_packed_8_bit().unwrap()] {
        for length in 0..packed.len() {
            assert!(Model::from_packed(&packed[..length]).is_err(), "{length} bytes");
        }
        assert!(Model::from_packed(&[&packed, &[0; 4][..]].concat()).is_err());
    }
}

/// Words of a file that are changed one by one: more than any of the small networks has before its last weights.
const MOST_WORDS: usize = 1500;

#[test]
fn a_changed_packed_file_is_refused_or_run_without_a_panic() {
    let files = [(every_kind().to_packed(), 32, 16), (connected().to_packed_8_bit().unwrap(), 16, 8)];
    for (packed, width, height) in files {
        let rgb = noise(width, height);
        for word in (0..packed.len() / 4).take(MOST_WORDS) {
            for value in [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16, 32, 64, 255, 256, 1 << 16, 1 << 31, u32::MAX] {
                let mut packed = packed.clone();
                packed[4 * word..][..4].copy_from_slice(&u32::to_le_bytes(value));
                if let Ok(mut network) = CompactNetwork::from_packed(&packed) {
                    let _ = network.run(&rgb, width, height);
                }
            }
        }
    }
}

#[test]
fn a_fully_connected_output_allows_one_size_only() {
    let mut network = CompactNetwork::from_packed(&connected().to_packed()).unwrap();
    let outputs = network.run(&noise(16, 8), 16, 8).unwrap();
    assert_eq!(outputs[0].shape, [1, 2 * PANEL]);
    for (width, height) in [(16, 16), (8, 8), (32, 8)] {
        assert!(network.run(&noise(width, height), width, height).is_err());
    }
    // The same number of pixels.
    assert!(network.run(&noise(8, 16), 8, 16).is_ok());
}

#[test]
fn weights_of_8_bits_are_off_by_half_a_step_at_most() {
    let exact = connected();
    let rounded = Model::from_packed(&exact.to_packed_8_bit().unwrap()).unwrap();
    let weights = |model: &Model| match &model.outputs[0].function {
        OutputFunction::FullyConnected { weights, .. } => weights.as_flattened().to_vec(),
        _ => panic!("the function is another"),
    };
    // From 0 to 255 / 64: a step is 1 / 64 at most.
    assert!(difference(&weights(&exact), &weights(&rounded)) <= 0.5 / 64.0);
}

#[test]
fn weights_of_8_bits_stay_when_they_are_rounded_again() {
    let once = connected().to_packed_8_bit().unwrap();
    let again = Model::from_packed(&once).unwrap().to_packed_8_bit().unwrap();
    let [once, again] = [once, again].map(|packed| Model::from_packed(&packed).unwrap());
    let rgb = noise(16, 8);
    let outputs = [once, again].map(|model| {
        CompactNetwork::from_packed(&model.to_packed()).unwrap().run(&rgb, 16, 8).unwrap().remove(0).values
    });
    let scale = outputs[0].iter().fold(0.0f32, |scale, value| scale.max(value.abs()));
    assert!(difference(&outputs[0], &outputs[1]) < 1e-6 * scale);
}

#[test]
fn a_weight_that_is_not_a_number_is_refused() {
    let mut model = every_kind();
    for weight in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        model.layers[2].kind = Kind::Pointwise(vec![[weight; PANEL]; 9]);
        assert!(Model::from_packed(&model.to_packed()).is_err(), "{weight}");
    }
}

#[test]
fn a_weight_of_16_bits_that_is_not_a_number_is_refused() {
    let packed = every_kind().to_packed();
    // The first weights follow the header's seven words and the layer's seven.
    let first = 4 * (7 + 7);
    for weight in [0x7c00u16, 0xfc00, 0x7e00] {
        let mut packed = packed.clone();
        packed[first..][..2].copy_from_slice(&weight.to_le_bytes());
        assert!(Model::from_packed(&packed).is_err(), "{weight:#x}");
    }
}
