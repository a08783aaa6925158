//! Recusals on the real ledger (Art. 15, draw.md 6): asked for, decided by somebody else, drawn for, and
//! nothing starts before they are settled. Batch B3 is drawn first: eight firms, teams of three.

use crate::refusals::opening;
use crate::world::{DAY, World, refused};
use lotbook::command::reading;
use lotbook_chain::EntryHash;
use lotbook_chain::sign::possession_message;
use lotbook_client::{ClientError, Submitted};
use lotbook_domain::ceremony::Stage;
use lotbook_domain::recusal::Outcome;
use lotbook_domain::state::{Board, Inspection};
use lotbook_draw::certificate::{SubstitutionKind, SubstitutionRecord};
use lotbook_event::ceremony::{CeremonyOpened, Purpose, SeedCommitted, SeedRevealed};
use lotbook_event::inspection::InspectionStarted;
use lotbook_event::keys::{KeyConfirmed, KeyRegistered, Role};
use lotbook_event::recusal::*;
use lotbook_event::registry::{Conflict, ConflictDeclared, Duty, Inspector, InspectorUpdated};
use lotbook_event::*;
use std::collections::BTreeSet;

pub const PLAN: &str = "P-2026-S04";
pub const CONFLICT: RecusalGround = RecusalGround::Conflict;
pub const UNAVAILABLE: RecusalGround = RecusalGround::Unavailable;

pub fn batch() -> (PlanId, BatchId) {
    (PlanId::new(PLAN).unwrap(), BatchId::new("B3").unwrap())
}

fn draw_of(recusal: &str, attempt: u32) -> DrawId {
    DrawId::new(format!("{PLAN}/B3/{recusal}.{attempt}")).unwrap()
}

/// The sample office with batch B3 drawn; again, if nobody replaceable has two inspections (each world has
/// lots of its own, and rarely the draw takes so many inspectors that everybody has one).
pub async fn drawn() -> World {
    loop {
        let mut world = World::new().await;
        world.wait(4 * DAY).await;
        open(&mut world, opening(PLAN, "B3")).await.unwrap();
        hold(&mut world, &DrawId::new(format!("{PLAN}/B3.1")).unwrap(), &[]).await;
        assert_eq!(inspections(&world).len(), 8);
        if busy(&world).1.len() >= 2 {
            return world;
        }
        world.verify().await;
    }
}

pub async fn open(world: &mut World, event: CeremonyOpened) -> Result<Submitted, ClientError> {
    world.state("draw_operator-S04", Role::DrawOperator, Some("S04"), event).await
}

/// Everybody commits, then everybody reveals but those who stay silent.
pub async fn hold(world: &mut World, draw: &DrawId, silent: &[&str]) {
    let parts = [
        ("section_officer-S01", Role::SectionOfficer, Some("S01")),
        ("section_officer-S04", Role::SectionOfficer, Some("S04")),
        ("supervisor", Role::Supervisor, None),
        ("notary", Role::Notary, None),
    ];
    let ceremony = world.replica.state().ceremonies[draw].clone();
    let frozen = ceremony.frozen.as_ref().unwrap();
    let takes_part = |world: &World, name: &str| {
        let key = world.key(name).public().key_id();
        frozen.stated.participants.iter().any(|p| p.key_id == key)
    };
    let parts: Vec<_> = parts.into_iter().filter(|(name, ..)| takes_part(world, name)).collect();
    assert_eq!(parts.len(), frozen.stated.participants.len());
    let secret = |name: &str| frozen.p.0.map(|byte| byte ^ name.as_bytes()[name.len() - 1]);
    for (name, role, section) in &parts {
        let key_id = world.key(name).public().key_id();
        let commitment = Bytes32(lotbook_draw::commitment(&frozen.p.0, &key_id.0, &secret(name)));
        world.state(name, *role, *section, SeedCommitted { draw: draw.clone(), commitment }).await.unwrap();
    }
    let sealed = world.replica.state().ceremonies[draw].sealed.unwrap();
    for (name, role, section) in parts.iter().filter(|(name, ..)| !silent.contains(name)) {
        let event = SeedRevealed { draw: draw.clone(), sealed, secret: Bytes32(secret(name)) };
        world.state(name, *role, *section, event).await.unwrap();
    }
}

pub fn inspections(world: &World) -> Vec<(InspectionId, Inspection)> {
    let of_batch = world.replica.state().inspections.iter().filter(|(_, i)| i.batch() == Some(&batch()));
    of_batch.map(|(id, i)| (id.clone(), Inspection::clone(i))).collect()
}

pub fn of(world: &World, id: &InspectionId) -> Inspection {
    Inspection::clone(&world.replica.state().inspections[id])
}

pub fn with_member(world: &World, who: &InspectorId) -> Vec<InspectionId> {
    inspections(world).into_iter().filter(|(_, i)| i.team.contains(who)).map(|(id, _)| id).collect()
}

pub fn board(world: &World) -> Board {
    world.replica.state().batches[&batch()].board.clone().unwrap()
}

pub fn id(recusal: &str) -> RecusalId {
    RecusalId::new(recusal).unwrap()
}

fn asking(
    recusal: &str,
    inspection: &InspectionId,
    who: &InspectorId,
    ground: RecusalGround,
) -> RecusalRequested {
    RecusalRequested {
        recusal: id(recusal),
        inspection: inspection.clone(),
        inspector: who.clone(),
        ground,
        details: None,
    }
}

pub async fn ask(
    world: &mut World,
    recusal: &str,
    inspection: &InspectionId,
    who: &InspectorId,
    ground: RecusalGround,
) {
    let event = asking(recusal, inspection, who, ground);
    world.state("supervisor", Role::Supervisor, None, event).await.unwrap();
}

pub async fn decide(
    world: &mut World,
    recusal: &str,
    decision: RecusalDecision,
) -> Result<Submitted, ClientError> {
    let event = RecusalDecided { recusal: id(recusal), decision };
    world.state("recusal_approver", Role::RecusalApprover, None, event).await
}

pub fn opening_for(world: &World, recusal: &str, purpose: Purpose) -> CeremonyOpened {
    let state = world.replica.state();
    let attempts = &state.recusals[&id(recusal)].attempts;
    let previous_terminal: Option<EntryHash> =
        attempts.last().and_then(|draw| state.ceremonies[draw].terminal);
    let attempt = u32::try_from(attempts.len()).unwrap() + 1;
    CeremonyOpened { purpose, attempt, previous_terminal, recusal: Some(id(recusal)), ..opening(PLAN, "B3") }
}

/// The next attempt of a recusal's ceremony, from opening to draw.
pub async fn draw_for(world: &mut World, recusal: &str, purpose: Purpose) {
    let event = opening_for(world, recusal, purpose);
    let draw = draw_of(recusal, event.attempt);
    open(world, event).await.unwrap();
    hold(world, &draw, &[]).await;
    assert_eq!(world.replica.state().ceremonies[&draw].stage, Stage::Drawn);
}

pub async fn start(world: &mut World, inspection: &InspectionId) -> Result<Submitted, ClientError> {
    let key = format!("inspector-{}", of(world, inspection).team[0]);
    let event = InspectionStarted { inspection: inspection.clone(), occurred_at: world.now };
    world.state(&key, Role::Inspector, None, event).await
}

pub fn code(result: Result<Submitted, ClientError>) -> String {
    let error = refused(result);
    assert!(!error.found.is_empty());
    error.reason
}

pub fn flags(world: &World, flag: Flag) -> usize {
    let own = format!("{}/{}", batch().0, batch().1);
    let flags = world.replica.state().flags.iter().filter(|flagged| flagged.subject.starts_with(&own));
    flags.filter(|flagged| flagged.flag == flag).count()
}

async fn duty(world: &mut World, who: impl Fn(&InspectorId) -> bool, duty: Duty) {
    let rows = world.replica.state().inspectors.values().map(|record| &record.row);
    let rows = rows.filter(|row| who(&row.inspector)).map(|row| Inspector { duty, ..row.clone() }).collect();
    world.state("registrar", Role::Registrar, None, InspectorUpdated { rows }).await.unwrap();
}

/// The batch's certificate recomputes, and its last assignment is the board of the ledger.
pub async fn certified(world: &World) -> Vec<SubstitutionRecord> {
    let ledger = reading::of_server(&world.client).await.unwrap();
    let made =
        lotbook_verifier::certificates(ledger.verifier.state(), &ledger.entries, &ledger.note.unwrap(), &[])
            .unwrap();
    let made = made.into_iter().find(|c| c.draw_id == format!("{PLAN}/B3.1")).unwrap();
    let json = made.to_json().unwrap();
    let certificate = lotbook_draw::Certificate::from_json(json.as_ref()).unwrap();
    certificate.recompute().unwrap();
    let vkey = &world.client.trust_root().vkey;
    lotbook_verifier::authenticate::authenticate(&certificate, vkey, None).unwrap();
    let assigned: Vec<_> = board(world).assignment.iter().map(ToString::to_string).collect();
    assert_eq!(certificate.substitutions.last().unwrap().result, assigned);
    let mut forged = certificate.clone();
    forged.substitutions.last_mut().unwrap().result.reverse();
    assert!(forged.recompute().is_err());
    certificate.substitutions
}

/// Who sits in no first seat: three inspectors alone have what that seat asks for, many what the others do.
fn replaceable(world: &World) -> Vec<InspectorId> {
    let all = inspections(world);
    let first: BTreeSet<_> = all.iter().map(|(_, i)| i.team[0].clone()).collect();
    let members: BTreeSet<_> = all.into_iter().flat_map(|(_, i)| i.team).collect();
    members.into_iter().filter(|who| !first.contains(who)).collect()
}

/// The one of them whom most inspections have, with those inspections.
pub fn busy(world: &World) -> (InspectorId, Vec<InspectionId>) {
    let all = replaceable(world).into_iter().map(|who| (with_member(world, &who), who));
    let (of, who) = all.max_by_key(|(of, _)| of.len()).unwrap();
    (who, of)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_draws_a_substitute_for_every_slot_and_blocks_the_start_until_then() {
    let mut world = drawn().await;
    let (who, his) = busy(&world);
    let before: Vec<_> = his.iter().map(|id| of(&world, id)).collect();
    let other = inspections(&world).into_iter().find(|(id, _)| !his.contains(id)).unwrap().0;
    ask(&mut world, "R1", &his[0], &who, UNAVAILABLE).await;
    assert_eq!(code(start(&mut world, &his[0]).await), "RECUSAL_PENDING");
    assert_eq!(flags(&world, Flag::SubstituteUnavailable), 0);
    assert_eq!(code(decide(&mut world, "R1", RecusalDecision::Swap).await), "SWAP_INFEASIBLE");
    decide(&mut world, "R1", RecusalDecision::Withdraw).await.unwrap();
    assert_eq!(flags(&world, Flag::SubstituteUnavailable), 1);
    assert_eq!(code(start(&mut world, &his[1]).await), "RECUSAL_PENDING", "who withdraws leaves the batch");
    let event = opening_for(&world, "R1", Purpose::Substitute);
    open(&mut world, event).await.unwrap();
    assert_eq!(code(start(&mut world, &other).await), "RECUSAL_PENDING", "the batch is being drawn for");
    hold(&mut world, &draw_of("R1", 1), &[]).await;
    for (id, before) in his.iter().zip(&before) {
        let after = of(&world, id);
        let changed: Vec<_> = after.team.iter().zip(&before.team).filter(|(a, b)| a != b).collect();
        assert_eq!(changed.len(), 1);
        assert_eq!(*changed[0].1, who);
        assert_ne!(after.team_entry, before.team_entry);
        assert_eq!(after.team.iter().collect::<BTreeSet<_>>().len(), 3);
    }
    assert!(with_member(&world, &who).is_empty() && board(&world).slots_of(&who).is_empty());
    assert_eq!(world.replica.state().recusals[&id("R1")].outcome, Some(Outcome::Changed));
    let again = opening_for(&world, "R1", Purpose::Substitute);
    assert_eq!(code(open(&mut world, again).await), "WRONG_PHASE");
    start(&mut world, &his[0]).await.unwrap();
    start(&mut world, &other).await.unwrap();
    let records = certified(&world).await;
    assert_eq!((records.len(), records[0].kind), (1, SubstitutionKind::Withdraw));
    assert_eq!(records[0].slots.len(), his.len());
    stays_withdrawn_and_recused(&mut world, &who, &before).await;
    world.verify().await;
}

/// The next recusal's second pool knows who withdrew, and the pairs as conflicts.
async fn stays_withdrawn_and_recused(world: &mut World, who: &InspectorId, before: &[Inspection]) {
    let waiting = inspections(world).into_iter().filter(|(_, i)| i.started.is_none());
    let plain = replaceable(world);
    let next = waiting.flat_map(|(id, i)| i.team.into_iter().map(move |member| (id.clone(), member)));
    let (inspection, next) = next.into_iter().find(|(_, member)| plain.contains(member)).unwrap();
    ask(world, "R2", &inspection, &next, UNAVAILABLE).await;
    decide(world, "R2", RecusalDecision::Withdraw).await.unwrap();
    draw_for(world, "R2", Purpose::Substitute).await;
    let record = certified(world).await.pop().unwrap();
    let (inspectors, conflicts) = (record.inspectors.unwrap(), record.conflicts.unwrap());
    let row = inspectors.rows.iter().find(|row| row.inspector_id == who.as_str()).unwrap();
    assert_eq!((row.eligible, row.reason.as_str()), (false, "withdrawn"));
    for inspection in before {
        let recused = |c: &&lotbook_draw::ConflictRow| {
            c.uscc == inspection.uscc.as_str() && c.inspector_id == who.as_str()
        };
        assert_eq!(conflicts.rows.iter().filter(recused).count(), 1);
    }
    assert!(!record.result.contains(&who.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn fewer_than_three_candidates_are_flagged_as_predictable() {
    let mut world = drawn().await;
    let (who, his) = busy(&world);
    ask(&mut world, "R1", &his[0], &who, UNAVAILABLE).await;
    decide(&mut world, "R1", RecusalDecision::Withdraw).await.unwrap();
    // Two are on duty who sit nowhere yet, have what the seats ask for and no conflict at all.
    let state = world.replica.state();
    let seated: BTreeSet<_> = board(&world).assignment.into_iter().collect();
    let skilled = Text::new("人防工程").unwrap();
    let fits = |row: &Inspector| {
        row.qualifications.contains(&skilled)
            && row.duty == Duty::Active
            && !seated.contains(&row.inspector)
            && !state.conflicts.keys().any(|(_, inspector)| *inspector == row.inspector)
    };
    let rows = || state.inspectors.values().map(|record| &record.row);
    let two: BTreeSet<_> = rows().filter(|row| fits(row)).map(|row| row.inspector.clone()).take(2).collect();
    assert_eq!(two.len(), 2);
    duty(&mut world, |id| !two.contains(id), Duty::OffPost).await;
    draw_for(&mut world, "R1", Purpose::Substitute).await;
    for id in &his {
        assert_eq!(of(&world, id).team.iter().filter(|member| two.contains(*member)).count(), 1);
    }
    assert_eq!(flags(&world, Flag::PredictableSubstitute), his.len());
    certified(&world).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_a_swap_once_and_a_second_recusal_is_a_withdrawal() {
    let mut world = drawn().await;
    let (first, inspection) = inspections(&world)[0].clone();
    let who = inspection.team[1].clone();
    let loads = |world: &World| {
        let mut held: Vec<_> = board(world).assignment.clone();
        held.sort();
        held
    };
    let before = loads(&world);
    let drawn_before = world.replica.state().batches[&batch()].drawn.clone();
    ask(&mut world, "R1", &first, &who, CONFLICT).await;
    assert_eq!(code(decide(&mut world, "R1", RecusalDecision::Withdraw).await), "SWAP_INFEASIBLE");
    decide(&mut world, "R1", RecusalDecision::Swap).await.unwrap();
    let wrong = opening_for(&world, "R1", Purpose::Substitute);
    assert_eq!(code(open(&mut world, wrong).await), "INVALID_VALUE", "the purpose of a withdrawal");
    draw_for(&mut world, "R1", Purpose::Swap).await;
    assert_eq!(loads(&world), before, "everybody keeps their load");
    assert_eq!(world.replica.state().batches[&batch()].drawn, drawn_before);
    let after = of(&world, &first);
    assert!(!after.team.contains(&who));
    let moved = inspections(&world)
        .into_iter()
        .find(|(_, i)| i.team_entry == after.team_entry && i.uscc != after.uscc);
    let (second, moved) = moved.unwrap();
    assert!(moved.team.contains(&who));
    // Rejected: the inspection starts with the team it has.
    let calm = moved.team.iter().find(|member| **member != who).unwrap();
    ask(&mut world, "R2", &second, calm, CONFLICT).await;
    decide(&mut world, "R2", RecusalDecision::Rejected).await.unwrap();
    let rejected = opening_for(&world, "R2", Purpose::Swap);
    assert_eq!(code(open(&mut world, rejected).await), "WRONG_PHASE");
    // The second granted one of the same inspector.
    ask(&mut world, "R3", &second, &who, CONFLICT).await;
    assert_eq!(code(decide(&mut world, "R3", RecusalDecision::Swap).await), "SWAP_INFEASIBLE");
    decide(&mut world, "R3", RecusalDecision::Withdraw).await.unwrap();
    draw_for(&mut world, "R3", Purpose::Substitute).await;
    assert!(with_member(&world, &who).is_empty());
    start(&mut world, &first).await.unwrap();
    start(&mut world, &second).await.unwrap();
    let kinds: Vec<_> = certified(&world).await.into_iter().map(|record| record.kind).collect();
    assert_eq!(kinds, [SubstitutionKind::Swap, SubstitutionKind::Withdraw]);
    world.verify().await;
}

pub async fn register(world: &mut World, key: &str, role: Role, person: &str) {
    let public = world.key(key).public();
    let message = possession_message(world.client.trust_root().ledger_id, &public, role.code(), "");
    let registered = KeyRegistered {
        public_key: RawKey(public.to_bytes()),
        role,
        section: None,
        person: Text::new(person).unwrap(),
        nominated_by: Text::new("").unwrap(),
        subject: Text::new("").unwrap(),
        possession: world.key(key).sign(&message),
    };
    world.state("administrator", Role::Administrator, None, registered).await.unwrap();
    let confirmed = KeyConfirmed { key_id: public.key_id(), role, section: None };
    world.state("office_leader", Role::OfficeLeader, None, confirmed).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_concerned_ask_and_somebody_else_decides() {
    let mut world = drawn().await;
    let firm = {
        let keys = world.replica.state().keys.values().flat_map(|key| key.grants.iter());
        keys.filter(|(right, _)| right.0 == Role::Enterprise)
            .map(|(_, grant)| grant.subject.clone())
            .next()
            .unwrap()
    };
    // Whoever was drawn: the one whose key there is asks in another's inspection.
    let mut all = inspections(&world);
    all.sort_by_key(|(_, inspection)| inspection.uscc.as_str() == firm);
    let (first, who) = (all[0].0.clone(), all[0].1.team[1].clone());
    let (own, mate) = (format!("inspector-{who}"), format!("inspector-{}", all[0].1.team[2]));
    let event = asking("R1", &first, &who, CONFLICT);
    let by = |world: World,
              key: String,
              role: Role,
              section: Option<&'static str>,
              event: RecusalRequested| async move {
        let mut world = world;
        let said = world.state(&key, role, section, event).await;
        (world, said)
    };
    for (key, role, section, expected) in [
        (mate, Role::Inspector, None, "ROLE_NOT_HELD"),
        (format!("enterprise-{firm}"), Role::Enterprise, None, "ROLE_NOT_HELD"),
        ("section_officer-S05".into(), Role::SectionOfficer, Some("S05"), "OTHER_SECTION"),
        ("publisher".into(), Role::Publisher, None, "ROLE_NOT_HELD"),
    ] {
        let said;
        (world, said) = by(world, key, role, section, event.clone()).await;
        assert_eq!(code(said), expected);
    }
    let stranger = board(&world).assignment.into_iter().find(|id| !all[0].1.team.contains(id)).unwrap();
    let unknown = asking("R1", &first, &stranger, CONFLICT);
    assert_eq!(code(world.state("supervisor", Role::Supervisor, None, unknown).await), "UNKNOWN_SUBJECT");
    let long = asking(&"R".repeat(64), &first, &who, CONFLICT);
    world.state(&own, Role::Inspector, None, event.clone()).await.unwrap();
    assert_eq!(
        code(world.state("supervisor", Role::Supervisor, None, event.clone()).await),
        "ALREADY_RECORDED"
    );
    assert_eq!(code(world.state("supervisor", Role::Supervisor, None, long).await), "ALREADY_RECORDED");
    let early = opening_for(&world, "R1", Purpose::Swap);
    assert_eq!(code(open(&mut world, early).await), "WRONG_PHASE", "not decided");
    // The inspector himself, whatever the role of the key.
    let name = world.replica.state().inspectors[&who].row.name.to_string();
    register(&mut world, &own, Role::RecusalApprover, &name).await;
    let decision = RecusalDecided { recusal: id("R1"), decision: RecusalDecision::Swap };
    assert_eq!(code(world.state(&own, Role::RecusalApprover, None, decision.clone()).await), "SELF_APPROVAL");
    // Who asked.
    register(&mut world, "recusal_approver", Role::Supervisor, "recusal_approver").await;
    let mate = &all[1].1.team[0];
    let event = asking("R2", &all[1].0, mate, UNAVAILABLE);
    if *mate != who {
        world.state("recusal_approver", Role::Supervisor, None, event).await.unwrap();
        let withdrawn = decide(&mut world, "R2", RecusalDecision::Withdraw).await;
        assert_eq!(code(withdrawn), "SELF_APPROVAL");
    }
    decide(&mut world, "R1", RecusalDecision::Swap).await.unwrap();
    assert_eq!(code(decide(&mut world, "R1", RecusalDecision::Rejected).await), "WRONG_PHASE");
    // He decides recusals now, so he is excluded by his role: his swap is a withdrawal.
    draw_for(&mut world, "R1", Purpose::Swap).await;
    let frozen = world.replica.state().ceremonies[&draw_of("R1", 1)].frozen.clone().unwrap();
    assert_eq!(frozen.stated.replacement.unwrap().purpose, Purpose::Substitute);
    assert!(with_member(&world, &who).is_empty());
    assert_eq!(certified(&world).await[0].kind, SubstitutionKind::Withdraw);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_substitute_is_never_named_by_a_person() {
    let mut world = drawn().await;
    let (inspection, record) = inspections(&world)[0].clone();
    let named = SubstituteDrawn {
        draw: draw_of("R1", 1),
        recusal: id("R1"),
        inspection: inspection.clone(),
        slot: 0,
        withdrawn: record.team[0].clone(),
        substitute: record.team[1].clone(),
        ticket: Bytes32([0; 32]),
        candidates: 1,
        previous: record.team_entry,
    };
    let swapped = AssignmentSwapped {
        draw: named.draw.clone(),
        recusal: id("R1"),
        inspection: inspection.clone(),
        slot: 0,
        inspector: record.team[0].clone(),
        counterpart: record.team[1].clone(),
        counterpart_inspection: inspection,
        counterpart_slot: 1,
        ticket: Bytes32([0; 32]),
        candidates: 1,
        previous: record.team_entry,
        counterpart_previous: record.team_entry,
    };
    for (key, role) in [("recusal_approver", Role::RecusalApprover), ("supervisor", Role::Supervisor)] {
        assert_eq!(code(world.state(key, role, None, named.clone()).await), "SUBSTITUTE_NOT_DRAWN");
        assert_eq!(code(world.state(key, role, None, swapped.clone()).await), "SUBSTITUTE_NOT_DRAWN");
    }
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recusals_run_in_the_order_of_their_decisions_and_an_exhausted_pool_may_be_extended() {
    let mut world = drawn().await;
    let (who, his) = busy(&world);
    let (elsewhere, other) = {
        let (all, plain) = (inspections(&world), replaceable(&world));
        let found = all.into_iter().find_map(|(id, i)| {
            i.team
                .iter()
                .find(|member| **member != who && plain.contains(member))
                .map(|member| (id.clone(), member.clone()))
        });
        found.unwrap()
    };
    ask(&mut world, "R2", &elsewhere, &other, UNAVAILABLE).await;
    ask(&mut world, "R1", &his[0], &who, CONFLICT).await;
    // Decided in the other order than asked for.
    decide(&mut world, "R1", RecusalDecision::Swap).await.unwrap();
    decide(&mut world, "R2", RecusalDecision::Withdraw).await.unwrap();
    let early = opening_for(&world, "R2", Purpose::Substitute);
    let error = refused(open(&mut world, early).await);
    assert_eq!(error.reason, "WRONG_PHASE");
    assert!(error.found.contains("R1"), "{}", error.found);
    // Nobody is on duty but the one who is recused: nobody can come.
    let on_duty: BTreeSet<_> = world
        .replica
        .state()
        .inspectors
        .values()
        .filter(|record| record.row.duty == Duty::Active && record.row.inspector != who)
        .map(|record| record.row.inspector.clone())
        .collect();
    duty(&mut world, |id| on_duty.contains(id), Duty::OffPost).await;
    let before = inspections(&world).into_iter().map(|(_, i)| i.team).collect::<Vec<_>>();
    draw_for(&mut world, "R1", Purpose::Swap).await;
    let Some(Outcome::Exhausted { slot }) = world.replica.state().recusals[&id("R1")].outcome else {
        panic!("somebody came");
    };
    let seat = board(&world).assignment[slot as usize].clone();
    assert_eq!((seat, &board(&world).firms[slot as usize / 3]), (who.clone(), &of(&world, &his[0]).uscc));
    assert_eq!(inspections(&world).into_iter().map(|(_, i)| i.team).collect::<Vec<_>>(), before);
    duty(&mut world, |id| on_duty.contains(id), Duty::Active).await;
    assert_eq!(code(start(&mut world, &his[0]).await), "RECUSAL_PENDING");
    // The next one does not wait for it, and it may be tried again.
    draw_for(&mut world, "R2", Purpose::Substitute).await;
    draw_for(&mut world, "R1", Purpose::Swap).await;
    assert_eq!(world.replica.state().recusals[&id("R1")].attempts.len(), 2);
    assert_eq!(world.replica.state().recusals[&id("R1")].outcome, Some(Outcome::Changed));
    assert!(!of(&world, &his[0]).team.contains(&who));
    start(&mut world, &his[0]).await.unwrap();
    let records = certified(&world).await;
    let order: Vec<_> = records.iter().map(|r| (r.recusal_id.as_str(), r.exhausted.is_some())).collect();
    assert_eq!(order, [("R1", true), ("R2", false), ("R1", false)]);
    // A swap that found no counterpart is a withdrawal the next time: else nobody could ever come.
    assert_eq!((records[0].kind, records[2].kind), (SubstitutionKind::Swap, SubstitutionKind::Withdraw));
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_reveal_fails_the_attempt_and_the_retry_keeps_the_rows() {
    let mut world = drawn().await;
    let (inspection, record) = inspections(&world)[0].clone();
    let who = record.team[1].clone();
    ask(&mut world, "R1", &inspection, &who, UNAVAILABLE).await;
    decide(&mut world, "R1", RecusalDecision::Withdraw).await.unwrap();
    let event = opening_for(&world, "R1", Purpose::Substitute);
    open(&mut world, event.clone()).await.unwrap();
    let twice = CeremonyOpened { attempt: 2, ..event };
    assert_eq!(code(open(&mut world, twice).await), "CEREMONY_OPEN");
    hold(&mut world, &draw_of("R1", 1), &["notary"]).await;
    world.wait(2 * 3_600).await;
    let failed = world.replica.state().ceremonies[&draw_of("R1", 1)].clone();
    assert_eq!(failed.stage, Stage::Failed);
    assert_eq!(world.replica.state().batches[&batch()].attempts.len(), 1, "not an attempt of the batch");
    // What changes between the attempts does not count.
    let away = board(&world).assignment.into_iter().find(|id| !record.team.contains(id)).unwrap();
    duty(&mut world, |id| *id == away, Duty::Seconded).await;
    let unlinked =
        CeremonyOpened { previous_terminal: None, ..opening_for(&world, "R1", Purpose::Substitute) };
    assert_eq!(code(open(&mut world, unlinked).await), "INVALID_VALUE");
    let retry = opening_for(&world, "R1", Purpose::Substitute);
    assert_eq!(retry.previous_terminal, failed.terminal);
    open(&mut world, retry).await.unwrap();
    let second = world.replica.state().ceremonies[&draw_of("R1", 2)].frozen.clone().unwrap().stated;
    let first = failed.frozen.unwrap().stated;
    assert_eq!(second.inspectors_root, first.inspectors_root);
    assert_eq!(second.participants.len(), first.participants.len() - 1);
    // Nobody commits: the second failure in a row, and the next one needs a beacon.
    world.wait(3_600).await;
    assert_eq!(world.replica.state().ceremonies[&draw_of("R1", 2)].stage, Stage::Failed);
    let third = opening_for(&world, "R1", Purpose::Substitute);
    assert_eq!(code(open(&mut world, third).await), "WRONG_PHASE");
    assert_eq!(code(start(&mut world, &inspection).await), "RECUSAL_PENDING");
    // A later one does not wait for it.
    let (elsewhere, other) = inspections(&world)
        .into_iter()
        .rev()
        .find_map(|(id, i)| {
            i.team.iter().find(|m| **m != who && **m != away).map(|m| (id.clone(), m.clone()))
        })
        .unwrap();
    ask(&mut world, "R2", &elsewhere, &other, UNAVAILABLE).await;
    decide(&mut world, "R2", RecusalDecision::Withdraw).await.unwrap();
    draw_for(&mut world, "R2", Purpose::Substitute).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_declared_after_the_draw_blocks_the_start_until_somebody_else_comes() {
    let mut world = drawn().await;
    let (inspection, record) = inspections(&world)[0].clone();
    let who = record.team[1].clone();
    let declared_on = Date::new("2026-09-05").unwrap();
    let row = |until: &str| Conflict {
        inspector: who.clone(),
        uscc: record.uscc.clone(),
        declared_on,
        verified: false,
        until: Some(Date::new(until).unwrap()),
        ground_commitment: Bytes32([7; 32]),
    };
    let declared = ConflictDeclared { rows: vec![row("2026-12-31")] };
    world.state("registrar", Role::Registrar, None, declared).await.unwrap();
    assert_eq!(code(start(&mut world, &inspection).await), "CONFLICT_OF_INTEREST");
    ask(&mut world, "R1", &inspection, &who, CONFLICT).await;
    decide(&mut world, "R1", RecusalDecision::Swap).await.unwrap();
    draw_for(&mut world, "R1", Purpose::Swap).await;
    start(&mut world, &inspection).await.unwrap();
    certified(&world).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_started_team_changes() {
    let mut world = drawn().await;
    let (who, his) = busy(&world);
    start(&mut world, &his[0]).await.unwrap();
    let started = of(&world, &his[0]);
    let late = asking("R0", &his[0], &who, CONFLICT);
    assert_eq!(code(world.state("supervisor", Role::Supervisor, None, late).await), "WRONG_PHASE");
    ask(&mut world, "R1", &his[1], &who, CONFLICT).await;
    let swap = refused(decide(&mut world, "R1", RecusalDecision::Swap).await);
    assert_eq!(swap.reason, "SWAP_INFEASIBLE");
    assert!(swap.found.contains("withdraw") && swap.found.contains(his[0].as_str()), "{}", swap.found);
    decide(&mut world, "R1", RecusalDecision::Withdraw).await.unwrap();
    draw_for(&mut world, "R1", Purpose::Substitute).await;
    let after = of(&world, &his[0]);
    assert_eq!((after.team, after.team_entry), (started.team, started.team_entry));
    assert_eq!(with_member(&world, &who), his[..1]);
    assert!(board(&world).slots_of(&who).is_empty(), "the board follows draw.md alone");
    let records = certified(&world).await;
    assert_eq!(records[0].slots.len(), his.len());
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_swap_is_a_withdrawal_once_an_inspection_of_the_batch_has_started() {
    let mut world = drawn().await;
    let (who, his) = busy(&world);
    let other = inspections(&world).into_iter().find(|(id, _)| !his.contains(id)).unwrap().0;
    ask(&mut world, "R1", &his[0], &who, CONFLICT).await;
    decide(&mut world, "R1", RecusalDecision::Swap).await.unwrap();
    start(&mut world, &other).await.unwrap();
    let before = of(&world, &other);
    draw_for(&mut world, "R1", Purpose::Swap).await;
    let frozen = world.replica.state().ceremonies[&draw_of("R1", 1)].frozen.clone().unwrap();
    let replacement = frozen.stated.replacement.unwrap();
    assert_eq!((replacement.purpose, replacement.slots.len()), (Purpose::Substitute, his.len()));
    assert!(with_member(&world, &who).is_empty());
    assert_eq!(of(&world, &other).team, before.team);
    assert_eq!(certified(&world).await[0].kind, SubstitutionKind::Withdraw);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_rejected_is_not_asked_for_again_by_those_concerned() {
    let mut world = drawn().await;
    let (inspection, record) = inspections(&world)[0].clone();
    let who = record.team[0].clone();
    let key = format!("inspector-{who}");
    let request = |recusal: &str, ground| asking(recusal, &inspection, &who, ground);
    world.state(&key, Role::Inspector, None, request("R1", CONFLICT)).await.unwrap();
    decide(&mut world, "R1", RecusalDecision::Rejected).await.unwrap();
    let again = world.state(&key, Role::Inspector, None, request("R2", CONFLICT)).await;
    assert_eq!(code(again), "ALREADY_RECORDED");
    // On another ground, and by the section, it is.
    world.state(&key, Role::Inspector, None, request("R3", UNAVAILABLE)).await.unwrap();
    decide(&mut world, "R3", RecusalDecision::Rejected).await.unwrap();
    ask(&mut world, "R4", &inspection, &who, CONFLICT).await;
    decide(&mut world, "R4", RecusalDecision::Rejected).await.unwrap();
    start(&mut world, &inspection).await.unwrap();
    world.verify().await;
}
