//! A whole batch: drawn without a name, opened one by one, released, recomputed.

use super::scene::{PARTS, Scene, UNTIL};
use crate::refusals::opening;
use crate::steps::{conclude, start, until};
use crate::world::refused;
use lotbook::command::reading;
use lotbook_domain::embargo::check_opening;
use lotbook_domain::state::Phase;
use lotbook_draw::{CertificateError, Seed, select};
use lotbook_event::ceremony::EmbargoPart;
use lotbook_event::inspection::{InspectionStarted, ItemOutcome, NoticeServed};
use lotbook_event::keys::Role;
use lotbook_event::plan::Reveal;
use lotbook_event::*;
use lotbook_verifier::{Expectations, certificates};
use std::collections::BTreeSet;

/// Stops the ledger and reads it from its files, as an auditor does.
async fn read_again(scene: Scene) -> (reading::Ledger, tempfile::TempDir) {
    let data = scene.world.data.clone();
    let dir = scene.world.stop().await;
    (reading::of_data_dir(&data).unwrap(), dir)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_drawn_without_a_name_and_everybody_sees_that_it_was() {
    let scene = Scene::drawn(Reveal::AtStart).await;
    let state = scene.world.replica.state();
    let embargo = scene.embargo();
    assert_eq!((embargo.assignments.len(), embargo.holders.len()), (10, 2));
    assert!(!state.inspections.keys().any(|id| id.as_str().starts_with(scene.draw.as_str())));
    let completed = state.ceremonies[&scene.draw].completed.as_ref().unwrap();
    assert_eq!((completed.selected, completed.inspectors, completed.tries), (10, 0, 0));
    assert!(completed.strata.is_empty() && completed.tier == 0);
    let commitments: BTreeSet<_> =
        embargo.assignments.values().flat_map(|w| w.slots.iter().chain([&w.object])).collect();
    assert_eq!(commitments.len(), 10 * 3, "nobody is seen to come twice");
    // Nothing about it counts for the rosters: no firm is known to be drawn.
    let batch = (PlanId::new("P-2026-S05").unwrap(), BatchId::new("B2").unwrap());
    assert!(state.enterprises.values().all(|firm| firm.draws.iter().all(|draw| draw.batch != batch)));
    let (ledger, _dir) = read_again(scene).await;
    let verdict = ledger.verdict(&Expectations::default()).unwrap();
    let draw = verdict.draws.iter().find(|d| d.draw == "P-2026-S05/B2.1").unwrap();
    assert_eq!((draw.sealed_until.as_deref(), draw.inspectors), (Some(UNTIL), 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_with_seed_and_public_rosters_computes_another_list() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    let state = scene.world.replica.state();
    let ceremony = &state.ceremonies[&scene.draw];
    let frozen = ceremony.frozen.as_ref().unwrap();
    let pool = frozen.pool().unwrap();
    let seed = Seed::from_bytes(ceremony.completed.as_ref().unwrap().seed.0);
    let quota = lotbook_domain::draw::quota_of(&frozen.stated);
    let selected = |pool| -> BTreeSet<String> {
        select::select(pool, &quota, &seed).unwrap().selected.into_iter().map(|s| s.uscc).collect()
    };
    let (citizen, ledger) = (selected(pool), selected(&pool.under_embargo(&key)));
    assert_eq!((citizen.len(), ledger.len()), (10, 10));
    assert_ne!(citizen, ledger);
    assert_ne!(pool.roots().objects, frozen.stated.objects_root.0, "the roots are salted, too");
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inspector_reads_their_own_enterprises_by_name_and_nobody_elses() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (name, row) = scene.somebody_of(3).await;
    let key = scene.world.key(&name);
    let own = scene.read(&key, Role::Inspector, EmbargoPart::Own).await.unwrap();
    assert_eq!(own.key, None);
    assert!(own.own.contains(&row) && own.own.len() < 10);
    let who = name.strip_prefix("inspector-").unwrap();
    for row in &own.own {
        check_opening(scene.world.replica.state(), row).unwrap();
        assert!(row.team.iter().any(|member| member.inspector.as_str() == who));
    }
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_opens_its_enterprise_with_row_salt_and_proof_and_no_other() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (name, row) = scene.somebody_of(4).await;
    until(&mut scene.world, "2026-10-12", 9).await;
    let id = scene.inspection(4);
    let event = start(&scene.world, &id);
    scene.world.state(&name, Role::Inspector, None, event).await.unwrap();
    let state = scene.world.replica.state();
    let opened = &state.inspections[&id];
    assert_eq!((&opened.uscc, opened.phase), (&row.object.as_ref().unwrap().uscc, Phase::Started));
    let team: Vec<_> = row.team.iter().map(|member| member.inspector.clone()).collect();
    assert_eq!(opened.team, team);
    assert_eq!(state.enterprises[&opened.uscc].draws.last().unwrap().batch.0.as_str(), "P-2026-S05");
    assert_eq!(scene.embargo().assignments.values().filter(|w| w.opened).count(), 1);
    assert_eq!(state.inspections.keys().filter(|id| id.as_str().starts_with("P-2026-S05/B2")).count(), 1);
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn at_notice_the_name_is_public_with_the_notice_and_the_visit_goes_on_as_ever() {
    let mut scene = Scene::drawn(Reveal::AtNotice).await;
    let (name, row) = scene.somebody_of(0).await;
    until(&mut scene.world, "2026-10-12", 9).await;
    let id = scene.inspection(0);
    let visit_on = Date::new("2026-10-15").unwrap();
    let notice = NoticeServed { inspection: id.clone(), visit_on, occurred_at: scene.world.now };
    scene.world.state(&name, Role::Inspector, None, notice).await.unwrap();
    let opened = scene.world.replica.state().inspections[&id].clone();
    assert_eq!((opened.phase, opened.visit_on), (Phase::Notified, Some(visit_on)));
    assert_eq!(opened.uscc, row.object.unwrap().uscc);
    until(&mut scene.world, "2026-10-15", 9).await;
    conclude(&mut scene.world, &id, ItemOutcome::NoProblem).await;
    assert_eq!(scene.world.replica.state().inspections[&id].phase, Phase::Concluded);
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_release_everything_is_recomputed_and_the_rest_is_open() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (name, _) = scene.somebody_of(2).await;
    until(&mut scene.world, "2026-10-12", 9).await;
    let event = InspectionStarted { inspection: scene.inspection(2), occurred_at: scene.world.now };
    scene.world.state(&name, Role::Inspector, None, event).await.unwrap();
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key).await.unwrap();
    let state = scene.world.replica.state();
    let inspections: Vec<_> =
        state.inspections.iter().filter(|(_, i)| i.draw() == Some(&scene.draw)).collect();
    assert_eq!(inspections.len(), 10);
    assert_eq!(inspections.iter().filter(|(_, i)| i.phase == Phase::Started).count(), 1);
    for (_, inspection) in &inspections {
        assert_eq!(state.enterprises[&inspection.uscc].draws.last().unwrap().year, 2026);
    }
    let board = state.batches[&inspections[0].1.batch().unwrap().clone()].board.as_ref().unwrap();
    assert_eq!((board.firms.len(), board.assignment.len()), (10, 20));
    let completed = state.ceremonies[&scene.draw].completed.as_ref().unwrap();
    assert!(completed.inspectors > 0 && !completed.strata.is_empty());
    let (ledger, _dir) = read_again(scene).await;
    let verdict = ledger.verdict(&Expectations::default()).unwrap();
    let draw = verdict.draws.iter().find(|d| d.draw == "P-2026-S05/B2.1").unwrap();
    assert_eq!(draw.sealed_until, None);
    let made = certificates(ledger.verifier.state(), &ledger.entries, &ledger.note.unwrap(), &[]).unwrap();
    let made = made.into_iter().find(|c| c.draw_id == "P-2026-S05/B2.1").unwrap();
    assert_eq!(made.recompute().unwrap().selected.len(), 10);
    assert!(made.embargo.as_ref().unwrap().key.is_some() && !made.objects.rows.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_release_a_certificate_has_the_seed_and_names_nobody() {
    let scene = Scene::drawn(Reveal::WindowEnd).await;
    let (ledger, _dir) = read_again(scene).await;
    ledger.verdict(&Expectations::default()).unwrap();
    let made = certificates(ledger.verifier.state(), &ledger.entries, &ledger.note.unwrap(), &[]).unwrap();
    let made = made.into_iter().find(|c| c.draw_id == "P-2026-S05/B2.1").unwrap();
    assert_eq!(made.recompute().unwrap_err(), CertificateError::Embargoed);
    let json: serde_json::Value = serde_json::from_str(&made.to_json().unwrap()).unwrap();
    assert!(json["result"].is_null() && json["embargo"]["key"].is_null());
    assert!(json["objects"]["rows"].as_array().unwrap().is_empty());
    assert!(json["substitutions"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn at_window_end_visits_are_recorded_after_the_release_and_are_not_late_for_it() {
    let mut scene = Scene::drawn(Reveal::WindowEnd).await;
    let (name, _) = scene.somebody_of(1).await;
    let id = scene.inspection(1);
    until(&mut scene.world, "2026-12-01", 10).await;
    let occurred_at = scene.world.now;
    let event = InspectionStarted { inspection: id.clone(), occurred_at };
    let early = scene.world.state(&name, Role::Inspector, None, event.clone()).await;
    assert_eq!(refused(early).reason, "EMBARGOED");
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 9).await;
    scene.release(key).await.unwrap();
    scene.world.state(&name, Role::Inspector, None, event).await.unwrap();
    let flags = &scene.world.replica.state().flags;
    assert!(!flags.iter().any(|f| f.subject == id.as_str() && f.flag == Flag::RecordedLate), "{flags:?}");
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_has_the_key_and_the_holders_of_the_first_attempt() {
    let mut scene = Scene::opened(Reveal::AtStart).await;
    scene.hold_both().await;
    let commitment = scene.embargo().stated.commitment;
    scene.world.wait(3_600).await; // nobody has committed
    let failed = &scene.world.replica.state().ceremonies[&scene.draw];
    let mut again = opening("P-2026-S05", "B2");
    (again.attempt, again.previous_terminal) = (2, failed.terminal);
    scene.open(again).await.unwrap();
    scene.draw = super::scene::draw_id(2);
    let frozen = scene.world.replica.state().ceremonies[&scene.draw].frozen.clone().unwrap();
    assert_eq!(frozen.stated.embargo.unwrap().commitment, commitment);
    scene.commit(&PARTS).await;
    scene.reveal(&PARTS).await;
    assert_eq!(scene.embargo().draw.as_ref(), Some(&scene.draw));
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key).await.unwrap();
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_is_started_again_goes_on_with_its_keys() {
    let mut scene = Scene::opened(Reveal::AtStart).await;
    scene.hold_both().await;
    scene.commit(&PARTS).await;
    let Scene { world, draw, second } = scene;
    let world = world.restart().await;
    let mut scene = Scene { world, draw, second };
    scene.reveal(&PARTS).await;
    let (name, _) = scene.somebody_of(0).await;
    until(&mut scene.world, "2026-10-12", 9).await;
    let event = InspectionStarted { inspection: scene.inspection(0), occurred_at: scene.world.now };
    scene.world.state(&name, Role::Inspector, None, event).await.unwrap();
    scene.world.verify().await;
}
