//! docs/threat-model.md names, for each attack and each sentence that closes one, a test that there is.

use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../../docs/threat-model.md");
/// Attacks of the study behind the draw.
const ATTACKS: usize = 19;

/// The rows of the page's tables, with the tests of each: `file::name` in its last column.
fn rows() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    let body = PAGE.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let row = |line: &'static str| {
        let last = line.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default();
        (line, last.split('`').filter_map(|word| word.split_once(".rs::")).collect())
    };
    body.map(row).filter(|(line, _)| !line.ends_with("| tests |")).collect()
}

/// Why a name is no test.
fn wrong(file: &str, name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(format!("{file}.rs"));
    let Ok(text) = fs::read_to_string(&path) else { return Some(format!("there is no file {file}.rs")) };
    let Some((before, _)) = text.split_once(&format!("fn {name}(")) else {
        return Some(format!("{file}.rs has no `{name}`"));
    };
    let attribute = before
        .lines()
        .rev()
        .skip_while(|line| matches!(line.trim(), "" | "async"))
        .take_while(|line| line.trim().starts_with('#'));
    let test = attribute.into_iter().any(|line| line.contains("test"));
    (!test).then(|| format!("`{name}` of {file}.rs is no test"))
}

#[test]
fn every_attack_and_every_sentence_has_a_test_that_exists() {
    let rows = rows();
    for attack in 1..=ATTACKS {
        let own = rows.iter().filter(|(line, _)| line.starts_with(&format!("| T{attack} |"))).count();
        assert_eq!(own, 1, "T{attack}");
    }
    assert!(rows.len() > 2 * ATTACKS, "{} rows", rows.len());
    for (line, tests) in rows {
        assert!(!tests.is_empty(), "no test: {line}");
        let found: Vec<_> = tests.into_iter().filter_map(|(file, name)| wrong(file, name)).collect();
        assert!(found.is_empty(), "{found:?} in {line}");
    }
}

#[test]
fn a_test_that_there_is_not_is_found() {
    assert_eq!(wrong("tests/it/threat_model", "a_test_that_there_is_not_is_found"), None);
    assert!(wrong("tests/it/threat_model", "rows").unwrap().contains("is no test"));
    assert!(wrong("tests/it/threat_model", "nobody").unwrap().contains("has no"));
    assert!(wrong("tests/it/nowhere", "nobody").unwrap().contains("no file"));
}
