//! From paths to bytes.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use tarnkappe::error::{InputError, LimitsError, Result};
use tarnkappe::photo::Limits;
use walkdir::WalkDir;

/// Every file that is meant: files as given, folders with everything in them, sorted by name. A path that does not
/// exist stays, so that it is reported.
pub(super) fn expand(paths: &[PathBuf]) -> Vec<PathBuf> {
    paths.iter().flat_map(|path| if path.is_dir() { walk(path) } else { vec![path.clone()] }).collect()
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter();
    let kept = entries.filter_map(|entry| match entry {
        Ok(entry) if entry.file_type().is_dir() => None,
        Ok(entry) => Some(entry.into_path()),
        // An unreadable folder is reported like an unreadable file.
        Err(error) => error.path().map(Path::to_path_buf),
    });
    kept.collect()
}

/// Reads a regular file of at most [`Limits::max_bytes`].
///
/// # Errors
/// [`InputError::Unreadable`] or [`LimitsError::TooManyBytes`].
pub(super) fn read(path: &Path, limits: &Limits) -> Result<Vec<u8>> {
    let unreadable = |e: std::io::Error| InputError::Unreadable(e.to_string());
    let meta = std::fs::metadata(path).map_err(unreadable)?;
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
