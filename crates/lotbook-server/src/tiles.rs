//! The ledger as static files over HTTP: what the published checkpoint covers, and nothing beyond it ([P-114]).

use lotbook_engine::Engine;
use lotbook_engine::chain::{TileId, TreeHash};
use lotbook_tlog::serve::{Published, Unavailable, router, serve_on};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// The room of one entry is small beside the largest bundle: all that were asked for are wanted.
const ALL_BYTES: usize = usize::MAX;

/// A bound HTTP server that does not serve yet.
pub struct Tiles {
    engine: Engine,
    listener: TcpListener,
    address: SocketAddr,
}

impl Tiles {
    /// Binds an address; port 0 takes a free one.
    ///
    /// # Errors
    /// [`crate::ServeError::Listen`] or [`crate::ServeError::Address`].
    pub async fn bind(engine: Engine, address: SocketAddr) -> Result<Self, crate::ServeError> {
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|error| crate::ServeError::Listen { address, error })?;
        let address = listener.local_addr().map_err(crate::ServeError::Address)?;
        Ok(Self { engine, listener, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is done, then lets connections end.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        serve_on(self.listener, router(Arc::new(Log(self.engine))), shutdown).await;
    }
}

/// The engine's log; a type of its own, as neither trait nor engine is this room's.
struct Log(Engine);

impl Published for Log {
    fn checkpoint(&self) -> Result<Option<String>, Unavailable> {
        Ok(self.0.published_checkpoint())
    }

    fn hashes(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, Unavailable> {
        self.0.tile(id, width).map_err(unavailable)
    }

    fn entries(&self, from: u64, count: u16) -> Result<Vec<Vec<u8>>, Unavailable> {
        self.0.entries(from, usize::from(count), ALL_BYTES).map_err(unavailable)
    }
}

fn unavailable(error: lotbook_engine::Unavailable) -> Unavailable {
    Unavailable(error.0)
}
