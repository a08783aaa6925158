//! Evolve: an entry changes the state. Refuses nothing; the one place where the state changes.

use crate::ceremony::{Ceremony, Frozen, Stage};
use crate::civil::{date_of, year_of};
use crate::genesis::Genesis;
use crate::key::{Grant, Key};
use crate::obligation::DutyKey;
use crate::pool::Basis;
use crate::registry::*;
use crate::state::*;
use lotbook_chain::{Entry, EntryHash, Position, PublicKey, Sealed};
use lotbook_event::ceremony::*;
use lotbook_event::draw::*;
use lotbook_event::inspection::*;
use lotbook_event::keys::*;
use lotbook_event::oversight::{DeadlineMissed, Obligation};
use lotbook_event::plan::*;
use lotbook_event::registry::*;
use lotbook_event::*;
use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The entry an event came with.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub entry: &'a Entry,
    pub hash: EntryHash,
}

impl At<'_> {
    pub fn position(&self) -> Position {
        self.entry.position
    }
    pub fn date(&self) -> Date {
        date_of(self.entry.recorded_at)
    }
    fn change(&self) -> Change {
        Change { at: self.entry.recorded_at, by: self.entry.author }
    }
    fn stated<T>(&self, value: T) -> Stated<T> {
        Stated { entry: self.hash, recorded_at: self.entry.recorded_at, value }
    }
}

/// Applies a sealed entry. Flags are computed against the state before it.
pub fn evolve<B: Borrow<Statement>>(state: &mut State, sealed: &Sealed<B>) {
    let statement = sealed.body.borrow();
    let at = At { entry: &sealed.entry, hash: sealed.hash };
    let flags = crate::article::flags(state, at, &statement.event);
    apply(state, at, &statement.event, sealed);
    state.flags.extend(flags);
    state.changed.insert(subject(&statement.event), at.position());
    state.head.size = at.position().next().0;
    state.head.hash = sealed.hash;
    state.head.recorded_at = sealed.entry.recorded_at;
    state.head.heartbeat = matches!(statement.event, Event::Heartbeat(_));
    state.head.frontier.push(sealed.leaf);
}

fn apply<B: Borrow<Statement>>(state: &mut State, at: At<'_>, event: &Event, sealed: &Sealed<B>) {
    match event {
        Event::LedgerCreated(e) => created(state, at, e, sealed),
        Event::KeyRegistered(e) => key_registered(state, at, e),
        Event::KeyConfirmed(e) => key_confirmed(state, e),
        Event::KeyRevoked(e) => {
            if let Some(key) = state.keys.get_mut(&e.key_id) {
                key.revoked = Some(at.position());
            }
        }
        Event::Heartbeat(_) | Event::RosterImported(_) | Event::StatementRefused(_) => {}
        Event::OfficeConstituted(e) => state.office = Some(e.clone()),
        Event::RulesetAdopted(e) => state.rules = Some(at.stated(e.clone())),
        Event::CalendarPublished(e) => {
            state.calendar.publish(at.hash, e.clone());
            state.obligations.recompute(&state.calendar);
        }
        Event::SectionRegistered(e) => {
            state.sections.extend(e.rows.iter().map(|row| (row.section.clone(), row.clone())));
        }
        Event::ItemProposed(e) => items_proposed(state, e),
        Event::ItemAggregated(e) => items_advance(state, &e.items, ItemPhase::Aggregated, at),
        Event::ItemPublished(e) => items_advance(state, &e.items, ItemPhase::Published, at),
        Event::ItemWithdrawn(e) => {
            items_advance(state, &BTreeSet::from([e.item.clone()]), ItemPhase::Withdrawn, at)
        }
        Event::InspectorEnrolled(InspectorEnrolled { rows })
        | Event::InspectorUpdated(InspectorUpdated { rows }) => {
            let record = |row: &Inspector| InspectorRecord { row: row.clone(), change: at.change() };
            state.inspectors.extend(rows.iter().map(|row| (row.inspector.clone(), record(row))));
        }
        Event::InspectorRemoved(e) => state.inspectors.retain(|id, _| !e.inspectors.contains(id)),
        Event::EnterpriseEnrolled(EnterpriseEnrolled { rows })
        | Event::EnterpriseUpdated(EnterpriseUpdated { rows }) => {
            rows.iter().for_each(|row| enterprise(state, at, row))
        }
        Event::StatusRecorded(e) => e.rows.iter().for_each(|row| status_recorded(state, at, row)),
        Event::StatusEnded(e) => e.rows.iter().for_each(|row| status_ended(state, at, row)),
        Event::ConflictDeclared(e) => {
            let record = |row: &Conflict| ConflictRecord { row: row.clone(), change: at.change() };
            let pair = |row: &Conflict| (row.uscc.clone(), row.inspector.clone());
            state.conflicts.extend(e.rows.iter().map(|row| (pair(row), record(row))));
        }
        Event::ConflictEnded(e) => {
            e.rows.iter().for_each(|row| {
                state.conflicts.remove(&(row.uscc.clone(), row.inspector.clone()));
            });
        }
        Event::PlanDrafted(e) => plan_drafted(state, e),
        Event::PlanAdopted(e) => {
            state.plans.entry(e.plan.clone()).and_modify(|p| p.adopted = Some(at.entry.recorded_at));
        }
        Event::PlanPublished(e) => {
            state.plans.entry(e.plan.clone()).and_modify(|p| p.published = Some(at.entry.recorded_at));
        }
        Event::SchemeAdopted(e) => {
            state.schemes.insert(e.scheme.clone());
            let key = (e.plan.clone(), e.batch.clone());
            state.batches.entry(key).and_modify(|b| b.scheme = Some(at.stated(e.clone())));
        }
        Event::CeremonyOpened(e) => ceremony_opened(state, at, e),
        Event::PoolFrozen(e) => pool_frozen(state, at, e),
        Event::SeedCommitted(e) => with_ceremony(state, &e.draw, |c| {
            c.commitments.insert(at.entry.author, e.commitment);
        }),
        Event::CeremonySealed(e) => with_ceremony(state, &e.draw, |c| {
            c.sealed = Some(at.hash);
            c.stage = Stage::Revealing;
        }),
        Event::SeedRevealed(e) => with_ceremony(state, &e.draw, |c| {
            c.reveals.insert(at.entry.author, e.secret);
        }),
        Event::CeremonyClosed(e) => with_ceremony(state, &e.draw, |c| c.stage = Stage::Closed),
        Event::CeremonyFailed(e) => with_ceremony(state, &e.draw, |c| {
            (c.stage, c.terminal, c.barred) = (Stage::Failed, Some(at.hash), e.barred.clone());
        }),
        Event::DrawCompleted(e) => draw_completed(state, at, e),
        Event::EnterpriseAssigned(e) => enterprise_assigned(state, at, e),
        Event::AssignmentInfeasible(_) => {}
        Event::NoticeServed(e) => advance(state, &e.inspection, Phase::Notified),
        Event::InspectionStarted(e) => advance(state, &e.inspection, Phase::Started),
        Event::ItemResultConfirmed(e) => with_inspection(state, &e.inspection, |i| {
            i.results.insert(e.item.clone(), e.outcome);
        }),
        Event::InspectionConcluded(e) => concluded(state, at, e),
        Event::ReportCompleted(e) => reported(state, at, e),
        Event::FeedbackDispatched(e) => {
            with_inspection(state, &e.inspection, |i| i.dispatched = true);
            meet(state, Obligation::Feedback, e.inspection.as_str(), at);
        }
        Event::FeedbackDelivered(e) => with_inspection(state, &e.inspection, |i| i.delivered = true),
        Event::ResultPublished(e) => {
            with_inspection(state, &e.inspection, |i| i.published = true);
            meet(state, Obligation::Publication, e.inspection.as_str(), at);
        }
        Event::DeadlineMissed(e) => deadline_missed(state, e),
    }
}

fn created<B: Borrow<Statement>>(state: &mut State, at: At<'_>, e: &LedgerCreated, sealed: &Sealed<B>) {
    let copy = Sealed {
        entry: sealed.entry.clone(),
        bytes: sealed.bytes.clone(),
        hash: sealed.hash,
        leaf: sealed.leaf,
        body: sealed.body.borrow().clone(),
    };
    state.genesis = Genesis::open(&copy).ok();
    state.began = Some(at.date());
    for (raw, role) in [(&e.administrator_key, Role::Administrator), (&e.leader_key, Role::OfficeLeader)] {
        grant(state, at, raw, (role, None), role.code(), true);
    }
}

fn grant(
    state: &mut State,
    at: At<'_>,
    raw: &RawKey,
    right: crate::key::Right,
    person: &str,
    confirmed: bool,
) {
    let Ok(public) = PublicKey::from_bytes(&raw.0) else { return };
    let key = state.keys.entry(public.key_id());
    let key = key.or_insert_with(|| Key { public, grants: BTreeMap::new(), revoked: None });
    let grant = Grant {
        person: person.to_owned(),
        nominated_by: String::new(),
        subject: String::new(),
        registered_at: at.entry.recorded_at,
        registered: at.position(),
        registered_by: at.entry.author,
        confirmed,
    };
    key.grants.insert(right, grant);
}

fn key_registered(state: &mut State, at: At<'_>, e: &KeyRegistered) {
    let right = (e.role, e.section.clone());
    grant(state, at, &e.public_key, right.clone(), e.person.as_str(), false);
    let key_id = PublicKey::from_bytes(&e.public_key.0).map(|key| key.key_id());
    let key = key_id.ok().and_then(|id| state.keys.get_mut(&id));
    if let Some(grant) = key.and_then(|key| key.grants.get_mut(&right)) {
        e.nominated_by.as_str().clone_into(&mut grant.nominated_by);
        e.subject.as_str().clone_into(&mut grant.subject);
    }
}

fn key_confirmed(state: &mut State, e: &KeyConfirmed) {
    let right = (e.role, e.section.clone());
    if let Some(grant) = state.keys.get_mut(&e.key_id).and_then(|key| key.grants.get_mut(&right)) {
        grant.confirmed = true;
    }
}

fn items_proposed(state: &mut State, e: &ItemProposed) {
    for row in &e.rows {
        let record = ItemRecord { item: row.clone(), phase: ItemPhase::Proposed, published_at: None };
        state.items.insert(row.item.clone(), record);
    }
}

fn items_advance(state: &mut State, items: &BTreeSet<ItemId>, phase: ItemPhase, at: At<'_>) {
    for id in items {
        if let Some(record) = state.items.get_mut(id) {
            record.phase = phase;
            if phase == ItemPhase::Published {
                record.published_at = Some(at.entry.recorded_at);
            }
        }
    }
}

fn enterprise(state: &mut State, at: At<'_>, row: &Enterprise) {
    let change = at.change();
    let fresh = || EnterpriseRecord { row: row.clone(), statuses: BTreeMap::new(), draws: vec![], change };
    let record = state.enterprises.entry(row.uscc.clone()).or_insert_with(fresh);
    (record.row, record.change) = (row.clone(), change);
}

fn status_recorded(state: &mut State, at: At<'_>, row: &Status) {
    if let Some(record) = state.enterprises.get_mut(&row.uscc) {
        record.statuses.insert(row.kind.clone(), row.clone());
        record.change = at.change();
    }
}

fn status_ended(state: &mut State, at: At<'_>, row: &StatusEnd) {
    if let Some(record) = state.enterprises.get_mut(&row.uscc) {
        record.statuses.remove(&row.kind);
        record.change = at.change();
    }
}

fn plan_drafted(state: &mut State, e: &PlanDrafted) {
    for batch in &e.batches {
        let record = BatchRecord { batch: batch.clone(), scheme: None, attempts: vec![], drawn: None };
        state.batches.insert((e.plan.clone(), batch.batch.clone()), record);
    }
    state.plans.insert(e.plan.clone(), PlanRecord { draft: e.clone(), adopted: None, published: None });
}

fn ceremony_opened(state: &mut State, at: At<'_>, e: &CeremonyOpened) {
    let Ok(draw) = draw_id(&e.plan, &e.batch, e.attempt) else { return };
    let batch = (e.plan.clone(), e.batch.clone());
    state.batches.entry(batch.clone()).and_modify(|record| record.attempts.push(draw.clone()));
    let ceremony = Ceremony {
        draw: draw.clone(),
        batch,
        attempt: e.attempt,
        opened: at.hash,
        opened_at: at.entry.recorded_at,
        frozen: None,
        commitments: BTreeMap::new(),
        sealed: None,
        reveals: BTreeMap::new(),
        stage: Stage::Committing,
        barred: BTreeSet::new(),
        terminal: None,
        completed: None,
    };
    state.ceremonies.insert(draw, ceremony);
}

/// The draw of an attempt: `PLAN/BATCH.ATTEMPT`.
///
/// # Errors
/// [`FieldError`] if the name is too long.
pub fn draw_id(plan: &PlanId, batch: &BatchId, attempt: u32) -> Result<DrawId, FieldError> {
    DrawId::new(format!("{plan}/{batch}.{attempt}"))
}

/// The rows are not in the event: they follow from the rosters, which have not changed since opening;
/// a retry keeps the rows of the attempt before.
fn pool_frozen(state: &mut State, at: At<'_>, e: &PoolFrozen) {
    let Some(ceremony) = state.ceremonies.get(&e.draw) else { return };
    let Some(batch) = state.batches.get(&ceremony.batch) else { return };
    let Some(plan) = state.plans.get(&ceremony.batch.0) else { return };
    let kept = crate::article::a14_draw::kept_pool(state, batch);
    let pool = kept.or_else(|| {
        let basis = Basis::new(state, batch, &plan.draft, ceremony.opened_at).ok()?;
        basis.pool().ok().map(Arc::new)
    });
    let Some(pool) = pool else { return };
    let frozen = Frozen { p: at.hash, stated: e.clone(), pool };
    with_ceremony(state, &e.draw, |c| c.frozen = Some(frozen));
}

fn with_ceremony(state: &mut State, draw: &DrawId, change: impl FnOnce(&mut Ceremony)) {
    state.ceremonies.entry(draw.clone()).and_modify(change);
}

fn draw_completed(state: &mut State, at: At<'_>, e: &DrawCompleted) {
    let Some(ceremony) = state.ceremonies.get_mut(&e.draw) else { return };
    (ceremony.stage, ceremony.terminal) = (Stage::Drawn, Some(at.hash));
    ceremony.completed = Some(e.clone());
    let batch = ceremony.batch.clone();
    state.batches.entry(batch).and_modify(|record| record.drawn = Some(e.draw.clone()));
}

fn enterprise_assigned(state: &mut State, at: At<'_>, e: &EnterpriseAssigned) {
    let Some(batch) = state.ceremonies.get(&e.draw).map(|c| c.batch.clone()) else { return };
    let units = state.batches.get(&batch).map(|b| b.batch.sections.clone()).unwrap_or_default();
    if let Some(record) = state.enterprises.get_mut(&e.uscc) {
        record.draws.push(PastDraw { year: year_of(at.date()), batch: batch.clone(), units });
    }
    let inspection = Inspection {
        draw: e.draw.clone(),
        batch,
        uscc: e.uscc.clone(),
        team: e.team.clone(),
        phase: Phase::Assigned,
        results: BTreeMap::new(),
        concluded: BTreeSet::new(),
        dispatched: false,
        delivered: false,
        published: false,
    };
    state.inspections.insert(e.inspection.clone(), inspection);
}

fn with_inspection(state: &mut State, id: &InspectionId, change: impl FnOnce(&mut Inspection)) {
    state.inspections.entry(id.clone()).and_modify(change);
}

fn advance(state: &mut State, id: &InspectionId, phase: Phase) {
    with_inspection(state, id, |inspection| inspection.phase = phase);
}

/// The last member's conclusion starts the clock D2.
fn concluded(state: &mut State, at: At<'_>, e: &InspectionConcluded) {
    let who = state.keys.get(&at.entry.author).map(|key| {
        let inspector = key.rights().filter(|((role, _), _)| *role == Role::Inspector);
        inspector.map(|(_, grant)| grant.subject.clone()).collect::<Vec<_>>()
    });
    let Some(inspection) = state.inspections.get_mut(&e.inspection) else { return };
    let who = who.unwrap_or_default();
    let member = inspection.team.iter().find(|id| who.iter().any(|subject| subject == id.as_str()));
    inspection.concluded.extend(member.cloned());
    if inspection.team.iter().all(|id| inspection.concluded.contains(id)) {
        inspection.phase = Phase::Concluded;
        let days = state.rules.as_ref().map_or(0, |rules| rules.value.report_working_days);
        start(state, Obligation::Report, e.inspection.as_str(), date_of(e.occurred_at), days);
    }
}

/// The report meets D2 and starts D3 and D4.
fn reported(state: &mut State, at: At<'_>, e: &ReportCompleted) {
    advance(state, &e.inspection, Phase::Reported);
    meet(state, Obligation::Report, e.inspection.as_str(), at);
    let days = state
        .rules
        .as_ref()
        .map(|rules| (rules.value.feedback_working_days, rules.value.publication_working_days));
    let (feedback, publication) = days.unwrap_or_default();
    start(state, Obligation::Feedback, e.inspection.as_str(), at.date(), feedback);
    start(state, Obligation::Publication, e.inspection.as_str(), at.date(), publication);
}

fn start(state: &mut State, kind: Obligation, subject: &str, from: Date, working_days: u32) {
    let key: DutyKey = (kind, subject.to_owned());
    state.obligations.start(key, from, working_days, &state.calendar);
}

fn meet(state: &mut State, kind: Obligation, subject: &str, at: At<'_>) {
    let key: DutyKey = (kind, subject.to_owned());
    state.obligations.meet(&key, at.entry.recorded_at, at.date(), &state.calendar);
}

fn deadline_missed(state: &mut State, e: &DeadlineMissed) {
    let subject = e.subject.as_str().to_owned();
    match e.obligation {
        Obligation::Plan => {
            state.obligations.plans_missed.insert(subject);
        }
        kind @ (Obligation::Report | Obligation::Feedback | Obligation::Publication) => {
            state.obligations.miss(&(kind, subject));
        }
    }
}

/// What an event is about, for expected positions and refusals.
pub fn subject(event: &Event) -> String {
    match event {
        Event::LedgerCreated(_) | Event::Heartbeat(_) => "ledger".into(),
        Event::KeyRegistered(e) => format!("key {}", e.person),
        Event::KeyConfirmed(KeyConfirmed { key_id, .. }) | Event::KeyRevoked(KeyRevoked { key_id, .. }) => {
            format!("key {key_id}")
        }
        Event::OfficeConstituted(_) => "office".into(),
        Event::RulesetAdopted(_) => "rule set".into(),
        Event::CalendarPublished(e) => format!("calendar {}", e.year),
        Event::SectionRegistered(_) => "sections".into(),
        Event::ItemProposed(_) | Event::ItemAggregated(_) | Event::ItemPublished(_) => "items".into(),
        Event::ItemWithdrawn(e) => format!("item {}", e.item),
        Event::InspectorEnrolled(_) | Event::InspectorUpdated(_) | Event::InspectorRemoved(_) => {
            "inspectors".into()
        }
        Event::EnterpriseEnrolled(_) | Event::EnterpriseUpdated(_) => "enterprises".into(),
        Event::StatusRecorded(_) | Event::StatusEnded(_) => "statuses".into(),
        Event::ConflictDeclared(_) | Event::ConflictEnded(_) => "conflicts".into(),
        Event::RosterImported(e) => format!("file {}", e.file),
        Event::PlanDrafted(PlanDrafted { plan, .. })
        | Event::PlanAdopted(PlanAdopted { plan, .. })
        | Event::PlanPublished(PlanPublished { plan, .. }) => format!("plan {plan}"),
        Event::SchemeAdopted(SchemeAdopted { plan, batch, .. })
        | Event::CeremonyOpened(CeremonyOpened { plan, batch, .. }) => format!("batch {plan}/{batch}"),
        Event::PoolFrozen(PoolFrozen { draw, .. })
        | Event::SeedCommitted(SeedCommitted { draw, .. })
        | Event::CeremonySealed(CeremonySealed { draw, .. })
        | Event::SeedRevealed(SeedRevealed { draw, .. })
        | Event::CeremonyClosed(CeremonyClosed { draw, .. })
        | Event::CeremonyFailed(CeremonyFailed { draw, .. })
        | Event::DrawCompleted(DrawCompleted { draw, .. })
        | Event::AssignmentInfeasible(AssignmentInfeasible { draw, .. }) => format!("draw {draw}"),
        Event::EnterpriseAssigned(EnterpriseAssigned { inspection, .. })
        | Event::NoticeServed(NoticeServed { inspection, .. })
        | Event::InspectionStarted(InspectionStarted { inspection, .. })
        | Event::ItemResultConfirmed(ItemResultConfirmed { inspection, .. })
        | Event::InspectionConcluded(InspectionConcluded { inspection, .. })
        | Event::ReportCompleted(ReportCompleted { inspection, .. })
        | Event::FeedbackDispatched(lotbook_event::result::FeedbackDispatched { inspection, .. })
        | Event::FeedbackDelivered(lotbook_event::result::FeedbackDelivered { inspection, .. })
        | Event::ResultPublished(lotbook_event::result::ResultPublished { inspection, .. }) => {
            format!("inspection {inspection}")
        }
        Event::DeadlineMissed(e) => format!("duty {} {}", e.obligation, e.subject),
        Event::StatementRefused(_) => "refusals".into(),
    }
}
