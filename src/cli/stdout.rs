//! Whether there is a standard output.

#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};

#[cfg(unix)]
static WAS_CLOSED: AtomicBool = AtomicBool::new(false);

// Before `main` the standard library opens `/dev/null` in place of a standard output that is closed, which cannot be told from one that is
// `/dev/null` on purpose. So it is looked at before that.
#[cfg(unix)]
ctor::declarative::ctor! {
    #[ctor(unsafe)]
    fn look() {
        WAS_CLOSED.store(rustix::io::fcntl_getfd(rustix::stdio::stdout()).is_err(), Ordering::Relaxed);
    }
}

/// Whether standard output was closed when the program began, so that no report would reach anybody.
pub(super) fn was_closed() -> bool {
    #[cfg(unix)]
    return WAS_CLOSED.load(Ordering::Relaxed);
    #[cfg(not(unix))]
    false
}
