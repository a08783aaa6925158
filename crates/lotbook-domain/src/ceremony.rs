//! One ceremony: who committed, who revealed, and how far it is (draw.md 1).

use crate::state::BatchKey;
use lotbook_chain::{EntryHash, Instant, KeyId, Position};
use lotbook_draw::{Beacon, Committer, Pool, SecondPool};
use lotbook_event::ceremony::{FailureCode, FrozenBeacon, ParticipantRole, PoolFrozen, Purpose};
use lotbook_event::draw::{DrawCompleted, VoidGround};
use lotbook_event::{BeaconSignature, Bytes32, DrawId, RecusalId, SectionId, Text};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// How far a ceremony is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The pool is frozen; commitments are taken.
    Committing,
    /// Sealed; reveals are taken.
    Revealing,
    /// Closed; the draw follows, once every beacon is recorded.
    Closed,
    /// Failed; a next attempt may follow.
    Failed,
    /// Drawn; the result counts.
    Drawn,
    /// Drawn and voided; the result stays public and counts no more.
    Voided,
}

/// Where a ceremony was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    /// When.
    pub at: Instant,
    /// The entry's place.
    pub position: Position,
}

/// What supervision says against a draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoidProposal {
    /// Who.
    pub by: KeyId,
    /// Why.
    pub ground: VoidGround,
    /// What it rests on.
    pub basis: Text,
}

/// By what supervision lets an inspectors' pool be extended (draw.md 5); never by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extension {
    /// Whoever has one of these now may be drawn with it.
    pub qualifications: BTreeSet<Text>,
    /// Whose inspectors may be drawn with all that they have now.
    pub sections: BTreeSet<SectionId>,
}

impl Extension {
    /// Whether nothing is approved.
    pub fn is_empty(&self) -> bool {
        self.qualifications.is_empty() && self.sections.is_empty()
    }
}

/// A reveal that the ledger has not recorded, and that somebody held in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldReveal {
    /// What was revealed.
    pub secret: Bytes32,
    /// Who held it.
    pub holder: KeyId,
    /// When the holder had it, by the holder's clock.
    pub stamped_at: Instant,
}

/// A ceremony.
#[derive(Debug, Clone)]
pub struct Ceremony {
    /// Its draw.
    pub draw: DrawId,
    /// Its batch.
    pub batch: BatchKey,
    /// What is drawn, as it was opened.
    pub purpose: Purpose,
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
    /// Where it was closed.
    pub closed: Option<Closed>,
    /// Rounds recorded, by chain.
    pub rounds: BTreeMap<Bytes32, BeaconSignature>,
    /// Whether the ledger has stated that it is overdue.
    pub overdue: bool,
    /// How far it is.
    pub stage: Stage,
    /// Why it failed.
    pub failed: Option<FailureCode>,
    /// Keys barred from the next attempt.
    pub barred: BTreeSet<KeyId>,
    /// Reveals that the ledger has not recorded and that were held in time, by key.
    pub held: BTreeMap<KeyId, HeldReveal>,
    /// Entry hash that ended the attempt.
    pub terminal: Option<EntryHash>,
    /// The result.
    pub completed: Option<DrawCompleted>,
    /// Where the result stands.
    pub drawn_at: Option<Position>,
    /// When the result was recorded.
    pub recorded_at: Option<Instant>,
    /// By what its inspectors' pool may be extended, if it has no assignment.
    pub extension: Extension,
    /// Proposals to void it, by entry.
    pub proposals: BTreeMap<EntryHash, VoidProposal>,
    /// The last of them.
    pub last_proposal: Option<EntryHash>,
    /// The proposal by which it was voided.
    pub voided: Option<EntryHash>,
    /// When it was voided: the draws that had followed it, of inspectors and of recusals.
    pub followed: Vec<DrawId>,
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
    /// Of an inspectors' ceremony: the batch's enterprises with later inspectors and conflicts (draw.md 5).
    Staffing(Arc<Pool>),
    /// Of a recusal: the second inspectors and conflicts (draw.md 6).
    Recusal(Arc<SecondPool>),
}

impl Frozen {
    /// The pool of a batch's own draw; `None` for every later one.
    pub fn pool(&self) -> Option<&Arc<Pool>> {
        match &self.rows {
            Rows::Batch(pool) => Some(pool),
            Rows::Staffing(_) | Rows::Recusal(_) => None,
        }
    }
}

impl Ceremony {
    /// The part a key plays.
    pub fn part(&self, key: &KeyId) -> Option<ParticipantRole> {
        let participants = &self.frozen.as_ref()?.stated.participants;
        participants.iter().find(|p| p.key_id == *key).map(|p| p.role)
    }

    /// Whether a secret opens a key's commitment.
    pub fn opens(&self, key: &KeyId, secret: &Bytes32) -> bool {
        let Some(frozen) = &self.frozen else { return false };
        // commit_j = H("commit", P || key_id_j || r_j)                                             draw.md 1
        let opening = lotbook_draw::commitment(&frozen.p.0, &key.0, &secret.0);
        self.commitments.get(key).is_some_and(|commitment| commitment.0 == opening)
    }

    /// Keys that committed and did not reveal.
    pub fn missing(&self) -> BTreeSet<KeyId> {
        self.commitments.keys().filter(|key| !self.reveals.contains_key(*key)).copied().collect()
    }

    /// Whether enough have committed: two, one of them from outside the drawing section.
    pub fn may_be_sealed(&self) -> bool {
        self.commitments.len() >= MIN_COMMITTERS && self.commitments.keys().any(|key| self.is_outside(key))
    }

    /// Whether every participant has committed.
    pub fn all_committed(&self) -> bool {
        self.frozen.as_ref().is_some_and(|f| f.stated.participants.len() == self.commitments.len())
    }

    /// The beacons of the frozen pool, in their order.
    pub fn beacons(&self) -> &[FrozenBeacon] {
        self.frozen.as_ref().map(|frozen| frozen.stated.beacons.as_slice()).unwrap_or_default()
    }

    /// The beacons whose rounds are not recorded.
    pub fn awaited(&self) -> impl Iterator<Item = &FrozenBeacon> {
        self.beacons().iter().filter(|beacon| !self.rounds.contains_key(&beacon.chain_hash))
    }

    /// Whether enough have revealed: the least number, one of them from outside the drawing section.
    pub fn enough_revealed(&self) -> bool {
        let least = self.frozen.as_ref().map_or(0, |frozen| frozen.stated.min_reveals as usize);
        self.reveals.len() >= least && self.reveals.keys().any(|key| self.is_outside(key))
    }

    fn is_outside(&self, key: &KeyId) -> bool {
        self.part(key).is_some_and(|part| part != ParticipantRole::DrawingSection)
    }

    /// The beacons as the seed's formula takes them: those that are recorded, in the pool's order.
    pub fn recorded(&self) -> Vec<Beacon> {
        let recorded = |beacon: &FrozenBeacon| {
            let signature = self.rounds.get(&beacon.chain_hash)?.0;
            Some(Beacon { chain_hash: beacon.chain_hash.0, round: beacon.round, signature })
        };
        self.beacons().iter().filter_map(recorded).collect()
    }

    /// The committers as the seed's formula takes them.
    pub fn committers(&self) -> Vec<Committer> {
        self.committers_with(|key| self.reveals.get(key).map(|secret| secret.0))
    }

    /// The same with the reveals that were held: what a failed attempt would have drawn.
    pub fn committers_as_held(&self) -> Vec<Committer> {
        let held = |key: &KeyId| self.held.get(key).map(|held| held.secret);
        self.committers_with(|key| {
            self.reveals.get(key).copied().or_else(|| held(key)).map(|secret| secret.0)
        })
    }

    fn committers_with(&self, reveal: impl Fn(&KeyId) -> Option<[u8; 32]>) -> Vec<Committer> {
        let committer = |(key, commitment): (&KeyId, &Bytes32)| Committer {
            key_id: key.0,
            commitment: commitment.0,
            reveal: reveal(key),
        };
        self.commitments.iter().map(committer).collect()
    }
}

/// Fewest committers of a ceremony (draw.md 1).
pub const MIN_COMMITTERS: usize = 2;
