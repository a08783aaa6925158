//! Decide: may this be stated now, and what follows from it? Changes nothing.

use crate::article::{self, a06_embargo, a14_beacon, a14_ceremony, a14_draw, a15_unnamed, a23_disclosure};
use crate::authenticate::Authentic;
use crate::authority;
use crate::draw::DrawFault;
use crate::embargo::{self, Keys, lifted};
use crate::state::State;
use crate::subject::subject;
use crate::substitution;
use lotbook_chain::{Instant, Sealed};
use lotbook_event::{Code, Event, Refusal, Statement};

/// Why a statement is not appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// A rule said no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The program is wrong: stop writing.
    #[error(transparent)]
    Fault(#[from] DrawFault),
}

/// A statement with the facts of its entry, as the articles see it.
pub struct Stated<'a> {
    /// The author, authenticated.
    pub authentic: &'a Authentic,
    /// The sealed entry.
    pub sealed: &'a Sealed<Authentic>,
}

impl Stated<'_> {
    /// When it is recorded.
    pub fn at(&self) -> Instant {
        self.sealed.entry.recorded_at
    }

    /// The statement.
    pub fn statement(&self) -> &Statement {
        self.authentic.statement()
    }
}

/// Decides a sealed statement: the derived events that follow from it, in order; for a verifier those that
/// depend on an embargo's key are templates.
///
/// # Errors
/// [`DecideError::Refused`] with code, article, what was found and what to do.
pub fn decide(state: &State, sealed: &Sealed<Authentic>, keys: Keys<'_>) -> Result<Vec<Event>, DecideError> {
    let stated = Stated { authentic: &sealed.body, sealed };
    let statement = stated.statement();
    authority::check(&statement.event, statement.role)?;
    expected(state, statement)?;
    let known = embargo::known(state, &statement.event, keys)?;
    article::check(state, &stated, &statement.event, &known)?;
    a15_unnamed::with_names(state, &stated, keys)?;
    consequences(state, sealed, keys)
}

/// What follows from an entry by rule; also for what the ledger states because it was due.
///
/// # Errors
/// [`DecideError::Fault`] if a draw cannot be computed, a refusal if a pool cannot be frozen.
pub fn consequences<B: std::borrow::Borrow<Statement>>(
    state: &State,
    sealed: &Sealed<B>,
    keys: Keys<'_>,
) -> Result<Vec<Event>, DecideError> {
    let event = &sealed.body.borrow().event;
    match event {
        Event::CeremonyOpened(event) => {
            let embargo = a06_embargo::frozen(state, event, keys)?;
            let unnamed = a15_unnamed::unnamed(state, &sealed.body.borrow().event);
            let lifted = unnamed.map(|(_, batch)| lifted(state, batch, keys)).transpose()?;
            let names = lifted.as_ref().map_or(Some(state), Option::as_ref);
            Ok(vec![a14_draw::freeze(state, event, embargo, names, sealed)?.into()])
        }
        Event::SeedCommitted(event) => Ok(a14_ceremony::after_commitment(state, event, sealed)?),
        Event::SeedRevealed(event) => a14_ceremony::after_reveal(state, event, sealed, keys),
        Event::EmbargoKeyHeld(event) => Ok(a06_embargo::after_held(state, event, sealed)?),
        Event::NoticeServed(_) | Event::InspectionStarted(_) => {
            let opens = embargo::known(state, event, keys)?.opens;
            Ok(opens.into_iter().map(Event::from).collect())
        }
        Event::EmbargoReleased(event) => Ok(a06_embargo::after_release(state, event)?),
        Event::BeaconRecorded(event) => a14_beacon::after_beacon(state, event, keys),
        Event::AnnualDisclosureRequested(event) => Ok(a23_disclosure::generate(state, event)?),
        Event::RecusalDecided(event) => Ok(substitution::follows(state, event, keys)?),
        Event::CeremonyClosed(event) => {
            a14_ceremony::after_close(state, state.ceremony(&event.draw)?, &event.missing, keys)
        }
        _ => Ok(vec![]),
    }
}

fn expected(state: &State, statement: &Statement) -> Result<(), Refusal> {
    let Some(expected) = statement.expected_position else { return Ok(()) };
    let subject = subject(&statement.event);
    match state.last_change(&subject) {
        Some(changed) if changed >= expected => {
            let found = format!("{subject} changed at position {changed}, expected nothing since {expected}");
            Err(Refusal::new(Code::StaleExpectation, subject, found))
        }
        _ => Ok(()),
    }
}
