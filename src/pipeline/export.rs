//! Drawing the covers and writing the copy.

use super::Pipeline;
use super::clock::Stopwatch;
use super::plan::Plan;
use super::settings::{CopyRules, Progress, Settings};
use crate::detect::{Detection, Policy};
use crate::error::Result;
use crate::geometry::PixelRect;
use crate::order::sort_by_key;
use crate::photo::{self, Frame, LossyReason, Photo, Saved};
use crate::protect::{Area, Drawing, Method, REDRAWS, Style};
use crate::prove::Drawn;
use crate::report::{FileReport, Format, Stage};

/// With more covers than this a fill that looks like a face is drawn as flat as can be at once: a partial detection at so
/// many places costs as much as a scan of the whole picture.
const MANY_COVERS: usize = 1000;

/// What is to be done with a file, and what is known of it. No other call changes it.
pub(super) struct Task {
    pub(super) report: FileReport,
    pub(super) style: Style,
    pub(super) plan: Plan,
    pub(super) settings: Settings,
    /// Of the file's bytes: what is proved is a copy of this file.
    pub(super) source: u128,
}

/// A copy as exported.
pub(super) struct Covered {
    /// The photo without its pixels.
    pub(super) photo: Photo,
    /// Width and height of the copy.
    pub(super) size: (u32, u32),
    pub(super) saved: Saved,
    /// Its covers' pixels as computed.
    pub(super) drawn: Drawn,
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
        let undrawn = task.plan.clone();
        let full_size = (photo.frame.width, photo.frame.height);
        let copy_rules = task.settings.copy_rules;
        let lossy_reason = copy_rules.lossy_reason(full_size);
        let tries_to_keep = photo.format == Format::Jpeg && lossy_reason.is_none();
        let mut area = task.plan.area(&photo, &task.settings.cover_rules, tries_to_keep);
        self.draw(&mut photo.frame, task, &area)?;
        task.report.timings_ms.cover += watch.lap();

        progress(Stage::Encode, 0.0);
        let kept = match lossy_reason {
            None => photo::rewrite(bytes, &photo, &area.hidden),
            Some(lossy_reason) => Err(lossy_reason),
        };
        let saved = match kept {
            Ok(saved) => saved,
            Err(lossy_reason) => {
                if tries_to_keep {
                    // What was seen at the covers' edges will not be in the file, so nothing may depend on it.
                    task.plan = undrawn;
                    area = task.plan.area(&photo, &task.settings.cover_rules, false);
                    self.draw(&mut photo.frame, task, &area)?;
                }
                shrink(&mut photo.frame, &mut area, copy_rules)?;
                save_anew(&photo, lossy_reason)?
            }
        };
        let size = (photo.frame.width, photo.frame.height);
        let drawn = Drawn::of(&photo.frame, area.covered, area.coloured);
        // Only one full picture is held at a time; the proof reads its own.
        photo.frame = Frame { width: full_size.0, height: full_size.1, rgb: Vec::new(), alpha: None };
        task.report.timings_ms.encode += watch.lap();
        Ok(Covered { photo, size, saved, drawn })
    }

    /// Draws the covers, and soft ones again that a partial detection takes for a face: that costs little, and an unsuccessful proof
    /// much.
    fn draw(&mut self, frame: &mut Frame, task: &mut Task, area: &Area) -> Result<()> {
        let Task { plan, settings, style, .. } = task;
        let drawing = Drawing::of(frame, area);
        drawing.draw(frame, &plan.covers(), style);
        if style.method != Method::Soft {
            return Ok(());
        }
        let all = plan.covered_rects();
        let mut areas = all.clone();
        loop {
            let redrawn = self.detect_in(frame, plan, &settings.policy, &areas)?;
            if !redrawn.is_empty() {
                drawing.draw_in(frame, &plan.covers(), style, &redrawn);
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

/// Makes a picture with its covers, and what they cover, as large as its copy is to be. Nothing of what is hidden is in it any more,
/// so that none of it can be mixed into what is around.
fn shrink(frame: &mut Frame, area: &mut Area, copy_rules: CopyRules) -> Result<()> {
    let full_size = (frame.width, frame.height);
    let size = copy_rules.size(full_size);
    if size != full_size {
        *frame = photo::shrunk(frame, size)?;
        area.covered = area.covered.shrunk(full_size, size);
        area.coloured = area.coloured.shrunk(full_size, size);
    }
    Ok(())
}

/// Saves the picture, and says why it was not kept as it was coded.
fn save_anew(photo: &Photo, lossy_reason: LossyReason) -> Result<Saved> {
    let mut saved = photo::save(photo)?;
    saved.notes.extend(lossy_reason.note(photo.format));
    Ok(saved)
}
