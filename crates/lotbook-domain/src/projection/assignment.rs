//! Drawn enterprises with ticket, slots and the team as it is now (draw.md 4-6).

use super::{BadKey, inspection::of_draw, is};
use crate::state::{BatchKey, Embargo, Inspection, Origin, State};
use lotbook_draw::{Seed, Stage};
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;
use lotbook_event::{DrawId, InspectionId, InspectorId, Uscc};

/// Which assignments.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Draw.
    pub draw: Option<DrawId>,
    /// A member of the team.
    pub inspector: Option<InspectorId>,
    /// Enterprise.
    pub uscc: Option<Uscc>,
}

/// Assignments by inspection.
///
/// # Errors
/// [`BadKey`] if `after` is no inspection identifier.
pub fn assignments<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::AssignmentView)> + use<'a>, BadKey> {
    let rows = of_draw(state, after, filter.draw.as_ref())?;
    let wanted = |inspection: &Inspection| {
        is(filter.uscc.as_ref(), &inspection.uscc)
            && filter.inspector.as_ref().is_none_or(|member| inspection.team.contains(member))
    };
    let rows = rows.filter(move |(_, inspection)| wanted(inspection));
    Ok(rows.filter_map(|(id, inspection)| Some((id.to_string(), of(state, id, inspection)?))))
}

fn of(state: &State, id: &InspectionId, inspection: &Inspection) -> Option<view::AssignmentView> {
    let Origin::Drawn { draw, batch, first_slot } = &inspection.origin else { return None };
    let slot = |(slot, inspector): (u32, &InspectorId)| view::SlotView { slot, inspector: inspector.wire() };
    let (stratum, ticket) = place(state, draw, &inspection.uscc).unwrap_or_default();
    let (plan, batch): &BatchKey = batch;
    Some(view::AssignmentView {
        inspection: id.wire(),
        draw: draw.wire(),
        plan: plan.wire(),
        batch: batch.wire(),
        uscc: inspection.uscc.wire(),
        stratum,
        ticket,
        slots: (*first_slot..).zip(&inspection.team).map(slot).collect(),
        team_entry: inspection.team_entry.wire(),
        assigned_at: inspection.assigned_at.0,
    })
}

/// Stratum and ticket of an enterprise: they follow from pool and seed, and under embargo from the key: before
/// its release there is no ticket.
fn place(state: &State, draw: &DrawId, uscc: &Uscc) -> Option<(String, Vec<u8>)> {
    let ceremony = state.ceremonies.get(draw)?;
    let objects = ceremony.frozen.as_ref()?.pool()?.objects();
    let at = objects.binary_search_by(|row| row.uscc.as_str().cmp(uscc.as_str())).ok()?;
    let seed = Seed::from_bytes(ceremony.completed.as_ref()?.seed.0);
    let salt = match state.embargo_of(draw) {
        None => None,
        Some((_, Embargo { released: Some((key, _)), .. })) => Some(key.object(uscc.as_str())),
        Some((_, Embargo { released: None, .. })) => return Some((objects.get(at)?.stratum.clone(), vec![])),
    };
    let ticket = Stage::Objects.key(&seed).ticket_under(uscc.as_str(), salt.as_ref());
    Some((objects.get(at)?.stratum.clone(), ticket.as_bytes().to_vec()))
}
