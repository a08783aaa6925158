//! The fields of a certificate, one struct per JSON object. [draw 8]
//!
//! Hashes and seeds are lower-case hex. Deadlines are microseconds since 1970, UTC; all times of a
//! beacon are seconds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::assign::Hall;
use crate::hex::Hex;
use crate::pool::{ConflictRow, InspectorRow, ObjectRow};
use crate::shape::Shape;

/// The value of `format`.
pub const FORMAT: &str = "lotbook draw certificate v1";

/// A certificate. Build one field by field, or read one with [`Certificate::from_json`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// [`FORMAT`].
    pub format: String,
    /// The ledger's name in its checkpoints.
    pub origin: String,
    /// The ledger's id.
    pub ledger_id: Hex<32>,
    /// The draw's id.
    pub draw_id: String,
    /// The attempt, from 1, without gaps.
    pub attempt: u64,
    /// The assurance that the ceremony gives; recomputed only with the ledger's entries.
    pub grade: Grade,
    /// Where the seed comes from.
    pub ceremony: Ceremony,
    /// The seed.
    pub seed: Hex<32>,
    /// The embargo, if there is one.
    #[serde(deserialize_with = "nullable")]
    pub embargo: Option<Embargo>,
    /// All enterprises; no rows as long as the embargo's key is not released, nor in the next two.
    pub objects: Section<ObjectRow>,
    /// All inspectors.
    pub inspectors: Section<InspectorRow>,
    /// All conflicts.
    pub conflicts: Section<ConflictRow>,
    /// The rule for the number of enterprises.
    pub quota: QuotaRule,
    /// The seats of a team: sets of accepted qualifications, empty = all.
    pub seats: Vec<Vec<String>>,
    /// Most enterprises for one inspector.
    pub max_load: u32,
    /// Fewest inspectors; `None` = the protocol's default.
    #[serde(deserialize_with = "nullable")]
    pub min_inspectors: Option<u32>,
    /// What was drawn; in JSON `null` as long as the embargo's key is not released.
    #[serde(with = "super::withheld")]
    pub result: Result,
    /// A later ceremony that drew inspectors only.
    #[serde(deserialize_with = "nullable")]
    pub staffing: Option<Staffing>,
    /// What followed from recusals, in the order of their DrawCompleted entries.
    pub substitutions: Vec<SubstitutionRecord>,
    /// Informative figures; nothing follows from them. See [`Certificate::figures`].
    pub shape: Value,
    /// The ledger's entries behind all this.
    pub proof: Proof,
}

impl Certificate {
    /// The figures in `shape`; `None` where it holds others, as it may: it is informative.
    pub fn figures(&self) -> Option<Shape> {
        Shape::deserialize(&self.shape).ok()
    }
}

/// The assurance of a ceremony. [draw 1, Grade]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grade {
    /// Beacon, independent reveals and timely stamps.
    A,
    /// Beacon and timely stamps, or three committers who all revealed, one of them independent.
    B,
    /// Everything else; shown in red.
    C,
}

impl std::fmt::Display for Grade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        })
    }
}

/// The ceremony's entries and participants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ceremony {
    /// Entry hash of CeremonyOpened.
    pub opened: Hex<32>,
    /// Entry hash of PoolFrozen: the `P` of every commitment.
    pub pool: Hex<32>,
    /// Entry hash of CeremonySealed.
    pub sealed: Hex<32>,
    /// Microseconds.
    pub commit_deadline: u64,
    /// Microseconds.
    pub reveal_deadline: u64,
    /// All participants, ascending by key.
    pub participants: Vec<Participant>,
    /// The beacons in CeremonyOpened's order.
    pub beacons: Vec<BeaconRecord>,
}

/// A participant of the ceremony, whether or not he committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Participant {
    /// Id of his key.
    pub key_id: Hex<32>,
    /// His role in the key's registration.
    pub role: String,
    /// His commitment, if he made one.
    #[serde(deserialize_with = "nullable")]
    pub commitment: Option<Hex<32>>,
    /// His reveal, if he made one.
    #[serde(deserialize_with = "nullable")]
    pub reveal: Option<Hex<32>>,
}

/// A beacon's chain and the round that was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeaconRecord {
    /// Hash of the chain's information.
    pub chain_hash: Hex<32>,
    /// The chain's public key, a compressed point on G2.
    pub public_key: Hex<96>,
    /// The chain's scheme.
    pub scheme: String,
    /// Time of round 1, Unix seconds.
    pub genesis: u64,
    /// Seconds between rounds.
    pub period: u64,
    /// Seconds from the reveal deadline to the round, at least 300.
    pub delta: u64,
    /// The round.
    pub round: u64,
    /// The round's signature.
    pub signature: Hex<48>,
}

/// An embargo. [draw 7]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Embargo {
    /// Commitment to the embargo's key.
    pub commitment: Hex<32>,
    /// The key, once it is released.
    #[serde(deserialize_with = "nullable")]
    pub key: Option<Hex<32>>,
}

/// A list of the pool and its root.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section<Row> {
    /// All rows in order.
    pub rows: Vec<Row>,
    /// Their RFC 6962 root.
    pub root: Hex<32>,
}

/// The rule for the number of enterprises; in JSON told apart by `rule`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case", deny_unknown_fields)]
pub enum QuotaRule {
    /// See [`Quota::AtLeast`](crate::Quota::AtLeast).
    AtLeast {
        /// Stratum to parts per million.
        ppm: BTreeMap<String, u32>,
        /// Fewest in all; 0 = none.
        minimum: u64,
    },
    /// See [`Quota::FixedTotal`](crate::Quota::FixedTotal).
    FixedTotal {
        /// The number in all.
        total: u64,
    },
}

/// What was drawn; compare [`Outcome`](crate::Outcome). The default is what is said of a withheld draw: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Result {
    /// Stratum to number.
    pub quotas: BTreeMap<String, u64>,
    /// Stratum to largest ticket drawn.
    pub cutoffs: BTreeMap<String, Hex<32>>,
    /// Enterprises in ticket order.
    pub selected: Vec<String>,
    /// Inspectors in ticket order.
    pub inspectors: Vec<String>,
    /// Smallest load.
    pub lo: u32,
    /// Largest load.
    pub hi: u32,
    /// 1 or 2.
    pub tier: u8,
    /// Tries of tier 1.
    pub tries: u32,
    /// 32-bit words of K_quota/0, K_assign/0, K_assign/1.
    pub words: [u64; 3],
    /// Inspector per slot; `None` = infeasible.
    #[serde(deserialize_with = "nullable")]
    pub assignment: Option<Vec<String>>,
    /// Why the assignment is infeasible.
    #[serde(deserialize_with = "nullable")]
    pub hall: Option<Hall>,
}

/// A later ceremony that drew inspectors and assignment only: `result` holds them, and why the first draw had
/// none. [draw 5]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staffing {
    /// The ceremony.
    pub ceremony: Ceremony,
    /// Its seed.
    pub seed: Hex<32>,
    /// The inspectors that it froze.
    pub inspectors: Section<InspectorRow>,
    /// The conflicts that it froze.
    pub conflicts: Section<ConflictRow>,
}

/// What followed from one recusal; compare [`Substitution`](crate::Substitution). [draw 6]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubstitutionRecord {
    /// The recusal's id; it comes again if there was no candidate the time before.
    pub recusal_id: String,
    /// How the recused inspector was replaced.
    pub kind: SubstitutionKind,
    /// The recused inspector.
    pub inspector: String,
    /// Withdraw, reserve: all slots he then held; swap: those he had to trade. Ascending.
    pub slots: Vec<u64>,
    /// The recusal's own ceremony; `None` for a reserve, like the next three.
    #[serde(deserialize_with = "nullable")]
    pub ceremony: Option<Ceremony>,
    /// The seed of that ceremony.
    #[serde(deserialize_with = "nullable")]
    pub seed: Option<Hex<32>>,
    /// The inspectors that it froze.
    #[serde(deserialize_with = "nullable")]
    pub inspectors: Option<Section<InspectorRow>>,
    /// The conflicts that it froze.
    #[serde(deserialize_with = "nullable")]
    pub conflicts: Option<Section<ConflictRow>>,
    /// The first slot without a candidate; then the result is the assignment before.
    #[serde(deserialize_with = "nullable")]
    pub exhausted: Option<u64>,
    /// Inspector per slot, afterwards.
    pub result: Vec<String>,
}

/// How a recused inspector is replaced. [draw 6]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubstitutionKind {
    /// See [`Board::withdraw`](crate::Board::withdraw).
    Withdraw,
    /// See [`Board::swap`](crate::Board::swap).
    Swap,
    /// See [`Board::reserve`](crate::Board::reserve).
    Reserve,
    /// See [`Board::exchange`](crate::Board::exchange): a person has named the counterpart.
    Chosen,
}

/// The ledger's entries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// Every ceremony, pool, draw and assignment entry.
    pub entries: Vec<ProofEntry>,
}

/// One entry and its proof of inclusion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofEntry {
    /// The entry's bytes, base64.
    pub entry: String,
    /// The proof, a text of the transparency-log format.
    pub tlog_proof: String,
}

/// A field that may be `null` but not absent: serde alone would read an absent one as `null`.
fn nullable<'de, T, D>(deserializer: D) -> std::result::Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::deserialize(deserializer)
}
