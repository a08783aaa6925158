//! A table as it lies in a file: lines of cells, from CSV text or from a sheet; and where its header row is.

use crate::cell;
use crate::report::Problem;

/// Lines at the top among which the header row is looked for: a title, who made it and when, notes.
pub const MAX_TITLE_LINES: usize = 20;

/// Most columns of a table, in cells a line: ten times those of the widest roster.
pub const MAX_COLUMNS: usize = 256;

/// Most cells of one table, empty ones between others included: 200,000 rows of 40 columns. Some
/// 400 MB of memory; a file of commas alone would need more than a machine has.
pub const MAX_CELLS: usize = 8_000_000;

/// A line of cells that are not all empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Line of the file, or row of the sheet, from 1.
    pub number: u64,
    /// Its cells, from the first column on.
    pub cells: Vec<String>,
}

/// A table before anything is known of its columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    /// Lines with content, in order.
    pub lines: Vec<Line>,
    cells: usize,
}

impl Grid {
    /// Reads CSV text, whose line ends are LF.
    pub(crate) fn of_csv(text: &str) -> Result<Self, Problem> {
        let mut reader =
            csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
        let (mut grid, mut record) = (Self::default(), csv::StringRecord::new());
        while reader.read_record(&mut record).map_err(|error| broken(&error))? {
            let number = record.position().map_or(0, csv::Position::line);
            grid.push(number, record.iter().map(str::to_string).collect())?;
        }
        Ok(grid)
    }

    /// Adds a line, unless it is empty.
    pub(crate) fn push(&mut self, number: u64, cells: Vec<String>) -> Result<(), Problem> {
        if cells.iter().all(|cell| cell::is_blank(cell)) {
            return Ok(());
        }
        self.cells = self.cells.saturating_add(cells.len());
        if cells.len() > MAX_COLUMNS {
            let because = format!("it has more than {MAX_COLUMNS} columns");
            return Err(Problem::new("", "", because, "delete the columns that hold nothing").at(number));
        }
        if self.cells > MAX_CELLS {
            let because = format!("it has more than {MAX_CELLS} cells");
            return Err(Problem::new("", "", because, "split it and import the parts").at(number));
        }
        self.lines.push(Line { number, cells });
        Ok(())
    }

    /// Places in `lines` at which the header row may be, from the top.
    pub(crate) fn tops(&self) -> impl Iterator<Item = (usize, Vec<String>)> {
        self.lines.iter().take(MAX_TITLE_LINES).map(|line| names(&line.cells)).enumerate()
    }
}

/// The names in a header row: half-width, without white space (a cell may be broken into two lines).
pub(crate) fn names(cells: &[String]) -> Vec<String> {
    cells.iter().map(|cell| name(cell)).collect()
}

/// Whether a line is the header row again.
pub(crate) fn are_names(cells: &[String], header: &[String]) -> bool {
    cells.len() == header.len() && cells.iter().zip(header).all(|(cell, known)| name(cell) == *known)
}

fn name(cell: &str) -> String {
    cell::code(cell).chars().filter(|c| !c.is_whitespace()).collect()
}

fn broken(error: &csv::Error) -> Problem {
    Problem::new("", "", error.to_string(), "save the file as CSV again")
}
