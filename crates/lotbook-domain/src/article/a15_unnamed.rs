//! Art. 15 under embargo (draw.md 7): a slot stands for the inspector. What can be said without a name is here, for
//! the ledger and for everybody else; the ledger then asks the rules for names of the batch as its key gives it, and
//! everybody does so after the release ([P-166]).

use super::a14_draw::{of_section, old_enough, separate};
use super::a15_ceremony::{attempt, is_granted};
use super::a15_recusal;
use crate::decide::{DecideError, Stated};
use crate::embargo::{Keys, lifted};
use crate::recusal::Recusal;
use crate::state::{BatchKey, Embargo, Phase, State};
use crate::substitution::{open_ceremony, started};
use lotbook_event::ceremony::CeremonyOpened;
use lotbook_event::keys::Role;
use lotbook_event::recusal::{
    RecusalDecided, RecusalDecision, RecusalGround, RecusalRequested, SlotRecusalRequested,
};
use lotbook_event::{Code, Event, InspectionId, RecusalId, Refusal};

/// Somebody who may asks, before the start, for whoever has a slot of the inspection.
pub fn requested(state: &State, stated: &Stated<'_>, e: &SlotRecusalRequested) -> Result<(), Refusal> {
    let id = &e.recusal;
    if state.recusals.contains_key(id) {
        return Err(Refusal::new(Code::AlreadyRecorded, id, format!("there is a recusal {id}")));
    }
    let (batch, embargo) = hidden(state, &e.inspection, id)?;
    crate::evolve::draw_id(&batch.0, &batch.1, Some(id), u32::MAX)
        .map_err(|error| Refusal::new(Code::InvalidValue, id, format!("a draw named after it {error}")))?;
    may_ask(state, stated, e, batch)?;
    if let Some(inspection) = state.inspections.get(&e.inspection) {
        super::a14_visit::in_phase(inspection, &e.inspection, Phase::Assigned, Phase::Notified)?;
    }
    let own = embargo.place(e.slot).and_then(|(rank, _)| embargo.assignments.get(&rank));
    if own.is_none_or(|own| own.inspection != e.inspection) {
        let found = format!("slot {} is none of inspection {}", e.slot, e.inspection);
        return Err(Refusal::new(Code::UnknownSubject, id, found));
    }
    let held = embargo.commitment(e.slot);
    let same = |other: &Recusal| other.slot.is_some_and(|asked| Some(asked.held) == held);
    match state.recusals.iter().find(|(_, other)| same(other) && other.is_open(state)) {
        Some((other, _)) => {
            let found = format!("recusal {other} of whoever has slot {} is not settled yet", e.slot);
            Err(Refusal::new(Code::AlreadyRecorded, id, found))
        }
        None => Ok(()),
    }
}

/// The batch of an inspection whose names are not public.
fn hidden<'a>(
    state: &'a State,
    inspection: &InspectionId,
    id: &RecusalId,
) -> Result<(&'a BatchKey, &'a Embargo), Refusal> {
    let batch = match state.withheld(inspection) {
        Some((_, draw, ..)) => state.embargo_of(draw).map(|(batch, _)| batch),
        None => state.inspection(inspection)?.batch(),
    };
    let found = batch.and_then(|batch| Some((batch, state.hidden(batch)?)));
    found.ok_or_else(|| {
        let found = format!("the team of {inspection} is public: the inspector is named, not a slot");
        Refusal::new(Code::InvalidValue, id, found)
    })
}

/// Nobody learns by asking who is inspected: of an enterprise that is not open only the inspector and supervision
/// ask, who may read it.
fn may_ask(
    state: &State,
    stated: &Stated<'_>,
    e: &SlotRecusalRequested,
    batch: &BatchKey,
) -> Result<(), Refusal> {
    let role = stated.statement().role;
    let (hidden, knows) = (state.withheld(&e.inspection), matches!(role, Role::Inspector | Role::Supervisor));
    match hidden {
        Some((embargo, ..)) if !knows => {
            let until = crate::civil::show(embargo.stated.until);
            let found = format!(
                "whom {} concerns is under embargo, at the latest until {until}: inspector or supervision ask",
                e.inspection
            );
            Err(Refusal::new(Code::Embargoed, &e.recusal, found))
        }
        _ if role == Role::SectionOfficer => {
            let name = format!("{}/{}", batch.0, batch.1);
            of_section(stated, state.batch(&batch.0, &batch.1)?, &name)
        }
        _ => Ok(()),
    }
}

/// Whether a decision may be right as far as it is seen without a name: what is certainly a withdrawal is one; a
/// first conflict is a swap, the inspector's second recusal a withdrawal, and which it is comes with the key.
pub(super) fn may_be_granted(state: &State, e: &RecusalDecided, recusal: &Recusal) -> Result<(), Refusal> {
    if e.decision != RecusalDecision::Swap {
        return Ok(());
    }
    let begun = recusal.batch(state).and_then(|batch| started(state, batch));
    let because = match () {
        () if recusal.ground != RecusalGround::Conflict => format!("the ground is {}", recusal.ground.code()),
        () if state.rule_set()?.value.recusal_always_withdraw => "the rule set knows no swap".into(),
        () => match begun {
            Some(other) => format!("inspection {other} of the batch has started"),
            None => return Ok(()),
        },
    };
    let found = format!("swap was decided, the rule yields withdraw: {because}");
    Err(Refusal::new(Code::SwapInfeasible, &e.recusal, found))
}

/// A ceremony for such a recusal may be opened as far as it is seen without a name: whose turn it is, and whether the
/// inspector holds anything that it concerns, comes with the key.
pub(super) fn opened(
    state: &State,
    stated: &Stated<'_>,
    e: &CeremonyOpened,
    id: &RecusalId,
    recusal: &Recusal,
) -> Result<(), Refusal> {
    let (name, record) = (format!("{}/{}", e.plan, e.batch), state.batch(&e.plan, &e.batch)?);
    is_granted(e, id, recusal)?;
    if let Some(open) = open_ceremony(state, &(e.plan.clone(), e.batch.clone())) {
        let found = format!("ceremony {} is {:?}", open.draw, open.stage);
        return Err(Refusal::new(Code::CeremonyOpen, &name, found));
    }
    separate(state, stated, &name)?;
    of_section(stated, record, &name)?;
    old_enough(state, stated, record, &name)?;
    attempt(state, recusal, e, id)
}

/// The same with names, for who has the key: the rules of a batch whose names are public, asked of this one as its key
/// gives it. What they find names somebody, so only their code is told.
///
/// # Errors
/// The refusal, without what was found; [`DecideError::Fault`] if the ledger does not hold the key.
pub(crate) fn with_names(state: &State, stated: &Stated<'_>, keys: Keys<'_>) -> Result<(), DecideError> {
    let event = &stated.statement().event;
    let Some((id, batch)) = unnamed(state, event) else { return Ok(()) };
    let Some(lifted) = lifted(state, batch, keys)? else { return Ok(()) };
    let answer = match event {
        Event::SlotRecusalRequested(e) => {
            named(&lifted, e).and_then(|named| a15_recusal::requested(&lifted, stated, &named))
        }
        Event::RecusalDecided(e) => a15_recusal::decided(&lifted, stated, e),
        Event::CeremonyOpened(e) => super::a15_ceremony::opened(&lifted, stated, e, id),
        _ => Ok(()),
    };
    Ok(answer.map_err(|refusal| without_names(&refusal, id))?)
}

/// The recusal of a statement whose inspector nobody may know yet, and its batch.
pub fn unnamed<'a>(state: &'a State, event: &'a Event) -> Option<(&'a RecusalId, &'a BatchKey)> {
    if let Event::SlotRecusalRequested(e) = event {
        return Some((&e.recusal, hidden(state, &e.inspection, &e.recusal).ok()?.0));
    }
    let id = match event {
        Event::RecusalDecided(e) => &e.recusal,
        Event::CeremonyOpened(e) => e.recusal.as_ref()?,
        _ => return None,
    };
    let recusal = state.recusals.get(id).filter(|recusal| recusal.inspector.is_none())?;
    Some((id, recusal.batch(state)?))
}

fn named(lifted: &State, e: &SlotRecusalRequested) -> Result<RecusalRequested, Refusal> {
    let inspection = lifted.inspection(&e.inspection)?;
    let seat = inspection.first_slot().and_then(|first| e.slot.checked_sub(first));
    let who = seat.and_then(|seat| inspection.team.get(seat as usize));
    let none = || Refusal::new(Code::UnknownSubject, &e.recusal, "nobody has the slot");
    Ok(RecusalRequested {
        recusal: e.recusal.clone(),
        inspection: e.inspection.clone(),
        inspector: who.ok_or_else(none)?.clone(),
        ground: e.ground,
        details: e.details,
    })
}

fn without_names(refusal: &Refusal, id: &RecusalId) -> Refusal {
    let found = match refusal.code {
        Code::RoleNotHeld => "the slot is not yours: read your own enterprises and name a slot of yours",
        Code::SelfApproval => "you asked for it, or it concerns you: another person decides",
        Code::SwapInfeasible => {
            "the rule yields withdraw: it is not this inspector's first recusal in the batch"
        }
        Code::AlreadyRecorded => {
            "the inspector has a recusal in the batch that is not settled, or was rejected before"
        }
        _ => "whoever it concerns is under embargo, and with the names the rules refuse it",
    };
    Refusal::new(refusal.code, id, found)
}
