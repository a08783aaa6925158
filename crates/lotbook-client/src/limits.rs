//! What the client allows itself and the server, each with its unit and reason.

use std::time::Duration;

/// Longest wait for a connection.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest wait for a unary answer and for the beginning of a stream: the server gives itself 10 s.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(12);
/// Longest message received, in bytes: a batch of 1 MiB of entries, one more entry, and a proof.
pub const MAX_RECEIVED_BYTES: usize = 2 * 1024 * 1024;
/// Longest message sent, in bytes: a statement of 64 KiB, its key and signature.
pub const MAX_SENT_BYTES: usize = 128 * 1024;
/// Longest header list received, in bytes: statuses stay under 16 KiB.
pub const MAX_HEADER_LIST_BYTES: u32 = 32 * 1024;
/// Time between signs of life on an idle connection: a subscription may be silent for long.
pub const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(20);
/// Longest wait for the answer to a sign of life.
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
