//! From ONNX nodes to the layers of the compact engine.
//!
//! Some changes are made on the way. `Sub` and `Mul` on the picture, and a batch norm after a convolution, are folded into
//! that convolution; `Relu` and `LeakyRelu` become part of the layer before them. Convolutions that read the same value and
//! are too narrow for the engine's panels become one: YuNet's four heads for one stride, 1 + 1 + 4 + 10 channels, are two
//! panels, while each by itself would be filled up with zeros. The layout and the functions after the last layers become
//! part of the outputs.

use std::collections::HashMap;

use tarnkappe::infer::compact::{
    Activation, Kind, Layer, Model, OutputFunction, OutputLayout, OutputSpec, PANEL, PICTURE_CHANNELS, Part, QUARTERS,
    TAPS,
};
use tract_onnx::pb::NodeProto;

use crate::onnx::{Constant, Graph, Refusal, float, integer, integers, refusal, text};
use crate::sizes::{Size, Sizes};

/// How a network wants the picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Picture {
    /// The first of its three channels is blue and not red.
    pub(crate) blue_first: bool,
    /// What is subtracted from red, green and blue, 0 to 255.
    pub(crate) mean: [f32; PICTURE_CHANNELS],
}

/// For each layer, the tensor of the graph that it makes; none if it makes several or a part of one.
pub(crate) type TensorNames = Vec<Option<String>>;

/// Translates a graph.
///
/// # Errors
/// Names the first node that the compact engine cannot run.
pub(crate) fn lower(graph: &Graph, picture: Picture) -> Result<(Model, TensorNames), Refusal> {
    let mut lowering = Lowering {
        graph,
        picture,
        picture_scale: 1.0,
        tensors: HashMap::new(),
        sizes: Sizes::default(),
        layers: Vec::new(),
    };
    lowering.tensors.insert(&graph.input, Tensor::Picture);
    for node in &graph.nodes {
        lowering.add_node(node)?;
    }
    let outputs = graph.outputs.iter().map(|name| lowering.output(name)).collect::<Result<_, _>>()?;
    let names = lowering.layers.iter().map(|layer| layer.tensor.clone()).collect();
    let mean = lowering.picture.mean;
    let layers = lowering.layers.into_iter().map(Draft::finish).collect();
    Ok((Model { mean, layers, outputs }, names))
}

/// What a tensor of the graph is for the engine.
#[derive(Clone)]
enum Tensor {
    Picture,
    Value(Part),
    /// Each pixel repeated 2 x 2.
    Upsampled(Part),
    /// Channels last.
    Transposed(Part),
    /// All numbers in a row.
    Flat(Part),
    /// Weighted sums of all numbers: for each sum the bias first and its weights after it.
    Sums(Part, Vec<Vec<f32>>),
    /// As outputs are laid out.
    Output(OutputSpec),
}

/// A layer whose channels are not yet padded.
struct Draft {
    source: usize,
    kind: DraftKind,
    activation: Activation,
    channels: usize,
    /// Times that width and height were halved since the picture.
    halvings: u32,
    tensor: Option<String>,
}

enum DraftKind {
    /// Filters: for each output channel the bias first and its weights in the engine's order after it.
    Stem(Vec<Vec<f32>>),
    Pointwise(Vec<Vec<f32>>),
    Dense(Vec<Vec<f32>>),
    /// The filters of every output channel for the first of the four pixels, then those for the next.
    Transposed(Vec<Vec<f32>>),
    Depthwise {
        filters: Vec<Vec<f32>>,
        halved: bool,
    },
    MaxPool,
    Add(usize),
    AddUpsampled(usize),
    Concat(usize),
    /// One slope for each channel.
    ParametricRelu(Vec<Vec<f32>>),
}

impl Draft {
    fn finish(self) -> Layer {
        let kind = match self.kind {
            DraftKind::Stem(filters) => Kind::Stem(interleave(filters)),
            DraftKind::Pointwise(filters) => Kind::Pointwise(interleave(filters)),
            DraftKind::Dense(filters) => Kind::Dense(interleave(filters)),
            DraftKind::Transposed(filters) => Kind::Transposed(interleave(filters)),
            DraftKind::Depthwise { filters, halved } => Kind::Depthwise { weights: interleave(filters), halved },
            DraftKind::MaxPool => Kind::MaxPool,
            DraftKind::Add(other) => Kind::Add(other),
            DraftKind::AddUpsampled(small) => Kind::AddUpsampled(small),
            DraftKind::Concat(other) => Kind::Concat(other),
            DraftKind::ParametricRelu(slopes) => Kind::ParametricRelu(interleave(slopes)),
        };
        Layer { source: self.source, kind, activation: self.activation }
    }

    fn filters(&mut self) -> Option<&mut Vec<Vec<f32>>> {
        match &mut self.kind {
            DraftKind::Stem(filters)
            | DraftKind::Pointwise(filters)
            | DraftKind::Dense(filters)
            | DraftKind::Transposed(filters)
            | DraftKind::Depthwise { filters, .. } => Some(filters),
            DraftKind::MaxPool
            | DraftKind::Add(_)
            | DraftKind::AddUpsampled(_)
            | DraftKind::Concat(_)
            | DraftKind::ParametricRelu(_) => None,
        }
    }
}

/// Filters side by side, as many as a multiple of [`PANEL`] takes, those that are missing made of zeros.
fn interleave(mut filters: Vec<Vec<f32>>) -> Vec<[f32; PANEL]> {
    let length = filters[0].len();
    filters.resize(filters.len().next_multiple_of(PANEL), vec![0.0; length]);
    let panels = filters.chunks_exact(PANEL);
    panels.flat_map(|panel| (0..length).map(|row| std::array::from_fn(|column| panel[column][row]))).collect()
}

struct Lowering<'a> {
    graph: &'a Graph,
    picture: Picture,
    /// What the picture is multiplied by once its mean is subtracted.
    picture_scale: f32,
    tensors: HashMap<&'a str, Tensor>,
    sizes: Sizes,
    layers: Vec<Draft>,
}

impl<'a> Lowering<'a> {
    fn add_node(&mut self, node: &'a NodeProto) -> Result<(), Refusal> {
        let [output] = &node.output[..] else { return Err(refusal(node, "more than one output")) };
        if node.op_type == "Shape" {
            self.sizes.insert(output, self.shape(node)?);
        } else if self.sizes.knows(node) {
            self.sizes.insert(output, self.sizes.compute(self.graph, node)?);
        } else {
            let tensor = self.lower(node)?;
            if let Tensor::Value(part) = tensor {
                let layer = &mut self.layers[part.value - 1];
                layer.tensor = (part.channels == layer.channels).then(|| output.clone());
            }
            self.tensors.insert(output, tensor);
        }
        Ok(())
    }

    fn lower(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        match node.op_type.as_str() {
            "Conv" => self.convolution(node),
            "ConvTranspose" => self.transposed_convolution(node),
            "BatchNormalization" => self.batch_norm(node),
            "Relu" => self.activation(node, Activation::Relu),
            "LeakyRelu" => self.activation(node, Activation::LeakyRelu(float(node, "alpha", 0.01))),
            "MaxPool" => self.max_pool(node),
            "Resize" => self.upsample(node),
            "Add" => self.add(node),
            "Concat" => self.concat(node),
            "Transpose" => self.transpose(node),
            "Reshape" => self.reshape(node),
            "Sigmoid" => self.sigmoid(node),
            "Softmax" => self.softmax(node),
            "Sub" | "Mul" => self.normalisation(node),
            "PRelu" => self.parametric_relu(node),
            "Flatten" => self.flatten(node),
            "Gemm" => self.sums(node),
            _ => Err(refusal(node, "no such operator in the compact engine")),
        }
    }

    fn tensor(&self, node: &NodeProto, index: usize) -> Result<Tensor, Refusal> {
        let tensor = node.input.get(index).and_then(|name| self.tensors.get(name.as_str()));
        tensor.cloned().ok_or_else(|| refusal(node, &format!("input {index} is not there")))
    }

    /// All channels of the value that a node has as its input number `index`.
    fn whole(&self, node: &NodeProto, index: usize) -> Result<Part, Refusal> {
        match self.tensor(node, index)? {
            Tensor::Value(part) if part.channels == self.layers[part.value - 1].channels => Ok(part),
            _ => Err(refusal(node, &format!("input {index} is not a whole value"))),
        }
    }

    fn halvings(&self, part: Part) -> u32 {
        self.layers[part.value - 1].halvings
    }

    /// Halvings of a value twice as large.
    fn halvings_doubled(&self, node: &NodeProto, part: Part) -> Result<u32, Refusal> {
        self.halvings(part).checked_sub(1).ok_or_else(|| refusal(node, "it makes more pixels than the picture has"))
    }

    fn push(&mut self, source: usize, kind: DraftKind, channels: usize, halvings: u32) -> Tensor {
        self.layers.push(Draft { source, kind, activation: Activation::None, channels, halvings, tensor: None });
        Tensor::Value(Part { value: self.layers.len(), first: 0, channels })
    }

    fn shape(&self, node: &NodeProto) -> Result<Vec<Size>, Refusal> {
        match self.tensor(node, 0)? {
            Tensor::Value(part) => {
                let halvings = self.halvings(part);
                let channels = Size::Fixed(part.channels as i64);
                Ok(vec![Size::Fixed(1), channels, Size::Height(halvings), Size::Width(halvings)])
            }
            Tensor::Transposed(part) => {
                let halvings = self.halvings(part);
                let channels = Size::Fixed(part.channels as i64);
                Ok(vec![Size::Fixed(1), Size::Height(halvings), Size::Width(halvings), channels])
            }
            _ => Err(refusal(node, "it does not read a value")),
        }
    }

    fn convolution(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let weights = self.graph.constant(node, 1)?;
        let unknown = || refusal(node, "no such convolution in the compact engine");
        let [channels, inputs, height, width] = weights.shape[..] else { return Err(unknown()) };
        let biases = self.biases(node, channels)?;
        let strides = integers(node, "strides", &[1; 2]);
        let group = integer(node, "group", 1);
        if !is_plain(node) {
            return Err(unknown());
        }
        let source = self.tensor(node, 0)?;
        match (source, [inputs, height, width], &integers(node, "pads", &[0; 4])[..], &strides[..]) {
            (Tensor::Picture, [PICTURE_CHANNELS, 3, 3], [1, 1, 1, 1], [2, 2]) if group == 1 => {
                let filters = filters(weights, &biases, |weights| self.picture_order(weights, PICTURE_CHANNELS));
                Ok(self.push(0, DraftKind::Stem(filters), channels, 1))
            }
            (Tensor::Picture, [PICTURE_CHANNELS, 3, 3], [1, 1, 1, 1], [1, 1]) if group == 1 => {
                let filters = filters(weights, &biases, |weights| self.picture_order(weights, PANEL));
                Ok(self.push(0, DraftKind::Dense(filters), channels, 0))
            }
            (Tensor::Value(source), [1, 3, 3], [1, 1, 1, 1], [1, 1] | [2, 2]) if group == channels as i64 => {
                let filters = filters(weights, &biases, <[f32]>::to_vec);
                self.depthwise(node, source, DraftKind::Depthwise { filters, halved: strides == [2, 2] })
            }
            (Tensor::Value(_), [_, 1, 1], [0, 0, 0, 0], [1, 1]) if group == 1 => {
                let source = self.whole(node, 0)?;
                // The engine counts the padding among the inputs.
                let padding = inputs.next_multiple_of(PANEL) - inputs;
                let padded = |weights: &[f32]| weights.iter().copied().chain(vec![0.0; padding]).collect();
                let filters = filters(weights, &biases, padded);
                Ok(self.convolve(source, DraftKind::Pointwise(filters), channels, self.halvings(source)))
            }
            (Tensor::Value(_), [_, 3, 3], [1, 1, 1, 1], [1, 1]) if group == 1 && !is_narrow(inputs) => {
                let source = self.whole(node, 0)?;
                let filters = filters(weights, &biases, dense_order);
                Ok(self.convolve(source, DraftKind::Dense(filters), channels, self.halvings(source)))
            }
            _ => Err(unknown()),
        }
    }

    /// From channel, row, column to row, column, channel (red first), scaled. The picture has that many channels for the
    /// engine; those after the third are empty.
    fn picture_order(&self, weights: &[f32], channels: usize) -> Vec<f32> {
        let blue_first = self.picture.blue_first;
        let channel = |colour| if blue_first { PICTURE_CHANNELS - 1 - colour } else { colour };
        let weight = |tap: usize, colour: usize| match colour {
            0..PICTURE_CHANNELS => weights[channel(colour) * TAPS + tap] * self.picture_scale,
            _ => 0.0,
        };
        (0..TAPS).flat_map(|tap| (0..channels).map(move |colour| (tap, colour))).map(|(t, c)| weight(t, c)).collect()
    }

    /// A number subtracted from the picture, or one that it is multiplied by after that.
    fn normalisation(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let is_sole_reader = self.graph.readers(&node.input[0]) == 1;
        match (self.tensor(node, 0)?, &self.graph.constant(node, 1)?.values[..]) {
            (Tensor::Picture, [number]) if is_sole_reader && node.op_type == "Mul" => self.picture_scale *= number,
            (Tensor::Picture, [number]) if is_sole_reader && self.picture_scale == 1.0 => {
                self.picture.mean.iter_mut().for_each(|mean| *mean += number);
            }
            _ => return Err(refusal(node, "it does not prepare the picture")),
        }
        Ok(Tensor::Picture)
    }

    fn biases(&self, node: &NodeProto, channels: usize) -> Result<Vec<f32>, Refusal> {
        if node.input.len() < 3 {
            return Ok(vec![0.0; channels]);
        }
        Ok(self.graph.constant(node, 2)?.values.clone())
    }

    fn depthwise(&mut self, node: &NodeProto, source: Part, kind: DraftKind) -> Result<Tensor, Refusal> {
        let halved = matches!(kind, DraftKind::Depthwise { halved: true, .. });
        let halvings = self.halvings(source) + u32::from(halved);
        let tensor = self.convolve(source, kind, source.channels, halvings);
        match tensor {
            Tensor::Value(made) if made.first == source.first && made.channels == source.channels => Ok(tensor),
            _ => Err(refusal(node, "it does not follow its siblings' order")),
        }
    }

    /// Adds a convolution: to a narrow one of the same kind that reads the same value, if both are narrow.
    fn convolve(&mut self, source: Part, mut kind: DraftKind, channels: usize, halvings: u32) -> Tensor {
        let sibling = self.layers.iter_mut().enumerate().find(|(_, layer)| {
            let same = std::mem::discriminant(&layer.kind) == std::mem::discriminant(&kind);
            let place = (source.value, halvings) == (layer.source, layer.halvings);
            same && place && layer.activation == Activation::None && is_narrow(layer.channels)
        });
        let more = match &mut kind {
            DraftKind::Pointwise(more) | DraftKind::Depthwise { filters: more, .. } if is_narrow(channels) => more,
            _ => return self.push(source.value, kind, channels, halvings),
        };
        let Some((index, layer)) = sibling else { return self.push(source.value, kind, channels, halvings) };
        let Some(filters) = layer.filters() else { return self.push(source.value, kind, channels, halvings) };
        filters.append(more);
        let first = layer.channels;
        layer.channels += channels;
        Tensor::Value(Part { value: index + 1, first, channels })
    }

    fn transposed_convolution(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let source = self.whole(node, 0)?;
        let weights = self.graph.constant(node, 1)?;
        let expected = is_plain(node)
            && integer(node, "group", 1) == 1
            && integers(node, "strides", &[1; 2]) == [2; 2]
            && integers(node, "pads", &[0; 4]) == [0; 4]
            && integers(node, "output_padding", &[0; 2]) == [0; 2];
        match weights.shape[..] {
            [inputs, channels, 2, 2] if expected && !is_narrow(inputs) && !is_narrow(channels) => {
                let biases = self.biases(node, channels)?;
                let kind = DraftKind::Transposed(quarters(weights, &biases));
                Ok(self.push(source.value, kind, channels, self.halvings_doubled(node, source)?))
            }
            _ => Err(refusal(node, "no such transposed convolution in the compact engine")),
        }
    }

    /// The layer that makes the node's input, if it has no activation yet and nothing else reads its result.
    fn sole_layer(&mut self, node: &NodeProto) -> Result<&mut Draft, Refusal> {
        let part = self.whole(node, 0)?;
        let layer = &mut self.layers[part.value - 1];
        if layer.activation == Activation::None && self.graph.readers(&node.input[0]) == 1 {
            Ok(layer)
        } else {
            Err(refusal(node, "it does not belong to one layer"))
        }
    }

    /// Source: ONNX operator BatchNormalization; y = (x - mean) / sqrt(variance + epsilon) * scale + bias.
    fn batch_norm(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let graph = self.graph;
        let [scale, bias, mean, variance] = [1, 2, 3, 4].map(|index| graph.constant(node, index));
        let [scale, bias, mean, variance] = [scale?, bias?, mean?, variance?].map(|constant| &constant.values);
        let epsilon = float(node, "epsilon", 1e-5);
        let fold = |filters: &mut [Vec<f32>]| {
            for (index, filter) in filters.iter_mut().enumerate() {
                let channel = index % scale.len();
                let factor = scale[channel] / (variance[channel] + epsilon).sqrt();
                filter[0] -= mean[channel];
                filter.iter_mut().for_each(|weight| *weight *= factor);
                filter[0] += bias[channel];
            }
        };
        let is_for = |channels| [scale, bias, mean, variance].iter().all(|values| values.len() == channels);
        let misfit = || refusal(node, "it does not have one number for each channel");
        if let Tensor::Sums(part, mut sums) = self.tensor(node, 0)? {
            if !is_for(sums.len()) || graph.readers(&node.input[0]) != 1 {
                return Err(misfit());
            }
            fold(&mut sums);
            return Ok(Tensor::Sums(part, sums));
        }
        let part = self.whole(node, 0)?;
        if !is_for(part.channels) {
            return Err(misfit());
        }
        if let Some(filters) = self.sole_layer(node).ok().and_then(Draft::filters) {
            fold(filters);
            return self.tensor(node, 0);
        }
        let mut filters = vec![UNCHANGED.to_vec(); part.channels];
        fold(&mut filters);
        Ok(self.push(part.value, DraftKind::Depthwise { filters, halved: false }, part.channels, self.halvings(part)))
    }

    fn parametric_relu(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let source = self.whole(node, 0)?;
        let slopes = &self.graph.constant(node, 1)?.values;
        if slopes.len() != source.channels || is_narrow(source.channels) {
            return Err(refusal(node, "it does not have one slope for each channel of whole panels"));
        }
        let slopes = slopes.iter().map(|slope| vec![*slope]).collect();
        Ok(self.push(source.value, DraftKind::ParametricRelu(slopes), source.channels, self.halvings(source)))
    }

    fn flatten(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        match self.tensor(node, 0)? {
            Tensor::Value(part) if integer(node, "axis", 1) == 1 => Ok(Tensor::Flat(part)),
            _ => Err(refusal(node, "it does not put the numbers of a value in a row")),
        }
    }

    fn sums(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let weights = self.graph.constant(node, 1)?;
        let biases = self.biases(node, *weights.shape.first().unwrap_or(&0))?;
        let is_plain = float(node, "alpha", 1.0) == 1.0
            && float(node, "beta", 1.0) == 1.0
            && integer(node, "transA", 0) == 0
            && integer(node, "transB", 0) == 1;
        match (self.tensor(node, 0)?, &weights.shape[..]) {
            (Tensor::Flat(part), [sums, _]) if is_plain && !is_narrow(*sums) && biases.len() == *sums => {
                Ok(Tensor::Sums(part, filters(weights, &biases, <[f32]>::to_vec)))
            }
            _ => Err(refusal(node, "it does not weigh all numbers of a value")),
        }
    }

    fn activation(&mut self, node: &NodeProto, activation: Activation) -> Result<Tensor, Refusal> {
        self.sole_layer(node)?.activation = activation;
        self.tensor(node, 0)
    }

    fn max_pool(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let source = self.whole(node, 0)?;
        let expected = is_plain(node)
            && integers(node, "kernel_shape", &[]) == [2; 2]
            && integers(node, "strides", &[1; 2]) == [2; 2]
            && integers(node, "pads", &[0; 4]) == [0; 4];
        if !expected {
            return Err(refusal(node, "no such pooling in the compact engine"));
        }
        Ok(self.push(source.value, DraftKind::MaxPool, source.channels, self.halvings(source) + 1))
    }

    fn upsample(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let source = self.whole(node, 0)?;
        let expected = text(node, "mode", "nearest") == "nearest"
            && text(node, "nearest_mode", "round_prefer_floor") == "floor"
            && text(node, "coordinate_transformation_mode", "half_pixel") == "asymmetric";
        if expected && self.is_doubled(node, source)? {
            Ok(Tensor::Upsampled(source))
        } else {
            Err(refusal(node, "no such resizing in the compact engine"))
        }
    }

    /// Whether a `Resize` makes both sides twice as long, whichever way it says so.
    fn is_doubled(&self, node: &NodeProto, source: Part) -> Result<bool, Refusal> {
        if node.input.len() < 4 {
            return Ok(self.graph.constant(node, 2)?.values == [1.0, 1.0, 2.0, 2.0]);
        }
        let halvings = self.halvings_doubled(node, source)?;
        let doubled = [Size::Height(halvings), Size::Width(halvings)];
        Ok(self.sizes.get(self.graph, node, 3)?.ends_with(&doubled))
    }

    fn add(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let (index, kind, other) = match (self.tensor(node, 0)?, self.tensor(node, 1)?) {
            (_, Tensor::Upsampled(small)) => (0, DraftKind::AddUpsampled(small.value), small),
            (Tensor::Upsampled(small), _) => (1, DraftKind::AddUpsampled(small.value), small),
            (_, Tensor::Value(_)) => (0, DraftKind::Add(self.whole(node, 1)?.value), self.whole(node, 1)?),
            _ => return Err(refusal(node, "it does not add values")),
        };
        let source = self.whole(node, index)?;
        if source.channels != other.channels {
            return Err(refusal(node, "its inputs differ in channels"));
        }
        Ok(self.push(source.value, kind, source.channels, self.halvings(source)))
    }

    fn concat(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        if integer(node, "axis", 0) != 1 {
            return Err(refusal(node, "it does not join channels or rows"));
        }
        match self.tensor(node, 0)? {
            Tensor::Value(_) => self.concat_values(node),
            _ => self.concat_outputs(node),
        }
    }

    fn concat_values(&mut self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let mut joined = self.whole(node, 0)?;
        for index in 1..node.input.len() {
            let other = self.whole(node, index)?;
            if is_narrow(joined.channels) || is_narrow(other.channels) {
                return Err(refusal(node, "its inputs are not whole panels"));
            }
            let channels = joined.channels + other.channels;
            self.push(joined.value, DraftKind::Concat(other.value), channels, self.halvings(joined));
            joined = Part { value: self.layers.len(), first: 0, channels };
        }
        Ok(Tensor::Value(joined))
    }

    fn concat_outputs(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let (layout, function) = match self.tensor(node, 0)? {
            Tensor::Output(spec) if matches!(spec.layout, OutputLayout::Rows(_)) => (spec.layout, spec.function),
            _ => return Err(refusal(node, "it does not join rows")),
        };
        let mut parts = Vec::new();
        for index in 0..node.input.len() {
            match self.tensor(node, index)? {
                Tensor::Output(spec) if (spec.layout, &spec.function) == (layout, &function) => {
                    parts.extend(spec.parts)
                }
                _ => return Err(refusal(node, "its inputs are laid out differently")),
            }
        }
        Ok(Tensor::Output(OutputSpec { parts, layout, function }))
    }

    fn transpose(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        match self.tensor(node, 0)? {
            Tensor::Value(part) if integers(node, "perm", &[]) == [0, 2, 3, 1] => Ok(Tensor::Transposed(part)),
            _ => Err(refusal(node, "it does not put the channels of a value last")),
        }
    }

    fn reshape(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let sizes = self.sizes.get(self.graph, node, 1)?;
        match (self.tensor(node, 0)?, &sizes[..]) {
            (Tensor::Transposed(part), [Size::Fixed(1), Size::Fixed(-1), Size::Fixed(length @ 1..)])
                if (part.channels as i64) % length == 0 =>
            {
                let layout = OutputLayout::Rows(*length as usize);
                Ok(Tensor::Output(OutputSpec { parts: vec![part], layout, function: OutputFunction::None }))
            }
            _ => Err(refusal(node, "it does not make rows of a pixel's channels")),
        }
    }

    /// What the node reads, as an output that nothing is applied to and no one else reads.
    fn sole_output(&self, node: &NodeProto) -> Result<OutputSpec, Refusal> {
        let spec = match self.tensor(node, 0)? {
            Tensor::Value(part) => plane(part),
            Tensor::Output(spec) => spec,
            _ => return Err(refusal(node, "it does not stand at the end")),
        };
        if spec.function == OutputFunction::None && self.graph.readers(&node.input[0]) == 1 {
            Ok(spec)
        } else {
            Err(refusal(node, "it does not stand at the end"))
        }
    }

    fn sigmoid(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let spec = self.sole_output(node)?;
        Ok(Tensor::Output(OutputSpec { function: OutputFunction::Sigmoid, ..spec }))
    }

    fn softmax(&self, node: &NodeProto) -> Result<Tensor, Refusal> {
        let spec = self.sole_output(node)?;
        if spec.layout == OutputLayout::Planes || ![2, -1].contains(&integer(node, "axis", 1)) {
            return Err(refusal(node, "it does not go along rows"));
        }
        Ok(Tensor::Output(OutputSpec { function: OutputFunction::Softmax, ..spec }))
    }

    fn output(&self, name: &str) -> Result<OutputSpec, Refusal> {
        match self.tensors.get(name) {
            Some(Tensor::Value(part)) => Ok(plane(*part)),
            Some(Tensor::Output(spec)) => Ok(spec.clone()),
            Some(Tensor::Sums(part, filters)) => {
                let inputs = filters[0].len() - 1;
                let function = OutputFunction::FullyConnected { inputs, weights: interleave(filters.clone()) };
                Ok(OutputSpec { function, ..plane(*part) })
            }
            _ => Err(format!("output {name} is neither a value nor rows of one")),
        }
    }
}

/// The filter of a depthwise convolution that changes nothing: bias, then weights.
const UNCHANGED: [f32; TAPS + 1] = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];

/// An output that is some channels of a value, as they are.
fn plane(part: Part) -> OutputSpec {
    OutputSpec { parts: vec![part], layout: OutputLayout::Planes, function: OutputFunction::None }
}

fn is_narrow(channels: usize) -> bool {
    !channels.is_multiple_of(PANEL)
}

/// Whether a window is without gaps and its padding is stated.
fn is_plain(node: &NodeProto) -> bool {
    integers(node, "dilations", &[1; 2]) == [1; 2] && text(node, "auto_pad", "NOTSET") == "NOTSET"
}

/// One filter for each output channel: its bias, then its weights put in the engine's order.
fn filters(weights: &Constant, biases: &[f32], order: impl Fn(&[f32]) -> Vec<f32>) -> Vec<Vec<f32>> {
    let length = weights.values.len() / weights.shape[0];
    let filters = weights.values.chunks_exact(length).zip(biases);
    filters.map(|(weights, bias)| [vec![*bias], order(weights)].concat()).collect()
}

/// The filters of a transposed convolution, whose weights come by input channel, output channel, row and column.
fn quarters(weights: &Constant, biases: &[f32]) -> Vec<Vec<f32>> {
    let outputs = biases.len();
    let filter = |quarter: usize, output: usize| {
        let weights = weights.values.iter().skip(QUARTERS * output + quarter).step_by(QUARTERS * outputs);
        std::iter::once(&biases[output]).chain(weights).copied().collect()
    };
    (0..QUARTERS).flat_map(|quarter| (0..outputs).map(move |output| filter(quarter, output))).collect()
}

/// From channel, row, column to row, panel of channels, column, channel in the panel.
fn dense_order(weights: &[f32]) -> Vec<f32> {
    let panels = weights.len() / TAPS / PANEL;
    let order = (0..3).flat_map(|row| (0..panels).map(move |panel| (row, panel)));
    let order = order.flat_map(|(row, panel)| (0..3).map(move |column| (panel, 3 * row + column)));
    let order = order.flat_map(|(panel, tap)| (0..PANEL).map(move |lane| (panel * PANEL + lane, tap)));
    order.map(|(channel, tap)| weights[channel * TAPS + tap]).collect()
}
