//! The writer: one thread, one sentence. Everything that changes the ledger happens here, in order.

use crate::engine::{Job, Shared};
use crate::group::{Group, MAX_STATEMENTS, Outcome};
use crate::refusing::Counted;
use crate::{SecretsError, Signers, publish, read, write};
use lotbook_chain::sign::statement_message;
use lotbook_chain::{Entry, EntryHash, Instant, KeyId, Position, Sealed, Signature};
use lotbook_domain::authenticate::admit;
use lotbook_domain::decide::DecideError;
use lotbook_domain::{Keys, Rejection, SignedStatement, consequences, decide, derive, evolve, next_due};
use lotbook_event::{Code, Event, Refusal, Statement, StatementId};
use std::borrow::Borrow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

/// An awake ledger states what is due within a second; it looks this often.
const TICK: Duration = Duration::from_millis(200);
/// The anchor follows the head at least this often (ledger.md 4).
const ANCHOR_EVERY: Duration = Duration::from_millis(500);

/// Why the writer stopped for good.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fatal {
    #[error(transparent)]
    Store(#[from] lotbook_store::StoreError),
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error("{0}")]
    Rules(String),
}

pub(crate) struct Writer {
    pub shared: Arc<Shared>,
    pub signers: Signers,
    pub jobs: Receiver<Job>,
    pub anchored: (std::time::Instant, u64),
    pub counted: Counted,
}

impl Writer {
    /// Runs until told to stop, or until something fails for good.
    pub fn run(mut self) {
        // A panic leaves the state unknown: it stops the ledger like any other failure, for good.
        let ended = catch_unwind(AssertUnwindSafe(|| self.groups()));
        let ended = ended.unwrap_or_else(|_| Err(Fatal::Rules("the writer panicked".into())));
        match &ended {
            Ok(()) => tracing::info!(size = self.shared.store.head().size, "the writer has stopped"),
            Err(fatal) => {
                tracing::error!(%fatal, "the writer stops for good: nothing is accepted until a restart")
            }
        }
        self.shared.projector.end();
        let ends = write(&self.shared.ends);
        *write(&self.shared.stopped) =
            Some(ended.err().map_or("the ledger is stopping".into(), |e| e.to_string()));
        ends.iter().for_each(|listener| listener());
    }

    fn groups(&mut self) -> Result<(), Fatal> {
        loop {
            let first = self.jobs.recv_timeout(TICK);
            let mut group = Group::default();
            let stop = match first {
                Ok(job) => self.fill(&mut group, job)?,
                Err(RecvTimeoutError::Timeout) => self.due(&mut group).map(|_| false)?,
                Err(RecvTimeoutError::Disconnected) => true,
            };
            if stop && !self.counted.is_empty() {
                let now = self.due(&mut group)?;
                self.state_counts(&mut group, now, true)?;
            }
            self.commit(group)?;
            self.anchor(stop)?;
            if stop {
                return Ok(self.shared.store.close()?);
            }
        }
    }

    /// Takes what waits, up to a group's limit; true if told to stop.
    fn fill(&mut self, group: &mut Group, first: Job) -> Result<bool, Fatal> {
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Submit(signed, answer) => {
                    let outcome = self.submit(group, *signed)?;
                    group.answers.push((answer, outcome));
                }
                Job::Settle(done) => {
                    self.due(group)?;
                    group.settled.push(done);
                }
                Job::Stop => return Ok(true),
            }
            next = if group.answers.len() < MAX_STATEMENTS { self.jobs.try_recv().ok() } else { None };
        }
        Ok(false)
    }

    /// The way of a statement. Its signature has been verified on the caller's thread.
    fn submit(&mut self, group: &mut Group, signed: SignedStatement) -> Result<Outcome, Fatal> {
        if let Some(outcome) = self.seen_before(group, &signed)? {
            return Ok(outcome);
        }
        let now = self.due(group)?;
        let admitted = admit(&read(&self.shared.state), &signed);
        let authentic = match admitted {
            Ok(authentic) => authentic,
            Err(Rejection::Refused { refusal, event }) => {
                return self.refuse(group, &signed, event, refusal, now);
            }
            Err(other) => return Ok(Outcome::Refused(unauthentic(other), None)),
        };
        self.prepare(&authentic)?;
        let (event, id) = (authentic.statement().event.name(), authentic.statement().id);
        let sealed = self.seal(signed.statement.clone(), signed.key_id, signed.signature, now, authentic)?;
        let decided = decide(&read(&self.shared.state), &sealed, Keys::Ledger(&read(&self.shared.keys)));
        match decided {
            Ok(derived) => {
                group.statements.insert((signed.key_id, id), sealed.entry.position);
                self.append(group, &sealed);
                self.append_derived(group, sealed.hash, derived, now)?;
                Ok(Outcome::Accepted(sealed.entry.position))
            }
            Err(DecideError::Refused(refusal)) => self.refuse(group, &signed, event, refusal, now),
            Err(DecideError::Fault(fault)) => Err(Fatal::Rules(fault.to_string())),
        }
    }

    /// The same statement again gets its receipt again; the same id with other bytes is refused.
    fn seen_before(&mut self, group: &mut Group, signed: &SignedStatement) -> Result<Option<Outcome>, Fatal> {
        let Some(id) = crate::statement_id(&signed.statement).map(StatementId) else { return Ok(None) };
        let here = group.statements.get(&(signed.key_id, id)).copied();
        let position = match here {
            Some(position) => position,
            None => match self.shared.store.find_statement(&signed.key_id, &id.0)? {
                Some(position) => position,
                None => return Ok(None),
            },
        };
        let stored = match position.0.checked_sub(self.shared.store.head().size) {
            Some(offset) => group.entries.get(usize::try_from(offset).unwrap_or(usize::MAX)).cloned(),
            None => self.shared.store.entry(position)?,
        };
        let same = stored
            .and_then(|bytes| Entry::decode(&bytes).ok())
            .is_some_and(|e| e.statement == signed.statement);
        if same {
            return Ok(Some(Outcome::Accepted(position)));
        }
        let admitted = admit(&read(&self.shared.state), signed);
        if let Err(Rejection::NotAuthentic(refusal)) = admitted {
            return Ok(Some(Outcome::Refused(refusal, None)));
        }
        let found = format!("this id stands at position {position} with other bytes");
        let refusal = Refusal::new(Code::IdempotencyConflict, format!("entry {position}"), found);
        let now = self.due(group)?;
        let event =
            Statement::decode(&signed.statement).map_or("unreadable", |statement| statement.event.name());
        self.refuse(group, signed, event, refusal, now).map(Some)
    }

    /// States everything due by now, each after the other, then the counts of refusals; returns the time
    /// that counts from here on.
    fn due(&mut self, group: &mut Group) -> Result<Instant, Fatal> {
        let now = self.shared.clock.now().max(read(&self.shared.state).head.recorded_at);
        loop {
            let due = next_due(&read(&self.shared.state), now);
            let Some(due) = due else {
                self.state_counts(group, now, false)?;
                return Ok(now);
            };
            let previous = read(&self.shared.state).head.hash;
            let sealed = self.seal_derived(previous, 0, due.event, now)?;
            let derived =
                consequences(&read(&self.shared.state), &sealed, Keys::Ledger(&read(&self.shared.keys)));
            let derived = derived.map_err(|e| Fatal::Rules(e.to_string()))?;
            self.append(group, &sealed);
            self.append_derived(group, sealed.hash, derived, now)?;
        }
    }

    fn append_derived(
        &mut self,
        group: &mut Group,
        cause: EntryHash,
        derived: Vec<Event>,
        now: Instant,
    ) -> Result<(), Fatal> {
        for (index, event) in (0..).zip(derived) {
            let sealed = self.seal_derived(cause, index, event, now)?;
            self.append(group, &sealed);
        }
        Ok(())
    }

    pub(crate) fn seal_derived(
        &self,
        cause: EntryHash,
        index: u64,
        event: Event,
        now: Instant,
    ) -> Result<Sealed<Statement>, Fatal> {
        let statement = derive(cause, index, now, event);
        let bytes = statement.encode();
        // What cannot be read back must not be written: a replay would stop at it.
        Statement::decode(&bytes).map_err(|error| Fatal::Rules(error.to_string()))?;
        let signature =
            self.signers.system.sign(&statement_message(read(&self.shared.state).ledger(), &bytes));
        self.seal(bytes, self.signers.system.public().key_id(), signature, now, statement)
    }

    fn seal<B>(
        &self,
        statement: Vec<u8>,
        author: KeyId,
        signature: Signature,
        recorded_at: Instant,
        body: B,
    ) -> Result<Sealed<B>, Fatal> {
        let (position, previous) = {
            let head = &read(&self.shared.state).head;
            (Position(head.size), head.hash)
        };
        let entry = Entry { position, recorded_at, previous, author, signature, statement };
        Sealed::seal(entry, body).map_err(|error| Fatal::Rules(error.to_string()))
    }

    pub(crate) fn append<B: Borrow<Statement>>(&mut self, group: &mut Group, sealed: &Sealed<B>) {
        evolve(&mut write(&self.shared.state), sealed);
        group.entries.push(sealed.bytes.clone());
    }

    /// Durable first, then published, then answered.
    fn commit(&mut self, group: Group) -> Result<(), Fatal> {
        if !group.entries.is_empty() {
            self.shared.store.append_group(&group.entries)?;
            let (size, root) = {
                let head = &read(&self.shared.state).head;
                (head.size, head.frontier.root())
            };
            let published = publish::checkpoint(&self.shared.origin, size, root, &self.signers.checkpoint);
            *write(&self.shared.published) = published.map_err(Fatal::Rules)?;
            self.shared.projector.publish(size);
            read(&self.shared.listeners).iter().for_each(|listener| listener(size));
        }
        for (answer, outcome) in group.answers {
            self.shared.answer(answer, outcome);
        }
        // A caller that has gone away needs no answer.
        for done in group.settled {
            done.try_send(()).ok();
        }
        Ok(())
    }

    /// The anchor follows: at least every second, and at a clean stop.
    fn anchor(&mut self, stop: bool) -> Result<(), Fatal> {
        let head = self.shared.store.head();
        let (since, size) = self.anchored;
        if head.size == size || (!stop && since.elapsed() < ANCHOR_EVERY) {
            return Ok(());
        }
        let note = read(&self.shared.published).note.clone();
        self.shared.store.write_anchor(&note, head)?;
        self.anchored = (std::time::Instant::now(), head.size);
        Ok(())
    }
}

/// `admit` decides on encoding and role only; what is not authentic was turned away before.
fn unauthentic(rejection: Rejection) -> Refusal {
    match rejection {
        Rejection::NotAuthentic(refusal) | Rejection::Refused { refusal, .. } => refusal,
        Rejection::BadSignature(key) => Refusal::new(Code::UnknownKey, key, "the signature does not verify"),
    }
}
