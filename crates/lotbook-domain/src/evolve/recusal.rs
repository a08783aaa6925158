//! Recusals and the changes of teams that follow.

use super::At;
use crate::state::State;
use lotbook_event::recusal::*;

pub(super) fn recusal_requested(_state: &mut State, _at: At<'_>, _e: &RecusalRequested) {}
pub(super) fn recusal_decided(_state: &mut State, _at: At<'_>, _e: &RecusalDecided) {}
pub(super) fn assignment_swapped(_state: &mut State, _at: At<'_>, _e: &AssignmentSwapped) {}
pub(super) fn substitute_drawn(_state: &mut State, _at: At<'_>, _e: &SubstituteDrawn) {}
pub(super) fn substitute_pool_exhausted(_state: &mut State, _e: &SubstitutePoolExhausted) {}
