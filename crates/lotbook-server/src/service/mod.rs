//! One file for each service, with the stem of its `.proto`.

pub mod draw_query;
pub mod inspection_query;
pub mod log;
pub mod oversight_query;
pub mod plan_query;
pub mod proof;
pub mod recusal_query;
pub mod registry_query;
pub mod submit;

use lotbook_rpc::status;
use tonic::Status;

/// Runs what blocks (the store, a signature) where blocking is no harm.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Status> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| {
        tracing::error!(%error, "a task ended unexpectedly");
        status::unavailable("a task of the server ended unexpectedly")
    })
}
