//! A ledger in memory: the engine's writer without a store, a thread or an answer.

use super::cast::{Person, cast, raw};
use lotbook_chain::sign::{possession_message, statement_message};
use lotbook_chain::{Entry, EntryHash, Instant, KeyId, LedgerId, Position, Sealed, Signature, VerifierKey};
use lotbook_domain::decide::DecideError;
use lotbook_domain::{DECIDE_VERSION, Keys, evolve, next_due};
use lotbook_domain::{Rejection, SignedStatement, State, authenticate, consequences, decide, derive};
use lotbook_event::keys::{KeyConfirmed, KeyRegistered, LedgerCreated, Role};
use lotbook_event::oversight::{RefusalCount, RefusalsCounted, StatementRefused};
use lotbook_event::{Code, Event, Refusal, SectionId, Statement, StatementId, Text};
use lotbook_verifier::Verifier;
use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Origin of every ledger here.
pub const ORIGIN: &str = "years.example/log";

/// Who states something, and as what.
#[derive(Clone)]
pub struct Author {
    pub person: &'static Person,
    pub role: Role,
    pub section: Option<SectionId>,
}

impl From<&'static Person> for Author {
    fn from(person: &'static Person) -> Self {
        Self { person, role: person.role, section: person.section.clone() }
    }
}

/// The ledger.
#[derive(Clone, Default)]
pub struct Ledger {
    pub state: State,
    pub entries: Vec<Vec<u8>>,
    pub now: Instant,
    /// The position after which the subject of the next statement must not have changed.
    pub expecting: Option<Position>,
    /// Every refused statement: after how many entries, and why.
    pub refused: Vec<(Position, SignedStatement, Code)>,
    ids: u128,
    /// Refusals beyond the limit of a key and hour, until they are stated.
    counted: BTreeMap<(KeyId, Instant), BTreeMap<&'static str, u64>>,
}

impl Ledger {
    /// States an event; a refusal is recorded.
    pub fn submit(&mut self, author: &Author, event: impl Into<Event>) -> Result<(), Refusal> {
        self.settle();
        let event = event.into();
        let name = event.name();
        self.ids += 1;
        let statement = Statement {
            id: StatementId(self.ids.to_be_bytes()),
            stated_at: self.now,
            role: author.role,
            section: author.section.clone(),
            expected_position: self.expecting.take(),
            event,
        };
        let statement = statement.encode();
        let signature = author.person.key.sign(&statement_message(self.state.ledger(), &statement));
        let signed = SignedStatement { statement, key_id: author.person.id, signature };
        let authentic = match authenticate(&self.state, &signed) {
            Ok(authentic) => authentic,
            Err(Rejection::Refused { refusal, event }) => return self.refuse(&signed, event, refusal),
            Err(Rejection::NotAuthentic(refusal)) => return Err(refusal),
            Err(other) => panic!("{other}"),
        };
        let sealed = self.seal(signed.statement.clone(), signed.key_id, signature, authentic);
        match decide(&self.state, &sealed, Keys::Verifier) {
            Ok(derived) => {
                self.append(&sealed);
                self.append_derived(sealed.hash, derived);
                Ok(())
            }
            Err(DecideError::Refused(refusal)) => self.refuse(&signed, name, refusal),
            Err(DecideError::Fault(fault)) => panic!("{fault}"),
        }
    }

    /// Time passes, and what is due is stated.
    pub fn wait(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
        self.settle();
    }

    fn settle(&mut self) {
        while let Some(due) = next_due(&self.state, self.now) {
            let sealed = self.seal_derived(self.state.head.hash, 0, due.event);
            let derived = consequences(&self.state, &sealed, Keys::Verifier).unwrap();
            self.append(&sealed);
            self.append_derived(sealed.hash, derived);
        }
        self.state_counts();
    }

    /// The counts of every hour that is over.
    fn state_counts(&mut self) {
        let over = |(_, hour): &&(KeyId, Instant)| hour.plus_seconds(3_600) <= self.now;
        let hours: Vec<_> = self.counted.keys().filter(over).copied().collect();
        for (author, hour) in hours {
            let counts = self.counted.remove(&(author, hour)).unwrap_or_default();
            let row = |(code, count)| RefusalCount { code: Text::new(code).unwrap(), count };
            let refusals = counts.into_iter().map(row).collect();
            let event = RefusalsCounted { author, hour, refusals };
            let sealed = self.seal_derived(self.state.head.hash, 0, event.into());
            self.append(&sealed);
        }
    }

    fn refuse(&mut self, signed: &SignedStatement, event: &str, refusal: Refusal) -> Result<(), Refusal> {
        self.refused.push((Position(self.state.head.size), signed.clone(), refusal.code));
        if !self.state.refusals.has_room(&signed.key_id, self.now) {
            let hour = self.now.0 - self.now.0.rem_euclid(3_600 * Instant::SECOND);
            let codes = self.counted.entry((signed.key_id, Instant(hour))).or_default();
            *codes.entry(refusal.code.as_str()).or_default() += 1;
            return Err(refusal);
        }
        let recorded = StatementRefused {
            author: signed.key_id,
            event: Text::new(event).unwrap(),
            code: Text::new(refusal.code.as_str()).unwrap(),
            article: refusal.code.article(),
            statement_hash: lotbook_chain::StatementHash::of(&signed.statement),
        };
        let sealed = self.seal_derived(self.state.head.hash, 0, recorded.into());
        self.append(&sealed);
        Err(refusal)
    }

    fn append_derived(&mut self, cause: EntryHash, derived: Vec<Event>) {
        for (index, event) in (0..).zip(derived) {
            let sealed = self.seal_derived(cause, index, event);
            self.append(&sealed);
        }
    }

    fn seal_derived(&self, cause: EntryHash, index: u64, event: Event) -> Sealed<Statement> {
        let statement = derive(cause, index, self.now, event);
        let bytes = statement.encode();
        assert_eq!(Statement::decode(&bytes).as_ref(), Ok(&statement), "what is derived can be read back");
        let system = &cast().system;
        let signature = system.sign(&statement_message(self.state.ledger(), &bytes));
        self.seal(bytes, system.public().key_id(), signature, statement)
    }

    fn seal<B>(&self, statement: Vec<u8>, author: KeyId, signature: Signature, body: B) -> Sealed<B> {
        let (position, previous) = (Position(self.state.head.size), self.state.head.hash);
        let entry = Entry { position, recorded_at: self.now, previous, author, signature, statement };
        Sealed::seal(entry, body).unwrap()
    }

    fn append<B: Borrow<Statement>>(&mut self, sealed: &Sealed<B>) {
        evolve(&mut self.state, sealed);
        self.entries.push(sealed.bytes.clone());
    }

    /// Registers a person in a role, and the leader confirms it.
    pub fn register(&mut self, person: &'static Person, role: Role, section: Option<SectionId>) {
        let public = person.key.public();
        let place = section.as_ref().map_or("", SectionId::as_str);
        let possession = possession_message(self.state.ledger(), &public, role.code(), place);
        let event = KeyRegistered {
            public_key: raw(&person.key),
            role,
            section: section.clone(),
            person: Text::new(person.name.as_str()).unwrap(),
            nominated_by: Text::new(format!("body of {}", person.name)).unwrap(),
            subject: Text::new(person.subject.as_str()).unwrap(),
            possession: person.key.sign(&possession),
        };
        self.submit(&cast().of(Role::Administrator).into(), event).unwrap();
        let confirmed = KeyConfirmed { key_id: person.id, role, section };
        self.submit(&cast().of(Role::OfficeLeader).into(), confirmed).unwrap();
    }

    fn created(at: Instant) -> Self {
        let mut ledger = Self { now: at, ..Self::default() };
        let (cast, text) = (cast(), |text: &str| Text::new(text).unwrap());
        let created = LedgerCreated {
            origin: text(ORIGIN),
            office_name: text("office of a random year"),
            office_uscc: cast.firms[0].clone(),
            system_key: raw(&cast.system),
            checkpoint_vkey: text(&VerifierKey::new(ORIGIN, cast.checkpoint.public()).unwrap().to_string()),
            administrator_key: raw(&cast.of(Role::Administrator).key),
            leader_key: raw(&cast.of(Role::OfficeLeader).key),
            rule_set_id: text("R1"),
            decide_version: DECIDE_VERSION,
            simulated_clock: true,
        };
        let statement = Statement {
            id: StatementId([0; 16]),
            stated_at: at,
            role: Role::System,
            section: None,
            expected_position: None,
            event: created.into(),
        };
        let bytes = statement.encode();
        let signature = cast.system.sign(&statement_message(LedgerId::ZERO, &bytes));
        let sealed = ledger.seal(bytes, cast.system.public().key_id(), signature, statement);
        ledger.append(&sealed);
        ledger
    }
}

/// A ledger with its sections and everybody's key, and the verifier that has read it: the same for all
/// years, so it is made and verified once.
pub fn founded(at: Instant) -> (Ledger, Verifier) {
    static FOUNDED: OnceLock<(Ledger, Verifier)> = OnceLock::new();
    let made = FOUNDED.get_or_init(|| {
        let mut ledger = Ledger::created(at);
        let sections = super::office::sections();
        ledger.submit(&cast().of(Role::Administrator).into(), sections).unwrap();
        for person in &cast().people {
            if !matches!(person.role, Role::Administrator | Role::OfficeLeader) {
                ledger.register(person, person.role, person.section.clone());
            }
        }
        let mut verifier = Verifier::default();
        ledger.entries.iter().for_each(|entry| verifier.entry(entry).unwrap());
        (ledger, verifier)
    });
    made.clone()
}
