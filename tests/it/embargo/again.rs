//! What would draw again in a batch under embargo: refused while its names are hidden; afterwards a draw is voided for
//! good, and a selection that nobody could staff gets its teams by a ceremony of its own under the same salts.

use super::scene::{PARTS, PLAN, SECTION, Scene, UNTIL};
use super::unnamed::{code, proved};
use crate::refusals::{adopt, opening, plan_like, scheme_like};
use crate::steps::{register, until};
use crate::world::{DAY, World};
use lotbook_event::ceremony::{CeremonyOpened, Purpose};
use lotbook_event::draw::{DrawVoidProposed, DrawVoided, PoolExtensionApproved, VoidGround};
use lotbook_event::keys::Role;
use lotbook_event::plan::{Reveal, Seat};
use lotbook_event::registry::{Inspector, InspectorUpdated};
use lotbook_event::*;
use std::collections::BTreeSet;

fn proposal(draw: &DrawId) -> DrawVoidProposed {
    let basis = Text::new("no. 7").unwrap();
    DrawVoidProposed { draw: draw.clone(), ground: VoidGround::RosterError, basis }
}

/// The next attempt of the batch.
fn next(scene: &Scene, attempt: u32, purpose: Purpose) -> CeremonyOpened {
    let before = DrawId::new(format!("{PLAN}/B2.{}", attempt - 1)).unwrap();
    let previous_terminal = scene.world.replica.state().ceremonies[&before].terminal;
    CeremonyOpened { purpose, attempt, previous_terminal, ..opening(PLAN, "B2") }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draw_is_voided_after_its_release_and_nothing_is_drawn_under_a_key_that_is_known() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let draw = scene.draw.clone();
    let early = scene.world.state("supervisor", Role::Supervisor, None, proposal(&draw)).await;
    assert_eq!(code(early), "EMBARGOED");
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key).await.unwrap();
    let proposed = scene.world.state("supervisor", Role::Supervisor, None, proposal(&draw)).await.unwrap();
    let event = DrawVoided { draw: draw.clone(), proposal: proposed.hash };
    scene.world.state("office_leader", Role::OfficeLeader, None, event).await.unwrap();
    let state = scene.world.replica.state();
    let batch = state.ceremonies[&draw].batch.clone();
    assert!(state.enterprises.values().all(|firm| firm.draws.iter().all(|past| past.batch != batch)));
    let again = next(&scene, 2, Purpose::Batch);
    assert_eq!(code(scene.open(again).await), "EMBARGOED", "its key is public");
    scene.world.verify().await;
}

/// A batch under embargo whose first seat asks for what few have, who may have one enterprise each.
async fn infeasible() -> Scene {
    let mut world = World::new().await;
    let second = register(&mut world, 91, Role::Supervisor, None, "第二监督员").await;
    let draft = plan_like(&world, PLAN, SECTION, &["K01"]);
    adopt(&mut world, draft).await;
    let mut scheme = scheme_like(&world, "F-S05", PLAN);
    let seat = |accepts: &str| Seat { accepts: BTreeSet::from([Text::new(accepts).unwrap()]) };
    scheme.seats = vec![seat("通信警报"), seat("人防工程")];
    (scheme.max_load, scheme.min_inspectors, scheme.reveal) = (1, None, Reveal::AtStart);
    world.state("section_officer-S05", Role::SectionOfficer, Some(SECTION), scheme).await.unwrap();
    world.wait(4 * DAY).await;
    let mut scene = Scene { world, draw: super::scene::draw_id(1), second };
    scene.open(opening(PLAN, "B2")).await.unwrap();
    scene.hold_both().await;
    scene.commit(&PARTS).await;
    scene.reveal(&PARTS).await;
    scene
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_drawn_without_a_team_gets_one_after_the_release_under_the_salts_of_the_batch() {
    let mut scene = infeasible().await;
    let early = next(&scene, 2, Purpose::Inspectors);
    assert_eq!(code(scene.open(early).await), "EMBARGOED", "nobody knows yet that there is no team");
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key.clone()).await.unwrap();
    let rare = Text::new("通信警报").unwrap();
    let rows = scene.world.replica.state().inspectors.values().map(|record| &record.row);
    // Certificates hold in the new year, and some inspectors gain what is rare.
    let with = |row: &Inspector| {
        let mut row = row.clone();
        if row.section.as_str() == "S01" || row.section.as_str() == "S03" {
            row.qualifications.insert(rare.clone());
        }
        row.certificate_valid_until = Date::new("2029-01-01").unwrap();
        row
    };
    let rows = rows.map(with).collect();
    scene.world.state("registrar", Role::Registrar, None, InspectorUpdated { rows }).await.unwrap();
    let approved = PoolExtensionApproved {
        draw: scene.draw.clone(),
        qualifications: BTreeSet::from([Text::new("通信警报").unwrap()]),
        sections: BTreeSet::new(),
        reason: Text::new("too few hold it").unwrap(),
    };
    scene.world.state("supervisor", Role::Supervisor, None, approved).await.unwrap();
    let event = next(&scene, 2, Purpose::Inspectors);
    scene.open(event).await.unwrap();
    let batch_draw = std::mem::replace(&mut scene.draw, super::scene::draw_id(2));
    scene.commit(&PARTS).await;
    scene.reveal(&PARTS).await;
    let state = scene.world.replica.state();
    let frozen = state.ceremonies[&scene.draw].frozen.as_ref().unwrap();
    let lotbook_domain::ceremony::Rows::Staffing(pool) = &frozen.rows else {
        panic!("no pool of inspectors")
    };
    let salted = pool.under_embargo(&key).roots();
    assert_eq!(salted.inspectors, frozen.stated.inspectors_root.0);
    let teams = state.inspections.values().filter(|i| i.draw() == Some(&batch_draw));
    assert!(teams.clone().count() > 6 && teams.into_iter().all(|i| i.team.len() == 2));
    let data = scene.world.data.clone();
    let _dir = scene.world.stop().await;
    proved(&data, &batch_draw, 0);
}
