//! The story: a few dozen lines that say what stands on the log.

use super::agenda;
use crate::say;
use lotbook_chain::Instant;
use lotbook_client::VerifiedEntry;
use lotbook_engine::State;
use lotbook_event::ceremony::PoolFrozen;
use lotbook_event::draw::{DrawCompleted, EnterpriseAssigned};
use lotbook_event::{Event, InspectorId, Uscc};
use lotbook_import::FileReport;
use std::collections::BTreeMap;

/// Flags of one kind and entry that are told one by one; more are counted.
const MOST_FLAGS: usize = 4;

/// Tells a play.
pub struct Story {
    json: bool,
    lines: usize,
    published: BTreeMap<String, u32>,
    flags_told: usize,
}

impl Story {
    /// A story in lines, or in JSON lines.
    pub fn new(json: bool) -> Self {
        Self { json, lines: 0, published: BTreeMap::new(), flags_told: 0 }
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

    fn dated(&mut self, at: Instant, text: &str) {
        let date = agenda::date_of(at);
        self.line(&format!("{date}  {text}"));
    }

    /// What the import said.
    pub fn import(&mut self, reports: &[FileReport]) {
        let rows: u32 = reports.iter().map(|report| report.rows).sum();
        let rejected: u32 = reports.iter().map(|report| report.rejected).sum();
        let dropped: Vec<_> =
            reports.iter().flat_map(|report| report.dropped_columns.iter().map(String::as_str)).collect();
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

    /// Tells an entry, if it is worth a line.
    pub fn entry(&mut self, state: &State, entry: &VerifiedEntry) {
        let at = entry.entry.recorded_at;
        match &entry.statement.event {
            Event::PlanAdopted(e) => self.dated(at, &format!("plan {} adopted", e.plan)),
            Event::SchemeAdopted(e) => {
                self.dated(at, &format!("scheme {} adopted for batch {}/{}", e.scheme, e.plan, e.batch))
            }
            Event::RosterImported(e) => {
                self.dated(at, &format!("{}: {} rows on the ledger", e.file, e.added))
            }
            Event::PoolFrozen(e) => self.pool(at, e),
            Event::SeedCommitted(e) => {
                self.participant(state, entry, e.draw.as_str(), "commits to 32 random bytes")
            }
            Event::CeremonySealed(e) => {
                self.dated(at, &format!("  sealed: {} commitments, none can be changed", e.committers.len()))
            }
            Event::SeedRevealed(e) => self.participant(state, entry, e.draw.as_str(), "reveals"),
            Event::CeremonyFailed(e) => self.dated(at, &format!("  ceremony {} FAILED: {}", e.draw, e.code)),
            Event::DrawCompleted(e) => self.drawn(at, e),
            Event::EnterpriseAssigned(e) => self.assigned(state, at, e),
            Event::AssignmentInfeasible(e) => self.dated(
                at,
                &format!("  no assignment exists for {} slots; the drawn enterprises stand", e.slots),
            ),
            Event::DeadlineMissed(e) => self.dated(
                at,
                &format!(
                    "LATE: {} of {} was not met in time (stated by the ledger itself)",
                    e.obligation, e.subject
                ),
            ),
            Event::ResultPublished(e) => self.published(state, at, e.inspection.as_str()),
            _ => {}
        }
        self.flags(state, at);
    }

    fn pool(&mut self, at: Instant, e: &PoolFrozen) {
        let strata: Vec<_> =
            e.strata.iter().map(|s| format!("{} {}", name(s.stratum.as_str()), s.eligible)).collect();
        let eligible: u64 = e.strata.iter().map(|s| s.eligible).sum();
        let reasons: Vec<_> = e
            .object_reasons
            .iter()
            .filter(|r| !r.reason.as_str().is_empty())
            .map(|r| format!("{} {}", r.reason, r.rows))
            .collect();
        self.dated(at, &format!("draw {}: pool frozen, {eligible} eligible ({})", e.draw, strata.join(", ")));
        self.dated(at, &format!("  excluded, each with its reason: {}", reasons.join(", ")));
    }

    fn participant(&mut self, state: &State, entry: &VerifiedEntry, draw: &str, does: &str) {
        let ceremony = state.ceremonies.values().find(|c| c.draw.as_str() == draw);
        let part = ceremony.and_then(|ceremony| ceremony.part(&entry.entry.author));
        let key = state.keys.get(&entry.entry.author);
        let person = key.and_then(|key| key.rights().next()).map_or("", |(_, grant)| grant.person.as_str());
        let part = part.map_or("?", |part| part.code());
        self.dated(entry.entry.recorded_at, &format!("  {person} ({part}) {does}"));
    }

    fn drawn(&mut self, at: Instant, e: &DrawCompleted) {
        let strata: Vec<_> = e
            .strata
            .iter()
            .map(|s| format!("{} {} of {}", name(s.stratum.as_str()), s.quota, s.eligible))
            .collect();
        self.dated(
            at,
            &format!(
                "  drawn by the seed {}...: {} enterprises ({})",
                hex(&e.seed.0[..6]),
                e.selected,
                strata.join(", ")
            ),
        );
        let tier = if e.tier == 1 { "exactly uniform" } else { "switch chain" };
        self.dated(
            at,
            &format!(
                "  {} inspectors, {} to {} enterprises each, tier {} ({tier})",
                e.inspectors, e.lo, e.hi, e.tier
            ),
        );
    }

    fn assigned(&mut self, state: &State, at: Instant, e: &EnterpriseAssigned) {
        let team: Vec<_> = e.team.iter().map(|id| format!("{id} {}", inspector(state, id))).collect();
        self.dated(at, &format!("    {} {} <- {}", e.uscc, enterprise(state, &e.uscc), team.join(", ")));
    }

    /// One line per batch, when its last result is out.
    fn published(&mut self, state: &State, at: Instant, id: &str) {
        let Some(inspection) =
            state.inspections.iter().find(|(known, _)| known.as_str() == id).map(|(_, i)| i)
        else {
            return;
        };
        let Some(draw) = inspection.draw() else { return };
        let all = state.inspections.values().filter(|other| other.draw() == Some(draw));
        let (all, open) = (all.clone().count(), all.filter(|other| other.published.is_none()).count());
        *self.published.entry(draw.to_string()).or_default() += 1;
        if open == 0 {
            self.dated(
                at,
                &format!("draw {draw}: all {all} enterprises inspected, reported, fed back and published"),
            );
        }
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

fn name(stratum: &str) -> &str {
    if stratum.is_empty() { "all" } else { stratum }
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn inspector<'a>(state: &'a State, id: &InspectorId) -> &'a str {
    state.inspectors.get(id).map_or("", |record| record.row.name.as_str())
}

fn enterprise<'a>(state: &'a State, uscc: &Uscc) -> &'a str {
    state.enterprises.get(uscc).map_or("", |record| record.row.name.as_str())
}
