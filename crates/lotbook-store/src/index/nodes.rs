//! Inner nodes of the tree that proofs have needed, in memory: tiles do not hold them, and complete ones never change.

use lotbook_chain::TreeHash;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Most nodes that are remembered: about 4 MiB. Beyond it all are forgotten, and come again as they are needed.
const MAX_NODES: usize = 65_536;
/// Leaves below the smallest node worth it at the leaves, as a power of two: hashing 63 nodes takes some microseconds.
const LEAST_HEIGHT: u32 = 6;

/// Nodes by first leaf and height.
#[derive(Debug, Default)]
pub(crate) struct Nodes(Mutex<BTreeMap<(u64, u32), TreeHash>>);

impl Nodes {
    pub(crate) fn get(&self, start: u64, height: u32) -> Option<TreeHash> {
        if height < LEAST_HEIGHT { None } else { self.lock().get(&(start, height)).copied() }
    }

    pub(crate) fn put(&self, start: u64, height: u32, root: TreeHash) {
        if height < LEAST_HEIGHT {
            return;
        }
        let mut nodes = self.lock();
        if nodes.len() >= MAX_NODES {
            nodes.clear();
        }
        nodes.insert((start, height), root);
    }

    /// A map is whole after every call, so a thread that died holding it left nothing half done.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<(u64, u32), TreeHash>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_is_got_and_small_nodes_are_not_kept() {
        let nodes = Nodes::default();
        nodes.put(64, 6, TreeHash([1; 32]));
        nodes.put(64, 5, TreeHash([2; 32]));
        assert_eq!(nodes.get(64, 6), Some(TreeHash([1; 32])));
        assert_eq!((nodes.get(64, 5), nodes.get(0, 6), nodes.get(64, 7)), (None, None, None));
    }

    #[test]
    fn it_is_bounded() {
        let nodes = Nodes::default();
        for n in 0..=MAX_NODES as u64 {
            nodes.put(n << 6, 6, TreeHash([3; 32]));
        }
        assert!(nodes.lock().len() <= MAX_NODES);
        assert_eq!(nodes.get((MAX_NODES as u64) << 6, 6), Some(TreeHash([3; 32])));
    }
}
