//! A random year: time passes, what is scheduled is stated, and somebody does one of the things that
//! could be done now; one act in ten is wrong on purpose.

use super::cast::{Person, cast};
use super::days::{self, day_at};
use super::dice::Dice;
use super::ledger::{Author, Ledger, founded};
use super::office::{Scheduled, schedule};
use lotbook_chain::{Instant, KeyId};
use lotbook_domain::ceremony::Stage;
use lotbook_event::{Code, DrawId, Event, InspectorId};
use lotbook_verifier::Verifier;
use std::collections::BTreeMap;

/// Most steps of a year.
const STEPS: usize = 150;
/// Last day of the play, counted from the founding on 2025-12-20: 2027-03-06.
const LAST_DAY: i64 = 441;
/// Days of the disclosure: from 2027-01-20 on.
const EPILOGUE: i64 = 396;

/// One thing that could be done now.
pub struct Choice {
    pub weight: usize,
    pub author: Author,
    pub event: Event,
    /// Refusals that the model cannot rule out.
    pub may: &'static [Code],
}

/// A year being played.
pub struct Year {
    pub seed: u64,
    pub dice: Dice,
    pub ledger: Ledger,
    /// Has read the entries of the founding.
    pub verifier: Verifier,
    pub founding: usize,
    /// Secrets of ceremonies.
    pub secrets: BTreeMap<(DrawId, KeyId), [u8; 32]>,
    /// How often each code refused something.
    pub refusals: BTreeMap<&'static str, usize>,
    pub acts: Vec<String>,
    agenda: std::vec::IntoIter<Scheduled>,
    next: Option<Scheduled>,
    names: u32,
}

impl Drop for Year {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the year of seed {}:\n{}", self.seed, self.acts.join("\n"));
        }
    }
}

impl Year {
    /// Plays the year of a seed.
    pub fn play(seed: u64) -> Self {
        let (ledger, verifier) = founded(days::begin(FOUNDED).plus_seconds(36_000));
        let mut dice = Dice::new(seed);
        let mut agenda = schedule(&mut dice).into_iter();
        let next = agenda.next();
        let mut year = Self {
            seed,
            dice,
            founding: ledger.entries.len(),
            ledger,
            verifier,
            secrets: BTreeMap::new(),
            refusals: BTreeMap::new(),
            acts: vec![],
            agenda,
            next,
            names: 0,
        };
        year.ledger.wait(600);
        let mut steps = 0;
        while year.day() < LAST_DAY && steps < STEPS {
            year.step();
            steps += 1;
        }
        while year.day() < LAST_DAY {
            year.epilogue();
        }
        year
    }

    /// Days since the founding.
    pub fn day(&self) -> i64 {
        day_at(self.ledger.now) - FOUNDED
    }

    fn step(&mut self) {
        self.pass_time();
        self.keep_to_schedule();
        if self.dice.chance(10) && self.wrong() {
            return;
        }
        let choices = self.choices();
        match self.choose(choices) {
            Some(choice) => self.act(choice),
            None => {
                let days = i64::from(self.dice.within(1, 12));
                self.wait(days * 86_400);
            }
        }
    }

    /// Long waits, and what belongs to the end of the year.
    fn epilogue(&mut self) {
        let days =
            if self.day() < EPILOGUE { EPILOGUE - self.day() } else { i64::from(self.dice.within(3, 15)) };
        let seconds = i64::from(self.dice.within(0, 9_000));
        self.wait(days * 86_400 + seconds);
        self.keep_to_schedule();
        for _ in 0..self.dice.below(4) {
            if self.dice.chance(10) && self.wrong() {
                continue;
            }
            if self.dice.chance(8) && self.incomplete() {
                continue;
            }
            let choices = self.closing_choices();
            if let Some(choice) = self.choose(choices) {
                self.act(choice);
            }
        }
    }

    fn pass_time(&mut self) {
        let busy = self
            .ledger
            .state
            .ceremonies
            .values()
            .any(|c| matches!(c.stage, Stage::Committing | Stage::Revealing));
        let seconds = match self.dice.below(100) {
            _ if busy && self.dice.chance(96) => i64::from(self.dice.within(10, 600)),
            0..55 => i64::from(self.dice.within(1, 2_400)),
            55..85 => i64::from(self.dice.within(3_600, 120_000)),
            85..97 => i64::from(self.dice.within(1, 9)) * 86_400,
            _ => i64::from(self.dice.within(9, 30)) * 86_400,
        };
        self.wait(seconds);
    }

    pub fn wait(&mut self, seconds: i64) {
        self.ledger.wait(seconds);
    }

    /// Everything up to today that was scheduled.
    fn keep_to_schedule(&mut self) {
        while self.next.as_ref().is_some_and(|next| next.day <= self.day()) {
            let Some(Scheduled { author, event, .. }) = self.next.take() else { return };
            self.act(Choice { weight: 1, author, event, may: &[Code::ItemNotPublished] });
            self.next = self.agenda.next();
        }
    }

    fn choose(&mut self, mut choices: Vec<Choice>) -> Option<Choice> {
        let sum: usize = choices.iter().map(|choice| choice.weight).sum();
        let mut ticket = self.dice.below(sum.max(1));
        let place = choices.iter().position(|choice| {
            let here = ticket < choice.weight;
            ticket = ticket.wrapping_sub(choice.weight);
            here
        });
        place.map(|place| choices.swap_remove(place))
    }

    /// Acts; what the model holds for possible must be accepted.
    fn act(&mut self, choice: Choice) {
        let Choice { author, event, may, .. } = choice;
        let what = self.told(&author, &event);
        if let Err(refusal) = self.submit(&author, event) {
            assert!(may.contains(&refusal.code), "{what}\nwas refused: {refusal}");
        }
    }

    /// States something, whether or not it is right.
    pub fn submit(&mut self, author: &Author, event: Event) -> Result<(), lotbook_event::Refusal> {
        let what = self.told(author, &event);
        self.acts.push(what);
        let done = self.ledger.submit(author, event);
        if let Err(refusal) = &done {
            *self.refusals.entry(refusal.code.as_str()).or_default() += 1;
            self.acts.push(format!("    refused: {refusal}"));
        }
        done
    }

    fn told(&self, author: &Author, event: &Event) -> String {
        format!("{:>4} day {:>3} {}: {event:?}", self.ledger.state.head.size, self.day(), author.person.name)
    }

    /// A name that is used once.
    pub fn name(&mut self, letter: &str) -> String {
        self.names += 1;
        format!("{letter}{:03}", self.names)
    }

    pub fn now(&self) -> Instant {
        self.ledger.now
    }

    /// An instant between another one and now.
    pub fn since(&mut self, from: Instant) -> Instant {
        let span = u32::try_from((self.now().0 - from.0) / days::SECOND).unwrap_or(0);
        let back = if self.dice.chance(70) { span.min(3_000) } else { span.min(400_000) };
        Instant(self.now().0 - i64::from(self.dice.within(0, back)) * days::SECOND)
    }

    /// Whether an inspector may act today.
    pub fn able(&self, inspector: &InspectorId) -> bool {
        let row = self.ledger.state.inspectors.get(inspector).map(|record| &record.row);
        let today = day_at(self.now());
        row.is_some_and(|row| {
            row.duty == lotbook_event::registry::Duty::Active
                && days::day(row.certificate_valid_until) >= today
        })
    }

    /// The person who stands for an inspector or an enterprise, if their key is alive.
    pub fn standing_for(&self, subject: &str) -> Option<&'static Person> {
        let person = cast().standing_for(subject)?;
        self.ledger.state.keys.get(&person.id).is_some_and(|key| key.revoked.is_none()).then_some(person)
    }

    /// A member of a team who may sign today.
    pub fn signer(&mut self, team: &[InspectorId]) -> Option<Author> {
        let able: Vec<_> = team.iter().filter(|id| self.able(id)).collect();
        if able.is_empty() {
            return None;
        }
        let one = *self.dice.pick(&able);
        self.standing_for(one.as_str()).map(Author::from)
    }
}

/// 2025-12-20 as a day.
const FOUNDED: i64 = 20_442;

#[test]
fn the_founding_is_on_the_day_it_says() {
    assert_eq!(days::from_day(FOUNDED).to_string(), "2025-12-20");
}
