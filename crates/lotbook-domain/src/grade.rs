//! The grade of a draw (draw.md 1): how much its seed has to be taken on trust.

use crate::beacon;
use crate::ceremony::{Ceremony, Stage};
use crate::person::{self, bodies};
use crate::state::{BatchRecord, State};
use lotbook_chain::{Instant, KeyId, Position};
use lotbook_draw::certificate::Grade;
use lotbook_event::ceremony::ParticipantRole;
use lotbook_event::keys::Role;

/// Fewest independent reveals of grade A.
pub const INDEPENDENT_REVEALS: usize = 2;
/// Fewest committers of grade B without a beacon.
pub const COMMITTERS_WITHOUT_BEACON: usize = 3;

/// The grade of a ceremony. `stamped` is the time at which a quorum of witnesses had cosigned a checkpoint over
/// its CeremonyClosed, in Unix seconds, as far as that is known: with a beacon there is none above C without it.
pub fn grade(state: &State, ceremony: &Ceremony, stamped: Option<u64>) -> Grade {
    let independent = independent(state, ceremony);
    let all_revealed = ceremony.missing().is_empty();
    match ceremony.beacons() {
        [] if ceremony.commitments.len() >= COMMITTERS_WITHOUT_BEACON
            && all_revealed
            && !independent.is_empty() =>
        {
            Grade::B
        }
        [] => Grade::C,
        _ if !is_timely(ceremony, stamped) => Grade::C,
        _ if distinct(state, &independent) => Grade::A,
        _ => Grade::B,
    }
}

/// Where ceremonies were closed that wait for a beacon: what witnesses see now makes their grade.
pub fn awaiting_stamps(state: &State) -> Vec<Position> {
    let waits = |held: &&Ceremony| held.stage == Stage::Closed && !held.beacons().is_empty();
    let closed = state.ceremonies.values().filter(waits).filter_map(|held| held.closed);
    closed.map(|closed| closed.position).collect()
}

/// Whether witnesses had seen the close before the first of its rounds was published.
fn is_timely(ceremony: &Ceremony, stamped: Option<u64>) -> bool {
    let stamped = stamped.and_then(|seconds| i64::try_from(seconds).ok());
    let first = ceremony.beacons().iter().map(beacon::time_of).min();
    let at = stamped.map(|seconds| Instant(0).plus_seconds(seconds));
    at.zip(first).is_some_and(|(at, first)| at < first)
}

/// Who revealed and is independent: not of the drawing section or of the ledger's operator, by key or by a name
/// in a registration, and nominated by a body that is not the office.
fn independent(state: &State, ceremony: &Ceremony) -> Vec<KeyId> {
    let record = state.batches.get(&ceremony.batch);
    let own = |key: &KeyId| {
        ceremony.part(key) == Some(ParticipantRole::DrawingSection)
            || state.keys.iter().any(|(other, known)| {
                known.grants.keys().any(|(role, section)| works_for(record, *role, section.as_ref()))
                    && person::same(state, *key, *other)
            })
    };
    let revealed = ceremony.reveals.keys().filter(|key| !own(key));
    revealed.filter(|key| !bodies(state, **key).is_empty()).copied().collect()
}

/// Whether a role is one of the ledger's operator, or of the section that draws.
fn works_for(batch: Option<&BatchRecord>, role: Role, section: Option<&lotbook_event::SectionId>) -> bool {
    let draws = |section| batch.is_some_and(|record| record.batch.sections.contains(section));
    match role {
        Role::Administrator => true,
        Role::DrawOperator | Role::SectionOfficer => section.is_some_and(draws),
        _ => false,
    }
}

/// Whether two of them are different persons of different bodies.
fn distinct(state: &State, keys: &[KeyId]) -> bool {
    let apart = |a: KeyId, b: KeyId| !person::same(state, a, b) && !person::of_one_body(state, a, b);
    let paired = |(n, a): (usize, &KeyId)| keys.iter().skip(n + 1).any(|b| apart(*a, *b));
    keys.len() >= INDEPENDENT_REVEALS && keys.iter().enumerate().any(paired)
}

/// Among how many outcomes somebody could have chosen: the exponent of the bound on bias, see [`bias_bound`].
///
/// Without a beacon, who withheld a reveal saw the outcome first: one more for each attempt of the batch that
/// failed after it was sealed, a held reveal or not: somebody saw it first. With a beacon whose close nobody witnessed in time, who ran the ledger could have
/// waited for the round, and left out any of the reveals.
pub fn choices(state: &State, ceremony: &Ceremony, stamped: Option<u64>) -> u128 {
    let attempts =
        state.batches.get(&ceremony.batch).map(|record| record.attempts.as_slice()).unwrap_or_default();
    let before = attempts.iter().filter_map(|draw| state.ceremonies.get(draw));
    let known = |held: &&Ceremony| {
        let seen = held.stage == Stage::Failed && held.sealed.is_some() && held.beacons().is_empty();
        seen && held.purpose == ceremony.purpose && held.attempt < ceremony.attempt
    };
    let discarded = before.filter(known).count() as u128;
    let late = !ceremony.beacons().is_empty() && !is_timely(ceremony, stamped);
    // A ceremony has at most 100 participants, so this is below 2^101 times a small number.
    let subsets =
        if late { 1_u128.checked_shl(ceremony.commitments.len() as u32).unwrap_or(u128::MAX) } else { 1 };
    subsets.saturating_mul(discarded.saturating_add(1))
}

/// The bound for people: p is the probability that one draw gives what somebody wants.
pub fn bias_bound(choices: u128) -> String {
    format!("Pr <= 1 - (1 - p)^{choices}")
}
