//! A lying ledger is refuted: at once where a proof shows it, else at the first bad entry when the key is out.

use super::liar::Liar;
use lotbook_domain::embargo::{Keys, LedgerKeys, of_the_key};
use lotbook_draw::EmbargoKey;
use lotbook_event::Event;
use lotbook_verifier::Check;

fn refuted(liar: &Liar, position: u64, check: Check, words: &str) {
    let Err(finding) = liar.judged() else { panic!("it was believed") };
    assert_eq!((finding.position, finding.check), (position, check), "{finding}");
    assert!(finding.what.contains(words), "{finding}");
}

fn team_of(liar: &Liar, rank: u32) -> Vec<String> {
    let mut keys = LedgerKeys::default();
    keys.add(liar.state().embargo_of(&liar.draw).unwrap().0.clone(), liar.key.clone());
    let row = of_the_key(liar.state(), &liar.draw, rank, &liar.key, Keys::Ledger(&keys)).unwrap();
    row.team.iter().map(|member| member.inspector.to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_honest_ledger_is_believed_before_and_after_the_release() {
    let mut liar = Liar::new(|_, _| {}).await.draws();
    liar.judged().unwrap();
    let member = team_of(&liar, 3).remove(0);
    liar.starts(&member, 3);
    liar.judged().unwrap();
    let key = liar.key.clone();
    liar.releases(&key).judged().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_in_a_place_is_believed_until_the_key_and_refuted_at_that_place() {
    let liar = Liar::new(|event, _| {
        if let Event::AssignmentWithheld(e) = event
            && e.rank == 6
        {
            e.object.0[0] ^= 1; // the leaf of a firm that was not drawn would look the same
        }
    })
    .await
    .draws();
    liar.judged().unwrap();
    let key = liar.key.clone();
    let liar = liar.releases(&key);
    let position = liar.position("AssignmentWithheld", 6);
    refuted(&liar, position, Check::Derived, "rank 6 is not whom key, rows and seed give");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_inspector_in_a_slot_is_refuted_there() {
    let liar = Liar::new(|event, _| {
        if let Event::AssignmentWithheld(e) = event
            && e.rank == 2
        {
            e.slots.swap(0, 1);
        }
    })
    .await
    .draws();
    let key = liar.key.clone();
    let liar = liar.releases(&key);
    refuted(&liar, liar.position("AssignmentWithheld", 2), Check::Derived, "rank 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blank_commitment_is_no_commitment() {
    let liar = Liar::new(|event, _| {
        if let Event::AssignmentWithheld(e) = event
            && e.rank == 4
        {
            (e.object.0, e.slots) = ([0; 32], vec![]);
        }
    })
    .await
    .draws();
    let key = liar.key.clone();
    let liar = liar.releases(&key);
    refuted(&liar, liar.position("AssignmentWithheld", 4), Check::Derived, "rank 4");
}

#[tokio::test(flavor = "multi_thread")]
async fn roots_of_another_key_are_refuted_at_the_frozen_pool() {
    let liar = Liar::new(|event, _| {
        if let Event::PoolFrozen(e) = event
            && e.embargo.is_some()
        {
            e.objects_root.0[7] ^= 1;
        }
    })
    .await
    .draws();
    let key = liar.key.clone();
    let liar = liar.releases(&key);
    refuted(&liar, liar.position("PoolFrozen", 0), Check::Derived, "root of the enterprises");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_draws_with_another_key_than_it_commits_to_is_refuted_at_the_first_entry_that_shows_it()
{
    // It commits to one key and computes, and lets its holders hold, another.
    let mut liar = Liar::new(|event, _| {
        if let Event::PoolFrozen(e) = event
            && let Some(embargo) = &mut e.embargo
        {
            embargo.commitment.0 = EmbargoKey::from_bytes([0x77; 32]).commitment();
        }
    })
    .await
    .draws();
    liar.judged().unwrap();
    liar.obeys = false;
    let committed = EmbargoKey::from_bytes([0x77; 32]);
    let liar = liar.releases(&committed);
    let position = liar.position("PoolFrozen", 0);
    refuted(&liar, position, Check::Derived, "root of the enterprises");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_that_is_taken_for_the_right_one_is_refuted_where_it_is_taken() {
    let mut liar = Liar::new(|_, _| {}).await.draws();
    liar.obeys = false;
    let liar = liar.releases(&EmbargoKey::from_bytes([1; 32]));
    refuted(&liar, liar.position("EmbargoReleased", 0), Check::Decision, "EMBARGO_KEY_MISMATCH");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_false_opening_is_refuted_at_once() {
    let cases: [(super::liar::Lie, &str); 4] = [
        (
            |event, _| change(event, |row| row.object.as_mut().unwrap().salt.0[0] ^= 1),
            "do not open the commitment",
        ),
        (|event, _| change(event, |row| row.object.as_mut().unwrap().index ^= 1), "does not lead"),
        (|event, _| change(event, |row| row.team.swap(0, 1)), "inspector"),
        (|event, _| change(event, |row| drop(row.team.pop())), "1 inspectors"),
    ];
    for (lie, words) in cases {
        let mut liar = Liar::new(lie).await.draws();
        let member = team_of(&liar, 0).remove(0);
        liar.starts(&member, 0);
        refuted(&liar, liar.position("RowRevealed", 0), Check::Derived, words);
    }
}

fn change(event: &mut Event, change: impl FnOnce(&mut lotbook_event::ceremony::RowRevealed)) {
    if let Event::RowRevealed(row) = event {
        change(row);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_was_let_in_is_refuted_by_the_names_that_the_start_opens() {
    let mut liar = Liar::new(|_, _| {}).await.draws();
    liar.obeys = false;
    let team = team_of(&liar, 0);
    let stranger =
        liar.state().inspectors.keys().map(ToString::to_string).find(|id| !team.contains(id)).unwrap();
    liar.starts(&stranger, 0);
    // Its own derived event went with the statement, as a ledger that lets a stranger in would do.
    let position = liar.position("RowRevealed", 0) - 1;
    refuted(&liar, position, Check::Decision, "SIGNER_NOT_ASSIGNED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_opens_nobody_is_refuted() {
    let mut liar = Liar::new(|_, _| {}).await.draws();
    let member = team_of(&liar, 0).remove(0);
    liar.starts(&member, 0);
    let position = liar.position("RowRevealed", 0);
    let Err(finding) = liar.judged_without(position) else { panic!("it was believed") };
    assert!(finding.what.contains("RowRevealed"), "{finding}");
}
