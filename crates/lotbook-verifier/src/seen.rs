//! The statement ids that each author has used, for ever ([P-19]), in little more than their 16 bytes.

use lotbook_chain::KeyId;
use lotbook_event::StatementId;
use std::collections::{BTreeMap, BTreeSet};

/// Ids that wait to be merged are at most this part of the sorted ones: each id is moved about this often,
/// and about 16 + 48 / 16 bytes are held for each.
const WAITING_PART: usize = 16;
/// Below this many, merging is cheaper than thinking about it.
const WAITING_LEAST: usize = 64;

/// The ids used so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen(BTreeMap<KeyId, Ids>);

/// The ids of one author: sorted, and a few that came out of order.
#[derive(Debug, Clone, Default)]
struct Ids {
    sorted: Vec<StatementId>,
    waiting: BTreeSet<StatementId>,
}

impl Seen {
    /// Takes note of an id; false if the author has used it before.
    pub fn insert(&mut self, author: KeyId, id: StatementId) -> bool {
        self.0.entry(author).or_default().insert(id)
    }
}

impl Ids {
    fn contains(&self, id: &StatementId) -> bool {
        self.sorted.binary_search(id).is_ok() || self.waiting.contains(id)
    }

    fn insert(&mut self, id: StatementId) -> bool {
        // Ids should be UUIDv7: nearly all of them come in ascending order.
        // Those that wait stand before the last sorted one.
        if self.sorted.last().is_none_or(|last| *last < id) {
            self.push(id);
            return true;
        }
        if self.contains(&id) {
            return false;
        }
        self.waiting.insert(id);
        if self.waiting.len() > WAITING_LEAST.max(self.sorted.len() / WAITING_PART) {
            self.merge();
        }
        true
    }

    /// Grows by an eighth, not by doubling.
    fn push(&mut self, id: StatementId) {
        if self.sorted.len() == self.sorted.capacity() {
            self.sorted.reserve_exact(WAITING_LEAST.max(self.sorted.len() / 8));
        }
        self.sorted.push(id);
    }

    /// Puts the waiting ids into their places.
    fn merge(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        self.sorted.reserve_exact(waiting.len());
        // Two ascending runs: what the standard sort merges in linear time.
        self.sorted.extend(waiting);
        self.sorted.sort();
    }
}

#[cfg(test)]
mod tests;
