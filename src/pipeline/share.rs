//! One scan of a picture shared between pipelines, each in a worker of its own.

use serde::{Deserialize, Serialize};

use super::Pipeline;
use super::clock::Stopwatch;
use super::settings::{Progress, Settings};
use crate::detect::{CachedTile, Part};
use crate::error::Result;
use crate::photo::{Limits, Photo, Source};
use crate::prove::ProofRules;
use crate::report::Stage;

/// For which scan of a file a part is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// [`Pipeline::check`].
    Check,
    /// [`Pipeline::prove`], for the exported bytes.
    Proof,
}

/// A photo that was opened for a part of a scan, for who goes on with it.
pub(super) struct Held {
    /// Of its file's bytes.
    hash: u128,
    photo: Photo,
    /// What opening and looking took.
    spent_ms: f64,
}

impl Pipeline {
    /// Makes a part of the scan of a file by [`Self::check`] or [`Self::prove`], for a pipeline that imports it.
    /// The first part is for who goes on with the file: its photo is held until then.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened or scanned.
    pub fn scan_part<'a>(
        &mut self,
        file: impl Into<Source<'a>>,
        purpose: Purpose,
        part: Part,
        settings: &Settings,
        progress: Progress<'_>,
    ) -> Result<Vec<CachedTile>> {
        let file = file.into();
        let mut watch = Stopwatch::start(self.clock);
        self.held = None;
        let photo = file.open(&settings.limits)?;
        let policy = &settings.policy;
        let (policy, stage) = match purpose {
            Purpose::Check => (policy.clone(), Stage::Detect),
            Purpose::Proof => (ProofRules::for_policy(policy).policy, Stage::Prove),
        };
        let tiles = self.detector.scan_part(&photo.frame, &policy, part, &mut |share| progress(stage, share))?;
        if part.index == 0 {
            self.held = Some(Held { hash: self.detector.hash(file.bytes)?, photo, spent_ms: watch.lap() });
        }
        Ok(tiles)
    }

    /// Takes over what other pipelines with the same networks saw.
    pub fn import_tiles(&mut self, tiles: Vec<CachedTile>) {
        self.detector.import_tiles(tiles);
    }

    /// The photo in a file, and how long it was scanned before: the one that is held, if it is of this file.
    pub(super) fn opened(&mut self, file: Source<'_>, limits: &Limits) -> (Result<Photo>, f64) {
        match self.held.take() {
            Some(held) if self.detector.hash(file.bytes).is_ok_and(|hash| hash == held.hash) => {
                (Ok(held.photo), held.spent_ms)
            }
            _ => (file.open(limits), 0.0),
        }
    }
}
