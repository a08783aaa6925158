//! Why something could not be read from a source: what, where, and whether another try may help.

use std::io;

/// Nothing was read. That refutes nothing: a source that is silent has said nothing wrong.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The source answers, and has no such file.
    #[error("{place} is not there")]
    NotFound {
        /// File or URL.
        place: String,
    },
    /// More bytes than such a file can have.
    #[error("{place} has more than {limit} bytes")]
    TooLarge {
        /// File or URL.
        place: String,
        /// Most bytes it can have.
        limit: usize,
    },
    /// The checkpoint is not UTF-8.
    #[error("{place} is not text")]
    NotText {
        /// File or URL.
        place: String,
    },
    /// The system, the connection or the protocol failed; also an answer that was cut off.
    #[error("failed to read {place}: {error}")]
    Io {
        /// File or URL.
        place: String,
        /// What the system or the HTTP library says.
        error: io::Error,
    },
    /// The web server answers with another status than 200 and 404.
    #[error("{place} answers with status {status}")]
    Status {
        /// URL.
        place: String,
        /// The HTTP status.
        status: u16,
    },
    /// Nothing came in time.
    #[error("{place} does not answer in time")]
    Timeout {
        /// URL.
        place: String,
    },
}

impl SourceError {
    /// Whether asking again later may help: the network or the server failed, not the question.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Io { .. } | Self::Timeout { .. } => true,
            // 429 Too Many Requests; 5xx: the server's fault.
            Self::Status { status, .. } => *status == 429 || (500..600).contains(status),
            Self::NotFound { .. } | Self::TooLarge { .. } | Self::NotText { .. } => false,
        }
    }
}
