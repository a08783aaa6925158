//! Keys: registered by the administrator with proof of possession, confirmed by the leader (ledger.md 1).

use crate::decide::Stated;
use crate::state::State;
use lotbook_chain::{PublicKey, sign::possession_message};
use lotbook_event::keys::{KeyConfirmed, KeyRegistered, KeyRevoked, Role};
use lotbook_event::{Code, Refusal};

/// A new key, or a new role of a key: acceptable, possessed, not yet registered so.
pub fn registered(state: &State, e: &KeyRegistered) -> Result<(), Refusal> {
    let bad = |found: String| Refusal::new(Code::KeyUnacceptable, &e.person, found);
    let key = PublicKey::from_bytes(&e.public_key.0).map_err(|error| bad(error.to_string()))?;
    let section = e.section.as_ref().map_or("", |section| section.as_str());
    // Ed25519("lotbook v1 key\n" || ledger_id || public key || enc(role) || enc(section))
    let message = possession_message(state.ledger(), &key, e.role.code(), section);
    key.verify(&message, &e.possession).map_err(|_| {
        bad("the proof of possession does not verify for this ledger, role and section".into())
    })?;
    let system = state.genesis.as_ref().is_some_and(|genesis| genesis.system_key == key);
    if e.role == Role::System || system {
        return Err(bad("nobody but the ledger holds the system role or key".into()));
    }
    if let Some(section) = e.section.as_ref().filter(|section| !state.sections.contains_key(*section)) {
        return Err(Refusal::new(Code::UnknownSubject, section, format!("there is no section {section}")));
    }
    let known = state.keys.get(&key.key_id());
    let inspects = known
        .into_iter()
        .flat_map(|known| known.grants.iter())
        .find(|((role, _), _)| *role == Role::Inspector);
    if e.role == Role::Inspector && inspects.is_some_and(|(_, grant)| grant.subject != e.subject.as_str()) {
        return Err(bad("the key stands for another inspector already".into()));
    }
    if known.is_some_and(|known| known.revoked.is_some()) {
        return Err(bad("the key has been revoked; make a new one".into()));
    }
    if known.is_some_and(|known| known.grants.contains_key(&(e.role, e.section.clone()))) {
        let found = format!("the key is registered as {} already", e.role);
        return Err(Refusal::new(Code::AlreadyRecorded, &e.person, found));
    }
    Ok(())
}

/// The leader confirms a registration that waits.
pub fn confirmed(state: &State, stated: &Stated<'_>, e: &KeyConfirmed) -> Result<(), Refusal> {
    let grants = state.keys.get(&e.key_id).map(|key| &key.grants);
    match grants.and_then(|grants| grants.get(&(e.role, e.section.clone()))) {
        Some(grant) if grant.confirmed => {
            let found = format!("{} of key {} is confirmed already", e.role, e.key_id);
            Err(Refusal::new(Code::AlreadyRecorded, e.key_id, found))
        }
        Some(grant) if grant.registered_by == stated.authentic.author() => {
            let found = format!("key {} was registered by the same key", e.key_id);
            Err(Refusal::new(Code::SelfApproval, e.key_id, found))
        }
        Some(_) => Ok(()),
        None => {
            let found = format!("key {} has no registration as {}", e.key_id, e.role);
            Err(Refusal::new(Code::UnknownSubject, e.key_id, found))
        }
    }
}

/// A key ends once.
pub fn revoked(state: &State, e: &KeyRevoked) -> Result<(), Refusal> {
    match state.keys.get(&e.key_id).map(|key| key.revoked) {
        Some(None) => Ok(()),
        Some(Some(position)) => {
            let found = format!("key {} was revoked at position {position}", e.key_id);
            Err(Refusal::new(Code::AlreadyRecorded, e.key_id, found))
        }
        None => Err(Refusal::new(Code::UnknownKey, e.key_id, format!("key {} is not registered", e.key_id))),
    }
}
