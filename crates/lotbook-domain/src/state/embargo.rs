//! The embargo of a batch: what is committed to, who has the key, and which enterprises are not open yet.

use super::{BatchKey, BoardChange, State};
use lotbook_chain::{EntryHash, Instant, KeyId, Position};
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
    /// What happened to its teams, in order: with the key it is done again with names.
    pub steps: Vec<HiddenStep>,
    /// Whether the ledger has stated that the release is overdue.
    pub overdue: bool,
    /// The key, once it is on the log, and when it came.
    pub released: Option<(EmbargoKey, Instant)>,
    /// Where the result stands that the key gives.
    pub opened_at: Option<Position>,
}

/// What happened to the teams of a batch under embargo, without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HiddenStep {
    /// Whoever has a slot was asked to be recused.
    Asked(RecusalId),
    /// A recusal was granted.
    Granted(RecusalId),
    /// Its ceremony has frozen a second pool.
    Frozen(DrawId),
    /// Slots changed hands, or one had no candidate.
    Changed(BoardChange),
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
            steps: vec![],
            overdue: false,
            released: None,
            opened_at: None,
        }
    }

    /// The commitment to whoever has a slot, counted over the batch from 0.
    pub fn commitment(&self, slot: u32) -> Option<Bytes32> {
        let (rank, seat) = self.place(slot)?;
        self.assignments.get(&rank)?.slots.get(seat).copied()
    }

    /// Rank and seat of a slot; `None` if nobody was assigned.
    pub fn place(&self, slot: u32) -> Option<(u32, usize)> {
        let seats = u32::try_from(self.assignments.values().next()?.slots.len()).ok()?;
        Some((slot.checked_div(seats)?, slot.checked_rem(seats)? as usize))
    }

    /// Whether every enterprise that was drawn is open.
    pub fn all_open(&self) -> bool {
        self.assignments.values().all(|withheld| withheld.opened)
    }
}

impl State {
    /// The embargo of a batch that is not released.
    pub fn hidden(&self, batch: &BatchKey) -> Option<&Embargo> {
        self.embargoes.get(batch).filter(|embargo| embargo.released.is_none())
    }

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
