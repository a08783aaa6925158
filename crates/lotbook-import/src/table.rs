//! A table as rows of the columns that are known; restricted columns never get past this file.

use std::collections::{BTreeMap, BTreeSet};

use crate::cell::is_blank;
use crate::grid::{Grid, Line, MAX_TITLE_LINES, are_names};
use crate::report::{DroppedColumn, FileReport, Problem};

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

    /// The header row: the first line near the top that has every required column.
    pub(crate) fn header_in(&self, grid: &Grid) -> Option<(usize, Vec<String>)> {
        grid.tops().find(|(_, header)| self.missing(header).is_empty())
    }

    /// The line that is most like the header row, for a message.
    fn most_like(&self, grid: &Grid) -> (u64, Vec<String>) {
        // Of equals the first: the header row of a file stands at its top.
        let nearest = grid.tops().min_by_key(|(_, header)| self.missing(header).len());
        let (at, header) = nearest.unwrap_or_default();
        (grid.lines.get(at).map_or(1, |line| line.number), header)
    }
}

impl Row {
    /// Its number and its line.
    pub(crate) fn place(&self) -> (u32, u64) {
        (self.number, self.line)
    }

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

    /// Reads a table; tells the report what was dropped, left out or ignored.
    pub(crate) fn read(grid: &Grid, columns: &Columns, report: &mut FileReport) -> Result<Self, Problem> {
        let (at, header) = columns.header_in(grid).ok_or_else(|| no_header(grid, columns))?;
        let (above, below) = grid.lines.split_at(at);
        let Some((top, below)) = below.split_first() else { return Err(no_header(grid, columns)) };
        only_once(&header, columns, top.number)?;
        if !above.is_empty() {
            let what = format!("lines above the header row left out: {}", above.len());
            report.note(0, top.number, "", "", what);
        }
        let places: Vec<Option<&'static str>> = header.iter().map(|name| columns.find(name)).collect();
        let restricted = sort_out(&header, &places, top.number, report);
        let mut rows = Vec::new();
        for line in below {
            // Pages that were pasted together bring their header rows, and so does one merged over two rows.
            if are_names(&line.cells, &header) {
                report.note(0, line.number, "", "", "the header row again: left out");
                continue;
            }
            report.rows = report.rows.saturating_add(1);
            if report.rows > MAX_DATA_ROWS {
                let because = format!("it has more than {MAX_DATA_ROWS} data rows");
                return Err(Problem::new("", "", because, "split it and import the parts"));
            }
            rows.push(row(report.rows, line, &places));
        }
        report.dropped_columns = dropped(&header, &restricted, below);
        Ok(Self { rows, columns: places.into_iter().flatten().collect() })
    }
}

fn no_header(grid: &Grid, columns: &Columns) -> Problem {
    let (line, header) = columns.most_like(grid);
    let because = format!("the header row has no column {}", columns.missing(&header).join(", "));
    let remedy = format!(
        "use the header row of the sample file, among the first {MAX_TITLE_LINES} lines with content"
    );
    Problem::new("", header.join(","), because, &remedy).at(line)
}

fn only_once(header: &[String], columns: &Columns, line: u64) -> Result<(), Problem> {
    let twice = header
        .iter()
        .enumerate()
        .find(|(n, name)| columns.find(name).is_some() && header.iter().take(*n).any(|b| b == *name));
    match twice {
        Some((_, name)) => {
            Err(Problem::new(name, "", "the column is there twice", "keep one of them").at(line))
        }
        None => Ok(()),
    }
}

/// Tells which columns are ignored; gives the places of those that are restricted.
fn sort_out(
    header: &[String],
    places: &[Option<&'static str>],
    line: u64,
    report: &mut FileReport,
) -> Vec<usize> {
    let named = header.iter().zip(places).enumerate();
    let mut restricted = Vec::new();
    for (at, (name, _)) in named.filter(|(_, (name, place))| place.is_none() && !name.is_empty()) {
        let lower = name.to_lowercase();
        if RESTRICTED.iter().any(|part| lower.contains(part)) {
            restricted.push(at);
        } else {
            report.note(0, line, name, "", "column ignored: it is not one that is known");
        }
    }
    restricted
}

/// The restricted columns by name, each with the number of cells that held something.
fn dropped(header: &[String], restricted: &[usize], lines: &[Line]) -> Vec<DroppedColumn> {
    let mut dropped: BTreeMap<&String, u32> = BTreeMap::new();
    for (at, name) in restricted.iter().filter_map(|at| header.get(*at).map(|name| (*at, name))) {
        let held = |line: &&Line| line.cells.get(at).is_some_and(|cell| !is_blank(cell));
        let cells = u32::try_from(lines.iter().filter(held).count()).unwrap_or(u32::MAX);
        *dropped.entry(name).or_default() += cells;
    }
    dropped.into_iter().map(|(name, cells)| DroppedColumn { name: name.clone(), cells }).collect()
}

fn row(number: u32, line: &Line, places: &[Option<&'static str>]) -> Row {
    let cells = places.iter().zip(&line.cells);
    let known = cells.filter_map(|(place, cell)| place.map(|name| (name, cell.clone()))).collect();
    // Spreadsheets pad rows with empty fields; those are no content.
    let padding = line.cells.iter().skip(places.len()).all(|cell| is_blank(cell));
    let fields = if padding { line.cells.len().min(places.len()) } else { line.cells.len() };
    Row { number, line: line.number, cells: known, fields, expected: places.len() }
}
