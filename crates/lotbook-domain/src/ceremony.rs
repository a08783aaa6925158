//! One ceremony: who committed, who revealed, and how far it is (draw.md 1).

use crate::state::BatchKey;
use lotbook_chain::{EntryHash, Instant, KeyId, Position};
use lotbook_draw::{Committer, Pool, SecondPool};
use lotbook_event::ceremony::{ParticipantRole, PoolFrozen};
use lotbook_event::draw::DrawCompleted;
use lotbook_event::{Bytes32, DrawId, RecusalId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How far a ceremony is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The pool is frozen; commitments are taken.
    Committing,
    /// Sealed; reveals are taken.
    Revealing,
    /// Closed; the draw follows.
    Closed,
    /// Failed; a next attempt may follow.
    Failed,
    /// Drawn; nothing can follow.
    Drawn,
}

/// A ceremony.
#[derive(Debug, Clone)]
pub struct Ceremony {
    /// Its draw.
    pub draw: DrawId,
    /// Its batch.
    pub batch: BatchKey,
    /// The recusal that is drawn for; `None` for the batch itself.
    pub recusal: Option<RecusalId>,
    /// Number of the attempt.
    pub attempt: u32,
    /// Entry hash of CeremonyOpened.
    pub opened: EntryHash,
    /// When it was opened.
    pub opened_at: Instant,
    /// The frozen pool with its entry hash P; `None` only between the two entries of the opening.
    pub frozen: Option<Frozen>,
    /// Commitments by key.
    pub commitments: BTreeMap<KeyId, Bytes32>,
    /// Entry hash of CeremonySealed.
    pub sealed: Option<EntryHash>,
    /// Reveals by key.
    pub reveals: BTreeMap<KeyId, Bytes32>,
    /// How far it is.
    pub stage: Stage,
    /// Keys barred from the next attempt.
    pub barred: BTreeSet<KeyId>,
    /// Entry hash that ended the attempt.
    pub terminal: Option<EntryHash>,
    /// The result.
    pub completed: Option<DrawCompleted>,
    /// Where the result stands.
    pub drawn_at: Option<Position>,
}

/// A frozen pool.
#[derive(Debug, Clone)]
pub struct Frozen {
    /// Entry hash of PoolFrozen.
    pub p: EntryHash,
    /// Where it stands.
    pub position: Position,
    /// What it states.
    pub stated: PoolFrozen,
    /// Its rows.
    pub rows: Rows,
}

/// The rows of a frozen pool.
#[derive(Debug, Clone)]
pub enum Rows {
    /// Of a batch.
    Batch(Arc<Pool>),
    /// Of a recusal: the second inspectors and conflicts (draw.md 6).
    Recusal(Arc<SecondPool>),
}

impl Frozen {
    /// The pool of a batch; `None` for a recusal.
    pub fn pool(&self) -> Option<&Arc<Pool>> {
        match &self.rows {
            Rows::Batch(pool) => Some(pool),
            Rows::Recusal(_) => None,
        }
    }
}

impl Ceremony {
    /// The part a key plays.
    pub fn part(&self, key: &KeyId) -> Option<ParticipantRole> {
        let participants = &self.frozen.as_ref()?.stated.participants;
        participants.iter().find(|p| p.key_id == *key).map(|p| p.role)
    }

    /// Keys that committed and did not reveal.
    pub fn missing(&self) -> BTreeSet<KeyId> {
        self.commitments.keys().filter(|key| !self.reveals.contains_key(*key)).copied().collect()
    }

    /// Whether enough have committed: two, one of them from outside the drawing section.
    pub fn may_be_sealed(&self) -> bool {
        let outside =
            |key: &KeyId| self.part(key).is_some_and(|part| part != ParticipantRole::DrawingSection);
        self.commitments.len() >= MIN_COMMITTERS && self.commitments.keys().any(outside)
    }

    /// Whether every participant has committed.
    pub fn all_committed(&self) -> bool {
        self.frozen.as_ref().is_some_and(|f| f.stated.participants.len() == self.commitments.len())
    }

    /// The committers as the seed's formula takes them.
    pub fn committers(&self) -> Vec<Committer> {
        let committer = |(key, commitment): (&KeyId, &Bytes32)| Committer {
            key_id: key.0,
            commitment: commitment.0,
            reveal: self.reveals.get(key).map(|secret| secret.0),
        };
        self.commitments.iter().map(committer).collect()
    }
}

/// Fewest committers of a ceremony (draw.md 1).
pub const MIN_COMMITTERS: usize = 2;
