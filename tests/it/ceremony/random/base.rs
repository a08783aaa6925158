//! Offices whose first batch can be drawn: rosters, plan and scheme are on the ledger, no ceremony is open.

use super::super::league;
use super::model::{Hash, Rules, Seats};
use crate::years::dice::Dice;
use crate::years::office::schedule;
use crate::years::{Author, Ledger, cast, founded};
use lotbook_chain::EntryHash;
use lotbook_event::ceremony::{CeremonyOpened, ParticipantRole, Purpose};
use lotbook_event::keys::Role;
use lotbook_event::{BatchId, DrawId, Event, PlanId};
use lotbook_verifier::Verifier;

/// The founding, in days since 1970-01-01: 2025-12-20. All schemes are adopted and old enough 110 days later.
const FOUNDED: i64 = 20_442;
const READY: i64 = 110;
const DAY_SECONDS: i64 = 86_400;

/// An office, what the model needs to know of it, and the verifier that has read its entries.
pub struct Base {
    pub ledger: Ledger,
    pub verifier: Verifier,
    pub seats: Seats,
    pub rules: Rules,
}

impl Base {
    /// So many offices; every other one draws with a beacon.
    pub fn offices(number: usize) -> Vec<Self> {
        let of = |beacon| (0..).filter_map(move |seed| Self::of(seed, beacon));
        of(false).take(number - number / 2).chain(of(true).take(number / 2)).collect()
    }

    fn of(seed: u64, beacon: bool) -> Option<Self> {
        let (mut ledger, mut verifier) = founded(crate::years::days::begin(FOUNDED).plus_seconds(36_000));
        let founding = ledger.entries.len();
        let mut today = 0;
        for mut scheduled in schedule(&mut Dice::new(seed)) {
            ledger.wait((scheduled.day - today) * DAY_SECONDS);
            today = scheduled.day;
            if let Event::RulesetAdopted(rules) = &mut scheduled.event {
                rules.beacons = if beacon { vec![league::chain()] } else { vec![] };
            }
            // Not everything that a random office plans is allowed.
            let _ = ledger.submit(&scheduled.author, scheduled.event);
        }
        ledger.wait((READY - today).max(1) * DAY_SECONDS);
        let mut tried = ledger.clone();
        tried.submit(&operator(), opening(1, None)).ok()?;
        let frozen = &tried.state.ceremonies[&draw(1)].frozen.as_ref()?.stated;
        let seat = |p: &lotbook_event::ceremony::Participant| {
            (p.key_id.0, p.role != ParticipantRole::DrawingSection)
        };
        let rules = &tried.state.rules.as_ref()?.value;
        let minutes = |minutes: u32| i64::from(minutes) * 60_000_000;
        let chain = rules.beacons.first().map(|chain| {
            let genesis = i64::try_from(chain.genesis).unwrap();
            (chain.chain_hash.0, genesis, i64::from(chain.period), i64::from(chain.delta))
        });
        let windows = (minutes(rules.commit_window_minutes), minutes(rules.reveal_window_minutes));
        let least = rules.min_reveals as usize;
        ledger.entries[founding..].iter().for_each(|entry| verifier.entry(entry).unwrap());
        let seats = frozen.participants.iter().map(seat).collect();
        Some(Self { ledger, verifier, seats, rules: (windows.0, windows.1, least, chain) })
    }
}

/// Who opens.
pub fn operator() -> Author {
    cast().in_section(Role::DrawOperator, &crate::years::cast::section(0)).into()
}

pub fn draw(attempt: usize) -> DrawId {
    DrawId::new(format!("P1/B1.{attempt}")).unwrap()
}

/// An opening under a number, after the entry that ended the attempt before.
pub fn opening(attempt: usize, previous: Option<Hash>) -> CeremonyOpened {
    CeremonyOpened {
        purpose: Purpose::Batch,
        plan: PlanId::new("P1").unwrap(),
        batch: BatchId::new("B1").unwrap(),
        attempt: u32::try_from(attempt).unwrap(),
        previous_terminal: previous.map(EntryHash),
        recusal: None,
    }
}
