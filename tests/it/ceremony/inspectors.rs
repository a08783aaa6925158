//! A selection without an assignment stands: the roster gets inspectors, and a ceremony of its own draws the teams.

use super::{ceremony, certificate, code};
use crate::pool::{commit, open};
use crate::recovery::program::{arg, done, run};
use crate::recusal::register;
use crate::refusals::{adopt, opening, plan_like, scheme_like};
use crate::world::{DAY, World};
use lotbook_client::{ClientError, Submitted};
use lotbook_domain::ceremony::{Rows, Stage};
use lotbook_domain::state::Inspection;
use lotbook_event::ceremony::{CeremonyOpened, Purpose, SeedRevealed};
use lotbook_event::draw::{DrawVoidProposed, PoolExtensionApproved, VoidGround};
use lotbook_event::keys::Role;
use lotbook_event::plan::Seat;
use lotbook_event::registry::{
    Conflict, ConflictDeclared, Duty, Inspector, InspectorEnrolled, InspectorUpdated,
};
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

/// What supervision approves.
fn approval(qualifications: &[&str], sections: &[&str]) -> PoolExtensionApproved {
    PoolExtensionApproved {
        draw: draw(1),
        qualifications: qualifications.iter().map(|one| Text::new(*one).unwrap()).collect(),
        sections: sections.iter().map(|one| SectionId::new(*one).unwrap()).collect(),
        reason: Text::new("no. 12").unwrap(),
    }
}

async fn approve(
    world: &mut World,
    qualifications: &[&str],
    sections: &[&str],
) -> Result<Submitted, ClientError> {
    world.state("supervisor", Role::Supervisor, None, approval(qualifications, sections)).await
}

/// A new inspector, like another but for number, section and qualifications.
async fn enrol(world: &mut World, id: &str, section: &str, qualifications: &[&str]) {
    let inspectors = world.replica.state().inspectors.values();
    let like = inspectors.map(|record| record.row.clone()).find(|row| row.duty == Duty::Active).unwrap();
    let row = Inspector {
        inspector: InspectorId::new(id).unwrap(),
        name: Text::new(format!("new {id}")).unwrap(),
        certificate: Text::new(format!("C-{id}")).unwrap(),
        certificate_valid_until: Date::new("2028-12-31").unwrap(),
        section: SectionId::new(section).unwrap(),
        qualifications: qualifications.iter().map(|one| Text::new(*one).unwrap()).collect(),
        ..like
    };
    world.state("registrar", Role::Registrar, None, InspectorEnrolled { rows: vec![row] }).await.unwrap();
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
    let unapproved = world.state("draw_operator-S05", Role::DrawOperator, Some("S05"), early.clone()).await;
    assert_eq!(code(unapproved), "WRONG_PHASE", "supervision has approved nothing");
    approve(&mut world, &[RARE], &[]).await.unwrap();
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
    approve(&mut world, &[RARE], &[]).await.unwrap();
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

#[tokio::test(flavor = "multi_thread")]
async fn only_whom_an_approved_qualification_or_section_covers_enters_the_pool() {
    let mut world = infeasible().await;
    let key = world.data.key("supervisor");
    let extend_by = |more: &[&str]| {
        let base = [
            "draw",
            "extend",
            "--server",
            &world.serving.url,
            "--key",
            arg(&key),
            "--draw",
            "P-2026-S05/B2.1",
        ];
        run(&[&base[..], &["--reason", "no. 12"], more].concat())
    };
    assert_eq!(extend_by(&[]).code, Some(64), "neither a qualification nor a section");
    assert_eq!(extend_by(&["--qualification", RARE]).code, Some(0));
    assert_eq!(extend_by(&["--section-of", "S02"]).code, Some(0), "approvals add up");
    extend(&mut world).await;
    enrol(&mut world, "I901", "S06", &[RARE]).await;
    enrol(&mut world, "I902", "S06", &["人防工程"]).await;
    enrol(&mut world, "I903", "S02", &["人防工程"]).await;
    enrol(&mut world, "I904", "S06", &["人防工程", RARE]).await;
    let opened = next(&world, 2, Purpose::Inspectors);
    open(&mut world, "S05", opened).await;
    let Rows::Staffing(pool) = ceremony(&world, &draw(2)).frozen.clone().unwrap().rows else { panic!() };
    let row = |id: &str| pool.inspectors().iter().find(|row| row.inspector_id == id).unwrap().clone();
    assert!(row("I901").eligible);
    assert_eq!(row("I902").reason, "unqualified", "what he has was not approved");
    assert!(row("I903").eligible && row("I903").qualifications == ["人防工程"], "of an approved section");
    assert_eq!(row("I904").qualifications, [RARE], "only with what was approved");
    held(&mut world, &draw(2)).await;
    assert!(inspections(&world).iter().all(|(_, i)| i.team.len() == 2));
    certificate(&world, &draw(1), &[]).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_is_approved_by_supervision_for_a_draw_that_waits_and_names_something_that_helps() {
    let mut world = infeasible().await;
    let told = done(&["todo", "--server", &world.serving.url, "--key", arg(&world.data.key("supervisor"))]);
    assert!(told.contains("draw extend"), "{told}");
    let elsewhere =
        |id: &str| PoolExtensionApproved { draw: DrawId::new(id).unwrap(), ..approval(&[RARE], &[]) };
    let unexplained = PoolExtensionApproved { reason: Text::new("").unwrap(), ..approval(&[RARE], &[]) };
    for (what, expected, event) in [
        ("nothing", "INVALID_VALUE", approval(&[], &[])),
        ("without a reason", "INVALID_VALUE", unexplained),
        ("what no seat accepts", "INVALID_VALUE", approval(&[RARE, "驾驶"], &[])),
        ("a section that there is not", "UNKNOWN_SUBJECT", approval(&[], &["S99"])),
        ("a draw that has its teams", "WRONG_PHASE", elsewhere("P-2026-S04/B1.1")),
        ("a draw that there is not", "UNKNOWN_SUBJECT", elsewhere("P-2026-S05/B2.7")),
    ] {
        let answer = world.state("supervisor", Role::Supervisor, None, event).await;
        assert_eq!(code(answer), expected, "{what}");
    }
    let leader = world.state("office_leader", Role::OfficeLeader, None, approval(&[RARE], &[])).await;
    assert_eq!(code(leader), "ROLE_NOT_HELD");
    register(&mut world, "registrar", Role::Supervisor, "registrar").await;
    let keeper = world.state("registrar", Role::Supervisor, None, approval(&[RARE], &[])).await;
    assert_eq!(code(keeper), "SELF_APPROVAL", "who keeps the roster");
    approve(&mut world, &[RARE], &[]).await.unwrap();
    extend(&mut world).await;
    let opened = next(&world, 2, Purpose::Inspectors);
    open(&mut world, "S05", opened).await;
    assert_eq!(code(approve(&mut world, &[], &["S02"]).await), "CEREMONY_OPEN", "its pool is frozen");
    held(&mut world, &draw(2)).await;
    assert_eq!(code(approve(&mut world, &[], &["S02"]).await), "WRONG_PHASE", "it has its teams");
    world.verify().await;
}
