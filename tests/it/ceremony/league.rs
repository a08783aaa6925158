//! A league of one: a chain of random numbers with a key that the tests hold, so that any round can be made. Its facts
//! are those of the vectors, whose signatures another implementation made.

use crate::world::World;
use blst::min_sig::SecretKey;
use lotbook_draw::Hex;
use lotbook_draw::beacon::DST;
use lotbook_event::ceremony::{BeaconRecorded, FrozenBeacon};
use lotbook_event::keys::Role;
use lotbook_event::registry::{BeaconChain, RulesetAdopted};
use lotbook_event::{BeaconKey, BeaconSignature, Bytes32, DrawId, Text};
use serde_json::Value;
use sha2::{Digest, Sha256};

const SECRET: &str = "314f69cc5be569874affe1f84dfbae6293d9bd85bd94ae242feb57ec0817b53b";

pub fn vector() -> Value {
    serde_json::from_str(include_str!("../../vectors/beacon/accepted/league-7.json")).unwrap()
}

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    Hex::parse(value.as_str().unwrap()).unwrap().0
}

pub fn chain() -> BeaconChain {
    let chain = &vector()["chain"];
    BeaconChain {
        chain_hash: Bytes32(bytes(&chain["chain_hash"])),
        public_key: BeaconKey(bytes(&chain["public_key"])),
        genesis: chain["genesis"].as_u64().unwrap(),
        period: u32::try_from(chain["period"].as_u64().unwrap()).unwrap(),
        group_hash: Bytes32(bytes(&chain["group_hash"])),
        beacon_id: Text::new(chain["beacon_id"].as_str().unwrap()).unwrap(),
        delta: 300,
    }
}

/// The league's signature over a round.
pub fn sign(round: u64) -> BeaconSignature {
    let key = SecretKey::from_bytes(&Hex::<32>::parse(SECRET).unwrap().0).unwrap();
    let message = Sha256::digest(round.to_be_bytes());
    BeaconSignature(key.sign(&message, DST, &[]).to_bytes())
}

/// The rule set in force under another name, with the league's beacon.
pub fn rules(world: &World, id: &str) -> RulesetAdopted {
    let rules = world.replica.state().rules.as_ref().unwrap().value.clone();
    RulesetAdopted { rule_set_id: Text::new(id).unwrap(), beacons: vec![chain()], ..rules }
}

pub async fn adopt(world: &mut World, id: &str) {
    let rules = rules(world, id);
    world.state("office_leader", Role::OfficeLeader, None, rules).await.unwrap();
}

/// The one beacon of a draw.
pub fn awaited(world: &World, draw: &DrawId) -> FrozenBeacon {
    match world.replica.state().ceremonies[draw].beacons() {
        [one] => one.clone(),
        other => panic!("{} beacons", other.len()),
    }
}

/// The round that a draw waits for.
pub fn round(world: &World, draw: &DrawId) -> BeaconRecorded {
    let FrozenBeacon { chain_hash, round, .. } = awaited(world, draw);
    BeaconRecorded { draw: draw.clone(), chain_hash, round, signature: sign(round) }
}

#[test]
fn the_league_signs_as_another_implementation_did() {
    assert_eq!(sign(7).0, bytes(&vector()["signature"]));
}
