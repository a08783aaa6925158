//! A batch under embargo as it is with its key: the state with every name in its place, so that the rules for names
//! decide what happens to them before the release (draw.md 6, 7).

use super::{Keys, Revealed, reveal};
use crate::ceremony::{Ceremony, Rows};
use crate::draw::{DrawFault, quota_of};
use crate::evolve::open_all;
use crate::pool::finish;
use crate::state::{BatchKey, Board, BoardChange, HiddenStep, State};
use crate::substitution::{Drawn, in_reserve_order, on_board};
use lotbook_chain::Instant;
use lotbook_draw::{EmbargoKey, SecondPool, Seed, Substitution};
use lotbook_event::ceremony::Replacement;
use lotbook_event::recusal::RecusalGround;
use lotbook_event::{DrawId, InspectorId, RecusalId, Uscc};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The state as it would be if the batch's embargo was released now. `None` for who has no key.
///
/// # Errors
/// [`DrawFault`] if the ledger lacks the key, or the draw cannot be computed.
pub fn lifted(state: &State, batch: &BatchKey, keys: Keys<'_>) -> Result<Option<State>, DrawFault> {
    let Some(draw) = state.hidden(batch).and_then(|embargo| embargo.draw.clone()) else { return Ok(None) };
    let Some(key) = keys.of(state, batch, &draw)?.cloned() else { return Ok(None) };
    let ceremony = state.ceremonies.get(&draw);
    let seed = ceremony.and_then(|ceremony| Some((ceremony, ceremony.completed.as_ref()?.seed)));
    let (ceremony, seed) =
        seed.ok_or_else(|| DrawFault { draw: draw.clone(), what: "is not drawn".into() })?;
    let compute = || reveal(ceremony, Seed::from_bytes(seed.0), &key);
    let revealed = keys.remembered(batch, &draw, compute)?;
    let mut lifted = state.clone();
    lift(&mut lifted, &draw, &revealed, &key, state.head.recorded_at);
    Ok(Some(lifted))
}

/// Puts every name of a batch in its place, from its draw through everything that happened to its teams since. What
/// cannot be done stays as it is: who holds the entries against the key says so, see
/// [`contradiction`](super::contradiction). Returned are the changes with their candidates, in order.
pub(crate) fn lift(
    state: &mut State,
    draw: &DrawId,
    revealed: &Revealed,
    key: &EmbargoKey,
    at: Instant,
) -> Vec<Substitution> {
    let Some(batch) = state.ceremonies.get(draw).map(|ceremony| ceremony.batch.clone()) else {
        return vec![];
    };
    let Some(embargo) = state.embargoes.get_mut(&batch) else { return vec![] };
    embargo.released = Some((key.clone(), at));
    let steps = embargo.steps.clone();
    let Ok(completed) = revealed.completed(draw) else { return vec![] };
    let drawn = (completed.inspectors > 0).then(|| as_drawn(revealed, completed.hi));
    set_board(state, &batch, drawn);
    if let Some(ceremony) = state.ceremonies.get_mut(draw) {
        ceremony.completed = Some(completed);
    }
    let (mut granted, mut changes) = (BTreeSet::new(), vec![]);
    for step in &steps {
        match step {
            HiddenStep::Asked(id) => name(state, &batch, id),
            HiddenStep::Granted(id) => granted.extend(pair(state, &batch, id)),
            HiddenStep::Frozen(of) => thaw(state, &batch, of, &granted),
            HiddenStep::Changed(change) => changes.extend(change_board(state, &batch, change)),
        }
    }
    let firms = as_drawn(revealed, 0).firms;
    let seated = board(state, &batch).map(|board| board.assignment.clone()).unwrap_or_default();
    open_all(state, draw, &firms, &seated);
    changes
}

fn as_drawn(revealed: &Revealed, hi: u32) -> Board {
    let selected = revealed.outcome.selected.iter();
    let seated = revealed.outcome.assignment.as_deref().unwrap_or_default();
    let firms = selected.filter_map(|selected| Uscc::new(selected.uscc.as_str()).ok()).collect();
    let assignment = seated.iter().filter_map(|id| InspectorId::new(id.as_str()).ok()).collect();
    Board { firms, assignment, ..Board::new(hi) }
}

fn set_board(state: &mut State, batch: &BatchKey, board: Option<Board>) {
    state.batches.entry(batch.clone()).and_modify(|record| record.board = board);
}

fn board<'a>(state: &'a State, batch: &BatchKey) -> Option<&'a Board> {
    state.batches.get(batch)?.board.as_ref()
}

/// Who is recused: whoever had the slot when it was asked for.
fn name(state: &mut State, batch: &BatchKey, id: &RecusalId) {
    let asked = state.recusals.get(id).and_then(|recusal| recusal.slot);
    let who = asked.and_then(|asked| board(state, batch)?.assignment.get(asked.slot as usize).cloned());
    state.recusals.entry(id.clone()).and_modify(|recusal| recusal.inspector = who);
}

/// The pair that a recusal for a conflict keeps apart from its decision on.
fn pair(state: &State, batch: &BatchKey, id: &RecusalId) -> Option<(Uscc, InspectorId)> {
    let recusal = state.recusals.get(id).filter(|recusal| recusal.ground == RecusalGround::Conflict)?;
    let (rank, _) = state.embargoes.get(batch)?.place(recusal.slot?.slot)?;
    let firm = board(state, batch)?.firms.get(rank as usize)?.clone();
    Some((firm, recusal.inspector.clone()?))
}

/// The second rows of a recusal with those who withdrew and the pairs recused up to its opening, and its inspector.
fn thaw(state: &mut State, batch: &BatchKey, draw: &DrawId, granted: &BTreeSet<(Uscc, InspectorId)>) {
    let Some(ceremony) = state.ceremonies.get(draw) else { return };
    let Some(recusal) = ceremony.recusal.as_ref().and_then(|id| state.recusals.get(id)) else { return };
    let who = recusal.inspector.clone();
    let Some(rows) = kept(state, ceremony).or_else(|| second(state, batch, ceremony, granted)) else {
        return;
    };
    let Some(frozen) = state.ceremonies.get_mut(draw).and_then(|ceremony| ceremony.frozen.as_mut()) else {
        return;
    };
    frozen.rows = Rows::Recusal(rows);
    let named = |replacement: Replacement| Replacement { inspector: who, ..replacement };
    frozen.stated.replacement = frozen.stated.replacement.take().map(named);
}

/// A retry after a failed attempt keeps the rows of that (draw.md 1).
fn kept(state: &State, ceremony: &Ceremony) -> Option<Arc<SecondPool>> {
    let attempts = &state.recusals.get(ceremony.recusal.as_ref()?)?.attempts;
    let before = attempts.iter().take_while(|draw| **draw != ceremony.draw).last()?;
    let before = state.ceremonies.get(before).filter(|before| before.failed.is_some())?;
    match &before.frozen.as_ref()?.rows {
        Rows::Recusal(rows) => Some(rows.clone()),
        Rows::Batch(_) | Rows::Staffing(_) => None,
    }
}

fn second(
    state: &State,
    batch: &BatchKey,
    ceremony: &Ceremony,
    granted: &BTreeSet<(Uscc, InspectorId)>,
) -> Option<Arc<SecondPool>> {
    let Rows::Recusal(rows) = &ceremony.frozen.as_ref()?.rows else { return None };
    let drawn = Drawn::of(state, batch).ok()?;
    let recused = drawn.board.recused.union(granted).cloned().collect();
    let quota = quota_of(&drawn.frozen.stated);
    finish(rows, &drawn.pool, &quota, &drawn.board.withdrawn, &recused).ok().map(Arc::new)
}

fn change_board(state: &mut State, batch: &BatchKey, change: &BoardChange) -> Option<Substitution> {
    let after = match change {
        BoardChange::Draw(draw) => state.ceremonies.get(draw).and_then(|ceremony| {
            let seed = Seed::from_bytes(ceremony.completed.as_ref()?.seed.0);
            on_board(state, ceremony, seed).ok()
        }),
        BoardChange::Reserve(id) => in_reserve_order(state, batch, id).ok(),
        // Nobody is named before the release.
        BoardChange::Chosen(_) => None,
    };
    let (substitution, after) = after?;
    set_board(state, batch, Some(after));
    Some(substitution)
}
