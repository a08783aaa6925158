//! A recusal and how far it is (Art. 15, draw.md 6).

use lotbook_chain::{Instant, KeyId, Position};
use lotbook_event::keys::Role;
use lotbook_event::recusal::{RecusalDecision, RecusalGround};
use lotbook_event::{DrawId, InspectionId, InspectorId};

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
    /// Whether it waits for a decision or for its draw.
    pub fn is_pending(&self) -> bool {
        match (&self.decided, &self.outcome) {
            (None, _) => true,
            (Some(decided), _) if decided.decision == RecusalDecision::Rejected => false,
            (Some(_), outcome) => *outcome != Some(Outcome::Changed),
        }
    }
}
