//! Art. 11: the roster of enterprises, their statuses, and the conflicts declared against them (Art. 15).

use super::Found;
use crate::state::State;
use lotbook_event::registry::*;
use lotbook_event::{Code, Flag, Refusal, Uscc};

/// Two live entries with one code are refused.
pub fn enrolled(state: &State, e: &EnterpriseEnrolled) -> Result<(), Refusal> {
    let mut seen = std::collections::BTreeSet::new();
    for row in &e.rows {
        if state.enterprises.contains_key(&row.uscc) || !seen.insert(&row.uscc) {
            let found = format!("{} is on the roster", row.uscc);
            return Err(Refusal::new(Code::DuplicateUscc, &row.uscc, found));
        }
        content(row)?;
    }
    Ok(())
}

/// What every row must be, whether it is new or changed.
fn content(row: &Enterprise) -> Result<(), Refusal> {
    code(row)?;
    person(row)?;
    risk_class(row)
}

/// A code whose check fails needs a reason, and no other may have one: some early pilot codes are lawful
/// (rules.md 2). The author's signature covers the reason.
fn code(row: &Enterprise) -> Result<(), Refusal> {
    let overridden = !row.nonconforming.as_str().trim().is_empty();
    let found = match (row.uscc.conforms(), overridden) {
        (Ok(()), false) | (Err(_), true) => return Ok(()),
        (Err(error), false) => format!("{}, and no reason says why it is lawful", error.problem),
        (Ok(()), true) => format!("{} passes its check and needs no override", row.uscc),
    };
    Err(Refusal::new(Code::InvalidValue, &row.uscc, found))
}

/// A sole trader (92...) is a natural person, and the registered address often the home: it is not stated.
fn person(row: &Enterprise) -> Result<(), Refusal> {
    if !row.uscc.is_sole_trader() || row.address.as_str().is_empty() {
        return Ok(());
    }
    let found = format!("{} is a sole trader, a natural person: the address must not be public", row.uscc);
    Err(Refusal::new(Code::RestrictedField, &row.uscc, found))
}

/// A risk class may be a stratum: `[A-Za-z0-9_.-]{0,64}` (draw.md).
fn risk_class(row: &Enterprise) -> Result<(), Refusal> {
    let class = row.risk_class.as_str();
    if lotbook_draw::encoding::is_stratum(class) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::InvalidValue,
        &row.uscc,
        format!("risk class `{class}` is not of A-Z a-z 0-9 _ . -"),
    ))
}

/// Changed enterprises are on the roster.
pub fn updated(state: &State, e: &EnterpriseUpdated) -> Result<(), Refusal> {
    e.rows.iter().try_for_each(|row| known(state, &row.uscc).and_then(|()| content(row)))
}

/// A status has authority, basis and dates (rules.md 1.1).
pub fn status_recorded(state: &State, e: &StatusRecorded) -> Result<(), Refusal> {
    for row in &e.rows {
        known(state, &row.uscc)?;
        let empty =
            [&row.kind, &row.authority, &row.basis].iter().any(|text| text.as_str().trim().is_empty());
        if empty || row.until.is_some_and(|until| until < row.since) {
            let found =
                format!("a status of {} lacks kind, authority or basis, or ends before it begins", row.uscc);
            return Err(Refusal::new(Code::InvalidValue, &row.uscc, found));
        }
    }
    Ok(())
}

/// A status that ends exists.
pub fn status_ended(state: &State, e: &StatusEnded) -> Result<(), Refusal> {
    for row in &e.rows {
        if !state.enterprises.get(&row.uscc).is_some_and(|record| record.statuses.contains_key(&row.kind)) {
            let found = format!("{} has no status {}", row.uscc, row.kind);
            return Err(Refusal::new(Code::UnknownSubject, &row.uscc, found));
        }
    }
    Ok(())
}

/// A conflict joins an inspector and an enterprise that are on the rosters.
pub fn conflict_declared(state: &State, e: &ConflictDeclared) -> Result<(), Refusal> {
    for row in &e.rows {
        known(state, &row.uscc)?;
        if !state.inspectors.contains_key(&row.inspector) {
            let found = format!("inspector {} is not on the roster", row.inspector);
            return Err(Refusal::new(Code::UnknownSubject, &row.inspector, found));
        }
    }
    Ok(())
}

/// A conflict that ends exists.
pub fn conflict_ended(state: &State, e: &ConflictEnded) -> Result<(), Refusal> {
    for row in &e.rows {
        if !state.conflicts.contains_key(&(row.uscc.clone(), row.inspector.clone())) {
            let found = format!("{} and {} have no conflict", row.inspector, row.uscc);
            return Err(Refusal::new(Code::UnknownSubject, &row.uscc, found));
        }
    }
    Ok(())
}

fn known(state: &State, uscc: &Uscc) -> Result<(), Refusal> {
    if state.enterprises.contains_key(uscc) {
        return Ok(());
    }
    Err(Refusal::new(Code::UnknownSubject, uscc, format!("{uscc} is not on the roster")))
}

/// Flags of new rows: OUTSIDE_JURISDICTION, and NONCONFORMING_USCC for codes enrolled by override.
pub(crate) fn enrolled_flags(state: &State, rows: &[Enterprise]) -> Vec<Found> {
    let mut found = outside(state, rows);
    // What `enrolled` has accepted has a reason exactly where the code fails its check.
    let overridden = rows.iter().filter(|row| !row.nonconforming.as_str().is_empty());
    found.extend(
        overridden.map(|row| (Flag::NonconformingUscc, row.uscc.to_string(), row.nonconforming.to_string())),
    );
    found
}

/// Flag OUTSIDE_JURISDICTION: enrolled, never in a pool.
pub(crate) fn outside(state: &State, rows: &[Enterprise]) -> Vec<Found> {
    let Some(office) = &state.office else { return vec![] };
    let outside = rows.iter().filter(|row| !office.area.contains(&row.area));
    outside
        .map(|row| (Flag::OutsideJurisdiction, row.uscc.to_string(), format!("area {}", row.area)))
        .collect()
}
