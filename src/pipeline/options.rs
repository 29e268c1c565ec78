//! Options as callers from JavaScript give them.

use serde::{Deserialize, Serialize};

use super::settings::{Choice, FaceChoice, Settings};
use crate::detect::Policy;
use crate::error::{InputError, Result};
use crate::protect::Method;
use crate::prove::Elsewhere;
use crate::report::RegionRequest;

/// How to check a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CheckOptions {
    /// Scan harder, which takes longer. The first time, two more networks are fetched.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<bool>", optional))]
    pub thorough: bool,
    /// Lowest probability at which something counts as a face, 0 to 1.
    pub threshold: Option<f32>,
    /// Longest side of the preview in pixels; none is made without it.
    pub preview_side: Option<u32>,
}

/// How to make a cleaned copy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS), ts(optional_fields))]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ProtectOptions {
    /// As in [`CheckOptions`], for looking for faces and for the proof.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<bool>", optional))]
    pub thorough: bool,
    /// As in [`CheckOptions`].
    pub threshold: Option<f32>,
    /// As in [`CheckOptions`].
    pub preview_side: Option<u32>,
    /// How covers are drawn; `soft` if absent.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<Method>", optional))]
    pub method: Method,
    /// Every region, covered or left open. Without it every face that is found is covered.
    pub regions: Option<Vec<RegionRequest>>,
}

impl CheckOptions {
    /// # Errors
    /// [`InputError::BadOption`] if a number is out of bounds.
    pub fn settings(&self) -> Result<Settings> {
        let mut policy = if self.thorough { Policy::thorough() } else { Policy::default() };
        if let Some(threshold) = self.threshold {
            if !(0.0..=1.0).contains(&threshold) {
                return Err(InputError::BadOption(format!("threshold: {threshold} is not within 0 and 1")).into());
            }
            policy = policy.with_threshold(threshold);
        }
        Ok(Settings { policy, ..Settings::default() })
    }
}

impl ProtectOptions {
    /// # Errors
    /// As [`CheckOptions::settings`].
    pub fn settings(&self) -> Result<Settings> {
        let &Self { thorough, threshold, preview_side, .. } = self;
        CheckOptions { thorough, threshold, preview_side }.settings()
    }

    /// What is to be covered.
    pub fn into_choice(self) -> Choice {
        match self.regions {
            Some(regions) => Choice::Given { regions, elsewhere: Elsewhere::Fails },
            None => Choice::Find(FaceChoice::All),
        }
    }
}
