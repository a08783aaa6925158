//! The port for the clock: the only place where the engine meets the time of the machine.

use lotbook_chain::Instant;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, in Unix microseconds, UTC.
    fn now(&self) -> Instant;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Instant(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock of a simulated ledger: moved by hand, or running on from where it stands.
#[derive(Debug)]
pub struct SimulatedClock {
    at: AtomicI64,
    running_since: Option<std::time::Instant>,
}

impl SimulatedClock {
    /// A clock that stands until it is moved.
    pub fn standing(at: Instant) -> Self {
        Self { at: AtomicI64::new(at.0), running_since: None }
    }

    /// A clock that runs on from an instant.
    pub fn running_from(at: Instant) -> Self {
        Self { at: AtomicI64::new(at.0), running_since: Some(std::time::Instant::now()) }
    }

    /// Moves the clock forward to an instant; never back.
    pub fn move_to(&self, at: Instant) {
        self.at.fetch_max(at.0, Ordering::SeqCst);
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Instant {
        let ran =
            self.running_since.map_or(0, |since| i64::try_from(since.elapsed().as_micros()).unwrap_or(0));
        Instant(self.at.load(Ordering::SeqCst).saturating_add(ran))
    }
}
