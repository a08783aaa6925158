//! Annual disclosures and refusals.

use super::At;
use crate::state::State;
use lotbook_event::oversight::*;

pub(super) fn disclosure_requested(_state: &mut State, _e: &AnnualDisclosureRequested) {}
pub(super) fn disclosure_generated(_state: &mut State, _e: &AnnualDisclosureGenerated) {}
pub(super) fn disclosure_published(_state: &mut State, _at: At<'_>, _e: &AnnualDisclosurePublished) {}
/// A recorded refusal uses up the author's hour.
pub(super) fn refused(state: &mut State, at: At<'_>, e: &StatementRefused) {
    state.refusals.count(e.author, at.entry.recorded_at);
    state.refusals.recorded.push((at.position(), at.entry.recorded_at, e.clone()));
}

pub(super) fn refusals_counted(state: &mut State, at: At<'_>, e: &RefusalsCounted) {
    state.refusals.counted.push((at.position(), at.entry.recorded_at, e.clone()));
}
