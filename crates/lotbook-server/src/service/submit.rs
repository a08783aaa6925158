//! `SubmitService`: from a request to the engine, and from its answer to a receipt or a status.

use super::blocking;
use crate::feed::Messages;
use crate::pipeline::Pipeline;
use crate::{limits, wire};
use lotbook_engine::chain::{KeyId, Receipt, Signature};
use lotbook_engine::{Engine, SignedStatement, SubmitError};
use lotbook_rpc::proto::submit_service_server::{SubmitService, SubmitServiceServer};
use lotbook_rpc::proto::{SubmitRequest, SubmitResponse, SubmitStreamRequest, SubmitStreamResponse};
use lotbook_rpc::status;
use std::sync::Arc;
use tokio::sync::{Semaphore, oneshot, watch};
use tonic::{Request, Response, Status, Streaming};

/// The service.
pub struct Submit {
    engine: Engine,
    places: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
}

impl Submit {
    pub(crate) fn new(engine: Engine, stopping: watch::Receiver<bool>) -> Self {
        let places = Arc::new(Semaphore::new(limits::MAX_SUBMISSIONS));
        let streams = Arc::new(Semaphore::new(limits::MAX_SUBMIT_STREAMS));
        Self { engine, places, streams, stopping }
    }

    pub(crate) fn service(self) -> SubmitServiceServer<Self> {
        SubmitServiceServer::new(self)
            .max_decoding_message_size(limits::MAX_SUBMIT_BYTES)
            .max_encoding_message_size(limits::MAX_ANSWER_BYTES)
    }
}

#[tonic::async_trait]
impl SubmitService for Submit {
    async fn submit(&self, request: Request<SubmitRequest>) -> Result<Response<SubmitResponse>, Status> {
        let signed = parse(request.into_inner())?;
        let _place = self.places.try_acquire().map_err(|_| status::overloaded())?;
        let (tell, told) = oneshot::channel();
        let engine = self.engine.clone();
        // A caller that has gone meanwhile is not told; it gets the same receipt when it asks again.
        blocking(move || engine.submit(signed, Box::new(move |answer| drop(tell.send(answer))))).await?;
        let answer = told.await.map_err(|_| status::unavailable("the ledger stopped before it answered"))?;
        let receipt: Receipt = answer.map_err(refusal)?;
        Ok(Response::new(SubmitResponse { receipt: Some(wire::receipt(receipt)) }))
    }

    type SubmitStreamStream = Messages<SubmitStreamResponse>;

    async fn submit_stream(
        &self,
        requests: Request<Streaming<SubmitStreamRequest>>,
    ) -> Result<Response<Self::SubmitStreamStream>, Status> {
        let place = self.streams.clone().try_acquire_owned().map_err(|_| status::overloaded())?;
        let (engine, places) = (self.engine.clone(), self.places.clone());
        let pipeline = Pipeline { engine, places, stopping: self.stopping.clone() };
        Ok(Response::new(pipeline.open(requests.into_inner(), place)))
    }
}

pub(crate) fn parse(request: SubmitRequest) -> Result<SignedStatement, Status> {
    let SubmitRequest { statement, key_id, signature } = request;
    // Over its limit a statement is refused, and recorded, by the engine: once its author is known.
    let key_id = KeyId(fixed("key_id", &key_id)?);
    let signature = Signature(fixed("signature", &signature)?);
    Ok(SignedStatement { statement, key_id, signature })
}

fn fixed<const N: usize>(field: &str, bytes: &[u8]) -> Result<[u8; N], Status> {
    let problem = || format!("has {} bytes, needs {N}", bytes.len());
    bytes.try_into().map_err(|_| status::malformed_request(field, &problem()))
}

pub(crate) fn refusal(error: SubmitError) -> Status {
    match error {
        SubmitError::BadSignature => status::bad_signature(),
        SubmitError::Refused { refusal, receipt } => {
            tracing::debug!(code = refusal.code.as_str(), subject = refusal.subject, "refused");
            status::refused(&refusal, receipt.map(wire::refusal_receipt))
        }
        SubmitError::Overloaded => status::overloaded(),
        SubmitError::Unavailable(why) => {
            tracing::error!(why, "the ledger accepts nothing");
            status::unavailable(&why)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotbook_rpc::{explain, status::reason};

    fn request() -> SubmitRequest {
        SubmitRequest { statement: vec![1, 2, 3], key_id: vec![4; 32], signature: vec![5; 64] }
    }

    #[test]
    fn a_request_of_the_right_lengths_is_taken_as_it_is() {
        let signed = parse(request()).unwrap();
        assert_eq!(
            (signed.statement, signed.key_id.0, signed.signature.0),
            (vec![1, 2, 3], [4; 32], [5; 64])
        );
    }

    #[test]
    fn a_field_of_another_length_is_named() {
        for (request, field, reason) in [
            (SubmitRequest { key_id: vec![4; 31], ..request() }, "key_id", reason::MALFORMED_REQUEST),
            (SubmitRequest { signature: Vec::new(), ..request() }, "signature", reason::MALFORMED_REQUEST),
        ] {
            let error = explain(&parse(request).unwrap_err());
            assert_eq!((error.field.as_deref(), error.reason.as_str()), (Some(field), reason));
        }
    }
}
