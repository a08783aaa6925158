//! Recorded times held against the witnesses' ([P-120]): what was recorded when nobody can have seen it so.

use crate::asked::Mark;
use crate::verify::Verifier;
use lotbook_chain::{Cosignature, CosignerKey, Instant, Policy, WitnessTime, cosignatures};
use serde::Serialize;

/// Clocks of a ledger and of its witnesses may differ by this, in seconds, and a cosignature take as long.
pub const TOLERANCE_SECONDS: i64 = 300;

/// A head that witnesses have seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WitnessedHead {
    /// Its number of entries.
    pub size: u64,
    /// The oldest good cosignature's time.
    pub time: WitnessTime,
}

/// An entry whose recorded time does not fit the witnesses'.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OffTime {
    /// Its position.
    pub position: u64,
    /// What is off.
    pub off: Off,
    /// When it says it was recorded, in microseconds.
    pub recorded_at: i64,
    /// Size of the head that it is held against.
    pub head: u64,
    /// The oldest good cosignature over that head, in seconds.
    pub witnessed_at: u64,
}

/// How a time is off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// Recorded, it says, after witnesses had seen it: the first such entry.
    Future,
    /// The last entry of a head was recorded long before any witness saw it: witnessed late, or back-dated.
    Late,
    /// Recorded, it says, before a head that does not hold it was witnessed: the first entry behind it.
    BackDated,
}

impl WitnessedHead {
    /// A head of this size with the oldest of its good cosignatures; nothing if there is none.
    pub fn of(size: u64, cosignatures: &[Cosignature]) -> Option<Self> {
        let time = cosignatures.iter().map(|good| good.time).min()?;
        Some(Self { size, time })
    }

    /// A head of this size with the oldest good cosignature of a policy's witnesses that its note has;
    /// nothing if it has none, or cannot be read.
    pub fn read(note: &str, size: u64, policy: &Policy) -> Option<Self> {
        let keys: Vec<CosignerKey> = policy.witnesses().iter().map(|witness| witness.key.clone()).collect();
        Self::of(size, &cosignatures(note, &keys).ok()?)
    }

    /// Latest time at which an entry of this head may have been recorded.
    pub(crate) fn latest(&self) -> Instant {
        self.instant().plus_seconds(TOLERANCE_SECONDS)
    }

    /// Earliest time at which its last entry, and any behind it, may have been recorded.
    fn earliest(&self) -> Instant {
        self.instant().plus_seconds(-TOLERANCE_SECONDS)
    }

    /// Saturating: beyond the year 294246 it is after everything.
    fn instant(&self) -> Instant {
        let seconds = i64::try_from(self.time.seconds()).unwrap_or(i64::MAX);
        Instant(0).plus_seconds(seconds)
    }

    fn off(&self, position: u64, off: Off, recorded_at: Instant) -> OffTime {
        let (recorded_at, witnessed_at) = (recorded_at.0, self.time.seconds());
        OffTime { position, off, recorded_at, head: self.size, witnessed_at }
    }
}

/// Entries whose times do not fit a witnessed head, and an older one known from elsewhere, by position.
/// A simulated clock tells nothing ([P-120]).
pub(crate) fn off_times(
    log: &Verifier,
    head: Option<&WitnessedHead>,
    older: Option<&WitnessedHead>,
) -> Vec<OffTime> {
    if log.state().simulated() {
        return vec![];
    }
    let of_head = head.and_then(|head| of_head(log, head));
    let behind = older.and_then(|older| behind(log, older));
    let mut off: Vec<_> = of_head.into_iter().chain(behind).collect();
    off.sort_by_key(|off| (off.position, off.head));
    off
}

/// The last entry of a head, before or after its witnesses.
fn of_head(log: &Verifier, head: &WitnessedHead) -> Option<OffTime> {
    let last = head.size.checked_sub(1)?;
    let Mark { recorded_at, .. } = log.mark(head.size)?;
    if recorded_at > head.latest() {
        // Times never fall: every entry from the first one on claims such a time.
        let first = log.asked.first_after(head.latest());
        let (first, at) = first.unwrap_or((last, recorded_at));
        return Some(head.off(first, Off::Future, at));
    }
    (recorded_at < head.earliest()).then(|| head.off(last, Off::Late, recorded_at))
}

/// The first entry behind an older head; times never fall, so no later one is worse.
fn behind(log: &Verifier, older: &WitnessedHead) -> Option<OffTime> {
    let Mark { recorded_at, .. } = log.mark(older.size.checked_add(1)?)?;
    (recorded_at < older.earliest()).then(|| older.off(older.size, Off::BackDated, recorded_at))
}

#[cfg(test)]
mod tests;
