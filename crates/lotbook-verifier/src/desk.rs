//! The desk: what the threads of a verification take their next work from, and put its result on.
//!
//! Bounded by its own rules: nothing is read far ahead of the rules, nothing is decided far ahead of the
//! signatures. Whoever is free takes what is most urgent, so no thread waits for another's kind of work.

use crate::finding::Finding;
use crate::pipeline::{Piece, Rules, Stopped};
use crate::signature::SignatureCheck;
use crate::verify::Verifier;
use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Pieces read and not yet decided, for each thread: one in hand, one that waits.
const READ_AHEAD: usize = 2;
/// Pieces whose signatures wait, for each thread.
const SIGNATURES_WAITING: usize = 2;

/// Shared by all threads.
pub(crate) struct Desk<'a, I, E> {
    state: Mutex<State<'a, I, E>>,
    changed: Condvar,
}

/// What a thread does next.
pub(crate) enum Turn<'a, I, E> {
    /// Reads the piece of this number.
    Read(u64, I),
    /// Decides a piece again.
    Judge(Box<Rules<'a>>, Piece<E>),
    /// Checks signatures.
    Check(Vec<SignatureCheck>),
    /// Nothing is left.
    Leave,
}

/// What came of it.
pub(crate) enum Put<'a, I, E> {
    /// The source, unless it has ended.
    Source(Option<I>),
    /// A piece that was read.
    Piece(u64, Piece<E>),
    /// The rules after a piece, the signatures to be checked, and the outcome if this is it.
    Judged(Box<Rules<'a>>, Vec<SignatureCheck>, Option<Result<(), Stopped<E>>>),
    /// The first bad signature of some.
    Checked(Option<Finding>),
}

struct State<'a, I, E> {
    threads: usize,
    /// Not here while somebody reads, nor after its end.
    source: Option<I>,
    /// Number of the next piece to be read, and to be decided.
    next_read: u64,
    next_judged: u64,
    pieces: BTreeMap<u64, Piece<E>>,
    /// Not here while somebody decides.
    rules: Option<Box<Rules<'a>>>,
    waiting: VecDeque<Vec<SignatureCheck>>,
    /// The rules' last word: the end of the log, or what stopped them.
    outcome: Option<Result<(), Stopped<E>>>,
    /// The bad signature at the lowest position; never behind what stopped the rules.
    bad: Option<Finding>,
    /// A thread has panicked; its work will never come.
    abandoned: bool,
}

impl<'a, I, E> Desk<'a, I, E> {
    pub fn new(source: I, rules: Rules<'a>, threads: NonZeroUsize) -> Self {
        let state = State {
            threads: threads.get(),
            source: Some(source),
            next_read: 0,
            next_judged: 0,
            pieces: BTreeMap::new(),
            rules: Some(Box::new(rules)),
            waiting: VecDeque::new(),
            outcome: None,
            bad: None,
            abandoned: false,
        };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Waits for something to do.
    pub fn next(&self) -> Turn<'a, I, E> {
        let mut state = self.lock();
        loop {
            if let Some(turn) = state.turn() {
                return turn;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Puts a result on the desk.
    pub fn put(&self, put: Put<'a, I, E>) {
        self.lock().put(put);
        self.changed.notify_all();
    }

    /// Lets everybody leave: this thread will not come back.
    pub fn abandon(&self) {
        self.lock().abandoned = true;
        self.changed.notify_all();
    }

    /// The result, after all threads have left.
    pub fn close(self) -> Result<Verifier, Stopped<E>> {
        let state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(bad) = state.bad {
            return Err(bad.into());
        }
        if let Some(Err(stopped)) = state.outcome {
            return Err(stopped);
        }
        // The rules are not here only if a thread has panicked, and then the scope of the threads did, too.
        Ok(state.rules.map(|rules| rules.verifier).unwrap_or_default())
    }

    fn lock(&self) -> MutexGuard<'_, State<'a, I, E>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a, I, E> State<'a, I, E> {
    /// The most urgent work there is: what only one thread can do first, then what frees memory.
    fn turn(&mut self) -> Option<Turn<'a, I, E>> {
        if self.abandoned {
            return Some(Turn::Leave);
        }
        let decided = self.outcome.is_some() || self.bad.is_some();
        if !decided
            && self.waiting.len() < SIGNATURES_WAITING * self.threads
            && self.pieces.contains_key(&self.next_judged)
            && let Some(rules) = self.rules.take()
            && let Some(piece) = self.pieces.remove(&self.next_judged)
        {
            self.next_judged += 1;
            return Some(Turn::Judge(rules, piece));
        }
        if let Some(checks) = self.waiting.pop_front() {
            return Some(Turn::Check(checks));
        }
        let ahead = self.next_read - self.next_judged;
        if !decided
            && ahead < (READ_AHEAD * self.threads) as u64
            && let Some(source) = self.source.take()
        {
            self.next_read += 1;
            return Some(Turn::Read(self.next_read - 1, source));
        }
        // Whoever decides or checks now puts it on the desk before leaving.
        decided.then_some(Turn::Leave)
    }

    fn put(&mut self, put: Put<'a, I, E>) {
        match put {
            Put::Source(source) => self.source = source,
            Put::Piece(number, piece) => {
                self.pieces.insert(number, piece);
            }
            Put::Judged(rules, checks, outcome) => {
                self.rules = Some(rules);
                self.outcome = outcome;
                if !checks.is_empty() {
                    self.waiting.push_back(checks);
                }
            }
            Put::Checked(found) => {
                let found = found.into_iter().chain(self.bad.take());
                self.bad = found.min_by_key(|finding| finding.position);
            }
        }
    }
}

#[cfg(test)]
mod tests;
