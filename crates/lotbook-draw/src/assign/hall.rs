//! Why an assignment is infeasible: a set of slots for which there are too few inspectors. [draw 5, Infeasible]

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::bounds::fill;
use super::plan::Plan;

/// A Hall certificate. Whoever is allowed at one of the slots is named, and together they cannot take them all:
/// the capacities sum to less than the number of slots. Everybody can check it without searching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hall {
    /// Slots, ascending.
    pub slots: Vec<u64>,
    /// Every usable inspector allowed at one of them, with his capacity, in ticket order.
    pub inspectors: Vec<(String, u64)>,
}

impl Plan {
    /// A Hall certificate, if no assignment with every load at most `max_load` exists.
    pub fn hall(&self, max_load: u32) -> Option<Hall> {
        let cap = self.cap(max_load);
        let slots = fill(self, self.usable(), cap, cap).err()?;
        let inspectors = self.capacities(&slots, cap);
        Some(Hall { slots: slots.into_iter().map(|s| s as u64).collect(), inspectors })
    }

    /// Whether a Hall certificate holds. Any such set is valid, whichever search found it.
    pub fn is_hall(&self, hall: &Hall, max_load: u32) -> bool {
        let slots: Option<Vec<usize>> = hall.slots.iter().map(|&s| self.slot(s)).collect();
        let Some(slots) = slots.filter(|slots| slots.is_sorted_by(|a, b| a < b)) else { return false };
        let capacities = self.capacities(&slots, self.cap(max_load));
        let places: u64 = capacities.iter().map(|(_, capacity)| capacity).sum();
        capacities == hall.inspectors && places < hall.slots.len() as u64
    }

    fn slot(&self, s: u64) -> Option<usize> {
        usize::try_from(s).ok().filter(|&s| s < self.slots())
    }

    /// capacity = min(max_load, number of enterprises at whose listed slots he is allowed); `cap` is at most
    /// the number of all enterprises, which changes nothing. Those who are allowed nowhere are left out.
    fn capacities(&self, slots: &[usize], cap: usize) -> Vec<(String, u64)> {
        let firms_of = |i: usize| {
            let allowed = slots.iter().filter(|&&s| self.is_allowed(s, i));
            allowed.map(|&s| self.team(s).start).collect::<BTreeSet<_>>().len()
        };
        let all = (0..self.usable()).map(|i| (i, firms_of(i))).filter(|&(_, firms)| firms > 0);
        all.map(|(i, firms)| (self.id(i).to_owned(), firms.min(cap) as u64)).collect()
    }
}
