//! The embargo of a batch: what is committed to, who has the key, and which enterprises are not open yet.

use super::{BatchKey, State};
use lotbook_chain::{EntryHash, Instant, KeyId};
use lotbook_draw::EmbargoKey;
use lotbook_event::ceremony::PoolEmbargo;
use lotbook_event::*;
use std::collections::{BTreeMap, BTreeSet};

/// The embargo of a batch (draw.md 7). It is the same for who has the key and for who has not.
#[derive(Debug, Clone)]
pub struct Embargo {
    /// What the frozen pool states of it.
    pub stated: PoolEmbargo,
    /// The draw that counts, once there is one.
    pub draw: Option<DrawId>,
    /// Keys of supervision that have read the embargo key.
    pub readers: BTreeSet<KeyId>,
    /// Keys of supervision that hold it.
    pub holders: BTreeSet<KeyId>,
    /// The enterprises by rank, opened or not.
    pub assignments: BTreeMap<u32, Withheld>,
    /// Whether the ledger has stated that the release is overdue.
    pub overdue: bool,
    /// The key, once it is on the log, and when it came.
    pub released: Option<(EmbargoKey, Instant)>,
}

/// One enterprise and its team, of which only commitments are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Its inspection.
    pub inspection: InspectionId,
    /// Leaf of the enterprise's row.
    pub object: Bytes32,
    /// Commitments to the inspectors by seat.
    pub slots: Vec<Bytes32>,
    /// Hash of the entry.
    pub entry: EntryHash,
    /// When it was recorded.
    pub assigned_at: Instant,
    /// What makes it public, recorded right before it is opened.
    pub begun: Option<Begun>,
    /// Whether it is open: then there is an inspection, as for any other draw.
    pub opened: bool,
}

/// What makes an enterprise public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Its notice, with the day of the visit.
    Noticed(Date),
    /// Its start, recorded at this instant.
    Started(Instant),
}

impl Embargo {
    /// An embargo of which nothing is known but what the pool states.
    pub fn new(stated: PoolEmbargo) -> Self {
        Self {
            stated,
            draw: None,
            readers: BTreeSet::new(),
            holders: BTreeSet::new(),
            assignments: BTreeMap::new(),
            overdue: false,
            released: None,
        }
    }

    /// Whether every enterprise that was drawn is open.
    pub fn all_open(&self) -> bool {
        self.assignments.values().all(|withheld| withheld.opened)
    }
}

impl State {
    /// The embargo of the batch of a draw.
    pub fn embargo_of(&self, draw: &DrawId) -> Option<(&BatchKey, &Embargo)> {
        let batch = &self.ceremonies.get(draw)?.batch;
        Some((batch, self.embargoes.get(batch)?))
    }

    /// The draw and rank of an inspection named `DRAW/RANK`, and what is known of it as long as it is not open.
    pub fn withheld(&self, id: &InspectionId) -> Option<(&Embargo, &DrawId, u32, &Withheld)> {
        let (draw, rank) = id.as_str().rsplit_once('/')?;
        let (rank, draw) = (rank.parse().ok()?, DrawId::new(draw).ok()?);
        let (_, embargo) = self.embargo_of(&draw)?;
        let withheld = embargo.assignments.get(&rank).filter(|withheld| !withheld.opened)?;
        Some((embargo, embargo.draw.as_ref()?, rank, withheld)).filter(|_| withheld.inspection == *id)
    }
}
