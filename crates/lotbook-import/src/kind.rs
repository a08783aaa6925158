//! Which kind of file a file is: by its standard name, else by its header.

use serde::Serialize;

use crate::report::Problem;
use crate::table::{Columns, header_of};
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

/// Whether a folder import takes a file of this name (without folder).
pub fn is_standard(name: &str) -> bool {
    by_name(name).is_some()
}

fn by_name(name: &str) -> Option<FileKind> {
    if name.starts_with("plan") && name.ends_with(".toml") {
        return Some(FileKind::Plan);
    }
    STANDARD_NAMES.iter().zip(STANDARD_KINDS).find(|(standard, _)| **standard == name).map(|(_, kind)| kind)
}

/// The kind of a file, by name, else by what it begins with.
pub(crate) fn recognise(name: &str, text: &str) -> Result<FileKind, Problem> {
    if let Some(kind) = by_name(name) {
        return Ok(kind);
    }
    let found = if name.ends_with(".toml") { by_keys(text) } else { by_header(text) };
    found.ok_or_else(|| {
        Problem::new(
            "",
            "",
            "neither its name nor its header row is one that is known",
            "give it a standard name, or the header row of one of the sample files",
        )
    })
}

fn by_header(text: &str) -> Option<FileKind> {
    let header = header_of(text);
    TABLES.into_iter().find(|(_, columns)| columns.missing(&header).is_empty()).map(|(kind, _)| kind)
}

fn by_keys(text: &str) -> Option<FileKind> {
    let table = text.parse::<toml::Table>().ok()?;
    let keys = [("office", FileKind::Office), ("plan", FileKind::Plan), ("scheme", FileKind::Schemes)];
    keys.into_iter().find(|(key, _)| table.contains_key(*key)).map(|(_, kind)| kind)
}
