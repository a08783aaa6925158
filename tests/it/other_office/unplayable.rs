//! Folders that cannot be played: a clear error that names file and field, and exit code 2.

use super::folder::Office;
use crate::recovery::program::{Ran, arg, copy, run};
use std::path::Path;

/// Plays the sample with one change in one file.
fn with(file: &str, old: &str, new: &str) -> Ran {
    let dir = tempfile::tempdir().unwrap();
    let (data, office) = (dir.path().join("ledger"), dir.path().join("office"));
    copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/sample")), &office);
    change(&office.join(file), old, new);
    run(&["demo", "--data", arg(&data), "--office", arg(&office), "--json"])
}

fn change(path: &Path, old: &str, new: &str) {
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains(old), "{old}");
    std::fs::write(path, text.replacen(old, new, 1)).unwrap();
}

fn names(ran: &Ran, words: &[&str]) {
    assert_eq!(ran.code, Some(2), "{ran:?}");
    for word in words {
        assert!(ran.err.contains(word), "{word} is not in: {}", ran.err);
    }
}

#[test]
fn a_broken_ratio_in_the_plan_is_named_with_file_and_field() {
    names(&with("plan.toml", "A = \"10%\"", "A = \"ten per cent\""), &["plan.toml", "ratio", "ten per cent"]);
    names(&with("plan.toml", "ratio = \"5%\"", "ratio = 0.05"), &["plan.toml", "ratio"]);
    names(&with("plan.toml", "C = \"40%\"", "C = \"140%\""), &["plan.toml", "ratio", "140%"]);
}

#[test]
fn one_broken_plan_of_several_is_named_and_nothing_is_played_without_it() {
    let dir = tempfile::tempdir().unwrap();
    let (data, folder) = (dir.path().join("ledger"), dir.path().join("office"));
    Office::generate(3, "正常经营").write(&folder);
    change(&folder.join("plan-04.toml"), "ratio = \"4%\"", "ratio = \"4\"");
    let ran = run(&["demo", "--data", arg(&data), "--office", arg(&folder), "--json"]);
    names(&ran, &["plan-04.toml", "ratio"]);
}

#[test]
fn other_mistakes_in_toml_files_are_named_with_file_and_field() {
    names(&with("plan.toml", "year = 2026", "year = \"next\""), &["plan.toml", "year"]);
    names(&with("plan.toml", "items = [\"K04\"]", "items = [\"K99\"]"), &["plan.toml", "items", "K99"]);
    names(&with("plan.toml", "stratum = \"risk\"", "stratum = \"luck\""), &["plan.toml", "stratum", "luck"]);
    names(&with("office.toml", "annual_cap = 2", "annual_cap = \"two\""), &["office.toml", "annual_cap"]);
    names(&with("office.toml", "timezone", "timezona"), &["office.toml", "timezona"]);
    names(&with("schemes.toml", "max_load = 4", "max_lode = 4"), &["schemes.toml", "max_lode"]);
    names(&with("schemes.toml", "batch = \"B1\"", "batch = \"B9\""), &["schemes.toml", "batch", "B9"]);
}

#[test]
fn a_missing_office_file_and_a_missing_folder_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let (data, office) = (dir.path().join("ledger"), dir.path().join("office"));
    let play = || run(&["demo", "--data", arg(&data), "--office", arg(&office), "--json"]);
    names(&play(), &["office"]);
    copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/sample")), &office);
    std::fs::remove_file(office.join("office.toml")).unwrap();
    names(&play(), &["office.toml"]);
}

#[test]
fn a_bad_row_of_a_roster_is_told_and_stops_nothing() {
    let ran = with("enterprises.csv", "91411102XN0000012Y", "91411102XN0000012X");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told: Vec<_> = ran.out.lines().filter(|line| line.contains("91411102XN0000012X")).collect();
    assert_eq!(told.len(), 1, "{}", ran.out);
    assert!(told[0].contains("enterprises.csv") && told[0].contains("统一社会信用代码"), "{told:?}");
}

#[test]
fn a_conflict_declared_before_its_inspector_was_enrolled_stops_nothing() {
    // People declare a conflict when they know of it, the roster may take its time.
    let row = "I038,91411122XN00056300,其他利害关系,企业申请,2026-01-";
    let ran = with("conflicts.csv", &format!("{row}22"), &format!("{row}06"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
}
