//! Art. 23: the year's disclosure by the end of February, all parts, derived from the ledger.

use super::Found;
use crate::civil::{date_of, end_of, year_of};
use crate::decide::Stated;
use crate::disclosure::{derive, document_hash, due_date, parts};
use crate::evolve::At;
use crate::state::State;
use lotbook_event::oversight::*;
use lotbook_event::{Code, Event, Flag, Refusal};

/// A year that has ended, is this ledger's, and is not disclosed yet.
pub fn requested(state: &State, stated: &Stated<'_>, e: &AnnualDisclosureRequested) -> Result<(), Refusal> {
    let (subject, today) = (subject(e.year), date_of(stated.at()));
    if let Some(began) = state.began.filter(|began| e.year < year_of(*began)) {
        let found = format!("this ledger began on {began}: it knows nothing of {}", e.year);
        return Err(Refusal::new(Code::InvalidValue, subject, found));
    }
    if year_of(today) <= e.year {
        let found = format!("it is {today}; {} is disclosed when it is over", e.year);
        return Err(Refusal::new(Code::WrongPhase, subject, found));
    }
    not_published(state, e.year)
}

/// The disclosure that follows from a request, of the entries before it.
///
/// # Errors
/// None: what may be requested can be derived.
pub fn generate(state: &State, e: &AnnualDisclosureRequested) -> Result<Vec<Event>, Refusal> {
    let document = derive(state, e.year);
    let generated = AnnualDisclosureGenerated {
        year: e.year,
        size: state.head.size,
        root: state.head.frontier.root(),
        document: document_hash(&document),
        parts: parts(&document),
    };
    Ok(vec![generated.into()])
}

/// Published once, as generated last, with all parts.
pub fn published(state: &State, e: &AnnualDisclosurePublished) -> Result<(), Refusal> {
    not_published(state, e.year)?;
    let subject = subject(e.year);
    let generated = state.disclosures.get(&e.year).and_then(|record| record.generated.as_ref());
    let Some((generated, _)) = generated else {
        let found = format!("no disclosure of {} has been generated; request it first", e.year);
        return Err(Refusal::new(Code::WrongPhase, subject, found));
    };
    let missing = DisclosurePartKind::ALL.iter().filter(|part| !e.parts.contains(part));
    let missing: Vec<_> = missing.map(|part| part.code()).collect();
    if !missing.is_empty() {
        let found = format!("the disclosure of {} lacks: {}", e.year, missing.join(", "));
        return Err(Refusal::new(Code::DisclosureSectionMissing, subject, found));
    }
    if e.document != generated.document {
        let found = format!("hash {:?}, generated last is {:?}", e.document, generated.document);
        return Err(Refusal::new(Code::InvalidValue, subject, found));
    }
    if e.receipt_ref.as_str().trim().is_empty() {
        return Err(Refusal::new(Code::InvalidValue, subject, "the reference of the publication is missing"));
    }
    Ok(())
}

/// Flag DISCLOSURE_LATE: recorded after the day of Art. 23; the day itself is in time, and is not moved.
pub(crate) fn late(state: &State, at: At<'_>, e: &AnnualDisclosurePublished) -> Vec<Found> {
    let due = due_date(state, e.year).filter(|due| at.entry.recorded_at >= end_of(*due));
    let late = due.map(|due| {
        let days = state.calendar.working_days_between(due, at.date());
        (Flag::DisclosureLate, e.year.to_string(), format!("late by {days} working days, due {due}"))
    });
    late.into_iter().collect()
}

fn not_published(state: &State, year: u32) -> Result<(), Refusal> {
    match state.disclosures.get(&year).and_then(|record| record.published.as_ref()) {
        Some((at, reference)) => {
            let found = format!("the disclosure of {year} was published on {} ({reference})", date_of(*at));
            Err(Refusal::new(Code::AlreadyRecorded, subject(year), found))
        }
        None => Ok(()),
    }
}

fn subject(year: u32) -> String {
    format!("disclosure {year}")
}
