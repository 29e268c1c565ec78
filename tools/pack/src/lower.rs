//! From ONNX nodes to the layers of the compact engine.
//!
//! Two changes are made on the way. `Relu` becomes part of the convolution before it. And convolutions too narrow for
//! the engine's panels that read the same value become one: YuNet's four heads for one stride, 1 + 1 + 4 + 10
//! channels, are two panels, where each for itself would be filled up with zeros.

use std::collections::HashMap;

use tarnkappe::infer::compact::{Activation, Kind, Layer, Model, OutputSpec, PANEL, PICTURE_CHANNELS, TAPS};
use tract_onnx::pb::NodeProto;

use crate::onnx::{Constant, Graph, Refusal, integer, integers, refusal, text};

/// Translates a graph.
///
/// # Errors
/// Names the first node that the compact engine cannot run.
pub(crate) fn lower(graph: &Graph) -> Result<Model, Refusal> {
    let mut lowering = Lowering { graph, tensors: HashMap::new(), layers: Vec::new() };
    lowering.tensors.insert(&graph.input, Tensor::Picture);
    for node in &graph.nodes {
        let [output] = &node.output[..] else { return Err(refusal(node, "more than one output")) };
        let tensor = lowering.lower(node)?;
        lowering.tensors.insert(output, tensor);
    }
    let outputs = graph.outputs.iter().map(|name| lowering.output(name)).collect::<Result<_, _>>()?;
    Ok(Model { layers: lowering.layers.into_iter().map(Draft::finish).collect(), outputs })
}

/// What a tensor of the graph is for the engine.
#[derive(Clone, Copy)]
enum Tensor {
    Picture,
    Value(Slice),
    /// Each pixel repeated 2 x 2.
    Upsampled(Slice),
    /// Channels last.
    Transposed(Slice),
    /// One row for each pixel.
    Cells(Slice, Activation),
}

/// Some channels of what a layer makes.
#[derive(Clone, Copy, PartialEq)]
struct Slice {
    value: usize,
    first: usize,
    channels: usize,
}

/// A layer whose channels are not yet padded.
struct Draft {
    source: usize,
    kind: DraftKind,
    activation: Activation,
    channels: usize,
}

enum DraftKind {
    /// One filter for each output channel, its bias first and its weights in the engine's order after it.
    Stem(Vec<Vec<f32>>),
    Pointwise(Vec<Vec<f32>>),
    Depthwise(Vec<Vec<f32>>),
    MaxPool,
    AddUpsampled(usize),
}

impl Draft {
    fn finish(self) -> Layer {
        let kind = match self.kind {
            DraftKind::Stem(filters) => Kind::Stem(interleave(filters)),
            DraftKind::Pointwise(filters) => Kind::Pointwise(interleave(filters)),
            DraftKind::Depthwise(filters) => Kind::Depthwise(interleave(filters)),
            DraftKind::MaxPool => Kind::MaxPool,
            DraftKind::AddUpsampled(small) => Kind::AddUpsampled(small),
        };
        Layer { source: self.source, kind, activation: self.activation }
    }

    fn filters(&mut self) -> Option<&mut Vec<Vec<f32>>> {
        match &mut self.kind {
            DraftKind::Stem(filters) | DraftKind::Pointwise(filters) | DraftKind::Depthwise(filters) => Some(filters),
            DraftKind::MaxPool | DraftKind::AddUpsampled(_) => None,
        }
    }
}

/// Filters side by side, as many as a multiple of [`PANEL`] takes, those that are missing made of zeros.
fn interleave<const N: usize>(mut filters: Vec<Vec<f32>>) -> Vec<[f32; N]> {
    let length = filters[0].len();
    filters.resize(filters.len().next_multiple_of(PANEL), vec![0.0; length]);
    let panels = filters.chunks_exact(N);
    panels.flat_map(|panel| (0..length).map(|row| std::array::from_fn(|column| panel[column][row]))).collect()
}

struct Lowering<'a> {
    graph: &'a Graph,
    tensors: HashMap<&'a str, Tensor>,
    layers: Vec<Draft>,
}

impl<'a> Lowering<'a> {
    fn lower(&mut self, node: &'a NodeProto) -> Result<Tensor, Refusal> {
        match node.op_type.as_str() {
            "Conv" => self.convolution(node),
            "Relu" => self.relu(node),
            "MaxPool" => self.max_pool(node),
            "Resize" => self.upsample(node),
            "Add" => self.add(node),
            "Transpose" => self.transpose(node),
            "Reshape" => self.reshape(node),
            "Sigmoid" => self.sigmoid(node),
            _ => Err(refusal(node, "no such operator in the compact engine")),
        }
    }

    fn tensor(&self, node: &NodeProto, index: usize) -> Result<Tensor, Refusal> {
        let tensor = node.input.get(index).and_then(|name| self.tensors.get(name.as_str()));
        tensor.copied().ok_or_else(|| refusal(node, &format!("input {index} is not there")))
    }

    /// All channels of a value.
    fn whole(&self, node: &NodeProto, tensor: Tensor) -> Result<Slice, Refusal> {
        match tensor {
            Tensor::Value(slice) if slice.channels == self.layers[slice.value - 1].channels => Ok(slice),
            _ => Err(refusal(node, "it does not read a whole value")),
        }
    }

    fn push(&mut self, source: usize, kind: DraftKind, channels: usize) -> Tensor {
        self.layers.push(Draft { source, kind, activation: Activation::None, channels });
        Tensor::Value(Slice { value: self.layers.len(), first: 0, channels })
    }

    fn convolution(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let weights = self.graph.constant(node, 1)?;
        let biases = self.graph.constant(node, 2)?;
        let kernel: [usize; 4] = weights.shape[..].try_into().map_err(|_| refusal(node, "not two-dimensional"))?;
        let pads = integers(node, "pads", &[0; 4]);
        let strides = integers(node, "strides", &[1; 2]);
        let plain = integers(node, "dilations", &[1; 2]) == [1; 2] && text(node, "auto_pad", "NOTSET") == "NOTSET";
        let group = usize::try_from(integer(node, "group", 1)).unwrap_or(0);
        let tensor = self.tensor(node, 0)?;
        match (tensor, kernel, &pads[..], &strides[..], plain) {
            (Tensor::Picture, [channels, PICTURE_CHANNELS, 3, 3], [1, 1, 1, 1], [2, 2], true) if group == 1 => {
                Ok(self.push(0, DraftKind::Stem(filters(weights, biases, blue_first)), channels))
            }
            (Tensor::Value(_), [channels, inputs, 1, 1], [0, 0, 0, 0], [1, 1], true) if group == 1 => {
                let source = self.whole(node, tensor)?;
                // The engine counts the padding among the inputs.
                let padding = inputs.next_multiple_of(PANEL) - inputs;
                let padded = |weights: &[f32]| weights.iter().copied().chain(vec![0.0; padding]).collect();
                let filters = filters(weights, biases, padded);
                Ok(self.convolve(source.value, DraftKind::Pointwise(filters), channels))
            }
            (Tensor::Value(source), [channels, 1, 3, 3], [1, 1, 1, 1], [1, 1], true) if group == channels => {
                let kind = DraftKind::Depthwise(filters(weights, biases, <[f32]>::to_vec));
                let tensor = self.convolve(source.value, kind, channels);
                match tensor {
                    Tensor::Value(made) if made.first == source.first && made.channels == source.channels => Ok(tensor),
                    _ => Err(refusal(node, "it does not follow its siblings' order")),
                }
            }
            _ => Err(refusal(node, "no such convolution in the compact engine")),
        }
    }

    /// Adds a convolution: to a narrow one of the same kind that reads the same value, if both are narrow.
    fn convolve(&mut self, source: usize, mut kind: DraftKind, channels: usize) -> Tensor {
        let sibling = self.layers.iter_mut().enumerate().find(|(_, layer)| {
            let same = std::mem::discriminant(&layer.kind) == std::mem::discriminant(&kind);
            same && layer.source == source && layer.activation == Activation::None && is_narrow(layer.channels)
        });
        let (Some((index, layer)), DraftKind::Pointwise(more) | DraftKind::Depthwise(more)) = (sibling, &mut kind)
        else {
            return self.push(source, kind, channels);
        };
        let Some(filters) = layer.filters() else { return self.push(source, kind, channels) };
        filters.append(more);
        let first = layer.channels;
        layer.channels += channels;
        Tensor::Value(Slice { value: index + 1, first, channels })
    }

    fn relu(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let tensor = self.tensor(node, 0)?;
        let slice = self.whole(node, tensor)?;
        let layer = &mut self.layers[slice.value - 1];
        let convolution = layer.filters().is_some() && layer.activation == Activation::None;
        if !convolution || self.graph.readers(&node.input[0]) != 1 {
            return Err(refusal(node, "it does not belong to one convolution"));
        }
        layer.activation = Activation::Relu;
        Ok(tensor)
    }

    fn max_pool(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let source = self.whole(node, self.tensor(node, 0)?)?;
        let expected = integers(node, "kernel_shape", &[]) == [2; 2]
            && integers(node, "strides", &[1; 2]) == [2; 2]
            && integers(node, "pads", &[0; 4]) == [0; 4]
            && integers(node, "dilations", &[1; 2]) == [1; 2]
            && text(node, "auto_pad", "NOTSET") == "NOTSET";
        if !expected {
            return Err(refusal(node, "no such pooling in the compact engine"));
        }
        Ok(self.push(source.value, DraftKind::MaxPool, source.channels))
    }

    fn upsample(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let source = self.whole(node, self.tensor(node, 0)?)?;
        let expected = text(node, "mode", "nearest") == "nearest"
            && text(node, "nearest_mode", "round_prefer_floor") == "floor"
            && text(node, "coordinate_transformation_mode", "half_pixel") == "asymmetric"
            && self.graph.constant(node, 2)?.values == [1.0, 1.0, 2.0, 2.0];
        if expected {
            Ok(Tensor::Upsampled(source))
        } else {
            Err(refusal(node, "no such resizing in the compact engine"))
        }
    }

    fn add(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let (large, small) = match (self.tensor(node, 0)?, self.tensor(node, 1)?) {
            (large, Tensor::Upsampled(small)) | (Tensor::Upsampled(small), large) => (self.whole(node, large)?, small),
            _ => return Err(refusal(node, "none of its inputs is enlarged")),
        };
        Ok(self.push(large.value, DraftKind::AddUpsampled(small.value), large.channels))
    }

    fn transpose(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        match self.tensor(node, 0)? {
            Tensor::Value(slice) if integers(node, "perm", &[]) == [0, 2, 3, 1] => Ok(Tensor::Transposed(slice)),
            _ => Err(refusal(node, "it does not put the channels of a value last")),
        }
    }

    fn reshape(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let shape = &self.graph.constant(node, 1)?.values;
        match self.tensor(node, 0)? {
            Tensor::Transposed(slice) if *shape == [1.0, -1.0, slice.channels as f32] => {
                Ok(Tensor::Cells(slice, Activation::None))
            }
            _ => Err(refusal(node, "it does not make one row for each pixel")),
        }
    }

    fn sigmoid(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        match self.tensor(node, 0)? {
            Tensor::Cells(slice, Activation::None) if self.graph.readers(&node.input[0]) == 1 => {
                Ok(Tensor::Cells(slice, Activation::Sigmoid))
            }
            _ => Err(refusal(node, "it does not stand at the end")),
        }
    }

    fn output(&self, name: &str) -> Result<OutputSpec, Refusal> {
        match self.tensors.get(name) {
            Some(Tensor::Cells(Slice { value, first, channels }, activation)) => {
                Ok(OutputSpec { value: *value, first: *first, channels: *channels, activation: *activation })
            }
            _ => Err(format!("output {name} does not have one row for each pixel")),
        }
    }
}

fn is_narrow(channels: usize) -> bool {
    !channels.is_multiple_of(PANEL)
}

/// One filter for each output channel: its bias, then its weights put in the engine's order.
fn filters(weights: &Constant, biases: &Constant, order: impl Fn(&[f32]) -> Vec<f32>) -> Vec<Vec<f32>> {
    let length = weights.values.len() / weights.shape[0];
    let filters = weights.values.chunks_exact(length).zip(&biases.values);
    filters.map(|(weights, bias)| [vec![*bias], order(weights)].concat()).collect()
}

/// From channel (blue first), row, column to row, column, channel (red first).
fn blue_first(weights: &[f32]) -> Vec<f32> {
    let channels = (0..TAPS).flat_map(|tap| (0..PICTURE_CHANNELS).rev().map(move |channel| channel * TAPS + tap));
    channels.map(|index| weights[index]).collect()
}
