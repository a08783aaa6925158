//! How many of each stratum are drawn. [draw 4]

use std::collections::BTreeMap;

use thiserror::Error;

use crate::pool::Pool;
use crate::stream::{StageKey, Stream};

/// One whole in parts per million: the largest rate of a stratum.
pub const MAX_PPM: u32 = 1_000_000;

/// The rule for the number of enterprises. [draw 4]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Quota {
    /// At least a share of each stratum.
    AtLeast {
        /// Stratum to rate, parts per million, `0..=1_000_000`. Rates of absent strata are ignored.
        ppm: BTreeMap<String, u32>,
        /// Fewest enterprises in all, filled by ticket from strata with a rate over 0; 0 = none.
        minimum: u64,
    },
    /// A fixed number in all, spread over the strata by their size and a random rounding.
    FixedTotal {
        /// The number; where the pool has fewer, all of it is drawn.
        total: u64,
    },
}

/// Why a rule does not fit a pool. [draw 4]
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QuotaError {
    /// A stratum with an eligible row has no rate.
    #[error("stratum {stratum:?} has eligible rows and no rate")]
    NoRate {
        /// The stratum.
        stratum: String,
    },
    /// A rate is over one million.
    #[error("stratum {stratum:?} has a rate of {ppm} ppm, over {MAX_PPM}")]
    RateTooLarge {
        /// The stratum.
        stratum: String,
        /// Its rate.
        ppm: u32,
    },
    /// A row was offered for selection whose stratum had none when rows were counted.
    #[error("a row of stratum {stratum:?} was offered, of which none was counted")]
    NotCounted {
        /// The stratum.
        stratum: String,
    },
    /// As many rows are offered for selection as were counted: the quotas follow from the count.
    #[error("stratum {stratum:?}: {offered} rows were offered, {counted} counted")]
    Miscounted {
        /// The stratum.
        stratum: String,
        /// Eligible rows counted.
        counted: u64,
        /// Rows offered.
        offered: u64,
    },
}

/// Stratum to a number of enterprises; strata ascend by their bytes.
pub type PerStratum = BTreeMap<String, u64>;

/// Counts the eligible rows of a register, in any order and in parts. [draw 4]
#[derive(Clone, Debug, Default)]
pub struct Census(PerStratum);

impl Census {
    /// Counts one eligible row.
    pub fn add(&mut self, stratum: &str) {
        match self.0.get_mut(stratum) {
            Some(count) => *count += 1,
            None => _ = self.0.insert(stratum.to_owned(), 1),
        }
    }

    /// Adds the count of another part.
    pub fn merge(&mut self, other: Self) {
        for (stratum, rows) in other.0 {
            *self.0.entry(stratum).or_default() += rows;
        }
    }

    /// `N_c` of every stratum with an eligible row.
    pub fn counts(&self) -> &PerStratum {
        &self.0
    }
}

/// `N_c` of a pool.
pub fn eligible_per_stratum(pool: &Pool) -> PerStratum {
    let mut census = Census::default();
    pool.objects().iter().filter(|o| o.eligible).for_each(|o| census.add(&o.stratum));
    census.0
}

impl Quota {
    /// `q_c` of every stratum of `eligible`, before the minimum, and the 32-bit words of K_quota used.
    ///
    /// # Errors
    /// A stratum of `eligible` without a rate, or a rate over one million.
    pub fn per_stratum(
        &self,
        eligible: &PerStratum,
        key: &StageKey,
    ) -> Result<(PerStratum, u64), QuotaError> {
        match self {
            Self::AtLeast { ppm, .. } => at_least(eligible, ppm).map(|quotas| (quotas, 0)),
            Self::FixedTotal { total } => {
                let mut stream = key.stream(0);
                let quotas = fixed_total(eligible, *total, &mut stream);
                Ok((quotas, stream.words()))
            }
        }
    }
}

impl Quota {
    /// How many are drawn in all, the minimum included: it follows from the sizes of the strata, without a ticket.
    ///
    /// # Errors
    /// See [`Quota::per_stratum`].
    pub fn number(&self, eligible: &PerStratum, key: &StageKey) -> Result<u64, QuotaError> {
        let drawn: u64 = self.per_stratum(eligible, key)?.0.values().sum();
        match self {
            Self::FixedTotal { .. } => Ok(drawn),
            Self::AtLeast { ppm, minimum } => {
                let is_rated = |stratum: &&String| ppm.get(*stratum).is_some_and(|&rate| rate > 0);
                let rated: u64 = eligible.keys().filter(is_rated).filter_map(|s| eligible.get(s)).sum();
                Ok(drawn.max(rated.min(*minimum)))
            }
        }
    }
}

fn at_least(eligible: &PerStratum, ppm: &BTreeMap<String, u32>) -> Result<PerStratum, QuotaError> {
    if let Some((stratum, &ppm)) = ppm.iter().find(|&(_, &rate)| rate > MAX_PPM) {
        return Err(QuotaError::RateTooLarge { stratum: stratum.clone(), ppm });
    }
    let mut quotas = PerStratum::new();
    for (stratum, &count) in eligible {
        let rate = ppm.get(stratum).ok_or_else(|| QuotaError::NoRate { stratum: stratum.clone() })?;
        // q_c = ceil(N_c * ppm_c / 10^6)
        let quota = (u128::from(count) * u128::from(*rate)).div_ceil(u128::from(MAX_PPM));
        quotas.insert(stratum.clone(), at_most(quota, count));
    }
    Ok(quotas)
}

/// Systematic rounding: one random offset `u` decides all strata, each within 1 of its exact share.
fn fixed_total(eligible: &PerStratum, total: u64, stream: &mut Stream) -> PerStratum {
    let all: u64 = eligible.values().sum();
    if all == 0 {
        return eligible.keys().map(|stratum| (stratum.clone(), 0)).collect();
    }
    let d = u128::from(all);
    let u = u128::from(stream.below(all));
    let mut f = 0_u128;
    let mut quotas = PerStratum::new();
    for (stratum, &count) in eligible {
        // x_c = k * N_c;  F_c = F_{c-1} + (x_c mod D), never reduced
        // q_c = min(N_c, floor(x_c / D) + floor((F_c + u) / D) - floor((F_{c-1} + u) / D))
        let x = u128::from(total) * u128::from(count);
        let next = f + x % d;
        let quota = x / d + (next + u) / d - (f + u) / d;
        quotas.insert(stratum.clone(), at_most(quota, count));
        f = next;
    }
    quotas
}

/// `min(quota, count)`; a quota beyond 64 bits is certainly over the count.
fn at_most(quota: u128, count: u64) -> u64 {
    u64::try_from(quota).map_or(count, |q| q.min(count))
}
