//! Who stands behind a key: what is to be decided by somebody else needs another person, not another key.

use crate::state::State;
use lotbook_chain::KeyId;
use lotbook_event::InspectorId;
use lotbook_event::keys::Role;
use std::collections::BTreeSet;

/// Whether two keys are held by one person: the same key, or registered for the same name.
pub fn same(state: &State, one: KeyId, other: KeyId) -> bool {
    one == other || !names(state, one).is_disjoint(&names(state, other))
}

/// Whether the holder of a key is an inspector: by a key of the inspector, or by the name on the roster.
pub fn is_inspector(state: &State, key: KeyId, inspector: &InspectorId) -> bool {
    let on_roster = state.inspectors.get(inspector).map(|record| record.row.name.as_str());
    if on_roster.is_some_and(|name| names(state, key).contains(name)) {
        return true;
    }
    let of_inspector = state.keys.iter().filter(|(_, known)| {
        let mut grants = known.grants.iter();
        grants.any(|((role, _), g)| *role == Role::Inspector && g.subject == inspector.as_str())
    });
    of_inspector.map(|(id, _)| *id).any(|other| same(state, key, other))
}

/// The bodies that nominated a key's holder; the office itself is none.
pub fn bodies(state: &State, key: KeyId) -> BTreeSet<&str> {
    let office = state.office.as_ref().map_or("", |office| office.name.as_str());
    let grants = state.keys.get(&key).into_iter().flat_map(|known| known.grants.values());
    grants
        .map(|grant| grant.nominated_by.as_str())
        .filter(|body| !body.is_empty() && *body != office)
        .collect()
}

/// Whether one body nominated the holders of both keys.
pub fn of_one_body(state: &State, one: KeyId, other: KeyId) -> bool {
    !bodies(state, one).is_disjoint(&bodies(state, other))
}

/// The names in a key's registrations, revoked ones too: the person stays the person.
fn names(state: &State, key: KeyId) -> BTreeSet<&str> {
    let grants = state.keys.get(&key).into_iter().flat_map(|known| known.grants.values());
    grants.map(|grant| grant.person.as_str()).filter(|name| !name.is_empty()).collect()
}
