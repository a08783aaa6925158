//! A log's checkpoint and tiles for anybody who asks (C2SP tlog-tiles; protocol.md [P-112] to [P-114]).

use super::Answer;
use axum::Router;
use axum::extract::State;
use axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use lotbook_chain::bundle::{encode_entries, encode_hashes};
use lotbook_chain::note::split_note;
use lotbook_chain::{Checkpoint, TileId, TilePath, TreeHash};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Reads of the log at once: each holds a thread and up to 16 MiB; more of them wait their turn.
pub const MAX_READS: usize = 16;
/// How long the checkpoint may be kept: seconds, as a newer one comes at any time.
const CHECKPOINT_CACHE: &str = "public, max-age=2";
/// How long a tile may be kept: a year, the longest there is; a tile never changes.
const TILE_CACHE: &str = "public, max-age=31536000, immutable";

/// A log that publishes. Calls block; they are made on threads for that.
pub trait Published: Send + Sync + 'static {
    /// The published checkpoint note, verbatim; none before the first one.
    ///
    /// # Errors
    /// If it cannot be read now.
    fn checkpoint(&self) -> Result<Option<String>, Unavailable>;

    /// The first `width` hashes (1..=256) of a tile; asked only for what the published checkpoint covers.
    ///
    /// # Errors
    /// If they cannot be read now.
    fn hashes(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, Unavailable>;

    /// The bytes of `count` entries (1..=256) from a position on; asked only for what the published
    /// checkpoint covers.
    ///
    /// # Errors
    /// If they cannot be read now.
    fn entries(&self, from: u64, count: u16) -> Result<Vec<Vec<u8>>, Unavailable>;
}

/// The log cannot be read now. The reason is logged, not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the log cannot be read now: {0}")]
pub struct Unavailable(pub String);

#[derive(Clone)]
struct Tiles {
    log: Arc<dyn Published>,
    places: Arc<Semaphore>,
}

/// `GET` and `HEAD` of `/checkpoint` and `/tile/...`; 404 for anything else, 405 for other methods.
pub fn router(log: Arc<dyn Published>) -> Router {
    Router::new()
        .route("/checkpoint", get(checkpoint))
        .route("/tile/{*path}", get(tile))
        .fallback(nothing)
        .layer(map_response(for_every_page))
        .with_state(Tiles { log, places: Arc::new(Semaphore::new(MAX_READS)) })
}

/// Pages of any web site may read it: the data is public, and nobody's credentials change the answer.
async fn for_every_page(mut answer: Response) -> Response {
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    answer
}

async fn nothing() -> Answer {
    Answer::sentence(StatusCode::NOT_FOUND, "a log has nothing there")
}

async fn checkpoint(State(tiles): State<Tiles>) -> Answer {
    match tiles.read(Published::checkpoint).await {
        Ok(Some(note)) => Answer::text(note, CHECKPOINT_CACHE),
        Ok(None) => Answer::sentence(StatusCode::NOT_FOUND, "no checkpoint is published yet"),
        Err(error) => unavailable(&error),
    }
}

async fn tile(State(tiles): State<Tiles>, uri: Uri) -> Answer {
    let path = uri.path().strip_prefix('/').and_then(|path| path.parse::<TilePath>().ok());
    let Some(path) = path else { return nothing().await };
    match tiles.read(move |log| read(log, path)).await {
        Ok(Some(body)) => {
            Answer { status: StatusCode::OK, kind: "application/octet-stream", cache: TILE_CACHE, body }
        }
        Ok(None) => Answer::sentence(StatusCode::NOT_FOUND, "the published checkpoint has no such tile"),
        Err(error) => unavailable(&error),
    }
}

fn unavailable(error: &Unavailable) -> Answer {
    tracing::warn!(%error, "failed to serve");
    Answer::sentence(StatusCode::SERVICE_UNAVAILABLE, "the log cannot be read now; try again")
}

impl Tiles {
    /// Reads on a thread for blocking work. The place is held until the read is done, also if nobody waits
    /// for it any longer.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&dyn Published) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (log, places) = (self.log.clone(), self.places.clone());
        let place = places.acquire_owned().await.map_err(|error| Unavailable(error.to_string()))?;
        let reading = tokio::task::spawn_blocking(move || {
            let _place = place;
            read(log.as_ref())
        });
        reading.await.unwrap_or_else(|error| Err(Unavailable(error.to_string())))
    }
}

/// The bytes of a tile; none if the published checkpoint does not cover it.
fn read(log: &dyn Published, path: TilePath) -> Result<Option<Vec<u8>>, Unavailable> {
    let Some(note) = log.checkpoint()? else { return Ok(None) };
    let (id, width) = match path {
        TilePath::Hashes { id, width } => (id, width),
        TilePath::Entries { index, width } => (TileId { level: 0, index }, width),
    };
    if width > id.width_at(size(&note)?) {
        return Ok(None);
    }
    let bytes = match path {
        TilePath::Hashes { .. } => encode_hashes(&exactly(log.hashes(id, width)?, width)?),
        TilePath::Entries { index, .. } => {
            let from = index.saturating_mul(u64::from(lotbook_chain::TILE_WIDTH));
            let entries = exactly(log.entries(from, width)?, width)?;
            encode_entries(&entries).map_err(|error| Unavailable(error.to_string()))?
        }
    };
    Ok(Some(bytes))
}

/// A tile of another width would be kept by caches as what it is not.
fn exactly<T>(mut read: Vec<T>, width: u16) -> Result<Vec<T>, Unavailable> {
    let width = usize::from(width);
    if read.len() < width {
        return Err(Unavailable(format!("{} of {width} were read", read.len())));
    }
    read.truncate(width);
    Ok(read)
}

fn size(note: &str) -> Result<u64, Unavailable> {
    let (text, _) = split_note(note).map_err(|error| Unavailable(error.to_string()))?;
    let checkpoint: Checkpoint = text.parse().map_err(|error| Unavailable(format!("{error}")))?;
    Ok(checkpoint.size)
}
