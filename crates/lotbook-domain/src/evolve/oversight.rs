//! Annual disclosures, refusals, explanations and dossiers.

use super::At;
use crate::disclosure;
use crate::state::{Breach, State};
use lotbook_event::BreachId;
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

pub(super) fn deviation_explained(state: &mut State, e: &DeviationExplained) {
    state.explanations.entry(e.position).or_default().push(e.explanation.clone());
}

pub(super) fn breach_recorded(state: &mut State, at: At<'_>, e: &BreachRecorded) {
    let breach = Breach {
        by: at.entry.author,
        at: at.entry.recorded_at,
        article: e.article,
        positions: e.positions.clone(),
        summary: e.summary.clone(),
        assessed: None,
        referred: None,
        decided: None,
    };
    state.breaches.insert(e.breach.clone(), breach);
}

fn with_breach(state: &mut State, id: &BreachId, change: impl FnOnce(&mut Breach)) {
    if let Some(breach) = state.breaches.get_mut(id) {
        change(breach);
    }
}

pub(super) fn consequence_assessed(state: &mut State, at: At<'_>, e: &ConsequenceAssessed) {
    let assessed = (e.serious, e.basis.clone(), at.entry.recorded_at);
    with_breach(state, &e.breach, |breach| breach.assessed = Some(assessed));
}

pub(super) fn accountability_referred(state: &mut State, at: At<'_>, e: &AccountabilityReferred) {
    let referred = (e.organ.clone(), at.entry.recorded_at);
    with_breach(state, &e.breach, |breach| breach.referred = Some(referred));
}

pub(super) fn accountability_decided(state: &mut State, e: &AccountabilityDecided) {
    let published = Some(&e.published).filter(|text| !text.as_str().is_empty()).cloned();
    with_breach(state, &e.breach, |breach| breach.decided = Some((e.decided_on, published)));
}
