//! The order of work and the memory for one input size.
//!
//! Every layer makes one row at a time, as soon as the rows it reads are there, and later layers go first. So a row is
//! read again while it is still in the processor's cache, and a value needs memory only for the few rows that something
//! still waits for: the size of the memory grows with the picture's width and not with its height.

use super::kernels::{self, RowLayout};
use super::model::{Activation, Kind, Layer, Model, OutputSpec, Shape};
use super::simd::LANES;
use crate::error::{ModelError, Result};
use crate::infer::Output;

/// Most numbers that the rows of all values may take: 256 MB, a hundred times what YuNet takes for 1088 x 1088 pixels.
const MAX_NUMBERS: usize = 64 << 20;

/// Everything that depends on the size of the input.
pub(super) struct Plan {
    width: usize,
    height: usize,
    steps: Vec<Step>,
    values: Vec<Rows>,
    /// A row of zeros, above the first and below the last row of every value.
    zeros: Vec<f32>,
}

/// Making one row: of a value, or of an output if `node` is not below the number of values.
#[derive(Clone, Copy)]
struct Step {
    node: usize,
    row: usize,
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
        let above = if row == 0 { zeros } else { self.row(row - 1) };
        let below = if row + 1 == self.height { zeros } else { self.row(row + 1) };
        [above, self.row(row), below]
    }
}

impl Plan {
    /// Plans for pictures of one size.
    ///
    /// # Errors
    /// [`ModelError::Run`] if the size is zero, not a multiple of the network's stride, or needs too much memory.
    pub(super) fn new(model: &Model, shapes: &[Shape], width: usize, height: usize) -> Result<Self> {
        let halvings = shapes.iter().map(|shape| shape.halvings).max().unwrap_or(0);
        let fits = |side: usize| side > 0 && side.is_multiple_of(1 << halvings);
        if !fits(width) || !fits(height) {
            return Err(ModelError::Run(format!(
                "a network of stride {} cannot look at {width} x {height} pixels",
                1 << halvings
            ))
            .into());
        }
        let mut values: Vec<Rows> = shapes.iter().map(|shape| Rows::new(*shape, width, height)).collect();
        let steps = schedule(model, &mut values);
        let lengths = values.iter().map(|value| value.layout.len().checked_mul(value.kept));
        let total = lengths.sum::<Option<usize>>();
        if total.is_none_or(|total| total > MAX_NUMBERS) {
            return Err(ModelError::Run("the picture needs too much memory".into()).into());
        }
        for value in &mut values {
            value.numbers = vec![0.0; value.layout.len() * value.kept];
        }
        let longest = values.iter().map(|value| value.layout.len()).max().unwrap_or(0);
        Ok(Self { width, height, steps, values, zeros: vec![0.0; longest] })
    }

    pub(super) fn is_for(&self, width: usize, height: usize) -> bool {
        (self.width, self.height) == (width, height)
    }

    /// Bytes that the rows of all values take.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.values.iter().map(|value| size_of_val(&value.numbers[..])).sum()
    }

    /// Runs the network the plan was made for.
    pub(super) fn run(&mut self, model: &Model, rgb: &[u8]) -> Vec<Output> {
        let mut outputs: Vec<Output> = model.outputs.iter().map(|spec| self.output(spec)).collect();
        for &Step { node, row } in &self.steps {
            let values = self.values.len();
            let (made, rest) = self.values.split_at_mut(node.min(values));
            match (node.checked_sub(1), rest.first_mut()) {
                (None, Some(picture)) => {
                    let bytes = 3 * self.width;
                    kernels::picture(&rgb[row * bytes..][..bytes], picture.row_mut(row));
                }
                (Some(layer), Some(value)) => make_row(&model.layers[layer], made, &self.zeros, value, row),
                (_, None) => {
                    let output = node - made.len();
                    gather_row(&model.outputs[output], made, &mut outputs[output], row);
                }
            }
        }
        outputs
    }

    fn output(&self, spec: &OutputSpec) -> Output {
        let value = &self.values[spec.value];
        let cells = value.height * value.layout.width;
        Output { shape: vec![1, cells, spec.channels], values: vec![0.0; cells * spec.channels] }
    }
}

fn make_row(layer: &Layer, made: &[Rows], zeros: &[f32], value: &mut Rows, row: usize) {
    let source = &made[layer.source];
    let relu = layer.activation == Activation::Relu;
    let layout = value.layout;
    let out = value.row_mut(row);
    match &layer.kind {
        Kind::Stem(weights) => kernels::stem(source.three(2 * row, zeros), weights, relu, out, layout),
        Kind::Pointwise(weights) => kernels::pointwise(source.row(row), weights, relu, out, layout),
        Kind::Depthwise(weights) => kernels::depthwise(source.three(row, zeros), weights, relu, out, layout),
        Kind::MaxPool => {
            kernels::max_pool([source.row(2 * row), source.row(2 * row + 1)], source.layout, out, layout);
        }
        Kind::AddUpsampled(small) => {
            let small = &made[*small];
            kernels::add_upsampled(source.row(row), small.row(row / 2), small.layout, out, layout);
        }
    }
}

fn gather_row(spec: &OutputSpec, values: &[Rows], output: &mut Output, row: usize) {
    let value = &values[spec.value];
    let len = value.layout.width * spec.channels;
    let out = &mut output.values[row * len..][..len];
    let activation = match spec.activation {
        Activation::None => |x: f32| x,
        Activation::Relu => |x: f32| x.max(0.0),
        Activation::Sigmoid => |x: f32| 1.0 / (1.0 + (-x).exp()),
    };
    kernels::gather(value.row(row), value.layout, spec.first, out, spec.channels, activation);
}

/// What a node (the picture, a layer, an output) reads to make its `row`: values, each with the first and the last row.
fn reads(model: &Model, node: usize, row: usize) -> [Option<Read>; 2] {
    let Some(layer) = node.checked_sub(1) else { return [None, None] };
    let Some(layer) = model.layers.get(layer) else {
        let output = model.outputs[layer - model.layers.len()];
        return [Some(Read { value: output.value, first: row, last: row }), None];
    };
    let value = layer.source;
    let around = |row: usize| Read { value, first: row.saturating_sub(1), last: row + 1 };
    match layer.kind {
        Kind::Stem(_) => [Some(around(2 * row)), None],
        Kind::Pointwise(_) => [Some(Read { value, first: row, last: row }), None],
        Kind::Depthwise(_) => [Some(around(row)), None],
        Kind::MaxPool => [Some(Read { value, first: 2 * row, last: 2 * row + 1 }), None],
        Kind::AddUpsampled(small) => {
            [Some(Read { value, first: row, last: row }), Some(Read { value: small, first: row / 2, last: row / 2 })]
        }
    }
}

/// Rows that a node reads of a value. `last` may lie one past the end, where there are zeros.
struct Read {
    value: usize,
    first: usize,
    last: usize,
}

/// Orders the work, and sets how many rows of each value have to be kept for it.
fn schedule(model: &Model, values: &mut [Rows]) -> Vec<Step> {
    let of_outputs = model.outputs.iter().map(|output| values[output.value].height);
    let heights: Vec<usize> = values.iter().map(|value| value.height).chain(of_outputs).collect();
    let mut done = vec![0; heights.len()];
    let mut steps = Vec::with_capacity(heights.iter().sum());
    let ready = |node: usize, done: &[usize]| {
        done[node] < heights[node]
            && reads(model, node, done[node])
                .iter()
                .flatten()
                .all(|read| read.last.min(heights[read.value] - 1) < done[read.value])
    };
    while let Some(node) = (0..heights.len()).rev().find(|&node| ready(node, &done)) {
        steps.push(Step { node, row: done[node] });
        done[node] += 1;
        if let Some(value) = values.get_mut(node) {
            let waiting = first_row_waited_for(model, node, &heights, &done);
            value.kept = value.kept.max(done[node].saturating_sub(waiting));
        }
    }
    steps
}

/// The first row of `value` that something still has to read.
fn first_row_waited_for(model: &Model, value: usize, heights: &[usize], done: &[usize]) -> usize {
    let waiting = (0..heights.len()).filter(|&node| done[node] < heights[node]);
    let reads = waiting.flat_map(|node| reads(model, node, done[node])).flatten();
    reads.filter(|read| read.value == value).map(|read| read.first).min().unwrap_or(usize::MAX)
}
