//! What this witness has cosigned last, one file an origin, durable before anybody hears of it.
//!
//! A file that is there and cannot be believed is an error, never "nothing cosigned": a witness that forgets
//! would cosign a second history.

use crate::durable;
use crate::source::read_bounded;
use lotbook_chain::cosignature::cosignatures;
use lotbook_chain::note::MAX_NOTE_BYTES;
use lotbook_chain::{Checkpoint, CosignatureError, Cosigned, CosignerKey, OpenCheckpointError, VerifierKey};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Held while a process uses the directory: two would cosign two histories.
const LOCK_FILE: &str = "lock";

/// Why a witness does not start.
#[derive(Debug, thiserror::Error)]
pub enum WitnessStateError {
    /// The system failed.
    #[error("failed to {action} {}: {error}", path.display())]
    Io {
        /// What was to be done.
        action: &'static str,
        /// File or folder.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another witness uses the directory.
    #[error("another process uses {}", .0.display())]
    Busy(PathBuf),
    /// A state file is not what this witness has written.
    #[error("{} is damaged: {fault}; restore it from a copy, or end this witness's name and key", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: StateFault,
    },
    /// Two keys for one origin.
    #[error("two logs have the origin {0}")]
    RepeatedOrigin(String),
    /// The witness's key is a log's, too; one key serves one witness and nothing else.
    #[error("the witness's key is also that of the log {0}")]
    SharedKey(String),
    /// The witness's name cannot be a key's.
    #[error(transparent)]
    Name(#[from] lotbook_chain::KeyNameError),
}

/// What is wrong with a state file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateFault {
    /// Longer than a note, or not UTF-8.
    #[error("it is not a note")]
    NotText,
    /// Not signed by the log.
    #[error(transparent)]
    Log(#[from] OpenCheckpointError),
    /// A cosignature that does not verify.
    #[error(transparent)]
    Cosignature(#[from] CosignatureError),
    /// Not cosigned by this witness.
    #[error("it has no cosignature of this witness")]
    NotCosigned,
}

/// The directory of a witness.
pub(super) struct State {
    dir: PathBuf,
    origins: BTreeMap<String, Origin>,
    _lock: File,
}

/// A log that is witnessed.
pub(super) struct Origin {
    pub(super) log: VerifierKey,
    file: PathBuf,
    held: Mutex<Held>,
}

/// What was cosigned last for an origin.
pub(super) struct Held {
    pub(super) cosigned: Cosigned,
    /// When, in Unix seconds; 0 if nothing was cosigned.
    pub(super) time: u64,
    /// The note with the log's signature and this witness's.
    pub(super) note: Option<String>,
}

impl State {
    pub(super) fn open(
        dir: &Path,
        witness: &CosignerKey,
        logs: Vec<VerifierKey>,
    ) -> Result<Self, WitnessStateError> {
        durable::create_folder(dir).map_err(failed("create", dir))?;
        let lock = lock(&dir.join(LOCK_FILE))?;
        durable::remove_unfinished(dir).map_err(failed("clean up", dir))?;
        let mut origins = BTreeMap::new();
        for log in logs {
            let origin = log.name().to_owned();
            if log.public() == witness.public() {
                return Err(WitnessStateError::SharedKey(origin));
            }
            let file = dir.join(origin_hash(&origin));
            let held = Mutex::new(read(&file, &log, witness)?);
            if origins.insert(origin.clone(), Origin { log, file, held }).is_some() {
                return Err(WitnessStateError::RepeatedOrigin(origin));
            }
        }
        Ok(Self { dir: dir.to_owned(), origins, _lock: lock })
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn origin(&self, name: &str) -> Option<&Origin> {
        self.origins.get(name)
    }

    /// The origin with this hash, in hexadecimal.
    pub(super) fn by_hash(&self, hash: &str) -> Option<&Origin> {
        self.origins.values().find(|origin| origin.file.file_name().is_some_and(|name| name == hash))
    }
}

impl Origin {
    /// What was cosigned last; nobody else decides for this origin until it is given back.
    pub(super) fn hold(&self) -> MutexGuard<'_, Held> {
        // It is replaced as a whole, after it was written: a thread that died left the old or the new one.
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes what is cosigned next durable; only then it is held.
    pub(super) fn keep(&self, held: &mut Held, next: Held) -> io::Result<()> {
        durable::write(&self.file, next.note.as_deref().unwrap_or_default().as_bytes())?;
        if let Some(dir) = self.file.parent() {
            durable::sync_folder(dir)?;
        }
        *held = next;
        Ok(())
    }
}

/// The name of an origin in paths and URLs.
pub(super) fn origin_hash(origin: &str) -> String {
    // hex(SHA-256(origin))                                          C2SP tlog-witness, get-checkpoint; [P-116]
    data_encoding::HEXLOWER.encode(&Sha256::digest(origin.as_bytes()))
}

fn lock(path: &Path) -> Result<File, WitnessStateError> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = file.map_err(failed("open", path))?;
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => WitnessStateError::Busy(path.to_owned()),
        TryLockError::Error(error) => failed("lock", path)(error),
    })?;
    Ok(file)
}

fn read(file: &Path, log: &VerifierKey, witness: &CosignerKey) -> Result<Held, WitnessStateError> {
    let bytes = match read_bounded(file, MAX_NOTE_BYTES) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Held { cosigned: Cosigned::NOTHING, time: 0, note: None });
        }
        Err(error) => return Err(failed("read", file)(error)),
    };
    believe(bytes, log, witness).map_err(|fault| WitnessStateError::Damaged { path: file.to_owned(), fault })
}

fn believe(bytes: Vec<u8>, log: &VerifierKey, witness: &CosignerKey) -> Result<Held, StateFault> {
    let note = String::from_utf8(bytes).map_err(|_| StateFault::NotText)?;
    let checkpoint = Checkpoint::open(&note, log)?;
    let cosignatures = cosignatures(&note, core::slice::from_ref(witness))?;
    let time = cosignatures.first().ok_or(StateFault::NotCosigned)?.time.seconds();
    let cosigned = Cosigned { size: checkpoint.size, root: checkpoint.root };
    Ok(Held { cosigned, time, note: Some(note) })
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> WitnessStateError {
    let path = path.to_owned();
    move |error| WitnessStateError::Io { action, path, error }
}
