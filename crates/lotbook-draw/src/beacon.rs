//! Public randomness: a drand chain, its round that is nobody's choice, and the round's signature. [draw 1]
//!
//! Everything is verified offline: a round may be carried to a closed site on paper.

use blst::BLST_ERROR;
use blst::min_sig::{PublicKey, Signature};
use sha2::{Digest, Sha256};
use thiserror::Error;

/// The one scheme of this version: unchained, signatures on G1, hashed to the curve as RFC 9380 says.
pub const SCHEME: &str = "bls-unchained-g1-rfc9380";

/// The scheme's domain separation tag.
pub const DST: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/// Bytes of a signature: a compressed point of G1.
pub const SIGNATURE_BYTES: usize = 48;

/// Bytes of a chain's public key: a compressed point of G2.
pub const PUBLIC_KEY_BYTES: usize = 96;

/// Shortest distance in seconds from the reveal deadline to the beacon's round. [draw 1]
pub const MIN_DELTA_S: u64 = 300;

/// One round of a public randomness beacon, as it enters a seed. [draw 1]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beacon {
    /// Hash of the chain's public information.
    pub chain_hash: [u8; 32],
    /// Round number R; nobody's choice, see [`beacon_round`].
    pub round: u64,
    /// Compressed point on G1, 48 raw bytes.
    pub signature: [u8; SIGNATURE_BYTES],
}

/// A drand chain of [`SCHEME`]. [draw 1]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Its name in drand's sense, which see [`Chain::hash_of`].
    pub chain_hash: [u8; 32],
    /// Compressed point on G2.
    pub public_key: [u8; PUBLIC_KEY_BYTES],
    /// Time of round 1, Unix seconds.
    pub genesis_s: u64,
    /// Seconds between rounds.
    pub period_s: u64,
}

/// What a chain's hash is made of beside the chain itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin<'a> {
    /// Hash of the group file that began the chain (drand calls it groupHash, or genesis seed).
    pub group_hash: &'a [u8; 32],
    /// Name of the beacon within its network; `default` or empty has no part in the hash.
    pub beacon_id: &'a str,
}

/// Why a round of a chain is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BeaconError {
    /// The chain's public key is no point of G2, or is the point at infinity.
    #[error("the chain's public key is not a point of G2")]
    PublicKey,
    /// A signature of another length.
    #[error("the signature has {found} bytes, {SIGNATURE_BYTES} are needed")]
    Length {
        /// Its length.
        found: usize,
    },
    /// The signature is no point of G1, or is the point at infinity.
    #[error("the signature is not a point of G1")]
    NotAPoint,
    /// A point, but not this chain's signature over this round.
    #[error("the signature is not the chain's over round {round}")]
    Signature {
        /// The round.
        round: u64,
    },
}

/// quicknet of the League of Entropy, the public chain of this scheme.
pub const QUICKNET: Chain = Chain {
    chain_hash: hex(b"52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"),
    public_key: hex(
        b"83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451\
          0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
    ),
    genesis_s: 1_692_803_367,
    period_s: 3,
};

/// Where quicknet's hash comes from.
pub const QUICKNET_ORIGIN: Origin<'static> = Origin {
    group_hash: &hex(b"f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e"),
    beacon_id: "quicknet",
};

impl Chain {
    /// The hash by which drand names this chain; `None` if its period has over 32 bits or its genesis over 63.
    pub fn hash_of(&self, origin: &Origin<'_>) -> Option<[u8; 32]> {
        // chain_hash = SHA-256(u32BE(period) || i64BE(genesis) || public_key || group_hash || beacon_id,
        //                      the last one unless it is "default")
        let mut hash = Sha256::new();
        hash.update(u32::try_from(self.period_s).ok()?.to_be_bytes());
        hash.update(i64::try_from(self.genesis_s).ok()?.to_be_bytes());
        hash.update(self.public_key);
        hash.update(origin.group_hash);
        if origin.beacon_id != "default" {
            hash.update(origin.beacon_id);
        }
        Some(hash.finalize().into())
    }

    /// Whether the public key is one: a point of G2 in the right subgroup, not the one at infinity.
    ///
    /// # Errors
    /// [`BeaconError::PublicKey`].
    pub fn check_key(&self) -> Result<(), BeaconError> {
        self.key().map(|_| ())
    }

    fn key(&self) -> Result<PublicKey, BeaconError> {
        PublicKey::key_validate(&self.public_key).map_err(|_| BeaconError::PublicKey)
    }

    /// When a round is published, in Unix seconds; `None` for round 0 and beyond 64 bits.
    pub fn time_of(&self, round: u64) -> Option<u64> {
        // time(R) = genesis + (R - 1) * period
        round.checked_sub(1)?.checked_mul(self.period_s)?.checked_add(self.genesis_s)
    }

    /// Whether a signature is this chain's over a round.
    ///
    /// # Errors
    /// [`BeaconError`].
    pub fn verify(&self, round: u64, signature: &[u8]) -> Result<(), BeaconError> {
        let key = self.key()?;
        if signature.len() != SIGNATURE_BYTES {
            return Err(BeaconError::Length { found: signature.len() });
        }
        // On the curve, in the subgroup, not at infinity.
        let point = Signature::sig_validate(signature, true).map_err(|_| BeaconError::NotAPoint)?;
        // message = SHA-256(u64BE(round)); every integer of drand is big-endian
        let message = Sha256::digest(round.to_be_bytes());
        match point.verify(false, &message, DST, &[], &key, false) {
            BLST_ERROR::BLST_SUCCESS => Ok(()),
            _ => Err(BeaconError::Signature { round }),
        }
    }
}

/// The beacon's round for a reveal deadline: the first that is at least `delta_s` after it. [draw 1]
///
/// `reveal_deadline_us` in microseconds, the chain's `genesis_s`, `period_s` and `delta_s` in seconds.
/// `None` if the chain cannot serve: a period of 0, `delta_s` under [`MIN_DELTA_S`], or a deadline so
/// early that the round would not be a positive number.
pub fn beacon_round(reveal_deadline_us: u64, genesis_s: u64, period_s: u64, delta_s: u64) -> Option<u64> {
    if period_s == 0 || delta_s < MIN_DELTA_S {
        return None;
    }
    // R = ceil((reveal_deadline + 10^6 * (delta - genesis)) / (10^6 * period)) + 1, exact integers
    let distance = i128::from(reveal_deadline_us) + 1_000_000 * (i128::from(delta_s) - i128::from(genesis_s));
    let period = 1_000_000 * i128::from(period_s);
    // For a positive divisor, ceil(a / b) = -floor(-a / b), and div_euclid is that floor.
    let round = 1 - (-distance).div_euclid(period);
    u64::try_from(round).ok().filter(|&r| r > 0)
}

/// Bytes of constants that are written as lower-case hex. A digit that is none fails the build.
const fn hex<const N: usize>(digits: &[u8]) -> [u8; N] {
    assert!(digits.len() == 2 * N);
    let (mut bytes, mut at) = ([0; N], 0);
    while at < N {
        bytes[at] = nibble(digits[2 * at]) << 4 | nibble(digits[2 * at + 1]);
        at += 1;
    }
    bytes
}

const fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => {
            assert!(matches!(digit, b'a'..=b'f'));
            digit - b'a' + 10
        }
    }
}
