//! Health (grpc.health.v1): serving, until the writer has stopped for good or the server is told to stop.

use crate::limits;
use crate::serve::stopped;
use lotbook_engine::Engine;
use lotbook_rpc::proto;
use tokio::sync::watch;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::server::{HealthReporter, health_reporter};

/// Every service by its full name; the empty name is the whole server.
pub const SERVICES: [&str; 10] = [
    "",
    proto::submit_service_server::SERVICE_NAME,
    proto::log_service_server::SERVICE_NAME,
    proto::proof_service_server::SERVICE_NAME,
    proto::registry_query_service_server::SERVICE_NAME,
    proto::plan_query_service_server::SERVICE_NAME,
    proto::draw_query_service_server::SERVICE_NAME,
    proto::recusal_query_service_server::SERVICE_NAME,
    proto::inspection_query_service_server::SERVICE_NAME,
    proto::oversight_query_service_server::SERVICE_NAME,
];

/// The health service, which follows the engine and the server.
pub(crate) async fn service(
    engine: &Engine,
    mut stopping: watch::Receiver<bool>,
) -> HealthServer<impl Health> {
    let (reporter, service) = health_reporter();
    tell(&reporter, ServingStatus::Serving).await;
    let mut ended = ended(engine);
    tokio::spawn(async move {
        tokio::select! {
            () = stopped(&mut stopping) => {}
            () = stopped(&mut ended) => {}
        }
        tell(&reporter, ServingStatus::NotServing).await;
        stopped(&mut stopping).await;
        tokio::time::sleep(limits::HEALTH_LAST_WORD).await;
        forget(reporter).await;
    });
    service.max_decoding_message_size(limits::MAX_REQUEST_BYTES)
}

async fn tell(reporter: &HealthReporter, status: ServingStatus) {
    for name in SERVICES {
        reporter.set_service_status(name, status).await;
    }
}

/// Ends the streams of those who watch, so that connections can end.
async fn forget(mut reporter: HealthReporter) {
    for name in SERVICES {
        reporter.clear_service_status(name).await;
    }
}

/// Becomes true when the writer has stopped for good.
fn ended(engine: &Engine) -> watch::Receiver<bool> {
    let (tell, ended) = watch::channel(false);
    engine.on_end(Box::new(move || {
        tell.send_replace(true);
    }));
    ended
}
