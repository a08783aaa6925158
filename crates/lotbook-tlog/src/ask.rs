//! Asking over HTTP: what is waited for, how often, and how much is read of an answer.

use std::time::Duration;
use ureq::Agent;
use ureq::http::Response;

/// How long, and how often, something is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For each piece of an answer: a server that sends nothing for so long is given up.
    pub silence: Duration,
    /// For a whole answer, from the first byte sent to the last one received.
    pub whole: Duration,
    /// Times that the same thing is asked for before it is given up; at least once.
    pub tries: u32,
    /// Before the second try; before each further one it is twice as long.
    pub pause: Duration,
}

impl Patience {
    /// For tiles: the largest has 16 MiB, and a slow line takes a minute for it.
    pub const TILES: Self = Self {
        connect: Duration::from_secs(10),
        silence: Duration::from_secs(20),
        whole: Duration::from_secs(120),
        tries: 4,
        pause: Duration::from_millis(250),
    };
    /// For a witness: a small question, asked again soon with the next checkpoint anyway.
    pub const WITNESS: Self = Self {
        connect: Duration::from_secs(5),
        silence: Duration::from_secs(10),
        whole: Duration::from_secs(15),
        tries: 1,
        pause: Duration::ZERO,
    };

    /// The pause before each further try.
    pub(crate) fn pauses(self) -> impl Iterator<Item = Duration> {
        (0..self.tries.saturating_sub(1))
            .map(move |doublings| self.pause.saturating_mul(1 << doublings.min(16)))
    }
}

/// Most bytes of an answer's head: these servers send a few short lines.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Connections kept to one server; a reader asks for so many things at once.
const MAX_KEPT: usize = 8;
/// Longest that an idle connection is kept: servers close theirs after some fifteen seconds, and a question
/// that goes out just then is lost.
const MAX_IDLE: Duration = Duration::from_secs(8);

/// Keeps connections, states statuses as they are, follows nobody elsewhere.
///
/// A redirect is not followed: the prefix that the user gave is the one that is asked, and an answer from
/// elsewhere would be reported under a wrong name.
pub(crate) fn agent(patience: Patience) -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_response_header_size(MAX_HEAD_BYTES)
        .max_idle_connections(MAX_KEPT)
        .max_idle_connections_per_host(MAX_KEPT)
        .max_idle_age(MAX_IDLE)
        .timeout_connect(Some(patience.connect))
        .timeout_per_read(Some(patience.silence))
        .timeout_per_write(Some(patience.silence))
        .timeout_global(Some(patience.whole))
        .user_agent(concat!("lotbook/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// The whole body, of at most `limit` bytes after decompression.
pub(crate) fn body(answer: Response<ureq::Body>, limit: usize) -> Result<Vec<u8>, ureq::Error> {
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    answer.into_body().with_config().limit(limit).read_to_vec()
}
