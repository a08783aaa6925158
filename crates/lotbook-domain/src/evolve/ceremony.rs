//! Ceremonies and draws: opened, frozen, completed, assigned.

use super::At;
use crate::ceremony::{Ceremony, Frozen, Rows, Stage};
use crate::civil::year_of;
use crate::pool::Basis;
use crate::registry::PastDraw;
use crate::state::{Inspection, Origin, State};
use lotbook_event::ceremony::*;
use lotbook_event::draw::*;
use lotbook_event::{BatchId, DrawId, FieldError, PlanId};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn ceremony_opened(state: &mut State, at: At<'_>, e: &CeremonyOpened) {
    let Ok(draw) = draw_id(&e.plan, &e.batch, e.attempt) else { return };
    let batch = (e.plan.clone(), e.batch.clone());
    state.batches.entry(batch.clone()).and_modify(|record| record.attempts.push(draw.clone()));
    let ceremony = Ceremony {
        draw: draw.clone(),
        batch,
        recusal: e.recusal.clone(),
        attempt: e.attempt,
        opened: at.hash,
        opened_at: at.entry.recorded_at,
        frozen: None,
        commitments: BTreeMap::new(),
        sealed: None,
        reveals: BTreeMap::new(),
        stage: Stage::Committing,
        barred: BTreeSet::new(),
        terminal: None,
        completed: None,
    };
    state.ceremonies.insert(draw, ceremony);
}

/// The draw of an attempt: `PLAN/BATCH.ATTEMPT`.
///
/// # Errors
/// [`FieldError`] if the name is too long.
pub fn draw_id(plan: &PlanId, batch: &BatchId, attempt: u32) -> Result<DrawId, FieldError> {
    DrawId::new(format!("{plan}/{batch}.{attempt}"))
}

/// The rows are not in the event: they follow from the rosters, which have not changed since opening;
/// see [`Basis::frozen_pool`].
pub(super) fn pool_frozen(state: &mut State, at: At<'_>, e: &PoolFrozen) {
    let Some(ceremony) = state.ceremonies.get(&e.draw) else { return };
    let Some(batch) = state.batches.get(&ceremony.batch) else { return };
    let Some(plan) = state.plans.get(&ceremony.batch.0) else { return };
    let pool =
        Basis::new(state, batch, &plan.draft, ceremony.opened_at).and_then(|basis| basis.frozen_pool());
    let Ok(pool) = pool else { return };
    let frozen = Frozen { p: at.hash, stated: e.clone(), rows: Rows::Batch(pool) };
    with_ceremony(state, &e.draw, |c| c.frozen = Some(frozen));
}

pub(super) fn with_ceremony(state: &mut State, draw: &DrawId, change: impl FnOnce(&mut Ceremony)) {
    state.ceremonies.entry(draw.clone()).and_modify(change);
}

pub(super) fn draw_completed(state: &mut State, at: At<'_>, e: &DrawCompleted) {
    let Some(ceremony) = state.ceremonies.get_mut(&e.draw) else { return };
    (ceremony.stage, ceremony.terminal) = (Stage::Drawn, Some(at.hash));
    ceremony.completed = Some(e.clone());
    let batch = ceremony.batch.clone();
    state.batches.entry(batch).and_modify(|record| record.drawn = Some(e.draw.clone()));
}

pub(super) fn enterprise_assigned(state: &mut State, at: At<'_>, e: &EnterpriseAssigned) {
    let Some(batch) = state.ceremonies.get(&e.draw).map(|c| c.batch.clone()) else { return };
    let units = state.batches.get(&batch).map(|b| b.batch.sections.clone()).unwrap_or_default();
    if let Some(record) = state.enterprises.get_mut(&e.uscc) {
        record.draws.push(PastDraw { year: year_of(at.date()), batch: batch.clone(), units });
    }
    let seats = u32::try_from(e.team.len()).unwrap_or(u32::MAX);
    let origin = Origin::Drawn { draw: e.draw.clone(), batch, first_slot: e.rank.saturating_mul(seats) };
    let inspection = Inspection::new(origin, e.uscc.clone(), e.team.clone(), at.hash, at.entry.recorded_at);
    state.inspections.insert(e.inspection.clone(), inspection);
}
