//! Witnesses: a thread that follows the newest head, has it cosigned, and publishes it once the quorum is there
//! ([P-115], [P-116]). Nothing else waits for it.

use crate::wire;
use lotbook_engine::Engine;
use lotbook_engine::chain::{Policy, TreeHash};
use lotbook_tlog::LocationError;
use lotbook_tlog::witness::{Failure, Gathered, Prover, WitnessClient, clients, gather};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Longest wait for the answers about one head.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause after a head that got no quorum, before the newest one is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// Why nobody is asked.
#[derive(Debug, thiserror::Error)]
pub enum WitnessingError {
    /// A witness's address is none.
    #[error("a witness's address: {0}")]
    Address(#[from] LocationError),
    /// The machine gave no thread.
    #[error("failed to start asking witnesses: {0}")]
    Thread(#[from] std::io::Error),
}

/// Why there is no proof for a witness.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct NoProof(String);

/// The running thread; stop it before the engine.
pub struct Witnessing {
    signal: Arc<Signal>,
    thread: JoinHandle<()>,
}

/// What the thread waits for.
#[derive(Default)]
struct Signal {
    told: Mutex<Told>,
    moved: Condvar,
}

#[derive(Default)]
struct Told {
    /// The newest size that somebody told of.
    size: u64,
    stop: bool,
}

impl Witnessing {
    /// Starts to ask the witnesses of the engine's policy; nothing to do without one.
    ///
    /// # Errors
    /// See [`WitnessingError`].
    pub fn start(engine: &Engine) -> Result<Option<Self>, WitnessingError> {
        let Some(policy) = engine.policy().cloned() else { return Ok(None) };
        let clients = clients(&policy)?;
        let signal = Arc::new(Signal::default());
        let listener = signal.clone();
        engine.on_publish(Box::new(move |size| listener.tell(|told| told.size = told.size.max(size))));
        signal.tell(|told| told.size = engine.size());
        let asking = Asking { engine: engine.clone(), policy, clients, signal: signal.clone(), begun: None };
        let thread = std::thread::Builder::new().name("witnesses".into()).spawn(move || asking.run())?;
        Ok(Some(Self { signal, thread }))
    }

    /// Ends the thread; blocks until the question at hand is answered or given up.
    pub fn stop(self) {
        self.signal.tell(|told| told.stop = true);
        drop(self.thread.join());
    }
}

impl Signal {
    fn tell(&self, change: impl FnOnce(&mut Told)) {
        change(&mut self.lock());
        self.moved.notify_all();
    }

    /// Waits for a head beyond `size`; false when told to stop.
    fn beyond(&self, size: u64) -> bool {
        let waiting = self.moved.wait_while(self.lock(), |told| !told.stop && told.size <= size);
        !waiting.unwrap_or_else(PoisonError::into_inner).stop
    }

    /// Waits a while; false when told to stop.
    fn pause(&self) -> bool {
        let waiting = self.moved.wait_timeout_while(self.lock(), AGAIN, |told| !told.stop);
        !waiting.unwrap_or_else(PoisonError::into_inner).0.stop
    }

    fn lock(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Asking {
    engine: Engine,
    policy: Policy,
    clients: Vec<Arc<WitnessClient>>,
    signal: Arc<Signal>,
    /// A head that some witnesses have cosigned, but no quorum, with what they said.
    begun: Option<(u64, String)>,
}

impl Asking {
    fn run(mut self) {
        while self.signal.beyond(self.engine.published_size()) {
            if !self.cosigned() && !self.signal.pause() {
                return;
            }
        }
    }

    /// Has the newest head cosigned, and publishes it; false if the quorum did not come.
    fn cosigned(&mut self) -> bool {
        let newest = self.engine.checkpoint();
        let Some(size) = wire::checkpoint_size(&newest) else { return false };
        let begun = self.begun.take().filter(|(begun, _)| *begun == size);
        let note = begun.map_or(newest, |(_, note)| note);
        let engine = self.engine.clone();
        let prove: Prover<NoProof> = Arc::new(move |from| proof(&engine, from, size));
        let gathered = gather(&self.clients, &self.policy, &note, size, &prove, PATIENCE);
        gathered.failures.iter().for_each(|failure| warn(failure, size));
        let Gathered { note, quorum, .. } = gathered;
        if !quorum {
            tracing::warn!(
                size,
                needed = self.policy.in_words(),
                "no quorum of witnesses: nothing newer is published"
            );
            self.begun = Some((size, note));
            return false;
        }
        let published = self.engine.publish(&note);
        if let Err(error) = &published {
            tracing::error!(%error, size, "a cosigned checkpoint cannot be published");
        }
        published.is_ok()
    }
}

fn proof(engine: &Engine, from: u64, to: u64) -> Result<Vec<TreeHash>, NoProof> {
    let proof = engine.consistency_proof(from, to).map_err(|error| NoProof(error.0))?;
    proof.ok_or_else(|| NoProof(format!("there is no proof from {from} to {to} entries")))
}

fn warn(failure: &Failure<NoProof>, size: u64) {
    let witness = failure.witness.name();
    match &failure.error {
        Some(error) => tracing::warn!(witness, size, %error, "a witness did not cosign"),
        None => tracing::warn!(witness, size, "a witness did not answer in time"),
    }
}
