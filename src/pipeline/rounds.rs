//! Rounds of covering and proving: what a proof teaches goes into the next one.

use super::check::{numbered, region};
use super::export::{Covered, Task};
use super::plan::{Plan, rests_on};
use crate::detect::Detection;
use crate::leaks;
use crate::photo::{Frame, Photo, Saved};
use crate::protect::{Method, REDRAWS};
use crate::prove::{Coverage, Proven};
use crate::report::{Decision, FileReport, Note, NoteCode, Origin, Region};

/// How often a file is covered and proved at most: the first time, once for each redraw of a fill that looks like a
/// face, and twice more for faces that only the proof detects.
pub(super) const ROUNDS: usize = 3 + REDRAWS as usize;

/// A file that is being protected: covered and exported, not proved yet.
pub struct Job {
    pub(super) task: Task,
    pub(super) covered: Covered,
    /// What the round before came to, which another may not make worse.
    pub(super) last: Option<Round>,
    /// Rounds so far, with this one.
    pub(super) rounds: usize,
}

impl Job {
    /// The bytes that are to be proved. Not to be let out before [`Step::Done`] hands them out.
    pub fn exported(&self) -> &[u8] {
        &self.covered.saved.bytes
    }
}

/// What a proof leads to.
pub enum Step {
    /// Another copy has been made, to be proved as well.
    Again(Box<Job>),
    /// The end.
    Done(Box<Protected>),
}

/// What protecting a file gives.
#[derive(Debug, Clone)]
pub struct Protected {
    /// The report with the proof.
    pub report: FileReport,
    /// The cleaned file; `None` unless every check of the proof passed.
    pub saved: Option<Saved>,
    /// The picture as read from the cleaned file, to show it. Its colours are those of [`Saved::profile`].
    pub frame: Option<Frame>,
}

/// A copy and what the proof said of it.
pub(super) struct Round {
    /// The photo without its pixels.
    pub(super) photo: Photo,
    pub(super) saved: Saved,
    pub(super) proven: Proven,
}

/// Takes from a proof what the next round should do better: cover faces that were not seen before, and redraw soft fills that
/// would be listed as faces, at once as flat as can be, since every proof takes long. False if there is nothing.
pub(super) fn learn(Task { plan, style, settings, .. }: &mut Task, round: &Round) -> bool {
    let Proven { inside, outside, partly, .. } = &round.proven;
    let detections: Vec<&Detection> = inside.iter().chain(outside).chain(partly).collect();
    let redrawn = style.method == Method::Soft && plan.flatten_under(&round.photo, &detections);
    let Some(choice) = plan.choice else { return redrawn };
    // A detection that rests on a fill may be gone once that is redrawn; one that is still there then is a face.
    let mask = plan.mask();
    let coverage = Coverage::of(&mask, round.photo.frame.width, round.photo.frame.height);
    let lasting = outside.iter().filter(|detection| !redrawn || !rests_on(detection, &coverage));
    let appearances = round.photo.frame.appearances();
    let faces =
        lasting.filter_map(|detection| region(detection, Origin::Rechecked, &round.photo, &appearances, settings));
    let faces: Vec<Region> = faces.collect();
    let is_new = !faces.is_empty();
    plan.add(faces, choice, &round.photo);
    redrawn || is_new
}

/// What comes of a job whose last round is the best.
pub(super) fn finish(Task { mut report, plan, settings, .. }: Task, round: Round) -> Protected {
    let ok = round.proven.proof.ok;
    let mostly_covered = mostly_covered_note(&plan, &round.photo.frame);
    let seen = round.proven.elsewhere.iter();
    let open = seen.filter_map(|face| region(face, Origin::Rechecked, &round.photo, &[], &settings));
    let open = open.map(|region| Region { decision: Decision::Open, ..region });
    report.regions = numbered(plan.into_regions().into_iter().chain(open).collect());
    report.notes = round.photo.notes;
    report.notes.extend(round.saved.notes.iter().cloned());
    report.notes.extend(leaks::gain_map_note(&report.leaks));
    report.notes.extend(mostly_covered);
    report.proof = Some(round.proven.proof);
    Protected { report, saved: ok.then_some(round.saved), frame: round.proven.frame.filter(|_| ok) }
}

/// Such a copy may say little.
fn mostly_covered_note(plan: &Plan, frame: &Frame) -> Option<Note> {
    let pixels = u64::from(frame.width) * u64::from(frame.height);
    let message = "The covers hide more than half of the picture; look whether this is wanted.".to_owned();
    (2 * plan.mask().pixels() > pixels).then_some(Note { code: NoteCode::MostlyCovered, message })
}
