//! Draw v1: from a frozen pool and a seed to the enterprises and inspectors drawn, bit for bit the
//! same for everybody who recomputes it.
//!
//! What this room knows: hashes, tickets, integers and one matching problem. What it deliberately
//! does not know: files, clocks, the machine's randomness, floats, the ledger and its events. All
//! that a draw depends on comes in as an argument, so that an outsider needs this crate alone.
//!
//! Clauses such as `[draw 4]` name the sections of the protocol's draw page, which is normative.
//!
//! Read in this order: [`ceremony`] (where the seed comes from), [`beacon`] (public randomness), [`pool`] (who may be drawn),
//! [`stream`] (how a seed becomes tickets and numbers), [`quota`] (how many), [`select`] (which
//! enterprises), [`assign`] (which inspectors, where), [`draw`](mod@draw) (all of it as one
//! sentence), [`substitute`] (who takes the place of a recused inspector), [`embargo`] (how
//! names are withheld for a time), [`certificate`] (the published JSON and its check).
//!
//! ```
//! use lotbook_draw::{DrawInput, InspectorRow, ObjectRow, Pool, Quota, Seed, draw};
//!
//! let firm = |uscc: &str| ObjectRow { uscc: uscc.into(), stratum: "A".into(), eligible: true, reason: "".into() };
//! let person = |id: &str| InspectorRow {
//!     inspector_id: id.into(),
//!     eligible: true,
//!     reason: "".into(),
//!     qualifications: vec![],
//! };
//! let pool = Pool::new(vec![firm("F1"), firm("F2"), firm("F3")], vec![person("I1"), person("I2")], vec![])?;
//! let quota = Quota::FixedTotal { total: 1 };
//! let seats = vec![vec![], vec![]]; // two seats that anybody may take
//! let seed = Seed::from_bytes([7; 32]);
//! let outcome = draw(&DrawInput { pool: &pool, quota: &quota, seats: &seats, max_load: 6, min_inspectors: None, seed })?;
//! assert_eq!(outcome.selected.len(), 1);
//! assert_eq!(outcome.inspectors.len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod assign;
pub mod beacon;
pub mod ceremony;
pub mod certificate;
pub mod draw;
pub mod embargo;
pub mod encoding;
pub mod hex;
mod lanes;
pub mod pool;
pub mod quota;
pub mod select;
pub mod shape;
pub mod stream;
pub mod substitute;

pub use assign::Hall;
pub use beacon::{Beacon, BeaconError, Chain, beacon_round};
pub use ceremony::{CeremonyError, Committer, Seed, commitment, seed};
pub use certificate::{Certificate, CertificateError};
pub use draw::{DrawError, DrawInput, Outcome, can_staff, draw, staff};
pub use embargo::{EmbargoKey, Opening, OpeningError, Salt, slot_commitment};
pub use hex::Hex;
pub use pool::{ConflictRow, InspectorRow, ObjectRow, Pool, PoolError, Roots, SecondPool};
pub use quota::{Census, Quota, QuotaError};
pub use select::{Selected, Selection, Selector};
pub use shape::{Shape, Traits};
pub use stream::{Stage, StageKey, Stream, Ticket};
pub use substitute::{Board, SubstituteError, Substitution};
