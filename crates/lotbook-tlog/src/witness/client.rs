//! Asking one witness for its cosignature (C2SP tlog-witness, add-checkpoint; protocol.md [P-116]).

use crate::ask::{self, Patience};
use crate::source::Prefix;
use lotbook_chain::cosignature::verify_cosignature;
use lotbook_chain::note::{MAX_NOTE_BYTES, parse_signatures, split_note};
use lotbook_chain::{
    AddCheckpoint, Cosignature, CosignatureError, CosignerKey, NoteSignature, OpenNoteError, TreeHash,
};
use std::sync::{Mutex, PoisonError, TryLockError};
use ureq::Agent;
use ureq::http::header::CONTENT_TYPE;

/// Questions for one checkpoint: the second follows from the witness's own answer; the third is for a
/// witness that cosigned for somebody else in between.
const MAX_QUESTIONS: u32 = 3;
/// What a witness says of the size it has cosigned last.
const SIZE_TYPE: &str = "text/x.tlog.size";
/// Characters of a refusal that are kept, to be shown to people.
const MAX_REASON_CHARS: usize = 300;

/// A witness as one log asks it.
pub struct WitnessClient {
    prefix: Prefix,
    key: CosignerKey,
    agent: Agent,
    /// The size it has cosigned last, as far as is known. Held while it is asked: one question at a time.
    last: Mutex<u64>,
}

/// Why there is no cosignature. `E` is why there is no consistency proof.
#[derive(Debug, thiserror::Error)]
pub enum WitnessError<E> {
    /// The note to be cosigned is malformed.
    #[error("the note cannot be cosigned: {0}")]
    Note(OpenNoteError),
    /// There is no consistency proof from the size that the witness knows.
    #[error("failed to prove the checkpoint's consistency with {from} leaves")]
    Prove {
        /// The size the witness has cosigned last.
        from: u64,
        /// Why not.
        #[source]
        error: E,
    },
    /// The witness could not be asked, or gave no whole answer.
    #[error("failed to ask the witness: {0}")]
    Unreachable(Box<ureq::Error>),
    /// An earlier question to this witness is not answered yet.
    #[error("an earlier question is not answered yet")]
    Busy,
    /// The witness does not cosign.
    #[error("the witness refuses with status {status}: {body}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The beginning of what it says.
        body: String,
    },
    /// The witness has cosigned a larger tree of this log: this log went back, or is not the only one.
    #[error("the witness has cosigned {known} leaves of this log, this checkpoint has {size}")]
    Ahead {
        /// The size it says it has cosigned last.
        known: u64,
        /// The size of the checkpoint.
        size: u64,
    },
    /// The size that the witness names changes with every question.
    #[error("the witness names another size each time, at last {known}")]
    Unsettled {
        /// The size it named last.
        known: u64,
    },
    /// The answer is not of the form that it must have.
    #[error("the witness's answer is malformed: {0}")]
    BadAnswer(BadAnswer),
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    /// Not UTF-8.
    #[error("it is not text")]
    NotText,
    /// A conflict without a size.
    #[error("status 409 without a size")]
    NoSize,
    /// Not signature lines.
    #[error(transparent)]
    Lines(#[from] OpenNoteError),
    /// No line by the witness's key.
    #[error("it has no line by the witness's key")]
    NoCosignature,
    /// A line by the witness's key that does not verify over the note.
    #[error(transparent)]
    Cosignature(#[from] CosignatureError),
}

/// What came back: the status, whether it is of the type of a size, and the text.
struct Reply {
    status: u16,
    is_size: bool,
    body: String,
}

impl WitnessClient {
    /// The witness of this key below a submission prefix, asked with the usual patience.
    pub fn new(prefix: Prefix, key: CosignerKey) -> Self {
        Self::with_patience(prefix, key, Patience::WITNESS)
    }

    /// The same with a patience of one's own; a question is asked once in any case.
    pub fn with_patience(prefix: Prefix, key: CosignerKey, patience: Patience) -> Self {
        Self { prefix, key, agent: ask::agent(patience), last: Mutex::new(0) }
    }

    /// The witness's key.
    pub fn key(&self) -> &CosignerKey {
        &self.key
    }

    /// Asks for a cosignature of the note, whose checkpoint has `size` leaves. It is verified over the note's
    /// text before it is handed on.
    ///
    /// `prove` gives the consistency proof to `size` from a size not above it: empty from 0 and from `size`.
    ///
    /// # Errors
    /// See [`WitnessError`].
    pub fn add_checkpoint<E>(
        &self,
        note: &str,
        size: u64,
        prove: &dyn Fn(u64) -> Result<Vec<TreeHash>, E>,
    ) -> Result<(NoteSignature, Cosignature), WitnessError<E>> {
        let mut last = match self.last.try_lock() {
            Ok(last) => last,
            // A number is whole whatever happened to the thread that held it.
            Err(TryLockError::Poisoned(poisoned)) => PoisonError::into_inner(poisoned),
            Err(TryLockError::WouldBlock) => return Err(WitnessError::Busy),
        };
        let (text, _) = split_note(note).map_err(WitnessError::Note)?;
        // A log that goes back to a smaller tree is found out by the witness, not by what is remembered here.
        *last = (*last).min(size);
        for _ in 0..MAX_QUESTIONS {
            let old = *last;
            let proof = prove(old).map_err(|error| WitnessError::Prove { from: old, error })?;
            let reply = self.ask(&AddCheckpoint { old, proof, checkpoint: note.to_owned() })?;
            match reply.status {
                200 => {
                    let cosigned = self.verified(&text, &reply.body).map_err(WitnessError::BadAnswer)?;
                    *last = size;
                    return Ok(cosigned);
                }
                409 => {
                    let known = reply.size().ok_or(WitnessError::BadAnswer(BadAnswer::NoSize))?;
                    if known > size {
                        return Err(WitnessError::Ahead { known, size });
                    }
                    *last = known;
                }
                status => return Err(WitnessError::Refused { status, body: reply.reason() }),
            }
        }
        Err(WitnessError::Unsettled { known: *last })
    }

    fn ask<E>(&self, request: &AddCheckpoint) -> Result<Reply, WitnessError<E>> {
        let unreachable = |error| WitnessError::Unreachable(Box::new(error));
        let url = self.prefix.join("add-checkpoint");
        let answer = self.agent.post(url).send(request.to_string()).map_err(unreachable)?;
        let status = answer.status().as_u16();
        let kind = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_size = kind.is_some_and(|kind| kind.split(';').next().map(str::trim) == Some(SIZE_TYPE));
        let body = ask::body(answer, MAX_NOTE_BYTES).map_err(unreachable)?;
        let body = String::from_utf8(body).map_err(|_| WitnessError::BadAnswer(BadAnswer::NotText))?;
        Ok(Reply { status, is_size, body })
    }

    /// The witness's cosignature among the lines. All of its lines must be good, or none is believed.
    fn verified(&self, text: &str, lines: &str) -> Result<(NoteSignature, Cosignature), BadAnswer> {
        let mut cosigned = None;
        for line in parse_signatures(lines)? {
            if line.name != self.key.name() || line.id != self.key.id() {
                continue;
            }
            let cosignature = verify_cosignature(text, &line, &self.key)?;
            cosigned = cosigned.or(Some((line, cosignature)));
        }
        cosigned.ok_or(BadAnswer::NoCosignature)
    }
}

impl Reply {
    /// The size that a conflict names: a decimal number and a line feed.
    fn size(&self) -> Option<u64> {
        let digits = self.body.strip_suffix('\n').filter(|_| self.is_size)?;
        let size: u64 = digits.parse().ok()?;
        (size.to_string() == digits).then_some(size)
    }

    /// The beginning of what it says, on one line: it is shown, and comes from outside.
    fn reason(&self) -> String {
        let shown = |c: char| if c.is_control() { ' ' } else { c };
        self.body.trim_end().chars().take(MAX_REASON_CHARS).map(shown).collect()
    }
}
