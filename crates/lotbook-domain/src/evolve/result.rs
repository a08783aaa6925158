//! What follows an inspection: comments, handling, close, corrections; and inspections under Art. 9.

use super::At;
use super::inspection::with_inspection;
use crate::article::a21_comment::window_over;
use crate::civil::date_of;
use crate::recusal::Outcome;
use crate::state::*;
use lotbook_event::inspection::*;
use lotbook_event::oversight::{EntryCorrected, Obligation};
use lotbook_event::recusal::DirectTeamChanged;
use lotbook_event::result::*;
use lotbook_event::{Event, InspectionId, ViolationId};

/// It counts as no draw of the enterprise (Art. 9).
pub(super) fn direct_inspection_opened(state: &mut State, at: At<'_>, e: &DirectInspectionOpened) {
    let (Some(cause), Some(section)) = (e.cause, at.statement.section.clone()) else { return };
    let (items, approved, by) = (e.items.clone(), cause != DirectCause::Other, at.entry.author);
    let origin = Origin::Direct { section, items, cause, approved, by };
    let inspection = Inspection::new(origin, e.uscc.clone(), e.team.clone(), at.hash, at.entry.recorded_at);
    state.inspections.insert(e.inspection.clone(), Box::new(inspection));
}

pub(super) fn inspection_approved(state: &mut State, e: &InspectionApproved) {
    with_inspection(state, &e.inspection, |inspection| {
        if let Origin::Direct { approved, .. } = &mut inspection.origin {
            *approved = true;
        }
    });
}

/// The substitute takes the seat of the inspector recused.
pub(super) fn direct_team_changed(state: &mut State, at: At<'_>, e: &DirectTeamChanged) {
    let Some(recusal) = state.recusals.get_mut(&e.recusal) else { return };
    recusal.outcome = Some(Outcome::Changed);
    let Some(inspection) = state.inspections.get_mut(&recusal.inspection) else { return };
    inspection.team_entry = at.hash;
    for seat in inspection.team.iter_mut().filter(|seat| recusal.inspector.as_ref() == Some(seat)) {
        *seat = e.substitute.clone();
    }
}

/// Delivery starts the clock D5: it gives the enterprise time, so the later of the two instants counts
/// (rules.md 1.6).
pub(super) fn delivered(state: &mut State, at: At<'_>, e: &FeedbackDelivered) {
    let days = state.rules.as_ref().map_or(0, |rules| rules.value.comment_working_days);
    let from = date_of(e.occurred_at.max(at.entry.recorded_at));
    state.with_clocks(&e.inspection, |i, clocks| {
        i.delivered = Some(at.entry.recorded_at);
        i.delivery_occurred = Some(e.occurred_at);
        clocks.start(i, Obligation::Comment, from, days);
    });
}

/// The first comment within its time meets D5; a late one leaves the window closed as it was.
pub(super) fn comment_received(state: &mut State, at: At<'_>, e: &CommentReceived) {
    let late = window_over(state, &e.inspection, at.entry.recorded_at);
    let comment = Comment {
        inspection: e.inspection.clone(),
        at: at.entry.recorded_at,
        occurred_at: e.occurred_at,
        late,
        consent: e.consent,
        answer: None,
    };
    state.comments.insert(e.comment.clone(), comment);
    state.with_clocks(&e.inspection, |i, clocks| {
        i.comments.insert(e.comment.clone());
        if !late {
            clocks.meet(i, Obligation::Comment, at.entry.recorded_at, at.date());
        }
    });
}

pub(super) fn comment_window_closed(state: &mut State, e: &CommentWindowClosed) {
    state.with_clocks(&e.inspection, |i, clocks| {
        i.comment_window_closed = true;
        clocks.miss(i, Obligation::Comment);
    });
}

pub(super) fn comment_answered(state: &mut State, at: At<'_>, e: &CommentAnswered) {
    if let Some(comment) = state.comments.get_mut(&e.comment) {
        comment.answer = Some((e.summary.clone(), e.answer.clone(), at.entry.recorded_at));
    }
}

pub(super) fn violation_found(state: &mut State, at: At<'_>, e: &ViolationFound) {
    let violation = Violation {
        inspection: e.inspection.clone(),
        item: e.item.clone(),
        found: at.entry.recorded_at,
        investigated: None,
        decided: None,
        published: None,
        withheld: None,
        acknowledged: None,
        rectified: None,
    };
    state.violations.insert(e.violation.clone(), violation);
    with_inspection(state, &e.inspection, |i| {
        i.violations.insert(e.violation.clone());
    });
}

fn with_violation(state: &mut State, id: &ViolationId, change: impl FnOnce(&mut Violation)) {
    if let Some(violation) = state.violations.get_mut(id) {
        change(violation);
    }
}

pub(super) fn investigation_opened(state: &mut State, at: At<'_>, e: &InvestigationOpened) {
    with_violation(state, &e.violation, |v| v.investigated = Some(at.entry.recorded_at));
}

pub(super) fn handling_decided(state: &mut State, at: At<'_>, e: &HandlingDecided) {
    let decided = (e.kind, e.decision_no.clone(), e.legal_basis.clone(), at.entry.recorded_at);
    with_violation(state, &e.violation, |v| v.decided = Some(decided));
}

pub(super) fn handling_published(state: &mut State, at: At<'_>, e: &HandlingPublished) {
    with_violation(state, &e.violation, |v| v.published = Some(at.entry.recorded_at));
}

pub(super) fn handling_withheld(state: &mut State, at: At<'_>, e: &HandlingWithheld) {
    with_violation(state, &e.violation, |v| v.withheld = Some((e.ground.clone(), at.entry.recorded_at)));
}

pub(super) fn transfer_acknowledged(state: &mut State, at: At<'_>, e: &TransferAcknowledged) {
    with_violation(state, &e.violation, |v| {
        v.acknowledged = Some((e.receiver.clone(), at.entry.recorded_at));
    });
}

pub(super) fn rectification_verified(state: &mut State, e: &RectificationVerified) {
    with_violation(state, &e.violation, |v| v.rectified = Some(e.verified_on));
}

pub(super) fn inspection_closed(state: &mut State, at: At<'_>, e: &InspectionClosed) {
    with_inspection(state, &e.inspection, |i| {
        (i.phase, i.closed) = (Phase::Closed, Some(at.entry.recorded_at));
    });
}

/// Beside what it corrects; nothing else moves (rules.md 1.9).
pub(super) fn entry_corrected(state: &mut State, at: At<'_>, e: &EntryCorrected) {
    let correction = Correction {
        position: at.position(),
        by: at.entry.author,
        at: at.entry.recorded_at,
        field: e.field.clone(),
        value: e.value.clone(),
        reason: e.reason.clone(),
    };
    if let Some(known) = state.correctable.get_mut(e.position) {
        known.corrections.push(correction);
    }
}

/// Remembers an entry that may be corrected later.
pub(super) fn correctable(state: &mut State, at: At<'_>, e: &Event) {
    let Some((inspection, says)) = says(state, e) else { return };
    let known = Correctable {
        entry: at.hash,
        author: at.entry.author,
        says,
        inspection: inspection.clone(),
        violation: match e {
            Event::HandlingDecided(e) => Some(Box::new(e.violation.clone())),
            Event::HandlingPublished(e) => Some(Box::new(e.violation.clone())),
            _ => None,
        },
        corrections: vec![],
    };
    state.correctable.push(at.position(), known);
}

/// The inspection an entry is about, and what it says of it.
fn says<'a>(state: &'a State, e: &'a Event) -> Option<(&'a InspectionId, &'static Says)> {
    macro_rules! says {
        ($event:literal: $($field:literal),*) => { &Says { event: $event, fields: &[$($field),*] } };
    }
    let of_violation = |id| state.violations.get(id).map(|violation| &violation.inspection);
    Some(match e {
        Event::NoticeServed(e) => (&e.inspection, says!("NoticeServed": "visit_on", "occurred_at")),
        Event::InspectionStarted(e) => (&e.inspection, says!("InspectionStarted": "occurred_at")),
        Event::ItemResultConfirmed(e) => (&e.inspection, says!("ItemResultConfirmed": "outcome")),
        Event::InspectionConcluded(e) => {
            (&e.inspection, says!("InspectionConcluded": "occurred_at", "on_site_ended_at"))
        }
        Event::ReportCompleted(e) => {
            let says = says!("ReportCompleted": "time", "content", "findings", "evaluation", "opinion");
            (&e.inspection, says)
        }
        Event::FeedbackDispatched(e) => (&e.inspection, says!("FeedbackDispatched": "method", "legal_basis")),
        Event::FeedbackDelivered(e) => {
            (&e.inspection, says!("FeedbackDelivered": "occurred_at", "receipt_ref"))
        }
        Event::ResultPublished(e) => (&e.inspection, says!("ResultPublished": "channel", "receipt_ref")),
        // Number and legal basis of a judicial transfer are not public, in a correction neither.
        Event::HandlingDecided(e) if e.kind == HandlingKind::TransferJudicial => {
            (of_violation(&e.violation)?, says!("HandlingDecided": "kind"))
        }
        Event::HandlingDecided(e) => {
            (of_violation(&e.violation)?, says!("HandlingDecided": "kind", "decision_no", "legal_basis"))
        }
        Event::HandlingPublished(e) => {
            (of_violation(&e.violation)?, says!("HandlingPublished": "receipt_ref"))
        }
        Event::CommentAnswered(e) => {
            (&state.comments.get(&e.comment)?.inspection, says!("CommentAnswered": "summary", "answer"))
        }
        _ => return None,
    })
}
