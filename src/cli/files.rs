//! From paths to bytes.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use tarnkappe::error::{Error, InputError, LimitsError, Result};
use tarnkappe::photo::{Limits, sniff};
use walkdir::{DirEntry, WalkDir};

use super::names;
use super::output::is_unfinished;

/// Endings of pictures' names. A file in a folder that has one is processed, and an error says if it cannot be opened: nobody is to
/// believe that a photo was processed.
const PICTURES: [&str; 40] = [
    "jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "gif", "webp", "bmp", "dib", "tif", "tiff", "heic", "heif",
    "hif", "avif", "avifs", "jxl", "jp2", "jps", "psd", "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "sr2", "srf",
    "orf", "rw2", "rwl", "pef", "srw", "raf", "3fr", "iiq", "x3f",
];

/// What the files of macOS begin with that hold what other file systems have no place for; they are named like the photo (RFC 1740).
const APPLE_DOUBLE: [u8; 4] = [0, 5, 0x16, 7];

/// Bytes of a file that tell its format.
const HEAD: usize = 4096;

/// What the paths on the command line mean.
#[derive(Default)]
pub(super) struct Inputs {
    /// Files to process.
    pub(super) files: Vec<PathBuf>,
    /// Files in folders that are no pictures.
    skipped: Vec<PathBuf>,
    /// Copies in folders that a run has not finished.
    unfinished: Vec<PathBuf>,
    /// Folders with nothing to process.
    empty: Vec<PathBuf>,
}

impl Inputs {
    /// Files as given, folders with every picture in them, sorted by name. A path that does not exist stays, so that it is reported.
    /// What lies in `out`, where the copies go, is no input.
    ///
    /// # Errors
    /// A sentence, if a folder that was given is `out` or lies in it.
    pub(super) fn of(paths: &[PathBuf], out: Option<&Path>) -> Result<Self, String> {
        let out = out.and_then(|out| std::fs::canonicalize(out).ok());
        let mut inputs = Self::default();
        for path in paths {
            if !path.is_dir() {
                inputs.files.push(path.clone());
                continue;
            }
            if out.as_ref().is_some_and(|out| std::fs::canonicalize(path).is_ok_and(|path| path.starts_with(out))) {
                return Err(format!(
                    "{} is the folder for the copies, or lies in it: choose another with --out",
                    names::shown(path)
                ));
            }
            let before = inputs.files.len();
            inputs.walk(path, out.as_deref());
            if inputs.files.len() == before {
                inputs.empty.push(path.clone());
            }
        }
        inputs.unfinished.extend(out.iter().flat_map(|out| unfinished_in(out)));
        Ok(inputs)
    }

    fn walk(&mut self, folder: &Path, out: Option<&Path>) {
        // A link may lead to a copy.
        let is_out = |entry: &DirEntry| {
            !entry.file_type().is_file()
                && out.is_some_and(|out| std::fs::canonicalize(entry.path()).is_ok_and(|path| path.starts_with(out)))
        };
        let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(|entry| !is_out(entry));
        for entry in entries {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) if is_unfinished(entry.file_name()) => self.unfinished.push(entry.into_path()),
                Ok(entry) if is_no_picture(entry.path()) => self.skipped.push(entry.into_path()),
                Ok(entry) => self.files.push(entry.into_path()),
                // An unreadable folder is reported like an unreadable file.
                Err(error) => self.files.extend(error.path().map(Path::to_path_buf)),
            }
        }
    }

    /// Says on standard error what is not processed. False if nothing is left to process.
    pub(super) fn tell(&self) -> bool {
        if !self.skipped.is_empty() {
            names::complain(&format!("skipped, as no pictures: {}", some(&self.skipped)));
        }
        if !self.unfinished.is_empty() {
            let text = some(&self.unfinished);
            names::complain(&format!("left behind by runs that were stopped, to be deleted: {text}"));
        }
        for folder in &self.empty {
            names::complain(&format!("error: {} has no picture in it", names::shown(folder)));
        }
        !self.files.is_empty()
    }
}

/// Copies in their folder that a run has not finished.
fn unfinished_in(out: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(out).into_iter().flatten().flatten();
    let mut found: Vec<_> =
        entries.filter(|entry| is_unfinished(&entry.file_name())).map(|entry| entry.path()).collect();
    found.sort();
    found
}

/// How many there are, and the names of the first.
fn some(paths: &[PathBuf]) -> String {
    const NAMED: usize = 3;
    let mut texts: Vec<String> = paths.iter().take(NAMED).map(|path| names::shown(path)).collect();
    if paths.len() > NAMED {
        texts.push(format!("and {} more", paths.len() - NAMED));
    }
    format!("{} ({})", paths.len(), texts.join(", "))
}

/// Whether a file in a folder is no picture, by its name and its content. What cannot be read may be one.
fn is_no_picture(path: &Path) -> bool {
    let Ok(kind) = std::fs::metadata(path) else { return false };
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    let is_called_picture = PICTURES.iter().any(|picture| ending == OsStr::new(picture));
    if !kind.is_file() {
        // A folder behind a link, a device, a pipe.
        return !is_called_picture;
    }
    let Ok(head) = head(path) else { return false };
    if head.starts_with(&APPLE_DOUBLE) {
        return true;
    }
    let is_unknown = matches!(sniff(&head), Err(Error::Input(InputError::Empty | InputError::UnknownFormat)));
    is_unknown && !is_called_picture
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(HEAD as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a regular file of at most [`Limits::max_bytes`].
///
/// # Errors
/// [`InputError::Unreadable`] or [`LimitsError::TooManyBytes`].
pub(super) fn read(path: &Path, limits: &Limits) -> Result<Vec<u8>> {
    let unreadable = |e: std::io::Error| InputError::Unreadable(e.to_string());
    let meta = std::fs::metadata(path).map_err(unreadable)?;
    if meta.is_dir() {
        // A folder is among the files only if it cannot be read; this says why.
        std::fs::read_dir(path).map_err(unreadable)?;
    }
    if !meta.is_file() {
        return Err(InputError::Unreadable("it is no regular file".to_owned()).into());
    }
    let limit = limits.max_bytes;
    if meta.len() > limit {
        return Err(LimitsError::TooManyBytes { bytes: meta.len(), limit }.into());
    }
    let mut bytes = Vec::new();
    // The file may grow while it is read.
    File::open(path).map_err(unreadable)?.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > limit {
        return Err(LimitsError::TooManyBytes { bytes: bytes.len() as u64, limit }.into());
    }
    Ok(bytes)
}
