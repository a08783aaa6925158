//! Annual disclosures and refusals.

use super::At;
use crate::state::State;
use lotbook_event::oversight::*;

pub(super) fn disclosure_requested(_state: &mut State, _e: &AnnualDisclosureRequested) {}
pub(super) fn disclosure_generated(_state: &mut State, _e: &AnnualDisclosureGenerated) {}
pub(super) fn disclosure_published(_state: &mut State, _at: At<'_>, _e: &AnnualDisclosurePublished) {}
pub(super) fn refused(_state: &mut State, _at: At<'_>, _e: &StatementRefused) {}
pub(super) fn refusals_counted(_state: &mut State, _at: At<'_>, _e: &RefusalsCounted) {}
