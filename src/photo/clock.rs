//! The time that a decoder takes.

use std::time::Duration;

/// Tells the time since some moment, and never goes back.
pub type Clock<'a> = &'a dyn Fn() -> Duration;

/// A clock that starts now.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn stopwatch() -> impl Fn() -> Duration {
    let start = std::time::Instant::now();
    move || start.elapsed()
}

/// WebAssembly has no clock of its own: this one stands still. A host that has one gives it ([`super::decode_jxl`]), and whoever
/// started the worker can end it.
#[cfg(target_arch = "wasm32")]
pub(super) fn stopwatch() -> impl Fn() -> Duration {
    || Duration::ZERO
}
