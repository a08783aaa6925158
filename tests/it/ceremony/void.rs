//! A draw is voided by two persons, on a closed ground, before anything has started; then it is drawn again.

use super::{ceremony, certificate, code, held, next, open};
use crate::world::{DAY, World};
use lotbook_chain::EntryHash;
use lotbook_domain::ceremony::Stage;
use lotbook_domain::state::Phase;
use lotbook_event::ceremony::Purpose;
use lotbook_event::draw::{DrawVoidProposed, DrawVoided, VoidGround};
use lotbook_event::inspection::InspectionStarted;
use lotbook_event::keys::Role;
use lotbook_event::{DrawId, InspectionId, Text};

fn proposed(draw: &DrawId, ground: VoidGround, basis: &str) -> DrawVoidProposed {
    DrawVoidProposed { draw: draw.clone(), ground, basis: Text::new(basis).unwrap() }
}

async fn drawn() -> (World, DrawId) {
    let mut world = World::new().await;
    world.wait(4 * DAY).await;
    let draw = held(&mut world, &[]).await;
    (world, draw)
}

fn inspections(world: &World, draw: &DrawId) -> Vec<InspectionId> {
    let all = world.replica.state().inspections.iter();
    all.filter(|(_, inspection)| inspection.draw() == Some(draw)).map(|(id, _)| id.clone()).collect()
}

async fn propose(world: &mut World, event: DrawVoidProposed) -> EntryHash {
    world.state("supervisor", Role::Supervisor, None, event).await.unwrap().hash
}

async fn confirm(
    world: &mut World,
    draw: &DrawId,
    proposal: EntryHash,
) -> Result<lotbook_client::Submitted, lotbook_client::ClientError> {
    let event = DrawVoided { draw: draw.clone(), proposal };
    world.state("office_leader", Role::OfficeLeader, None, event).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voided_draw_stays_public_counts_for_nobody_and_is_drawn_again() {
    let (mut world, first) = drawn().await;
    let before = certificate(&world, &first, &[]).await;
    let firms = inspections(&world, &first);
    assert_eq!(firms.len(), 8);
    let proposal = propose(&mut world, proposed(&first, VoidGround::RosterError, "漯纪函〔2026〕7号")).await;
    confirm(&mut world, &first, proposal).await.unwrap();
    assert_eq!(ceremony(&world, &first).stage, Stage::Voided);
    let state = world.replica.state();
    assert!(firms.iter().all(|id| state.inspections[id].phase == Phase::Voided));
    let after = certificate(&world, &first, &[]).await;
    assert_eq!((&after.result, &after.seed), (&before.result, &before.seed), "the old result is public");
    assert_eq!(after.shape["voided"]["ground"], "roster_error");
    // Nothing of it can start.
    let key = format!("inspector-{}", state.inspections[&firms[0]].team[0]);
    let start = InspectionStarted { inspection: firms[0].clone(), occurred_at: world.now };
    assert_eq!(code(world.state(&key, Role::Inspector, None, start).await), "WRONG_PHASE");
    let again = confirm(&mut world, &first, proposal).await;
    assert_eq!(code(again), "WRONG_PHASE");
    let mut unlinked = next(&world, Purpose::Batch);
    assert_eq!(unlinked.previous_terminal, ceremony(&world, &first).terminal);
    unlinked.previous_terminal = None;
    assert_eq!(code(open(&mut world, unlinked).await), "INVALID_VALUE");
    let second = held(&mut world, &[]).await;
    assert_eq!(second, super::draw(2));
    assert_eq!(ceremony(&world, &second).stage, Stage::Drawn);
    // Who was drawn by the voided draw is not excluded from the next one.
    let rows =
        |draw: &DrawId| ceremony(&world, draw).frozen.as_ref().unwrap().pool().unwrap().objects().to_vec();
    let eligible = |draw: &DrawId| rows(draw).iter().filter(|row| row.eligible).count();
    assert_eq!(eligible(&second), eligible(&first));
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_two_persons_a_ground_that_holds_and_that_nothing_has_started() {
    let (mut world, draw) = drawn().await;
    let roster = proposed(&draw, VoidGround::RosterError, "no. 7");
    let by_operator = world.state("draw_operator-S04", Role::DrawOperator, Some("S04"), roster.clone()).await;
    assert_eq!(code(by_operator), "ROLE_NOT_HELD");
    let bare = proposed(&draw, VoidGround::Ordered, " ");
    assert_eq!(code(world.state("supervisor", Role::Supervisor, None, bare).await), "INVALID_VALUE");
    let untrue = proposed(&draw, VoidGround::ItemWithdrawn, "no. 7");
    assert_eq!(code(world.state("supervisor", Role::Supervisor, None, untrue).await), "INVALID_VALUE");
    assert_eq!(code(confirm(&mut world, &draw, EntryHash([7; 32])).await), "UNKNOWN_SUBJECT");
    let proposal = propose(&mut world, roster.clone()).await;
    let alone = DrawVoided { draw: draw.clone(), proposal };
    assert_eq!(code(world.state("supervisor", Role::Supervisor, None, alone).await), "ROLE_NOT_HELD");
    // The supervisor's person under a key of the leader's role is still one person.
    let person = world.replica.state().person_of(&world.key("supervisor").public().key_id()).to_owned();
    let key = crate::steps::register(&mut world, 77, Role::OfficeLeader, None, &person).await;
    let event = DrawVoided { draw: draw.clone(), proposal };
    let same = crate::steps::with(&mut world, &key, Role::OfficeLeader, None, event).await;
    assert_eq!(code(same), "SELF_APPROVAL");
    // An attempt that failed, or one of another time, cannot be voided.
    let other = DrawId::new("P-2026-S04/B3.9").unwrap();
    let unknown = proposed(&other, VoidGround::RosterError, "no. 7");
    assert_eq!(code(world.state("supervisor", Role::Supervisor, None, unknown).await), "UNKNOWN_SUBJECT");
    let started = inspections(&world, &draw)[0].clone();
    let key = format!("inspector-{}", world.replica.state().inspections[&started].team[0]);
    let start = InspectionStarted { inspection: started, occurred_at: world.now };
    world.state(&key, Role::Inspector, None, start).await.unwrap();
    assert_eq!(code(confirm(&mut world, &draw, proposal).await), "WRONG_PHASE");
    assert_eq!(ceremony(&world, &draw).stage, Stage::Drawn);
    world.verify().await;
}
