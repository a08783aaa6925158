//! Frozen pools and ceremonies on the real ledger: reasons of exclusion, deadlines, retries (draw.md 1-2).

use crate::refusals::{adopt, opening, plan_like, scheme_like};
use crate::world::{DAY, World, refused};
use lotbook_domain::ceremony::Stage;
use lotbook_domain::state::Inspection;
use lotbook_event::ceremony::{CeremonyOpened, SeedCommitted, SeedRevealed};
use lotbook_event::keys::Role;
use lotbook_event::{Bytes32, DrawId, Event, InspectionId};
use std::collections::{BTreeMap, BTreeSet};

/// Firms that the sample's second batch drew, for section S04.
fn drawn_before(world: &World) -> BTreeSet<String> {
    let inspections = world.replica.state().inspections.values();
    inspections
        .filter(|i| i.draw().is_some_and(|d| d.as_str() == "P-2026-S04/B2.1"))
        .map(|i| i.uscc.to_string())
        .collect()
}

/// Whether Art. 16 para. 2 lifts its limits for a firm now.
fn is_exempt(world: &World, uscc: &str) -> bool {
    let state = world.replica.state();
    let firm = &state.enterprises[&lotbook_event::Uscc::new(uscc).unwrap()];
    firm.is_exempt(lotbook_domain::civil::date_of(world.now), &state.rules.as_ref().unwrap().value)
}

/// Reason of every firm in the pool of a draw.
pub fn reasons(world: &World, draw: &str) -> BTreeMap<String, String> {
    let ceremony = &world.replica.state().ceremonies[&DrawId::new(draw).unwrap()];
    let rows = ceremony.frozen.as_ref().unwrap().pool().unwrap().objects().iter();
    rows.map(|row| (row.uscc.clone(), row.reason.clone())).collect()
}

pub async fn plan_and_scheme(world: &mut World, plan: &str, section: &str, items: &[&str], cap: u32) {
    let mut draft = plan_like(world, plan, section, items);
    draft.annual_cap = cap;
    draft.reduced_cap = draft.reduced_cap.min(cap);
    adopt(world, draft).await;
    let scheme = scheme_like(world, &format!("F-{plan}"), plan);
    let key = format!("section_officer-{section}");
    world.state(&key, Role::SectionOfficer, Some(section), scheme).await.unwrap();
    world.wait(4 * DAY).await;
}

pub async fn open(world: &mut World, section: &str, event: CeremonyOpened) {
    let key = format!("draw_operator-{section}");
    world.state(&key, Role::DrawOperator, Some(section), event).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_at_its_cap_stands_in_the_pool_as_cap_reached() {
    let mut world = World::new().await;
    let drawn = drawn_before(&world);
    assert_eq!(drawn.len(), 10);
    plan_and_scheme(&mut world, "P-2026-S04x", "S04", &["K02"], 1).await;
    open(&mut world, "S04", opening("P-2026-S04x", "B2")).await;
    let reasons = reasons(&world, "P-2026-S04x/B2.1");
    assert_eq!(reasons.len(), 600);
    for uscc in drawn {
        let expected = if is_exempt(&world, &uscc) { "" } else { "cap_reached" };
        assert_eq!(reasons[&uscc], expected, "{uscc}");
    }
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_firm_drawn_by_another_section_stands_in_the_pool_as_such_and_two_pools_never_share_a_firm() {
    let mut world = World::new().await;
    let drawn = drawn_before(&world);
    plan_and_scheme(&mut world, "P-2026-S05", "S05", &["K01"], 2).await;
    plan_and_scheme(&mut world, "P-2026-S01x", "S01", &["K10"], 2).await;
    open(&mut world, "S05", opening("P-2026-S05", "B2")).await;
    let reasons = reasons(&world, "P-2026-S05/B2.1");
    for uscc in drawn {
        let expected = if is_exempt(&world, &uscc) { "" } else { "drawn_by_other_unit" };
        assert_eq!(reasons[&uscc], expected, "{uscc}");
    }
    let counted: BTreeSet<&str> = reasons.values().map(String::as_str).collect();
    assert!(counted.contains("not_alive") && counted.contains("out_of_scope"), "{counted:?}");
    // Art. 16 would be passed if another section froze a pool with the same firms now.
    let twice =
        world.state("draw_operator-S01", Role::DrawOperator, Some("S01"), opening("P-2026-S01x", "B2")).await;
    assert_eq!(refused(twice).reason, "CEREMONY_OPEN");
    world.verify().await;
}

pub async fn commit(
    world: &mut World,
    draw: &DrawId,
    name: &str,
    role: Role,
    section: Option<&str>,
    secret: [u8; 32],
) {
    let p = world.replica.state().ceremonies[draw].frozen.as_ref().unwrap().p;
    let key_id = world.key(name).public().key_id();
    let commitment = Bytes32(lotbook_draw::commitment(&p.0, &key_id.0, &secret));
    world.state(name, role, section, SeedCommitted { draw: draw.clone(), commitment }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_commitments_the_attempt_fails_at_its_deadline_and_the_third_needs_a_beacon() {
    let mut world = World::new().await;
    plan_and_scheme(&mut world, "P-2026-S05", "S05", &["K01"], 2).await;
    open(&mut world, "S05", opening("P-2026-S05", "B2")).await;
    let first = DrawId::new("P-2026-S05/B2.1").unwrap();
    world.wait(3_599).await;
    assert_eq!(world.replica.state().ceremonies[&first].stage, Stage::Committing);
    world.wait(1).await;
    let failed = &world.replica.state().ceremonies[&first];
    assert_eq!(failed.stage, Stage::Failed);
    let (terminal, pool) = (failed.terminal, failed.frozen.as_ref().unwrap().pool().unwrap().roots());
    let early = CeremonyOpened { attempt: 2, ..opening("P-2026-S05", "B2") };
    let refusal = world.state("draw_operator-S05", Role::DrawOperator, Some("S05"), early.clone()).await;
    assert_eq!(refused(refusal).reason, "INVALID_VALUE", "the attempt before is not named");
    open(&mut world, "S05", CeremonyOpened { previous_terminal: terminal, ..early }).await;
    let second = DrawId::new("P-2026-S05/B2.2").unwrap();
    assert_eq!(
        world.replica.state().ceremonies[&second].frozen.as_ref().unwrap().pool().unwrap().roots(),
        pool,
        "the retry keeps the pool"
    );
    world.wait(3_600).await;
    let terminal = world.replica.state().ceremonies[&second].terminal;
    let third = CeremonyOpened { attempt: 3, previous_terminal: terminal, ..opening("P-2026-S05", "B2") };
    let refusal = world.state("draw_operator-S05", Role::DrawOperator, Some("S05"), third).await;
    assert_eq!(refused(refusal).reason, "WRONG_PHASE");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commitments_and_reveals_are_checked_and_a_missing_reveal_bars() {
    let mut world = World::new().await;
    plan_and_scheme(&mut world, "P-2026-S05", "S05", &["K01"], 2).await;
    open(&mut world, "S05", opening("P-2026-S05", "B2")).await;
    let draw = DrawId::new("P-2026-S05/B2.1").unwrap();
    let officer = ("section_officer-S05", Role::SectionOfficer, Some("S05"));
    let (supervisor, notary) = (("supervisor", Role::Supervisor, None), ("notary", Role::Notary, None));
    commit(&mut world, &draw, officer.0, officer.1, officer.2, [1; 32]).await;
    // A copy, a second commitment, a stranger, a reveal before the sealing.
    let copied = world.replica.state().ceremonies[&draw].commitments.values().next().copied().unwrap();
    let copy = SeedCommitted { draw: draw.clone(), commitment: copied };
    assert_eq!(
        refused(world.state("notary", Role::Notary, None, copy.clone()).await).reason,
        "OPENING_MISMATCH"
    );
    let again = world.state(officer.0, officer.1, officer.2, copy.clone()).await;
    assert_eq!(refused(again).reason, "ALREADY_COMMITTED");
    let stranger = world.state("publisher", Role::Publisher, None, copy).await;
    assert_eq!(refused(stranger).reason, "NOT_A_PARTICIPANT");
    let early =
        SeedRevealed { draw: draw.clone(), sealed: lotbook_chain::EntryHash::ZERO, secret: Bytes32([1; 32]) };
    assert_eq!(refused(world.state(officer.0, officer.1, officer.2, early).await).reason, "WRONG_PHASE");
    commit(&mut world, &draw, supervisor.0, supervisor.1, supervisor.2, [2; 32]).await;
    commit(&mut world, &draw, notary.0, notary.1, notary.2, [3; 32]).await;
    let sealed = world.replica.state().ceremonies[&draw].sealed.unwrap();
    let reveal = |secret: [u8; 32]| SeedRevealed { draw: draw.clone(), sealed, secret: Bytes32(secret) };
    let wrong = world.state(officer.0, officer.1, officer.2, reveal([9; 32])).await;
    assert_eq!(refused(wrong).reason, "OPENING_MISMATCH");
    world.state(officer.0, officer.1, officer.2, reveal([1; 32])).await.unwrap();
    world.state("supervisor", Role::Supervisor, None, reveal([2; 32])).await.unwrap();
    // The notary stays silent: the attempt fails, and the notary is barred from the next.
    world.wait(2 * 3_600).await;
    let failed = &world.replica.state().ceremonies[&draw];
    assert_eq!(failed.stage, Stage::Failed);
    let late = world.state("notary", Role::Notary, None, reveal([3; 32])).await;
    assert_eq!(refused(late).reason, "DEADLINE_PASSED");
    let terminal = world.replica.state().ceremonies[&draw].terminal;
    open(
        &mut world,
        "S05",
        CeremonyOpened { attempt: 2, previous_terminal: terminal, ..opening("P-2026-S05", "B2") },
    )
    .await;
    let second = &world.replica.state().ceremonies[&DrawId::new("P-2026-S05/B2.2").unwrap()];
    let participants = &second.frozen.as_ref().unwrap().stated.participants;
    assert_eq!(participants.len(), 2);
    assert!(!participants.iter().any(|p| p.key_id == world.key("notary").public().key_id()));
    world.verify().await;
}

/// The ceremony of the comprehensive batch, held at once; its inspections.
pub async fn draw_comprehensive(world: &mut World) -> Vec<(InspectionId, Inspection)> {
    world.wait(4 * DAY).await;
    open(world, "S04", opening("P-2026-S04", "B3")).await;
    let draw = DrawId::new("P-2026-S04/B3.1").unwrap();
    let parts = [("supervisor", Role::Supervisor, None, [2; 32]), ("notary", Role::Notary, None, [3; 32])];
    // The drawing section's key is whichever officer was registered first among the batch's sections.
    let key_ids =
        world.replica.state().ceremonies[&draw].frozen.as_ref().unwrap().stated.participants.clone();
    let officer = ["S01", "S04"].into_iter().find(|section| {
        let key = world.key(&format!("section_officer-{section}")).public().key_id();
        key_ids.iter().any(|p| p.key_id == key)
    });
    let officer = officer.unwrap();
    let name = format!("section_officer-{officer}");
    commit(world, &draw, &name, Role::SectionOfficer, Some(officer), [1; 32]).await;
    for (key, role, section, secret) in parts {
        commit(world, &draw, key, role, section, secret).await;
    }
    let sealed = world.replica.state().ceremonies[&draw].sealed.unwrap();
    let reveal =
        |secret: [u8; 32]| Event::from(SeedRevealed { draw: draw.clone(), sealed, secret: Bytes32(secret) });
    world.state(&name, Role::SectionOfficer, Some(officer), reveal([1; 32])).await.unwrap();
    for (key, role, section, secret) in parts {
        world.state(key, role, section, reveal(secret)).await.unwrap();
    }
    world
        .replica
        .state()
        .inspections
        .iter()
        .filter(|(_, i)| i.draw() == Some(&draw))
        .map(|(id, i)| (id.clone(), Inspection::clone(i)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_comprehensive_batch_draws_and_a_report_that_is_not_made_is_stated_as_late_once() {
    let mut world = World::new().await;
    let assigned = draw_comprehensive(&mut world).await;
    let state = world.replica.state();
    assert_eq!(assigned.len(), 8, "5 % of 156, rounded up");
    for (_, inspection) in &assigned {
        assert_eq!(inspection.team.iter().collect::<BTreeSet<_>>().len(), 3);
        for member in &inspection.team {
            assert!(
                !state.conflicts.contains_key(&(inspection.uscc.clone(), member.clone())),
                "a conflicted pair"
            );
        }
    }
    inspect_and_be_late(&mut world, &assigned[0]).await;
    world.verify().await;
}

/// Concludes an inspection and lets the clock D2 run out.
async fn inspect_and_be_late(
    world: &mut World,
    (id, inspection): &(lotbook_event::InspectionId, lotbook_domain::state::Inspection),
) {
    use lotbook_event::inspection::*;
    world.wait(10 * DAY).await;
    let member = |n: usize| format!("inspector-{}", inspection.team[n]);
    let occurred_at = world.now;
    world
        .state(&member(0), Role::Inspector, None, InspectionStarted { inspection: id.clone(), occurred_at })
        .await
        .unwrap();
    for item in ["K02", "K10"] {
        let item = lotbook_event::ItemId::new(item).unwrap();
        let result = ItemResultConfirmed { inspection: id.clone(), item, outcome: ItemOutcome::NoProblem };
        world.state(&member(0), Role::Inspector, None, result).await.unwrap();
    }
    for n in 0..3 {
        let concluded =
            InspectionConcluded { inspection: id.clone(), occurred_at, on_site_ended_at: occurred_at };
        world.state(&member(n), Role::Inspector, None, concluded).await.unwrap();
    }
    let late = |world: &World| {
        let flags = world.replica.state().flags.iter();
        flags.filter(|f| f.flag == lotbook_event::Flag::ReportLate && f.subject == id.as_str()).count()
    };
    assert_eq!(late(world), 0);
    for _ in 0..30 {
        world.wait(DAY).await;
    }
    assert_eq!(late(world), 1, "the ledger states it once, at its instant");
}
