//! The story: one line for what is important, month by month; everything else is counted.

use super::agenda;
use crate::say;
use lotbook_chain::Instant;
use lotbook_client::VerifiedEntry;
use lotbook_engine::State;
use lotbook_event::Event;
use lotbook_import::FileReport;
use std::collections::BTreeMap;

/// Flags of one kind and entry that are told one by one; more are counted.
const MOST_FLAGS: usize = 4;

/// Tells a play.
pub struct Story {
    json: bool,
    lines: usize,
    /// The plans' year.
    pub(super) year: u32,
    /// The month that is being told, and what of it is only counted.
    month: String,
    counted: BTreeMap<&'static str, u32>,
    /// Whether the end of a time for comments has been told.
    pub(super) window_told: bool,
    flags_told: usize,
}

impl Story {
    /// A story in lines, or in JSON lines.
    pub fn new(json: bool, year: u32) -> Self {
        let (month, counted) = (String::new(), BTreeMap::new());
        Self { json, lines: 0, year, month, counted, window_told: false, flags_told: 0 }
    }

    /// Lines told so far.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// One line.
    pub fn line(&mut self, text: &str) {
        self.lines += 1;
        if self.json { say!("{}", serde_json::json!({ "told": text })) } else { say!("{text}") }
    }

    /// One line with its date.
    pub(super) fn dated(&mut self, at: Instant, text: &str) {
        self.enter(at);
        let date = agenda::date_of(at);
        self.line(&format!("{date}  {text}"));
    }

    /// Something that is counted, not told.
    pub(super) fn count(&mut self, at: Instant, what: &'static str) {
        self.enter(at);
        *self.counted.entry(what).or_default() += 1;
    }

    /// At the end of a month its counts are told.
    fn enter(&mut self, at: Instant) {
        let month = agenda::date_of(at).strftime("%Y-%m").to_string();
        if self.month != month {
            self.tell_counts();
            self.month = month;
        }
    }

    /// Tells what was counted since the last time.
    pub fn tell_counts(&mut self) {
        let counts: Vec<_> = self.counted.iter().map(|(what, n)| format!("{what} {n}")).collect();
        self.counted.clear();
        if !counts.is_empty() {
            let month = self.month.clone();
            self.line(&format!("{month}     and: {}", counts.join(", ")));
        }
    }

    /// What the import said.
    pub fn import(&mut self, reports: &[FileReport]) {
        let rows: u32 = reports.iter().map(|report| report.rows).sum();
        let rejected: u32 = reports.iter().map(|report| report.rejected).sum();
        let dropped: Vec<_> = reports
            .iter()
            .flat_map(|report| report.dropped_columns.iter().map(|column| column.name.as_str()))
            .collect();
        self.line(&format!("read {} files with {rows} rows, {rejected} rejected", reports.len()));
        for report in reports {
            for line in
                report.lines.iter().filter(|line| matches!(line.done, lotbook_import::Done::Rejected { .. }))
            {
                self.line(&format!("  {}: {line}", report.file));
            }
        }
        if !dropped.is_empty() {
            self.line(&format!("dropped before anything was stated (restricted): {}", dropped.join(", ")));
        }
    }

    /// Keys are registered.
    pub fn keys(&mut self, at: Instant, count: usize) {
        self.dated(at, &format!("{count} keys registered by the administrator with proof of possession, confirmed by the leader"));
    }

    /// A refusal that the timeline asked for.
    pub fn refused(&mut self, at: Instant, party: &str, error: &lotbook_client::RpcError) {
        self.dated(
            at,
            &format!("REFUSED {party}: {} (Art. {}): {}", error.reason, error.article, error.found),
        );
    }

    /// Tells an entry, if it is worth a line, and the flags that it brings.
    pub fn entry(&mut self, state: &State, entry: &VerifiedEntry) {
        self.event(state, entry);
        // A missed deadline has told its flag already.
        if matches!(entry.statement.event, Event::DeadlineMissed(_)) {
            self.flags_told = state.flags.len();
        }
        self.flags(state, entry.entry.recorded_at);
    }

    fn flags(&mut self, state: &State, at: Instant) {
        let new: Vec<_> = state.flags.iter().skip(self.flags_told).cloned().collect();
        self.flags_told = state.flags.len();
        for (place, flagged) in new.iter().enumerate() {
            let same = new.iter().filter(|other| other.flag == flagged.flag).count();
            let first = new.iter().position(|other| other.flag == flagged.flag) == Some(place);
            if same <= MOST_FLAGS {
                self.dated(
                    at,
                    &format!("  flag {} on {}: {}", flagged.flag, flagged.subject, flagged.detail),
                );
            } else if first {
                self.dated(
                    at,
                    &format!("  flag {} on {same} subjects, the first is {}", flagged.flag, flagged.subject),
                );
            }
        }
    }
}
