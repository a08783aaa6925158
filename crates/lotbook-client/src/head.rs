//! The heads a client has seen: the newest one that is proved, and those that are not yet.

use crate::error::Untrustworthy;
use lotbook_chain::{Checkpoint, TreeHash};
use std::collections::BTreeSet;

/// Every signed head is kept until it is proved to be of one history with the proved one; what lies between
/// two heads is not proved by the newer one.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    proved: Option<Checkpoint>,
    /// Size and root, ascending. Usually none; as many as answers that wait for the next call's proof.
    unproved: BTreeSet<(u64, TreeHash)>,
}

impl Seen {
    /// The newest head that is proved to be of one history with all seen before it.
    pub fn proved(&self) -> Option<&Checkpoint> {
        self.proved.as_ref()
    }

    /// Entries of the newest head, proved or not; 0 before the first one.
    pub fn newest(&self) -> u64 {
        let unproved = self.unproved.last().map(|(size, _)| *size);
        unproved.into_iter().chain(self.proved.iter().map(|head| head.size)).max().unwrap_or(0)
    }

    /// Takes note of a signed head; the first one is believed. Calls overlap, so an older one is no offence, but
    /// it is to be proved as well; two roots of one size are.
    pub fn note(&mut self, head: &Checkpoint) -> Result<(), Untrustworthy> {
        let proved = self.proved.iter().filter(|known| known.size == head.size).map(|known| known.root);
        let of_size = (head.size, TreeHash::ZERO)..=(head.size, TreeHash([0xff; 32]));
        let known = proved.chain(self.unproved.range(of_size).map(|(_, root)| *root));
        if let Some(known) = known.into_iter().find(|known| *known != head.root) {
            return Err(Untrustworthy::Forked { size: head.size, known, found: head.root });
        }
        match &self.proved {
            None => self.proved = Some(head.clone()),
            Some(proved) if proved == head => {}
            Some(_) => {
                self.unproved.insert((head.size, head.root));
            }
        }
        Ok(())
    }

    /// Believes a head from elsewhere. What was proved without it is now to be proved with it.
    pub fn believe(&mut self, head: Checkpoint) {
        self.unproved.remove(&(head.size, head.root));
        if let Some(before) = self.proved.replace(head.clone()).filter(|before| *before != head) {
            self.unproved.insert((before.size, before.root));
        }
    }

    /// Two heads to be proved to be of one history, one of them the proved one: the older and the newer.
    pub fn unproved(&self) -> Option<(Checkpoint, Checkpoint)> {
        let (proved, (size, root)) = (self.proved.clone()?, *self.unproved.first()?);
        let other = Checkpoint { size, root, ..proved.clone() };
        Some(if size < proved.size { (other, proved) } else { (proved, other) })
    }

    /// Two heads were proved to be of one history; the newer one is the proved one now. Nothing changes if
    /// neither of them is the proved one any more: another call has moved it, and it will be asked again.
    pub fn settle(&mut self, older: &Checkpoint, newer: &Checkpoint) -> bool {
        let Some(proved) = self.proved.as_ref().filter(|proved| [older, newer].contains(proved)) else {
            return false;
        };
        let other = if proved == older { newer } else { older };
        self.unproved.remove(&(other.size, other.root));
        self.proved = Some(newer.clone());
        true
    }
}

#[cfg(test)]
mod tests;
