//! The embargo through the real ledger (draw.md 7): from the opening to the release, and everything that must
//! not be known, said or believed before.

mod batch;
mod commands;
mod liar;
mod lies;
mod overdue;
mod recusal;
mod refused;
mod scene;
mod secrets;
