//! Art. 14: a draw is done over only if supervision and the leader void it, on one of three grounds, before
//! anybody has entered an enterprise (rules.md 1.2). The old result stays public.

use super::a06_embargo;
use super::a08_items::in_force;
use crate::ceremony::{Ceremony, Stage};
use crate::decide::Stated;
use crate::person;
use crate::state::State;
use crate::substitution::{open_ceremony, started};
use lotbook_event::draw::{DrawVoidProposed, DrawVoided, VoidGround};
use lotbook_event::{Code, DrawId, Refusal};

/// Supervision proposes, on a ground that the ledger does not contradict.
pub fn proposed(state: &State, e: &DrawVoidProposed) -> Result<(), Refusal> {
    let ceremony = voidable(state, &e.draw)?;
    a06_embargo::no_void_yet(state, &ceremony.batch)?;
    if e.basis.as_str().trim().is_empty() {
        return Err(Refusal::new(Code::InvalidValue, &e.draw, "no document is named as the basis"));
    }
    let items = state.batches.get(&ceremony.batch).into_iter().flat_map(|record| &record.batch.items);
    if e.ground == VoidGround::ItemWithdrawn && in_force(state, items).is_ok() {
        let found = format!("no item of {} is withdrawn", e.draw);
        return Err(Refusal::new(Code::InvalidValue, &e.draw, found));
    }
    Ok(())
}

/// The leader confirms what supervision proposed; they are two persons.
pub fn voided(state: &State, stated: &Stated<'_>, e: &DrawVoided) -> Result<(), Refusal> {
    let ceremony = voidable(state, &e.draw)?;
    let none = || {
        let found = format!("{} is not an entry that proposes to void {}", e.proposal, e.draw);
        Refusal::new(Code::UnknownSubject, &e.draw, found)
    };
    let proposal = ceremony.proposals.get(&e.proposal).ok_or_else(none)?;
    if person::same(state, proposal.by, stated.authentic.author()) {
        let found = format!("key {} proposed it, and is held by the same person", proposal.by);
        return Err(Refusal::new(Code::SelfApproval, &e.draw, found));
    }
    Ok(())
}

/// The draw that counts of a batch, of which nothing has started and nothing is open.
///
/// # Errors
/// UNKNOWN_SUBJECT, WRONG_PHASE or CEREMONY_OPEN.
pub fn voidable<'a>(state: &'a State, draw: &DrawId) -> Result<&'a Ceremony, Refusal> {
    let ceremony = state.ceremony(draw)?;
    let wrong = |found: String| Err(Refusal::new(Code::WrongPhase, draw, found));
    let counts = state.batches.get(&ceremony.batch).and_then(|record| record.drawn.as_ref());
    if ceremony.stage != Stage::Drawn || counts != Some(draw) {
        return wrong(format!(
            "{draw} is {:?}; only the draw that counts of a batch can be voided",
            ceremony.stage
        ));
    }
    if let Some(inspection) = started(state, &ceremony.batch) {
        return wrong(format!("inspection {inspection} has started"));
    }
    match open_ceremony(state, &ceremony.batch) {
        Some(open) => {
            let found = format!("ceremony {} is {:?}", open.draw, open.stage);
            Err(Refusal::new(Code::CeremonyOpen, draw, found))
        }
        None => Ok(ceremony),
    }
}
