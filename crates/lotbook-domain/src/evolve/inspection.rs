//! Inspections and their clocks.

use super::At;
use crate::civil::date_of;
use crate::obligation::DutyKey;
use crate::state::{Inspection, ItemResult, Phase, State};
use lotbook_event::inspection::*;
use lotbook_event::oversight::{DeadlineMissed, Obligation};
use lotbook_event::{Date, InspectionId, InspectorId};

pub(super) fn with_inspection(state: &mut State, id: &InspectionId, change: impl FnOnce(&mut Inspection)) {
    state.inspections.entry(id.clone()).and_modify(change);
}

pub(super) fn advance(state: &mut State, id: &InspectionId, phase: Phase) {
    with_inspection(state, id, |inspection| inspection.phase = phase);
}

/// The result of an item, attributed to the section whose item it is (Art. 5).
pub(super) fn item_result(state: &mut State, at: At<'_>, e: &ItemResultConfirmed) {
    let (Ok(by), Some(item)) = (InspectorId::new(acting_subject(state, at)), state.items.get(&e.item)) else {
        return;
    };
    let section = item.item.section.clone();
    let result = ItemResult { outcome: e.outcome, by, section, at: at.entry.recorded_at };
    with_inspection(state, &e.inspection, |i| {
        i.results.insert(e.item.clone(), result);
    });
}

/// Roster number or code for which the author of an entry acts.
pub(super) fn acting_subject(state: &State, at: At<'_>) -> String {
    let (role, section) = (at.statement.role, at.statement.section.as_ref());
    let acting = state.keys.get(&at.entry.author).and_then(|key| key.holds(role, section));
    acting.map(|grant| grant.subject.clone()).unwrap_or_default()
}

/// The last member's conclusion starts the clock D2.
pub(super) fn concluded(state: &mut State, at: At<'_>, e: &InspectionConcluded) {
    let who = acting_subject(state, at);
    let Some(inspection) = state.inspections.get_mut(&e.inspection) else { return };
    inspection.concluded.extend(inspection.team.iter().find(|id| id.as_str() == who).cloned());
    if inspection.team.iter().all(|id| inspection.concluded.contains(id)) {
        inspection.phase = Phase::Concluded;
        inspection.concluded_at = Some(at.entry.recorded_at);
        let days = state.rules.as_ref().map_or(0, |rules| rules.value.report_working_days);
        start(state, Obligation::Report, e.inspection.as_str(), date_of(e.occurred_at), days);
    }
}

/// The report meets D2 and starts D3 and D4.
pub(super) fn reported(state: &mut State, at: At<'_>, e: &ReportCompleted) {
    advance(state, &e.inspection, Phase::Reported);
    with_inspection(state, &e.inspection, |i| i.reported = Some(at.entry.recorded_at));
    meet(state, Obligation::Report, e.inspection.as_str(), at);
    let days = state
        .rules
        .as_ref()
        .map(|rules| (rules.value.feedback_working_days, rules.value.publication_working_days));
    let (feedback, publication) = days.unwrap_or_default();
    start(state, Obligation::Feedback, e.inspection.as_str(), at.date(), feedback);
    start(state, Obligation::Publication, e.inspection.as_str(), at.date(), publication);
}

pub(super) fn start(state: &mut State, kind: Obligation, subject: &str, from: Date, working_days: u32) {
    let key: DutyKey = (kind, subject.to_owned());
    state.obligations.start(key, from, working_days, &state.calendar);
}

pub(super) fn meet(state: &mut State, kind: Obligation, subject: &str, at: At<'_>) {
    let key: DutyKey = (kind, subject.to_owned());
    state.obligations.meet(&key, at.entry.recorded_at, at.date(), &state.calendar);
}

pub(super) fn deadline_missed(state: &mut State, e: &DeadlineMissed) {
    let subject = e.subject.as_str().to_owned();
    match e.obligation {
        Obligation::Plan => {
            state.obligations.plans_missed.insert(subject);
        }
        Obligation::Disclosure => {
            if let Ok(year) = subject.parse() {
                state.disclosures.entry(year).or_default().missed = true;
            }
        }
        kind
        @ (Obligation::Report | Obligation::Feedback | Obligation::Publication | Obligation::Comment) => {
            state.obligations.miss(&(kind, subject));
        }
    }
}
