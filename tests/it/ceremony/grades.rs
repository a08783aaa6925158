//! The grade: A takes witnesses' stamps between the close and the round, and two independent reveals.

use super::{ceremony, certificate, held, league, with_league};
use crate::world::{DAY, World};
use lotbook::command::reading;
use lotbook_chain::note::split_note;
use lotbook_chain::{CosignerKey, Policy, SigningKey, WitnessTime, add_signatures, cosign};
use lotbook_domain::beacon::time_of;
use lotbook_draw::certificate::Grade;
use lotbook_event::DrawId;
use lotbook_event::keys::Role;
use lotbook_verifier::Stamp;

fn witness(n: u8) -> (CosignerKey, SigningKey) {
    let key = SigningKey::from_seed(&[n; 32]);
    (CosignerKey::new(&format!("w{n}.example"), key.public()).unwrap(), key)
}

/// Two of three witnesses.
fn policy() -> Policy {
    let lines: Vec<_> = (1..=3).map(|n| format!("witness w{n} {}\n", witness(n).0)).collect();
    format!("{}group g 2 w1 w2 w3\nquorum g\n", lines.concat()).parse().unwrap()
}

/// The ledger's newest checkpoint, cosigned by witnesses at these times.
async fn stamped(world: &World, times: &[(u8, i64)]) -> Result<Option<Stamp>, String> {
    let note = reading::of_server(&world.client).await.unwrap().note.unwrap();
    let (text, _) = split_note(&note).unwrap();
    let lines: Vec<_> = times
        .iter()
        .map(|(n, at)| {
            let (name, key) = witness(*n);
            cosign(&text, &name, &key, WitnessTime::new(u64::try_from(*at).unwrap()).unwrap()).unwrap()
        })
        .collect();
    let note = add_signatures(&note, &lines).unwrap();
    Stamp::read(&note, &world.client.trust_root().vkey, &policy()).map_err(|error| error.to_string())
}

/// Seconds at which the round of a draw is published.
fn published(world: &World, draw: &DrawId) -> i64 {
    time_of(&league::awaited(world, draw)).0 / 1_000_000
}

#[tokio::test(flavor = "multi_thread")]
async fn a_takes_a_quorums_stamp_over_the_close_before_the_round() {
    let mut world = with_league().await;
    let draw = held(&mut world, &[]).await;
    let round = published(&world, &draw);
    assert!(stamped(&world, &[(1, round - 9)]).await.is_err(), "one of three is no quorum");
    let timely = stamped(&world, &[(1, round - 9), (2, round - 1), (3, round + 50)]).await.unwrap().unwrap();
    assert_eq!(timely.time, u64::try_from(round - 1).unwrap(), "when two had seen it");
    let late = stamped(&world, &[(1, round - 9), (2, round)]).await.unwrap().unwrap();
    let event = league::round(&world, &draw);
    world.state("notary", Role::Notary, None, event).await.unwrap();
    assert_eq!(certificate(&world, &draw, &[]).await.grade, Grade::C, "nobody's word for the time");
    let bare = certificate(&world, &draw, std::slice::from_ref(&late)).await;
    assert_eq!(bare.grade, Grade::C, "at the round's time it may have been known");
    assert_eq!(bare.shape["bias"], "Pr <= 1 - (1 - p)^8", "any of three reveals might have been left out");
    let best = certificate(&world, &draw, &[late, timely.clone()]).await;
    assert_eq!((best.grade, &best.shape["bias"]), (Grade::A, &"Pr <= 1 - (1 - p)^1".into()));
    // The stamp is in the certificate: the close is proved under the checkpoint that the witnesses signed.
    let stamps = best.proof.entries.iter().filter(|entry| entry.tlog_proof.contains("w2.example"));
    assert_eq!(stamps.count(), 1);
    // A stamp over the entries before the close says nothing about it.
    let closed = ceremony(&world, &draw).closed.unwrap().position.0;
    let before = Stamp { size: closed, ..timely };
    assert_eq!(certificate(&world, &draw, &[before]).await.grade, Grade::C);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_independent_reveal_with_a_timely_stamp_is_b() {
    let mut world = with_league().await;
    let draw = held(&mut world, &["notary"]).await;
    world.wait(2 * 3_600).await;
    let round = published(&world, &draw);
    let timely = stamped(&world, &[(1, round - 9), (2, round - 1)]).await.unwrap().unwrap();
    let event = league::round(&world, &draw);
    world.state("notary", Role::Notary, None, event).await.unwrap();
    assert_eq!(certificate(&world, &draw, &[timely]).await.grade, Grade::B);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_beacon_three_who_all_revealed_are_b_and_an_attempt_before_is_in_the_bound() {
    let mut world = World::new().await;
    world.wait(4 * DAY).await;
    held(&mut world, &["notary"]).await;
    world.wait(2 * 3_600).await;
    let draw = held(&mut world, &[]).await;
    let made = certificate(&world, &draw, &[]).await;
    assert_eq!(made.grade, Grade::C, "the notary is barred, so that two committed");
    assert_eq!(made.shape["bias"], "Pr <= 1 - (1 - p)^2");
    let discarded = made.shape["discarded"].as_array().unwrap();
    assert_eq!(
        (discarded[0]["code"].as_str(), &discarded[0]["seed"]),
        (Some("missing_reveal"), &serde_json::Value::Null)
    );
    world.verify().await;
}
