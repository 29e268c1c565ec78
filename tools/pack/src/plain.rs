//! ONNX files as a general runtime runs them best: what `make bench` gives to others.
//!
//! Constants are not listed among the inputs, where a runtime must expect other values for them and cannot fold them;
//! weights in blocks of 8 bits are plain ones; and a detector takes pictures of any size. The numbers are those of the file.

use prost::Message;
use tract_onnx::pb::tensor_shape_proto::Dimension;
use tract_onnx::pb::tensor_shape_proto::dimension::Value as Length;
use tract_onnx::pb::type_proto::Value as Type;
use tract_onnx::pb::{GraphProto, TensorShapeProto, ValueInfoProto};

use crate::onnx::{self, Refusal};

/// The bytes of such a file, made from those of an ONNX file; a network whose pictures have a fixed `side` keeps it.
///
/// # Errors
/// Says why the bytes cannot be read.
pub(crate) fn plain(onnx: &[u8], side: Option<usize>) -> Result<Vec<u8>, Refusal> {
    let mut model = onnx::read_model(onnx)?;
    if let (Some(graph), None) = (&mut model.graph, side) {
        free_sizes(graph);
    }
    Ok(model.encode_to_vec())
}

/// One picture of any width and height.
fn free_sizes(graph: &mut GraphProto) {
    let named = |name: &str| Some(Length::DimParam(name.to_string()));
    let lengths = [Some(Length::DimValue(1)), Some(Length::DimValue(3)), named("height"), named("width")];
    let dim = lengths.map(|value| Dimension { value, ..Dimension::default() }).to_vec();
    for input in &mut graph.input {
        set_shape(input, Some(TensorShapeProto { dim: dim.clone() }));
    }
    graph.output.iter_mut().for_each(|output| set_shape(output, None));
    graph.value_info.clear();
}

fn set_shape(tensor: &mut ValueInfoProto, shape: Option<TensorShapeProto>) {
    if let Some(Type::TensorType(of)) = tensor.r#type.as_mut().and_then(|kind| kind.value.as_mut()) {
        of.shape = shape;
    }
}
