//! Part 3: feedback and publication of the year's inspections that have a report.

use super::{count, of_year};
use crate::state::{Inspection, State};
use lotbook_event::InspectionId;
use lotbook_event::disclosure::{DisclosedFeedback, DisclosedFeedbackRow};
use lotbook_event::oversight::Obligation;
use lotbook_event::wire::Wire;

pub(super) fn part(state: &State, year: u32) -> DisclosedFeedback {
    let reported = of_year(state, year).filter(|(_, inspection)| inspection.reported.is_some());
    let feedback: Vec<_> = reported.map(|(id, inspection)| row(id, inspection)).collect();
    DisclosedFeedback { rows: count(feedback.len()), feedback }
}

fn row(id: &InspectionId, inspection: &Inspection) -> DisclosedFeedbackRow {
    let met = |kind: Obligation| inspection.duties.get(&kind).and_then(|duty| duty.met);
    let late_by = |kind| met(kind).map_or(0, |met| met.late_by);
    let missing = |kind| inspection.open_duty(kind).is_some_and(|duty| duty.missed);
    DisclosedFeedbackRow {
        inspection: id.wire(),
        dispatched_at: inspection.dispatched.wire(),
        delivered_at: inspection.delivered.wire(),
        published_at: inspection.published.wire(),
        feedback_late_by: late_by(Obligation::Feedback),
        publication_late_by: late_by(Obligation::Publication),
        feedback_missing: missing(Obligation::Feedback),
        publication_missing: missing(Obligation::Publication),
    }
}
