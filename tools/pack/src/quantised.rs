//! Folding weights that a file stores as blocks of 8 bits into plain constants.
//!
//! tract 0.23 does not read `DequantizeLinear` with blocks (ONNX operator set 21), so the reference needs this as much as
//! the packed files do. `Dropout`, which does nothing when a network is used, goes as well.

use std::collections::HashMap;

use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto};

use crate::onnx::{Constant, Refusal, integer, read_constants, refusal};

/// Replaces every `DequantizeLinear` of constants, and a `Reshape` after it, by what it makes.
///
/// # Errors
/// Names the first node whose blocks do not fit its weights.
pub(crate) fn fold(model: &mut ModelProto) -> Result<(), Refusal> {
    let Some(graph) = &mut model.graph else { return Ok(()) };
    let constants = read_constants(graph).map_err(|e| e.to_string())?;
    let mut folded: HashMap<String, Constant> = HashMap::new();
    for node in &graph.node {
        match node.op_type.as_str() {
            "DequantizeLinear" => {
                folded.insert(node.output[0].clone(), dequantised(node, &constants)?);
            }
            "Reshape" => {
                let (Some(weights), Some(shape)) = (folded.remove(&node.input[0]), constants.get(&node.input[1]))
                else {
                    continue;
                };
                let shape = shape.values.iter().map(|length| *length as usize).collect();
                folded.insert(node.output[0].clone(), Constant { shape, ..weights });
            }
            _ => {}
        }
    }
    remove_dropout(graph);
    remove_folded(graph, &folded);
    graph.initializer.extend(folded.into_iter().map(|(name, constant)| to_proto(name, constant)));
    remove_inputs(graph, &constants);
    Ok(())
}

/// Source: ONNX operator DequantizeLinear 21, blocked: `(x - zero point) * scale`, where every `block_size` numbers along
/// `axis` have a zero point and a scale of their own. Here for weights that are a list or a table cut along its rows.
fn dequantised(node: &NodeProto, constants: &HashMap<String, Constant>) -> Result<Constant, Refusal> {
    let constant = |index: usize| {
        let constant = node.input.get(index).and_then(|name| constants.get(name));
        constant.ok_or_else(|| refusal(node, &format!("input {index} is not a constant")))
    };
    let [weights, scales, zeros] = [constant(0)?, constant(1)?, constant(2)?];
    let row = *weights.shape.last().unwrap_or(&0);
    let block = usize::try_from(integer(node, "block_size", 0)).unwrap_or(0);
    let along_rows = integer(node, "axis", 1) == weights.shape.len() as i64 - 1;
    if !along_rows || block == 0 || row == 0 || scales.shape != zeros.shape {
        return Err(refusal(node, "its weights are not in blocks along rows"));
    }
    let blocks = row.div_ceil(block);
    if scales.values.len() != weights.values.len() / row * blocks {
        return Err(refusal(node, "it has too many or too few blocks"));
    }
    let grid = |index: usize| index / row * blocks + index % row / block;
    let numbers = weights.values.iter().enumerate();
    let values = numbers.map(|(index, x)| (x - zeros.values[grid(index)]) * scales.values[grid(index)]).collect();
    Ok(Constant { shape: weights.shape.clone(), values })
}

fn remove_dropout(graph: &mut GraphProto) {
    let dropouts = graph.node.iter().filter(|node| node.op_type == "Dropout");
    let names: HashMap<String, String> = dropouts.map(|node| (node.output[0].clone(), node.input[0].clone())).collect();
    graph.node.retain(|node| node.op_type != "Dropout");
    for input in graph.node.iter_mut().flat_map(|node| &mut node.input) {
        if let Some(name) = names.get(input) {
            input.clone_from(name);
        }
    }
}

/// Removes what made the folded constants, and the constants that only they read.
fn remove_folded(graph: &mut GraphProto, folded: &HashMap<String, Constant>) {
    if folded.is_empty() {
        return;
    }
    let makes_folded = |node: &NodeProto| {
        node.op_type == "DequantizeLinear" || node.output.iter().any(|output| folded.contains_key(output))
    };
    graph.node.retain(|node| !makes_folded(node));
    let is_read = |name: &String| graph.node.iter().any(|node| node.input.contains(name));
    graph.initializer.retain(|constant| is_read(&constant.name));
}

/// A file may list its constants among its inputs, and those that were there before it was made smaller.
fn remove_inputs(graph: &mut GraphProto, constants: &HashMap<String, Constant>) {
    let is_read = |name: &String| graph.node.iter().any(|node| node.input.contains(name));
    graph.input.retain(|input| !constants.contains_key(&input.name) && is_read(&input.name));
}

fn to_proto(name: String, constant: Constant) -> TensorProto {
    TensorProto {
        name,
        dims: constant.shape.iter().map(|length| *length as i64).collect(),
        data_type: DataType::Float as i32,
        float_data: constant.values,
        ..TensorProto::default()
    }
}
