//! Keys and genesis: what registrations and confirmations change.

use super::At;
use crate::genesis::Genesis;
use crate::key::{Grant, Key};
use crate::state::State;
use lotbook_chain::{PublicKey, Sealed};
use lotbook_event::keys::*;
use lotbook_event::{RawKey, Statement};
use std::borrow::Borrow;
use std::collections::BTreeMap;

pub(super) fn created<B: Borrow<Statement>>(
    state: &mut State,
    at: At<'_>,
    e: &LedgerCreated,
    sealed: &Sealed<B>,
) {
    let copy = Sealed {
        entry: sealed.entry.clone(),
        bytes: sealed.bytes.clone(),
        hash: sealed.hash,
        leaf: sealed.leaf,
        body: sealed.body.borrow().clone(),
    };
    state.genesis = Genesis::open(&copy).ok();
    state.began = Some(at.date());
    for (raw, role) in [(&e.administrator_key, Role::Administrator), (&e.leader_key, Role::OfficeLeader)] {
        grant(state, at, raw, (role, None), role.code(), true);
    }
}

pub(super) fn grant(
    state: &mut State,
    at: At<'_>,
    raw: &RawKey,
    right: crate::key::Right,
    person: &str,
    confirmed: bool,
) {
    let Ok(public) = PublicKey::from_bytes(&raw.0) else { return };
    let key = state.keys.entry(public.key_id());
    let key = key.or_insert_with(|| Key { public, grants: BTreeMap::new(), revoked: None });
    let grant = Grant {
        person: person.to_owned(),
        nominated_by: String::new(),
        subject: String::new(),
        registered_at: at.entry.recorded_at,
        registered: at.position(),
        registered_by: at.entry.author,
        confirmed,
    };
    key.grants.insert(right, grant);
}

pub(super) fn key_registered(state: &mut State, at: At<'_>, e: &KeyRegistered) {
    let right = (e.role, e.section.clone());
    grant(state, at, &e.public_key, right.clone(), e.person.as_str(), false);
    let key_id = PublicKey::from_bytes(&e.public_key.0).map(|key| key.key_id());
    let key = key_id.ok().and_then(|id| state.keys.get_mut(&id));
    if let Some(grant) = key.and_then(|key| key.grants.get_mut(&right)) {
        e.nominated_by.as_str().clone_into(&mut grant.nominated_by);
        e.subject.as_str().clone_into(&mut grant.subject);
    }
}

pub(super) fn key_confirmed(state: &mut State, e: &KeyConfirmed) {
    let right = (e.role, e.section.clone());
    if let Some(grant) = state.keys.get_mut(&e.key_id).and_then(|key| key.grants.get_mut(&right)) {
        grant.confirmed = true;
    }
}
