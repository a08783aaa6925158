//! A server that answers everything from a true one, and bends one answer: that about an enterprise's standing.

use core::pin::Pin;
use lotbook_rpc::proto;
use lotbook_rpc::proto::draw_query_service_client::DrawQueryServiceClient;
use lotbook_rpc::proto::draw_query_service_server::{DrawQueryService, DrawQueryServiceServer};
use lotbook_rpc::proto::log_service_client::LogServiceClient;
use lotbook_rpc::proto::log_service_server::{LogService, LogServiceServer};
use lotbook_rpc::proto::proof_service_client::ProofServiceClient;
use lotbook_rpc::proto::proof_service_server::{ProofService, ProofServiceServer};
use proto::*;
use tokio::task::JoinHandle;
use tokio_stream::Stream;
use tonic::transport::Channel;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// What an answer is made into.
pub type Lie = fn(&mut GetStandingResponse, &Others);

/// Answers about other enterprises and draws, to lie with.
#[derive(Clone)]
pub struct Others {
    /// Of the other enterprise in the same draw.
    pub firm: GetStandingResponse,
    /// Of the same enterprise in the other draw.
    pub draw: GetStandingResponse,
}

#[derive(Clone)]
struct Mouth {
    truth: Channel,
    others: Others,
    lie: Lie,
}

/// Stops when it is dropped.
pub struct Liar {
    pub url: String,
    serving: JoinHandle<()>,
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Liar {
    /// Serves on loopback.
    pub async fn start(truth: &str, others: Others, lie: Lie) -> Self {
        let truth = Channel::from_shared(truth.to_owned()).unwrap().connect().await.unwrap();
        let mouth = Mouth { truth, others, lie };
        let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into()).unwrap().with_nodelay(Some(true));
        let url = format!("http://{}", incoming.local_addr().unwrap());
        let router = tonic::transport::Server::builder()
            .add_service(LogServiceServer::new(mouth.clone()))
            .add_service(ProofServiceServer::new(mouth.clone()))
            .add_service(DrawQueryServiceServer::new(mouth));
        let serving = tokio::spawn(async move { router.serve_with_incoming(incoming).await.unwrap() });
        Self { url, serving }
    }
}

type Streamed<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

fn not_asked<T>() -> Result<Response<T>, Status> {
    Err(Status::unimplemented("nobody asks this"))
}

#[tonic::async_trait]
impl LogService for Mouth {
    type ListEntriesStream = Streamed<ListEntriesResponse>;
    type SubscribeStream = Streamed<SubscribeResponse>;

    async fn get_entry(&self, asked: Request<GetEntryRequest>) -> Result<Response<GetEntryResponse>, Status> {
        LogServiceClient::new(self.truth.clone()).get_entry(asked.into_inner()).await
    }

    async fn list_entries(
        &self,
        _: Request<ListEntriesRequest>,
    ) -> Result<Response<Self::ListEntriesStream>, Status> {
        not_asked()
    }

    async fn subscribe(
        &self,
        _: Request<SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        not_asked()
    }
}

#[tonic::async_trait]
impl ProofService for Mouth {
    async fn get_checkpoint(
        &self,
        asked: Request<GetCheckpointRequest>,
    ) -> Result<Response<GetCheckpointResponse>, Status> {
        ProofServiceClient::new(self.truth.clone()).get_checkpoint(asked.into_inner()).await
    }

    async fn get_stamp(&self, asked: Request<GetStampRequest>) -> Result<Response<GetStampResponse>, Status> {
        ProofServiceClient::new(self.truth.clone()).get_stamp(asked.into_inner()).await
    }

    async fn prove_inclusion(
        &self,
        asked: Request<ProveInclusionRequest>,
    ) -> Result<Response<ProveInclusionResponse>, Status> {
        ProofServiceClient::new(self.truth.clone()).prove_inclusion(asked.into_inner()).await
    }

    async fn prove_consistency(
        &self,
        asked: Request<ProveConsistencyRequest>,
    ) -> Result<Response<ProveConsistencyResponse>, Status> {
        ProofServiceClient::new(self.truth.clone()).prove_consistency(asked.into_inner()).await
    }
}

#[tonic::async_trait]
impl DrawQueryService for Mouth {
    async fn get_reading(
        &self,
        _: Request<GetReadingRequest>,
    ) -> Result<Response<GetReadingResponse>, Status> {
        not_asked()
    }

    async fn get_standing(
        &self,
        asked: Request<GetStandingRequest>,
    ) -> Result<Response<GetStandingResponse>, Status> {
        let truth = DrawQueryServiceClient::new(self.truth.clone()).get_standing(asked.into_inner()).await?;
        let mut answer = truth.into_inner();
        (self.lie)(&mut answer, &self.others);
        Ok(Response::new(answer))
    }

    async fn list_draws(&self, _: Request<ListDrawsRequest>) -> Result<Response<ListDrawsResponse>, Status> {
        not_asked()
    }

    async fn get_draw(&self, _: Request<GetDrawRequest>) -> Result<Response<GetDrawResponse>, Status> {
        not_asked()
    }

    async fn list_pool_rows(
        &self,
        _: Request<ListPoolRowsRequest>,
    ) -> Result<Response<ListPoolRowsResponse>, Status> {
        not_asked()
    }

    async fn list_assignments(
        &self,
        _: Request<ListAssignmentsRequest>,
    ) -> Result<Response<ListAssignmentsResponse>, Status> {
        not_asked()
    }
}
