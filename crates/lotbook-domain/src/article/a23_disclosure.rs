//! Art. 23: the year's disclosure by the end of February, all parts, derived from the ledger.

use super::Found;
use crate::decide::Stated;
use crate::evolve::At;
use crate::state::State;
use lotbook_event::oversight::*;
use lotbook_event::{Event, Refusal};

/// A year that has begun, and is this ledger's.
pub fn requested(
    _state: &State,
    _stated: &Stated<'_>,
    _e: &AnnualDisclosureRequested,
) -> Result<(), Refusal> {
    Ok(())
}

/// The disclosure that follows from a request.
///
/// # Errors
/// None yet.
pub fn generate(_state: &State, _e: &AnnualDisclosureRequested) -> Result<Vec<Event>, Refusal> {
    Ok(vec![])
}

/// Published as generated, with all parts.
pub fn published(_state: &State, _e: &AnnualDisclosurePublished) -> Result<(), Refusal> {
    Ok(())
}

/// Flag DISCLOSURE_LATE.
pub(crate) fn late(_state: &State, _at: At<'_>, _e: &AnnualDisclosurePublished) -> Vec<Found> {
    vec![]
}
