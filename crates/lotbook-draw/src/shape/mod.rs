//! The shape of a draw: figures that show a bent pool or a bent order, printed on every certificate. [draw 8, 9]
//!
//! Informative: nothing follows from them. Everything is in integers, so that everybody prints the same.

mod split;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::assign::accepts;
use crate::draw::Outcome;
use crate::pool::Pool;
use crate::quota::eligible_per_stratum;

pub use split::{Order, Split};

/// A stratum with fewer eligible rows than this is named: whoever is in it can nearly count on it. [draw 8]
pub const SMALL_STRATUM: u64 = 5;

/// A seat with fewer eligible holders than this is named: who comes is nearly known. [draw 8]
pub const FEW_HOLDERS: u64 = 3;

/// The figures of one draw. A certificate may have others beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// `N_c` and `q_c` of every stratum with an eligible row.
    pub strata: BTreeMap<String, Stratum>,
    /// The strata with fewer than [`SMALL_STRATUM`] eligible rows, ascending.
    pub small_strata: Vec<String>,
    /// Reason to the number of enterprises that it excludes.
    pub excluded: BTreeMap<String, u64>,
    /// Of every seat, how many eligible inspectors it accepts.
    pub holders: Vec<u64>,
    /// The seats, from 0, with fewer than [`FEW_HOLDERS`] of them.
    pub scarce_seats: Vec<u64>,
    /// Whether the draw treated parts of the pool alike; each by what is known of the eligible enterprises.
    pub splits: Vec<Split>,
}

/// The size of a stratum and of what was drawn from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stratum {
    /// `N_c`: eligible rows.
    pub eligible: u64,
    /// `q_c`: enterprises drawn.
    pub drawn: u64,
}

/// What the rosters say of an enterprise and the pool does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits<'a> {
    /// Since when it is on the roster, as text whose byte order is that of time (`YYYY-MM-DD`).
    pub registered: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its district's code.
    pub district: &'a str,
}

impl Shape {
    /// The figures of a draw. Enterprises without traits are in no split.
    pub fn of(
        pool: &Pool,
        seats: &[Vec<String>],
        outcome: &Outcome,
        traits: &BTreeMap<&str, Traits<'_>>,
    ) -> Self {
        let strata = strata(pool, outcome);
        let small = strata.iter().filter(|(_, stratum)| stratum.eligible < SMALL_STRATUM);
        let holders = holders(pool, seats);
        let few = holders.iter().zip(0..).filter(|&(&count, _)| count < FEW_HOLDERS);
        Self {
            small_strata: small.map(|(code, _)| code.clone()).collect(),
            excluded: excluded(pool),
            scarce_seats: few.map(|(_, seat)| seat).collect(),
            splits: split::splits(pool, outcome, traits),
            strata,
            holders,
        }
    }
}

fn strata(pool: &Pool, outcome: &Outcome) -> BTreeMap<String, Stratum> {
    let counts = eligible_per_stratum(pool).into_iter();
    counts
        .map(|(code, eligible)| {
            let drawn = outcome.quotas.get(&code).copied().unwrap_or(0);
            (code, Stratum { eligible, drawn })
        })
        .collect()
}

fn excluded(pool: &Pool) -> BTreeMap<String, u64> {
    let mut reasons = BTreeMap::new();
    for object in pool.objects().iter().filter(|o| !o.eligible) {
        *reasons.entry(object.reason.clone()).or_default() += 1;
    }
    reasons
}

fn holders(pool: &Pool, seats: &[Vec<String>]) -> Vec<u64> {
    let held = |seat: &Vec<String>| {
        let holders = pool.inspectors().iter().filter(|row| row.eligible && accepts(seat, row));
        holders.count() as u64 // lossless: no usize is over 64 bits
    };
    seats.iter().map(held).collect()
}
