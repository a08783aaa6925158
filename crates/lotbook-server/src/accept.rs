//! Accepting: so many connections at once, and none that says nothing.

use crate::limits;
use core::pin::Pin;
use core::task::{Context, Poll};
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Sleep, sleep};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::server::{Connected, TcpConnectInfo};

/// A connection with its place among [`limits::MAX_CONNECTIONS`].
pub(crate) struct Connection {
    stream: TcpStream,
    /// The time for the preface; gone once it has come.
    preface: Option<Pin<Box<Sleep>>>,
    received: usize,
    _place: OwnedSemaphorePermit,
}

/// Connections as they come; while all places are taken, new ones wait in the system's queue.
pub(crate) fn incoming(listener: TcpListener) -> ReceiverStream<io::Result<Connection>> {
    let (out, connections) = mpsc::channel(1);
    tokio::spawn(async move {
        let places = Arc::new(Semaphore::new(limits::MAX_CONNECTIONS));
        tokio::select! {
            () = accept_all(listener, places, &out) => {}
            () = out.closed() => {}
        }
    });
    ReceiverStream::new(connections)
}

async fn accept_all(
    listener: TcpListener,
    places: Arc<Semaphore>,
    out: &mpsc::Sender<io::Result<Connection>>,
) {
    while let Ok(place) = places.clone().acquire_owned().await {
        match listener.accept().await {
            Ok((stream, _)) => {
                if out.send(Ok(Connection::new(stream, place))).await.is_err() {
                    return;
                }
            }
            Err(error) => {
                tracing::warn!(%error, "failed to accept a connection");
                sleep(limits::ACCEPT_PAUSE).await;
            }
        }
    }
}

impl Connection {
    fn new(stream: TcpStream, place: OwnedSemaphorePermit) -> Self {
        // Small answers go out at once; where the system cannot, they are only later.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "failed to set TCP_NODELAY");
        }
        let preface = Some(Box::pin(sleep(limits::PREFACE_TIMEOUT)));
        Self { stream, preface, received: 0, _place: place }
    }
}

impl Connected for Connection {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> TcpConnectInfo {
        self.stream.connect_info()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        let Some(preface) = &mut self.preface else { return read };
        let late = preface.as_mut().poll(cx).is_ready();
        self.received = self.received.saturating_add(buf.filled().len().saturating_sub(before));
        if self.received >= limits::PREFACE_BYTES {
            self.preface = None;
        } else if late {
            return Poll::Ready(Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "no HTTP/2 preface came in time",
            )));
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_stream::StreamExt;

    async fn pair() -> (TcpStream, Connection) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let connection = incoming(listener).next().await.unwrap().unwrap();
        (client, connection)
    }

    #[tokio::test]
    async fn who_sends_a_preface_is_read() {
        let (mut client, mut connection) = pair().await;
        client.write_all(&[7; limits::PREFACE_BYTES]).await.unwrap();
        let mut received = [0; limits::PREFACE_BYTES];
        connection.read_exact(&mut received).await.unwrap();
        assert!(connection.preface.is_none());
    }

    #[tokio::test]
    async fn who_does_not_finish_it_in_time_is_cut_off() {
        let (mut client, mut connection) = pair().await;
        client.write_all(b"PRI").await.unwrap();
        connection.preface = Some(Box::pin(sleep(std::time::Duration::from_millis(5))));
        let mut received = [0; limits::PREFACE_BYTES];
        let error = connection.read_exact(&mut received).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
