//! Projections: views of the state, as queries and `show` give them. One file each, all pure.
//!
//! A projection decides nothing and keeps nothing: it is a function of [`State`](crate::State), called when
//! somebody asks. Each list is in the order of its keys and goes on after a key, without looking at what
//! comes before it; `""` is the beginning. The views themselves are messages of `view.proto`, so that a
//! server, `show --data` and a test speak of the same thing.

pub mod assignment;
pub mod batch;
pub mod breach;
pub mod comment;
pub mod disclosure;
pub mod draw;
pub mod enterprise;
pub mod inspection;
pub mod inspector;
pub mod item;
pub mod obligation;
pub mod plan;
pub mod pool_row;
pub mod recusal;
pub mod recusal_tally;
pub mod refusal;
pub mod standing;
pub mod violation;

pub use assignment::assignments;
pub use batch::batches;
pub use breach::breaches;
pub use comment::comments;
pub use disclosure::disclosures;
pub use draw::draws;
pub use enterprise::enterprises;
pub use inspection::inspections;
pub use inspector::inspectors;
pub use item::items;
pub use obligation::obligations;
pub use plan::plans;
pub use pool_row::pool_rows;
pub use recusal::recusals;
pub use recusal_tally::recusal_tallies;
pub use refusal::{refusal_counts, refusals};
pub use standing::standing;
pub use violation::violations;

use core::ops::Bound;
use lotbook_chain::Instant;
use lotbook_event::FieldError;

/// A text after which a list was to go on is none of its keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no key of this list")]
pub struct BadKey(pub String);

/// Where a list goes on: after a key, or at the beginning.
fn beyond<K>(after: &str, parse: impl FnOnce(&str) -> Option<K>) -> Result<Bound<K>, BadKey> {
    if after.is_empty() {
        return Ok(Bound::Unbounded);
    }
    parse(after).map(Bound::Excluded).ok_or_else(|| BadKey(after.to_owned()))
}

/// Where a list goes on whose keys are identifiers.
fn beyond_id<K>(
    after: &str,
    parse: impl FnOnce(String) -> Result<K, FieldError>,
) -> Result<Bound<K>, BadKey> {
    beyond(after, |text| parse(text.to_owned()).ok())
}

/// Everything behind a bound.
fn from<K>(bound: Bound<K>) -> (Bound<K>, Bound<K>) {
    (bound, Bound::Unbounded)
}

/// Whether a filter that may be absent is met.
fn is<T: PartialEq>(filter: Option<&T>, value: &T) -> bool {
    filter.is_none_or(|wanted| wanted == value)
}

/// An instant as views carry it.
fn micros(at: &Instant) -> i64 {
    at.0
}

/// Identifiers and texts as views carry them.
fn texts<'a, T: ToString + 'a>(all: impl IntoIterator<Item = &'a T>) -> Vec<String> {
    all.into_iter().map(ToString::to_string).collect()
}
