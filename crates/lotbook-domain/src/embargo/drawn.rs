//! The draw of an embargoed batch: what its key gives, and what of it stands on the log before the release.

use super::Keys;
use crate::ceremony::Ceremony;
use crate::draw::{DrawFault, completed, infeasible, outcome, quota_of};
use crate::state::State;
use lotbook_draw::{EmbargoKey, Outcome, Pool, QuotaError, Seed, Stage, slot_commitment};
use lotbook_event::ceremony::PoolFrozen;
use lotbook_event::draw::{AssignmentWithheld, DrawCompleted};
use lotbook_event::{Bytes32, DrawId, Event, FieldError, InspectionId};
use std::sync::Arc;

/// A draw under its key: the salted pool, and the outcome. Not printable: it names everybody.
pub struct Revealed {
    /// The frozen rows with their salts.
    pub pool: Pool,
    /// Everything drawn.
    pub outcome: Outcome,
    /// The seed.
    pub seed: Seed,
}

/// What a key and a seed give.
///
/// # Errors
/// [`DrawFault`] if the frozen pool is not a draw; opening has checked that it is.
pub fn reveal(ceremony: &Ceremony, seed: Seed, key: &EmbargoKey) -> Result<Revealed, DrawFault> {
    let fault = |what: String| DrawFault { draw: ceremony.draw.clone(), what };
    let frozen = ceremony.frozen.as_ref().ok_or_else(|| fault("has no frozen pool".into()))?;
    let pool = frozen.pool().ok_or_else(|| fault("is not the draw of a batch".into()))?;
    let pool = pool.under_embargo(key);
    let outcome = outcome(&pool, &frozen.stated, seed).map_err(|error| fault(error.to_string()))?;
    Ok(Revealed { pool, outcome, seed })
}

impl Revealed {
    /// The result as DrawCompleted has it where there is no embargo.
    ///
    /// # Errors
    /// [`FieldError`] if a stratum is no text; the rosters have checked that it is.
    pub fn completed(&self, draw: &DrawId) -> Result<DrawCompleted, FieldError> {
        completed(draw, &self.pool, self.seed, &self.outcome)
    }

    /// That no assignment exists, if it does not: this comes with the key.
    ///
    /// # Errors
    /// [`FieldError`] if an inspector's name is none; the rosters have checked that it is.
    pub fn infeasible(&self, draw: &DrawId, seats: usize) -> Result<Option<Event>, FieldError> {
        infeasible(draw, &self.pool, seats, &self.outcome)
    }

    /// The team of a rank, by seat; nobody if there is no assignment.
    pub fn team(&self, rank: u32, seats: usize) -> &[String] {
        let slots = self.outcome.assignment.as_deref().unwrap_or_default();
        slots.chunks(seats.max(1)).nth(rank as usize).unwrap_or_default()
    }
}

/// What follows from the close under embargo: the seed and the number of enterprises, then one commitment for
/// each. Without the key the commitments are templates.
///
/// # Errors
/// [`DrawFault`] if it cannot be computed, or the ledger has no key.
pub fn withheld(
    state: &State,
    ceremony: &Ceremony,
    seed: Seed,
    keys: Keys<'_>,
) -> Result<Vec<Event>, DrawFault> {
    let fault = |what: String| DrawFault { draw: ceremony.draw.clone(), what };
    let frozen = ceremony.frozen.as_ref().ok_or_else(|| fault("has no frozen pool".into()))?;
    let revealed = match keys.of(state, &ceremony.batch, &ceremony.draw)? {
        Some(key) => Some(keys.remembered(&ceremony.batch, &ceremony.draw, || reveal(ceremony, seed, key))?),
        None => None,
    };
    let selected = selected(&frozen.stated, seed).map_err(|error| fault(error.to_string()))?;
    let mut events = vec![blank(&ceremony.draw, seed, selected).into()];
    let seats = frozen.stated.seats.len();
    for rank in 0..selected {
        let assignment = commitment(&ceremony.draw, rank, seats, revealed.as_ref());
        events.push(assignment.map_err(fault)?.into());
    }
    Ok(events)
}

/// How many are drawn in all does not depend on tickets; how many of each stratum may.
fn selected(stated: &PoolFrozen, seed: Seed) -> Result<u32, QuotaError> {
    let strata = stated.strata.iter().map(|count| (count.stratum.as_str().to_owned(), count.eligible));
    let number = quota_of(stated).number(&strata.collect(), &Stage::Quota.key(&seed))?;
    Ok(u32::try_from(number).unwrap_or(u32::MAX))
}

fn blank(draw: &DrawId, seed: Seed, selected: u32) -> DrawCompleted {
    DrawCompleted {
        draw: draw.clone(),
        seed: Bytes32(*seed.as_bytes()),
        strata: vec![],
        selected,
        inspectors: 0,
        lo: 0,
        hi: 0,
        tier: 0,
        tries: 0,
        words_quota: 0,
        words_tier1: 0,
        words_tier2: 0,
    }
}

fn commitment(
    draw: &DrawId,
    rank: u32,
    seats: usize,
    revealed: Option<&Arc<Revealed>>,
) -> Result<AssignmentWithheld, String> {
    let inspection = InspectionId::new(format!("{draw}/{rank}")).map_err(|error| error.to_string())?;
    let (mut object, mut slots) = (Bytes32([0; 32]), vec![]);
    if let Some(revealed) = revealed {
        let selected = revealed.outcome.selected.get(rank as usize).ok_or("has fewer enterprises")?;
        object = Bytes32(revealed.pool.object_leaf(&selected.uscc).ok_or("drew a row that is none")?);
        let first = (rank as usize).saturating_mul(seats);
        for (slot, id) in (first..).zip(revealed.team(rank, seats)) {
            let leaf = revealed.pool.inspector_leaf(id).ok_or("drew an inspector without a row")?;
            // H("embargo slot", u64(slot) || leaf)                                                   [P-152]
            slots.push(Bytes32(slot_commitment(slot, &leaf)));
        }
    }
    Ok(AssignmentWithheld { draw: draw.clone(), inspection, rank, object, slots })
}
