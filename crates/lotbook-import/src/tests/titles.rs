//! Lines above the header row, in CSV as in workbooks, and header cells as people write them.

use super::*;

const ROWS: &str = "S01,工程科,business,是,是\nS02,指挥科,support,否,否\n";
const HEADER: &str = "科室编号,科室名称,机构性质,是否统筹科室,是否实施检查\n";

#[test]
fn the_header_row_is_found_by_its_names_below_a_title() {
    for above in ["科室名录,,,,\n", "\n\n科室名录\n填报:样例,,2026年\n,,,,\n", "\u{feff}科室名录\n"]
    {
        let csv = format!("{above}{HEADER}{ROWS}");
        for name in ["sections.csv", "科室.csv"] {
            let report = report(name, csv.clone(), &Known::default());
            assert_eq!((report.kind, report.added, report.rejected), (FileKind::Sections, 2, 0), "{above}");
            assert!(lines(&report).contains("above the header row"), "{}", lines(&report));
            assert!(!lines(&report).contains("样例"), "what stands there may name persons");
        }
    }
}

#[test]
fn lines_are_counted_as_in_the_file() {
    let csv = format!("科室名录\n\n{HEADER}S01,,business,是,是\n");
    let report = report("sections.csv", csv, &Known::default());
    let rejected = report.lines.iter().find(|line| line.row == 1).unwrap();
    assert_eq!((rejected.line, report.rejected), (4, 1));
}

#[test]
fn a_header_row_too_far_down_is_not_found_and_the_nearest_is_named() {
    let csv = format!("{}{HEADER}{ROWS}", "标题\n".repeat(MAX_TITLE_LINES));
    let far = report("sections.csv", csv, &Known::default());
    assert!(!far.readable && lines(&far).contains("no column"), "{}", lines(&far));
    let csv = format!("标题\n{}{ROWS}", HEADER.replace("机构性质", "性质"));
    let near = report("sections.csv", csv, &Known::default());
    assert!(
        lines(&near).contains("line 2") && lines(&near).contains("no column 机构性质"),
        "{}",
        lines(&near)
    );
}

#[test]
fn names_may_be_broken_into_two_lines_and_full_width() {
    let header = HEADER.replace("科室编号", "\"科室\n编号\"").replace("机构性质", " 机构　性质 ");
    assert_eq!(report("sections.csv", format!("{header}{ROWS}"), &Known::default()).added, 2);
    let items = sample_text("items.csv").replace("(%)", "（％）");
    assert_eq!(report("items.csv", items, &sample_known()).unchanged, 12);
}

#[test]
fn a_file_with_a_title_is_sealed_for_it_holds_more_than_is_read() {
    for (csv, sealed) in
        [(format!("填报人电话 000-1\n{HEADER}{ROWS}"), true), (format!("{HEADER}{ROWS}"), false)]
    {
        let import =
            import(&[file("sections.csv", csv)], &Known::default(), &Options::default(), &mut salts());
        let Event::RosterImported(closed) = &import.drafts[1].event else { panic!("not closed") };
        assert_eq!((closed.sealed, import.sealed.len()), (sealed, usize::from(sealed)));
    }
}

#[test]
fn too_many_columns_or_cells_are_refused() {
    let wide = format!("{HEADER}{}\n", ",x".repeat(MAX_COLUMNS));
    let report_wide = report("sections.csv", wide, &Known::default());
    assert!(!report_wide.readable && lines(&report_wide).contains("columns"), "{}", lines(&report_wide));
    let line = format!("x{}\n", ",".repeat(MAX_COLUMNS - 1));
    let many = format!("{HEADER}{}", line.repeat(MAX_CELLS / MAX_COLUMNS + 1));
    let report_many = report("sections.csv", many, &Known::default());
    assert!(!report_many.readable && lines(&report_many).contains("cells"), "{}", lines(&report_many));
}
