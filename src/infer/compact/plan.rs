//! The order of work and the memory for one input size.
//!
//! Every layer makes one row at a time, as soon as the rows it reads are there, and later layers go first. So a row is
//! read again while it is still in the processor's cache, and a value needs memory only for the few rows that something
//! still waits for: the size of the memory grows with the picture's width and not with its height.

use super::kernels::{self, RowLayout, Target};
use super::model::{Kind, Layer, Model, OutputFunction, OutputLayout, OutputSpec, Part, Shape};
use super::simd::{self, LANES, Vector, Work};
use crate::error::{ModelError, Result};
use crate::infer::Output;

/// Most numbers that the outputs and the rows of all values may take: 256 MB, 15 times what CenterFace, the widest
/// network, takes for 1088 x 1088 pixels.
const MAX_NUMBERS: usize = 64 << 20;

/// Everything that depends on the size of the input.
pub(super) struct Plan {
    width: usize,
    height: usize,
    steps: Vec<Step>,
    values: Vec<Rows>,
    gathers: Vec<Gather>,
    /// A row of zeros, above the first and below the last row of every value.
    zeros: Vec<f32>,
}

/// Making one row: of a value, or of a part of an output if `node` is not below the number of values.
#[derive(Clone, Copy)]
struct Step {
    node: usize,
    row: usize,
}

/// Filling a part of an output.
struct Gather {
    part: Part,
    output: usize,
    /// Where in the output the part begins.
    start: usize,
}

/// The rows of a value that are kept: a ring.
struct Rows {
    layout: RowLayout,
    height: usize,
    kept: usize,
    numbers: Vec<f32>,
}

impl Rows {
    fn new(shape: Shape, width: usize, height: usize) -> Self {
        let layout = RowLayout { width: width >> shape.halvings, blocks: shape.channels.div_ceil(LANES) };
        Self { layout, height: height >> shape.halvings, kept: 1, numbers: Vec::new() }
    }

    /// Pixels of all rows, kept or not.
    fn pixels(&self) -> usize {
        self.layout.width * self.height
    }

    fn row(&self, row: usize) -> &[f32] {
        let len = self.layout.len();
        &self.numbers[row % self.kept * len..][..len]
    }

    fn row_mut(&mut self, row: usize) -> &mut [f32] {
        let len = self.layout.len();
        &mut self.numbers[row % self.kept * len..][..len]
    }

    /// The row, the one above and the one below it.
    fn three<'a>(&'a self, row: usize, zeros: &'a [f32]) -> [&'a [f32]; 3] {
        let zeros = &zeros[..self.layout.len()];
        let above = if row == 0 { zeros } else { self.row(row - 1) };
        let below = if row + 1 == self.height { zeros } else { self.row(row + 1) };
        [above, self.row(row), below]
    }
}

impl Plan {
    /// Plans for pictures of one size.
    ///
    /// # Errors
    /// [`ModelError::Run`] if the size is zero, not a multiple of the network's stride, not the only one that a fully
    /// connected output allows, or needs too much memory.
    pub(super) fn new(model: &Model, shapes: &[Shape], width: usize, height: usize) -> Result<Self> {
        let halvings = shapes.iter().map(|shape| shape.halvings).max().unwrap_or(0);
        let fits = |side: usize| side > 0 && side.is_multiple_of(1 << halvings);
        if !fits(width) || !fits(height) {
            return Err(ModelError::Run(format!(
                "a network of stride {} cannot run on {width} x {height} pixels",
                1 << halvings
            ))
            .into());
        }
        let mut values: Vec<Rows> = shapes.iter().map(|shape| Rows::new(*shape, width, height)).collect();
        let gathers = gathers(model, &values);
        if !gathers.iter().all(|gather| is_connected(gather, &model.outputs[gather.output].function, &values)) {
            return Err(ModelError::Run(format!("it cannot run on {width} x {height} pixels")).into());
        }
        let steps = schedule(model, &gathers, &mut values);
        let of_values = values.iter().map(|value| value.layout.len().checked_mul(value.kept));
        let of_outputs =
            gathers.iter().map(|gather| values[gather.part.value].pixels().checked_mul(gather.part.channels));
        let total = of_values.chain(of_outputs).try_fold(0usize, |sum, numbers| sum.checked_add(numbers?));
        if total.is_none_or(|total| total > MAX_NUMBERS) {
            return Err(too_large());
        }
        for value in &mut values {
            value.numbers = vec![0.0; value.layout.len() * value.kept];
        }
        let longest = values.iter().map(|value| value.layout.len()).max().unwrap_or(0);
        Ok(Self { width, height, steps, values, gathers, zeros: vec![0.0; longest] })
    }

    pub(super) fn is_for(&self, width: usize, height: usize) -> bool {
        (self.width, self.height) == (width, height)
    }

    /// Bytes that the rows of all values take.
    pub(super) fn bytes(&self) -> usize {
        self.values.iter().map(|value| size_of_val(&value.numbers[..])).sum()
    }

    /// Runs the network the plan was made for.
    pub(super) fn run(&mut self, model: &Model, rgb: &[u8]) -> Vec<Output> {
        let mut outputs = self.outputs(model);
        simd::fastest(Run { plan: self, model, rgb, outputs: &mut outputs });
        outputs
    }

    /// Outputs to be filled.
    pub(super) fn outputs(&self, model: &Model) -> Vec<Output> {
        model.outputs.iter().map(|spec| self.output(spec)).collect()
    }

    fn output(&self, spec: &OutputSpec) -> Output {
        let length = spec.parts.iter().map(|part| self.values[part.value].pixels() * part.channels).sum();
        let shape = match spec.layout {
            OutputLayout::Planes => {
                let Rows { layout, height, .. } = self.values[spec.parts[0].value];
                vec![1, spec.parts[0].channels, height, layout.width]
            }
            OutputLayout::Rows(row) => vec![1, length / row, row],
        };
        Output { shape, values: vec![0.0; length] }
    }
}

/// A run of a network.
pub(super) struct Run<'a> {
    pub(super) plan: &'a mut Plan,
    pub(super) model: &'a Model,
    pub(super) rgb: &'a [u8],
    pub(super) outputs: &'a mut [Output],
}

impl Work for Run<'_> {
    #[inline(always)]
    fn with<V: Vector>(self) {
        let Self { plan, model, rgb, outputs } = self;
        for &Step { node, row } in &plan.steps {
            let values = plan.values.len();
            let (made, rest) = plan.values.split_at_mut(node.min(values));
            match (node.checked_sub(1), rest.first_mut()) {
                (None, Some(picture)) => {
                    let bytes = 3 * plan.width;
                    kernels::picture(&rgb[row * bytes..][..bytes], model.mean, picture.row_mut(row));
                }
                (Some(layer), Some(value)) => make_row::<V>(&model.layers[layer], made, &plan.zeros, value, row),
                (_, None) => {
                    let gather = &plan.gathers[node - made.len()];
                    gather_row(gather, &model.outputs[gather.output], made, &mut outputs[gather.output], row);
                }
            }
        }
        for (spec, output) in model.outputs.iter().zip(outputs) {
            if let OutputFunction::FullyConnected { weights, .. } = &spec.function {
                let values = kernels::fully_connected::<V>(&output.values, weights);
                *output = Output { shape: vec![1, values.len()], values };
            }
        }
    }
}

#[inline(always)]
fn make_row<V: Vector>(layer: &Layer, made: &[Rows], zeros: &[f32], value: &mut Rows, row: usize) {
    let source = &made[layer.source];
    let from = source.layout;
    let target = Target { layout: value.layout, activation: layer.activation, row: value.row_mut(row) };
    match &layer.kind {
        Kind::Stem(weights) => kernels::stem::<V>(source.three(2 * row, zeros), weights, target),
        Kind::Pointwise(weights) => kernels::pointwise::<V>(source.row(row), weights, target),
        Kind::Dense(weights) => kernels::dense::<V>(source.three(row, zeros), weights, target),
        Kind::Transposed(weights) => {
            kernels::transposed::<V>(source.row(row / 2), from, weights, row % 2 == 1, target);
        }
        Kind::Depthwise { weights, halved } => {
            let stride = if *halved { 2 } else { 1 };
            kernels::depthwise::<V>(source.three(stride * row, zeros), from, stride, weights, target);
        }
        Kind::MaxPool => kernels::max_pool::<V>([source.row(2 * row), source.row(2 * row + 1)], from, target),
        Kind::Add(other) => kernels::add::<V>(source.row(row), made[*other].row(row), target),
        Kind::AddUpsampled(small) => {
            let small = &made[*small];
            kernels::add_upsampled::<V>(source.row(row), small.row(row / 2), small.layout, target);
        }
        Kind::Concat(other) => kernels::concat::<V>(source.row(row), made[*other].row(row), target),
        Kind::ParametricRelu(slopes) => kernels::parametric_relu::<V>(source.row(row), slopes, target),
    }
}

fn gather_row(gather: &Gather, spec: &OutputSpec, values: &[Rows], output: &mut Output, row: usize) {
    let Part { value, first, channels } = gather.part;
    let value = &values[value];
    let width = value.layout.width;
    match spec.layout {
        OutputLayout::Planes => {
            for channel in 0..channels {
                let out = &mut output.values[(channel * value.height + row) * width..][..width];
                kernels::gather_channel(value.row(row), value.layout, first + channel, out);
                kernels::finish(&spec.function, out, width);
            }
        }
        OutputLayout::Rows(length) => {
            let out = &mut output.values[gather.start + row * width * channels..][..width * channels];
            kernels::gather_pixels(value.row(row), value.layout, first, channels, out);
            kernels::finish(&spec.function, out, length);
        }
    }
}

/// Every part of every output, in order.
fn gathers(model: &Model, values: &[Rows]) -> Vec<Gather> {
    let gather = |output, spec: &OutputSpec| {
        let starts = spec.parts.iter().scan(0usize, |end, &part| {
            let start = *end;
            // Plan::new refuses whatever is too large for this.
            *end = start.saturating_add(values[part.value].pixels().saturating_mul(part.channels));
            Some(Gather { part, output, start })
        });
        starts.collect::<Vec<_>>()
    };
    model.outputs.iter().enumerate().flat_map(|(output, spec)| gather(output, spec)).collect()
}

/// Whether a fully connected output gets as many numbers as it has weights for.
fn is_connected(gather: &Gather, function: &OutputFunction, values: &[Rows]) -> bool {
    let numbers = values[gather.part.value].pixels().checked_mul(gather.part.channels);
    match function {
        OutputFunction::FullyConnected { inputs, .. } => numbers == Some(*inputs),
        _ => true,
    }
}

/// What a node (the picture, a layer, an output) reads to make its `row`: values, each with the first and the last row.
fn reads(model: &Model, gathers: &[Gather], node: usize, row: usize) -> [Option<Read>; 2] {
    let Some(layer) = node.checked_sub(1) else { return [None, None] };
    let Some(layer) = model.layers.get(layer) else {
        let value = gathers[layer - model.layers.len()].part.value;
        return [Some(Read { value, first: row, last: row }), None];
    };
    let value = layer.source;
    let around = |row: usize| Read { value, first: row.saturating_sub(1), last: row + 1 };
    let same = |value: usize| Read { value, first: row, last: row };
    let half = |value: usize| Read { value, first: row / 2, last: row / 2 };
    match layer.kind {
        Kind::Stem(_) | Kind::Depthwise { halved: true, .. } => [Some(around(2 * row)), None],
        Kind::Dense(_) | Kind::Depthwise { halved: false, .. } => [Some(around(row)), None],
        Kind::Pointwise(_) | Kind::ParametricRelu(_) => [Some(same(value)), None],
        Kind::Transposed(_) => [Some(half(value)), None],
        Kind::MaxPool => [Some(Read { value, first: 2 * row, last: 2 * row + 1 }), None],
        Kind::Add(other) | Kind::Concat(other) => [Some(same(value)), Some(same(other))],
        Kind::AddUpsampled(small) => [Some(same(value)), Some(half(small))],
    }
}

/// Rows that a node reads of a value. `last` may lie one past the end, where there are zeros.
struct Read {
    value: usize,
    first: usize,
    last: usize,
}

/// Orders the work, and sets how many rows of each value have to be kept for it.
fn schedule(model: &Model, gathers: &[Gather], values: &mut [Rows]) -> Vec<Step> {
    let of_outputs = gathers.iter().map(|gather| values[gather.part.value].height);
    let heights: Vec<usize> = values.iter().map(|value| value.height).chain(of_outputs).collect();
    let mut done = vec![0; heights.len()];
    let mut steps = Vec::with_capacity(heights.iter().sum());
    let ready = |node: usize, done: &[usize]| {
        done[node] < heights[node]
            && reads(model, gathers, node, done[node])
                .iter()
                .flatten()
                .all(|read| read.last.min(heights[read.value] - 1) < done[read.value])
    };
    while let Some(node) = (0..heights.len()).rev().find(|&node| ready(node, &done)) {
        steps.push(Step { node, row: done[node] });
        done[node] += 1;
        if let Some(value) = values.get_mut(node) {
            let waiting = first_row_waited_for(model, gathers, node, &heights, &done);
            value.kept = value.kept.max(done[node].saturating_sub(waiting));
        }
    }
    steps
}

/// The first row of `value` that something still has to read.
fn first_row_waited_for(model: &Model, gathers: &[Gather], value: usize, heights: &[usize], done: &[usize]) -> usize {
    let waiting = (0..heights.len()).filter(|&node| done[node] < heights[node]);
    let reads = waiting.flat_map(|node| reads(model, gathers, node, done[node])).flatten();
    reads.filter(|read| read.value == value).map(|read| read.first).min().unwrap_or(usize::MAX)
}

fn too_large() -> crate::error::Error {
    ModelError::Run("the picture needs too much memory".into()).into()
}
