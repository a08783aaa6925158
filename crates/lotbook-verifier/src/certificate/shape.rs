//! The informative part of a certificate: figures of the draw, how far anybody could steer, what was discarded or voided.

use super::salted;
use lotbook_domain::State;
use lotbook_domain::ceremony::Ceremony;
use lotbook_domain::draw::{outcome, seats_of};
use lotbook_domain::grade::{bias_bound, choices};
use lotbook_draw::{Hex, Outcome, Pool, Seed, Shape, Traits};
use lotbook_event::ceremony::{FailureCode, PoolFrozen, Purpose};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Figures of the draw (draw.md 9), and beside them: among how many outcomes somebody could have chosen, what failed
/// attempts would have drawn, and why it was voided. Dates, names and districts are those of the verified log's
/// roster, as it is at its end: the pool has none.
pub(super) fn shape(
    state: &State,
    ceremony: &Ceremony,
    pool: &Pool,
    stated: &PoolFrozen,
    outcome: &Outcome,
    stamped: Option<u64>,
) -> Result<Value, String> {
    let dates: Vec<_> = state.enterprises.values().map(|firm| firm.row.enrolled_on.to_string()).collect();
    let traits: BTreeMap<&str, Traits<'_>> = (state.enterprises.values().zip(&dates))
        .map(|(firm, registered)| {
            let row = &firm.row;
            let traits = Traits { registered, name: row.name.as_str(), district: row.area.as_str() };
            (row.uscc.as_str(), traits)
        })
        .collect();
    let shape = Shape::of(pool, &seats_of(stated), outcome, &traits);
    let mut shape = serde_json::to_value(shape).map_err(|error| error.to_string())?;
    let proposal = ceremony.voided.and_then(|entry| ceremony.proposals.get(&entry));
    let others = [
        ("bias", json!(bias_bound(choices(state, ceremony, stamped)))),
        ("discarded", json!(discarded(state, ceremony))),
        ("voided", json!(proposal.map(|p| json!({ "ground": p.ground.code(), "basis": p.basis.as_str() })))),
    ];
    if let Some(figures) = shape.as_object_mut() {
        figures.extend(others.map(|(name, figure)| (name.to_owned(), figure)));
    }
    Ok(shape)
}

/// Failed attempts before this draw, with the seed and the enterprises that they would have drawn, where
/// everybody who committed revealed, on the ledger or to somebody who held it in time, and no beacon is missing.
fn discarded(state: &State, ceremony: &Ceremony) -> Vec<serde_json::Value> {
    let attempts =
        state.batches.get(&ceremony.batch).map(|record| record.attempts.as_slice()).unwrap_or_default();
    let held = attempts.iter().filter_map(|draw| state.ceremonies.get(draw));
    let failed = held.filter(|held| held.purpose == Purpose::Batch && held.attempt < ceremony.attempt);
    let row = |held: &Ceremony| {
        let would = held.frozen.as_ref().filter(|_| held.beacons().is_empty()).and_then(|frozen| {
            let seed = lotbook_draw::seed(&frozen.p.0, &held.committers_as_held(), &[]).ok()?;
            let pool = frozen.pool()?;
            let salted = salted(state, held, pool);
            Some((seed, outcome(salted.as_ref().unwrap_or(pool), &frozen.stated, seed).ok()?))
        });
        let selected = |(_, outcome): &(Seed, Outcome)| {
            outcome.selected.iter().map(|one| one.uscc.clone()).collect::<Vec<_>>()
        };
        json!({
            "draw": held.draw.as_str(), "code": held.failed.map(FailureCode::code),
            "held": held.held.keys().map(|key| Hex(key.0)).collect::<Vec<_>>(),
            "seed": would.as_ref().map(|(seed, _)| Hex(*seed.as_bytes())), "selected": would.as_ref().map(selected),
        })
    };
    failed.filter(|held| held.failed.is_some()).map(row).collect()
}
