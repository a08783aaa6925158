//! A data directory: journal, index, anchor, and the ledger's own keys.

use crate::keyfile;
use anyhow::{Context, Result};
use lotbook_chain::Instant;
use lotbook_engine::{Engine, EngineOptions, Publishing, Signers, SimulatedClock, SystemClock, statement_id};
use lotbook_store::{Store, StoreOptions, Vault};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// Where the parts of a data directory lie.
#[derive(Debug, Clone)]
pub struct DataDir {
    /// The directory.
    pub dir: PathBuf,
    /// The anchor's file.
    pub anchor: PathBuf,
}

impl DataDir {
    /// The directory with the anchor at its place, or at DIR/anchor.
    pub fn new(dir: &Path, anchor: Option<&Path>) -> Self {
        let anchor = anchor.map_or_else(|| dir.join("anchor"), Path::to_owned);
        Self { dir: dir.to_owned(), anchor }
    }

    /// The folder of the journal's segments.
    pub fn journal(&self) -> PathBuf {
        self.dir.join("journal")
    }

    /// A key file in the directory.
    pub fn key(&self, name: &str) -> PathBuf {
        self.dir.join("keys").join(format!("{name}.key"))
    }

    /// Makes the directory for key files.
    pub fn make_keys_folder(&self) -> Result<()> {
        let folder = self.dir.join("keys");
        std::fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))
    }

    /// The mark of a restore that is not finished.
    pub fn restoring(&self) -> PathBuf {
        self.dir.join("restoring")
    }

    /// Refuses a directory that is not whole: a mistyped one, or one whose restore was cut off.
    pub fn check_whole(&self) -> Result<()> {
        let dir = self.dir.display();
        if self.restoring().exists() {
            anyhow::bail!(
                "a restore into {dir} was cut off: it holds only the begin of a ledger; run the restore again"
            );
        }
        if !self.journal().is_dir() {
            anyhow::bail!("{dir} holds no ledger; make one with `lotbook init --data {dir} --office FILE`");
        }
        Ok(())
    }

    /// Opens the store.
    pub fn store(&self) -> Result<Store> {
        let mut options = StoreOptions::new(&self.dir, &self.anchor, statement_id);
        options.progress = crate::progress::of_a_start();
        let store = Store::open(options).with_context(|| format!("failed to open {}", self.dir.display()))?;
        if store.anchor().is_none() && store.head().size > 0 {
            eprintln!(
                "warning: there is no anchor at {}: a cut-off end would not be noticed",
                self.anchor.display()
            );
        }
        Ok(store)
    }

    /// The ledger's own keys.
    pub fn signers(&self) -> Result<Signers> {
        let key = |name| keyfile::read(&self.key(name)).map(Arc::new);
        Ok(Signers { system: key("system")?, checkpoint: key("checkpoint")? })
    }

    /// The key under which the vault is encrypted: 32 bytes, no key that signs.
    pub fn vault_secret(&self) -> PathBuf {
        self.dir.join("keys").join("vault.secret")
    }

    /// The vault at DIR/vault, under a key of its own beside the ledger's, which is made when it is not there.
    pub fn vault(&self) -> Result<Vault> {
        let (path, folder) = (self.vault_secret(), self.dir.join("vault"));
        if !path.exists() && folder.exists() {
            anyhow::bail!(
                "{} is missing, and {} was made with it: bring it back",
                path.display(),
                folder.display()
            );
        }
        if !path.exists() {
            let key = Zeroizing::new(keyfile::random::<32>()?);
            keyfile::write_private(&path, data_encoding::HEXLOWER.encode(key.as_slice()).as_bytes())?;
        }
        let key = keyfile::read_secret(&path)?;
        Ok(Vault::new(&folder, key, |bytes| {
            getrandom::fill(bytes).map_err(|error| std::io::Error::other(error.to_string()))
        }))
    }

    /// Opens the engine; a ledger with a simulated clock goes on from its last recorded time.
    pub fn engine(&self, simulated: bool, publishing: Publishing) -> Result<Engine> {
        // Opening a store makes what is not there; a mistyped folder must stay as it is.
        self.check_whole()?;
        let store = self.store()?;
        let (is_simulated, last) = clock_of(&store)?;
        if is_simulated && !simulated {
            anyhow::bail!("this ledger has a simulated clock (a demonstration): serve it with --simulated");
        }
        if simulated && !is_simulated {
            anyhow::bail!("this ledger has a real clock: serve it without --simulated");
        }
        let clock: Arc<dyn lotbook_engine::Clock> =
            if is_simulated { Arc::new(SimulatedClock::running_from(last)) } else { Arc::new(SystemClock) };
        let secrets = Arc::new(self.vault()?);
        Ok(Engine::open(EngineOptions { store, signers: self.signers()?, clock, publishing, secrets })?)
    }
}

/// Whether the clock is simulated, and when the last entry was recorded.
fn clock_of(store: &Store) -> Result<(bool, Instant)> {
    let entry = |position| -> Result<lotbook_chain::Entry> {
        let bytes = store.entry(lotbook_chain::Position(position))?;
        let bytes = bytes.context("the data directory holds no ledger; make one with `lotbook init`")?;
        Ok(lotbook_chain::Entry::decode(&bytes)?)
    };
    let statement = lotbook_event::Statement::decode(&entry(0)?.statement)?;
    let simulated =
        matches!(&statement.event, lotbook_event::Event::LedgerCreated(created) if created.simulated_clock);
    Ok((simulated, entry(store.head().size.saturating_sub(1))?.recorded_at))
}
