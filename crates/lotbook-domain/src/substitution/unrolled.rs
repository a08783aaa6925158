//! What changes a board without a ceremony of its own (draw.md 6): the reserve order, and a named counterpart.

use super::{Drawn, Fault, What, change, changes, second_pool};
use crate::decide::DecideError;
use crate::draw::small;
use crate::embargo::{Keys, teams_withheld};
use crate::state::{BatchKey, BatchRecord, Board, BoardChange, State};
use lotbook_chain::Instant;
use lotbook_draw::{Seed, Stage, Substitution};
use lotbook_event::recusal::{CounterpartChosen, RecusalDecided, RecusalDecision};
use lotbook_event::{Code, Event, RecusalId, Refusal};

/// Whether a decision is carried out in reserve order: a withdrawal from a batch for which that was approved.
pub fn by_reserve(state: &State, batch: &BatchKey, decision: RecusalDecision) -> bool {
    // Under embargo nobody knows whether anybody was assigned; that a recusal was granted says so.
    let assigned = |record: &BatchRecord| record.board.is_some() || state.hidden(batch).is_some();
    let approved = state.batches.get(batch).is_some_and(|record| record.reserve_order && assigned(record));
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
    let recusal = state.recusals.get(id).ok_or("there is no such recusal")?;
    let who = recusal.inspector.clone().ok_or("it names nobody")?;
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
/// SWAP_INFEASIBLE with what the draw room refuses; [`DecideError::Fault`] if the ledger does not hold an embargo's key.
pub fn follows(state: &State, e: &RecusalDecided, keys: Keys<'_>) -> Result<Vec<Event>, DecideError> {
    let Some(recusal) = state.recusals.get(&e.recusal) else { return Ok(vec![]) };
    let Some(batch) = recusal.batch(state).filter(|batch| by_reserve(state, batch, e.decision)) else {
        return Ok(vec![]);
    };
    if state.hidden(batch).is_some() {
        let draw = &state.batch(&batch.0, &batch.1)?.drawn;
        let none = || Refusal::new(Code::WrongPhase, &e.recusal, "its batch was not drawn");
        let draw = draw.as_ref().ok_or_else(none)?;
        return Ok(vec![teams_withheld(state, batch, draw, &e.recusal, None, keys)?.into()]);
    }
    let refused = |what: Fault| Refusal::new(Code::SwapInfeasible, &e.recusal, what);
    let leaves = recusal.inspector.as_ref().ok_or_else(|| refused("it names nobody".into()))?;
    let (substitution, _) = in_reserve_order(state, batch, &e.recusal).map_err(refused)?;
    let draw = Drawn::of(state, batch)?.draw;
    let what = What { batch, draw, recusal: &e.recusal, leaves };
    Ok(changes(state, &what, &substitution).map_err(refused)?)
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
    let who = recusal.inspector.as_ref().ok_or("it names nobody")?;
    let slot = drawn.slot(state, &recusal.inspection, who)?;
    let other = drawn.slot(state, &e.counterpart_inspection, &e.counterpart)?;
    Ok((who.to_string(), slot, other))
}
