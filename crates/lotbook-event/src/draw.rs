//! What a draw yields: strong types of `draw.proto` (draw.md 4-5).

use crate::id::{Bytes32, DrawId, InspectionId, InspectorId, SectionId, Text, Uscc};
use crate::wire::{enumeration, message};
use lotbook_chain::EntryHash;
use std::collections::BTreeSet;

enumeration! {
    /// Why a draw may be voided.
    VoidGround { RosterError = "roster_error", ItemWithdrawn = "item_withdrawn", Ordered = "ordered" }
}

message! {
    /// The result of a draw.
    DrawCompleted {
        draw: DrawId, seed: Bytes32, strata: Vec<StratumResult>, selected: u32,
        inspectors: u32, lo: u32, hi: u32, tier: u32, tries: u32, words_quota: u64,
        words_tier1: u64, words_tier2: u64,
    }
    /// The result in one stratum.
    StratumResult { stratum: Text, eligible: u64, quota: u64, cutoff: Option<Bytes32> }
    /// One selected enterprise and its team.
    EnterpriseAssigned {
        draw: DrawId, inspection: InspectionId, uscc: Uscc, rank: u32, stratum: Text, ticket: Bytes32,
        team: Vec<InspectorId>,
    }
    /// The drawn enterprises stand, but no assignment exists.
    AssignmentInfeasible {
        draw: DrawId, slots: u32, eligible: u32, hall_slots: BTreeSet<u32>,
        hall_inspectors: Vec<HallInspector>,
    }
    /// An inspector of a Hall certificate.
    HallInspector { inspector: InspectorId, capacity: u32 }
    /// An enterprise gets its team by an inspectors' ceremony.
    TeamAssigned { draw: DrawId, inspection: InspectionId, team: Vec<InspectorId>, previous: EntryHash }
    /// Supervision approves by what an inspectors' pool is extended.
    PoolExtensionApproved {
        draw: DrawId, qualifications: BTreeSet<Text>, sections: BTreeSet<SectionId>, reason: Text,
    }
    /// Supervision proposes to void a draw.
    DrawVoidProposed { draw: DrawId, ground: VoidGround, basis: Text }
    /// The office leader voids it.
    DrawVoided { draw: DrawId, proposal: EntryHash }
    /// One selected enterprise and its team under embargo: commitments, and nobody's name.
    AssignmentWithheld {
        draw: DrawId, inspection: InspectionId, rank: u32, object: Bytes32, slots: Vec<Bytes32>,
    }
    /// The result of a draw whose embargo is released.
    DrawOpened { draw: DrawId, key: Bytes32, result: Option<DrawCompleted> }
}
