//! What a packed file holds, reading it and writing it.
//!
//! A packed file is a sequence of little-endian 32-bit words:
//!
//! ```text
//! magic, version, number of layers, number of outputs
//! mean of the picture's red, green and blue (f32)
//! per layer:  kind, source, second source, activation, slope (f32), bits of a weight, number of weights, weights
//! per output: length of a row, function, number of parts; per part: value, first channel, channels;
//!             if fully connected: number of inputs, bits of a weight, number of weights, weights
//! ```
//!
//! Weights are f32 (32 bits), or f16 (16 bits, two in a word, the first in the lower half) where that loses nothing.
//! Those of 1 x 1 convolutions and fully connected outputs can also be of 8 bits, in blocks (see [`blocks`]).
//!
//! Values are numbered: 0 is the picture, `n` is what the `n`-th layer (counted from 1) makes. A layer reads values
//! with smaller numbers only.

use super::words::{Words, finite, invalid, not_finite, truncated};
use super::{PANEL, blocks, half};
use crate::error::Result;

/// First word of a packed file: `TKNN`.
const MAGIC: u32 = u32::from_le_bytes(*b"TKNN");

/// Second word of a packed file.
const VERSION: u32 = 2;

/// Most layers, and most parts of all outputs, that a file may have. CenterFace, the network with the most
/// layers, has 73.
const MAX_RECORDS: usize = 256;

/// Most channels a value may have. The widest value of the networks shipped has 960.
const MAX_CHANNELS: usize = 2048;

/// Most halvings between the picture and a value: a stride of 64.
const MAX_HALVINGS: u32 = 6;

/// Channels of the picture: red, green, blue.
pub const PICTURE_CHANNELS: usize = 3;

/// Weights of a 3 x 3 kernel for one input and one output channel.
pub const TAPS: usize = 9;

/// Pixels that a transposed convolution makes of one: 2 x 2.
pub const QUARTERS: usize = 4;

/// A network in the form that the engine runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// What is subtracted from the picture's red, green and blue, 0 to 255. The zeros around the picture stand for it.
    pub mean: [f32; PICTURE_CHANNELS],
    /// In an order in which they can be computed.
    pub layers: Vec<Layer>,
    /// In the order of the original file.
    pub outputs: Vec<OutputSpec>,
}

/// One step from values to a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Number of the value it reads.
    pub source: usize,
    /// What it does.
    pub kind: Kind,
    /// What is applied to the result.
    pub activation: Activation,
}

/// What a layer does. Kernels are 3 x 3 with one pixel of zeros around the input unless said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Dense convolution of the picture, stride 2. For every [`PANEL`] output channels: the biases, then the weights by
    /// kernel row, kernel column and input channel (red, green, blue).
    Stem(Vec<[f32; PANEL]>),
    /// Dense 1 x 1 convolution. For every [`PANEL`] output channels: the biases, then the weights by input channel.
    Pointwise(Vec<[f32; PANEL]>),
    /// Dense convolution. For every [`PANEL`] output channels: the biases, then the weights by kernel row, panel of input
    /// channels, kernel column and input channel in the panel. The picture counts as one panel, whose first channels are
    /// red, green and blue.
    Dense(Vec<[f32; PANEL]>),
    /// Transposed convolution, 2 x 2, stride 2: each pixel becomes four. For each of these, row by row, the weights of
    /// a 1 x 1 convolution as in [`Kind::Pointwise`].
    Transposed(Vec<[f32; PANEL]>),
    /// Convolution of each channel for itself. For every [`PANEL`] channels: the biases, then the weights by kernel row
    /// and column.
    Depthwise {
        /// Biases and weights.
        weights: Vec<[f32; PANEL]>,
        /// The stride is 2 and not 1.
        halved: bool,
    },
    /// The largest of 2 x 2, stride 2.
    MaxPool,
    /// Adds the value of that number.
    Add(usize),
    /// Adds the value of that number, of half the size, each of its pixels repeated 2 x 2.
    AddUpsampled(usize),
    /// Appends the channels of the value of that number.
    Concat(usize),
    /// `max(x, 0) + slope * min(x, 0)`. For every [`PANEL`] channels: their slopes, which can be any numbers.
    ParametricRelu(Vec<[f32; PANEL]>),
}

/// A function applied to each number that a layer makes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Activation {
    /// Nothing.
    None,
    /// `max(x, 0)`.
    Relu,
    /// `max(x, slope * x)`, with a slope between 0 and 1.
    LeakyRelu(f32),
}

/// Some channels of some values, given out as one tensor.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputSpec {
    /// One after another.
    pub parts: Vec<Part>,
    /// How the numbers are laid out.
    pub layout: OutputLayout,
    /// What is applied to them.
    pub function: OutputFunction,
}

/// Some channels of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Number of the value.
    pub value: usize,
    /// First channel.
    pub first: usize,
    /// Number of channels.
    pub channels: usize,
}

/// How the numbers of an output are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputLayout {
    /// Shape `[1, channels, height, width]`; for one part only.
    Planes,
    /// Shape `[1, rows, n]`: the channels of one pixel after those of another, cut into rows of `n`.
    Rows(usize),
}

/// A function applied to an output.
#[derive(Debug, Clone, PartialEq)]
pub enum OutputFunction {
    /// Nothing.
    None,
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// `exp(x)` as a share of the row's sum; for [`OutputLayout::Rows`] only.
    Softmax,
    /// Biases plus weighted sums of all numbers, which makes the shape `[1, sums]`; for [`OutputLayout::Planes`] only. So
    /// the network takes pictures of one size only.
    FullyConnected {
        /// How many numbers there must be.
        inputs: usize,
        /// For every [`PANEL`] sums: the biases, then the weights by number.
        weights: Vec<[f32; PANEL]>,
    },
}

/// Channels and size of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) channels: usize,
    /// Times that width and height were halved since the picture.
    pub(super) halvings: u32,
}

impl Model {
    /// Reads a packed file.
    ///
    /// # Errors
    /// [`ModelError::Load`] if the bytes are anything but a complete and consistent packed file.
    pub fn from_packed(bytes: &[u8]) -> Result<Self> {
        let mut words = Words::new(bytes)?;
        if words.next()? != MAGIC || words.next()? != VERSION {
            return Err(invalid("not a packed network of this version"));
        }
        let layers = read_count(&mut words)?;
        let outputs = read_count(&mut words)?;
        let model = Self {
            mean: [words.number()?, words.number()?, words.number()?],
            layers: (0..layers).map(|_| read_layer(&mut words)).collect::<Result<_>>()?,
            outputs: (0..outputs).map(|_| read_output(&mut words)).collect::<Result<_>>()?,
        };
        if !words.is_empty() {
            return Err(invalid("there are bytes after the end"));
        }
        model.shapes()?;
        Ok(model)
    }

    /// Writes a packed file that holds exactly these weights.
    pub fn to_packed(&self) -> Vec<u8> {
        self.write(None)
    }

    /// Writes a packed file whose largest weights, those of 1 x 1 convolutions and of fully connected outputs, are rounded
    /// to 8 bits. That loses next to nothing of weights that were rounded in the same way before (see [`blocks`]).
    ///
    /// # Errors
    /// [`ModelError::Load`] if the network is not consistent.
    pub fn to_packed_8_bit(&self) -> Result<Vec<u8>> {
        Ok(self.write(Some(&self.shapes()?)))
    }

    /// `shapes` are those of all values if the largest weights are to be of 8 bits.
    fn write(&self, shapes: Option<&[Shape]>) -> Vec<u8> {
        let mut words = vec![MAGIC, VERSION, self.layers.len() as u32, self.outputs.len() as u32];
        words.extend(self.mean.map(f32::to_bits));
        self.layers.iter().for_each(|layer| write_layer(layer, shapes, &mut words));
        self.outputs.iter().for_each(|output| write_output(output, shapes.is_some(), &mut words));
        words.into_iter().flat_map(u32::to_le_bytes).collect()
    }

    /// Channels and size of every value, the picture's first.
    ///
    /// # Errors
    /// [`ModelError::Load`] if a layer or an output does not fit what it reads.
    pub(super) fn shapes(&self) -> Result<Vec<Shape>> {
        let mut shapes = vec![Shape { channels: PICTURE_CHANNELS, halvings: 0 }];
        for layer in &self.layers {
            let shape = layer.shape(&shapes)?;
            if shape.channels == 0 || shape.channels > MAX_CHANNELS || shape.halvings > MAX_HALVINGS {
                return Err(invalid("a value has too many or no channels, or is too small"));
            }
            shapes.push(shape);
        }
        self.outputs.iter().try_for_each(|output| output.check(&shapes))?;
        if self.outputs.iter().map(|output| output.parts.len()).sum::<usize>() > MAX_RECORDS {
            return Err(invalid("the outputs have too many parts"));
        }
        Ok(shapes)
    }
}

impl Layer {
    fn shape(&self, shapes: &[Shape]) -> Result<Shape> {
        let source = lookup(shapes, self.source)?;
        // The picture does not fill its panel, which only these kernels allow for.
        let fits = match self.kind {
            Kind::Stem(_) => self.source == 0,
            Kind::Dense(_) => true,
            _ => self.source != 0,
        };
        if !fits {
            return Err(invalid("a layer reads the picture that cannot, or the other way round"));
        }
        let halved = Shape { halvings: source.halvings + 1, ..source };
        match &self.kind {
            Kind::Stem(weights) => {
                Ok(Shape { channels: panels(weights.len(), TAPS * PICTURE_CHANNELS + 1)? * PANEL, ..halved })
            }
            Kind::Pointwise(weights) => {
                Ok(Shape { channels: panels(weights.len(), source.channels + 1)? * PANEL, ..source })
            }
            Kind::Dense(weights) => {
                let inputs = source.channels.next_multiple_of(PANEL);
                Ok(Shape { channels: panels(weights.len(), TAPS * inputs + 1)? * PANEL, ..source })
            }
            Kind::Transposed(weights) => {
                let channels = panels(weights.len(), QUARTERS * (source.channels + 1))? * PANEL;
                let halvings = source.halvings.checked_sub(1).ok_or_else(|| invalid("a value is too large"))?;
                Ok(Shape { channels, halvings })
            }
            Kind::Depthwise { weights, .. } if weights.len() != source.channels / PANEL * (TAPS + 1) => {
                Err(invalid("a layer has too many or too few weights"))
            }
            Kind::ParametricRelu(slopes) if slopes.len() != source.channels / PANEL => {
                Err(invalid("a layer has too many or too few weights"))
            }
            Kind::Depthwise { halved: true, .. } | Kind::MaxPool => Ok(halved),
            Kind::Depthwise { halved: false, .. } | Kind::ParametricRelu(_) => Ok(source),
            Kind::Add(other) if lookup(shapes, *other)? == source => Ok(source),
            Kind::AddUpsampled(small) if lookup(shapes, *small)? == halved => Ok(source),
            Kind::Add(_) | Kind::AddUpsampled(_) => Err(invalid("two values cannot be added")),
            Kind::Concat(other) => {
                let Shape { channels, halvings } = lookup(shapes, *other)?;
                let fits = *other != 0 && halvings == source.halvings;
                let channels = channels + source.channels;
                if fits { Ok(Shape { channels, halvings }) } else { Err(invalid("two values cannot be joined")) }
            }
        }
    }
}

impl OutputSpec {
    fn check(&self, shapes: &[Shape]) -> Result<()> {
        self.parts.iter().try_for_each(|part| part.check(shapes))?;
        if let OutputFunction::FullyConnected { inputs, weights } = &self.function {
            panels(weights.len(), inputs.checked_add(1).ok_or_else(truncated)?)?;
        }
        let fits = match (self.layout, &self.function) {
            (OutputLayout::Planes, function) => self.parts.len() == 1 && *function != OutputFunction::Softmax,
            (OutputLayout::Rows(_), OutputFunction::FullyConnected { .. }) => false,
            (OutputLayout::Rows(length), _) => self.parts.iter().all(|part| part.channels.is_multiple_of(length)),
        };
        if fits { Ok(()) } else { Err(invalid("an output cannot be laid out as it should")) }
    }
}

impl Part {
    fn check(&self, shapes: &[Shape]) -> Result<()> {
        let shape = lookup(shapes, self.value)?;
        let end = self.first.checked_add(self.channels);
        if self.value == 0 || self.channels == 0 || end.is_none_or(|end| end > shape.channels) {
            return Err(invalid("an output names channels that are not there"));
        }
        Ok(())
    }
}

impl Kind {
    /// The code in the file, the second source and the weights.
    fn parts(&self) -> (u32, usize, &[f32]) {
        match self {
            Kind::Stem(weights) => (0, 0, weights.as_flattened()),
            Kind::Pointwise(weights) => (1, 0, weights.as_flattened()),
            Kind::Depthwise { weights, halved: false } => (2, 0, weights.as_flattened()),
            Kind::MaxPool => (3, 0, &[]),
            Kind::AddUpsampled(small) => (4, *small, &[]),
            Kind::Depthwise { weights, halved: true } => (5, 0, weights.as_flattened()),
            Kind::Dense(weights) => (6, 0, weights.as_flattened()),
            Kind::Transposed(weights) => (7, 0, weights.as_flattened()),
            Kind::Add(other) => (8, *other, &[]),
            Kind::Concat(other) => (9, *other, &[]),
            Kind::ParametricRelu(slopes) => (10, 0, slopes.as_flattened()),
        }
    }

    fn from_parts(code: u32, second: usize, weights: &[f32]) -> Result<Self> {
        let kind = match code {
            0 => Kind::Stem(chunks(weights)?),
            1 => Kind::Pointwise(chunks(weights)?),
            2 | 5 => Kind::Depthwise { weights: chunks(weights)?, halved: code == 5 },
            3 => Kind::MaxPool,
            4 => Kind::AddUpsampled(second),
            6 => Kind::Dense(chunks(weights)?),
            7 => Kind::Transposed(chunks(weights)?),
            8 => Kind::Add(second),
            9 => Kind::Concat(second),
            10 => Kind::ParametricRelu(chunks(weights)?),
            _ => return Err(invalid("a layer is of an unknown kind")),
        };
        // So that every network has one file only.
        if kind.parts().1 == second && kind.parts().2.len() == weights.len() {
            Ok(kind)
        } else {
            Err(invalid("a layer has parts that it does not need"))
        }
    }
}

impl Activation {
    /// The code in the file, and the slope.
    fn parts(self) -> (u32, f32) {
        match self {
            Activation::None => (0, 0.0),
            Activation::Relu => (1, 0.0),
            Activation::LeakyRelu(slope) => (2, slope),
        }
    }

    fn from_parts(code: u32, slope: f32) -> Result<Self> {
        match code {
            0 if slope == 0.0 => Ok(Activation::None),
            1 if slope == 0.0 => Ok(Activation::Relu),
            2 if slope > 0.0 && slope < 1.0 => Ok(Activation::LeakyRelu(slope)),
            _ => Err(invalid("an activation is of an unknown kind")),
        }
    }
}

impl OutputLayout {
    /// The length of a row; 0 for planes.
    fn code(self) -> usize {
        match self {
            OutputLayout::Planes => 0,
            OutputLayout::Rows(length) => length,
        }
    }

    fn from_code(length: usize) -> Self {
        if length == 0 { OutputLayout::Planes } else { OutputLayout::Rows(length) }
    }
}

impl OutputFunction {
    fn code(&self) -> u32 {
        match self {
            OutputFunction::None => 0,
            OutputFunction::Sigmoid => 1,
            OutputFunction::Softmax => 2,
            OutputFunction::FullyConnected { .. } => FULLY_CONNECTED,
        }
    }

    fn read(code: u32, words: &mut Words<'_>) -> Result<Self> {
        match code {
            0 => Ok(OutputFunction::None),
            1 => Ok(OutputFunction::Sigmoid),
            2 => Ok(OutputFunction::Softmax),
            FULLY_CONNECTED => {
                Ok(OutputFunction::FullyConnected { inputs: words.index()?, weights: chunks(&read_weights(words)?)? })
            }
            _ => Err(invalid("an output's function is of an unknown kind")),
        }
    }
}

/// Code of [`OutputFunction::FullyConnected`].
const FULLY_CONNECTED: u32 = 3;

/// The number of layers, of outputs or of an output's parts.
fn read_count(words: &mut Words<'_>) -> Result<usize> {
    let count = words.index()?;
    let fits = (1..=MAX_RECORDS).contains(&count);
    if fits { Ok(count) } else { Err(invalid("too many or no layers, outputs or parts of an output")) }
}

/// The bits of a weight, the number of weights, and these.
fn read_weights(words: &mut Words<'_>) -> Result<Vec<f32>> {
    match (words.next()?, words.index()?) {
        (SINGLE, count) => words.take(count)?.iter().map(|word| finite(f32::from_le_bytes(*word))).collect(),
        (HALF, count) if count.is_multiple_of(2) => {
            let halves = words.take(count / 2)?.as_flattened().as_chunks().0.iter();
            halves.map(|half| widen(u16::from_le_bytes(*half))).collect()
        }
        (blocks::BITS, count) => blocks::read(words, count),
        _ => Err(invalid("weights are stored in an unknown way")),
    }
}

/// Bits of a weight that is stored as f32.
const SINGLE: u32 = 32;

/// Bits of a weight that is stored as f16.
const HALF: u32 = 16;

fn widen(half: u16) -> Result<f32> {
    half::widen(half).ok_or_else(not_finite)
}

fn read_layer(words: &mut Words<'_>) -> Result<Layer> {
    let code = words.next()?;
    let source = words.index()?;
    let second = words.index()?;
    let activation = Activation::from_parts(words.next()?, words.number()?)?;
    Ok(Layer { source, kind: Kind::from_parts(code, second, &read_weights(words)?)?, activation })
}

fn write_layer(layer: &Layer, shapes: Option<&[Shape]>, words: &mut Vec<u32>) {
    let (kind, second, weights) = layer.kind.parts();
    let (activation, slope) = layer.activation.parts();
    words.extend([kind, layer.source as u32, second as u32, activation, slope.to_bits()]);
    match (&layer.kind, shapes) {
        (Kind::Pointwise(weights), Some(shapes)) => blocks::write(weights, shapes[layer.source].channels + 1, words),
        _ => write_weights(weights, words),
    }
}

fn write_weights(weights: &[f32], words: &mut Vec<u32>) {
    // Panels have an even number of columns, so that two halves always fill a word.
    match weights.iter().map(|weight| half::narrow(*weight)).collect::<Option<Vec<u16>>>() {
        Some(halves) => {
            words.extend([HALF, weights.len() as u32]);
            words.extend(halves.as_chunks().0.iter().map(|[low, high]| u32::from(*low) | u32::from(*high) << 16));
        }
        None => {
            words.extend([SINGLE, weights.len() as u32]);
            words.extend(weights.iter().map(|weight| weight.to_bits()));
        }
    }
}

fn read_output(words: &mut Words<'_>) -> Result<OutputSpec> {
    let layout = OutputLayout::from_code(words.index()?);
    let function = words.next()?;
    let parts = read_count(words)?;
    let parts = (0..parts).map(|_| read_part(words)).collect::<Result<_>>()?;
    Ok(OutputSpec { parts, layout, function: OutputFunction::read(function, words)? })
}

fn read_part(words: &mut Words<'_>) -> Result<Part> {
    Ok(Part { value: words.index()?, first: words.index()?, channels: words.index()? })
}

fn write_output(output: &OutputSpec, eight_bits: bool, words: &mut Vec<u32>) {
    words.extend([output.layout.code() as u32, output.function.code(), output.parts.len() as u32]);
    for Part { value, first, channels } in &output.parts {
        words.extend([*value as u32, *first as u32, *channels as u32]);
    }
    let OutputFunction::FullyConnected { inputs, weights } = &output.function else { return };
    words.push(*inputs as u32);
    match eight_bits {
        true => blocks::write(weights, inputs + 1, words),
        false => write_weights(weights.as_flattened(), words),
    }
}

fn lookup(shapes: &[Shape], value: usize) -> Result<Shape> {
    shapes.get(value).copied().ok_or_else(|| invalid("something reads a value before it is made"))
}

/// How many panels of `rows` rows there are.
fn panels(weights: usize, rows: usize) -> Result<usize> {
    if weights.is_multiple_of(rows) {
        Ok(weights / rows)
    } else {
        Err(invalid("a layer has too many or too few weights"))
    }
}

fn chunks(weights: &[f32]) -> Result<Vec<[f32; PANEL]>> {
    let (chunks, rest) = weights.as_chunks();
    if rest.is_empty() { Ok(chunks.to_vec()) } else { Err(invalid("a layer has too many or too few weights")) }
}
