//! The time that a decoder takes.

use std::time::Duration;

#[cfg(not(target_arch = "wasm32"))]
pub(super) use native::{stopwatch, within};

/// Tells the time since some moment, and never goes back.
pub type Clock<'a> = &'a dyn Fn() -> Duration;

/// WebAssembly has no clock of its own: this one stands still. A host that has one gives it ([`super::decode_jxl`]).
#[cfg(target_arch = "wasm32")]
pub(super) fn stopwatch() -> impl Fn() -> Duration {
    || Duration::ZERO
}

/// What `work` gives. Whoever started the worker can end it.
#[cfg(target_arch = "wasm32")]
pub(super) fn within<T>(_: Duration, work: impl FnOnce() -> T) -> Option<T> {
    Some(work())
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
    use std::thread::{Builder, JoinHandle};
    use std::time::{Duration, Instant};

    /// Works that may be left alone at once.
    const MOST_LEFT: usize = 4;

    /// Works that took too long and have not ended yet.
    struct Left(Mutex<Vec<JoinHandle<()>>>);

    static LEFT: Left = Left::none();

    /// A clock that starts now.
    pub(in super::super) fn stopwatch() -> impl Fn() -> Duration {
        let start = Instant::now();
        move || start.elapsed()
    }

    /// What `work` gives; `None` if it takes longer than `time`. Nothing can end it then: it is left alone, and the next ones are not
    /// begun while too many are.
    pub(in super::super) fn within<T: Send + 'static>(
        time: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        LEFT.within(time, work)
    }

    impl Left {
        const fn none() -> Self {
            Self(Mutex::new(Vec::new()))
        }

        fn works(&self) -> MutexGuard<'_, Vec<JoinHandle<()>>> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        fn within<T: Send + 'static>(&self, time: Duration, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
            self.works().retain(|work| !work.is_finished());
            if self.works().len() >= MOST_LEFT {
                return None;
            }
            let (sender, receiver) = mpsc::channel();
            // Nobody listens any more if the time is over.
            let thread = Builder::new().spawn(move || drop(sender.send(work()))).ok()?;
            let result = receiver.recv_timeout(time).ok();
            if result.is_none() {
                self.works().push(thread);
            }
            result
        }
    }

    #[cfg(test)]
    mod tests {
        #![allow(clippy::unwrap_used)]
        use super::*;
        use std::sync::Arc;
        use std::sync::atomic::{AtomicUsize, Ordering};

        const LONG: Duration = Duration::from_secs(60);

        #[test]
        fn work_that_takes_too_long_is_left_alone_and_not_too_often() {
            let left = Left::none();
            let begun = Arc::new(AtomicUsize::new(0));
            let end = Arc::new(Mutex::new(()));
            let held = end.lock().unwrap();
            for _ in 0..=MOST_LEFT {
                let (begun, end) = (begun.clone(), end.clone());
                let work = move || {
                    begun.fetch_add(1, Ordering::SeqCst);
                    drop(end.lock());
                };
                assert_eq!(left.within(Duration::from_millis(300), work), None);
            }
            assert_eq!((left.within(LONG, || 7), begun.load(Ordering::SeqCst)), (None, MOST_LEFT));
            drop(held);
            let start = Instant::now();
            while left.works().iter().any(|work| !work.is_finished()) && start.elapsed() < LONG {
                std::thread::yield_now();
            }
            assert_eq!(left.within(LONG, || 7), Some(7));
        }
    }
}
