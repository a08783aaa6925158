//! Reading a whole ledger, from a data directory or a server, verified while it is read.

use crate::cli::Source;
use crate::data_dir::DataDir;
use anyhow::{Context, Result};
use lotbook_chain::Checkpoint;
use lotbook_client::Client;
use lotbook_store::{Anchor, JournalReader};
use lotbook_verifier::{Check, Expectations, Finding, Verdict, Verifier};
use std::path::Path;
use tokio_stream::StreamExt;

/// A verified ledger.
pub struct Ledger {
    /// Entry bytes in order.
    pub entries: Vec<Vec<u8>>,
    /// What they add up to.
    pub verifier: Verifier,
    /// A signed checkpoint, if there is one.
    pub note: Option<String>,
}

/// Reads and re-decides a ledger.
pub async fn ledger(source: &Source) -> Result<Ledger> {
    match (&source.data, &source.server) {
        (Some(dir), _) => of_data_dir(&data_dir(source, dir)),
        (None, Some(url)) => of_server(&Client::trust_on_first_use(url).await?).await,
        (None, None) => anyhow::bail!("name --data or --server"),
    }
}

/// A data directory with the anchor where the command line says.
pub fn data_dir(source: &Source, dir: &Path) -> DataDir {
    DataDir::new(dir, source.anchor.as_deref())
}

/// Reads journal and anchor of a data directory; never opens sled, never writes.
pub fn of_data_dir(data: &DataDir) -> Result<Ledger> {
    let anchor = Anchor::read(&data.anchor)
        .with_context(|| format!("failed to read the anchor {}", data.anchor.display()))?;
    let mut verifier = Verifier::new(anchor.iter().map(|anchor| anchor.head().size));
    let journal = JournalReader::open(&data.journal()).map_err(damage)?;
    let mut entries = vec![];
    for entry in journal {
        let (_, bytes) = entry.map_err(damage)?;
        verifier.entry(&bytes)?;
        entries.push(bytes);
    }
    if let Some(anchor) = &anchor {
        anchored(&verifier, anchor)?;
    }
    Ok(Ledger { entries, verifier, note: anchor.map(|anchor| anchor.note().to_owned()) })
}

/// The journal must reach the anchor.
fn anchored(verifier: &Verifier, anchor: &Anchor) -> Result<()> {
    let (size, anchored) = (verifier.state().head.size, anchor.head().size);
    if size < anchored {
        let what = format!(
            "the journal ends at {size} entries, the anchor has seen {anchored}: its end was cut off"
        );
        return Err(Finding::new(size, Check::Journal, what).into());
    }
    Ok(())
}

/// Damage is a finding with its position; everything else is a failure to read.
pub fn damage(error: lotbook_store::JournalError) -> anyhow::Error {
    match error {
        lotbook_store::JournalError::Damaged(damaged) => {
            Finding::new(damaged.position.0, Check::Journal, damaged.to_string()).into()
        }
        other => other.into(),
    }
}

/// Reads a server's log from genesis on.
pub async fn of_server(client: &Client) -> Result<Ledger> {
    let note_size = client.checkpoint().await?.size;
    let mut verifier = Verifier::new([note_size]);
    let mut entries = vec![];
    let mut stream = client.entries(0, Some(note_size)).await?;
    while let Some(entry) = stream.next().await {
        let entry = entry?;
        verifier.entry(&entry.bytes)?;
        entries.push(entry.bytes);
    }
    let last = note_size.checked_sub(1).context("the log is empty")?;
    let (_, receipt) = client.entry(last).await?;
    let signed = Checkpoint::open(&receipt.checkpoint, &client.trust_root().vkey)?;
    // Entries may have come since; the note is kept only if it is of exactly what was read.
    let note = (signed.size == note_size).then_some(receipt.checkpoint);
    Ok(Ledger { entries, verifier, note })
}

impl Ledger {
    /// The verdict over it.
    ///
    /// # Errors
    /// What the end of the log, its checkpoint or the expectations refute.
    pub fn verdict(&self, expectations: &Expectations) -> Result<Verdict, Finding> {
        self.verifier.finish(self.note.as_deref(), expectations)
    }

    /// The newest signed checkpoint, if it is of exactly what was read: what proofs are made under.
    ///
    /// # Errors
    /// If there is none, or it is of fewer entries.
    pub fn note_over_all(&self) -> Result<&str> {
        let note = self.note.as_deref().context("there is no signed checkpoint to prove entries under")?;
        let signed = self.verdict(&Expectations::default())?.checkpoint;
        let size = self.entries.len() as u64;
        if signed != Some(size) {
            anyhow::bail!(
                "the newest checkpoint is of {signed:?} entries, the log has {size}: stop the server cleanly, or ask it"
            );
        }
        Ok(note)
    }
}
