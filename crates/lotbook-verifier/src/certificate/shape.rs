//! The informative part of a certificate: pool figures, how far anybody could steer, what was discarded or voided.

use lotbook_domain::State;
use lotbook_domain::ceremony::{Ceremony, Frozen};
use lotbook_domain::draw::outcome;
use lotbook_domain::grade::{bias_bound, choices};
use lotbook_draw::{Hex, Outcome, Seed};
use lotbook_event::ceremony::{FailureCode, Purpose};
use lotbook_event::draw::DrawCompleted;
use serde_json::json;
use std::collections::BTreeMap;

/// Informative: drawn and eligible by stratum, small strata, exclusions by reason; among how many outcomes
/// somebody could have chosen; what failed attempts would have drawn; and why it was voided.
pub(super) fn shape(
    state: &State,
    ceremony: &Ceremony,
    frozen: &Frozen,
    done: &DrawCompleted,
    stamped: Option<u64>,
) -> serde_json::Value {
    let strata: BTreeMap<_, _> = done
        .strata
        .iter()
        .map(|s| (s.stratum.as_str(), json!({ "eligible": s.eligible, "drawn": s.quota })))
        .collect();
    let small = done.strata.iter().filter(|stratum| stratum.eligible < 5).count();
    let reasons: BTreeMap<_, _> = frozen
        .stated
        .object_reasons
        .iter()
        .filter(|r| !r.reason.as_str().is_empty())
        .map(|r| (r.reason.as_str(), r.rows))
        .collect();
    let bound = bias_bound(choices(state, ceremony, stamped));
    let proposal = ceremony.voided.and_then(|entry| ceremony.proposals.get(&entry));
    let voided = proposal.map(|p| json!({ "ground": p.ground.code(), "basis": p.basis.as_str() }));
    json!({
        "strata": strata, "strata_under_5": small, "excluded": reasons, "bias": bound,
        "discarded": discarded(state, ceremony), "voided": voided,
    })
}

/// Failed attempts before this draw, with the seed and the enterprises that they would have drawn, where
/// everybody who committed revealed and no beacon is missing.
fn discarded(state: &State, ceremony: &Ceremony) -> Vec<serde_json::Value> {
    let attempts =
        state.batches.get(&ceremony.batch).map(|record| record.attempts.as_slice()).unwrap_or_default();
    let held = attempts.iter().filter_map(|draw| state.ceremonies.get(draw));
    let failed = held.filter(|held| held.purpose == Purpose::Batch && held.attempt < ceremony.attempt);
    let row = |held: &Ceremony| {
        let would = held.frozen.as_ref().filter(|_| held.beacons().is_empty()).and_then(|frozen| {
            let seed = lotbook_draw::seed(&frozen.p.0, &held.committers(), &[]).ok()?;
            Some((seed, outcome(frozen.pool()?, &frozen.stated, seed).ok()?))
        });
        let selected = |(_, outcome): &(Seed, Outcome)| {
            outcome.selected.iter().map(|one| one.uscc.clone()).collect::<Vec<_>>()
        };
        json!({
            "draw": held.draw.as_str(), "code": held.failed.map(FailureCode::code),
            "seed": would.as_ref().map(|(seed, _)| Hex(*seed.as_bytes())), "selected": would.as_ref().map(selected),
        })
    };
    failed.filter(|held| held.failed.is_some()).map(row).collect()
}
