//! Where a seed comes from: the commitments of several people, their reveals, and beacons. [draw 1]
//!
//! Each participant commits to 32 bytes of his own before anybody reveals, and the seed hashes them
//! all. One honest participant whose reveal is in it makes the seed unpredictable to all others.

use std::fmt;

use thiserror::Error;

use crate::beacon::Beacon;
use crate::encoding::{derive, length, put_enc, put_u64};
use crate::hex::Hex;

/// Fewest reveals that any rule set may ask for. [draw 1, `min_reveals`]
pub const MIN_REVEALS: usize = 2;

/// The 32 bytes from which the whole draw follows. [draw 1]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// A seed that was published; whether it is the right one, [`seed`] tells.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The seed's 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seed({})", Hex(self.0))
    }
}

/// One participant whose commitment `CeremonySealed` lists. [draw 1]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committer {
    /// Id of his public key, 32 raw bytes.
    pub key_id: [u8; 32],
    /// What he committed to, see [`commitment`].
    pub commitment: [u8; 32],
    /// His `r`, if he revealed it in time.
    pub reveal: Option<[u8; 32]>,
}

/// Why no seed follows from what was stated. [draw 1]
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CeremonyError {
    /// Two committers have the same key.
    #[error("key {key_id} committed twice")]
    DuplicateKey {
        /// The key that occurs twice.
        key_id: Hex<32>,
    },
    /// A reveal does not open the commitment of its key.
    #[error("reveal of key {key_id} does not open its commitment")]
    WrongReveal {
        /// The key whose reveal is wrong.
        key_id: Hex<32>,
    },
    /// Fewer than [`MIN_REVEALS`] reveals.
    #[error("{found} reveals, at least {MIN_REVEALS} needed")]
    TooFewReveals {
        /// How many reveals there are.
        found: usize,
    },
    /// A committer did not reveal and there is no beacon: he could see the outcome and withhold it.
    #[error("key {key_id} did not reveal, and there is no beacon")]
    MissingReveal {
        /// The key without a reveal.
        key_id: Hex<32>,
    },
}

/// What a participant states before anybody reveals. [draw 1, SeedCommitted]
///
/// `pool` is `P`, the entry hash of PoolFrozen; `r` is 32 bytes of his own randomness.
pub fn commitment(pool: &[u8; 32], key_id: &[u8; 32], r: &[u8; 32]) -> [u8; 32] {
    // commit_j = H("commit", P || key_id_j || r_j)
    derive("commit", &[pool.as_slice(), key_id, r].concat())
}

/// The seed of a ceremony; committers in any order, beacons in CeremonyOpened's order. [draw 1, Seed]
///
/// # Errors
/// A key that occurs twice, a reveal that does not open its commitment, fewer than two reveals, and,
/// without a beacon, a missing reveal.
pub fn seed(pool: &[u8; 32], committers: &[Committer], beacons: &[Beacon]) -> Result<Seed, CeremonyError> {
    let mut sorted: Vec<&Committer> = committers.iter().collect();
    sorted.sort_by_key(|c| c.key_id);
    check(pool, &sorted, !beacons.is_empty())?;
    // seed = H("seed", P || u64(n) || for each committer, ascending by key_id:
    //                      key_id || commit_j || (00 | 01 || r_j)
    //                  || u64(#beacons) || for each beacon: chain_hash || u64(R) || enc(signature))
    let mut message = pool.to_vec();
    put_u64(&mut message, length(sorted.len()));
    for committer in sorted {
        message.extend_from_slice(&committer.key_id);
        message.extend_from_slice(&committer.commitment);
        match &committer.reveal {
            None => message.push(0),
            Some(r) => {
                message.push(1);
                message.extend_from_slice(r);
            }
        }
    }
    put_u64(&mut message, length(beacons.len()));
    for beacon in beacons {
        message.extend_from_slice(&beacon.chain_hash);
        put_u64(&mut message, beacon.round);
        put_enc(&mut message, &beacon.signature);
    }
    Ok(Seed(derive("seed", &message)))
}

/// Refuses what no ceremony can end with; `sorted` is ascending by key.
fn check(pool: &[u8; 32], sorted: &[&Committer], has_beacon: bool) -> Result<(), CeremonyError> {
    for pair in sorted.windows(2) {
        if let [a, b] = pair
            && a.key_id == b.key_id
        {
            return Err(CeremonyError::DuplicateKey { key_id: Hex(a.key_id) });
        }
    }
    let mut found = 0;
    for committer in sorted {
        let key_id = Hex(committer.key_id);
        match &committer.reveal {
            Some(r) if commitment(pool, &committer.key_id, r) != committer.commitment => {
                return Err(CeremonyError::WrongReveal { key_id });
            }
            Some(_) => found += 1,
            None if !has_beacon => return Err(CeremonyError::MissingReveal { key_id }),
            None => {}
        }
    }
    if found < MIN_REVEALS { Err(CeremonyError::TooFewReveals { found }) } else { Ok(()) }
}
