//! A real round of drand's quicknet decides a draw: the sample office three years earlier, when round 1000 came.

use super::{certificate, code};
use crate::recovery::program::{arg, done};
use crate::world::World;
use lotbook_domain::ceremony::Stage;
use lotbook_draw::Hex;
use lotbook_draw::beacon::QUICKNET;
use lotbook_event::ceremony::{BeaconRecorded, SeedCommitted, SeedRevealed};
use lotbook_event::keys::Role;
use lotbook_event::{BeaconSignature, Bytes32, DrawId};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Two hours and five minutes before round 1000, which came on 23 August 2023 at 15:59:24 UTC.
const OPENS_AT: i64 = 1_692_806_364 - 300 - 2 * 3_600;

/// The sample's files with every date three years earlier, and quicknet in its rule set.
fn office(to: &Path) {
    fs::create_dir_all(to).unwrap();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample");
    for file in fs::read_dir(from).unwrap().map(|file| file.unwrap().path()) {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let text = text.replace("2026-", "2023-").replace("2025-", "2022-").replace("2024-", "2021-");
        let text = text.replace("year = 2026", "year = 2023");
        let text = text.replace("beacon = \"none\"", "beacon = \"quicknet\"");
        fs::write(to.join(file.file_name().unwrap()), text).unwrap();
    }
}

fn round(file: &str) -> BeaconSignature {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/beacon/accepted").join(file);
    let case: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    BeaconSignature(Hex::parse(case["signature"].as_str().unwrap()).unwrap().0)
}

#[tokio::test(flavor = "multi_thread")]
async fn round_1000_of_quicknet_decides_a_draw_of_2023() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, ledger) = (dir.path().join("office"), dir.path().join("ledger"));
    office(&folder);
    done(&["demo", "--data", arg(&ledger), "--office", arg(&folder), "--until", "2023-03-01", "--json"]);
    let mut world = World::of(&ledger).await;
    let wait = OPENS_AT - world.now.0.div_euclid(1_000_000);
    world.wait(wait).await;
    let opening = crate::refusals::opening("P-2023-S04", "B1");
    world.state("draw_operator-S04", Role::DrawOperator, Some("S04"), opening).await.unwrap();
    let draw = DrawId::new("P-2023-S04/B1.1").unwrap();
    let parts = [
        ("section_officer-S04", Role::SectionOfficer, Some("S04")),
        ("supervisor", Role::Supervisor, None),
        ("notary", Role::Notary, None),
    ];
    let p = world.replica.state().ceremonies[&draw].frozen.as_ref().unwrap().p;
    for (n, (key, role, section)) in (0..).zip(parts) {
        let key_id = world.key(key).public().key_id();
        let commitment = Bytes32(lotbook_draw::commitment(&p.0, &key_id.0, &[n; 32]));
        world.state(key, role, section, SeedCommitted { draw: draw.clone(), commitment }).await.unwrap();
    }
    let sealed = world.replica.state().ceremonies[&draw].sealed.unwrap();
    for (n, (key, role, section)) in (0..).zip(parts) {
        let event = SeedRevealed { draw: draw.clone(), sealed, secret: Bytes32([n; 32]) };
        world.state(key, role, section, event).await.unwrap();
    }
    let closed = &world.replica.state().ceremonies[&draw];
    assert_eq!((closed.stage, closed.beacons()[0].round), (Stage::Closed, 1000));
    let stated = |round, signature| BeaconRecorded {
        draw: draw.clone(),
        chain_hash: Bytes32(QUICKNET.chain_hash),
        round,
        signature,
    };
    for (number, file) in
        [(1001, "quicknet-1001.json"), (1000, "quicknet-1001.json"), (123, "quicknet-123.json")]
    {
        let wrong = stated(number, round(file));
        let wrong = world.state("publisher", Role::Publisher, None, wrong).await;
        assert_eq!(code(wrong), "BEACON_INVALID", "round {number} with {file}");
    }
    let right = stated(1000, round("quicknet-1000.json"));
    world.state("publisher", Role::Publisher, None, right).await.unwrap();
    assert_eq!(world.replica.state().ceremonies[&draw].stage, Stage::Drawn);
    let made = certificate(&world, &draw, &[]).await;
    let beacon = &made.ceremony.beacons[0];
    assert_eq!(
        (beacon.chain_hash.0, beacon.public_key.0, beacon.round),
        (QUICKNET.chain_hash, QUICKNET.public_key, 1000)
    );
    world.verify().await;
}
