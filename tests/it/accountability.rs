//! Art. 25: dossiers, one step a person each; what people say of a flag; and a calendar that is amended.

use crate::steps::*;
use crate::world::{DAY, World};
use lotbook_chain::Position;
use lotbook_client::proto::ListBreachesRequest;
use lotbook_event::inspection::ItemOutcome::NoProblem;
use lotbook_event::keys::Role;
use lotbook_event::oversight::*;
use lotbook_event::registry::CalendarAmended;
use lotbook_event::*;
use std::collections::BTreeSet;

const LEADER: Role = Role::OfficeLeader;
const SUPERVISOR: Role = Role::Supervisor;

async fn refuse(world: &mut World, role: Role, event: impl Into<Event>, code: &str) {
    assert_eq!(no(world, role, None, event).await.0, code);
}

fn breach(id: &str) -> BreachId {
    BreachId::new(id).unwrap()
}

fn recorded(id: &str) -> BreachRecorded {
    let positions = BTreeSet::from([Position(3), Position(5)]);
    BreachRecorded { breach: breach(id), article: 14, positions, summary: text("抽取后更换名单") }
}

fn assessed(id: &str, serious: bool) -> ConsequenceAssessed {
    ConsequenceAssessed { breach: breach(id), serious, basis: text("调查报告") }
}

fn referred(id: &str) -> AccountabilityReferred {
    AccountabilityReferred { breach: breach(id), organ: text("监察机关") }
}

fn decided(id: &str, order: &str, published: &str) -> AccountabilityDecided {
    AccountabilityDecided {
        breach: breach(id),
        decided_on: date("2026-01-05"),
        decision: Bytes32([7; 32]),
        publication_order: text(order),
        published: text(published),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_goes_step_by_step_and_nobody_infers_that_it_is_serious() {
    let mut world = World::new().await;
    refuse(&mut world, SUPERVISOR, assessed("B-1", true), "UNKNOWN_SUBJECT").await;
    for wrong in [
        BreachRecorded { article: 0, ..recorded("B-1") },
        BreachRecorded { article: 26, ..recorded("B-1") },
        BreachRecorded { positions: BTreeSet::new(), ..recorded("B-1") },
        BreachRecorded { summary: text("  "), ..recorded("B-1") },
    ] {
        refuse(&mut world, SUPERVISOR, wrong, "INVALID_VALUE").await;
    }
    let ahead = BreachRecorded { positions: BTreeSet::from([Position(1 << 40)]), ..recorded("B-1") };
    refuse(&mut world, SUPERVISOR, ahead, "UNKNOWN_SUBJECT").await;
    refuse(&mut world, Role::Coordinator, recorded("B-1"), "ROLE_NOT_HELD").await;
    office(&mut world, SUPERVISOR, None, recorded("B-1")).await;
    refuse(&mut world, SUPERVISOR, recorded("B-1"), "ALREADY_RECORDED").await;
    // Art. 25 needs both elements, and another person for the second.
    refuse(&mut world, LEADER, referred("B-1"), "WRONG_PHASE").await;
    refuse(&mut world, SUPERVISOR, assessed("B-1", true), "SELF_APPROVAL").await;
    office(&mut world, LEADER, None, assessed("B-1", true)).await;
    refuse(&mut world, LEADER, assessed("B-1", false), "ALREADY_RECORDED").await;
    refuse(&mut world, LEADER, decided("B-1", "", ""), "WRONG_PHASE").await;
    office(&mut world, LEADER, None, referred("B-1")).await;
    refuse(&mut world, LEADER, referred("B-1"), "ALREADY_RECORDED").await;
    // Public only where the organ orders it.
    refuse(&mut world, LEADER, decided("B-1", "", "记过"), "RESTRICTED_FIELD_IN_PUBLICATION").await;
    refuse(&mut world, LEADER, decided("B-1", "7号", ""), "INVALID_VALUE").await;
    let tomorrow = AccountabilityDecided { decided_on: date("2099-01-01"), ..decided("B-1", "", "") };
    refuse(&mut world, LEADER, tomorrow, "INVALID_VALUE").await;
    office(&mut world, LEADER, None, decided("B-1", "7号", "记过")).await;
    refuse(&mut world, LEADER, decided("B-1", "", ""), "ALREADY_RECORDED").await;
    // One that is not serious ends there.
    office(&mut world, LEADER, None, recorded("B-2")).await;
    office(&mut world, SUPERVISOR, None, assessed("B-2", false)).await;
    refuse(&mut world, LEADER, referred("B-2"), "WRONG_PHASE").await;
    let year = lotbook_domain::civil::year_of(lotbook_domain::civil::date_of(world.now));
    let document = lotbook_domain::disclosure::derive(world.replica.state(), year);
    let counted = document.deviations.unwrap().accountability.unwrap();
    assert_eq!((counted.breaches, counted.serious, counted.referred, counted.decided), (2, 1, 1, 1));
    assert_eq!(counted.published, ["记过"]);
    // The dossiers as they are asked for.
    let views = world.client.list(ListBreachesRequest::default()).await.unwrap();
    let far: Vec<_> = views.iter().map(|v| (v.breach.as_str(), v.serious, v.organ.as_deref())).collect();
    assert_eq!(far, [("B-1", Some(true), Some("监察机关")), ("B-2", Some(false), None)]);
    assert_eq!((views[0].positions.as_slice(), views[0].published.as_deref()), (&[3, 5][..], Some("记过")));
    for (article, found) in [(14, 2), (13, 0)] {
        let of_article = ListBreachesRequest { article, ..ListBreachesRequest::default() };
        assert_eq!(world.client.list(of_article).await.unwrap().len(), found, "Art. {article}");
    }
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_explanation_stands_beside_its_flag_and_clears_nothing() {
    let mut world = World::new().await;
    let state = world.replica.state();
    let (flagged, before) = (state.flags[0].clone(), state.flags.len());
    let plain = (0..state.head.size).map(Position).find(|at| state.flags_at(*at).is_empty()).unwrap();
    let said = |position| DeviationExplained { position, explanation: text("当日道路中断") };
    refuse(&mut world, Role::Coordinator, said(plain), "UNKNOWN_SUBJECT").await;
    let empty = DeviationExplained { explanation: text(""), ..said(flagged.position) };
    refuse(&mut world, Role::Coordinator, empty, "INVALID_VALUE").await;
    office(&mut world, Role::Coordinator, None, said(flagged.position)).await;
    let state = world.replica.state();
    assert_eq!(state.flags.len(), before);
    let year = lotbook_domain::civil::year_of(lotbook_domain::civil::date_of(flagged.at));
    let rows = lotbook_domain::disclosure::derive(state, year).deviations.unwrap().flags;
    let row = rows.iter().find(|row| row.position == flagged.position.0).unwrap();
    assert_eq!(row.explanations, ["当日道路中断"]);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amended_calendar_moves_what_runs_and_never_before_the_day_of_its_record() {
    let mut world = World::new().await;
    until(&mut world, "2026-11-09", 9).await;
    let id = opened(&mut world, "D-1", FIRM).await;
    conclude(&mut world, &id, NoProblem).await;
    let due = |world: &World| world.replica.state().inspections[&id].duties[&Obligation::Report].due;
    assert_eq!(due(&world), date("2026-11-16"));
    let amended = |off: &[&str], worked: &[&str]| CalendarAmended {
        year: 2026,
        notice_no: text("国办发明电样例"),
        weekdays_off: off.iter().map(|day| date(day)).collect(),
        weekend_days_worked: worked.iter().map(|day| date(day)).collect(),
    };
    let administrator = Role::Administrator;
    let of_2030 = CalendarAmended { year: 2030, ..amended(&[], &[]) };
    refuse(&mut world, administrator, of_2030, "UNKNOWN_SUBJECT").await;
    refuse(&mut world, administrator, amended(&["2026-11-14"], &[]), "INVALID_VALUE").await;
    refuse(&mut world, administrator, amended(&["2027-01-01"], &[]), "INVALID_VALUE").await;
    refuse(&mut world, LEADER, amended(&[], &[]), "ROLE_NOT_HELD").await;
    // Two days off in between: two days later.
    office(&mut world, administrator, None, amended(&["2026-11-11", "2026-11-12"], &[])).await;
    assert_eq!(due(&world), date("2026-11-18"));
    // On Monday 16 November somebody declares that the weekend before was worked: the new last day would be Saturday 14
    // November, which is over. The duty ends with the day of the record.
    until(&mut world, "2026-11-16", 9).await;
    office(&mut world, administrator, None, amended(&[], &["2026-11-14", "2026-11-15"])).await;
    assert_eq!(due(&world), date("2026-11-16"));
    let missed = |world: &World| world.replica.state().inspections[&id].duties[&Obligation::Report].missed;
    assert!(!missed(&world));
    world.wait(DAY).await;
    assert!(missed(&world), "it is stated after the day, not before");
    // What was missed stays missed, with its day.
    office(&mut world, administrator, None, amended(&["2026-11-11", "2026-11-12"], &[])).await;
    assert_eq!((due(&world), missed(&world)), (date("2026-11-16"), true));
    world.verify().await;
}
