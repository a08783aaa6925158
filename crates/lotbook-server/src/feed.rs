//! The feed: brings one reader entries from the store, at the reader's pace, without gap.
//!
//! Nothing is queued for a reader but one batch: a slow one is fed from the store, and one that takes
//! nothing for [`limits::STALLED_READER`] is sent away with the position to resume from.

use crate::limits;
use crate::reader::{Batch, Reader};
use crate::serve::stopped;
use crate::service::blocking;
use crate::wire;
use core::pin::Pin;
use core::task::{Context, Poll};
use lotbook_rpc::proto::SubscribeResponse;
use lotbook_rpc::status;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, mpsc, watch};
use tokio_stream::Stream;
use tonic::Status;

/// What one reader is sent, and how it ends.
pub(crate) struct Feed<T> {
    reader: Arc<Reader>,
    stopping: watch::Receiver<bool>,
    /// Position of the next entry to send.
    next: u64,
    /// Size of the newest checkpoint that the reader may have seen, here or before: it never shrinks.
    known: u64,
    message: fn(&Batch) -> T,
    out: mpsc::Sender<Result<T, Status>>,
    /// A place kept free in the channel, so that the end can be told to a reader that is behind.
    last_word: mpsc::OwnedPermit<Result<T, Status>>,
}

/// The reader's end.
pub struct Messages<T> {
    messages: mpsc::Receiver<Result<T, Status>>,
    /// Held until the reader is gone: what it has not taken is still in memory.
    _place: OwnedSemaphorePermit,
}

impl<T> Messages<T> {
    /// The end of a reader that holds a place.
    pub fn new(messages: mpsc::Receiver<Result<T, Status>>, place: OwnedSemaphorePermit) -> Self {
        Self { messages, _place: place }
    }
}

/// Why a feed ends before its range does.
enum End {
    /// The reader is gone.
    Gone,
    /// The reader is told.
    Told(Status),
}

impl<T: Send + 'static> Feed<T> {
    /// A feed from a position on, and its reader's end.
    pub fn open(
        reader: Arc<Reader>,
        stopping: watch::Receiver<bool>,
        from: u64,
        message: fn(&Batch) -> T,
        place: OwnedSemaphorePermit,
    ) -> Result<(Self, Messages<T>), Status> {
        let (out, messages) = mpsc::channel(limits::WAITING_BATCHES.saturating_add(1));
        let last_word = out.clone().try_reserve_owned().map_err(|_| status::overloaded())?;
        let known = reader.size();
        let feed = Self { reader, stopping, next: from, known, message, out, last_word };
        Ok((feed, Messages::new(messages, place)))
    }

    /// Sends the entries up to, not including, a position.
    pub async fn list(mut self, to: u64) {
        let ended = self.send_up_to(to).await;
        self.finish(ended);
    }

    async fn send_up_to(&mut self, to: u64) -> Result<(), End> {
        while self.next < to {
            let batch = self.reader.batch(self.next, to, self.known).await.map_err(End::Told)?;
            self.send((self.message)(&batch)).await?;
            (self.next, self.known) = (batch.to, batch.size);
        }
        Ok(())
    }

    async fn send(&mut self, message: T) -> Result<(), End> {
        let end = |why| Err(End::Told(status::stream_ended(why, self.next)));
        tokio::select! {
            sent = self.out.send(Ok(message)) => sent.map_err(|_| End::Gone),
            () = tokio::time::sleep(limits::STALLED_READER) => end("the reader took nothing for 30 s"),
            () = stopped(&mut self.stopping) => end("the server stops"),
        }
    }

    fn finish(self, ended: Result<(), End>) {
        if let Err(End::Told(status)) = ended {
            tracing::debug!(next = self.next, message = status.message(), "ended a stream");
            self.last_word.send(Err(status));
        }
    }
}

/// What a subscription waits for.
#[derive(Clone)]
pub(crate) struct Moves {
    /// The durable size.
    pub head: watch::Receiver<u64>,
    /// The size of the newest witnessed checkpoint.
    pub witnessed: watch::Receiver<u64>,
}

impl Feed<SubscribeResponse> {
    /// Sends what there is, the marker, then what comes, until the reader is gone or the server stops.
    pub async fn subscribe(mut self, mut moves: Moves) {
        let ended = self.follow(&mut moves).await;
        self.finish(ended);
    }

    async fn follow(&mut self, moves: &mut Moves) -> Result<(), End> {
        let (mut caught_up, mut told) = (false, 0);
        loop {
            // Marked as seen before they are read: what moves in between wakes this loop again.
            moves.head.mark_unchanged();
            moves.witnessed.mark_unchanged();
            self.send_up_to(self.reader.size()).await?;
            if !caught_up {
                let checkpoint = self.reader.checkpoint();
                self.known = self.known.max(wire::checkpoint_size(&checkpoint).unwrap_or(0));
                self.send(wire::caught_up(self.next, checkpoint)).await?;
                caught_up = true;
            }
            if !self.send_witnessed(&mut told).await? {
                continue;
            }
            tokio::select! {
                changed = moves.head.changed() => changed.map_err(|_| self.stop())?,
                changed = moves.witnessed.changed() => changed.map_err(|_| self.stop())?,
                () = stopped(&mut self.stopping) => return Err(self.stop()),
                () = self.out.closed() => return Err(End::Gone),
            }
        }
    }

    /// Tells of the newest witnessed checkpoint if it was not `told` yet; false if its entries must go first.
    async fn send_witnessed(&mut self, told: &mut u64) -> Result<bool, End> {
        if !self.reader.waits_for_witnesses() {
            return Ok(true);
        }
        let reader = self.reader.clone();
        let witnessed = blocking(move || reader.witnessed()).await.map_err(End::Told)?;
        let Some(witnessed) = witnessed.map_err(End::Told)?.filter(|witnessed| witnessed.size > *told) else {
            return Ok(true);
        };
        if witnessed.size > self.next {
            return Ok(false);
        }
        let size = wire::checkpoint_size(&witnessed.checkpoint).unwrap_or(0);
        if size < self.known {
            // Read before a batch that was sent meanwhile by another task: the next look is newer.
            return Ok(false);
        }
        (*told, self.known) = (witnessed.size, size);
        self.send(wire::witnessed(self.next, witnessed.note, witnessed.checkpoint, &witnessed.proof)).await?;
        Ok(true)
    }

    fn stop(&self) -> End {
        End::Told(status::stream_ended("the server stops", self.next))
    }
}

impl<T> Stream for Messages<T> {
    type Item = Result<T, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.messages.poll_recv(context)
    }
}
