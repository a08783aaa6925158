//! Order-split tests: were as many drawn from a part of the pool as its size lets expect? [draw 9]
//!
//! Within a stratum of `N` eligible rows, of which `K` are in the part and `n` are drawn, the number drawn from
//! the part is hypergeometric. Strata are independent of each other, so that means and variances add up:
//!
//! ```text
//! expected = sum of floor(10^6 * n * K / N)                                             in millionths
//! variance = sum of floor(10^6 * n * K * (N - K) * (N - n) / (N^2 * (N - 1)))           in millionths; 0 if N < 2
//! z^2      = floor(1000 * (10^6 * observed - expected)^2 / (10^6 * variance))           in thousandths
//! ```
//!
//! A fair draw has `z^2` over 25,000 (five standard deviations) about twice in a million splits.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Traits;
use crate::draw::Outcome;
use crate::pool::{ObjectRow, Pool};

/// Unit of means and variances: a millionth of an enterprise.
const MILLION: u128 = 1_000_000;

/// Unit of `z^2`: a thousandth.
const THOUSAND: u128 = 1_000;

/// By what the pool is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Day on which the enterprise was enrolled.
    RegistrationDate,
    /// Name, by UTF-8 bytes.
    Name,
    /// District code.
    District,
}

/// One part of the pool against the rest of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// By what.
    pub by: Order,
    /// By date and name: the part is everything before this one, the value in the middle of all eligible
    /// rows. By district: the part is this district.
    pub at: String,
    /// Eligible enterprises of the part.
    pub rows: u64,
    /// Drawn from the part.
    pub observed: u64,
    /// Expected to be drawn from it, in millionths.
    pub expected_millionths: u64,
    /// Variance of the number drawn from it, in millionths.
    pub variance_millionths: u64,
    /// `z^2` in thousandths; `None` where nothing could vary.
    pub z_squared_thousandths: Option<u64>,
}

/// One eligible enterprise of which something is known.
struct Known<'a> {
    row: &'a ObjectRow,
    traits: Traits<'a>,
    is_drawn: bool,
}

/// Before and after the middle by date and by name; each district against the others.
pub(super) fn splits(pool: &Pool, outcome: &Outcome, traits: &BTreeMap<&str, Traits<'_>>) -> Vec<Split> {
    let drawn: BTreeSet<&str> = outcome.selected.iter().map(|s| s.uscc.as_str()).collect();
    let known: Vec<Known> = (pool.objects().iter().filter(|row| row.eligible))
        .filter_map(|row| {
            let traits = *traits.get(row.uscc.as_str())?;
            Some(Known { row, traits, is_drawn: drawn.contains(row.uscc.as_str()) })
        })
        .collect();
    let halves = [
        halves(&known, Order::RegistrationDate, |traits| traits.registered),
        halves(&known, Order::Name, |traits| traits.name),
    ];
    halves.into_iter().flatten().chain(districts(&known)).collect()
}

/// Everything before the value in the middle. Equal values stay together: ids play no part.
fn halves<'a>(known: &[Known<'a>], by: Order, value: fn(Traits<'a>) -> &'a str) -> Option<Split> {
    let values: Vec<&str> = known.iter().map(|k| value(k.traits)).collect();
    let mut ascending = values.clone();
    ascending.sort_unstable();
    let middle = *ascending.get(ascending.len() / 2)?;
    let parts: Vec<bool> = values.iter().map(|&value| value < middle).collect();
    Some(split(known, by, middle, &parts))
}

fn districts(known: &[Known<'_>]) -> Vec<Split> {
    let codes: BTreeSet<&str> = known.iter().map(|k| k.traits.district).collect();
    let part = |code: &str| known.iter().map(|k| k.traits.district == code).collect::<Vec<bool>>();
    codes.into_iter().map(|code| split(known, Order::District, code, &part(code))).collect()
}

/// The counts of one stratum: `N`, `n`, `K`, and how many of the part are drawn.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    all: u64,
    drawn: u64,
    part: u64,
    observed: u64,
}

/// `parts` says of each enterprise whether it is in the part.
fn split(known: &[Known<'_>], by: Order, at: &str, parts: &[bool]) -> Split {
    let mut strata: BTreeMap<&str, Counts> = BTreeMap::new();
    for (k, &is_part) in known.iter().zip(parts) {
        let (part, drawn) = (u64::from(is_part), u64::from(k.is_drawn));
        let counts = strata.entry(&k.row.stratum).or_default();
        counts.all += 1;
        counts.drawn += drawn;
        counts.part += part;
        counts.observed += part * drawn;
    }
    let observed = strata.values().map(|c| c.observed).sum();
    let expected = strata.values().map(Counts::expected).sum();
    let variance = strata.values().map(Counts::variance).sum();
    Split {
        by,
        at: at.to_owned(),
        rows: strata.values().map(|c| c.part).sum(),
        observed,
        expected_millionths: within(expected),
        variance_millionths: within(variance),
        z_squared_thousandths: z_squared(observed, expected, variance),
    }
}

impl Counts {
    fn expected(&self) -> u128 {
        let [all, drawn, part] = [self.all, self.drawn, self.part].map(u128::from);
        (MILLION * drawn * part).checked_div(all).unwrap_or(0)
    }

    /// Products of four counts and a million: exact up to 10^8 rows in a stratum, and 0 beyond.
    fn variance(&self) -> u128 {
        let [all, drawn, part] = [self.all, self.drawn, self.part].map(u128::from);
        let factors = [drawn, part, all - part, all - drawn]; // both are parts of all
        let above = factors.into_iter().try_fold(MILLION, u128::checked_mul);
        let below = all * all * all.saturating_sub(1); // memory holds fewer than 2^40 rows
        above.and_then(|above| above.checked_div(below)).unwrap_or(0)
    }
}

fn z_squared(observed: u64, expected: u128, variance: u128) -> Option<u64> {
    let distance = (MILLION * u128::from(observed)).abs_diff(expected);
    let above = distance.checked_mul(distance)?.checked_mul(THOUSAND)?;
    above.checked_div(MILLION * variance).map(within)
}

/// A figure beyond 64 bits, which no draw has, is cut to the largest.
fn within(figure: u128) -> u64 {
    u64::try_from(figure).unwrap_or(u64::MAX)
}
