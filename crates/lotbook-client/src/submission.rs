//! A stream of submissions: what was sent waits, in order, for its verified answer.

use crate::client::Client;
use crate::error::{ClientError, Untrustworthy};
use crate::receipt::{SignedStatement, Submitted};
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use lotbook_rpc::proto::submit_stream_response::Result as Told;
use lotbook_rpc::proto::{SubmitStreamRequest, SubmitStreamResponse};
use lotbook_rpc::status;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_stream::{Stream, StreamExt};
use tonic::Streaming;

/// Statements that were sent and are not answered yet, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent(Arc<Mutex<VecDeque<SignedStatement>>>);

/// One statement and its answer.
#[derive(Debug, Clone)]
pub struct Answered {
    /// What was stated.
    pub signed: SignedStatement,
    /// Recorded, refused, or not taken now; each verified as far as it can be.
    pub result: Result<Submitted, ClientError>,
}

/// Answers in the order of the statements. Ends when all are answered, or with an error.
#[derive(Debug)]
pub struct Submissions {
    client: Client,
    answers: Streaming<SubmitStreamResponse>,
    sent: Sent,
    /// Entries that the ledger had when the stream began.
    known: u64,
    ended: bool,
}

/// Requests for statements, remembered as they are sent.
pub(crate) fn requests(
    signed: impl Stream<Item = SignedStatement> + Send + 'static,
) -> (impl Stream<Item = SubmitStreamRequest> + Send + 'static, Sent) {
    let sent = Sent::default();
    let remembered = sent.clone();
    let requests = signed.map(move |signed| {
        let request = SubmitStreamRequest { submit: Some(signed.request()) };
        remembered.lock().push_back(signed);
        request
    });
    (requests, sent)
}

impl Sent {
    fn lock(&self) -> MutexGuard<'_, VecDeque<SignedStatement>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<SignedStatement> {
        self.lock().pop_front()
    }
}

impl Submissions {
    pub(crate) fn new(
        client: Client,
        answers: Streaming<SubmitStreamResponse>,
        sent: Sent,
        known: u64,
    ) -> Self {
        Self { client, answers, sent, known, ended: false }
    }

    /// Statements that were sent and not answered: after an error, those to submit again.
    pub fn unanswered(&self) -> Vec<SignedStatement> {
        self.sent.lock().iter().cloned().collect()
    }

    fn read(&self, answer: SubmitStreamResponse) -> Result<Answered, ClientError> {
        let signed = self.sent.next().ok_or(Untrustworthy::UnaskedAnswer)?;
        let result = match answer.result.ok_or(Untrustworthy::NoAnswer)? {
            Told::Receipt(receipt) => self.client.check_receipt(&signed, Some(receipt)),
            Told::Status(bytes) => {
                let status = status::from_bytes(&bytes).ok_or(Untrustworthy::NoAnswer)?;
                let error = ClientError::from_status(&status);
                Err(self.client.check_refusal(error, &signed.statement, self.known))
            }
        };
        match result {
            Err(ClientError::Untrustworthy(why)) => Err(why.into()),
            result => Ok(Answered { signed, result }),
        }
    }

    /// The end is good only if nothing waits for an answer.
    fn end(&self) -> Option<ClientError> {
        let unanswered = self.sent.lock().len();
        (unanswered > 0)
            .then(|| ClientError::unavailable(format!("{unanswered} statements were not answered")))
    }
}

impl Stream for Submissions {
    type Item = Result<Answered, ClientError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if this.ended {
            return Poll::Ready(None);
        }
        let answered = match ready!(Pin::new(&mut this.answers).poll_next(context)) {
            Some(Ok(answer)) => Some(this.read(answer)),
            Some(Err(status)) => Some(Err(ClientError::from_status(&status))),
            None => this.end().map(Err),
        };
        this.ended = !matches!(answered, Some(Ok(_)));
        Poll::Ready(answered)
    }
}
