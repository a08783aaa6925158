//! The embargo: commitments come in, names when they are on the log, everything with the key.

use super::At;
use crate::article::a06_embargo::with_the_key;
use crate::civil::{date_of, year_of};
use crate::embargo::{begin, inspection, lift, of_names};
use crate::registry::PastDraw;
use crate::state::{BatchKey, Begun, Embargo, HiddenStep, Inspection, State, Withheld};
use lotbook_draw::EmbargoKey;
use lotbook_event::ceremony::*;
use lotbook_event::draw::AssignmentWithheld;
use lotbook_event::recusal::SlotWithheld;
use lotbook_event::{DrawId, InspectionId, InspectorId, Uscc};

fn with_embargo(state: &mut State, draw: &DrawId, change: impl FnOnce(&mut Embargo)) {
    let Some(batch) = state.ceremonies.get(draw).map(|ceremony| ceremony.batch.clone()) else { return };
    state.embargoes.entry(batch).and_modify(change);
}

/// The first pool of a batch that commits to a key begins its embargo.
pub(super) fn frozen(state: &mut State, e: &PoolFrozen) {
    let (Some(ceremony), Some(stated)) = (state.ceremonies.get(&e.draw), &e.embargo) else { return };
    let is_recusal = ceremony.recusal.is_some();
    let embargo = state.embargoes.entry(ceremony.batch.clone());
    let embargo = embargo.or_insert_with(|| Embargo::new(stated.clone()));
    if is_recusal && embargo.released.is_none() {
        embargo.steps.push(HiddenStep::Frozen(e.draw.clone()));
    }
}

/// Something happened to the teams of a batch, without a name.
pub(super) fn step(state: &mut State, batch: &BatchKey, step: HiddenStep) {
    state.embargoes.entry(batch.clone()).and_modify(|embargo| {
        if embargo.released.is_none() {
            embargo.steps.push(step);
        }
    });
}

/// Who has a slot now, and by which entry; of an open inspection with the name.
pub(super) fn slot_changed(state: &mut State, at: At<'_>, batch: &BatchKey, e: &SlotWithheld) {
    let Some(embargo) = state.embargoes.get_mut(batch) else { return };
    let Some((rank, seat)) = embargo.place(e.slot) else { return };
    embargo.assignments.entry(rank).and_modify(|withheld| {
        withheld.entry = at.hash;
        withheld.slots.iter_mut().skip(seat).take(1).for_each(|slot| *slot = e.inspector);
    });
    let opened = e.opened.as_ref().map(|row| row.inspector.clone());
    if let (Some(comes), Some(inspection)) = (opened, state.inspections.get_mut(&e.inspection)) {
        inspection.team.iter_mut().skip(seat).take(1).for_each(|member| *member = comes.clone());
        inspection.team_entry = at.hash;
    }
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
    drop(lift(state, &e.draw, &revealed, &EmbargoKey::from_bytes(e.key.0), at.entry.recorded_at));
}

/// Where the result stands that the key gives.
pub(super) fn draw_opened(state: &mut State, at: At<'_>, draw: &DrawId) {
    with_embargo(state, draw, |embargo| embargo.opened_at = Some(at.position()));
}

/// Every enterprise that is not open yet, with the team that the key gives it now.
pub(crate) fn open_all(state: &mut State, draw: &DrawId, firms: &[Uscc], seated: &[InspectorId]) {
    let Some((_, embargo)) = state.embargo_of(draw) else { return };
    let seats = seated.len().checked_div(firms.len()).unwrap_or_default();
    let named = |(rank, withheld): (&u32, &Withheld)| {
        let uscc = firms.get(*rank as usize)?.clone();
        let team = seated.chunks(seats.max(1)).nth(*rank as usize).unwrap_or_default().to_vec();
        let opened = of_names(state, draw, *rank, withheld, uscc, team)?;
        Some((*rank, withheld.inspection.clone(), opened))
    };
    let closed = embargo.assignments.iter().filter(|(_, withheld)| !withheld.opened);
    for (rank, id, opened) in closed.filter_map(named).collect::<Vec<_>>() {
        open(state, draw, rank, &id, opened);
    }
}

/// The ledger has stated that the release of a draw is overdue.
pub(super) fn release_missed(state: &mut State, draw: &str) {
    if let Ok(draw) = DrawId::new(draw) {
        with_embargo(state, &draw, |embargo| embargo.overdue = true);
    }
}
