//! What a packed file holds, reading it and writing it.
//!
//! A packed file is a sequence of little-endian 32-bit words:
//!
//! ```text
//! magic, version, number of layers, number of outputs
//! per layer:  kind, source, second source, activation, number of weights, weights (f32)
//! per output: value, first channel, channels, activation
//! ```
//!
//! Values are numbered: 0 is the picture, `n` is what the `n`-th layer (counted from 1) makes. A layer reads values
//! with smaller numbers only.

use crate::error::{ModelError, Result};

/// First word of a packed file: `TKNN`.
const MAGIC: u32 = u32::from_le_bytes(*b"TKNN");

/// Second word of a packed file.
const VERSION: u32 = 1;

/// Most layers, and most outputs, that a file may have. CenterFace, the largest network in view, has about 80.
const MAX_RECORDS: usize = 256;

/// Most channels a value may have. The widest value of the networks in view has 1280.
const MAX_CHANNELS: usize = 2048;

/// Most halvings between the picture and a value: a stride of 64.
const MAX_HALVINGS: u32 = 6;

/// Channels that one step of a dense kernel makes. All channel counts but the picture's are multiples of it.
pub const PANEL: usize = 8;

/// Channels that one step of a depthwise kernel makes.
pub const GROUP: usize = 4;

/// Channels of the picture: red, green, blue.
pub const PICTURE_CHANNELS: usize = 3;

/// Weights of a 3 x 3 kernel for one input and one output channel.
pub const TAPS: usize = 9;

/// A network in the form that the engine runs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
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
    /// Convolution of each channel for itself. For every [`GROUP`] channels: the biases, then the weights by kernel row
    /// and column.
    Depthwise(Vec<[f32; GROUP]>),
    /// The largest of 2 x 2, stride 2.
    MaxPool,
    /// Adds the value of that number, of half the size, each of its pixels repeated 2 x 2.
    AddUpsampled(usize),
}

/// A function applied to each number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// Nothing.
    None,
    /// `max(x, 0)`.
    Relu,
    /// `1 / (1 + exp(-x))`; for outputs only.
    Sigmoid,
}

/// Some channels of a value, given out as a tensor of shape `[1, height * width, channels]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputSpec {
    /// Number of the value.
    pub value: usize,
    /// First channel.
    pub first: usize,
    /// Number of channels.
    pub channels: usize,
    /// What is applied to the value.
    pub activation: Activation,
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
        let layers = words.count()?;
        let outputs = words.count()?;
        let model = Self {
            layers: (0..layers).map(|_| read_layer(&mut words)).collect::<Result<_>>()?,
            outputs: (0..outputs).map(|_| read_output(&mut words)).collect::<Result<_>>()?,
        };
        if !words.rest.is_empty() {
            return Err(invalid("there are bytes after the end"));
        }
        model.shapes()?;
        Ok(model)
    }

    /// Writes a packed file.
    pub fn to_packed(&self) -> Vec<u8> {
        let mut words = vec![MAGIC, VERSION, self.layers.len() as u32, self.outputs.len() as u32];
        for layer in &self.layers {
            let (kind, second, weights) = layer.kind.parts();
            let head = [kind, layer.source as u32, second as u32, layer.activation.code(), weights.len() as u32];
            words.extend(head);
            words.extend(weights.iter().map(|weight| weight.to_bits()));
        }
        for output in &self.outputs {
            let OutputSpec { value, first, channels, activation } = *output;
            words.extend([value as u32, first as u32, channels as u32, activation.code()]);
        }
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
        for output in &self.outputs {
            let shape = lookup(&shapes, output.value)?;
            let end = output.first.checked_add(output.channels);
            if output.value == 0 || output.channels == 0 || end.is_none_or(|end| end > shape.channels) {
                return Err(invalid("an output names channels that are not there"));
            }
        }
        Ok(shapes)
    }
}

impl Layer {
    fn shape(&self, shapes: &[Shape]) -> Result<Shape> {
        let source = lookup(shapes, self.source)?;
        if self.activation == Activation::Sigmoid {
            return Err(invalid("a layer has an activation of outputs"));
        }
        // The picture's layout differs from that of all other values, so only its own kernel can read it.
        if (self.source == 0) != matches!(self.kind, Kind::Stem(_)) {
            return Err(invalid("a layer reads the picture that cannot, or the other way round"));
        }
        match &self.kind {
            Kind::Stem(weights) => {
                let channels = panels(weights.len(), TAPS * PICTURE_CHANNELS + 1)? * PANEL;
                Ok(Shape { channels, halvings: source.halvings + 1 })
            }
            Kind::Pointwise(weights) => {
                Ok(Shape { channels: panels(weights.len(), source.channels + 1)? * PANEL, ..source })
            }
            Kind::Depthwise(weights) if weights.len() == source.channels / GROUP * (TAPS + 1) => Ok(source),
            Kind::Depthwise(_) => Err(invalid("a layer has too many or too few weights")),
            Kind::MaxPool => Ok(Shape { halvings: source.halvings + 1, ..source }),
            Kind::AddUpsampled(small) => {
                let small = lookup(shapes, *small)?;
                let fits = Shape { halvings: source.halvings + 1, ..source } == small;
                if fits { Ok(source) } else { Err(invalid("two values cannot be added")) }
            }
        }
    }
}

impl Kind {
    /// The code in the file, the second source and the weights.
    fn parts(&self) -> (u32, usize, &[f32]) {
        match self {
            Kind::Stem(weights) => (0, 0, weights.as_flattened()),
            Kind::Pointwise(weights) => (1, 0, weights.as_flattened()),
            Kind::Depthwise(weights) => (2, 0, weights.as_flattened()),
            Kind::MaxPool => (3, 0, &[]),
            Kind::AddUpsampled(small) => (4, *small, &[]),
        }
    }

    fn from_parts(code: u32, second: usize, weights: &[f32]) -> Result<Self> {
        let kind = match code {
            0 => Kind::Stem(chunks(weights)?),
            1 => Kind::Pointwise(chunks(weights)?),
            2 => Kind::Depthwise(chunks(weights)?),
            3 => Kind::MaxPool,
            4 => Kind::AddUpsampled(second),
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
    fn code(self) -> u32 {
        match self {
            Activation::None => 0,
            Activation::Relu => 1,
            Activation::Sigmoid => 2,
        }
    }

    fn from_code(code: u32) -> Result<Self> {
        match code {
            0 => Ok(Activation::None),
            1 => Ok(Activation::Relu),
            2 => Ok(Activation::Sigmoid),
            _ => Err(invalid("an activation is of an unknown kind")),
        }
    }
}

/// The words of a file that have not been read yet.
struct Words<'a> {
    rest: &'a [[u8; 4]],
}

impl<'a> Words<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self> {
        let (words, rest) = bytes.as_chunks();
        if rest.is_empty() { Ok(Self { rest: words }) } else { Err(truncated()) }
    }

    fn take(&mut self, count: usize) -> Result<&'a [[u8; 4]]> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn next(&mut self) -> Result<u32> {
        let (word, rest) = self.rest.split_first().ok_or_else(truncated)?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*word))
    }

    fn index(&mut self) -> Result<usize> {
        Ok(self.next()? as usize)
    }

    /// The number of layers or outputs.
    fn count(&mut self) -> Result<usize> {
        let count = self.index()?;
        if (1..=MAX_RECORDS).contains(&count) { Ok(count) } else { Err(invalid("too many or no layers or outputs")) }
    }

    fn weights(&mut self, count: usize) -> Result<Vec<f32>> {
        let weights: Vec<f32> = self.take(count)?.iter().map(|word| f32::from_le_bytes(*word)).collect();
        if weights.iter().all(|weight| weight.is_finite()) {
            Ok(weights)
        } else {
            Err(invalid("a weight is not a finite number"))
        }
    }
}

fn read_layer(words: &mut Words<'_>) -> Result<Layer> {
    let code = words.next()?;
    let source = words.index()?;
    let second = words.index()?;
    let activation = Activation::from_code(words.next()?)?;
    let count = words.index()?;
    let weights = words.weights(count)?;
    Ok(Layer { source, kind: Kind::from_parts(code, second, &weights)?, activation })
}

fn read_output(words: &mut Words<'_>) -> Result<OutputSpec> {
    Ok(OutputSpec {
        value: words.index()?,
        first: words.index()?,
        channels: words.index()?,
        activation: Activation::from_code(words.next()?)?,
    })
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

fn chunks<const N: usize>(weights: &[f32]) -> Result<Vec<[f32; N]>> {
    let (chunks, rest) = weights.as_chunks();
    if rest.is_empty() { Ok(chunks.to_vec()) } else { Err(invalid("a layer has too many or too few weights")) }
}

fn truncated() -> crate::error::Error {
    invalid("the file is cut off")
}

fn invalid(reason: &str) -> crate::error::Error {
    ModelError::Load(reason.into()).into()
}
