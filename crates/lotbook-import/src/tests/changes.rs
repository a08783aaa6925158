//! Later imports: what changed, what ended, and how many rows go into one statement.

use super::*;

fn complete() -> Options {
    Options { complete: true, ..Options::default() }
}

/// Imports one changed sample file over the whole sample.
fn changed(
    name: &str,
    options: &Options,
    edit: impl Fn(String) -> String,
) -> (FileReport, Vec<&'static str>, Known) {
    let known = sample_known();
    let import = import(&[file(name, edit(sample_text(name)))], &known, options, &mut salts());
    let names = import.drafts.iter().map(|draft| draft.event.name()).collect();
    let after = after(&known, &import);
    (import.reports.into_iter().next().unwrap(), names, after)
}

fn without_lines(text: &str, part: &str) -> String {
    text.lines().filter(|line| !line.contains(part)).map(|line| format!("{line}\n")).collect()
}

#[test]
fn a_changed_row_is_changed_and_the_others_are_not() {
    let (report, names, _) =
        changed("inspectors.csv", &Options::default(), |text| text.replace("通信警报,在岗", "通信警报,停职"));
    assert_eq!((report.changed, report.unchanged), (6, 34));
    assert_eq!(names, ["InspectorUpdated", "RosterImported"]);
    let (report, names, _) =
        changed("enterprises.csv", &Options::default(), |text| text.replacen(",存续,D,", ",注销,D,", 1));
    assert_eq!((report.changed, report.unchanged), (1, 599));
    assert_eq!(names, ["EnterpriseUpdated", "RosterImported"]);
}

#[test]
fn absent_rows_end_nothing_unless_the_import_is_complete() {
    for name in ["inspectors.csv", "enterprises.csv", "conflicts.csv"] {
        let shorter =
            |text: String| without_lines(&text, "I009").lines().take(20).map(|l| format!("{l}\n")).collect();
        let (report, names, _) = changed(name, &Options::default(), shorter);
        assert_eq!((report.ended, names.len()), (0, 0), "{name}");
    }
}

#[test]
fn a_complete_import_ends_what_is_absent() {
    let (report, names, after) = changed("inspectors.csv", &complete(), |text| without_lines(&text, "I009"));
    assert_eq!(
        (report.ended, names, after.inspectors.len()),
        (1, vec!["InspectorRemoved", "RosterImported"], 39)
    );
    let (report, names, after) = changed("conflicts.csv", &complete(), |text| without_lines(&text, "I014"));
    assert_eq!(
        (report.ended, names, after.conflicts.len()),
        (1, vec!["ConflictEnded", "RosterImported"], 23)
    );
    let (report, names, after) =
        changed("enterprises.csv", &complete(), |text| without_lines(&text, "91411103XN0000071G"));
    assert_eq!((report.ended, names), (2, vec!["EnterpriseUpdated", "StatusEnded", "RosterImported"]));
    assert_eq!(after.enterprises.values().filter(|e| e.registration.as_str() == "移出名录").count(), 1);
    let text = without_lines(&sample_text("enterprises.csv"), "91411103XN0000071G");
    assert_eq!(import(&[file("enterprises.csv", text)], &after, &complete(), &mut salts()).drafts, []);
}

#[test]
fn a_rejected_row_or_a_second_file_holds_all_endings_back() {
    let edit = |text: String| without_lines(&text, "I009").replace("I010", "I 10");
    let (report, names, _) = changed("inspectors.csv", &complete(), edit);
    assert_eq!((report.rejected, report.ended, names.len()), (1, 0, 0));
    assert!(lines(&report).contains("nothing ends"));
    let files = [sample_file!("enterprises.csv"), sample_file!("enterprises_dirty_gbk.csv")];
    let import = import(&files, &sample_known(), &complete(), &mut salts());
    assert!(import.reports.iter().all(|report| report.ended == 0));
}

#[test]
fn a_status_that_is_gone_is_told_and_ends_only_with_complete() {
    let edit = |text: String| text.replace("经营异常,2025-04-08", "正常,");
    let (report, names, _) = changed("enterprises.csv", &Options::default(), edit);
    assert!(names.is_empty() && lines(&report).contains("经营异常"));
    let (report, names, after) = changed("enterprises.csv", &complete(), edit);
    assert_eq!((report.ended, names), (1, vec!["StatusEnded", "RosterImported"]));
    assert_eq!(after.statuses.len(), 67);
}

#[test]
fn a_status_with_another_first_day_is_recorded_anew() {
    let (report, names, after) =
        changed("enterprises.csv", &Options::default(), |text| text.replace("2025-04-08", "2025-05-08"));
    assert_eq!((report.changed, names), (1, vec!["StatusRecorded", "RosterImported"]));
    assert_eq!(after.statuses.len(), 68);
}

#[test]
fn a_verified_conflict_is_declared_anew_but_another_ground_changes_nothing() {
    let (report, names, after) =
        changed("conflicts.csv", &Options::default(), |text| text.replacen("待核实", "已核实", 1));
    assert_eq!((report.changed, names), (1, vec!["ConflictDeclared", "RosterImported"]));
    assert_eq!(after.conflicts.len(), 24);
    let (report, names, _) =
        changed("conflicts.csv", &Options::default(), |text| text.replace("持股", "其他利害关系"));
    assert_eq!((report.unchanged, names.len()), (24, 0));
}

#[test]
fn what_no_event_can_change_is_rejected_with_the_way_out() {
    for (name, from, to, way) in [
        ("sections.csv", "法规宣传科", "法规科", "new number"),
        ("items.csv", "人防设计", "设计", "ItemWithdrawn"),
        ("schemes.toml", "通知 →", "→", "new id"),
        (
            "plan.toml",
            "method = \"count\"\nstratum = \"area\"\ncount = 10",
            "method = \"count\"\nstratum = \"area\"\ncount = 11",
            "adopted already",
        ),
        ("office.toml", "annual_cap = 2", "annual_cap = 3", "new id"),
    ] {
        let (report, names, _) = changed(name, &Options::default(), |text| text.replacen(from, to, 1));
        assert_eq!((report.rejected, names.len()), (1, 0), "{name}: {}", lines(&report));
        assert!(lines(&report).contains(way), "{}", lines(&report));
    }
}

#[test]
fn a_firm_outside_the_area_is_enrolled_and_told() {
    let (report, ..) =
        changed("enterprises.csv", &Options::default(), |text| text.replacen(",411102,", ",411000,", 1));
    assert_eq!((report.changed, report.rejected), (1, 0));
    assert!(lines(&report).contains("never in a pool"));
}

#[test]
fn large_rosters_are_split_under_the_limit() {
    let mut csv = sample_text("enterprises.csv").lines().next().unwrap().to_string() + "\n";
    for row in sample_text("enterprises.csv").lines().skip(1) {
        csv += &row.replace("河南省漯河市", &"河南省漯河市".repeat(60));
        csv += "\n";
    }
    let import = run(&[file("enterprises.csv", csv)], &Known::default());
    let sizes: Vec<_> = import.drafts.iter().map(|draft| encoded(&draft.event).len()).collect();
    assert!(sizes.iter().all(|size| *size <= MAX_DRAFT_BYTES), "{sizes:?}");
    assert!(sizes.len() > 10 && sizes.iter().any(|size| *size > MAX_DRAFT_BYTES - 1_500), "{sizes:?}");
    assert_eq!(after(&Known::default(), &import).enterprises.len(), 600);
}
