//! Art. 21: the enterprise comments within ten working days of the delivery (D5); late comments are taken.

use crate::steps::*;
use crate::world::{DAY, World, refused};
use lotbook_domain::civil::end_of;
use lotbook_domain::obligation::{Duty, Met};
use lotbook_event::inspection::ItemOutcome::NoProblem;
use lotbook_event::keys::Role;
use lotbook_event::oversight::Obligation;
use lotbook_event::registry::CalendarPublished;
use lotbook_event::result::{CommentAnswered, CommentReceived, FeedbackDelivered};
use lotbook_event::*;
use std::collections::BTreeSet;

const COORDINATOR: Role = Role::Coordinator;
const ENTERPRISE: Role = Role::Enterprise;

fn duty(world: &World, kind: Obligation, id: &InspectionId) -> Duty {
    world.replica.state().inspections[id].duties[&kind].clone()
}

/// Last day of a duty that was met, and how it was.
fn met(world: &World, kind: Obligation, id: &InspectionId) -> (Date, Met) {
    let duty = duty(world, kind, id);
    (duty.due, duty.met.unwrap())
}

/// Last day of a running duty, and whether it is provisional.
fn due(world: &World, kind: Obligation, id: &InspectionId) -> (Date, bool) {
    let duty = duty(world, kind, id);
    assert_eq!(duty.met, None);
    (duty.due, duty.provisional)
}

fn closed(world: &World, id: &InspectionId) -> bool {
    world.replica.state().inspections[id].comment_window_closed
}

async fn as_firm(world: &mut World, event: CommentReceived) -> Result<(), String> {
    let name = format!("enterprise-{FIRM}");
    let submitted = world.state(&name, ENTERPRISE, None, event).await;
    if submitted.is_ok() { Ok(()) } else { Err(refused(submitted).reason) }
}

/// The chain of rules.md 1.6, over National Day and the Saturday that is worked for it.
#[tokio::test(flavor = "multi_thread")]
async fn the_worked_chain_of_the_rules() {
    use Obligation::{Comment, Feedback, Publication, Report};
    let mut world = World::new().await;
    until(&mut world, "2026-09-24", 10).await;
    let id = opened(&mut world, "D-1", FIRM).await;
    conclude(&mut world, &id, NoProblem).await;
    assert_eq!(due(&world, Report, &id), (date("2026-10-09"), false));
    until(&mut world, "2026-10-09", 17).await;
    member(&mut world, &id, 0, report(&id)).await;
    assert_eq!(due(&world, Feedback, &id), (date("2026-10-19"), false));
    assert_eq!(due(&world, Publication, &id), (date("2026-10-19"), false));
    until(&mut world, "2026-10-19", 9).await;
    dispatch(&mut world, &id).await;
    deliver(&mut world, &id).await;
    publish(&mut world, &id).await;
    for kind in [Report, Feedback, Publication] {
        assert_eq!(met(&world, kind, &id).1.late_by, 0);
    }
    assert_eq!(due(&world, Comment, &id), (date("2026-11-02"), false));
    until(&mut world, "2026-11-02", 23).await;
    assert!(!closed(&world, &id));
    let before = world.size();
    world.wait(3_600).await;
    assert!(closed(&world, &id), "none received, stated at 24:00");
    let state = world.replica.state();
    assert_eq!((world.size(), state.head.recorded_at), (before + 1, end_of(date("2026-11-02"))));
    assert!(duty(&world, Comment, &id).missed, "and it is not stated again");
    assert!(!state.flags.iter().any(|flagged| flagged.subject == "D-1"), "nobody was late");
    world.wait(DAY).await;
    assert!(!world.replica.state().flags.iter().any(|flagged| flagged.subject == "D-1"));
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_in_time_meets_the_clock_and_is_answered_when_the_window_is_over() {
    let mut world = World::new().await;
    until(&mut world, "2026-10-19", 9).await;
    let id = delivered(&mut world, "D-1", FIRM, NoProblem).await;
    world.wait(DAY).await;
    let event = comment(&world, &id, "C-1");
    as_firm(&mut world, event).await.unwrap();
    let first = met(&world, Obligation::Comment, &id);
    assert_eq!((first.0, first.1.late_by), (date("2026-11-02"), 0));
    // A second one, which the office writes down.
    let event = comment(&world, &id, "C-2");
    office(&mut world, COORDINATOR, None, event).await;
    let (code, found) = no(&mut world, COORDINATOR, None, answer("C-1")).await;
    assert_eq!(code, "WRONG_PHASE");
    assert!(found.contains("2026-11-02"), "{found}");
    until(&mut world, "2026-11-02", 23).await;
    assert_eq!(no(&mut world, COORDINATOR, None, answer("C-1")).await.0, "WRONG_PHASE");
    world.wait(3_600).await;
    assert!(!closed(&world, &id), "one was received");
    for blank in [
        CommentAnswered { summary: text(" "), ..answer("C-1") },
        CommentAnswered { answer: text(""), ..answer("C-1") },
    ] {
        assert_eq!(no(&mut world, COORDINATOR, None, blank).await.0, "INVALID_VALUE");
    }
    office(&mut world, COORDINATOR, None, answer("C-1")).await;
    assert_eq!(no(&mut world, COORDINATOR, None, answer("C-1")).await.0, "ALREADY_RECORDED");
    assert_eq!(no(&mut world, COORDINATOR, None, answer("C-9")).await.0, "UNKNOWN_SUBJECT");
    assert_eq!(flagged(&world, Flag::CommentLate, "D-1"), Vec::<String>::new());
    // One after the window, although the first had met the clock.
    let event = comment(&world, &id, "C-3");
    as_firm(&mut world, event).await.unwrap();
    assert_eq!(flagged(&world, Flag::CommentLate, "D-1").len(), 1);
    let state = world.replica.state();
    let late: Vec<_> = state.comments.values().filter(|c| c.inspection == id).map(|c| c.late).collect();
    assert_eq!(late, [false, false, true]);
    assert_eq!(met(&world, Obligation::Comment, &id), first, "the met clock stays as it was");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_comment_is_taken_and_flagged() {
    let mut world = World::new().await;
    until(&mut world, "2026-10-19", 9).await;
    let id = delivered(&mut world, "D-1", FIRM, NoProblem).await;
    until(&mut world, "2026-11-05", 9).await;
    assert!(closed(&world, &id));
    let event = comment(&world, &id, "C-1");
    as_firm(&mut world, event).await.unwrap();
    let late = flagged(&world, Flag::CommentLate, "D-1");
    assert_eq!(late.len(), 1);
    assert!(late[0].contains("late by 3 working days, due 2026-11-02"), "{}", late[0]);
    assert!(closed(&world, &id), "what the ledger stated stays");
    let duty = duty(&world, Obligation::Comment, &id);
    assert!(duty.missed && duty.met.is_none());
    // It had come in time, and the office wrote it down late: both are said.
    let event =
        CommentReceived { occurred_at: world.now.plus_seconds(-10 * DAY), ..comment(&world, &id, "C-2") };
    office(&mut world, COORDINATOR, None, event).await;
    let late = flagged(&world, Flag::CommentLate, "D-1");
    assert!(late[1].ends_with("it came on 2026-10-26"), "{}", late[1]);
    assert_eq!(flagged(&world, Flag::RecordedLate, "D-1").len(), 1);
    office(&mut world, COORDINATOR, None, answer("C-1")).await;
    office(&mut world, COORDINATOR, None, answer("C-2")).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_the_firms_own_on_feedback_it_has_and_not_of_tomorrow() {
    let mut world = World::new().await;
    until(&mut world, "2026-10-19", 9).await;
    let id = opened(&mut world, "D-1", FIRM).await;
    conclude(&mut world, &id, NoProblem).await;
    member(&mut world, &id, 0, report(&id)).await;
    dispatch(&mut world, &id).await;
    let event = comment(&world, &id, "C-1");
    assert_eq!(as_firm(&mut world, event).await.unwrap_err(), "WRONG_PHASE");
    world.wait(DAY).await;
    // Delivered at 23:00 the day before; the clock starts with the later day, that of the record.
    let delivered = world.now.plus_seconds(-36_000);
    let event =
        FeedbackDelivered {
            inspection: id.clone(), occurred_at: delivered, receipt_ref: text("送达回证")
        };
    office(&mut world, Role::SectionOfficer, Some("S04"), event).await;
    assert_eq!(due(&world, Obligation::Comment, &id), (date("2026-11-03"), false));
    for occurred_at in [delivered.plus_seconds(-1), world.now.plus_seconds(1)] {
        let event = CommentReceived { occurred_at, ..comment(&world, &id, "C-1") };
        assert_eq!(as_firm(&mut world, event).await.unwrap_err(), "INVALID_VALUE");
    }
    // Between the delivery and its record: late truth.
    let event = CommentReceived { occurred_at: delivered, ..comment(&world, &id, "C-1") };
    as_firm(&mut world, event.clone()).await.unwrap();
    assert_eq!(as_firm(&mut world, event).await.unwrap_err(), "ALREADY_RECORDED");
    // Of another firm.
    let mut others = world.replica.state().inspections.iter();
    let other = others.find(|(_, i)| i.uscc.as_str() != FIRM && i.delivered.is_some()).unwrap().0.clone();
    let event = comment(&world, &other, "C-2");
    assert_eq!(as_firm(&mut world, event.clone()).await.unwrap_err(), "ROLE_NOT_HELD");
    office(&mut world, COORDINATOR, None, event).await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_into_the_next_year_is_provisional_until_its_calendar_comes() {
    let mut world = World::new().await;
    until(&mut world, "2026-12-24", 9).await;
    let met = delivered(&mut world, "D-1", FIRM, NoProblem).await;
    let runs = delivered(&mut world, "D-2", FIRM, NoProblem).await;
    assert_eq!(due(&world, Obligation::Comment, &runs), (date("2027-01-07"), true));
    world.wait(DAY).await;
    let event = comment(&world, &met, "C-1");
    as_firm(&mut world, event).await.unwrap();
    let before = self::met(&world, Obligation::Comment, &met);
    let year = CalendarPublished {
        year: 2027,
        notice_no: text("样例通知"),
        weekdays_off: BTreeSet::from([date("2027-01-01"), date("2027-01-04")]),
        weekend_days_worked: BTreeSet::new(),
    };
    office(&mut world, Role::Administrator, None, year).await;
    assert_eq!(due(&world, Obligation::Comment, &runs), (date("2027-01-11"), false));
    let after = self::met(&world, Obligation::Comment, &met);
    assert_eq!(before, after, "a met duty is not worsened");
    until(&mut world, "2027-01-11", 23).await;
    assert!(!closed(&world, &runs));
    world.wait(3_600).await;
    assert!(closed(&world, &runs) && !closed(&world, &met));
    assert_eq!(flagged(&world, Flag::ProvisionalDue, "D-2"), Vec::<String>::new());
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_ends_by_a_provisional_date_says_so() {
    let mut world = World::new().await;
    until(&mut world, "2026-12-24", 9).await;
    let id = delivered(&mut world, "D-1", FIRM, NoProblem).await;
    until(&mut world, "2027-01-08", 1).await;
    assert!(closed(&world, &id));
    assert_eq!(flagged(&world, Flag::ProvisionalDue, "D-1").len(), 1);
    world.verify().await;
}
