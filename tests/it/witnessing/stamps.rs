//! The ledger keeps the first published checkpoint over a close that waits for its beacon, and certificates find it
//! ([P-188]). The witnesses are down: their cosignatures are made here, at times of the test's own clock.

use super::three::Three;
use crate::ceremony::{ceremony, held, league, with_league};
use crate::recovery::program::{arg, done};
use crate::world::World;
use lotbook_chain::{CosignerKey, Policy, SigningKey, WitnessTime, add_signatures, cosign, split_note};
use lotbook_domain::beacon::time_of;
use lotbook_event::DrawId;
use lotbook_event::keys::Role;
use std::path::Path;

/// The newest checkpoint, cosigned by two of the three witnesses at a time.
fn cosigned(world: &World, at: i64) -> String {
    let note = world.serving.engine.checkpoint();
    let (text, _) = split_note(&note).unwrap();
    let line = |n: u8| {
        let key = SigningKey::from_seed(&[0x40 + n; 32]);
        let name = CosignerKey::new(&format!("w{n}.example"), key.public()).unwrap();
        cosign(&text, &name, &key, WitnessTime::new(u64::try_from(at).unwrap()).unwrap()).unwrap()
    };
    add_signatures(&note, &[line(0), line(1)]).unwrap()
}

async fn publish(world: &World, note: String) {
    let engine = world.serving.engine.clone();
    tokio::task::spawn_blocking(move || engine.publish(&note).unwrap()).await.unwrap();
}

/// A closed ceremony that waits for its beacon, the position of its close, and the second of its round.
async fn closed() -> (World, Policy, DrawId, u64, i64) {
    let world = with_league().await;
    let policy = Three::down(&world.client.trust_root().vkey).policy();
    let mut world = world.publish_with(policy.clone()).await;
    let draw = held(&mut world, &[]).await;
    let close = ceremony(&world, &draw).closed.unwrap().position.0;
    let round = time_of(&league::awaited(&world, &draw)).0 / 1_000_000;
    (world, policy, draw, close, round)
}

/// The grade of the certificate that a command writes.
fn grade(source: &[&str], policy: Option<&Path>, draw: &DrawId) -> String {
    let out = tempfile::tempdir().unwrap();
    let base = ["draw", "certificate", "--out", arg(out.path()), "--draw", draw.as_str()];
    let policy: Vec<&str> = policy.iter().flat_map(|file| ["--policy", arg(file)]).collect();
    done(&[&base[..], source, &policy].concat());
    let file = out.path().join(format!("{}.json", draw.as_str().replace('/', "_")));
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    json["grade"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_finds_the_stamp_that_the_ledger_kept_from_server_and_folder_alike() {
    let (mut world, policy, draw, close, round) = closed().await;
    assert_eq!(world.serving.engine.stamp(close).unwrap(), None);
    let first = cosigned(&world, round - 9);
    publish(&world, first.clone()).await;
    // A later one, after a restart, changes nothing; nor is there a stamp of what is no close.
    let mut world = {
        world.wait(60).await;
        world.restart().await
    };
    let event = crate::steps::direct(&world, "D-stamps", crate::steps::FIRM);
    world.state("section_officer-S04", Role::SectionOfficer, Some("S04"), event).await.unwrap();
    publish(&world, cosigned(&world, round + 9)).await;
    assert_eq!(world.serving.engine.stamp(close).unwrap(), Some(first.clone()));
    assert_eq!(world.serving.engine.stamp(close + 1).unwrap(), None);
    assert_eq!(world.client.stamp(close).await.unwrap(), Some(first));
    let event = league::round(&world, &draw);
    world.state("notary", Role::Notary, None, event).await.unwrap();
    let (dir, url) = (tempfile::tempdir().unwrap(), world.serving.url.clone());
    let (ours, strangers) = (dir.path().join("ours.policy"), dir.path().join("strangers.policy"));
    std::fs::write(&ours, policy.to_string()).unwrap();
    let stranger = CosignerKey::new("x.example", SigningKey::from_seed(&[9; 32]).public()).unwrap();
    std::fs::write(&strangers, format!("witness x {stranger}\nquorum x\n")).unwrap();
    assert_eq!(grade(&["--server", &url], Some(&ours), &draw), "A");
    assert_eq!(grade(&["--server", &url], Some(&strangers), &draw), "C", "whom this reader does not know");
    assert_eq!(grade(&["--server", &url], None, &draw), "C", "nobody's word");
    let data = world.data.clone();
    let kept = world.stop().await;
    assert_eq!(grade(&["--data", arg(&data.dir)], Some(&ours), &draw), "A");
    drop(kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_witnesses_saw_after_the_round_is_kept_and_worth_nothing() {
    let (mut world, policy, draw, close, round) = closed().await;
    let late = cosigned(&world, round);
    publish(&world, late.clone()).await;
    assert_eq!(world.serving.engine.stamp(close).unwrap(), Some(late));
    let event = league::round(&world, &draw);
    world.state("notary", Role::Notary, None, event).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("witnesses.policy");
    std::fs::write(&file, policy.to_string()).unwrap();
    assert_eq!(grade(&["--server", &world.serving.url], Some(&file), &draw), "C");
    world.verify().await;
}
