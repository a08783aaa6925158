//! What a draw yields: strong types of `draw.proto` (draw.md 4-5).

use crate::id::{Bytes32, DrawId, InspectionId, InspectorId, Text, Uscc};
use crate::wire::message;

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
    AssignmentInfeasible { draw: DrawId, slots: u32, eligible: u32 }
    /// One selected enterprise and its team under embargo: commitments, and nobody's name.
    AssignmentWithheld {
        draw: DrawId, inspection: InspectionId, rank: u32, object: Bytes32, slots: Vec<Bytes32>,
    }
}
