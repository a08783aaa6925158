//! The status columns of `enterprises.csv` (Arts. 13, 16): what begins, what goes on, what ends.

use std::collections::BTreeSet;

use lotbook_event::registry::{Status, StatusEnd, StatusEnded, StatusRecorded};
use lotbook_event::{Date, Event, Text, Uscc};

use crate::batch::{split, split_by_day};
use crate::cell::{self, Parsed};
use crate::changes::FieldChange;
use crate::known::Known;
use crate::report::FileReport;
use crate::row::RowReader;
use crate::table::{Row, Table};

/// A status as a row gives it.
pub(crate) struct Given {
    kind: Text,
    since: Option<Date>,
}

/// What is to be stated about statuses, collected over the rows of a file.
pub(crate) struct Statuses<'a> {
    known: &'a Known,
    source: &'a str,
    credit: bool,
    trust: bool,
    given: BTreeSet<(Uscc, Text)>,
    ended: Vec<StatusEnd>,
    recorded: Vec<(Date, Status)>,
}

/// Reads the status columns of a row.
pub(crate) fn read(row: &mut RowReader, trust: &str) -> Option<Vec<Given>> {
    let credit = row.read("信用状态", cell::text);
    let since = row.read("状态认定日期", cell::date_if_any);
    let trustworthy = row.read("守信企业", cell::yes_or_empty);
    let (credit, since, trustworthy) = (credit?, since?, trustworthy?);
    let normal = matches!(credit.as_str(), "" | "正常");
    let mut given = Vec::new();
    if !normal {
        given.push(Given { kind: credit, since });
    }
    if trustworthy {
        // The date belongs to the credit status where there is one.
        let since = since.filter(|_| normal);
        given.push(Given { kind: Text::new(trust).ok()?, since });
    }
    Some(given)
}

impl<'a> Statuses<'a> {
    pub(crate) fn new(known: &'a Known, source: &'a str, table: &Table) -> Self {
        let (credit, trust) = (table.has("信用状态"), table.has("守信企业"));
        Self { known, source, credit, trust, given: BTreeSet::new(), ended: Vec::new(), recorded: Vec::new() }
    }

    /// Takes in a row's statuses; says what is new. A status recorded again replaces the one of its kind.
    pub(crate) fn take(
        &mut self,
        uscc: &Uscc,
        enrolled_on: Date,
        given: Vec<Given>,
    ) -> Option<Vec<FieldChange>> {
        let mut new = Vec::new();
        for Given { kind, since } in given {
            let key = (uscc.clone(), kind);
            let known = self.known.statuses.get(&key);
            if known.is_none_or(|known| since.is_some_and(|since| since != known.since)) {
                let source = Text::new(self.source).ok()?;
                let (since, authority) = (since.unwrap_or(enrolled_on), source.clone());
                new.push(FieldChange {
                    field: self.column(&key.1),
                    from: known.map(|known| told(&key.1, known.since)).unwrap_or_default(),
                    to: told(&key.1, since),
                });
                let (uscc, kind) = key.clone();
                self.recorded
                    .push((enrolled_on, Status { uscc, kind, since, until: None, authority, basis: source }));
            }
            self.given.insert(key);
        }
        Some(new)
    }

    /// Tells of statuses that the rows of the file no longer have, without ending them.
    pub(crate) fn tell_absent<'r>(&self, row_of: impl Fn(&Uscc) -> Option<&'r Row>, report: &mut FileReport) {
        for (uscc, kind) in self.absent() {
            let Some(row) = row_of(uscc) else { continue };
            let what =
                format!("the ledger has the status {kind}, the file does not; a complete import ends it");
            report.note(row.number, row.line, "信用状态", row.cell("信用状态"), what);
        }
    }

    /// Ends what the file does not hold.
    pub(crate) fn end_absent(&mut self, report: &mut FileReport) {
        let absent: Vec<_> = self.absent().cloned().collect();
        for key in &absent {
            let since = self.known.statuses.get(key).map(|known| told(&key.1, known.since));
            let (field, from, to) = (self.column(&key.1), since.unwrap_or_default(), String::new());
            report.end(&key.0, || vec![FieldChange { field, from, to }]);
        }
        self.ended.extend(absent.into_iter().map(|(uscc, kind)| StatusEnd { uscc, kind }));
    }

    /// The column that has this status.
    fn column(&self, kind: &Text) -> &'static str {
        if kind.as_str() == self.known.trust_status() { "守信企业" } else { "信用状态" }
    }

    fn absent(&self) -> impl Iterator<Item = &(Uscc, Text)> {
        let covered =
            |kind: &Text| if kind.as_str() == self.known.trust_status() { self.trust } else { self.credit };
        self.known.statuses.keys().filter(move |key| covered(&key.1) && !self.given.contains(*key))
    }

    /// The events, ends before beginnings.
    pub(crate) fn events(self) -> Vec<(Option<Date>, Event)> {
        let ended = split(self.ended, |rows| StatusEnded { rows }.into());
        let recorded = split_by_day(self.recorded, |rows| StatusRecorded { rows }.into());
        let begun = recorded.into_iter().map(|(day, event)| (Some(day), event));
        ended.into_iter().map(|event| (None, event)).chain(begun).collect()
    }
}

/// A status in one text.
fn told(kind: &Text, since: Date) -> String {
    format!("{kind} {since}")
}

/// A risk class in capitals; empty = unknown. What cannot be a stratum (draw.md) is repaired to unknown.
pub(crate) fn risk(found: &str) -> Parsed<Text> {
    let class = cell::code(found).to_uppercase();
    let stratum = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    cell::text(if class.len() <= 64 && class.chars().all(stratum) { &class } else { "" })
}
