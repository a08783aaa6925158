//! What must have happened in the years of a test, so that their agreement means something.

use super::play::Year;
use lotbook_chain::Entry;
use lotbook_event::{Code, Event, Statement};
use std::collections::BTreeMap;

/// Events and refusals, counted after the founding.
#[derive(Default)]
pub struct Coverage {
    years: usize,
    events: BTreeMap<&'static str, usize>,
    duties: BTreeMap<&'static str, usize>,
    refusals: BTreeMap<&'static str, usize>,
}

/// Only at the founding, which is the same for all years.
const FOUNDING: [&str; 4] = ["LedgerCreated", "KeyRegistered", "KeyConfirmed", "SectionRegistered"];
/// Events that fewer than one year in twenty has.
const RARE: [(&str, usize); 4] = [
    ("AssignmentInfeasible", 2),
    ("RefusalsCounted", 2),
    ("ItemWithdrawn", 5),
    ("SubstitutePoolExhausted", 5),
];
/// What needs a beacon, supervision against a draw, or a roster that grows after it (tests/it/ceremony), a person's
/// choice instead of a ceremony (tests/it/recusal_unrolled.rs), or an embargo (tests/it/embargo).
const NOT_HERE: [&str; 16] = [
    "AssignmentWithheld",
    "BeaconRecorded",
    "CounterpartChosen",
    "DrawOpened",
    "DrawVoidProposed",
    "DrawVoided",
    "EmbargoKeyHeld",
    "EmbargoRead",
    "EmbargoReleased",
    "PoolExtensionApproved",
    "ReserveOrderApproved",
    "RevealHeld",
    "RowRevealed",
    "SlotRecusalRequested",
    "TeamAssigned",
    "TeamsWithheld",
];
/// Codes that the domain does not decide here: keys that are not registered, bytes that cannot be read,
/// identifiers used twice, and bulk that no small office has; those of beacons (tests/it/ceremony), of class
/// conditions (tests/it/pool_rules.rs) and of embargoes (tests/it/embargo).
const ELSEWHERE: [Code; 11] = [
    Code::UnknownKey,
    Code::KeyNotConfirmed,
    Code::MalformedStatement,
    Code::IdempotencyConflict,
    Code::LimitExceeded,
    Code::BeaconInvalid,
    Code::DrawOverdue,
    Code::IdentifyingPredicate,
    Code::PredicateAfterSnapshot,
    Code::Embargoed,
    Code::EmbargoKeyMismatch,
];

impl Coverage {
    pub fn add(&mut self, year: &Year) {
        self.years += 1;
        for bytes in &year.ledger.entries[year.founding..] {
            let statement = Statement::decode(&Entry::decode(bytes).unwrap().statement).unwrap();
            *self.events.entry(statement.event.name()).or_default() += 1;
            if let Event::DeadlineMissed(missed) = &statement.event {
                *self.duties.entry(missed.obligation.code()).or_default() += 1;
            }
        }
        for (code, times) in &year.refusals {
            *self.refusals.entry(code).or_default() += times;
        }
    }

    /// Every event, every lateness and every refusal code occurs, most of them often.
    pub fn suffices(&self) {
        let years = self.years;
        let mut missing = vec![];
        let here = |name: &&&str| !FOUNDING.contains(name) && !NOT_HERE.contains(name);
        for name in Event::NAMES.iter().filter(here) {
            let rare = RARE.iter().find(|(rare, _)| rare == name).map(|(_, least)| *least);
            let (found, least) = (self.events.get(name).copied().unwrap_or(0), rare.unwrap_or(years / 20));
            if found < least {
                missing.push(format!("{name}: {found} of {least}"));
            }
        }
        for duty in ["D1", "D2", "D3", "D4", "D6"] {
            let (found, least) = (self.duties.get(duty).copied().unwrap_or(0), years / 20);
            if found < least {
                missing.push(format!("{duty}: {found} of {least}"));
            }
        }
        for code in Code::ALL.iter().filter(|code| !ELSEWHERE.contains(code)) {
            let found = self.refusals.get(code.as_str()).copied().unwrap_or(0);
            if found < 3 {
                missing.push(format!("{code}: {found} of 3"));
            }
        }
        assert!(missing.is_empty(), "{years} years lack {missing:#?}");
    }
}
