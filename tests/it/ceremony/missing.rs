//! Who committed and does not reveal: left out where a beacon is still to come, the end of the attempt where not.

use super::{ceremony, certificate, code, held, league, next, open, with_league};
use crate::world::{DAY, World};
use lotbook_domain::ceremony::Stage;
use lotbook_event::ceremony::{FailureCode, Purpose};
use lotbook_event::keys::Role;
use std::collections::BTreeSet;

#[tokio::test(flavor = "multi_thread")]
async fn with_a_beacon_a_missing_reveal_is_left_out_of_the_seed() {
    let mut world = with_league().await;
    let draw = held(&mut world, &["notary"]).await;
    assert_eq!(ceremony(&world, &draw).stage, Stage::Revealing);
    world.wait(2 * 3_600).await;
    let closed = ceremony(&world, &draw);
    assert_eq!(closed.stage, Stage::Closed);
    assert_eq!(closed.missing(), BTreeSet::from([world.key("notary").public().key_id()]));
    let round = league::round(&world, &draw);
    world.state("notary", Role::Notary, None, round).await.unwrap();
    assert_eq!(ceremony(&world, &draw).stage, Stage::Drawn);
    let certificate = certificate(&world, &draw, &[]).await;
    let silent =
        certificate.ceremony.participants.iter().filter(|p| p.commitment.is_some() && p.reveal.is_none());
    assert_eq!(silent.count(), 1);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_beacon_too_few_reveals_fail_and_bar_nobody() {
    let mut world = with_league().await;
    // Only the drawing section reveals, then nobody from outside.
    let draw = held(&mut world, &["notary", "supervisor"]).await;
    world.wait(2 * 3_600).await;
    let failed = ceremony(&world, &draw);
    assert_eq!((failed.stage, failed.failed), (Stage::Failed, Some(FailureCode::TooFewReveals)));
    assert!(failed.barred.is_empty(), "it was blind: there was nothing to be gained");
    let (first, roots) = (league::awaited(&world, &draw), failed.frozen.clone().unwrap().stated);
    let retry = next(&world, Purpose::Batch);
    open(&mut world, retry).await.unwrap();
    let second = ceremony(&world, &super::draw(2)).frozen.clone().unwrap().stated;
    assert_eq!((second.objects_root, second.participants), (roots.objects_root, roots.participants));
    let beacon = league::awaited(&world, &super::draw(2));
    assert_eq!((beacon.chain_hash, beacon.delta), (first.chain_hash, first.delta));
    assert!(beacon.round > first.round, "a later deadline has a later round");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_one_it_ends_the_attempt_bars_person_and_body_and_the_third_attempt_has_a_beacon() {
    let mut world = World::new().await;
    world.wait(4 * DAY).await;
    let first = held(&mut world, &["notary"]).await;
    world.wait(2 * 3_600).await;
    let failed = ceremony(&world, &first);
    assert_eq!(failed.failed, Some(FailureCode::MissingReveal));
    assert_eq!(failed.barred, BTreeSet::from([world.key("notary").public().key_id()]));
    // A rule set with a beacon does not change the retry: it keeps pool and parameters.
    league::adopt(&mut world, "R-league").await;
    world.wait(4 * DAY).await;
    let second = held(&mut world, &["supervisor"]).await;
    assert!(ceremony(&world, &second).beacons().is_empty());
    world.wait(2 * 3_600).await;
    assert_eq!(ceremony(&world, &second).stage, Stage::Failed);
    let third = held(&mut world, &["notary"]).await;
    let frozen = |draw| ceremony(&world, draw).frozen.clone().unwrap().stated;
    assert_eq!(frozen(&third).objects_root, frozen(&first).objects_root);
    assert_eq!(frozen(&third).beacons.len(), 1);
    let barred = world.key("supervisor").public().key_id();
    assert!(!frozen(&third).participants.iter().any(|p| p.key_id == barred), "barred from this one");
    // Of the two left, one revealed: too few. With the beacon a fourth attempt is no different.
    world.wait(2 * 3_600).await;
    assert_eq!(ceremony(&world, &third).failed, Some(FailureCode::TooFewReveals));
    let fourth = held(&mut world, &[]).await;
    let round = league::round(&world, &fourth);
    world.state("publisher", Role::Publisher, None, round).await.unwrap();
    assert_eq!(ceremony(&world, &fourth).stage, Stage::Drawn);
    let certificate = certificate(&world, &fourth, &[]).await;
    assert_eq!(certificate.shape["discarded"].as_array().unwrap().len(), 3);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_two_failed_attempts_and_without_a_beacon_in_the_rules_there_is_no_third() {
    let mut world = World::new().await;
    world.wait(4 * DAY).await;
    for _ in 0..2 {
        let attempt = next(&world, Purpose::Batch);
        open(&mut world, attempt).await.unwrap();
        world.wait(3_600).await;
    }
    let third = next(&world, Purpose::Batch);
    assert_eq!(code(open(&mut world, third.clone()).await), "WRONG_PHASE");
    league::adopt(&mut world, "R-league").await;
    assert_eq!(code(open(&mut world, third.clone()).await), "TOO_YOUNG", "a rule set of today");
    world.wait(4 * DAY).await;
    open(&mut world, third).await.unwrap();
    assert_eq!(ceremony(&world, &super::draw(3)).beacons().len(), 1);
    world.verify().await;
}
