//! Reading an ONNX file: nodes in order, and constants by name.
//!
//! `Constant` and `Identity` nodes are resolved, and duplicate nodes are merged.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use tract_onnx::data_resolver::MmapDataResolver;
use tract_onnx::pb::{AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto};
use tract_onnx::prelude::{Framework, Tensor, TractResult, f16};
use tract_onnx::tensor::load_tensor;

use crate::quantised;

/// Why a network cannot be packed.
pub(crate) type Refusal = String;

/// An ONNX graph.
pub(crate) struct Graph {
    /// In an order in which they can be computed.
    pub(crate) nodes: Vec<NodeProto>,
    /// Names of the graph's outputs.
    pub(crate) outputs: Vec<String>,
    /// Name of the one input that is not a constant.
    pub(crate) input: String,
    constants: HashMap<String, Constant>,
}

/// A constant tensor.
pub(crate) struct Constant {
    /// Length of each axis.
    pub(crate) shape: Vec<usize>,
    /// Row-major values.
    pub(crate) values: Vec<f32>,
}

impl Graph {
    /// Reads the bytes of an ONNX file.
    pub(crate) fn read(onnx: &[u8]) -> Result<Self, Refusal> {
        let graph = read_model(onnx)?.graph.ok_or("the file holds no graph")?;
        let constants = read_constants(&graph).map_err(|e| e.to_string())?;
        let names = graph.input.iter().map(|input| &input.name);
        let inputs: Vec<&String> = names.filter(|name| !constants.contains_key(*name)).collect();
        let [input] = inputs[..] else { return Err(format!("{} inputs instead of one", inputs.len())) };
        let input = input.clone();
        let outputs = graph.output.into_iter().map(|output| output.name).collect();
        let mut graph = Self { nodes: graph.node, outputs, input, constants };
        graph.resolve();
        Ok(graph)
    }

    /// Rounds every constant to the nearest number that 16 bits can hold.
    pub(crate) fn round_to_half(&mut self) {
        let values = self.constants.values_mut().flat_map(|constant| &mut constant.values);
        values.for_each(|value| *value = f16::from_f32(*value).to_f32());
    }

    /// Removes the nodes that only rename a value, and merges duplicate nodes.
    fn resolve(&mut self) {
        let mut names: HashMap<String, String> = HashMap::new();
        let mut made: HashMap<(String, Vec<String>, String), String> = HashMap::new();
        self.nodes.retain_mut(|node| {
            for input in &mut node.input {
                if let Some(name) = names.get(input) {
                    input.clone_from(name);
                }
            }
            let [output] = &node.output[..] else { return true };
            if node.op_type == "Constant" {
                return false;
            }
            if node.op_type == "Identity" {
                names.insert(output.clone(), node.input[0].clone());
                return false;
            }
            match made.entry((node.op_type.clone(), node.input.clone(), format!("{:?}", node.attribute))) {
                Entry::Occupied(twin) => names.insert(output.clone(), twin.get().clone()).is_some(),
                Entry::Vacant(first) => !first.insert(output.clone()).is_empty(),
            }
        });
    }

    /// The constant that a node has as its input number `index`.
    pub(crate) fn constant(&self, node: &NodeProto, index: usize) -> Result<&Constant, Refusal> {
        let constant = node.input.get(index).and_then(|name| self.constants.get(name));
        constant.ok_or_else(|| refusal(node, &format!("input {index} is not a constant")))
    }

    /// How many nodes and outputs read the tensor.
    pub(crate) fn readers(&self, tensor: &str) -> usize {
        let inputs = self.nodes.iter().flat_map(|node| &node.input);
        inputs.chain(&self.outputs).filter(|name| *name == tensor).count()
    }
}

/// The bytes of an ONNX file as a message, with its weights as plain constants.
pub(crate) fn read_model(mut onnx: &[u8]) -> Result<ModelProto, Refusal> {
    let mut model = tract_onnx::onnx().proto_model_for_read(&mut onnx).map_err(|e| e.to_string())?;
    quantised::fold(&mut model)?;
    Ok(model)
}

/// Every constant of a graph by name, whatever its type.
pub(crate) fn read_constants(graph: &GraphProto) -> TractResult<HashMap<String, Constant>> {
    let initializers = graph.initializer.iter().map(|proto| (&proto.name, proto));
    let constants = graph.node.iter().filter(|node| node.op_type == "Constant").filter_map(|node| {
        let value = attribute(node, "value")?.t.as_ref()?;
        Some((node.output.first()?, value))
    });
    initializers.chain(constants).map(|(name, proto)| Ok((name.clone(), read_constant(proto)?))).collect()
}

fn read_constant(proto: &TensorProto) -> TractResult<Constant> {
    let tensor: Tensor = load_tensor(&MmapDataResolver, proto, None)?;
    let values = tensor.cast_to::<f32>()?;
    let values = values.to_plain_array_view::<f32>()?.iter().copied().collect();
    Ok(Constant { shape: tensor.shape().to_vec(), values })
}

/// Numbers of an attribute, or `default` if the node does not have it.
pub(crate) fn integers(node: &NodeProto, name: &str, default: &[i64]) -> Vec<i64> {
    attribute(node, name).map_or(default.to_vec(), |attribute| attribute.ints.clone())
}

/// Number of an attribute, or `default` if the node does not have it.
pub(crate) fn integer(node: &NodeProto, name: &str, default: i64) -> i64 {
    attribute(node, name).map_or(default, |attribute| attribute.i)
}

/// Number of an attribute, or `default` if the node does not have it.
pub(crate) fn float(node: &NodeProto, name: &str, default: f32) -> f32 {
    attribute(node, name).map_or(default, |attribute| attribute.f)
}

/// Text of an attribute, or `default` if the node does not have it.
pub(crate) fn text<'a>(node: &'a NodeProto, name: &str, default: &'a str) -> &'a str {
    attribute(node, name).map_or(default, |attribute| str::from_utf8(&attribute.s).unwrap_or_default())
}

fn attribute<'a>(node: &'a NodeProto, name: &str) -> Option<&'a AttributeProto> {
    node.attribute.iter().find(|attribute| attribute.name == name)
}

/// Says which node cannot be packed.
pub(crate) fn refusal(node: &NodeProto, reason: &str) -> Refusal {
    format!("{} that makes {}: {reason}", node.op_type, node.output.join(", "))
}
