//! A ledger that lies about a recusal under embargo: refuted at once where it needs no name, else at that entry when
//! the key is out; and a certificate of such a ledger is not authentic.

use super::liar::{Liar, Lie};
use lotbook_domain::embargo::{Keys, LedgerKeys, of_the_key};
use lotbook_event::recusal::{RecusalDecision, RecusalGround, TeamsWithheld};
use lotbook_event::{Bytes32, Event};
use lotbook_verifier::{Check, authenticate};

fn team_of(liar: &Liar, rank: u32) -> Vec<String> {
    let mut keys = LedgerKeys::default();
    keys.add(liar.state().embargo_of(&liar.draw).unwrap().0.clone(), liar.key.clone());
    let row = of_the_key(liar.state(), &liar.draw, rank, &liar.key, Keys::Ledger(&keys)).unwrap();
    row.team.iter().map(|member| member.inspector.to_string()).collect()
}

/// Rank 2's first member withdraws, and the ledger lies as it likes.
async fn withdrawn(lie: Lie) -> Liar {
    let mut liar = Liar::new(lie).await.draws();
    let who = team_of(&liar, 2).remove(0);
    liar.withdraws(&who, 2, RecusalGround::Unavailable, RecusalDecision::Withdraw);
    liar
}

fn changes(event: &mut Event, change: impl FnOnce(&mut TeamsWithheld)) {
    if let Event::TeamsWithheld(e) = event {
        change(e);
    }
}

fn refuted(liar: &Liar, position: u64, check: Check, words: &str) {
    let Err(finding) = liar.judged() else { panic!("it was believed") };
    assert_eq!((finding.position, finding.check), (position, check), "{finding}");
    assert!(finding.what.contains(words), "{finding}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_honest_recusal_is_believed_before_and_after_the_release_and_its_certificates_hold() {
    let liar = withdrawn(|_, _| {}).await;
    liar.judged().unwrap();
    let (sealed, vkey) = liar.certificate();
    assert!(sealed.substitutions.is_empty() && sealed.result.selected.is_empty());
    assert!(authenticate(&sealed, &vkey, None).unwrap().sealed_until.is_some());
    let key = liar.key.clone();
    let liar = liar.releases(&key);
    liar.judged().unwrap();
    let (open, vkey) = liar.certificate();
    assert_eq!(open.substitutions.len(), 1);
    assert_eq!(authenticate(&open, &vkey, None).unwrap().sealed_until, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_who_comes_is_refuted_when_the_key_is_out() {
    let lies: [Lie; 2] = [
        // Whoever comes, another does; if nobody could, somebody could.
        |event, _| {
            changes(event, |e| match e.slots.first_mut() {
                Some(slot) => slot.inspector.0[0] ^= 1,
                None => e.exhausted = Some(19),
            });
        },
        |event, _| changes(event, |e| (e.slots, e.exhausted) = (vec![], Some(18))),
    ];
    for lie in lies {
        let liar = withdrawn(lie).await;
        liar.judged().unwrap();
        let (sealed, vkey) = liar.certificate();
        authenticate(&sealed, &vkey, None).unwrap();
        let key = liar.key.clone();
        let liar = liar.releases(&key);
        refuted(&liar, liar.position("TeamsWithheld", 0), Check::Derived, "who came after recusal R-1");
        let (open, vkey) = liar.certificate();
        authenticate(&open, &vkey, None).unwrap_err();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_needs_no_name_is_refuted_at_once() {
    let lies: [(Lie, &str); 3] = [
        (
            |event, _| {
                changes(event, |e| match e.slots.first_mut() {
                    Some(slot) => slot.previous.0[0] ^= 1,
                    None => e.recusal = lotbook_event::RecusalId::new("R-9").unwrap(),
                });
            },
            "",
        ),
        (|event, _| changes(event, |e| e.recusal = lotbook_event::RecusalId::new("R-9").unwrap()), ""),
        (
            |event, _| {
                changes(event, |e| {
                    let twice = e.slots.clone();
                    e.slots.extend(twice);
                    e.exhausted = Some(4);
                });
            },
            "",
        ),
    ];
    for (lie, words) in lies {
        let liar = withdrawn(lie).await;
        let changed = liar.state().embargo_of(&liar.draw).is_some();
        if changed && liar.judged().is_err() {
            refuted(&liar, liar.position("TeamsWithheld", 0), Check::Derived, words);
        } else {
            // Only if nobody could come is a slot that had no candidate no lie.
            let key = liar.key.clone();
            let liar = liar.releases(&key);
            refuted(&liar, liar.position("TeamsWithheld", 0), Check::Derived, "R-1");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_pool_with_other_slots_or_roots_is_refuted_when_the_key_is_out() {
    let lies: [Lie; 2] = [
        |event, _| {
            if let Event::PoolFrozen(e) = event
                && let Some(replacement) = &mut e.replacement
            {
                replacement.slots.push(99);
            }
        },
        |event, _| {
            if let Event::PoolFrozen(e) = event
                && e.replacement.is_some()
            {
                e.conflicts_root.0[3] ^= 1;
            }
        },
    ];
    for lie in lies {
        let liar = withdrawn(lie).await;
        liar.judged().unwrap();
        let key = liar.key.clone();
        let liar = liar.releases(&key);
        refuted(&liar, liar.position("PoolFrozen", 1), Check::Derived, "second pool");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_names_who_is_recused_is_refuted_at_once() {
    let liar = withdrawn(|event, _| {
        if let Event::PoolFrozen(e) = event
            && let Some(replacement) = &mut e.replacement
        {
            replacement.inspector = Some(lotbook_event::InspectorId::new("JC-001").unwrap());
        }
    })
    .await;
    refuted(&liar, liar.position("PoolFrozen", 1), Check::Derived, "PoolFrozen");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_for_somebody_elses_slot_that_was_taken_is_refuted_when_the_key_is_out() {
    let mut liar = Liar::new(|_, _| {}).await.draws();
    let team = team_of(&liar, 2);
    let all = (0..10).flat_map(|rank| team_of(&liar, rank));
    let stranger = all.into_iter().find(|id| !team.contains(id)).unwrap();
    liar.obeys = false;
    liar.withdraws(&stranger, 2, RecusalGround::Unavailable, RecusalDecision::Withdraw);
    liar.judged().unwrap();
    let key = liar.key.clone();
    let liar = liar.releases(&key);
    refuted(&liar, liar.position("SlotRecusalRequested", 0), Check::Derived, "ROLE_NOT_HELD");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_certificate_whose_assignments_are_not_their_templates_is_not_authentic() {
    let lies: [Lie; 3] = [
        // The commitment of rank 6 in the place of rank 6 and again as rank 7: the rank is not sealed.
        |event, _| {
            if let Event::AssignmentWithheld(e) = event
                && e.rank == 7
            {
                e.rank = 6;
            }
        },
        |event, _| {
            if let Event::AssignmentWithheld(e) = event
                && e.rank == 3
            {
                e.inspection = lotbook_event::InspectionId::new("P-2026-S05/B2.1/77").unwrap();
            }
        },
        |event, _| {
            if let Event::DrawCompleted(e) = event {
                e.seed = Bytes32([9; 32]);
            }
        },
    ];
    for (n, lie) in lies.into_iter().enumerate() {
        let liar = Liar::new(lie).await.draws();
        let (sealed, vkey) = liar.certificate();
        let said = authenticate(&sealed, &vkey, None).unwrap_err().to_string();
        let words = if n == 2 { "seed" } else { "AssignmentWithheld does not follow" };
        assert!(said.contains(words), "{said}");
    }
}
