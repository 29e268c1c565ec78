//! In the place of the adversary where it is left out: there is none, and that is known when compiling.

use crate::detect::Detection;
use crate::error::{ModelError, Result};
use crate::geometry::PixelRect;
use crate::photo::Frame;
use crate::recognition::recogniser::Recogniser;
use crate::report::Check;

/// An adversary that nobody can have.
pub enum Adversary {}

/// A face that a mosaic covers. Nothing of it is kept, since nobody attacks it.
#[derive(Debug, Clone)]
pub struct MosaicTarget;

impl Adversary {
    /// No adversary.
    ///
    /// # Errors
    /// [`ModelError::Missing`], always.
    pub fn new(_: Recogniser) -> Result<Self> {
        Err(ModelError::Missing.into())
    }

    /// Never called.
    ///
    /// # Errors
    /// None.
    pub fn check_mosaic(&mut self, _: &Frame, _: &[MosaicTarget]) -> Result<Check> {
        match *self {}
    }

    pub(super) fn compare(&mut self, _: &Frame, _: &Frame, _: &[Detection]) -> Result<[Check; 2]> {
        match *self {}
    }
}

impl MosaicTarget {
    /// No target.
    ///
    /// # Errors
    /// None.
    pub fn of(_: &Frame, _: Detection, _: PixelRect) -> Result<Option<Self>> {
        Ok(None)
    }
}
