//! Art. 14: a reveal that a participant made in time and the ledger has not recorded counts as recorded, if somebody
//! else held it (draw.md 1, [P-180] to [P-183]). Else whoever runs the ledger could drop a reveal, fail the attempt
//! by it, and have its author barred.

use super::Found;
use crate::ceremony::{Ceremony, Stage};
use crate::civil::show;
use crate::key::{Grant, Key};
use crate::person;
use crate::state::State;
use lotbook_chain::sign::{held_message, statement_message};
use lotbook_chain::{KeyId, StatementHash};
use lotbook_event::ceremony::{FailureCode, RevealHeld, SeedRevealed};
use lotbook_event::keys::Role;
use lotbook_event::{Bytes32, Code, Event, Flag, Refusal, Statement};

/// A reveal is shown that opens its author's commitment under the sealing, and that another held in time.
///
/// # Errors
/// In this order: UNKNOWN_SUBJECT, NOT_A_PARTICIPANT, WRONG_PHASE, ALREADY_RECORDED for the reveal; then as [`made`]
/// and [`stamped`] say.
pub fn held(state: &State, e: &RevealHeld) -> Result<(), Refusal> {
    let ceremony = state.ceremony(&e.draw)?;
    if ceremony.part(&e.author).is_none() {
        let found = format!("key {} is not a participant of {}", e.author, e.draw);
        return Err(Refusal::new(Code::NotAParticipant, &e.draw, found));
    }
    if ceremony.stage != Stage::Failed || ceremony.failed != Some(FailureCode::MissingReveal) {
        let why = ceremony.failed.map_or("it has not failed", FailureCode::code);
        let found =
            format!("{} is {:?} ({why}); a held reveal is for missing_reveal", e.draw, ceremony.stage);
        return Err(Refusal::new(Code::WrongPhase, &e.draw, found));
    }
    if ceremony.reveals.contains_key(&e.author) || ceremony.held.contains_key(&e.author) {
        let found = format!("the reveal of key {} is on the ledger", e.author);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.draw, found));
    }
    made(state, ceremony, e)?;
    stamped(state, ceremony, e)
}

/// The reveal is its author's: signed, of a role held, opening the commitment under the sealing.
///
/// # Errors
/// INVALID_VALUE if it is no signed SeedRevealed of the draw, OPENING_MISMATCH if it does not open.
pub fn made(state: &State, ceremony: &Ceremony, e: &RevealHeld) -> Result<(), Refusal> {
    let invalid = |found: String| Refusal::new(Code::InvalidValue, &e.draw, found);
    let author = state.keys.get(&e.author).ok_or_else(|| invalid(format!("key {} is unknown", e.author)))?;
    let message = statement_message(state.ledger(), e.statement.as_bytes());
    let signed = author.public.verify(&message, &e.signature);
    signed.map_err(|_| invalid(format!("the reveal is not signed by key {}", e.author)))?;
    let statement = Statement::decode(e.statement.as_bytes());
    let statement = statement.map_err(|error| invalid(format!("what was held is no statement: {error}")))?;
    let right = (statement.role, statement.section.clone());
    if !author.grants.get(&right).is_some_and(|grant| grant.confirmed) {
        return Err(invalid(format!("key {} does not hold the role {}", e.author, statement.role)));
    }
    let Event::SeedRevealed(SeedRevealed { draw, sealed, secret }) = &statement.event else {
        return Err(invalid(format!("what was held is {}, not SeedRevealed", statement.event.name())));
    };
    if *draw != e.draw {
        return Err(invalid(format!("what was held is a reveal of {draw}")));
    }
    if ceremony.sealed != Some(*sealed) || !ceremony.opens(&e.author, secret) {
        let found = format!("the reveal of key {} does not open its commitment under the sealing", e.author);
        return Err(Refusal::new(Code::OpeningMismatch, &e.draw, found));
    }
    Ok(())
}

/// Another participant, or an auditor, had it before the deadline, and is not the author's own person or body.
///
/// # Errors
/// NOT_A_PARTICIPANT, SELF_APPROVAL, INVALID_VALUE for the stamp's signature or a time before the opening,
/// DEADLINE_PASSED.
pub fn stamped(state: &State, ceremony: &Ceremony, e: &RevealHeld) -> Result<(), Refusal> {
    may_hold(state, ceremony, e.author, e.holder)?;
    let holder = state.keys.get(&e.holder).map(|key| key.public);
    let hash = StatementHash::of(e.statement.as_bytes());
    let message = held_message(state.ledger(), e.author, hash, &e.signature, e.stamped_at);
    if holder.is_none_or(|holder| holder.verify(&message, &e.stamp).is_err()) {
        let found = format!("the stamp is not signed by key {}", e.holder);
        return Err(Refusal::new(Code::InvalidValue, &e.draw, found));
    }
    if e.stamped_at < ceremony.opened_at {
        let found = format!("the stamp is of {}, before the ceremony was opened", show(e.stamped_at));
        return Err(Refusal::new(Code::InvalidValue, &e.draw, found));
    }
    let frozen = ceremony.frozen.as_ref();
    let deadline = frozen.map(|frozen| frozen.stated.reveal_deadline).filter(|until| e.stamped_at >= *until);
    match deadline {
        None => Ok(()),
        Some(until) => {
            let found = format!("the stamp is of {}, reveals ended {}", show(e.stamped_at), show(until));
            Err(Refusal::new(Code::DeadlinePassed, &e.draw, found))
        }
    }
}

/// Who may hold somebody's reveal.
///
/// # Errors
/// NOT_A_PARTICIPANT or SELF_APPROVAL.
pub fn may_hold(state: &State, ceremony: &Ceremony, author: KeyId, holder: KeyId) -> Result<(), Refusal> {
    let is_auditor = state.keys.get(&holder).is_some_and(|key| audits_since(key, ceremony));
    if ceremony.part(&holder).is_none() && !is_auditor {
        let found = format!(
            "key {holder} is neither a participant of {} nor an auditor registered before it was opened",
            ceremony.draw
        );
        return Err(Refusal::new(Code::NotAParticipant, &ceremony.draw, found));
    }
    if person::same(state, author, holder) || person::of_one_body(state, author, holder) {
        let found = format!("key {holder} is held by the person, or for the body, whose reveal it stamps");
        return Err(Refusal::new(Code::SelfApproval, &ceremony.draw, found));
    }
    Ok(())
}

/// An auditor's key that was there when the ceremony was opened: a witness is not made up afterwards.
fn audits_since(key: &Key, ceremony: &Ceremony) -> bool {
    let before = |grant: &Grant| grant.registered_at < ceremony.opened_at;
    key.rights().any(|((role, _), grant)| *role == Role::Auditor && before(grant))
}

/// What a held reveal reveals.
pub(crate) fn secret(e: &RevealHeld) -> Option<Bytes32> {
    match Statement::decode(e.statement.as_bytes()).ok()?.event {
        Event::SeedRevealed(revealed) => Some(revealed.secret),
        _ => None,
    }
}

/// Flag REVEAL_NOT_RECORDED: the ledger has not recorded a reveal that was made in time.
pub(crate) fn flags(state: &State, e: &RevealHeld) -> Vec<Found> {
    let (author, holder) = (state.person_of(&e.author), state.person_of(&e.holder));
    let detail = format!("of {author} (key {}), held by {holder} at {}", e.author, show(e.stamped_at));
    vec![(Flag::RevealNotRecorded, e.draw.to_string(), detail)]
}
