//! From seed to keys, tickets and integers; from reveals and beacons to the seed. [draw 1, 3]

use lotbook_draw::beacon::beacon_round;
use lotbook_draw::{Beacon, Committer, Hex, Seed, Stage, commitment, seed};
use serde_json::{Value, json};

use super::{Given, check};

#[test]
fn stage_keys() {
    let all =
        [Stage::Quota, Stage::Objects, Stage::Inspectors, Stage::Assign, Stage::Substitute, Stage::Reserve];
    check("stage", (2, 0), |given| {
        let seed = Seed::from_bytes(given.bytes("seed"));
        let key = |stage: Stage| (stage.name().to_owned(), json!(Hex(*stage.key(&seed).as_bytes())));
        Some(Value::Object(all.into_iter().map(key).collect()))
    });
}

#[test]
fn tickets() {
    let id = |given: &Given| given.get::<String>("id");
    let ticket = |ticket: lotbook_draw::Ticket| Some(json!({ "ticket": Hex(*ticket.as_bytes()) }));
    check("ticket", (7, 0), |given| ticket(given.key().ticket(&id(given))));
    check("seat-ticket", (2, 0), |given| {
        ticket(given.key().seat_ticket(&id(given), given.get("slot"), None))
    });
    check("slot-ticket", (1, 0), |given| ticket(given.key().slot_ticket(given.get("slot"), None)));
}

#[test]
fn integers() {
    check("below", (8, 0), |given| {
        let mut stream = given.key().stream(given.get("stream"));
        let n: u64 = given.get::<String>("n").parse().unwrap();
        let values: Vec<String> =
            (0..given.get::<usize>("count")).map(|_| stream.below(n).to_string()).collect();
        let last = &values[values.len().saturating_sub(8)..];
        Some(json!({ "last": last, "words": stream.words() }))
    });
}

#[test]
fn commitments() {
    check("commitment", (2, 0), |given| {
        let [pool, key, reveal] = ["pool", "key_id", "reveal"].map(|name| given.bytes(name));
        Some(json!({ "commitment": Hex(commitment(&pool, &key, &reveal)) }))
    });
}

#[test]
fn seeds_of_ceremonies() {
    check("seed", (7, 6), |given| {
        let each = |name: &str| given.get::<Vec<Value>>(name).into_iter().map(Given);
        let committer = |given: Given| Committer {
            key_id: given.bytes("key_id"),
            commitment: given.bytes("commitment"),
            reveal: given.get::<Option<Hex<32>>>("reveal").map(|reveal| reveal.0),
        };
        let beacon = |given: Given| Beacon {
            chain_hash: given.bytes("chain_hash"),
            round: given.get("round"),
            signature: given.bytes("signature"),
        };
        let committers: Vec<Committer> = each("committers").map(committer).collect();
        let beacons: Vec<Beacon> = each("beacons").map(beacon).collect();
        let seed = seed(&given.bytes("pool"), &committers, &beacons).ok()?;
        Some(json!({ "seed": Hex(*seed.as_bytes()) }))
    });
}

#[test]
fn rounds_of_beacons() {
    check("round", (5, 3), |given| {
        let [deadline, genesis, period, delta] =
            ["reveal_deadline", "genesis", "period", "delta"].map(|name| given.get::<u64>(name));
        Some(json!({ "round": beacon_round(deadline, genesis, period, delta)? }))
    });
}
