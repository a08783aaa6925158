//! A log in, a verdict out: bytes, signatures, chain, tree, checkpoint, draws, and every decision
//! re-decided. Trusts nobody; its Cargo.toml is its claim: no runtime, no network, no store.
//!
//! Feed [`Verifier::entry`] every entry in order, or [`verify_all`] a whole log on all cores; then ask
//! [`Verifier::finish`]. The first thing that is not what it must be is a [`Finding`] with its position.

mod asked;
pub mod authenticate;
pub mod certificate;
mod desk;
mod embargo;
mod end;
pub mod finding;
#[cfg(test)]
mod heartbeats;
pub mod monitor;
pub mod pipeline;
pub mod redecide;
mod refusal;
mod seen;
mod signature;
pub mod stamp;
pub mod standing;
mod tiles;
pub mod times;
pub mod verdict;
pub mod verify;

pub use authenticate::{AuthenticateError, Authenticated, authenticate};
pub use certificate::{CertificateError, certificates, sealed_until};
pub use finding::{Check, Finding};
pub use lotbook_domain::disclosure::document_hash;
pub use lotbook_domain::refusals::RefusalReceipt;
pub use monitor::{Ahead, Alarm, Kept, Monitor};
pub use pipeline::{Stopped, verify_all};
pub use redecide::{Answer, OnRecord, RefusalClaim, RefusalVerdict, refusal_verdict};
pub use stamp::Stamp;
pub use times::{Off, OffTime, WitnessedHead};
pub use verdict::{DrawVerdict, Expectations, Times, Verdict, WitnessVerdict};
pub use verify::Verifier;
