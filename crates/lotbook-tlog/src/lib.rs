//! A transparency log as others see it: its tiles as static files or over HTTP, read and written, and
//! its witnesses, asked and served. Knows C2SP and bytes, no event: it works for any tlog.
//!
//! What can be decided without files and sockets (paths, encodings, proofs, policies, what a witness
//! answers) is in `lotbook-chain`. Where to read first: [`source`], then [`reader`].

// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod ask;
mod durable;
pub mod export;
mod fetch;
pub mod reader;
pub mod serve;
pub mod source;
pub mod witness;

#[cfg(test)]
mod trial;

pub use ask::Patience;
pub use export::{ExportError, Exported, TargetError, export};
pub use fetch::fetch;
pub use reader::{Bad, Entries, LogReader, ReadError};
pub use source::{Folder, Http, Location, LocationError, Prefix, Source, SourceError};
