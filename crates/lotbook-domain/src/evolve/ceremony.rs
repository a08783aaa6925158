//! Ceremonies and draws: opened, frozen, completed, assigned.

use super::recusal::recusal_drawn;
use super::{At, embargo};
use crate::ceremony::{Ceremony, Frozen, Rows, Stage};
use crate::civil::year_of;
use crate::pool::Basis;
use crate::registry::PastDraw;
use crate::state::{Board, Inspection, Origin, State};
use crate::substitution;
use lotbook_event::ceremony::*;
use lotbook_event::draw::*;
use lotbook_event::{BatchId, DrawId, FieldError, PlanId, RecusalId};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn ceremony_opened(state: &mut State, at: At<'_>, e: &CeremonyOpened) {
    let Ok(draw) = draw_id(&e.plan, &e.batch, e.recusal.as_ref(), e.attempt) else { return };
    let batch = (e.plan.clone(), e.batch.clone());
    match &e.recusal {
        None => {
            state.batches.entry(batch.clone()).and_modify(|record| record.attempts.push(draw.clone()));
        }
        Some(id) => {
            state.recusals.entry(id.clone()).and_modify(|recusal| recusal.attempts.push(draw.clone()));
        }
    }
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

/// The draw of an attempt: `PLAN/BATCH.ATTEMPT`, of a recusal `PLAN/BATCH/RECUSAL.ATTEMPT`.
///
/// # Errors
/// [`FieldError`] if the name is too long.
pub fn draw_id(
    plan: &PlanId,
    batch: &BatchId,
    recusal: Option<&RecusalId>,
    attempt: u32,
) -> Result<DrawId, FieldError> {
    match recusal {
        None => DrawId::new(format!("{plan}/{batch}.{attempt}")),
        Some(recusal) => DrawId::new(format!("{plan}/{batch}/{recusal}.{attempt}")),
    }
}

/// The rows are not in the event: they follow from the rosters, which have not changed since opening;
/// see [`Basis::frozen_pool`] and [`substitution::second_pool`].
pub(super) fn pool_frozen(state: &mut State, at: At<'_>, e: &PoolFrozen) {
    let Some(ceremony) = state.ceremonies.get(&e.draw) else { return };
    let opened_at = ceremony.opened_at;
    let rows = match &ceremony.recusal {
        Some(recusal) => {
            substitution::second_pool(state, &ceremony.batch, recusal, opened_at).map(Rows::Recusal)
        }
        None => Basis::of(state, &ceremony.batch, opened_at)
            .and_then(|basis| basis.frozen_pool())
            .map(Rows::Batch),
    };
    embargo::frozen(state, e);
    let Ok(rows) = rows else { return };
    let frozen = Frozen { p: at.hash, stated: e.clone(), rows };
    with_ceremony(state, &e.draw, |c| c.frozen = Some(frozen));
}

pub(super) fn with_ceremony(state: &mut State, draw: &DrawId, change: impl FnOnce(&mut Ceremony)) {
    state.ceremonies.entry(draw.clone()).and_modify(change);
}

/// The draw of a batch counts from now on, and its board is filled by the EnterpriseAssigned entries that
/// follow; the draw of a recusal changes the board as a whole, and the entries that follow the teams.
pub(super) fn draw_completed(state: &mut State, at: At<'_>, e: &DrawCompleted) {
    if state.ceremonies.get(&e.draw).is_some_and(|ceremony| ceremony.recusal.is_some()) {
        recusal_drawn(state, e);
    } else if let Some(ceremony) = state.ceremonies.get(&e.draw) {
        // Without inspectors nobody was assigned.
        let board = (e.inspectors > 0).then(|| Board::new(e.hi));
        let drawn = Some(e.draw.clone());
        let batch = ceremony.batch.clone();
        state.batches.entry(batch).and_modify(|record| (record.drawn, record.board) = (drawn, board));
        embargo::drawn(state, &e.draw);
    }
    with_ceremony(state, &e.draw, |c| {
        (c.stage, c.terminal, c.completed) = (Stage::Drawn, Some(at.hash), Some(e.clone()));
    });
}

pub(super) fn enterprise_assigned(state: &mut State, at: At<'_>, e: &EnterpriseAssigned) {
    let Some(batch) = state.ceremonies.get(&e.draw).map(|c| c.batch.clone()) else { return };
    let units = state.batches.get(&batch).map(|b| b.batch.sections.clone()).unwrap_or_default();
    if let Some(board) = state.batches.get_mut(&batch).and_then(|record| record.board.as_mut()) {
        board.firms.push(e.uscc.clone());
        board.assignment.extend(e.team.iter().cloned());
    }
    if let Some(record) = state.enterprises.get_mut(&e.uscc) {
        record.draws.push(PastDraw { year: year_of(at.date()), batch: batch.clone(), units });
    }
    let seats = u32::try_from(e.team.len()).unwrap_or(u32::MAX);
    let origin = Origin::Drawn { draw: e.draw.clone(), batch, first_slot: e.rank.saturating_mul(seats) };
    let inspection = Inspection::new(origin, e.uscc.clone(), e.team.clone(), at.hash, at.entry.recorded_at);
    state.inspections.insert(e.inspection.clone(), Box::new(inspection));
}
