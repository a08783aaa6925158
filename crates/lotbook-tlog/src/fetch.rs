//! One small document from any web address, such as a beacon's round.

use crate::ask::{self, Patience};
use crate::source::SourceError;

/// Fetches a document of at most `limit` bytes over HTTP(S), once.
///
/// # Errors
/// [`SourceError`]: no answer, another status than 200, or too long.
pub fn fetch(url: &str, limit: usize) -> Result<Vec<u8>, SourceError> {
    let place = || url.to_owned();
    let failed = |error: ureq::Error| match error {
        ureq::Error::Timeout(_) => SourceError::Timeout { place: place() },
        ureq::Error::BodyExceedsLimit(_) => SourceError::TooLarge { place: place(), limit },
        error => SourceError::Io { place: place(), error: error.into_io() },
    };
    let answer = ask::agent(Patience::TILES).get(url).call().map_err(failed)?;
    match answer.status().as_u16() {
        200 => ask::body(answer, limit).map_err(failed),
        404 | 410 => Err(SourceError::NotFound { place: place() }),
        status => Err(SourceError::Status { place: place(), status }),
    }
}
