//! A recusal and how far it is (Art. 15, draw.md 6).

use crate::beacon;
use crate::ceremony::Stage;
use crate::state::{BatchKey, Inspection, Phase, State};
use lotbook_chain::{Instant, KeyId, Position};
use lotbook_event::keys::Role;
use lotbook_event::recusal::{RecusalDecision, RecusalGround};
use lotbook_event::{DrawId, InspectionId, InspectorId, RecusalId};

/// A recusal.
#[derive(Debug, Clone)]
pub struct Recusal {
    /// The inspection it was asked for.
    pub inspection: InspectionId,
    /// The inspector concerned.
    pub inspector: InspectorId,
    /// Category of the ground.
    pub ground: RecusalGround,
    /// Who asked.
    pub requested_by: KeyId,
    /// The role in which it was asked for.
    pub requested_as: Role,
    /// When it was asked for.
    pub requested_at: Instant,
    /// What was decided.
    pub decided: Option<Decided>,
    /// Draws held for it.
    pub attempts: Vec<DrawId>,
    /// What came of it.
    pub outcome: Option<Outcome>,
    /// The slots, the inspector's own first, that were exchanged by choice.
    pub exchanged: Option<[u32; 2]>,
}

/// A decision on a recusal; recusals run in the order of their decisions.
#[derive(Debug, Clone, Copy)]
pub struct Decided {
    /// What.
    pub decision: RecusalDecision,
    /// By whom.
    pub by: KeyId,
    /// When it was recorded.
    pub at: Instant,
    /// Where it stands.
    pub position: Position,
}

/// What came of a recusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The team was changed.
    Changed,
    /// A slot had no candidate: nothing changed, and another draw may follow.
    Exhausted {
        /// The slot.
        slot: u32,
    },
}

impl Recusal {
    /// The decision, if it was granted.
    pub fn granted(&self) -> Option<&Decided> {
        self.decided.as_ref().filter(|decided| decided.decision != RecusalDecision::Rejected)
    }

    /// Whether it waits for a decision or for its draw.
    pub fn is_pending(&self) -> bool {
        match (&self.decided, &self.outcome) {
            (None, _) => true,
            (Some(decided), _) if decided.decision == RecusalDecision::Rejected => false,
            (Some(_), outcome) => *outcome != Some(Outcome::Changed),
        }
    }

    /// The inspection's batch; `None` under Art. 9.
    pub fn batch<'a>(&self, state: &'a State) -> Option<&'a BatchKey> {
        state.inspections.get(&self.inspection).and_then(|inspection| inspection.batch())
    }

    /// Whether there is anything left that it could change: after a withdrawal the inspector holds a slot
    /// of the batch, else the inspector is still in the team of the inspection. Another recusal's draw may
    /// have moved the inspector; then this one is settled by that.
    pub fn concerns_somebody(&self, state: &State) -> bool {
        if self.is_voided(state) {
            return false;
        }
        let withdraws = self.granted().is_some_and(|d| d.decision == RecusalDecision::Withdraw);
        let board = self.batch(state).and_then(|batch| state.batches.get(batch)?.board.as_ref());
        match board {
            Some(board) if withdraws => board.assignment.contains(&self.inspector),
            _ => state.inspections.get(&self.inspection).is_some_and(|i| i.team.contains(&self.inspector)),
        }
    }

    /// Whether the draw of its inspection was voided: then nothing is left to be changed.
    fn is_voided(&self, state: &State) -> bool {
        state.inspections.get(&self.inspection).is_some_and(|inspection| inspection.phase == Phase::Voided)
    }

    /// Whether it is pending and concerns somebody.
    pub fn is_open(&self, state: &State) -> bool {
        self.is_pending() && self.concerns_somebody(state)
    }

    /// Whether an inspection must not start before it is settled: the one that it names, and after a
    /// withdrawal every inspection of the batch, as long as the inspector is in the team.
    pub fn blocks(&self, state: &State, id: &InspectionId, inspection: &Inspection) -> bool {
        // Asked of every recusal at every start: most are settled, or of another inspector.
        if !self.is_pending() || !inspection.team.contains(&self.inspector) || self.is_voided(state) {
            return false;
        }
        let same_batch = inspection.batch().is_some() && inspection.batch() == self.batch(state);
        let board = inspection.batch().and_then(|batch| state.batches.get(batch)?.board.as_ref());
        let left = self.granted().is_some_and(|d| d.decision == RecusalDecision::Withdraw)
            || board.is_some_and(|board| board.withdrawn.contains(&self.inspector));
        self.inspection == *id || (same_batch && left)
    }

    /// Whether the next attempt has the beacon that it may need.
    pub fn may_be_drawn(&self, state: &State) -> bool {
        let failures = self.failures(state);
        let last = self.attempts.last().and_then(|draw| state.ceremonies.get(draw)).filter(|_| failures > 0);
        state.rules.as_ref().is_some_and(|rules| !beacon::lacking(last, failures, &rules.value))
    }

    /// Attempts that failed since the last one that ended in a draw.
    pub fn failures(&self, state: &State) -> usize {
        let attempts = self.attempts.iter().rev().filter_map(|draw| state.ceremonies.get(draw));
        attempts.take_while(|ceremony| ceremony.stage == Stage::Failed).count()
    }
}

/// The recusals of a batch.
pub fn of_batch<'a>(
    state: &'a State,
    batch: &'a BatchKey,
) -> impl Iterator<Item = (&'a RecusalId, &'a Recusal)> {
    state.recusals.iter().filter(move |(_, recusal)| recusal.batch(state) == Some(batch))
}

/// The first granted recusal of a batch, in the order of the decisions, that must be drawn for before one
/// that was decided at a position. Those that had a draw without a candidate, or that wait for a beacon,
/// keep nobody waiting.
pub fn first_before<'a>(state: &'a State, batch: &'a BatchKey, position: Position) -> Option<&'a RecusalId> {
    let waits = |recusal: &Recusal| {
        recusal.outcome.is_none() && recusal.is_open(state) && recusal.may_be_drawn(state)
    };
    let granted = of_batch(state, batch).filter_map(|(id, recusal)| Some((recusal.granted()?, id, recusal)));
    let earlier = granted.filter(|(decided, _, recusal)| decided.position < position && waits(recusal));
    earlier.min_by_key(|(decided, ..)| decided.position).map(|(_, id, _)| id)
}
