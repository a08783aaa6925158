//! Arts. 5, 19, 20: who inspects gives the feedback, and publishes, each within seven working days.

use super::Found;
use super::a14_visit::{in_phase, occurred, recorded_late};
use super::a18_report::late_by;
use crate::decide::Stated;
use crate::evolve::At;
use crate::state::{Inspection, Phase, State};
use lotbook_event::keys::Role;
use lotbook_event::oversight::Obligation;
use lotbook_event::result::{FeedbackDelivered, FeedbackDispatched, ResultPublished, ServiceMethod};
use lotbook_event::{Code, Flag, InspectionId, Refusal};

/// The inspecting unit: a section of the batch, or a member of the team (Art. 5).
fn inspecting_unit<'a>(
    state: &'a State,
    stated: &Stated<'_>,
    id: &InspectionId,
) -> Result<&'a Inspection, Refusal> {
    let inspection = state.inspection(id)?;
    let statement = stated.statement();
    let own = match statement.role {
        Role::Inspector => inspection.team.iter().any(|member| member.as_str() == stated.authentic.subject()),
        _ => statement.section.as_ref().is_some_and(|own| state.sections_of(inspection).contains(own)),
    };
    if own {
        return Ok(inspection);
    }
    let who = statement.section.as_ref().map_or(statement.role.code(), |section| section.as_str());
    let found = format!("{who} did not inspect {id}");
    Err(Refusal::new(Code::FeedbackByNonInspectingUnit, id, found))
}

fn once(done: bool, id: &InspectionId, what: &str) -> Result<(), Refusal> {
    if done { Err(Refusal::new(Code::AlreadyRecorded, id, format!("{id}: {what} already"))) } else { Ok(()) }
}

/// Feedback is sent once, after the report, by the inspecting unit.
pub fn dispatched(state: &State, stated: &Stated<'_>, e: &FeedbackDispatched) -> Result<(), Refusal> {
    let inspection = inspecting_unit(state, stated, &e.inspection)?;
    in_phase(inspection, &e.inspection, Phase::Reported, Phase::Reported)?;
    once(inspection.dispatched.is_some(), &e.inspection, "feedback was sent")?;
    if e.method == ServiceMethod::Other && e.legal_basis.as_str().trim().is_empty() {
        let found = "another way of service needs its legal basis (Art. 20)";
        return Err(Refusal::new(Code::InvalidValue, &e.inspection, found));
    }
    Ok(())
}

/// Feedback is delivered after it was sent.
pub fn delivered(state: &State, stated: &Stated<'_>, e: &FeedbackDelivered) -> Result<(), Refusal> {
    let inspection = inspecting_unit(state, stated, &e.inspection)?;
    if inspection.dispatched.is_none() {
        return Err(Refusal::new(Code::WrongPhase, &e.inspection, "feedback was not sent"));
    }
    once(inspection.delivered.is_some(), &e.inspection, "feedback was delivered")?;
    occurred(e.occurred_at, inspection, stated, &e.inspection)
}

/// The result is published after the report, with the platform's receipt.
pub fn published(state: &State, e: &ResultPublished) -> Result<(), Refusal> {
    let inspection = state.inspection(&e.inspection)?;
    in_phase(inspection, &e.inspection, Phase::Reported, Phase::Reported)?;
    once(inspection.published.is_some(), &e.inspection, "the result was published")?;
    if e.receipt_ref.as_str().trim().is_empty() {
        return Err(Refusal::new(Code::InvalidValue, &e.inspection, "the platform's receipt is missing"));
    }
    Ok(())
}

pub(crate) fn dispatched_flags(state: &State, at: At<'_>, e: &FeedbackDispatched) -> Vec<Found> {
    let mut found = late_by(state, at, Obligation::Feedback, Flag::FeedbackLate, &e.inspection);
    if e.method == ServiceMethod::Other {
        found.push((Flag::OtherService, e.inspection.to_string(), e.legal_basis.to_string()));
    }
    found
}

pub(crate) fn delivered_flags(state: &State, at: At<'_>, e: &FeedbackDelivered) -> Vec<Found> {
    recorded_late(state, at, &e.inspection, e.occurred_at)
}

pub(crate) fn published_late(state: &State, at: At<'_>, e: &ResultPublished) -> Vec<Found> {
    late_by(state, at, Obligation::Publication, Flag::PublicationLate, &e.inspection)
}
