//! Inspections and their clocks.

use super::At;
use super::embargo::release_missed;
use crate::article::a18_report::{is_comprehensive, missing_item};
use crate::civil::date_of;
use crate::state::{BatchKey, Inspection, ItemResult, Phase, State, Stated};
use lotbook_event::inspection::*;
use lotbook_event::oversight::{DeadlineMissed, Obligation};
use lotbook_event::registry::{Duty, RulesetAdopted};
use lotbook_event::{Date, DrawId, InspectionId, InspectorId};

pub(super) fn with_inspection(state: &mut State, id: &InspectionId, change: impl FnOnce(&mut Inspection)) {
    if let Some(inspection) = state.inspections.get_mut(id) {
        change(inspection);
    }
}

/// The batch of an inspection, open or not.
pub(super) fn batch_of(state: &State, id: &InspectionId) -> Option<BatchKey> {
    let opened = state.inspections.get(id).and_then(|inspection| inspection.batch());
    let hidden = || state.withheld(id).and_then(|(_, draw, ..)| Some(state.embargo_of(draw)?.0));
    opened.or_else(hidden).cloned()
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
    let comprehensive = state.inspections.get(&e.inspection).is_some_and(|i| is_comprehensive(state, i));
    if comprehensive {
        comprehensive_goes_on(state, at, &e.inspection);
    }
}

/// Roster number or code for which the author of an entry acts.
pub(super) fn acting_subject(state: &State, at: At<'_>) -> String {
    let (role, section) = (at.statement.role, at.statement.section.as_ref());
    let acting = state.keys.get(&at.entry.author).and_then(|key| key.holds(role, section));
    acting.map(|grant| grant.subject.clone()).unwrap_or_default()
}

/// The last member's conclusion starts the clock D2, unless the inspection is a comprehensive one.
pub(super) fn concluded(state: &mut State, at: At<'_>, e: &InspectionConcluded) {
    let who = acting_subject(state, at);
    with_inspection(state, &e.inspection, |i| {
        let member = i.team.iter().find(|id| id.as_str() == who);
        if let Some((member, Err(place))) = member.map(|member| (member, i.concluded.binary_search(member))) {
            i.concluded.insert(place, member.clone());
        }
    });
    let Some(inspection) = state.inspections.get(&e.inspection) else { return };
    if is_comprehensive(state, inspection) {
        comprehensive_goes_on(state, at, &e.inspection);
    } else if everybody_concluded(state, inspection) {
        conclude(state, at, &e.inspection);
        start_report(state, &e.inspection, date_of(e.occurred_at));
    }
}

/// Who leaves the roster or the duty after the start cannot conclude any more: where everybody else has,
/// the inspection is concluded, and D2 runs from the day of the record.
pub(super) fn somebody_left(state: &mut State, at: At<'_>) {
    let begun = |i: &Inspection| i.phase == Phase::Started && !i.concluded.is_empty();
    let begun: Vec<_> =
        state.inspections.iter().filter(|(_, i)| begun(i)).map(|(id, _)| id.clone()).collect();
    for id in begun {
        let Some(inspection) = state.inspections.get(&id) else { continue };
        if is_comprehensive(state, inspection) {
            comprehensive_goes_on(state, at, &id);
        } else if everybody_concluded(state, inspection) {
            conclude(state, at, &id);
            start_report(state, &id, at.date());
        }
    }
}

/// A comprehensive inspection: the last item that applies starts the clock D2, once; it is concluded
/// when every member has concluded too (rules.md 1.6).
fn comprehensive_goes_on(state: &mut State, at: At<'_>, id: &InspectionId) {
    let Some(inspection) = state.inspections.get(id) else { return };
    if missing_item(state, inspection).is_some() {
        return;
    }
    let applicable = state.applicable_items(inspection);
    let results = inspection.results.iter().filter(|(item, _)| applicable.contains(item));
    let last = results.map(|(_, result)| date_of(result.at)).max();
    let done = everybody_concluded(state, inspection);
    let runs = inspection.duties.contains_key(&Obligation::Report);
    if let Some(last) = last.filter(|_| !runs) {
        start_report(state, id, last);
    }
    if done {
        conclude(state, at, id);
    }
}

/// Somebody has concluded, and so has every member who is on the roster and on duty.
fn everybody_concluded(state: &State, inspection: &Inspection) -> bool {
    let on_duty =
        |id: &InspectorId| state.inspectors.get(id).is_some_and(|record| record.row.duty == Duty::Active);
    let done = |member: &InspectorId| inspection.concluded.contains(member) || !on_duty(member);
    !inspection.concluded.is_empty() && inspection.team.iter().all(done)
}

fn conclude(state: &mut State, at: At<'_>, id: &InspectionId) {
    with_inspection(state, id, |i| {
        (i.phase, i.concluded_at) = (Phase::Concluded, Some(at.entry.recorded_at));
    });
}

fn start_report(state: &mut State, id: &InspectionId, from: Date) {
    let days = state.rules.as_ref().map_or(0, |rules| rules.value.report_working_days);
    state.with_clocks(id, |i, clocks| clocks.start(i, Obligation::Report, from, days));
}

/// The report meets D2 and starts D3 and D4.
pub(super) fn reported(state: &mut State, at: At<'_>, e: &ReportCompleted) {
    let days = |rules: &Stated<RulesetAdopted>| {
        (rules.value.feedback_working_days, rules.value.publication_working_days)
    };
    let (feedback, publication) = state.rules.as_ref().map(days).unwrap_or_default();
    state.with_clocks(&e.inspection, |i, clocks| {
        (i.phase, i.reported) = (Phase::Reported, Some(at.entry.recorded_at));
        clocks.meet(i, Obligation::Report, at.entry.recorded_at, at.date());
        clocks.start(i, Obligation::Feedback, at.date(), feedback);
        clocks.start(i, Obligation::Publication, at.date(), publication);
    });
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
        Obligation::Release => release_missed(state, &subject),
        Obligation::Draw => {
            if let Ok(draw) = DrawId::new(subject) {
                state.ceremonies.entry(draw).and_modify(|ceremony| ceremony.overdue = true);
            }
        }
        kind
        @ (Obligation::Report | Obligation::Feedback | Obligation::Publication | Obligation::Comment) => {
            if let Ok(id) = InspectionId::new(subject) {
                state.with_clocks(&id, |i, clocks| clocks.miss(i, kind));
            }
        }
    }
}
