//! What an import lists of each row: from what the ledger has to what the file says.

use super::*;

fn listed(name: &str, edit: impl Fn(String) -> String, complete: bool) -> Vec<RowChange> {
    let options = Options { complete, list_rows: true, ..Options::default() };
    let files = [file(name, edit(sample_text(name)))];
    import(&files, &sample_known(), &options, &mut salts()).reports.remove(0).changes
}

fn of(changes: &[RowChange], change: Change) -> Vec<String> {
    changes.iter().filter(|row| row.change == change).map(ToString::to_string).collect()
}

#[test]
fn nothing_is_listed_unless_it_is_wanted() {
    let import = run(&sample(), &Known::default());
    assert!(import.reports.iter().all(|report| report.changes.is_empty()));
}

#[test]
fn every_row_of_every_file_is_listed_once_and_the_counts_are_those_of_the_list() {
    let options = Options { list_rows: true, ..options() };
    for known in [Known::default(), sample_known()] {
        for report in import(&sample(), &known, &options, &mut salts()).reports {
            let count = |change| u32::try_from(of(&report.changes, change).len()).unwrap();
            assert_eq!(count(Change::Added), report.added, "{}", report.file);
            assert_eq!(count(Change::Changed), report.changed, "{}", report.file);
            assert_eq!(count(Change::Unchanged), report.unchanged, "{}", report.file);
            assert_eq!(report.added + report.changed + report.unchanged + report.rejected, report.rows);
        }
    }
}

#[test]
fn a_changed_row_names_each_field_with_what_was_and_what_is() {
    let edit = |text: String| text.replacen(",存续,D,", ",注销,C,", 1);
    let changes = listed("enterprises.csv", edit, false);
    let changed = of(&changes, Change::Changed);
    assert_eq!(changed.len(), 1);
    for part in ["changed 变更", "登记状态 `存续` -> `注销`", "信用风险等级 `D` -> `C`"] {
        assert!(changed[0].contains(part), "{part}: {}", changed[0]);
    }
    assert_eq!(of(&changes, Change::Unchanged).len(), 599);
}

#[test]
fn a_status_is_listed_as_its_column() {
    let changes = listed("enterprises.csv", |text| text.replace("2025-04-08", "2025-05-08"), false);
    let changed = of(&changes, Change::Changed);
    assert!(changed[0].contains("信用状态 `经营异常 2025-04-08` -> `经营异常 2025-05-08`"), "{changed:?}");
}

#[test]
fn an_added_row_lists_what_it_brings_after_repair() {
    let options = Options { list_rows: true, ..Options::default() };
    let files = [sample_file!("enterprises_dirty_gbk.csv")];
    let changes = import(&files, &Known::default(), &options, &mut salts()).reports.remove(0).changes;
    let added = of(&changes, Change::Added);
    assert_eq!(added.len(), 9);
    assert!(
        added[0].starts_with("row 1 (line 2): added 新增 91411102XN0000012Y: 企业名称 `"),
        "{}",
        added[0]
    );
    assert!(added.iter().all(|row| !row.contains("法定代表人") && !row.contains("000-")));
}

#[test]
fn what_ends_is_listed_only_by_a_complete_import() {
    let without = |part: &'static str| {
        move |text: String| {
            text.lines().filter(|line| !line.contains(part)).map(|line| format!("{line}\n")).collect()
        }
    };
    assert!(of(&listed("inspectors.csv", without("I009"), false), Change::Ended).is_empty());
    for (name, part, told) in [
        ("inspectors.csv", "I009", "ended 终止 I009: 姓名"),
        ("conflicts.csv", "I014", "ended 终止 I014 9141"),
        ("enterprises.csv", "91411103XN0000071G", "登记状态 `存续` -> `移出名录`"),
    ] {
        let ended = of(&listed(name, without(part), true), Change::Ended);
        assert!(ended.iter().any(|row| row.contains(told)), "{name}: {ended:?}");
    }
}

#[test]
fn a_list_of_conflicts_never_shows_their_ground() {
    let options = Options { list_rows: true, ..Options::default() };
    let mut known = sample_known();
    known.conflicts.clear();
    let changes =
        import(&[sample_file!("conflicts.csv")], &known, &options, &mut salts()).reports.remove(0).changes;
    let all: String = changes.iter().map(ToString::to_string).collect();
    assert!(changes.len() == 24 && all.contains("核实状态"));
    for secret in ["近亲属", "持股", "本人申报"] {
        assert!(!all.contains(secret), "{secret}");
    }
}
