//! A ceremony with a beacon: the round follows from the deadline, anybody carries it, nothing else is taken.

use super::{ceremony, certificate, code, held, league, next, open, with_league};
use crate::world::World;
use lotbook_domain::ceremony::Stage;
use lotbook_draw::beacon::{QUICKNET, beacon_round};
use lotbook_event::ceremony::{BeaconRecorded, Purpose};
use lotbook_event::keys::Role;
use lotbook_event::registry::{BeaconChain, RulesetAdopted};
use lotbook_event::{BeaconSignature, Bytes32};

#[tokio::test(flavor = "multi_thread")]
async fn the_draw_waits_for_its_one_round_and_anybody_may_bring_it() {
    let mut world = with_league().await;
    let opened = next(&world, Purpose::Batch);
    let draw = super::draw(1);
    open(&mut world, opened).await.unwrap();
    let stated = ceremony(&world, &draw).frozen.clone().unwrap().stated;
    let (league, beacon) = (league::chain(), league::awaited(&world, &draw));
    let deadline = u64::try_from(stated.reveal_deadline.0).unwrap();
    assert_eq!(Some(beacon.round), beacon_round(deadline, league.genesis, u64::from(league.period), 300));
    let right = league::round(&world, &draw);
    let early = world.state("notary", Role::Notary, None, right.clone()).await;
    assert_eq!(code(early), "WRONG_PHASE", "before the close");
    crate::recusal::hold(&mut world, &draw, &[]).await;
    assert_eq!(ceremony(&world, &draw).stage, Stage::Closed);
    let wrong = [
        ("another chain", BeaconRecorded { chain_hash: Bytes32(QUICKNET.chain_hash), ..right.clone() }),
        (
            "another round, well signed",
            BeaconRecorded {
                round: right.round + 1,
                signature: league::sign(right.round + 1),
                ..right.clone()
            },
        ),
        (
            "the round before, well signed",
            BeaconRecorded {
                round: right.round - 1,
                signature: league::sign(right.round - 1),
                ..right.clone()
            },
        ),
        (
            "another round's signature",
            BeaconRecorded { signature: league::sign(right.round + 1), ..right.clone() },
        ),
        (
            "the point at infinity",
            BeaconRecorded {
                signature: BeaconSignature(std::array::from_fn(|n| if n == 0 { 0xc0 } else { 0 })),
                ..right.clone()
            },
        ),
    ];
    for (what, event) in wrong {
        assert_eq!(code(world.state("notary", Role::Notary, None, event).await), "BEACON_INVALID", "{what}");
    }
    assert_eq!(ceremony(&world, &draw).stage, Stage::Closed);
    // Whoever has a key: a publisher takes no part in ceremonies.
    world.state("publisher", Role::Publisher, None, right.clone()).await.unwrap();
    assert_eq!(ceremony(&world, &draw).stage, Stage::Drawn);
    let again = world.state("notary", Role::Notary, None, right).await;
    assert_eq!(code(again), "ALREADY_RECORDED");
    let another = next(&world, Purpose::Batch);
    assert_eq!(code(open(&mut world, another).await), "ALREADY_DRAWN");
    let certificate = certificate(&world, &draw, &[]).await;
    assert_eq!(certificate.ceremony.beacons.len(), 1);
    let mut forged = certificate.clone();
    forged.ceremony.beacons[0].signature.0 = league::sign(beacon.round + 1).0;
    assert!(forged.recompute().is_err());
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draw_without_a_beacon_takes_none() {
    let mut world = World::new().await;
    world.wait(4 * crate::world::DAY).await;
    let draw = held(&mut world, &[]).await;
    assert_eq!(ceremony(&world, &draw).stage, Stage::Drawn);
    let stray =
        BeaconRecorded { draw, chain_hash: league::chain().chain_hash, round: 7, signature: league::sign(7) };
    assert_eq!(code(world.state("notary", Role::Notary, None, stray).await), "BEACON_INVALID");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_set_names_only_chains_that_are_what_their_hash_says() {
    let mut world = World::new().await;
    let chain = league::chain;
    let refused: [(&str, Vec<BeaconChain>); 9] = [
        ("delta under 300", vec![BeaconChain { delta: 299, ..chain() }]),
        ("delta over a day", vec![BeaconChain { delta: 86_401, ..chain() }]),
        ("no period", vec![BeaconChain { period: 0, ..chain() }]),
        ("another period", vec![BeaconChain { period: 31, ..chain() }]),
        ("another genesis", vec![BeaconChain { genesis: 1, ..chain() }]),
        ("another group", vec![BeaconChain { group_hash: Bytes32([0; 32]), ..chain() }]),
        (
            "a known hash with another key",
            vec![BeaconChain { chain_hash: Bytes32(QUICKNET.chain_hash), ..chain() }],
        ),
        ("twice", vec![chain(), chain()]),
        ("nine of them", vec![chain(); 9]),
    ];
    for (what, beacons) in refused {
        let rules = RulesetAdopted { beacons, ..league::rules(&world, "R-wrong") };
        let result = world.state("office_leader", Role::OfficeLeader, None, rules).await;
        assert_eq!(code(result), "INVALID_VALUE", "{what}");
    }
    league::adopt(&mut world, "R-right").await;
    world.verify().await;
}
