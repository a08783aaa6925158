//! The liar's server on loopback: it says what it is given to say, and stops with its case.

use super::history::History;
use super::liar::{Answer, Call, Liar, Mangled};
use core::pin::Pin;
use lotbook_chain::Entry;
use lotbook_event::Refusal;
use lotbook_rpc::proto::log_service_server::{LogService, LogServiceServer};
use lotbook_rpc::proto::proof_service_server::{ProofService, ProofServiceServer};
use lotbook_rpc::proto::submit_service_server::{SubmitService, SubmitServiceServer};
use lotbook_rpc::proto::submit_stream_response::Result as Told;
use lotbook_rpc::{proto, status};
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;
use tokio_stream::{Stream, StreamExt};
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};

type Streamed<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// What is said now; a ledger may be honest first.
#[derive(Clone)]
struct Mouth(Arc<Mutex<Arc<Liar>>>);

/// A server that stops when it is dropped.
pub struct Server {
    pub url: String,
    mouth: Mouth,
    serving: JoinHandle<()>,
}

impl Server {
    pub fn start(liar: Liar) -> Self {
        let incoming = TcpIncoming::bind(([127, 0, 0, 1], 0).into()).unwrap().with_nodelay(Some(true));
        let url = format!("http://{}", incoming.local_addr().unwrap());
        let mouth = Mouth(Arc::new(Mutex::new(Arc::new(liar))));
        let router = tonic::transport::Server::builder()
            .add_service(LogServiceServer::new(mouth.clone()))
            .add_service(ProofServiceServer::new(mouth.clone()))
            .add_service(SubmitServiceServer::new(mouth.clone()));
        let serving = tokio::spawn(async move { router.serve_with_incoming(incoming).await.unwrap() });
        Self { url, mouth, serving }
    }

    /// From now on it says this.
    pub fn say(&self, liar: Liar) {
        *self.mouth.0.lock().unwrap() = Arc::new(liar);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Mouth {
    fn now(&self) -> Arc<Liar> {
        self.0.lock().unwrap().clone()
    }
}

impl Liar {
    fn proof(&self, call: Call, history: &History, position: usize) -> Vec<Vec<u8>> {
        let how = if self.lies(call) { self.inclusion } else { Mangled::Not };
        let leaf = if how == Mangled::Neighbours { position ^ 1 } else { position };
        how.bend(&history.inclusion(leaf, history.size))
    }

    fn receipt(&self, call: Call, position: usize) -> Result<Option<proto::Receipt>, Status> {
        let history = self.shown(call);
        let position = self.receipt_of.filter(|_| self.lies(call)).unwrap_or(position);
        if self.no_receipt && self.lies(call) {
            return Ok(None);
        }
        let none = || status::no_such_entry(position as u64, history.size as u64);
        let entry = history.entries.get(position).ok_or_else(none)?.clone();
        let inclusion_proof = self.proof(call, history, position);
        Ok(Some(proto::Receipt { entry, inclusion_proof, checkpoint: history.note.clone() }))
    }

    fn batches(&self, call: Call, from: u64, to: Option<u64>) -> Vec<proto::SubscribeResponse> {
        let history = self.shown(call);
        let end = to.map_or(history.size, |to| to as usize).min(history.entries.len());
        let begins = (from as usize..end).step_by(self.batch);
        let batch = |begin: usize| {
            let behind = (begin + self.batch).min(end);
            proto::SubscribeResponse {
                from: begin as u64,
                entries: history.entries[begin..behind].to_vec(),
                inclusion_proof: self.proof(call, history, behind - 1),
                checkpoint: history.note.clone(),
                ..Default::default()
            }
        };
        begins.map(batch).collect()
    }

    /// The receipt of what was stated, or no.
    fn answer(&self, request: &proto::SubmitRequest) -> Result<proto::Receipt, Status> {
        let stated = |bytes: &Vec<u8>| Entry::decode(bytes).is_ok_and(|e| e.statement == request.statement);
        match &self.answer {
            Answer::No { code, word } => {
                Err(status::refused(&Refusal::new(*code, "it", "the rules say no"), word.clone()))
            }
            Answer::Receipt => {
                let position = self.shown(Call::Submit).entries.iter().position(stated);
                let receipt = self.receipt(Call::Submit, position.unwrap_or(0))?;
                receipt.ok_or_else(|| status::unavailable("nothing to say"))
            }
        }
    }
}

#[tonic::async_trait]
impl LogService for Mouth {
    type ListEntriesStream = Streamed<proto::ListEntriesResponse>;
    type SubscribeStream = Streamed<proto::SubscribeResponse>;

    async fn get_entry(
        &self,
        request: Request<proto::GetEntryRequest>,
    ) -> Result<Response<proto::GetEntryResponse>, Status> {
        let receipt = self.now().receipt(Call::GetEntry, request.into_inner().position as usize)?;
        Ok(Response::new(proto::GetEntryResponse { receipt }))
    }

    async fn list_entries(
        &self,
        request: Request<proto::ListEntriesRequest>,
    ) -> Result<Response<Self::ListEntriesStream>, Status> {
        let proto::ListEntriesRequest { from, to } = request.into_inner();
        let listed = |batch: proto::SubscribeResponse| {
            let proto::SubscribeResponse { from, entries, inclusion_proof, checkpoint, .. } = batch;
            Ok(proto::ListEntriesResponse { from, entries, inclusion_proof, checkpoint })
        };
        let batches = self.now().batches(Call::ListEntries, from, to);
        Ok(Response::new(Box::pin(tokio_stream::iter(batches).map(listed))))
    }

    async fn subscribe(
        &self,
        request: Request<proto::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let liar = self.now();
        let history = liar.shown(Call::Subscribe);
        let mut messages = liar.batches(Call::Subscribe, request.into_inner().from, None);
        messages.push(proto::SubscribeResponse {
            from: history.size as u64,
            checkpoint: history.note.clone(),
            caught_up: true,
            ..Default::default()
        });
        Ok(Response::new(Box::pin(tokio_stream::iter(messages).map(Ok))))
    }
}

#[tonic::async_trait]
impl ProofService for Mouth {
    async fn get_checkpoint(
        &self,
        _request: Request<proto::GetCheckpointRequest>,
    ) -> Result<Response<proto::GetCheckpointResponse>, Status> {
        let liar = self.now();
        Ok(Response::new(proto::GetCheckpointResponse {
            checkpoint: liar.shown(Call::GetCheckpoint).note.clone(),
            published_checkpoint: liar.shown(Call::Published).note.clone(),
            witness_policy: String::new(),
        }))
    }

    async fn get_stamp(
        &self,
        _request: Request<proto::GetStampRequest>,
    ) -> Result<Response<proto::GetStampResponse>, Status> {
        Ok(Response::new(proto::GetStampResponse::default()))
    }

    async fn prove_inclusion(
        &self,
        request: Request<proto::ProveInclusionRequest>,
    ) -> Result<Response<proto::ProveInclusionResponse>, Status> {
        let (liar, request) = (self.now(), request.into_inner());
        let history = liar.shown(Call::ProveInclusion);
        let size = request.size.map_or(history.size, |size| size as usize).min(history.size);
        let how = if liar.lies(Call::ProveInclusion) { liar.inclusion } else { Mangled::Not };
        Ok(Response::new(proto::ProveInclusionResponse {
            size: size as u64,
            inclusion_proof: how.bend(&history.inclusion(request.position as usize, size)),
            checkpoint: history.note.clone(),
        }))
    }

    async fn prove_consistency(
        &self,
        request: Request<proto::ProveConsistencyRequest>,
    ) -> Result<Response<proto::ProveConsistencyResponse>, Status> {
        let (liar, request) = (self.now(), request.into_inner());
        let history = liar.shown(Call::ProveConsistency);
        let (from, to) = (request.from, request.to.unwrap_or(history.size as u64));
        let how = if liar.lies(Call::ProveConsistency) { liar.consistency } else { Mangled::Not };
        let beyond = || status::beyond_head(from, Some(to), history.size as u64);
        let proof = match how {
            Mangled::Refused => None,
            Mangled::Neighbours => history.consistency(from - 1, to),
            _ => history.consistency(from, to),
        };
        Ok(Response::new(proto::ProveConsistencyResponse {
            to,
            consistency_proof: how.bend(&proof.ok_or_else(beyond)?),
            checkpoint: history.note.clone(),
        }))
    }
}

#[tonic::async_trait]
impl SubmitService for Mouth {
    type SubmitStreamStream = Streamed<proto::SubmitStreamResponse>;

    async fn submit(
        &self,
        request: Request<proto::SubmitRequest>,
    ) -> Result<Response<proto::SubmitResponse>, Status> {
        let liar = self.now();
        if liar.no_receipt && liar.lies(Call::Submit) {
            return Ok(Response::new(proto::SubmitResponse { receipt: None }));
        }
        let receipt = Some(liar.answer(&request.into_inner())?);
        Ok(Response::new(proto::SubmitResponse { receipt }))
    }

    async fn submit_stream(
        &self,
        request: Request<Streaming<proto::SubmitStreamRequest>>,
    ) -> Result<Response<Self::SubmitStreamStream>, Status> {
        let liar = self.now();
        let answered = move |request: Result<proto::SubmitStreamRequest, Status>| {
            let told = match liar.answer(&request?.submit.unwrap_or_default()) {
                Ok(receipt) => Told::Receipt(receipt),
                Err(refused) => Told::Status(status::to_bytes(&refused)),
            };
            Ok(proto::SubmitStreamResponse { result: Some(told) })
        };
        Ok(Response::new(Box::pin(request.into_inner().map(answered))))
    }
}
