//! Art. 22: a violation is investigated, decided, and the decision published or withheld; then closing.

use super::Found;
use crate::decide::Stated;
use crate::evolve::At;
use crate::state::State;
use lotbook_event::Refusal;
use lotbook_event::result::*;

/// A member of the team found a violation.
pub fn found(_state: &State, _stated: &Stated<'_>, _e: &ViolationFound) -> Result<(), Refusal> {
    Ok(())
}

/// The investigation is opened once.
pub fn investigated(_state: &State, _e: &InvestigationOpened) -> Result<(), Refusal> {
    Ok(())
}

/// Decided after an investigation, once.
pub fn decided(_state: &State, _e: &HandlingDecided) -> Result<(), Refusal> {
    Ok(())
}

/// The decision is published.
pub fn published(_state: &State, _e: &HandlingPublished) -> Result<(), Refusal> {
    Ok(())
}

/// The decision is withheld.
pub fn withheld(_state: &State, _e: &HandlingWithheld) -> Result<(), Refusal> {
    Ok(())
}

/// A transfer is acknowledged.
pub fn acknowledged(_state: &State, _e: &TransferAcknowledged) -> Result<(), Refusal> {
    Ok(())
}

/// Rectification is verified.
pub fn rectified(_state: &State, _stated: &Stated<'_>, _e: &RectificationVerified) -> Result<(), Refusal> {
    Ok(())
}

/// An inspection is closed when nothing is open.
pub fn closed(_state: &State, _stated: &Stated<'_>, _e: &InspectionClosed) -> Result<(), Refusal> {
    Ok(())
}

/// Flag HANDLING_AGED.
pub(crate) fn decided_flags(_state: &State, _at: At<'_>, _e: &HandlingDecided) -> Vec<Found> {
    vec![]
}
