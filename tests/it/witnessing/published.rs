//! What the public is shown waits for the quorum; receipts and the work of the office do not.

use super::three::{Three, WITNESSES};
use crate::recovery::program::{arg, run};
use crate::steps::{FIRM, direct};
use crate::world::World;
use lotbook_chain::{Checkpoint, Policy, SigningKey, TreeHash, VerifierKey, add_signatures, cosign};
use lotbook_client::Verified;
use lotbook_engine::PublishError;
use lotbook_event::keys::Role;
use lotbook_tlog::{Location, SourceError};
use std::time::Duration;
use tokio_stream::StreamExt;

/// What is on `/checkpoint`.
async fn shown(world: &World) -> Option<String> {
    let source = world.serving.tiles.as_ref().unwrap().parse::<Location>().unwrap().open();
    match tokio::task::spawn_blocking(move || source.checkpoint()).await.unwrap() {
        Ok(note) => Some(note),
        Err(SourceError::NotFound { .. }) => None,
        Err(error) => panic!("{error}"),
    }
}

/// Waits until a checkpoint of at least this size is shown.
async fn shown_up_to(world: &World, size: u64) -> String {
    for _ in 0..600 {
        let note = shown(world).await.filter(|note| world.open(note).size >= size);
        if let Some(note) = note {
            return note;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nothing of {size} entries is published");
}

async fn inspect(world: &mut World, id: &str) -> u64 {
    let event = direct(world, id, FIRM);
    let stated = world.state("section_officer-S04", Role::SectionOfficer, Some("S04"), event).await.unwrap();
    stated.position.0
}

fn vkey(world: &World) -> VerifierKey {
    world.client.trust_root().vkey.clone()
}

async fn three_for(world: World) -> (Three, Policy, World) {
    let three = Three::down(&vkey(&world));
    let policy = three.policy();
    let world = world.publish_with(policy.clone()).await;
    (three, policy, world)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_published_before_two_of_three_have_cosigned_it_and_receipts_do_not_wait() {
    let (mut three, policy, mut world) = three_for(World::new().await).await;
    three.start(0).await;
    let position = inspect(&mut world, "W-1").await;
    // One witness is asked and cosigns; one is no quorum.
    for _ in 0..20 {
        assert_eq!(shown(&world).await, None);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let heads = world.client.published().await.unwrap();
    assert_eq!((heads.witnessed_note, heads.policy), (None, Some(policy.clone())));
    three.start(2).await;
    let note = shown_up_to(&world, position + 1).await;
    let witnessed = policy.open_of(&note, &vkey(&world)).unwrap();
    assert!(witnessed.cosignatures.len() >= 2);
    assert_eq!(world.client.published().await.unwrap().witnessed_note, Some(note));
    three.stop_all().await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_stays_over_a_restart_and_grows_only_with_a_quorum() {
    let (mut three, _, mut world) = three_for(World::new().await).await;
    for n in 0..WITNESSES {
        three.start(n).await;
    }
    let position = inspect(&mut world, "W-1").await;
    let before = shown_up_to(&world, position + 1).await;
    three.stop_all().await;
    let beyond = inspect(&mut world, "W-2").await;
    let mut world = world.restart().await;
    assert_eq!(shown(&world).await, Some(before), "the published checkpoint is not what it was");
    three.start(0).await;
    three.start(1).await;
    shown_up_to(&world, beyond + 1).await;
    inspect(&mut world, "W-3").await;
    three.stop_all().await;
    let data = world.data.clone();
    let kept = world.stop().await;
    // Served without its witnesses by oversight, it would show what nobody has seen.
    let ran = run(&["serve", "--simulated", "--data", arg(&data.dir)]);
    assert!(ran.code == Some(2) && ran.err.contains("waits for its witnesses"), "{ran:?}");
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_is_told_how_far_the_witnesses_have_cosigned_after_the_entries() {
    let (mut three, policy, mut world) = three_for(World::new().await).await;
    for n in 0..WITNESSES {
        three.start(n).await;
    }
    inspect(&mut world, "W-1").await;
    let mut events = world.client.subscribe(0).await.unwrap();
    let (mut seen, mut witnessed) = (0, vec![]);
    while witnessed.len() < 2 {
        match events.next().await.unwrap().unwrap() {
            Verified::Entry(entry) => seen = entry.position().0 + 1,
            Verified::CaughtUp { .. } => {}
            Verified::Witnessed { size, note } => {
                assert!(size <= seen, "{size} entries are marked, {seen} were told");
                assert_eq!(policy.open_of(&note, &vkey(&world)).unwrap().checkpoint.size, size);
                witnessed.push(size);
                inspect(&mut world, &format!("W-{}", 10 + witnessed.len())).await;
            }
        }
    }
    assert!(witnessed[0] < witnessed[1]);
    three.stop_all().await;
    world.verify().await;
}

/// Cosigned by two witnesses that were never told of the true log.
fn cosigned(note: &str, seeds: &[u8]) -> String {
    let (text, _) = lotbook_chain::split_note(note).unwrap();
    let lines: Vec<_> = seeds
        .iter()
        .map(|n| {
            let key = SigningKey::from_seed(&[0x40 + n; 32]);
            let name = lotbook_chain::CosignerKey::new(&format!("w{n}.example"), key.public()).unwrap();
            cosign(&text, &name, &key, lotbook_chain::WitnessTime::new(1).unwrap()).unwrap()
        })
        .collect();
    add_signatures(note, &lines).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_quorum_or_is_of_another_tree_is_not_published() {
    let (_three, _, world) = three_for(World::new().await).await;
    let engine = &world.serving.engine;
    let honest = engine.checkpoint();
    let one = engine.publish(&cosigned(&honest, &[1]));
    assert!(matches!(one, Err(PublishError::Unwitnessed(_))), "{one:?}");
    let other = Checkpoint { root: TreeHash([9; 32]), ..world.open(&honest) };
    let other = other.sign(&world.key("checkpoint")).unwrap();
    let refused = engine.publish(&cosigned(&other, &[0, 1]));
    assert!(matches!(refused, Err(PublishError::OtherTree { .. })), "{refused:?}");
    let stranger = Checkpoint { ..world.open(&honest) }.sign(&SigningKey::from_seed(&[1; 32])).unwrap();
    let refused = engine.publish(&cosigned(&stranger, &[0, 1]));
    assert!(matches!(refused, Err(PublishError::Unwitnessed(_))), "{refused:?}");
    assert_eq!(engine.published_checkpoint(), None);
    engine.publish(&cosigned(&honest, &[0, 1])).unwrap();
    assert_eq!(engine.published_size(), engine.size());
    world.verify().await;
}
