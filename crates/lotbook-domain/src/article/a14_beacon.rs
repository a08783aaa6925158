//! Art. 14: a beacon's round is carried onto the ledger by anybody, and the draw follows (draw.md 1).

use super::Found;
use crate::beacon;
use crate::ceremony::{Ceremony, Stage};
use crate::civil::show;
use crate::decide::DecideError;
use crate::draw::draws;
use crate::embargo::Keys;
use crate::state::State;
use lotbook_chain::Instant;
use lotbook_event::ceremony::{BeaconRecorded, FrozenBeacon};
use lotbook_event::{Code, DrawId, Event, Flag, Refusal};

/// Seconds after which a draw whose result is fixed is overdue: a day (draw.md 1).
pub const OVERDUE_SECONDS: i64 = 86_400;

/// The one round of a chain of the pool, once, after the close, with the chain's signature.
pub fn recorded(state: &State, e: &BeaconRecorded) -> Result<(), Refusal> {
    let ceremony = state.ceremony(&e.draw)?;
    let invalid = |found: String| Refusal::new(Code::BeaconInvalid, &e.draw, found);
    let named = ceremony.beacons().iter().find(|beacon| beacon.chain_hash == e.chain_hash);
    let Some(named) = named else {
        let hash = lotbook_draw::Hex(e.chain_hash.0);
        let known: Vec<_> =
            ceremony.beacons().iter().map(|b| lotbook_draw::Hex(b.chain_hash.0).to_string()).collect();
        let known = if known.is_empty() { "no beacon".into() } else { known.join(", ") };
        return Err(invalid(format!("chain {hash} is stated, {} takes {known}", e.draw)));
    };
    if ceremony.rounds.contains_key(&e.chain_hash) {
        let found = format!("round {} of {} is recorded", named.round, e.draw);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.draw, found));
    }
    if ceremony.stage != Stage::Closed {
        let found = format!("{} is {:?}; a beacon is recorded once it is closed", e.draw, ceremony.stage);
        return Err(Refusal::new(Code::WrongPhase, &e.draw, found));
    }
    if e.round != named.round {
        let found = format!("round {} is stated, {} takes round {}", e.round, e.draw, named.round);
        return Err(invalid(found));
    }
    beacon::chain(named).verify(e.round, &e.signature.0).map_err(|error| invalid(error.to_string()))
}

/// After the last beacon the ledger draws.
///
/// # Errors
/// [`DecideError::Fault`] if the draw cannot be computed.
pub fn after_beacon(state: &State, e: &BeaconRecorded, keys: Keys<'_>) -> Result<Vec<Event>, DecideError> {
    let mut ceremony = state.ceremony(&e.draw)?.clone();
    ceremony.rounds.insert(e.chain_hash, e.signature);
    Ok(if ceremony.awaited().next().is_none() { draws(state, &ceremony, keys)? } else { vec![] })
}

/// When the result of a ceremony that was closed is fixed: at its close, with a beacon not before its round's time.
pub fn fixed_at(ceremony: &Ceremony) -> Option<Instant> {
    let closed = ceremony.closed?.at;
    ceremony.beacons().iter().map(beacon::time_of).chain([closed]).max()
}

/// When it is overdue, if that has not been stated.
pub fn overdue_at(ceremony: &Ceremony) -> Option<Instant> {
    let awaited = ceremony.stage == Stage::Closed && !ceremony.overdue;
    fixed_at(ceremony).filter(|_| awaited).map(|fixed| fixed.plus_seconds(OVERDUE_SECONDS))
}

/// Nothing is opened or started while a draw is overdue: who does not like a result could else go on without it.
///
/// # Errors
/// DRAW_OVERDUE, naming the draw and what it waits for.
pub fn none_overdue(state: &State, subject: impl core::fmt::Display) -> Result<(), Refusal> {
    let overdue =
        state.ceremonies.values().find(|ceremony| ceremony.overdue && ceremony.stage == Stage::Closed);
    let Some(ceremony) = overdue else { return Ok(()) };
    let awaited: Vec<_> = ceremony.awaited().map(describe).collect();
    let found = format!("the result of {} is fixed and not recorded: {}", ceremony.draw, awaited.join(", "));
    Err(Refusal::new(Code::DrawOverdue, subject, found))
}

/// A beacon for people: round, chain, time.
pub fn describe(named: &FrozenBeacon) -> String {
    let chain = lotbook_draw::Hex(named.chain_hash.0);
    format!("round {} of chain {chain}, published {}", named.round, show(beacon::time_of(named)))
}

/// Flag DRAW_OVERDUE.
pub(crate) fn overdue(state: &State, draw: &str) -> Vec<Found> {
    let ceremony = DrawId::new(draw).ok().and_then(|draw| state.ceremonies.get(&draw));
    let awaited: Vec<_> = ceremony.into_iter().flat_map(Ceremony::awaited).map(describe).collect();
    vec![(Flag::DrawOverdue, draw.to_owned(), format!("not recorded: {}", awaited.join(", ")))]
}
