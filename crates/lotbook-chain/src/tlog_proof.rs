//! The proof of one leaf as a text file (C2SP tlog-proof v1, "spicy signature"), for any tlog.

use crate::base64::BASE64;
use crate::hash::TreeHash;
use crate::inclusion::{InclusionError, verify_inclusion};
use crate::vkey::VerifierKey;
use crate::{Checkpoint, OpenCheckpointError};
use core::fmt;
use core::str::FromStr;

/// The first line.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Most bytes of such a file: the largest entry as `extra` (87,380 in base64), 63 hashes (2,835), and a
/// note of the largest size (65,536).
pub const MAX_TLOG_PROOF_BYTES: usize = 160 * 1024;
/// Most hashes of a proof: a tree of fewer than 2^63 leaves is no deeper.
const MAX_HASHES: usize = 63;

/// Index, inclusion proof and checkpoint. Nothing in it is believed before [`TlogProof::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes for the application, **not authenticated**; none if the line is absent.
    pub extra: Option<Vec<u8>>,
    /// The leaf's index.
    pub index: u64,
    /// The inclusion proof, the leaf's sibling first.
    pub proof: Vec<TreeHash>,
    /// The checkpoint note, verbatim, cosignatures included.
    pub checkpoint: String,
}

/// Why a text is not such a proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    /// Over [`MAX_TLOG_PROOF_BYTES`].
    #[error("proof of {0} bytes is over the limit of {MAX_TLOG_PROOF_BYTES}")]
    TooLong(usize),
    /// The first line is another.
    #[error("the first line is not {HEADER}")]
    Header,
    /// The extra line is not base64.
    #[error("the line `extra` is not base64")]
    Extra,
    /// No line `index`, or not a decimal number.
    #[error("line {0:?} is not `index` and a decimal number")]
    Index(String),
    /// A line of the proof is not a hash.
    #[error("hash {0} of the proof is not the base64 of 32 bytes")]
    Hash(usize),
    /// Over 63 hashes.
    #[error("proof of {0} hashes: no tree is so deep")]
    TooDeep(usize),
    /// No empty line before the checkpoint.
    #[error("no empty line stands before the checkpoint")]
    NoCheckpoint,
}

/// Why a proof is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefusedTlogProof {
    /// The checkpoint is not one of this log.
    #[error(transparent)]
    Checkpoint(#[from] OpenCheckpointError),
    /// The leaf is not in the checkpoint's tree at this index.
    #[error(transparent)]
    Inclusion(#[from] InclusionError),
}

impl TlogProof {
    /// Checks that the leaf (its hash is the application's) is in the log of this key.
    ///
    /// A quorum of witnesses is checked apart, by a [`Policy`](crate::Policy) over the checkpoint.
    ///
    /// # Errors
    /// See [`RefusedTlogProof`].
    pub fn verify(&self, leaf: TreeHash, key: &VerifierKey) -> Result<Checkpoint, RefusedTlogProof> {
        let checkpoint = Checkpoint::open(&self.checkpoint, key)?;
        verify_inclusion(leaf, self.index, checkpoint.size, &self.proof, checkpoint.root)?;
        Ok(checkpoint)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // header LF ["extra " base64 LF] "index " n LF (base64(hash) LF)* LF checkpoint    C2SP tlog-proof
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", BASE64.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.proof {
            writeln!(f, "{}", BASE64.encode(&hash.0))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = TlogProofError;

    /// Parses the syntax strictly; the checkpoint is kept as it is.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_TLOG_PROOF_BYTES {
            return Err(TlogProofError::TooLong(text.len()));
        }
        let rest = text.strip_prefix(HEADER).and_then(|rest| rest.strip_prefix('\n'));
        let (head, checkpoint) =
            rest.ok_or(TlogProofError::Header)?.split_once("\n\n").ok_or(TlogProofError::NoCheckpoint)?;
        let mut lines = head.split('\n').peekable();
        let extra = lines.peek().and_then(|line| line.strip_prefix("extra "));
        if extra.is_some() {
            lines.next();
        }
        let decode = |base64| crate::base64::decode(base64).ok_or(TlogProofError::Extra);
        let extra = extra.map(decode).transpose()?;
        let index = lines.next().unwrap_or_default();
        let index = index
            .strip_prefix("index ")
            .and_then(crate::checkpoint::parse_decimal)
            .ok_or_else(|| TlogProofError::Index(index.to_owned()))?;
        let hash = |(line, number): (&str, usize)| {
            crate::checkpoint::parse_root(line).ok_or(TlogProofError::Hash(number))
        };
        let proof = lines.zip(1..).map(hash).collect::<Result<Vec<_>, _>>()?;
        if proof.len() > MAX_HASHES {
            return Err(TlogProofError::TooDeep(proof.len()));
        }
        Ok(Self { extra, index, proof, checkpoint: checkpoint.to_owned() })
    }
}

#[cfg(test)]
mod tests;
