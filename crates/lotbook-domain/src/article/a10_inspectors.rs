//! Art. 10: the roster of inspectors, and who of them may act on a day.

use crate::state::State;
use lotbook_event::registry::{Duty, Inspector, InspectorEnrolled, InspectorRemoved, InspectorUpdated};
use lotbook_event::{Code, Date, InspectorId, Refusal};

/// New inspectors are new, and belong to a section.
pub fn enrolled(state: &State, e: &InspectorEnrolled) -> Result<(), Refusal> {
    let mut seen = std::collections::BTreeSet::new();
    for row in &e.rows {
        if state.inspectors.contains_key(&row.inspector) || !seen.insert(&row.inspector) {
            let found = format!("inspector {} is on the roster", row.inspector);
            return Err(Refusal::new(Code::AlreadyRecorded, &row.inspector, found));
        }
        in_section(state, row)?;
    }
    Ok(())
}

/// Changed inspectors are on the roster.
pub fn updated(state: &State, e: &InspectorUpdated) -> Result<(), Refusal> {
    e.rows.iter().try_for_each(|row| known(state, &row.inspector).and_then(|_| in_section(state, row)))
}

/// Inspectors who leave are on the roster.
pub fn removed(state: &State, e: &InspectorRemoved) -> Result<(), Refusal> {
    e.inspectors.iter().try_for_each(|id| known(state, id).map(|_| ()))
}

fn known<'a>(state: &'a State, id: &InspectorId) -> Result<&'a Inspector, Refusal> {
    let none = || Refusal::new(Code::UnknownSubject, id, format!("inspector {id} is not on the roster"));
    state.inspectors.get(id).map(|record| &record.row).ok_or_else(none)
}

fn in_section(state: &State, row: &Inspector) -> Result<(), Refusal> {
    if state.sections.contains_key(&row.section) {
        return Ok(());
    }
    let found = format!("inspector {} names section {}, which does not exist", row.inspector, row.section);
    Err(Refusal::new(Code::UnknownSubject, &row.inspector, found))
}

/// Whether an inspector may inspect and sign on a day.
pub fn may_act(state: &State, id: &InspectorId, on: Date) -> Result<(), Refusal> {
    let row = known(state, id)?;
    if row.duty != Duty::Active {
        let found = format!("inspector {id} is {}", row.duty);
        return Err(Refusal::new(Code::InspectorNotActive, id, found));
    }
    if row.certificate_valid_until < on {
        let found = format!("the certificate of {id} was valid until {}", row.certificate_valid_until);
        return Err(Refusal::new(Code::CertificateInvalid, id, found));
    }
    Ok(())
}
