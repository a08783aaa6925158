//! The cells of a sheet as texts, at their places.

use std::collections::BTreeMap;

use calamine::{DataRef, Dimensions, ExcelDateTime};

use crate::grid::{Grid, MAX_CELLS, MAX_COLUMNS, MAX_TITLE_LINES};
use crate::report::Problem;
use crate::table::MAX_DATA_ROWS;

/// Digits that a spreadsheet keeps of a number; of a longer one the rest is lost.
const EXACT_BELOW: f64 = 1e15;

/// Last row that may hold something: the data, what is above, and as much left empty between.
const MAX_SHEET_ROWS: u32 = 2 * (MAX_DATA_ROWS + MAX_TITLE_LINES as u32);

/// Texts by row and column, both from 0.
pub(super) struct Content<'a> {
    rows: BTreeMap<u32, BTreeMap<usize, String>>,
    cells: usize,
    /// Bytes of text that may still be taken; cells may share one long text.
    budget: &'a mut u64,
}

impl<'a> Content<'a> {
    pub(super) fn new(budget: &'a mut u64) -> Self {
        Self { rows: BTreeMap::new(), cells: 0, budget }
    }

    pub(super) fn put(&mut self, row: u32, column: u32, value: &DataRef) -> Result<(), Problem> {
        let text = text(value);
        if text.trim().is_empty() { Ok(()) } else { self.put_text(row, column, text) }
    }

    fn put_text(&mut self, row: u32, column: u32, text: String) -> Result<(), Problem> {
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        let (rows, columns) = (MAX_SHEET_ROWS, MAX_COLUMNS);
        if row >= rows || column >= columns {
            let because = format!("a cell lies beyond row {rows} or column {columns}");
            return Err(Problem::new("", "", because, "delete what is far from the table"));
        }
        self.cells = self.cells.saturating_add(1);
        let left = self.budget.checked_sub(u64::try_from(text.len()).unwrap_or(u64::MAX));
        let Some(left) = left.filter(|_| self.cells <= MAX_CELLS) else {
            let because = "its cells hold too much text";
            return Err(Problem::new("", "", because, "split it and import the parts"));
        };
        *self.budget = left;
        self.rows.entry(row).or_default().insert(column, text);
        Ok(())
    }

    /// Merged cells have the value of the one at their top left, as everybody sees it.
    pub(super) fn spread(&mut self, merged: &[Dimensions]) -> Result<(), Problem> {
        let Some(last) = self.rows.last_key_value().map(|(row, _)| *row) else { return Ok(()) };
        let widest =
            self.rows.values().filter_map(|row| row.last_key_value()).map(|(column, _)| *column).max();
        let widest = u32::try_from(widest.unwrap_or(0)).unwrap_or(u32::MAX);
        for Dimensions { start, end } in merged {
            let first = usize::try_from(start.1).unwrap_or(usize::MAX);
            let Some(text) = self.rows.get(&start.0).and_then(|row| row.get(&first)).cloned() else {
                continue;
            };
            for row in start.0..=end.0.min(last) {
                for column in start.1..=end.1.min(widest) {
                    if (row, column) != *start {
                        self.put_text(row, column, text.clone())?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Lines of equal width.
    pub(super) fn grid(self) -> Result<Grid, Problem> {
        let last = |row: &BTreeMap<usize, String>| row.last_key_value().map_or(0, |(column, _)| column + 1);
        let width = self.rows.values().map(last).max().unwrap_or(0);
        let mut grid = Grid::default();
        for (row, mut cells) in self.rows {
            let line = (0..width).map(|column| cells.remove(&column).unwrap_or_default()).collect();
            grid.push(u64::from(row).saturating_add(1), line)?;
        }
        Ok(grid)
    }
}

/// A cell as a text: a date as YYYY-MM-DD, a whole number in digits, a formula as the value it had when
/// the workbook was saved.
fn text(value: &DataRef) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_string(),
        DataRef::DateTime(at) => date_text(at),
        DataRef::Error(error) => error.to_string(),
    }
}

/// A number too long to be exact is written as a spreadsheet shows it, so that nobody takes it for a code.
fn number_text(number: f64) -> String {
    if number.abs() < EXACT_BELOW {
        return number.to_string();
    }
    let text = format!("{number:E}");
    text.replacen('E', "E+", 1)
}

fn date_text(at: &ExcelDateTime) -> String {
    if at.is_duration() {
        return number_text(at.as_f64());
    }
    let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date} {hour:02}:{minute:02}:{second:02}")
    }
}
