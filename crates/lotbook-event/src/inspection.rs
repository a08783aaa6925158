//! One inspection: strong types of `inspection.proto` (Arts. 9, 14, 18).

use crate::id::{Bytes32, Date, InspectionId, InspectorId, ItemId, Text, Uscc};
use crate::wire::{enumeration, message};
use lotbook_chain::Instant;
use std::collections::BTreeSet;

enumeration! {
    /// What was found (rules.md 2).
    ItemOutcome {
        NoProblem = "no_problem", Corrected = "corrected", PendingHandling = "pending_handling",
        NotFound = "not_found", NotApplicable = "not_applicable",
        ClosedOrLiquidating = "closed_or_liquidating", Uncooperative = "uncooperative",
        OtherViolation = "other_violation",
    }
    /// Why a certain enterprise is inspected without a draw (Art. 9).
    DirectCause {
        Complaint = "complaint", ReportOfViolation = "report_of_violation",
        AssignedBySuperior = "assigned_by_superior", Transfer = "transfer", Other = "other",
    }
}

message! {
    /// The team tells the enterprise when it comes.
    NoticeServed { inspection: InspectionId, visit_on: Date, occurred_at: Instant }
    /// The team entered the enterprise.
    InspectionStarted { inspection: InspectionId, occurred_at: Instant }
    /// One item has its result.
    ItemResultConfirmed { inspection: InspectionId, item: ItemId, outcome: ItemOutcome }
    /// An assigned inspector concludes.
    InspectionConcluded { inspection: InspectionId, occurred_at: Instant, on_site_ended_at: Instant }
    /// The report: all five parts.
    ReportCompleted {
        inspection: InspectionId, time: Text, content: Text, findings: Text, evaluation: Text, opinion: Text,
    }
    /// A section opens an inspection of a certain enterprise and names its team (Art. 9).
    DirectInspectionOpened {
        inspection: InspectionId, uscc: Uscc, items: BTreeSet<ItemId>, cause: Option<DirectCause>,
        basis: Option<Bytes32>, reason: Text, team: Vec<InspectorId>,
    }
    /// The leader approves an inspection under Art. 9.
    InspectionApproved { inspection: InspectionId }
}
