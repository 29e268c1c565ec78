//! What can only be tested in WebAssembly, in a dedicated worker as in the app.

#![cfg(all(test, target_arch = "wasm32"))]

use tarnkappe::detect::Detector;
use tarnkappe::infer::{Channels, InputSpec, TractNetwork};
use tarnkappe::pipeline::{Pipeline, Settings};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const YUNET: &[u8] = include_bytes!("../../models/face_detection_yunet_2023mar.packed");
const YUNET_ONNX: &[u8] = include_bytes!("../../models/face_detection_yunet_2023mar.onnx");
const ONE_PERSON: &[u8] = include_bytes!("../photos/astronaut.jpg");

/// tract registers its kernels in constructors that a linker may drop. It then falls back to scalar code, several
/// times slower, and nothing else shows it.
#[wasm_bindgen_test]
fn simd_kernels_are_in_use() {
    let mut network =
        TractNetwork::from_onnx(YUNET_ONNX, InputSpec::plain(Channels::Bgr, 32)).expect("the model loads");
    let operators = network.describe(320, 320).expect("the model is optimised");
    assert!(operators.iter().any(|operator| operator.contains("wasm_")), "{operators:#?}");
}

#[wasm_bindgen_test]
fn a_portrait_has_one_face() {
    let detector = Detector::from_yunet(YUNET).expect("the model loads");
    let mut pipeline = Pipeline::new(detector);
    let checked =
        pipeline.check(ONE_PERSON, "astronaut.jpg", &Settings::default(), &mut |_, _| ()).expect("the photo opens");
    assert_eq!(checked.report.regions.len(), 1);
}
