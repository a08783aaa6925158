//! Art. 14: the ceremony behind a draw, from the first commitment to the close (draw.md 1).

use crate::ceremony::{Ceremony, Stage};
use crate::decide::{DecideError, Stated};
use crate::draw::draws;
use crate::embargo::{self, Keys};
use crate::state::State;
use lotbook_chain::{Instant, KeyId, Sealed};
use lotbook_event::ceremony::*;
use lotbook_event::{Code, DrawId, Event, Refusal, Statement};
use std::borrow::Borrow;
use std::collections::BTreeSet;

fn participant<'a>(state: &'a State, stated: &Stated<'_>, draw: &DrawId) -> Result<&'a Ceremony, Refusal> {
    let ceremony = state.ceremony(draw)?;
    let author = stated.authentic.author();
    if ceremony.part(&author).is_none() {
        let found = format!("key {author} is not a participant of {draw}");
        return Err(Refusal::new(Code::NotAParticipant, draw, found));
    }
    Ok(ceremony)
}

/// A participant commits once, before the deadline.
pub fn committed(state: &State, stated: &Stated<'_>, e: &SeedCommitted) -> Result<(), Refusal> {
    let ceremony = participant(state, stated, &e.draw)?;
    let author = stated.authentic.author();
    if ceremony.commitments.contains_key(&author) {
        return Err(Refusal::new(Code::AlreadyCommitted, &e.draw, format!("key {author} has committed")));
    }
    if ceremony.commitments.values().any(|other| *other == e.commitment) {
        let found = "the commitment is a copy of another participant's".to_owned();
        return Err(Refusal::new(Code::OpeningMismatch, &e.draw, found));
    }
    let deadline = ceremony.frozen.as_ref().map_or(Instant(0), |frozen| frozen.stated.commit_deadline);
    if ceremony.stage != Stage::Committing || stated.at() >= deadline {
        let found = format!("{} takes no commitments any more ({:?})", e.draw, ceremony.stage);
        return Err(Refusal::new(Code::DeadlinePassed, &e.draw, found));
    }
    Ok(())
}

/// A participant opens their own commitment under the sealing, once, before the deadline.
pub fn revealed(state: &State, stated: &Stated<'_>, e: &SeedRevealed) -> Result<(), Refusal> {
    let ceremony = participant(state, stated, &e.draw)?;
    let author = stated.authentic.author();
    if ceremony.stage == Stage::Committing {
        let found = format!("{} is not sealed yet", e.draw);
        return Err(Refusal::new(Code::WrongPhase, &e.draw, found));
    }
    if ceremony.reveals.contains_key(&author) {
        return Err(Refusal::new(Code::AlreadyCommitted, &e.draw, format!("key {author} has revealed")));
    }
    let frozen = ceremony.frozen.as_ref();
    let deadline = frozen.map_or(Instant(0), |frozen| frozen.stated.reveal_deadline);
    if ceremony.stage != Stage::Revealing || stated.at() >= deadline {
        let found = format!("{} takes no reveals any more ({:?})", e.draw, ceremony.stage);
        return Err(Refusal::new(Code::DeadlinePassed, &e.draw, found));
    }
    if !ceremony.opens(&author, &e.secret) || ceremony.sealed != Some(e.sealed) {
        let found = format!("the reveal of key {author} does not open its commitment under the sealing");
        return Err(Refusal::new(Code::OpeningMismatch, &e.draw, found));
    }
    Ok(())
}

/// After the last commitment the ledger seals; under embargo not before two persons hold the key.
pub fn after_commitment<B: Borrow<Statement>>(
    state: &State,
    e: &SeedCommitted,
    sealed: &Sealed<B>,
) -> Result<Vec<Event>, Refusal> {
    let mut ceremony = state.ceremony(&e.draw)?.clone();
    ceremony.commitments.insert(sealed.entry.author, e.commitment);
    if !ceremony.all_committed() || !embargo::is_held(state, &ceremony) {
        return Ok(vec![]);
    }
    let committers = ceremony.commitments.keys().copied().collect();
    Ok(vec![CeremonySealed { draw: e.draw.clone(), committers }.into()])
}

/// After the last reveal the ledger closes, and draws.
///
/// # Errors
/// [`DecideError::Fault`] if the draw cannot be computed.
pub fn after_reveal<B: Borrow<Statement>>(
    state: &State,
    e: &SeedRevealed,
    sealed: &Sealed<B>,
    keys: Keys<'_>,
) -> Result<Vec<Event>, DecideError> {
    let mut ceremony = state.ceremony(&e.draw)?.clone();
    ceremony.reveals.insert(sealed.entry.author, e.secret);
    let missing = ceremony.missing();
    if !missing.is_empty() {
        return Ok(vec![]);
    }
    let closed = CeremonyClosed { draw: e.draw.clone(), missing: missing.clone() };
    let mut events = vec![closed.into()];
    events.extend(after_close(state, &ceremony, &missing, keys)?);
    Ok(events)
}

/// After the close: the draw, or the failure that its missing reveals are without a beacon. With one they are
/// left out, as nobody could know what they would change, and the draw waits for the round.
///
/// # Errors
/// [`DecideError::Fault`] if the draw cannot be computed.
pub fn after_close(
    state: &State,
    ceremony: &Ceremony,
    missing: &BTreeSet<KeyId>,
    keys: Keys<'_>,
) -> Result<Vec<Event>, DecideError> {
    let draw = ceremony.draw.clone();
    let blind = !ceremony.beacons().is_empty();
    let (code, barred) = match () {
        () if !blind && !missing.is_empty() => (FailureCode::MissingReveal, missing.clone()),
        () if !ceremony.enough_revealed() => (FailureCode::TooFewReveals, BTreeSet::new()),
        () if blind => return Ok(vec![]),
        () => return Ok(draws(state, ceremony, keys)?),
    };
    Ok(vec![CeremonyFailed { draw, code, barred }.into()])
}
