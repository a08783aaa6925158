//! Art. 15: recusal. Somebody asks, somebody else decides by a rule, and nothing starts before it is settled.

use super::Found;
use super::a06_embargo;
use super::a14_visit::in_phase;
use super::a15_unnamed;
use super::a15_unrolled::in_turn;
use crate::decide::Stated;
use crate::evolve::draw_id;
use crate::person;
use crate::recusal::{Recusal, of_batch};
use crate::state::{Inspection, Phase, State};
use crate::substitution::{open_ceremony, started};
use lotbook_draw::substitute::MIN_CANDIDATES;
use lotbook_event::keys::Role;
use lotbook_event::recusal::{RecusalDecided, RecusalDecision, RecusalGround, RecusalRequested};
use lotbook_event::{Code, Date, Flag, InspectionId, InspectorId, RecusalId, Refusal, Uscc};

/// Somebody who may asks, before the start, for a member of the team, once at a time.
pub fn requested(state: &State, stated: &Stated<'_>, e: &RecusalRequested) -> Result<(), Refusal> {
    let id = &e.recusal;
    if state.recusals.contains_key(id) {
        return Err(Refusal::new(Code::AlreadyRecorded, id, format!("there is a recusal {id}")));
    }
    let inspection = state.inspection(&e.inspection)?;
    a06_embargo::no_recusal_yet(state, inspection, id)?;
    may_ask(state, stated, e, inspection)?;
    in_phase(inspection, &e.inspection, Phase::Assigned, Phase::Notified)?;
    if !inspection.team.contains(&e.inspector) {
        let team: Vec<_> = inspection.team.iter().map(|member| member.as_str()).collect();
        let found = format!("{} is not in the team of {} ({})", e.inspector, e.inspection, team.join(", "));
        return Err(Refusal::new(Code::UnknownSubject, id, found));
    }
    if let Some((plan, batch)) = inspection.batch() {
        // Its draw needs a name, and later nobody could give it another.
        draw_id(plan, batch, Some(id), u32::MAX).map_err(|error| {
            Refusal::new(Code::InvalidValue, id, format!("a draw named after it {error}"))
        })?;
    }
    not_asked_before(state, e, inspection)?;
    not_rejected_before(state, stated, e)
}

/// An inspector asks for himself, an enterprise for its own inspections, a section for those it takes part
/// in, supervision for all.
fn may_ask(
    state: &State,
    stated: &Stated<'_>,
    e: &RecusalRequested,
    inspection: &Inspection,
) -> Result<(), Refusal> {
    let (own, statement) = (stated.authentic.subject(), stated.statement());
    let not_own = |what: String| Err(Refusal::new(Code::RoleNotHeld, &e.recusal, what));
    match statement.role {
        Role::Inspector if own != e.inspector.as_str() => {
            not_own(format!("inspector {own} asks for {}; an inspector asks for himself only", e.inspector))
        }
        Role::Enterprise if own != inspection.uscc.as_str() => {
            not_own(format!("enterprise {own} asks in an inspection of {}", inspection.uscc))
        }
        Role::SectionOfficer => {
            let sections = state.sections_of(inspection);
            if statement.section.as_ref().is_some_and(|own| sections.contains(own)) {
                return Ok(());
            }
            let sections: Vec<_> = sections.iter().map(|section| section.as_str()).collect();
            let own = statement.section.as_ref().map_or("no section", |own| own.as_str());
            let found =
                format!("{} belongs to {}, the officer acts for {own}", e.inspection, sections.join(", "));
            Err(Refusal::new(Code::OtherSection, &e.recusal, found))
        }
        _ => Ok(()),
    }
}

/// One recusal of an inspector at a time in a batch (under Art. 9: in the inspection).
fn not_asked_before(state: &State, e: &RecusalRequested, inspection: &Inspection) -> Result<(), Refusal> {
    let same = |other: &Recusal| match inspection.batch() {
        Some(batch) => other.batch(state) == Some(batch),
        None => other.inspection == e.inspection,
    };
    let mut open = state.recusals.iter().filter(|(_, other)| other.is_of(&e.inspector) && same(other));
    match open.find(|(_, other)| other.is_open(state)) {
        Some((other, _)) => {
            let found = format!("recusal {other} of {} is not settled yet", e.inspector);
            Err(Refusal::new(Code::AlreadyRecorded, &e.recusal, found))
        }
        None => Ok(()),
    }
}

/// What was rejected is not asked for again by the same person: else who is to be inspected, or to inspect,
/// could hold up the start for ever. A section or supervision still may.
fn not_rejected_before(state: &State, stated: &Stated<'_>, e: &RecusalRequested) -> Result<(), Refusal> {
    if !matches!(stated.statement().role, Role::Inspector | Role::Enterprise) {
        return Ok(());
    }
    let same = |other: &Recusal| {
        (&other.inspection, other.ground) == (&e.inspection, e.ground)
            && other.is_of(&e.inspector)
            && other.decided.as_ref().is_some_and(|d| d.decision == RecusalDecision::Rejected)
            && person::same(state, other.requested_by, stated.authentic.author())
    };
    match state.recusals.iter().find(|(_, other)| same(other)) {
        Some((other, _)) => {
            let found = format!("recusal {other} of {} on the same ground was rejected", e.inspector);
            Err(Refusal::new(Code::AlreadyRecorded, &e.recusal, found))
        }
        None => Ok(()),
    }
}

/// Somebody else decides, once; which of swap and withdraw is right follows by rule.
pub fn decided(state: &State, stated: &Stated<'_>, e: &RecusalDecided) -> Result<(), Refusal> {
    let (id, recusal) = (&e.recusal, state.recusal(&e.recusal)?);
    if let Some(decided) = &recusal.decided {
        let found = format!("recusal {id} was decided at position {}", decided.position);
        return Err(Refusal::new(Code::WrongPhase, id, found));
    }
    by_somebody_else(state, stated, id, recusal)?;
    if e.decision == RecusalDecision::Rejected {
        return Ok(());
    }
    if recusal.inspector.is_none() {
        return a15_unnamed::may_be_granted(state, e, recusal);
    }
    let inspection = state.inspection(&recusal.inspection)?;
    if !recusal.is_in(&inspection.team) {
        let found = format!(
            "{} is not in the team of {} any more: there is nothing to grant",
            recusal.who(),
            recusal.inspection
        );
        return Err(Refusal::new(Code::WrongPhase, id, found));
    }
    let (right, because) = by_rule(state, recusal, inspection)?;
    if e.decision == right {
        return in_turn(state, stated, e, recusal);
    }
    let found = format!("{} was decided, the rule yields {}: {because}", e.decision.code(), right.code());
    Err(Refusal::new(Code::SwapInfeasible, id, found))
}

/// Not the key, and not a person, that asked or that is concerned.
pub(super) fn by_somebody_else(
    state: &State,
    stated: &Stated<'_>,
    id: &RecusalId,
    recusal: &Recusal,
) -> Result<(), Refusal> {
    let author = stated.authentic.author();
    let what = match () {
        () if recusal.inspector.as_ref().is_some_and(|who| person::is_inspector(state, author, who)) => {
            "is the inspector concerned"
        }
        () if person::same(state, author, recusal.requested_by) => "asked for it",
        () => return Ok(()),
    };
    let who = Some(state.person_of(&author)).filter(|name| !name.is_empty());
    let who = who.map_or(format!("key {author}"), str::to_owned);
    Err(Refusal::new(Code::SelfApproval, id, format!("{who} decides recusal {id} and {what}")))
}

/// A conflict is a swap; but a withdrawal at an inspector's second granted recusal in the batch, if the
/// rule set says so, once an inspection of the batch has started (no started team ever changes), and
/// under Art. 9. Every other ground is a withdrawal.
pub(crate) fn by_rule(
    state: &State,
    recusal: &Recusal,
    inspection: &Inspection,
) -> Result<(RecusalDecision, String), Refusal> {
    let withdraw = |because: String| Ok((RecusalDecision::Withdraw, because));
    if recusal.ground != RecusalGround::Conflict {
        return withdraw(format!("the ground is {}", recusal.ground.code()));
    }
    let Some(batch) = inspection.batch() else {
        return withdraw("under Art. 9 there is nobody to swap with".into());
    };
    if state.rule_set()?.value.recusal_always_withdraw {
        return withdraw("the rule set knows no swap".into());
    }
    let same = |other: &Recusal| other.inspector == recusal.inspector && other.granted().is_some();
    if let Some((other, _)) = of_batch(state, batch).find(|(_, other)| same(other)) {
        return withdraw(format!("recusal {other} of {} was granted before in the batch", recusal.who()));
    }
    match started(state, batch) {
        Some(other) => withdraw(format!("inspection {other} of the batch has started")),
        None => Ok((RecusalDecision::Swap, "it is a conflict, the inspector's first in the batch".into())),
    }
}

/// Nothing starts while a recusal that concerns its team is not settled, or while a recusal of the batch
/// is being drawn for.
pub fn settled(state: &State, id: &InspectionId, inspection: &Inspection) -> Result<(), Refusal> {
    if let Some((id, recusal)) = state.recusals.iter().find(|(_, r)| r.blocks(state, id, inspection)) {
        let what = match (&recusal.decided, &recusal.outcome) {
            (None, _) => "is not decided",
            (Some(_), None) => "is granted and not drawn for",
            (Some(_), Some(_)) => "found no substitute",
        };
        let found = format!("recusal {id} of {} {what}", recusal.who());
        return Err(Refusal::new(Code::RecusalPending, &recusal.inspection, found));
    }
    match inspection.batch().and_then(|batch| open_ceremony(state, batch)) {
        Some(open) => {
            let found = format!("ceremony {} of a recusal in the batch is open", open.draw);
            Err(Refusal::new(Code::RecusalPending, id, found))
        }
        None => Ok(()),
    }
}

/// Nobody starts who has a conflict with the enterprise that holds on the day.
pub fn free_of_conflict(
    state: &State,
    id: &InspectionId,
    inspection: &Inspection,
    on: Date,
) -> Result<(), Refusal> {
    let mut team = inspection.team.iter();
    team.try_for_each(|member| without_conflict(state, id, &inspection.uscc, member, on))
}

/// Nobody inspects an enterprise with which they have a conflict in force, verified or not.
pub(super) fn without_conflict(
    state: &State,
    id: &InspectionId,
    uscc: &Uscc,
    inspector: &InspectorId,
    on: Date,
) -> Result<(), Refusal> {
    let known = state.conflicts.get(&(uscc.clone(), inspector.clone()));
    match known.filter(|known| known.row.until.is_none_or(|until| until >= on)) {
        Some(known) => {
            let since = known.row.declared_on;
            let found = format!("inspector {inspector} has a conflict with {uscc}, declared on {since}");
            Err(Refusal::new(Code::ConflictOfInterest, id, found))
        }
        None => Ok(()),
    }
}

/// Flag SUBSTITUTE_UNAVAILABLE: not a case of Art. 15, and a common cover for choosing inspectors.
pub(crate) fn decided_flags(state: &State, e: &RecusalDecided) -> Vec<Found> {
    let Some(recusal) = state.recusals.get(&e.recusal) else { return vec![] };
    if recusal.ground != RecusalGround::Unavailable || e.decision == RecusalDecision::Rejected {
        return vec![];
    }
    let detail = format!("recusal {}: {} is unavailable", e.recusal, recusal.who());
    vec![(Flag::SubstituteUnavailable, recusal.inspection.to_string(), detail)]
}

/// Flag PREDICTABLE_SUBSTITUTE: fewer than three candidates for a slot (draw.md 6).
pub(crate) fn few_candidates(inspection: &InspectionId, candidates: u32) -> Vec<Found> {
    if candidates as usize >= MIN_CANDIDATES {
        return vec![];
    }
    let detail = format!("{candidates} candidates, {MIN_CANDIDATES} or more leave something to chance");
    vec![(Flag::PredictableSubstitute, inspection.to_string(), detail)]
}
