//! The certificate of a draw: one JSON file from which anybody recomputes it. [draw 8]
//!
//! Reading is strict ([`Certificate::from_json`]), so that two readers never see two things in one
//! file. [`Certificate::recompute`] then derives everything that follows from the rows and reveals.
//! Whether these are the ledger's rows and reveals, only `proof` and the ledger's keys tell: without
//! them a certificate is recomputed, NOT authenticated.

mod ceremony;
mod convert;
mod error;
mod model;
mod recompute;
mod replay;
mod staffing;
mod strict;
mod withheld;

pub use crate::assign::Hall;
pub use error::{CertificateError, Field};
pub use model::{
    BeaconRecord, Ceremony, Certificate, Embargo, FORMAT, Grade, Participant, Proof, ProofEntry, QuotaRule,
    Result, Section, Staffing, SubstitutionKind, SubstitutionRecord,
};
pub use strict::{JsonError, MAX_INTEGER};
