//! The proof of what was exported.

use super::Pipeline;
use super::clock::Stopwatch;
use super::export::{Covered, Task};
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
        let Covered { photo, saved, .. } = covered;
        let Task { plan, settings, report, .. } = task;
        let (kept, before) = (plan.kept(), plan.before());
        let expected = Expected {
            format: saved.format,
            profile: saved.profile,
            width: photo.frame.width,
            height: photo.frame.height,
            keeps_tables: saved.notes.iter().any(|note| note.code == NoteCode::KeptTables),
            drawn: &drawn,
            kept: &kept,
            before: &before,
            elsewhere: plan.elsewhere,
        };
        let rules = ProofRules::for_policy(&settings.policy);
        let (opened, scan_ms) = self.opened(saved.bytes.as_slice().into(), &settings.limits);
        let mut report_share = |share| progress(Stage::Prove, share);
        let proven = prove::prove(&saved.bytes, opened, &expected, &mut self.detector, &rules, &mut report_share)?;
        report.timings_ms.prove += watch.lap() + scan_ms;
        Ok(proven)
    }
}
