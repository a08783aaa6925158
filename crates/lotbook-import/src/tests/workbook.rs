//! Workbooks: the same content gives the same import, whatever a spreadsheet program makes of it.

use super::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

/// A cell as somebody may have typed it.
#[derive(Clone)]
pub(super) enum Typed {
    Text(String),
    Number(f64),
    Day(u16, u8, u8),
    Formula(&'static str, &'static str),
    Yes(bool),
}

pub(super) fn put(sheet: &mut Worksheet, row: u32, column: u16, cell: &Typed) {
    let day = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    match cell {
        Typed::Text(text) => sheet.write_string(row, column, text),
        Typed::Number(number) => sheet.write_number(row, column, *number),
        Typed::Day(y, m, d) => {
            let day_of = ExcelDateTime::from_ymd(*y, *m, *d).unwrap();
            sheet.write_datetime_with_format(row, column, day_of, &day)
        }
        Typed::Formula(formula, value) => {
            sheet.write_formula(row, column, Formula::new(*formula).set_result(*value))
        }
        Typed::Yes(yes) => sheet.write_boolean(row, column, *yes),
    }
    .unwrap();
}

/// Cells of a CSV file, the header row among them.
pub(super) fn cells(csv: &[u8]) -> Vec<Vec<Typed>> {
    let text = match core::str::from_utf8(csv) {
        Ok(text) => text.to_string(),
        Err(_) => encoding_rs::GB18030.decode(csv).0.into_owned(),
    };
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let typed = |record: csv::StringRecord| record.iter().map(|cell| Typed::Text(cell.to_string())).collect();
    reader.records().map(|record| typed(record.unwrap())).collect()
}

/// A workbook of one sheet that has these cells from this row on.
pub(super) fn book(rows: &[Vec<Typed>], first: u32, more: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (first..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            put(sheet, row, column, cell);
        }
    }
    more(sheet);
    book.save_to_buffer().unwrap()
}

fn dirty() -> (String, Vec<u8>) {
    sample_file!("enterprises_dirty_gbk.csv")
}

/// The dirty file as a workbook: a merged title, a note, the lost code as the number that it has become.
fn dirty_book() -> Vec<u8> {
    let mut rows = cells(&dirty().1);
    rows[5][0] = Typed::Number(914_111_000_000_000_000.0);
    book(&rows, 3, |sheet| {
        let title = Format::new().set_bold();
        sheet.merge_range(0, 0, 1, 14, "漯河市人防企业名录", &title).unwrap();
        sheet.write_string(2, 0, "填报人:样例 2026年1月").unwrap();
    })
}

/// What a report says of a row: its number, column, what was found and what was done.
type OfRow = (u32, String, String, Done);

/// What a report says, without file name and lines.
fn essence(report: &FileReport) -> (Vec<u32>, Vec<OfRow>, Vec<DroppedColumn>) {
    let counts = vec![report.rows, report.added, report.changed, report.repaired, report.rejected];
    let of_rows = report.lines.iter().filter(|line| line.row > 0);
    let lines = of_rows.map(|l| (l.row, l.field.clone(), l.found.clone(), l.done.clone())).collect();
    (counts, lines, report.dropped_columns.clone())
}

#[test]
fn the_dirty_file_as_a_workbook_gives_exactly_what_the_csv_gives() {
    let csv = run(&[dirty()], &Known::default());
    let xlsx = run(&[file("名录.xlsx", dirty_book())], &Known::default());
    let of =
        |import: &Import| essence(import.reports.iter().find(|r| r.kind == FileKind::Enterprises).unwrap());
    assert_eq!(of(&csv), of(&xlsx));
    assert_eq!(of(&xlsx).0, [12, 9, 0, 7, 3]);
    let (csv, xlsx) = (after(&Known::default(), &csv), after(&Known::default(), &xlsx));
    assert_eq!(csv.enterprises, xlsx.enterprises);
    assert_eq!(csv.statuses.keys().collect::<Vec<_>>(), xlsx.statuses.keys().collect::<Vec<_>>());
}

#[test]
fn the_whole_sample_as_workbooks_changes_nothing_on_a_ledger_that_has_it() {
    let known = sample_known();
    for name in ["sections", "items", "inspectors", "enterprises", "conflicts"] {
        let csv = sample().into_iter().find(|(file, _)| *file == format!("{name}.csv")).unwrap().1;
        let report = report(&format!("{name}.xlsx"), book(&cells(&csv), 0, |_| ()), &known);
        let all = u32::try_from(cells(&csv).len()).unwrap() - 1;
        assert_eq!((report.unchanged, report.rejected, report.repaired), (all, 0, 0), "{}", lines(&report));
    }
}

const HEADER: [&str; 6] =
    ["统一社会信用代码", "企业名称", "对象类别", "行政区划代码", "登记状态", "入库日期"];

fn firm(cells: [Typed; 6]) -> Vec<Vec<Typed>> {
    vec![HEADER.map(text).to_vec(), cells.to_vec()]
}

fn text(cell: &str) -> Typed {
    Typed::Text(cell.to_string())
}

fn good() -> [Typed; 6] {
    [
        text("91411102XN0000012Y"),
        text("样例公司"),
        text("建设单位"),
        Typed::Number(411_102.0),
        text("存续"),
        Typed::Day(2026, 1, 5),
    ]
}

#[test]
fn whole_numbers_dates_and_formulas_are_read_as_everybody_sees_them() {
    let mut cells = good();
    cells[1] = Typed::Formula("=CONCATENATE(\"样例\",\"公司\")", "样例公司");
    let import = run(&[file("x.xlsx", book(&firm(cells), 0, |_| ()))], &Known::default());
    let firm = after(&Known::default(), &import).enterprises.into_values().next().unwrap();
    assert_eq!((firm.name.as_str(), firm.area.as_str()), ("样例公司", "411102"));
    assert_eq!(firm.enrolled_on.to_string(), "2026-01-05");
    assert_eq!(import.reports.last().unwrap().repaired, 0, "nothing of this is a defect");
}

#[test]
fn cells_that_nobody_can_read_safely_reject_their_row_and_no_other() {
    let bad: [(usize, Typed, &str); 6] = [
        (0, Typed::Number(914_111_020_000_012_000.0), "scientific notation"),
        (1, Typed::Formula("=A99", "#REF!"), "a formula failed"),
        (1, text("#N/A"), "a formula failed"),
        (3, Typed::Number(411_102.5), "area code"),
        (5, Typed::Number(46_027.0), "counts days"),
        (5, Typed::Yes(true), "not a date"),
    ];
    for (column, cell, why) in bad {
        let mut cells = good();
        cells[column] = cell;
        let mut rows = firm(cells);
        let mut other = good();
        other[0] = text("91411103XN0000071G");
        rows.push(other.to_vec());
        let report = report("x.xlsx", book(&rows, 0, |_| ()), &Known::default());
        assert_eq!((report.added, report.rejected), (1, 1), "{why}: {}", lines(&report));
        assert!(lines(&report).contains(why), "{why}: {}", lines(&report));
    }
}

#[test]
fn merged_cells_have_the_value_of_the_one_at_their_top_left() {
    let mut rows = firm(good());
    let mut second = good();
    second[0] = text("91411103XN0000071G");
    rows.push(second.to_vec());
    let bytes = book(&rows, 0, |sheet| {
        sheet.merge_range(1, 2, 2, 2, "施工单位", &Format::new()).unwrap();
    });
    let import = run(&[file("x.xlsx", bytes)], &Known::default());
    let known = after(&Known::default(), &import);
    assert!(known.enterprises.values().all(|firm| firm.kind.as_str() == "施工单位"));
    assert_eq!(known.enterprises.len(), 2);
}

#[test]
fn a_header_merged_over_two_rows_and_pages_pasted_together_are_no_data() {
    let mut rows = firm(good());
    rows.insert(1, rows[0].clone());
    let mut second = good();
    second[0] = text("91411103XN0000071G");
    rows.extend([rows[0].clone(), second.to_vec()]);
    let report = report("x.xlsx", book(&rows, 0, |_| ()), &Known::default());
    assert_eq!((report.rows, report.added, report.rejected), (2, 2, 0), "{}", lines(&report));
    assert!(lines(&report).contains("header row again"));
}

#[test]
fn empty_rows_and_formats_far_below_are_no_rows_and_hidden_rows_are() {
    let mut rows = firm(good());
    let mut second = good();
    second[0] = text("91411103XN0000071G");
    rows.push(second.to_vec());
    let bytes = book(&rows, 0, |sheet| {
        sheet.set_row_hidden(2).unwrap();
        for row in 3..2_000 {
            sheet.write_blank(row, 0, &Format::new().set_bold()).unwrap();
        }
        sheet.write_string(2_000, 3, "  ").unwrap();
    });
    let report = report("x.xlsx", bytes, &Known::default());
    // A filter that somebody forgot must not end a firm.
    assert_eq!((report.rows, report.added), (2, 2), "{}", lines(&report));
}

#[test]
fn every_visible_sheet_that_is_known_is_read_and_told_apart() {
    let mut book = Workbook::new();
    let mut sheet = |name: &str, rows: &[Vec<Typed>], hidden: bool| {
        let sheet = book.add_worksheet();
        sheet.set_name(name).unwrap().set_hidden(hidden);
        for (row, cells) in (0..).zip(rows) {
            (0..).zip(cells).for_each(|(column, cell)| put(sheet, row, column, cell));
        }
    };
    let mut other = good();
    other[0] = text("91411103XN0000071G");
    sheet("说明", &[vec![text("怎样填表")]], false);
    sheet("源汇区", &firm(good()), false);
    sheet("去年", &firm(other.clone()), true);
    sheet("郾城区", &firm(other), false);
    sheet("科室", &cells(sample_text("sections.csv").as_bytes()), false);
    let bytes = book.save_to_buffer().unwrap();
    let import = run(&[file("名录.xlsx", bytes)], &Known::default());
    let told: Vec<_> = import.reports.iter().filter(|r| r.kind != FileKind::Calendar).collect();
    let names: Vec<_> = told.iter().map(|r| (r.file.as_str(), r.added)).collect();
    assert_eq!(names, [("名录.xlsx [科室]", 6), ("名录.xlsx [源汇区]", 1), ("名录.xlsx [郾城区]", 1)]);
    assert!(lines(told[0]).contains("hidden sheet `去年`") && lines(told[0]).contains("`说明` is not read"));
}

#[test]
fn the_hash_of_a_workbook_is_sealed_for_it_holds_more_than_is_read() {
    let bytes = book(&firm(good()), 0, |_| ());
    let import = run(&[file("x.xlsx", bytes.clone())], &Known::default());
    let closed = import.drafts.iter().find_map(|draft| match &draft.event {
        Event::RosterImported(closed) if closed.file.as_str() == "x.xlsx" => Some(closed),
        _ => None,
    });
    let (closed, sealed) = (closed.unwrap(), import.sealed.first().unwrap());
    assert!(closed.sealed && closed.dropped_columns.is_empty());
    assert_eq!(closed.file_hash, crate::seal::commit(&sealed.salt, &bytes));
}

#[test]
fn what_is_no_workbook_is_named_and_stops_nothing() {
    let whole = book(&firm(good()), 0, |_| ());
    let half = whole[..whole.len() / 2].to_vec();
    let archive = packed(&[("letter.txt", b"a letter".to_vec())]);
    let strange = book(&[vec![text("a"), text("b")], vec![text("1"), text("2")]], 0, |_| ());
    let cases = [
        (b"PK\x03\x04\x14\x00".to_vec(), "torn"),
        (half, "torn"),
        (archive, "no workbook"),
        (strange, "neither its name nor its header row"),
        (book(&[], 0, |_| ()), "neither its name nor its header row"),
    ];
    for (bytes, why) in cases {
        let files = [file("x.xlsx", bytes), sample_file!("sections.csv")];
        let import = import(&files, &Known::default(), &Options::default(), &mut salts());
        let report = &import.reports[0];
        assert!(!report.readable && lines(report).contains(why), "{why}: {}", lines(report));
        assert_eq!(import.reports[1].added, 6, "the other file goes on");
    }
}

/// An archive of these parts.
fn packed(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The parts of an archive.
fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    use std::io::Read;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut part = archive.by_index(at).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().unwrap().to_string(), bytes)
        })
        .collect()
}

/// The workbook with one of its parts edited.
fn edited(bytes: &[u8], part: &str, edit: impl Fn(String) -> String) -> Vec<u8> {
    let mut parts = parts(bytes);
    let (_, content) = parts.iter_mut().find(|(name, _)| name == part).unwrap();
    *content = edit(String::from_utf8(content.clone()).unwrap()).into_bytes();
    packed(&parts.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect::<Vec<_>>())
}

const SHEET: &str = "xl/worksheets/sheet1.xml";

#[test]
fn a_small_file_that_unpacks_to_more_than_a_machine_has_is_refused_while_it_is_counted() {
    let zeros = usize::try_from(MAX_UNPACKED_BYTES).unwrap() + 1;
    let bytes = packed(&[("xl/media/image1.png", vec![0; zeros])]);
    assert!(bytes.len() < 4 << 20);
    let report = report("x.xlsx", bytes, &Known::default());
    assert!(!report.readable && lines(&report).contains("unpacks to more than"), "{}", lines(&report));
}

#[test]
fn cells_far_away_and_long_texts_that_many_cells_share_are_refused() {
    let whole = book(&firm(good()), 0, |_| ());
    let far = |place: &str| {
        let cell = format!("<row r=\"1048576\"><c r=\"{place}\"><v>1</v></c></row></sheetData>");
        edited(&whole, SHEET, |xml| xml.replace("</sheetData>", &cell))
    };
    for place in ["A1048576", "XFD3"] {
        let report = report("x.xlsx", far(place), &Known::default());
        assert!(!report.readable && lines(&report).contains("lies beyond"), "{}", lines(&report));
    }
    let long = "长".repeat(100_000);
    let shared = edited(&whole, "xl/sharedStrings.xml", |xml| xml.replacen("统一社会信用代码", &long, 1));
    let many: String = (10..2_010)
        .map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>"))
        .collect();
    let bomb = edited(&shared, SHEET, |xml| xml.replace("</sheetData>", &format!("{many}</sheetData>")));
    let report = report("x.xlsx", bomb, &Known::default());
    assert!(!report.readable && lines(&report).contains("too much text"), "{}", lines(&report));
}

#[test]
fn a_merge_over_the_whole_sheet_costs_no_more_than_what_is_there() {
    let whole = book(&firm(good()), 0, |_| ());
    let merge = "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"G1:XFD1048576\"/></mergeCells>";
    let bytes = edited(&whole, SHEET, |xml| xml.replace("</sheetData>", merge));
    assert_eq!(report("x.xlsx", bytes, &Known::default()).added, 1);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]
    /// Whatever a workbook's parts hold, the import ends with a report.
    #[test]
    fn no_broken_part_ends_the_import(at in 0_usize..10_000, byte: u8, which in 0_usize..12) {
        let mut parts = parts(&book(&firm(good()), 0, |_| ()));
        let count = parts.len();
        let content = &mut parts[which % count].1;
        let length = content.len().max(1);
        if let Some(place) = content.get_mut(at % length) {
            *place = byte;
        }
        let packed = packed(&parts.iter().map(|(n, b)| (n.as_str(), b.clone())).collect::<Vec<_>>());
        let report = report("x.xlsx", packed, &Known::default());
        proptest::prop_assert!(report.readable || !report.lines.is_empty());
    }
}
