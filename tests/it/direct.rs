//! Art. 9: an inspection of a certain enterprise, for a cause, by a team the section names; no draw.

use crate::pool::{open, plan_and_scheme, reasons};
use crate::refusals::opening;
use crate::steps::*;
use crate::world::{World, refused};
use lotbook_domain::state::{Origin, Phase};
use lotbook_event::inspection::*;
use lotbook_event::keys::Role;
use lotbook_event::recusal::*;
use lotbook_event::registry::Duty;
use lotbook_event::*;

const OFFICER: Role = Role::SectionOfficer;
const LEADER: Role = Role::OfficeLeader;
const S04: Option<&str> = Some("S04");

/// A firm that nobody drew and that a pool for its class takes.
fn undrawn(world: &World) -> String {
    let firms = world.replica.state().enterprises.values();
    let mut fit = firms.filter(|firm| {
        let row = &firm.row;
        let plain = firm.draws.is_empty() && firm.statuses.is_empty();
        plain && row.kind.as_str() == "建设单位" && row.registration.as_str() == "存续"
    });
    fit.next().unwrap().row.uscc.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn it_has_the_same_duties_and_counts_as_no_draw() {
    let mut world = World::new().await;
    let uscc = undrawn(&world);
    let id = opened(&mut world, "D-1", &uscc).await;
    let event = NoticeServed { inspection: id.clone(), visit_on: date("2026-09-03"), occurred_at: world.now };
    member(&mut world, &id, 1, event).await;
    conclude(&mut world, &id, ItemOutcome::NoProblem).await;
    member(&mut world, &id, 0, report(&id)).await;
    dispatch(&mut world, &id).await;
    deliver(&mut world, &id).await;
    publish(&mut world, &id).await;
    let state = world.replica.state();
    let inspection = &state.inspections[&id];
    assert_eq!((inspection.phase, inspection.batch(), inspection.draw()), (Phase::Reported, None, None));
    assert!(inspection.published.is_some() && inspection.delivered.is_some());
    let firm = Uscc::new(uscc.as_str()).unwrap();
    assert!(state.enterprises[&firm].draws.is_empty(), "Art. 16 does not count it");
    assert!(!state.flags.iter().any(|f| f.subject == "D-1"), "a named cause in time brings no flag");
    plan_and_scheme(&mut world, "P-2026-S05", "S05", &["K01"], 1).await;
    open(&mut world, "S05", opening("P-2026-S05", "B2")).await;
    assert_eq!(reasons(&world, "P-2026-S05/B2.1")[&uscc], "", "still eligible");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_cause_starts_after_the_leader_approves_and_is_flagged() {
    let mut world = World::new().await;
    let event = DirectInspectionOpened {
        cause: Some(DirectCause::Other),
        reason: text("上级专项部署之外的重大隐患"),
        ..direct(&world, "D-2", FIRM)
    };
    let id = event.inspection.clone();
    office(&mut world, OFFICER, S04, event).await;
    assert_eq!(flagged(&world, Flag::OtherCause, "D-2"), ["上级专项部署之外的重大隐患"]);
    let early = start(&world, &id);
    let (code, found) = no_member(&mut world, &id, 0, early).await;
    assert_eq!(code, "WRONG_PHASE");
    assert!(found.contains("InspectionApproved"), "{found}");
    let approval = InspectionApproved { inspection: id.clone() };
    office(&mut world, LEADER, None, approval.clone()).await;
    assert_eq!(no(&mut world, LEADER, None, approval).await.0, "ALREADY_RECORDED");
    let now = start(&world, &id);
    member(&mut world, &id, 0, now).await;
    assert_eq!(world.replica.state().inspections[&id].phase, Phase::Started);
    // A named cause needs no approval, and a drawn inspection is none of Art. 9.
    let named = opened(&mut world, "D-3", FIRM).await;
    let approved = |id: &InspectionId| InspectionApproved { inspection: id.clone() };
    assert_eq!(no(&mut world, LEADER, None, approved(&named)).await.0, "ALREADY_RECORDED");
    let mut inspections = world.replica.state().inspections.iter();
    let drawn = inspections.find(|(_, i)| matches!(i.origin, Origin::Drawn { .. })).unwrap().0.clone();
    assert_eq!(no(&mut world, LEADER, None, approved(&drawn)).await.0, "INVALID_VALUE");
    assert_eq!(no(&mut world, LEADER, None, approved(&inspection("D-9"))).await.0, "UNKNOWN_SUBJECT");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opened_it_does_not_approve_it_with_another_key() {
    let mut world = World::new().await;
    // The leader's person is registered as an officer of S04 too, with a key of its own.
    let state = world.replica.state();
    let leader = state.person_of(&world.key("office_leader").public().key_id()).to_owned();
    let key = register(&mut world, 11, OFFICER, S04, &leader).await;
    let event = DirectInspectionOpened {
        cause: Some(DirectCause::Other),
        reason: text("其他"),
        ..direct(&world, "D-4", FIRM)
    };
    with(&mut world, &key, OFFICER, S04, event).await.unwrap();
    let approval = InspectionApproved { inspection: inspection("D-4") };
    assert_eq!(no(&mut world, LEADER, None, approval).await.0, "SELF_APPROVAL");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_cause_or_basis_there_is_none() {
    let mut world = World::new().await;
    let good = direct(&world, "D-5", FIRM);
    let other = Some(DirectCause::Other);
    let cases = [
        (DirectInspectionOpened { cause: None, ..good.clone() }, "NO_CAUSE_FOR_DIRECT"),
        (DirectInspectionOpened { basis: None, ..good.clone() }, "NO_CAUSE_FOR_DIRECT"),
        (DirectInspectionOpened { cause: other, reason: text(" "), ..good.clone() }, "NO_CAUSE_FOR_DIRECT"),
        (DirectInspectionOpened { reason: text("张三举报"), ..good.clone() }, "INVALID_VALUE"),
        (DirectInspectionOpened { inspection: inspection("D/5"), ..good.clone() }, "INVALID_VALUE"),
    ];
    for (event, code) in cases {
        let error = refused(world.state("section_officer-S04", OFFICER, S04, event).await);
        assert_eq!(error.reason, code, "{}", error.found);
        if code == "NO_CAUSE_FOR_DIRECT" {
            assert_eq!(error.article, 9);
        }
    }
    office(&mut world, OFFICER, S04, good.clone()).await;
    assert_eq!(no(&mut world, OFFICER, S04, good).await.0, "ALREADY_RECORDED");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn enterprise_items_and_team_are_what_they_must_be() {
    let mut world = World::new().await;
    let good = direct(&world, "D-6", FIRM);
    let items = |items: &[&str]| items.iter().map(|item| ItemId::new(*item).unwrap()).collect();
    let (state, team) = (world.replica.state(), good.team.clone());
    let off = state.inspectors.values().find(|i| i.row.duty != Duty::Active).unwrap().row.inspector.clone();
    let lapsed = state.inspectors.values().map(|i| &i.row);
    let lapsed = lapsed
        .filter(|row| row.duty == Duty::Active && row.certificate_valid_until < date("2026-09-01"))
        .map(|row| row.inspector.clone())
        .next()
        .unwrap();
    let acting = |id: &InspectorId| {
        let row = &state.inspectors[id].row;
        row.duty == Duty::Active && row.certificate_valid_until >= date("2026-12-31")
    };
    let mut pairs = state.conflicts.iter().filter(|((_, inspector), _)| acting(inspector));
    let ((firm, partial), _) =
        pairs.find(|(_, c)| c.row.until.is_none_or(|until| until >= date("2026-12-31"))).unwrap();
    let conflicted = DirectInspectionOpened {
        uscc: firm.clone(),
        team: vec![free(&world, firm.as_str())[0].clone(), partial.clone()],
        ..good.clone()
    };
    let team_with =
        |second: InspectorId| DirectInspectionOpened { team: vec![team[0].clone(), second], ..good.clone() };
    let unknown = Uscc::new("91350100M000100Y43").unwrap();
    let cases = [
        (DirectInspectionOpened { uscc: unknown, ..good.clone() }, "UNKNOWN_SUBJECT"),
        (DirectInspectionOpened { items: items(&[]), ..good.clone() }, "ITEM_NOT_PUBLISHED"),
        (DirectInspectionOpened { items: items(&["K02", "K99"]), ..good.clone() }, "ITEM_NOT_PUBLISHED"),
        (DirectInspectionOpened { items: items(&["K02", "K10"]), ..good.clone() }, "OTHER_SECTION"),
        (DirectInspectionOpened { team: vec![team[0].clone()], ..good.clone() }, "TEAM_TOO_SMALL"),
        (team_with(team[0].clone()), "INVALID_VALUE"),
        (team_with(off), "INSPECTOR_NOT_ACTIVE"),
        (team_with(lapsed), "CERTIFICATE_INVALID"),
        (team_with(InspectorId::new("I999").unwrap()), "UNKNOWN_SUBJECT"),
        (conflicted, "CONFLICT_OF_INTEREST"),
    ];
    for (event, code) in cases {
        let (reason, found) = no(&mut world, OFFICER, S04, event).await;
        assert_eq!(reason, code, "{found}");
    }
    let foreign = no(&mut world, OFFICER, Some("S05"), good.clone()).await;
    assert_eq!(foreign.0, "OTHER_SECTION");
    let recusal = RecusalId::new("R-404").unwrap();
    let change = DirectTeamChanged { recusal, substitute: team[1].clone() };
    assert_eq!(no(&mut world, OFFICER, S04, change).await.0, "UNKNOWN_SUBJECT");
    world.verify().await;
}

fn asked(recusal: &str, id: &InspectionId, inspector: &InspectorId) -> RecusalRequested {
    RecusalRequested {
        recusal: RecusalId::new(recusal).unwrap(),
        inspection: id.clone(),
        inspector: inspector.clone(),
        ground: RecusalGround::Conflict,
        details: None,
    }
}

fn substitute(recusal: &str, substitute: &InspectorId) -> DirectTeamChanged {
    DirectTeamChanged { recusal: RecusalId::new(recusal).unwrap(), substitute: substitute.clone() }
}

async fn decide(world: &mut World, recusal: &str, decision: RecusalDecision) {
    let event = RecusalDecided { recusal: RecusalId::new(recusal).unwrap(), decision };
    office(world, Role::RecusalApprover, None, event).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_recusal_the_section_names_somebody_else_who_may_inspect() {
    let mut world = World::new().await;
    let id = opened(&mut world, "D-7", FIRM).await;
    let spare = free(&world, FIRM);
    let before = world.replica.state().inspections[&id].clone();
    let (stays, leaves) = (&before.team[0], &before.team[1]);
    member(&mut world, &id, 1, asked("R-1", &id, leaves)).await;
    // Not decided yet, then not for another section, somebody of the team, or who may not inspect.
    let (code, found) = no(&mut world, OFFICER, S04, substitute("R-1", &spare[2])).await;
    assert_eq!(code, "WRONG_PHASE", "{found}");
    decide(&mut world, "R-1", RecusalDecision::Withdraw).await;
    let other = no(&mut world, OFFICER, Some("S05"), substitute("R-1", &spare[2])).await;
    assert_eq!(other.0, "OTHER_SECTION");
    for member in [stays, leaves] {
        assert_eq!(no(&mut world, OFFICER, S04, substitute("R-1", member)).await.0, "INVALID_VALUE");
    }
    let state = world.replica.state();
    let off = state.inspectors.values().find(|i| i.row.duty != Duty::Active).unwrap().row.inspector.clone();
    assert_eq!(no(&mut world, OFFICER, S04, substitute("R-1", &off)).await.0, "INSPECTOR_NOT_ACTIVE");
    let event = start(&world, &id);
    assert_eq!(no_member(&mut world, &id, 0, event).await.0, "RECUSAL_PENDING");
    office(&mut world, OFFICER, S04, substitute("R-1", &spare[2])).await;
    let state = world.replica.state();
    let after = &state.inspections[&id];
    assert_eq!(after.team, [stays.clone(), spare[2].clone()]);
    assert_ne!(after.team_entry, before.team_entry);
    assert!(!state.recusal(&RecusalId::new("R-1").unwrap()).unwrap().is_pending());
    assert_eq!(no(&mut world, OFFICER, S04, substitute("R-1", &spare[3])).await.0, "WRONG_PHASE");
    // The substitute withdraws too: whoever withdrew does not come back; a rejected recusal changes nothing.
    member(&mut world, &id, 1, asked("R-2", &id, &spare[2])).await;
    decide(&mut world, "R-2", RecusalDecision::Withdraw).await;
    let (code, found) = no(&mut world, OFFICER, S04, substitute("R-2", leaves)).await;
    assert_eq!(code, "INVALID_VALUE");
    assert!(found.contains("withdrew"), "{found}");
    office(&mut world, OFFICER, S04, substitute("R-2", &spare[3])).await;
    member(&mut world, &id, 1, asked("R-3", &id, &spare[3])).await;
    decide(&mut world, "R-3", RecusalDecision::Rejected).await;
    assert_eq!(no(&mut world, OFFICER, S04, substitute("R-3", &spare[4])).await.0, "WRONG_PHASE");
    conclude(&mut world, &id, ItemOutcome::NoProblem).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_substitute_has_no_conflict_with_the_enterprise() {
    let mut world = World::new().await;
    let state = world.replica.state();
    let acting = |id: &InspectorId| {
        let row = &state.inspectors[id].row;
        row.duty == Duty::Active && row.certificate_valid_until >= date("2027-12-31")
    };
    let mut pairs = state.conflicts.iter().filter(|((_, inspector), _)| acting(inspector));
    let (firm, partial) = pairs.find(|(_, c)| c.row.until.is_none()).unwrap().0.clone();
    let id = opened(&mut world, "D-8", firm.as_str()).await;
    let leaves = world.replica.state().inspections[&id].team[0].clone();
    member(&mut world, &id, 0, asked("R-1", &id, &leaves)).await;
    decide(&mut world, "R-1", RecusalDecision::Withdraw).await;
    let (code, found) = no(&mut world, OFFICER, S04, substitute("R-1", &partial)).await;
    assert_eq!(code, "CONFLICT_OF_INTEREST", "{found}");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_after_the_start_is_not_waited_for() {
    let mut world = World::new().await;
    let firm = undrawn(&world);
    let id = opened(&mut world, "D-1", &firm).await;
    let event = start(&world, &id);
    member(&mut world, &id, 0, event).await;
    let state = world.replica.state();
    let item = state.applicable_items(&state.inspections[&id])[0].to_string();
    member(&mut world, &id, 0, item_result(&id, &item, ItemOutcome::NoProblem)).await;
    let event = conclusion(&world, &id);
    member(&mut world, &id, 0, event).await;
    assert_eq!(no_member(&mut world, &id, 0, report(&id)).await.0, "WRONG_PHASE");
    let state = world.replica.state();
    let gone = state.inspectors[&state.inspections[&id].team[1]].row.clone();
    let rows = vec![registry::Inspector { duty: Duty::OffPost, ..gone }];
    office(&mut world, Role::Registrar, None, registry::InspectorUpdated { rows }).await;
    assert_eq!(world.replica.state().inspections[&id].phase, Phase::Concluded);
    member(&mut world, &id, 0, report(&id)).await;
    world.verify().await;
}
