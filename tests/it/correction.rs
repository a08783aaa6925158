//! Corrections (rules.md 1.9): by somebody else, both versions stay, no deadline that was met or missed moves.

use crate::steps::*;
use crate::world::{DAY, World, refused};
use lotbook_chain::{EntryHash, Position};
use lotbook_client::Submitted;
use lotbook_event::inspection::ItemOutcome::NoProblem;
use lotbook_event::keys::Role;
use lotbook_event::oversight::{EntryCorrected, Obligation};
use lotbook_event::result::HandlingKind;
use lotbook_event::*;

const SUPERVISOR: Role = Role::Supervisor;
const COORDINATOR: Role = Role::Coordinator;

fn correction(of: &Submitted, field: &str, value: &str) -> EntryCorrected {
    EntryCorrected {
        position: of.position,
        entry: of.hash,
        field: text(field),
        value: text(value),
        reason: text("笔误"),
    }
}

/// Clocks, flags and inspections, as they stand.
fn standing(world: &World) -> (String, usize, String) {
    let state = world.replica.state();
    (format!("{:?}", state.obligations), state.flags.len(), format!("{:?}", state.inspections))
}

/// Concludes an inspection of section S04 and reports late; the last conclusion and the report.
async fn reported_late(world: &mut World) -> (InspectionId, Submitted, Submitted) {
    let id = opened(world, "D-1", FIRM).await;
    let event = start(world, &id);
    member(world, &id, 0, event).await;
    member(world, &id, 0, item_result(&id, "K02", NoProblem)).await;
    let event = conclusion(world, &id);
    member(world, &id, 0, event).await;
    let (key, event) = (member_key(world, &id, 1), conclusion(world, &id));
    let concluded = world.state(&key, Role::Inspector, None, event).await.unwrap();
    world.wait(20 * DAY).await;
    let reported = world.state(&key, Role::Inspector, None, report(&id)).await.unwrap();
    (id, concluded, reported)
}

#[tokio::test(flavor = "multi_thread")]
async fn both_versions_stay_and_no_deadline_moves() {
    let mut world = World::new().await;
    let (id, concluded, reported) = reported_late(&mut world).await;
    dispatch(&mut world, &id).await;
    world.wait(30 * DAY).await;
    let duties = &world.replica.state().inspections[&id].duties;
    assert!(duties[&Obligation::Report].met.unwrap().late_by > 0, "met late");
    assert_eq!(duties[&Obligation::Feedback].met.unwrap().late_by, 0, "met in time");
    let publication = &duties[&Obligation::Publication];
    assert!(publication.missed && publication.met.is_none(), "missed, and still open");
    let before = standing(&world);
    let earlier = world.now.plus_seconds(-60 * DAY).0.to_string();
    office(&mut world, SUPERVISOR, None, correction(&concluded, "occurred_at", &earlier)).await;
    office(&mut world, COORDINATOR, None, correction(&reported, "findings", "发现一处问题")).await;
    office(&mut world, SUPERVISOR, None, correction(&reported, "findings", "发现两处问题")).await;
    assert_eq!(standing(&world), before);
    let known = world.replica.state().correctable.get(reported.position).unwrap();
    assert_eq!((known.says.event, &known.inspection), ("ReportCompleted", &id));
    let values: Vec<_> = known.corrections.iter().map(|c| (c.field.as_str(), c.value.as_str())).collect();
    assert_eq!(values, [("findings", "发现一处问题"), ("findings", "发现两处问题")]);
    world.wait(40 * DAY).await;
    let clocks = |text: &str| text.matches("Duty {").count();
    assert_eq!(clocks(&standing(&world).0), clocks(&before.0), "and none starts again");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_entry_that_is_named_rightly_a_field_that_it_has() {
    let mut world = World::new().await;
    let (_, _, reported) = reported_late(&mut world).await;
    let good = correction(&reported, "opinion", "建议复查");
    let first = Position(0);
    let cases = [
        (EntryCorrected { position: first, ..good.clone() }, "UNKNOWN_SUBJECT", "position 0"),
        (EntryCorrected { entry: EntryHash([1; 32]), ..good.clone() }, "INVALID_VALUE", "hash"),
        (EntryCorrected { field: text("inspection"), ..good.clone() }, "INVALID_VALUE", "time, content"),
        (EntryCorrected { value: text(" "), ..good.clone() }, "INVALID_VALUE", "value"),
        (EntryCorrected { reason: text(""), ..good.clone() }, "INVALID_VALUE", "reason"),
    ];
    for (event, code, why) in cases {
        let (reason, found) = no(&mut world, SUPERVISOR, None, event).await;
        assert_eq!(reason, code, "{found}");
        assert!(found.contains(why), "`{found}` does not name {why}");
    }
    office(&mut world, SUPERVISOR, None, good).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_corrects_an_own_entry_with_another_key_either() {
    let mut world = World::new().await;
    until(&mut world, "2026-10-19", 9).await;
    let id = delivered(&mut world, "D-1", FIRM, NoProblem).await;
    let event = comment(&world, &id, "C-1");
    office(&mut world, COORDINATOR, None, event).await;
    until(&mut world, "2026-11-03", 9).await;
    let answered = world.state("coordinator", COORDINATOR, None, answer("C-1")).await.unwrap();
    let event = correction(&answered, "summary", "对态度的意见");
    assert_eq!(no(&mut world, COORDINATOR, None, event.clone()).await.0, "SELF_APPROVAL");
    let state = world.replica.state();
    let person = state.person_of(&world.key("coordinator").public().key_id()).to_owned();
    let key = register(&mut world, 31, SUPERVISOR, None, &person).await;
    let error = refused(with(&mut world, &key, SUPERVISOR, None, event.clone()).await);
    assert_eq!(error.reason, "SELF_APPROVAL");
    office(&mut world, SUPERVISOR, None, event).await;
    assert_eq!(world.replica.state().correctable.get(answered.position).unwrap().inspection, id);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_does_not_tell_what_a_judicial_transfer_may_not() {
    let mut world = World::new().await;
    let id = delivered(&mut world, "D-1", FIRM, lotbook_event::inspection::ItemOutcome::Uncooperative).await;
    member(&mut world, &id, 0, found(&id, "V-1", "K02")).await;
    let opened = lotbook_event::result::InvestigationOpened { violation: violation("V-1") };
    office(&mut world, Role::Handler, None, opened).await;
    let event = decided("V-1", HandlingKind::TransferJudicial);
    let decided = world.state("handler", Role::Handler, None, event).await.unwrap();
    let (code, found) = no(&mut world, SUPERVISOR, None, correction(&decided, "legal_basis", "刑法")).await;
    assert_eq!(code, "INVALID_VALUE");
    assert!(found.contains("but kind"), "{found}");
    office(&mut world, SUPERVISOR, None, correction(&decided, "kind", "transfer_authority")).await;
    assert_eq!(world.replica.state().correctable.get(decided.position).unwrap().inspection, id);
    world.verify().await;
}
