//! The smallest rows of all that were offered, in bounded memory and in time that does not grow with their number.

use crate::stream::Ticket;

/// Rows that are kept beyond twice the limit, so that small limits do not cut at every row.
const SLACK: usize = 64;

/// A row with its ticket; the order is that of the draw: ticket bytes, then id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    pub(super) ticket: Ticket,
    pub(super) uscc: Box<str>,
    /// The place of its stratum among those of the selector.
    pub(super) stratum: usize,
}

/// The `limit` smallest rows. It holds up to twice as many, and then cuts: the limit-th smallest is found in
/// linear time, so that a row costs the same whatever the limit, where a heap's would grow with its logarithm.
#[derive(Clone, Debug)]
pub(super) struct Smallest {
    limit: usize,
    rows: Vec<Row>,
    /// Rows with a larger ticket are certainly not among the smallest. `None` = no bar yet.
    bar: Option<Ticket>,
}

impl Smallest {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, rows: Vec::new(), bar: None }
    }

    /// Whether a row with this ticket can be among the smallest.
    pub(super) fn admits(&self, ticket: &Ticket) -> bool {
        self.limit > 0 && self.bar.as_ref().is_none_or(|bar| ticket <= bar)
    }

    /// Takes a row; gives back those that are certainly not among the smallest any more.
    pub(super) fn push(&mut self, row: Row) -> Vec<Row> {
        self.rows.push(row);
        if self.rows.len() < self.limit.saturating_mul(2).saturating_add(SLACK) {
            return Vec::new();
        }
        self.cut()
    }

    /// Takes a row if it can be among the smallest, and forgets what falls out.
    pub(super) fn take(&mut self, row: Row) {
        if self.admits(&row.ticket) {
            self.push(row);
        }
    }

    /// The smallest rows, in any order, and the others that were still held.
    pub(super) fn finish(mut self) -> (Vec<Row>, Vec<Row>) {
        let others = self.cut();
        (self.rows, others)
    }

    fn cut(&mut self) -> Vec<Row> {
        if self.rows.len() <= self.limit {
            return Vec::new();
        }
        let Some(last) = self.limit.checked_sub(1) else { return std::mem::take(&mut self.rows) };
        let (_, largest, _) = self.rows.select_nth_unstable(last); // last < limit < len
        self.bar = Some(largest.ticket);
        self.rows.split_off(self.limit)
    }
}
