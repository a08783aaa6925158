//! A reveal that the ledger dropped: somebody else held it in time, so that its author is not barred, and everybody
//! sees that the ledger did not record it (draw.md 1, [P-180] to [P-183]).

use super::{ceremony, certificate, code, held, league, next, open, with_league};
use crate::recovery::program::{arg, done, run};
use crate::world::{DAY, World};
use lotbook_chain::sign::{held_message, statement_message};
use lotbook_chain::{Instant, StatementHash};
use lotbook_client::{ClientError, Submitted};
use lotbook_domain::ceremony::Stage;
use lotbook_event::ceremony::{Purpose, RevealHeld, SeedRevealed};
use lotbook_event::keys::Role;
use lotbook_event::{Bytes32, DrawId, Flag, HeldStatement};

/// The secrets that [`crate::recusal::hold`] commits to.
fn secret(world: &World, draw: &DrawId, name: &str) -> Bytes32 {
    let p = ceremony(world, draw).frozen.as_ref().unwrap().p.0;
    Bytes32(p.map(|byte| byte ^ name.as_bytes()[name.len() - 1]))
}

/// What the notary would have stated, and has signed.
fn reveal(world: &World, draw: &DrawId) -> SeedRevealed {
    let sealed = ceremony(world, draw).sealed.unwrap();
    SeedRevealed { draw: draw.clone(), sealed, secret: secret(world, draw, "notary") }
}

/// The notary's reveal, held by somebody at a time.
fn stamped(world: &World, revealed: SeedRevealed, holder: &str, at: Instant) -> RevealHeld {
    let ledger = world.client.trust_root().ledger_id;
    let (draw, notary, holder) = (revealed.draw.clone(), world.key("notary"), world.key(holder));
    let statement = world.statement(Role::Notary, None, revealed).encode();
    let signature = notary.sign(&statement_message(ledger, &statement));
    let (author, hash) = (notary.public().key_id(), StatementHash::of(&statement));
    let stamp = holder.sign(&held_message(ledger, author, hash, &signature, at));
    let statement = HeldStatement::new(statement).unwrap();
    RevealHeld { draw, author, statement, signature, holder: holder.public().key_id(), stamped_at: at, stamp }
}

fn deadline(world: &World, draw: &DrawId) -> Instant {
    ceremony(world, draw).frozen.as_ref().unwrap().stated.reveal_deadline
}

/// Anybody states it.
async fn state(world: &mut World, event: RevealHeld) -> Result<Submitted, ClientError> {
    world.state("publisher", Role::Publisher, None, event).await
}

/// A world whose first attempt failed for want of the notary's reveal; and what the supervisor held of it.
async fn dropped() -> (World, DrawId, RevealHeld) {
    let mut world = World::new().await;
    world.wait(4 * DAY).await;
    let draw = held(&mut world, &["notary"]).await;
    let kept = stamped(&world, reveal(&world, &draw), "supervisor", world.now);
    assert_eq!(code(state(&mut world, kept.clone()).await), "WRONG_PHASE", "it has not failed yet");
    world.wait(2 * 3_600).await;
    assert_eq!(ceremony(&world, &draw).stage, Stage::Failed);
    (world, draw, kept)
}

#[tokio::test(flavor = "multi_thread")]
async fn it_lifts_the_bar_is_flagged_and_shows_what_the_attempt_would_have_drawn() {
    let (mut world, draw, kept) = dropped().await;
    let notary = kept.author;
    assert!(ceremony(&world, &draw).barred.contains(&notary));
    state(&mut world, kept.clone()).await.unwrap();
    assert!(ceremony(&world, &draw).barred.is_empty());
    let flags = world.replica.state().flags.iter().filter(|flagged| flagged.flag == Flag::RevealNotRecorded);
    assert_eq!(flags.map(|flagged| flagged.subject.as_str()).collect::<Vec<_>>(), [draw.as_str()]);
    assert_eq!(code(state(&mut world, kept.clone()).await), "ALREADY_RECORDED");
    let again = stamped(
        &world,
        reveal(&world, &draw),
        "section_officer-S04",
        deadline(&world, &draw).plus_seconds(-1),
    );
    assert_eq!(code(state(&mut world, again).await), "ALREADY_RECORDED", "by another holder, too");
    // Nothing is opened again: the attempt has failed, and the next one has everybody.
    assert_eq!(ceremony(&world, &draw).stage, Stage::Failed);
    let second = held(&mut world, &[]).await;
    assert!(ceremony(&world, &second).part(&notary).is_some());
    let made = certificate(&world, &second, &[]).await;
    assert_eq!(made.shape["bias"], "Pr <= 1 - (1 - p)^2", "somebody saw the first outcome");
    let discarded = &made.shape["discarded"][0];
    assert_eq!(discarded["held"].as_array().unwrap().len(), 1);
    assert_eq!(discarded["seed"].as_str().unwrap().len(), 64, "all reveals of it are known now: {discarded}");
    assert_eq!(discarded["selected"].as_array().unwrap().len(), 8);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_refused_unless_another_held_this_reveal_in_time() {
    let (mut world, draw, kept) = dropped().await;
    let (own, until) = (reveal(&world, &draw), deadline(&world, &draw));
    let in_time = until.plus_seconds(-1);
    let mut swapped = own.clone();
    swapped.secret.0[31] ^= 1;
    let elsewhere = SeedRevealed { sealed: ceremony(&world, &draw).opened, ..own.clone() };
    let of_another = SeedRevealed { draw: DrawId::new("P-2026-S04/B3.2").unwrap(), ..own.clone() };
    let bent = |change: fn(&mut RevealHeld)| {
        let mut event = kept.clone();
        change(&mut event);
        event
    };
    let supervisor = kept.holder;
    let cases = [
        ("a stamp at the deadline", "DEADLINE_PASSED", stamped(&world, own.clone(), "supervisor", until)),
        ("before the opening", "INVALID_VALUE", stamped(&world, own.clone(), "supervisor", Instant(0))),
        ("its author's own stamp", "SELF_APPROVAL", stamped(&world, own.clone(), "notary", in_time)),
        ("somebody without a part", "NOT_A_PARTICIPANT", stamped(&world, own.clone(), "publisher", in_time)),
        ("another secret", "OPENING_MISMATCH", stamped(&world, swapped, "supervisor", in_time)),
        ("another sealing", "OPENING_MISMATCH", stamped(&world, elsewhere, "supervisor", in_time)),
        ("a reveal of another draw", "INVALID_VALUE", {
            RevealHeld { draw: draw.clone(), ..stamped(&world, of_another, "supervisor", in_time) }
        }),
        ("a later time than was signed", "INVALID_VALUE", bent(|e| e.stamped_at.0 += 1)),
        ("a stamp that nobody signed", "INVALID_VALUE", bent(|e| e.stamp.0[0] ^= 1)),
        ("a reveal that nobody signed", "INVALID_VALUE", bent(|e| e.signature.0[0] ^= 1)),
        ("somebody else's name on it", "ALREADY_RECORDED", RevealHeld { author: supervisor, ..kept.clone() }),
        ("a stranger's", "NOT_A_PARTICIPANT", {
            RevealHeld { author: world.key("publisher").public().key_id(), ..kept.clone() }
        }),
    ];
    for (what, expected, event) in cases {
        assert_eq!(code(state(&mut world, event).await), expected, "{what}");
        assert!(ceremony(&world, &draw).barred.contains(&kept.author), "{what}");
    }
    // The next attempt is opened at once, without the notary: the bar is past, what the ledger did is not.
    let retry = next(&world, Purpose::Batch);
    open(&mut world, retry).await.unwrap();
    assert!(ceremony(&world, &super::draw(2)).part(&kept.author).is_none());
    state(&mut world, kept).await.unwrap();
    assert!(world.replica.state().flags.iter().any(|flagged| flagged.flag == Flag::RevealNotRecorded));
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_beacon_nobody_is_barred_and_there_is_nothing_to_lift() {
    let mut world = with_league().await;
    let draw = held(&mut world, &["notary"]).await;
    let kept = stamped(&world, reveal(&world, &draw), "supervisor", world.now);
    world.wait(2 * 3_600).await;
    assert_eq!(ceremony(&world, &draw).stage, Stage::Closed);
    assert_eq!(code(state(&mut world, kept).await), "WRONG_PHASE");
    let round = league::round(&world, &draw);
    world.state("notary", Role::Notary, None, round).await.unwrap();
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_handed_over_held_and_stated_by_commands_alone() {
    let mut world = World::new().await;
    world.wait(4 * DAY).await;
    let event = next(&world, Purpose::Batch);
    let draw = super::draw(event.attempt);
    open(&mut world, event).await.unwrap();
    let url = world.serving.url.clone();
    let dir = tempfile::tempdir().unwrap();
    let (handed, stamped) = (dir.path().join("reveal.json"), dir.path().join("held.json"));
    let keys =
        |world: &World| ["section_officer-S01", "supervisor", "notary"].map(|name| world.data.key(name));
    for key in keys(&world) {
        done(&["ceremony", "commit", "--server", &url, "--key", arg(&key)]);
    }
    let [officer, supervisor, notary] = keys(&world);
    done(&["ceremony", "reveal", "--server", &url, "--key", arg(&notary), "--hand-over", arg(&handed)]);
    let hold = |key: &std::path::Path, out: &std::path::Path| {
        let words =
            ["ceremony", "hold", "--server", &url, "--key", arg(key), arg(&handed), "--out", arg(out)];
        run(&words)
    };
    let own = hold(&notary, &dir.path().join("own.json"));
    assert!(own.code == Some(1) && own.err.contains("SELF_APPROVAL"), "{}", own.err);
    assert_eq!(hold(&supervisor, &stamped).code, Some(0));
    for key in [&officer, &supervisor] {
        done(&["ceremony", "reveal", "--server", &url, "--key", arg(key)]);
    }
    world.wait(2 * 3_600).await;
    let late = hold(&officer, &dir.path().join("late.json"));
    assert!(late.code == Some(1) && late.err.contains("DEADLINE_PASSED"), "{}", late.err);
    let unheld = run(&["ceremony", "held", "--server", &url, "--key", arg(&officer), arg(&handed)]);
    assert_eq!(unheld.code, Some(64), "nobody has stamped that one: {}", unheld.err);
    done(&["ceremony", "held", "--server", &url, "--key", arg(&officer), arg(&stamped)]);
    world.follow().await;
    assert!(ceremony(&world, &draw).barred.is_empty());
    let status = done(&["ceremony", "status", "--server", &url, "--draw", draw.as_str()]);
    assert!(status.contains("held in time, not recorded 已代持、未入账"), "{status}");
    world.verify().await;
}
