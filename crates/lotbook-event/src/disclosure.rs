//! The annual disclosure's document, `disclosure.proto` (Art. 23): written by the ledger, never taken in.

pub use crate::proto::{
    DisclosedAccountability, DisclosedAnswer, DisclosedComments, DisclosedCount, DisclosedDeadline,
    DisclosedDecision, DisclosedDeviations, DisclosedDraw, DisclosedDraws, DisclosedFeedback,
    DisclosedFeedbackRow, DisclosedFlag, DisclosedHandling, DisclosedInspection, DisclosedInspections,
    DisclosedRecusals, DisclosedRefusals, DisclosedResult, DisclosureDocument, DrawStage, RecusalTally,
    RecusalTallyOf,
};
use prost::Message;

/// The one encoding of a document: fields in the order of their numbers, defaults left out.
pub fn encode(document: &DisclosureDocument) -> Vec<u8> {
    document.encode_to_vec()
}
