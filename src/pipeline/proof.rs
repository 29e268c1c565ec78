//! The proof of what was exported.

use super::Pipeline;
use super::clock::Stopwatch;
use super::export::{Covered, Task};
use super::scale::Scale;
use super::settings::Progress;
use crate::error::Result;
use crate::prove::{self, Expected, ProofRules, Proven};
use crate::report::{NoteCode, Stage};

impl Pipeline {
    /// Proves what was exported once.
    pub(super) fn proof(&mut self, task: &mut Task, covered: &mut Covered, progress: Progress<'_>) -> Result<Proven> {
        let mut watch = Stopwatch::start(self.clock);
        // The pixels are not kept for longer than the proof: another round has its own.
        let drawn = std::mem::take(&mut covered.drawn);
        let Covered { photo, size, saved, .. } = covered;
        let Task { plan, settings, report, .. } = task;
        let full_size = (photo.frame.width, photo.frame.height);
        let to_copy = Scale::between(full_size, *size);
        let kept: Vec<[f32; 4]> = plan.kept().into_iter().map(|bbox| to_copy.scaled_box(bbox)).collect();
        let before = to_copy.detections(&plan.before());
        let expected = Expected {
            format: saved.format,
            profile: saved.profile,
            width: size.0,
            height: size.1,
            keeps_tables: saved.notes.iter().any(|note| note.code == NoteCode::KeptTables),
            drawn: &drawn,
            kept: &kept,
            before: &before,
            elsewhere: plan.elsewhere,
        };
        let rules = ProofRules::for_policy(&settings.policy);
        let (opened, scan_ms) = self.opened(saved.bytes.as_slice().into(), &settings.limits);
        let mut report_share = |share| progress(Stage::Prove, share);
        let mut proven = prove::prove(&saved.bytes, opened, &expected, &mut self.detector, &rules, &mut report_share)?;
        place_in_original(&mut proven, Scale::between(*size, full_size));
        report.timings_ms.prove += watch.lap() + scan_ms;
        Ok(proven)
    }
}

/// Whatever was found in the copy gets its place in the original's pixels, in which all regions of a report are.
fn place_in_original(proven: &mut Proven, to_original: Scale) {
    let Proven { outside, inside, partly, elsewhere, proof, frame: _ } = proven;
    for found in [outside, inside, partly, elsewhere] {
        *found = to_original.detections(found);
    }
    for check in &mut proof.checks {
        check.regions.iter_mut().for_each(|region| *region = to_original.scaled_box(*region));
    }
}
