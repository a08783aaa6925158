//! The verifier: one entry after the other, against the state of all before it.

use crate::finding::{Check, Finding};
use crate::grade::grade;
use crate::refusal;
use crate::verdict::{DrawVerdict, Expectations, Verdict};
use lotbook_chain::sign::statement_message;
use lotbook_chain::{Checkpoint, Entry, EntryHash, Instant, KeyId, Sealed, TreeHash};
use lotbook_domain::ceremony::Ceremony;
use lotbook_domain::decide::DecideError;
use lotbook_domain::genesis::GenesisError;
use lotbook_domain::{
    Genesis, Rejection, SignedStatement, State, authenticate, consequences, decide, derive, evolve, next_due,
};
use lotbook_event::draw::DrawCompleted;
use lotbook_event::{Event, Statement, StatementId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

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
    state: State,
    expected: VecDeque<Expected>,
    seen: BTreeSet<(KeyId, StatementId)>,
    events: BTreeMap<&'static str, u64>,
    stated: u64,
    derived: u64,
    /// Sizes whose root is asked for at the end.
    wanted: BTreeMap<u64, Option<TreeHash>>,
}

type Checked = Result<(), Finding>;

impl Verifier {
    /// A verifier that will be asked about the roots at these sizes (those of signed checkpoints).
    pub fn new(sizes: impl IntoIterator<Item = u64>) -> Self {
        let wanted = sizes.into_iter().map(|size| (size, None)).collect();
        Self { wanted, ..Self::default() }
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
        let position = self.state.head.size;
        let bad = |what: String| Finding::new(position, Check::Bytes, what);
        let entry = Entry::decode(bytes).map_err(|error| bad(error.to_string()))?;
        let statement = Statement::decode(&entry.statement).map_err(|error| bad(error.to_string()))?;
        let sealed = Sealed::seal(entry, statement).map_err(|error| bad(error.to_string()))?;
        self.chain(&sealed)?;
        match self.state.genesis.as_ref().map(|genesis| genesis.system_key.key_id()) {
            None => self.genesis(&sealed)?,
            Some(system) if sealed.entry.author == system => self.by_the_ledger(&sealed)?,
            Some(_) => self.by_a_person(&sealed)?,
        }
        *self.events.entry(sealed.body.event.name()).or_default() += 1;
        evolve(&mut self.state, &sealed);
        let size = self.state.head.size;
        if let Some(root) = self.wanted.get_mut(&size) {
            *root = Some(self.state.head.frontier.root());
        }
        Ok(())
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

    fn genesis(&mut self, sealed: &Sealed<Statement>) -> Checked {
        Genesis::open(sealed).map_err(|error| {
            let checkpoint = matches!(error, GenesisError::OtherName { .. });
            let check = if checkpoint { Check::Checkpoint } else { Check::Signature };
            Finding::new(0, check, error.to_string())
        })?;
        Ok(())
    }

    /// A person's statement: nothing derived is missing, nothing due was passed, and the rules accept it.
    fn by_a_person(&mut self, sealed: &Sealed<Statement>) -> Checked {
        let position = sealed.entry.position.0;
        let at = |check, what: String| Finding::new(position, check, what);
        self.nothing_missing(position)?;
        let now = sealed.entry.recorded_at;
        if let Some(due) = next_due(&self.state, now) {
            let what =
                format!("{} ({}) was due at {} us and is left out", due.event.name(), due.id, due.at.0);
            return Err(at(Check::Due, what));
        }
        let signed = SignedStatement {
            statement: sealed.entry.statement.clone(),
            key_id: sealed.entry.author,
            signature: sealed.entry.signature,
        };
        let authentic = authenticate(&self.state, &signed).map_err(|rejection| match rejection {
            Rejection::Refused { refusal, .. } => at(Check::Decision, refusal.to_string()),
            other @ (Rejection::BadSignature(_) | Rejection::NotAuthentic(_)) => {
                at(Check::Signature, other.to_string())
            }
        })?;
        if !self.seen.insert((sealed.entry.author, sealed.body.id)) {
            return Err(at(Check::Idempotency, "the author has used this statement id before".into()));
        }
        let resealed =
            Sealed::seal(sealed.entry.clone(), authentic).map_err(|e| at(Check::Bytes, e.to_string()))?;
        let derived = decide(&self.state, &resealed).map_err(|error| match error {
            DecideError::Refused(refusal) => {
                at(Check::Decision, format!("accepted, but the rules refuse it: {refusal}"))
            }
            DecideError::Fault(fault) => at(Check::Decision, fault.to_string()),
        })?;
        self.stated += 1;
        self.expect(sealed, derived);
        Ok(())
    }

    /// The ledger's own statement: what must follow, what is due, or the record of a refusal.
    fn by_the_ledger(&mut self, sealed: &Sealed<Statement>) -> Checked {
        let position = sealed.entry.position.0;
        let genesis = self.state.genesis.as_ref();
        let message = statement_message(self.state.ledger(), &sealed.entry.statement);
        let signed = genesis
            .is_some_and(|genesis| genesis.system_key.verify(&message, &sealed.entry.signature).is_ok());
        if !signed {
            return Err(Finding::new(
                position,
                Check::Signature,
                "the ledger's own signature does not verify",
            ));
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
                let derived = consequences(&self.state, sealed).map_err(what)?;
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

    fn expect(&mut self, sealed: &Sealed<Statement>, derived: Vec<Event>) {
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

    fn nothing_missing(&self, position: u64) -> Checked {
        match self.expected.front() {
            Some(expected) => {
                let what = format!("{} must follow here by rule and is left out", expected.event.name());
                Err(Finding::new(position, Check::Derived, what))
            }
            None => Ok(()),
        }
    }

    /// The verdict over everything fed, with a signed checkpoint if there is one.
    ///
    /// # Errors
    /// A [`Finding`] about the end of the log, its checkpoint, or what was expected of it.
    pub fn finish(&self, checkpoint: Option<&str>, expectations: &Expectations) -> Result<Verdict, Finding> {
        let size = self.state.head.size;
        self.nothing_missing(size)?;
        let empty = || Finding::new(0, Check::Bytes, "the log is empty");
        let genesis = self.state.genesis.as_ref().ok_or_else(empty)?;
        self.as_expected(genesis, expectations)?;
        let checked = checkpoint.map(|note| self.checkpoint(genesis, note)).transpose()?;
        if expectations.vkey.is_some() && checked.is_none() {
            let what = "no checkpoint signed by the given key was found: nothing authenticates this log";
            return Err(Finding::new(size, Check::Checkpoint, what));
        }
        let mut flags = BTreeMap::new();
        for flagged in &self.state.flags {
            *flags.entry(flagged.flag.as_str()).or_default() += 1;
        }
        Ok(Verdict {
            verified: true,
            authenticated: expectations.vkey.is_some() && checked.is_some(),
            origin: genesis.created.origin.to_string(),
            ledger_id: genesis.ledger.to_string(),
            vkey: genesis.checkpoint_key.to_string(),
            entries: size,
            head: self.state.head.hash.to_string(),
            root: self.state.head.frontier.root().to_string(),
            checkpoint: checked,
            stated: self.stated,
            derived: self.derived,
            refusals: self.refusals(),
            events: self.events.clone(),
            draws: self.draws(),
            flags,
        })
    }

    fn as_expected(&self, genesis: &Genesis, expectations: &Expectations) -> Checked {
        let head = &self.state.head;
        if let Some(vkey) = expectations.vkey.as_ref().filter(|vkey| **vkey != genesis.checkpoint_key) {
            let what = format!("the log's checkpoint key is {}, expected {vkey}", genesis.checkpoint_key);
            return Err(Finding::new(0, Check::Checkpoint, what));
        }
        if let Some(least) = expectations.at_least.filter(|least| *least > head.size) {
            let what = format!("the log has {} entries, at least {least} were expected", head.size);
            return Err(Finding::new(head.size, Check::Expectation, what));
        }
        match expectations.head.filter(|expected| *expected != head.hash) {
            Some(expected) => {
                let what = format!("the last entry is {}, expected {expected}", head.hash);
                Err(Finding::new(head.size.saturating_sub(1), Check::Expectation, what))
            }
            None => Ok(()),
        }
    }

    fn checkpoint(&self, genesis: &Genesis, note: &str) -> Result<u64, Finding> {
        let size = self.state.head.size;
        let opened = Checkpoint::open(note, &genesis.checkpoint_key);
        let signed = opened.map_err(|error| Finding::new(size, Check::Checkpoint, error.to_string()))?;
        if signed.size > size {
            let what = format!("a checkpoint of {} entries is signed, the log has {size}", signed.size);
            return Err(Finding::new(size, Check::Checkpoint, what));
        }
        let root = self.wanted.get(&signed.size).copied().flatten();
        let root = root.or((signed.size == size).then(|| self.state.head.frontier.root()));
        if root != Some(signed.root) {
            let found = root.map_or("not computed".into(), |root| root.to_string());
            let what = format!(
                "the root of the first {} entries is {found}, signed is {}",
                signed.size, signed.root
            );
            return Err(Finding::new(signed.size.saturating_sub(1), Check::Tree, what));
        }
        Ok(signed.size)
    }

    /// Refusals recorded one by one, and those counted beyond the limit.
    fn refusals(&self) -> u64 {
        let refusals = &self.state.refusals;
        let counted = refusals.counted.iter().flat_map(|(_, _, counted)| &counted.refusals);
        let recorded = u64::try_from(refusals.recorded.len()).unwrap_or(u64::MAX);
        counted.fold(recorded, |sum, row| sum.saturating_add(row.count))
    }

    fn draws(&self) -> Vec<DrawVerdict> {
        let drawn = self.state.ceremonies.values().filter_map(|c| c.completed.as_ref().map(|done| (c, done)));
        let verdict = |(ceremony, done): (&Ceremony, &DrawCompleted)| DrawVerdict {
            recusal: ceremony.recusal.as_ref().map(ToString::to_string),
            draw: done.draw.to_string(),
            seed: data_encoding::HEXLOWER.encode(&done.seed.0),
            grade: grade(&self.state, ceremony),
            selected: done.selected,
            inspectors: done.inspectors,
        };
        drawn.map(verdict).collect()
    }
}
