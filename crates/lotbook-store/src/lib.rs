//! Durable storage of a ledger: a journal that is the truth, an index that everything reads from, and
//! an anchor that shows when either was cut short (ledger.md 4).
//!
//! This room knows entries as bytes that form a chain and a tree. It does not know what a statement
//! says, checks no signature, has no clock, and is the only room that knows sled. It blocks.
//!
//! Where to read first: [`Journal`] (the promises), `suite` (the same, as a test), the layout of the
//! files in `segment/mod.rs`, what a torn tail is in `segment/recover.rs`, then [`Store`].
//!
//! ```
//! use lotbook_store::{Head, Journal, MemoryJournal};
//! use lotbook_chain::{Entry, EntryHash, Instant, KeyId, Position, Signature, entry::entry_hash};
//!
//! let (previous, author, signature) = (EntryHash::ZERO, KeyId([1; 32]), Signature([0; 64]));
//! let statement = b"the first statement".to_vec();
//! let (position, recorded_at) = (Position(0), Instant(0));
//! let entry = Entry { position, recorded_at, previous, author, signature, statement }.encode()?;
//!
//! let journal = MemoryJournal::new();
//! let lease = journal.acquire("example")?;
//! let hash = entry_hash(&entry);
//! assert_eq!(journal.append(&lease, position, previous, hash, &[entry])?, Head { size: 1, hash });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod anchor;
mod damage;
mod fault;
mod index;
mod journal;
mod link;
mod lock;
mod memory;
mod open;
mod progress;
mod published;
mod replace;
mod segment;
mod stamps;
mod store;
#[cfg(any(test, feature = "suite"))]
pub mod suite;
mod vault;
mod watch;

#[cfg(test)]
mod tests;

pub use anchor::{Anchor, AnchorError, AnchorFault};
pub use damage::{Damage, Damaged, FrameFault, HeaderFault, Proof};
pub use fault::{Fatal, OpenError, StoreError, Unavailable};
pub use index::{IndexError, StatementId};
pub use journal::{AppendError, Head, Journal, JournalError, Lease, TAIL_PAGE, Tail};
pub use link::LinkFault;
pub use memory::MemoryJournal;
pub use open::{INDEX_CACHE_BYTES, StoreOptions};
pub use progress::{Phase, Progress};
pub use published::Publication;
pub use segment::{JournalReader, MAX_GROUP_BYTES, SEGMENT_BYTES, SegmentJournal};
pub use stamps::read_stamp;
pub use store::Store;
pub use vault::{Random, Vault, VaultError};
