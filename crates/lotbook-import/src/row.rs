//! Reading one row: every field is read, every repair and every problem is noted.

use crate::cell::{self, Fault, Parsed};
use crate::report::{Done, FileReport, Problem, RowNote};
use crate::table::Row;

/// Reads the fields of one row.
pub(crate) struct RowReader<'a> {
    row: &'a Row,
    notes: Vec<RowNote>,
    problems: Vec<Problem>,
}

impl<'a> RowReader<'a> {
    pub(crate) fn new(row: &'a Row) -> Self {
        Self { row, notes: Vec::new(), problems: row.shape().err().into_iter().collect() }
    }

    /// Reads a field; `None` if it is a reason to reject the row.
    pub(crate) fn read<T>(&mut self, field: &str, parse: impl FnOnce(&str) -> Parsed<T>) -> Option<T> {
        let found = self.row.cell(field);
        if cell::is_formula_error(found) {
            let because = "a formula failed in this cell".to_string();
            return self.refuse(field, found, Fault { because, remedy: "write the value itself" });
        }
        match parse(found) {
            Ok((value, canonical)) => {
                if canonical != found {
                    self.push(field, found, Done::Repaired { to: canonical });
                }
                Some(value)
            }
            Err(fault) => self.refuse(field, found, fault),
        }
    }

    /// Reads a field whose content never shows in a report.
    pub(crate) fn read_secret<T>(&mut self, field: &str, parse: impl FnOnce(&str) -> Parsed<T>) -> Option<T> {
        match parse(self.row.cell(field)) {
            Ok((value, _)) => Some(value),
            Err(fault) => self.refuse(field, "", fault),
        }
    }

    /// Refuses the row for a reason that is not in one cell alone.
    pub(crate) fn refuse<T>(&mut self, field: &str, found: &str, fault: Fault) -> Option<T> {
        self.problems.push(Problem::new(field, found, fault.because, fault.remedy).at(self.row.line));
        None
    }

    /// Tells something without consequence.
    pub(crate) fn note(&mut self, field: &str, what: impl Into<String>) {
        let found = self.row.cell(field).to_string();
        self.push(field, &found, Done::Noted { what: what.into() });
    }

    fn push(&mut self, field: &str, found: &str, done: Done) {
        let (field, found) = (field.to_string(), found.to_string());
        self.notes.push(RowNote { row: self.row.number, line: self.row.line, field, found, done });
    }

    /// Closes the row: its value if nothing speaks against it, and the lines of the report.
    pub(crate) fn finish<T>(self, value: Option<T>, report: &mut FileReport) -> Option<T> {
        if !self.problems.is_empty() || value.is_none() {
            report.rejected = report.rejected.saturating_add(1);
            report.lines.extend(self.problems.into_iter().map(|problem| problem.note(self.row.number)));
            return None;
        }
        if self.notes.iter().any(|note| matches!(note.done, Done::Repaired { .. })) {
            report.repaired = report.repaired.saturating_add(1);
        }
        report.lines.extend(self.notes);
        value
    }
}
