//! The wire: stubs of the services, and the one place where statuses are made and read.
//!
//! This room knows how a refusal looks to a caller, and deliberately not how to verify anything: a
//! [`proto::Receipt`] is plain bytes here, the server fills it and the client checks it. Where to read
//! first: [`status`] (what a server answers), then [`explain()`] (what a client makes of it).
//!
//! ```
//! use lotbook_event::{Code, Refusal};
//! use lotbook_rpc::{explain, status};
//!
//! let refusal = Refusal::new(Code::AlreadyDrawn, "2026-01/B1", "drawn at position 41");
//! let error = explain(&status::refused(&refusal, None));
//! assert_eq!((error.reason.as_str(), error.article), ("ALREADY_DRAWN", 14));
//! ```

// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod explain;
pub mod status;

pub use explain::{RpcError, explain};

/// The compiled `FileDescriptorSet` of the services and everything they name, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/services.fds"));

/// The messages and stubs as generated from the service protos; views and whatever else belongs to the
/// vocabulary are `lotbook_event::proto`'s.
#[allow(clippy::all, clippy::too_many_lines, missing_docs, rustdoc::all)]
pub mod proto {
    tonic::include_proto!("lotbook.v1");
}
