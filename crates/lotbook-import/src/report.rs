//! What an import says about a file and about each of its rows.

use serde::Serialize;

use crate::changes::{Change, FieldChange, RowChange};
use crate::kind::FileKind;

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileReport {
    /// Name of the file, without folder.
    pub file: String,
    /// What it was read as.
    pub kind: FileKind,
    /// False if the file as a whole could not be read; `lines` says why.
    pub readable: bool,
    /// Data rows read.
    pub rows: u32,
    /// Rows added.
    pub added: u32,
    /// Rows changed.
    pub changed: u32,
    /// Rows unchanged.
    pub unchanged: u32,
    /// Subjects ended, only by a complete import.
    pub ended: u32,
    /// Rows repaired; they count among added, changed or unchanged too.
    pub repaired: u32,
    /// Rows rejected.
    pub rejected: u32,
    /// One line for everything worth telling, by row.
    pub lines: Vec<RowNote>,
    /// Columns dropped because they are restricted.
    pub dropped_columns: Vec<DroppedColumn>,
    /// What becomes of each row, if the caller wants rows listed; rows first, then what ends.
    pub changes: Vec<RowChange>,
    #[serde(skip)]
    listed: bool,
}

/// A column that is dropped because it is restricted: its name, never its content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DroppedColumn {
    /// Its name in the header row.
    pub name: String,
    /// Rows that had something in it.
    pub cells: u32,
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowNote {
    /// Data row from 1; 0 = the file as a whole.
    pub row: u32,
    /// Line of the file from 1; 0 = unknown.
    pub line: u64,
    /// Column or key; may be empty.
    pub field: String,
    /// What was found; empty where it is restricted.
    pub found: String,
    /// What was done about it.
    pub done: Done,
}

/// What was done about a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// The row goes on with another value.
    Repaired {
        /// The value it goes on with.
        to: String,
    },
    /// The row (or the file) is left out.
    Rejected {
        /// Why, with the article where one applies.
        because: String,
        /// What to do about it.
        remedy: String,
    },
    /// Nothing was changed; the reader should know.
    Noted {
        /// What there is to know.
        what: String,
    },
}

/// Why a row or a file is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub line: u64,
    pub field: String,
    pub found: String,
    pub because: String,
    pub remedy: String,
}

impl Problem {
    pub(crate) fn new(
        field: &str,
        found: impl Into<String>,
        because: impl Into<String>,
        remedy: &str,
    ) -> Self {
        let (field, found, because) = (field.to_string(), found.into(), because.into());
        Self { line: 0, field, found, because, remedy: remedy.to_string() }
    }

    pub(crate) fn at(mut self, line: u64) -> Self {
        self.line = line;
        self
    }

    pub(crate) fn note(self, row: u32) -> RowNote {
        let Self { line, field, found, because, remedy } = self;
        RowNote { row, line, field, found, done: Done::Rejected { because, remedy } }
    }
}

impl FileReport {
    pub(crate) fn new(file: &str, kind: FileKind) -> Self {
        Self {
            file: file.to_string(),
            kind,
            readable: true,
            rows: 0,
            added: 0,
            changed: 0,
            unchanged: 0,
            ended: 0,
            repaired: 0,
            rejected: 0,
            lines: Vec::new(),
            dropped_columns: Vec::new(),
            changes: Vec::new(),
            listed: false,
        }
    }

    /// The same report; with every row listed, if wanted.
    pub(crate) fn listing(mut self, listed: bool) -> Self {
        self.listed = listed;
        self
    }

    /// Whether anything was added, changed or ended.
    pub fn has_effect(&self) -> bool {
        self.added > 0 || self.changed > 0 || self.ended > 0
    }

    /// Counts what becomes of a row (number and line), and lists it if that is wanted.
    pub(crate) fn row(
        &mut self,
        (row, line): (u32, u64),
        subject: impl core::fmt::Display,
        change: Change,
        fields: impl FnOnce() -> Vec<FieldChange>,
    ) {
        let counter = match change {
            Change::Added => &mut self.added,
            Change::Changed => &mut self.changed,
            Change::Unchanged => &mut self.unchanged,
            Change::Ended => &mut self.ended,
        };
        *counter = counter.saturating_add(1);
        if self.listed {
            let fields = if change == Change::Unchanged { Vec::new() } else { fields() };
            self.changes.push(RowChange { row, line, subject: subject.to_string(), change, fields });
        }
    }

    /// Counts something that ends because the file does not hold it.
    pub(crate) fn end(
        &mut self,
        subject: impl core::fmt::Display,
        fields: impl FnOnce() -> Vec<FieldChange>,
    ) {
        self.row((0, 0), subject, Change::Ended, fields);
    }

    pub(crate) fn reject(&mut self, row: u32, problem: Problem) {
        self.rejected = self.rejected.saturating_add(1);
        self.lines.push(problem.note(row));
    }

    pub(crate) fn unreadable(&mut self, problem: Problem) {
        self.readable = false;
        self.lines.push(problem.note(0));
    }

    pub(crate) fn note(&mut self, row: u32, line: u64, field: &str, found: &str, what: impl Into<String>) {
        let (field, found) = (field.to_string(), found.to_string());
        self.lines.push(RowNote { row, line, field, found, done: Done::Noted { what: what.into() } });
    }
}

impl core::fmt::Display for RowNote {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        place(f, self.row, self.line)?;
        if !self.field.is_empty() {
            write!(f, ", {}", self.field)?;
        }
        if !self.found.is_empty() {
            write!(f, " `{}`", self.found)?;
        }
        match &self.done {
            Done::Repaired { to } => write!(f, ": repaired 修正 to `{to}`"),
            Done::Rejected { because, remedy } => write!(f, ": rejected 拒收: {because}; {remedy}"),
            Done::Noted { what } => write!(f, ": {what}"),
        }
    }
}

/// Where something is, in words.
pub(crate) fn place(f: &mut core::fmt::Formatter<'_>, row: u32, line: u64) -> core::fmt::Result {
    match (row, line) {
        (0, 0) => f.write_str("file"),
        (0, line) => write!(f, "line {line}"),
        (row, 0) => write!(f, "row {row}"),
        (row, line) => write!(f, "row {row} (line {line})"),
    }
}
