//! Recusals without a ceremony of their own (Art. 15, draw.md 6): the reserve order that supervision approved before
//! the draw, and a counterpart whom a person names; and who is recused, and who grants, counted.

use crate::recusal::*;
use crate::refusals::opening;
use crate::steps::{office, text};
use crate::world::{DAY, World};
use lotbook_client::proto::ListRecusalTalliesRequest;
use lotbook_client::{ClientError, Submitted};
use lotbook_domain::recusal::Outcome;
use lotbook_draw::certificate::SubstitutionKind;
use lotbook_draw::{Seed, Stage};
use lotbook_event::ceremony::Purpose;
use lotbook_event::keys::Role;
use lotbook_event::proto::RecusalTallyOf;
use lotbook_event::recusal::*;
use lotbook_event::registry::{Conflict, ConflictDeclared};
use lotbook_event::{Bytes32, DrawId, Flag, InspectionId, InspectorId};

async fn approve(world: &mut World) -> Result<Submitted, ClientError> {
    let (plan, batch) = batch();
    world.state("supervisor", Role::Supervisor, None, ReserveOrderApproved { plan, batch }).await
}

/// A rule set that knows the reserve order, as old as a draw asks for.
pub async fn with_reserve_rules() -> World {
    let mut world = World::new().await;
    let mut rules = world.replica.state().rules.as_ref().unwrap().value.clone();
    (rules.rule_set_id, rules.recusal_reserve_order) = (text("R-2026-2"), true);
    office(&mut world, Role::OfficeLeader, None, rules).await;
    world.wait(4 * DAY).await;
    world
}

/// Batch B3 drawn with its reserve order approved; again if nobody replaceable has two inspections.
async fn reserved() -> World {
    loop {
        let mut world = with_reserve_rules().await;
        approve(&mut world).await.unwrap();
        open(&mut world, opening(PLAN, "B3")).await.unwrap();
        hold(&mut world, &DrawId::new(format!("{PLAN}/B3.1")).unwrap(), &[]).await;
        if busy(&world).1.len() >= 2 {
            return world;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_in_reserve_order_follows_at_once_from_the_batchs_own_seed_and_is_flagged() {
    let mut world = reserved().await;
    let (who, with) = busy(&world);
    let before = board(&world);
    ask(&mut world, "r-1", &with[0], &who, UNAVAILABLE).await;
    decide(&mut world, "r-1", RecusalDecision::Withdraw).await.unwrap();
    let after = board(&world);
    assert_eq!(world.replica.state().recusals[&id("r-1")].outcome, Some(Outcome::Changed));
    assert!(with_member(&world, &who).is_empty() && after.withdrawn.contains(&who));
    // By hand: the first vacant slot goes to the smallest ticket among those who may take it.
    let state = world.replica.state();
    let ceremony = &state.ceremonies[&DrawId::new(format!("{PLAN}/B3.1")).unwrap()];
    let seed = Seed::from_bytes(ceremony.completed.as_ref().unwrap().seed.0);
    let key = Stage::Reserve.key(&seed);
    let slot = usize::try_from(before.slots_of(&who)[0]).unwrap();
    let ticket = |id: &InspectorId| key.seat_ticket(id.as_str(), slot, None);
    let chosen = &after.assignment[slot];
    let pool = ceremony.frozen.as_ref().unwrap();
    let seats = &pool.stated.seats;
    let firm = &before.firms[slot / seats.len()];
    let team = &before.assignment[slot - slot % seats.len()..slot - slot % seats.len() + seats.len()];
    let rows = pool.pool().unwrap().inspectors();
    let conflicts = pool.pool().unwrap().conflicts();
    let may = |row: &&lotbook_draw::InspectorRow| {
        let accepts = &seats[slot % seats.len()].accepts;
        let load = before.assignment.iter().filter(|held| held.as_str() == row.inspector_id).count();
        row.eligible
            && (accepts.is_empty() || row.qualifications.iter().any(|q| accepts.contains(&text(q))))
            && row.inspector_id != who.as_str()
            && !team.iter().any(|member| member.as_str() == row.inspector_id)
            && u32::try_from(load).unwrap() <= before.hi
            && !conflicts.iter().any(|c| c.uscc == firm.as_str() && c.inspector_id == row.inspector_id)
    };
    let candidates = rows.iter().filter(may).map(|row| InspectorId::new(row.inspector_id.as_str()).unwrap());
    assert_eq!(candidates.min_by_key(|id| ticket(id)).as_ref(), Some(chosen));
    assert_eq!(flags(&world, Flag::ReserveOrder), 1);
    assert_eq!(flags(&world, Flag::SubstituteUnavailable), 1);
    let records = certified(&world).await;
    assert_eq!((records.len(), records[0].kind), (1, SubstitutionKind::Reserve));
    assert!(records[0].ceremony.is_none() && records[0].seed.is_none() && records[0].inspectors.is_none());
    // A conflict is a swap all the same, with a ceremony of its own; and the start waits for that alone.
    let (other, theirs) = busy(&world);
    ask(&mut world, "r-2", &theirs[0], &other, CONFLICT).await;
    decide(&mut world, "r-2", RecusalDecision::Swap).await.unwrap();
    draw_for(&mut world, "r-2", Purpose::Swap).await;
    let kinds: Vec<_> = certified(&world).await.into_iter().map(|record| record.kind).collect();
    assert_eq!(kinds[0], SubstitutionKind::Reserve);
    assert_eq!(kinds.len(), 2);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reserve_order_is_approved_by_supervision_before_the_opening_and_under_a_rule_set_that_knows_it()
{
    let mut world = World::new().await;
    assert_eq!(code(approve(&mut world).await), "INVALID_VALUE", "the rule set knows no reserve order");
    let mut world = with_reserve_rules().await;
    let (plan, batch) = batch();
    let event = ReserveOrderApproved { plan: plan.clone(), batch: batch.clone() };
    let by_operator = world.state("draw_operator-S04", Role::DrawOperator, Some("S04"), event).await;
    assert_eq!(code(by_operator), "ROLE_NOT_HELD");
    approve(&mut world).await.unwrap();
    assert_eq!(code(approve(&mut world).await), "ALREADY_RECORDED");
    world.verify().await;
    let mut world = with_reserve_rules().await;
    open(&mut world, opening(PLAN, "B3")).await.unwrap();
    assert_eq!(
        code(approve(&mut world).await),
        "WRONG_PHASE",
        "after the opening it would choose an outcome"
    );
    world.verify().await;
}

/// Everybody with whom the recused inspector could be made to change places by the rosters, and where.
fn counterparts(world: &World, who: &InspectorId, leaves: &InspectionId) -> Vec<CounterpartChosen> {
    let mut found = vec![];
    for (inspection, record) in inspections(world) {
        for member in record.team.iter().filter(|member| *member != who && inspection != *leaves) {
            let (counterpart, counterpart_inspection) = (member.clone(), inspection.clone());
            found.push(CounterpartChosen { recusal: id("r-1"), counterpart, counterpart_inspection });
        }
    }
    found
}

async fn choose(world: &mut World, event: CounterpartChosen) -> Result<Submitted, ClientError> {
    world.state("recusal_approver", Role::RecusalApprover, None, event).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_counterpart_changes_both_teams_and_is_flagged_on_both_and_in_the_certificate() {
    let mut world = drawn().await;
    let (who, with) = busy(&world);
    let all = counterparts(&world, &who, &with[0]);
    assert_eq!(code(choose(&mut world, all[0].clone()).await), "UNKNOWN_SUBJECT", "nobody has asked");
    ask(&mut world, "r-1", &with[0], &who, CONFLICT).await;
    assert_eq!(code(choose(&mut world, all[0].clone()).await), "WRONG_PHASE", "nothing is decided");
    decide(&mut world, "r-1", RecusalDecision::Swap).await.unwrap();
    let before = board(&world);
    let mut accepted = None;
    for event in counterparts(&world, &who, &with[0]) {
        match choose(&mut world, event.clone()).await {
            Ok(_) => {
                accepted = Some(event);
                break;
            }
            Err(error) => assert_eq!(code(Err(error)), "SWAP_INFEASIBLE", "{event:?}"),
        }
    }
    let event = accepted.expect("nobody could change places");
    let after = board(&world);
    assert!(of(&world, &with[0]).team.contains(&event.counterpart));
    assert!(of(&world, &event.counterpart_inspection).team.contains(&who));
    assert!(!of(&world, &with[0]).team.contains(&who));
    let changed = before.assignment.iter().zip(&after.assignment).filter(|(was, is)| was != is).count();
    assert_eq!(changed, 2, "all loads stay");
    assert_eq!(flags(&world, Flag::CounterpartChosen), 2);
    let records = certified(&world).await;
    assert_eq!((records.len(), records[0].kind), (1, SubstitutionKind::Chosen));
    assert_eq!(code(choose(&mut world, event).await), "WRONG_PHASE", "it has been carried out");
    let opening = opening_for_swap(&world);
    assert_eq!(code(open(&mut world, opening).await), "WRONG_PHASE", "and is not drawn for, too");
    world.verify().await;
}

fn opening_for_swap(world: &World) -> lotbook_event::ceremony::CeremonyOpened {
    opening_for(world, "r-1", Purpose::Swap)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counterpart_with_a_conflict_of_another_batch_or_after_an_opening_is_no_counterpart() {
    let mut world = drawn().await;
    let (who, with) = busy(&world);
    ask(&mut world, "r-1", &with[0], &who, CONFLICT).await;
    decide(&mut world, "r-1", RecusalDecision::Swap).await.unwrap();
    // Conflicts that came after the draw: nobody of the roster may go to that firm any more.
    let uscc = of(&world, &with[0]).uscc;
    let known = world.replica.state().conflicts.clone();
    let everybody = world.replica.state().inspectors.keys().cloned();
    let rows: Vec<_> = everybody
        .filter(|inspector| !known.contains_key(&(uscc.clone(), inspector.clone())))
        .map(|inspector| Conflict {
            inspector,
            uscc: uscc.clone(),
            declared_on: lotbook_domain::civil::date_of(world.now),
            verified: true,
            until: None,
            ground_commitment: Bytes32([4; 32]),
        })
        .collect();
    office(&mut world, Role::Registrar, None, ConflictDeclared { rows }).await;
    for event in counterparts(&world, &who, &with[0]) {
        assert_eq!(code(choose(&mut world, event.clone()).await), "SWAP_INFEASIBLE", "{event:?}");
    }
    let elsewhere = world
        .replica
        .state()
        .inspections
        .iter()
        .find(|(_, i)| i.batch().is_some_and(|other| *other != batch()) && !i.team.is_empty());
    let (inspection, record) = elsewhere.map(|(id, i)| (id.clone(), i.clone())).unwrap();
    let foreign = CounterpartChosen {
        recusal: id("r-1"),
        counterpart: record.team[0].clone(),
        counterpart_inspection: inspection,
    };
    assert_eq!(code(choose(&mut world, foreign).await), "SWAP_INFEASIBLE", "another batch");
    let event = counterparts(&world, &who, &with[0]).remove(0);
    let by_section =
        world.state("section_officer-S04", Role::SectionOfficer, Some("S04"), event.clone()).await;
    assert_eq!(code(by_section), "ROLE_NOT_HELD");
    let opening = opening_for_swap(&world);
    open(&mut world, opening).await.unwrap();
    assert_eq!(code(choose(&mut world, event).await), "WRONG_PHASE", "a ceremony has been opened");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recusals_are_counted_over_inspectors_and_over_approvers() {
    let mut world = drawn().await;
    let (who, with) = busy(&world);
    ask(&mut world, "r-1", &with[0], &who, UNAVAILABLE).await;
    decide(&mut world, "r-1", RecusalDecision::Rejected).await.unwrap();
    ask(&mut world, "r-2", &with[0], &who, CONFLICT).await;
    decide(&mut world, "r-2", RecusalDecision::Swap).await.unwrap();
    let asked = |of: RecusalTallyOf| ListRecusalTalliesRequest { of: of.into(), ..Default::default() };
    let inspectors = world.client.list(asked(RecusalTallyOf::Inspector)).await.unwrap();
    let own = inspectors.iter().find(|row| row.who == who.as_str()).unwrap();
    // The sample's own recusals fall on whom the lot has drawn.
    let of_who = || world.replica.state().recusals.values().filter(|r| r.is_of(&who));
    let away = of_who().filter(|r| r.ground == UNAVAILABLE).count() as u64;
    assert!(of_who().count() >= 2 && away >= 1);
    assert_eq!(
        (own.recusals, own.rejected, own.unavailable, own.chosen),
        (of_who().count() as u64, 1, away, 0)
    );
    let approvers = world.client.list(asked(RecusalTallyOf::Approver)).await.unwrap();
    let key = world.key("recusal_approver").public().key_id().to_string();
    assert_eq!(approvers.len(), 1, "{approvers:?}");
    let all = world.replica.state().recusals.len() as u64;
    assert_eq!((approvers[0].who.as_str(), approvers[0].recusals), (key.as_str(), all));
    let both = world.client.list(ListRecusalTalliesRequest::default()).await.unwrap();
    assert_eq!(both.len(), inspectors.len() + 1);
    let small = ListRecusalTalliesRequest { page_size: 1, ..Default::default() };
    assert_eq!(world.client.list(small).await.unwrap(), both, "page by page");
    let bad = ListRecusalTalliesRequest { of: 9, ..Default::default() };
    assert_eq!(crate::world::refused_query(world.client.query(bad).await).reason, "MALFORMED_REQUEST");
    world.verify().await;
}
