//! What is removed if a signal ends the program.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The copy that is being written.
static UNFINISHED: Mutex<Option<PathBuf>> = Mutex::new(None);

/// Notes the file that is being written.
pub(super) fn writing(path: &Path) {
    *UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.to_path_buf());
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
