//! What people mean by a name: identifiers abbreviated where only one thing can be meant.

use crate::exit::usage;
use anyhow::Result;
use lotbook_chain::KeyId;
use lotbook_engine::State;
use lotbook_engine::domain::state::BatchKey;
use lotbook_event::{Code, InspectionId, InspectorId, Refusal, Uscc};

/// Candidates that are named when several could be meant.
const MOST_NAMED: usize = 8;

/// An inspection: its identifier, or the code or name of an enterprise with only one that is not closed.
///
/// # Errors
/// A refusal, if there is none; wrong usage, if several could be meant.
pub fn inspection(state: &State, name: &str) -> Result<InspectionId> {
    if let Some((id, _)) = state.inspections.iter().find(|(id, _)| id.as_str() == name) {
        return Ok(id.clone());
    }
    // Under embargo it has a name and nobody's yet.
    if let Some(id) = InspectionId::new(name).ok().filter(|id| state.withheld(id).is_some()) {
        return Ok(id);
    }
    let meant = |uscc: &Uscc| {
        uscc.as_str() == name
            || state.enterprises.get(uscc).is_some_and(|firm| firm.row.name.as_str() == name)
    };
    let all = || {
        state
            .inspections
            .iter()
            .filter(|(id, inspection)| meant(&inspection.uscc) || id.as_str().ends_with(&format!("/{name}")))
    };
    let open: Vec<_> =
        all().filter(|(_, inspection)| inspection.closed.is_none()).map(|(id, _)| id).collect();
    let every: Vec<_> = if open.is_empty() { all().map(|(id, _)| id).collect() } else { open };
    one("inspection", name, &every)
}

/// An enterprise: its code, or its name.
///
/// # Errors
/// See [`inspection`].
pub fn enterprise(state: &State, name: &str) -> Result<Uscc> {
    let all = state.enterprises.iter();
    let meant: Vec<_> = all
        .filter(|(uscc, firm)| uscc.as_str() == name || firm.row.name.as_str() == name)
        .map(|(uscc, _)| uscc)
        .collect();
    one("enterprise", name, &meant)
}

/// An inspector: roster number, or name.
///
/// # Errors
/// See [`inspection`].
pub fn inspector(state: &State, name: &str) -> Result<InspectorId> {
    let all = state.inspectors.iter();
    let meant: Vec<_> = all
        .filter(|(id, record)| id.as_str() == name || record.row.name.as_str() == name)
        .map(|(id, _)| id)
        .collect();
    one("inspector", name, &meant)
}

/// A batch: PLAN/BATCH, or BATCH if only one plan has it.
///
/// # Errors
/// See [`inspection`].
pub fn batch(state: &State, name: &str) -> Result<BatchKey> {
    let all: Vec<_> = state.batches.keys().map(|key| (format!("{}/{}", key.0, key.1), key)).collect();
    let meant: Vec<_> = all.iter().filter(|(full, key)| full == name || key.1.as_str() == name).collect();
    match meant.as_slice() {
        [(_, key)] => Ok((*key).clone()),
        several => {
            Err(not_one("batch", name, &several.iter().map(|(full, _)| full.clone()).collect::<Vec<_>>()))
        }
    }
}

/// A key: its identifier or the begin of it, or the person who holds it.
///
/// # Errors
/// See [`inspection`].
pub fn key(state: &State, name: &str) -> Result<KeyId> {
    let all = state.keys.iter();
    let meant = |(id, key): &(&KeyId, &lotbook_engine::domain::key::Key)| {
        (name.len() >= 8 && id.to_string().starts_with(name))
            || key
                .grants
                .values()
                .any(|grant| grant.person == name || (!grant.subject.is_empty() && grant.subject == name))
    };
    let meant: Vec<_> = all.filter(meant).map(|(id, _)| id).collect();
    one("key", name, &meant)
}

/// One of several by its whole identifier, or by an end of it that only one has.
///
/// # Errors
/// See [`inspection`].
pub fn by_end<'a, T: core::fmt::Display + 'a>(
    what: &str,
    name: &str,
    all: impl Iterator<Item = &'a T>,
) -> Result<&'a T> {
    let all: Vec<_> = all.map(|id| (id.to_string(), id)).collect();
    if let Some((_, id)) = all.iter().find(|(text, _)| text == name) {
        return Ok(id);
    }
    let meant: Vec<_> = all.iter().filter(|(text, _)| text.ends_with(&format!("/{name}"))).collect();
    match meant.as_slice() {
        [(_, id)] => Ok(id),
        several => {
            Err(not_one(what, name, &several.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>()))
        }
    }
}

/// The next identifier that is free: `R-2026-001`.
pub fn free<T: Ord>(
    letter: char,
    year: u32,
    taken: impl Fn(&str) -> bool,
    new: fn(String) -> Result<T, lotbook_event::FieldError>,
) -> Result<T> {
    let mut names = (1..=u32::MAX).map(|n| format!("{letter}-{year}-{n:03}"));
    let name = names.find(|name| !taken(name)).unwrap_or_default();
    Ok(new(name)?)
}

fn one<T: Clone + core::fmt::Display>(what: &str, name: &str, meant: &[&T]) -> Result<T> {
    match meant {
        [only] => Ok((*only).clone()),
        several => Err(not_one(what, name, &several.iter().map(ToString::to_string).collect::<Vec<_>>())),
    }
}

fn not_one(what: &str, name: &str, meant: &[String]) -> anyhow::Error {
    if meant.is_empty() {
        return Refusal::new(Code::UnknownSubject, name, format!("there is no {what} {name}")).into();
    }
    let more = if meant.len() > MOST_NAMED { ", ..." } else { "" };
    let names: Vec<_> = meant.iter().take(MOST_NAMED).map(String::as_str).collect();
    usage(format!(
        "{} could be meant by {what} {name}: {}{more}; name one in full",
        meant.len(),
        names.join(", ")
    ))
}
