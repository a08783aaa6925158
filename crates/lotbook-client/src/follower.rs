//! The follower: takes batches of entries in order and lets through only what the ledger proved.
//!
//! Checked of each batch: positions are consecutive, each entry names the hash of the one before and is
//! not recorded before it, the last one is in the tree of a signed checkpoint (which by the chain proves
//! the others), checkpoints never shrink, two of one size have one root, and statements are strictly
//! decoded. The tree up to the last entry is rebuilt, from genesis or from the first proof on, and each
//! checkpoint must have the same entries before.

use crate::error::Untrustworthy;
use crate::trust::TrustRoot;
use lotbook_chain::entry::{entry_hash, leaf_hash};
use lotbook_chain::{
    Checkpoint, Entry, EntryHash, Frontier, Instant, LedgerId, Position, Receipt, Sealed, TreeHash, prefix,
    verify_consistency,
};
use lotbook_event::{DecodeError, Statement};

/// An entry that the ledger proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedEntry {
    /// The entry.
    pub entry: Entry,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its link in the hash chain.
    pub hash: EntryHash,
    /// What it states.
    pub statement: Statement,
}

/// Where a follower stands; enough to go on later, also over another connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Position of the next entry.
    pub next: u64,
    /// Hash and time of the last entry seen; nothing before the first one.
    pub last: Option<(EntryHash, Instant)>,
    /// Size and root of the newest checkpoint seen; nothing before the first one.
    pub head: Option<(u64, TreeHash)>,
    /// The tree of everything up to the last entry seen; nothing before the first one, unless that is genesis.
    pub tree: Option<Frontier>,
}

/// A batch as it came from the wire.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Position of the first entry.
    pub from: u64,
    /// Entry bytes in order.
    pub entries: Vec<Vec<u8>>,
    /// Inclusion proof of the last entry.
    pub proof: Vec<TreeHash>,
    /// Signed checkpoint.
    pub checkpoint: String,
}

/// Verifies batches; keeps nothing of them but its [`Cursor`].
#[derive(Debug, Clone)]
pub struct Follower {
    trust: TrustRoot,
    cursor: Cursor,
}

impl VerifiedEntry {
    /// Place on the ledger.
    pub fn position(&self) -> Position {
        self.entry.position
    }

    /// Opens bytes that are proved elsewhere.
    pub(crate) fn open(bytes: Vec<u8>, position: u64) -> Result<Self, Untrustworthy> {
        let entry = Entry::decode(&bytes).map_err(|error| Untrustworthy::Entry { position, error })?;
        let statement = Statement::decode(&entry.statement)
            .map_err(|error: DecodeError| Untrustworthy::Statement { position: entry.position, error })?;
        Ok(Self { hash: entry_hash(&bytes), entry, bytes, statement })
    }

    /// As the verifier's and the engine's room take it.
    pub fn into_sealed(self) -> Sealed<Statement> {
        let leaf = leaf_hash(&self.bytes);
        Sealed { entry: self.entry, bytes: self.bytes, hash: self.hash, leaf, body: self.statement }
    }
}

impl Cursor {
    /// A cursor before the entry at a position.
    pub fn at(next: u64) -> Self {
        Self { next, tree: (next == 0).then(Frontier::new), ..Self::default() }
    }

    /// Takes note of a signed head.
    ///
    /// # Errors
    /// [`Untrustworthy::Shrunk`] or [`Untrustworthy::Forked`] if it contradicts an earlier one.
    pub fn see(&mut self, checkpoint: &Checkpoint) -> Result<(), Untrustworthy> {
        let (found, root) = (checkpoint.size, checkpoint.root);
        if let Some((known, known_root)) = self.head {
            if found < known {
                return Err(Untrustworthy::Shrunk { known, found });
            }
            check_fork(found, root, known, known_root)?;
        }
        self.agree(checkpoint)?;
        self.head = Some((found, root));
        Ok(())
    }

    /// Compares the tree rebuilt with a signed head of the same size.
    ///
    /// # Errors
    /// [`Untrustworthy::Forked`].
    pub fn agree(&self, checkpoint: &Checkpoint) -> Result<(), Untrustworthy> {
        let Some(tree) = &self.tree else { return Ok(()) };
        check_fork(checkpoint.size, checkpoint.root, tree.size(), tree.root())
    }

    /// Compares the tree rebuilt with the one that a proof states before and at its leaf; takes it over if
    /// there is none yet.
    fn follow(&mut self, stated: Frontier) -> Result<(), Untrustworthy> {
        let tree = self.tree.get_or_insert_with(|| stated.clone());
        check_fork(stated.size(), stated.root(), tree.size(), tree.root())
    }

    fn step(&mut self, entry: &VerifiedEntry, ledger: LedgerId) -> Result<(), Untrustworthy> {
        let (expected, position) = (self.next, entry.position());
        if position.0 != expected {
            return Err(Untrustworthy::OtherPosition { expected, found: position.0 });
        }
        let genesis = LedgerId::from(entry.hash);
        if expected == 0 && genesis != ledger {
            return Err(Untrustworthy::OtherLedger { expected: ledger, found: genesis });
        }
        let (found, recorded_at) = (entry.entry.previous, entry.entry.recorded_at);
        if let Some((expected, previous)) = self.last {
            if found != expected {
                return Err(Untrustworthy::BrokenChain { position, expected, found });
            }
            if recorded_at < previous {
                return Err(Untrustworthy::BackInTime { position, previous, found: recorded_at });
            }
        }
        if let Some(tree) = &mut self.tree {
            tree.push(leaf_hash(&entry.bytes));
        }
        self.last = Some((entry.hash, recorded_at));
        self.next = position.next().0;
        Ok(())
    }
}

impl Follower {
    /// Goes on from a cursor.
    pub fn new(trust: TrustRoot, cursor: Cursor) -> Self {
        Self { trust, cursor }
    }

    /// Where it stands: after the last batch that was let through.
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// Verifies a batch; lets through all of it or nothing, and stands still on an error.
    ///
    /// # Errors
    /// [`Untrustworthy`], naming what is wrong.
    pub fn batch(&mut self, batch: Batch) -> Result<Vec<VerifiedEntry>, Untrustworthy> {
        let Batch { from, entries, proof, checkpoint } = batch;
        let mut cursor = self.cursor.clone();
        if from != cursor.next {
            return Err(Untrustworthy::OtherPosition { expected: cursor.next, found: from });
        }
        let last = entries.last().cloned().ok_or(Untrustworthy::Missing("entries"))?;
        let mut verified = Vec::with_capacity(entries.len());
        for bytes in entries {
            let entry = VerifiedEntry::open(bytes, cursor.next)?;
            cursor.step(&entry, self.trust.ledger_id)?;
            verified.push(entry);
        }
        let receipt = Receipt { entry: last, proof, checkpoint };
        let proved = receipt.verify(&self.trust.vkey)?;
        cursor.see(&proved.checkpoint)?;
        cursor.follow(prefix(
            leaf_hash(&receipt.entry),
            proved.entry.position.0,
            proved.checkpoint.size,
            &receipt.proof,
        ))?;
        self.cursor = cursor;
        Ok(verified)
    }

    /// Verifies the marker that everything up to a position has been sent; gives the number of entries.
    ///
    /// # Errors
    /// [`Untrustworthy`] if the marker stands elsewhere than the follower.
    pub fn marker(&mut self, at: u64, checkpoint: &str) -> Result<u64, Untrustworthy> {
        let expected = self.cursor.next;
        if at != expected {
            return Err(Untrustworthy::OtherPosition { expected, found: at });
        }
        let checkpoint = Checkpoint::open(checkpoint, &self.trust.vkey)?;
        if checkpoint.size < at {
            return Err(Untrustworthy::Marker("is beyond the signed head"));
        }
        self.cursor.see(&checkpoint)?;
        Ok(at)
    }

    /// Verifies the marker that a checkpoint is witnessed: it is of entries let through before, and the signed
    /// head extends it. Gives its number of entries.
    ///
    /// # Errors
    /// [`Untrustworthy`] if it is beyond the follower, or not of the same tree.
    pub fn witnessed(&mut self, note: &str, head: &str, proof: &[TreeHash]) -> Result<u64, Untrustworthy> {
        let witnessed = Checkpoint::open(note, &self.trust.vkey)?;
        let head = Checkpoint::open(head, &self.trust.vkey)?;
        if witnessed.size > self.cursor.next {
            return Err(Untrustworthy::Marker("is of entries that have not come"));
        }
        let (from, to) = (witnessed.size, head.size);
        verify_consistency(from, witnessed.root, to, head.root, proof)
            .map_err(|error| Untrustworthy::Inconsistent { from, to, error })?;
        self.cursor.see(&head)?;
        self.cursor.agree(&witnessed)?;
        Ok(from)
    }
}

fn check_fork(found_size: u64, found: TreeHash, size: u64, known: TreeHash) -> Result<(), Untrustworthy> {
    if found_size == size && found != known {
        return Err(Untrustworthy::Forked { size, known, found });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
