//! Which kind of file a file is: by its standard name, else by its header.

use serde::Serialize;

use crate::grid::Grid;
use crate::report::Problem;
use crate::table::Columns;
use crate::{conflicts, enterprises, inspectors, items, sections};

/// What a file holds, in the order in which a ledger takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// The office and its rule set.
    Office,
    /// Working days.
    Calendar,
    /// Sections of the office.
    Sections,
    /// The item list.
    Items,
    /// The inspector roster.
    Inspectors,
    /// The enterprise roster with statuses.
    Enterprises,
    /// Conflicts of inspectors with enterprises.
    Conflicts,
    /// One annual plan.
    Plan,
    /// Schemes of batches.
    Schemes,
    /// None of these.
    Unknown,
}

/// The files a folder import takes; besides them every `plan*.toml`.
pub const STANDARD_NAMES: &[&str] = &[
    "office.toml",
    "sections.csv",
    "items.csv",
    "inspectors.csv",
    "enterprises.csv",
    "conflicts.csv",
    "schemes.toml",
];

const STANDARD_KINDS: [FileKind; 7] = [
    FileKind::Office,
    FileKind::Sections,
    FileKind::Items,
    FileKind::Inspectors,
    FileKind::Enterprises,
    FileKind::Conflicts,
    FileKind::Schemes,
];

const TABLES: [(FileKind, &Columns); 5] = [
    (FileKind::Conflicts, &conflicts::COLUMNS),
    (FileKind::Inspectors, &inspectors::COLUMNS),
    (FileKind::Enterprises, &enterprises::COLUMNS),
    (FileKind::Items, &items::COLUMNS),
    (FileKind::Sections, &sections::COLUMNS),
];

/// Whether a folder import takes a file of this name (without folder); a table may be a workbook, too.
pub fn is_standard(name: &str) -> bool {
    by_name(name).is_some()
}

/// The kind that a name stands for.
pub(crate) fn by_name(name: &str) -> Option<FileKind> {
    if name.starts_with("plan") && name.ends_with(".toml") {
        return Some(FileKind::Plan);
    }
    let csv = name.strip_suffix(".xlsx").map(|stem| format!("{stem}.csv"));
    let name = csv.as_deref().unwrap_or(name);
    STANDARD_NAMES.iter().zip(STANDARD_KINDS).find(|(standard, _)| **standard == name).map(|(_, kind)| kind)
}

/// The kind of a TOML file, by name, else by its keys.
pub(crate) fn of_text(name: &str, text: &str) -> Result<FileKind, Problem> {
    by_name(name).or_else(|| by_keys(text)).ok_or_else(unknown)
}

/// The kind of a table, by name, else by its header row.
pub(crate) fn of_table(name: &str, grid: &Grid) -> Result<FileKind, Problem> {
    by_name(name).or_else(|| by_header(grid)).ok_or_else(unknown)
}

pub(crate) fn unknown() -> Problem {
    Problem::new(
        "",
        "",
        "neither its name nor its header row is one that is known",
        "give it a standard name, or the header row of one of the sample files",
    )
}

/// The kind whose columns one of the first lines has.
pub(crate) fn by_header(grid: &Grid) -> Option<FileKind> {
    let kind_of = |header: &[String]| {
        TABLES.iter().find(|(_, columns)| columns.missing(header).is_empty()).map(|(kind, _)| *kind)
    };
    grid.tops().find_map(|(_, header)| kind_of(&header))
}

/// Whether there are lines above the header row.
pub(crate) fn has_title(kind: FileKind, grid: &Grid) -> bool {
    let columns = TABLES.iter().find(|(table, _)| *table == kind).map(|(_, columns)| *columns);
    columns.and_then(|columns| columns.header_in(grid)).is_some_and(|(at, _)| at > 0)
}

fn by_keys(text: &str) -> Option<FileKind> {
    let table = text.parse::<toml::Table>().ok()?;
    let keys = [("office", FileKind::Office), ("plan", FileKind::Plan), ("scheme", FileKind::Schemes)];
    keys.into_iter().find(|(key, _)| table.contains_key(*key)).map(|(_, kind)| kind)
}
