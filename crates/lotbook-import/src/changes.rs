//! What becomes of each row, field by field: from what the ledger has to what the file says.

use serde::Serialize;

use crate::report::place;

/// How a row relates to what the ledger knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The ledger does not have it.
    Added,
    /// The ledger has it with other content.
    Changed,
    /// The ledger has it so.
    Unchanged,
    /// The ledger has it, and the complete file does not.
    Ended,
}

/// What becomes of one row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RowChange {
    /// Data row from 1; 0 = not in the file.
    pub row: u32,
    /// Line of the file from 1; 0 = unknown.
    pub line: u64,
    /// Whose row: a code or an identifier.
    pub subject: String,
    /// What becomes of it.
    pub change: Change,
    /// The fields that differ; of an added row all that are not empty.
    pub fields: Vec<FieldChange>,
}

/// One field of a row that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Column.
    pub field: &'static str,
    /// What the ledger has; empty = nothing.
    pub from: String,
    /// What the file says, after repair; empty = nothing.
    pub to: String,
}

/// A row as its columns, in the words of a file.
pub(crate) trait Columned {
    /// Column and text of every field.
    fn columns(&self) -> Vec<(&'static str, String)>;
}

impl Change {
    /// From what is known to what the file says.
    pub(crate) fn between<T: PartialEq>(known: Option<&T>, found: &T) -> Self {
        match known {
            None => Self::Added,
            Some(known) if known == found => Self::Unchanged,
            Some(_) => Self::Changed,
        }
    }

    /// The word for it in both languages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added 新增",
            Self::Changed => "changed 变更",
            Self::Unchanged => "unchanged 未变",
            Self::Ended => "ended 终止",
        }
    }
}

/// The fields in which two states of a row differ.
pub(crate) fn differences<T: Columned>(known: Option<&T>, found: Option<&T>) -> Vec<FieldChange> {
    let (known, found) = (known.map(Columned::columns), found.map(Columned::columns));
    let columns = found.as_ref().or(known.as_ref()).into_iter().flatten().map(|(column, _)| *column);
    let text = |state: &Option<Vec<(&str, String)>>, at: usize| {
        state.as_ref().and_then(|columns| columns.get(at)).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    columns
        .enumerate()
        .map(|(at, field)| FieldChange { field, from: text(&known, at), to: text(&found, at) })
        .filter(|change| change.from != change.to)
        .collect()
}

/// 是 or 否.
pub(crate) fn yes(is: bool) -> String {
    if is { "是" } else { "否" }.to_string()
}

/// A value that may be absent.
pub(crate) fn if_any<T: ToString>(value: Option<&T>) -> String {
    value.map(T::to_string).unwrap_or_default()
}

impl core::fmt::Display for RowChange {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        place(f, self.row, self.line)?;
        write!(f, ": {} {}", self.change.word(), self.subject)?;
        for (n, FieldChange { field, from, to }) in self.fields.iter().enumerate() {
            f.write_str(if n == 0 { ": " } else { ", " })?;
            match self.change {
                Change::Added => write!(f, "{field} `{to}`")?,
                _ => write!(f, "{field} `{from}` -> `{to}`")?,
            }
        }
        Ok(())
    }
}
