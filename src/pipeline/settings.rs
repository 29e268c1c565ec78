//! What can be set, and what is asked for.

use std::ops::RangeInclusive;

use crate::detect::Policy;
use crate::photo::{self, Limits, LossyReason};
use crate::protect::CoverRules;
use crate::prove::Elsewhere;
use crate::report::{Decision, Level, Region, RegionRequest, Stage};

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// What is opened at all.
    pub limits: Limits,
    /// How faces are detected.
    pub policy: Policy,
    /// How far covers reach.
    pub cover_rules: CoverRules,
    /// How copies are written.
    pub copy_rules: CopyRules,
}

/// How a copy is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CopyRules {
    /// No coefficient and no quantisation table of a JPEG is kept, also where they could be.
    pub recompress: bool,
    /// The copy's longer side in pixels, within [`LONG_SIDES`]; shorter ones stay as they are.
    pub long_side: Option<u32>,
}

/// Values of [`CopyRules::long_side`]: up to the longest side of a JPEG.
pub const LONG_SIDES: RangeInclusive<u32> = 16..=65_535;

impl CopyRules {
    /// The size of the copy of a picture.
    pub(super) fn size(self, size: (u32, u32)) -> (u32, u32) {
        self.long_side.map_or(size, |long_side| photo::size_within(size, long_side))
    }

    /// Why the coefficients of a picture are not to be kept; `None` if nothing speaks against it.
    pub(super) fn lossy_reason(self, size: (u32, u32)) -> Option<LossyReason> {
        let is_scaled = self.size(size) != size;
        is_scaled.then_some(LossyReason::Scaled).or(self.recompress.then_some(LossyReason::Asked))
    }
}

/// Is told the stage and the share of it that is done, 0 to 1.
pub type Progress<'a> = &'a mut dyn FnMut(Stage, f32);

/// Which regions are covered.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// Scan for faces, and cover those of some levels; faces that the proof finds in addition are covered as well.
    Find(FaceChoice),
    /// Exactly these regions, as a person decided; no face is searched for before saving.
    Given {
        /// Every region, covered or left open.
        regions: Vec<RegionRequest>,
        /// What the proof says of faces elsewhere.
        elsewhere: Elsewhere,
    },
}

/// Which found faces are covered; the others are left open on purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FaceChoice {
    /// Every face.
    #[default]
    All,
    /// Faces that are more likely than not to be matched.
    Likely,
    /// No face: the file is only cleaned.
    None,
}

impl FaceChoice {
    pub(super) fn decision(self, region: &Region) -> Decision {
        let is_likely = || region.identifiability.as_ref().is_some_and(|it| it.level == Level::Likely);
        match self {
            Self::All => Decision::Cover,
            Self::Likely if is_likely() => Decision::Cover,
            Self::Likely | Self::None => Decision::Open,
        }
    }
}
