#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::detect::{BoxForm, Detection, Detector, Family, Unit, iou};
use crate::error::{Error, LimitsError};
use crate::infer::Channels;
use crate::photo::{self, Frame, Limits};

const YUNET_ONNX: &[u8] = include_bytes!("../../../models/face_detection_yunet_2023mar.onnx");
const RETINAFACE_ONNX: &[u8] = include_bytes!("../../../models/retinaface_mobilenet025.onnx");
const CENTERFACE_ONNX: &[u8] = include_bytes!("../../../models/centerface.onnx");
const YUNET: &[u8] = include_bytes!("../../../models/face_detection_yunet_2023mar.packed");
const GROUP: &[u8] = include_bytes!("../../../tests/photos/solvay_1927.jpg");

/// Stands in for YuNet and sees nothing.
struct Blind;

impl Network for Blind {
    fn run(&mut self, _: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
        let cells = |stride: usize| (width / stride) * (height / stride);
        let lengths = [1, 1, 4, 10].into_iter().flat_map(|each| [8, 16, 32].map(|stride| each * cells(stride)));
        Ok(lengths.map(|length| Output { shape: vec![1, length], values: vec![0.0; length] }).collect())
    }
}

fn blind() -> Detector {
    let mut detector = Detector::default();
    detector.set_network(Family::YuNet, Box::new(Blind));
    detector
}

fn spec(json: &str) -> DetectorSpec {
    serde_json::from_str(json).unwrap()
}

fn yunet_spec() -> DetectorSpec {
    spec(r#"{"input": {"channels": "bgr", "sides": {"multipleOf": 32}}, "head": "yunet"}"#)
}

fn faces(detector: &mut Detector, frame: &Frame) -> Vec<Detection> {
    detector.detect(frame, &Policy::default(), &mut |_| ()).unwrap()
}

#[test]
fn a_custom_detector_with_a_known_head_finds_what_the_built_in_one_finds() {
    let frame = photo::open(GROUP, &Limits::default()).unwrap().frame;
    let expected = faces(&mut Detector::from_yunet(YUNET).unwrap(), &frame);
    let cases = [
        (YUNET_ONNX, yunet_spec(), 0.8),
        (
            CENTERFACE_ONNX,
            spec(r#"{"input": {"channels": "rgb", "sides": {"multipleOf": 32}}, "head": "centerface"}"#),
            0.4,
        ),
        (
            RETINAFACE_ONNX,
            spec(
                r#"{"input": {"channels": "bgr", "mean": [127, 117, 104], "sides": {"multipleOf": 32}},
                    "head": "retinaface"}"#,
            ),
            0.4,
        ),
    ];
    for (onnx, spec, alike) in cases {
        let name = format!("{:?}", spec.head);
        let mut detector = blind();
        detector.load_custom_onnx(onnx, spec).unwrap();
        let found = faces(&mut detector, &frame);
        for face in &expected {
            assert!(found.iter().any(|detection| iou(detection.bbox, face.bbox) > alike), "{name}: {:?}", face.bbox);
        }
    }
}

/// What a field of a protobuf message holds.
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

use Field::{Bytes, Number};

/// A protobuf message (protobuf.dev, "Encoding"). The numbers of the fields are those of onnx.proto.
fn message(fields: &[(u64, Field<'_>)]) -> Vec<u8> {
    fn varint(mut value: u64, out: &mut Vec<u8>) {
        while value >= 0x80 {
            out.push(value as u8 | 0x80);
            value >>= 7;
        }
        out.push(value as u8);
    }
    let mut out = Vec::new();
    for (number, field) in fields {
        match field {
            Number(value) => {
                varint(number << 3, &mut out);
                varint(*value, &mut out);
            }
            Bytes(bytes) => {
                varint(number << 3 | 2, &mut out);
                varint(bytes.len() as u64, &mut out);
                out.extend_from_slice(bytes);
            }
        }
    }
    out
}

const FLOAT: u64 = 1;
const INT64: u64 = 7;

fn value_info(name: &str, shape: &[u64]) -> Vec<u8> {
    let dims: Vec<Vec<u8>> = shape.iter().map(|&length| message(&[(1, Number(length))])).collect();
    let shape = message(&dims.iter().map(|dim| (1, Bytes(dim))).collect::<Vec<_>>());
    let tensor = message(&[(1, Number(FLOAT)), (2, Bytes(&shape))]);
    message(&[(1, Bytes(name.as_bytes())), (2, Bytes(&message(&[(1, Bytes(&tensor))])))])
}

fn constant(name: &str, kind: u64, shape: &[u64], raw: &[u8]) -> Vec<u8> {
    let mut fields: Vec<_> = shape.iter().map(|&length| (1, Number(length))).collect();
    fields.extend([(2, Number(kind)), (8, Bytes(name.as_bytes())), (9, Bytes(raw))]);
    message(&fields)
}

fn floats(name: &str, shape: &[u64], values: &[f32]) -> Vec<u8> {
    constant(name, FLOAT, shape, &values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>())
}

fn integers(name: &str, values: &[i64]) -> Vec<u8> {
    let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    constant(name, INT64, &[values.len() as u64], &raw)
}

fn node(operator: &str, inputs: &[&str], output: &str, attributes: &[(&str, &[u64])]) -> Vec<u8> {
    let attributes: Vec<Vec<u8>> = attributes
        .iter()
        .map(|(name, values)| {
            let mut fields: Vec<_> = values.iter().map(|&value| (8, Number(value))).collect();
            // Its type: a list of integers.
            fields.extend([(1, Bytes(name.as_bytes())), (20, Number(7))]);
            message(&fields)
        })
        .collect();
    let mut fields: Vec<_> = inputs.iter().map(|input| (1, Bytes(input.as_bytes()))).collect();
    fields.extend([(2, Bytes(output.as_bytes())), (4, Bytes(operator.as_bytes()))]);
    fields.extend(attributes.iter().map(|attribute| (5, Bytes(attribute))));
    message(&fields)
}

/// An ONNX file.
#[derive(Default)]
struct Graph {
    nodes: Vec<Vec<u8>>,
    constants: Vec<Vec<u8>>,
    inputs: Vec<Vec<u8>>,
    outputs: Vec<&'static str>,
}

impl Graph {
    fn file(&self) -> Vec<u8> {
        let outputs: Vec<Vec<u8>> = self.outputs.iter().map(|name| value_info(name, &[])).collect();
        let mut fields: Vec<_> = self.nodes.iter().map(|node| (1, Bytes(node))).collect();
        fields.extend(self.constants.iter().map(|constant| (5, Bytes(constant))));
        fields.extend(self.inputs.iter().map(|input| (11, Bytes(input))));
        fields.extend(outputs.iter().map(|output| (12, Bytes(output))));
        let opset = message(&[(2, Number(13))]);
        message(&[(1, Number(8)), (8, Bytes(&opset)), (7, Bytes(&message(&fields)))])
    }
}

/// Scores each of the 16 cells of a picture of 64 x 64 pixels by its brightest pixel.
fn brightest() -> Graph {
    let corner = |cell: usize| ((cell % 4 * 16) as f32, (cell / 4 * 16) as f32);
    let boxes: Vec<f32> = (0..16).map(corner).flat_map(|(x, y)| [x, y, x + 16.0, y + 16.0]).collect();
    Graph {
        nodes: vec![
            node("Conv", &["picture", "mean"], "grey", &[]),
            // The black past a picture's edge scores nothing, rather than less.
            node("Relu", &["grey"], "light", &[]),
            node("MaxPool", &["light"], "cells", &[("kernel_shape", &[16, 16]), ("strides", &[16, 16])]),
            node("Reshape", &["cells", "rows"], "scores", &[]),
            node("Identity", &["grid"], "boxes", &[]),
        ],
        constants: vec![
            floats("mean", &[1, 3, 1, 1], &[1.0 / 3.0; 3]),
            integers("rows", &[16]),
            floats("grid", &[16, 4], &boxes),
        ],
        inputs: vec![value_info("picture", &[1, 3, 64, 64])],
        outputs: vec!["boxes", "scores"],
    }
}

/// Scales so that only white scores more than the threshold.
fn brightest_spec() -> DetectorSpec {
    spec(
        r#"{"input": {"channels": "rgb", "mean": [127, 127, 127], "scale": [0.0078, 0.0078, 0.0078],
                      "sides": {"fixed": [64, 64]}},
            "head": {"rows": {"boxes": "boxes", "form": "corners", "unit": "pixels", "scores": "scores"}}}"#,
    )
}

fn spot(width: u32, height: u32, x: u32, y: u32) -> Frame {
    let mut rgb = vec![130; 3 * (width * height) as usize];
    rgb[3 * (y * width + x) as usize..][..3].fill(255);
    Frame { width, height, rgb, alpha: None }
}

fn full_size() -> Policy {
    let mut policy = Policy { faint_span: 0, ..Policy::default() };
    policy.scans[0].max_enlargement = 1.0;
    policy
}

#[test]
fn a_network_of_rows_and_one_size_sees_every_part_of_a_picture() {
    let mut detector = blind();
    detector.load_custom_onnx(&brightest().file(), brightest_spec()).unwrap();
    for (x, y) in [(0, 0), (63, 64), (140, 39), (199, 149)] {
        let found = detector.detect(&spot(200, 150, x, y), &full_size(), &mut |_| ()).unwrap();
        let holds = |[left, top, width, height]: [f32; 4]| {
            (left..left + width).contains(&(x as f32)) && (top..top + height).contains(&(y as f32))
        };
        assert!(found.iter().any(|face| holds(face.bbox) && face.bbox[2] <= 17.0), "{x} {y}: {found:?}");
        assert!(found.iter().all(|face| face.landmarks.is_none()));
    }
}

#[test]
fn the_score_is_the_confidence() {
    let mut detector = blind();
    detector.load_custom_onnx(&brightest().file(), brightest_spec()).unwrap();
    let found = detector.detect(&spot(64, 64, 20, 20), &full_size(), &mut |_| ()).unwrap();
    assert!((found[0].confidence - 128.0 * 0.0078).abs() < 1e-3, "{found:?}");
}

/// Why a detector is refused.
fn refusal(onnx: &[u8], spec: DetectorSpec) -> String {
    let mut detector = blind();
    let error = detector.load_custom_onnx(onnx, spec).expect_err("it is refused");
    error.code().to_string()
}

#[test]
fn what_is_no_onnx_file_is_refused() {
    for file in [&b""[..], b"\xFF\xD8\xFF\xE0", &[0; 100], &YUNET_ONNX[..100_000], YUNET] {
        assert_eq!(refusal(file, yunet_spec()), "model-not-onnx", "{:?}", &file[..file.len().min(8)]);
    }
}

#[test]
fn a_file_that_is_too_long_is_not_read() {
    assert_eq!(refusal(&vec![0; (128 << 20) + 1], yunet_spec()), "model-too-large");
}

#[test]
fn a_network_must_have_one_picture_as_its_input() {
    let picture = || value_info("picture", &[1, 3, 64, 64]);
    let inputs = [
        vec![],
        vec![picture(), value_info("other", &[1])],
        vec![value_info("picture", &[1, 64, 64, 3])],
        vec![value_info("picture", &[3, 64, 64])],
    ];
    for inputs in inputs {
        assert_eq!(refusal(&Graph { inputs, ..brightest() }.file(), brightest_spec()), "model-inputs");
    }
}

#[test]
fn operators_that_are_unknown_or_may_never_end_are_refused_by_name() {
    for operator in ["Frobnicate", "If", "Loop", "Scan", "RandomNormalLike"] {
        let mut graph = brightest();
        graph.nodes.push(node(operator, &["grey"], "more", &[]));
        let error = blind().load_custom_onnx(&graph.file(), brightest_spec()).expect_err("it is refused");
        assert_eq!(error, ModelError::Operator(operator.to_owned()).into());
    }
}

#[test]
fn outputs_must_be_those_of_the_description() {
    let rows = |boxes: &str, scores: &str| DetectorSpec {
        head: Head::Rows(Rows {
            boxes: boxes.to_owned(),
            form: BoxForm::Corners,
            unit: Unit::Pixels,
            scores: scores.to_owned(),
            landmarks: None,
        }),
        ..brightest_spec()
    };
    let file = brightest().file();
    assert_eq!(refusal(&file, rows("boxes", "nothing")), "model-outputs");
    assert_eq!(refusal(&file, rows("scores", "boxes")), "model-outputs");
    assert_eq!(refusal(&file, DetectorSpec { head: Head::RetinaFace, ..brightest_spec() }), "model-outputs");
    let unmade = Graph { outputs: vec!["boxes", "scores", "more"], ..brightest() };
    assert_eq!(refusal(&unmade.file(), brightest_spec()), "model-outputs");
}

#[test]
fn values_that_are_no_numbers_are_refused() {
    let mut graph = brightest();
    // The logarithm of a number below zero.
    graph.nodes[3] = node("Reshape", &["logarithm", "rows"], "scores", &[]);
    graph.nodes.insert(3, node("Log", &["cells"], "logarithm", &[]));
    let dark = InputSpec { mean: [255.0; 3], ..brightest_spec().input };
    assert_eq!(refusal(&graph.file(), DetectorSpec { input: dark, ..brightest_spec() }), "model-not-finite");
}

/// Makes a tensor of 10^12 values from constants, and adds it to what is scored.
fn huge(made: Vec<u8>, shape: &[i64]) -> Vec<u8> {
    let mut graph = brightest();
    graph.constants.push(integers("shape", shape));
    graph.constants.push(floats("one", &[1], &[1.0]));
    graph.nodes[3] = node("Reshape", &["sum", "rows"], "scores", &[]);
    graph.nodes.insert(3, node("Add", &["cells", "large"], "sum", &[]));
    graph.nodes.insert(2, made);
    graph.file()
}

#[test]
fn a_tensor_that_is_too_large_is_refused_before_it_is_made() {
    let files = [
        huge(node("ConstantOfShape", &["shape"], "large", &[]), &[1_000_000, 1_000_000]),
        huge(node("Expand", &["one", "shape"], "large", &[]), &[1_000_000, 1_000_000]),
        huge(node("Tile", &["one", "shape"], "large", &[]), &[1_000_000_000_000]),
        huge(node("ConstantOfShape", &["shape"], "large", &[]), &[i64::MAX, i64::MAX]),
    ];
    for file in files {
        assert_eq!(refusal(&file, brightest_spec()), "model-too-large");
    }
}

#[test]
fn a_description_out_of_bounds_is_refused() {
    let plain = InputSpec::plain(Channels::Rgb, 32);
    let inputs = [
        InputSpec { sides: Sides::MultipleOf(0), ..plain },
        InputSpec { sides: Sides::MultipleOf(100_000), ..plain },
        InputSpec { sides: Sides::Fixed([64, 1]), ..plain },
        InputSpec { sides: Sides::Fixed([u32::MAX, 64]), ..plain },
        InputSpec { mean: [f32::NAN; 3], ..plain },
        InputSpec { scale: [f32::INFINITY; 3], ..plain },
    ];
    for input in inputs {
        let description = DetectorSpec { input, head: Head::YuNet };
        assert_eq!(refusal(YUNET_ONNX, description), "model-spec", "{input:?}");
    }
    let misspelt =
        r#"{"input": {"channels": "rgb", "means": [1, 1, 1], "sides": {"multipleOf": 32}}, "head": "yunet"}"#;
    assert!(serde_json::from_str::<DetectorSpec>(misspelt).is_err());
}

/// Answers once, for the trial.
struct Once(bool);

impl Network for Once {
    fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
        if std::mem::replace(&mut self.0, true) {
            return Err(LimitsError::Memory.into());
        }
        Blind.run(rgb, width, height)
    }
}

#[test]
fn when_the_custom_detector_fails_the_scan_fails() {
    let mut detector = blind();
    detector.set_custom(Box::new(Once(false)), yunet_spec()).unwrap();
    let found = detector.detect(&spot(64, 64, 20, 20), &Policy::default(), &mut |_| ());
    assert_eq!(found, Err(Error::Limits(LimitsError::Memory)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// tract may panic, which is caught; what is tested is that there is an end.
    #[test]
    fn damaged_files_give_errors_or_detectors(at in 0..YUNET_ONNX.len(), bytes in any::<[u8; 4]>()) {
        let mut file = YUNET_ONNX.to_vec();
        for (place, byte) in file[at..].iter_mut().zip(bytes) {
            *place = byte;
        }
        let _ = blind().load_custom_onnx(&file, yunet_spec());
    }
}
