//! A CSV file as rows of the columns that are known; restricted columns never get past this file.

use std::collections::{BTreeMap, BTreeSet};

use crate::cell::clean;
use crate::report::{FileReport, Problem};

/// Most data rows of one file.
pub const MAX_DATA_ROWS: u32 = 200_000;

/// The columns of one kind of file.
pub(crate) struct Columns {
    /// Without these the file is not read.
    pub required: &'static [&'static str],
    /// These may be absent.
    pub optional: &'static [&'static str],
}

/// One data row, holding known columns only.
pub(crate) struct Row {
    /// Data row from 1.
    pub number: u32,
    /// Line of the file from 1.
    pub line: u64,
    cells: BTreeMap<&'static str, String>,
    fields: usize,
    expected: usize,
}

/// The rows of a file.
pub(crate) struct Table {
    /// Data rows in the order of the file.
    pub rows: Vec<Row>,
    columns: BTreeSet<&'static str>,
}

/// Column names that are dropped wherever they are not known; parts of names, see rules.md 2.
const RESTRICTED: &[&str] = &[
    "法定代表",
    "法人代表",
    "电话",
    "手机",
    "联系人",
    "联络人",
    "联系方式",
    "负责人",
    "身份证",
    "证件号码",
    "出生",
    "生日",
    "年龄",
    "性别",
    "民族",
    "住址",
    "家庭",
    "邮箱",
    "电子邮件",
    "微信",
    "照片",
    "银行",
    "姓名",
    "phone",
    "mobile",
    "email",
];

impl Columns {
    fn find(&self, name: &str) -> Option<&'static str> {
        self.required.iter().chain(self.optional).copied().find(|known| *known == name)
    }

    /// The required columns that a header lacks.
    pub(crate) fn missing(&self, header: &[String]) -> Vec<&'static str> {
        self.required.iter().copied().filter(|known| !header.iter().any(|name| name == known)).collect()
    }
}

impl Row {
    /// The cell of a known column; empty if the file does not have the column.
    pub(crate) fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// A row with more or fewer fields than the header cannot be read safely.
    pub(crate) fn shape(&self) -> Result<(), Problem> {
        if self.fields == self.expected {
            return Ok(());
        }
        let because = format!("the row has {} fields, the header has {}", self.fields, self.expected);
        Err(Problem::new("", "", because, "quote fields that hold commas or line breaks").at(self.line))
    }
}

impl Table {
    /// Whether the file has this column.
    pub(crate) fn has(&self, column: &str) -> bool {
        self.columns.contains(column)
    }

    /// Reads a file; tells the report what was dropped or ignored.
    pub(crate) fn read(text: &str, columns: &Columns, report: &mut FileReport) -> Result<Self, Problem> {
        let mut reader = reader(text);
        let header = names(reader.headers().map_err(|error| broken(&error))?);
        check_header(&header, columns)?;
        let places: Vec<Option<&'static str>> = header.iter().map(|name| columns.find(name)).collect();
        sort_out(&header, &places, report);
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(|error| broken(&error))?;
            if record.iter().all(|cell| clean(cell).is_empty()) {
                continue;
            }
            report.rows = report.rows.saturating_add(1);
            if report.rows > MAX_DATA_ROWS {
                let because = format!("it has more than {MAX_DATA_ROWS} data rows");
                return Err(Problem::new("", "", because, "split it and import the parts"));
            }
            rows.push(row(report.rows, &record, &places));
        }
        Ok(Self { rows, columns: places.into_iter().flatten().collect() })
    }
}

/// The cleaned names of a file's header row.
pub(crate) fn header_of(text: &str) -> Vec<String> {
    reader(text).headers().map(names).unwrap_or_default()
}

fn reader(text: &str) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes())
}

fn names(header: &csv::StringRecord) -> Vec<String> {
    header.iter().map(clean).collect()
}

fn broken(error: &csv::Error) -> Problem {
    Problem::new("", "", error.to_string(), "save the file as CSV again")
}

fn check_header(header: &[String], columns: &Columns) -> Result<(), Problem> {
    let missing = columns.missing(header);
    if !missing.is_empty() {
        let because = format!("the header row has no column {}", missing.join(", "));
        let remedy = "use the header row of the sample file, as the first row";
        return Err(Problem::new("", header.join(","), because, remedy).at(1));
    }
    let twice = header
        .iter()
        .enumerate()
        .find(|(n, name)| columns.find(name).is_some() && header.iter().take(*n).any(|b| b == *name));
    match twice {
        Some((_, name)) => Err(Problem::new(name, "", "the column is there twice", "keep one of them").at(1)),
        None => Ok(()),
    }
}

fn sort_out(header: &[String], places: &[Option<&'static str>], report: &mut FileReport) {
    for (name, _) in header.iter().zip(places).filter(|(name, place)| place.is_none() && !name.is_empty()) {
        let lower = name.to_lowercase();
        if RESTRICTED.iter().any(|part| lower.contains(part)) {
            report.dropped_columns.push(name.clone());
        } else {
            report.note(0, 1, name, "", "column ignored: it is not one that is known");
        }
    }
    report.dropped_columns.sort();
    report.dropped_columns.dedup();
}

fn row(number: u32, record: &csv::StringRecord, places: &[Option<&'static str>]) -> Row {
    let cells =
        places.iter().zip(record).filter_map(|(place, cell)| place.map(|name| (name, cell.to_string())));
    // Spreadsheets pad rows with empty fields; those are no content.
    let padding = record.iter().skip(places.len()).all(|cell| clean(cell).is_empty());
    let fields = if padding { record.len().min(places.len()) } else { record.len() };
    let line = record.position().map_or(0, csv::Position::line);
    Row { number, line, cells: cells.collect(), fields, expected: places.len() }
}
