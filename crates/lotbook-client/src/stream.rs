//! Streams of verified entries: a range, and a subscription.

use crate::error::{ClientError, Untrustworthy};
use crate::follower::{Batch, Cursor, Follower, VerifiedEntry};
use crate::held::Held;
use crate::receipt::proof_from_wire;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use lotbook_chain::Checkpoint;
use lotbook_rpc::proto::{ListEntriesResponse, SubscribeResponse};
use std::collections::VecDeque;
use tokio_stream::Stream;

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
    /// So many entries, all told before, are under a checkpoint that the ledger's witnesses have cosigned.
    Witnessed {
        /// Entries under it.
        size: u64,
        /// Its note. The log's signature is verified, the witnesses' are not: a [`lotbook_chain::Policy`] does.
        note: String,
    },
}

/// Everything from a position on; ends with an error, after which [`Subscription::cursor`] goes on.
#[derive(Debug)]
pub struct Subscription {
    batches: Held<SubscribeResponse>,
    follower: Follower,
    ready: VecDeque<Verified>,
    /// Whether the marker has come.
    caught_up: bool,
    ended: bool,
}

/// A range of entries; complete when it ends without an error.
#[derive(Debug)]
pub struct Entries {
    batches: Held<ListEntriesResponse>,
    follower: Follower,
    to: u64,
    head: Checkpoint,
    ready: VecDeque<VerifiedEntry>,
    ended: bool,
}

impl Subscription {
    pub(crate) fn new(batches: Held<SubscribeResponse>, follower: Follower) -> Self {
        Self { batches, follower, ready: VecDeque::new(), caught_up: false, ended: false }
    }

    /// Where to go on with [`crate::Client::resume`]: after the last *batch* that was verified. Items of
    /// it that were not taken yet are still to come from this stream.
    pub fn cursor(&self) -> &Cursor {
        self.follower.cursor()
    }

    fn take(&mut self, message: SubscribeResponse) -> Result<(), ClientError> {
        if !message.witnessed_checkpoint.is_empty() {
            if !message.entries.is_empty() || message.caught_up {
                return Err(Untrustworthy::Marker("came with entries").into());
            }
            let proof = proof_from_wire("consistency_proof", &message.consistency_proof)?;
            let note = message.witnessed_checkpoint;
            let size = self.follower.witnessed(&note, &message.checkpoint, &proof)?;
            self.ready.push_back(Verified::Witnessed { size, note });
            return Ok(());
        }
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
        let proof = proof_from_wire("inclusion_proof", &message.inclusion_proof)?;
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
            if this.ended {
                return Poll::Ready(None);
            }
            let taken = match ready!(this.batches.poll_next(this.follower.cursor(), context)) {
                Some(Ok(message)) => this.take(message).and_then(|()| this.batches.follow()),
                Some(Err(error)) => Err(error),
                None => Err(ClientError::unavailable("the server ended the subscription")),
            };
            if let Err(error) = taken {
                this.ended = true;
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}

impl Entries {
    pub(crate) fn new(
        batches: Held<ListEntriesResponse>,
        follower: Follower,
        to: u64,
        head: Checkpoint,
    ) -> Self {
        Self { batches, follower, to, head, ready: VecDeque::new(), ended: false }
    }

    fn take(&mut self, message: ListEntriesResponse) -> Result<(), ClientError> {
        let proof = proof_from_wire("inclusion_proof", &message.inclusion_proof)?;
        let batch =
            Batch { from: message.from, entries: message.entries, proof, checkpoint: message.checkpoint };
        let entries = self.follower.batch(batch)?;
        let (expected, found) = (self.to, self.follower.cursor().next);
        if found > expected {
            return Err(Untrustworthy::OtherPosition { expected, found }.into());
        }
        self.ready = entries.into();
        Ok(())
    }

    /// Whether everything has come, and the tree rebuilt of it is the one that was signed.
    fn check_end(&self) -> Result<(), Untrustworthy> {
        let (expected, found) = (self.to, self.follower.cursor().next);
        if found != expected {
            return Err(Untrustworthy::EndedEarly { expected, found });
        }
        self.follower.cursor().agree(&self.head)
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
            if this.ended {
                return Poll::Ready(None);
            }
            let taken = match ready!(this.batches.poll_next(this.follower.cursor(), context)) {
                Some(Ok(message)) => this.take(message).and_then(|()| this.batches.follow()),
                Some(Err(error)) => Err(error),
                None => {
                    this.ended = true;
                    this.check_end().map_err(ClientError::from)
                }
            };
            if let Err(error) = taken {
                this.ended = true;
                return Poll::Ready(Some(Err(error)));
            }
        }
    }
}
