//! The forger: re-makes a log with perfect hashes and signatures around what a case changes.

use super::played::{Played, played};
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::sign::statement_message;
use lotbook_chain::{
    Checkpoint, Entry, EntryHash, Frontier, Instant, Position, Sealed, Signature, SigningKey,
};
use lotbook_domain::{Keys, State, consequences, derive, evolve, next_due};
use lotbook_event::{Event, Statement};
use lotbook_verifier::{Check, Expectations, Finding, Verdict, Verifier};
use std::collections::VecDeque;

/// Changes an entry whose header is known.
type Build = fn(&Played, &mut Entry);

/// What a case does with an entry, named by its position in the true log.
pub enum Act {
    /// It stays: a person's statement as it is, what the ledger states as the rules would now have it.
    Keep,
    /// It is not there.
    Drop,
    /// The ledger states this instead.
    Say(Event),
    /// It is recorded at another time.
    At(Instant),
    /// The ledger states this before it, at the same time.
    Before(Event),
    /// The entry is built by hand, when its header is known.
    Build(Build),
    /// It is signed by this key, in its own name.
    As(SigningKey),
    /// Its event is this one instead, signed by this key in its own name.
    Restate(Event, Box<SigningKey>),
}

/// A log made anew.
pub struct Forged {
    /// The true log.
    played: &'static Played,
    pub entries: Vec<Vec<u8>>,
    /// Where each entry stands in the true log.
    origins: Vec<usize>,
    /// Signed by the ledger's own key over the forged tree.
    pub note: String,
}

/// Re-makes the log in its order; `act` says what is done with each entry, and sees what the ledger
/// would state there.
pub fn forge(act: impl FnMut(usize, &Event) -> Act) -> Forged {
    reorder(0..played().entries.len(), act)
}

/// Re-makes the log in another order.
pub fn reorder(order: impl IntoIterator<Item = usize>, act: impl FnMut(usize, &Event) -> Act) -> Forged {
    reorder_of(played(), order, act)
}

/// Re-makes any log in another order.
pub fn reorder_of(
    played: &'static Played,
    order: impl IntoIterator<Item = usize>,
    mut act: impl FnMut(usize, &Event) -> Act,
) -> Forged {
    let mut forger = Forger {
        played,
        state: State::default(),
        entries: vec![],
        origins: vec![],
        at: 0,
        queue: VecDeque::new(),
        cause: EntryHash::ZERO,
        index: 0,
    };
    for position in order {
        forger.take(position, &mut act);
    }
    forger.sign()
}

struct Forger {
    played: &'static Played,
    state: State,
    entries: Vec<Vec<u8>>,
    origins: Vec<usize>,
    /// Where the true log is read.
    at: usize,
    /// What follows from the last cause by rule.
    queue: VecDeque<Event>,
    cause: EntryHash,
    index: u64,
}

impl Forger {
    fn take(&mut self, position: usize, act: &mut impl FnMut(usize, &Event) -> Act) {
        let (entry, statement) = &self.played.decoded[position];
        self.at = position;
        if position == 0 {
            return self.append(entry.clone(), statement.clone());
        }
        if self.played.is_derived(position) {
            return self.derived(position, entry.recorded_at, act);
        }
        self.queue.clear();
        let mut entry = self.follow(entry.clone());
        match act(position, &statement.event) {
            Act::Keep => {}
            Act::Drop => return,
            Act::Say(event) => return self.out_of_nothing(event, entry.recorded_at),
            Act::Before(event) => {
                self.out_of_nothing(event, entry.recorded_at);
                entry = self.follow(entry);
            }
            Act::At(at) => entry.recorded_at = at,
            Act::Build(build) => build(self.played, &mut entry),
            Act::As(key) => {
                entry.author = key.public().key_id();
                entry.signature = signature_of(self.played, &entry, &key);
            }
            Act::Restate(event, key) => {
                let statement = Statement { event, ..statement.clone() };
                entry.statement = statement.encode();
                entry.author = key.public().key_id();
                entry.signature = signature_of(self.played, &entry, &key);
                return self.append(entry, statement);
            }
        }
        self.append(entry, statement.clone());
    }

    /// What the ledger states here now: what follows, what is due, a refusal; or nothing at all.
    fn derived(&mut self, position: usize, at: Instant, act: &mut impl FnMut(usize, &Event) -> Act) {
        let follows = self.queue.pop_front();
        let due = || next_due(&self.state, at).map(|due| due.event);
        let original = self.played.event(position);
        let is_refusal = matches!(original, Event::StatementRefused(_) | Event::RefusalsCounted(_));
        let refused = || is_refusal.then(|| original.clone());
        let is_cause = follows.is_none();
        let Some(event) = follows.or_else(due).or_else(refused) else { return };
        if is_cause {
            (self.cause, self.index) = (self.state.head.hash, 0);
        }
        let (event, at, build, appended): (_, _, Option<Build>, _) = match act(position, &event) {
            Act::Keep => (event, at, None, true),
            Act::Drop => (event, at, None, false),
            Act::Say(other) => (other, at, None, true),
            Act::At(at) => (event, at, None, true),
            Act::Build(build) => (event, at, Some(build), true),
            Act::Before(_) | Act::As(_) | Act::Restate(..) => panic!("a case for people's entries only"),
        };
        let statement = derive(self.cause, self.index, at, event);
        let mut entry = self.sealed(&statement);
        if let Some(build) = build {
            build(self.played, &mut entry);
        }
        let (cause, index, queue) = (self.cause, self.index, std::mem::take(&mut self.queue));
        let head = self.state.head.clone();
        self.append(entry, statement);
        if !appended {
            // The ledger goes on as if it had stated it.
            self.state.head = head;
            self.entries.pop();
            self.origins.pop();
        }
        if !is_cause {
            (self.cause, self.index, self.queue) = (cause, index + u64::from(appended), queue);
        }
    }

    fn out_of_nothing(&mut self, event: Event, at: Instant) {
        let statement = derive(self.state.head.hash, 0, at, event);
        let entry = self.sealed(&statement);
        self.append(entry, statement);
    }

    /// A statement of the ledger's own, signed.
    fn sealed(&self, statement: &Statement) -> Entry {
        let mut entry = Entry {
            position: Position(0),
            recorded_at: statement.stated_at,
            previous: EntryHash::ZERO,
            author: self.played.system.public().key_id(),
            signature: Signature([0; 64]),
            statement: statement.encode(),
        };
        entry.signature = signature_of(self.played, &entry, &self.played.system);
        self.follow(entry)
    }

    fn follow(&self, entry: Entry) -> Entry {
        let head = &self.state.head;
        Entry { position: Position(head.size), previous: head.hash, ..entry }
    }

    /// Appends, and takes note of what follows from it by rule.
    fn append(&mut self, entry: Entry, statement: Statement) {
        let sealed = Sealed::seal(entry, statement).unwrap();
        // What the rules refuse has no consequences; the verifier will say so.
        self.queue = consequences(&self.state, &sealed, Keys::Verifier).unwrap_or_default().into();
        (self.cause, self.index) = (sealed.hash, 0);
        evolve(&mut self.state, &sealed);
        self.entries.push(sealed.bytes);
        self.origins.push(self.at);
    }

    fn sign(self) -> Forged {
        let note = checkpoint_of(self.played, &self.entries, &self.played.checkpoint);
        Forged { played: self.played, entries: self.entries, origins: self.origins, note }
    }
}

/// A checkpoint over entries, signed by a key in the name of the ledger.
pub fn checkpoint(entries: &[Vec<u8>], key: &SigningKey) -> String {
    checkpoint_of(played(), entries, key)
}

pub fn checkpoint_of(played: &Played, entries: &[Vec<u8>], key: &SigningKey) -> String {
    let mut tree = Frontier::new();
    entries.iter().for_each(|entry| tree.push(leaf_hash(entry)));
    let checkpoint = Checkpoint { origin: played.origin.clone(), size: tree.size(), root: tree.root() };
    checkpoint.sign(key).unwrap()
}

/// Verifies entries under a checkpoint.
pub fn verify(entries: &[Vec<u8>], note: &str) -> Result<Verdict, Finding> {
    verify_of(played(), entries, note)
}

fn verify_of(played: &Played, entries: &[Vec<u8>], note: &str) -> Result<Verdict, Finding> {
    let sizes = [entries.len() as u64, played.entries.len() as u64];
    let mut verifier = Verifier::new(sizes);
    entries.iter().try_for_each(|entry| verifier.entry(entry))?;
    verifier.finish(Some(note), &Expectations::default())
}

impl Forged {
    /// Where an entry of the true log stands here; the last one, if something was put before it.
    pub fn place(&self, position: usize) -> usize {
        self.origins.iter().rposition(|origin| *origin == position).unwrap()
    }

    /// The verifier must find it at a position, by a check, and say these words.
    pub fn is_found(&self, position: usize, check: Check, words: &[&str]) {
        match verify_of(self.played, &self.entries, &self.note) {
            Ok(_) => panic!("the forgery passes; {check:?} was to find it at {position}"),
            Err(found) => {
                assert_eq!((found.position, found.check), (position as u64, check), "{found}");
                for word in words {
                    assert!(found.what.contains(word), "{word} is not in: {found}");
                }
            }
        }
    }

    /// The verifier must find it at a position, and name the event that is left out there.
    pub fn is_named(&self, position: usize, event: &str) {
        let found = verify_of(self.played, &self.entries, &self.note).map(|_| ()).unwrap_err();
        assert_eq!(found.position, position as u64, "{event}: {found}");
        assert!(matches!(found.check, Check::Derived | Check::Due) && found.what.contains(event), "{found}");
    }

    /// The verifier accepts it.
    pub fn passes(&self) -> Verdict {
        verify_of(self.played, &self.entries, &self.note).unwrap_or_else(|found| panic!("{found}"))
    }
}

/// Does something with one entry, and keeps all others.
pub fn only(position: usize, act: impl FnOnce(&Event) -> Act) -> Forged {
    let mut act = Some(act);
    forge(
        move |at, event| {
            if at == position { act.take().map_or(Act::Keep, |act| act(event)) } else { Act::Keep }
        },
    )
}

/// Drops entries.
pub fn without(positions: &[usize]) -> Forged {
    forge(|at, _| if positions.contains(&at) { Act::Drop } else { Act::Keep })
}

/// A signature of nobody's.
pub fn stranger() -> SigningKey {
    SigningKey::from_seed(&[77; 32])
}

/// The signature of a key over an entry's statement.
pub fn signature(entry: &Entry, key: &SigningKey) -> Signature {
    signature_of(played(), entry, key)
}

fn signature_of(played: &Played, entry: &Entry, key: &SigningKey) -> Signature {
    let ledger = lotbook_chain::entry::entry_hash(&played.entries[0]).into();
    key.sign(&statement_message(ledger, &entry.statement))
}
