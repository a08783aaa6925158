//! A large log by the rules: a played year with its draws, then the daily work of an office, statement by statement.

use crate::years::cast::{credit_code, inspector};
use crate::years::dice::Dice;
use crate::years::office::{a_firm, a_status, officer, text};
use crate::years::visits::report;
use crate::years::{Author, Year, cast, days};
use lotbook_domain::registry::ItemPhase;
use lotbook_event::inspection::*;
use lotbook_event::keys::Role;
use lotbook_event::registry::*;
use lotbook_event::result::*;
use lotbook_event::*;
use std::collections::{BTreeSet, VecDeque};

/// Firms of the year before that are left alone: some of them have conflicts with everybody.
const FIRST_FIRM: usize = 15;
/// Inspections that are under way at once.
const AT_ONCE: usize = 40;
/// Statements of a working day, seconds between two of them, and the night.
const A_DAY: usize = 900;
const BETWEEN_SECONDS: u32 = 40;
const NIGHT_SECONDS: i64 = 15 * 3_600;
/// After so many days the time for comments is over.
const COMMENTS_OVER: i64 = 45;

/// An office at work.
pub struct Office {
    year: Year,
    dice: Dice,
    /// Sections that own published items, with them.
    items: Vec<(usize, BTreeSet<ItemId>)>,
    inspectors: Vec<(InspectorId, Author)>,
    firms: usize,
    inspections: usize,
    visits: Vec<Visit>,
    /// Inspections that wait for the end of the time for comments: delivered on a day.
    delivered: VecDeque<(i64, InspectionId, Author)>,
}

/// One inspection and its next step.
struct Visit {
    id: InspectionId,
    officer: Author,
    team: [(InspectorId, Author); 2],
    items: Vec<ItemId>,
    step: usize,
}

impl Office {
    /// An office with the year of a seed behind it.
    pub fn new(seed: u64) -> Self {
        let year = Year::play(seed);
        let state = &year.ledger.state;
        let own = |n: usize| -> BTreeSet<ItemId> {
            let published = state.items.values().filter(|known| known.phase == ItemPhase::Published);
            let own = published.filter(|known| known.item.section == crate::years::cast::section(n));
            own.map(|known| known.item.item.clone()).collect()
        };
        let items = (0..3).map(|n| (n, own(n))).filter(|(_, items)| !items.is_empty()).collect();
        let last = Date::new("2028-12-31").unwrap();
        let able = |id: &InspectorId| {
            let row = state.inspectors.get(id).map(|known| &known.row);
            row.is_some_and(|row| row.duty == Duty::Active && row.certificate_valid_until >= last)
        };
        let inspectors = (0..10).map(inspector).filter(able);
        let inspectors =
            inspectors.filter_map(|id| Some((id.clone(), year.standing_for(id.as_str())?.into())));
        Self {
            inspectors: inspectors.collect(),
            items,
            dice: Dice::new(seed),
            firms: FIRST_FIRM,
            inspections: 0,
            visits: vec![],
            delivered: VecDeque::new(),
            year,
        }
    }

    /// Works until the log has so many entries.
    pub fn work(&mut self, entries: usize) {
        let mut statements = 0;
        while self.year.ledger.entries.len() < entries {
            statements += 1;
            let seconds = i64::from(self.dice.within(1, 2 * BETWEEN_SECONDS));
            self.year.ledger.wait(if statements % A_DAY == 0 { NIGHT_SECONDS } else { seconds });
            self.state_something();
        }
    }

    /// Records statuses that replace each other: entries after which the state is as large as before.
    pub fn stand_still(&mut self, entries: usize) {
        let end = self.year.ledger.entries.len() + entries;
        while self.year.ledger.entries.len() < end {
            self.year.ledger.wait(30);
            let mut row = a_status(&mut Dice::new(1), &credit_code(FIRST_FIRM));
            row.basis = text(format!("basis {}", self.dice.below(1_000_000)));
            self.say(registrar(), StatusRecorded { rows: vec![row] });
        }
    }

    pub fn entries(&self) -> &[Vec<u8>] {
        &self.year.ledger.entries
    }

    /// Refusals are recorded, as in life.
    fn say(&mut self, author: Author, event: impl Into<Event>) -> bool {
        self.year.ledger.submit(&author, event).is_ok()
    }

    fn state_something(&mut self) {
        match self.dice.below(100) {
            _ if self.firms < FIRST_FIRM + 10 => self.enrol(),
            0..14 => self.enrol(),
            14..34 => self.status(),
            34..38 => self.change(),
            _ => self.visit(),
        }
    }

    /// One row a statement, as a registrar types them.
    fn enrol(&mut self) {
        let row = Enterprise { uscc: credit_code(self.firms), ..a_firm(&mut self.dice, 0) };
        self.firms += 1;
        self.say(registrar(), EnterpriseEnrolled { rows: vec![row] });
    }

    fn change(&mut self) {
        let row = Enterprise { uscc: self.firm(), ..a_firm(&mut self.dice, 0) };
        self.say(registrar(), EnterpriseUpdated { rows: vec![row] });
    }

    fn status(&mut self) {
        let uscc = self.firm();
        let row = a_status(&mut self.dice, &uscc);
        let (kind, ends) = (row.kind.clone(), self.dice.chance(30));
        self.say(registrar(), StatusRecorded { rows: vec![row] });
        if ends {
            let rows = vec![StatusEnd { uscc, kind }];
            self.say(registrar(), StatusEnded { rows });
        }
    }

    fn firm(&mut self) -> Uscc {
        credit_code(FIRST_FIRM + self.dice.below(self.firms - FIRST_FIRM))
    }

    /// Opens an inspection, or takes the next step of one.
    fn visit(&mut self) {
        self.close();
        if self.visits.len() < AT_ONCE {
            return self.open();
        }
        let place = self.dice.below(self.visits.len());
        let mut visit = self.visits.swap_remove(place);
        if self.step(&mut visit) {
            self.visits.push(visit);
        }
    }

    fn open(&mut self) {
        let (n, items) = self.dice.pick(&self.items).clone();
        let from = self.dice.below(self.inspectors.len() - 1);
        let team = [self.inspectors[from].clone(), self.inspectors[from + 1].clone()];
        self.inspections += 1;
        let id = InspectionId::new(format!("B{:06}", self.inspections)).unwrap();
        let (uscc, officer) = (self.firm(), officer(n));
        let event = DirectInspectionOpened {
            inspection: id.clone(),
            uscc,
            items: items.clone(),
            cause: DirectCause::ALL.iter().copied().find(|cause| *cause != DirectCause::Other),
            basis: Some(Bytes32(self.dice.bytes())),
            reason: text(""),
            team: team.iter().map(|(id, _)| id.clone()).collect(),
        };
        if self.say(officer.clone(), event) {
            let items = items.into_iter().collect();
            self.visits.push(Visit { id, officer, team, items, step: 0 });
        }
    }

    /// The next step; false after the last one.
    fn step(&mut self, visit: &mut Visit) -> bool {
        let (now, inspection) = (self.year.ledger.now, visit.id.clone());
        let [one, other] = visit.team.each_ref().map(|(_, author)| author.clone());
        let after = visit.step.saturating_sub(2);
        let (author, event): (Author, Event) = match visit.step {
            0 => {
                let visit_on = days::from_day(days::day_at(now) + 2);
                (one, NoticeServed { inspection, visit_on, occurred_at: now }.into())
            }
            1 => (other, InspectionStarted { inspection, occurred_at: now }.into()),
            _ if after < visit.items.len() => {
                let (item, outcome) = (visit.items[after].clone(), self.outcome());
                (one, ItemResultConfirmed { inspection, item, outcome }.into())
            }
            _ => match after - visit.items.len() {
                0 => (one, concluded(inspection, now)),
                1 => (other, concluded(inspection, now)),
                2 => (one, report(&inspection).into()),
                3 => {
                    let (method, legal_basis) = (ServiceMethod::ALL[0], text(""));
                    (visit.officer.clone(), FeedbackDispatched { inspection, method, legal_basis }.into())
                }
                4 => {
                    let event = FeedbackDelivered { inspection, occurred_at: now, receipt_ref: text("Q") };
                    (visit.officer.clone(), event.into())
                }
                5 => {
                    let (channel, receipt_ref) = (Channel::ALL[0], text("N-1"));
                    let event = ResultPublished { inspection, channel, receipt_ref };
                    (cast().of(Role::Publisher).into(), event.into())
                }
                _ => return self.comment(visit),
            },
        };
        visit.step += usize::from(self.say(author, event));
        true
    }

    /// What needs no handling.
    fn outcome(&mut self) -> ItemOutcome {
        use ItemOutcome::{Corrected, OtherViolation, PendingHandling};
        let violation =
            |outcome: &ItemOutcome| matches!(outcome, PendingHandling | OtherViolation | Corrected);
        let other: Vec<_> = ItemOutcome::ALL.iter().copied().filter(|outcome| !violation(outcome)).collect();
        *self.dice.pick(&other)
    }

    /// One in four comments; then the time for it runs.
    fn comment(&mut self, visit: &Visit) -> bool {
        if self.dice.chance(25) {
            let comment = CommentId::new(format!("C-{}", visit.id)).unwrap();
            let (occurred_at, text) = (self.year.ledger.now, Bytes32(self.dice.bytes()));
            let event =
                CommentReceived { inspection: visit.id.clone(), comment, occurred_at, text, consent: true };
            self.say(cast().of(Role::Coordinator).into(), event);
        }
        let today = days::day_at(self.year.ledger.now);
        self.delivered.push_back((today, visit.id.clone(), visit.officer.clone()));
        false
    }

    /// Answers and closes the first one whose time for comments is over.
    fn close(&mut self) {
        let over = days::day_at(self.year.ledger.now) - COMMENTS_OVER;
        if self.delivered.front().is_none_or(|(day, ..)| *day >= over) {
            return;
        }
        let Some((_, inspection, officer)) = self.delivered.pop_front() else { return };
        let comment = CommentId::new(format!("C-{inspection}")).unwrap();
        if self.year.ledger.state.comments.contains_key(&comment) {
            let event = CommentAnswered { comment, summary: text("summary"), answer: text("answer") };
            self.say(cast().of(Role::Coordinator).into(), event);
        }
        self.say(officer, InspectionClosed { inspection });
    }
}

fn registrar() -> Author {
    cast().of(Role::Registrar).into()
}

fn concluded(inspection: InspectionId, now: lotbook_chain::Instant) -> Event {
    InspectionConcluded { inspection, occurred_at: now, on_site_ended_at: now }.into()
}
