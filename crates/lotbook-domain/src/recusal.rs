//! A recusal and how far it is (Art. 15, draw.md 6).

use crate::beacon;
use crate::ceremony::Stage;
use crate::state::{BatchKey, Inspection, Phase, State};
use lotbook_chain::{Instant, KeyId, Position};
use lotbook_event::keys::Role;
use lotbook_event::recusal::{RecusalDecision, RecusalGround};
use lotbook_event::{Bytes32, DrawId, InspectionId, InspectorId, RecusalId};
use std::borrow::Cow;

/// A recusal.
#[derive(Debug, Clone)]
pub struct Recusal {
    /// The inspection it was asked for.
    pub inspection: InspectionId,
    /// The inspector concerned; `None` as long as an embargo hides who it is.
    pub inspector: Option<InspectorId>,
    /// The slot that it was asked for by under embargo.
    pub slot: Option<AskedSlot>,
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

/// A slot of a batch under embargo, by which somebody is recused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedSlot {
    /// The slot, counted over the batch from 0.
    pub slot: u32,
    /// The commitment that stood there: as long as it does, the inspector has the slot.
    pub held: Bytes32,
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
        match state.inspections.get(&self.inspection) {
            Some(inspection) => inspection.batch(),
            None => {
                state.withheld(&self.inspection).and_then(|(_, draw, ..)| Some(state.embargo_of(draw)?.0))
            }
        }
    }

    /// Whether it concerns an inspector, as far as that is known.
    pub fn is_of(&self, inspector: &InspectorId) -> bool {
        self.inspector.as_ref() == Some(inspector)
    }

    /// The inspector concerned for people: the roster number, or the slot as long as that is hidden.
    pub fn who(&self) -> Cow<'_, str> {
        match (&self.inspector, self.slot) {
            (Some(inspector), _) => Cow::Borrowed(inspector.as_str()),
            (None, slot) => Cow::Owned(format!("whoever has slot {}", slot.map_or(0, |asked| asked.slot))),
        }
    }

    /// Whether the inspector concerned is in a team.
    pub fn is_in(&self, team: &[InspectorId]) -> bool {
        self.inspector.as_ref().is_some_and(|inspector| team.contains(inspector))
    }

    /// Whether there is anything left that it could change: after a withdrawal the inspector holds a slot
    /// of the batch, else the inspector is still in the team of the inspection. Another recusal's draw may
    /// have moved the inspector; then this one is settled by that.
    pub fn concerns_somebody(&self, state: &State) -> bool {
        if self.is_voided(state) {
            return false;
        }
        let withdraws = self.granted().is_some_and(|d| d.decision == RecusalDecision::Withdraw);
        if self.inspector.is_none() {
            return withdraws || self.has_the_slot(state);
        }
        let board = self.batch(state).and_then(|batch| state.batches.get(batch)?.board.as_ref());
        match board {
            Some(board) if withdraws => self.is_in(&board.assignment),
            _ => state.inspections.get(&self.inspection).is_some_and(|i| self.is_in(&i.team)),
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
        if self.is_pending() && self.inspector.is_none() {
            return self.blocks_unnamed(state, id, inspection);
        }
        if !self.is_pending() || !self.is_in(&inspection.team) || self.is_voided(state) {
            return false;
        }
        let same_batch = inspection.batch().is_some() && inspection.batch() == self.batch(state);
        let board = inspection.batch().and_then(|batch| state.batches.get(batch)?.board.as_ref());
        let left = self.granted().is_some_and(|d| d.decision == RecusalDecision::Withdraw)
            || self
                .inspector
                .as_ref()
                .is_some_and(|who| board.is_some_and(|board| board.withdrawn.contains(who)));
        self.inspection == *id || (same_batch && left)
    }

    /// Whether whoever was asked for under embargo still has the slot.
    fn has_the_slot(&self, state: &State) -> bool {
        let batch = self.batch(state).and_then(|batch| state.embargoes.get(batch));
        let now = self.slot.and_then(|asked| batch?.commitment(asked.slot));
        self.slot.is_some_and(|asked| now == Some(asked.held))
    }

    /// Under embargo what blocks a start must be seen without a name ([P-169]): a recusal its own inspection; a
    /// withdrawal that was granted the whole batch until its ceremony says which slots it vacates, then these.
    fn blocks_unnamed(&self, state: &State, id: &InspectionId, inspection: &Inspection) -> bool {
        if inspection.batch() != self.batch(state) {
            return false;
        }
        if self.granted().is_none_or(|decided| decided.decision == RecusalDecision::Swap) {
            return self.inspection == *id && self.has_the_slot(state);
        }
        let frozen = self.attempts.iter().rev().find_map(|draw| state.ceremonies.get(draw)?.frozen.as_ref());
        let vacates = frozen.and_then(|frozen| frozen.stated.replacement.as_ref());
        let own = |slot: &u32| inspection.has_slot(*slot);
        vacates.is_none_or(|replacement| replacement.slots.iter().any(own))
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
