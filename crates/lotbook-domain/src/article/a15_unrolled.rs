//! Art. 15, the ways without a ceremony: supervision approves a batch's reserve order before the draw, and an approver
//! names a counterpart. Both are flagged: who comes was known, or chosen (draw.md 6).

use super::a15_recusal::by_somebody_else;
use super::{Found, a06_embargo};
use crate::decide::Stated;
use crate::person;
use crate::recusal::{Recusal, first_before};
use crate::state::{BatchKey, State};
use crate::substitution::{by_reserve, may_exchange, open_ceremony, started};
use lotbook_event::recusal::{CounterpartChosen, RecusalDecided, RecusalDecision, ReserveOrderApproved};
use lotbook_event::{Code, Flag, RecusalId, Refusal};

/// Supervision approves the reserve order of a batch of which nothing has been opened: afterwards the order could
/// be known, and the approval would choose between two outcomes.
pub fn reserve_approved(state: &State, e: &ReserveOrderApproved) -> Result<(), Refusal> {
    let (name, record) = (format!("{}/{}", e.plan, e.batch), state.batch(&e.plan, &e.batch)?);
    a06_embargo::no_reserve_yet(state, &(e.plan.clone(), e.batch.clone()))?;
    if !state.rule_set()?.value.recusal_reserve_order {
        let found = "the rule set draws substitutes by a fresh ceremony and knows no reserve order";
        return Err(Refusal::new(Code::InvalidValue, name, found));
    }
    if let Some(first) = record.attempts.first() {
        let found = format!("ceremony {first} has been opened; the approval comes before");
        return Err(Refusal::new(Code::WrongPhase, name, found));
    }
    if record.reserve_order {
        let found = format!("the reserve order of {name} is approved");
        return Err(Refusal::new(Code::AlreadyRecorded, name, found));
    }
    Ok(())
}

/// A withdrawal in reserve order follows at once, so it must be its turn.
pub fn in_turn(
    state: &State,
    stated: &Stated<'_>,
    e: &RecusalDecided,
    recusal: &Recusal,
) -> Result<(), Refusal> {
    match recusal.batch(state) {
        Some(batch) if by_reserve(state, batch, e.decision) => {
            turn(state, batch, &e.recusal, stated.sealed.entry.position)
        }
        _ => Ok(()),
    }
}

/// Nothing is being drawn in the batch, and nothing decided before waits for its draw.
fn turn(
    state: &State,
    batch: &BatchKey,
    id: &RecusalId,
    position: lotbook_chain::Position,
) -> Result<(), Refusal> {
    if let Some(open) = open_ceremony(state, batch) {
        let found = format!("ceremony {} is {:?}", open.draw, open.stage);
        return Err(Refusal::new(Code::CeremonyOpen, id, found));
    }
    match first_before(state, batch, position) {
        Some(first) => {
            let found = format!("recusal {first} was decided before {id} and is drawn for first");
            Err(Refusal::new(Code::WrongPhase, id, found))
        }
        None => Ok(()),
    }
}

/// An approver names the counterpart of a granted swap that is not drawn for: nobody who asked, is recused or would
/// come; both new pairs accepted, on duty and free of conflict, in the same batch, before any start.
pub fn chosen(state: &State, stated: &Stated<'_>, e: &CounterpartChosen) -> Result<(), Refusal> {
    a06_embargo::no_choice_yet(state, e)?;
    let (id, recusal) = (&e.recusal, state.recusal(&e.recusal)?);
    let wrong = |found: String| Err(Refusal::new(Code::WrongPhase, id, found));
    let infeasible = |found: String| Err(Refusal::new(Code::SwapInfeasible, id, found));
    by_somebody_else(state, stated, id, recusal)?;
    if person::is_inspector(state, stated.authentic.author(), &e.counterpart) {
        let found = format!("the approver is {}, whom they name", e.counterpart);
        return Err(Refusal::new(Code::SelfApproval, id, found));
    }
    let Some(granted) = recusal.granted().filter(|decided| decided.decision == RecusalDecision::Swap) else {
        return wrong(format!("recusal {id} was not granted as a swap"));
    };
    if let Some(draw) = recusal.attempts.first() {
        return wrong(format!("recusal {id} is drawn for by {draw}; a counterpart is not chosen after that"));
    }
    if recusal.outcome.is_some() || !recusal.concerns_somebody(state) {
        return wrong(format!("recusal {id} has been carried out"));
    }
    let Some(batch) = recusal.batch(state) else {
        return infeasible("under Art. 9 there is nobody to swap with".into());
    };
    turn(state, batch, id, granted.position)?;
    if let Some(other) = started(state, batch) {
        return infeasible(format!("inspection {other} of the batch has started"));
    }
    match may_exchange(state, batch, e, stated.at()) {
        Ok(()) => Ok(()),
        Err(why) => infeasible(why),
    }
}

/// Flag COUNTERPART_CHOSEN, on both inspections.
pub(crate) fn chosen_flags(state: &State, e: &CounterpartChosen) -> Vec<Found> {
    let Some(recusal) = state.recusals.get(&e.recusal) else { return vec![] };
    let detail = format!("{} and {} change places by choice", recusal.who(), e.counterpart);
    let about = [&recusal.inspection, &e.counterpart_inspection];
    about.map(|inspection| (Flag::CounterpartChosen, inspection.to_string(), detail.clone())).into()
}

/// Flag RESERVE_ORDER: who comes could be computed since the draw.
pub(crate) fn reserve_flags(state: &State, e: &RecusalDecided) -> Vec<Found> {
    let Some(recusal) = state.recusals.get(&e.recusal) else { return vec![] };
    if !recusal.batch(state).is_some_and(|batch| by_reserve(state, batch, e.decision)) {
        return vec![];
    }
    let detail = format!("recusal {}: substitutes of {} come in reserve order", e.recusal, recusal.who());
    vec![(Flag::ReserveOrder, recusal.inspection.to_string(), detail)]
}
