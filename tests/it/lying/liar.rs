//! The liar: what it shows to whom, and how it bends its proofs. Nothing of the ledger's engine is in it.

use super::files::Bent;
use super::history::History;
use lotbook_chain::TreeHash;
use lotbook_rpc::proto;
use std::collections::BTreeSet;

/// What a client can ask for; `Published` is the half of `get_checkpoint` that witnesses have seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Call {
    GetEntry,
    ListEntries,
    Subscribe,
    GetCheckpoint,
    Published,
    ProveInclusion,
    ProveConsistency,
    Submit,
}

impl Call {
    pub fn named(word: &str) -> Self {
        match word {
            "get_entry" => Self::GetEntry,
            "list_entries" => Self::ListEntries,
            "subscribe" => Self::Subscribe,
            "get_checkpoint" => Self::GetCheckpoint,
            "published" => Self::Published,
            "prove_inclusion" => Self::ProveInclusion,
            "prove_consistency" => Self::ProveConsistency,
            "submit" => Self::Submit,
            other => panic!("there is no call {other}"),
        }
    }
}

/// How the hashes of a proof are bent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mangled {
    Not,
    FirstChanged,
    LastChanged,
    FirstMissing,
    LastMissing,
    Empty,
    OneMore,
    Doubled,
    Reversed,
    Exchanged,
    Zeros,
    /// One hash of 31 bytes.
    Short,
    /// One hash of 33 bytes.
    Long,
    /// The proof of the neighbouring leaf, or from the neighbouring size.
    Neighbours,
    /// There is none: the ledger says that it is beyond its head.
    Refused,
}

impl Mangled {
    pub fn named(word: &str) -> Self {
        match word {
            "first-changed" => Self::FirstChanged,
            "last-changed" => Self::LastChanged,
            "first-missing" => Self::FirstMissing,
            "last-missing" => Self::LastMissing,
            "empty" => Self::Empty,
            "one-too-long" => Self::OneMore,
            "doubled" => Self::Doubled,
            "reversed" => Self::Reversed,
            "exchanged" => Self::Exchanged,
            "zeros" => Self::Zeros,
            "of-31-bytes" => Self::Short,
            "of-33-bytes" => Self::Long,
            "the-neighbours" => Self::Neighbours,
            "refused" => Self::Refused,
            other => panic!("proofs cannot be {other}"),
        }
    }

    /// The hashes as they go over the wire.
    pub fn bend(self, proof: &[TreeHash]) -> Vec<Vec<u8>> {
        let mut hashes: Vec<Vec<u8>> = proof.iter().map(|hash| hash.0.to_vec()).collect();
        match self {
            Self::Not | Self::Neighbours | Self::Refused => {}
            Self::FirstChanged => hashes[0][0] ^= 1,
            Self::LastChanged => hashes.last_mut().unwrap()[31] ^= 1,
            Self::FirstMissing => drop(hashes.remove(0)),
            Self::LastMissing => drop(hashes.pop()),
            Self::Empty => hashes.clear(),
            Self::OneMore => hashes.push(vec![7; 32]),
            Self::Doubled => hashes.extend(hashes.clone()),
            Self::Reversed => hashes.reverse(),
            Self::Exchanged => hashes.swap(0, 1),
            Self::Zeros => hashes.iter_mut().for_each(|hash| hash.fill(0)),
            Self::Short => hashes[0].truncate(31),
            Self::Long => hashes[0].push(0),
        }
        hashes
    }
}

/// What the ledger answers to a statement.
#[derive(Clone)]
pub enum Answer {
    /// The receipt of what was stated, found in the history that is shown.
    Receipt,
    /// No; with its signed word, or without.
    No { code: lotbook_event::Code, word: Option<proto::RefusalReceipt> },
}

/// Everything the server of a case says.
#[derive(Clone)]
pub struct Liar {
    pub truth: History,
    pub lie: History,
    /// Calls that lie; all of them if none is named.
    pub only: Option<BTreeSet<Call>>,
    pub inclusion: Mangled,
    pub consistency: Mangled,
    pub files: Bent,
    pub no_receipt: bool,
    /// Whose receipt is given for any entry and any statement.
    pub receipt_of: Option<usize>,
    /// Entries in a message.
    pub batch: usize,
    pub answer: Answer,
}

impl Liar {
    pub fn of(truth: History, lie: History) -> Self {
        Self {
            truth,
            lie,
            only: None,
            inclusion: Mangled::Not,
            consistency: Mangled::Not,
            files: Bent::default(),
            no_receipt: false,
            receipt_of: None,
            batch: 64,
            answer: Answer::Receipt,
        }
    }

    /// The same server before it lies.
    pub fn honest(&self) -> Self {
        Self::of(self.truth.clone(), self.truth.clone())
    }

    /// Whether a call lies.
    pub fn lies(&self, call: Call) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&call))
    }

    /// The history that a call is answered from.
    pub fn shown(&self, call: Call) -> &History {
        if self.lies(call) { &self.lie } else { &self.truth }
    }
}
