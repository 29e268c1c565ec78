//! How long stages take.

/// Milliseconds from any fixed moment; never goes back.
pub(super) type Clock = fn() -> f64;

/// The standard clock. It does not exist in WebAssembly, where whoever knows the platform has to set another one.
pub(super) fn standard() -> f64 {
    #[cfg(target_arch = "wasm32")]
    return 0.0;
    #[cfg(not(target_arch = "wasm32"))]
    {
        use std::sync::OnceLock;
        use std::time::Instant;
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3
    }
}

/// Runs from when it is made.
pub(super) struct Stopwatch {
    clock: Clock,
    since: f64,
}

impl Stopwatch {
    pub(super) fn start(clock: Clock) -> Self {
        Self { clock, since: clock() }
    }

    /// Milliseconds since the start or the last lap.
    pub(super) fn lap(&mut self) -> f64 {
        let now = (self.clock)();
        now - std::mem::replace(&mut self.since, now)
    }
}
