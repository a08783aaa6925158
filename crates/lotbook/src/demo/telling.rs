//! What the story says of each kind of entry.

use super::story::Story;
use lotbook_chain::Instant;
use lotbook_client::VerifiedEntry;
use lotbook_engine::State;
use lotbook_event::Event;
use lotbook_event::ceremony::{CeremonyClosed, PoolFrozen};
use lotbook_event::draw::{DrawCompleted, EnterpriseAssigned};
use lotbook_event::oversight::{DeadlineMissed, Obligation};
use lotbook_event::{DrawId, InspectionId, InspectorId, Uscc};

impl Story {
    /// Plans, rosters and ceremonies; what comes after a draw is told elsewhere.
    pub(super) fn event(&mut self, state: &State, entry: &VerifiedEntry) {
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
            Event::SeedCommitted(e) => self.participant(state, entry, &e.draw, "commits to 32 random bytes"),
            Event::CeremonySealed(e) if of_batch(state, &e.draw) => {
                self.dated(at, &format!("  sealed: {} commitments, none can be changed", e.committers.len()))
            }
            Event::SeedRevealed(e) => self.participant(state, entry, &e.draw, "reveals"),
            Event::CeremonyClosed(e) if !of_batch(state, &e.draw) => self.recusal_closed(state, at, e),
            Event::CeremonyFailed(e) => self.dated(at, &format!("  ceremony {} FAILED: {}", e.draw, e.code)),
            Event::DrawCompleted(e) if of_batch(state, &e.draw) => self.drawn(at, e),
            Event::EnterpriseAssigned(e) => self.assigned(state, at, e),
            Event::AssignmentInfeasible(e) => self.dated(
                at,
                &format!("  no assignment exists for {} slots; the drawn enterprises stand", e.slots),
            ),
            Event::DeadlineMissed(e) => self.missed(state, at, e),
            other => self.after_the_draw(state, at, other),
        }
    }

    fn missed(&mut self, state: &State, at: Instant, e: &DeadlineMissed) {
        let own = e.subject.as_str().split('/').next() == Some(self.year.to_string().as_str());
        if e.obligation == Obligation::Plan && !own {
            return self.count(at, "plans of the next year missing (not played)");
        }
        let provisional = if e.provisional { ", provisionally" } else { "" };
        let flag = state.flags.last().filter(|flag| flag.subject == e.subject.as_str());
        let flag = flag.map_or(String::new(), |flag| format!(", flag {}", flag.flag));
        let (duty, subject) = (e.obligation, &e.subject);
        let text = format!(
            "LATE: {duty} of {subject} was not met in time{provisional} (stated by the ledger itself){flag}"
        );
        self.dated(at, &text);
    }

    fn pool(&mut self, at: Instant, e: &PoolFrozen) {
        if let Some(replaced) = &e.replacement {
            let eligible =
                e.inspector_reasons.iter().find(|r| r.reason.as_str().is_empty()).map_or(0, |r| r.rows);
            let slots: Vec<_> = replaced.slots.iter().map(ToString::to_string).collect();
            let inspector = replaced.inspector.as_ref().map_or("somebody under embargo", |who| who.as_str());
            let (draw, slots) = (&e.draw, slots.join(", "));
            return self.dated(
                at,
                &format!(
                    "  draw {draw} for slot {slots} of {inspector}: a second pool frozen, {eligible} inspectors"
                ),
            );
        }
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

    /// Of a recusal's ceremony only the end is told.
    fn participant(&mut self, state: &State, entry: &VerifiedEntry, draw: &DrawId, does: &str) {
        if !of_batch(state, draw) {
            return;
        }
        let ceremony = state.ceremonies.get(draw);
        let part = ceremony.and_then(|ceremony| ceremony.part(&entry.entry.author));
        let key = state.keys.get(&entry.entry.author);
        let person = key.and_then(|key| key.rights().next()).map_or("", |(_, grant)| grant.person.as_str());
        let part = part.map_or("?", |part| part.code());
        self.dated(entry.entry.recorded_at, &format!("  {person} ({part}) {does}"));
    }

    fn recusal_closed(&mut self, state: &State, at: Instant, e: &CeremonyClosed) {
        let revealed = state.ceremonies.get(&e.draw).map_or(0, |ceremony| ceremony.reveals.len());
        let text = format!("  its own ceremony: {revealed} have committed, been sealed, and revealed");
        self.dated(at, &text);
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
        let team = people(state, &e.team);
        self.dated(at, &format!("    {} {} <- {team}", e.uscc, enterprise(state, &e.uscc)));
    }
}

/// Whether a draw is that of a batch, not of a recusal.
fn of_batch(state: &State, draw: &DrawId) -> bool {
    state.ceremonies.get(draw).is_none_or(|ceremony| ceremony.recusal.is_none())
}

fn name(stratum: &str) -> &str {
    if stratum.is_empty() { "all" } else { stratum }
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// Inspectors by number and name.
pub(super) fn people(state: &State, ids: &[InspectorId]) -> String {
    let people: Vec<_> = ids.iter().map(|id| format!("{id} {}", inspector(state, id))).collect();
    people.join(", ")
}

fn inspector<'a>(state: &'a State, id: &InspectorId) -> &'a str {
    state.inspectors.get(id).map_or("", |record| record.row.name.as_str())
}

fn enterprise<'a>(state: &'a State, uscc: &Uscc) -> &'a str {
    state.enterprises.get(uscc).map_or("", |record| record.row.name.as_str())
}

/// The enterprise of an inspection by code and name.
pub(super) fn firm(state: &State, id: &InspectionId) -> String {
    let uscc = state.inspections.get(id).map(|inspection| &inspection.uscc);
    uscc.map_or(String::new(), |uscc| format!("{uscc} {}", enterprise(state, uscc)))
}
