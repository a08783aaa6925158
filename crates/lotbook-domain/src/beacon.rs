//! The beacons of a ceremony: which chains a rule set may name, and the rounds an opening freezes (draw.md 1).

use crate::article::a14_draw::MAX_FAILED_ATTEMPTS;
use crate::ceremony::Ceremony;
use lotbook_chain::Instant;
use lotbook_draw::beacon::{Chain, MIN_DELTA_S, Origin, beacon_round};
use lotbook_event::ceremony::FrozenBeacon;
use lotbook_event::registry::{BeaconChain, RulesetAdopted};
use lotbook_event::{Code, DrawId, Refusal};
use std::collections::BTreeSet;

/// Most beacons of one ceremony; each has to come before anything is drawn.
pub const MAX_BEACONS: usize = 8;
/// Longest time in seconds from the reveals to the round: a day.
pub const MAX_DELTA_S: u64 = 86_400;
/// Longest time in seconds between rounds: an hour.
pub const MAX_PERIOD_S: u32 = 3_600;

/// Whether the chains of a rule set can serve: each of this scheme, named by its own hash, once.
///
/// # Errors
/// What was found, for people.
pub fn check(rules: &RulesetAdopted) -> Result<(), String> {
    if rules.beacons.len() > MAX_BEACONS {
        return Err(format!("{} beacons, at most {MAX_BEACONS} are allowed", rules.beacons.len()));
    }
    let mut seen = BTreeSet::new();
    for beacon in &rules.beacons {
        let id = &beacon.beacon_id;
        let chain = chain_of(beacon);
        if !seen.insert(beacon.chain_hash) {
            return Err(format!("beacon {id} is named twice"));
        }
        if !(1..=MAX_PERIOD_S).contains(&beacon.period) {
            return Err(format!(
                "beacon {id} has a period of {} s, 1 to {MAX_PERIOD_S} are allowed",
                beacon.period
            ));
        }
        if !(MIN_DELTA_S..=MAX_DELTA_S).contains(&u64::from(beacon.delta)) {
            let delta = beacon.delta;
            return Err(format!(
                "delta of beacon {id} is {delta} s, {MIN_DELTA_S} to {MAX_DELTA_S} are allowed"
            ));
        }
        let origin = Origin { group_hash: &beacon.group_hash.0, beacon_id: id.as_str() };
        if chain.hash_of(&origin) != Some(beacon.chain_hash.0) {
            return Err(format!(
                "the chain hash of beacon {id} is not that of its key, genesis, period and group"
            ));
        }
        chain.check_key().map_err(|error| format!("beacon {id}: {error}"))?;
    }
    Ok(())
}

fn chain_of(beacon: &BeaconChain) -> Chain {
    Chain {
        chain_hash: beacon.chain_hash.0,
        public_key: beacon.public_key.0,
        genesis_s: beacon.genesis,
        period_s: u64::from(beacon.period),
    }
}

/// The chain of a frozen beacon.
pub fn chain(beacon: &FrozenBeacon) -> Chain {
    Chain {
        chain_hash: beacon.chain_hash.0,
        public_key: beacon.public_key.0,
        genesis_s: beacon.genesis,
        period_s: u64::from(beacon.period),
    }
}

/// When the round of a frozen beacon is published.
pub fn time_of(beacon: &FrozenBeacon) -> Instant {
    let seconds = chain(beacon).time_of(beacon.round).and_then(|seconds| i64::try_from(seconds).ok());
    Instant(0).plus_seconds(seconds.unwrap_or(i64::MAX))
}

/// Whether the next attempt needs a beacon that nobody has named: after two failed attempts without one.
pub fn lacking(last: Option<&Ceremony>, failures: usize, rules: &RulesetAdopted) -> bool {
    failures >= MAX_FAILED_ATTEMPTS && kept(last).is_empty() && rules.beacons.is_empty()
}

fn kept(last: Option<&Ceremony>) -> &[FrozenBeacon] {
    last.and_then(|last| last.frozen.as_ref())
        .map(|frozen| frozen.stated.beacons.as_slice())
        .unwrap_or_default()
}

/// The beacons that an opening freezes, each with the round that the reveal deadline gives. A retry keeps the
/// chains of the failed attempt before it, even none, until two have failed without one; then, and where
/// nothing failed before, they are those of the rule set.
///
/// # Errors
/// WRONG_PHASE if a beacon is needed and there is none, INVALID_VALUE if a chain has no round for the deadline.
pub fn frozen(
    draw: &DrawId,
    last: Option<&Ceremony>,
    failures: usize,
    rules: &RulesetAdopted,
    reveal_deadline: Instant,
) -> Result<Vec<FrozenBeacon>, Refusal> {
    if lacking(last, failures, rules) {
        let found = format!(
            "{failures} attempts have failed; the next one needs a beacon, and the rule set names none"
        );
        return Err(Refusal::new(Code::WrongPhase, draw, found));
    }
    let keeps = last.is_some() && (failures < MAX_FAILED_ATTEMPTS || !kept(last).is_empty());
    let of_rules = rules.beacons.iter().map(|beacon| FrozenBeacon {
        chain_hash: beacon.chain_hash,
        public_key: beacon.public_key,
        genesis: beacon.genesis,
        period: beacon.period,
        delta: beacon.delta,
        round: 0,
    });
    let chains: Vec<_> = if keeps { kept(last).to_vec() } else { of_rules.collect() };
    let deadline = u64::try_from(reveal_deadline.0).unwrap_or(0);
    let with_round = |beacon: FrozenBeacon| {
        let FrozenBeacon { genesis, period, delta, .. } = beacon;
        let round = beacon_round(deadline, genesis, u64::from(period), u64::from(delta));
        let none = || {
            let hash = lotbook_draw::Hex(beacon.chain_hash.0);
            Refusal::new(
                Code::InvalidValue,
                draw,
                format!("chain {hash} has no round after the reveal deadline"),
            )
        };
        Ok(FrozenBeacon { round: round.ok_or_else(none)?, ..beacon })
    };
    chains.into_iter().map(with_round).collect()
}
