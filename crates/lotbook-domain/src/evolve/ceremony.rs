//! Ceremonies and draws: opened, frozen, completed, assigned.

use super::recusal::recusal_drawn;
use super::{At, embargo};
use crate::article::{a14_held, a14_inspectors};
use crate::ceremony::{Ceremony, Extension, Frozen, HeldReveal, Rows, Stage, VoidProposal};
use crate::civil::year_of;
use crate::draw::small;
use crate::pool::Basis;
use crate::registry::PastDraw;
use crate::state::Phase;
use crate::state::{Board, BoardChange, Inspection, Origin, State};
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
        purpose: e.purpose,
        recusal: e.recusal.clone(),
        attempt: e.attempt,
        opened: at.hash,
        opened_at: at.entry.recorded_at,
        frozen: None,
        commitments: BTreeMap::new(),
        sealed: None,
        reveals: BTreeMap::new(),
        closed: None,
        rounds: BTreeMap::new(),
        overdue: false,
        stage: Stage::Committing,
        failed: None,
        barred: BTreeSet::new(),
        held: BTreeMap::new(),
        terminal: None,
        completed: None,
        drawn_at: None,
        recorded_at: None,
        extension: Extension::default(),
        proposals: BTreeMap::new(),
        last_proposal: None,
        voided: None,
        followed: vec![],
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
        Some(_) if state.hidden(&ceremony.batch).is_some() => {
            substitution::hidden_rows(state, &ceremony.batch, opened_at).map(Rows::Recusal)
        }
        Some(recusal) => {
            substitution::second_pool(state, &ceremony.batch, recusal, opened_at).map(Rows::Recusal)
        }
        None if ceremony.purpose == Purpose::Inspectors => {
            a14_inspectors::pool(state, &ceremony.batch, opened_at).map(Rows::Staffing)
        }
        None => Basis::of(state, &ceremony.batch, opened_at)
            .and_then(|basis| basis.frozen_pool())
            .map(Rows::Batch),
    };
    embargo::frozen(state, e);
    let Ok(rows) = rows else { return };
    let frozen = Frozen { p: at.hash, position: at.position(), stated: e.clone(), rows };
    with_ceremony(state, &e.draw, |c| c.frozen = Some(frozen));
}

pub(super) fn with_ceremony(state: &mut State, draw: &DrawId, change: impl FnOnce(&mut Ceremony)) {
    state.ceremonies.entry(draw.clone()).and_modify(change);
}

/// The reveal counts as recorded: its author is not barred. The attempt has failed all the same.
pub(super) fn reveal_held(state: &mut State, e: &RevealHeld) {
    let Some(secret) = a14_held::secret(e) else { return };
    with_ceremony(state, &e.draw, |c| {
        c.barred.remove(&e.author);
        let held = HeldReveal { secret, holder: e.holder, stamped_at: e.stamped_at };
        c.held.insert(e.author, held);
    });
}

/// The draw of a batch counts from now on, and its board is filled by the EnterpriseAssigned entries that
/// follow; the draw of a recusal changes the board as a whole, and the entries that follow the teams.
pub(super) fn draw_completed(state: &mut State, at: At<'_>, e: &DrawCompleted) {
    let of = state.ceremonies.get(&e.draw).map(|ceremony| (ceremony.purpose, ceremony.batch.clone()));
    // Without inspectors nobody was assigned.
    let board = (e.inspectors > 0).then(|| Board::new(e.hi));
    let draw = Some(e.draw.clone());
    match of {
        None => {}
        Some((Purpose::Substitute | Purpose::Swap, _)) => recusal_drawn(state, e),
        Some((Purpose::Batch, batch)) => {
            state.batches.entry(batch).and_modify(|record| (record.drawn, record.board) = (draw, board));
            embargo::drawn(state, &e.draw);
        }
        Some((Purpose::Inspectors, batch)) => {
            state.batches.entry(batch).and_modify(|record| (record.staffed, record.board) = (draw, board));
        }
    }
    with_ceremony(state, &e.draw, |c| {
        (c.stage, c.terminal, c.completed) = (Stage::Drawn, Some(at.hash), Some(e.clone()));
        (c.drawn_at, c.recorded_at) = (Some(at.position()), Some(at.entry.recorded_at));
    });
}

pub(super) fn enterprise_assigned(state: &mut State, at: At<'_>, e: &EnterpriseAssigned) {
    let Some(ceremony) = state.ceremonies.get(&e.draw) else { return };
    let batch = ceremony.batch.clone();
    // Not of the team, which is empty where there is no assignment.
    let seats = ceremony.frozen.as_ref().map_or(0, |frozen| small(frozen.stated.seats.len()));
    let units = state.batches.get(&batch).map(|b| b.batch.sections.clone()).unwrap_or_default();
    if let Some(board) = state.batches.get_mut(&batch).and_then(|record| record.board.as_mut()) {
        board.firms.push(e.uscc.clone());
        board.assignment.extend(e.team.iter().cloned());
    }
    if let Some(record) = state.enterprises.get_mut(&e.uscc) {
        record.draws.push(PastDraw { year: year_of(at.date()), on: at.date(), batch: batch.clone(), units });
    }
    let origin = Origin::Drawn { draw: e.draw.clone(), batch, first_slot: e.rank.saturating_mul(seats) };
    let inspection = Inspection::new(origin, e.uscc.clone(), e.team.clone(), at.hash, at.entry.recorded_at);
    state.inspections.insert(e.inspection.clone(), Box::new(inspection));
}

/// A team by an inspectors' draw; it takes its place on the board behind those before it.
pub(super) fn team_assigned(state: &mut State, at: At<'_>, e: &TeamAssigned) {
    let Some(batch) = state.ceremonies.get(&e.draw).map(|ceremony| ceremony.batch.clone()) else { return };
    let Some(inspection) = state.inspections.get_mut(&e.inspection) else { return };
    inspection.team = e.team.clone();
    (inspection.team_entry, inspection.assigned_at) = (at.hash, at.entry.recorded_at);
    if let Some(board) = state.batches.get_mut(&batch).and_then(|record| record.board.as_mut()) {
        board.firms.push(inspection.uscc.clone());
        board.assignment.extend(e.team.iter().cloned());
    }
}

/// Approvals add up.
pub(super) fn pool_extension_approved(state: &mut State, e: &PoolExtensionApproved) {
    with_ceremony(state, &e.draw, |c| {
        c.extension.qualifications.extend(e.qualifications.iter().cloned());
        c.extension.sections.extend(e.sections.iter().cloned());
    });
}

pub(super) fn void_proposed(state: &mut State, at: At<'_>, e: &DrawVoidProposed) {
    let proposal = VoidProposal { by: at.entry.author, ground: e.ground, basis: e.basis.clone() };
    with_ceremony(state, &e.draw, |c| {
        c.proposals.insert(at.hash, proposal);
        c.last_proposal = Some(at.hash);
    });
}

/// Nobody has entered an enterprise, so that the draw counts for none of them (Art. 16), and the batch may be
/// drawn again. Its recusals have nothing left to change.
pub(super) fn draw_voided(state: &mut State, at: At<'_>, e: &DrawVoided) {
    let Some(batch) = state.ceremonies.get(&e.draw).map(|ceremony| ceremony.batch.clone()) else { return };
    let record = state.batches.get(&batch);
    let staffed = record.and_then(|record| record.staffed.clone());
    let changes = record.and_then(|record| record.board.as_ref()).map(|board| board.changes.as_slice());
    let of_recusals = changes.unwrap_or_default().iter().filter_map(|change| match change {
        BoardChange::Draw(draw) => Some(draw.clone()),
        BoardChange::Reserve(_) | BoardChange::Chosen(_) => None,
    });
    let followed: Vec<DrawId> = staffed.clone().into_iter().chain(of_recusals).collect();
    with_ceremony(state, &e.draw, |c| c.followed = followed);
    for draw in [&e.draw].into_iter().chain(&staffed) {
        with_ceremony(state, draw, |c| {
            (c.stage, c.terminal, c.voided) = (Stage::Voided, Some(at.hash), Some(e.proposal));
        });
    }
    let own = state.inspections.values_mut().filter(|inspection| inspection.draw() == Some(&e.draw));
    for inspection in own {
        inspection.phase = Phase::Voided;
        if let Some(firm) = state.enterprises.get_mut(&inspection.uscc) {
            firm.draws.retain(|draw| draw.batch != batch);
        }
    }
    state.batches.entry(batch).and_modify(|record| {
        (record.drawn, record.staffed, record.board) = (None, None, None);
    });
}
