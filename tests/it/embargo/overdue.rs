//! Names still hidden a day after the window: stated once, by the ledger, at its instant; nothing is lost.

use super::scene::{Scene, UNTIL};
use crate::steps::{flagged, until};
use crate::world::DAY;
use lotbook_event::Flag;
use lotbook_event::plan::Reveal;

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
