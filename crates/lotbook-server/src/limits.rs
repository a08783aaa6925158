//! Every limit, with its unit and reason. tonic's defaults leave streams, resets and time unlimited.

use std::time::Duration;
use tonic::transport::Server;

/// Connections at once: each may hold [`MAX_STREAMS`] streams; file descriptors end at some thousands.
pub const MAX_CONNECTIONS: usize = 1_024;
/// Longest wait for the first bytes of a connection (preface and settings): a client sends them at once.
pub const PREFACE_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes of the HTTP/2 preface (24) and of the frame header of the settings that follow it (9).
pub const PREFACE_BYTES: usize = 33;
/// Pause after an accept that failed (such as: no file descriptor left), so that the loop does not spin.
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Streams at once on one connection; tonic's default is unlimited.
pub const MAX_STREAMS: u32 = 64;
/// Calls worked on at once for one connection; more of them wait their turn.
pub const MAX_CALLS_PER_CONNECTION: usize = 32;
/// Time for a unary answer and for the beginning of a stream; a group is durable in milliseconds.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// Time between signs of life on a silent connection, and the longest wait for the answer.
pub const KEEPALIVE: Duration = Duration::from_secs(20);
/// Bytes of request headers: these calls have few and short ones.
pub const MAX_HEADER_LIST_BYTES: u32 = 16 * 1_024;
/// Streams reset by the peer before they were accepted (rapid reset, CVE-2023-44487).
pub const MAX_PENDING_RESETS: usize = 20;
/// Streams this side reset for errors of the peer (RUSTSEC-2024-0003); tonic's default is unlimited.
pub const MAX_ERROR_RESETS: usize = 256;

/// Bytes of a submission: a statement has at most 64 KiB, with key and signature.
pub const MAX_SUBMIT_BYTES: usize = 128 * 1_024;
/// Bytes of any other request: some numbers.
pub const MAX_REQUEST_BYTES: usize = 4 * 1_024;
/// Bytes of any answer: a batch, one more entry, and a proof.
pub const MAX_ANSWER_BYTES: usize = 2 * 1_024 * 1_024;
/// Submissions at once in the whole server: 64 KiB each, and the engine's queue is as long.
pub const MAX_SUBMISSIONS: usize = 4_096;

/// Streams of submissions at once in the whole server.
pub const MAX_SUBMIT_STREAMS: usize = 1_024;
/// Statements of one stream that wait for their answers; beyond them nothing is read from it. A group of
/// the writer is as large.
pub const STREAM_IN_FLIGHT: usize = 256;
/// A stream of submissions that brings nothing for so long is ended.
pub const IDLE_STREAM: Duration = Duration::from_secs(300);

/// Rows of a page if none are asked for.
pub const PAGE_ROWS: usize = 50;
/// Most rows of a page.
pub const MAX_PAGE_ROWS: usize = 500;
/// Bytes of the rows of a page; a page ends before it would have more. Most rows have some hundred.
pub const PAGE_BYTES: usize = 1_024 * 1_024;
/// Queries worked on at once in the whole server: each holds a thread and looks at the whole state.
pub const MAX_QUERIES: usize = 32;
/// Time in which those who watch the health of a server that stops are told, before their streams end.
pub const HEALTH_LAST_WORD: Duration = Duration::from_millis(500);

/// Proofs computed at once in the whole server: each reads some tiles on a thread.
pub const MAX_PROOFS: usize = 64;

/// Streams of entries at once in the whole server.
pub const MAX_READERS: usize = 10_240;
/// Entries in one batch.
pub const BATCH_ENTRIES: u64 = 256;
/// Bytes of entries in one batch.
pub const BATCH_BYTES: usize = 1_024 * 1_024;
/// Batches that wait for one reader: one is sent while the next one is read.
pub const WAITING_BATCHES: usize = 1;
/// Recent batches kept for the readers that follow live: all of them want the same ones.
pub const RECENT_BATCHES: usize = 32;
/// A reader that takes nothing for so long is sent away, with the position to resume from.
pub const STALLED_READER: Duration = Duration::from_secs(30);
/// Time for connections to end after the server was told to stop.
pub const DRAIN: Duration = Duration::from_secs(5);

/// A tonic server with all of these set.
pub(crate) fn server() -> Server {
    Server::builder()
        .timeout(CALL_TIMEOUT)
        .concurrency_limit_per_connection(MAX_CALLS_PER_CONNECTION)
        .max_concurrent_streams(MAX_STREAMS)
        .http2_keepalive_interval(Some(KEEPALIVE))
        .http2_keepalive_timeout(Some(KEEPALIVE))
        .http2_max_header_list_size(MAX_HEADER_LIST_BYTES)
        .http2_max_pending_accept_reset_streams(Some(MAX_PENDING_RESETS))
        .http2_max_local_error_reset_streams(Some(MAX_ERROR_RESETS))
}
