//! The path from a file's bytes to a report, and to a proved, cleaned file.

mod memory;
mod pictures;
mod recognise;

use serde::{Deserialize, Serialize};

pub use pictures::LeakedPicture;

use crate::detect::{Detection, Detector, Family, Policy, Seen};
use crate::error::{Error, InputError, Result};
use crate::geometry::PixelRect;
use crate::identify::{self, recogniser::Recogniser};
use crate::leaks;
use crate::photo::{self, Frame, Limits, Photo, Saved, Source};
use crate::protect::{self, Cover, CoverRules, Method, REDRAWS};
use crate::prove::{self, Adversary, Claim, Elsewhere, MosaicTarget, Patch, ProofRules, Proven};
use crate::report::{ErrorReport, Face, FileReport, Level, NoteCode, Proof, Timings};
use memory::{Known, Memory};

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

/// The stages, for progress.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Stage {
    Decode,
    Detect,
    Recognise,
    Cover,
    Encode,
    Prove,
}

impl Stage {
    /// As in [`Timings`] and the locale files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decode => "decode",
            Self::Detect => "detect",
            Self::Recognise => "recognise",
            Self::Cover => "cover",
            Self::Encode => "encode",
            Self::Prove => "prove",
        }
    }
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
        regions: Vec<Region>,
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
    fn covers(self, face: &Face) -> bool {
        match self {
            Self::All => true,
            Self::Likely => face.identifiability.level == Level::Likely,
            Self::None => false,
        }
    }
}

/// A region that a person looked at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
pub struct Region {
    /// `[x, y, width, height]` in upright pixels; cut to the picture.
    #[serde(rename = "box")]
    pub bbox: [f32; 4],
    /// Cover it, or leave it open.
    pub cover: bool,
    /// What the box is.
    #[serde(default)]
    pub grow: Grow,
    /// The cover as an earlier report of the same file states it; see [`protect::cover_of_area`].
    #[serde(default)]
    pub area: Option<[u32; 4]>,
}

/// How far a cover reaches past a given box. In a lossy file it is also grown to the coding blocks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(test, not(target_arch = "wasm32")), derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Grow {
    /// The box is a face: the cover reaches over the whole head.
    #[default]
    Head,
    /// The box is what is to be covered.
    None,
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

/// How often a file is covered and proved at most: the first time, once for each redraw of a fill that looks like a
/// face, and twice more for faces that only the proof finds.
const ROUNDS: usize = 3 + REDRAWS as usize;

/// Walks the path. Owns the detector, so that its plans serve every file, and remembers what it saw of the last photos,
/// so that protecting one looks only at what has changed since it was checked.
pub struct Pipeline {
    detector: Detector,
    adversary: Option<Adversary>,
    settings: Settings,
    memory: Memory,
    /// Milliseconds from any fixed moment: the standard clock does not exist in WebAssembly.
    clock: fn() -> f64,
}

impl Pipeline {
    /// A pipeline with a loaded detector. `clock` gives milliseconds.
    pub fn new(detector: Detector, settings: Settings, clock: fn() -> f64) -> Self {
        Self { detector, adversary: None, settings, memory: Memory::default(), clock }
    }

    /// Loads one more network; [`crate::detect::Policy::thorough`] needs all of them.
    ///
    /// # Errors
    /// As [`Detector::load`].
    pub fn load(&mut self, family: Family, packed: &[u8]) -> Result<()> {
        self.detector.load(family, packed)
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

    /// Changes the settings for the files that follow.
    pub fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    /// Opens a file and reports what it gives away. `name` is the file's name, which may itself give something away.
    ///
    /// # Errors
    /// Whatever keeps the file from being opened or looked at.
    pub fn check<'a>(&mut self, file: impl Into<Source<'a>>, name: &str, progress: Progress<'_>) -> Result<Checked> {
        let file = file.into();
        let mut report = FileReport::new(name);
        let photo = self.open(file, name, &mut report, progress)?;
        let mut known = self.memory.recall(file.bytes);
        report.faces = self.find_faces(&photo, &mut known.photo, &mut report.timings_ms, progress)?;
        self.memory.keep(file.bytes, known);
        let Settings { policy, limits, .. } = &self.settings;
        let start = (self.clock)();
        let pictures = pictures::look_through(file.bytes, &mut report.leaks, &mut self.detector, policy, limits)?;
        report.timings_ms.detect += (self.clock)() - start;
        Ok(Checked { report, frame: photo.frame, pictures })
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
        progress: Progress<'_>,
    ) -> Result<Protected> {
        let file = file.into();
        let mut report = FileReport::new(name);
        let photo = self.open(file, name, &mut report, progress)?;
        let mut known = self.memory.recall(file.bytes);
        let plan = match choice {
            Choice::Find(choice) => {
                let faces = self.find_faces(&photo, &mut known.photo, &mut report.timings_ms, progress)?;
                Plan::of_found(faces, *choice)
            }
            Choice::Given { regions, elsewhere } => Plan::of_given(regions, *elsewhere, &photo, &self.settings)?,
        };
        let mut job = Job { bytes: file.bytes, method, plan, known };
        let mut round = self.round(photo, &mut job, &mut report.timings_ms, progress)?;
        for _ in 1..ROUNDS {
            if !self.learn(&mut job.plan, &round, method) {
                break;
            }
            // The picture was drawn on in place; reading it again costs less than a second copy of its pixels.
            let photo = file.open(&self.settings.limits)?;
            let next = self.round(photo, &mut job, &mut report.timings_ms, progress)?;
            // A proved copy is not given up for other fills that are not.
            if round.proven.proof.ok && !next.proven.proof.ok {
                break;
            }
            round = next;
        }
        self.memory.keep(file.bytes, job.known);
        Ok(finish(report, job.plan, round))
    }

    /// Compares a protected copy, called `name`, with its original.
    ///
    /// # Errors
    /// Whatever keeps either file from being opened or looked at.
    pub fn verify(&mut self, original: &[u8], protected: &[u8], name: &str) -> Result<FileReport> {
        let mut report = FileReport::new(name);
        let start = (self.clock)();
        let after = self.open(protected.into(), name, &mut report, &mut |_, _| ())?.frame;
        let before = photo::open(original, &self.settings.limits)?.frame;
        let rules = ProofRules::for_policy(&self.settings.policy);
        let Self { detector, adversary, .. } = self;
        report.proof = Some(prove::verify(&before, &after, protected, detector, adversary.as_mut(), &rules)?);
        report.timings_ms.prove = (self.clock)() - start;
        Ok(report)
    }

    /// Takes from a proof what the next round should do better: cover faces that were not seen before, and redraw soft
    /// fills that would be listed as faces, at once as flat as can be, since every proof takes long. False if there is
    /// nothing.
    fn learn(&self, plan: &mut Plan, round: &Round, method: Method) -> bool {
        let Proven { inside, outside, .. } = &round.proven;
        let redrawn = method == Method::Soft && !plan.redraw_under(inside.iter().chain(outside), REDRAWS).is_empty();
        let Some(choice) = plan.choice else { return redrawn };
        // A find that rests on a fill may be gone once that is redrawn; one that is still there then is a face.
        let rects = plan.covered_rects();
        let lasting = outside.iter().filter(|find| !redrawn || !rests_on(find, &rects));
        let faces: Vec<Face> = lasting.filter_map(|find| self.face(find, &round.photo)).collect();
        plan.entries.extend(faces.iter().map(|face| Entry::of_found(face.clone(), choice)));
        redrawn || !faces.is_empty()
    }

    fn open(&self, file: Source<'_>, name: &str, report: &mut FileReport, progress: Progress<'_>) -> Result<Photo> {
        progress(Stage::Decode, 0.0);
        let start = (self.clock)();
        let photo = file.open(&self.settings.limits)?;
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
        seen: &mut Seen,
        timings: &mut Timings,
        progress: Progress<'_>,
    ) -> Result<Vec<Face>> {
        let start = (self.clock)();
        let mut tell = |share| progress(Stage::Detect, share);
        let looked = self.detector.detect_changes(&photo.frame, &self.settings.policy, seen, &mut tell)?;
        timings.detect += (self.clock)() - start;
        Ok(looked.faces.iter().filter_map(|find| self.face(find, photo)).collect())
    }

    /// A find as it stands in the report; `None` if nothing of it lies in the picture.
    fn face(&self, find: &Detection, photo: &Photo) -> Option<Face> {
        let cover = protect::cover_of_face(find.extent, Some(&find.landmarks), photo, &self.settings.cover_rules)?;
        Some(Face {
            bbox: find.bbox,
            score: find.confidence,
            maybe: find.confidence < self.settings.policy.certain_from,
            landmarks: Some(find.landmarks),
            cover: cover.to_xywh(),
            identifiability: identify::identifiability(&photo.frame, find.bbox, &find.landmarks, None),
        })
    }

    /// Draws the covers, and draws those again that a glance takes for a face: that costs little, and an unsuccessful proof
    /// much.
    fn draw(&mut self, frame: &mut Frame, job: &mut Job<'_>) -> Result<()> {
        protect::draw(frame, &job.plan.covers(), job.method)?;
        if job.method != Method::Soft {
            return Ok(());
        }
        let mut drawn = job.plan.covered_rects();
        let mut redrawn = false;
        while !drawn.is_empty() {
            let faces = self.detector.glance(frame, &self.settings.policy, &drawn)?;
            drawn = job.plan.redraw_under(faces.iter(), 1);
            protect::redraw(frame, &job.plan.covers(), &drawn);
            redrawn |= !drawn.is_empty();
        }
        if redrawn {
            protect::draw(frame, &job.plan.covers(), job.method)?;
        }
        Ok(())
    }

    /// Saves the picture without loss outside the covers where its file allows that, else anew. Returns also what of the
    /// covers is drawn in the file.
    fn save(&self, bytes: &[u8], photo: &mut Photo, plan: &Plan) -> Result<(Saved, Vec<PixelRect>)> {
        let recoded = plan.recoded(photo, &self.settings.cover_rules);
        match photo::rewrite(bytes, photo, &recoded) {
            Ok(saved) => {
                // What was reduced for looking at it is saved as it was.
                photo.notes.retain(|note| note.code != NoteCode::ReducedTo8Bit);
                Ok((saved, recoded))
            }
            Err(obstacle) => {
                let mut saved = photo::save(photo)?;
                saved.notes.extend(obstacle.note(photo.format));
                Ok((saved, plan.covers().iter().map(|cover| cover.rect).collect()))
            }
        }
    }

    /// Sets the adversary, if there is one, on an exported mosaic, and adds what came of it to the proof.
    fn attack(&mut self, proven: &mut Proven, targets: &[MosaicTarget]) -> Result<()> {
        let (Some(adversary), Some(frame)) = (&mut self.adversary, &proven.frame) else { return Ok(()) };
        let Proof { mut checks, parts, .. } = std::mem::replace(&mut proven.proof, Proof::new(Vec::new(), Vec::new()));
        checks.extend(adversary.check_mosaic(frame, targets)?);
        proven.proof = Proof::new(checks, parts);
        Ok(())
    }

    /// Draws, saves and proves once.
    fn round(
        &mut self,
        mut photo: Photo,
        job: &mut Job<'_>,
        timings: &mut Timings,
        progress: Progress<'_>,
    ) -> Result<Round> {
        progress(Stage::Cover, 0.0);
        let start = (self.clock)();
        let targets = match job.method {
            Method::Mosaic if self.adversary.is_some() => job.plan.mosaic_targets(&photo.frame)?,
            _ => Vec::new(),
        };
        self.draw(&mut photo.frame, job)?;
        let covered = (self.clock)();
        timings.cover += covered - start;

        progress(Stage::Encode, 0.0);
        let (width, height) = (photo.frame.width, photo.frame.height);
        let (saved, drawn) = self.save(job.bytes, &mut photo, &job.plan)?;
        let patches: Vec<Patch> = drawn.into_iter().map(|rect| Patch::of(&photo.frame, rect)).collect();
        // Only one full picture is held at a time; the proof reads its own.
        photo.frame.rgb = Vec::new();
        photo.frame.alpha = None;
        let encoded = (self.clock)();
        timings.encode += encoded - covered;

        let kept = job.plan.kept();
        let claim = Claim {
            format: saved.format,
            width,
            height,
            method: job.method,
            patches: &patches,
            kept: &kept,
            elsewhere: job.plan.elsewhere,
        };
        let rules = ProofRules::for_policy(&self.settings.policy);
        let limits = &self.settings.limits;
        let seen = job.known.exported();
        let mut tell = |share| progress(Stage::Prove, share);
        let mut proven = prove::prove(&saved.bytes, &claim, &mut self.detector, &rules, limits, seen, &mut tell)?;
        if job.method == Method::Mosaic {
            self.attack(&mut proven, &targets)?;
        }
        timings.prove += (self.clock)() - encoded;
        Ok(Round { photo, saved, proven })
    }
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

/// What is to be done with a file, round after round.
struct Job<'a> {
    /// The file.
    bytes: &'a [u8],
    method: Method,
    plan: Plan,
    known: Known,
}

/// One attempt: what was saved and what the proof said.
struct Round {
    /// The photo without its pixels.
    photo: Photo,
    saved: Saved,
    proven: Proven,
}

fn finish(mut report: FileReport, plan: Plan, round: Round) -> Protected {
    let ok = round.proven.proof.ok;
    report.faces = plan.entries.into_iter().map(|entry| entry.face).collect();
    report.notes = round.photo.notes;
    report.notes.extend(round.saved.notes.iter().cloned());
    report.proof = Some(round.proven.proof);
    Protected { report, saved: ok.then_some(round.saved), frame: round.proven.frame.filter(|_| ok) }
}

/// What is covered, and what is left open.
struct Plan {
    entries: Vec<Entry>,
    /// How to treat faces that only the proof finds; `None` if a person gave the regions.
    choice: Option<FaceChoice>,
    elsewhere: Elsewhere,
}

/// A face or region and what is done with it.
struct Entry {
    face: Face,
    covered: bool,
    redraws: u8,
}

impl Entry {
    fn of_found(face: Face, choice: FaceChoice) -> Self {
        Self { covered: choice.covers(&face), face, redraws: 0 }
    }

    fn of_given(region: &Region, photo: &Photo, settings: &Settings) -> Result<Option<Self>> {
        let bbox = region.bbox;
        if bbox.iter().any(|v| !v.is_finite()) || bbox[2] <= 0.0 || bbox[3] <= 0.0 {
            return Err(InputError::BadRegion.into());
        }
        let cover = match (region.area, region.grow) {
            (Some(area), _) => protect::cover_of_area(area, photo, &settings.cover_rules),
            (None, Grow::Head) => protect::cover_of_face(bbox, None, photo, &settings.cover_rules),
            (None, Grow::None) => protect::cover_of_region(bbox, photo, &settings.cover_rules),
        };
        let identifiability = identify::identifiability_of_region(bbox);
        Ok(cover.map(|cover| {
            let face =
                Face { bbox, score: 1.0, maybe: false, landmarks: None, cover: cover.to_xywh(), identifiability };
            Self { face, covered: region.cover, redraws: 0 }
        }))
    }

    /// Its fill can still be drawn in another way.
    fn is_redrawable(&self) -> bool {
        self.covered && self.redraws < REDRAWS
    }

    fn rect(&self) -> PixelRect {
        let [x, y, w, h] = self.face.cover;
        PixelRect { x0: x, y0: y, x1: x + w, y1: y + h }
    }
}

impl Plan {
    fn of_found(faces: Vec<Face>, choice: FaceChoice) -> Self {
        // With no face covered nothing is decided face by face: whatever is there is left open.
        let elsewhere = if choice == FaceChoice::None { Elsewhere::LeftOpen } else { Elsewhere::Fails };
        let entries = faces.into_iter().map(|face| Entry::of_found(face, choice)).collect();
        Self { entries, choice: Some(choice), elsewhere }
    }

    fn of_given(regions: &[Region], elsewhere: Elsewhere, photo: &Photo, settings: &Settings) -> Result<Self> {
        let entries: Result<Vec<_>> = regions.iter().map(|region| Entry::of_given(region, photo, settings)).collect();
        Ok(Self { entries: entries?.into_iter().flatten().collect(), choice: None, elsewhere })
    }

    /// The covered faces whose landmarks are known, before anything is drawn on them.
    fn mosaic_targets(&self, frame: &Frame) -> Result<Vec<MosaicTarget>> {
        let covered = self.entries.iter().filter(|entry| entry.covered);
        let targets = covered.filter_map(|entry| {
            let found = Detection::new(entry.face.bbox, entry.face.score, entry.face.landmarks?);
            MosaicTarget::of(frame, found, entry.rect()).transpose()
        });
        targets.collect()
    }

    fn covers(&self) -> Vec<Cover> {
        let covered = self.entries.iter().filter(|entry| entry.covered);
        covered.map(|e| Cover { rect: e.rect(), face_width: e.face.bbox[2], redraws: e.redraws }).collect()
    }

    /// What of each cover is coded anew in a file whose other blocks stay as they are.
    fn recoded(&self, photo: &Photo, rules: &CoverRules) -> Vec<PixelRect> {
        let covered = self.entries.iter().filter(|entry| entry.covered);
        covered.map(|entry| protect::recoded(entry.rect(), entry.face.bbox, photo, rules)).collect()
    }

    fn kept(&self) -> Vec<[f32; 4]> {
        self.entries.iter().filter(|entry| !entry.covered).map(|entry| entry.face.bbox).collect()
    }

    fn covered_rects(&self) -> Vec<PixelRect> {
        self.entries.iter().filter(|entry| entry.covered).map(Entry::rect).collect()
    }

    /// Asks for another fill where covers make up part of a find, one that counts as redrawn so many `times` more. Returns
    /// those covers, without the ones that were redrawn as often as allowed.
    fn redraw_under<'a>(&mut self, finds: impl Iterator<Item = &'a Detection>, times: u8) -> Vec<PixelRect> {
        let rects = self.covered_rects();
        let mut areas = Vec::new();
        for find in finds.filter(|find| rests_on(find, &rects)) {
            areas.extend(self.blamed(find));
        }
        let mut redrawn = Vec::new();
        for entry in self.entries.iter_mut().filter(|entry| entry.is_redrawable() && areas.contains(&entry.rect())) {
            entry.redraws = REDRAWS.min(entry.redraws + times);
            redrawn.push(entry.rect());
        }
        redrawn
    }

    /// The covers whose fills make a find look like a face: what lies at its eyes, nose and mouth; if nothing of that can be
    /// redrawn, everything under it.
    fn blamed(&self, find: &Detection) -> Vec<PixelRect> {
        let rects: Vec<PixelRect> = self.entries.iter().filter(|e| e.is_redrawable()).map(Entry::rect).collect();
        let shows =
            |rect: &PixelRect| find.landmarks.iter().any(|&[x, y]| rect.contains(x.max(0.0) as u32, y.max(0.0) as u32));
        let telling: Vec<PixelRect> = rects.iter().copied().filter(shows).collect();
        if !telling.is_empty() {
            return telling;
        }
        let area = PixelRect::enclosing(find.bbox, u32::MAX, u32::MAX);
        rects.into_iter().filter(|rect| area.is_some_and(|area| area.intersects(*rect))).collect()
    }
}

/// The fills may be what looks like a face.
fn rests_on(find: &Detection, covers: &[PixelRect]) -> bool {
    prove::covered_share(find.bbox, covers) >= RESTS_ON_COVERS
}

/// Share of a find that lies in covers from which on the fills may be what looks like a face. A whole face beside a
/// cover overlaps it by less.
const RESTS_ON_COVERS: f32 = 0.15;
