//! The embargo: commitments come in, names when they are on the log, everything with the key.

use super::At;
use super::ceremony::with_ceremony;
use crate::article::a06_embargo::with_the_key;
use crate::civil::{date_of, year_of};
use crate::embargo::{Revealed, begin, inspection, of_names};
use crate::registry::PastDraw;
use crate::state::{Begun, Board, Embargo, Inspection, State, Withheld};
use lotbook_draw::EmbargoKey;
use lotbook_event::ceremony::*;
use lotbook_event::draw::AssignmentWithheld;
use lotbook_event::{DrawId, InspectionId, InspectorId, Uscc};

fn with_embargo(state: &mut State, draw: &DrawId, change: impl FnOnce(&mut Embargo)) {
    let Some(batch) = state.ceremonies.get(draw).map(|ceremony| ceremony.batch.clone()) else { return };
    state.embargoes.entry(batch).and_modify(change);
}

/// The first pool of a batch that commits to a key begins its embargo.
pub(super) fn frozen(state: &mut State, e: &PoolFrozen) {
    let (Some(ceremony), Some(stated)) = (state.ceremonies.get(&e.draw), &e.embargo) else { return };
    state.embargoes.entry(ceremony.batch.clone()).or_insert_with(|| Embargo::new(stated.clone()));
}

pub(super) fn drawn(state: &mut State, draw: &DrawId) {
    with_embargo(state, draw, |embargo| embargo.draw = Some(draw.clone()));
}

pub(super) fn key_held(state: &mut State, at: At<'_>, e: &EmbargoKeyHeld) {
    with_embargo(state, &e.draw, |embargo| embargo.holders.extend([at.entry.author]));
}

pub(super) fn was_read(state: &mut State, at: At<'_>, e: &EmbargoRead) {
    if e.part == EmbargoPart::Key {
        with_embargo(state, &e.draw, |embargo| embargo.readers.extend([at.entry.author]));
    }
}

pub(super) fn assignment_withheld(state: &mut State, at: At<'_>, e: &AssignmentWithheld) {
    let withheld = Withheld {
        inspection: e.inspection.clone(),
        object: e.object,
        slots: e.slots.clone(),
        entry: at.hash,
        assigned_at: at.entry.recorded_at,
        begun: None,
        opened: false,
    };
    with_embargo(state, &e.draw, |embargo| drop(embargo.assignments.insert(e.rank, withheld)));
}

/// A notice or a start that opens an enterprise; the opening follows it.
pub(super) fn begun(state: &mut State, id: &InspectionId, begun: Begun) {
    let Some((draw, rank)) = state.withheld(id).map(|(_, draw, rank, _)| (draw.clone(), rank)) else {
        return;
    };
    with_embargo(state, &draw, |embargo| {
        embargo.assignments.entry(rank).and_modify(|withheld| withheld.begun = Some(begun));
    });
}

pub(super) fn row_revealed(state: &mut State, e: &RowRevealed) {
    let begun = state.withheld(&e.inspection).and_then(|(.., withheld)| withheld.begun);
    let Some(mut opened) = inspection(state, e) else { return };
    begin(&mut opened, begun);
    open(state, &e.draw, e.rank, &e.inspection, opened);
}

/// The enterprise is known: it is an inspection as any other, and counts for Art. 16 as of its draw.
fn open(state: &mut State, draw: &DrawId, rank: u32, id: &InspectionId, opened: Inspection) {
    let Some(batch) = opened.batch().cloned() else { return };
    let units = state.batches.get(&batch).map(|record| record.batch.sections.clone()).unwrap_or_default();
    if let Some(record) = state.enterprises.get_mut(&opened.uscc) {
        let on = date_of(opened.assigned_at);
        record.draws.push(PastDraw { year: year_of(on), on, batch, units });
    }
    state.inspections.insert(id.clone(), Box::new(opened));
    with_embargo(state, draw, |embargo| {
        embargo.assignments.entry(rank).and_modify(|withheld| withheld.opened = true);
    });
}

/// With the key everything is as after a draw without embargo: result, board, and whoever is not open yet.
pub(super) fn released(state: &mut State, at: At<'_>, e: &EmbargoReleased) {
    let Ok(revealed) = with_the_key(state, e) else { return };
    let Ok(completed) = revealed.completed(&e.draw) else { return };
    let seats =
        state.ceremonies.get(&e.draw).and_then(|c| c.frozen.as_ref()).map_or(0, |f| f.stated.seats.len());
    for (rank, id, opened) in closed(state, &e.draw, &revealed, seats) {
        open(state, &e.draw, rank, &id, opened);
    }
    let board = (completed.inspectors > 0).then(|| board(&revealed, completed.hi));
    if let Some(batch) = state.ceremonies.get(&e.draw).map(|ceremony| ceremony.batch.clone()) {
        state.batches.entry(batch).and_modify(|record| record.board = board);
    }
    with_ceremony(state, &e.draw, |ceremony| ceremony.completed = Some(completed));
    let key = EmbargoKey::from_bytes(e.key.0);
    with_embargo(state, &e.draw, |embargo| embargo.released = Some((key, at.entry.recorded_at)));
}

/// The inspections that are not open, with the names that the key gives.
fn closed(
    state: &State,
    draw: &DrawId,
    revealed: &Revealed,
    seats: usize,
) -> Vec<(u32, InspectionId, Inspection)> {
    let assignments = state.embargo_of(draw).map(|(_, embargo)| &embargo.assignments);
    let named = |(rank, withheld): (&u32, &Withheld)| {
        let uscc = Uscc::new(revealed.outcome.selected.get(*rank as usize)?.uscc.as_str()).ok()?;
        let opened = of_names(state, draw, *rank, withheld, uscc, names(revealed.team(*rank, seats)))?;
        Some((*rank, withheld.inspection.clone(), opened))
    };
    let closed = assignments.into_iter().flatten().filter(|(_, withheld)| !withheld.opened);
    closed.filter_map(named).collect()
}

fn board(revealed: &Revealed, hi: u32) -> Board {
    let selected = revealed.outcome.selected.iter();
    let assignment = names(revealed.outcome.assignment.as_deref().unwrap_or_default());
    let firms = selected.filter_map(|selected| Uscc::new(selected.uscc.as_str()).ok()).collect();
    Board { firms, assignment, ..Board::new(hi) }
}

fn names(ids: &[String]) -> Vec<InspectorId> {
    ids.iter().filter_map(|id| InspectorId::new(id.as_str()).ok()).collect()
}

/// The ledger has stated that the release of a draw is overdue.
pub(super) fn release_missed(state: &mut State, draw: &str) {
    if let Ok(draw) = DrawId::new(draw) {
        with_embargo(state, &draw, |embargo| embargo.overdue = true);
    }
}
