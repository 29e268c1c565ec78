//! Drawing the covers and writing the copy.

use super::Pipeline;
use super::clock::Stopwatch;
use super::plan::Plan;
use super::settings::{Progress, Settings};
use crate::detect::{Detection, Policy};
use crate::error::Result;
use crate::geometry::PixelRect;
use crate::order::sort_by_key;
use crate::photo::{self, Frame, LossyReason, Photo, Saved};
use crate::protect::{self, Method, REDRAWS, SoftFills};
use crate::prove::{MosaicTarget, Patch};
use crate::report::{FileReport, Format, Stage};

/// With more covers than this a fill that looks like a face is drawn as flat as can be at once: every glance at so many costs as
/// much as a look at the whole picture.
const MANY_COVERS: usize = 1000;

/// What is to be done with a file, and what is known of it. No other call changes it.
pub(super) struct Task {
    pub(super) report: FileReport,
    pub(super) method: Method,
    pub(super) plan: Plan,
    pub(super) settings: Settings,
    /// Of the file's bytes: what is proved is a copy of this file.
    pub(super) source: u128,
}

/// A copy as exported.
pub(super) struct Covered {
    /// The photo without its pixels.
    pub(super) photo: Photo,
    pub(super) saved: Saved,
    /// Its covers' pixels as computed.
    pub(super) patches: Vec<Patch>,
    /// What an adversary looks for under a mosaic.
    pub(super) targets: Vec<MosaicTarget>,
}

impl Pipeline {
    /// Draws and saves once. What is see-through becomes white before, so that covers, proof and everybody see the same.
    pub(super) fn export(
        &mut self,
        mut photo: Photo,
        bytes: &[u8],
        task: &mut Task,
        progress: Progress<'_>,
    ) -> Result<Covered> {
        progress(Stage::Cover, 0.0);
        let mut watch = Stopwatch::start(self.clock);
        photo.flatten();
        let targets = match task.method {
            Method::Mosaic if self.adversary.is_some() => task.plan.mosaic_targets(&photo.frame)?,
            _ => Vec::new(),
        };
        let undrawn = task.plan.clone();
        let recoded = task.plan.recoded(&photo, &task.settings.cover_rules);
        self.draw(&mut photo, task, &recoded)?;
        task.report.timings_ms.cover += watch.lap();

        progress(Stage::Encode, 0.0);
        let (saved, drawn) = match photo::rewrite(bytes, &photo, &recoded) {
            Ok(saved) => (saved, recoded),
            Err(lossy_reason) => {
                if (task.method, photo.format) == (Method::Soft, Format::Jpeg) {
                    // What was seen at the covers' edges will not be in the file, so nothing may depend on it.
                    task.plan = undrawn;
                    let parts = task.plan.covered_rects();
                    self.draw_soft(&mut photo.frame, &mut task.plan, &task.settings.policy, parts)?;
                }
                save_anew(&photo, &task.plan, lossy_reason)?
            }
        };
        let patches: Vec<Patch> = drawn.into_iter().map(|rect| Patch::of(&photo.frame, rect)).collect();
        // Only one full picture is held at a time; the proof reads its own.
        photo.frame.rgb = Vec::new();
        task.report.timings_ms.encode += watch.lap();
        Ok(Covered { photo, saved, patches, targets })
    }

    /// Draws the covers, soft ones of a JPEG as it will show them if it can be kept but for what is `recoded`.
    fn draw(&mut self, photo: &mut Photo, task: &mut Task, recoded: &[PixelRect]) -> Result<()> {
        let parts = match (task.method, photo.format) {
            (Method::Soft, Format::Jpeg) => protect::with_reach(recoded, photo),
            (Method::Soft, _) => task.plan.covered_rects(),
            (method, _) => return protect::draw(&mut photo.frame, &task.plan.covers(), method),
        };
        self.draw_soft(&mut photo.frame, &mut task.plan, &task.settings.policy, parts)
    }

    /// Draws `parts` of the covers with soft fills, and those again that a glance takes for a face: that costs little, and an
    /// unsuccessful proof much.
    fn draw_soft(&mut self, frame: &mut Frame, plan: &mut Plan, policy: &Policy, parts: Vec<PixelRect>) -> Result<()> {
        let mut fills = SoftFills::draw(frame, &plan.covers(), parts);
        let all = plan.covered_rects();
        let mut areas = all.clone();
        loop {
            let redrawn = self.detect_in(frame, plan, policy, &areas)?;
            if !redrawn.is_empty() {
                fills.redraw(frame, &plan.covers());
                areas = redrawn;
            } else if areas != all {
                // A fill that was redrawn can look like a face together with one that was not.
                areas.clone_from(&all);
            } else {
                return Ok(());
            }
        }
    }

    /// Asks for another fill of the covers that look like a face in some areas, and returns them.
    fn detect_in(
        &mut self,
        frame: &Frame,
        plan: &mut Plan,
        policy: &Policy,
        areas: &[PixelRect],
    ) -> Result<Vec<PixelRect>> {
        let faces = self.detector.detect_in(frame, policy, areas)?;
        let is_certain = |face: &&Detection| face.confidence >= policy.certain_from;
        let (certain, doubtful): (Vec<_>, Vec<_>) = faces.iter().partition(is_certain);
        let [of_certain, of_doubtful] = if areas.len() > MANY_COVERS { [REDRAWS; 2] } else { [2, 1] };
        let mut redrawn = plan.redraw_at(frame, &certain, of_certain);
        redrawn.extend(plan.redraw_at(frame, &doubtful, of_doubtful));
        sort_by_key(&mut redrawn, |rect| rect.order());
        redrawn.dedup();
        Ok(redrawn)
    }
}

/// Saves the picture with all of its covers drawn. Returns them also.
fn save_anew(photo: &Photo, plan: &Plan, lossy_reason: LossyReason) -> Result<(Saved, Vec<PixelRect>)> {
    let mut saved = photo::save(photo)?;
    saved.notes.extend(lossy_reason.note(photo.format));
    Ok((saved, plan.covered_rects()))
}
