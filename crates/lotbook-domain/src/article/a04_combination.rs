//! Art. 4: sections that inspect the same class at the same time do it together.

use super::Found;
use crate::state::State;
use lotbook_event::plan::PlanAdopted;

/// Flag MISSED_COMBINATION: a batch of the plan overlaps, in class and time, with one of another
/// section's adopted plan, and the two are not one comprehensive batch.
pub(crate) fn missed(_state: &State, _e: &PlanAdopted) -> Vec<Found> {
    vec![]
}
