//! A recusal's own draw (draw.md 6): the board it works on, the second pool it freezes, and what follows.
//!
//! A certificate must recompute it from the batch's rows, the second rows and the seed alone, so nothing
//! else enters: a started inspection changes on the board as draw.md says, but its team stays, and no
//! entry is derived for it.

mod unrolled;

pub use unrolled::{by_reserve, exchanged, follows, in_reserve_order, may_exchange};

use crate::ceremony::{Ceremony, Frozen, Rows, Stage};
use crate::draw::{DrawFault, quota_of, seats_of, small};
use crate::embargo::{Keys, teams_withheld};
use crate::pool::Basis;
use crate::recusal::of_batch;
use crate::state::{BatchKey, Board, BoardChange, Inspection, Phase, State};
use lotbook_chain::Instant;
use lotbook_draw::{Pool, SecondPool, Seed, Substitution};
use lotbook_event::ceremony::{Purpose, Replacement};
use lotbook_event::draw::DrawCompleted;
use lotbook_event::recusal::{
    AssignmentSwapped, RecusalDecision, RecusalGround, SubstituteDrawn, SubstitutePoolExhausted,
};
use lotbook_event::{Bytes32, Code, DrawId, Event, InspectionId, InspectorId, RecusalId, Refusal, Uscc};
use std::borrow::Cow;
use std::sync::Arc;

/// A batch that was drawn and assigned: its draw, its pool, and who sits where now.
#[derive(Debug, Clone)]
pub struct Drawn<'a> {
    /// The draw that counts.
    pub draw: &'a DrawId,
    /// What it froze.
    pub frozen: &'a Frozen,
    /// The rows of it, with the salts of its embargo if it was under one; where a later ceremony drew the inspectors,
    /// with the inspectors and conflicts of that one.
    pub pool: Cow<'a, Pool>,
    /// Who sits where now.
    pub board: &'a Board,
}

impl<'a> Drawn<'a> {
    /// Looks up a batch.
    ///
    /// # Errors
    /// WRONG_PHASE if it was not drawn or nobody was assigned, as far as that is public.
    pub fn of(state: &'a State, batch: &BatchKey) -> Result<Self, Refusal> {
        let record = state.batch(&batch.0, &batch.1)?;
        let found = || {
            let draw = record.drawn.as_ref()?;
            let frozen = state.ceremonies.get(draw)?.frozen.as_ref()?;
            let staffed =
                record.staffed.as_ref().and_then(|draw| state.ceremonies.get(draw)?.frozen.as_ref());
            let pool: &Pool = match staffed.map(|staffed| &staffed.rows) {
                Some(Rows::Staffing(pool)) => pool,
                _ => frozen.pool()?,
            };
            let key = state.embargoes.get(batch).and_then(|embargo| embargo.released.as_ref());
            let pool = key.map_or(Cow::Borrowed(pool), |(key, _)| Cow::Owned(pool.under_embargo(key)));
            Some(Self { draw, frozen, pool, board: record.board.as_ref()? })
        };
        let name = format!("{}/{}", batch.0, batch.1);
        let none = || Refusal::new(Code::WrongPhase, &name, format!("batch {name} has no assignment"));
        found().ok_or_else(none)
    }

    /// The inspection of a slot, which is seat `slot mod d` of enterprise `slot / d`.
    fn inspection<'s>(&self, state: &'s State, slot: usize) -> Option<(InspectionId, &'s Inspection)> {
        let rank = slot.checked_div(self.frozen.stated.seats.len())?;
        let firm = self.board.firms.get(rank)?;
        let id = match &self.frozen.stated.embargo {
            None => format!("{}/{firm}", self.draw),
            Some(_) => format!("{}/{rank}", self.draw),
        };
        let id = InspectionId::new(id).ok()?;
        let inspection = state.inspections.get(&id)?;
        Some((id, inspection))
    }

    /// The slot of a member of one of the batch's teams.
    fn slot(&self, state: &State, id: &InspectionId, member: &InspectorId) -> Result<usize, Fault> {
        let slots = self.board.slots_of(member).into_iter().map(|slot| slot as usize);
        let own =
            |slot: &usize| self.inspection(state, *slot).is_some_and(|(inspection, _)| inspection == *id);
        slots
            .into_iter()
            .find(own)
            .ok_or_else(|| format!("{member} is not in the team of {id} in this batch"))
    }
}

/// Some inspection of a batch that has started.
pub fn started<'a>(state: &'a State, batch: &BatchKey) -> Option<&'a InspectionId> {
    let of_batch = state.inspections.iter().filter(|(_, i)| i.batch() == Some(batch));
    of_batch.filter(|(_, i)| i.phase >= Phase::Started).map(|(id, _)| id).next()
}

/// The open ceremony of a batch, if there is one.
pub fn open_ceremony<'a>(state: &'a State, batch: &BatchKey) -> Option<&'a Ceremony> {
    state.ceremonies.values().find(|ceremony| ceremony.batch == *batch && ceremony.terminal.is_none())
}

/// The second pool that an opening at an instant freezes. A retry after a failed attempt keeps its rows
/// (draw.md 1); after a draw without a candidate they are made anew.
///
/// Reasons and conflicts are those of the opening. Withdrawn is who withdrew by a draw of the batch;
/// recused are the pairs of those draws, and every pair whose recusal for a conflict was granted.
///
/// # Errors
/// What [`Drawn::of`] and [`Basis::second_pool`] refuse.
pub fn second_pool(
    state: &State,
    batch: &BatchKey,
    id: &RecusalId,
    at: Instant,
) -> Result<Arc<SecondPool>, Refusal> {
    let attempts = state.recusal(id)?.attempts.iter().rev().filter_map(|draw| state.ceremonies.get(draw));
    let last = attempts.filter_map(|ceremony| Some((ceremony.stage, ceremony.frozen.as_ref()?))).next();
    if let Some((Stage::Failed, Frozen { rows: Rows::Recusal(kept), .. })) = last {
        return Ok(kept.clone());
    }
    let drawn = Drawn::of(state, batch)?;
    let mut recused = drawn.board.recused.clone();
    for (_, recusal) in of_batch(state, batch).filter(|(_, r)| r.ground == RecusalGround::Conflict) {
        if let (Some(_), Some(inspector)) = (recusal.granted(), &recusal.inspector) {
            let firm = state.inspection(&recusal.inspection)?.uscc.clone();
            recused.insert((firm, inspector.clone()));
        }
    }
    let quota = quota_of(&drawn.frozen.stated);
    let basis = Basis::of(state, batch, at)?;
    Ok(Arc::new(basis.second_pool(&drawn.pool, &quota, &drawn.board.withdrawn, &recused)?))
}

/// The second rows of a recusal as far as they are known of a batch under embargo: those that follow from the rosters.
///
/// # Errors
/// WRONG_PHASE if the batch was not drawn, and what [`Basis::second_rows`] refuses.
pub fn hidden_rows(state: &State, batch: &BatchKey, at: Instant) -> Result<Arc<SecondPool>, Refusal> {
    let name = format!("{}/{}", batch.0, batch.1);
    let none = || Refusal::new(Code::WrongPhase, &name, format!("batch {name} has no pool"));
    let pool = batch_frozen(state, batch)?.pool().ok_or_else(none)?;
    Ok(Arc::new(Basis::of(state, batch, at)?.second_rows(pool)?))
}

/// What the draw of a batch that counts has frozen.
///
/// # Errors
/// WRONG_PHASE if it was not drawn.
pub fn batch_frozen<'a>(state: &'a State, batch: &BatchKey) -> Result<&'a Frozen, Refusal> {
    let drawn = state.batch(&batch.0, &batch.1)?.drawn.as_ref();
    let frozen = drawn.and_then(|draw| state.ceremonies.get(draw)?.frozen.as_ref());
    let name = format!("{}/{}", batch.0, batch.1);
    frozen.ok_or_else(|| Refusal::new(Code::WrongPhase, &name, format!("batch {name} was not drawn")))
}

/// Whose slots are filled, and how: a granted swap is a withdrawal all the same where the inspector is not
/// eligible in both pools or has withdrawn (draw.md 6), where an inspection of the batch has started, or
/// where a draw for it found no counterpart before.
///
/// # Errors
/// WRONG_PHASE if the batch has no assignment or the recusal was not granted.
pub fn replacement(
    state: &State,
    batch: &BatchKey,
    id: &RecusalId,
    second: &SecondPool,
) -> Result<Replacement, Refusal> {
    let (drawn, recusal) = (Drawn::of(state, batch)?, state.recusal(id)?);
    let unnamed = || Refusal::new(Code::Embargoed, id, "whoever it concerns is under embargo");
    let who = recusal.inspector.as_ref().ok_or_else(unnamed)?;
    let eligible = |rows: &[lotbook_draw::InspectorRow]| {
        rows.iter().any(|row| row.eligible && row.inspector_id == who.as_str())
    };
    let may_swap = eligible(drawn.pool.inspectors())
        && eligible(second.inspectors())
        && !drawn.board.withdrawn.contains(who)
        && recusal.outcome.is_none()
        && started(state, batch).is_none();
    let none = || Refusal::new(Code::WrongPhase, id, format!("recusal {id} was not granted"));
    let decision = recusal.granted().ok_or_else(none)?.decision;
    let all = drawn.board.slots_of(who);
    let own = |slot: &u32| {
        drawn
            .inspection(state, *slot as usize)
            .is_some_and(|(inspection, _)| inspection == recusal.inspection)
    };
    let (purpose, slots) = match decision {
        RecusalDecision::Swap if may_swap => (Purpose::Swap, all.into_iter().filter(own).collect()),
        _ => (Purpose::Substitute, all),
    };
    let batch_pool = drawn.frozen.p;
    Ok(Replacement { recusal: id.clone(), purpose, inspector: Some(who.clone()), slots, batch_pool })
}

/// Why a recusal's draw cannot be computed.
type Fault = String;

/// Fills the slots of a frozen recusal on a board of the draw room, under the seed of its own ceremony:
/// K_sub = H("stage substitute", seed).
///
/// # Errors
/// What the draw room refuses; opening has checked that it does not.
pub fn fill(board: &mut lotbook_draw::Board<'_>, frozen: &Frozen, seed: Seed) -> Result<Substitution, Fault> {
    let (Rows::Recusal(second), Some(replacement)) = (&frozen.rows, &frozen.stated.replacement) else {
        return Err("is not the draw of a recusal".into());
    };
    let key = lotbook_draw::Stage::Substitute.key(&seed);
    let who = replacement.inspector.as_ref().ok_or("names nobody whose place is taken")?.as_str();
    let done = match replacement.purpose {
        Purpose::Swap => {
            let slots: Vec<usize> = replacement.slots.iter().map(|slot| *slot as usize).collect();
            board.swap(second, who, &slots, &key)
        }
        Purpose::Substitute | Purpose::Batch | Purpose::Inspectors => board.withdraw(second, who, &key),
    };
    done.map_err(|error| error.to_string())
}

/// What a recusal's draw does under a seed, and the batch's board afterwards.
///
/// # Errors
/// See [`fill`].
pub fn on_board(state: &State, ceremony: &Ceremony, seed: Seed) -> Result<(Substitution, Board), Fault> {
    let frozen = ceremony.frozen.as_ref().ok_or("has no frozen pool")?;
    let by = BoardChange::Draw(ceremony.draw.clone());
    change(state, &ceremony.batch, by, |board| fill(board, frozen, seed))
}

/// What an act does to a batch's board, and the board afterwards.
fn change(
    state: &State,
    batch: &BatchKey,
    by: BoardChange,
    act: impl FnOnce(&mut lotbook_draw::Board<'_>) -> Result<Substitution, Fault>,
) -> Result<(Substitution, Board), Fault> {
    let drawn = Drawn::of(state, batch).map_err(|refusal| refusal.to_string())?;
    let before = drawn.board;
    let seats = seats_of(&drawn.frozen.stated);
    let firms: Vec<&str> = before.firms.iter().map(Uscc::as_str).collect();
    let seated: Vec<String> = before.assignment.iter().map(ToString::to_string).collect();
    let mut board = lotbook_draw::Board::new(&drawn.pool, &seats, &firms, before.hi, &seated)
        .map_err(|error| error.to_string())?;
    before.withdrawn.iter().for_each(|who| board.strike(who.as_str()));
    before.recused.iter().for_each(|(uscc, who)| board.recuse(uscc.as_str(), who.as_str()));
    let substitution = act(&mut board)?;
    let named = |id: &str| InspectorId::new(id).map_err(|error| error.to_string());
    let pair = |(uscc, who): (&str, &str)| {
        Ok::<_, Fault>((Uscc::new(uscc).map_err(|error| error.to_string())?, named(who)?))
    };
    let after = Board {
        firms: before.firms.clone(),
        assignment: board.assignment().iter().map(|id| named(id)).collect::<Result<_, _>>()?,
        hi: before.hi,
        withdrawn: board.withdrawn().iter().map(|id| named(id)).collect::<Result<_, _>>()?,
        recused: board.recused().map(pair).collect::<Result<_, _>>()?,
        changes: before.changes.iter().cloned().chain([by]).collect(),
    };
    Ok((substitution, after))
}

/// From a closed ceremony of a recusal to its derived events: DrawCompleted with the seed, then either
/// one TeamsWithheld under embargo, one AssignmentSwapped, or one SubstituteDrawn for each slot filled (ascending; none for an inspection
/// that has started), or SubstitutePoolExhausted for the first slot without a candidate.
///
/// # Errors
/// [`DrawFault`] if it cannot be computed; opening has checked that it can.
pub fn conclude(state: &State, ceremony: &Ceremony, keys: Keys<'_>) -> Result<Vec<Event>, DrawFault> {
    let fault = |what: String| DrawFault { draw: ceremony.draw.clone(), what };
    let frozen = ceremony.frozen.as_ref().ok_or_else(|| fault("has no frozen pool".into()))?;
    let seed = lotbook_draw::seed(&frozen.p.0, &ceremony.committers(), &ceremony.recorded())
        .map_err(|e| fault(e.to_string()))?;
    let mut events = vec![completed(&ceremony.draw, seed).into()];
    if let Some(id) = ceremony.recusal.as_ref().filter(|_| state.hidden(&ceremony.batch).is_some()) {
        let follows = teams_withheld(state, &ceremony.batch, &ceremony.draw, id, Some(seed), keys)?;
        events.push(follows.into());
        return Ok(events);
    }
    let (substitution, _) = on_board(state, ceremony, seed).map_err(fault)?;
    let replacement =
        frozen.stated.replacement.as_ref().ok_or_else(|| fault("has nothing to replace".into()))?;
    let what = What {
        batch: &ceremony.batch,
        draw: &ceremony.draw,
        recusal: &replacement.recusal,
        leaves: replacement.inspector.as_ref().ok_or_else(|| fault("names nobody".into()))?,
    };
    events.extend(changes(state, &what, &substitution).map_err(fault)?);
    Ok(events)
}

/// A recusal's draw has no strata and counts nothing: its result are the entries that follow.
fn completed(draw: &DrawId, seed: Seed) -> DrawCompleted {
    DrawCompleted {
        draw: draw.clone(),
        seed: Bytes32(*seed.as_bytes()),
        strata: vec![],
        selected: 0,
        inspectors: 0,
        lo: 0,
        hi: 0,
        tier: 1,
        tries: 0,
        words_quota: 0,
        words_tier1: 0,
        words_tier2: 0,
    }
}

/// What changes a batch's teams, and whose place is taken.
struct What<'a> {
    batch: &'a BatchKey,
    draw: &'a DrawId,
    recusal: &'a RecusalId,
    leaves: &'a InspectorId,
}

fn changes(state: &State, what: &What<'_>, substitution: &Substitution) -> Result<Vec<Event>, Fault> {
    let drawn = Drawn::of(state, what.batch).map_err(|refusal| refusal.to_string())?;
    let (draw, recusal) = (what.draw, what.recusal);
    let at =
        |slot: usize| drawn.inspection(state, slot).ok_or_else(|| format!("slot {slot} has no inspection"));
    if let Some(slot) = substitution.exhausted {
        let inspection = at(slot)?.0;
        let (draw, recusal) = (draw.clone(), recusal.clone());
        return Ok(vec![SubstitutePoolExhausted { draw, recusal, inspection, slot: small(slot) }.into()]);
    }
    let mut events = vec![];
    for vacancy in &substitution.vacancies {
        let (inspection, record) = at(vacancy.slot)?;
        let chosen = vacancy.chosen.as_ref().ok_or("a slot was not filled")?;
        let comes = InspectorId::new(chosen.inspector.as_str()).map_err(|error| error.to_string())?;
        let (draw, recusal, slot) = (draw.clone(), recusal.clone(), small(vacancy.slot));
        let (ticket, candidates) = (Bytes32(*chosen.ticket.as_bytes()), small(vacancy.candidates.len()));
        let previous = record.team_entry;
        let leaves = what.leaves.clone();
        if let Some(other) = chosen.gives {
            let (counterpart_inspection, counterpart_record) = at(other)?;
            let swapped = AssignmentSwapped {
                draw,
                recusal,
                inspection,
                slot,
                inspector: leaves,
                counterpart: comes,
                counterpart_inspection,
                counterpart_slot: small(other),
                ticket,
                candidates,
                previous,
                counterpart_previous: counterpart_record.team_entry,
            };
            events.push(swapped.into());
        } else if record.phase < Phase::Started {
            let (withdrawn, substitute) = (leaves, comes);
            let drawn = SubstituteDrawn {
                draw,
                recusal,
                inspection,
                slot,
                withdrawn,
                substitute,
                ticket,
                candidates,
                previous,
            };
            events.push(drawn.into());
        }
    }
    Ok(events)
}
