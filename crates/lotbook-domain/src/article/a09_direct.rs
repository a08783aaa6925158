//! Art. 9: a certain enterprise is inspected without a draw, for a cause; the section names the team.

use super::Found;
use super::a08_items::{in_force, own_section};
use super::a10_inspectors::may_act;
use super::a14_visit::in_phase;
use super::a15_recusal::without_conflict;
use crate::civil::date_of;
use crate::decide::Stated;
use crate::person;
use crate::state::{Inspection, Origin, Phase, State};
use lotbook_event::inspection::{DirectCause, DirectInspectionOpened, InspectionApproved};
use lotbook_event::recusal::{DirectTeamChanged, RecusalDecision};
use lotbook_event::{Code, Date, Flag, InspectionId, Refusal, SectionId};
use std::collections::BTreeSet;

/// A section opens an inspection: a cause, an enterprise of the roster, its own items, a team.
pub fn opened(state: &State, stated: &Stated<'_>, e: &DirectInspectionOpened) -> Result<(), Refusal> {
    let id = &e.inspection;
    if id.as_str().contains('/') {
        let found = format!("`{id}` holds a slash; such names belong to draws");
        return Err(Refusal::new(Code::InvalidValue, id, found));
    }
    if state.inspections.contains_key(id) {
        let found = format!("there is an inspection {id}; an identifier is used once");
        return Err(Refusal::new(Code::AlreadyRecorded, id, found));
    }
    cause(e)?;
    if !state.enterprises.contains_key(&e.uscc) {
        let found = format!("enterprise {} is not on the roster", e.uscc);
        return Err(Refusal::new(Code::UnknownSubject, &e.uscc, found));
    }
    own_items(state, stated, e)?;
    team(state, e, date_of(stated.at()))
}

/// A cause and what it rests on; a reason exactly for another cause.
fn cause(e: &DirectInspectionOpened) -> Result<(), Refusal> {
    let no = |found: &str| Err(Refusal::new(Code::NoCauseForDirect, &e.inspection, found));
    let Some(cause) = e.cause else { return no("no cause is stated") };
    if e.basis.is_none() {
        return no("the sealed basis of the cause is not stated");
    }
    let blank = e.reason.as_str().trim().is_empty();
    match (cause, blank) {
        (DirectCause::Other, true) => no("another cause than the four named has no reason"),
        (DirectCause::Other, false) => Ok(()),
        // Text beside a named cause could tell who complained.
        (_, false) => {
            let found = format!("the cause {cause} goes with no reason; what it rests on stays sealed");
            Err(Refusal::new(Code::InvalidValue, &e.inspection, found))
        }
        (_, true) => Ok(()),
    }
}

fn own_items(state: &State, stated: &Stated<'_>, e: &DirectInspectionOpened) -> Result<(), Refusal> {
    if e.items.is_empty() {
        let found = "no item is named; at least one published item is inspected";
        return Err(Refusal::new(Code::ItemNotPublished, &e.inspection, found));
    }
    in_force(state, &e.items)?;
    let sections = e.items.iter().filter_map(|id| state.items.get(id).map(|known| (id, &known.item.section)));
    sections.into_iter().try_for_each(|(id, section)| own_section(stated, section, id))
}

/// Distinct inspectors, enough of them, each allowed to act, none in conflict with the enterprise.
fn team(state: &State, e: &DirectInspectionOpened, on: Date) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    if let Some(twice) = e.team.iter().find(|member| !seen.insert(*member)) {
        let found = format!("inspector {twice} stands twice in the team");
        return Err(Refusal::new(Code::InvalidValue, &e.inspection, found));
    }
    let minimum = state.rule_set()?.value.team_minimum;
    if seen.len() < minimum as usize {
        let found = format!("the team has {} inspectors, at least {minimum} are needed", seen.len());
        return Err(Refusal::new(Code::TeamTooSmall, &e.inspection, found));
    }
    e.team.iter().try_for_each(|member| may_act(state, member, on))?;
    e.team.iter().try_for_each(|member| without_conflict(state, &e.inspection, &e.uscc, member, on))
}

/// The section of an inspection under Art. 9, and whether it is approved.
fn direct<'a>(inspection: &'a Inspection, id: &InspectionId) -> Result<(&'a SectionId, bool), Refusal> {
    match &inspection.origin {
        Origin::Direct { section, approved, .. } => Ok((section, *approved)),
        Origin::Drawn { draw, .. } => {
            let found = format!("inspection {id} was drawn ({draw}); it is not one under Art. 9");
            Err(Refusal::new(Code::InvalidValue, id, found))
        }
    }
}

/// The leader approves one with another cause, once, and not an own one.
pub fn approved(state: &State, stated: &Stated<'_>, e: &InspectionApproved) -> Result<(), Refusal> {
    let inspection = state.inspection(&e.inspection)?;
    let (_, approved) = direct(inspection, &e.inspection)?;
    if approved {
        let found = format!("inspection {} is approved, or its cause needs no approval", e.inspection);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.inspection, found));
    }
    match &inspection.origin {
        Origin::Direct { by, .. } if person::same(state, *by, stated.authentic.author()) => {
            let found = format!("{} opened {} and approves it", state.person_of(by), e.inspection);
            Err(Refusal::new(Code::SelfApproval, &e.inspection, found))
        }
        _ => Ok(()),
    }
}

/// One with another cause starts after the approval.
pub fn may_start(inspection: &Inspection, id: &InspectionId) -> Result<(), Refusal> {
    match &inspection.origin {
        Origin::Direct { approved: false, cause, .. } => {
            let found = format!("inspection {id} (cause {cause}) waits for the leader's InspectionApproved");
            Err(Refusal::new(Code::WrongPhase, id, found))
        }
        _ => Ok(()),
    }
}

/// The section names another inspector after a recusal was granted.
pub fn team_changed(state: &State, stated: &Stated<'_>, e: &DirectTeamChanged) -> Result<(), Refusal> {
    let id = &state.recusal(&e.recusal)?.inspection;
    let (section, _) = direct(state.inspection(id)?, id)?;
    own_section(stated, section, id)?;
    substitute(state, e, date_of(stated.at()))
}

/// The recusal waits for a substitute, and this one may be it.
fn substitute(state: &State, e: &DirectTeamChanged, on: Date) -> Result<(), Refusal> {
    let recusal = state.recusal(&e.recusal)?;
    let inspection = state.inspection(&recusal.inspection)?;
    in_phase(inspection, &recusal.inspection, Phase::Assigned, Phase::Notified)?;
    let granted = recusal.decided.is_some_and(|d| d.decision == RecusalDecision::Withdraw);
    if !granted || !recusal.is_pending() {
        let what = if granted { "has been carried out" } else { "is not granted as a withdrawal" };
        let found = format!("recusal {} {what}", e.recusal);
        return Err(Refusal::new(Code::WrongPhase, &e.recusal, found));
    }
    if !recusal.is_in(&inspection.team) {
        let found = format!("{} is not in the team of {} any more", recusal.who(), recusal.inspection);
        return Err(Refusal::new(Code::WrongPhase, &e.recusal, found));
    }
    let bad = |found: String| Err(Refusal::new(Code::InvalidValue, &e.substitute, found));
    if inspection.team.contains(&e.substitute) {
        return bad(format!("inspector {} is in the team of {}", e.substitute, recusal.inspection));
    }
    let mut withdrawn = state.recusals.values().filter(|other| {
        let withdrew = other.decided.is_some_and(|d| d.decision == RecusalDecision::Withdraw);
        withdrew && other.inspection == recusal.inspection
    });
    if withdrawn.any(|other| other.is_of(&e.substitute)) {
        return bad(format!("inspector {} withdrew from {}", e.substitute, recusal.inspection));
    }
    may_act(state, &e.substitute, on)?;
    without_conflict(state, &recusal.inspection, &inspection.uscc, &e.substitute, on)
}

/// Flag OTHER_CAUSE.
pub(crate) fn opened_flags(e: &DirectInspectionOpened) -> Vec<Found> {
    match e.cause {
        Some(DirectCause::Other) => {
            vec![(Flag::OtherCause, e.inspection.to_string(), e.reason.to_string())]
        }
        _ => vec![],
    }
}
