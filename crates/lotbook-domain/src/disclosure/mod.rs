//! The annual disclosure (Art. 23): derived from the state, the same for everybody who derives it.
//!
//! A draw belongs to the year in which its ceremony was opened, an inspection to the year in which its team
//! was drawn or named; what follows from an inspection belongs to it, however late. Flags and refusals belong
//! to the year in which they were recorded. Where to read first: [`derive()`]; one file a part.

mod comments;
mod deviations;
mod draws;
mod due;
mod feedback;
mod handling;
mod inspections;
#[cfg(test)]
mod tests;

pub(crate) use due::{due_date, missing};
pub use lotbook_event::disclosure::DisclosureDocument;

use crate::civil::{date_of, year_of};
use crate::state::{Inspection, State};
use lotbook_chain::Instant;
use lotbook_event::disclosure::DisclosedCount;
use lotbook_event::oversight::{DisclosurePartKind, DisclosurePartSummary};
use lotbook_event::wire::Wire;
use lotbook_event::{Bytes32, InspectionId};
use std::collections::BTreeMap;

/// The document of a year, from the entries so far.
pub fn derive(state: &State, year: u32) -> DisclosureDocument {
    let created = state.genesis.as_ref().map(|genesis| &genesis.created);
    let constituted = state.office.as_ref().map(|office| &office.name);
    DisclosureDocument {
        origin: created.map(|created| created.origin.wire()).unwrap_or_default(),
        ledger_id: state.ledger().wire(),
        office: constituted
            .or(created.map(|created| &created.office_name))
            .map(Wire::wire)
            .unwrap_or_default(),
        year,
        size: state.head.size,
        root: state.head.frontier.root().wire(),
        draws: Some(draws::part(state, year)),
        inspections: Some(inspections::part(state, year)),
        feedback: Some(feedback::part(state, year)),
        comments: Some(comments::part(state, year)),
        handling: Some(handling::part(state, year)),
        deviations: Some(deviations::part(state, year)),
    }
}

/// Hash of a document.
pub fn document_hash(document: &DisclosureDocument) -> Bytes32 {
    // BLAKE3.derive_key("lotbook v1 disclosure", encoding of the DisclosureDocument)
    Bytes32(blake3::derive_key("lotbook v1 disclosure", &lotbook_event::disclosure::encode(document)))
}

/// The six parts with their rows.
pub fn parts(document: &DisclosureDocument) -> Vec<DisclosurePartSummary> {
    let rows = |part: &DisclosurePartKind| match part {
        DisclosurePartKind::Draws => document.draws.as_ref().map(|part| part.rows),
        DisclosurePartKind::Inspections => document.inspections.as_ref().map(|part| part.rows),
        DisclosurePartKind::Feedback => document.feedback.as_ref().map(|part| part.rows),
        DisclosurePartKind::Comments => document.comments.as_ref().map(|part| part.rows),
        DisclosurePartKind::Use => document.handling.as_ref().map(|part| part.rows),
        DisclosurePartKind::Deviations => document.deviations.as_ref().map(|part| part.rows),
    };
    let summary = |part| DisclosurePartSummary { part, rows: rows(&part).unwrap_or(0) };
    DisclosurePartKind::ALL.iter().copied().map(summary).collect()
}

fn is_in(at: Instant, year: u32) -> bool {
    year_of(date_of(at)) == year
}

/// Inspections of a year, by identifier.
fn of_year(state: &State, year: u32) -> impl Iterator<Item = (&InspectionId, &Inspection)> {
    let all = state.inspections.iter().map(|(id, inspection)| (id, &**inspection));
    all.filter(move |(_, inspection)| is_in(inspection.assigned_at, year))
}

/// Whether an inspection is of a year.
fn is_of_year(state: &State, id: &InspectionId, year: u32) -> bool {
    state.inspections.get(id).is_some_and(|inspection| is_in(inspection.assigned_at, year))
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}

/// Codes with how often each occurs, ascending.
fn tally<'a>(codes: impl IntoIterator<Item = &'a str>) -> Vec<DisclosedCount> {
    let mut counts = BTreeMap::<&str, u64>::new();
    for code in codes {
        let count = counts.entry(code).or_default();
        *count = count.saturating_add(1);
    }
    counts.into_iter().map(|(code, count)| DisclosedCount { code: code.to_owned(), count }).collect()
}
