//! What the played office has no case of: comments, handling, Art. 9, recusals, counted refusals, due days.

use super::*;
use crate::recusal::{Decided, Outcome, Recusal};
use crate::state::{Comment, Flagged, Origin, Violation};
use lotbook_chain::{EntryHash, KeyId, Position};
use lotbook_event::inspection::DirectCause;
use lotbook_event::keys::Role;
use lotbook_event::oversight::{Obligation, RefusalCount, RefusalsCounted};
use lotbook_event::recusal::{RecusalDecision, RecusalGround};
use lotbook_event::result::HandlingKind;
use lotbook_event::*;
use std::collections::BTreeSet;

const DAY: i64 = 86_400 * Instant::SECOND;

fn at(date: &str) -> Instant {
    crate::civil::start_of(Date::new(date).unwrap())
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

/// A state with one inspection under Art. 9 of each year, `D-YEAR`.
fn state() -> State {
    let mut state = State { began: Some(Date::new("2026-03-01").unwrap()), ..State::default() };
    for year in [2026, 2027] {
        let origin = Origin::Direct {
            section: SectionId::new("S04").unwrap(),
            items: BTreeSet::new(),
            cause: DirectCause::Complaint,
            approved: true,
            by: lotbook_chain::KeyId([1; 32]),
        };
        let opened = at(&format!("{year}-01-01"));
        let uscc = Uscc::new("91350100M000100Y43").unwrap();
        let inspection = Inspection::new(origin, uscc, vec![], EntryHash::ZERO, opened);
        state.inspections.insert(inspection_of(year), Box::new(inspection));
    }
    state
}

fn inspection_of(year: u32) -> InspectionId {
    InspectionId::new(format!("D-{year}")).unwrap()
}

#[test]
fn an_empty_year_has_all_six_parts_with_no_rows() {
    let document = derive(&State::default(), 2026);
    assert_eq!(parts(&document).iter().map(|part| part.rows).collect::<Vec<_>>(), [0; 6]);
    assert_eq!(parts(&document).iter().map(|part| part.part).collect::<Vec<_>>(), DisclosurePartKind::ALL);
    // The parts are there in the encoding too: another document than one without them.
    assert_ne!(
        document_hash(&document),
        document_hash(&DisclosureDocument { draws: None, ..document.clone() })
    );
}

#[test]
fn an_inspection_belongs_to_the_year_of_its_opening_in_the_office() {
    let mut state = state();
    let last = Instant(at("2027-01-01").0 - 1);
    state.inspections.entry(inspection_of(2027)).and_modify(|i| i.assigned_at = last);
    let part = derive(&state, 2026).inspections.unwrap();
    assert_eq!((part.rows, part.drawn_rows, part.direct_rows), (2, 0, 2));
    assert_eq!(part.direct[0].cause, Some(DirectCause::Complaint.wire()));
    assert_eq!(derive(&state, 2027).inspections.unwrap().rows, 0);
}

#[test]
fn comments_are_counted_and_only_their_public_summaries_shown() {
    let mut state = state();
    let mut comment = |id: &str, year, late, answer| {
        let at = at("2027-01-10");
        let comment =
            Comment { inspection: inspection_of(year), at, occurred_at: at, late, consent: true, answer };
        state.comments.insert(CommentId::new(id).unwrap(), comment);
    };
    comment("C1", 2026, false, Some((text("摘要"), text("答复"), at("2027-01-20"))));
    comment("C2", 2026, true, None);
    comment("C3", 2027, false, None);
    state.inspections.entry(inspection_of(2027)).and_modify(|i| i.comment_window_closed = true);
    let part = derive(&state, 2026).comments.unwrap();
    assert_eq!((part.rows, part.received, part.late, part.windows_closed), (2, 2, 1, 0));
    assert_eq!((part.answers.len(), part.answers[0].summary.as_str()), (1, "摘要"));
    let next = derive(&state, 2027).comments.unwrap();
    assert_eq!((next.rows, next.received, next.windows_closed), (2, 1, 1));
}

fn violation(year: u32, decided: Option<HandlingKind>) -> Violation {
    let at = at("2026-06-01");
    Violation {
        inspection: inspection_of(year),
        item: ItemId::new("K02").unwrap(),
        found: at,
        investigated: None,
        decided: decided.map(|kind| (kind, text("〔2026〕1号"), text("条例第1条"), at)),
        published: None,
        withheld: None,
        acknowledged: None,
        rectified: None,
    }
}

#[test]
fn handling_shows_what_is_published_and_of_judicial_transfers_the_count_alone() {
    let mut state = state();
    let published = Some(at("2026-07-01"));
    let withheld = Some((text("国家秘密"), at("2026-07-01")));
    let rows = [
        violation(2026, None),
        Violation { published, ..violation(2026, Some(HandlingKind::Punishment)) },
        Violation { withheld, ..violation(2026, Some(HandlingKind::NoPunishment)) },
        Violation { published, ..violation(2026, Some(HandlingKind::TransferJudicial)) },
        violation(2027, Some(HandlingKind::Other)),
    ];
    for (n, row) in rows.into_iter().enumerate() {
        state.violations.insert(ViolationId::new(format!("V{n}")).unwrap(), row);
    }
    state.inspections.entry(inspection_of(2026)).and_modify(|i| i.closed = published);
    let part = derive(&state, 2026).handling.unwrap();
    assert_eq!((part.rows, part.violations, part.judicial_transfers, part.closed), (5, 4, 1, 1));
    let counts = |rows: &[DisclosedCount]| -> Vec<(String, u64)> {
        rows.iter().map(|row| (row.code.clone(), row.count)).collect()
    };
    let once =
        |codes: &[&str]| -> Vec<(String, u64)> { codes.iter().map(|c| ((*c).to_owned(), 1)).collect() };
    assert_eq!(counts(&part.states), once(&["found", "published", "withheld"]));
    assert_eq!(counts(&part.kinds), once(&["no_punishment", "punishment"]));
    assert_eq!(counts(&part.withheld), once(&["国家秘密"]));
    assert_eq!(part.decisions.iter().map(|row| row.violation.as_str()).collect::<Vec<_>>(), ["V1"]);
}

#[test]
fn recusals_are_counted_by_ground_decision_and_outcome() {
    let mut state = state();
    let decided =
        |decision| Decided { decision, by: KeyId([1; 32]), at: at("2026-05-02"), position: Position(9) };
    let kinds = [
        (RecusalGround::Conflict, Some(RecusalDecision::Swap), Some(Outcome::Changed)),
        (RecusalGround::Conflict, Some(RecusalDecision::Swap), Some(Outcome::Changed)),
        (RecusalGround::Conflict, Some(RecusalDecision::Rejected), None),
        (RecusalGround::Unavailable, Some(RecusalDecision::Withdraw), Some(Outcome::Exhausted { slot: 3 })),
        (RecusalGround::Unavailable, None, None),
    ];
    for (n, (ground, decision, outcome)) in kinds.into_iter().enumerate() {
        let recusal = Recusal {
            inspection: inspection_of(2026),
            inspector: Some(InspectorId::new("I001").unwrap()),
            slot: None,
            ground,
            requested_by: KeyId([2; 32]),
            requested_as: Role::Inspector,
            requested_at: at("2026-05-01"),
            decided: decision.map(decided),
            attempts: vec![],
            exchanged: None,
            outcome,
        };
        state.recusals.insert(RecusalId::new(format!("R{n}")).unwrap(), recusal);
    }
    let part = derive(&state, 2026).deviations.unwrap();
    let rows: Vec<_> = part.recusals.iter().map(|row| (row.outcome.as_str(), row.count)).collect();
    assert_eq!(rows, [("changed", 2), ("rejected", 1), ("pending", 1), ("exhausted", 1)]);
    assert_eq!((part.rows, derive(&state, 2027).deviations.unwrap().rows), (5, 0));
}

#[test]
fn flags_go_by_their_record_and_counted_refusals_by_their_hour() {
    let mut state = state();
    let new_year = at("2027-01-01");
    for (n, at) in [(0, Instant(new_year.0 - 1)), (1, new_year)] {
        let (subject, detail) = (format!("F{n}"), String::new());
        state.flags.push(Flagged { flag: Flag::PlanLate, subject, detail, position: Position(n), at });
    }
    let refusals = vec![RefusalCount { code: text("ROLE_NOT_HELD"), count: 140 }];
    let hour = Instant(new_year.0 - 3_600 * Instant::SECOND);
    let counted = RefusalsCounted { author: KeyId([1; 32]), hour, refusals };
    state.refusals.counted.push((Position(7), new_year, counted));
    let part = derive(&state, 2026).deviations.unwrap();
    assert_eq!(part.flags.iter().map(|row| row.subject.as_str()).collect::<Vec<_>>(), ["F0"]);
    assert_eq!((part.rows, part.refusals[0].recorded, part.refusals[0].counted), (141, 0, 140));
    assert_eq!(derive(&state, 2027).deviations.unwrap().rows, 1);
}

#[test]
fn a_report_met_late_or_still_open_is_a_late_deadline_and_the_comment_window_is_none() {
    let mut state = state();
    let monday = Date::new("2026-06-01").unwrap();
    let mut run = |kind, year, met: Option<&str>| {
        state.with_clocks(&inspection_of(year), |inspection, clocks| {
            clocks.start(inspection, kind, monday, 5);
            clocks.miss(inspection, kind);
            if let Some(on) = met {
                clocks.meet(inspection, kind, at(on), Date::new(on).unwrap());
            }
        });
    };
    run(Obligation::Report, 2026, Some("2026-06-10"));
    run(Obligation::Feedback, 2026, None);
    run(Obligation::Comment, 2026, None);
    run(Obligation::Report, 2027, None);
    let deadlines = derive(&state, 2026).deviations.unwrap().deadlines;
    let rows: Vec<_> = deadlines.iter().map(|row| (row.due.as_str(), row.met_at, row.late_by)).collect();
    assert_eq!(rows, [("2026-06-08", Some(at("2026-06-10").0), 2), ("2026-06-08", None, 0)]);
    assert_eq!(derive(&state, 2027).deviations.unwrap().deadlines.len(), 1);
}

#[test]
fn without_a_rule_set_or_a_beginning_no_disclosure_is_due() {
    let now = Instant(at("2031-01-01").0 + 5 * DAY);
    assert!(missing(&state(), now).is_none(), "no rule set names a day");
    assert!(missing(&State::default(), now).is_none());
}
