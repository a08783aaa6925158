//! Feedback, publication, comment, handling, close: strong types of `result.proto` (Arts. 5, 19-22).

use crate::id::{Bytes32, CommentId, Date, InspectionId, ItemId, Text, ViolationId};
use crate::wire::{enumeration, message};
use lotbook_chain::{EntryHash, Instant};

enumeration! {
    /// How feedback is served (Art. 20).
    ServiceMethod { Direct = "direct", Mail = "mail", Other = "other" }
    /// Where a result is published (Art. 19).
    Channel { Necips = "necips", CreditPlatform = "credit_platform" }
    /// What a violation leads to (Art. 22).
    HandlingKind {
        NoPunishment = "no_punishment", Punishment = "punishment",
        TransferAuthority = "transfer_authority", TransferJudicial = "transfer_judicial", Other = "other",
    }
}

message! {
    /// The inspecting unit sends its feedback.
    FeedbackDispatched { inspection: InspectionId, method: ServiceMethod, legal_basis: Text }
    /// The feedback reached the enterprise.
    FeedbackDelivered { inspection: InspectionId, occurred_at: Instant, receipt_ref: Text }
    /// The result is published on the platform.
    ResultPublished { inspection: InspectionId, channel: Channel, receipt_ref: Text }
    /// The enterprise comments (Art. 21).
    CommentReceived {
        inspection: InspectionId, comment: CommentId, occurred_at: Instant, text: Bytes32, consent: bool,
    }
    /// The time for comments is over and none was received.
    CommentWindowClosed {
        inspection: InspectionId, due: Instant, calendar: Option<EntryHash>, provisional: bool,
    }
    /// The office answers a comment.
    CommentAnswered { comment: CommentId, summary: Text, answer: Text }
    /// A member of the team found a violation.
    ViolationFound { inspection: InspectionId, violation: ViolationId, item: ItemId, details: Bytes32 }
    /// A handler opens the investigation (Art. 22).
    InvestigationOpened { violation: ViolationId }
    /// A handler decides.
    HandlingDecided { violation: ViolationId, kind: HandlingKind, decision_no: Text, legal_basis: Text }
    /// The decision is published.
    HandlingPublished { violation: ViolationId, receipt_ref: Text }
    /// The decision is withheld.
    HandlingWithheld { violation: ViolationId, ground: Text }
    /// The authority to which it was transferred has acknowledged.
    TransferAcknowledged { violation: ViolationId, receiver: Text }
    /// The violation was put right.
    RectificationVerified { violation: ViolationId, verified_on: Date }
    /// Nothing is open any more.
    InspectionClosed { inspection: InspectionId }
}
