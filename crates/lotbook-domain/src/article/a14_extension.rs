//! Art. 14: the inspectors' pool of a draw without an assignment is extended by qualification or by section, never by
//! name, and supervision approves it before inspectors are drawn apart (draw.md 5, [P-185] to [P-187]).

use super::a06_embargo;
use crate::decide::Stated;
use crate::person;
use crate::staffing::Unstaffed;
use crate::state::{BatchKey, State};
use crate::substitution::open_ceremony;
use lotbook_event::draw::PoolExtensionApproved;
use lotbook_event::{Code, Refusal, Text};

/// The draw waits for inspectors and nothing of its batch is open; what is approved could fill a seat.
///
/// # Errors
/// In this order: UNKNOWN_SUBJECT, EMBARGOED, WRONG_PHASE, CEREMONY_OPEN, INVALID_VALUE, UNKNOWN_SUBJECT for a section,
/// SELF_APPROVAL.
pub fn approved(state: &State, stated: &Stated<'_>, e: &PoolExtensionApproved) -> Result<(), Refusal> {
    let batch = state.ceremony(&e.draw)?.batch.clone();
    a06_embargo::no_staffing_yet(state, &batch)?;
    let unstaffed = Unstaffed::of(state, &batch)?;
    if *unstaffed.draw != e.draw {
        let found =
            format!("{} is not the draw that waits for inspectors: that is {}", e.draw, unstaffed.draw);
        return Err(Refusal::new(Code::WrongPhase, &e.draw, found));
    }
    if let Some(open) = open_ceremony(state, &batch) {
        let found = format!("ceremony {} is {:?}: its pool is frozen", open.draw, open.stage);
        return Err(Refusal::new(Code::CeremonyOpen, &e.draw, found));
    }
    could_fill(&unstaffed, e)?;
    if let Some(unknown) = e.sections.iter().find(|section| !state.sections.contains_key(*section)) {
        return Err(Refusal::new(Code::UnknownSubject, unknown, format!("there is no section {unknown}")));
    }
    by_nobody_who_extends(state, stated, e)
}

/// Something is named, with a reason, and every qualification is one that a seat accepts.
fn could_fill(unstaffed: &Unstaffed<'_>, e: &PoolExtensionApproved) -> Result<(), Refusal> {
    let invalid = |found: String| Err(Refusal::new(Code::InvalidValue, &e.draw, found));
    if e.qualifications.is_empty() && e.sections.is_empty() {
        return invalid("neither a qualification nor a section is named".to_owned());
    }
    if e.reason.as_str().is_empty() {
        return invalid("an extension needs a reason".to_owned());
    }
    let seats = &unstaffed.frozen.stated.seats;
    let accepted =
        |one: &Text| seats.iter().any(|seat| seat.accepts.is_empty() || seat.accepts.contains(one));
    match e.qualifications.iter().find(|one| !accepted(one)) {
        Some(one) => invalid(format!("no seat of {} accepts `{one}`", e.draw)),
        None => Ok(()),
    }
}

/// Who keeps the roster of inspectors does not approve what it is extended by.
fn by_nobody_who_extends(
    state: &State,
    stated: &Stated<'_>,
    e: &PoolExtensionApproved,
) -> Result<(), Refusal> {
    let author = stated.authentic.author();
    let keepers: std::collections::BTreeSet<_> =
        state.inspectors.values().map(|record| record.change.by).collect();
    match keepers.into_iter().find(|keeper| person::same(state, *keeper, author)) {
        None => Ok(()),
        Some(keeper) => {
            let found = format!("key {keeper}, of who approves, has stated rows of inspectors");
            Err(Refusal::new(Code::SelfApproval, &e.draw, found))
        }
    }
}

/// Inspectors are drawn apart only from a pool that supervision has let be extended.
///
/// # Errors
/// WRONG_PHASE if it has not.
pub fn is_approved(state: &State, batch: &BatchKey) -> Result<(), Refusal> {
    let unstaffed = Unstaffed::of(state, batch)?;
    if state.ceremony(unstaffed.draw)?.extension.is_empty() {
        let found = format!(
            "supervision has approved no extension of the inspectors' pool of {}, by qualification or by section",
            unstaffed.draw
        );
        return Err(Refusal::new(Code::WrongPhase, unstaffed.draw, found));
    }
    Ok(())
}
