//! The monitor's judgement: a log followed from head to head, every entry verified, no head forgotten.
//!
//! Whoever follows a log feeds it: a signed head ([`Monitor::head`]), then the entries it covers
//! ([`Monitor::entry`]), then settles it ([`Monitor::settle`]). What is kept between two runs is the last
//! head's note, verbatim: it proves itself.

use crate::finding::{Check, Finding};
use crate::redecide::RefusalClaim;
use crate::times::{OffTime, WitnessedHead, off_times};
use crate::verify::Verifier;
use lotbook_chain::{
    Checkpoint, Contradiction, OpenCheckpointError, Policy, TreeHash, UnwitnessedError, VerifierKey,
};

/// Follows one log.
#[derive(Debug, Clone)]
pub struct Monitor {
    log: VerifierKey,
    policy: Option<Policy>,
    kept: Option<Kept>,
    verifier: Verifier,
    /// Root that the entries fed give at the kept head's size, once they reach it.
    passed: Option<TreeHash>,
    off_times: Vec<OffTime>,
}

/// The newest head that was found good, here or in an earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its size and root.
    pub checkpoint: Checkpoint,
    /// The signed note, verbatim.
    pub note: String,
}

/// A head that is signed as it must be, and the entries to feed before it is settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// The head.
    pub head: Kept,
    /// First position to feed.
    pub from: u64,
}

/// What is wrong with a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Alarm {
    /// The head is not signed by the log.
    #[error("the head is not signed as it must be: {0}")]
    Head(#[from] OpenCheckpointError),
    /// Too few witnesses know the head.
    #[error("the head is not witnessed as the policy asks: {0}")]
    Unwitnessed(#[from] UnwitnessedError),
    /// The head is smaller than one seen before: an old copy, or history was cut off.
    #[error(
        "the log shows a head of {} entries, it has signed one of {} before: it was rolled back",
        shown.checkpoint.size, kept.checkpoint.size
    )]
    RolledBack {
        /// The head kept.
        kept: Box<Kept>,
        /// The head shown now.
        shown: Box<Kept>,
    },
    /// Two signed heads that cannot both be true: the file that proves it.
    #[error("the log has signed two heads that contradict each other")]
    Contradiction(Box<Contradiction>),
    /// The head does not extend the kept one, and no proof was served: both are kept.
    #[error(
        "the head of {} entries does not extend the one of {} seen before",
        shown.checkpoint.size, kept.checkpoint.size
    )]
    Forked {
        /// The head kept.
        kept: Box<Kept>,
        /// The head shown now.
        shown: Box<Kept>,
    },
    /// An entry, or what should be one, is bad.
    #[error(transparent)]
    Entry(#[from] Finding),
}

impl Monitor {
    /// A monitor of the log of this key; `kept` is the note of the last head of an earlier run.
    ///
    /// # Errors
    /// [`Alarm::Head`] if the kept note is not the log's: it was changed, or is of another log.
    pub fn new(log: VerifierKey, policy: Option<Policy>, kept: Option<&str>) -> Result<Self, Alarm> {
        let kept = kept.map(|note| open(&log, note)).transpose()?;
        let mut monitor =
            Self { log, policy, kept, verifier: Verifier::default(), passed: None, off_times: vec![] };
        let kept = monitor.kept.as_ref().and_then(|kept| monitor.witnessed(kept));
        monitor.verifier.asked.only(&kept);
        Ok(monitor)
    }

    /// Entries whose recorded time does not fit the witnesses' of the head settled last, or of the one kept
    /// before it ([P-120]). Without a policy, and under a simulated clock, there are none.
    pub fn off_times(&self) -> &[OffTime] {
        &self.off_times
    }

    /// A head with the oldest of its witnesses' times.
    fn witnessed(&self, head: &Kept) -> Option<WitnessedHead> {
        let policy = self.policy.as_ref()?;
        WitnessedHead::read(&head.note, head.checkpoint.size, policy)
    }

    /// Says before the entries that a refusal will be decided again, by [`crate::refusal_verdict`] on
    /// [`Monitor::verifier`].
    pub fn ask_about_refusal(&mut self, claim: &RefusalClaim) {
        self.verifier.ask_about_refusal(claim);
    }

    /// The newest good head.
    pub fn kept(&self) -> Option<&Kept> {
        self.kept.as_ref()
    }

    /// What the entries fed so far add up to.
    pub fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Takes a head that the log shows. Nothing if it is the kept one and all of its entries were fed.
    ///
    /// `prove(size, head)` gives the root that the tree of `head` has at a smaller size, with the
    /// consistency proof from there, out of the tiles the log serves; nothing if it does not serve them.
    ///
    /// # Errors
    /// See [`Alarm`]; what is kept stays as it was.
    pub fn head(
        &mut self,
        note: &str,
        prove: impl FnOnce(u64, &Kept) -> Option<(TreeHash, Vec<TreeHash>)>,
    ) -> Result<Option<Ahead>, Alarm> {
        let head = open(&self.log, note)?;
        if let Some(policy) = &self.policy {
            policy.open_of(note, &self.log)?;
        }
        let from = self.verifier.state().head.size;
        if let Some(kept) = &self.kept {
            let (known, shown) = (&kept.checkpoint, &head.checkpoint);
            if known.size == shown.size && known.root != shown.root {
                return Err(contradiction(kept, &head, shown.root, Vec::new()));
            }
            if shown.size < known.size {
                return Err(rolled_back(kept, head, prove));
            }
            if known.size == shown.size && from == known.size {
                return Ok(None);
            }
            if known.size < shown.size
                && let Some((prefix, proof)) = prove(known.size, &head)
                && prefix != known.root
            {
                return Err(contradiction(kept, &head, prefix, proof));
            }
        }
        let heads = [self.kept.as_ref(), Some(&head)].map(|head| head.and_then(|head| self.witnessed(head)));
        self.verifier.asked.only(heads.iter().flatten());
        Ok(Some(Ahead { head, from }))
    }

    /// Verifies the next entry.
    ///
    /// # Errors
    /// [`Alarm::Entry`]; nothing may be fed after it.
    pub fn entry(&mut self, bytes: &[u8]) -> Result<(), Alarm> {
        self.verifier.entry(bytes)?;
        let state = self.verifier.state();
        if let Some(genesis) = state.genesis.as_ref().filter(|genesis| genesis.checkpoint_key != self.log) {
            // Another ledger's entries, under heads signed by this one's key.
            let what =
                format!("the ledger names the checkpoint key {}, not {}", genesis.checkpoint_key, self.log);
            return Err(Finding::new(0, Check::Checkpoint, what).into());
        }
        let head = &state.head;
        if self.kept.as_ref().is_some_and(|kept| kept.checkpoint.size == head.size) {
            self.passed = Some(head.frontier.root());
        }
        Ok(())
    }

    /// Settles a head after all of its entries were fed: it extends the kept one, and replaces it.
    ///
    /// # Errors
    /// See [`Alarm`]; the kept head stays as it was.
    pub fn settle(&mut self, ahead: Ahead) -> Result<&Kept, Alarm> {
        let (head, state) = (ahead.head, &self.verifier.state().head);
        let signed = &head.checkpoint;
        if let Some(kept) = self.kept.as_ref().filter(|kept| kept.checkpoint.size <= state.size) {
            // The empty tree is passed before the first entry.
            let passed = self.passed.unwrap_or(lotbook_chain::EMPTY_ROOT);
            if passed != kept.checkpoint.root {
                return Err(forked(kept, head));
            }
        }
        if (state.size, state.frontier.root()) != (signed.size, signed.root) {
            let what = format!(
                "the first {} entries have root {}, signed is {} at {}",
                state.size,
                state.frontier.root(),
                signed.root,
                signed.size
            );
            return Err(Finding::new(signed.size.saturating_sub(1), Check::Tree, what).into());
        }
        self.passed = Some(signed.root);
        let (now, before) = (self.witnessed(&head), self.kept.as_ref().and_then(|kept| self.witnessed(kept)));
        self.off_times = off_times(&self.verifier, now.as_ref(), before.as_ref());
        self.verifier.asked.only(&now);
        Ok(self.kept.insert(head))
    }
}

fn open(log: &VerifierKey, note: &str) -> Result<Kept, Alarm> {
    Ok(Kept { checkpoint: Checkpoint::open(note, log)?, note: note.to_owned() })
}

/// A proof that does not prove it leaves the two heads, side by side.
fn contradiction(first: &Kept, second: &Kept, prefix: TreeHash, proof: Vec<TreeHash>) -> Alarm {
    let (first_note, second_note) = (first.note.clone(), second.note.clone());
    let found = Contradiction { first: first_note, second: second_note, prefix, proof };
    let proved = lotbook_chain::verify_consistency(
        first.checkpoint.size,
        prefix,
        second.checkpoint.size,
        second.checkpoint.root,
        &found.proof,
    );
    if proved.is_ok() && prefix != first.checkpoint.root {
        return Alarm::Contradiction(Box::new(found));
    }
    forked(first, second.clone())
}

fn forked(kept: &Kept, shown: Kept) -> Alarm {
    Alarm::Forked { kept: Box::new(kept.clone()), shown: Box::new(shown) }
}

/// A smaller head is an old one, unless the kept head's tree has another root there.
fn rolled_back(
    kept: &Kept,
    shown: Kept,
    prove: impl FnOnce(u64, &Kept) -> Option<(TreeHash, Vec<TreeHash>)>,
) -> Alarm {
    if let Some((prefix, proof)) = prove(shown.checkpoint.size, kept)
        && let alarm @ Alarm::Contradiction(_) = contradiction(&shown, kept, prefix, proof)
    {
        return alarm;
    }
    Alarm::RolledBack { kept: Box::new(kept.clone()), shown: Box::new(shown) }
}

#[cfg(test)]
mod tests;
