//! Reading the words of a packed file, one after the other.

use crate::error::{Error, ModelError, Result};

/// The words of a file that have not been read yet.
pub(super) struct Words<'a> {
    rest: &'a [[u8; 4]],
}

impl<'a> Words<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self> {
        let (words, rest) = bytes.as_chunks();
        if rest.is_empty() { Ok(Self { rest: words }) } else { Err(truncated()) }
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [[u8; 4]]> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or_else(truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    pub(super) fn next(&mut self) -> Result<u32> {
        let (word, rest) = self.rest.split_first().ok_or_else(truncated)?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*word))
    }

    pub(super) fn index(&mut self) -> Result<usize> {
        Ok(self.next()? as usize)
    }

    pub(super) fn number(&mut self) -> Result<f32> {
        finite(f32::from_bits(self.next()?))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

pub(super) fn finite(number: f32) -> Result<f32> {
    if number.is_finite() { Ok(number) } else { Err(not_finite()) }
}

pub(super) fn not_finite() -> Error {
    invalid("a number is not finite")
}

pub(super) fn truncated() -> Error {
    invalid("the file is cut off")
}

pub(super) fn invalid(reason: &str) -> Error {
    ModelError::Load(reason.into()).into()
}
