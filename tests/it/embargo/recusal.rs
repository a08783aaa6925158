//! Recusals in a batch under embargo: they wait for its release ([P-164]), and are drawn with the salts of its key.

use super::scene::{PARTS, PLAN, Scene, UNTIL};
use crate::steps::until;
use lotbook::command::reading;
use lotbook_draw::SecondPool;
use lotbook_event::ceremony::{CeremonyOpened, Purpose};
use lotbook_event::keys::Role;
use lotbook_event::plan::Reveal;
use lotbook_event::recusal::*;
use lotbook_event::*;
use lotbook_verifier::{Expectations, authenticate, certificates};

#[tokio::test(flavor = "multi_thread")]
async fn after_the_release_a_substitute_is_drawn_with_the_salts_of_the_slots() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key.clone()).await.unwrap();
    let batch_draw = scene.draw.clone();
    let (id, inspection) = {
        let state = scene.world.replica.state();
        let of = state.inspections.iter().find(|(_, i)| i.draw() == Some(&batch_draw)).unwrap();
        (of.0.clone(), of.1.clone())
    };
    let who = inspection.team[0].clone();
    let (recusal, ground) = (RecusalId::new("R-1").unwrap(), RecusalGround::Unavailable);
    let asked = RecusalRequested {
        recusal: recusal.clone(),
        inspection: id.clone(),
        inspector: who.clone(),
        ground,
        details: None,
    };
    scene.world.state(&format!("inspector-{who}"), Role::Inspector, None, asked).await.unwrap();
    let decided = RecusalDecided { recusal: recusal.clone(), decision: RecusalDecision::Withdraw };
    scene.world.state("recusal_approver", Role::RecusalApprover, None, decided).await.unwrap();
    let opening = CeremonyOpened {
        purpose: Purpose::Substitute,
        plan: PlanId::new(PLAN).unwrap(),
        batch: BatchId::new("B2").unwrap(),
        attempt: 1,
        previous_terminal: None,
        recusal: Some(recusal),
    };
    scene.open(opening).await.unwrap();
    scene.draw = DrawId::new(format!("{PLAN}/B2/R-1.1")).unwrap();
    scene.commit(&PARTS).await;
    scene.reveal(&PARTS).await;
    let state = scene.world.replica.state();
    let frozen = state.ceremonies[&scene.draw].frozen.as_ref().unwrap();
    let pool = state.ceremonies[&batch_draw].frozen.as_ref().unwrap().pool().unwrap();
    let lotbook_domain::ceremony::Rows::Recusal(second) = &frozen.rows else { panic!("no second pool") };
    let (inspectors, conflicts) = (second.inspectors().to_vec(), second.conflicts().to_vec());
    let plain = SecondPool::new(pool, inspectors, conflicts).unwrap();
    assert_eq!(plain.under_embargo(&key).inspectors_root(), frozen.stated.inspectors_root.0);
    assert_ne!(plain.inspectors_root(), frozen.stated.inspectors_root.0);
    let changed = &state.inspections[&id];
    assert!(!changed.team.contains(&who) && changed.team.len() == 2, "{changed:?}");
    let data = scene.world.data.clone();
    let _dir = scene.world.stop().await;
    let ledger = reading::of_data_dir(&data).unwrap();
    ledger.verdict(&Expectations::default()).unwrap();
    let made = certificates(ledger.verifier.state(), &ledger.entries, &ledger.note.unwrap(), &[]).unwrap();
    let made = made.into_iter().find(|c| c.draw_id == batch_draw.as_str()).unwrap();
    assert_eq!(made.recompute_all().unwrap().1.len(), 1);
    let vkey = &ledger.verifier.state().genesis.as_ref().unwrap().checkpoint_key;
    authenticate(&made, vkey, None).unwrap();
}
