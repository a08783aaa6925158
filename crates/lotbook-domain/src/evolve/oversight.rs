//! Annual disclosures and refusals.

use super::At;
use crate::disclosure;
use crate::state::State;
use lotbook_event::oversight::*;
use std::sync::Arc;

/// The document is of the entries before the request; head and tree still end there.
pub(super) fn disclosure_requested(state: &mut State, e: &AnnualDisclosureRequested) {
    let document = Arc::new(disclosure::derive(state, e.year));
    state.disclosures.entry(e.year).or_default().document = Some(document);
}

/// What the ledger states follows from the request right before it.
pub(super) fn disclosure_generated(state: &mut State, e: &AnnualDisclosureGenerated) {
    let record = state.disclosures.entry(e.year).or_default();
    record.generated = record.document.take().map(|document| (e.clone(), document));
}

/// Publication meets D6.
pub(super) fn disclosure_published(state: &mut State, at: At<'_>, e: &AnnualDisclosurePublished) {
    let record = state.disclosures.entry(e.year).or_default();
    record.published = Some((at.entry.recorded_at, e.receipt_ref.clone()));
}

/// A recorded refusal uses up the author's hour.
pub(super) fn refused(state: &mut State, at: At<'_>, e: &StatementRefused) {
    state.refusals.count(e.author, at.entry.recorded_at);
    state.refusals.recorded.push((at.position(), at.entry.recorded_at, e.clone()));
}

pub(super) fn refusals_counted(state: &mut State, at: At<'_>, e: &RefusalsCounted) {
    state.refusals.counted.push((at.position(), at.entry.recorded_at, e.clone()));
}
