//! Class conditions (Art. 17), trustworthy firms (Art. 13) and what comes after the freezing, on the real ledger.

use crate::pool::{commit, open, plan_and_scheme, reasons};
use crate::refusals::{adopt, opening, plan_like, scheme_like};
use crate::steps::{date, office, text};
use crate::world::{DAY, World, refused};
use lotbook_domain::civil::date_of;
use lotbook_event::ceremony::SeedRevealed;
use lotbook_event::keys::Role;
use lotbook_event::plan::{BatchJoin, Operator, PlanDrafted, Predicate, TrustMode};
use lotbook_event::registry::{Conflict, ConflictDeclared, EnterpriseUpdated};
use lotbook_event::{BatchId, Bytes32, DrawId, Flag, InspectorId, ItemId, PlanId, SectionId, Uscc};
use std::collections::{BTreeMap, BTreeSet};

const PLAN: &str = "P-2026-S05";
const DRAW: &str = "P-2026-S05/B2.1";

fn condition(field: &str, operator: Operator, values: &[&str]) -> Predicate {
    Predicate { field: text(field), operator, values: values.iter().map(|value| text(value)).collect() }
}

/// A directed plan of section S05 with these conditions and no other scope than the registration state.
fn directed(world: &World, predicates: Vec<Predicate>) -> PlanDrafted {
    let mut draft = plan_like(world, PLAN, "S05", &["K01"]);
    let batch = &mut draft.batches[0];
    (batch.directed, batch.predicates) = (true, predicates);
    batch.kinds.clear();
    draft
}

async fn stated(world: &mut World, draft: PlanDrafted) -> String {
    let refusal = world.state("section_officer-S05", Role::SectionOfficer, Some("S05"), draft).await;
    refused(refusal).reason
}

/// Adopts a plan and a scheme like the sample's, and opens the draw four days later.
async fn opened(world: &mut World, draft: PlanDrafted) {
    adopt(world, draft).await;
    let scheme = scheme_like(world, "F-1", PLAN);
    office(world, Role::SectionOfficer, Some("S05"), scheme).await;
    world.wait(4 * DAY).await;
    open(world, "S05", opening(PLAN, "B2")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_condition_that_could_name_a_firm_is_refused_and_so_is_one_on_an_undirected_draw() {
    let mut world = World::new().await;
    let firm = world.replica.state().enterprises.values().next().unwrap().row.clone();
    let (code, name, address) = (firm.uscc.as_str(), firm.name.as_str(), firm.address.as_str());
    let cases = [
        (condition("name", Operator::In, &[name]), "IDENTIFYING_PREDICATE"),
        (condition("uscc", Operator::In, &[code]), "IDENTIFYING_PREDICATE"),
        (condition("address", Operator::Prefix, &["河南省"]), "IDENTIFYING_PREDICATE"),
        (condition("legal_person", Operator::In, &["钱样乙"]), "IDENTIFYING_PREDICATE"),
        (condition("kind", Operator::In, &[code]), "IDENTIFYING_PREDICATE"),
        (condition("kind", Operator::In, &[name]), "IDENTIFYING_PREDICATE"),
        (condition("registration", Operator::In, &[address]), "IDENTIFYING_PREDICATE"),
        (condition("area", Operator::Prefix, &["411102001"]), "IDENTIFYING_PREDICATE"),
        (condition("kind", Operator::Before, &["2026-01-01"]), "INVALID_VALUE"),
        (condition("last_drawn", Operator::Before, &["never"]), "INVALID_VALUE"),
    ];
    for (predicate, expected) in cases {
        let draft = directed(&world, vec![predicate.clone()]);
        assert_eq!(stated(&mut world, draft).await, expected, "{predicate:?}");
    }
    let mut draft = directed(&world, vec![condition("area", Operator::In, &["411102"])]);
    draft.batches[0].directed = false;
    assert_eq!(stated(&mut world, draft).await, "INVALID_VALUE", "not directed");
    let mut draft = directed(&world, vec![]);
    draft.batches[0].kinds = BTreeSet::from([firm.name.clone()]);
    assert_eq!(stated(&mut world, draft).await, "IDENTIFYING_PREDICATE", "a firm as a class");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_on_classes_decide_who_is_in_scope_and_do_not_change_after_the_freezing() {
    let mut world = World::new().await;
    let conditions = vec![
        condition("industry", Operator::Prefix, &["70"]),
        condition("area", Operator::Prefix, &["41110"]),
        condition("risk_class", Operator::In, &["A", "B"]),
        condition("last_drawn", Operator::Before, &["2026-05-01"]),
    ];
    let draft = directed(&world, conditions);
    opened(&mut world, draft.clone()).await;
    let found = reasons(&world, DRAW);
    let state = world.replica.state();
    let mut counted: BTreeMap<bool, usize> = BTreeMap::new();
    for (uscc, firm) in &state.enterprises {
        let row = &firm.row;
        if row.registration.as_str() != "存续" || !row.area.as_str().starts_with("4111") {
            continue;
        }
        let drawn_in_may = firm.draws.iter().any(|draw| draw.batch.1.as_str() == "B2");
        let within = row.industry.as_str().starts_with("70")
            && row.area.as_str().starts_with("41110")
            && ["A", "B"].contains(&row.risk_class.as_str())
            && !drawn_in_may;
        assert_eq!(found[uscc.as_str()] != "out_of_scope", within, "{uscc}: {}", found[uscc.as_str()]);
        *counted.entry(within).or_default() += 1;
    }
    assert!(counted[&true] > 20 && counted[&false] > 20, "{counted:?}");
    // The pool is frozen: other conditions come too late, the same ones are merely there already.
    let mut other = draft.clone();
    other.batches[0].predicates.pop();
    assert_eq!(stated(&mut world, other).await, "PREDICATE_AFTER_SNAPSHOT");
    let mut other = draft.clone();
    other.batches[0].areas = BTreeSet::from([lotbook_event::AreaCode::new("411102").unwrap()]);
    assert_eq!(stated(&mut world, other).await, "PREDICATE_AFTER_SNAPSHOT");
    assert_eq!(stated(&mut world, draft).await, "ALREADY_RECORDED");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_that_the_qualifications_leave_nobody_for_refuses_the_opening() {
    let mut world = World::new().await;
    let mut draft = plan_like(&world, PLAN, "S05", &["K01"]);
    draft.batches[0].qualifications = BTreeSet::from([text("水下作业")]);
    adopt(&mut world, draft).await;
    let mut scheme = scheme_like(&world, "F-1", PLAN);
    scheme.seats.iter_mut().for_each(|seat| seat.accepts = BTreeSet::from([text("水下作业")]));
    office(&mut world, Role::SectionOfficer, Some("S05"), scheme).await;
    world.wait(4 * DAY).await;
    let refusal =
        world.state("draw_operator-S05", Role::DrawOperator, Some("S05"), opening(PLAN, "B2")).await;
    assert_eq!(refused(refusal).reason, "FIRM_WITHOUT_TEAM");
    world.verify().await;
}

/// Trustworthy firms without a status of Art. 16 para. 2 today, that nobody has drawn.
fn trusted(world: &World) -> Vec<String> {
    let state = world.replica.state();
    let (rules, today) = (&state.rules.as_ref().unwrap().value, date_of(world.now));
    let trusted = state
        .enterprises
        .values()
        .filter(|firm| firm.has_status(&rules.trust_status, today, rules) && !firm.is_exempt(today, rules));
    trusted.map(|firm| firm.row.uscc.to_string()).collect()
}

/// The sample's plan for S05 in this mode, joined by one of S01 in that mode; the reasons of the frozen pool.
async fn with_modes(own: (TrustMode, u32), joined: (TrustMode, u32)) -> (World, BTreeMap<String, String>) {
    let mut world = World::new().await;
    let mut draft = plan_like(&world, PLAN, "S05", &["K01"]);
    let sections = ["S01", "S05"].map(|section| SectionId::new(section).unwrap());
    draft.batches[0].sections = BTreeSet::from(sections);
    (draft.trust_mode, draft.reduced_cap) = own;
    let mut other = plan_like(&world, "P-2026-S01x", "S01", &["K10"]);
    (other.trust_mode, other.reduced_cap) = joined;
    other.batches.clear();
    let (plan, batch) = (PlanId::new(PLAN).unwrap(), BatchId::new("B2").unwrap());
    other.joins = vec![BatchJoin { plan, batch, items: BTreeSet::from([ItemId::new("K10").unwrap()]) }];
    adopt(&mut world, other).await;
    opened(&mut world, draft).await;
    let reasons = reasons(&world, DRAW);
    (world, reasons)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strictest_mode_of_all_plans_of_a_batch_holds_for_every_trustworthy_firm() {
    let (none, reduced, exempt) = ((TrustMode::None, 0), (TrustMode::Reduced, 1), (TrustMode::Exempt, 0));
    for (own, joined, is_exempt) in [
        (none, none, false),
        (none, exempt, true),
        (exempt, none, true),
        (reduced, exempt, true),
        (exempt, reduced, true),
        (reduced, none, false),
    ] {
        let (world, reasons) = with_modes(own, joined).await;
        let of_scope: Vec<_> = trusted(&world)
            .into_iter()
            .filter(|uscc| {
                !["out_of_scope", "not_alive", "outside_jurisdiction"].contains(&reasons[uscc].as_str())
            })
            .collect();
        assert!(of_scope.len() > 3, "{of_scope:?}");
        for uscc in &of_scope {
            assert_eq!(reasons[uscc] == "trustworthy_exempt", is_exempt, "{own:?} {joined:?} {uscc}");
        }
        let all = reasons.values().filter(|reason| *reason == "trustworthy_exempt").count();
        assert_eq!(all, if is_exempt { of_scope.len() } else { 0 }, "nobody else is exempt");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_roster_change_after_the_freezing_is_accepted_and_changes_nothing_of_the_pool() {
    let mut world = World::new().await;
    plan_and_scheme(&mut world, PLAN, "S05", &["K01"], 2).await;
    open(&mut world, "S05", opening(PLAN, "B2")).await;
    let draw = DrawId::new(DRAW).unwrap();
    let frozen = |world: &World| {
        let frozen = world.replica.state().ceremonies[&draw].frozen.clone().unwrap();
        (frozen.pool().unwrap().roots(), frozen.stated)
    };
    let (roots, before) = frozen(&world);
    let eligible = reasons(&world, DRAW).into_iter().find(|(_, reason)| reason.is_empty()).unwrap().0;
    let uscc = Uscc::new(eligible.as_str()).unwrap();
    let mut row = world.replica.state().enterprises[&uscc].row.clone();
    row.registration = text("注销");
    office(&mut world, Role::Registrar, None, EnterpriseUpdated { rows: vec![row] }).await;
    let pair = Conflict {
        inspector: world.replica.state().inspectors.keys().next().unwrap().clone(),
        uscc: uscc.clone(),
        declared_on: date_of(world.now),
        verified: true,
        until: None,
        ground_commitment: Bytes32([3; 32]),
    };
    office(&mut world, Role::Registrar, None, ConflictDeclared { rows: vec![pair] }).await;
    let (after_roots, after) = frozen(&world);
    assert_eq!((after_roots, &after), (roots, &before));
    assert_eq!(reasons(&world, DRAW)[uscc.as_str()], "", "still eligible there");
    assert_eq!(
        world.replica.state().enterprises[&uscc].row.registration,
        text("注销"),
        "and changed on the roster"
    );
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_stated_by_others_are_counted_by_author_and_steer_nobody_unseen() {
    let mut world = World::new().await;
    // Somebody keeps one inspector out of the pool by conflicts with more than half of it.
    plan_and_scheme(&mut world, PLAN, "S05", &["K01"], 2).await;
    let victim = InspectorId::new("I002").unwrap();
    let firms: Vec<_> = world.replica.state().enterprises.keys().cloned().collect();
    let known: BTreeSet<_> = world.replica.state().conflicts.keys().cloned().collect();
    let row = |uscc: &Uscc| Conflict {
        inspector: victim.clone(),
        uscc: uscc.clone(),
        declared_on: date("2026-09-01"),
        verified: false,
        until: None,
        ground_commitment: Bytes32([3; 32]),
    };
    let rows: Vec<_> =
        firms.iter().filter(|uscc| !known.contains(&((*uscc).clone(), victim.clone()))).map(row).collect();
    for rows in rows.chunks(200) {
        office(&mut world, Role::Registrar, None, ConflictDeclared { rows: rows.to_vec() }).await;
    }
    open(&mut world, "S05", opening(PLAN, "B2")).await;
    let state = world.replica.state();
    let frozen = state.ceremonies[&DrawId::new(DRAW).unwrap()].frozen.as_ref().unwrap();
    let own = frozen.pool().unwrap().inspectors().iter().find(|row| row.inspector_id == "I002").unwrap();
    assert_eq!(own.reason, "too_few_allowed");
    let registrar = world.key("registrar").public().key_id();
    let counted = &frozen.stated.conflicts_by_others;
    assert_eq!(counted.len(), 1, "{counted:?}");
    assert_eq!((counted[0].author, counted[0].pairs), (registrar, frozen.stated.conflicts));
    let histogram =
        frozen.stated.inspector_reasons.iter().find(|row| row.reason.as_str() == "too_few_allowed");
    assert_eq!(histogram.map(|row| row.rows), Some(1));
    let late = state.flags.iter().any(|f| f.flag == Flag::RosterChangedLate && f.subject == DRAW);
    assert!(late && frozen.stated.late_changes.iter().any(|change| change.author == registrar));
    world.verify().await;
}

/// Holds the ceremony of a draw of section S05.
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

#[tokio::test(flavor = "multi_thread")]
async fn a_pool_that_is_nearly_pointed_is_flagged_and_one_that_is_drawn_whole_has_no_randomness() {
    for (total, expected) in [(1, Flag::PoolBelowMinimum), (10, Flag::NoRandomnessInObjects)] {
        let mut world = World::new().await;
        let conditions = vec![
            condition("kind", Operator::In, &["防护设备企业"]),
            condition("risk_class", Operator::In, &["C"]),
        ];
        let mut draft = directed(&world, conditions);
        draft.batches[0].total = total;
        opened(&mut world, draft).await;
        let eligible = reasons(&world, DRAW).values().filter(|reason| reason.is_empty()).count();
        // Of four, those whom the sample's own draw by lot has not taken.
        assert!((2..5).contains(&eligible), "{eligible}");
        held(&mut world, &DrawId::new(DRAW).unwrap()).await;
        let flags = world.replica.state().flags.iter().filter(|flag| flag.subject == DRAW);
        let found: BTreeSet<_> = flags.map(|flag| flag.flag).collect();
        for flag in [Flag::PoolBelowMinimum, Flag::NoRandomnessInObjects] {
            assert_eq!(found.contains(&flag), flag == expected, "{found:?}");
        }
        world.verify().await;
    }
}
