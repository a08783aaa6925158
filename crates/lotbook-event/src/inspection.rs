//! One inspection: strong types of `inspection.proto` (Arts. 14, 18).

use crate::id::{Date, InspectionId, ItemId, Text};
use crate::wire::{enumeration, message};
use lotbook_chain::Instant;

enumeration! {
    /// What was found (rules.md 2).
    ItemOutcome {
        NoProblem = "no_problem", Corrected = "corrected", PendingHandling = "pending_handling",
        NotFound = "not_found", NotApplicable = "not_applicable",
        ClosedOrLiquidating = "closed_or_liquidating", Uncooperative = "uncooperative",
        OtherViolation = "other_violation",
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
}
