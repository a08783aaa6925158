//! A batch after its draw: who sits where, who left, and which pairs were recused.

use lotbook_event::*;
use std::collections::BTreeSet;

/// A batch after its draw (draw.md 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// The enterprises in ticket order.
    pub firms: Vec<Uscc>,
    /// The inspector of every slot.
    pub assignment: Vec<InspectorId>,
    /// Highest load of the draw.
    pub hi: u32,
    /// Who withdrew from the batch.
    pub withdrawn: BTreeSet<InspectorId>,
    /// Pairs recused in the batch.
    pub recused: BTreeSet<(Uscc, InspectorId)>,
    /// What changed it since the draw, in order.
    pub changes: Vec<BoardChange>,
}

/// One change of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoardChange {
    /// A recusal's own draw.
    Draw(DrawId),
    /// A recusal that was carried out in reserve order.
    Reserve(RecusalId),
    /// A recusal whose counterpart a person has named.
    Chosen(RecusalId),
}

impl Board {
    /// A board on which nobody sits yet.
    pub fn new(hi: u32) -> Self {
        Self {
            firms: vec![],
            assignment: vec![],
            hi,
            withdrawn: BTreeSet::new(),
            recused: BTreeSet::new(),
            changes: vec![],
        }
    }

    /// The slots that an inspector holds, ascending.
    pub fn slots_of(&self, inspector: &InspectorId) -> Vec<u32> {
        (0..).zip(&self.assignment).filter(|(_, held)| *held == inspector).map(|(slot, _)| slot).collect()
    }
}
