//! What is removed if a signal ends the program.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use tempfile::NamedTempFile;

/// The copy that is being written.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Begins a file, which is removed if a signal ends the program. No signal is handled in between, as the file would stay then.
pub(super) fn begin(create: impl FnOnce() -> io::Result<NamedTempFile>) -> io::Result<NamedTempFile> {
    let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    let file = create()?;
    *unfinished = Some(file.path().to_path_buf());
    Ok(file)
}

/// The file is finished and has its own name.
pub(super) fn written() {
    *UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// From now on SIGINT, SIGTERM and SIGHUP remove an unfinished copy and end the program with 128 plus the signal's number, as shells say it.
/// If the handler cannot be set, an unfinished copy stays and is known by its name.
#[cfg(unix)]
pub(super) fn handle() {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let Ok(mut signals) = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(path) = &*unfinished {
                let _ = std::fs::remove_file(path);
            }
            // The lock is held to the end: no other copy is begun.
            std::process::exit(128 + signal);
        }
    });
}

/// Other systems have no such signals.
#[cfg(not(unix))]
pub(super) fn handle() {}
