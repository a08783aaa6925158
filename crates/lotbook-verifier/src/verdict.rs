//! The verdict: what was verified, in numbers. Holds no time, path or speed: same content, same bytes.

use crate::times::OffTime;
use lotbook_chain::{Cosignature, EntryHash, Policy, VerifierKey};
use lotbook_draw::certificate::Grade;
use serde::Serialize;
use std::collections::BTreeMap;

/// What the auditor knows from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Expectations {
    /// The ledger's checkpoint key; without it a log is self-consistent only.
    pub vkey: Option<VerifierKey>,
    /// Fewest entries.
    pub at_least: Option<u64>,
    /// Hash of the last entry.
    pub head: Option<EntryHash>,
    /// Whose cosignatures the checkpoint needs; without it no witness is known.
    pub policy: Option<Policy>,
}

/// A log that passed every check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// Always true; a refuted log has a [`crate::Finding`] instead.
    pub verified: bool,
    /// Whether the checkpoint was checked against a key known from elsewhere.
    pub authenticated: bool,
    /// Origin of the ledger.
    pub origin: String,
    /// Identity of the ledger.
    pub ledger_id: String,
    /// The checkpoint key that genesis names.
    pub vkey: String,
    /// Number of entries.
    pub entries: u64,
    /// Hash of the last entry.
    pub head: String,
    /// Root of the tree.
    pub root: String,
    /// Size of the signed checkpoint that was checked; `None` if there was none.
    pub checkpoint: Option<u64>,
    /// Good cosignatures on it by witnesses that the policy knows, in the note's order.
    pub witnesses: Vec<WitnessVerdict>,
    /// Whether recorded times could be held against theirs.
    pub times: Times,
    /// Entries whose recorded time does not fit the witnesses' ([P-120]). They are named, and do not refute.
    pub off_times: Vec<OffTime>,
    /// Statements of people, each decided again.
    pub stated: u64,
    /// Entries the ledger derived, each derived again.
    pub derived: u64,
    /// Refusals on record: one by one, and counted beyond the limit of a key and hour.
    pub refusals: u64,
    /// Entries by event.
    pub events: BTreeMap<&'static str, u64>,
    /// Draws, each recomputed, those under embargo as far as nobody needs the key.
    pub draws: Vec<DrawVerdict>,
    /// Flags by code.
    pub flags: BTreeMap<&'static str, u64>,
}

/// A witness's word on the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WitnessVerdict {
    /// Name of its key.
    pub name: String,
    /// When it cosigned, in seconds since 1970, UTC.
    pub time: u64,
}

/// Whether recorded times could be held against the witnesses'.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Times {
    /// They were.
    Compared,
    /// The ledger's clock is simulated: its times are those of a play.
    SimulatedClock,
    /// No known witness has cosigned the checkpoint.
    Unwitnessed,
}

impl From<&Cosignature> for WitnessVerdict {
    fn from(good: &Cosignature) -> Self {
        Self { name: good.witness.name().to_owned(), time: good.time.seconds() }
    }
}

/// One draw, recomputed as far as it is not sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DrawVerdict {
    /// The recusal it was held for; `None` for a batch, whose numbers follow.
    pub recusal: Option<String>,
    /// Draw identifier.
    pub draw: String,
    /// Seed.
    pub seed: String,
    /// Grade (draw.md 1).
    pub grade: Grade,
    /// Enterprises selected.
    pub selected: u32,
    /// Inspectors drawn; 0 as long as the draw is sealed.
    pub inspectors: u32,
    /// Under embargo, until when at the latest (the day after the window's last day, YYYY-MM-DD): whom it drew is
    /// committed to and not yet verified. `None` once it is.
    pub sealed_until: Option<String>,
}
