//! A witness of our own: decides, makes it durable, and only then gives the cosignature out of its hands.

use super::evidence;
use super::state::{Held, Origin, State, WitnessStateError};
use lotbook_chain::add_checkpoint::decide;
use lotbook_chain::{
    AddCheckpoint, CheckpointError, Cosigned, CosignerKey, NoteSignature, OpenNoteError, SigningKey,
    VerifierKey, WitnessRefusal, WitnessTime, cosign, open_note,
};
use std::io;
use std::path::Path;
use std::time::SystemTime;

/// Gives Unix time in whole seconds; an argument, so that a test can move it.
pub type Clock = Box<dyn Fn() -> u64 + Send + Sync>;

/// A witness for the logs it was told of.
pub struct Witness {
    key: CosignerKey,
    secret: SigningKey,
    clock: Clock,
    state: State,
}

/// Why there is no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum NotCosigned {
    /// The request is refused, as tlog-witness says.
    #[error(transparent)]
    Refused(#[from] WitnessRefusal),
    /// What was decided cannot be made durable; it is not cosigned.
    #[error("failed to keep what was decided: {0}")]
    Keep(io::Error),
    /// The clock gives no time that can be stated.
    #[error("the clock gives no time")]
    NoTime,
}

/// The clock of this machine.
pub fn system_clock() -> Clock {
    // Before 1970 the time is 0, with which nothing is cosigned.
    Box::new(|| SystemTime::UNIX_EPOCH.elapsed().map_or(0, |time| time.as_secs()))
}

impl Witness {
    /// Opens the directory of a witness of this name and key; it is made if it is not there.
    ///
    /// # Errors
    /// See [`WitnessStateError`].
    pub fn open(
        dir: &Path,
        name: &str,
        secret: SigningKey,
        logs: Vec<VerifierKey>,
        clock: Clock,
    ) -> Result<Self, WitnessStateError> {
        let key = CosignerKey::new(name, secret.public())?;
        let state = State::open(dir, &key, logs)?;
        Ok(Self { key, secret, clock, state })
    }

    /// The key by which others verify its cosignatures.
    pub fn key(&self) -> &CosignerKey {
        &self.key
    }

    /// Decides on the body of an add-checkpoint request. When this returns, what is cosigned is durable.
    ///
    /// # Errors
    /// See [`NotCosigned`]; nothing is cosigned.
    pub fn add_checkpoint(&self, request: &[u8]) -> Result<NoteSignature, NotCosigned> {
        let request = parse(request)?;
        let name = request.origin()?;
        let origin = self.state.origin(&name).ok_or(WitnessRefusal::UnknownOrigin(name))?;
        let mut held = origin.hold();
        let checkpoint = decide(&request, &origin.log, held.cosigned).inspect_err(|refusal| {
            evidence::keep(self.state.dir(), origin, &held, &request, refusal);
        })?;
        // A clock that goes back is held: at the later time, the smaller tree was the largest one seen.
        let time = WitnessTime::new((self.clock)().max(held.time)).ok_or(NotCosigned::NoTime)?;
        let (line, note) = self.cosigned(&request, origin, time)?;
        let cosigned = Cosigned { size: checkpoint.size, root: checkpoint.root };
        let next = Held { cosigned, time: time.seconds(), note: Some(note) };
        origin.keep(&mut held, next).map_err(NotCosigned::Keep)?;
        Ok(line)
    }

    /// What it cosigned last for the origin of this hash (hexadecimal SHA-256); none if nothing, or unknown.
    pub fn latest(&self, origin_hash: &str) -> Option<String> {
        self.state.by_hash(origin_hash)?.hold().note.clone()
    }

    /// The cosignature, and the note with it and the log's signature alone: lines of others are not vouched for.
    fn cosigned(
        &self,
        request: &AddCheckpoint,
        origin: &Origin,
        time: WitnessTime,
    ) -> Result<(NoteSignature, String), WitnessRefusal> {
        let logs = core::slice::from_ref(&origin.log);
        let opened = open_note(&request.checkpoint, logs).map_err(WitnessRefusal::Note)?;
        let malformed = |error: CheckpointError| WitnessRefusal::Checkpoint(error);
        let line = cosign(&opened.text, &self.key, &self.secret, time).map_err(malformed)?;
        let log_line = opened.verified.first().ok_or(WitnessRefusal::Note(OpenNoteError::Unsigned))?;
        let note = format!("{}\n{log_line}{line}", opened.text);
        // With the line added it may be too long to be read back.
        open_note(&note, logs).map_err(WitnessRefusal::Note)?;
        Ok((line, note))
    }
}

fn parse(request: &[u8]) -> Result<AddCheckpoint, WitnessRefusal> {
    use lotbook_chain::AddCheckpointError;
    // What is not text has no line at all.
    let text = core::str::from_utf8(request).map_err(|_| AddCheckpointError::Old)?;
    Ok(text.parse::<AddCheckpoint>()?)
}
