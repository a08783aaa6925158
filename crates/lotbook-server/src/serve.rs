//! The server: binds, serves until told to stop, and ends every stream with a position to resume from.

use crate::accept::incoming;
use crate::feed::Moves;
use crate::reader::Reader;
use crate::service::draw_query::DrawQuery;
use crate::service::inspection_query::InspectionQuery;
use crate::service::oversight_query::OversightQuery;
use crate::service::plan_query::PlanQuery;
use crate::service::recusal_query::RecusalQuery;
use crate::service::registry_query::RegistryQuery;
use crate::service::{log::Log, proof::Proof, submit::Submit};
use crate::views::Views;
use crate::{health, limits};
use lotbook_engine::Engine;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tonic_reflection::server::v1::{ServerReflection, ServerReflectionServer};

/// A bound server that does not serve yet.
pub struct Server {
    engine: Engine,
    listener: TcpListener,
    address: SocketAddr,
}

/// Why a server does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("failed to listen on {address}: {error}")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
    /// The listener has no address.
    #[error("failed to read the address of the listener: {0}")]
    Address(std::io::Error),
    /// The descriptors cannot be read.
    #[error("failed to set up reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// The transport failed.
    #[error("failed to serve: {0}")]
    Transport(#[from] tonic::transport::Error),
}

/// Binds and serves until `shutdown` is done. Use [`Server::bind`] to learn the address of port 0.
///
/// # Errors
/// See [`ServeError`].
pub async fn serve(
    engine: Engine,
    listen: SocketAddr,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    Server::bind(engine, listen).await?.serve(shutdown).await
}

impl Server {
    /// Binds an address; port 0 takes a free one.
    ///
    /// # Errors
    /// [`ServeError::Listen`].
    pub async fn bind(engine: Engine, address: SocketAddr) -> Result<Self, ServeError> {
        let listener =
            TcpListener::bind(address).await.map_err(|error| ServeError::Listen { address, error })?;
        Self::on(engine, listener)
    }

    /// Takes a listener that is bound already.
    ///
    /// # Errors
    /// [`ServeError::Address`].
    pub fn on(engine: Engine, listener: TcpListener) -> Result<Self, ServeError> {
        let address = listener.local_addr().map_err(ServeError::Address)?;
        Ok(Self { engine, listener, address })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown` is done, then ends the streams and gives connections
    /// [`limits::DRAIN`] to end. The engine goes on; stopping it is its owner's part.
    ///
    /// # Errors
    /// [`ServeError::Transport`].
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<(), ServeError> {
        let Self { engine, listener, address } = self;
        let (stop, mut stopping) = watch::channel(false);
        let log = Log::new(Arc::new(Reader::new(engine.clone())), follow(&engine), stopping.clone());
        let views = Views::new(engine.clone());
        let router = limits::server()
            .add_service(health::service(&engine, stopping.clone()).await)
            .add_service(reflection()?)
            .add_service(Submit::new(engine.clone(), stopping.clone()).service())
            .add_service(log.service())
            .add_service(Proof::new(engine).service())
            .add_service(RegistryQuery::new(views.clone()).service())
            .add_service(PlanQuery::new(views.clone()).service())
            .add_service(DrawQuery::new(views.clone()).service())
            .add_service(RecusalQuery::new(views.clone()).service())
            .add_service(InspectionQuery::new(views.clone()).service())
            .add_service(OversightQuery::new(views).service());
        let signal = async {
            shutdown.await;
            stop.send_replace(true);
        };
        tracing::info!(%address, "serving");
        let serving = router.serve_with_incoming_shutdown(incoming(listener), signal);
        let drained = async {
            stopped(&mut stopping).await;
            tokio::time::sleep(limits::DRAIN).await;
        };
        tokio::select! {
            served = serving => served?,
            () = drained => tracing::warn!(%address, "stopped with connections still open"),
        }
        tracing::info!(%address, "stopped");
        Ok(())
    }
}

/// Reflection over everything that is served, with the events that travel as bytes.
fn reflection() -> Result<ServerReflectionServer<impl ServerReflection>, ServeError> {
    let builder = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(lotbook_rpc::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET);
    let service = builder.build_v1()?;
    Ok(service.max_decoding_message_size(limits::MAX_REQUEST_BYTES))
}

/// The durable size and the witnessed one, told by the engine as they move.
fn follow(engine: &Engine) -> Moves {
    let (heads, head) = watch::channel(0);
    engine.on_publish(grow(heads));
    let (sizes, witnessed) = watch::channel(0);
    engine.on_witnessed(grow(sizes));
    Moves { head, witnessed }
}

/// Tells larger sizes only: groups may be told out of order.
fn grow(sizes: watch::Sender<u64>) -> Box<dyn Fn(u64) + Send + Sync> {
    Box::new(move |size| {
        sizes.send_if_modified(|known| {
            let moved = size > *known;
            *known = size.max(*known);
            moved
        });
    })
}

/// Waits until the server is told to stop.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server is gone, which is a stop as well.
    drop(stopping.wait_for(|stop| *stop).await);
}
