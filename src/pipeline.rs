//! The path from a file's bytes to a report, and to a proved, cleaned file.

mod options;
mod pictures;
mod plan;
mod recognise;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use options::{CheckOptions, ProtectOptions};
pub use pictures::LeakedPicture;
use plan::{Plan, rests_on};

use crate::detect::{Detection, Detector, DetectorSpec, Family, LookedAt, Part, Policy};
use crate::error::{Error, InputError, Result};
use crate::geometry::PixelRect;
use crate::identify::{self, recogniser::Recogniser};
use crate::leaks;
use crate::order::sort_by_key;
use crate::photo::{self, Frame, Limits, Obstacle, Photo, Saved, Source};
use crate::protect::{self, CoverRules, Method, REDRAWS, SoftFills};
use crate::prove::{self, Adversary, Claim, Elsewhere, MosaicTarget, Patch, ProofRules, Proven};
use crate::report::{
    Cover, Decision, ErrorReport, FileReport, Format, Level, Origin, Proof, Region, RegionKind, RegionRequest, Stage,
};

/// Everything that can be set.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settings {
    /// What is opened at all.
    pub limits: Limits,
    /// How faces are looked for.
    pub policy: Policy,
    /// How far covers reach.
    pub cover_rules: CoverRules,
}

/// Is told the stage and the share of it that is done, 0 to 1.
pub type Progress<'a> = &'a mut dyn FnMut(Stage, f32);

/// Which regions are covered.
#[derive(Debug, Clone, PartialEq)]
pub enum Choice {
    /// Look for faces, and cover those of some levels; faces that the proof finds in addition are covered as well.
    Find(FaceChoice),
    /// Exactly these regions, as a person decided; nothing is looked for before saving.
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
    fn decision(self, region: &Region) -> Decision {
        let is_likely = || region.identifiability.as_ref().is_some_and(|it| it.level == Level::Likely);
        match self {
            Self::All => Decision::Cover,
            Self::Likely if is_likely() => Decision::Cover,
            Self::Likely | Self::None => Decision::Open,
        }
    }
}

/// What a check gives.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The report.
    pub report: FileReport,
    /// The picture, to show it.
    pub frame: Frame,
    /// The pictures that the file holds besides its own, to show them.
    pub pictures: Vec<LeakedPicture>,
}

/// What protecting a file gives.
#[derive(Debug, Clone)]
pub struct Protected {
    /// The report with the proof.
    pub report: FileReport,
    /// The cleaned file; `None` unless every check of the proof passed.
    pub saved: Option<Saved>,
    /// The picture as read from the cleaned file, to show it.
    pub frame: Option<Frame>,
}

/// With more covers than this a fill that looks like a face is drawn as flat as can be at once: every glance at so many costs as
/// much as a look at the whole picture.
const MANY_COVERS: usize = 1000;

/// How often a file is covered and proved at most: the first time, once for each redraw of a fill that looks like a
/// face, and twice more for faces that only the proof finds.
const ROUNDS: usize = 3 + REDRAWS as usize;

/// For which look at a file a part of it is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// [`Pipeline::check`].
    Check,
    /// [`Pipeline::prove`], for the exported bytes.
    Proof,
}

/// What is to be done with a file, and what is known of it. No other call changes it.
struct Task {
    report: FileReport,
    method: Method,
    plan: Plan,
    settings: Settings,
    /// Of the file's bytes: what is proved is a copy of this file.
    source: u128,
}

/// A file that is being protected: covered and exported, not proved yet.
pub struct Job {
    task: Task,
    covered: Covered,
    /// What the round before came to, which another may not make worse.
    last: Option<Round>,
    /// Rounds so far, with this one.
    rounds: usize,
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

/// Width and height of the picture of [`Pipeline::rehearse`] in pixels: it takes about a tenth of a second at first.
const REHEARSAL: (u32, u32) = (320, 240);

/// Walks the path. Owns the detector, so that its plans serve every file, and what it saw is not looked at again.
pub struct Pipeline {
    detector: Detector,
    adversary: Option<Adversary>,
    held: Option<Held>,
    /// Milliseconds from any fixed moment: the standard clock does not exist in WebAssembly.
    clock: fn() -> f64,
}

/// A photo that was opened for a part of a look, for who goes on with it.
struct Held {
    /// Of its file's bytes.
    hash: u128,
    photo: Photo,
    /// What opening and looking took.
    spent_ms: f64,
}

impl Pipeline {
    /// A pipeline with a loaded detector. `clock` gives milliseconds.
    pub fn new(detector: Detector, clock: fn() -> f64) -> Self {
        Self { detector, adversary: None, held: None, clock }
    }

    /// Loads one more network; [`crate::detect::Policy::thorough`] needs all of them.
    ///
    /// # Errors
    /// As [`Detector::load`].
    pub fn load(&mut self, family: Family, packed: &[u8]) -> Result<()> {
        self.detector.load(family, packed)
    }

    /// Brings along somebody else's network, from the bytes of its ONNX file, for all files that follow.
    ///
    /// # Errors
    /// As [`Detector::bring_onnx`].
    pub fn bring_onnx(&mut self, onnx: &[u8], spec: DetectorSpec) -> Result<()> {
        // What was seen by another network says nothing of this one.
        self.detector.bring_onnx(onnx, spec)
    }

    /// Sets a recogniser on the copies that follow: on those that [`Self::verify`] compares, and on mosaics before they are
    /// let out.
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
    /// Whatever keeps the file from being opened or looked at.
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
        let start = (self.clock)();
        let pictures = pictures::look_through(file.bytes, &mut report, &mut self.detector, policy, limits)?;
        report.timings_ms.detect += (self.clock)() - start;
        Ok(Checked { report, frame: photo.frame, pictures })
    }

    /// Makes a part of the look that [`Self::check`] or [`Self::prove`] takes at a file, for a pipeline that takes it over.
    /// The first part is for who goes on with the file: its photo is held until then.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened or looked at.
    pub fn look_at_part<'a>(
        &mut self,
        file: impl Into<Source<'a>>,
        purpose: Purpose,
        part: Part,
        settings: &Settings,
        progress: Progress<'_>,
    ) -> Result<Vec<LookedAt>> {
        let file = file.into();
        let start = (self.clock)();
        self.held = None;
        let photo = file.open(&settings.limits)?;
        let policy = &settings.policy;
        let (policy, stage) = match purpose {
            Purpose::Check => (policy.clone(), Stage::Detect),
            Purpose::Proof => (ProofRules::for_policy(policy).policy, Stage::Prove),
        };
        let tiles = self.detector.look_at_part(&photo.frame, &policy, part, &mut |share| progress(stage, share))?;
        if part.index == 0 {
            self.held = Some(Held { hash: self.detector.hash(file.bytes)?, photo, spent_ms: (self.clock)() - start });
        }
        Ok(tiles)
    }

    /// Takes over what other pipelines with the same networks saw.
    pub fn take_over(&mut self, tiles: Vec<LookedAt>) {
        self.detector.take_over(tiles);
    }

    /// Covers, saves and proves a file. Without an error the proof may still have failed; then there is no file.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened, looked at or written.
    pub fn protect<'a>(
        &mut self,
        file: impl Into<Source<'a>>,
        name: &str,
        method: Method,
        choice: &Choice,
        settings: &Settings,
        progress: Progress<'_>,
    ) -> Result<Protected> {
        let file = file.into();
        let mut job = self.cover(file, name, method, choice, settings, progress)?;
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
        method: Method,
        choice: &Choice,
        settings: &Settings,
        progress: Progress<'_>,
    ) -> Result<Job> {
        let file = file.into();
        let mut report = FileReport::new(name);
        let photo = self.open(file, name, settings, &mut report, progress)?;
        let plan = match choice {
            Choice::Find(choice) => {
                Plan::of_found(self.find_faces(&photo, settings, &mut report, progress)?, *choice, &photo, settings)
            }
            Choice::Given { regions, elsewhere } => {
                let mut plan = Plan::of_given(regions, *elsewhere, &photo, settings)?;
                if regions.iter().any(|region| region.decision != Decision::Open && !region.kind.is_person()) {
                    plan.also_found = self.look(&photo, settings, &mut report, progress)?;
                }
                plan
            }
        };
        let mut task =
            Task { report, method, plan, settings: settings.clone(), source: self.detector.hash(file.bytes)? };
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
        let proven = self.proof(&mut job, progress)?;
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

    /// Walks the whole path with a small made-up picture, another one for each `seed`. A just-in-time compiler makes code
    /// quick only after it has run for a while; so it need not do that while a person waits.
    ///
    /// # Errors
    /// As [`Self::protect`].
    pub fn rehearse(&mut self, seed: u32) -> Result<()> {
        let (width, height) = REHEARSAL;
        let noise = |index: u32| ((index ^ seed).wrapping_mul(0x9e37_79b9) >> 24) as u8;
        let frame = Frame { width, height, rgb: (0..3 * width * height).map(noise).collect(), alpha: None };
        let (file, ..) = photo::preview(&frame, width)?;
        let bbox = [width as f32 / 3.0, height as f32 / 3.0, width as f32 / 6.0, height as f32 / 4.0];
        let choice = Choice::Given { regions: vec![RegionRequest::face(bbox)], elsewhere: Elsewhere::LeftOpen };
        let settings = Settings::default();
        self.check(&file[..], "", &settings, &mut |_, _| ())?;
        self.protect(&file[..], "", Method::Soft, &choice, &settings, &mut |_, _| ())?;
        Ok(())
    }

    /// Compares a protected copy, called `name`, with its original.
    ///
    /// # Errors
    /// Whatever keeps either file from being opened or looked at.
    pub fn verify(&mut self, original: &[u8], protected: &[u8], name: &str, settings: &Settings) -> Result<FileReport> {
        let mut report = FileReport::new(name);
        let start = (self.clock)();
        let after = self.open(protected.into(), name, settings, &mut report, &mut |_, _| ())?.frame;
        let before = photo::open(original, &settings.limits)?.frame;
        let rules = ProofRules::for_policy(&settings.policy);
        let Self { detector, adversary, .. } = self;
        report.proof =
            Some(prove::verify(&before, &after, [original, protected], detector, adversary.as_mut(), &rules)?);
        report.timings_ms.prove = (self.clock)() - start;
        Ok(report)
    }

    /// The photo in a file, and how long it was looked at before: the one that is held, if it is of this file.
    fn opened(&mut self, file: Source<'_>, limits: &Limits) -> (Result<Photo>, f64) {
        match self.held.take() {
            Some(held) if self.detector.hash(file.bytes).is_ok_and(|hash| hash == held.hash) => {
                (Ok(held.photo), held.spent_ms)
            }
            _ => (file.open(limits), 0.0),
        }
    }

    fn open(
        &mut self,
        file: Source<'_>,
        name: &str,
        settings: &Settings,
        report: &mut FileReport,
        progress: Progress<'_>,
    ) -> Result<Photo> {
        progress(Stage::Decode, 0.0);
        let start = (self.clock)();
        let (photo, looked_ms) = self.opened(file, &settings.limits);
        let photo = photo?;
        report.timings_ms.detect += looked_ms;
        let found = leaks::look(file.bytes, name);
        (report.leaks, report.parts) = (found.leaks, found.parts);
        report.timings_ms.decode += (self.clock)() - start;
        report.format = Some(photo.format);
        report.width = photo.frame.width;
        report.height = photo.frame.height;
        report.notes.clone_from(&photo.notes);
        report.notes.extend(leaks::note(name, &report.leaks));
        progress(Stage::Decode, 1.0);
        Ok(photo)
    }

    fn find_faces(
        &mut self,
        photo: &Photo,
        settings: &Settings,
        report: &mut FileReport,
        progress: Progress<'_>,
    ) -> Result<Vec<Region>> {
        let found = self.look(photo, settings, report, progress)?;
        let appearances = photo.frame.appearances();
        let regions = found.iter().filter_map(|find| region(find, Origin::Found, photo, &appearances, settings));
        Ok(regions.collect())
    }

    /// Looks through a photo, and tells the report about it.
    fn look(
        &mut self,
        photo: &Photo,
        settings: &Settings,
        report: &mut FileReport,
        progress: Progress<'_>,
    ) -> Result<Vec<Detection>> {
        let start = (self.clock)();
        let mut tell = |share| progress(Stage::Detect, share);
        let looked = self.detector.inspect(&photo.frame, &settings.policy, &mut tell)?;
        report.timings_ms.detect += (self.clock)() - start;
        report.skipped.tiles = looked.skipped_tiles as u32;
        Ok(looked.faces)
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
            let redrawn = self.glance(frame, plan, policy, &areas)?;
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
    fn glance(
        &mut self,
        frame: &Frame,
        plan: &mut Plan,
        policy: &Policy,
        areas: &[PixelRect],
    ) -> Result<Vec<PixelRect>> {
        let faces = self.detector.glance(frame, policy, areas)?;
        let is_certain = |face: &&Detection| face.confidence >= policy.certain_from;
        let (certain, doubtful): (Vec<_>, Vec<_>) = faces.iter().partition(is_certain);
        let [of_certain, of_doubtful] = if areas.len() > MANY_COVERS { [REDRAWS; 2] } else { [2, 1] };
        let mut redrawn = plan.redraw_at(frame, &certain, of_certain);
        redrawn.extend(plan.redraw_at(frame, &doubtful, of_doubtful));
        sort_by_key(&mut redrawn, |rect| rect.order());
        redrawn.dedup();
        Ok(redrawn)
    }

    /// Sets the adversary, if there is one, on an exported mosaic, and adds what came of it to the proof.
    fn attack(&mut self, proven: &mut Proven, targets: &[MosaicTarget]) -> Result<()> {
        let (Some(adversary), Some(frame)) = (&mut self.adversary, &proven.frame) else { return Ok(()) };
        let Proof { mut checks, parts, .. } = std::mem::replace(&mut proven.proof, Proof::new(Vec::new(), Vec::new()));
        checks.push(adversary.check_mosaic(frame, targets)?);
        proven.proof = Proof::new(checks, parts);
        Ok(())
    }

    /// Draws and saves once. What is see-through becomes white before, so that covers, proof and everybody see the same.
    fn export(&mut self, mut photo: Photo, bytes: &[u8], task: &mut Task, progress: Progress<'_>) -> Result<Covered> {
        progress(Stage::Cover, 0.0);
        let start = (self.clock)();
        photo.flatten();
        let targets = match task.method {
            Method::Mosaic if self.adversary.is_some() => task.plan.mosaic_targets(&photo.frame)?,
            _ => Vec::new(),
        };
        let undrawn = task.plan.clone();
        let recoded = task.plan.recoded(&photo, &task.settings.cover_rules);
        self.draw(&mut photo, task, &recoded)?;
        let covered = (self.clock)();
        task.report.timings_ms.cover += covered - start;

        progress(Stage::Encode, 0.0);
        let (saved, drawn) = match photo::rewrite(bytes, &photo, &recoded) {
            Ok(saved) => (saved, recoded),
            Err(obstacle) => {
                if (task.method, photo.format) == (Method::Soft, Format::Jpeg) {
                    // What was seen at the covers' edges will not be in the file, so nothing may depend on it.
                    task.plan = undrawn;
                    let parts = task.plan.covered_rects();
                    self.draw_soft(&mut photo.frame, &mut task.plan, &task.settings.policy, parts)?;
                }
                save_anew(&photo, &task.plan, obstacle)?
            }
        };
        let patches: Vec<Patch> = drawn.into_iter().map(|rect| Patch::of(&photo.frame, rect)).collect();
        // Only one full picture is held at a time; the proof reads its own.
        photo.frame.rgb = Vec::new();
        task.report.timings_ms.encode += (self.clock)() - covered;
        Ok(Covered { photo, saved, patches, targets })
    }

    /// Proves what was exported once.
    fn proof(&mut self, job: &mut Job, progress: Progress<'_>) -> Result<Proven> {
        let start = (self.clock)();
        // The pixels are not kept for longer than the proof: another round has its own.
        let patches = std::mem::take(&mut job.covered.patches);
        let Covered { photo, saved, targets, .. } = &job.covered;
        let Task { method, plan, settings, report, .. } = &mut job.task;
        let (kept, before) = (plan.kept(), plan.before());
        let claim = Claim {
            format: saved.format,
            width: photo.frame.width,
            height: photo.frame.height,
            method: *method,
            patches: &patches,
            kept: &kept,
            before: &before,
            elsewhere: plan.elsewhere,
        };
        let rules = ProofRules::for_policy(&settings.policy);
        let (opened, looked_ms) = self.opened(saved.bytes.as_slice().into(), &settings.limits);
        let mut tell = |share| progress(Stage::Prove, share);
        let mut proven = prove::prove(&saved.bytes, opened, &claim, &mut self.detector, &rules, &mut tell)?;
        if *method == Method::Mosaic {
            self.attack(&mut proven, targets)?;
        }
        report.timings_ms.prove += (self.clock)() - start + looked_ms;
        Ok(proven)
    }
}

/// Saves the picture with all of its covers drawn. Returns them also.
fn save_anew(photo: &Photo, plan: &Plan, obstacle: Obstacle) -> Result<(Saved, Vec<PixelRect>)> {
    let mut saved = photo::save(photo)?;
    saved.notes.extend(obstacle.note(photo.format));
    Ok((saved, plan.covered_rects()))
}

/// Takes from a proof what the next round should do better: cover faces that were not seen before, and redraw soft fills that
/// would be listed as faces, at once as flat as can be, since every proof takes long. False if there is nothing.
fn learn(Task { plan, method, settings, .. }: &mut Task, round: &Round) -> bool {
    let Proven { inside, outside, partly, .. } = &round.proven;
    let finds: Vec<&Detection> = inside.iter().chain(outside).chain(partly).collect();
    let redrawn = *method == Method::Soft && plan.flatten_under(&round.photo, &finds);
    let Some(choice) = plan.choice else { return redrawn };
    // A find that rests on a fill may be gone once that is redrawn; one that is still there then is a face.
    let coverage = plan.coverage(&round.photo.frame);
    let lasting = outside.iter().filter(|find| !redrawn || !rests_on(find, &coverage));
    let appearances = round.photo.frame.appearances();
    let faces = lasting.filter_map(|find| region(find, Origin::Rechecked, &round.photo, &appearances, settings));
    let faces: Vec<Region> = faces.collect();
    let is_new = !faces.is_empty();
    plan.add(faces, choice, &round.photo, settings);
    redrawn || is_new
}

/// A find as it stands in the report, not numbered yet; `None` if nothing of it lies in the picture. It is rated as it is seen
/// best in any of the photo's `appearances`.
fn region(
    find: &Detection,
    origin: Origin,
    photo: &Photo,
    appearances: &[Cow<'_, Frame>],
    settings: &Settings,
) -> Option<Region> {
    let Detection { bbox, confidence, landmarks, extent } = *find;
    let head = protect::head_of_face(extent, landmarks.as_ref(), &photo.frame, &settings.cover_rules)?;
    let identifiability = match &landmarks {
        Some(landmarks) => appearances
            .iter()
            .map(|frame| identify::identifiability(frame, bbox, landmarks, None))
            .max_by(|one, other| one.score.total_cmp(&other.score))?,
        None => identify::identifiability_unmeasured(bbox),
    };
    Some(Region {
        id: 0,
        kind: RegionKind::Face,
        origin,
        bbox,
        score: Some(confidence),
        maybe: confidence < settings.policy.certain_from,
        landmarks,
        cover: Some(Cover::from(head)),
        decision: Decision::Undecided,
        identifiability: Some(identifiability),
    })
}

fn numbered(mut regions: Vec<Region>) -> Vec<Region> {
    (1..).zip(&mut regions).for_each(|(id, region)| region.id = id);
    regions
}

/// The report of a file that cannot be opened: why, and what it gives away all the same.
pub fn report_unopened(bytes: &[u8], name: &str, error: &Error) -> FileReport {
    let found = leaks::look(bytes, name);
    FileReport {
        leaks: found.leaks,
        parts: found.parts,
        error: Some(ErrorReport::from(error)),
        ..FileReport::new(name)
    }
}

/// A copy as exported.
struct Covered {
    /// The photo without its pixels.
    photo: Photo,
    saved: Saved,
    /// Its covers' pixels as computed.
    patches: Vec<Patch>,
    /// What an adversary looks for under a mosaic.
    targets: Vec<MosaicTarget>,
}

/// A copy and what the proof said of it.
struct Round {
    /// The photo without its pixels.
    photo: Photo,
    saved: Saved,
    proven: Proven,
}

fn finish(Task { mut report, plan, .. }: Task, round: Round) -> Protected {
    let ok = round.proven.proof.ok;
    report.regions = numbered(plan.into_regions());
    report.notes = round.photo.notes;
    report.notes.extend(round.saved.notes.iter().cloned());
    report.proof = Some(round.proven.proof);
    Protected { report, saved: ok.then_some(round.saved), frame: round.proven.frame.filter(|_| ok) }
}
