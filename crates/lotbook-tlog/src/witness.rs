//! Witnesses (C2SP tlog-witness): asked for cosignatures, and one of our own for any log.

mod client;
mod cosigner;
mod evidence;
mod gather;
mod server;
mod state;

pub use client::{BadAnswer, WitnessClient, WitnessError};
pub use cosigner::{Clock, NotCosigned, Witness, system_clock};
pub use gather::{Failure, Gathered, Prover, clients, gather};
pub use server::router;
pub use state::{StateFault, WitnessStateError};

#[cfg(test)]
mod tests;
