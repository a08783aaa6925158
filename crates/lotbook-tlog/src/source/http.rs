//! A log on a web server: a prefix, below which the files lie.

use super::{Prefix, Source, SourceError, max_bytes};
use crate::ask::{self, Patience};
use lotbook_chain::TilePath;
use lotbook_chain::layout::CHECKPOINT_PATH;
use lotbook_chain::note::MAX_NOTE_BYTES;
use ureq::Agent;

/// A prefix that is asked, with connections that are kept.
pub struct Http {
    prefix: Prefix,
    agent: Agent,
    patience: Patience,
}

impl Http {
    /// A prefix, asked with the usual patience; nothing is asked yet.
    pub fn new(prefix: Prefix) -> Self {
        Self::with_patience(prefix, Patience::TILES)
    }

    /// A prefix, asked with a patience of one's own.
    pub fn with_patience(prefix: Prefix, patience: Patience) -> Self {
        Self { prefix, agent: ask::agent(patience), patience }
    }

    /// Asks until there is an answer that another try would not change, or the tries are used up.
    fn read(&self, path: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let url = self.prefix.join(path);
        let mut pauses = self.patience.pauses();
        loop {
            let error = match self.ask(&url, limit) {
                Ok(bytes) => return Ok(bytes),
                Err(error) => error,
            };
            match pauses.next().filter(|_| error.may_pass()) {
                Some(pause) => {
                    tracing::debug!(%error, ?pause, "asking again");
                    std::thread::sleep(pause);
                }
                None => return Err(error),
            }
        }
    }

    fn ask(&self, url: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
        let answer = self.agent.get(url).call().map_err(|error| failed(url, limit, error))?;
        let place = || url.to_owned();
        match answer.status().as_u16() {
            200 => ask::body(answer, limit).map_err(|error| failed(url, limit, error)),
            // 410 Gone: the same, said with more certainty.
            404 | 410 => Err(SourceError::NotFound { place: place() }),
            status => Err(SourceError::Status { place: place(), status }),
        }
    }
}

impl Source for Http {
    fn checkpoint(&self) -> Result<String, SourceError> {
        let bytes = self.read(CHECKPOINT_PATH, MAX_NOTE_BYTES)?;
        let place = || self.prefix.join(CHECKPOINT_PATH);
        String::from_utf8(bytes).map_err(|_| SourceError::NotText { place: place() })
    }

    fn tile(&self, path: TilePath) -> Result<Vec<u8>, SourceError> {
        self.read(&path.to_string(), max_bytes(path))
    }

    fn place(&self) -> String {
        self.prefix.to_string()
    }
}

fn failed(url: &str, limit: usize, error: ureq::Error) -> SourceError {
    let place = url.to_owned();
    match error {
        ureq::Error::Timeout(_) => SourceError::Timeout { place },
        ureq::Error::BodyExceedsLimit(_) => SourceError::TooLarge { place, limit },
        error => SourceError::Io { place, error: error.into_io() },
    }
}
