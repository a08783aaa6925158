//! What an enterprise drew: its ticket against the cut-off, and the assignment that is there if it was selected.

use super::{Lot, Opened, Place, Selected, StandingError, leaf, of_draw};
use lotbook_chain::Position;
use lotbook_domain::embargo::check_member;
use lotbook_domain::projection::standing::{first_assigned, is_selected, ticket};
use lotbook_draw::{EmbargoKey, ObjectRow, Ticket};
use lotbook_event::ceremony::{PoolFrozen, RevealedInspector};
use lotbook_event::draw::{AssignmentWithheld, DrawCompleted, EnterpriseAssigned};
use lotbook_event::{DrawId, Event, InspectorId, Uscc};

/// Ticket, selection, rank and team; the assignment must be there if and only if the ticket selects.
pub(super) fn lot(
    asked: &Asked<'_>,
    place: &Place,
    (drawn_at, done): (Position, DrawCompleted),
    assigned: Option<Opened>,
) -> Result<Lot, StandingError> {
    let uscc = asked.uscc;
    let not_selected = |why| StandingError::NotSelected { uscc: uscc.clone(), why };
    let row = match place {
        Place::Row(proof) if proof.row.eligible => &proof.row,
        Place::Row(_) if assigned.is_some() => return Err(not_selected("its row is not eligible")),
        Place::Absent { .. } if assigned.is_some() => return Err(not_selected("it has no row")),
        Place::Row(_) | Place::Absent { .. } => return Ok(Lot { done, ticket: None, selected: None }),
    };
    let ticket = ticket(&done.seed.0, asked.key, uscc.as_str());
    let selected = match (is_selected(&done, row, &ticket), assigned) {
        (false, None) => None,
        (true, None) => return Err(StandingError::NoAssignment { uscc: uscc.clone() }),
        (false, Some(_)) => return Err(not_selected("its ticket is over the cut-off")),
        (true, Some(opened)) => {
            let (rank, team) = match (&opened.event, asked.key) {
                (Event::EnterpriseAssigned(e), None) => {
                    agrees(asked.draw, uscc, row, &ticket, e)?;
                    (e.rank, e.team.clone())
                }
                (Event::AssignmentWithheld(e), Some(key)) => (e.rank, committed(asked, key, row, e)?),
                _ => return Err(opened.other()),
            };
            let first = first_assigned(drawn_at, &done, asked.key.is_some());
            if opened.position.0.checked_sub(first.0) != Some(u64::from(rank)) {
                return Err(StandingError::Differs { uscc: uscc.clone(), what: "rank" });
            }
            Some(Selected { rank, team, position: opened.position })
        }
    };
    Ok(Lot { done, ticket: Some(ticket), selected })
}

/// What is asked, and what it is held against.
pub(super) struct Asked<'a> {
    pub draw: &'a DrawId,
    pub uscc: &'a Uscc,
    pub pool: &'a PoolFrozen,
    /// The key of the embargo that the draw was under.
    pub key: Option<&'a EmbargoKey>,
    pub team: &'a [RevealedInspector],
}

/// AssignmentWithheld commits to the enterprise's salted row and, slot by slot, to the rows of its team.
fn committed(
    asked: &Asked<'_>,
    key: &EmbargoKey,
    row: &ObjectRow,
    e: &AssignmentWithheld,
) -> Result<Vec<InspectorId>, StandingError> {
    let uscc = asked.uscc;
    of_draw("AssignmentWithheld", asked.draw, &e.draw)?;
    if e.object.0 != leaf(row, Some(key)).0 {
        return Err(StandingError::Differs { uscc: uscc.clone(), what: "enterprise" });
    }
    if asked.team.len() != e.slots.len() {
        let why = format!("{} inspectors are shown, {} are committed to", asked.team.len(), e.slots.len());
        return Err(StandingError::Team { why });
    }
    let first = (e.rank as usize).saturating_mul(e.slots.len());
    for (slot, (member, committed)) in (first..).zip(asked.team.iter().zip(&e.slots)) {
        check_member(asked.pool, slot, committed, member).map_err(|why| StandingError::Team { why })?;
    }
    Ok(asked.team.iter().map(|member| member.inspector.clone()).collect())
}

fn agrees(
    draw: &DrawId,
    uscc: &Uscc,
    row: &ObjectRow,
    ticket: &Ticket,
    e: &EnterpriseAssigned,
) -> Result<(), StandingError> {
    of_draw("EnterpriseAssigned", draw, &e.draw)?;
    if e.uscc != *uscc {
        return Err(StandingError::OtherFirm { expected: uscc.clone(), found: e.uscc.clone() });
    }
    let differs = |what| Err(StandingError::Differs { uscc: uscc.clone(), what });
    if e.stratum.as_str() != row.stratum {
        return differs("stratum");
    }
    if e.ticket.0 != *ticket.as_bytes() {
        return differs("ticket");
    }
    Ok(())
}
