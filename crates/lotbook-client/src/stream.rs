//! Streams of verified entries: a range, and a subscription.

use crate::error::{ClientError, Untrustworthy};
use crate::follower::{Batch, Cursor, Follower, VerifiedEntry};
use crate::receipt::proof_from_wire;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use lotbook_rpc::proto::{ListEntriesResponse, SubscribeResponse};
use std::collections::VecDeque;
use tokio_stream::Stream;
use tonic::Streaming;

/// What a subscription tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// The next entry.
    Entry(Box<VerifiedEntry>),
    /// Everything there was has been told; what follows is live. Comes once.
    CaughtUp {
        /// Entries on the ledger so far.
        size: u64,
    },
}

/// Everything from a position on; ends with an error, after which [`Subscription::cursor`] goes on.
#[derive(Debug)]
pub struct Subscription {
    batches: Streaming<SubscribeResponse>,
    follower: Follower,
    ready: VecDeque<Verified>,
    /// The cursor after the last item that was handed on is behind `follower` by what is in `ready`.
    caught_up: bool,
    failed: bool,
}

/// A range of entries; complete when it ends without an error.
#[derive(Debug)]
pub struct Entries {
    batches: Option<Streaming<ListEntriesResponse>>,
    follower: Follower,
    to: u64,
    ready: VecDeque<VerifiedEntry>,
    failed: bool,
}

impl Subscription {
    pub(crate) fn new(batches: Streaming<SubscribeResponse>, follower: Follower) -> Self {
        Self { batches, follower, ready: VecDeque::new(), caught_up: false, failed: false }
    }

    /// Where to go on with [`crate::Client::resume`]: after the last *batch* that was verified. Items of
    /// it that were not taken yet are still to come from this stream.
    pub fn cursor(&self) -> &Cursor {
        self.follower.cursor()
    }

    fn take(&mut self, message: SubscribeResponse) -> Result<(), ClientError> {
        if message.caught_up {
            if core::mem::replace(&mut self.caught_up, true) {
                return Err(Untrustworthy::Marker("came twice").into());
            }
            if !message.entries.is_empty() {
                return Err(Untrustworthy::Marker("came with entries").into());
            }
            let size = self.follower.marker(message.from, &message.checkpoint)?;
            self.ready.push_back(Verified::CaughtUp { size });
            return Ok(());
        }
        let proof = proof_from_wire(&message.inclusion_proof)?;
        let batch =
            Batch { from: message.from, entries: message.entries, proof, checkpoint: message.checkpoint };
        let entries = self.follower.batch(batch)?;
        self.ready.extend(entries.into_iter().map(|entry| Verified::Entry(Box::new(entry))));
        Ok(())
    }
}

impl Stream for Subscription {
    type Item = Result<Verified, ClientError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(item) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            if this.failed {
                return Poll::Ready(None);
            }
            let taken = match ready!(Pin::new(&mut this.batches).poll_next(context)) {
                Some(Ok(message)) => this.take(message),
                Some(Err(status)) => Err(ClientError::from_status(&status)),
                None => Err(ClientError::unavailable("the server ended the subscription")),
            };
            if let Err(error) = taken {
                this.failed = true;
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}

impl Entries {
    /// The entries up to `to`; nothing to ask the server for if the range is empty.
    pub(crate) fn new(batches: Option<Streaming<ListEntriesResponse>>, follower: Follower, to: u64) -> Self {
        Self { batches, follower, to, ready: VecDeque::new(), failed: false }
    }

    fn take(&mut self, message: ListEntriesResponse) -> Result<(), ClientError> {
        let proof = proof_from_wire(&message.inclusion_proof)?;
        let batch =
            Batch { from: message.from, entries: message.entries, proof, checkpoint: message.checkpoint };
        self.ready = self.follower.batch(batch)?.into();
        match self.follower.cursor().next {
            next if next > self.to => {
                Err(Untrustworthy::OtherPosition { expected: self.to, found: next }.into())
            }
            _ => Ok(()),
        }
    }

    fn end(&self) -> Option<ClientError> {
        let (expected, found) = (self.to, self.follower.cursor().next);
        (found != expected).then(|| Untrustworthy::EndedEarly { expected, found }.into())
    }
}

impl Stream for Entries {
    type Item = Result<VerifiedEntry, ClientError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if let Some(entry) = this.ready.pop_front() {
                return Poll::Ready(Some(Ok(entry)));
            }
            let Some(batches) = this.batches.as_mut().filter(|_| !this.failed) else {
                return Poll::Ready(None);
            };
            let taken = match ready!(Pin::new(batches).poll_next(context)) {
                Some(Ok(message)) => this.take(message),
                Some(Err(status)) => Err(ClientError::from_status(&status)),
                None => {
                    this.failed = true;
                    return Poll::Ready(this.end().map(Err));
                }
            };
            if let Err(error) = taken {
                this.failed = true;
                this.ready.clear();
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}
