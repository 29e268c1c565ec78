//! Reads files, walks the pipeline, writes copies and reports.

mod args;
mod files;
mod names;
mod output;
mod regions;
mod signals;
mod stdout;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use tarnkappe::detect::{Detector, Family, Policy};
use tarnkappe::error::{Error, InputError, ModelError, Result};
use tarnkappe::photo::Limits;
use tarnkappe::pipeline::{Choice, Pipeline, Settings, raw_preview, report_unopened};
use tarnkappe::prove::Elsewhere;
use tarnkappe::report::{Brush, CoverRequest, FileReport, RawPreview, RegionRequest, SCHEMA, Shape};

use args::{Arguments, Command, Common, EngineArgument, ScanArgs};
use files::Inputs;
use names::complain;
use output::{Copies, Printer};
use regions::Assignment;

/// The networks for the compact engine and for tract.
const NETWORKS: [(Family, &[u8], &[u8]); 3] = [
    (
        Family::YuNet,
        include_bytes!("../../models/face_detection_yunet_2023mar.packed"),
        include_bytes!("../../models/face_detection_yunet_2023mar.onnx"),
    ),
    (
        Family::CenterFace,
        include_bytes!("../../models/centerface.packed"),
        include_bytes!("../../models/centerface.onnx"),
    ),
    (
        Family::RetinaFace,
        include_bytes!("../../models/retinaface_mobilenet025.packed"),
        include_bytes!("../../models/retinaface_mobilenet025.onnx"),
    ),
];

/// The recogniser that plays the adversary.
const RECOGNISER: &[u8] = include_bytes!("../../models/face_recognition_sface_2021dec.packed");

/// Exit status: something was found, or a proof failed.
const FOUND: u8 = 1;
/// Exit status: wrong usage, as clap's own.
const USAGE: u8 = 2;
/// Exit status: a file could not be processed.
const FAILED: u8 = 3;

/// Runs what the arguments ask for.
pub(crate) fn run() -> ExitCode {
    signals::handle();
    let arguments = Arguments::parse();
    if stdout::was_closed() {
        complain("error: the report cannot be written: standard output is closed");
        return ExitCode::from(FAILED);
    }
    match arguments.command {
        Command::Check(arguments) => check(&arguments),
        Command::Protect(arguments) => protect(&arguments),
        Command::Verify(arguments) => verify(&arguments),
    }
}

fn check(arguments: &args::Check) -> ExitCode {
    let mut worker = Worker::new(&arguments.common, Some(&arguments.scanning));
    let settings = worker.settings.clone();
    let mut printer = Printer::new(arguments.common.json);
    let mut status = Status::default();
    let inputs = match inputs(&arguments.paths, None) {
        Ok(inputs) => inputs,
        Err(status) => return status,
    };
    for path in &inputs.files {
        let report = worker.report(path, |pipeline, bytes, name| {
            let checked = pipeline.check(bytes, name, &settings, &mut |_, _| ())?;
            Ok(checked.report)
        });
        status.note(&report, !report.regions.is_empty() || !report.leaks.is_empty());
        printer.print_check(&report);
        if printer.is_broken() {
            break;
        }
    }
    printer.print_limits();
    exit(&status, &printer)
}

fn protect(arguments: &args::Protect) -> ExitCode {
    arguments.unused().for_each(|words| complain(&format!("warning: {words}, and has no effect")));
    let regions = match arguments.regions.as_deref().map(read_regions).transpose() {
        Ok(regions) => regions,
        Err(message) => {
            complain(&format!("error: {message}"));
            return ExitCode::from(USAGE);
        }
    };
    let inputs = match inputs(&arguments.paths, Some(&arguments.out)) {
        Ok(inputs) => inputs,
        Err(status) => return status,
    };
    let mut worker = Worker::new(&arguments.common, Some(&arguments.scanning));
    let mut printer = Printer::new(arguments.common.json);
    let settings = Settings { copy_rules: arguments.copy_rules(), ..worker.settings.clone() };
    let mut copies = Copies::new(&arguments.out, arguments.keep_names);
    let mut status = Status::default();
    let regions = regions.map(|regions| (regions.assign(&inputs.files), regions));
    for name in regions.iter().flat_map(|(assignment, _)| assignment.unused()) {
        complain(&format!("error: the regions file's entry \"{name}\" is for none of the pictures"));
        status.misused = true;
    }
    for (index, path) in inputs.files.iter().enumerate() {
        let report = worker.report(path, |pipeline, bytes, name| {
            let choice = match &regions {
                // Whoever writes the regions down has decided; faces elsewhere are shown in the proof.
                Some((assignment, regions)) => {
                    let photo = Opened { bytes, limits: &settings.limits };
                    let regions = regions.covers(assignment, index, photo)?;
                    Choice::Given { regions, elsewhere: Elsewhere::LeftOpen }
                }
                None => Choice::Find(arguments.faces.into()),
            };
            let protected = pipeline.protect(bytes, name, arguments.style(), &choice, &settings, &mut |_, _| ())?;
            let mut report = protected.report;
            if let Some(saved) = protected.saved {
                let copy = copies.write(path, &saved)?;
                report.output = Some(copy.to_string_lossy().into_owned());
                report.output_bytes = names::encoded(&copy);
            }
            Ok(report)
        });
        if let (Some(_), Some([width, height])) = (&regions, report.full_size) {
            let (opened, name) = (format!("{} x {}", report.width, report.height), &report.file);
            complain(&format!(
                "warning: {name}: the regions are taken to be in {opened} pixels, as it was opened, not {width} x {height}; a face outside of them fails the proof"
            ));
        }
        status.note(&report, report.proof.as_ref().is_some_and(|proof| !proof.ok));
        printer.print_protect(&report);
        if printer.is_broken() {
            break;
        }
    }
    printer.print_limits();
    exit(&status, &printer)
}

/// A report that nobody can read is a failure, whatever it says.
fn exit(status: &Status, printer: &Printer) -> ExitCode {
    if printer.is_broken() { ExitCode::from(FAILED) } else { status.exit() }
}

/// What the paths mean, after telling what is not processed; or the exit status if there is nothing to do.
fn inputs(paths: &[PathBuf], out: Option<&Path>) -> Result<Inputs, ExitCode> {
    let inputs = Inputs::of(paths, out).map_err(|sentence| {
        complain(&format!("error: {sentence}"));
        ExitCode::from(USAGE)
    })?;
    if inputs.tell() { Ok(inputs) } else { Err(ExitCode::from(USAGE)) }
}

fn verify(arguments: &args::Verify) -> ExitCode {
    let scanning = ScanArgs { thorough: arguments.thorough, threshold: None, raw_preview: false };
    let mut worker = Worker::new(&arguments.common, Some(&scanning));
    worker.recognises = true;
    let mut printer = Printer::new(arguments.common.json);
    let mut status = Status::default();
    let settings = worker.settings.clone();
    let mut report = worker.report(&arguments.protected, |pipeline, bytes, name| {
        let original = files::read(&arguments.original, &settings.limits)?;
        pipeline.verify(&original, bytes, name, &settings)
    });
    if let Some(error) = &mut report.error {
        let is_originals = opens(&arguments.original, &settings.limits).is_err();
        let failed = if is_originals { &arguments.original } else { &arguments.protected };
        // Neither is at fault if both open.
        if is_originals || opens(&arguments.protected, &settings.limits).is_err() {
            error.message = format!("{}: {}", names::shown(failed), error.message);
        }
    }
    status.note(&report, report.proof.as_ref().is_some_and(|proof| !proof.ok));
    printer.print_protect(&report);
    exit(&status, &printer)
}

fn opens(path: &Path, limits: &Limits) -> Result<()> {
    let file = files::read(path, limits)?;
    tarnkappe::open(&raw_preview(&file).unwrap_or(file), limits).map(|_| ())
}

fn settings(common: &Common, scanning: Option<&ScanArgs>) -> Settings {
    let mut policy = match scanning {
        Some(ScanArgs { thorough: true, .. }) => Policy::thorough(),
        _ => Policy::default(),
    };
    if let Some(threshold) = scanning.and_then(|l| l.threshold) {
        policy = policy.with_threshold(threshold);
    }
    let max_pixels = u64::from(common.max_megapixels) * 1_000_000;
    Settings { limits: Limits { max_pixels, ..Limits::default() }, policy, ..Settings::default() }
}

/// Covers by path or file name, every entry as it stands in the file: a map would keep the last of two with one name.
struct Regions {
    entries: Vec<(String, Entry)>,
    /// Where the file lies.
    folder: PathBuf,
}

/// What a regions file says under a name. It is read as covers at once: a [`Value`] would keep the last of two shapes with one name.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Entry {
    Covers(Vec<Cover>),
    Other(Value),
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Cover {
    Drawn(Drawn),
    Other(Value),
}

impl<'de> Deserialize<'de> for Regions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Regions;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of covers by picture")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Regions, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Regions { entries, folder: PathBuf::new() })
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

impl Regions {
    /// A report is no regions file, and one of another schema is said to be.
    fn refuse_report(&self) -> Result<()> {
        let is_schema = |(key, entry): &(String, Entry)| match entry {
            Entry::Other(value) if key == "schema" => value.as_u64(),
            _ => None,
        };
        match self.entries.iter().find_map(is_schema) {
            Some(schema) if schema != u64::from(SCHEMA) => Err(InputError::Schema(schema as u32).into()),
            _ => Ok(()),
        }
    }

    fn assign(&self, paths: &[PathBuf]) -> Assignment {
        Assignment::new(self.entries.iter().map(|(name, _)| name.clone()).collect(), paths)
    }

    /// The covers of a picture, by its place in what was given.
    fn covers(&self, assignment: &Assignment, picture: usize, photo: Opened<'_>) -> Result<Vec<RegionRequest>> {
        self.refuse_report()?;
        let (_, covers) = &self.entries[assignment.entry(picture)?];
        match covers {
            Entry::Covers(covers) => covers.iter().map(|cover| drawn(cover, &self.folder, photo)).collect(),
            Entry::Other(value) => {
                let message = format!("the covers of a picture must be a list, not {}", shortened(value));
                Err(InputError::BadRegion(message).into())
            }
        }
    }
}

/// A photo's file, and the limits in which it is opened.
#[derive(Clone, Copy)]
struct Opened<'a> {
    bytes: &'a [u8],
    limits: &'a Limits,
}

/// A cover as it stands in the regions file, which lies in `folder`: four numbers of a rectangle, or a shape by its name.
fn drawn(cover: &Cover, folder: &Path, photo: Opened<'_>) -> Result<RegionRequest> {
    match cover {
        Cover::Drawn(Drawn::Rectangle(bbox)) => Ok(RegionRequest::area(*bbox)),
        Cover::Drawn(Drawn::Shape(shape)) => shaped(shape, folder, photo),
        Cover::Other(value) => Err(InputError::BadRegion(format!(
            "a cover must be four numbers (x, y, width, height), or an object with one of ellipse, polygon, brush, mask, not {}",
            shortened(value)
        ))
        .into()),
    }
}

/// The beginning of a value, to name it: a stroke can have a million points.
fn shortened(value: &Value) -> String {
    const LENGTH: usize = 200;
    let text = value.to_string();
    let is_short = text.chars().nth(LENGTH).is_none();
    if is_short { text } else { text.chars().take(LENGTH).chain("…".chars()).collect() }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Drawn {
    Rectangle([f32; 4]),
    Shape(NamedShape),
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum NamedShape {
    Ellipse([f32; 5]),
    Polygon(Vec<[f32; 2]>),
    Brush(Brush),
    Mask(PathBuf),
}

fn shaped(shape: &NamedShape, folder: &Path, photo: Opened<'_>) -> Result<RegionRequest> {
    let (bounds, shape) = match shape {
        NamedShape::Ellipse(numbers) => (around(*numbers), Shape::Ellipse(*numbers)),
        NamedShape::Polygon(corners) => (around_all(corners, 0.0), Shape::Polygon(corners.clone())),
        NamedShape::Brush(brush) => (around_all(&brush.points, brush.radius), Shape::Brush(brush.clone())),
        NamedShape::Mask(path) => regions::mask_in(&folder.join(path), photo.bytes, photo.limits)?,
    };
    Ok(RegionRequest { cover: Some(CoverRequest::of_shape(bounds, shape)), ..RegionRequest::area(bounds) })
}

fn around([cx, cy, rx, ry, _]: [f32; 5]) -> [f32; 4] {
    let reach = rx.max(ry);
    [cx - reach, cy - reach, 2.0 * reach, 2.0 * reach]
}

/// The bounds of points, and so much more on all sides; of no points an empty place.
fn around_all(points: &[[f32; 2]], margin: f32) -> [f32; 4] {
    let side = |n: usize| {
        let from = points.iter().map(|point| point[n]).fold(f32::INFINITY, f32::min) - margin;
        let to = points.iter().map(|point| point[n]).fold(f32::NEG_INFINITY, f32::max) + margin;
        if points.is_empty() { (0.0, 0.0) } else { (from, to - from) }
    };
    let ((x, width), (y, height)) = (side(0), side(1));
    [x, y, width, height]
}

fn read_regions(path: &Path) -> Result<Regions, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    // Some editors begin a text with a byte order mark.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(&text);
    let regions: Regions = serde_json::from_str(text).map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(Regions { folder: path.parent().unwrap_or(Path::new("")).to_owned(), ..regions })
}

/// Processes one file after the other. After a panic the pipeline is replaced, as its state may be broken.
struct Worker {
    settings: Settings,
    engine: EngineArgument,
    /// The ONNX file of a custom detector and its description.
    custom: Option<[PathBuf; 2]>,
    /// The pipeline has a recogniser, which takes a second to make ready.
    recognises: bool,
    /// Of a raw file the largest preview is opened.
    raw_preview: bool,
    pipeline: Option<Pipeline>,
}

impl Worker {
    fn new(common: &Common, scanning: Option<&ScanArgs>) -> Self {
        Self {
            settings: settings(common, scanning),
            engine: common.engine,
            custom: common.detector.clone().zip(common.detector_spec.clone()).map(|(onnx, spec)| [onnx, spec]),
            recognises: false,
            raw_preview: scanning.is_some_and(|scanning| scanning.raw_preview),
            pipeline: None,
        }
    }

    fn detector(&self) -> Result<Detector> {
        let mut detector = Detector::default();
        let wanted = |family| self.settings.policy.scans.iter().any(|scan| scan.family == family);
        for (family, packed, onnx) in NETWORKS.into_iter().filter(|(family, ..)| wanted(*family)) {
            match self.engine {
                EngineArgument::Compact => detector.load(family, packed)?,
                EngineArgument::Tract => detector.load_onnx(family, onnx)?,
            }
        }
        if let Some([onnx, spec]) = &self.custom {
            let spec = serde_json::from_slice(&self.read_for_detector(spec)?);
            let spec = spec.map_err(|error| ModelError::Spec(error.to_string()))?;
            detector.load_custom_onnx(&self.read_for_detector(onnx)?, spec)?;
        }
        Ok(detector)
    }

    fn read_for_detector(&self, path: &Path) -> Result<Vec<u8>> {
        let unreadable = |error| ModelError::Load(format!("{}: {error}", path.display())).into();
        files::read(path, &self.settings.limits).map_err(unreadable)
    }

    fn pipeline(&self) -> Result<Pipeline> {
        let mut pipeline = Pipeline::new(self.detector()?);
        if self.recognises {
            pipeline.load_recogniser(RECOGNISER)?;
        }
        Ok(pipeline)
    }

    /// The report of `job` on a file, or one that carries the error.
    fn report(
        &mut self,
        path: &Path,
        job: impl FnOnce(&mut Pipeline, &[u8], &str) -> Result<FileReport>,
    ) -> FileReport {
        let name = path.to_string_lossy();
        let bytes = files::read(path, &self.settings.limits);
        let preview = bytes.as_deref().ok().filter(|_| self.raw_preview).and_then(raw_preview);
        let result = match &bytes {
            Ok(bytes) => self.run(|pipeline| job(pipeline, preview.as_deref().unwrap_or(bytes), &name)),
            Err(error) => Err(error.clone()),
        };
        let mut report =
            result.unwrap_or_else(|error| self.unopened(bytes.as_deref().unwrap_or_default(), &name, &error));
        if let (Some(_), None, Ok(bytes)) = (&preview, &report.error, &bytes) {
            let raw = self.unopened(bytes, &name, &InputError::Raw.into());
            report = report.of_preview_in(raw);
        }
        FileReport { file_bytes: names::encoded(path), ..report }
    }

    /// The report of a file that cannot be opened. Of a raw file it says what could be opened instead, and how.
    fn unopened(&mut self, bytes: &[u8], name: &str, error: &Error) -> FileReport {
        if *error != Error::Input(InputError::Raw) {
            return report_unopened(bytes, name, error);
        }
        let settings = self.settings.clone();
        let report = self.run(|pipeline| Ok(pipeline.report_unopened(bytes, name, error, &settings)));
        let mut report = report.unwrap_or_else(|_| report_unopened(bytes, name, error));
        if let (Some(error), Some(RawPreview { width, height, .. })) = (&mut report.error, report.raw_preview) {
            let words = format!(" The largest preview in it has {width} x {height} pixels: --raw-preview opens that.");
            error.message.push_str(&words);
        }
        report
    }

    fn run<T>(&mut self, job: impl FnOnce(&mut Pipeline) -> Result<T>) -> Result<T> {
        let mut pipeline = match self.pipeline.take() {
            Some(pipeline) => pipeline,
            None => self.pipeline()?,
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| job(&mut pipeline)));
        match outcome {
            Ok(result) => {
                self.pipeline = Some(pipeline);
                result
            }
            Err(_) => Err(Error::Internal("it stopped unexpectedly at this file".to_owned())),
        }
    }
}

/// What the exit status will say.
#[derive(Default)]
struct Status {
    found: bool,
    misused: bool,
    failed: bool,
}

impl Status {
    fn note(&mut self, report: &FileReport, found: bool) {
        self.failed |= report.error.is_some();
        self.found |= report.error.is_none() && found;
    }

    fn exit(&self) -> ExitCode {
        match self {
            Self { failed: true, .. } => ExitCode::from(FAILED),
            Self { misused: true, .. } => ExitCode::from(USAGE),
            Self { found: true, .. } => ExitCode::from(FOUND),
            _ => ExitCode::SUCCESS,
        }
    }
}
