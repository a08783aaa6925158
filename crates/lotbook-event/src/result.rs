//! Feedback and publication: strong types of `result.proto` (Arts. 5, 19, 20).

use crate::id::{InspectionId, Text};
use crate::wire::{enumeration, message};
use lotbook_chain::Instant;

enumeration! {
    /// How feedback is served (Art. 20).
    ServiceMethod { Direct = "direct", Mail = "mail", Other = "other" }
    /// Where a result is published (Art. 19).
    Channel { Necips = "necips", CreditPlatform = "credit_platform" }
}

message! {
    /// The inspecting unit sends its feedback.
    FeedbackDispatched { inspection: InspectionId, method: ServiceMethod, legal_basis: Text }
    /// The feedback reached the enterprise.
    FeedbackDelivered { inspection: InspectionId, occurred_at: Instant, receipt_ref: Text }
    /// The result is published on the platform.
    ResultPublished { inspection: InspectionId, channel: Channel, receipt_ref: Text }
}
