//! The reader: batches of durable entries, each with the proof of its last one.

use crate::limits;
use crate::service::blocking;
use crate::wire;
use lotbook_engine::Engine;
use lotbook_engine::chain::{Receipt, TreeHash};
use lotbook_rpc::status;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Mutex;
use tonic::Status;

/// Some entries in order, at least one.
pub(crate) struct Batch {
    /// Position of the first one.
    pub from: u64,
    /// Position after the last one.
    pub to: u64,
    /// Their bytes.
    pub entries: Vec<Vec<u8>>,
    /// Inclusion proof of the last one.
    pub proof: Vec<Vec<u8>>,
    /// The checkpoint of the proof.
    pub checkpoint: String,
    /// The checkpoint's size.
    pub size: u64,
}

/// A witnessed checkpoint, and what shows that the newest one extends it.
pub(crate) struct Witnessed {
    /// Entries under it.
    pub size: u64,
    /// Its note, with cosignatures.
    pub note: String,
    /// The newest checkpoint.
    pub checkpoint: String,
    /// Consistency proof from the one to the other.
    pub proof: Vec<TreeHash>,
}

/// Reads batches; those that many readers want at once are read once.
pub(crate) struct Reader {
    engine: Engine,
    /// Recent batches by first position. Whoever finds one by its position follows its boundary, so
    /// readers that live at the head come to want the same batches.
    recent: Mutex<BTreeMap<u64, Arc<Batch>>>,
}

impl Reader {
    pub fn new(engine: Engine) -> Self {
        Self { engine, recent: Mutex::default() }
    }

    pub fn size(&self) -> u64 {
        self.engine.size()
    }

    pub fn checkpoint(&self) -> String {
        self.engine.checkpoint()
    }

    /// Whether checkpoints are published only once witnesses have cosigned them.
    pub fn waits_for_witnesses(&self) -> bool {
        self.engine.policy().is_some()
    }

    /// The newest witnessed checkpoint, the newest checkpoint, and the proof from the one to the other; nothing
    /// if none is witnessed yet. Blocks.
    pub fn witnessed(&self) -> Result<Option<Witnessed>, Status> {
        let engine = &self.engine;
        let Some(note) = engine.published_checkpoint() else { return Ok(None) };
        let size = wire::checkpoint_size(&note).unwrap_or(0);
        let checkpoint = engine.checkpoint();
        let to = wire::checkpoint_size(&checkpoint).unwrap_or(0);
        let proof = engine.consistency_proof(size, to).map_err(|error| status::unavailable(&error.0))?;
        let missing = || status::unavailable("the witnessed checkpoint is newer than the newest one");
        Ok(Some(Witnessed { size, note, checkpoint, proof: proof.ok_or_else(missing)? }))
    }

    /// The receipt of one entry. Blocks.
    pub fn receipt(&self, position: u64) -> Result<Receipt, Status> {
        let receipt = self.engine.receipt(position).map_err(|error| status::unavailable(&error.0))?;
        receipt.ok_or_else(|| status::no_such_entry(position, self.size()))
    }

    /// A batch from a position on, which ends at `to` or before, under a checkpoint not older than `known`.
    pub async fn batch(&self, from: u64, to: u64, known: u64) -> Result<Arc<Batch>, Status> {
        // Far behind the head nobody else is likely to want the same.
        if to.saturating_sub(from) > limits::BATCH_ENTRIES {
            return self.read(from, to).await.map(Arc::new);
        }
        // Held while reading, so that of many readers the first one reads and the others find it.
        let mut recent = self.recent.lock().await;
        if let Some(batch) = recent.get(&from).filter(|batch| batch.to <= to && batch.size >= known) {
            return Ok(batch.clone());
        }
        let batch = Arc::new(self.read(from, to).await?);
        recent.insert(from, batch.clone());
        while recent.len() > limits::RECENT_BATCHES {
            recent.pop_first();
        }
        Ok(batch)
    }

    async fn read(&self, from: u64, to: u64) -> Result<Batch, Status> {
        let engine = self.engine.clone();
        blocking(move || read(&engine, from, to)).await?
    }
}

fn read(engine: &Engine, from: u64, to: u64) -> Result<Batch, Status> {
    let count = to.saturating_sub(from).min(limits::BATCH_ENTRIES);
    let max = usize::try_from(count).unwrap_or(usize::MAX);
    let unavailable = |error: lotbook_engine::Unavailable| status::unavailable(&error.0);
    let entries = engine.entries(from, max, limits::BATCH_BYTES).map_err(unavailable)?;
    let missing = || status::unavailable(&format!("the entries from position {from} cannot be read"));
    let last = u64::try_from(entries.len()).ok().and_then(|n| from.checked_add(n)?.checked_sub(1));
    let last = last.filter(|last| *last >= from).ok_or_else(missing)?;
    let receipt = engine.receipt(last).map_err(unavailable)?.ok_or_else(missing)?;
    let size = wire::checkpoint_size(&receipt.checkpoint).ok_or_else(missing)?;
    let proof = wire::hashes(&receipt.proof);
    Ok(Batch { from, to: last.saturating_add(1), entries, proof, checkpoint: receipt.checkpoint, size })
}
