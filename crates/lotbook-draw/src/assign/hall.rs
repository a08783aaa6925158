//! Why no assignment exists: a set of slots for which there are too few inspectors. [draw 5, Infeasible]

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::bounds::{Stuck, fill};
use super::plan::Plan;

/// Slots whose inspectors cannot fill them. Anybody can check it, and any such set is as good. [draw 5]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hall {
    /// Slots, ascending.
    pub slots: Vec<u64>,
    /// Every usable inspector allowed at one of them, with his capacity, in ticket order.
    pub inspectors: Vec<(String, u64)>,
}

impl Plan {
    /// The set in which the search for an assignment ended; `None` if there is an assignment.
    pub fn hall(&self, max_load: u32) -> Option<Hall> {
        let cap = self.cap(max_load);
        match fill(self, self.usable(), cap, cap) {
            Ok(_) => None,
            Err(Stuck { slots }) => Some(self.hall_of(slots, max_load)),
        }
    }

    /// Whether a stated set proves that there is no assignment.
    pub fn is_hall(&self, stated: &Hall, max_load: u32) -> bool {
        let slots: Option<Vec<usize>> = stated.slots.iter().map(|&s| usize::try_from(s).ok()).collect();
        let Some(slots) = slots else { return false };
        let ascend =
            slots.is_sorted_by(|a, b| a < b) && slots.last().is_some_and(|&last| last < self.slots());
        let capacities = stated.inspectors.iter().map(|(_, capacity)| u128::from(*capacity));
        let short = capacities.sum::<u128>() < slots.len() as u128;
        ascend && short && *stated == self.hall_of(slots, max_load)
    }

    /// The inspectors of some slots, ascending, with their capacities.
    fn hall_of(&self, slots: Vec<usize>, max_load: u32) -> Hall {
        let firms = |i: usize| -> BTreeSet<usize> {
            slots.iter().filter(|&&s| self.is_allowed(s, i)).map(|s| s / self.seats()).collect()
        };
        // the smaller of max_load and the number of enterprises at whose listed slots he is allowed
        let capacity = |firms: BTreeSet<usize>| (firms.len() as u64).min(u64::from(max_load));
        let allowed = (0..self.usable()).map(|i| (i, firms(i))).filter(|(_, firms)| !firms.is_empty());
        Hall {
            inspectors: allowed.map(|(i, firms)| (self.id(i).to_owned(), capacity(firms))).collect(),
            slots: slots.into_iter().map(|s| s as u64).collect(),
        }
    }
}
