//! What a pool admits, its roots, and `too_few_allowed`. [draw 2]

use std::collections::BTreeMap;

use lotbook_draw::pool::{List, Reach, root};
use lotbook_draw::{ConflictRow, Hex, InspectorRow, ObjectRow, Pool, PoolError, Quota};

use crate::sample::{firm, person};

fn refusal(objects: Vec<ObjectRow>, inspectors: Vec<InspectorRow>, conflicts: Vec<ConflictRow>) -> PoolError {
    Pool::new(objects, inspectors, conflicts).unwrap_err()
}

fn pair(f: usize, p: usize) -> ConflictRow {
    ConflictRow { uscc: format!("F{f:05}"), inspector_id: format!("I{p:05}") }
}

#[test]
fn rows_are_strictly_ascending() {
    let late = |list| PoolError::NotAscending { list, row: 1 };
    assert_eq!(refusal(vec![firm(2, ""), firm(1, "")], vec![], vec![]), late(List::Objects));
    assert_eq!(refusal(vec![firm(1, "A"), firm(1, "B")], vec![], vec![]), late(List::Objects));
    assert_eq!(refusal(vec![], vec![person(1, &[]), person(1, &["a"])], vec![]), late(List::Inspectors));
    let people = || vec![person(1, &[]), person(2, &[])];
    assert_eq!(refusal(vec![firm(1, "")], people(), vec![pair(1, 2), pair(1, 1)]), late(List::Conflicts));
    assert_eq!(refusal(vec![firm(1, "")], people(), vec![pair(1, 2), pair(1, 2)]), late(List::Conflicts));
}

#[test]
fn the_order_is_that_of_utf8_bytes_not_of_utf16() {
    // U+FF5E is greater than U+1F600 in UTF-16 code units and smaller in UTF-8.
    let named = |id: &str| ObjectRow { uscc: id.into(), ..firm(0, "") };
    assert!(Pool::new(vec![named("\u{ff5e}"), named("\u{1f600}")], vec![], vec![]).is_ok());
    assert!(Pool::new(vec![named("\u{1f600}"), named("\u{ff5e}")], vec![], vec![]).is_err());
    assert!(Pool::new(vec![named("a"), named("aa")], vec![], vec![]).is_ok(), "a proper prefix first");
}

#[test]
fn unclean_text_is_refused() {
    let text = PoolError::Text { list: List::Objects, row: 0 };
    for id in ["e\u{301}", "a\0"] {
        assert_eq!(refusal(vec![ObjectRow { uscc: id.into(), ..firm(0, "") }], vec![], vec![]), text);
    }
    let reason = ObjectRow { eligible: false, reason: "e\u{301}".into(), ..firm(0, "") };
    assert_eq!(refusal(vec![reason], vec![], vec![]), text);
    let text = PoolError::Text { list: List::Inspectors, row: 0 };
    assert_eq!(refusal(vec![], vec![person(1, &["e\u{301}"])], vec![]), text);
}

#[test]
fn a_stratum_code_is_short_and_plain() {
    let with = |code: &str| Pool::new(vec![firm(0, code)], vec![], vec![]);
    for good in ["", "A", "a-1_B.2", &"x".repeat(64)] {
        assert!(with(good).is_ok(), "{good}");
    }
    for bad in ["A B", "甲", "a/b", &"x".repeat(65)] {
        assert_eq!(with(bad).unwrap_err(), PoolError::Stratum { row: 0 }, "{bad}");
    }
}

#[test]
fn a_reason_is_given_if_and_only_if_the_row_is_not_eligible() {
    let reason = |list| PoolError::Reason { list, row: 0 };
    let barred = |reason: &str| ObjectRow { eligible: false, reason: reason.into(), ..firm(0, "") };
    assert_eq!(refusal(vec![barred("")], vec![], vec![]), reason(List::Objects));
    assert!(Pool::new(vec![barred("not_alive")], vec![], vec![]).is_ok());
    let odd = InspectorRow { reason: "ill".into(), ..person(1, &[]) };
    assert_eq!(refusal(vec![], vec![odd], vec![]), reason(List::Inspectors));
}

#[test]
fn qualifications_ascend_and_conflicts_have_rows() {
    let unsorted = PoolError::Qualifications { row: 0 };
    assert_eq!(refusal(vec![], vec![person(1, &["b", "a"])], vec![]), unsorted);
    assert_eq!(refusal(vec![], vec![person(1, &["a", "a"])], vec![]), unsorted);
    let unknown = PoolError::UnknownId { row: 0 };
    assert_eq!(refusal(vec![firm(1, "")], vec![person(1, &[])], vec![pair(1, 2)]), unknown);
    assert_eq!(refusal(vec![firm(1, "")], vec![person(1, &[])], vec![pair(2, 1)]), unknown);
}

#[test]
fn the_roots_are_those_of_rfc_6962() {
    // The first leaves of RFC 6962's own test tree (certificate-transparency, merkletree tests).
    let leaves: [&[u8]; 5] = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31"];
    let expected = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    ];
    for (size, root_hex) in expected.iter().enumerate() {
        let rows = leaves.iter().take(size).map(|leaf| leaf.to_vec());
        assert_eq!(Hex(root(rows)).to_string(), *root_hex, "size {size}");
    }
}

#[test]
fn who_may_inspect_less_than_half_of_the_weight_is_barred() {
    let objects: Vec<ObjectRow> = (0..4).map(|f| firm(f, if f < 2 { "A" } else { "B" })).collect();
    let equal = Quota::FixedTotal { total: 1 };
    let reach = Reach::new(&objects, &equal);
    assert!(!reach.too_few_allowed(["F00000", "F00001"]), "exactly half is enough");
    assert!(!reach.too_few_allowed(["F00000", "F00001", "F00001"]), "a pair counts once");
    assert!(reach.too_few_allowed(["F00000", "F00001", "F00002"]));
    // By weight: A 3 each, B 1 each, 8 in all.
    let ppm = BTreeMap::from([("A".to_string(), 3), ("B".to_string(), 1)]);
    let weighted = Quota::AtLeast { ppm, minimum: 0 };
    let reach = Reach::new(&objects, &weighted);
    assert!(!reach.too_few_allowed(["F00000"]), "5 of 8 left");
    assert!(!reach.too_few_allowed(["F00000", "F00002"]), "4 of 8 left");
    assert!(reach.too_few_allowed(["F00000", "F00001"]), "2 of 8 left");
}

#[test]
fn conflicts_with_ineligible_enterprises_count_for_nothing() {
    let mut objects: Vec<ObjectRow> = (0..3).map(|f| firm(f, "")).collect();
    objects[2] = ObjectRow { eligible: false, reason: "not_alive".into(), ..firm(2, "") };
    let quota = Quota::FixedTotal { total: 1 };
    let reach = Reach::new(&objects, &quota);
    assert!(!reach.too_few_allowed(["F00000", "F00002", "F99999"]));
    assert!(!Reach::new(&[], &quota).too_few_allowed([]), "0 is not less than 0");
}
