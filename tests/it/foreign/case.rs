//! One case: what is to be judged, and what the verdict must be. A line of `cases.txt` in a corpus.
//!
//! `accept|refuse KIND CHANGE ARGUMENT...`, words separated by one space. CHANGE says what was changed to
//! make the case wrong, `-` for nothing. Hashes and entries are base64, files and folders lie beside
//! `cases.txt`. The same lines are read by tests/foreign/cases.py and tests/foreign/go/cases.go.

use core::fmt;
use core::str::FromStr;
use data_encoding::BASE64;
use lotbook_chain::TreeHash;

/// Something to judge and its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    pub accept: bool,
    /// What was changed; `-` for nothing.
    pub change: String,
    pub what: What,
}

/// What is to be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The entry is leaf `index` of the tree.
    Inclusion { index: u64, size: u64, entry: Vec<u8>, root: TreeHash, proof: Vec<TreeHash> },
    /// The new tree extends the old one.
    Consistency { old: u64, new: u64, old_root: TreeHash, new_root: TreeHash, proof: Vec<TreeHash> },
    /// The file is a checkpoint signed by the log of this key.
    Checkpoint { vkey: String, file: String },
    /// The file is a checkpoint that satisfies the policy file.
    Cosigned { policy: String, file: String },
    /// The file is a tlog-proof by the log of this key; its extra line is the leaf's bytes.
    Proof { vkey: String, file: String },
    /// The folder holds a whole log: checkpoint, hashes, entries.
    Tiles { vkey: String, folder: String },
    /// The folder holds a whole ledger: such a log, whose entries are a chain.
    Ledger { vkey: String, folder: String },
    /// The folder holds a log without its entries.
    Hashes { vkey: String, folder: String },
    /// The text is the path of a tile or a bundle.
    Path(String),
    /// The text is the vkey of a log.
    Vkey(String),
    /// A witness of this log answers the request in the file with the status, after what came before it
    /// in the session. A 409 has the size that it names: `409:300`.
    Witness { status: String, session: String, vkey: String, file: String },
}

impl What {
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Inclusion { .. } => "inclusion",
            Self::Consistency { .. } => "consistency",
            Self::Checkpoint { .. } => "checkpoint",
            Self::Cosigned { .. } => "cosigned",
            Self::Proof { .. } => "proof",
            Self::Tiles { .. } => "tiles",
            Self::Ledger { .. } => "ledger",
            Self::Hashes { .. } => "hashes",
            Self::Path(_) => "path",
            Self::Vkey(_) => "vkey",
            Self::Witness { .. } => "witness",
        }
    }

    fn words(&self) -> Vec<String> {
        match self {
            Self::Inclusion { index, size, entry, root, proof } => {
                let mut words = vec![index.to_string(), size.to_string(), BASE64.encode(entry), hash(root)];
                words.extend(proof.iter().map(hash));
                words
            }
            Self::Consistency { old, new, old_root, new_root, proof } => {
                let mut words = vec![old.to_string(), new.to_string(), hash(old_root), hash(new_root)];
                words.extend(proof.iter().map(hash));
                words
            }
            Self::Checkpoint { vkey: a, file: b }
            | Self::Cosigned { policy: a, file: b }
            | Self::Proof { vkey: a, file: b }
            | Self::Tiles { vkey: a, folder: b }
            | Self::Ledger { vkey: a, folder: b }
            | Self::Hashes { vkey: a, folder: b } => vec![a.clone(), b.clone()],
            Self::Path(text) | Self::Vkey(text) => vec![text.clone()],
            Self::Witness { status, session, vkey, file } => {
                vec![status.clone(), session.clone(), vkey.clone(), file.clone()]
            }
        }
    }

    fn parse(kind: &str, words: &[&str]) -> Option<Self> {
        let own = |word: &str| word.to_owned();
        Some(match (kind, words) {
            ("inclusion", [index, size, entry, root, proof @ ..]) => Self::Inclusion {
                index: index.parse().ok()?,
                size: size.parse().ok()?,
                entry: BASE64.decode(entry.as_bytes()).ok()?,
                root: read_hash(root)?,
                proof: proof.iter().map(|word| read_hash(word)).collect::<Option<_>>()?,
            },
            ("consistency", [old, new, old_root, new_root, proof @ ..]) => Self::Consistency {
                old: old.parse().ok()?,
                new: new.parse().ok()?,
                old_root: read_hash(old_root)?,
                new_root: read_hash(new_root)?,
                proof: proof.iter().map(|word| read_hash(word)).collect::<Option<_>>()?,
            },
            ("checkpoint", [vkey, file]) => Self::Checkpoint { vkey: own(vkey), file: own(file) },
            ("cosigned", [policy, file]) => Self::Cosigned { policy: own(policy), file: own(file) },
            ("proof", [vkey, file]) => Self::Proof { vkey: own(vkey), file: own(file) },
            ("tiles", [vkey, folder]) => Self::Tiles { vkey: own(vkey), folder: own(folder) },
            ("ledger", [vkey, folder]) => Self::Ledger { vkey: own(vkey), folder: own(folder) },
            ("hashes", [vkey, folder]) => Self::Hashes { vkey: own(vkey), folder: own(folder) },
            ("path", [text]) => Self::Path(own(text)),
            ("vkey", [text]) => Self::Vkey(own(text)),
            ("witness", [status, session, vkey, file]) => {
                Self::Witness { status: own(status), session: own(session), vkey: own(vkey), file: own(file) }
            }
            _ => return None,
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.accept { "accept" } else { "refuse" };
        write!(f, "{verdict} {} {} {}", self.what.kind(), self.change, self.what.words().join(" "))
    }
}

/// A line that is no case.
#[derive(Debug)]
pub struct NoCase;

impl FromStr for Case {
    type Err = NoCase;

    fn from_str(line: &str) -> Result<Self, NoCase> {
        let words: Vec<&str> = line.split(' ').collect();
        let [verdict, kind, change, words @ ..] = words.as_slice() else { return Err(NoCase) };
        let accept = match *verdict {
            "accept" => true,
            "refuse" => false,
            _ => return Err(NoCase),
        };
        let what = What::parse(kind, words).ok_or(NoCase)?;
        Ok(Self { accept, change: (*change).to_owned(), what })
    }
}

fn hash(hash: &TreeHash) -> String {
    BASE64.encode(&hash.0)
}

fn read_hash(word: &str) -> Option<TreeHash> {
    BASE64.decode(word.as_bytes()).ok()?.as_slice().try_into().ok()
}
