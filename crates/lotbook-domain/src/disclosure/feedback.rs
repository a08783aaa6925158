//! Part 3: feedback and publication of the year's inspections that have a report.

use super::{count, of_year};
use crate::state::{Inspection, State};
use lotbook_event::InspectionId;
use lotbook_event::disclosure::{DisclosedFeedback, DisclosedFeedbackRow};
use lotbook_event::oversight::Obligation;
use lotbook_event::wire::Wire;

pub(super) fn part(state: &State, year: u32) -> DisclosedFeedback {
    let reported = of_year(state, year).filter(|(_, inspection)| inspection.reported.is_some());
    let feedback: Vec<_> = reported.map(|(id, inspection)| row(state, id, inspection)).collect();
    DisclosedFeedback { rows: count(feedback.len()), feedback }
}

fn row(state: &State, id: &InspectionId, inspection: &Inspection) -> DisclosedFeedbackRow {
    let key = |kind: Obligation| (kind, id.as_str().to_owned());
    let late_by = |kind| state.obligations.met.get(&key(kind)).map_or(0, |met| met.late_by);
    let missing = |kind| state.obligations.get(&key(kind)).is_some_and(|duty| duty.missed);
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
