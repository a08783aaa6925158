//! The embargo through the real ledger (draw.md 7): from the opening to the release, and everything that must
//! not be known, said or believed before.

mod again;
mod batch;
mod certificate;
mod commands;
mod liar;
mod lies;
mod lies_unnamed;
mod overdue;
mod recusal;
mod refused;
mod reserve;
mod scene;
mod secrets;
mod standing;
mod unnamed;
