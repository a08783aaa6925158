//! The verifier: one entry after the other, against the state of all before it.

use crate::asked::Asked;
use crate::embargo::Sealing;
use crate::finding::{Check, Finding};
use crate::refusal;
use crate::seen::Seen;
use crate::signature::{SignatureCheck, Signer};
use lotbook_chain::{Checkpoint, Entry, EntryError, EntryHash, Instant, KeyId, Policy, Sealed, split_note};
use lotbook_domain::authenticate::{Authentic, admit_decoded, signer};
use lotbook_domain::decide::DecideError;
use lotbook_domain::genesis::GenesisError;
use lotbook_domain::{Genesis, Keys, Rejection, State, consequences, decide, derive, evolve, next_due};
use lotbook_event::statement::DecodeError;
use lotbook_event::{Event, Statement};
use std::borrow::Borrow;
use std::collections::{BTreeMap, VecDeque};

/// A derived entry that must come next.
#[derive(Debug, Clone)]
struct Expected {
    cause: EntryHash,
    index: u64,
    recorded_at: Instant,
    event: Event,
}

/// Re-decides a log from genesis on.
#[derive(Debug, Clone, Default)]
pub struct Verifier {
    pub(crate) state: State,
    /// The key of the ledger's own statements; `None` before genesis.
    system: Option<KeyId>,
    expected: VecDeque<Expected>,
    pub(crate) seen: Seen,
    pub(crate) events: BTreeMap<&'static str, u64>,
    pub(crate) stated: u64,
    pub(crate) derived: u64,
    pub(crate) asked: Asked,
    pub(crate) sealed: Sealing,
}

type Checked = Result<(), Finding>;

/// Why bytes are not an entry with a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error(transparent)]
    Entry(#[from] EntryError),
    #[error(transparent)]
    Statement(#[from] DecodeError),
}

/// Everything about an entry that depends on its bytes alone: decoded strictly, and hashed.
pub(crate) fn read(bytes: Vec<u8>) -> Result<Sealed<Statement>, Unreadable> {
    Sealed::open(bytes, |entry: &Entry| Ok(Statement::decode(&entry.statement)?))
}

impl Verifier {
    /// A verifier that will be asked about the roots at these sizes (those of signed checkpoints).
    pub fn new(sizes: impl IntoIterator<Item = u64>) -> Self {
        let mut asked = Asked::default();
        sizes.into_iter().for_each(|size| asked.size(size));
        Self { asked, ..Self::default() }
    }

    /// Says before the entries that a signed checkpoint will be asked about: the root at its size and, with
    /// a policy, what its witnesses' times are held against ([P-120]).
    ///
    /// A note that cannot be read asks for nothing; [`Verifier::finish`] will refuse it.
    pub fn ask_about(&mut self, note: &str, policy: Option<&Policy>) {
        let checkpoint = split_note(note).ok().and_then(|(text, _)| text.parse::<Checkpoint>().ok());
        let Some(Checkpoint { size, .. }) = checkpoint else { return };
        self.asked.size(size);
        if let Some(head) = policy.and_then(|policy| crate::times::WitnessedHead::read(note, size, policy)) {
            self.asked.witnessed(&head);
        }
    }

    /// The state after the entries so far.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Checks one entry.
    ///
    /// # Errors
    /// The first [`Finding`]; nothing may be fed after it.
    pub fn entry(&mut self, bytes: &[u8]) -> Checked {
        self.step(read(bytes.to_vec()), |check| check.run())
    }

    /// Checks one entry whose bytes were read elsewhere. `verify` gets its signature: it checks it there and
    /// then, or takes it away to check it later; what else is wrong with the entry comes after that.
    pub(crate) fn step(
        &mut self,
        read: Result<Sealed<Statement>, Unreadable>,
        verify: impl FnOnce(SignatureCheck) -> Checked,
    ) -> Checked {
        let position = self.state.head.size;
        let sealed = read.map_err(|error| Finding::new(position, Check::Bytes, error.to_string()))?;
        self.chain(&sealed)?;
        match self.system {
            None => {
                self.system = Some(genesis(&sealed)?);
                self.enter(&sealed);
            }
            Some(system) if sealed.entry.author == system => {
                self.by_the_ledger(&sealed, verify)?;
                self.enter(&sealed);
            }
            Some(_) => {
                let sealed = self.by_a_person(sealed, verify)?;
                self.enter(&sealed);
            }
        }
        Ok(())
    }

    fn enter<B: Borrow<Statement>>(&mut self, sealed: &Sealed<B>) {
        *self.events.entry(sealed.body.borrow().event.name()).or_default() += 1;
        evolve(&mut self.state, sealed);
        self.asked.take_note(&self.state.head);
    }

    fn chain(&self, sealed: &Sealed<Statement>) -> Checked {
        let (entry, head) = (&sealed.entry, &self.state.head);
        let bad = |what: String| Err(Finding::new(head.size, Check::Chain, what));
        if entry.position.0 != head.size {
            return bad(format!("the entry says position {}", entry.position));
        }
        if entry.previous != head.hash {
            return bad(format!("it follows {}, the entry before is {}", entry.previous, head.hash));
        }
        if head.size > 0 && entry.recorded_at < head.recorded_at {
            return bad("it was recorded before its predecessor".into());
        }
        Ok(())
    }

    /// A person's statement: nothing derived is missing, nothing due was passed, and the rules accept it.
    fn by_a_person(
        &mut self,
        sealed: Sealed<Statement>,
        verify: impl FnOnce(SignatureCheck) -> Checked,
    ) -> Result<Sealed<Authentic>, Finding> {
        let (position, author, id) = (sealed.entry.position.0, sealed.entry.author, sealed.body.id);
        let at = |check, what: String| Finding::new(position, check, what);
        self.nothing_missing(position)?;
        if let Some(due) = next_due(&self.state, sealed.entry.recorded_at) {
            let what =
                format!("{} ({}) was due at {} us and is left out", due.event.name(), due.id, due.at.0);
            return Err(at(Check::Due, what));
        }
        let rejected = |rejection| match rejection {
            Rejection::Refused { refusal, .. } => at(Check::Decision, refusal.to_string()),
            other @ (Rejection::BadSignature(_) | Rejection::NotAuthentic(_)) => {
                at(Check::Signature, other.to_string())
            }
        };
        let public = *signer(&self.state, author).map_err(rejected)?;
        verify(SignatureCheck::of(&sealed.entry, self.state.ledger(), Signer::Person(author), public))?;
        let authentic = sealed.try_map(|statement| admit_decoded(&self.state, author, statement));
        let authentic = authentic.map_err(rejected)?;
        if !self.seen.insert(author, id) {
            return Err(at(Check::Idempotency, "the author has used this statement id before".into()));
        }
        let derived = decide(&self.state, &authentic, Keys::Verifier).map_err(|error| match error {
            DecideError::Refused(refusal) => {
                at(Check::Decision, format!("accepted, but the rules refuse it: {refusal}"))
            }
            DecideError::Fault(fault) => at(Check::Decision, fault.to_string()),
        })?;
        self.unsealed(&authentic)?;
        self.asked.take_statement(author, id, &authentic.entry.statement);
        self.stated += 1;
        self.expect(&authentic, derived);
        Ok(authentic)
    }

    /// The ledger's own statement: what must follow, what is due, or the record of a refusal.
    fn by_the_ledger(
        &mut self,
        sealed: &Sealed<Statement>,
        verify: impl FnOnce(SignatureCheck) -> Checked,
    ) -> Checked {
        let position = sealed.entry.position.0;
        if let Some(genesis) = &self.state.genesis {
            let (ledger, public) = (genesis.ledger, genesis.system_key);
            verify(SignatureCheck::of(&sealed.entry, ledger, Signer::Ledger, public))?;
        }
        if let Some(expected) = self.expected.pop_front() {
            return self.same(sealed, expected.cause, expected.index, expected.recorded_at, expected.event);
        }
        let now = sealed.entry.recorded_at;
        let previous = self.state.head.hash;
        let due = next_due(&self.state, now);
        match (&sealed.body.event, due) {
            (_, Some(due)) => {
                self.same(sealed, previous, 0, now, due.event)?;
                let what = |error: DecideError| Finding::new(position, Check::Derived, error.to_string());
                let derived = consequences(&self.state, sealed, Keys::Verifier).map_err(what)?;
                self.expect(sealed, derived);
                Ok(())
            }
            (event, None) => match refusal::form(&self.state, position, event, now) {
                Some(form) => form.and_then(|()| self.same(sealed, previous, 0, now, event.clone())),
                None => {
                    let what = format!("{} follows from nothing and was not due", event.name());
                    Err(Finding::new(position, Check::Derived, what))
                }
            },
        }
    }

    fn expect<B>(&mut self, sealed: &Sealed<B>, derived: Vec<Event>) {
        let (cause, recorded_at) = (sealed.hash, sealed.entry.recorded_at);
        let expected = (0..).zip(derived).map(|(index, event)| Expected { cause, index, recorded_at, event });
        self.expected.extend(expected);
    }

    /// The entry's statement must be, byte for byte, the derived one.
    fn same(
        &mut self,
        sealed: &Sealed<Statement>,
        cause: EntryHash,
        index: u64,
        at: Instant,
        event: Event,
    ) -> Checked {
        let position = sealed.entry.position.0;
        let event = if self.is_sealed(&sealed.body.event, &event) {
            self.behind_the_seal(sealed)?;
            sealed.body.event.clone()
        } else {
            event
        };
        let derived = derive(cause, index, at, event);
        if sealed.entry.recorded_at != at || sealed.entry.statement != derived.encode() {
            let (found, expected) = (sealed.body.event.name(), derived.event.name());
            let what = if found == expected {
                format!("{found} is not, byte for byte, what the rules yield")
            } else {
                format!("{found} stands where {expected} must follow by rule")
            };
            return Err(Finding::new(position, Check::Derived, what));
        }
        self.derived += 1;
        Ok(())
    }

    pub(crate) fn nothing_missing(&self, position: u64) -> Checked {
        match self.expected.front() {
            Some(expected) => {
                let what = format!("{} must follow here by rule and is left out", expected.event.name());
                Err(Finding::new(position, Check::Derived, what))
            }
            None => Ok(()),
        }
    }
}

/// The first entry, and the key of the ledger's own statements that it names.
fn genesis(sealed: &Sealed<Statement>) -> Result<KeyId, Finding> {
    let opened = Genesis::open(sealed).map_err(|error| {
        let checkpoint = matches!(error, GenesisError::OtherName { .. });
        let check = if checkpoint { Check::Checkpoint } else { Check::Signature };
        Finding::new(0, check, error.to_string())
    })?;
    Ok(opened.system_key.key_id())
}
