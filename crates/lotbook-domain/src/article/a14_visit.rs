//! Art. 14: the team itself chooses the time of its visit within the scheme's slot.

use super::{
    Found, a06_embargo, a08_items::in_force, a09_direct, a10_inspectors::may_act, a14_beacon::none_overdue,
    a15_recusal,
};
use crate::civil::{date_of, show};
use crate::decide::Stated;
use crate::embargo::{self, Known, recorded_since};
use crate::evolve::At;
use crate::state::{Inspection, Phase, State};
use lotbook_chain::Instant;
use lotbook_event::inspection::{InspectionStarted, NoticeServed};
use lotbook_event::{Code, Date, Flag, InspectionId, InspectorId, Refusal};
use std::borrow::Cow;

/// The inspection, if the author is a member of its team.
pub fn assigned<'a>(
    state: &'a State,
    stated: &Stated<'_>,
    id: &InspectionId,
) -> Result<&'a Inspection, Refusal> {
    let inspection = state.inspection(id)?;
    member(state, inspection, stated, id)?;
    Ok(inspection)
}

/// The author is a member of the team.
fn member(
    state: &State,
    inspection: &Inspection,
    stated: &Stated<'_>,
    id: &InspectionId,
) -> Result<(), Refusal> {
    let who = stated.authentic.subject();
    if inspection.team.iter().any(|member| member.as_str() == who) {
        return Ok(());
    }
    let team: Vec<_> = inspection.team.iter().map(InspectorId::as_str).collect();
    let found = match state.withheld(id) {
        None => format!("`{who}` is not in the team of {id} ({})", team.join(", ")),
        // Who is in it, a stranger must not learn from a refusal.
        Some(_) => format!("`{who}` is not in the team of {id}"),
    };
    Err(Refusal::new(Code::SignerNotAssigned, id, found))
}

/// Only phases between two (inclusive) allow a step.
pub fn in_phase(inspection: &Inspection, id: &InspectionId, from: Phase, to: Phase) -> Result<(), Refusal> {
    if (from..=to).contains(&inspection.phase) {
        return Ok(());
    }
    let now = inspection.phase;
    let found = match () {
        () if now > to && from == to => {
            format!("inspection {id} is {now} already; this belongs while it is {from}")
        }
        () if now > to => format!("inspection {id} is {now} already; this belongs from {from} to {to}"),
        () => format!("inspection {id} is {now}; it must be {from} before this"),
    };
    Err(Refusal::new(Code::WrongPhase, id, found))
}

/// What occurred lies between the assignment of the team and its record.
pub fn occurred(
    occurred_at: Instant,
    inspection: &Inspection,
    stated: &Stated<'_>,
    id: &InspectionId,
) -> Result<(), Refusal> {
    if (inspection.assigned_at..=stated.at()).contains(&occurred_at) {
        return Ok(());
    }
    if occurred_at < inspection.assigned_at {
        let found = format!(
            "it occurred at {}, before the team was named at {}",
            show(occurred_at),
            show(inspection.assigned_at)
        );
        return Err(Refusal::new(Code::InvalidValue, id, found));
    }
    let found =
        format!("it occurred at {}, after it is recorded at {}", show(occurred_at), show(stated.at()));
    Err(Refusal::new(Code::InvalidValue, id, found))
}

/// The inspection of a statement, or the one that it opens; `None` for who cannot know yet whom it opens.
fn opened<'a>(
    state: &'a State,
    id: &InspectionId,
    known: &Known<'_>,
) -> Result<Option<Cow<'a, Inspection>>, Refusal> {
    match &known.opens {
        None => state.inspection(id).map(|inspection| Some(Cow::Borrowed(inspection))),
        Some(row) => Ok(embargo::inspection(state, row).map(Cow::Owned)),
    }
}

/// The team tells the enterprise when it comes.
pub fn notice(
    state: &State,
    stated: &Stated<'_>,
    e: &NoticeServed,
    known: &Known<'_>,
) -> Result<(), Refusal> {
    a06_embargo::may_open(state, &e.inspection, true)?;
    let Some(inspection) = opened(state, &e.inspection, known)? else { return Ok(()) };
    member(state, &inspection, stated, &e.inspection)?;
    in_phase(&inspection, &e.inspection, Phase::Assigned, Phase::Notified)?;
    signs(state, stated)?;
    occurred(e.occurred_at, &inspection, stated, &e.inspection)
}

/// Who signs is on duty with a valid certificate that day (Art. 10).
pub fn signs(state: &State, stated: &Stated<'_>) -> Result<(), Refusal> {
    let who = stated.authentic.subject();
    let invalid = |error: lotbook_event::FieldError| Refusal::new(Code::InvalidValue, who, error.to_string());
    may_act(state, &InspectorId::new(who).map_err(invalid)?, date_of(stated.at()))
}

/// The team enters: every member is on duty with a valid certificate and free of conflict, every recusal
/// settled, every item in force.
pub fn started(
    state: &State,
    stated: &Stated<'_>,
    e: &InspectionStarted,
    known: &Known<'_>,
) -> Result<(), Refusal> {
    a06_embargo::may_open(state, &e.inspection, false)?;
    let Some(inspection) = opened(state, &e.inspection, known)? else { return Ok(()) };
    let inspection = inspection.as_ref();
    member(state, inspection, stated, &e.inspection)?;
    in_phase(inspection, &e.inspection, Phase::Assigned, Phase::Notified)?;
    a09_direct::may_start(inspection, &e.inspection)?;
    occurred(e.occurred_at, inspection, stated, &e.inspection)?;
    signs(state, stated)?;
    none_overdue(state, &e.inspection)?;
    a15_recusal::settled(state, &e.inspection, inspection)?;
    let on = date_of(e.occurred_at);
    inspection.team.iter().try_for_each(|member| may_act(state, member, on))?;
    a15_recusal::free_of_conflict(state, &e.inspection, inspection, on)?;
    in_force(state, state.items_of(inspection))
}

/// Flag OUTSIDE_SLOT: a visit outside the scheme's time slot is a deviation, not refused.
pub(crate) fn outside_slot(state: &State, id: &InspectionId, day: Date) -> Vec<Found> {
    let opened = state.inspections.get(id).and_then(|inspection| inspection.batch());
    let batch =
        opened.or_else(|| state.withheld(id).and_then(|(_, draw, ..)| Some(state.embargo_of(draw)?.0)));
    let scheme = batch.and_then(|batch| state.batches.get(batch)?.scheme.as_ref());
    let Some(scheme) = scheme.map(|scheme| &scheme.value) else { return vec![] };
    if (scheme.window_from..=scheme.window_to).contains(&day) {
        return vec![];
    }
    let detail = format!("{day} is not within {} to {}", scheme.window_from, scheme.window_to);
    vec![(Flag::OutsideSlot, id.to_string(), detail)]
}

/// Flag RECORDED_LATE: more than one working day after it occurred.
pub(crate) fn recorded_late(
    state: &State,
    at: At<'_>,
    id: &InspectionId,
    occurred_at: Instant,
) -> Vec<Found> {
    let since = recorded_since(state, id, occurred_at);
    let days = state.calendar.working_days_between(date_of(since), at.date());
    if days <= 1 {
        return vec![];
    }
    vec![(Flag::RecordedLate, id.to_string(), format!("{days} working days after it occurred"))]
}

pub(crate) fn started_flags(state: &State, at: At<'_>, e: &InspectionStarted) -> Vec<Found> {
    let mut found = outside_slot(state, &e.inspection, date_of(e.occurred_at));
    found.extend(recorded_late(state, at, &e.inspection, e.occurred_at));
    found
}
