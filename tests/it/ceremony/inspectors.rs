//! A selection without an assignment stands: the roster gets inspectors, and a ceremony of its own draws the teams.

use super::{ceremony, certificate, code};
use crate::pool::{commit, open};
use crate::refusals::{adopt, opening, plan_like, scheme_like};
use crate::world::{DAY, World};
use lotbook_domain::ceremony::Stage;
use lotbook_domain::state::Inspection;
use lotbook_event::ceremony::{CeremonyOpened, Purpose, SeedRevealed};
use lotbook_event::draw::{DrawVoidProposed, VoidGround};
use lotbook_event::keys::Role;
use lotbook_event::plan::Seat;
use lotbook_event::registry::{Conflict, ConflictDeclared, Inspector, InspectorUpdated};
use lotbook_event::*;
use std::collections::BTreeSet;

const PLAN: &str = "P-2026-S05";
/// Six inspectors hold it, one of whom is off duty or without a certificate at times.
const RARE: &str = "通信警报";

fn draw(attempt: u32) -> DrawId {
    DrawId::new(format!("{PLAN}/B2.{attempt}")).unwrap()
}

fn next(world: &World, attempt: u32, purpose: Purpose) -> CeremonyOpened {
    let previous_terminal = world.replica.state().ceremonies[&draw(attempt - 1)].terminal;
    CeremonyOpened { purpose, attempt, previous_terminal, ..opening(PLAN, "B2") }
}

/// Everybody commits and reveals.
async fn held(world: &mut World, draw: &DrawId) {
    let parts = [
        ("section_officer-S05", Role::SectionOfficer, Some("S05"), [1; 32]),
        ("supervisor", Role::Supervisor, None, [2; 32]),
        ("notary", Role::Notary, None, [3; 32]),
    ];
    for (key, role, section, secret) in parts {
        commit(world, draw, key, role, section, secret).await;
    }
    let sealed = world.replica.state().ceremonies[draw].sealed.unwrap();
    for (key, role, section, secret) in parts {
        let event = SeedRevealed { draw: draw.clone(), sealed, secret: Bytes32(secret) };
        world.state(key, role, section, event).await.unwrap();
    }
}

/// A batch whose one seat asks for what few have, and who may have one enterprise each.
async fn infeasible() -> World {
    let mut world = World::new().await;
    let draft = plan_like(&world, PLAN, "S05", &["K01"]);
    adopt(&mut world, draft).await;
    let mut scheme = scheme_like(&world, "F-S05", PLAN);
    scheme.seats = vec![
        Seat { accepts: BTreeSet::from([Text::new(RARE).unwrap()]) },
        Seat { accepts: BTreeSet::from([Text::new("人防工程").unwrap()]) },
    ];
    (scheme.max_load, scheme.min_inspectors) = (1, None);
    world.state("section_officer-S05", Role::SectionOfficer, Some("S05"), scheme).await.unwrap();
    world.wait(4 * DAY).await;
    open(&mut world, "S05", opening(PLAN, "B2")).await;
    held(&mut world, &draw(1)).await;
    world
}

fn inspections(world: &World) -> Vec<(InspectionId, Inspection)> {
    let all = world.replica.state().inspections.iter();
    let mut own: Vec<_> =
        all.filter(|(_, i)| i.draw() == Some(&draw(1))).map(|(id, i)| (id.clone(), (**i).clone())).collect();
    own.sort_by_key(|(_, inspection)| inspection.first_slot());
    own
}

/// The registrar gives twelve more inspectors the qualification.
async fn extend(world: &mut World) {
    let rows = world.replica.state().inspectors.values().map(|record| &record.row);
    let rare = Text::new(RARE).unwrap();
    let others = rows.filter(|row| row.section.as_str() == "S01" || row.section.as_str() == "S03");
    let with = |row: &Inspector| {
        let mut row = row.clone();
        row.qualifications.insert(rare.clone());
        row
    };
    let rows = others.map(with).collect();
    world.state("registrar", Role::Registrar, None, InspectorUpdated { rows }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_selection_that_cannot_be_staffed_stands_and_gets_its_teams_by_a_ceremony_of_its_own() {
    let mut world = infeasible().await;
    let before = inspections(&world);
    assert!(before.len() > 6 && before.iter().all(|(_, i)| i.team.is_empty()), "{} firms", before.len());
    let unstaffed = certificate(&world, &draw(1), &[]).await;
    let hall = unstaffed.result.hall.clone().unwrap();
    assert!(hall.inspectors.iter().map(|(_, n)| n).sum::<u64>() < hall.slots.len() as u64);
    let mut forged = unstaffed.clone();
    forged.result.hall.as_mut().unwrap().inspectors.pop();
    assert!(forged.recompute().is_err());
    // It stands: no second draw, and nothing is drawn while it could only fail again.
    let again = world
        .state("draw_operator-S05", Role::DrawOperator, Some("S05"), next(&world, 2, Purpose::Batch))
        .await;
    assert_eq!(code(again), "ALREADY_DRAWN");
    let early = next(&world, 2, Purpose::Inspectors);
    let early = world.state("draw_operator-S05", Role::DrawOperator, Some("S05"), early).await;
    assert_eq!(code(early), "FIRM_WITHOUT_TEAM");
    extend(&mut world).await;
    // Who comes into conflict with a drawn firm now is left out altogether.
    world.wait(60).await;
    let shirker = InspectorId::new("I013").unwrap();
    let conflict = Conflict {
        inspector: shirker.clone(),
        uscc: before[0].1.uscc.clone(),
        declared_on: Date::new("2026-09-05").unwrap(),
        verified: false,
        until: None,
        ground_commitment: Bytes32([7; 32]),
    };
    world.state("registrar", Role::Registrar, None, ConflictDeclared { rows: vec![conflict] }).await.unwrap();
    let opened = next(&world, 2, Purpose::Inspectors);
    open(&mut world, "S05", opened).await;
    held(&mut world, &draw(2)).await;
    assert_eq!(ceremony(&world, &draw(2)).stage, Stage::Drawn);
    let after = inspections(&world);
    let firms = |list: &[(InspectionId, Inspection)]| -> Vec<Uscc> {
        list.iter().map(|(_, i)| i.uscc.clone()).collect()
    };
    assert_eq!(firms(&after), firms(&before), "the selection is the old one");
    assert!(after.iter().all(|(_, i)| i.team.len() == 2 && !i.team.contains(&shirker)));
    let made = certificate(&world, &draw(1), &[]).await;
    let staffing = made.staffing.clone().unwrap();
    assert!(made.result.assignment.is_some() && made.result.hall.is_some());
    let row = staffing.inspectors.rows.iter().find(|row| row.inspector_id == "I013").unwrap();
    assert_eq!(row.reason, "late_conflict");
    let assigned: Vec<_> = after.iter().flat_map(|(_, i)| i.team.iter().map(ToString::to_string)).collect();
    assert_eq!(made.result.assignment.clone().unwrap(), assigned);
    for change in [
        |c: &mut lotbook_draw::Certificate| c.staffing.as_mut().unwrap().seed.0[0] ^= 1,
        |c: &mut lotbook_draw::Certificate| c.staffing.as_mut().unwrap().inspectors.root.0[0] ^= 1,
        |c: &mut lotbook_draw::Certificate| c.result.assignment.as_mut().unwrap().reverse(),
        |c: &mut lotbook_draw::Certificate| c.staffing = None,
    ] {
        let mut forged = made.clone();
        change(&mut forged);
        assert!(forged.recompute().is_err());
    }
    let twice = next(&world, 3, Purpose::Inspectors);
    let twice = world.state("draw_operator-S05", Role::DrawOperator, Some("S05"), twice).await;
    assert_eq!(code(twice), "WRONG_PHASE");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_fails_is_tried_again_and_only_for_a_batch_that_waits() {
    let mut world = infeasible().await;
    extend(&mut world).await;
    let first = next(&world, 2, Purpose::Inspectors);
    open(&mut world, "S05", first).await;
    // While it is open, the draw is not voided under it.
    let proposal = DrawVoidProposed {
        draw: draw(1),
        ground: VoidGround::RosterError,
        basis: Text::new("no. 7").unwrap(),
    };
    assert_eq!(code(world.state("supervisor", Role::Supervisor, None, proposal).await), "CEREMONY_OPEN");
    world.wait(3_600).await;
    assert_eq!(ceremony(&world, &draw(2)).stage, Stage::Failed);
    let kept = ceremony(&world, &draw(2)).frozen.clone().unwrap().stated;
    let retry = next(&world, 3, Purpose::Inspectors);
    open(&mut world, "S05", retry).await;
    let frozen = ceremony(&world, &draw(3)).frozen.clone().unwrap().stated;
    assert_eq!((frozen.inspectors_root, frozen.conflicts_root), (kept.inspectors_root, kept.conflicts_root));
    held(&mut world, &draw(3)).await;
    assert!(inspections(&world).iter().all(|(_, i)| i.team.len() == 2));
    // A batch that is not drawn, or has its teams, waits for nobody.
    let undrawn = CeremonyOpened { purpose: Purpose::Inspectors, ..opening("P-2026-S04", "B3") };
    let undrawn = world.state("draw_operator-S04", Role::DrawOperator, Some("S04"), undrawn).await;
    assert_eq!(code(undrawn), "WRONG_PHASE");
    world.verify().await;
}
