//! Options as callers from JavaScript give them.

use serde::{Deserialize, Serialize};

use super::settings::{Choice, CopyRules, FaceChoice, LONG_SIDES, Settings};
use crate::detect::Policy;
use crate::error::{InputError, Result};
use crate::protect::{Method, Sticker, Style};
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
    /// Colour of [`Method::Solid`]: six hexadecimal digits, red green blue; a dark slate if absent.
    pub colour: Option<String>,
    /// Emblem of [`Method::Sticker`]; a smile if absent.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<Sticker>", optional))]
    pub sticker: Sticker,
    /// Compress a JPEG again, with quantisation tables that many programs use, instead of keeping it without loss.
    #[cfg_attr(all(test, not(target_arch = "wasm32")), ts(as = "Option<bool>", optional))]
    pub recompress: bool,
    /// Longer side of the copy in pixels, 16 to 65535; a smaller picture stays as it is. Regions are those of the original in its own
    /// size.
    pub long_side: Option<u32>,
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
        let &Self { thorough, threshold, preview_side, recompress, long_side, .. } = self;
        if let Some(side) = long_side.filter(|side| !LONG_SIDES.contains(side)) {
            let (from, to) = LONG_SIDES.into_inner();
            return Err(InputError::BadOption(format!("longSide: {side} is not within {from} and {to}")).into());
        }
        let settings = CheckOptions { thorough, threshold, preview_side }.settings()?;
        Ok(Settings { copy_rules: CopyRules { recompress, long_side }, ..settings })
    }

    /// How covers are drawn.
    ///
    /// # Errors
    /// [`InputError::BadOption`] if the colour is none.
    pub fn style(&self) -> Result<Style> {
        let plain = Style { method: self.method, sticker: self.sticker, ..Style::default() };
        match &self.colour {
            Some(colour) => {
                let bad = || InputError::BadOption(format!("colour: \"{colour}\" is not six hexadecimal digits"));
                Ok(Style { colour: parse_colour(colour).ok_or_else(bad)?, ..plain })
            }
            None => Ok(plain),
        }
    }

    /// What is to be covered.
    pub fn into_choice(self) -> Choice {
        match self.regions {
            Some(regions) => Choice::Given { regions, elsewhere: Elsewhere::Fails },
            None => Choice::Find(FaceChoice::All),
        }
    }
}

/// Red green blue from six hexadecimal digits, with or without a # before them.
pub fn parse_colour(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let is_plain = digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let number = u32::from_str_radix(digits, 16).ok().filter(|_| is_plain)?;
    let [_, red, green, blue] = number.to_be_bytes();
    Some([red, green, blue])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_side_that_no_copy_can_have_is_refused() {
        let settings =
            |long_side| ProtectOptions { long_side: Some(long_side), ..ProtectOptions::default() }.settings();
        for side in [0, 15, 65_536] {
            let error = settings(side).err().map(|error| error.to_string()).unwrap_or_default();
            assert!(error.contains("longSide"), "{side}: {error}");
        }
        let rules = |side| settings(side).map(|settings| settings.copy_rules.long_side);
        assert_eq!([16, 65_535].map(rules), [Ok(Some(16)), Ok(Some(65_535))]);
    }
}
