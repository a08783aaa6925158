//! Names still hidden a day after the window: stated once, by the ledger, at its instant; nothing is lost.

use super::scene::{PARTS, Scene, UNTIL};
use crate::steps::{flagged, until};
use crate::world::DAY;
use lotbook_domain::projection::obligation;
use lotbook_event::Flag;
use lotbook_event::oversight::Obligation;
use lotbook_event::plan::Reveal;
use lotbook_event::proto::ObligationState;

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_does_not_come_is_overdue_a_day_after_the_window_and_may_still_come() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    let draw = scene.draw.to_string();
    until(&mut scene.world, UNTIL, 0).await;
    scene.world.wait(DAY - 1).await;
    assert!(flagged(&scene.world, Flag::RevealOverdue, &draw).is_empty());
    scene.world.wait(1).await;
    assert_eq!(flagged(&scene.world, Flag::RevealOverdue, &draw).len(), 1);
    scene.world.wait(10 * DAY).await;
    assert_eq!(flagged(&scene.world, Flag::RevealOverdue, &draw).len(), 1, "said once");
    scene.release(key).await.unwrap();
    let state = scene.world.replica.state();
    assert_eq!(state.inspections.values().filter(|i| i.draw() == Some(&scene.draw)).count(), 10);
    scene.world.verify().await;
}

/// What supervision is told to do about the embargo.
fn tasks(scene: &Scene) -> Vec<String> {
    let key = scene.first().public().key_id();
    let all = lotbook_domain::todo::todo(scene.world.replica.state(), key, scene.world.now);
    all.into_iter().map(|task| task.command).filter(|command| command.starts_with("embargo")).collect()
}

/// How the release stands on the board of duties.
fn board(scene: &Scene) -> Option<(String, ObligationState)> {
    let filter = obligation::Filter { kind: Some(Obligation::Release), ..obligation::Filter::default() };
    let rows = obligation::obligations(scene.world.replica.state(), "", &filter).unwrap();
    let mut rows = rows.map(|(_, view)| (view.due.clone(), view.state()));
    rows.next()
}

#[tokio::test(flavor = "multi_thread")]
async fn supervision_is_told_what_to_do_and_the_board_shows_how_it_stands() {
    let mut scene = Scene::opened(Reveal::AtStart).await;
    assert_eq!(tasks(&scene), ["embargo hold --draw P-2026-S05/B2.1"]);
    scene.hold_both().await;
    assert!(tasks(&scene).is_empty() && board(&scene).is_none());
    scene.commit(&PARTS).await;
    scene.reveal(&PARTS).await;
    assert!(tasks(&scene).is_empty(), "not before the window's end");
    assert_eq!(board(&scene), Some((UNTIL.into(), ObligationState::Running)));
    until(&mut scene.world, UNTIL, 1).await;
    assert_eq!(tasks(&scene), ["embargo release --draw P-2026-S05/B2.1"]);
    scene.world.wait(DAY).await;
    assert_eq!(board(&scene), Some((UNTIL.into(), ObligationState::Late)));
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    scene.release(key).await.unwrap();
    assert_eq!(board(&scene), Some((UNTIL.into(), ObligationState::Met)));
    assert!(tasks(&scene).is_empty());
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_in_time_is_never_overdue() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    let draw = scene.draw.to_string();
    until(&mut scene.world, UNTIL, 20).await;
    scene.release(key).await.unwrap();
    scene.world.wait(10 * DAY).await;
    assert!(flagged(&scene.world, Flag::RevealOverdue, &draw).is_empty());
    scene.world.verify().await;
}
