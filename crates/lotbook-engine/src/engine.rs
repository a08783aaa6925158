//! The handle: what servers and programs call. Cheap to clone; the writer runs behind it.

use crate::group::Outcome;
use crate::port::Clock;
use crate::projector::Projector;
use crate::public::{Public, PublishError, Publishing};
use crate::publish::{EndListener, Listener, Published};
use crate::refusing::Counted;
use crate::secrets::{MissingKey, Secrets, keys_of};
use crate::writer::Writer;
use crate::{Signers, publish, read, write};
use lotbook_chain::{Entry, Policy, Position, Receipt, Sealed, VerifierKey, Witnessed};
use lotbook_domain::authenticate::verify;
use lotbook_domain::grade::awaiting_stamps;
use lotbook_domain::refusals::RefusalReceipt;
use lotbook_domain::{LedgerKeys, Rejection, SignedStatement, State, evolve};
use lotbook_event::{Refusal, Statement};
use lotbook_store::Store;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Statements that may wait for the writer; beyond it callers are told to come back.
pub const QUEUE: usize = 4_096;
/// Entries read at once when the state is rebuilt.
const REPLAY_CHUNK: usize = 1_024;

/// What an engine needs.
pub struct EngineOptions {
    /// The open store; not empty (see [`crate::create()`]).
    pub store: Store,
    /// The ledger's keys.
    pub signers: Signers,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Which checkpoints the public is shown.
    pub publishing: Publishing,
    /// Embargo keys, and randomness.
    pub secrets: Arc<dyn Secrets>,
}

/// Why an engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The store has no genesis.
    #[error("the data directory holds no ledger; make one with `lotbook init`")]
    Empty,
    /// An entry cannot be read.
    #[error("entry {position}: {what}")]
    Entry {
        /// Which.
        position: u64,
        /// Why.
        what: String,
    },
    /// The keys are not those that genesis names.
    #[error("the {0} key is not the one that genesis names")]
    WrongKey(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] lotbook_store::StoreError),
    /// What was shown to the public is not of this ledger, or witnesses are no longer waited for.
    #[error("what was published last: {0}")]
    Published(#[from] PublishError),
    /// An embargo is not released, and its key is not there.
    #[error(transparent)]
    MissingKey(#[from] MissingKey),
    /// The machine gave no thread.
    #[error("failed to start the writer: {0}")]
    Thread(#[from] std::io::Error),
}

/// Reading or writing is not possible now.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// Why a statement got no receipt.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SubmitError {
    /// The signature does not verify.
    #[error("the signature does not verify for this ledger under the key it names")]
    BadSignature,
    /// A rule said no; the receipt is there if the author is authentic.
    #[error("{refusal}")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// The ledger's signed word.
        receipt: Option<RefusalReceipt>,
    },
    /// Too much waits already.
    #[error("{QUEUE} statements wait already; try again")]
    Overloaded,
    /// The ledger accepts nothing until it is started again.
    #[error("the ledger accepts nothing now: {0}")]
    Unavailable(String),
}

/// Where an answer goes.
pub(crate) type Answer = Box<dyn FnOnce(Result<Receipt, SubmitError>) + Send>;

/// Work for the writer.
pub(crate) enum Job {
    Submit(Box<SignedStatement>, Answer),
    Settle(SyncSender<()>),
    Stop,
}

/// What the writer, the projector and the readers share.
pub(crate) struct Shared {
    pub store: Store,
    pub state: RwLock<State>,
    pub published: RwLock<Published>,
    pub projector: Projector,
    pub listeners: RwLock<Vec<Listener>>,
    pub ends: RwLock<Vec<EndListener>>,
    pub stopped: RwLock<Option<String>>,
    pub clock: Arc<dyn Clock>,
    pub secrets: Arc<dyn Secrets>,
    /// Keys of embargoes that are not released; wiped with the engine.
    pub keys: RwLock<LedgerKeys>,
    pub origin: String,
    pub vkey: VerifierKey,
    pub public: Public,
}

/// The ledger, running.
#[derive(Clone)]
pub struct Engine {
    pub(crate) shared: Arc<Shared>,
    jobs: SyncSender<Job>,
    /// The writer and the projector.
    threads: Arc<Mutex<Vec<std::thread::JoinHandle<()>>>>,
}

impl Engine {
    /// Rebuilds the state from the store and starts the writer.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn open(options: EngineOptions) -> Result<Self, OpenError> {
        let state = replay(&options.store)?;
        let genesis = state.genesis.as_ref().ok_or(OpenError::Empty)?;
        if genesis.system_key != options.signers.system.public() {
            return Err(OpenError::WrongKey("system"));
        }
        if *genesis.checkpoint_key.public() != options.signers.checkpoint.public() {
            return Err(OpenError::WrongKey("checkpoint"));
        }
        let origin = genesis.created.origin.as_str().to_owned();
        let vkey = genesis.checkpoint_key.clone();
        let public = Public::open(options.publishing, &options.store, &vkey)?;
        let (size, root) = (state.head.size, state.head.frontier.root());
        let published = publish::checkpoint(&origin, size, root, &options.signers.checkpoint)
            .map_err(|what| OpenError::Entry { position: 0, what })?;
        let keys = keys_of(&state, &*options.secrets)?;
        let shared = Arc::new(Shared {
            store: options.store,
            projector: Projector::new(state.clone()),
            state: RwLock::new(state),
            published: RwLock::new(published),
            listeners: RwLock::default(),
            ends: RwLock::default(),
            stopped: RwLock::default(),
            clock: options.clock,
            keys: RwLock::new(keys),
            secrets: options.secrets,
            origin,
            vkey,
            public,
        });
        let (jobs, waiting) = sync_channel(QUEUE);
        let anchored = (std::time::Instant::now(), 0);
        let writer = Writer {
            shared: shared.clone(),
            signers: options.signers,
            jobs: waiting,
            anchored,
            counted: Counted::default(),
        };
        // The projector first: it ends when the writer does.
        let followed = shared.clone();
        let projector = spawn("projector", move || followed.projector.run(&followed))?;
        let writer = spawn("writer", move || writer.run()).inspect_err(|_| shared.projector.end())?;
        let threads = vec![projector, writer];
        Ok(Self { shared, jobs, threads: Arc::new(Mutex::new(threads)) })
    }

    /// Submits a statement; `answer` is called once, when the entry is durable or refused.
    ///
    /// Verifies the signature on the calling thread.
    pub fn submit(&self, signed: SignedStatement, answer: Answer) {
        let verified = verify(&read(&self.shared.state), &signed);
        let refused = match verified {
            Ok(()) => None,
            Err(Rejection::BadSignature(_)) => Some(SubmitError::BadSignature),
            Err(Rejection::NotAuthentic(refusal) | Rejection::Refused { refusal, .. }) => {
                Some(SubmitError::Refused { refusal, receipt: None })
            }
        };
        if let Some(refused) = refused {
            return answer(Err(refused));
        }
        match self.jobs.try_send(Job::Submit(Box::new(signed), answer)) {
            Ok(()) => {}
            Err(TrySendError::Full(Job::Submit(_, answer))) => answer(Err(SubmitError::Overloaded)),
            Err(TrySendError::Disconnected(Job::Submit(_, answer))) => answer(Err(self.why_stopped())),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }

    fn why_stopped(&self) -> SubmitError {
        let why = read(&self.shared.stopped).clone();
        SubmitError::Unavailable(why.unwrap_or_else(|| "the writer has ended unexpectedly".into()))
    }

    /// Waits until everything due by now has been stated and is durable.
    pub fn settle(&self) {
        let (done, wait) = sync_channel(1);
        if self.jobs.send(Job::Settle(done)).is_ok() {
            // If the writer ended instead, there is nothing to wait for.
            wait.recv().ok();
        }
    }

    /// Stops cleanly: what waits is done, the anchor is written, the store is closed.
    pub fn stop(&self) {
        drop(self.jobs.send(Job::Stop));
        let threads = core::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            drop(thread.join());
        }
    }

    /// Why the ledger accepts nothing any more, if so.
    pub fn stopped(&self) -> Option<String> {
        read(&self.shared.stopped).clone()
    }

    /// Durable entries from a position on, at most so many and about so many bytes.
    ///
    /// # Errors
    /// [`Unavailable`] if the store cannot be read.
    pub fn entries(&self, from: u64, max: usize, max_bytes: usize) -> Result<Vec<Vec<u8>>, Unavailable> {
        let entries = self.shared.store.entries(Position(from), max);
        let mut entries = entries.map_err(|error| Unavailable(error.to_string()))?;
        let mut bytes = 0;
        let fits = entries.iter().take_while(|entry| {
            bytes += entry.len();
            bytes <= max_bytes
        });
        let keep = fits.count().max(1);
        entries.truncate(keep);
        Ok(entries)
    }

    /// The receipt of an entry under the newest checkpoint; `None` beyond it.
    ///
    /// # Errors
    /// [`Unavailable`] if the store cannot be read.
    pub fn receipt(&self, position: u64) -> Result<Option<Receipt>, Unavailable> {
        self.shared.receipt(Position(position))
    }

    /// The newest signed checkpoint.
    pub fn checkpoint(&self) -> String {
        read(&self.shared.published).note.clone()
    }

    /// The newest checkpoint for the public, on /checkpoint and for tiles: with the cosignatures of the
    /// quorum, if witnesses are configured. Nothing if none was cosigned yet.
    pub fn published_checkpoint(&self) -> Option<String> {
        self.shared.public().map(|published| published.note)
    }

    /// Entries under the checkpoint for the public; 0 if there is none.
    pub fn published_size(&self) -> u64 {
        self.shared.public().map_or(0, |published| published.size)
    }

    /// The policy whose quorum is waited for; nothing if checkpoints are published at once.
    pub fn policy(&self) -> Option<&Policy> {
        self.shared.public.policy()
    }

    /// Publishes a checkpoint with the cosignatures that the policy asks for. An older one than is published
    /// already changes nothing.
    ///
    /// # Errors
    /// See [`PublishError`]; what is published stays.
    pub fn publish(&self, note: &str) -> Result<Witnessed, PublishError> {
        let closes = self.view(awaiting_stamps).unwrap_or_else(|error| {
            tracing::warn!(why = error.0, "no stamp is kept of this checkpoint");
            vec![]
        });
        self.shared.public.publish(&self.shared.store, &self.shared.vkey, note, &closes)
    }

    /// The first published checkpoint over a CeremonyClosed that waited for a beacon then ([P-188]).
    ///
    /// # Errors
    /// [`Unavailable`] if the store cannot be read.
    pub fn stamp(&self, close: u64) -> Result<Option<String>, Unavailable> {
        self.shared.store.stamp(Position(close)).map_err(|error| Unavailable(error.to_string()))
    }

    /// Calls `listener` with the size of each cosigned checkpoint once it is published.
    pub fn on_witnessed(&self, listener: Box<dyn Fn(u64) + Send + Sync>) {
        self.shared.public.listen(listener);
    }

    /// The verifier key of its checkpoints, as genesis names it.
    pub fn vkey(&self) -> &VerifierKey {
        &self.shared.vkey
    }

    /// Number of durable entries under the newest checkpoint.
    pub fn size(&self) -> u64 {
        read(&self.shared.published).size
    }

    /// Looks at what the durable entries add up to: at least all that was answered before this call, never
    /// anything that is not durable. Waits for entries that were published a moment ago; blocks.
    ///
    /// # Errors
    /// [`Unavailable`] if an entry could not be read back.
    pub fn view<T>(&self, look: impl FnOnce(&State) -> T) -> Result<T, Unavailable> {
        self.shared.projector.view(look)
    }

    /// Calls `listener` once when the writer has stopped for good; at once if it has already.
    pub fn on_end(&self, listener: Box<dyn Fn() + Send + Sync>) {
        let mut ends = write(&self.shared.ends);
        if self.stopped().is_some() {
            listener();
        } else {
            ends.push(listener);
        }
    }

    /// Calls `listener` with the durable size after each group.
    pub fn on_publish(&self, listener: Box<dyn Fn(u64) + Send + Sync>) {
        write(&self.shared.listeners).push(listener);
    }
}

impl Shared {
    pub fn receipt(&self, position: Position) -> Result<Option<Receipt>, Unavailable> {
        let unavailable = |error: lotbook_store::StoreError| Unavailable(error.to_string());
        let published = read(&self.published).clone();
        let proof = self.store.inclusion_proof(position, published.size).map_err(unavailable)?;
        let entry = self.store.entry(position).map_err(unavailable)?;
        let checkpoint = published.note;
        Ok(entry.zip(proof).map(|(entry, proof)| Receipt { entry, proof, checkpoint }))
    }

    pub fn answer(&self, answer: Answer, outcome: Outcome) {
        answer(match outcome {
            Outcome::Refused(refusal, receipt) => Err(SubmitError::Refused { refusal, receipt }),
            Outcome::Accepted(position) => match self.receipt(position) {
                Ok(Some(receipt)) => Ok(receipt),
                Ok(None) => Err(SubmitError::Unavailable(format!("entry {position} cannot be read back"))),
                Err(Unavailable(why)) => Err(SubmitError::Unavailable(why)),
            },
        });
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new().name(name.into()).spawn(work)
}

/// Rebuilds the state: the fold of every entry.
fn replay(store: &Store) -> Result<State, OpenError> {
    let mut state = State::default();
    loop {
        let entries = store.entries(Position(state.head.size), REPLAY_CHUNK)?;
        if entries.is_empty() {
            return Ok(state);
        }
        for bytes in entries {
            let position = state.head.size;
            let sealed = open_entry(bytes).map_err(|what| OpenError::Entry { position, what })?;
            evolve(&mut state, &sealed);
        }
    }
}

pub(crate) fn open_entry(bytes: Vec<u8>) -> Result<Sealed<Statement>, String> {
    let entry = Entry::decode(&bytes).map_err(|error| error.to_string())?;
    let statement = Statement::decode(&entry.statement).map_err(|error| error.to_string())?;
    Sealed::seal(entry, statement).map_err(|error| error.to_string())
}
