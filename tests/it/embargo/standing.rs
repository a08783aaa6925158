//! `why` of a draw under embargo: refused by the ledger before the release and after, and disbelieved from a liar.

use super::scene::{PARTS, Scene, UNTIL};
use crate::recovery::program::run;
use crate::steps::until;
use crate::world::refused_query;
use lotbook_client::proto::GetStandingRequest;
use lotbook_event::Uscc;
use lotbook_event::plan::Reveal;
use lotbook_verifier::standing::{Root, Shown, StandingError, check};

/// Some enterprise that could be drawn.
fn somebody(scene: &Scene) -> Uscc {
    let pool = scene.world.replica.state().ceremonies[&scene.draw].frozen.as_ref().unwrap().pool().unwrap();
    let row = pool.objects().iter().find(|row| row.eligible).unwrap();
    Uscc::new(row.uscc.as_str()).unwrap()
}

async fn asked(scene: &Scene, uscc: &Uscc) -> (String, String) {
    let asked = GetStandingRequest { draw: scene.draw.to_string(), uscc: uscc.to_string() };
    let refused = refused_query(scene.world.client.query(asked).await);
    (refused.reason, refused.found)
}

/// What the command says, of a ledger that runs.
fn why(scene: &Scene, uscc: &Uscc) -> String {
    let url = scene.world.serving.url.clone();
    let args = ["why", uscc.as_str(), "--draw", scene.draw.as_str(), "--server", url.as_str()];
    let ran = tokio::task::block_in_place(|| run(&args));
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), ""), "nothing is claimed: {}", ran.err);
    ran.err
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_standing_is_told_before_the_release_and_afterwards_the_certificate_is_named() {
    let mut scene = Scene::opened(Reveal::AtStart).await;
    let uscc = somebody(&scene);
    let sealed = ("EMBARGOED".to_owned(), format!("{} is sealed until {UNTIL}", scene.draw));
    assert_eq!(asked(&scene, &uscc).await, sealed, "of a pool that is only frozen");
    scene.hold_both().await;
    scene.commit(&PARTS).await;
    scene.reveal(&PARTS).await;
    assert_eq!(asked(&scene, &uscc).await, sealed);
    let stranger = Uscc::new("91411103XN00999995").unwrap();
    assert_eq!(asked(&scene, &stranger).await, sealed, "nor whether it has a row");
    let said = why(&scene, &uscc);
    assert!(said.contains(&format!("sealed until {UNTIL}")), "{said}");
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key).await.unwrap();
    let (reason, found) = asked(&scene, &uscc).await;
    assert!(reason == "EMBARGOED" && found.contains("its certificate proves"), "{reason}: {found}");
    let said = why(&scene, &uscc);
    assert!(said.contains("certificate"), "{said}");
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_shows_a_standing_under_embargo_all_the_same_is_not_believed() {
    let scene = Scene::drawn(Reveal::AtStart).await;
    let state = scene.world.replica.state();
    let position = state.ceremonies[&scene.draw].frozen.as_ref().unwrap().position;
    let genesis = state.genesis.as_ref().unwrap();
    let root =
        Root { ledger: genesis.ledger, vkey: &genesis.checkpoint_key, system_key: &genesis.system_key };
    let (_, frozen) = scene.world.client.entry(position.0).await.unwrap();
    let shown = Shown { rows: vec![], frozen, drawn: None, assigned: None };
    let said = check(root, &scene.draw, &somebody(&scene), &shown).unwrap_err();
    assert!(matches!(said, StandingError::UnderEmbargo { .. }), "{said}");
}
