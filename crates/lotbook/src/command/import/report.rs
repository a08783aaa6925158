//! What an import says: for people in two languages, for programs as JSON lines.

use crate::say;
use anyhow::Result;
use lotbook_import::{Change, FileReport, RowChange};
use serde_json::{Map, Value, json, to_value};

/// Prints the reports: of each file its counts, what becomes of its rows if they are listed, and its findings.
pub fn print(reports: &[FileReport], json: bool) -> Result<()> {
    for report in reports {
        if json {
            lines(report)?;
        } else {
            tell(report);
        }
    }
    Ok(())
}

fn tell(report: &FileReport) {
    say!(
        "{}: {} rows 行; added 新增 {}, changed 变更 {}, unchanged 未变 {}, ended 终止 {}, repaired 修正 {}, rejected 拒收 {}",
        report.file,
        report.rows,
        report.added,
        report.changed,
        report.unchanged,
        report.ended,
        report.repaired,
        report.rejected
    );
    for column in &report.dropped_columns {
        say!(
            "  restricted column dropped, never on the ledger 受限栏目已剔除,不入账本: {} ({} cells 格)",
            column.name,
            column.cells
        );
    }
    report.changes.iter().filter(|row| row.change != Change::Unchanged).for_each(|row| say!("  {row}"));
    let unchanged = ranges(&report.changes);
    if !unchanged.is_empty() {
        say!("  {}: rows {}", Change::Unchanged.word(), unchanged.join(", "));
    }
    report.lines.iter().for_each(|line| say!("  {line}"));
}

/// Unchanged rows as ranges: there may be a hundred thousand.
fn ranges(changes: &[RowChange]) -> Vec<String> {
    let mut ranges: Vec<(u32, u32)> = vec![];
    for row in changes.iter().filter(|row| row.change == Change::Unchanged).map(|row| row.row) {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(row) => *last = row,
            _ => ranges.push((row, row)),
        }
    }
    let range = |(first, last): (u32, u32)| {
        if first == last { first.to_string() } else { format!("{first}-{last}") }
    };
    ranges.into_iter().map(range).collect()
}

/// A line for each row and finding with its file, then one for the file with its counts.
fn lines(report: &FileReport) -> Result<()> {
    let mut counts = object(report)?;
    for list in ["changes", "lines"] {
        let Some(Value::Array(items)) = counts.remove(list) else { continue };
        for item in items {
            let mut line = Map::from_iter([("file".to_owned(), json!(report.file))]);
            line.extend(item.as_object().cloned().unwrap_or_default());
            say!("{}", Value::Object(line));
        }
    }
    say!("{}", Value::Object(counts));
    Ok(())
}

fn object(report: &FileReport) -> Result<Map<String, Value>> {
    Ok(to_value(report)?.as_object().cloned().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(row: u32, change: Change) -> RowChange {
        RowChange { row, line: 0, subject: String::new(), change, fields: vec![] }
    }

    #[test]
    fn unchanged_rows_are_told_as_ranges() {
        let told =
            |rows: &[u32]| ranges(&rows.iter().map(|n| row(*n, Change::Unchanged)).collect::<Vec<_>>());
        assert_eq!(told(&[]), Vec::<String>::new());
        assert_eq!(told(&[1]), ["1"]);
        assert_eq!(told(&[1, 2, 3, 5, 7, 8]), ["1-3", "5", "7-8"]);
        assert!(ranges(&[row(1, Change::Added), row(2, Change::Changed), row(3, Change::Ended)]).is_empty());
    }
}
