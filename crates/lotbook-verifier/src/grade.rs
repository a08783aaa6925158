//! The grade of a draw, recomputed (draw.md 1): how much its seed has to be taken on trust.

use lotbook_domain::State;
use lotbook_domain::ceremony::Ceremony;
use lotbook_event::ceremony::ParticipantRole;
use std::collections::BTreeSet;

/// B: no beacon, at least three committers, all revealed, at least one of them independent: another
/// person and nominating body, not of the drawing section. C: everything else. (A needs a beacon.)
pub fn grade(state: &State, ceremony: &Ceremony) -> char {
    let all_revealed = ceremony.missing().is_empty();
    let independent: BTreeSet<_> =
        ceremony.reveals.keys().filter_map(|key| independent(state, ceremony, key)).collect();
    if ceremony.commitments.len() >= 3 && all_revealed && !independent.is_empty() { 'B' } else { 'C' }
}

/// Person and nominating body of an independent participant.
fn independent<'a>(
    state: &'a State,
    ceremony: &Ceremony,
    key: &lotbook_chain::KeyId,
) -> Option<(&'a str, &'a str)> {
    ceremony.part(key).filter(|part| *part != ParticipantRole::DrawingSection)?;
    let grants = state.keys.get(key)?.grants.values();
    let grant = grants.into_iter().find(|grant| !grant.nominated_by.is_empty())?;
    Some((grant.person.as_str(), grant.nominated_by.as_str()))
}
