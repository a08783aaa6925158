//! From a closed ceremony to the derived events of its draw (draw.md 4-5).

pub mod inspectors;

use crate::ceremony::Ceremony;
use crate::embargo::{Keys, withheld};
use crate::state::State;
use crate::substitution;
use lotbook_draw::{DrawInput, Hall, Outcome, Pool, Quota, Seed};
use lotbook_event::ceremony::{PoolFrozen, Purpose};
use lotbook_event::draw::{
    AssignmentInfeasible, DrawCompleted, EnterpriseAssigned, HallInspector, StratumResult,
};
use lotbook_event::{Bytes32, DrawId, Event, FieldError, InspectionId, InspectorId, Text, Uscc};
use std::collections::BTreeSet;

/// Most slots, and most inspectors, of a Hall certificate in an entry of 65,535 bytes: a row of an inspector has
/// up to 76.
pub const MAX_HALL_ROWS: usize = 700;

/// A draw that cannot be computed: a fault of the program, never of the people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("draw {draw}: {what}")]
pub struct DrawFault {
    /// Which draw.
    pub draw: DrawId,
    /// What went wrong.
    pub what: String,
}

/// What follows from a closed ceremony with all of its beacons: the draw that it was opened for.
///
/// # Errors
/// [`DrawFault`] if it cannot be computed.
pub fn draws(state: &State, ceremony: &Ceremony, keys: Keys<'_>) -> Result<Vec<Event>, DrawFault> {
    match ceremony.purpose {
        Purpose::Batch => conclude(state, ceremony, keys),
        Purpose::Inspectors => inspectors::conclude(state, ceremony),
        Purpose::Substitute | Purpose::Swap => substitution::conclude(state, ceremony, keys),
    }
}

/// Draws: under embargo see [`withheld`]; else DrawCompleted, then one EnterpriseAssigned per selected enterprise in ticket order, and
/// AssignmentInfeasible in between where no assignment exists.
///
/// # Errors
/// [`DrawFault`] if the frozen pool and its parameters are not a draw; opening has checked that they are.
pub fn conclude(state: &State, ceremony: &Ceremony, keys: Keys<'_>) -> Result<Vec<Event>, DrawFault> {
    let fault = |what: String| DrawFault { draw: ceremony.draw.clone(), what };
    let frozen = ceremony.frozen.as_ref().ok_or_else(|| fault("has no frozen pool".into()))?;
    let seed = lotbook_draw::seed(&frozen.p.0, &ceremony.committers(), &ceremony.recorded())
        .map_err(|e| fault(e.to_string()))?;
    if frozen.stated.embargo.is_some() {
        return withheld(state, ceremony, seed, keys);
    }
    let pool = frozen.pool().ok_or_else(|| fault("is not the draw of a batch".into()))?;
    let outcome = outcome(pool, &frozen.stated, seed).map_err(|e| fault(e.to_string()))?;
    events(&ceremony.draw, pool, &frozen.stated, seed, &outcome).map_err(|e| fault(e.to_string()))
}

/// Recomputes the outcome of a frozen pool under a seed.
///
/// # Errors
/// What the draw refuses: a stratum without a rate, seats that are none.
pub fn outcome(pool: &Pool, stated: &PoolFrozen, seed: Seed) -> Result<Outcome, lotbook_draw::DrawError> {
    lotbook_draw::draw(&DrawInput {
        pool,
        quota: &quota_of(stated),
        seats: &seats_of(stated),
        max_load: stated.max_load,
        min_inspectors: stated.min_inspectors,
        seed,
    })
}

/// The quota rule that a frozen pool restates.
pub fn quota_of(stated: &PoolFrozen) -> Quota {
    if stated.total > 0 {
        return Quota::FixedTotal { total: u64::from(stated.total) };
    }
    let ppm = stated.rates.iter().map(|rate| (rate.stratum.as_str().to_owned(), rate.ppm)).collect();
    Quota::AtLeast { ppm, minimum: u64::from(stated.minimum) }
}

/// The seats that a frozen pool restates.
pub fn seats_of(stated: &PoolFrozen) -> Vec<Vec<String>> {
    let seat = |accepts: &BTreeSet<Text>| accepts.iter().map(|q| q.as_str().to_owned()).collect();
    stated.seats.iter().map(|s| seat(&s.accepts)).collect()
}

fn events(
    draw: &DrawId,
    pool: &Pool,
    stated: &PoolFrozen,
    seed: Seed,
    outcome: &Outcome,
) -> Result<Vec<Event>, FieldError> {
    let mut events = vec![completed(draw, pool, seed, outcome)?.into()];
    let seats = stated.seats.len();
    events.extend(infeasible(draw, pool, seats, outcome)?);
    let slots = outcome.assignment.as_deref().unwrap_or_default();
    let mut teams = slots.chunks(seats.max(1));
    for (rank, selected) in outcome.selected.iter().enumerate() {
        let team = teams.next().unwrap_or_default();
        let assigned = EnterpriseAssigned {
            draw: draw.clone(),
            inspection: InspectionId::new(format!("{draw}/{}", selected.uscc))?,
            uscc: Uscc::new(selected.uscc.as_str())?,
            rank: small(rank),
            stratum: Text::new(selected.stratum.as_str())?,
            ticket: Bytes32(*selected.ticket.as_bytes()),
            team: team.iter().map(|id| InspectorId::new(id.as_str())).collect::<Result<_, _>>()?,
        };
        events.push(assigned.into());
    }
    Ok(events)
}

/// That no assignment exists, if it does not.
pub(crate) fn infeasible(
    draw: &DrawId,
    pool: &Pool,
    seats: usize,
    outcome: &Outcome,
) -> Result<Option<Event>, FieldError> {
    if outcome.assignment.is_some() {
        return Ok(None);
    }
    let slots = small(outcome.selected.len().saturating_mul(seats));
    let eligible = small(pool.inspectors().iter().filter(|row| row.eligible).count());
    let (hall_slots, hall_inspectors) = hall(outcome.hall.as_ref())?;
    let draw = draw.clone();
    Ok(Some(AssignmentInfeasible { draw, slots, eligible, hall_slots, hall_inspectors }.into()))
}

/// The Hall certificate, if it fits an entry; it follows from rows and seed, and the draw's certificate has it.
fn hall(hall: Option<&Hall>) -> Result<(BTreeSet<u32>, Vec<HallInspector>), FieldError> {
    let fits = |hall: &&Hall| hall.slots.len().max(hall.inspectors.len()) <= MAX_HALL_ROWS;
    let Some(hall) = hall.filter(fits) else { return Ok((BTreeSet::new(), vec![])) };
    let number = |n: &u64| u32::try_from(*n).unwrap_or(u32::MAX);
    let row = |(id, capacity): &(String, u64)| {
        Ok(HallInspector { inspector: InspectorId::new(id.as_str())?, capacity: number(capacity) })
    };
    let inspectors = hall.inspectors.iter().map(row).collect::<Result<_, FieldError>>()?;
    Ok((hall.slots.iter().map(number).collect(), inspectors))
}

/// The result of a draw, in numbers.
pub(crate) fn completed(
    draw: &DrawId,
    pool: &Pool,
    seed: Seed,
    outcome: &Outcome,
) -> Result<DrawCompleted, FieldError> {
    let [words_quota, words_tier1, words_tier2] = outcome.words;
    let eligible = lotbook_draw::quota::eligible_per_stratum(pool);
    let result = |(stratum, quota): (&String, &u64)| {
        Ok(StratumResult {
            stratum: Text::new(stratum.as_str())?,
            eligible: eligible.get(stratum).copied().unwrap_or(0),
            quota: *quota,
            cutoff: outcome.cutoffs.get(stratum).map(|ticket| Bytes32(*ticket.as_bytes())),
        })
    };
    Ok(DrawCompleted {
        draw: draw.clone(),
        seed: Bytes32(*seed.as_bytes()),
        strata: outcome.quotas.iter().map(result).collect::<Result<_, FieldError>>()?,
        selected: small(outcome.selected.len()),
        inspectors: small(outcome.inspectors.len()),
        lo: outcome.lo,
        hi: outcome.hi,
        tier: u32::from(outcome.tier),
        tries: outcome.tries,
        words_quota,
        words_tier1,
        words_tier2,
    })
}

/// A count as it stands in an event; no pool has more than 2^32 rows.
pub(crate) fn small(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
