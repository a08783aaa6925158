//! The pipeline of one stream of submissions: statements are taken while others wait, answers keep their order.
//!
//! One task reads and hands to the engine, one answers. Between them is a queue of so many answers that are
//! still to come: when it is full nothing is read, so that a client that takes no answers, or sends faster
//! than the ledger writes, is held back by the transport.

use crate::feed::Messages;
use crate::limits;
use crate::serve::stopped;
use crate::service::blocking;
use crate::service::submit::{parse, refusal};
use crate::wire;
use lotbook_engine::chain::Receipt;
use lotbook_engine::{Engine, SubmitError};
use lotbook_rpc::proto::submit_stream_response::Result as Answered;
use lotbook_rpc::proto::{SubmitStreamRequest, SubmitStreamResponse};
use lotbook_rpc::status;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};
use tonic::{Status, Streaming};

/// What a stream of submissions needs.
pub(crate) struct Pipeline {
    pub engine: Engine,
    /// Places among all submissions of the server.
    pub places: Arc<Semaphore>,
    pub stopping: watch::Receiver<bool>,
}

/// What is told next.
enum Next {
    /// The engine's answer, once it comes.
    Answer(oneshot::Receiver<Result<Receipt, SubmitError>>),
    /// No, already.
    Refused(Status),
    /// The stream ends, and why.
    End(Status),
}

impl Pipeline {
    /// Begins to take statements; the client's end of the answers.
    pub fn open(
        self,
        requests: Streaming<SubmitStreamRequest>,
        place: OwnedSemaphorePermit,
    ) -> Messages<SubmitStreamResponse> {
        let (queue, waiting) = mpsc::channel(limits::STREAM_IN_FLIGHT);
        let (out, messages) = mpsc::channel(1);
        tokio::spawn(self.take(requests, queue));
        tokio::spawn(answer(waiting, out));
        Messages::new(messages, place)
    }

    /// Takes statements until the client has sent all, is gone, or is told to stop.
    async fn take(mut self, mut requests: Streaming<SubmitStreamRequest>, queue: mpsc::Sender<Next>) {
        loop {
            // A place for the answer first. Without a taker of answers there is no place any more.
            let Ok(place) = queue.reserve().await else { return };
            let end = tokio::select! {
                request = requests.message() => match request {
                    Ok(Some(request)) => {
                        place.send(self.submit(request).await);
                        continue;
                    }
                    Ok(None) => return,
                    Err(status) => status,
                },
                () = stopped(&mut self.stopping) => status::unavailable("the server stops"),
                () = tokio::time::sleep(limits::IDLE_STREAM) => status::unavailable("nothing was sent for 300 s"),
            };
            tracing::debug!(message = end.message(), "ended a stream of submissions");
            return place.send(Next::End(end));
        }
    }

    /// Hands a statement to the engine, in the order of the stream.
    async fn submit(&self, request: SubmitStreamRequest) -> Next {
        let missing = || status::malformed_request("submit", "is missing");
        let signed = match request.submit.ok_or_else(missing).and_then(parse) {
            Ok(signed) => signed,
            Err(status) => return Next::Refused(status),
        };
        let Ok(place) = self.places.clone().acquire_owned().await else {
            return Next::End(status::unavailable("the server stops"));
        };
        let (tell, told) = oneshot::channel();
        let engine = self.engine.clone();
        // The place is free as soon as the engine has answered, however slowly the answer is taken.
        let submit = move || {
            engine.submit(
                signed,
                Box::new(move |answer| {
                    drop(tell.send(answer));
                    drop(place);
                }),
            );
        };
        match blocking(submit).await {
            Ok(()) => Next::Answer(told),
            Err(status) => Next::Refused(status),
        }
    }
}

/// Tells the answers one after the other, until the last one or until nobody takes them.
async fn answer(mut waiting: mpsc::Receiver<Next>, out: mpsc::Sender<Result<SubmitStreamResponse, Status>>) {
    while let Some(next) = waiting.recv().await {
        let told = match next {
            Next::Answer(told) => match told.await {
                Ok(Ok(receipt)) => Ok(Answered::Receipt(wire::receipt(receipt))),
                Ok(Err(error)) => Ok(Answered::Status(status::to_bytes(&refusal(error)))),
                Err(_) => Err(status::unavailable("the ledger stopped before it answered")),
            },
            Next::Refused(refused) => Ok(Answered::Status(status::to_bytes(&refused))),
            Next::End(status) => Err(status),
        };
        let last = told.is_err();
        let message = told.map(|result| SubmitStreamResponse { result: Some(result) });
        tokio::select! {
            sent = out.send(message) => if last || sent.is_err() { return },
            () = tokio::time::sleep(limits::STALLED_READER) => return,
        }
    }
}
