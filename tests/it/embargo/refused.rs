//! What is refused under embargo, each with its code.

use super::scene::{PARTS, PLAN, Scene, UNTIL, draw_id};
use crate::pool::plan_and_scheme;
use crate::refusals::opening;
use crate::steps::{inspection, start, until, with};
use crate::world::refused;
use lotbook_chain::SigningKey;
use lotbook_client::{ClientError, Submitted};
use lotbook_draw::EmbargoKey;
use lotbook_event::ceremony::*;
use lotbook_event::inspection::{InspectionStarted, ItemOutcome, NoticeServed};
use lotbook_event::keys::Role;
use lotbook_event::plan::Reveal;
use lotbook_event::recusal::{RecusalGround, RecusalRequested};
use lotbook_event::*;

fn code(result: Result<Submitted, ClientError>) -> String {
    refused(result).reason
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_held_by_who_read_it_on_record_whole_and_once_a_person() {
    let mut scene = Scene::opened(Reveal::AtStart).await;
    let (first, second) = (scene.first(), SigningKey::from_seed(&scene.second.seed()));
    let held =
        |scene: &Scene, proof: [u8; 32]| EmbargoKeyHeld { draw: scene.draw.clone(), proof: Bytes32(proof) };
    let supervisor = Role::Supervisor;
    let event = held(&scene, [0; 32]);
    assert_eq!(
        code(with(&mut scene.world, &first, supervisor, None, event).await),
        "WRONG_PHASE",
        "not read"
    );
    let key = scene.read_key(&first).await.unwrap();
    let other = EmbargoKey::from_bytes([7; 32]).held_by(&first.public().key_id().0);
    let of_another = key.held_by(&second.public().key_id().0);
    for proof in [other, of_another] {
        let event = held(&scene, proof);
        let refused = code(with(&mut scene.world, &first, supervisor, None, event).await);
        assert_eq!(refused, "EMBARGO_KEY_MISMATCH");
    }
    let event = held(&scene, key.held_by(&first.public().key_id().0));
    with(&mut scene.world, &first, supervisor, None, event.clone()).await.unwrap();
    assert_eq!(code(with(&mut scene.world, &first, supervisor, None, event).await), "ALREADY_RECORDED");
    let notary = scene.world.key("notary");
    let event = held(&scene, key.held_by(&notary.public().key_id().0));
    assert_eq!(code(with(&mut scene.world, &notary, Role::Notary, None, event).await), "ROLE_NOT_HELD");
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_has_lost_a_key_stops_and_never_guesses() {
    use lotbook_domain::embargo::known;
    use lotbook_domain::{Keys, LedgerKeys};
    let scene = Scene::opened(Reveal::AtStart).await;
    let state = scene.world.replica.state();
    let held = EmbargoKeyHeld { draw: scene.draw.clone(), proof: Bytes32([0; 32]) }.into();
    let fault = known(state, &held, Keys::Ledger(&LedgerKeys::default())).unwrap_err();
    assert!(fault.what.contains("does not hold its key"), "{fault}");
    assert!(known(state, &held, Keys::Verifier).unwrap().key.is_none(), "a verifier has none, and goes on");
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_read_is_refused_and_gets_no_answer() {
    let mut scene = Scene::opened(Reveal::AtStart).await;
    let read = |part, reply_key| EmbargoRead { draw: draw_id(1), part, reply_key: Bytes32(reply_key) };
    let good = lotbook_chain::sealing::reply_key(&[3; 32]);
    let inspector = scene.world.replica.state().inspectors.keys().next().unwrap().clone();
    let inspector = scene.world.key(&format!("inspector-{inspector}"));
    let (supervisor, notary) = (scene.first(), scene.world.key("notary"));
    let cases = [
        (&inspector, Role::Inspector, read(EmbargoPart::Key, good), "ROLE_NOT_HELD"),
        (&inspector, Role::Inspector, read(EmbargoPart::Own, good), "WRONG_PHASE"),
        (&supervisor, Role::Supervisor, read(EmbargoPart::Own, good), "ROLE_NOT_HELD"),
        (&notary, Role::Notary, read(EmbargoPart::Key, good), "ROLE_NOT_HELD"),
        (&supervisor, Role::Supervisor, read(EmbargoPart::Key, [0; 32]), "INVALID_VALUE"),
    ];
    for (key, role, event, expected) in cases {
        let found = code(with(&mut scene.world, key, role, None, event.clone()).await);
        assert_eq!(found, expected, "{event:?}");
    }
    let none = lotbook_client::proto::GetReadingRequest { position: 0 };
    assert!(scene.world.client.query(none).await.is_err(), "no reading stands there");
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_opens_for_its_reader_only() {
    let mut scene = Scene::opened(Reveal::AtStart).await;
    let supervisor = scene.first();
    let secret = [8; 32];
    let reply_key = Bytes32(lotbook_chain::sealing::reply_key(&secret));
    let event = EmbargoRead { draw: scene.draw.clone(), part: EmbargoPart::Key, reply_key };
    let read = with(&mut scene.world, &supervisor, Role::Supervisor, None, event).await.unwrap();
    let asked = lotbook_client::proto::GetReadingRequest { position: read.position.0 };
    let answer = scene.world.client.query(asked).await.unwrap().answer;
    let ledger = scene.world.client.trust_root().ledger_id;
    let purpose = lotbook_engine::reading::purpose(ledger, read.hash);
    assert!(lotbook_chain::sealing::open_answer(&secret, &purpose, &answer).is_ok());
    assert!(lotbook_chain::sealing::open_answer(&[9; 32], &purpose, &answer).is_err());
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_opens_nobodys_enterprise_and_nothing_else_is_stated_of_it() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (member, row) = scene.somebody_of(5).await;
    let (id, inspectors) = (scene.inspection(5), scene.world.replica.state().inspectors.clone());
    let in_team = |id: &InspectorId| row.team.iter().any(|member| member.inspector == *id);
    let stranger = inspectors
        .keys()
        .find(|id| !in_team(id) && scene.world.data.key(&format!("inspector-{id}")).exists())
        .unwrap();
    let stranger = format!("inspector-{stranger}");
    until(&mut scene.world, "2026-10-12", 9).await;
    let started = start(&scene.world, &id);
    let as_stranger = scene.world.state(&stranger, Role::Inspector, None, started.clone()).await;
    let told = refused(as_stranger);
    assert_eq!(told.reason, "SIGNER_NOT_ASSIGNED");
    assert!(!row.team.iter().any(|member| told.found.contains(member.inspector.as_str())), "{}", told.found);
    let visit_on = Date::new("2026-10-20").unwrap();
    let notice = NoticeServed { inspection: id.clone(), visit_on, occurred_at: scene.world.now };
    let noticed = scene.world.state(&member, Role::Inspector, None, notice).await;
    assert_eq!(code(noticed), "EMBARGOED", "the scheme opens at the start only");
    let early = crate::steps::item_result(&id, "K01", ItemOutcome::NoProblem);
    assert_eq!(code(scene.world.state(&member, Role::Inspector, None, early).await), "EMBARGOED");
    let unknown =
        InspectionStarted { inspection: inspection("P-2026-S05/B2.1/99"), occurred_at: scene.world.now };
    assert_eq!(code(scene.world.state(&member, Role::Inspector, None, unknown).await), "UNKNOWN_SUBJECT");
    scene.world.state(&member, Role::Inspector, None, started.clone()).await.unwrap();
    assert_eq!(code(scene.world.state(&member, Role::Inspector, None, started).await), "WRONG_PHASE");
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_release_has_its_time_its_holders_and_its_key() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    assert_eq!(code(scene.release(key.clone()).await), "EMBARGOED", "before the window's end");
    until(&mut scene.world, UNTIL, 1).await;
    let wrong = scene.release(EmbargoKey::from_bytes([6; 32])).await;
    assert_eq!(code(wrong), "EMBARGO_KEY_MISMATCH");
    let third = crate::steps::register(&mut scene.world, 93, Role::Supervisor, None, "第三监督员").await;
    let event = EmbargoReleased { draw: scene.draw.clone(), key: Bytes32(*key.expose()) };
    let by_third = with(&mut scene.world, &third, Role::Supervisor, None, event.clone()).await;
    assert_eq!(code(by_third), "ROLE_NOT_HELD", "not a holder");
    let other =
        EmbargoReleased { draw: DrawId::new("P-2026-S04/B2.1").unwrap(), key: Bytes32(*key.expose()) };
    let of_other = scene.world.state("supervisor", Role::Supervisor, None, other).await;
    assert_eq!(code(of_other), "UNKNOWN_SUBJECT", "not under embargo");
    scene.release(key.clone()).await.unwrap();
    assert_eq!(code(scene.release(key).await), "ALREADY_RECORDED");
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_two_holders_sealing_waits_and_the_attempt_fails_at_its_deadline() {
    use lotbook_domain::ceremony::Stage;
    let mut scene = Scene::opened(Reveal::AtStart).await;
    let first = scene.first();
    scene.hold(&first).await.unwrap();
    scene.commit(&PARTS).await;
    assert_eq!(scene.world.replica.state().ceremonies[&scene.draw].stage, Stage::Committing);
    scene.world.wait(3_600).await;
    let failed = &scene.world.replica.state().ceremonies[&scene.draw];
    assert_eq!((failed.stage, failed.barred.len()), (Stage::Failed, 0));
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_second_holder_is_what_the_sealing_waits_for() {
    let mut scene = Scene::opened(Reveal::AtStart).await;
    let (first, second) = (scene.first(), SigningKey::from_seed(&scene.second.seed()));
    scene.hold(&first).await.unwrap();
    scene.commit(&PARTS).await;
    assert_eq!(scene.world.replica.state().ceremonies[&scene.draw].sealed, None);
    scene.hold(&second).await.unwrap();
    assert!(scene.world.replica.state().ceremonies[&scene.draw].sealed.is_some());
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn as_long_as_somebody_is_hidden_no_other_pool_has_whom_it_may_be() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    plan_and_scheme(&mut scene.world, "P-2026-S01x", "S01", &["K10"], 2).await;
    let event = opening("P-2026-S01x", "B2");
    let opened = scene.world.state("draw_operator-S01", Role::DrawOperator, Some("S01"), event.clone()).await;
    assert_eq!(code(opened), "EMBARGOED");
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key).await.unwrap();
    scene.world.state("draw_operator-S01", Role::DrawOperator, Some("S01"), event).await.unwrap();
    scene.world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recusal_waits_for_the_release() {
    let mut scene = Scene::drawn(Reveal::AtNotice).await;
    let (name, row) = scene.somebody_of(0).await;
    let who = row.team[0].inspector.clone();
    let asked = |recusal: &str| RecusalRequested {
        recusal: RecusalId::new(recusal).unwrap(),
        inspection: inspection(&format!("{PLAN}/B2.1/0")),
        inspector: who.clone(),
        ground: RecusalGround::Conflict,
        details: None,
    };
    let hidden = scene.world.state(&name, Role::Inspector, None, asked("R-1")).await;
    assert_eq!(code(hidden), "EMBARGOED");
    until(&mut scene.world, "2026-10-12", 9).await;
    let visit_on = Date::new("2026-10-15").unwrap();
    let notice = NoticeServed { inspection: scene.inspection(0), visit_on, occurred_at: scene.world.now };
    scene.world.state(&name, Role::Inspector, None, notice).await.unwrap();
    let opened = scene.world.state(&name, Role::Inspector, None, asked("R-1")).await;
    assert_eq!(code(opened), "EMBARGOED", "its batch is not released");
    scene.world.verify().await;
}
