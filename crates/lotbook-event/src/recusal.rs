//! Recusal: strong types of `recusal.proto` (Art. 15, draw.md 6).

use crate::ceremony::RevealedInspector;
use crate::id::{BatchId, Bytes32, DrawId, InspectionId, InspectorId, PlanId, RecusalId};
use crate::wire::{enumeration, message};
use lotbook_chain::EntryHash;

enumeration! {
    /// Why an inspector should not inspect; the category only.
    RecusalGround { Conflict = "conflict", Unavailable = "unavailable", Declined = "declined" }
    /// What was decided.
    RecusalDecision { Swap = "swap", Withdraw = "withdraw", Rejected = "rejected" }
}

message! {
    /// Somebody asks that an inspector does not inspect.
    RecusalRequested {
        recusal: RecusalId, inspection: InspectionId, inspector: InspectorId, ground: RecusalGround,
        details: Option<Bytes32>,
    }
    /// Somebody else decides.
    RecusalDecided { recusal: RecusalId, decision: RecusalDecision }
    /// The slots of two inspectors of a batch are exchanged.
    AssignmentSwapped {
        draw: DrawId, recusal: RecusalId, inspection: InspectionId, slot: u32, inspector: InspectorId,
        counterpart: InspectorId, counterpart_inspection: InspectionId, counterpart_slot: u32,
        ticket: Bytes32, candidates: u32, previous: EntryHash, counterpart_previous: EntryHash,
    }
    /// One slot of a withdrawn inspector goes to a substitute.
    SubstituteDrawn {
        draw: DrawId, recusal: RecusalId, inspection: InspectionId, slot: u32, withdrawn: InspectorId,
        substitute: InspectorId, ticket: Bytes32, candidates: u32, previous: EntryHash,
    }
    /// A slot has no candidate: nothing changes.
    SubstitutePoolExhausted { draw: DrawId, recusal: RecusalId, inspection: InspectionId, slot: u32 }
    /// After a recusal in an inspection under Art. 9, its section names another inspector.
    DirectTeamChanged { recusal: RecusalId, substitute: InspectorId }
    /// A recusal approver names the counterpart of a swap.
    CounterpartChosen { recusal: RecusalId, counterpart: InspectorId, counterpart_inspection: InspectionId }
    /// Supervision approves the reserve order of a batch before it is opened.
    ReserveOrderApproved { plan: PlanId, batch: BatchId }
    /// Under embargo somebody asks that whoever has a slot does not inspect.
    SlotRecusalRequested {
        recusal: RecusalId, inspection: InspectionId, slot: u32, ground: RecusalGround, details: Option<Bytes32>,
    }
    /// What came of a recusal under embargo: commitments, and nobody's name.
    TeamsWithheld { draw: DrawId, recusal: RecusalId, slots: Vec<SlotWithheld>, exhausted: Option<u32> }
    /// Who has a slot now.
    SlotWithheld {
        slot: u32, inspection: InspectionId, inspector: Bytes32, opened: Option<RevealedInspector>,
        previous: EntryHash,
    }
}
