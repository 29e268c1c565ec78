//! The engine tract: reads ONNX, optimises it for one input size at a time, runs it.

use std::collections::VecDeque;
use std::sync::Arc;

use tract_onnx::prelude::*;

use super::{InputSpec, Network, Output};
use crate::error::{ModelError, Result};

/// Plans kept, one for each input size. A picture's pyramid has at most seven levels with one tile size each, twice
/// that with quarter turns; a plan holds the packed weights and no activations.
const PLANS_KEPT: usize = 14;

type Plan = Arc<TypedRunnableModel>;

/// A network run by tract.
pub struct TractNetwork {
    model: InferenceModel,
    spec: InputSpec,
    plans: VecDeque<((usize, usize), Plan)>,
}

impl TractNetwork {
    /// Reads a network from the bytes of an ONNX file with one NCHW input.
    ///
    /// # Errors
    /// [`ModelError::Load`] if tract cannot read it.
    pub fn from_onnx(mut onnx: &[u8], spec: InputSpec) -> Result<Self> {
        // The sizes that the file states for inner values and outputs hold for one input size only.
        let model = tract_onnx::onnx()
            .with_ignore_value_info(true)
            .with_ignore_output_shapes(true)
            .model_for_read(&mut onnx)
            .map_err(|e| ModelError::Load(e.to_string()))?;
        Ok(Self { model, spec, plans: VecDeque::new() })
    }

    /// What the optimised graph for one input size is made of: each operator's name and details, with the names of
    /// the kernels it picked.
    ///
    /// # Errors
    /// [`ModelError::Load`] if tract cannot optimise the model for that size.
    pub fn describe(&mut self, width: usize, height: usize) -> Result<Vec<String>> {
        let plan = self.plan(width, height)?;
        let described = plan.model().nodes().iter().map(|node| {
            let info = node.op().info().unwrap_or_default().join("; ");
            format!("{}: {info}", node.op().name())
        });
        Ok(described.collect())
    }

    fn plan(&mut self, width: usize, height: usize) -> Result<Plan> {
        let size = (width, height);
        if let Some((_, plan)) = self.plans.iter().find(|(known, _)| *known == size) {
            return Ok(plan.clone());
        }
        // A concrete size is what lets tract pick its fast convolutions.
        let plan = self
            .model
            .clone()
            .with_input_fact(0, f32::fact([1, 3, height, width]).into())
            .and_then(|model| model.into_optimized())
            .and_then(|model| model.into_runnable())
            .map_err(|e| ModelError::Load(e.to_string()))?;
        if self.plans.len() == PLANS_KEPT {
            self.plans.pop_front();
        }
        self.plans.push_back((size, plan.clone()));
        Ok(plan)
    }
}

impl Network for TractNetwork {
    fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
        let fits = |side: usize| side.is_multiple_of(self.spec.stride);
        if rgb.len() != 3 * width * height || !fits(width) || !fits(height) {
            let message = format!("{} bytes for {width} x {height} pixels", rgb.len());
            return Err(ModelError::Run(message).into());
        }
        let plan = self.plan(width, height)?;
        let input = to_planes(rgb, width, height, self.spec);
        let outputs = plan.run(tvec!(input.into())).map_err(|e| ModelError::Run(e.to_string()))?;
        outputs.iter().map(to_output).collect()
    }
}

/// Interleaved bytes to `[1, 3, height, width]`, less their mean.
fn to_planes(rgb: &[u8], width: usize, height: usize, spec: InputSpec) -> Tensor {
    let area = width * height;
    let mut planes = vec![0.0f32; 3 * area];
    let (first, rest) = planes.split_at_mut(area);
    let (second, third) = rest.split_at_mut(area);
    let (red, blue) = if spec.bgr { (third, first) } else { (first, third) };
    for (((pixel, r), g), b) in rgb.chunks_exact(3).zip(red).zip(second).zip(blue) {
        *r = f32::from(pixel[0]) - spec.mean[0];
        *g = f32::from(pixel[1]) - spec.mean[1];
        *b = f32::from(pixel[2]) - spec.mean[2];
    }
    tract_ndarray::Array4::from_shape_vec((1, 3, height, width), planes)
        .expect("three planes of width times height values")
        .into()
}

fn to_output(value: &TValue) -> Result<Output> {
    let view = value.to_plain_array_view::<f32>().map_err(|e| ModelError::Run(e.to_string()))?;
    Ok(Output { shape: view.shape().to_vec(), values: view.iter().copied().collect() })
}
