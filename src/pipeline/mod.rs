//! The path from a file's bytes to a report, and to a proved, cleaned file.
//!
//! Read this file from top to bottom to know what happens to a photo. [`Pipeline::check`] opens it, reads what it says besides its
//! pixels, and detects faces. [`Pipeline::protect`] then decides what is covered (`plan`), draws and writes a copy (`export`),
//! and proves the copy's bytes (`proof`). What the proof teaches goes into another round (`rounds`), of which only a proved copy
//! comes out. Workers can `share` the search.

mod check;
mod clock;
mod export;
mod options;
mod pictures;
mod plan;
mod preview;
mod proof;
mod recognise;
mod rounds;
mod scale;
mod settings;
mod share;
mod warm_up;

#[cfg(feature = "rare-formats")]
pub use check::raw_preview;
pub use check::report_unopened;
pub use options::{CheckOptions, ProtectOptions, parse_colour};
pub use pictures::LeakedPicture;
#[cfg(feature = "rare-formats")]
pub use pictures::further_for_platform;
pub use preview::preview_covers;
pub use rounds::{Job, Protected, Step};
pub use settings::{Choice, CopyRules, FaceChoice, LONG_SIDES, Progress, Settings};
pub use share::Purpose;

use check::numbered;
use clock::{Clock, Stopwatch};
use export::Task;
use plan::Plan;
use rounds::{ROUNDS, Round, finish, learn};
use share::Held;

use crate::detect::{Detector, DetectorSpec, Family};
use crate::error::{InputError, Result};
use crate::photo::{self, Frame, Profile, Source};
use crate::protect::Style;
use crate::prove::{self, Adversary, ProofRules};
use crate::recognition::recogniser::Recogniser;
use crate::report::{FileReport, LeakKind, Note};

/// What a check gives.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The report.
    pub report: FileReport,
    /// The picture, to show it.
    pub frame: Frame,
    /// What its numbers mean if not sRGB.
    pub profile: Option<Profile>,
    /// The pictures that the file holds besides its own, to show them.
    pub pictures: Vec<LeakedPicture>,
}

/// Walks the path. Owns the detector, so that its plans serve every file, and with it the cache of scanned tiles.
pub struct Pipeline {
    detector: Detector,
    adversary: Option<Adversary>,
    held: Option<Held>,
    clock: Clock,
}

impl Pipeline {
    /// A pipeline that detects faces with YuNet, from the bytes of `models/face_detection_yunet_2023mar.packed`.
    ///
    /// # Errors
    /// As [`Detector::load`].
    pub fn from_yunet(packed: &[u8]) -> Result<Self> {
        Ok(Self::new(Detector::from_yunet(packed)?))
    }

    /// A pipeline with a loaded detector.
    pub fn new(detector: Detector) -> Self {
        Self { detector, adversary: None, held: None, clock: clock::standard }
    }

    /// Where there is no standard clock: what gives milliseconds from any fixed moment, for the report's timings.
    pub fn set_clock(&mut self, clock: fn() -> f64) {
        self.clock = clock;
    }

    /// Loads one more network; [`crate::detect::Policy::thorough`] needs all of them.
    ///
    /// # Errors
    /// As [`Detector::load`].
    pub fn load(&mut self, family: Family, packed: &[u8]) -> Result<()> {
        self.detector.load(family, packed)
    }

    /// Adds a custom detector, from the bytes of its ONNX file, for all files that follow.
    ///
    /// # Errors
    /// As [`Detector::load_custom_onnx`].
    pub fn load_custom_onnx(&mut self, onnx: &[u8], spec: DetectorSpec) -> Result<()> {
        // What was seen by another network says nothing of this one.
        self.detector.load_custom_onnx(onnx, spec)
    }

    /// Sets a recogniser on the copies that follow: those that [`Self::verify`] compares.
    ///
    /// # Errors
    /// As [`Recogniser::load`].
    pub fn load_recogniser(&mut self, packed: &[u8]) -> Result<()> {
        self.adversary = Some(Adversary::new(Recogniser::load(packed)?)?);
        Ok(())
    }

    /// Opens a file and reports what it gives away. `name` is the file's name, which may itself give something away.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened or scanned.
    pub fn check<'a>(
        &mut self,
        file: impl Into<Source<'a>>,
        name: &str,
        settings: &Settings,
        progress: Progress<'_>,
    ) -> Result<Checked> {
        let file = file.into();
        let mut report = FileReport::new(name);
        let photo = self.open(file, name, settings, &mut report, progress)?;
        report.regions = numbered(self.find_faces(&photo, settings, &mut report, progress)?);
        let Settings { policy, limits, .. } = settings;
        let mut watch = Stopwatch::start(self.clock);
        let pictures = pictures::scan_embedded(file.bytes, &mut report, &mut self.detector, policy, limits)?;
        report.timings_ms.detect += watch.lap();
        Ok(Checked { report, profile: photo.profile, frame: photo.frame, pictures })
    }

    /// Covers, saves and proves a file. Without an error the proof may still have failed; then there is no file.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened, scanned or written.
    pub fn protect<'a>(
        &mut self,
        file: impl Into<Source<'a>>,
        name: &str,
        style: impl Into<Style>,
        choice: &Choice,
        settings: &Settings,
        progress: Progress<'_>,
    ) -> Result<Protected> {
        let file = file.into();
        let mut job = self.cover(file, name, style, choice, settings, progress)?;
        loop {
            match self.prove(file, job, progress)? {
                Step::Again(again) => job = *again,
                Step::Done(done) => return Ok(*done),
            }
        }
    }

    /// Covers and exports a file, to be proved.
    ///
    /// # Errors
    /// As [`Self::protect`].
    pub fn cover<'a>(
        &mut self,
        file: impl Into<Source<'a>>,
        name: &str,
        style: impl Into<Style>,
        choice: &Choice,
        settings: &Settings,
        progress: Progress<'_>,
    ) -> Result<Job> {
        let file = file.into();
        let mut report = FileReport::new(name);
        let photo = self.open(file, name, settings, &mut report, progress)?;
        let plan = match choice {
            Choice::Find(choice) => {
                let faces = self.find_faces(&photo, settings, &mut report, progress)?;
                Plan::of_found(faces, *choice, &photo)
            }
            Choice::Given { regions, elsewhere } => {
                let mut plan = Plan::of_given(regions, *elsewhere, &photo, settings)?;
                if plan.hides_unnamed() {
                    plan.also_found = self.scan(&photo, settings, &mut report, progress)?;
                    // Less certain ones would keep a person from covering what is no face.
                    let fails_from = ProofRules::for_policy(&settings.policy).fails_from;
                    plan.also_found.retain(|face| face.confidence >= fails_from);
                }
                plan
            }
        };
        let mut task = Task {
            report,
            style: style.into(),
            plan,
            settings: settings.clone(),
            source: self.detector.hash(file.bytes)?,
        };
        let covered = self.export(photo, file.bytes, &mut task, progress)?;
        Ok(Job { task, covered, last: None, rounds: 1 })
    }

    /// Proves what was exported of `file`, and makes another copy if this one can be made better. The settings are those that
    /// it was covered with.
    ///
    /// # Errors
    /// [`InputError::OtherSource`] if the job is of another file; else as [`Self::protect`].
    pub fn prove<'a>(&mut self, file: impl Into<Source<'a>>, mut job: Job, progress: Progress<'_>) -> Result<Step> {
        let file = file.into();
        if self.detector.hash(file.bytes)? != job.task.source {
            return Err(InputError::OtherSource.into());
        }
        let proven = self.proof(&mut job.task, &mut job.covered, progress)?;
        let Job { mut task, covered, last, rounds } = job;
        let round = Round { photo: covered.photo, saved: covered.saved, proven };
        // A proved copy is not given up for other fills that are not.
        let mut best = match last {
            Some(mut last) if last.proven.proof.ok && !round.proven.proof.ok => {
                last.proven.frame = Some(photo::open(&last.saved.bytes, &task.settings.limits)?.frame);
                return Ok(Step::Done(Box::new(finish(task, last))));
            }
            _ => round,
        };
        if rounds == ROUNDS || !learn(&mut task, &best) {
            return Ok(Step::Done(Box::new(finish(task, best))));
        }
        // The pictures were drawn on in place; reading them again costs less than copies of their pixels.
        best.proven.frame = None;
        let photo = file.open(&task.settings.limits)?;
        let covered = self.export(photo, file.bytes, &mut task, progress)?;
        Ok(Step::Again(Box::new(Job { task, covered, last: Some(best), rounds: rounds + 1 })))
    }

    /// Compares a protected copy, called `name`, with its original. Of a camera's raw file that is what [`raw_preview`] opens.
    ///
    /// # Errors
    /// Whatever keeps either file from being opened or scanned.
    pub fn verify(&mut self, original: &[u8], protected: &[u8], name: &str, settings: &Settings) -> Result<FileReport> {
        let mut report = FileReport::new(name);
        let mut watch = Stopwatch::start(self.clock);
        let after = self.open(protected.into(), name, settings, &mut report, &mut |_, _| ())?.into_srgb()?;
        let (shown, parts) = check::original(original);
        #[cfg(feature = "rare-formats")]
        report.notes.extend(matches!(shown, std::borrow::Cow::Owned(_)).then(Note::compared_with_raw_preview));
        let before = photo::open(&shown, &settings.limits)?.into_srgb()?;
        let rules = ProofRules::for_policy(&settings.policy);
        let Self { detector, adversary, .. } = self;
        report.proof = Some(prove::verify(&before, &after, &parts, protected, detector, adversary.as_mut(), &rules)?);
        let has_own_tables = report.leaks.iter().any(|leak| leak.kind == LeakKind::Coding);
        report.notes.extend(has_own_tables.then(Note::kept_tables));
        report.timings_ms.prove = watch.lap();
        Ok(report)
    }
}
