//! A small engine for the operators that the project's networks use.
//!
//! It reads packed files (see [`Model`]), which the tool `pack` makes from ONNX files. All sums are in `f32`.

mod blocks;
mod half;
mod kernels;
mod model;
mod plan;
mod simd;

pub use model::{
    Activation, Kind, Layer, Model, OutputFunction, OutputLayout, OutputSpec, PANEL, PICTURE_CHANNELS, Part, QUARTERS,
    TAPS,
};

use super::{Network, Output};
use crate::error::{ModelError, Result};
use model::Shape;
use plan::Plan;

/// A network run by the compact engine.
pub struct CompactNetwork {
    model: Model,
    shapes: Vec<Shape>,
    plan: Option<Plan>,
}

impl CompactNetwork {
    /// Reads a network from the bytes of a packed file.
    ///
    /// # Errors
    /// [`ModelError::Load`] if the bytes are not a packed file that this engine can run.
    pub fn from_packed(packed: &[u8]) -> Result<Self> {
        let model = Model::from_packed(packed)?;
        let shapes = model.shapes()?;
        Ok(Self { model, shapes, plan: None })
    }
}

impl Network for CompactNetwork {
    fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
        let bytes = width.checked_mul(height).and_then(|area| area.checked_mul(3));
        if bytes != Some(rgb.len()) {
            return Err(ModelError::Run(format!("{} bytes for {width} x {height} pixels", rgb.len())).into());
        }
        // The tiles of one pyramid level follow each other and are of one size.
        let plan = match self.plan.take().filter(|plan| plan.is_for(width, height)) {
            Some(plan) => plan,
            None => Plan::new(&self.model, &self.shapes, width, height)?,
        };
        Ok(self.plan.insert(plan).run(&self.model, rgb))
    }
}

#[cfg(all(test, feature = "tract"))]
mod tests;
