//! Art. 22: violations are investigated, decided, published or withheld; then the inspection is closed.

use crate::steps::*;
use crate::world::{DAY, World, refused};
use lotbook_domain::state::Phase;
use lotbook_event::inspection::ItemOutcome;
use lotbook_event::keys::Role;
use lotbook_event::result::*;
use lotbook_event::*;

const HANDLER: Role = Role::Handler;
const PUBLISHER: Role = Role::Publisher;
const OFFICER: Role = Role::SectionOfficer;

fn investigation(name: &str) -> InvestigationOpened {
    InvestigationOpened { violation: violation(name) }
}

fn publication(name: &str) -> HandlingPublished {
    HandlingPublished { violation: violation(name), receipt_ref: text("公示1号") }
}

fn withholding(name: &str) -> HandlingWithheld {
    HandlingWithheld { violation: violation(name), ground: text("国家秘密") }
}

fn acknowledgement(name: &str) -> TransferAcknowledged {
    TransferAcknowledged { violation: violation(name), receiver: text("市公安局(样例)") }
}

fn rectification(name: &str, on: &str) -> RectificationVerified {
    RectificationVerified { violation: violation(name), verified_on: date(on) }
}

fn closing(id: &InspectionId) -> InspectionClosed {
    InspectionClosed { inspection: id.clone() }
}

/// An inspection of 19 October with one item and its outcome, everything delivered, one violation found.
async fn with_violation(world: &mut World, id: &str, name: &str) -> InspectionId {
    let id = delivered(world, id, FIRM, ItemOutcome::PendingHandling).await;
    member(world, &id, 1, found(&id, name, "K02")).await;
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_finding_to_the_rectification_each_step_once() {
    let mut world = World::new().await;
    until(&mut world, "2026-10-19", 9).await;
    with_violation(&mut world, "D-1", "V-1").await;
    let decision = decided("V-1", HandlingKind::Punishment);
    assert_eq!(no(&mut world, HANDLER, None, investigation("V-9")).await.0, "UNKNOWN_SUBJECT");
    assert_eq!(no(&mut world, HANDLER, None, decision.clone()).await.0, "WRONG_PHASE");
    office(&mut world, HANDLER, None, investigation("V-1")).await;
    assert_eq!(no(&mut world, HANDLER, None, investigation("V-1")).await.0, "ALREADY_RECORDED");
    // Nothing of what follows a decision comes before it.
    assert_eq!(no(&mut world, PUBLISHER, None, publication("V-1")).await.0, "WRONG_PHASE");
    assert_eq!(no(&mut world, PUBLISHER, None, withholding("V-1")).await.0, "WRONG_PHASE");
    assert_eq!(no(&mut world, HANDLER, None, acknowledgement("V-1")).await.0, "WRONG_PHASE");
    assert_eq!(no(&mut world, HANDLER, None, rectification("V-1", "2026-10-19")).await.0, "WRONG_PHASE");
    for blank in [
        HandlingDecided { decision_no: text(" "), ..decision.clone() },
        HandlingDecided { legal_basis: text(""), ..decision.clone() },
    ] {
        assert_eq!(no(&mut world, HANDLER, None, blank).await.0, "INVALID_VALUE");
    }
    office(&mut world, HANDLER, None, decision.clone()).await;
    assert_eq!(no(&mut world, HANDLER, None, decision).await.0, "ALREADY_RECORDED");
    let blank = HandlingPublished { receipt_ref: text(""), ..publication("V-1") };
    assert_eq!(no(&mut world, PUBLISHER, None, blank).await.0, "INVALID_VALUE");
    let (code, found) = no(&mut world, HANDLER, None, acknowledgement("V-1")).await;
    assert_eq!(code, "INVALID_VALUE");
    assert!(found.contains("punishment"), "{found}");
    office(&mut world, PUBLISHER, None, publication("V-1")).await;
    assert_eq!(no(&mut world, PUBLISHER, None, publication("V-1")).await.0, "ALREADY_RECORDED");
    assert_eq!(no(&mut world, PUBLISHER, None, withholding("V-1")).await.0, "ALREADY_RECORDED");
    assert_eq!(no(&mut world, HANDLER, None, rectification("V-1", "2026-10-20")).await.0, "INVALID_VALUE");
    office(&mut world, HANDLER, None, rectification("V-1", "2026-10-19")).await;
    let again = rectification("V-1", "2026-10-19");
    assert_eq!(no(&mut world, HANDLER, None, again).await.0, "ALREADY_RECORDED");
    let known = &world.replica.state().violations[&violation("V-1")];
    assert!(known.published.is_some() && known.withheld.is_none());
    assert_eq!((known.item.as_str(), known.rectified), ("K02", Some(date("2026-10-19"))));
    assert_eq!(flagged(&world, Flag::HandlingAged, "V-1"), Vec::<String>::new());
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_violation_is_found_by_the_team_in_an_item_whose_result_says_so() {
    let mut world = World::new().await;
    let id = opened(&mut world, "D-1", FIRM).await;
    assert_eq!(no_member(&mut world, &id, 0, found(&id, "V-1", "K02")).await.0, "WRONG_PHASE");
    let event = start(&world, &id);
    member(&mut world, &id, 0, event).await;
    let (code, why) = no_member(&mut world, &id, 0, found(&id, "V-1", "K02")).await;
    assert_eq!(code, "WRONG_PHASE");
    assert!(why.contains("no result"), "{why}");
    member(&mut world, &id, 0, item_result(&id, "K02", ItemOutcome::Corrected)).await;
    assert_eq!(no_member(&mut world, &id, 0, found(&id, "V-1", "K04")).await.0, "UNKNOWN_SUBJECT");
    let stranger = format!("inspector-{}", free(&world, FIRM)[5]);
    let error = refused(world.state(&stranger, Role::Inspector, None, found(&id, "V-1", "K02")).await);
    assert_eq!(error.reason, "SIGNER_NOT_ASSIGNED");
    member(&mut world, &id, 1, found(&id, "V-1", "K02")).await;
    assert_eq!(no_member(&mut world, &id, 0, found(&id, "V-1", "K02")).await.0, "ALREADY_RECORDED");
    let clean = delivered(&mut world, "D-2", FIRM, ItemOutcome::NoProblem).await;
    let (code, why) = no_member(&mut world, &clean, 0, found(&clean, "V-2", "K02")).await;
    assert_eq!(code, "INVALID_VALUE");
    assert!(why.contains("no_problem"), "{why}");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_judicial_transfer_kind_and_count_only_and_published_when_acknowledged() {
    let mut world = World::new().await;
    with_violation(&mut world, "D-1", "V-1").await;
    office(&mut world, HANDLER, None, investigation("V-1")).await;
    let decision = decided("V-1", HandlingKind::TransferJudicial);
    for told in [
        HandlingDecided { decision_no: text("1号"), ..decision.clone() },
        HandlingDecided { legal_basis: text("刑法"), ..decision.clone() },
    ] {
        assert_eq!(no(&mut world, HANDLER, None, told).await.0, "RESTRICTED_FIELD_IN_PUBLICATION");
    }
    office(&mut world, HANDLER, None, decision).await;
    assert_eq!(no(&mut world, PUBLISHER, None, publication("V-1")).await.0, "WRONG_PHASE");
    let blank = TransferAcknowledged { receiver: text(""), ..acknowledgement("V-1") };
    assert_eq!(no(&mut world, HANDLER, None, blank).await.0, "INVALID_VALUE");
    office(&mut world, HANDLER, None, acknowledgement("V-1")).await;
    assert_eq!(no(&mut world, HANDLER, None, acknowledgement("V-1")).await.0, "ALREADY_RECORDED");
    office(&mut world, PUBLISHER, None, publication("V-1")).await;
    // Withheld, without waiting for anybody, and with a ground.
    with_violation(&mut world, "D-2", "V-2").await;
    office(&mut world, HANDLER, None, investigation("V-2")).await;
    office(&mut world, HANDLER, None, decided("V-2", HandlingKind::TransferJudicial)).await;
    let blank = HandlingWithheld { ground: text(" "), ..withholding("V-2") };
    assert_eq!(no(&mut world, PUBLISHER, None, blank).await.0, "INVALID_VALUE");
    office(&mut world, PUBLISHER, None, withholding("V-2")).await;
    assert_eq!(no(&mut world, PUBLISHER, None, withholding("V-2")).await.0, "ALREADY_RECORDED");
    // What was withheld may become public later, once the judicial organs have acknowledged.
    assert_eq!(no(&mut world, PUBLISHER, None, publication("V-2")).await.0, "WRONG_PHASE");
    office(&mut world, HANDLER, None, acknowledgement("V-2")).await;
    office(&mut world, PUBLISHER, None, publication("V-2")).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_inspected_does_not_decide_with_another_key_either() {
    let mut world = World::new().await;
    let id = with_violation(&mut world, "D-1", "V-1").await;
    let state = world.replica.state();
    let inspector = &state.inspections[&id].team[1];
    let name = state.inspectors[inspector].row.name.to_string();
    let inspector = inspector.to_string();
    let key = register(&mut world, 21, HANDLER, None, &name).await;
    with(&mut world, &key, HANDLER, None, investigation("V-1")).await.unwrap();
    let decision = decided("V-1", HandlingKind::NoPunishment);
    let error = refused(with(&mut world, &key, HANDLER, None, decision.clone()).await);
    assert_eq!(error.reason, "SELF_APPROVAL");
    assert!(error.found.contains(&inspector), "{}", error.found);
    office(&mut world, HANDLER, None, decision).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_more_than_ninety_days_after_the_investigation_is_flagged() {
    let mut world = World::new().await;
    until(&mut world, "2026-10-19", 9).await;
    for (id, name) in [("D-1", "V-1"), ("D-2", "V-2")] {
        with_violation(&mut world, id, name).await;
        office(&mut world, HANDLER, None, investigation(name)).await;
    }
    world.wait(90 * DAY).await;
    office(&mut world, HANDLER, None, decided("V-1", HandlingKind::Other)).await;
    world.wait(DAY).await;
    office(&mut world, HANDLER, None, decided("V-2", HandlingKind::Other)).await;
    assert_eq!(flagged(&world, Flag::HandlingAged, "V-1"), Vec::<String>::new());
    let aged = flagged(&world, Flag::HandlingAged, "V-2");
    assert!(aged.len() == 1 && aged[0].contains("2026-10-19") && aged[0].contains("2027-01-18"), "{aged:?}");
    world.verify().await;
}

/// Closing is refused, naming what is missing.
async fn not_closed(world: &mut World, id: &InspectionId, code: &str, why: &str) {
    let (reason, found) = no(world, OFFICER, Some("S04"), closing(id)).await;
    assert_eq!(reason, code, "{found}");
    assert!(found.contains(why), "`{found}` does not name {why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_feedback_publication_and_comments() {
    let mut world = World::new().await;
    until(&mut world, "2026-10-19", 9).await;
    let id = opened(&mut world, "D-1", FIRM).await;
    not_closed(&mut world, &id, "WRONG_PHASE", "is assigned").await;
    conclude(&mut world, &id, ItemOutcome::NoProblem).await;
    not_closed(&mut world, &id, "WRONG_PHASE", "is concluded").await;
    member(&mut world, &id, 0, report(&id)).await;
    not_closed(&mut world, &id, "WRONG_PHASE", "not sent").await;
    dispatch(&mut world, &id).await;
    not_closed(&mut world, &id, "WRONG_PHASE", "not delivered").await;
    deliver(&mut world, &id).await;
    not_closed(&mut world, &id, "WRONG_PHASE", "not published").await;
    publish(&mut world, &id).await;
    not_closed(&mut world, &id, "WRONG_PHASE", "time for comments").await;
    let event = comment(&world, &id, "C-1");
    office(&mut world, Role::Coordinator, None, event).await;
    not_closed(&mut world, &id, "WRONG_PHASE", "time for comments").await;
    until(&mut world, "2026-11-03", 9).await;
    not_closed(&mut world, &id, "WRONG_PHASE", "comment C-1").await;
    office(&mut world, Role::Coordinator, None, answer("C-1")).await;
    assert_eq!(no(&mut world, OFFICER, Some("S05"), closing(&id)).await.0, "OTHER_SECTION");
    let stranger = format!("inspector-{}", free(&world, FIRM)[5]);
    let error = refused(world.state(&stranger, Role::Inspector, None, closing(&id)).await);
    assert_eq!(error.reason, "SIGNER_NOT_ASSIGNED");
    member(&mut world, &id, 1, closing(&id)).await;
    let inspection = &world.replica.state().inspections[&id];
    assert_eq!((inspection.phase, inspection.closed.is_some()), (Phase::Closed, true));
    not_closed(&mut world, &id, "WRONG_PHASE", "is closed already").await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_every_violation_and_only_what_others_do_comes_after() {
    let mut world = World::new().await;
    until(&mut world, "2026-10-19", 9).await;
    let id = delivered(&mut world, "D-1", FIRM, ItemOutcome::OtherViolation).await;
    until(&mut world, "2026-11-03", 9).await;
    not_closed(&mut world, &id, "UNRESOLVED_VIOLATION", "K02").await;
    for name in ["V-1", "V-2"] {
        member(&mut world, &id, 0, found(&id, name, "K02")).await;
        not_closed(&mut world, &id, "UNRESOLVED_VIOLATION", "is not decided").await;
        office(&mut world, HANDLER, None, investigation(name)).await;
        office(&mut world, HANDLER, None, decided(name, HandlingKind::TransferAuthority)).await;
        not_closed(&mut world, &id, "UNRESOLVED_VIOLATION", "neither published nor withheld").await;
        if name == "V-1" {
            office(&mut world, PUBLISHER, None, publication(name)).await;
        } else {
            office(&mut world, PUBLISHER, None, withholding(name)).await;
        }
    }
    office(&mut world, OFFICER, Some("S04"), closing(&id)).await;
    assert_eq!(no_member(&mut world, &id, 0, found(&id, "V-3", "K02")).await.0, "WRONG_PHASE");
    // What others do comes when it comes.
    office(&mut world, HANDLER, None, acknowledgement("V-1")).await;
    office(&mut world, HANDLER, None, rectification("V-1", "2026-11-03")).await;
    office(&mut world, PUBLISHER, None, publication("V-2")).await;
    assert_eq!(no_member(&mut world, &id, 0, report(&id)).await.0, "WRONG_PHASE");
    let event = comment(&world, &id, "C-1");
    office(&mut world, Role::Coordinator, None, event).await;
    office(&mut world, Role::Coordinator, None, answer("C-1")).await;
    let state = world.replica.state();
    assert_eq!(state.inspections[&id].phase, Phase::Closed);
    assert!(state.comments[&CommentId::new("C-1").unwrap()].late);
    world.verify().await;
}
