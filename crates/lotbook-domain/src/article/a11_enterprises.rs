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
        risk_class(row)?;
    }
    Ok(())
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
    e.rows.iter().try_for_each(|row| known(state, &row.uscc).and_then(|()| risk_class(row)))
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

/// Flag OUTSIDE_JURISDICTION: enrolled, never in a pool.
pub(crate) fn outside(state: &State, rows: &[Enterprise]) -> Vec<Found> {
    let Some(office) = &state.office else { return vec![] };
    let outside = rows.iter().filter(|row| !office.area.contains(&row.area));
    outside
        .map(|row| (Flag::OutsideJurisdiction, row.uscc.to_string(), format!("area {}", row.area)))
        .collect()
}
