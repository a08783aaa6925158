//! Queries against a fold over the log: every list agrees, pages do not matter, what was answered is seen at once.

mod fold;
mod pages;

use crate::steps::*;
use crate::world::{DAY, World, refused};
use fold::{Duty, Fold, fold};
use lotbook_client::{ClientError, List, VerifiedEntry, proto::*};
use lotbook_event::inspection::ItemOutcome;
use lotbook_event::keys::Role;
use lotbook_event::oversight::EntryCorrected;
use lotbook_event::proto::*;
use lotbook_event::result::{
    HandlingKind, HandlingPublished, HandlingWithheld, InvestigationOpened, TransferAcknowledged,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use tokio_stream::StreamExt;

/// The sample's year, and what it does not have: Art. 9, comments, handling, corrections, refusals, lateness.
pub async fn full_of_everything() -> World {
    let mut world = World::new().await;
    let id = delivered(&mut world, "D-1", FIRM, ItemOutcome::PendingHandling).await;
    let event = comment(&world, &id, "C-1");
    office(&mut world, Role::Coordinator, None, event).await;
    for (n, kind) in (1..).zip([
        HandlingKind::Punishment,
        HandlingKind::TransferJudicial,
        HandlingKind::TransferJudicial,
        HandlingKind::NoPunishment,
    ]) {
        let name = format!("V-{n}");
        member(&mut world, &id, 0, found(&id, &name, "K02")).await;
        let investigation = InvestigationOpened { violation: violation(&name) };
        office(&mut world, Role::Handler, None, investigation).await;
        office(&mut world, Role::Handler, None, decided(&name, kind)).await;
    }
    let acknowledged = TransferAcknowledged { violation: violation("V-3"), receiver: text("检察院") };
    office(&mut world, Role::Handler, None, acknowledged).await;
    let withheld = HandlingWithheld { violation: violation("V-4"), ground: text("涉密") };
    office(&mut world, Role::Publisher, None, withheld).await;
    // Reported late, corrected, never published; and one that nobody comments on.
    let late = opened(&mut world, "D-2", FIRM).await;
    conclude(&mut world, &late, ItemOutcome::NoProblem).await;
    world.wait(20 * DAY).await;
    let key = member_key(&world, &late, 0);
    let reported = world.state(&key, Role::Inspector, None, report(&late)).await.unwrap();
    delivered(&mut world, "D-3", FIRM, ItemOutcome::NoProblem).await;
    world.wait(30 * DAY).await;
    let (position, entry) = (reported.position, reported.hash);
    let (field, value, reason) = (text("findings"), text("更正"), text("笔误"));
    let corrected = EntryCorrected { position, entry, field, value, reason };
    office(&mut world, Role::Supervisor, None, corrected).await;
    office(&mut world, Role::Coordinator, None, answer("C-1")).await;
    for _ in 0..3 {
        no(&mut world, Role::Handler, None, InvestigationOpened { violation: violation("V-1") }).await;
    }
    let (violation, receipt_ref) = (violation("V-9"), text("公示"));
    no(&mut world, Role::Publisher, None, HandlingPublished { violation, receipt_ref }).await;
    // One whose report is still in time.
    let running = opened(&mut world, "D-4", FIRM).await;
    conclude(&mut world, &running, ItemOutcome::NoProblem).await;
    world
}

pub async fn log(world: &World) -> Vec<VerifiedEntry> {
    let mut entries = world.client.entries(0, None).await.unwrap();
    let mut all = Vec::new();
    while let Some(entry) = entries.next().await {
        all.push(entry.unwrap());
    }
    all
}

async fn all<Q: List>(world: &World, query: Q) -> Vec<Q::Row> {
    world.client.list(query).await.unwrap()
}

/// Every row, one by one, so that a failure shows the row.
fn agree<V: PartialEq + Debug>(found: Vec<V>, expected: impl IntoIterator<Item = V>) {
    let expected: Vec<V> = expected.into_iter().collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
    assert!(!found.is_empty(), "nothing of {}: the test says nothing", std::any::type_name::<V>());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_agrees_with_a_fold_over_the_log() {
    let world = full_of_everything().await;
    let entries = log(&world).await;
    let fold = fold(&entries);
    agree(all(&world, ListItemsRequest::default()).await, fold.items.values().cloned());
    agree(all(&world, ListInspectorsRequest::default()).await, fold.inspectors.values().cloned());
    agree(all(&world, ListEnterprisesRequest::default()).await, fold.enterprises.values().cloned());
    agree(all(&world, ListBatchesRequest::default()).await, fold.batches.values().cloned());
    agree(all(&world, ListDrawsRequest::default()).await, fold.draws.values().cloned());
    agree(all(&world, ListAssignmentsRequest::default()).await, fold.assignments.values().cloned());
    agree(all(&world, ListInspectionsRequest::default()).await, fold.inspections.values().cloned());
    agree(all(&world, ListCommentsRequest::default()).await, fold.comments.values().cloned());
    agree(all(&world, ListViolationsRequest::default()).await, fold.public_violations());
    agree(all(&world, ListRefusalsRequest::default()).await, fold.refusals.iter().cloned());
    plans(&world, &fold).await;
    pools(&world, &fold).await;
    assert_eq!(board(&world, &fold).await, BTreeSet::from([1, 2, 3, 4]), "a duty in every state");
    let answer = world.client.query(ListItemsRequest::default()).await.unwrap();
    assert_eq!(answer.size, entries.len() as u64);
    assert!(fold.inspections["D-2"].corrections.len() == 1 && fold.comments.contains_key("C-1"));
    world.verify().await;
}

async fn plans(world: &World, fold: &Fold) {
    let bare = |view: PlanView| PlanView { late: false, late_by_working_days: 0, ..view };
    let views = all(world, ListPlansRequest::default()).await;
    for view in &views {
        let draft = view.draft.as_ref().unwrap();
        let due = lotbook_domain::civil::end_of(date(&format!("{}-01-31", draft.year))).0;
        let missed = fold.duties.get(&(1, format!("{}/{}", draft.year, draft.section)));
        let late = view.adopted_at.map_or_else(|| missed.is_some_and(|d| d.missed), |at| at >= due);
        assert_eq!((view.late, view.late_by_working_days > 0), (late, late), "{}", draft.plan);
    }
    agree(views.into_iter().map(bare).collect(), fold.plans.values().cloned());
}

/// The rows of a pool add up to what the ledger stated when it froze them.
async fn pools(world: &World, fold: &Fold) {
    for (draw, view) in &fold.draws {
        let stated = view.frozen.as_ref().unwrap();
        let mut query = ListPoolRowsRequest { draw: draw.clone(), ..ListPoolRowsRequest::default() };
        let mut counts = BTreeMap::<(i32, String), u64>::new();
        let rows = all(world, query.clone()).await;
        rows.iter().for_each(|row| *counts.entry((row.kind, row.reason.clone())).or_default() += 1);
        let of = |kind: i32, reasons: &[ReasonCount]| {
            reasons.iter().map(move |count| ((kind, count.reason.clone()), count.rows)).collect::<Vec<_>>()
        };
        let mut expected = [of(1, &stated.object_reasons), of(2, &stated.inspector_reasons)].concat();
        expected.extend((stated.conflicts > 0).then(|| ((3, String::new()), stated.conflicts)));
        assert_eq!(counts, expected.into_iter().filter(|(_, rows)| *rows > 0).collect(), "{draw}");
        query.kind = PoolRowKind::Object.into();
        query.eligible = Some(true);
        let eligible = all(world, query).await;
        let sum: u64 = stated.strata.iter().map(|stratum| stratum.eligible).sum();
        assert_eq!((eligible.len() as u64, eligible.iter().all(|row| row.eligible)), (sum, true));
    }
}

/// The board: what is met, late and over, and when. The states that were seen.
async fn board(world: &World, fold: &Fold) -> BTreeSet<i32> {
    use ObligationState as Is;
    let views = all(world, ListObligationsRequest::default()).await;
    let mut seen = BTreeSet::new();
    for view in &views {
        let key = (view.kind, view.subject.clone());
        let Some(Duty { met_at, missed, due }) = fold.duties.get(&key) else {
            let fixed = matches!(view.kind(), Obligation::Plan | Obligation::Disclosure);
            assert!(fixed && view.state() == Is::Running, "{key:?}");
            continue;
        };
        let comment = view.kind() == Obligation::Comment;
        let stands = match (met_at, missed) {
            (Some(_), _) => Is::Met,
            (None, true) if comment => Is::Ended,
            (None, true) => Is::Late,
            (None, false) => Is::Running,
        };
        assert_eq!((view.state(), view.met_at), (stands, *met_at), "{key:?}");
        if let Some(due) = due {
            let end = lotbook_domain::civil::end_of(date(&view.due)).0;
            assert!(end == *due || view.kind() == Obligation::Plan, "{key:?}");
            assert_eq!((view.late, view.late_by_working_days > 0), (!comment, !comment), "{key:?}");
        }
        let sections = match view.kind() {
            Obligation::Plan => view.subject.split('/').skip(1).map(str::to_owned).collect(),
            Obligation::Disclosure => vec![],
            Obligation::Draw => {
                let draw = &fold.draws[&view.subject];
                fold.batches[&(draw.plan.clone(), draw.batch.clone())]
                    .batch
                    .as_ref()
                    .unwrap()
                    .sections
                    .clone()
            }
            _ => fold.inspections[&view.subject].sections.clone(),
        };
        assert_eq!(view.sections, sections, "{key:?}");
        seen.insert(view.state);
    }
    let missing: Vec<_> = fold
        .duties
        .keys()
        .filter(|key| !views.iter().any(|v| (v.kind, &v.subject) == (key.0, &key.1)))
        .collect();
    assert_eq!(missing, Vec::<&(i32, String)>::new());
    let late = all(world, ListObligationsRequest { late: true, ..ListObligationsRequest::default() }).await;
    let expected: Vec<_> = views.into_iter().filter(|view| view.late).collect();
    agree(late, expected);
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_and_disclosures_are_on_the_board_before_and_after_their_days() {
    let mut world = World::new().await;
    until(&mut world, "2027-01-31", 23).await;
    // The board is as of the last entry, and a quiet simulated ledger states nothing: so somebody does.
    no(&mut world, Role::Handler, None, InvestigationOpened { violation: violation("V-1") }).await;
    let stands = async |world: &World, kind: Obligation, subject: &str| {
        let query = ListObligationsRequest { kind: kind.into(), ..ListObligationsRequest::default() };
        let rows = all(world, query).await;
        let row = rows.into_iter().find(|row| row.subject == subject);
        row.map(|row| (row.state(), row.due, row.late_by_working_days))
    };
    let running = |due: &str| Some((ObligationState::Running, due.to_owned(), 0));
    assert_eq!(stands(&world, Obligation::Plan, "2027/S04").await, running("2027-01-31"));
    assert_eq!(stands(&world, Obligation::Disclosure, "2026").await, running("2027-02-28"));
    world.wait(3_600).await;
    let fold_of = fold(&log(&world).await);
    board(&world, &fold_of).await;
    // 2027-02-05 is the fifth weekday after 01-31; a year without a calendar counts weekdays.
    until(&mut world, "2027-02-05", 12).await;
    let late = (ObligationState::Late, "2027-01-31".to_owned(), 5);
    assert_eq!(stands(&world, Obligation::Plan, "2027/S04").await, Some(late));
    until(&mut world, "2027-03-02", 12).await;
    let late = (ObligationState::Late, "2027-02-28".to_owned(), 2);
    assert_eq!(stands(&world, Obligation::Disclosure, "2026").await, Some(late));
    let fold_of = fold(&log(&world).await);
    assert!(board(&world, &fold_of).await.contains(&ObligationState::Late.into()));
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_seen_at_once_and_nothing_that_is_not_durable() {
    let mut world = World::new().await;
    for n in 0..40 {
        let event = direct(&world, &format!("R-{n}"), FIRM);
        let statement = world.statement(Role::SectionOfficer, Some("S04"), event);
        let key = world.key("section_officer-S04");
        let submitted = world.client.submit(&key, &statement).await.unwrap();
        let query = GetInspectionRequest { inspection: format!("R-{n}") };
        let answer = world.client.query(query).await.unwrap();
        assert_eq!(answer.inspection.unwrap().inspection, format!("R-{n}"));
        assert!(answer.size > submitted.position.0);
        let engine = world.serving.engine.clone();
        let (seen, durable) = (engine.view(|state| state.head.size).unwrap(), engine.size());
        assert!(seen <= durable, "{seen} seen, {durable} durable");
    }
    world.follow().await;
    world.verify().await;
}

/// The reason and the field of a query that is not answered.
fn wrong<T: Debug>(answer: Result<T, ClientError>) -> (String, Option<String>) {
    match answer.expect_err("it was answered") {
        ClientError::Refused(refused) => (refused.error.reason, refused.error.field),
        other => panic!("not refused: {other}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_are_typed_and_each_of_them_filters() {
    let mut world = full_of_everything().await;
    filtered(&world).await;
    let client = &world.client;
    macro_rules! bad {
        ($($query:ident { $field:ident: $value:expr })*) => {$(
            let mut query = $query::default();
            query.$field = $value;
            let expected = ("MALFORMED_REQUEST".to_owned(), Some(stringify!($field).to_owned()));
            assert_eq!(wrong(client.query(query).await), expected, stringify!($query));
        )*};
    }
    bad! {
        ListItemsRequest { section: "S 04".into() }
        ListItemsRequest { phase: 9 }
        ListInspectorsRequest { duty: -1 }
        ListEnterprisesRequest { area: "4111".into() }
        ListDrawsRequest { stage: 77 }
        ListDrawsRequest { purpose: 9 }
        ListPoolRowsRequest { draw: String::new() }
        ListAssignmentsRequest { uscc: "91411102XN0000012Z".into() }
        ListInspectionsRequest { phase: 100 }
        ListViolationsRequest { kind: 6 }
        ListRecusalsRequest { decision: 4 }
        ListObligationsRequest { kind: 8 }
        ListObligationsRequest { state: 5 }
        ListRefusalsRequest { code: "NO_SUCH_CODE".into() }
        ListRefusalsRequest { key_id: vec![1; 31] }
        ListRefusalsRequest { event: "NoSuchEvent".into() }
        GetItemRequest { item: String::new() }
        GetEnterpriseRequest { uscc: "91411102".into() }
        ListItemsRequest { page_size: -1 }
    }
    let gone = ("NO_SUCH_SUBJECT".to_owned(), None);
    assert_eq!(wrong(client.query(GetItemRequest { item: "K99".into() }).await), gone);
    assert_eq!(wrong(client.query(GetDisclosureRequest { year: 1999 }).await), gone);
    let draw = "P-2026-S04/B9.1".to_owned();
    let query = ListPoolRowsRequest { draw, ..ListPoolRowsRequest::default() };
    assert_eq!(wrong(client.query(query).await), gone);
    // A name as long as can be is refused as what it is, and leaves no trace.
    let before = world.size();
    assert_eq!(wrong(client.query(GetPlanRequest { plan: "P".repeat(65) }).await).1.unwrap(), "plan");
    world.follow().await;
    assert_eq!(world.size(), before);
    world.verify().await;
}

/// Each filter gives exactly the rows that meet it, and some but not all.
async fn filtered(world: &World) {
    macro_rules! holds {
        ($($query:ident { $field:ident: $value:expr } where $row:ident => $holds:expr;)*) => {$(
            let everything = all(world, $query::default()).await;
            let query = $query { $field: $value, ..$query::default() };
            let found = all(world, query).await;
            let expected: Vec<_> = everything.iter().filter(|$row| $holds).cloned().collect();
            assert_eq!(found, expected, "{} {}", stringify!($query), stringify!($field));
            let some = !found.is_empty() && found.len() < everything.len();
            assert!(some, "{} {}: {} of {}", stringify!($query), stringify!($field), found.len(), everything.len());
        )*};
    }
    holds! {
        ListItemsRequest { section: "S04".into() } where row => row.item.as_ref().unwrap().section == "S04";
        ListInspectorsRequest { section: "S04".into() } where row => row.row.as_ref().unwrap().section == "S04";
        ListInspectorsRequest { duty: 1 } where row => row.row.as_ref().unwrap().duty == 1;
        ListEnterprisesRequest { area: "411102".into() } where row => row.row.as_ref().unwrap().area == "411102";
        ListEnterprisesRequest { drawn_in: 2026 } where row => row.draws.iter().any(|draw| draw.year == 2026);
        ListBatchesRequest { drawn: Some(true) } where row => row.drawn.is_some();
        ListBatchesRequest { section: "S01".into() } where row =>
            row.batch.as_ref().unwrap().sections.iter().any(|section| section == "S01");
        ListDrawsRequest { batch: "B2".into() } where row => row.batch == "B2";
        ListAssignmentsRequest { draw: "P-2026-S04/B2.1".into() } where row => row.draw == "P-2026-S04/B2.1";
        ListInspectionsRequest { draw: "P-2026-S04/B2.1".into() } where row =>
            row.draw.as_deref() == Some("P-2026-S04/B2.1");
        ListInspectionsRequest { direct: Some(true) } where row => row.draw.is_none();
        ListInspectionsRequest { uscc: FIRM.into() } where row => row.uscc == FIRM;
        ListViolationsRequest { inspection: "D-1".into() } where row => row.inspection.as_deref() == Some("D-1");
        ListViolationsRequest { kind: 4 } where row => row.kind == 4;
        ListObligationsRequest { kind: 2 } where row => row.kind == 2;
        ListObligationsRequest { state: 2 } where row => row.state == 2;
        ListRefusalsRequest { code: "ALREADY_RECORDED".into() } where row =>
            row.refused.as_ref().unwrap().code == "ALREADY_RECORDED";
        ListRefusalsRequest { event: "InvestigationOpened".into() } where row =>
            row.refused.as_ref().unwrap().event == "InvestigationOpened";
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_statement_is_among_the_refusals_at_once() {
    let mut world = World::new().await;
    let investigation = InvestigationOpened { violation: violation("V-9") };
    let error = refused(world.state("handler", Role::Handler, None, investigation).await);
    let key_id = world.key("handler").public().key_id().0.to_vec();
    let query = ListRefusalsRequest { key_id, ..ListRefusalsRequest::default() };
    let rows = all(&world, query).await;
    let last = rows.last().unwrap().refused.clone().unwrap();
    assert_eq!((last.code, last.event), (error.reason, "InvestigationOpened".to_owned()));
}
