//! A log in, a verdict out: bytes, signatures, chain, tree, checkpoint, draws, and every decision
//! re-decided. Trusts nobody; its Cargo.toml is its claim: no runtime, no network, no store.
//!
//! Feed [`Verifier::entry`] every entry in order, then ask [`Verifier::finish`]. The first thing that is
//! not what it must be is a [`Finding`] with its position.

pub mod certificate;
pub mod finding;
pub mod grade;
pub mod monitor;
mod refusal;
pub mod verdict;
pub mod verify;

pub use certificate::{CertificateError, certificates};
pub use finding::{Check, Finding};
pub use lotbook_domain::disclosure::document_hash;
pub use monitor::{Ahead, Alarm, Kept, Monitor};
pub use verdict::{DrawVerdict, Expectations, Verdict};
pub use verify::Verifier;
