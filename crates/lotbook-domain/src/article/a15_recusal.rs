//! Art. 15: recusal, decided by somebody else, and the draw of who comes instead (draw.md 6).

use super::Found;
use crate::decide::Stated;
use crate::state::State;
use lotbook_event::recusal::{RecusalDecided, RecusalRequested};
use lotbook_event::{InspectionId, Refusal};

/// Somebody asks, before the start.
pub fn requested(_state: &State, _stated: &Stated<'_>, _e: &RecusalRequested) -> Result<(), Refusal> {
    Ok(())
}

/// Somebody else decides.
pub fn decided(_state: &State, _stated: &Stated<'_>, _e: &RecusalDecided) -> Result<(), Refusal> {
    Ok(())
}

/// Flag SUBSTITUTE_UNAVAILABLE.
pub(crate) fn decided_flags(_state: &State, _e: &RecusalDecided) -> Vec<Found> {
    vec![]
}

/// Flag PREDICTABLE_SUBSTITUTE.
pub(crate) fn few_candidates(_inspection: &InspectionId, _candidates: u32) -> Vec<Found> {
    vec![]
}
