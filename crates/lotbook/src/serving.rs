//! A running server: engine, gRPC, and a clean stop.

use anyhow::Result;
use indicatif::{ProgressBar, ProgressStyle};
use lotbook_engine::Engine;
use lotbook_server::{ServeError, Server};
use lotbook_store::{Phase, Progress};
use std::net::SocketAddr;
use tokio::sync::oneshot;

/// A server in this process.
pub struct Serving {
    /// Where it listens.
    pub url: String,
    /// The engine behind it.
    pub engine: Engine,
    stop: oneshot::Sender<()>,
    task: tokio::task::JoinHandle<Result<(), ServeError>>,
}

impl Serving {
    /// Starts to serve; port 0 takes a free one.
    pub async fn start(engine: Engine, listen: SocketAddr) -> Result<Self> {
        let server = Server::bind(engine.clone(), listen).await?;
        let url = format!("http://{}", server.address());
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.serve(async {
            stopped.await.ok();
        }));
        Ok(Self { url, engine, stop, task })
    }

    /// Stops: streams end, what waits is done, the anchor is written.
    pub async fn stop(self) -> Result<()> {
        self.stop.send(()).ok();
        let served = self.task.await?;
        let engine = self.engine;
        tokio::task::spawn_blocking(move || engine.stop()).await?;
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

/// Shows how far a start has come, on a terminal only.
pub fn progress() -> Box<dyn FnMut(Progress) + Send> {
    let bar = ProgressBar::no_length();
    let style = ProgressStyle::with_template("{msg}: {pos} entries ({per_sec})");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    Box::new(move |progress| {
        bar.set_message(match progress.phase {
            Phase::CheckingJournal => "checking the journal",
            Phase::CompletingIndex => "completing the index",
            Phase::RebuildingIndex => "rebuilding the index",
        });
        bar.set_position(progress.done);
    })
}
