//! What the tests of this room try things on: a log by definition, and servers on loopback.

mod http;
mod log;

pub use http::{Canned, Running, raw};
pub use log::{Files, TrialLog};
