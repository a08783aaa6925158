//! A client that signs, submits, and verifies what it is told before handing it on.
//!
//! It holds a ledger to its word: every receipt, entry, batch and checkpoint is checked against a
//! [`TrustRoot`], and what does not check is [`ClientError::Untrustworthy`], never data. It deliberately
//! knows no rule: whether the ledger *decided* rightly is the verifier's question. Where to read first:
//! [`Client`], then [`follower`] (what is checked of a stream).
//!
//! ```no_run
//! # async fn example(key: lotbook_chain::SigningKey, statement: lotbook_event::Statement)
//! # -> Result<(), lotbook_client::ClientError> {
//! use lotbook_client::{Client, Verified};
//! use tokio_stream::StreamExt;
//!
//! let client = Client::trust_on_first_use("http://[::1]:7878").await?;
//! let submitted = client.submit(&key, &statement).await?;
//! println!("recorded at position {}", submitted.position);
//! let mut events = client.subscribe(0).await?;
//! while let Some(item) = events.next().await {
//!     match item? {
//!         Verified::Entry(entry) => println!("{} {}", entry.position(), entry.statement.event.name()),
//!         Verified::CaughtUp { size } => println!("caught up with {size} entries"),
//!         Verified::Witnessed { size, .. } => println!("witnesses have seen {size} entries"),
//!     }
//! }
//! # Ok(())
//! # }
//! ```

// A test may panic: that is how it fails.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod client;
pub mod error;
pub mod follower;
mod head;
mod held;
pub mod limits;
pub mod published;
pub mod query;
pub mod receipt;
pub mod stream;
pub mod submission;
pub mod trust;

#[cfg(test)]
mod ledger;

pub use client::Client;
pub use error::{ClientError, Refused, Unavailable, Untrustworthy};
pub use follower::{Cursor, Follower, VerifiedEntry};
pub use lotbook_rpc::{RpcError, proto};
pub use published::Published;
pub use query::{List, Query};
pub use receipt::{SignedStatement, Submitted};
pub use stream::{Entries, Subscription, Verified};
pub use submission::{Answered, Submissions};
pub use trust::{Genesis, TrustRoot};
