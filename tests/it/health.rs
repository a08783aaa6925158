//! Health and reflection: every service is serving until the stop, and says what it takes.

use crate::world::World;
use std::collections::BTreeSet;
use tokio_stream::StreamExt;
use tonic::transport::Channel;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

const SERVICES: [&str; 9] = [
    "lotbook.v1.DrawQueryService",
    "lotbook.v1.InspectionQueryService",
    "lotbook.v1.LogService",
    "lotbook.v1.OversightQueryService",
    "lotbook.v1.PlanQueryService",
    "lotbook.v1.ProofService",
    "lotbook.v1.RecusalQueryService",
    "lotbook.v1.RegistryQueryService",
    "lotbook.v1.SubmitService",
];

async fn channel(world: &World) -> Channel {
    Channel::from_shared(world.serving.url.clone()).unwrap().connect().await.unwrap()
}

fn named(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.to_owned() }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_service_serves_until_the_stop_and_watchers_are_told() {
    let world = World::new().await;
    let mut health = HealthClient::new(channel(&world).await);
    for service in SERVICES.into_iter().chain([""]) {
        let answer = health.check(named(service)).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{service}");
    }
    let unknown = health.check(named("lotbook.v1.NoService")).await.unwrap_err();
    assert_eq!(unknown.code(), tonic::Code::NotFound);
    let mut watched = health.watch(named("lotbook.v1.SubmitService")).await.unwrap().into_inner();
    assert_eq!(watched.next().await.unwrap().unwrap().status(), ServingStatus::Serving);
    let stopping = tokio::spawn(world.serving.stop());
    assert_eq!(watched.next().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    assert!(watched.next().await.is_none(), "the stream ends, so that the server can");
    drop((watched, health));
    stopping.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_has_stopped_for_good_does_not_serve() {
    let world = World::new().await;
    let mut health = HealthClient::new(channel(&world).await);
    let mut watched = health.watch(named("")).await.unwrap().into_inner();
    assert_eq!(watched.next().await.unwrap().unwrap().status(), ServingStatus::Serving);
    let engine = world.serving.engine.clone();
    tokio::task::spawn_blocking(move || engine.stop()).await.unwrap();
    assert_eq!(watched.next().await.unwrap().unwrap().status(), ServingStatus::NotServing);
    let answer = health.check(named("lotbook.v1.LogService")).await.unwrap().into_inner();
    assert_eq!(answer.status(), ServingStatus::NotServing);
    drop((watched, health));
    world.serving.stop().await.unwrap();
}

async fn reflect(world: &World, request: MessageRequest) -> MessageResponse {
    let mut client = ServerReflectionClient::new(channel(world).await);
    let request = ServerReflectionRequest { host: String::new(), message_request: Some(request) };
    let answers = client.server_reflection_info(tokio_stream::iter([request])).await.unwrap();
    answers.into_inner().next().await.unwrap().unwrap().message_response.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn reflection_lists_the_services_and_knows_the_events() {
    let world = World::new().await;
    let answer = reflect(&world, MessageRequest::ListServices(String::new())).await;
    let MessageResponse::ListServicesResponse(listed) = answer else { panic!("{answer:?}") };
    let listed: BTreeSet<String> = listed.service.into_iter().map(|service| service.name).collect();
    for service in SERVICES.into_iter().chain(["grpc.health.v1.Health"]) {
        assert!(listed.contains(service), "{service} is not among {listed:?}");
    }
    for symbol in ["lotbook.v1.Statement", "lotbook.v1.PoolFrozen", "lotbook.v1.InspectionView"] {
        let answer = reflect(&world, MessageRequest::FileContainingSymbol(symbol.to_owned())).await;
        assert!(matches!(answer, MessageResponse::FileDescriptorResponse(_)), "{symbol}: {answer:?}");
    }
    world.verify().await;
}
