//! Streams of submissions: answers in order and equal to those of single calls, cut and sent again, ended by a stop.

use crate::steps::{FIRM, direct, violation};
use crate::world::World;
use lotbook_client::{Answered, ClientError, SignedStatement, Submitted};
use lotbook_event::Event;
use lotbook_event::keys::Role;
use lotbook_event::result::InvestigationOpened;
use std::collections::BTreeSet;
use tokio_stream::{StreamExt, wrappers::ReceiverStream};

fn sign(
    world: &World,
    key: &str,
    role: Role,
    section: Option<&str>,
    event: impl Into<Event>,
) -> SignedStatement {
    let statement = world.statement(role, section, event);
    SignedStatement::sign(world.client.trust_root(), &world.key(key), &statement)
}

fn accepted(world: &World, n: usize) -> SignedStatement {
    let event = direct(world, &format!("S-{n}"), FIRM);
    sign(world, "section_officer-S04", Role::SectionOfficer, Some("S04"), event)
}

fn refused(world: &World, n: usize) -> SignedStatement {
    let event = InvestigationOpened { violation: violation(&format!("V-{n}")) };
    sign(world, "handler", Role::Handler, None, event)
}

/// Every third is new, every third is refused, every third is the new one again.
fn mixed(world: &World, count: usize) -> Vec<SignedStatement> {
    let mut mixed: Vec<SignedStatement> = Vec::new();
    for n in 0..count {
        mixed.push(match n % 3 {
            0 => accepted(world, n),
            1 => refused(world, n),
            _ => mixed[n - 2].clone(),
        });
    }
    mixed
}

async fn answers(world: &World, statements: Vec<SignedStatement>) -> Vec<Answered> {
    let mut stream = world.client.submit_stream(tokio_stream::iter(statements)).await.unwrap();
    let mut answers = Vec::new();
    while let Some(answered) = stream.next().await {
        answers.push(answered.unwrap());
    }
    assert_eq!(stream.unanswered(), []);
    answers
}

/// What must be the same each time: place and hash, or the code of the refusal.
fn told(result: &Result<Submitted, ClientError>) -> Result<(u64, [u8; 32]), String> {
    match result {
        Ok(submitted) => Ok((submitted.position.0, submitted.hash.0)),
        Err(ClientError::Refused(refused)) => {
            assert!(refused.receipt.is_some(), "a refusal without the ledger's verified word");
            Err(refused.error.reason.clone())
        }
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_statements_are_answered_in_order_as_single_calls_would_be() {
    let mut world = World::new().await;
    let statements = mixed(&world, 300);
    let answers = answers(&world, statements.clone()).await;
    assert_eq!(answers.len(), statements.len());
    let mut positions = Vec::new();
    for (n, (answered, signed)) in answers.iter().zip(&statements).enumerate() {
        assert_eq!(answered.signed, *signed, "{n}: another statement's turn");
        let told_here = told(&answered.result);
        match n % 3 {
            0 => positions.push(told_here.clone().unwrap().0),
            1 => assert_eq!(told_here, Err("UNKNOWN_SUBJECT".to_owned())),
            _ => assert_eq!(told_here, told(&answers[n - 2].result), "{n}: the same receipt again"),
        }
        // Beyond the limit of refusals of one hour the answers are the same.
        assert_eq!(told_here, told(&world.client.submit_signed(signed).await), "{n}: a single call");
    }
    assert!(positions.is_sorted() && positions.iter().collect::<BTreeSet<_>>().len() == 100);
    world.follow().await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_sent_and_the_stream_ends() {
    let world = World::new().await;
    assert!(answers(&world, Vec::new()).await.is_empty());
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_cut_and_sent_again_records_nothing_twice() {
    let mut world = World::new().await;
    let statements: Vec<_> = (0..100).map(|n| accepted(&world, n)).collect();
    let (send, receive) = tokio::sync::mpsc::channel(100);
    for signed in &statements {
        send.send(signed.clone()).await.unwrap();
    }
    let mut stream = world.client.submit_stream(ReceiverStream::new(receive)).await.unwrap();
    let mut before = Vec::new();
    for _ in 0..30 {
        before.push(told(&stream.next().await.unwrap().unwrap().result));
    }
    drop((stream, send));
    let after: Vec<_> =
        answers(&world, statements).await.iter().map(|answered| told(&answered.result)).collect();
    assert_eq!(before[..], after[..30], "the same receipts");
    let positions: BTreeSet<_> = after.iter().map(|told| told.as_ref().unwrap().0).collect();
    assert_eq!(positions.len(), 100);
    world.follow().await;
    let opened = world.replica.state().inspections.keys().filter(|id| id.as_str().starts_with("S-")).count();
    assert_eq!(opened, 100);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_none_is_answered_and_the_stream_goes_on() {
    let world = World::new().await;
    let good = accepted(&world, 0);
    let forged = SignedStatement { statement: accepted(&world, 1).statement, ..good.clone() };
    let answers = answers(&world, vec![forged, good]).await;
    let Err(ClientError::Refused(refused)) = &answers[0].result else { panic!("{answers:?}") };
    assert_eq!(refused.error.reason, "BAD_SIGNATURE");
    assert!(told(&answers[1].result).is_ok());
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_of_the_server_ends_the_stream_with_a_word() {
    let world = World::new().await;
    let (send, receive) = tokio::sync::mpsc::channel(1);
    let mut stream = world.client.submit_stream(ReceiverStream::new(receive)).await.unwrap();
    send.send(accepted(&world, 0)).await.unwrap();
    assert!(told(&stream.next().await.unwrap().unwrap().result).is_ok());
    let stopping = tokio::spawn(world.serving.stop());
    let end = stream.next().await.unwrap().unwrap_err();
    assert!(matches!(&end, ClientError::Unavailable(why) if why.found.contains("stops")), "{end}");
    assert!(stream.next().await.is_none());
    drop((stream, send));
    stopping.await.unwrap().unwrap();
}
