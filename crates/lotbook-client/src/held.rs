//! The messages of a stream, each held back until its head is proved to be of one history with all that the
//! client has seen.
//!
//! The ledger is asked for the proof, unless the follower will see it by itself: once everything under the
//! head proved last has come, a batch's own proof shows whether its head has the same entries before it.

use crate::client::Client;
use crate::error::{ClientError, Untrustworthy};
use crate::follower::Cursor;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use lotbook_chain::{Checkpoint, Frontier};
use lotbook_rpc::proto::{ListEntriesResponse, SubscribeResponse};
use tokio_stream::Stream;
use tonic::Streaming;

/// A message under a signed head.
pub(crate) trait Headed {
    /// The signed note.
    fn note(&self) -> &str;
    /// Whether it has entries, and so a proof of the last one.
    fn has_entries(&self) -> bool;
}

type Proving = Pin<Box<dyn Future<Output = Result<(), ClientError>> + Send>>;

/// A stream of messages.
pub(crate) struct Held<T> {
    messages: Streaming<T>,
    client: Client,
    /// The head of the last message, and its note: most messages come under the same one.
    head: Checkpoint,
    note: String,
    /// A message, and the proof that it waits for.
    waiting: Option<(T, Proving)>,
    /// The head before that of the message let through last, if the follower is to see that it was extended.
    followed: Option<Checkpoint>,
}

impl<T: Headed> Held<T> {
    /// `head` is the one that the client has proved last.
    pub fn new(messages: Streaming<T>, client: Client, head: Checkpoint) -> Self {
        Self { messages, client, head, note: String::new(), waiting: None, followed: None }
    }

    /// The next message. `cursor` is where its follower stands; when it has verified the message, [`Held::follow`].
    pub fn poll_next(
        &mut self,
        cursor: &Cursor,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<T, ClientError>>> {
        let (message, mut proving) = match self.waiting.take() {
            Some(waiting) => waiting,
            None => match ready!(Pin::new(&mut self.messages).poll_next(context)) {
                None => return Poll::Ready(None),
                Some(Err(status)) => return Poll::Ready(Some(Err(ClientError::from_status(&status)))),
                Some(Ok(message)) => match self.prove(&message, cursor) {
                    Ok(Some(proving)) => (message, proving),
                    other => return Poll::Ready(Some(other.map(|_| message))),
                },
            },
        };
        match proving.as_mut().poll(context) {
            Poll::Ready(proved) => Poll::Ready(Some(proved.map(|()| message))),
            Poll::Pending => {
                self.waiting = Some((message, proving));
                Poll::Pending
            }
        }
    }

    /// The follower has verified the last message: its head extends the one before.
    pub fn follow(&mut self) -> Result<(), ClientError> {
        match self.followed.take() {
            Some(before) => Ok(self.client.settle(&before, &self.head)?),
            None => Ok(()),
        }
    }

    /// The proof to wait for; nothing if there is none, or the follower will see it.
    fn prove(&mut self, message: &T, cursor: &Cursor) -> Result<Option<Proving>, ClientError> {
        if message.note() == self.note {
            return Ok(None);
        }
        let vkey = &self.client.trust_root().vkey;
        let head = Checkpoint::open(message.note(), vkey).map_err(Untrustworthy::from)?;
        message.note().clone_into(&mut self.note);
        let before = core::mem::replace(&mut self.head, head.clone());
        let shown = cursor.tree.as_ref().map(Frontier::size);
        let is_last = self.client.head().is_some_and(|proved| proved == before);
        if message.has_entries() && shown == Some(before.size) && is_last {
            self.followed = Some(before);
            return Ok(None);
        }
        let client = self.client.clone();
        Ok(Some(Box::pin(async move { client.hold(&head).await })))
    }
}

impl Headed for ListEntriesResponse {
    fn note(&self) -> &str {
        &self.checkpoint
    }

    fn has_entries(&self) -> bool {
        !self.entries.is_empty()
    }
}

impl Headed for SubscribeResponse {
    fn note(&self) -> &str {
        &self.checkpoint
    }

    fn has_entries(&self) -> bool {
        !self.entries.is_empty()
    }
}

impl<T> fmt::Debug for Held<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Held").field("head", &self.head).finish_non_exhaustive()
    }
}
