//! Everything that can be wrong with bytes, headers and rows.

use super::*;

const HEADER: &str = "科室编号,科室名称,机构性质,是否统筹科室,是否实施检查,备注\n";

fn sections(rows: &str) -> FileReport {
    report("sections.csv", format!("{HEADER}{rows}"), &Known::default())
}

#[test]
fn encodings_and_line_ends_make_no_difference() {
    let plain = format!("{HEADER}S01,工程科,business,是,是,\nS02,指挥科,support,否,否,\n");
    let (gbk, _, _) = encoding_rs::GB18030.encode(&plain);
    let crlf = plain.replace('\n', "\r\n");
    let variants = [
        plain.clone().into_bytes(),
        format!("\u{feff}{plain}").into_bytes(),
        crlf.clone().into_bytes(),
        format!("\u{feff}{crlf}").into_bytes(),
        plain.replace('\n', "\r").into_bytes(),
        gbk.into_owned(),
    ];
    for bytes in variants {
        let report = report("sections.csv", bytes, &Known::default());
        assert_eq!((report.added, report.rejected, report.repaired), (2, 0, 0), "{}", lines(&report));
    }
}

#[test]
fn quoted_fields_may_hold_commas_quotes_and_line_breaks() {
    let rows = "S01,\"工程,\"\"一\"\"\r\n科\",business,是,是,\"a,b\"\r\nS02,,business,是,是,\r\n";
    let report = sections(rows);
    assert_eq!((report.added, report.rejected), (1, 1));
    // Row 2 begins in line 4, for row 1 has two lines.
    assert_eq!(
        (report.lines[0].row, report.lines[0].line, report.lines[0].field.as_str()),
        (2, 4, "科室名称")
    );
}

#[test]
fn a_file_that_is_no_table_is_named_as_a_whole() {
    let cases: [(&[u8], &str); 8] = [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (b"PK\x03\x04\x14\x00", "XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        (b"\xff\xfea\x00", "UTF-16"),
        (b"a,b\n\xff\xff\xff", "neither UTF-8"),
        (b"a\0b,c\n", "U+0000"),
        (b"name,code\n1,2\n", "has no column"),
    ];
    for (bytes, why) in cases {
        let report = report("sections.csv", bytes, &Known::default());
        assert!(!report.readable && lines(&report).contains(why), "{why}: {}", lines(&report));
        assert_eq!((report.added, report.has_effect()), (0, false));
    }
}

#[test]
fn a_wrong_header_names_the_missing_and_the_double_columns() {
    let missing = report("inspectors.csv", "检查人员编号,姓名\nI001,某\n", &Known::default());
    assert!(!missing.readable && lines(&missing).contains("执法证号"), "{}", lines(&missing));
    let double = report("sections.csv", format!("科室编号,{HEADER}"), &Known::default());
    assert!(!double.readable && lines(&double).contains("twice"), "{}", lines(&double));
    let header_only = sections("");
    assert_eq!((header_only.readable, header_only.rows), (true, 0));
}

#[test]
fn an_unknown_file_is_named_and_stops_nothing() {
    let files = [file("notes.csv", "a,b\n1,2\n"), file("x.toml", "a = 1\n"), sample_file!("sections.csv")];
    let import = import(&files, &Known::default(), &Options::default(), &mut salts());
    assert_eq!(import.reports.iter().filter(|report| !report.readable).count(), 2);
    assert_eq!(import.reports.last().unwrap().added, 6);
    let by_header = report("科室.csv", sample_text("sections.csv"), &Known::default());
    assert_eq!((by_header.kind, by_header.added), (FileKind::Sections, 6));
}

#[test]
fn standard_names_are_these_and_no_others() {
    assert!(STANDARD_NAMES.iter().chain(&["plan.toml", "plan-S01.toml"]).all(|name| is_standard(name)));
    assert!(
        !["enterprises_dirty_gbk.csv", "README.md", "plan.csv", "xplan.toml", "Office.toml"]
            .iter()
            .any(|n| is_standard(n))
    );
}

#[test]
fn too_large_a_file_is_refused_before_it_is_read() {
    let report = report("sections.csv", vec![b'a'; MAX_FILE_BYTES + 1], &Known::default());
    assert!(!report.readable && lines(&report).contains("larger than"));
}

#[test]
fn a_bad_row_never_stops_a_good_one() {
    let long = "长".repeat(1_400);
    let rows = format!(
        "S01,工程科,business,是,是,\nS02,甲\nS03,乙,business,是,是,,多\nS 4,丙,business,是,是,\nS05,丁,other,是,是,\n\
         S06,戊,business,maybe,是,\nS07,{long},business,是,是,\n,,,,,\nS01,己,business,是,是,\nS/8,庚,business,是,是,\nS09,辛,support,否,否,\n"
    );
    let report = sections(&rows);
    assert_eq!((report.rows, report.added, report.rejected), (10, 2, 8), "{}", lines(&report));
    for why in [
        "has 2 fields",
        "has 7 fields",
        "white space",
        "no kind",
        "neither 是 nor 否",
        "4200 bytes",
        "row 1 already",
        "slash",
    ] {
        assert!(lines(&report).contains(why), "{why}: {}", lines(&report));
    }
}

#[test]
fn personal_columns_are_dropped_and_unknown_ones_ignored() {
    let csv = "科室编号,科室名称,机构性质,是否统筹科室,是否实施检查,身份证号,手机号码,家庭住址,楼层\n\
               S01,工程科,business,是,是,410000199001010000,13900000000,某路,3\n";
    let import = import(&[file("sections.csv", csv)], &Known::default(), &Options::default(), &mut salts());
    let report = &import.reports[0];
    let dropped: Vec<_> = report.dropped_columns.iter().map(|c| (c.name.as_str(), c.cells)).collect();
    assert_eq!(dropped, [("家庭住址", 1), ("手机号码", 1), ("身份证号", 1)]);
    assert_eq!((report.added, report.lines.len(), report.lines[0].field.as_str()), (1, 1, "楼层"));
    let Event::RosterImported(closed) = &import.drafts[1].event else { panic!("not closed") };
    assert!(closed.sealed && closed.dropped_columns.len() == 3);
}

#[test]
fn rows_that_name_what_does_not_exist_are_rejected() {
    let known = Known::default();
    for (name, article) in [
        ("items.csv", "section is not registered"),
        ("inspectors.csv", "section is not registered"),
        ("conflicts.csv", "Art. 10"),
        ("plan.toml", "section is not registered"),
        ("schemes.toml", "Art. 14"),
    ] {
        let report = report(name, sample_text(name), &known);
        assert_eq!((report.rejected, report.added), (report.rows, 0), "{name}");
        assert!(lines(&report).contains(article), "{name}: {}", lines(&report));
    }
}

#[test]
fn an_item_without_basis_and_an_inspector_without_certificate_are_rejected() {
    let items = sample_text("items.csv").replace("权责样-K01", "").replace("《人民防空法》第二十三条", "");
    let bad = report("items.csv", items, &{
        let mut k = sample_known();
        k.items.clear();
        k
    });
    assert_eq!((bad.rejected, bad.added), (2, 10));
    assert!(lines(&bad).contains("Art. 8"));
    let inspectors = sample_text("inspectors.csv").replace("样证41110000002", "").replace("离岗", "休假");
    let bad = report("inspectors.csv", inspectors, &sample_known());
    assert_eq!((bad.rejected, bad.unchanged), (3, 37), "{}", lines(&bad));
}

#[test]
fn a_report_on_conflicts_never_shows_their_ground() {
    let csv = sample_text("conflicts.csv").replace("已核实", "核实中").replace("近亲属任职", "近亲属任职\0");
    let bad = report("conflicts.csv", csv.replace('\0', &"长".repeat(2_000)), &sample_known());
    assert!(bad.rejected > 15);
    for secret in ["近亲属", "长长", "持股", "本人申报"] {
        assert!(!lines(&bad).contains(secret), "{secret}");
    }
}

#[test]
fn dates_numbers_and_percents_that_are_none_are_rejected() {
    let dirty = |from: &str, to: &str| {
        let csv = sample_text("inspectors.csv").replace(from, to);
        report("inspectors.csv", csv, &sample_known())
    };
    for day in ["2026-13-01", "2025-02-30", "46027", "08/01/26", "昨天", ""] {
        assert_eq!(dirty("2026-01-08", day).rejected, 5, "{day}");
    }
    for day in ["2026/1/8", "2026.01.08", "2026年1月8日", "20260108", "２０２６-01-08", "2026-01-08 00:00:00"]
    {
        let report = dirty("2026-01-08", day);
        assert_eq!((report.repaired, report.unchanged), (5, 40), "{day}: {}", lines(&report));
    }
    let mut known = sample_known();
    known.items.clear();
    for (from, to) in
        [(",10,1,", ",十,1,"), (",10,1,", ",101,1,"), (",10,1,", ",10,-1,"), (",10,1,", ",1e1,1,")]
    {
        assert!(report("items.csv", sample_text("items.csv").replace(from, to), &known).rejected > 0, "{to}");
    }
}
