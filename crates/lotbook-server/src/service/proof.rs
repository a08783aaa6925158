//! `ProofService`: the heads of the log, and proofs between any two sizes up to the newest one.

use super::blocking;
use crate::{limits, wire};
use lotbook_engine::{Engine, Unavailable};
use lotbook_rpc::proto::proof_service_server::{ProofService, ProofServiceServer};
use lotbook_rpc::proto::{
    GetCheckpointRequest, GetCheckpointResponse, GetStampRequest, GetStampResponse, ProveConsistencyRequest,
    ProveConsistencyResponse, ProveInclusionRequest, ProveInclusionResponse,
};
use lotbook_rpc::status;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tonic::{Request, Response, Status};

/// The service.
pub struct Proof {
    engine: Engine,
    places: Arc<Semaphore>,
}

impl Proof {
    pub(crate) fn new(engine: Engine) -> Self {
        Self { engine, places: Arc::new(Semaphore::new(limits::MAX_PROOFS)) }
    }

    pub(crate) fn service(self) -> ProofServiceServer<Self> {
        ProofServiceServer::new(self)
            .max_decoding_message_size(limits::MAX_REQUEST_BYTES)
            .max_encoding_message_size(limits::MAX_ANSWER_BYTES)
    }

    /// Computes a proof where blocking is no harm.
    async fn prove<T: Send + 'static>(
        &self,
        prove: impl FnOnce(&Engine) -> Result<T, Unavailable> + Send + 'static,
    ) -> Result<T, Status> {
        let _place = self.places.try_acquire().map_err(|_| status::overloaded())?;
        let engine = self.engine.clone();
        let proved = blocking(move || prove(&engine)).await?;
        proved.map_err(|error| status::unavailable(&error.0))
    }
}

#[tonic::async_trait]
impl ProofService for Proof {
    async fn get_checkpoint(
        &self,
        _request: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        // The published one first: read the other way round, it could be the newer of the two.
        let published_checkpoint = self.engine.published_checkpoint().unwrap_or_default();
        let checkpoint = self.engine.checkpoint();
        let witness_policy = self.engine.policy().map(ToString::to_string).unwrap_or_default();
        Ok(Response::new(GetCheckpointResponse { checkpoint, published_checkpoint, witness_policy }))
    }

    async fn get_stamp(
        &self,
        request: Request<GetStampRequest>,
    ) -> Result<Response<GetStampResponse>, Status> {
        let GetStampRequest { position } = request.into_inner();
        let kept = self.prove(move |engine| engine.stamp(position)).await?;
        Ok(Response::new(GetStampResponse { checkpoint: kept.unwrap_or_default() }))
    }

    async fn prove_inclusion(
        &self,
        request: Request<ProveInclusionRequest>,
    ) -> Result<Response<ProveInclusionResponse>, Status> {
        let ProveInclusionRequest { position, size } = request.into_inner();
        let newest = self.engine.size();
        let size = size.unwrap_or(newest);
        let proof = self.prove(move |engine| engine.inclusion_proof(position, size)).await?;
        let proof = proof.ok_or_else(|| status::beyond_head(position, Some(size), newest))?;
        let (inclusion_proof, checkpoint) = (wire::hashes(&proof), self.engine.checkpoint());
        Ok(Response::new(ProveInclusionResponse { size, inclusion_proof, checkpoint }))
    }

    async fn prove_consistency(
        &self,
        request: Request<ProveConsistencyRequest>,
    ) -> Result<Response<ProveConsistencyResponse>, Status> {
        let ProveConsistencyRequest { from, to } = request.into_inner();
        let newest = self.engine.size();
        let to = to.unwrap_or(newest);
        let proof = self.prove(move |engine| engine.consistency_proof(from, to)).await?;
        let proof = proof.ok_or_else(|| status::beyond_head(from, Some(to), newest))?;
        let (consistency_proof, checkpoint) = (wire::hashes(&proof), self.engine.checkpoint());
        Ok(Response::new(ProveConsistencyResponse { to, consistency_proof, checkpoint }))
    }
}
