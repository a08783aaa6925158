//! The table of rules.md 1.4, row by row: who may draw a firm with this year's history.

use super::verdict;
use crate::registry::PastDraw;
use lotbook_event::{BatchId, Date, PlanId, SectionId};
use std::collections::BTreeSet;

/// Sections as letters: `AB` is a draw of A and B together.
fn units(letters: &str) -> BTreeSet<SectionId> {
    letters.chars().map(|letter| SectionId::new(letter.to_string()).unwrap()).collect()
}

fn drawn(year: u32, letters: &str) -> PastDraw {
    let batch = (PlanId::new("P").unwrap(), BatchId::new("B").unwrap());
    PastDraw { year, on: Date::new(&format!("{year}-03-01")).unwrap(), batch, units: units(letters) }
}

const ALLOW: Option<&str> = None;
const OTHER: Option<&str> = Some("drawn_by_other_unit");
const CAP: Option<&str> = Some("cap_reached");

/// This year's history; then what A, B and both together may.
const TABLE: [(&[&str], [Option<&str>; 3]); 9] = [
    (&[], [ALLOW, ALLOW, ALLOW]),
    (&["A"], [ALLOW, OTHER, ALLOW]),
    (&["B"], [OTHER, ALLOW, ALLOW]),
    (&["A", "A"], [CAP, OTHER, CAP]),
    (&["A", "AB"], [OTHER, OTHER, CAP]),
    (&["A", "B"], [OTHER, OTHER, CAP]),
    (&["AB"], [OTHER, OTHER, ALLOW]),
    (&["AB", "AB"], [OTHER, OTHER, CAP]),
    (&["ABC"], [OTHER, OTHER, OTHER]),
];

#[test]
fn the_table_of_article_16() {
    for (history, expected) in TABLE {
        let history: Vec<_> = history.iter().map(|letters| drawn(2026, letters)).collect();
        for (who, expected) in ["A", "B", "AB"].into_iter().zip(expected) {
            assert_eq!(verdict(&history, 2026, &units(who), 2, true), expected, "{who} after {history:?}");
        }
    }
}

#[test]
fn another_year_is_forgotten_and_a_cap_of_one_is_reached_at_once() {
    let before = [drawn(2025, "B"), drawn(2025, "A")];
    assert_eq!(verdict(&before, 2026, &units("A"), 2, true), ALLOW);
    let once = [drawn(2026, "A")];
    assert_eq!(verdict(&once, 2026, &units("A"), 1, true), CAP, "a trustworthy firm under a reduced cap");
    assert_eq!(verdict(&once, 2026, &units("ABC"), 2, true), ALLOW, "who has drawn it is among them");
}

#[test]
fn an_office_may_leave_out_the_exclusion_and_never_the_cap() {
    let once = [drawn(2026, "A")];
    assert_eq!(verdict(&once, 2026, &units("B"), 2, false), ALLOW);
    assert_eq!(verdict(&once, 2026, &units("B"), 1, false), CAP);
}
