//! Art. 18: item results, the conclusion of every member, and the report within five working days.
//!
//! A comprehensive inspection ends with its last item result, any other with its last conclusion
//! (rules.md 1.6, D2).

use super::Found;
use super::a14_visit::{assigned, in_phase, occurred, recorded_late, signs};
use crate::civil::date_of;
use crate::decide::Stated;
use crate::evolve::At;
use crate::state::{Inspection, Phase, State};
use lotbook_event::inspection::{InspectionConcluded, ItemResultConfirmed, ReportCompleted};
use lotbook_event::oversight::Obligation;
use lotbook_event::{Code, Flag, InspectionId, ItemId, Refusal};

/// Working days after the visit from which a conclusion is flagged (rules.md 1.6).
pub const LONG_AFTER_SITE_WORKING_DAYS: u32 = 15;

/// A member confirms the result of an item of the inspection; of a comprehensive one also after members
/// have concluded, for it stays started until every item that applies has its result.
pub fn item_result(state: &State, stated: &Stated<'_>, e: &ItemResultConfirmed) -> Result<(), Refusal> {
    let inspection = assigned(state, stated, &e.inspection)?;
    in_phase(inspection, &e.inspection, Phase::Started, Phase::Started)?;
    signs(state, stated)?;
    if !state.items_of(inspection).any(|item| *item == e.item) {
        let found = format!("item {} is not one of inspection {}", e.item, e.inspection);
        return Err(Refusal::new(Code::UnknownSubject, &e.item, found));
    }
    if inspection.results.contains_key(&e.item) {
        let found = format!("item {} has its result", e.item);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.inspection, found));
    }
    Ok(())
}

/// A member concludes, once, after every item that applies has its result; in a comprehensive inspection
/// items may finish on different days, and a member who is done concludes.
pub fn concluded(state: &State, stated: &Stated<'_>, e: &InspectionConcluded) -> Result<(), Refusal> {
    let inspection = assigned(state, stated, &e.inspection)?;
    in_phase(inspection, &e.inspection, Phase::Started, Phase::Started)?;
    occurred(e.occurred_at, inspection, stated, &e.inspection)?;
    occurred(e.on_site_ended_at, inspection, stated, &e.inspection)?;
    if let (Some(item), false) = (missing_item(state, inspection), is_comprehensive(state, inspection)) {
        let found = format!("item {item} has no result");
        return Err(Refusal::new(Code::WrongPhase, &e.inspection, found));
    }
    let who = stated.authentic.subject();
    if inspection.concluded.iter().any(|member| member.as_str() == who) {
        return Err(Refusal::new(Code::AlreadyRecorded, &e.inspection, format!("{who} has concluded")));
    }
    signs(state, stated)
}

/// Whether several sections inspect together.
pub(crate) fn is_comprehensive(state: &State, inspection: &Inspection) -> bool {
    let batch = inspection.batch().and_then(|batch| state.batches.get(batch));
    batch.is_some_and(|record| record.batch.sections.len() > 1)
}

/// The first item that applies and has no result.
pub(crate) fn missing_item<'a>(state: &'a State, inspection: &'a Inspection) -> Option<&'a ItemId> {
    state.applicable_items(inspection).into_iter().find(|item| !inspection.results.contains_key(*item))
}

/// The report has all five parts; a member signs it after everybody has concluded.
pub fn completed(state: &State, stated: &Stated<'_>, e: &ReportCompleted) -> Result<(), Refusal> {
    let inspection = assigned(state, stated, &e.inspection)?;
    let parts = [
        ("time", &e.time),
        ("content", &e.content),
        ("findings", &e.findings),
        ("evaluation", &e.evaluation),
        ("opinion", &e.opinion),
    ];
    if let Some((part, _)) = parts.iter().find(|(_, text)| text.as_str().trim().is_empty()) {
        return Err(Refusal::new(Code::ReportIncomplete, &e.inspection, format!("the report has no {part}")));
    }
    in_phase(inspection, &e.inspection, Phase::Concluded, Phase::Concluded)?;
    signs(state, stated)
}

pub(crate) fn concluded_flags(state: &State, at: At<'_>, e: &InspectionConcluded) -> Vec<Found> {
    let mut found = recorded_late(state, at, &e.inspection, e.occurred_at);
    let days = state.calendar.working_days_between(date_of(e.on_site_ended_at), date_of(e.occurred_at));
    if days > LONG_AFTER_SITE_WORKING_DAYS {
        let detail = format!("{days} working days after the visit");
        found.push((Flag::ConcludedLongAfterSite, e.inspection.to_string(), detail));
    }
    found
}

/// How late a duty is met, if it was stated as missed; the flag itself came with DeadlineMissed.
pub(crate) fn late_by(
    state: &State,
    at: At<'_>,
    kind: Obligation,
    flag: Flag,
    subject: &InspectionId,
) -> Vec<Found> {
    let inspection = state.inspections.get(subject);
    let duty = inspection.and_then(|inspection| inspection.open_duty(kind)).filter(|duty| duty.missed);
    let found = duty.map(|duty| {
        let days = state.calendar.working_days_between(duty.due, at.date());
        (flag, subject.to_string(), format!("done late by {days} working days, due {}", duty.due))
    });
    found.into_iter().collect()
}

pub(crate) fn late(state: &State, at: At<'_>, e: &ReportCompleted) -> Vec<Found> {
    late_by(state, at, Obligation::Report, Flag::ReportLate, &e.inspection)
}
