//! A played office whose clock the test moves: a real store, engine and server on loopback, everybody's key.
//! A world is the sample's year up to September, or all of it.

use crate::recovery::program::{arg, copy, done};
use lotbook::command::reading;
use lotbook::data_dir::DataDir;
use lotbook::serving::{Doors, Serving};
use lotbook::{keyfile, stating};
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{Checkpoint, Entry, Frontier, Instant, Policy, SigningKey};
use lotbook_client::{Client, ClientError, RpcError, SignedStatement, Submitted};
use lotbook_engine::{Engine, EngineOptions, Publishing, SimulatedClock};
use lotbook_event::keys::Role;
use lotbook_event::{BatchId, Event, PlanId, SectionId, Statement};
use lotbook_store::Store;
use lotbook_verifier::{Expectations, Verifier};
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tokio_stream::StreamExt;

/// Seconds of a day.
pub const DAY: i64 = 86_400;

pub struct World {
    pub client: Client,
    pub replica: Verifier,
    pub serving: Serving,
    clock: Arc<SimulatedClock>,
    pub now: Instant,
    pub data: DataDir,
    dir: tempfile::TempDir,
    publishing: Publishing,
}

/// The sample office's whole year, played once and copied for each world.
fn whole_year() -> &'static Path {
    static PLAYED: OnceLock<tempfile::TempDir> = OnceLock::new();
    let dir = PLAYED.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        done(&["demo", "--data", arg(&dir.path().join("ledger")), "--json"]);
        dir
    });
    Box::leak(dir.path().join("ledger").into_boxed_path())
}

/// The same year up to the opening of the comprehensive batch: two batches are drawn and done, the third
/// has its scheme, and nothing of autumn has happened.
fn until_autumn() -> &'static Path {
    static CUT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let dir = CUT.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        cut(whole_year(), &dir.path().join("ledger"));
        dir
    });
    Box::leak(dir.path().join("ledger").into_boxed_path())
}

/// Makes a ledger of the entries before the comprehensive batch's ceremony, with a checkpoint over them.
fn cut(whole: &Path, to: &Path) {
    let (whole, to) = (DataDir::new(whole, None), DataDir::new(to, None));
    copy(&whole.dir.join("keys"), &to.dir.join("keys"));
    let ledger = reading::of_data_dir(&whole).unwrap();
    let state = ledger.verifier.state();
    let comprehensive = |plan: &PlanId, batch: &BatchId| {
        state.batches[&(plan.clone(), batch.clone())].batch.sections.len() > 1
    };
    let event = |bytes: &Vec<u8>| Statement::decode(&Entry::decode(bytes).unwrap().statement).unwrap().event;
    let opens = |bytes: &Vec<u8>| match event(bytes) {
        Event::CeremonyOpened(e) => comprehensive(&e.plan, &e.batch),
        _ => false,
    };
    let opened = ledger.entries.iter().position(opens).unwrap();
    // It ends with somebody's statement: signs of life come again when a test moves the clock.
    let last =
        ledger.entries[..opened].iter().rposition(|bytes| !matches!(event(bytes), Event::Heartbeat(_)));
    let size = last.unwrap() + 1;
    let entries = &ledger.entries[..size];
    let store = store(&to);
    for group in entries.chunks(64) {
        store.append_group(group).unwrap();
    }
    let mut tree = Frontier::new();
    entries.iter().for_each(|entry| tree.push(leaf_hash(entry)));
    let origin = state.genesis.as_ref().unwrap().created.origin.to_string();
    let checkpoint = Checkpoint { origin, size: tree.size(), root: tree.root() };
    let note = checkpoint.sign(&keyfile::read(&to.key("checkpoint")).unwrap()).unwrap();
    store.write_anchor(&note, store.head()).unwrap();
    store.close().unwrap();
}

impl World {
    /// The first two batches are done, the comprehensive one is not drawn; it is September.
    pub async fn new() -> Self {
        Self::of(until_autumn()).await
    }

    /// The whole year is over, its disclosure published.
    pub async fn whole_year() -> Self {
        Self::of(whole_year()).await
    }

    /// A copy of a played ledger, a minute after its last entry.
    pub async fn of(played: &Path) -> Self {
        let dir = tempfile::tempdir().unwrap();
        copy(played, &dir.path().join("ledger"));
        let data = DataDir::new(&dir.path().join("ledger"), None);
        let ledger = reading::of_data_dir(&data).unwrap();
        let now = ledger.verifier.state().head.recorded_at.plus_seconds(60);
        let (serving, clock) = serve(&data, now, Publishing::AtOnce).await;
        let client = Client::trust_on_first_use(&serving.url).await.unwrap();
        Self {
            client,
            replica: ledger.verifier,
            serving,
            clock,
            now,
            data,
            dir,
            publishing: Publishing::AtOnce,
        }
    }

    pub fn key(&self, name: &str) -> SigningKey {
        keyfile::read(&self.data.key(name)).unwrap()
    }

    /// Moves the clock, lets the ledger state what is due, and follows.
    pub async fn wait(&mut self, seconds: i64) {
        self.now = self.now.plus_seconds(seconds);
        self.clock.move_to(self.now);
        let engine = self.serving.engine.clone();
        tokio::task::spawn_blocking(move || engine.settle()).await.unwrap();
        self.follow().await;
    }

    /// Re-decides what is new on the log.
    pub async fn follow(&mut self) {
        let mut entries = self.client.entries(self.replica.state().head.size, None).await.unwrap();
        while let Some(entry) = entries.next().await {
            self.replica.entry(&entry.unwrap().bytes).unwrap();
        }
    }

    pub fn statement(&self, role: Role, section: Option<&str>, event: impl Into<Event>) -> Statement {
        let section = section.map(|section| SectionId::new(section).unwrap());
        stating::state(role, section, event.into(), self.now).unwrap()
    }

    /// States an event with the key file of a name: `ROLE`, `ROLE-SECTION` or `ROLE-SUBJECT`.
    pub async fn state(
        &mut self,
        key: &str,
        role: Role,
        section: Option<&str>,
        event: impl Into<Event>,
    ) -> Result<Submitted, ClientError> {
        let statement = self.statement(role, section, event);
        let submitted = self.client.submit(&self.key(key), &statement).await;
        self.follow().await;
        submitted
    }

    pub async fn submit_signed(&mut self, signed: &SignedStatement) -> Result<Submitted, ClientError> {
        let submitted = self.client.submit_signed(signed).await;
        self.follow().await;
        submitted
    }

    pub fn size(&self) -> u64 {
        self.replica.state().head.size
    }

    /// Stops the server and starts it again on the same files.
    pub async fn restart(mut self) -> Self {
        self.serving.stop().await.unwrap();
        let (serving, clock) = serve(&self.data, self.now, self.publishing.clone()).await;
        (self.serving, self.clock) = (serving, clock);
        self.client = Client::trust_on_first_use(&self.serving.url).await.unwrap();
        self.follow().await;
        self
    }

    /// Starts again, and publishes once these witnesses have cosigned.
    pub async fn publish_with(mut self, policy: Policy) -> Self {
        self.publishing = Publishing::Witnessed(policy);
        self.restart().await
    }

    /// A checkpoint of this ledger.
    pub fn open(&self, note: &str) -> Checkpoint {
        Checkpoint::open(note, &self.client.trust_root().vkey).unwrap()
    }

    /// Stops cleanly; the files are there until the folder is dropped.
    pub async fn stop(self) -> tempfile::TempDir {
        self.serving.stop().await.unwrap();
        self.dir
    }

    /// Stops cleanly and verifies everything offline.
    pub async fn verify(self) {
        self.serving.stop().await.unwrap();
        reading::of_data_dir(&self.data).unwrap().verdict(&Expectations::default()).unwrap();
        self.dir.close().unwrap();
    }
}

async fn serve(data: &DataDir, now: Instant, publishing: Publishing) -> (Serving, Arc<SimulatedClock>) {
    let clock = Arc::new(SimulatedClock::standing(now));
    let store = store(data);
    let (signers, secrets) = (data.signers().unwrap(), Arc::new(data.vault().unwrap()));
    let options = EngineOptions { store, signers, clock: clock.clone(), publishing, secrets };
    let serving = Serving::start(Engine::open(options).unwrap(), Doors::LOCAL_WITH_TILES).await.unwrap();
    (serving, clock)
}

fn store(data: &DataDir) -> Store {
    loop {
        // Another test may be starting a process at this moment, which holds the lock until it executes.
        match data.store() {
            Ok(store) => return store,
            Err(error) if error.chain().any(|cause| cause.to_string().contains("another process")) => {
                std::thread::yield_now();
            }
            Err(error) => panic!("{error:#}"),
        }
    }
}

/// What a refusal says.
pub fn refused(result: Result<Submitted, ClientError>) -> RpcError {
    refused_query(result)
}

/// What the refusal of a query says.
pub fn refused_query<T: core::fmt::Debug>(result: Result<T, ClientError>) -> RpcError {
    match result.expect_err("it was accepted") {
        ClientError::Refused(refused) => refused.error.clone(),
        other => panic!("not a refusal: {other}"),
    }
}
