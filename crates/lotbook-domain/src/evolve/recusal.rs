//! Recusals and the changes of teams that follow.
//!
//! A recusal's DrawCompleted carries the change of the batch's board and settles the recusal; each
//! SubstituteDrawn and AssignmentSwapped carries the change of the teams it names, and
//! SubstitutePoolExhausted that nothing came of it.

use super::inspection::{batch_of, with_inspection};
use super::{At, embargo};
use crate::recusal::{AskedSlot, Decided, Outcome, Recusal};
use crate::state::{BoardChange, HiddenStep, State};
use crate::substitution;
use lotbook_chain::EntryHash;
use lotbook_draw::Seed;
use lotbook_event::draw::DrawCompleted;
use lotbook_event::recusal::*;
use lotbook_event::{InspectionId, InspectorId, RecusalId};

pub(super) fn recusal_requested(state: &mut State, at: At<'_>, e: &RecusalRequested) {
    let recusal =
        Recusal { inspector: Some(e.inspector.clone()), ..asked_for(at, e.inspection.clone(), e.ground) };
    state.recusals.insert(e.recusal.clone(), recusal);
}

/// Under embargo a slot stands for the inspector, with the commitment that it has now.
pub(super) fn slot_recusal_requested(state: &mut State, at: At<'_>, e: &SlotRecusalRequested) {
    let Some(batch) = batch_of(state, &e.inspection) else { return };
    let held = state.embargoes.get(&batch).and_then(|embargo| embargo.commitment(e.slot));
    let slot = held.map(|held| AskedSlot { slot: e.slot, held });
    let recusal = Recusal { slot, ..asked_for(at, e.inspection.clone(), e.ground) };
    state.recusals.insert(e.recusal.clone(), recusal);
    embargo::step(state, &batch, HiddenStep::Asked(e.recusal.clone()));
}

/// A recusal of nobody yet, in an inspection, as of now.
fn asked_for(at: At<'_>, inspection: InspectionId, ground: RecusalGround) -> Recusal {
    Recusal {
        inspection,
        inspector: None,
        slot: None,
        ground,
        requested_by: at.entry.author,
        requested_as: at.statement.role,
        requested_at: at.entry.recorded_at,
        decided: None,
        attempts: vec![],
        outcome: None,
        exchanged: None,
    }
}

/// The teams after a recusal under embargo: commitments, and names where the enterprise is open.
pub(super) fn teams_withheld(state: &mut State, at: At<'_>, e: &TeamsWithheld) {
    let Some(batch) = state.ceremonies.get(&e.draw).map(|ceremony| ceremony.batch.clone()) else { return };
    let own = state.batches.get(&batch).is_some_and(|record| record.drawn.as_ref() == Some(&e.draw));
    let change = match own {
        true => BoardChange::Reserve(e.recusal.clone()),
        false => BoardChange::Draw(e.draw.clone()),
    };
    embargo::step(state, &batch, HiddenStep::Changed(change));
    e.slots.iter().for_each(|slot| embargo::slot_changed(state, at, &batch, slot));
    let outcome = e.exhausted.map_or(Outcome::Changed, |slot| Outcome::Exhausted { slot });
    settle(state, &e.recusal, outcome);
}

pub(super) fn recusal_decided(state: &mut State, at: At<'_>, e: &RecusalDecided) {
    let decided = Decided {
        decision: e.decision,
        by: at.entry.author,
        at: at.entry.recorded_at,
        position: at.position(),
    };
    state.recusals.entry(e.recusal.clone()).and_modify(|recusal| recusal.decided = Some(decided));
    let batch = state.recusals.get(&e.recusal).and_then(|recusal| recusal.batch(state)).cloned();
    if let Some(batch) = batch.as_ref().filter(|_| e.decision != RecusalDecision::Rejected) {
        embargo::step(state, batch, HiddenStep::Granted(e.recusal.clone()));
    }
    let Some(batch) = batch.filter(|batch| substitution::by_reserve(state, batch, e.decision)) else {
        return;
    };
    let Ok((substitution, board)) = substitution::in_reserve_order(state, &batch, &e.recusal) else { return };
    state.batches.entry(batch).and_modify(|record| record.board = Some(board));
    if substitution.exhausted.is_none() {
        settle(state, &e.recusal, Outcome::Changed);
    }
}

/// Two inspectors have changed places by choice: board and both teams.
pub(super) fn counterpart_chosen(state: &mut State, at: At<'_>, e: &CounterpartChosen) {
    let Some(recusal) = state.recusals.get(&e.recusal).cloned() else { return };
    let Some(batch) = recusal.batch(state).cloned() else { return };
    let Ok((slots, board)) = substitution::exchanged(state, &batch, e) else { return };
    let Some(leaves) = recusal.inspector else { return };
    state.recusals.entry(e.recusal.clone()).and_modify(|recusal| recusal.exchanged = Some(slots));
    state.batches.entry(batch).and_modify(|record| record.board = Some(board));
    settle(state, &e.recusal, Outcome::Changed);
    replace(state, at.hash, &recusal.inspection, &leaves, &e.counterpart);
    replace(state, at.hash, &e.counterpart_inspection, &e.counterpart, &leaves);
}

/// The board after a recusal's draw. Its pairs stay recused, and who withdrew stays withdrawn, even if a
/// slot had no candidate (draw.md 6).
pub(super) fn recusal_drawn(state: &mut State, e: &DrawCompleted) {
    let Some(ceremony) = state.ceremonies.get(&e.draw) else { return };
    let Ok((substitution, board)) = substitution::on_board(state, ceremony, Seed::from_bytes(e.seed.0))
    else {
        return;
    };
    let (batch, recusal) = (ceremony.batch.clone(), ceremony.recusal.clone());
    state.batches.entry(batch).and_modify(|record| record.board = Some(board));
    if let (Some(recusal), None) = (recusal, substitution.exhausted) {
        settle(state, &recusal, Outcome::Changed);
    }
}

fn settle(state: &mut State, id: &RecusalId, outcome: Outcome) {
    state.recusals.entry(id.clone()).and_modify(|recusal| recusal.outcome = Some(outcome));
}

pub(super) fn assignment_swapped(state: &mut State, at: At<'_>, e: &AssignmentSwapped) {
    replace(state, at.hash, &e.inspection, &e.inspector, &e.counterpart);
    replace(state, at.hash, &e.counterpart_inspection, &e.counterpart, &e.inspector);
}

pub(super) fn substitute_drawn(state: &mut State, at: At<'_>, e: &SubstituteDrawn) {
    replace(state, at.hash, &e.inspection, &e.withdrawn, &e.substitute);
}

pub(super) fn substitute_pool_exhausted(state: &mut State, e: &SubstitutePoolExhausted) {
    settle(state, &e.recusal, Outcome::Exhausted { slot: e.slot });
}

/// Somebody comes for somebody, in the same seat.
fn replace(
    state: &mut State,
    entry: EntryHash,
    id: &InspectionId,
    leaves: &InspectorId,
    comes: &InspectorId,
) {
    with_inspection(state, id, |inspection| {
        if let Some(seat) = inspection.team.iter_mut().find(|member| *member == leaves) {
            *seat = comes.clone();
            inspection.team_entry = entry;
        }
    });
}
