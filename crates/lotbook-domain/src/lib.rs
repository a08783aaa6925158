//! The rules: who may state what, what follows from it, what is due, and the state it all adds up to.
//!
//! [`authenticate()`] -> [`decide()`] -> [`evolve()`], and [`due`] for what time itself brings. All pure: the
//! clock is an argument, there is no randomness, no I/O. `decide` and `due` change nothing; `evolve`
//! refuses nothing. Each article with a rule is one file in [`article`].

pub mod article;
pub mod authenticate;
pub mod authority;
pub mod beacon;
pub mod calendar;
pub mod ceremony;
pub mod civil;
pub mod decide;
pub mod derived;
pub mod disclosure;
pub mod draw;
pub mod due;
pub mod embargo;
pub mod evolve;
pub mod genesis;
pub mod grade;
pub mod key;
pub mod obligation;
pub mod participant;
pub mod person;
pub mod pool;
pub mod projection;
pub mod recusal;
pub mod refusals;
pub mod registry;
pub mod staffing;
pub mod state;
pub mod subject;
pub mod substitution;
pub mod todo;

pub use authenticate::{Authentic, Rejection, SignedStatement, authenticate};
pub use decide::{consequences, decide};
pub use derived::derive;
pub use due::{Due, next_due};
pub use embargo::{Keys, LedgerKeys};
pub use evolve::evolve;
pub use genesis::Genesis;
pub use state::State;

/// Version of the rules that this code decides by (ledger.md 1); never edited once released.
pub const DECIDE_VERSION: u32 = 1;
