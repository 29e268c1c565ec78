//! The engine tract: reads ONNX, optimises it for one input size at a time, runs it.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use tract_onnx::prelude::*;

use super::{Channels, InputSpec, Network, Output, onnx};
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
    /// Reads a network from the bytes of an ONNX file with one picture as its input.
    ///
    /// # Errors
    /// [`ModelError`], by what is wrong with the file.
    pub fn from_onnx(onnx: &[u8], spec: InputSpec) -> Result<Self> {
        guarded(|| Ok(Self { model: onnx::read(onnx)?, spec, plans: VecDeque::new() }))
    }

    /// Computes these tensors only, and gives them in this order.
    ///
    /// # Errors
    /// [`ModelError::Outputs`] if there is no tensor of one of the names.
    pub fn with_outputs(self, names: &[&str]) -> Result<Self> {
        let model = self.model.with_outputs_by_name(names).map_err(|e| ModelError::Outputs(format!("{e:#}")))?;
        Ok(Self { model, ..self })
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
        let plan = guarded(|| build(&self.model, width, height))?;
        if self.plans.len() == PLANS_KEPT {
            self.plans.pop_front();
        }
        self.plans.push_back((size, plan.clone()));
        Ok(plan)
    }
}

/// The network for one input size. A concrete size is what lets tract pick its fast convolutions.
fn build(model: &InferenceModel, width: usize, height: usize) -> Result<Plan> {
    let input = f32::fact([1, 3, height, width]).into();
    let mut model = model.clone().with_input_fact(0, input).map_err(onnx::refused)?;
    onnx::bound_tensors(&mut model)?;
    let model = model.into_typed().map_err(onnx::refused)?;
    onnx::bound_work(&model)?;
    model.into_optimized().and_then(|model| model.into_runnable()).map_err(onnx::refused)
}

/// Turns a panic of tract on an unexpected file into an error. (In WebAssembly a panic ends the worker.)
fn guarded<T>(job: impl FnOnce() -> Result<T>) -> Result<T> {
    let outcome = catch_unwind(AssertUnwindSafe(job));
    outcome.unwrap_or_else(|_| Err(ModelError::Load("tract panicked".to_owned()).into()))
}

impl Network for TractNetwork {
    fn run(&mut self, rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
        if rgb.len() != 3 * width * height || !self.spec.sides.allow(width, height) {
            let message = format!("{} bytes for {width} x {height} pixels", rgb.len());
            return Err(ModelError::Run(message).into());
        }
        let plan = self.plan(width, height)?;
        let input = to_planes(rgb, width, height, &self.spec);
        let outputs = guarded(|| plan.run(tvec!(input.into())).map_err(|e| ModelError::Run(format!("{e:#}")).into()))?;
        outputs.iter().map(to_output).collect()
    }
}

/// Interleaved bytes to `[1, 3, height, width]`, less their mean, scaled.
fn to_planes(rgb: &[u8], width: usize, height: usize, spec: &InputSpec) -> Tensor {
    let area = width * height;
    let mut planes = vec![0.0f32; 3 * area];
    for (channel, plane) in planes.chunks_exact_mut(area).enumerate() {
        let colour = if spec.channels == Channels::Bgr { 2 - channel } else { channel };
        let (mean, scale) = (spec.mean[colour], spec.scale[colour]);
        for (value, pixel) in plane.iter_mut().zip(rgb.chunks_exact(3)) {
            *value = (f32::from(pixel[colour]) - mean) * scale;
        }
    }
    tract_ndarray::Array4::from_shape_vec((1, 3, height, width), planes)
        .expect("three planes of width times height values")
        .into()
}

fn to_output(value: &TValue) -> Result<Output> {
    let view = value.to_plain_array_view::<f32>().map_err(|e| ModelError::Outputs(e.to_string()))?;
    Ok(Output { shape: view.shape().to_vec(), values: view.iter().copied().collect() })
}
