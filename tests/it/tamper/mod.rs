//! An operator with every key of the ledger rewrites the log, with perfect hashes and signatures.
//!
//! [`forger`] is such an operator: it goes through the entries of a real ledger, lets a case change,
//! drop or add one of them, and makes everything after it as the rules would have it. The verifier must
//! name the first position that is not what the rules yield, and by which check.

pub mod forger;
pub mod played;

mod derived;
mod parallel;
mod random;
mod signed;
mod stated;
