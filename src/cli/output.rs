//! Reports on standard output and copies on disk.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};

use tarnkappe::error::{InputError, Result};
use tarnkappe::photo::Saved;
use tarnkappe::report::{FileReport, Format, Leak, NotChecked, Region, Skipped};
use tempfile::NamedTempFile;

use super::names::{complain, harmless};
use super::signals;

/// Prints reports: JSON lines, or a few lines for a person.
pub(super) struct Printer {
    json: bool,
    count: usize,
    /// Nobody can read the reports: nothing more is to be done that only they would tell.
    is_broken: bool,
}

impl Printer {
    pub(super) fn new(json: bool) -> Self {
        Self { json, count: 0, is_broken: false }
    }

    /// Whether a report could not be written.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken
    }

    pub(super) fn print_check(&mut self, report: &FileReport) {
        self.print(report, |report| {
            let mut lines = vec![format!("{}: {}, {}", report.file, faces(report), leaks(report))];
            lines.extend(report.regions.iter().map(region));
            lines.extend(report.leaks.iter().map(leak));
            lines
        });
    }

    pub(super) fn print_protect(&mut self, report: &FileReport) {
        self.print(report, |report| {
            let proof = report.proof.as_ref();
            let outcome = match (&report.output, proof.is_some_and(|p| p.ok)) {
                (Some(path), _) => format!("proved, saved as {path}"),
                (None, true) => "nothing of the original was found".to_owned(),
                (None, false) => "PROOF FAILED, nothing saved".to_owned(),
            };
            let mut lines = vec![format!("{}: {outcome}", report.file)];
            let checks = proof.map(|p| p.checks.as_slice()).unwrap_or_default();
            lines.extend(
                checks.iter().map(|c| format!("  {} {}: {}", if c.ok { "ok  " } else { "FAIL" }, c.name, c.detail)),
            );
            lines
        });
    }

    /// Says once, after all files, what no check covers; every JSON report has it.
    pub(super) fn print_limits(&mut self) {
        if !self.json {
            let texts = NotChecked::ALL.map(NotChecked::describe);
            self.emit(&format!("not checked, although people can be recognised by it: {}", texts.join("; ")));
        }
    }

    fn print(&mut self, report: &FileReport, lines: impl FnOnce(&FileReport) -> Vec<String>) {
        self.count += 1;
        if self.json {
            let line = serde_json::to_string(report).expect("a report has only strings for keys");
            complain(&format!("{}: {}", self.count, report.file));
            self.emit(&line);
            return;
        }
        if let Some(error) = &report.error {
            complain(&format!("{}: {}", report.file, error.message));
            // What a file gives away does not depend on whether its picture can be opened.
            if !report.leaks.is_empty() {
                self.emit(&format!("{}: not opened, {}", harmless(&report.file), leaks(report)));
                report.leaks.iter().for_each(|of_file| self.emit(&harmless(&leak(of_file))));
            }
            return;
        }
        let notes = report.notes.iter().map(|note| format!("  {}", note.message));
        let lines = lines(report).into_iter().chain(notes).chain(skipped(report));
        lines.for_each(|line| self.emit(&harmless(&line)));
    }

    /// Prints a line. After the first that cannot be written no other is tried.
    fn emit(&mut self, line: &str) {
        if self.is_broken {
            return;
        }
        if let Err(error) = writeln!(std::io::stdout(), "{line}") {
            complain(&format!("error: the report cannot be written: {error}"));
            self.is_broken = true;
        }
    }
}

fn region(region: &Region) -> String {
    let [x, y, w, h] = region.bbox;
    let kind = format!("{:?}", region.kind).to_lowercase();
    let score = region.score.map(|score| format!(", score {score:.2}")).unwrap_or_default();
    let level = region.identifiability.as_ref().map(|it| format!(", matched: {:?}", it.level).to_lowercase());
    format!("  {kind} at {x:.0},{y:.0}, {w:.0} x {h:.0} pixels{score}{}", level.unwrap_or_default())
}

fn faces(report: &FileReport) -> String {
    match report.regions.len() {
        0 => "no face found".to_owned(),
        1 => "1 face".to_owned(),
        n => format!("{n} faces"),
    }
}

/// A leak, how much it matters and why, and what is seen in it if it is a picture.
fn leak(leak: &Leak) -> String {
    let severity = format!("{:?}", leak.severity).to_lowercase();
    let faces = match leak.faces {
        None => String::new(),
        Some(0) => "; no face is seen in it".to_owned(),
        Some(1) => "; 1 face is seen in it".to_owned(),
        Some(n) => format!("; {n} faces are seen in it"),
    };
    format!("  {severity}, {}: {}{faces} ({})", leak.location, leak.value, leak.kind.reason())
}

fn leaks(report: &FileReport) -> String {
    match report.leaks.len() {
        0 => "nothing found besides the pixels".to_owned(),
        1 => "1 thing besides the pixels".to_owned(),
        n => format!("{n} things besides the pixels"),
    }
}

/// What was not scanned for faces.
fn skipped(report: &FileReport) -> Vec<String> {
    let Skipped { tiles, frames } = report.skipped;
    let mut lines = Vec::new();
    if tiles > 0 {
        lines.push(format!("  not scanned: {tiles} parts of the picture that have one colour"));
    }
    if frames > 0 {
        lines.push(format!("  not scanned: {frames} further frames, pages or pictures in the file"));
    }
    lines
}

/// Writes copies into one folder.
pub(super) struct Copies {
    folder: PathBuf,
    keep_names: bool,
    /// Number of the last copy.
    last: u32,
    /// Names that are not free, in lower case: on many file systems `A.jpg` is `a.jpg`. Read when the first copy keeps its name.
    taken: Option<HashSet<Vec<u8>>>,
}

impl Copies {
    pub(super) fn new(folder: &Path, keep_names: bool) -> Self {
        Self { folder: folder.to_path_buf(), keep_names, last: 0, taken: None }
    }

    /// Writes a copy of `original` all at once, under a name that is not taken. Returns its path.
    ///
    /// # Errors
    /// [`InputError::Unwritable`]; then there is no file, not even half of one.
    pub(super) fn write(&mut self, original: &Path, saved: &Saved) -> Result<PathBuf> {
        let unwritable = |e: std::io::Error| InputError::Unwritable(e.to_string());
        std::fs::create_dir_all(&self.folder).map_err(unwritable)?;
        let mut file = new_file(&self.folder).map_err(unwritable)?;
        file.write_all(&saved.bytes).and_then(|()| file.as_file().sync_all()).map_err(unwritable)?;
        loop {
            let path = self.next_path(original, saved.format);
            // Fails if the name is taken, so neither an input nor an earlier copy is ever replaced.
            match file.persist_noclobber(&path) {
                Ok(_) => {
                    signals::written();
                    return Ok(path);
                }
                Err(error) if error.error.kind() == std::io::ErrorKind::AlreadyExists => file = error.file,
                Err(error) => return Err(unwritable(error.error).into()),
            }
        }
    }

    /// The next name to try: `photo-0001.jpg`, or the original's name, with a number from the second try on.
    fn next_path(&mut self, original: &Path, format: Format) -> PathBuf {
        let extension = match format {
            Format::Jpeg => "jpg",
            Format::Webp => "webp",
            _ => "png",
        };
        if !self.keep_names {
            self.last += 1;
            return self.folder.join(format!("photo-{:04}.{extension}", self.last));
        }
        // With the bytes that it has, whether they are text or not.
        let stem = original.file_stem().unwrap_or_default();
        let named = |ending: &str| {
            let mut name = stem.to_owned();
            name.push(ending);
            self.folder.join(name)
        };
        let plain = named(&format!(".{extension}"));
        let numbered = (2u32..).map(|n| named(&format!("-{n}.{extension}")));
        let taken = self.taken.get_or_insert_with(|| names_in(&self.folder));
        let is_free = |path: &PathBuf| taken.insert(lower_case(path.file_name().unwrap_or_default()));
        std::iter::once(plain).chain(numbered).find(is_free).expect("numbers do not run out")
    }
}

/// Names in a folder, also of links that lead nowhere, in lower case.
fn names_in(folder: &Path) -> HashSet<Vec<u8>> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| lower_case(&entry.file_name())).collect()
}

/// What is no text stays as it is.
fn lower_case(name: &OsStr) -> Vec<u8> {
    let chunks = name.as_encoded_bytes().utf8_chunks();
    chunks.flat_map(|chunk| [chunk.valid().to_lowercase().as_bytes(), chunk.invalid()].concat()).collect()
}

/// Names of copies that are not finished.
const UNFINISHED: [&str; 2] = [".tarnkappe-", ".part"];

/// Whether a file is a copy that is not finished: one that a run, which was stopped, has left behind.
pub(super) fn is_unfinished(name: &OsStr) -> bool {
    let [prefix, suffix] = UNFINISHED;
    name.to_str().is_some_and(|name| name.starts_with(prefix) && name.ends_with(suffix))
}

/// A temporary file with the permissions that any new file gets; by default it would be for its owner only. It is removed if a
/// signal ends the program.
fn new_file(folder: &Path) -> std::io::Result<NamedTempFile> {
    let [prefix, suffix] = UNFINISHED;
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix).suffix(suffix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    signals::begin(|| builder.tempfile_in(folder))
}
