//! What follows an inspection: comments, handling, close, corrections; and inspections under Art. 9.

use super::At;
use super::inspection::with_inspection;
use crate::state::State;
use lotbook_event::Event;
use lotbook_event::inspection::*;
use lotbook_event::oversight::EntryCorrected;
use lotbook_event::result::*;

pub(super) fn direct_inspection_opened(_state: &mut State, _at: At<'_>, _e: &DirectInspectionOpened) {}
pub(super) fn inspection_approved(_state: &mut State, _e: &InspectionApproved) {}
/// Delivery starts the clock D5 (rules.md 1.6).
pub(super) fn delivered(state: &mut State, at: At<'_>, e: &FeedbackDelivered) {
    with_inspection(state, &e.inspection, |i| i.delivered = Some(at.entry.recorded_at));
}
pub(super) fn comment_received(_state: &mut State, _at: At<'_>, _e: &CommentReceived) {}
pub(super) fn comment_window_closed(_state: &mut State, _e: &CommentWindowClosed) {}
pub(super) fn comment_answered(_state: &mut State, _at: At<'_>, _e: &CommentAnswered) {}
pub(super) fn violation_found(_state: &mut State, _at: At<'_>, _e: &ViolationFound) {}
pub(super) fn investigation_opened(_state: &mut State, _at: At<'_>, _e: &InvestigationOpened) {}
pub(super) fn handling_decided(_state: &mut State, _at: At<'_>, _e: &HandlingDecided) {}
pub(super) fn handling_published(_state: &mut State, _at: At<'_>, _e: &HandlingPublished) {}
pub(super) fn handling_withheld(_state: &mut State, _at: At<'_>, _e: &HandlingWithheld) {}
pub(super) fn transfer_acknowledged(_state: &mut State, _at: At<'_>, _e: &TransferAcknowledged) {}
pub(super) fn rectification_verified(_state: &mut State, _e: &RectificationVerified) {}
pub(super) fn inspection_closed(_state: &mut State, _at: At<'_>, _e: &InspectionClosed) {}
pub(super) fn entry_corrected(_state: &mut State, _at: At<'_>, _e: &EntryCorrected) {}
/// Remembers an entry that may be corrected later.
pub(super) fn correctable(_state: &mut State, _at: At<'_>, _e: &Event) {}
