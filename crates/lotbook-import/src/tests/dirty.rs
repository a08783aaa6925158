//! The dirty file of the sample, row by row as its README says.

use super::*;

fn dirty() -> (FileReport, Known) {
    let files = [sample_file!("enterprises_dirty_gbk.csv")];
    let import = run(&files, &Known::default());
    let report = import.reports.iter().find(|report| report.kind == FileKind::Enterprises).unwrap().clone();
    (report, after(&Known::default(), &import))
}

fn of_row(report: &FileReport, row: u32) -> Vec<&RowNote> {
    report.lines.iter().filter(|line| line.row == row).collect()
}

#[test]
fn nine_rows_are_good_and_three_are_rejected() {
    let (report, known) = dirty();
    assert!(report.readable && !is_standard(&report.file));
    assert_eq!(
        (report.rows, report.added, report.rejected, report.repaired),
        (12, 9, 3, 7),
        "{}",
        lines(&report)
    );
    assert_eq!(known.enterprises.len(), 9);
    assert!(lines(&report).contains("read as GB18030"));
}

#[test]
fn each_repaired_row_names_its_field_and_the_value_it_goes_on_with() {
    let (report, _) = dirty();
    let repairs = [
        (1, "统一社会信用代码", "91411102XN0000012Y"),
        (2, "企业名称", "漯河设云房地产开发有限公司"),
        (4, "入库日期", "2026-01-05"),
        (8, "行政区划代码", "411122"),
        (9, "登记状态", "存续"),
        (10, "统一社会信用代码", "91411103XN0000100U"),
        (12, "守信企业", "是"),
    ];
    for (row, field, value) in repairs {
        let lines = of_row(&report, row);
        assert_eq!(lines.len(), 1, "row {row}: {lines:?}");
        assert_eq!((lines[0].field.as_str(), lines[0].line), (field, u64::from(row) + 1));
        assert_eq!(lines[0].done, Done::Repaired { to: value.to_string() });
    }
}

#[test]
fn each_rejected_row_says_what_was_found_why_and_what_to_do() {
    let (report, _) = dirty();
    for (row, found, why) in [
        (3, "91411122XN00000391", "wrong last check character"),
        (5, "9.14111E+17", "scientific notation"),
        (7, "91411103XN0000071G", "row 6 has the same code"),
    ] {
        let lines = of_row(&report, row);
        assert_eq!(lines.len(), 1, "row {row}: {lines:?}");
        assert_eq!((lines[0].field.as_str(), lines[0].found.as_str()), ("统一社会信用代码", found));
        let Done::Rejected { because, remedy } = &lines[0].done else { panic!("row {row} is not rejected") };
        assert!(because.contains(why) && !remedy.is_empty(), "{because}");
        assert!(lines[0].to_string().contains("Art. 11"), "{}", lines[0]);
    }
}

#[test]
fn accepted_rows_say_nothing_and_an_unknown_risk_stays_empty() {
    let (report, known) = dirty();
    assert!(of_row(&report, 6).is_empty() && of_row(&report, 11).is_empty());
    let row_11 = known.enterprises.values().find(|e| e.uscc.as_str() == "91411104XN00001197").unwrap();
    assert_eq!(row_11.risk_class.as_str(), "");
    let kinds: Vec<_> = known.statuses.values().map(|s| (s.kind.as_str(), s.since.to_string())).collect();
    assert_eq!(kinds, [("经营异常", "2025-04-08".to_string()), ("守信企业", "2026-01-05".to_string())]);
}

#[test]
fn the_report_becomes_json() {
    let json = serde_json::to_value(dirty().0).unwrap();
    assert_eq!((&json["kind"], &json["rejected"]), (&"enterprises".into(), &3.into()));
    assert_eq!(json["lines"][1]["done"]["repaired"]["to"], "91411102XN0000012Y");
}
