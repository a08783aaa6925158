//! One batch: somebody does something, honest or not, or time passes, until it is drawn or nobody goes on. Every
//! answer is compared with the model's, and so is the ledger after it.

use super::super::league;
use super::base::{Base, draw, opening, operator};
use super::counts::Counts;
use super::model::{Attempt, Batch, Hash, Said, Stage, commitment};
use crate::years::dice::Dice;
use crate::years::{Author, Ledger, cast};
use lotbook_domain::State;
use lotbook_domain::ceremony::Stage as Held;
use lotbook_event::ceremony::{BeaconRecorded, FailureCode, SeedCommitted, SeedRevealed};
use lotbook_event::{BeaconSignature, Bytes32, Event};
use lotbook_verifier::Expectations;
use std::collections::BTreeMap;

/// Most steps of one batch.
const STEPS: usize = 90;

pub struct Play {
    ledger: Ledger,
    batch: Batch,
    dice: Dice,
    /// The secret of everybody who has made one, by attempt.
    secrets: BTreeMap<(usize, Hash), Hash>,
}

impl Play {
    pub fn new(base: &Base, seed: u64) -> Self {
        let batch = Batch { seats: base.seats.clone(), rules: base.rules, attempts: vec![] };
        Self { ledger: base.ledger.clone(), batch, dice: Dice::new(seed), secrets: BTreeMap::new() }
    }

    pub fn play_to_the_end(&mut self, counts: &mut Counts) {
        for _ in 0..STEPS {
            match self.dice.below(20) {
                0..4 => self.wait(),
                4..7 => self.open(counts),
                _ => self.say(counts),
            }
            if self.batch.attempts.last().is_some_and(|last| last.stage == Stage::Drawn)
                && self.dice.chance(30)
            {
                break;
            }
        }
        for (number, attempt) in (1..).zip(&self.batch.attempts) {
            counts.add(end(attempt, self.batch.rules.3.is_some()));
            if number > 1 && attempt.stage == Stage::Drawn {
                counts.add("drawn after a retry");
            }
        }
    }

    /// The verifier decides all of it again, and comes to the same ends.
    pub fn is_verified(&self, base: &Base) {
        let mut verifier = base.verifier.clone();
        for entry in &self.ledger.entries[base.ledger.entries.len()..] {
            verifier.entry(entry).unwrap_or_else(|found| panic!("{found}"));
        }
        agrees(verifier.state(), &self.batch);
        verifier.finish(None, &Expectations::default()).unwrap();
    }

    fn now(&self) -> i64 {
        self.ledger.now.0
    }

    /// A moment, a part of a window, or up to a deadline, a second before or after it.
    fn wait(&mut self) {
        let until = self.batch.attempts.last().map(|last| match last.stage {
            Stage::Committing => last.until.0,
            Stage::Revealing => last.until.1,
            Stage::Closed | Stage::Drawn | Stage::Failed(_) => self.now() + 3_600_000_000,
        });
        let left = until.map_or(3_600, |until| (until - self.now()) / 1_000_000).max(0);
        let closed = self.batch.attempts.last().is_some_and(|last| last.stage == Stage::Closed);
        let seconds = match self.dice.below(10) {
            0..5 if closed => 90_000,
            0..5 => 60,
            5 => (left - 1).max(0),
            6 => left,
            7 => left + 1,
            8 => left / 2,
            _ => 90_000,
        };
        self.pass(seconds);
    }

    fn pass(&mut self, seconds: i64) {
        self.ledger.wait(seconds);
        let now = self.now();
        if let Some(last) = self.batch.attempts.last_mut() {
            last.pass(now);
        }
        self.agrees();
    }

    fn open(&mut self, counts: &mut Counts) {
        self.pass(1);
        let number = self.batch.attempts.len() + 1;
        let ended = number.checked_sub(1).and_then(|last| self.ledger.state.ceremonies.get(&draw(last)));
        let terminal = ended.and_then(|held| held.terminal).map(|hash| hash.0);
        let (stated, linked) = match self.dice.below(8) {
            0 => (number + 1, true),
            1 if number > 1 => (number, false),
            _ => (number, true),
        };
        let previous = if linked { terminal } else { Some([7; 32]) };
        let expected = self.batch.open(self.now(), stated, linked);
        let answer = self.ledger.submit(&operator(), opening(stated, previous));
        let said = expected.as_ref().err().copied();
        assert_eq!(answer.err().map(|refusal| refusal.code.as_str()), said, "opening {stated}");
        counts.add(said.unwrap_or("accepted"));
        if said == Some("WRONG_PHASE") {
            counts.add("no attempt without a beacon after two failures");
        }
        if let Ok(seats) = expected {
            let p = self.ledger.state.ceremonies[&draw(number)].frozen.as_ref().unwrap().p.0;
            let now = self.now();
            self.batch.attempts.push(Attempt::new(p, now, seats, self.batch.rules));
        }
        self.agrees();
    }

    /// Somebody says something about the newest attempt.
    fn say(&mut self, counts: &mut Counts) {
        let Some(last) = self.batch.attempts.last() else { return };
        let (author, said, event) = match (last.stage, self.dice.below(10)) {
            (Stage::Committing, 0..8) | (_, 8) => self.commit(),
            (Stage::Closed | Stage::Drawn, 0..8) => self.beacon(),
            (_, 0) => self.beacon(),
            _ => self.reveal(),
        };
        self.pass(1);
        let now = self.now();
        let Some(last) = self.batch.attempts.last_mut() else { return };
        let expected = last.say(now, author.person.id.0, &said);
        let answer = self.ledger.submit(&author, event);
        let found = answer.as_ref().err().map(|refusal| refusal.code.as_str());
        assert_eq!(found, expected.err(), "{answer:?}");
        counts.add(expected.err().unwrap_or("accepted"));
        self.agrees();
    }

    /// A participant, mostly one whose turn it is; sometimes anybody.
    fn somebody(&mut self, wanted: impl Fn(&Attempt, &Hash) -> bool) -> Author {
        let last = self.batch.attempts.last().unwrap();
        let turn: Vec<Hash> = last.seats.keys().filter(|key| wanted(last, key)).copied().collect();
        let anybody = turn.is_empty() || self.dice.chance(15);
        let people: Vec<_> = cast().people.iter().filter(|p| anybody || turn.contains(&p.id.0)).collect();
        (*self.dice.pick(&people)).into()
    }

    fn secret(&mut self, who: Hash) -> Hash {
        let fresh = self.dice.bytes();
        *self.secrets.entry((self.batch.attempts.len(), who)).or_insert(fresh)
    }

    fn commit(&mut self) -> (Author, Said, Event) {
        let author = self.somebody(|last, key| !last.commitments.contains_key(key));
        let who = author.person.id.0;
        let secret = self.secret(who);
        let last = self.batch.attempts.last().unwrap();
        let copied = last.commitments.values().next().copied();
        let value = match (self.dice.below(12), copied) {
            (0, Some(copied)) => copied,
            (1, _) => self.dice.bytes(),
            _ => commitment(&last.p, &who, &secret),
        };
        let event = SeedCommitted { draw: draw(self.batch.attempts.len()), commitment: Bytes32(value) };
        (author, Said::Commit(value), event.into())
    }

    fn reveal(&mut self) -> (Author, Said, Event) {
        let open = |last: &Attempt, key: &Hash| last.missing().contains(key);
        let author = self.somebody(open);
        let mut secret = self.secret(author.person.id.0);
        let number = self.batch.attempts.len();
        let mut sealed = self.batch.attempts[number - 1].sealed;
        match self.dice.below(12) {
            0 => secret[31] ^= 1,
            1 => sealed[0] ^= 1,
            2 if number > 1 => sealed = self.batch.attempts[number - 2].sealed,
            _ => {}
        }
        let event = SeedRevealed {
            draw: draw(number),
            sealed: lotbook_chain::EntryHash(sealed),
            secret: Bytes32(secret),
        };
        (author, Said::Reveal { sealed, secret }, event.into())
    }

    fn beacon(&mut self) -> (Author, Said, Event) {
        let author = self.somebody(|_, _| true);
        let last = self.batch.attempts.last().unwrap();
        let mut round = last.round().unwrap_or(7);
        let mut chain = league::chain().chain_hash.0;
        match self.dice.below(8) {
            0 => round += 1,
            1 => round -= 1,
            2 => chain[5] ^= 1,
            _ => {}
        }
        let genuine = self.dice.chance(80);
        let signature = if genuine { league::sign(round) } else { league::sign(round + 5) };
        let event = recorded(self.batch.attempts.len(), chain, round, signature);
        (author, Said::Beacon { chain, round, genuine }, event)
    }

    /// Tells the model what only the ledger can say, and compares everything else.
    fn agrees(&mut self) {
        for (number, attempt) in (1..).zip(&mut self.batch.attempts) {
            let held = &self.ledger.state.ceremonies[&draw(number)];
            attempt.sealed = held.sealed.unwrap_or_default().0;
        }
        agrees(&self.ledger.state, &self.batch);
    }
}

fn recorded(attempt: usize, chain: Hash, round: u64, signature: BeaconSignature) -> Event {
    BeaconRecorded { draw: draw(attempt), chain_hash: Bytes32(chain), round, signature }.into()
}

/// The ceremonies of a state are as far as the model says, with the same people.
fn agrees(state: &State, batch: &Batch) {
    for (number, attempt) in (1..).zip(&batch.attempts) {
        let held = &state.ceremonies[&draw(number)];
        assert_eq!(stage(held.stage, held.failed), attempt.stage, "attempt {number}");
        assert!(held.commitments.keys().map(|key| &key.0).eq(attempt.commitments.keys()));
        assert!(held.reveals.keys().map(|key| &key.0).eq(attempt.reveals.iter()));
        assert_eq!(held.completed.is_some(), attempt.stage == Stage::Drawn);
    }
    assert!(!state.ceremonies.contains_key(&draw(batch.attempts.len() + 1)));
}

fn stage(held: Held, failed: Option<FailureCode>) -> Stage {
    match held {
        Held::Committing => Stage::Committing,
        Held::Revealing => Stage::Revealing,
        Held::Closed => Stage::Closed,
        Held::Drawn => Stage::Drawn,
        Held::Failed => Stage::Failed(failed.map_or("nothing", FailureCode::code)),
        Held::Voided => panic!("nobody voids a draw here"),
    }
}

/// How an attempt ended, for the counts.
fn end(attempt: &Attempt, beacon: bool) -> &'static str {
    match attempt.stage {
        Stage::Drawn if beacon && !attempt.missing().is_empty() => "drawn with a beacon and without a reveal",
        Stage::Drawn if beacon => "drawn with a beacon",
        Stage::Drawn => "drawn without a beacon",
        Stage::Failed(code) => code,
        Stage::Committing | Stage::Revealing | Stage::Closed => "not ended",
    }
}
