//! A running server: engine, gRPC, tiles over HTTP, the asking of witnesses, and a clean stop.

use anyhow::Result;
use lotbook_engine::Engine;
use lotbook_server::{ServeError, Server, Tiles, Witnessing};
use std::net::SocketAddr;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Where a server is to listen; port 0 takes a free one.
#[derive(Debug, Clone, Copy)]
pub struct Doors {
    /// gRPC.
    pub grpc: SocketAddr,
    /// Checkpoint and tiles over HTTP, if they are to be served.
    pub http: Option<SocketAddr>,
}

impl Doors {
    /// gRPC on a free port of this machine, for itself only.
    pub const LOCAL: Self = Self { grpc: LOOPBACK, http: None };
    /// gRPC and tiles, each on a free port of this machine, for itself only.
    pub const LOCAL_WITH_TILES: Self = Self { grpc: LOOPBACK, http: Some(LOOPBACK) };
}

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

/// A server in this process.
pub struct Serving {
    /// Where it listens for gRPC.
    pub url: String,
    /// Where the tiles are, if they are served.
    pub tiles: Option<String>,
    /// The engine behind it.
    pub engine: Engine,
    stop: watch::Sender<bool>,
    grpc: JoinHandle<Result<(), ServeError>>,
    http: Option<JoinHandle<()>>,
    witnessing: Option<Witnessing>,
}

impl Serving {
    /// Starts to serve.
    pub async fn start(engine: Engine, doors: Doors) -> Result<Self> {
        let server = Server::bind(engine.clone(), doors.grpc).await?;
        let url = format!("http://{}", server.address());
        let (stop, stopping) = watch::channel(false);
        let (http, tiles) = match doors.http {
            Some(address) => {
                let tiles = Tiles::bind(engine.clone(), address).await?;
                let url = format!("http://{}", tiles.address());
                (Some(tokio::spawn(tiles.serve(told(stopping.clone())))), Some(url))
            }
            None => (None, None),
        };
        let witnessing = Witnessing::start(&engine)?;
        let grpc = tokio::spawn(server.serve(told(stopping)));
        Ok(Self { url, tiles, engine, stop, grpc, http, witnessing })
    }

    /// Stops: streams end, what waits is done, the anchor is written.
    pub async fn stop(self) -> Result<()> {
        self.stop.send_replace(true);
        let served = self.grpc.await?;
        if let Some(http) = self.http {
            http.await?;
        }
        let (engine, witnessing) = (self.engine, self.witnessing);
        let stopping = move || {
            if let Some(witnessing) = witnessing {
                witnessing.stop();
            }
            engine.stop();
        };
        tokio::task::spawn_blocking(stopping).await?;
        Ok(served?)
    }

    /// Serves until the process is told to stop, or the ledger stops by itself.
    pub async fn until_told(self) -> Result<()> {
        let engine = self.engine.clone();
        let failed = async {
            while engine.stopped().is_none() {
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            }
        };
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
            () = failed => {}
        }
        let why = self.engine.stopped();
        self.stop().await?;
        match why {
            Some(why) => anyhow::bail!("the ledger stopped: {why}"),
            None => Ok(()),
        }
    }
}

async fn told(mut stopping: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    drop(stopping.wait_for(|stop| *stop).await);
}
