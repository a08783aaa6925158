//! A whole log on all cores: bytes and signatures by any thread, the rules by one at a time, in order.
//!
//! What depends on an entry's bytes alone (decoding, hashes) is done before its turn, and its signature is
//! checked after it, so nearly all of the work is done out of order. The verdict does not show it: the
//! first finding by position wins, and at one position the order of [`Verifier::entry`] holds.

use crate::desk::{Desk, Put, Turn};
use crate::finding::Finding;
use crate::signature::SignatureCheck;
use crate::verify::{Unreadable, Verifier, read};
use lotbook_chain::Sealed;
use lotbook_event::Statement;
use std::num::NonZeroUsize;

/// Most entries of one piece of work: some milliseconds of signatures, beside which handing it over costs
/// nothing.
const PIECE_ENTRIES: usize = 128;
/// Bytes of entries that end a piece, so that large entries do not make large pieces.
const PIECE_BYTES: usize = 128 * 1024;

/// Why a log was not verified to its end.
#[derive(Debug, thiserror::Error)]
pub enum Stopped<E> {
    /// It is refuted.
    #[error(transparent)]
    Finding(#[from] Finding),
    /// It could not be read on; everything before is good.
    #[error("failed to read the log: {0}")]
    Source(E),
}

/// Verifies a log, or the rest of one, with this many threads; the caller's is one of them.
///
/// Holds a few pieces of entries for each thread, whatever the length of the log. `progress` is told the
/// number of entries that have been decided again, every hundred or so.
///
/// # Errors
/// What [`Verifier::entry`] would have said, entry by entry; or what stopped the source, if nothing
/// before it is wrong.
pub fn verify_all<E: Send>(
    verifier: Verifier,
    entries: impl Iterator<Item = Result<Vec<u8>, E>> + Send,
    threads: NonZeroUsize,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Verifier, Stopped<E>> {
    if threads.get() == 1 {
        return one_by_one(verifier, entries, progress);
    }
    let desk = Desk::new(entries, Rules { verifier, progress }, threads);
    std::thread::scope(|scope| {
        for _ in 1..threads.get() {
            scope.spawn(|| work(&desk));
        }
        work(&desk);
    });
    desk.close()
}

fn one_by_one<E>(
    mut verifier: Verifier,
    entries: impl Iterator<Item = Result<Vec<u8>, E>>,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<Verifier, Stopped<E>> {
    for (told, bytes) in (1..=PIECE_ENTRIES).cycle().zip(entries) {
        verifier.step(read(bytes.map_err(Stopped::Source)?), |check| check.run())?;
        if told == PIECE_ENTRIES {
            progress(verifier.state().head.size);
        }
    }
    progress(verifier.state().head.size);
    Ok(verifier)
}

/// One thread: takes whatever comes next until there is nothing.
fn work<I: Iterator<Item = Result<Vec<u8>, E>>, E>(desk: &Desk<'_, I, E>) {
    let _present = Present(desk);
    loop {
        match desk.next() {
            Turn::Read(number, mut source) => {
                let raw = Raw::take(&mut source);
                desk.put(Put::Source(raw.end.is_none().then_some(source)));
                desk.put(Put::Piece(number, raw.read()));
            }
            Turn::Judge(mut rules, piece) => {
                let (checks, outcome) = rules.judge(piece);
                desk.put(Put::Judged(rules, checks, outcome));
            }
            Turn::Check(checks) => {
                let bad = checks.iter().find_map(|check| check.run().err());
                desk.put(Put::Checked(bad));
            }
            Turn::Leave => return,
        }
    }
}

/// Nobody waits for the work of a thread that has panicked; the panic itself goes on in the caller.
struct Present<'a, 'b, I, E>(&'a Desk<'b, I, E>);

impl<I, E> Drop for Present<'_, '_, I, E> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.abandon();
        }
    }
}

/// How a log ends.
pub(crate) enum End<E> {
    /// There is no more.
    Over,
    /// It cannot be read on.
    Failed(E),
}

/// Some entries as they were read.
struct Raw<E> {
    entries: Vec<Vec<u8>>,
    end: Option<End<E>>,
}

/// Some entries, decoded and hashed, each on its own.
pub(crate) struct Piece<E> {
    pub entries: Vec<Result<Sealed<Statement>, Unreadable>>,
    pub end: Option<End<E>>,
}

impl<E> Raw<E> {
    fn take(source: &mut impl Iterator<Item = Result<Vec<u8>, E>>) -> Self {
        let (mut entries, mut bytes) = (Vec::with_capacity(PIECE_ENTRIES), 0);
        while entries.len() < PIECE_ENTRIES && bytes < PIECE_BYTES {
            match source.next() {
                Some(Ok(entry)) => {
                    bytes += entry.len();
                    entries.push(entry);
                }
                Some(Err(error)) => return Self { entries, end: Some(End::Failed(error)) },
                None => return Self { entries, end: Some(End::Over) },
            }
        }
        Self { entries, end: None }
    }

    fn read(self) -> Piece<E> {
        Piece { entries: self.entries.into_iter().map(read).collect(), end: self.end }
    }
}

/// The rules: the verifier with everything before the next entry, and who is told how far it is.
pub(crate) struct Rules<'a> {
    pub verifier: Verifier,
    pub progress: &'a mut (dyn FnMut(u64) + Send),
}

impl Rules<'_> {
    /// Decides the entries of a piece again; the signatures to be checked, and the outcome if this is it.
    fn judge<E>(&mut self, piece: Piece<E>) -> (Vec<SignatureCheck>, Option<Result<(), Stopped<E>>>) {
        let mut checks = Vec::with_capacity(piece.entries.len());
        for entry in piece.entries {
            let stepped = self.verifier.step(entry, |check| {
                checks.push(check);
                Ok(())
            });
            if let Err(finding) = stepped {
                return (checks, Some(Err(finding.into())));
            }
        }
        (self.progress)(self.verifier.state().head.size);
        let outcome = piece.end.map(|end| match end {
            End::Over => Ok(()),
            End::Failed(error) => Err(Stopped::Source(error)),
        });
        (checks, outcome)
    }
}

#[cfg(test)]
mod tests;
