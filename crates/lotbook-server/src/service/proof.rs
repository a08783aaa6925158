//! `ProofService`: the signed head of the log.

use crate::limits;
use lotbook_engine::Engine;
use lotbook_rpc::proto::proof_service_server::{ProofService, ProofServiceServer};
use lotbook_rpc::proto::{GetCheckpointRequest, GetCheckpointResponse};
use tonic::{Request, Response, Status};

/// The service.
pub struct Proof {
    engine: Engine,
}

impl Proof {
    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine }
    }

    pub(crate) fn service(self) -> ProofServiceServer<Self> {
        ProofServiceServer::new(self)
            .max_decoding_message_size(limits::MAX_REQUEST_BYTES)
            .max_encoding_message_size(limits::MAX_ANSWER_BYTES)
    }
}

#[tonic::async_trait]
impl ProofService for Proof {
    async fn get_checkpoint(
        &self,
        _request: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        Ok(Response::new(GetCheckpointResponse { checkpoint: self.engine.checkpoint() }))
    }
}
