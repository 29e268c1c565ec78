//! In the place of the adversary where it is left out: there is none, and that is known when compiling.

use crate::detect::Detection;
use crate::error::{ModelError, Result};
use crate::photo::Frame;
use crate::recognition::recogniser::Recogniser;
use crate::report::Check;

/// An adversary that nobody can have.
pub enum Adversary {}

impl Adversary {
    /// No adversary.
    ///
    /// # Errors
    /// [`ModelError::Missing`], always.
    pub fn new(_: Recogniser) -> Result<Self> {
        Err(ModelError::Missing.into())
    }

    pub(super) fn compare(&mut self, _: &Frame, _: &Frame, _: &[Detection]) -> Result<[Check; 2]> {
        match *self {}
    }
}
