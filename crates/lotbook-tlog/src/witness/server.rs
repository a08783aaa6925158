//! A witness over HTTP (C2SP tlog-witness; protocol.md [P-116]).

use super::cosigner::{NotCosigned, Witness};
use crate::serve::{Answer, NO_STORE, TEXT};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use lotbook_chain::WitnessRefusal;
use lotbook_chain::add_checkpoint::MAX_REQUEST_BYTES;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Requests decided at once: each holds a thread while it waits for the disk; more of them wait their turn.
pub const MAX_DECISIONS: usize = 16;
/// Time for a request's body: it has some hundred bytes, and at most 68 KiB.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// The type of a size (tlog-witness).
const SIZE_TYPE: &str = "text/x.tlog.size";
/// How long what was cosigned last may be kept by caches: seconds.
const LATEST_CACHE: &str = "public, max-age=2";

#[derive(Clone)]
struct Service {
    witness: Arc<Witness>,
    places: Arc<Semaphore>,
}

/// `POST /add-checkpoint`, and `GET /<hex SHA-256 of the origin>/checkpoint`.
pub fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(latest))
        .fallback(nothing)
        .with_state(Service { witness, places: Arc::new(Semaphore::new(MAX_DECISIONS)) })
}

async fn nothing() -> Answer {
    Answer::sentence(StatusCode::NOT_FOUND, "a witness has nothing there")
}

async fn latest(State(service): State<Service>, Path(origin): Path<String>) -> Answer {
    match service.blocking(move |witness| witness.latest(&origin)).await {
        Some(Some(note)) => Answer::text(note, LATEST_CACHE),
        Some(None) => Answer::sentence(StatusCode::NOT_FOUND, "nothing was cosigned for this origin"),
        None => failed(),
    }
}

async fn add_checkpoint(State(service): State<Service>, body: Body) -> Answer {
    let body = match timeout(BODY_TIMEOUT, to_bytes(body, MAX_REQUEST_BYTES)).await {
        Ok(Ok(body)) => body,
        // What is too long is not of the form of a request ([P-116]: 400), nor is what ends half-way.
        Ok(Err(_)) => return Answer::sentence(StatusCode::BAD_REQUEST, "the request is too long or cut off"),
        Err(_) => return Answer::sentence(StatusCode::REQUEST_TIMEOUT, "the request did not come in time"),
    };
    match service.blocking(move |witness| witness.add_checkpoint(&body)).await {
        Some(Ok(line)) => Answer::text(line.to_string(), NO_STORE),
        Some(Err(NotCosigned::Refused(refusal))) => refused(&refusal),
        Some(Err(error @ (NotCosigned::Keep(_) | NotCosigned::NoTime))) => {
            tracing::error!(%error, "nothing was cosigned");
            failed()
        }
        None => failed(),
    }
}

fn refused(refusal: &WitnessRefusal) -> Answer {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    match refusal {
        WitnessRefusal::OtherOld { known } => {
            Answer { status, kind: SIZE_TYPE, cache: NO_STORE, body: format!("{known}\n").into_bytes() }
        }
        refusal => Answer { status, kind: TEXT, cache: NO_STORE, body: format!("{refusal}\n").into_bytes() },
    }
}

fn failed() -> Answer {
    Answer::sentence(StatusCode::INTERNAL_SERVER_ERROR, "the witness failed; nothing was cosigned")
}

impl Service {
    /// Asks the witness on a thread for blocking work; none if that thread died.
    ///
    /// What was begun is finished also if nobody waits for it any longer.
    async fn blocking<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Witness) -> T + Send + 'static,
    ) -> Option<T> {
        let (witness, place) = (self.witness.clone(), self.places.clone().acquire_owned().await.ok()?);
        let asking = tokio::task::spawn_blocking(move || {
            let _place = place;
            ask(&witness)
        });
        asking.await.ok()
    }
}
