//! Art. 22: a violation is investigated, decided, and the decision published or withheld; then closing.

use super::Found;
use super::a14_visit::{assigned, in_phase, signs};
use super::a21_comment::window_over;
use crate::civil::{date_of, plus_days};
use crate::decide::Stated;
use crate::evolve::At;
use crate::person;
use crate::state::{Inspection, Phase, State, Violation};
use lotbook_chain::Instant;
use lotbook_event::inspection::ItemOutcome;
use lotbook_event::keys::Role;
use lotbook_event::result::*;
use lotbook_event::{Code, Flag, InspectionId, Refusal, Text, ViolationId};

/// Days from the opening of an investigation after which a decision is flagged: the plan names none,
/// the law on punishments has ninety days from the filing of a case.
pub const HANDLING_DAYS: i64 = 90;

/// Outcomes with which a violation may stand.
const WITH_VIOLATION: [ItemOutcome; 4] = [
    ItemOutcome::Corrected,
    ItemOutcome::PendingHandling,
    ItemOutcome::Uncooperative,
    ItemOutcome::OtherViolation,
];
/// Outcomes that are not closed without a violation.
pub(crate) const NEEDS_VIOLATION: [ItemOutcome; 2] =
    [ItemOutcome::PendingHandling, ItemOutcome::OtherViolation];

fn wrong_phase(id: impl core::fmt::Display, found: String) -> Result<(), Refusal> {
    Err(Refusal::new(Code::WrongPhase, id, found))
}

fn once(done: bool, id: &ViolationId, what: &str) -> Result<(), Refusal> {
    let found = || format!("violation {id}: {what} already");
    if done { Err(Refusal::new(Code::AlreadyRecorded, id, found())) } else { Ok(()) }
}

fn filled(id: &ViolationId, what: &str, text: &Text) -> Result<(), Refusal> {
    let blank = text.as_str().trim().is_empty();
    if blank { Err(Refusal::new(Code::InvalidValue, id, format!("the {what} is empty"))) } else { Ok(()) }
}

/// A violation of an inspection that is not closed.
fn unclosed<'a>(state: &'a State, id: &ViolationId) -> Result<&'a Violation, Refusal> {
    let violation = state.violation(id)?;
    let inspection = state.inspection(&violation.inspection)?;
    in_phase(inspection, &violation.inspection, Phase::Started, Phase::Reported)?;
    Ok(violation)
}

/// A violation and its decision.
fn decision<'a>(state: &'a State, id: &ViolationId) -> Result<(&'a Violation, HandlingKind), Refusal> {
    let violation = state.violation(id)?;
    let none = || Refusal::new(Code::WrongPhase, id, format!("violation {id} is not decided"));
    let (kind, ..) = violation.decided.as_ref().ok_or_else(none)?;
    Ok((violation, *kind))
}

/// A member of the team found a violation in an item whose result says so.
pub fn found(state: &State, stated: &Stated<'_>, e: &ViolationFound) -> Result<(), Refusal> {
    let inspection = assigned(state, stated, &e.inspection)?;
    in_phase(inspection, &e.inspection, Phase::Started, Phase::Reported)?;
    once(state.violations.contains_key(&e.violation), &e.violation, "it was recorded")?;
    if !state.items_of(inspection).any(|item| *item == e.item) {
        let found = format!("item {} is not one of inspection {}", e.item, e.inspection);
        return Err(Refusal::new(Code::UnknownSubject, &e.item, found));
    }
    match inspection.results.get(&e.item).map(|result| result.outcome) {
        Some(outcome) if WITH_VIOLATION.contains(&outcome) => signs(state, stated),
        Some(outcome) => {
            let needed = WITH_VIOLATION.map(ItemOutcome::code).join(", ");
            let found = format!("item {} has the result {outcome}; a violation needs {needed}", e.item);
            Err(Refusal::new(Code::InvalidValue, &e.violation, found))
        }
        None => wrong_phase(&e.violation, format!("item {} has no result", e.item)),
    }
}

/// The investigation is opened once.
pub fn investigated(state: &State, e: &InvestigationOpened) -> Result<(), Refusal> {
    let violation = unclosed(state, &e.violation)?;
    once(violation.investigated.is_some(), &e.violation, "its investigation was opened")
}

/// Decided after an investigation, once, by nobody who inspected.
pub fn decided(state: &State, stated: &Stated<'_>, e: &HandlingDecided) -> Result<(), Refusal> {
    let id = &e.violation;
    let violation = unclosed(state, id)?;
    if violation.investigated.is_none() {
        return wrong_phase(id, format!("violation {id} is not investigated"));
    }
    once(violation.decided.is_some(), id, "it was decided")?;
    if e.kind == HandlingKind::TransferJudicial {
        let empty = e.decision_no.as_str().is_empty() && e.legal_basis.as_str().is_empty();
        if !empty {
            let found = "of a transfer to judicial organs only kind and count are public; leave number and \
                         legal basis empty";
            return Err(Refusal::new(Code::RestrictedField, id, found));
        }
    } else {
        filled(id, "number of the decision", &e.decision_no)?;
        filled(id, "legal basis", &e.legal_basis)?;
    }
    let (team, author) = (&state.inspection(&violation.inspection)?.team, stated.authentic.author());
    match team.iter().find(|member| person::is_inspector(state, author, member)) {
        Some(member) => {
            let found = format!("the handler is inspector {member}, who inspected {}", violation.inspection);
            Err(Refusal::new(Code::SelfApproval, id, found))
        }
        None => Ok(()),
    }
}

/// The decision is published, once, also after it was withheld or the inspection closed; that of a judicial
/// transfer after its acknowledgement.
pub fn published(state: &State, e: &HandlingPublished) -> Result<(), Refusal> {
    let (violation, kind) = decision(state, &e.violation)?;
    once(violation.published.is_some(), &e.violation, "the decision was published")?;
    if kind == HandlingKind::TransferJudicial && violation.acknowledged.is_none() {
        let found = format!("the judicial organs have not acknowledged {}", e.violation);
        return wrong_phase(&e.violation, found);
    }
    filled(&e.violation, "reference of the publication", &e.receipt_ref)
}

/// The decision is withheld, on a ground.
pub fn withheld(state: &State, e: &HandlingWithheld) -> Result<(), Refusal> {
    let (violation, _) = decision(state, &e.violation)?;
    once(violation.published.is_some(), &e.violation, "the decision was published")?;
    once(violation.withheld.is_some(), &e.violation, "the decision was withheld")?;
    filled(&e.violation, "ground for withholding", &e.ground)
}

/// A transfer is acknowledged, once; also after closing, as it is not in the office's hand.
pub fn acknowledged(state: &State, e: &TransferAcknowledged) -> Result<(), Refusal> {
    let (violation, kind) = decision(state, &e.violation)?;
    if !matches!(kind, HandlingKind::TransferAuthority | HandlingKind::TransferJudicial) {
        let found = format!("violation {} was decided as {kind}, which is no transfer", e.violation);
        return Err(Refusal::new(Code::InvalidValue, &e.violation, found));
    }
    once(violation.acknowledged.is_some(), &e.violation, "the transfer was acknowledged")?;
    filled(&e.violation, "receiving authority", &e.receiver)
}

/// Rectification is verified, once; also after closing.
pub fn rectified(state: &State, stated: &Stated<'_>, e: &RectificationVerified) -> Result<(), Refusal> {
    let (violation, _) = decision(state, &e.violation)?;
    once(violation.rectified.is_some(), &e.violation, "rectification was verified")?;
    let today = date_of(stated.at());
    if e.verified_on > today {
        let found = format!("verified on {}, which is after today, {today}", e.verified_on);
        return Err(Refusal::new(Code::InvalidValue, &e.violation, found));
    }
    Ok(())
}

/// An inspection is closed when nothing is open, by who inspected.
pub fn closed(state: &State, stated: &Stated<'_>, e: &InspectionClosed) -> Result<(), Refusal> {
    let id = &e.inspection;
    let inspection = match stated.statement().role {
        Role::Inspector => assigned(state, stated, id)?,
        _ => of_section(state, stated, id)?,
    };
    in_phase(inspection, id, Phase::Reported, Phase::Reported)?;
    if let Some(missing) = outstanding(state, inspection, id, stated.at()) {
        return wrong_phase(id, missing);
    }
    match unresolved(state, inspection) {
        Some(found) => Err(Refusal::new(Code::UnresolvedViolation, id, found)),
        None => Ok(()),
    }
}

fn of_section<'a>(
    state: &'a State,
    stated: &Stated<'_>,
    id: &InspectionId,
) -> Result<&'a Inspection, Refusal> {
    let inspection = state.inspection(id)?;
    let (sections, own) = (state.sections_of(inspection), stated.statement().section.as_ref());
    if own.is_some_and(|own| sections.contains(own)) {
        return Ok(inspection);
    }
    let sections: Vec<_> = sections.iter().map(|section| section.as_str()).collect();
    let own = own.map_or("no section", |own| own.as_str());
    let found = format!("{id} belongs to {}, the author acts for {own}", sections.join(", "));
    Err(Refusal::new(Code::OtherSection, id, found))
}

/// The first step after the report that is missing.
pub(crate) fn outstanding(
    state: &State,
    inspection: &Inspection,
    id: &InspectionId,
    at: Instant,
) -> Option<String> {
    let steps = [
        ("the feedback was not sent", inspection.dispatched.is_some()),
        ("the feedback was not delivered", inspection.delivered.is_some() || nobody_there(state, inspection)),
        ("the result was not published", inspection.published.is_some()),
        (
            "the time for comments is not over",
            window_over(state, id, at) || (inspection.delivered.is_none() && nobody_there(state, inspection)),
        ),
    ];
    if let Some((what, _)) = steps.iter().find(|(_, done)| !done) {
        return Some(format!("{id}: {what}"));
    }
    let mut comments = inspection.comments.iter().filter_map(|id| state.comments.get_key_value(id));
    // A late comment may be answered after closing: else one could keep an inspection open for ever.
    let (unanswered, _) = comments.find(|(_, comment)| comment.answer.is_none() && !comment.late)?;
    Some(format!("{id}: comment {unanswered} is not answered"))
}

/// Nobody can be served where every item that applies found the enterprise gone.
fn nobody_there(state: &State, inspection: &Inspection) -> bool {
    let gone = |outcome| matches!(outcome, ItemOutcome::NotFound | ItemOutcome::ClosedOrLiquidating);
    let outcome = |item| inspection.results.get(item).map(|result| result.outcome);
    state.applicable_items(inspection).into_iter().all(|item| outcome(item).is_some_and(gone))
}

/// What of an inspection still needs a violation, a decision, or its publication.
pub(crate) fn unresolved(state: &State, inspection: &Inspection) -> Option<String> {
    let mut own = inspection.violations.iter().filter_map(|id| state.violations.get_key_value(id));
    let needs = inspection.results.iter().filter(|(_, result)| NEEDS_VIOLATION.contains(&result.outcome));
    for (item, result) in needs {
        if !own.clone().any(|(_, violation)| violation.item == *item) {
            return Some(format!("item {item} has the result {} and no violation", result.outcome));
        }
    }
    let (violation, open) =
        own.find(|(_, v)| v.decided.is_none() || (v.published.is_none() && v.withheld.is_none()))?;
    let what = if open.decided.is_none() { "is not decided" } else { "is neither published nor withheld" };
    Some(format!("violation {violation} {what}"))
}

/// Flag HANDLING_AGED.
pub(crate) fn decided_flags(state: &State, at: At<'_>, e: &HandlingDecided) -> Vec<Found> {
    let opened = state.violations.get(&e.violation).and_then(|violation| violation.investigated);
    let Some(opened) = opened.map(date_of).filter(|on| plus_days(*on, HANDLING_DAYS) < at.date()) else {
        return vec![];
    };
    let detail =
        format!("decided on {}, investigated since {opened}: more than {HANDLING_DAYS} days", at.date());
    vec![(Flag::HandlingAged, e.violation.to_string(), detail)]
}
