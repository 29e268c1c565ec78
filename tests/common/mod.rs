//! What several tests need.

use tarnkappe::detect::{Detector, Family};
use tarnkappe::error::Result;
use tarnkappe::infer::{Network, Output};
use tarnkappe::pipeline::Pipeline;

/// A network that detects nothing: for tests of what is written, with random pixels that have no faces.
pub(crate) struct Blind;

impl Network for Blind {
    fn run(&mut self, _rgb: &[u8], width: usize, height: usize) -> Result<Vec<Output>> {
        let heads = [1, 1, 4, 10].into_iter().flat_map(|values| [8, 16, 32].map(|stride| (values, stride)));
        let output = |(values, stride)| {
            let cells = (width / stride) * (height / stride);
            Output { shape: vec![1, cells, values], values: vec![0.0; cells * values] }
        };
        Ok(heads.map(output).collect())
    }
}

/// A pipeline with this network alone.
pub(crate) fn pipeline(network: impl Network + 'static) -> Pipeline {
    let mut detector = Detector::default();
    detector.set_network(Family::YuNet, Box::new(network));
    Pipeline::new(detector)
}
