//! The ways without a ceremony in a batch under embargo: refused until the release, and then under its salts.

use super::scene::{PARTS, PLAN, Scene, UNTIL};
use crate::refusals::opening;
use crate::steps::{office, text, until};
use crate::world::{DAY, refused};
use lotbook::command::reading;
use lotbook_client::{ClientError, Submitted};
use lotbook_draw::{Seed, Stage};
use lotbook_event::inspection::InspectionStarted;
use lotbook_event::keys::Role;
use lotbook_event::plan::Reveal;
use lotbook_event::recusal::*;
use lotbook_event::*;
use lotbook_verifier::{Expectations, authenticate, certificates};

async fn approve(scene: &mut Scene) -> Result<Submitted, ClientError> {
    let (plan, batch) = (PlanId::new(PLAN).unwrap(), BatchId::new("B2").unwrap());
    scene.world.state("supervisor", Role::Supervisor, None, ReserveOrderApproved { plan, batch }).await
}

/// A rule set that knows the reserve order, as old as a draw asks for.
async fn with_reserve_rules() -> Scene {
    let mut scene = Scene::planned(Reveal::AtStart).await;
    let mut rules = scene.world.replica.state().rules.as_ref().unwrap().value.clone();
    (rules.rule_set_id, rules.recusal_reserve_order) = (text("R-2026-2"), true);
    office(&mut scene.world, Role::OfficeLeader, None, rules).await;
    scene.world.wait(4 * DAY).await;
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn under_embargo_no_reserve_order_is_approved_and_no_counterpart_named() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    assert_eq!(refused(approve(&mut scene).await).reason, "EMBARGOED");
    let (name, row) = scene.somebody_of(1).await;
    let choice = |rank: u32, scene: &Scene| CounterpartChosen {
        recusal: RecusalId::new("R-1").unwrap(),
        counterpart: row.team[0].inspector.clone(),
        counterpart_inspection: scene.inspection(rank),
    };
    let choose = async |scene: &mut Scene, rank| {
        let event = choice(rank, scene);
        let stated = scene.world.state("recusal_approver", Role::RecusalApprover, None, event).await;
        refused(stated).reason
    };
    assert_eq!(choose(&mut scene, 1).await, "EMBARGOED", "one that is hidden");
    until(&mut scene.world, "2026-10-12", 9).await;
    let event = InspectionStarted { inspection: scene.inspection(1), occurred_at: scene.world.now };
    scene.world.state(&name, Role::Inspector, None, event).await.unwrap();
    assert_eq!(choose(&mut scene, 1).await, "EMBARGOED", "one that is open");
    assert_eq!(choose(&mut scene, 99).await, "UNKNOWN_SUBJECT", "none: there is no such recusal either");
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key).await.unwrap();
    assert_eq!(
        choose(&mut scene, 1).await,
        "UNKNOWN_SUBJECT",
        "after the release it is asked who is recused"
    );
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_approved_before_the_ceremony_is_followed_after_the_release_under_the_salts() {
    let mut scene = with_reserve_rules().await;
    approve(&mut scene).await.unwrap();
    scene.open(opening(PLAN, "B2")).await.unwrap();
    scene.hold_both().await;
    scene.commit(&PARTS).await;
    scene.reveal(&PARTS).await;
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key.clone()).await.unwrap();
    let (batch, board) = {
        let state = scene.world.replica.state();
        let batch = state.ceremonies[&scene.draw].batch.clone();
        let board = state.batches[&batch].board.clone().unwrap();
        (batch, board)
    };
    let (who, recusal) = (board.assignment[0].clone(), RecusalId::new("R-1").unwrap());
    let asked = RecusalRequested {
        recusal: recusal.clone(),
        inspection: scene.inspection(0),
        inspector: who.clone(),
        ground: RecusalGround::Unavailable,
        details: None,
    };
    scene.world.state(&format!("inspector-{who}"), Role::Inspector, None, asked).await.unwrap();
    let decided = RecusalDecided { recusal, decision: RecusalDecision::Withdraw };
    scene.world.state("recusal_approver", Role::RecusalApprover, None, decided).await.unwrap();
    let state = scene.world.replica.state();
    let after = state.batches[&batch].board.as_ref().unwrap();
    assert!(!after.assignment.contains(&who) && after.withdrawn.contains(&who));
    // The ticket that is stated is made with the salt of the slot.
    let seed = Seed::from_bytes(state.ceremonies[&scene.draw].completed.as_ref().unwrap().seed.0);
    let sub = Stage::Reserve.key(&seed);
    let salted = sub.seat_ticket(after.assignment[0].as_str(), 0, Some(&key.slot(0)));
    let (data, draw) = (scene.world.data.clone(), scene.draw.to_string());
    let _dir = scene.world.stop().await;
    let ledger = reading::of_data_dir(&data).unwrap();
    ledger.verdict(&Expectations::default()).unwrap();
    let drawn = ledger.entries.iter().filter_map(|bytes| {
        let entry = lotbook_chain::Entry::decode(bytes).unwrap();
        match Statement::decode(&entry.statement).unwrap().event {
            Event::SubstituteDrawn(e) if e.slot == 0 && e.draw.as_str() == draw => Some(e.ticket),
            _ => None,
        }
    });
    assert_eq!(drawn.collect::<Vec<_>>(), [Bytes32(*salted.as_bytes())]);
    let state = ledger.verifier.state();
    let made = certificates(state, &ledger.entries, ledger.note_over_all().unwrap(), &[]).unwrap();
    let made = made.into_iter().find(|c| c.draw_id == draw).unwrap();
    assert_eq!(made.recompute_all().unwrap().1.len(), 1);
    authenticate(&made, &state.genesis.as_ref().unwrap().checkpoint_key, None).unwrap();
}
