//! Refused over gRPC, each with its code and article; nothing else changes but the recorded refusal.

use crate::world::{World, refused};
use lotbook_chain::sign::possession_message;
use lotbook_chain::{Position, SigningKey};
use lotbook_client::{ClientError, SignedStatement, TrustRoot};
use lotbook_event::ceremony::*;
use lotbook_event::draw::*;
use lotbook_event::inspection::ReportCompleted;
use lotbook_event::keys::{KeyConfirmed, KeyRegistered, KeyRevoked, Role};
use lotbook_event::plan::{PlanAdopted, PlanDrafted, SchemeAdopted};
use lotbook_event::registry::{EnterpriseEnrolled, Item, ItemProposed, ItemWithdrawn};
use lotbook_event::result::{FeedbackDispatched, ServiceMethod};
use lotbook_event::*;
use std::collections::BTreeSet;

/// Refused by a rule: code, article, one recorded refusal, and the receipt the client has verified.
async fn check(
    world: &mut World,
    key: &str,
    role: Role,
    section: Option<&str>,
    event: impl Into<Event>,
    code: &str,
    article: u32,
) {
    let event = event.into();
    let (name, before) = (event.name(), world.size());
    let result = world.state(key, role, section, event).await;
    if let Err(ClientError::Refused(said)) = &result {
        assert!(said.receipt.is_some(), "{name}: no verified refusal receipt");
    }
    let error = refused(result);
    assert_eq!((error.reason.as_str(), error.article), (code, article), "{name}: {}", error.found);
    assert!(
        !error.found.is_empty()
            && !error.rule.is_empty()
            && !error.rule_zh.is_empty()
            && !error.remedy.is_empty()
    );
    assert_eq!(world.size(), before + 1, "{name}: only the refusal is recorded");
}

const OFFICER: Role = Role::SectionOfficer;
const OPERATOR: Role = Role::DrawOperator;

fn id<T>(new: fn(String) -> Result<T, FieldError>, text: &str) -> T {
    new(text.to_owned()).unwrap()
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

pub fn opening(plan: &str, batch: &str) -> CeremonyOpened {
    CeremonyOpened {
        purpose: Purpose::Batch,
        plan: PlanId::new(plan).unwrap(),
        batch: BatchId::new(batch).unwrap(),
        attempt: 1,
        previous_terminal: None,
        recusal: None,
    }
}

/// The sample's plan under another name, for another section, with one batch of other items.
pub fn plan_like(world: &World, plan: &str, section: &str, items: &[&str]) -> PlanDrafted {
    let state = world.replica.state();
    let mut draft = state.plans[&PlanId::new("P-2026-S04").unwrap()].draft.clone();
    let section = SectionId::new(section).unwrap();
    let mut batch = draft.batches[1].clone();
    batch.items = items.iter().map(|item| ItemId::new(*item).unwrap()).collect();
    batch.sections = BTreeSet::from([section.clone()]);
    (batch.inspect_from, batch.inspect_to) =
        (Date::new("2026-10-01").unwrap(), Date::new("2026-12-31").unwrap());
    (draft.plan, draft.section, draft.batches) = (PlanId::new(plan).unwrap(), section, vec![batch]);
    draft
}

pub fn scheme_like(world: &World, scheme: &str, plan: &str) -> SchemeAdopted {
    let key = (PlanId::new("P-2026-S04").unwrap(), BatchId::new("B2").unwrap());
    let mut like = world.replica.state().batches[&key].scheme.as_ref().unwrap().value.clone();
    (like.scheme, like.plan) = (SchemeId::new(scheme).unwrap(), PlanId::new(plan).unwrap());
    (like.window_from, like.window_to) = (Date::new("2026-10-01").unwrap(), Date::new("2026-12-31").unwrap());
    like
}

pub async fn adopt(world: &mut World, draft: PlanDrafted) {
    let (plan, section) = (draft.plan.clone(), draft.section.to_string());
    let key = format!("section_officer-{section}");
    world.state(&key, OFFICER, Some(&section), draft).await.unwrap();
    let adopted = PlanAdopted { plan, adopted_on: Date::new("2026-09-02").unwrap() };
    world.state(&key, OFFICER, Some(&section), adopted).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_ceremony_of_a_drawn_batch_is_refused() {
    let mut world = World::new().await;
    check(
        &mut world,
        "draw_operator-S04",
        OPERATOR,
        Some("S04"),
        opening("P-2026-S04", "B1"),
        "ALREADY_DRAWN",
        14,
    )
    .await;
    check(
        &mut world,
        "draw_operator-S04",
        OPERATOR,
        Some("S04"),
        opening("P-2026-S04", "B2"),
        "ALREADY_DRAWN",
        14,
    )
    .await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_ledger_states_nobody_may_state() {
    let mut world = World::new().await;
    let entries: Vec<Event> = {
        let ledger = lotbook::command::reading::of_data_dir(&world.data).unwrap();
        let event = |bytes: &Vec<u8>| {
            Statement::decode(&lotbook_chain::Entry::decode(bytes).unwrap().statement).unwrap().event
        };
        ledger.entries.iter().map(event).collect()
    };
    let names = [
        "PoolFrozen",
        "CeremonySealed",
        "CeremonyClosed",
        "DrawCompleted",
        "EnterpriseAssigned",
        "DeadlineMissed",
        "Heartbeat",
        "LedgerCreated",
    ];
    for name in names {
        let event = entries.iter().find(|event| event.name() == name).unwrap().clone();
        check(&mut world, "draw_operator-S04", OPERATOR, Some("S04"), event, "MANUAL_ASSIGNMENT", 14).await;
    }
    let draw = DrawId::new("P-2026-S04/B3.1").unwrap();
    let infeasible = AssignmentInfeasible {
        draw: draw.clone(),
        slots: 1,
        eligible: 0,
        hall_slots: BTreeSet::new(),
        hall_inspectors: vec![],
    };
    check(&mut world, "draw_operator-S04", OPERATOR, Some("S04"), infeasible, "MANUAL_ASSIGNMENT", 14).await;
    let inspection = InspectionId::new("P-2026-S04/B3.1/91411102XN0000012Y").unwrap();
    let previous = lotbook_chain::EntryHash::ZERO;
    let team = TeamAssigned { draw, inspection, team: vec![], previous };
    check(&mut world, "draw_operator-S04", OPERATOR, Some("S04"), team, "MANUAL_ASSIGNMENT", 14).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_plan_no_scheme_no_published_item_no_age_no_draw() {
    let mut world = World::new().await;
    let (s4, s5) = (Some("S04"), Some("S05"));
    check(&mut world, "draw_operator-S05", OPERATOR, s5, opening("P-X", "B1"), "NO_ADOPTED_PLAN", 12).await;
    let draft = plan_like(&world, "P-2026-S05", "S05", &["K01"]);
    world.state("section_officer-S05", OFFICER, s5, draft).await.unwrap();
    check(&mut world, "draw_operator-S05", OPERATOR, s5, opening("P-2026-S05", "B2"), "NO_ADOPTED_PLAN", 12)
        .await;
    let adopted = PlanAdopted {
        plan: PlanId::new("P-2026-S05").unwrap(),
        adopted_on: Date::new("2026-09-02").unwrap(),
    };
    world.state("section_officer-S05", OFFICER, s5, adopted.clone()).await.unwrap();
    check(&mut world, "draw_operator-S05", OPERATOR, s5, opening("P-2026-S05", "B2"), "NO_SCHEME", 14).await;
    // B3's scheme was adopted this very day; the rule set asks for three.
    check(&mut world, "draw_operator-S04", OPERATOR, s4, opening("P-2026-S04", "B3"), "TOO_YOUNG", 0).await;
    // An item that is proposed, and not published.
    let item = world.replica.state().items[&ItemId::new("K01").unwrap()].item.clone();
    let fresh = Item { item: ItemId::new("K99").unwrap(), ..item.clone() };
    world
        .state("section_officer-S05", OFFICER, s5, ItemProposed { rows: vec![fresh.clone()] })
        .await
        .unwrap();
    let draft = plan_like(&world, "P-2026-S05b", "S05", &["K99"]);
    world.state("section_officer-S05", OFFICER, s5, draft).await.unwrap();
    let unpublished = PlanAdopted { plan: PlanId::new("P-2026-S05b").unwrap(), ..adopted };
    check(&mut world, "section_officer-S05", OFFICER, s5, unpublished, "ITEM_NOT_PUBLISHED", 8).await;
    let bare = Item { item: ItemId::new("K98").unwrap(), legal_basis: text(" "), ..fresh };
    check(
        &mut world,
        "section_officer-S05",
        OFFICER,
        s5,
        ItemProposed { rows: vec![bare] },
        "ITEM_WITHOUT_BASIS",
        8,
    )
    .await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_another_section_is_refused() {
    let mut world = World::new().await;
    let s5 = Some("S05");
    check(&mut world, "draw_operator-S05", OPERATOR, s5, opening("P-2026-S04", "B3"), "OTHER_SECTION", 0)
        .await;
    let withdrawn = ItemWithdrawn { item: id(ItemId::new, "K07"), reason: text("x") };
    check(&mut world, "section_officer-S05", OFFICER, s5, withdrawn, "OTHER_SECTION", 0).await;
    let draft = plan_like(&world, "P-2026-S02", "S02", &["K03"]);
    check(&mut world, "section_officer-S05", OFFICER, s5, draft, "OTHER_SECTION", 0).await;
    // Acting for a section, or in a role, that the key does not hold.
    let mine = opening("P-2026-S04", "B3");
    check(&mut world, "draw_operator-S05", OPERATOR, Some("S04"), mine.clone(), "ROLE_NOT_HELD", 0).await;
    check(&mut world, "notary", Role::Notary, None, mine, "ROLE_NOT_HELD", 0).await;
    let inspection = world.replica.state().inspections.keys().next().unwrap().clone();
    let feedback = FeedbackDispatched { inspection, method: ServiceMethod::Mail, legal_basis: text("") };
    check(&mut world, "section_officer-S05", OFFICER, s5, feedback, "FEEDBACK_BY_NON_INSPECTING_UNIT", 5)
        .await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incomplete_report_and_one_by_a_stranger_are_refused() {
    let mut world = World::new().await;
    let state = world.replica.state();
    let (inspection, record) =
        state.inspections.iter().next().map(|(id, i)| (id.clone(), i.clone())).unwrap();
    let stranger = state.inspectors.values().find(|row| {
        let duty = row.row.duty == lotbook_event::registry::Duty::Active;
        duty && !record.team.contains(&row.row.inspector)
    });
    let stranger = format!("inspector-{}", stranger.unwrap().row.inspector);
    let member = format!("inspector-{}", record.team[0]);
    let part = || text("…");
    let whole = ReportCompleted {
        inspection,
        time: part(),
        content: part(),
        findings: part(),
        evaluation: part(),
        opinion: part(),
    };
    check(&mut world, &stranger, Role::Inspector, None, whole.clone(), "SIGNER_NOT_ASSIGNED", 18).await;
    let without = [
        ReportCompleted { time: text(""), ..whole.clone() },
        ReportCompleted { content: text(" "), ..whole.clone() },
        ReportCompleted { findings: text(""), ..whole.clone() },
        ReportCompleted { evaluation: text("\u{3000}"), ..whole.clone() },
        ReportCompleted { opinion: text(""), ..whole.clone() },
    ];
    for report in without {
        check(&mut world, &member, Role::Inspector, None, report, "REPORT_INCOMPLETE", 18).await;
    }
    check(&mut world, &member, Role::Inspector, None, whole, "WRONG_PHASE", 0).await; // reported already
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_schemes_and_rosters_stay_within_their_rules() {
    let mut world = World::new().await;
    let s5 = Some("S05");
    let mut draft = plan_like(&world, "P-2026-S05", "S05", &["K01"]);
    draft.annual_cap = 3;
    check(&mut world, "section_officer-S05", OFFICER, s5, draft.clone(), "OUT_OF_PLAN_SCOPE", 14).await;
    draft.annual_cap = 2;
    draft.batches[0].qualifications.clear();
    world.state("section_officer-S05", OFFICER, s5, draft.clone()).await.unwrap();
    let adopted = PlanAdopted { plan: draft.plan.clone(), adopted_on: Date::new("2026-09-02").unwrap() };
    check(&mut world, "section_officer-S05", OFFICER, s5, adopted, "PLAN_FIELD_MISSING", 13).await;
    let draft = plan_like(&world, "P-2026-S05c", "S05", &["K01"]);
    adopt(&mut world, draft).await;
    let mut scheme = scheme_like(&world, "F-S05", "P-2026-S05c");
    scheme.seats.truncate(1);
    check(&mut world, "section_officer-S05", OFFICER, s5, scheme, "TEAM_TOO_SMALL", 14).await;
    let mut scheme = scheme_like(&world, "F-S05", "P-2026-S05c");
    scheme.window_to = Date::new("2027-01-01").unwrap();
    check(&mut world, "section_officer-S05", OFFICER, s5, scheme, "OUT_OF_PLAN_SCOPE", 14).await;
    let firm = world.replica.state().enterprises.values().next().unwrap().row.clone();
    check(
        &mut world,
        "registrar",
        Role::Registrar,
        None,
        EnterpriseEnrolled { rows: vec![firm] },
        "DUPLICATE_USCC",
        11,
    )
    .await;
    world.verify().await;
}

fn registration(world: &World, key: &SigningKey, role: Role, person: &str) -> KeyRegistered {
    let message = possession_message(world.client.trust_root().ledger_id, &key.public(), role.code(), "");
    KeyRegistered {
        public_key: RawKey(key.public().to_bytes()),
        role,
        section: None,
        person: text(person),
        nominated_by: text(""),
        subject: text(""),
        possession: key.sign(&message),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_acceptable_possessed_confirmed_and_not_revoked() {
    let mut world = World::new().await;
    let key = SigningKey::from_seed(&[9; 32]);
    let good = registration(&world, &key, Role::Auditor, "审计样例");
    // The identity point: small order.
    let mut weak = good.clone();
    weak.public_key = RawKey([
        1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    check(&mut world, "administrator", Role::Administrator, None, weak, "KEY_UNACCEPTABLE", 0).await;
    let other_role = KeyRegistered { role: Role::Notary, ..good.clone() };
    check(&mut world, "administrator", Role::Administrator, None, other_role, "KEY_UNACCEPTABLE", 0).await;
    // Unknown, then unconfirmed: nobody is known to have spoken, so nothing is recorded.
    let trust = world.client.trust_root().clone();
    let statement = world.statement(Role::Auditor, None, opening("P-2026-S04", "B3"));
    let signed = SignedStatement::sign(&trust, &key, &statement);
    let before = world.size();
    assert_eq!(refused(world.submit_signed(&signed).await).reason, "UNKNOWN_KEY");
    assert_eq!(world.size(), before);
    world.state("administrator", Role::Administrator, None, good.clone()).await.unwrap();
    let before = world.size();
    assert_eq!(refused(world.submit_signed(&signed).await).reason, "KEY_NOT_CONFIRMED");
    assert_eq!(world.size(), before);
    let confirmed = KeyConfirmed { key_id: key.public().key_id(), role: Role::Auditor, section: None };
    world.state("office_leader", Role::OfficeLeader, None, confirmed.clone()).await.unwrap();
    check(&mut world, "office_leader", Role::OfficeLeader, None, confirmed, "ALREADY_RECORDED", 0).await;
    check(&mut world, "administrator", Role::Administrator, None, good, "ALREADY_RECORDED", 0).await;
    assert_eq!(refused(world.submit_signed(&signed).await).reason, "ROLE_NOT_HELD");
    let revoked = KeyRevoked { key_id: key.public().key_id(), reason: text("离任") };
    world.state("administrator", Role::Administrator, None, revoked).await.unwrap();
    let before = world.size();
    assert_eq!(refused(world.submit_signed(&signed).await).reason, "UNKNOWN_KEY");
    assert_eq!(world.size(), before);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_signatures_and_foreign_statements_change_nothing() {
    let mut world = World::new().await;
    let key = world.key("draw_operator-S04");
    let statement = world.statement(OPERATOR, Some("S04"), opening("P-2026-S04", "B1"));
    let trust = world.client.trust_root().clone();
    let mut flipped = SignedStatement::sign(&trust, &key, &statement);
    flipped.signature.0[3] ^= 1;
    let foreign = TrustRoot { ledger_id: lotbook_chain::LedgerId([7; 32]), ..trust.clone() };
    let foreign = SignedStatement::sign(&foreign, &key, &statement);
    let mut other_bytes = SignedStatement::sign(&trust, &key, &statement);
    other_bytes.statement[20] ^= 1;
    for signed in [flipped, foreign, other_bytes] {
        let before = world.size();
        assert_eq!(refused(world.submit_signed(&signed).await).reason, "BAD_SIGNATURE");
        assert_eq!(world.size(), before);
    }
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_statements_of_an_authentic_author_are_recorded_as_refused() {
    let mut world = World::new().await;
    let key = world.key("draw_operator-S04");
    let trust = world.client.trust_root().clone();
    let good = world.statement(OPERATOR, Some("S04"), opening("P-2026-S04", "B1")).encode();
    let cases = [
        [good.as_slice(), &[0xf8, 0x07, 0x01]].concat(), // an unknown field
        [good.as_slice(), &good].concat(),               // everything twice
        [good.as_slice(), &[0x18, 0x07]].concat(),       // one scalar twice
        [&good[18..], &good[..18]].concat(),             // another order
        good[..good.len() - 1].to_vec(),                 // cut off
        vec![0; 65_391],                                 // over the limit
    ];
    for statement in cases {
        let message = lotbook_chain::sign::statement_message(trust.ledger_id, &statement);
        let signed = SignedStatement { signature: key.sign(&message), author: key.public(), statement };
        let before = world.size();
        let error = refused(world.submit_signed(&signed).await);
        assert_eq!(error.reason, "MALFORMED_STATEMENT", "{}", error.found);
        assert_eq!(world.size(), before + 1);
    }
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_belongs_to_one_statement_for_ever() {
    let mut world = World::new().await;
    let withdrawn = |reason: &str| ItemWithdrawn { item: ItemId::new("K07").unwrap(), reason: text(reason) };
    let statement = world.statement(OFFICER, Some("S04"), withdrawn("法规修改"));
    let (trust, key) = (world.client.trust_root().clone(), world.key("section_officer-S04"));
    let signed = SignedStatement::sign(&trust, &key, &statement);
    let first = world.submit_signed(&signed).await.unwrap();
    assert_eq!(world.submit_signed(&signed).await.unwrap().position, first.position);
    let other = Statement { event: withdrawn("另一理由").into(), ..statement };
    let other = SignedStatement::sign(&trust, &key, &other);
    assert_eq!(refused(world.submit_signed(&other).await).reason, "IDEMPOTENCY_CONFLICT");
    let mut world = world.restart().await;
    let again = world.submit_signed(&signed).await.unwrap();
    assert_eq!((again.position, again.hash), (first.position, first.hash));
    assert_eq!(refused(world.submit_signed(&other).await).reason, "IDEMPOTENCY_CONFLICT");
    // Also when the key has been revoked since.
    let revoked = KeyRevoked { key_id: key.public().key_id(), reason: text("离任") };
    world.state("administrator", Role::Administrator, None, revoked).await.unwrap();
    assert_eq!(world.submit_signed(&signed).await.unwrap().position, first.position);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_expectation_is_refused() {
    let mut world = World::new().await;
    let withdrawn = ItemWithdrawn { item: ItemId::new("K07").unwrap(), reason: text("法规修改") };
    let first = world.state("section_officer-S04", OFFICER, Some("S04"), withdrawn.clone()).await.unwrap();
    let mut stale = world.statement(OFFICER, Some("S04"), withdrawn);
    stale.expected_position = Some(Position(first.position.0));
    let signed =
        SignedStatement::sign(&world.client.trust_root().clone(), &world.key("section_officer-S04"), &stale);
    let error = refused(world.submit_signed(&signed).await);
    assert_eq!(error.reason, "STALE_EXPECTATION", "{}", error.found);
    world.verify().await;
}
