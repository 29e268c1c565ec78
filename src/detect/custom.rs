//! A custom detector: a network that the project does not ship, described by plain data.
//!
//! It scans wherever YuNet scans upright. It may add detections, but not take any away: see [`super::fusion::fuse`]. Nothing
//! was fitted to its scores, so they are taken for probabilities as they are.

use serde::Deserialize;

use super::policy::Policy;
use super::rows::Rows;
use super::{Candidate, centerface, retinaface, yunet};
use crate::error::{ModelError, Result};
use crate::infer::{InputSpec, Network, Output, Sides};

/// The inputs and outputs of a custom detector.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct DetectorSpec {
    /// Its input.
    pub input: InputSpec,
    /// How its outputs are read: as those of one of the networks in `models/`, in the order of its file, or as tables with a row for
    /// each candidate.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(inline))]
    pub head: Head,
}

/// How outputs are read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Head {
    /// As YuNet's: twelve tensors in the order of its file.
    YuNet,
    /// As CenterFace's: four tensors in the order of its file.
    CenterFace,
    /// As RetinaFace's: three tensors in the order of its file.
    RetinaFace,
    /// Tensors with a row for each candidate, by their names.
    Rows(Rows),
}

/// Largest multiple that sides may have to be. The networks in use have strides of up to 128.
const LARGEST_MULTIPLE: u32 = 256;

/// Fixed sides in pixels. Smaller ones would cut a photo into too many tiles, larger ones would take too much memory.
const FIXED_SIDES: std::ops::RangeInclusive<u32> = 64..=2048;

/// Least side of the picture on which a custom detector is tried when it is loaded.
const TRIAL_SIDE: u32 = 256;

impl DetectorSpec {
    /// # Errors
    /// [`ModelError::Spec`] if a number is out of bounds.
    fn check(&self) -> Result<()> {
        let InputSpec { mean, scale, sides, .. } = self.input;
        let sides_fit = match sides {
            Sides::MultipleOf(multiple) => (1..=LARGEST_MULTIPLE).contains(&multiple),
            Sides::Fixed(size) => size.iter().all(|side| FIXED_SIDES.contains(side)),
        };
        let is_finite = mean.iter().chain(&scale).all(|number| number.is_finite());
        match (sides_fit, is_finite) {
            (true, true) => Ok(()),
            (false, _) => Err(ModelError::Spec(format!(
                "sides must be a multiple of 1 to {LARGEST_MULTIPLE}, or fixed at {FIXED_SIDES:?} pixels"
            ))
            .into()),
            (true, false) => Err(ModelError::Spec("mean and scale must be finite".to_owned()).into()),
        }
    }

    /// A size that the network takes.
    fn trial_size(&self) -> [usize; 2] {
        let size = match self.input.sides {
            Sides::MultipleOf(multiple) => [TRIAL_SIDE.next_multiple_of(multiple); 2],
            Sides::Fixed(size) => size,
        };
        size.map(|side| side as usize)
    }
}

impl Head {
    /// Names of the tensors that are read; `None` if they are known by their order.
    #[cfg(feature = "tract")]
    pub(super) fn names(&self) -> Option<Vec<&str>> {
        match self {
            Self::Rows(rows) => Some(rows.names()),
            Self::YuNet | Self::CenterFace | Self::RetinaFace => None,
        }
    }

    fn decode(&self, outputs: &[Output], width: usize, height: usize, lowest_score: f32) -> Result<Vec<Candidate>> {
        match self {
            Self::YuNet => yunet::decode(outputs, width, height, lowest_score),
            Self::CenterFace => centerface::decode(outputs, width, height, lowest_score),
            Self::RetinaFace => retinaface::decode(outputs, width, height, lowest_score),
            Self::Rows(rows) => rows.decode(outputs, width, height, lowest_score),
        }
    }
}

/// A custom detector with its description.
pub(super) struct Custom {
    network: Box<dyn Network>,
    spec: DetectorSpec,
}

impl Custom {
    /// Tries the network on a grey picture, so that one that does not fit its description is refused before the first
    /// photo.
    ///
    /// # Errors
    /// [`ModelError`], by what is wrong.
    pub(super) fn new(network: Box<dyn Network>, spec: DetectorSpec) -> Result<Self> {
        spec.check()?;
        let [width, height] = spec.trial_size();
        let mut custom = Self { network, spec };
        let lowest_score = Policy::default().lowest_score;
        custom.scan(&vec![128; 3 * width * height], width, height, lowest_score)?;
        Ok(custom)
    }

    /// Which sizes the network takes.
    pub(super) fn sides(&self) -> Sides {
        self.spec.input.sides
    }

    /// Every box that the network scores at least `lowest_score` in a picture, in pixels of that.
    ///
    /// # Errors
    /// [`ModelError`], by what is wrong with the network or its outputs.
    pub(super) fn scan(
        &mut self,
        rgb: &[u8],
        width: usize,
        height: usize,
        lowest_score: f32,
    ) -> Result<Vec<Candidate>> {
        let outputs = self.network.run(rgb, width, height)?;
        if outputs.iter().flat_map(|output| &output.values).any(|value| !value.is_finite()) {
            return Err(ModelError::NotFinite.into());
        }
        self.spec.head.decode(&outputs, width, height, lowest_score)
    }
}

#[cfg(all(test, feature = "tract"))]
mod tests;
