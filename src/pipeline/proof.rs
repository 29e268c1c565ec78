//! The proof of what was exported.

use super::Pipeline;
use super::clock::Stopwatch;
use super::export::{Covered, Task};
use super::settings::Progress;
use crate::error::Result;
use crate::protect::Method;
use crate::prove::{self, Expected, MosaicTarget, ProofRules, Proven};
use crate::report::{Proof, Stage};

impl Pipeline {
    /// Proves what was exported once.
    pub(super) fn proof(&mut self, task: &mut Task, covered: &mut Covered, progress: Progress<'_>) -> Result<Proven> {
        let mut watch = Stopwatch::start(self.clock);
        // The pixels are not kept for longer than the proof: another round has its own.
        let patches = std::mem::take(&mut covered.patches);
        let Covered { photo, saved, targets, .. } = covered;
        let Task { method, plan, settings, report, .. } = task;
        let (kept, before) = (plan.kept(), plan.before());
        let expected = Expected {
            format: saved.format,
            profile: saved.profile,
            width: photo.frame.width,
            height: photo.frame.height,
            method: *method,
            patches: &patches,
            kept: &kept,
            before: &before,
            elsewhere: plan.elsewhere,
        };
        let rules = ProofRules::for_policy(&settings.policy);
        let (opened, scan_ms) = self.opened(saved.bytes.as_slice().into(), &settings.limits);
        let mut tell = |share| progress(Stage::Prove, share);
        let mut proven = prove::prove(&saved.bytes, opened, &expected, &mut self.detector, &rules, &mut tell)?;
        if *method == Method::Mosaic {
            self.attack(&mut proven, targets)?;
        }
        report.timings_ms.prove += watch.lap() + scan_ms;
        Ok(proven)
    }

    /// Sets the adversary, if there is one, on an exported mosaic, and adds what came of it to the proof.
    fn attack(&mut self, proven: &mut Proven, targets: &[MosaicTarget]) -> Result<()> {
        let (Some(adversary), Some(frame)) = (&mut self.adversary, &proven.frame) else { return Ok(()) };
        let Proof { mut checks, parts, .. } = std::mem::replace(&mut proven.proof, Proof::new(Vec::new(), Vec::new()));
        checks.push(adversary.check_mosaic(frame, targets)?);
        proven.proof = Proof::new(checks, parts);
        Ok(())
    }
}
