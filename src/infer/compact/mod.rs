//! A small engine for the operators that the project's networks use.
//!
//! It reads packed files (see [`Model`]), which the tool `pack` makes from ONNX files. All sums are in `f32`.

mod blocks;
mod half;
mod kernels;
mod model;
mod plan;
mod simd;
mod words;

pub use model::{
    Activation, Kind, Layer, Model, OutputFunction, OutputLayout, OutputSpec, PICTURE_CHANNELS, Part, QUARTERS, TAPS,
};

use std::collections::VecDeque;

use super::{Network, Output};
use crate::error::{ModelError, Result};
use model::Shape;
use plan::Plan;

/// Channels that one step of a kernel makes. All channel counts but the picture's are multiples of it.
pub const PANEL: usize = 8;

/// A network run by the compact engine.
pub struct CompactNetwork {
    model: Model,
    shapes: Vec<Shape>,
    /// For the sizes that were run last, the latest first.
    plans: VecDeque<Plan>,
}

/// Bytes that all plans but the latest may take. A partial detection alternates between a dozen sizes of tiles; planning anew for
/// each tile took a quarter of its time at 31 covers.
const MOST_BYTES: usize = 16 << 20;

impl CompactNetwork {
    /// Reads a network from the bytes of a packed file.
    ///
    /// # Errors
    /// [`ModelError::Load`] if the bytes are not a packed file that this engine can run.
    pub fn from_packed(packed: &[u8]) -> Result<Self> {
        let model = Model::from_packed(packed)?;
        let shapes = model.shapes()?;
        Ok(Self { model, shapes, plans: VecDeque::new() })
    }
}

impl Network for CompactNetwork {
    fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
        let bytes = width.checked_mul(height).and_then(|area| area.checked_mul(3));
        if bytes != Some(rgb.len()) {
            return Err(ModelError::Run(format!("{} bytes for {width} x {height} pixels", rgb.len())).into());
        }
        let known = self.plans.iter().position(|plan| plan.is_for(width, height));
        let mut plan = match known.and_then(|index| self.plans.remove(index)) {
            Some(plan) => plan,
            None => Plan::new(&self.model, &self.shapes, width, height)?,
        };
        let outputs = plan.run(&self.model, rgb);
        let mut bytes = 0;
        self.plans.retain(|plan| {
            bytes += plan.bytes();
            bytes <= MOST_BYTES
        });
        self.plans.push_front(plan);
        Ok(outputs)
    }
}

#[cfg(all(test, feature = "tract"))]
mod tests;
