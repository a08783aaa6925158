//! `LogService`: durable entries, one, a range, or everything from a position on.

use super::blocking;
use crate::feed::{Feed, Messages, Moves};
use crate::reader::Reader;
use crate::{limits, wire};
use core::pin::Pin;
use lotbook_rpc::proto::log_service_server::{LogService, LogServiceServer};
use lotbook_rpc::proto::{
    GetEntryRequest, GetEntryResponse, ListEntriesRequest, ListEntriesResponse, SubscribeRequest,
    SubscribeResponse,
};
use lotbook_rpc::status;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_stream::Stream;
use tonic::{Request, Response, Status};

/// The service.
pub struct Log {
    reader: Arc<Reader>,
    moves: Moves,
    stopping: watch::Receiver<bool>,
    places: Arc<Semaphore>,
}

type Streamed<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl Log {
    pub(crate) fn new(reader: Arc<Reader>, moves: Moves, stopping: watch::Receiver<bool>) -> Self {
        Self { reader, moves, stopping, places: Arc::new(Semaphore::new(limits::MAX_READERS)) }
    }

    pub(crate) fn service(self) -> LogServiceServer<Self> {
        LogServiceServer::new(self)
            .max_decoding_message_size(limits::MAX_REQUEST_BYTES)
            .max_encoding_message_size(limits::MAX_ANSWER_BYTES)
    }

    fn place(&self) -> Result<OwnedSemaphorePermit, Status> {
        self.places.clone().try_acquire_owned().map_err(|_| status::overloaded())
    }
}

#[tonic::async_trait]
impl LogService for Log {
    type ListEntriesStream = Streamed<ListEntriesResponse>;
    type SubscribeStream = Streamed<SubscribeResponse>;

    async fn get_entry(
        &self,
        request: Request<GetEntryRequest>,
    ) -> Result<Response<GetEntryResponse>, Status> {
        let position = request.into_inner().position;
        let size = self.reader.size();
        if position >= size {
            return Err(status::no_such_entry(position, size));
        }
        let reader = self.reader.clone();
        let receipt = blocking(move || reader.receipt(position)).await??;
        Ok(Response::new(GetEntryResponse { receipt: Some(wire::receipt(receipt)) }))
    }

    async fn list_entries(
        &self,
        request: Request<ListEntriesRequest>,
    ) -> Result<Response<Self::ListEntriesStream>, Status> {
        let ListEntriesRequest { from, to } = request.into_inner();
        let size = self.reader.size();
        let end = to.unwrap_or(size);
        if from > end || end > size {
            return Err(status::beyond_head(from, to, size));
        }
        let (feed, messages) = self.feed(from, wire::listed)?;
        tokio::spawn(feed.list(end));
        Ok(Response::new(Box::pin(messages)))
    }

    async fn subscribe(
        &self,
        request: Request<SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let from = request.into_inner().from;
        let size = self.reader.size();
        if from > size {
            return Err(status::beyond_head(from, None, size));
        }
        let (feed, messages) = self.feed(from, wire::streamed)?;
        tokio::spawn(feed.subscribe(self.moves.clone()));
        Ok(Response::new(Box::pin(messages)))
    }
}

impl Log {
    fn feed<T: Send + 'static>(
        &self,
        from: u64,
        message: fn(&crate::reader::Batch) -> T,
    ) -> Result<(Feed<T>, Messages<T>), Status> {
        Feed::open(self.reader.clone(), self.stopping.clone(), from, message, self.place()?)
    }
}
