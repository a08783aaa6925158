//! From a closed inspectors' ceremony to its derived events: the teams of a selection that stands (draw.md 5).

use super::{DrawFault, quota_of, seats_of, small};
use crate::ceremony::{Ceremony, Rows};
use crate::staffing::Unstaffed;
use crate::state::State;
use lotbook_draw::assign::Assigned;
use lotbook_draw::{DrawInput, Seed};
use lotbook_event::ceremony::PoolFrozen;
use lotbook_event::draw::{DrawCompleted, TeamAssigned};
use lotbook_event::{Bytes32, DrawId, Event, InspectionId, InspectorId};

/// DrawCompleted, then one TeamAssigned for each selected enterprise in ticket order.
///
/// # Errors
/// [`DrawFault`] if it cannot be computed; opening has checked that it can.
pub(super) fn conclude(state: &State, ceremony: &Ceremony) -> Result<Vec<Event>, DrawFault> {
    let fault = |what: String| DrawFault { draw: ceremony.draw.clone(), what };
    let frozen = ceremony.frozen.as_ref().ok_or_else(|| fault("has no frozen pool".into()))?;
    let seed = lotbook_draw::seed(&frozen.p.0, &ceremony.committers(), &ceremony.recorded())
        .map_err(|error| fault(error.to_string()))?;
    let unstaffed = Unstaffed::of(state, &ceremony.batch).map_err(|refusal| fault(refusal.to_string()))?;
    let assigned = assigned(&unstaffed.frozen.stated, &unstaffed.firms(), ceremony, seed).map_err(fault)?;
    let slots = assigned.assignment.as_deref().ok_or_else(|| fault("has no assignment".into()))?;
    let mut events = vec![completed(&ceremony.draw, seed, &assigned, unstaffed.inspections.len()).into()];
    let teams = slots.chunks(frozen.stated.seats.len().max(1));
    for ((id, inspection), team) in unstaffed.inspections.iter().zip(teams) {
        let named = |id: &String| InspectorId::new(id.as_str()).map_err(|error| fault(error.to_string()));
        let inspection_id: InspectionId = (*id).clone();
        let team = team.iter().map(named).collect::<Result<_, _>>()?;
        let previous = inspection.team_entry;
        events.push(
            TeamAssigned { draw: ceremony.draw.clone(), inspection: inspection_id, team, previous }.into(),
        );
    }
    Ok(events)
}

/// Who inspects whom, under the seed of an inspectors' ceremony: `drawn` is the pool that selected `firms`.
///
/// # Errors
/// What is missing or refused, for people.
pub fn assigned(
    drawn: &PoolFrozen,
    firms: &[&str],
    ceremony: &Ceremony,
    seed: Seed,
) -> Result<Assigned, String> {
    let frozen = ceremony.frozen.as_ref().ok_or("has no frozen pool")?;
    let Rows::Staffing(pool) = &frozen.rows else { return Err("is not the draw of inspectors".into()) };
    let input = DrawInput {
        pool,
        quota: &quota_of(drawn),
        seats: &seats_of(&frozen.stated),
        max_load: frozen.stated.max_load,
        min_inspectors: frozen.stated.min_inspectors,
        seed,
    };
    lotbook_draw::staff(&input, firms).map_err(|error| error.to_string())
}

fn completed(draw: &DrawId, seed: Seed, assigned: &Assigned, selected: usize) -> DrawCompleted {
    let [words_tier1, words_tier2] = assigned.words;
    DrawCompleted {
        draw: draw.clone(),
        seed: Bytes32(*seed.as_bytes()),
        strata: vec![],
        selected: small(selected),
        inspectors: small(assigned.inspectors.len()),
        lo: assigned.lo,
        hi: assigned.hi,
        tier: u32::from(assigned.tier),
        tries: assigned.tries,
        words_quota: 0,
        words_tier1,
        words_tier2,
    }
}
