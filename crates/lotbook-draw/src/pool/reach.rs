//! The rule `too_few_allowed`: who may inspect less than half of the pool is not drawn. [draw 2]
//!
//! Without it an inspector could steer himself to one firm by declaring conflicts with all others.

use std::collections::{BTreeMap, BTreeSet};

use crate::pool::ObjectRow;
use crate::quota::Quota;

/// The reason code of an inspector whom [`Reach::too_few_allowed`] bars.
pub const TOO_FEW_ALLOWED: &str = "too_few_allowed";

/// The weight of every eligible enterprise: its stratum's ppm, or 1 each for a fixed total. [draw 2]
#[derive(Clone, Debug)]
pub struct Reach<'a> {
    weights: BTreeMap<&'a str, u64>,
    total: u128,
}

impl<'a> Reach<'a> {
    /// Weighs the eligible enterprises of a roster; a stratum without a rate weighs nothing.
    pub fn new(objects: &'a [ObjectRow], quota: &Quota) -> Self {
        let eligible = objects.iter().filter(|o| o.eligible);
        let weights: BTreeMap<&str, u64> =
            eligible.map(|o| (o.uscc.as_str(), weight(quota, &o.stratum))).collect();
        let total = weights.values().map(|&w| u128::from(w)).sum();
        Self { weights, total }
    }

    /// Whether an inspector with conflicts at these enterprises may inspect less than half of the
    /// weight. Conflicts at enterprises that are not eligible count for nothing.
    pub fn too_few_allowed<'b>(&self, conflicts: impl IntoIterator<Item = &'b str>) -> bool {
        let distinct: BTreeSet<&str> = conflicts.into_iter().collect();
        let barred: u128 =
            distinct.iter().filter_map(|uscc| self.weights.get(*uscc)).map(|&w| u128::from(w)).sum();
        // 2 * (weight of the enterprises he has no conflict with) < weight of all
        2 * (self.total - barred) < self.total // barred is a part of total
    }
}

fn weight(quota: &Quota, stratum: &str) -> u64 {
    match quota {
        Quota::AtLeast { ppm, .. } => ppm.get(stratum).copied().map_or(0, u64::from),
        Quota::FixedTotal { .. } => 1,
    }
}
