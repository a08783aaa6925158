//! Art. 9: a certain enterprise is inspected without a draw, for a cause; the section names the team.

use super::Found;
use crate::decide::Stated;
use crate::state::State;
use lotbook_event::Refusal;
use lotbook_event::inspection::{DirectInspectionOpened, InspectionApproved};
use lotbook_event::recusal::DirectTeamChanged;

/// A section opens an inspection.
pub fn opened(_state: &State, _stated: &Stated<'_>, _e: &DirectInspectionOpened) -> Result<(), Refusal> {
    Ok(())
}

/// The leader approves one with another cause.
pub fn approved(_state: &State, _stated: &Stated<'_>, _e: &InspectionApproved) -> Result<(), Refusal> {
    Ok(())
}

/// The section names another inspector after a recusal was granted.
pub fn team_changed(_state: &State, _stated: &Stated<'_>, _e: &DirectTeamChanged) -> Result<(), Refusal> {
    Ok(())
}

/// Flag OTHER_CAUSE.
pub(crate) fn opened_flags(_e: &DirectInspectionOpened) -> Vec<Found> {
    vec![]
}
