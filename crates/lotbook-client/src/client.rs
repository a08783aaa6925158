//! The client: one connection to one ledger, and the trust root it is held to.

use crate::error::{ClientError, Refused, Untrustworthy};
use crate::follower::{Cursor, Follower, VerifiedEntry};
use crate::head::Seen;
use crate::held::Held;
use crate::limits;
use crate::published::Published;
use crate::receipt::{self, SignedStatement, Submitted};
use crate::stream::{Entries, Subscription};
use crate::submission::{self, Submissions};
use crate::trust::{Genesis, TrustRoot};
use lotbook_chain::{Checkpoint, Receipt, SigningKey, verify_consistency};
use lotbook_event::Statement;
use lotbook_rpc::proto::{self, log_service_client::LogServiceClient};
use lotbook_rpc::proto::{
    proof_service_client::ProofServiceClient, submit_service_client::SubmitServiceClient,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_stream::Stream;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};

/// A client of one ledger; cheap to clone, all clones share one connection and what was seen.
#[derive(Debug, Clone)]
pub struct Client {
    channel: Channel,
    genesis: Arc<Genesis>,
    /// The heads seen by any call.
    seen: Arc<Mutex<Seen>>,
}

impl Client {
    /// Connects to a ledger that is known: its genesis entry must be the one of the trust root.
    ///
    /// # Errors
    /// [`ClientError::Untrustworthy`] if another ledger answers.
    pub async fn connect(url: &str, trust: TrustRoot) -> Result<Self, ClientError> {
        trust.check()?;
        let channel = open_channel(url).await?;
        let receipt = fetch(&channel, 0).await?;
        Ok(Self::new(channel, Genesis::read_under(&receipt, &trust)?, &receipt)?)
    }

    /// Connects to a ledger of which nothing is known, and believes its genesis entry.
    ///
    /// Trust on first use: whoever answers now is the ledger from now on. Keep [`Client::trust_root`],
    /// compare its ledger id with what the office published, and use [`Client::connect`] next time.
    ///
    /// # Errors
    /// [`ClientError::Untrustworthy`] if the genesis entry contradicts itself.
    pub async fn trust_on_first_use(url: &str) -> Result<Self, ClientError> {
        let channel = open_channel(url).await?;
        let receipt = fetch(&channel, 0).await?;
        Ok(Self::new(channel, Genesis::read(&receipt)?, &receipt)?)
    }

    /// The receipt of genesis is under the first head that this client sees.
    fn new(channel: Channel, genesis: Genesis, receipt: &Receipt) -> Result<Self, Untrustworthy> {
        let mut seen = Seen::default();
        seen.note(&Checkpoint::open(&receipt.checkpoint, &genesis.trust.vkey)?)?;
        Ok(Self { channel, genesis: Arc::new(genesis), seen: Arc::new(Mutex::new(seen)) })
    }

    /// Holds the ledger to a head that was seen before, by this program or another: nothing smaller is
    /// believed, and everything larger must be proved to extend it.
    #[must_use]
    pub fn after(self, head: Checkpoint) -> Self {
        self.seen().believe(head);
        self
    }

    /// The newest head that is proved to be of one history with all seen before it, or that was believed from
    /// elsewhere ([`Client::after`]); keep it for the next time.
    pub fn head(&self) -> Option<Checkpoint> {
        self.seen().proved().cloned()
    }

    /// What this client holds the ledger to.
    pub fn trust_root(&self) -> &TrustRoot {
        &self.genesis.trust
    }

    /// What the ledger's genesis entry states.
    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Signs and states an event; returns when it is durable and its receipt is verified.
    ///
    /// # Errors
    /// See [`ClientError`]. After [`ClientError::Unavailable`] it may or may not be recorded: submit the
    /// same statement again, which is safe for ever.
    pub async fn submit(&self, key: &SigningKey, statement: &Statement) -> Result<Submitted, ClientError> {
        self.submit_signed(&SignedStatement::sign(self.trust_root(), key, statement)).await
    }

    /// States what was signed elsewhere or before.
    ///
    /// # Errors
    /// See [`Client::submit`].
    pub async fn submit_signed(&self, signed: &SignedStatement) -> Result<Submitted, ClientError> {
        let mut service = SubmitServiceClient::new(self.channel.clone())
            .max_decoding_message_size(limits::MAX_RECEIVED_BYTES)
            .max_encoding_message_size(limits::MAX_SENT_BYTES);
        let known = self.seen().newest();
        let answer = within(service.submit(deadline(signed.request()))).await;
        let response = answer.map_err(|error| self.check_refusal(error, &signed.statement, known))?;
        let submitted = self.check_receipt(signed, response.receipt)?;
        self.prove_heads().await?;
        Ok(submitted)
    }

    /// States what was signed, one after the other without waiting for the answers; these come in the same
    /// order, each verified as [`Client::submit`] does. A refusal is an answer: the stream goes on.
    ///
    /// # Errors
    /// See [`Client::submit`]. When the stream itself ends with an error, what was not answered may or may
    /// not be recorded: submit it again, which is safe for ever.
    pub async fn submit_stream(
        &self,
        signed: impl Stream<Item = SignedStatement> + Send + 'static,
    ) -> Result<Submissions, ClientError> {
        let mut service = SubmitServiceClient::new(self.channel.clone())
            .max_decoding_message_size(limits::MAX_RECEIVED_BYTES)
            .max_encoding_message_size(limits::MAX_SENT_BYTES);
        let (requests, sent) = submission::requests(signed);
        let known = self.seen().newest();
        let answers = within(service.submit_stream(Request::new(requests))).await?;
        Ok(Submissions::new(self.clone(), answers, sent, known))
    }

    /// Verifies the receipt of a statement, and takes note of its checkpoint.
    pub(crate) fn check_receipt(
        &self,
        signed: &SignedStatement,
        receipt: Option<proto::Receipt>,
    ) -> Result<Submitted, ClientError> {
        let submitted = signed.check(self.trust_root(), receipt::from_wire(receipt)?)?;
        self.seen().note(&submitted.checkpoint)?;
        Ok(submitted)
    }

    /// The newest checkpoint, verified: it is proved to extend every one this client has seen before.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn checkpoint(&self) -> Result<Checkpoint, ClientError> {
        Ok(self.published().await?.newest)
    }

    /// The newest checkpoint, verified as [`Client::checkpoint`] does, and what witnesses have seen of it: that
    /// one is proved to be of the same history, too.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn published(&self) -> Result<Published, ClientError> {
        let known = self.seen().newest();
        let response = within(self.proofs().get_checkpoint(deadline(proto::GetCheckpointRequest {}))).await?;
        let published = Published::from_wire(response, &self.trust_root().vkey)?;
        if known > published.newest.size {
            return Err(Untrustworthy::Shrunk { known, found: published.newest.size }.into());
        }
        self.seen().note(&published.newest)?;
        if let Some(witnessed) = &published.witnessed_note {
            self.note(witnessed)?;
        }
        self.prove_heads().await?;
        Ok(published)
    }

    /// What the ledger kept of the first published checkpoint over a CeremonyClosed that waited for a beacon: signed by
    /// it, over that entry, and proved to be of the same history. Whose cosignatures are on it, a policy says.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn stamp(&self, close: u64) -> Result<Option<String>, ClientError> {
        let request = deadline(proto::GetStampRequest { position: close });
        let note = within(self.proofs().get_stamp(request)).await?.checkpoint;
        if note.is_empty() {
            return Ok(None);
        }
        let size = self.note(&note)?.size;
        self.prove_heads().await?;
        Ok((size > close).then_some(note))
    }

    /// Proof that the newer of two checkpoints extends the older one, verified.
    ///
    /// # Errors
    /// [`Untrustworthy::Inconsistent`] if it does not, [`Untrustworthy::Unproved`] if the ledger, which has
    /// signed both, says no.
    pub async fn prove_consistency(
        &self,
        older: &Checkpoint,
        newer: &Checkpoint,
    ) -> Result<Vec<lotbook_chain::TreeHash>, ClientError> {
        let (from, to) = (older.size, newer.size);
        let request = deadline(proto::ProveConsistencyRequest { from, to: Some(to) });
        let answer = within(self.proofs().prove_consistency(request)).await;
        let answer = answer.map_err(|error| match error {
            ClientError::Refused(said) => Untrustworthy::Unproved { from, to, said: said.to_string() }.into(),
            other => other,
        })?;
        let proof = receipt::proof_from_wire("consistency_proof", &answer.consistency_proof)?;
        let verified = verify_consistency(from, older.root, to, newer.root, &proof);
        verified.map_err(|error| Untrustworthy::Inconsistent { from, to, error })?;
        Ok(proof)
    }

    /// The receipt of an entry under a checkpoint that is given, verified: for a witnessed one.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn receipt_under(&self, position: u64, note: &str) -> Result<Receipt, ClientError> {
        let (_, newest) = self.entry(position).await?;
        let size = self.note(note)?.size;
        self.prove_heads().await?;
        let request = deadline(proto::ProveInclusionRequest { position, size: Some(size) });
        let answer = within(self.proofs().prove_inclusion(request)).await?;
        let proof = receipt::proof_from_wire("inclusion_proof", &answer.inclusion_proof)?;
        let receipt = Receipt { entry: newest.entry, proof, checkpoint: note.to_owned() };
        receipt.verify(&self.trust_root().vkey).map_err(Untrustworthy::from)?;
        Ok(receipt)
    }

    /// One entry and its receipt, verified.
    ///
    /// # Errors
    /// See [`ClientError`]; refused beyond the head.
    pub async fn entry(&self, position: u64) -> Result<(VerifiedEntry, Receipt), ClientError> {
        let receipt = fetch(&self.channel, position).await?;
        let proved = receipt.verify(&self.trust_root().vkey).map_err(Untrustworthy::from)?;
        let (expected, found) = (position, proved.entry.position.0);
        if found != expected {
            return Err(Untrustworthy::OtherPosition { expected, found }.into());
        }
        self.hold(&proved.checkpoint).await?;
        Ok((VerifiedEntry::open(receipt.entry.clone(), position)?, receipt))
    }

    /// A receipt that came with the answer of a query, verified; its head is held to those seen before.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn proved(&self, receipt: Option<proto::Receipt>) -> Result<Receipt, ClientError> {
        let receipt = receipt::from_wire(receipt)?;
        let proved = receipt.verify(&self.trust_root().vkey).map_err(Untrustworthy::from)?;
        self.hold(&proved.checkpoint).await?;
        Ok(receipt)
    }

    /// The entries from `from` up to, not including, `to` (the head if absent), each verified.
    ///
    /// From position 0 to the head, the whole tree is rebuilt, and its root compared with the checkpoint.
    ///
    /// # Errors
    /// See [`ClientError`]; refused beyond the head.
    pub async fn entries(&self, from: u64, to: Option<u64>) -> Result<Entries, ClientError> {
        let head = self.checkpoint().await?;
        let to = to.unwrap_or(head.size);
        let mut cursor = Cursor::at(from);
        cursor.see(&head)?;
        let follower = Follower::new(self.trust_root().clone(), cursor);
        let request = proto::ListEntriesRequest { from, to: Some(to) };
        let batches = within(self.log().list_entries(Request::new(request))).await?;
        Ok(Entries::new(Held::new(batches, self.clone(), head.clone()), follower, to, head))
    }

    /// Everything from a position on: what there is, a marker, then what comes.
    ///
    /// # Errors
    /// See [`ClientError`]; refused beyond the head.
    pub async fn subscribe(&self, from: u64) -> Result<Subscription, ClientError> {
        self.resume(Cursor::at(from)).await
    }

    /// Goes on where another subscription stood; the new entries must continue the old chain.
    ///
    /// # Errors
    /// See [`Client::subscribe`].
    pub async fn resume(&self, mut cursor: Cursor) -> Result<Subscription, ClientError> {
        if let Some((size, root)) = cursor.head {
            let origin = self.trust_root().origin.clone();
            self.seen().note(&Checkpoint { origin, size, root })?;
        }
        self.prove_heads().await?;
        let head = self.head().ok_or(Untrustworthy::Missing("checkpoint"))?;
        cursor.see(&head)?;
        let request = proto::SubscribeRequest { from: cursor.next };
        let batches = within(self.log().subscribe(Request::new(request))).await?;
        let follower = Follower::new(self.trust_root().clone(), cursor);
        Ok(Subscription::new(Held::new(batches, self.clone(), head), follower))
    }

    /// The connection, shared.
    pub(crate) fn channel(&self) -> Channel {
        self.channel.clone()
    }

    fn log(&self) -> LogServiceClient<Channel> {
        log(&self.channel)
    }

    fn proofs(&self) -> ProofServiceClient<Channel> {
        ProofServiceClient::new(self.channel.clone()).max_decoding_message_size(limits::MAX_RECEIVED_BYTES)
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of the head of a signed note.
    fn note(&self, note: &str) -> Result<Checkpoint, Untrustworthy> {
        let head = Checkpoint::open(note, &self.trust_root().vkey)?;
        self.seen().note(&head)?;
        Ok(head)
    }

    /// Has a signed head proved to be of one history with all seen before.
    pub(crate) async fn hold(&self, head: &Checkpoint) -> Result<(), ClientError> {
        self.seen().note(head)?;
        self.prove_heads().await
    }

    /// Takes note of what was proved without the ledger's help: that a head extends the one proved last.
    pub(crate) fn settle(&self, older: &Checkpoint, newer: &Checkpoint) -> Result<(), Untrustworthy> {
        let mut seen = self.seen();
        if seen.settle(older, newer) { Ok(()) } else { seen.note(newer) }
    }

    /// Has the ledger prove that all heads seen are of one history. Receipts of a stream of submissions are
    /// taken note of, and proved by the next call.
    async fn prove_heads(&self) -> Result<(), ClientError> {
        loop {
            let Some((older, newer)) = self.seen().unproved() else { return Ok(()) };
            if older.size == newer.size {
                let (size, known, found) = (older.size, older.root, newer.root);
                return Err(Untrustworthy::Forked { size, known, found }.into());
            }
            self.prove_consistency(&older, &newer).await?;
            self.seen().settle(&older, &newer);
        }
    }

    /// Lets a refusal through with its receipt verified, or shows that the receipt is not good. `known` is the
    /// number of entries that the ledger had when it was asked.
    pub(crate) fn check_refusal(&self, error: ClientError, statement: &[u8], known: u64) -> ClientError {
        let ClientError::Refused(mut refused) = error else { return error };
        let Refused { error, receipt } = refused.as_mut();
        *receipt = error.refusal_receipt.take();
        match self.genesis.check_refusal(receipt.as_ref(), statement, error, known) {
            Ok(()) => ClientError::Refused(refused),
            Err(untrustworthy) => untrustworthy.into(),
        }
    }
}

async fn open_channel(url: &str) -> Result<Channel, ClientError> {
    let wrong = |error: tonic::transport::Error| {
        let cause = std::error::Error::source(&error).map_or_else(String::new, |cause| format!(": {cause}"));
        ClientError::unavailable(format!("{url}: {error}{cause}"))
    };
    let endpoint = Endpoint::from_shared(url.to_owned()).map_err(wrong)?;
    let endpoint = endpoint
        .connect_timeout(limits::CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .http2_keep_alive_interval(limits::KEEPALIVE_INTERVAL)
        .keep_alive_timeout(limits::KEEPALIVE_TIMEOUT)
        .keep_alive_while_idle(true)
        .http2_max_header_list_size(limits::MAX_HEADER_LIST_BYTES);
    endpoint.connect().await.map_err(wrong)
}

fn log(channel: &Channel) -> LogServiceClient<Channel> {
    LogServiceClient::new(channel.clone()).max_decoding_message_size(limits::MAX_RECEIVED_BYTES)
}

async fn fetch(channel: &Channel, position: u64) -> Result<Receipt, ClientError> {
    let response = within(log(channel).get_entry(deadline(proto::GetEntryRequest { position }))).await?;
    Ok(receipt::from_wire(response.receipt)?)
}

/// A unary request that tells the server how long it is waited for.
pub(crate) fn deadline<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(limits::CALL_TIMEOUT);
    request
}

/// The answer, or [`ClientError::Unavailable`] after [`limits::CALL_TIMEOUT`].
pub(crate) async fn within<T>(
    call: impl Future<Output = Result<Response<T>, Status>>,
) -> Result<T, ClientError> {
    match tokio::time::timeout(limits::CALL_TIMEOUT, call).await {
        Ok(answer) => answer.map(Response::into_inner).map_err(|status| ClientError::from_status(&status)),
        Err(_) => {
            Err(ClientError::unavailable(format!("no answer within {} s", limits::CALL_TIMEOUT.as_secs())))
        }
    }
}
