//! Views: looks at what the durable log adds up to, a bounded number of callers at a time.

use crate::service::blocking;
use crate::{limits, wire};
use lotbook_engine::chain::Position;
use lotbook_engine::{Engine, State};
use lotbook_rpc::{proto, status};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tonic::Status;

/// Looks at the engine's views; cheap to clone, all clones share their places.
#[derive(Clone)]
pub(crate) struct Views {
    engine: Engine,
    places: Arc<Semaphore>,
}

impl Views {
    pub fn new(engine: Engine) -> Self {
        Self { engine, places: Arc::new(Semaphore::new(limits::MAX_QUERIES)) }
    }

    /// What is seen, and the number of entries it is computed from.
    pub async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&State) -> Result<T, Status> + Send + 'static,
    ) -> Result<(T, u64), Status> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|_| status::unavailable("the server stops"))?;
        let engine = self.engine.clone();
        blocking(move || {
            let _place = place;
            let seen = engine.view(|state| look(state).map(|seen| (seen, state.head.size)));
            seen.map_err(|error| status::unavailable(&error.0))?
        })
        .await?
    }

    /// The answer to the reading at a position, sealed to its reader.
    pub async fn reading(&self, position: u64) -> Result<Vec<u8>, Status> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|_| status::unavailable("the server stops"))?;
        let engine = self.engine.clone();
        blocking(move || {
            let _place = place;
            let answer = engine.answer_reading(position).map_err(|error| status::unavailable(&error.0))?;
            let none = || status::no_such_subject(&format!("reading at position {position}"), engine.size());
            answer.ok_or_else(none)
        })
        .await?
    }

    /// The one that is asked for by name.
    pub async fn one<T: Send + 'static>(
        &self,
        name: String,
        find: impl FnOnce(&State) -> Option<T> + Send + 'static,
    ) -> Result<(Option<T>, u64), Status> {
        self.look(move |state| {
            let found = find(state);
            if found.is_some() { Ok(found) } else { Err(status::no_such_subject(&name, state.head.size)) }
        })
        .await
    }

    /// The receipt of an entry that a view names.
    pub async fn receipt(&self, position: Position) -> Result<proto::Receipt, Status> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|_| status::unavailable("the server stops"))?;
        let engine = self.engine.clone();
        let receipt = blocking(move || {
            let _place = place;
            engine.receipt(position.0)
        });
        let receipt = receipt.await?.map_err(|error| status::unavailable(&error.0))?;
        let beyond = || status::no_such_entry(position.0, self.engine.size());
        receipt.map(wire::receipt).ok_or_else(beyond)
    }
}
