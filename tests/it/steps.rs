//! The steps of an inspection, each stated by whom it belongs to; most on inspections under Art. 9.

use crate::world::{World, refused};
use lotbook_chain::SigningKey;
use lotbook_chain::sign::possession_message;
use lotbook_client::{ClientError, Submitted};
use lotbook_domain::civil::start_of;
use lotbook_event::inspection::*;
use lotbook_event::keys::{KeyConfirmed, KeyRegistered, Role};
use lotbook_event::registry::Duty;
use lotbook_event::result::*;
use lotbook_event::*;
use std::collections::BTreeSet;

/// The firm whose key the sample's folder holds.
pub const FIRM: &str = "91411102XN0000012Y";

pub fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

pub fn date(text: &str) -> Date {
    Date::new(text).unwrap()
}

pub fn inspection(id: &str) -> InspectionId {
    InspectionId::new(id).unwrap()
}

/// Moves the clock to an hour of a day of the office.
pub async fn until(world: &mut World, day: &str, hour: i64) {
    let seconds = (start_of(date(day)).0 - world.now.0) / 1_000_000 + hour * 3_600;
    assert!(seconds >= 0, "{day} lies behind");
    world.wait(seconds).await;
}

/// Inspectors who may act until 2028 and have no conflict with a firm.
pub fn free(world: &World, uscc: &str) -> Vec<InspectorId> {
    let (state, uscc) = (world.replica.state(), Uscc::new(uscc).unwrap());
    let rows = state.inspectors.values().map(|record| &record.row);
    let acting =
        rows.filter(|row| row.duty == Duty::Active && row.certificate_valid_until >= date("2027-12-31"));
    let unrelated =
        acting.filter(|row| !state.conflicts.contains_key(&(uscc.clone(), row.inspector.clone())));
    unrelated.map(|row| row.inspector.clone()).collect()
}

/// Section S04 opens an inspection of a firm for its item K02, after a complaint.
pub fn direct(world: &World, id: &str, uscc: &str) -> DirectInspectionOpened {
    DirectInspectionOpened {
        inspection: inspection(id),
        uscc: Uscc::new(uscc).unwrap(),
        items: BTreeSet::from([ItemId::new("K02").unwrap()]),
        cause: Some(DirectCause::Complaint),
        basis: Some(Bytes32([7; 32])),
        reason: text(""),
        team: free(world, uscc).into_iter().take(2).collect(),
    }
}

/// States as the office does: with the one key of a role, or that of a role and section.
pub async fn office(world: &mut World, role: Role, section: Option<&str>, event: impl Into<Event>) {
    let event = event.into();
    let (key, name) = (key_of(role, section), event.name());
    if let Err(error) = world.state(&key, role, section, event).await {
        panic!("{name} as {key}: {error}");
    }
}

/// Registers and confirms a new key of a person.
pub async fn register(
    world: &mut World,
    seed: u8,
    role: Role,
    section: Option<&str>,
    person: &str,
) -> SigningKey {
    let key = SigningKey::from_seed(&[seed; 32]);
    let ledger = world.client.trust_root().ledger_id;
    let message = possession_message(ledger, &key.public(), role.code(), section.unwrap_or(""));
    let section = section.map(|section| SectionId::new(section).unwrap());
    let registered = KeyRegistered {
        public_key: RawKey(key.public().to_bytes()),
        role,
        section: section.clone(),
        person: text(person),
        nominated_by: text(""),
        subject: text(""),
        possession: key.sign(&message),
    };
    office(world, Role::Administrator, None, registered).await;
    let confirmed = KeyConfirmed { key_id: key.public().key_id(), role, section };
    office(world, Role::OfficeLeader, None, confirmed).await;
    key
}

/// States with a key that has no file.
pub async fn with(
    world: &mut World,
    key: &SigningKey,
    role: Role,
    section: Option<&str>,
    event: impl Into<Event>,
) -> Result<Submitted, ClientError> {
    let statement = world.statement(role, section, event);
    let submitted = world.client.submit(key, &statement).await;
    world.follow().await;
    submitted
}

/// The code of the refusal, and what was found.
pub async fn no(
    world: &mut World,
    role: Role,
    section: Option<&str>,
    event: impl Into<Event>,
) -> (String, String) {
    let error = refused(world.state(&key_of(role, section), role, section, event).await);
    (error.reason, error.found)
}

fn key_of(role: Role, section: Option<&str>) -> String {
    section.map_or_else(|| role.code().to_owned(), |section| format!("{role}-{section}"))
}

/// States as the `n`-th member of the team.
pub async fn member(world: &mut World, id: &InspectionId, n: usize, event: impl Into<Event>) {
    let (event, key) = (event.into(), member_key(world, id, n));
    let name = event.name();
    if let Err(error) = world.state(&key, Role::Inspector, None, event).await {
        panic!("{name} as {key}: {error}");
    }
}

pub fn member_key(world: &World, id: &InspectionId, n: usize) -> String {
    format!("inspector-{}", world.replica.state().inspections[id].team[n])
}

pub async fn no_member(
    world: &mut World,
    id: &InspectionId,
    n: usize,
    event: impl Into<Event>,
) -> (String, String) {
    let key = member_key(world, id, n);
    let error = refused(world.state(&key, Role::Inspector, None, event).await);
    (error.reason, error.found)
}

/// Opened by section S04, for a complaint.
pub async fn opened(world: &mut World, id: &str, uscc: &str) -> InspectionId {
    let event = direct(world, id, uscc);
    office(world, Role::SectionOfficer, Some("S04"), event).await;
    inspection(id)
}

pub fn start(world: &World, id: &InspectionId) -> InspectionStarted {
    InspectionStarted { inspection: id.clone(), occurred_at: world.now }
}

pub fn item_result(id: &InspectionId, item: &str, outcome: ItemOutcome) -> ItemResultConfirmed {
    ItemResultConfirmed { inspection: id.clone(), item: ItemId::new(item).unwrap(), outcome }
}

pub fn conclusion(world: &World, id: &InspectionId) -> InspectionConcluded {
    InspectionConcluded { inspection: id.clone(), occurred_at: world.now, on_site_ended_at: world.now }
}

pub fn report(id: &InspectionId) -> ReportCompleted {
    let part = || text("如实");
    ReportCompleted {
        inspection: id.clone(),
        time: part(),
        content: part(),
        findings: part(),
        evaluation: part(),
        opinion: part(),
    }
}

/// Started, with a result for every item that applies, and concluded by every member.
pub async fn conclude(world: &mut World, id: &InspectionId, outcome: ItemOutcome) {
    let event = start(world, id);
    member(world, id, 0, event).await;
    let state = world.replica.state();
    let items: Vec<_> =
        state.applicable_items(&state.inspections[id]).into_iter().map(ToString::to_string).collect();
    for item in items {
        member(world, id, 0, item_result(id, &item, outcome)).await;
    }
    for n in 0..world.replica.state().inspections[id].team.len() {
        let event = conclusion(world, id);
        member(world, id, n, event).await;
    }
}

/// The section that speaks for an inspection.
pub fn section_of(world: &World, id: &InspectionId) -> String {
    let state = world.replica.state();
    state.sections_of(&state.inspections[id]).into_iter().next().unwrap().to_string()
}

pub async fn dispatch(world: &mut World, id: &InspectionId) {
    let section = section_of(world, id);
    let event =
        FeedbackDispatched { inspection: id.clone(), method: ServiceMethod::Mail, legal_basis: text("") };
    office(world, Role::SectionOfficer, Some(&section), event).await;
}

pub async fn deliver(world: &mut World, id: &InspectionId) {
    let section = section_of(world, id);
    let (occurred_at, receipt_ref) = (world.now, text("送达回证"));
    let event = FeedbackDelivered { inspection: id.clone(), occurred_at, receipt_ref };
    office(world, Role::SectionOfficer, Some(&section), event).await;
}

pub async fn publish(world: &mut World, id: &InspectionId) {
    let (channel, receipt_ref) = (Channel::Necips, text("NECIPS"));
    let event = ResultPublished { inspection: id.clone(), channel, receipt_ref };
    office(world, Role::Publisher, None, event).await;
}

/// Opened, inspected, reported, fed back and published, all at once.
pub async fn delivered(world: &mut World, id: &str, uscc: &str, outcome: ItemOutcome) -> InspectionId {
    let id = opened(world, id, uscc).await;
    conclude(world, &id, outcome).await;
    member(world, &id, 0, report(&id)).await;
    dispatch(world, &id).await;
    deliver(world, &id).await;
    publish(world, &id).await;
    id
}

pub fn comment(world: &World, id: &InspectionId, comment: &str) -> CommentReceived {
    CommentReceived {
        inspection: id.clone(),
        comment: CommentId::new(comment).unwrap(),
        occurred_at: world.now,
        text: Bytes32([3; 32]),
        consent: false,
    }
}

pub fn answer(comment: &str) -> CommentAnswered {
    let comment = CommentId::new(comment).unwrap();
    CommentAnswered { comment, summary: text("对时间的意见"), answer: text("已说明") }
}

pub fn violation(id: &str) -> ViolationId {
    ViolationId::new(id).unwrap()
}

pub fn found(id: &InspectionId, name: &str, item: &str) -> ViolationFound {
    let item = ItemId::new(item).unwrap();
    ViolationFound { inspection: id.clone(), violation: violation(name), item, details: Bytes32([5; 32]) }
}

pub fn decided(name: &str, kind: HandlingKind) -> HandlingDecided {
    let text = |t: &str| if kind == HandlingKind::TransferJudicial { text("") } else { text(t) };
    HandlingDecided {
        violation: violation(name),
        kind,
        decision_no: text("漯人防罚字1号"),
        legal_basis: text("第二十三条"),
    }
}

/// Details of a flag on a subject, in their order.
pub fn flagged(world: &World, flag: Flag, subject: &str) -> Vec<String> {
    let flags = world.replica.state().flags.iter();
    flags.filter(|f| f.flag == flag && f.subject == subject).map(|f| f.detail.clone()).collect()
}
