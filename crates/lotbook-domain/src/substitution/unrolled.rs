//! What changes a board without a ceremony of its own (draw.md 6): the reserve order, and a named counterpart.

use super::{Drawn, Fault, What, change, changes, second_pool};
use crate::draw::small;
use crate::state::{BatchKey, Board, BoardChange, State};
use lotbook_chain::Instant;
use lotbook_draw::{Seed, Stage, Substitution};
use lotbook_event::recusal::{CounterpartChosen, RecusalDecided, RecusalDecision};
use lotbook_event::{Event, RecusalId};

/// Whether a decision is carried out in reserve order: a withdrawal from a batch for which that was approved.
pub fn by_reserve(state: &State, batch: &BatchKey, decision: RecusalDecision) -> bool {
    let approved =
        state.batches.get(batch).is_some_and(|record| record.reserve_order && record.board.is_some());
    approved && decision == RecusalDecision::Withdraw
}

/// What the reserve order gives: K_sub = H("stage reserve", seed of the batch), candidates from the batch's rows.
///
/// # Errors
/// What the draw room refuses.
pub fn in_reserve_order(
    state: &State,
    batch: &BatchKey,
    id: &RecusalId,
) -> Result<(Substitution, Board), Fault> {
    let who = state.recusals.get(id).ok_or("there is no such recusal")?.inspector.clone();
    let drawn = Drawn::of(state, batch).map_err(|refusal| refusal.to_string())?;
    let done = state.ceremonies.get(drawn.draw).and_then(|ceremony| ceremony.completed.as_ref());
    let seed = Seed::from_bytes(done.ok_or("the batch is not drawn")?.seed.0);
    let act = |board: &mut lotbook_draw::Board<'_>| {
        board.reserve(who.as_str(), &Stage::Reserve.key(&seed)).map_err(|error| error.to_string())
    };
    change(state, batch, BoardChange::Reserve(id.clone()), act)
}

/// What follows from a decision that is carried out in reserve order: one SubstituteDrawn for each slot, or
/// SubstitutePoolExhausted. They name the batch's own draw, whose seed gives the order.
///
/// # Errors
/// What the draw room refuses.
pub fn follows(state: &State, e: &RecusalDecided) -> Result<Vec<Event>, Fault> {
    let Some(recusal) = state.recusals.get(&e.recusal) else { return Ok(vec![]) };
    let Some(batch) = recusal.batch(state).filter(|batch| by_reserve(state, batch, e.decision)) else {
        return Ok(vec![]);
    };
    let (substitution, _) = in_reserve_order(state, batch, &e.recusal)?;
    let draw = Drawn::of(state, batch).map_err(|refusal| refusal.to_string())?.draw;
    let what = What { batch, draw, recusal: &e.recusal, leaves: &recusal.inspector };
    changes(state, &what, &substitution)
}

/// The slots that are exchanged by choice, the recused inspector's first, and the board afterwards.
///
/// It is checked against the batch's rows alone, which a certificate has too; [`may_exchange`] has asked more.
///
/// # Errors
/// What the draw room refuses.
pub fn exchanged(state: &State, batch: &BatchKey, e: &CounterpartChosen) -> Result<([u32; 2], Board), Fault> {
    let (who, slot, other) = places(state, batch, e)?;
    let act = |board: &mut lotbook_draw::Board<'_>| {
        board.exchange(None, &who, slot, other).map_err(|error| error.to_string())
    };
    let (_, board) = change(state, batch, BoardChange::Chosen(e.recusal.clone()), act)?;
    Ok(([small(slot), small(other)], board))
}

/// Whether the two may change places by the batch's rows and by the rosters as they are now.
///
/// # Errors
/// Why they may not.
pub fn may_exchange(
    state: &State,
    batch: &BatchKey,
    e: &CounterpartChosen,
    at: Instant,
) -> Result<(), Fault> {
    let (who, slot, other) = places(state, batch, e)?;
    let second = second_pool(state, batch, &e.recusal, at).map_err(|refusal| refusal.to_string())?;
    let act = |board: &mut lotbook_draw::Board<'_>| {
        board.exchange(Some(&second), &who, slot, other).map_err(|error| error.to_string())
    };
    change(state, batch, BoardChange::Chosen(e.recusal.clone()), act).map(|_| ())
}

/// The recused inspector, their slot and that of the counterpart.
fn places(state: &State, batch: &BatchKey, e: &CounterpartChosen) -> Result<(String, usize, usize), Fault> {
    let drawn = Drawn::of(state, batch).map_err(|refusal| refusal.to_string())?;
    let recusal = state.recusals.get(&e.recusal).ok_or("there is no such recusal")?;
    let slot = drawn.slot(state, &recusal.inspection, &recusal.inspector)?;
    let other = drawn.slot(state, &e.counterpart_inspection, &e.counterpart)?;
    Ok((recusal.inspector.to_string(), slot, other))
}
