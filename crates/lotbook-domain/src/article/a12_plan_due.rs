//! Art. 12: every section fixes its annual plan by the end of January. Late is accepted and flagged.

use super::{Found, a14_beacon};
use crate::civil::{due_day_in, end_of};
use crate::due::plan_subject;
use crate::evolve::At;
use crate::state::State;
use lotbook_event::Flag;
use lotbook_event::oversight::{DeadlineMissed, Obligation};
use lotbook_event::plan::PlanAdopted;

/// Flag PLAN_LATE: recorded after the day of Art. 12; the day itself is in time, and is not moved.
pub(crate) fn adopted(state: &State, at: At<'_>, e: &PlanAdopted) -> Vec<Found> {
    let (Some(rules), Some(plan)) = (&state.rules, state.plans.get(&e.plan)) else { return vec![] };
    let due = due_day_in(plan.draft.year, rules.value.plan_due.as_str());
    match due.filter(|due| at.entry.recorded_at >= end_of(*due)) {
        Some(due) => {
            let days = state.calendar.working_days_between(due, at.date());
            let subject = plan_subject(plan.draft.year, &plan.draft.section);
            vec![(Flag::PlanLate, subject, format!("late by {days} working days, due {due}"))]
        }
        None => vec![],
    }
}

/// What a missed deadline means: PLAN_MISSING, or the flag of the duty, and PROVISIONAL_DUE.
pub(crate) fn missed(state: &State, e: &DeadlineMissed) -> Vec<Found> {
    let flag = match e.obligation {
        Obligation::Plan => Flag::PlanMissing,
        Obligation::Report => Flag::ReportLate,
        Obligation::Feedback => Flag::FeedbackLate,
        Obligation::Publication => Flag::PublicationLate,
        Obligation::Comment => Flag::CommentLate, // never stated: D5 ends in CommentWindowClosed
        Obligation::Disclosure => Flag::DisclosureLate,
        Obligation::Release => Flag::RevealOverdue,
        Obligation::Draw => return a14_beacon::overdue(state, e.subject.as_str()),
    };
    let subject = e.subject.as_str().to_owned();
    let mut found = vec![(flag, subject.clone(), "the deadline has passed".into())];
    if e.provisional {
        found.push((Flag::ProvisionalDue, subject, "counted beyond the published calendars".into()));
    }
    found
}
