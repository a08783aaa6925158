//! Publish: the checkpoint of a durable group, receipts, and whoever listens.

use lotbook_chain::{Checkpoint, SigningKey, TreeHash};

/// The newest signed checkpoint.
#[derive(Debug, Clone)]
pub(crate) struct Published {
    /// Its tree size.
    pub size: u64,
    /// The signed note.
    pub note: String,
}

/// Called with the durable size after each group.
pub(crate) type Listener = Box<dyn Fn(u64) + Send + Sync>;

/// Called once when the writer has stopped for good.
pub(crate) type EndListener = Box<dyn Fn() + Send + Sync>;

/// Signs the checkpoint of a tree.
///
/// # Errors
/// The note's own words, if origin or root make no checkpoint.
pub(crate) fn checkpoint(
    origin: &str,
    size: u64,
    root: TreeHash,
    key: &SigningKey,
) -> Result<Published, String> {
    let checkpoint = Checkpoint { origin: origin.to_owned(), size, root };
    let note = checkpoint.sign(key).map_err(|error| error.to_string())?;
    Ok(Published { size, note })
}
