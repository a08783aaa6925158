//! Art. 21: the enterprise may comment on the inspection and its officers within ten working days.

use super::Found;
use super::a14_visit::recorded_late;
use crate::civil::{date_of, end_of};
use crate::decide::Stated;
use crate::evolve::At;
use crate::state::State;
use lotbook_chain::Instant;
use lotbook_event::keys::Role;
use lotbook_event::oversight::Obligation;
use lotbook_event::result::{CommentAnswered, CommentReceived, CommentWindowClosed};
use lotbook_event::{Code, Date, Flag, InspectionId, Refusal};

/// A comment on an inspection whose feedback was delivered; late ones are taken.
pub fn received(state: &State, stated: &Stated<'_>, e: &CommentReceived) -> Result<(), Refusal> {
    let inspection = state.inspection(&e.inspection)?;
    let who = stated.authentic.subject();
    if stated.statement().role == Role::Enterprise && who != inspection.uscc.as_str() {
        let found = format!("the key stands for `{who}`, {} inspects {}", e.inspection, inspection.uscc);
        return Err(Refusal::new(Code::RoleNotHeld, &e.inspection, found));
    }
    let Some(delivered) = inspection.delivery_occurred else {
        let found = format!("the feedback of {} was not delivered", e.inspection);
        return Err(Refusal::new(Code::WrongPhase, &e.inspection, found));
    };
    if state.comments.contains_key(&e.comment) {
        let found = format!("there is a comment {}; an identifier is used once", e.comment);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.comment, found));
    }
    let (from, to) = (delivered.0, stated.at().0);
    if !(from..=to).contains(&e.occurred_at.0) {
        let found = format!(
            "it is said to have come at {} us, not between the delivery of the feedback at {from} us and its \
             record at {to} us",
            e.occurred_at.0
        );
        return Err(Refusal::new(Code::InvalidValue, &e.comment, found));
    }
    Ok(())
}

/// The office answers once, when the window of the inspection is over: until then author and text are
/// hidden from the officers whom the comment is about.
pub fn answered(state: &State, stated: &Stated<'_>, e: &CommentAnswered) -> Result<(), Refusal> {
    let none =
        || Refusal::new(Code::UnknownSubject, &e.comment, format!("there is no comment {}", e.comment));
    let comment = state.comments.get(&e.comment).ok_or_else(none)?;
    if comment.answer.is_some() {
        let found = format!("comment {} is answered", e.comment);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.comment, found));
    }
    let parts = [("summary", &e.summary), ("answer", &e.answer)];
    if let Some((part, _)) = parts.iter().find(|(_, text)| text.as_str().trim().is_empty()) {
        return Err(Refusal::new(Code::InvalidValue, &e.comment, format!("the {part} is empty")));
    }
    if !window_over(state, &comment.inspection, stated.at()) {
        let last = window_ends(state, &comment.inspection).map_or("-".into(), |day| day.to_string());
        let found = format!("comments on {} may come until the end of {last}", comment.inspection);
        return Err(Refusal::new(Code::WrongPhase, &e.comment, found));
    }
    Ok(())
}

/// The last day for comments on an inspection (D5); `None` before the feedback is delivered. Once a
/// comment has met D5 it is the day that was computed then.
pub fn window_ends(state: &State, id: &InspectionId) -> Option<Date> {
    state.last_day(Obligation::Comment, id)
}

/// Whether the time for comments on an inspection is over.
pub fn window_over(state: &State, id: &InspectionId, at: Instant) -> bool {
    window_ends(state, id).is_some_and(|last| at >= end_of(last))
}

/// Flags COMMENT_LATE and RECORDED_LATE.
pub(crate) fn received_flags(state: &State, at: At<'_>, e: &CommentReceived) -> Vec<Found> {
    let mut found = recorded_late(state, at, &e.inspection, e.occurred_at);
    let ended = window_ends(state, &e.inspection).filter(|last| at.entry.recorded_at >= end_of(*last));
    if let Some(last) = ended {
        let days = state.calendar.working_days_between(last, at.date());
        let detail = format!(
            "comment {} is late by {days} working days, due {last}; it came on {}",
            e.comment,
            date_of(e.occurred_at)
        );
        found.push((Flag::CommentLate, e.inspection.to_string(), detail));
    }
    found
}

/// Flag PROVISIONAL_DUE.
pub(crate) fn window_flags(e: &CommentWindowClosed) -> Vec<Found> {
    if !e.provisional {
        return vec![];
    }
    let detail = "comments: counted beyond the published calendars";
    vec![(Flag::ProvisionalDue, e.inspection.to_string(), detail.into())]
}
