//! The foreign implementations in Rust. Each is a crate that others publish, and nothing of ours.

mod ct_merkle;
mod signed_note;
mod sigsum;
mod tlog_tiles;
