//! What a log will be asked about at its end: kept on the way, so that no entry is kept.

use crate::times::WitnessedHead;
use lotbook_chain::{Instant, KeyId, StatementHash, TreeHash};
use lotbook_domain::state::Head;
use lotbook_event::StatementId;
use std::collections::BTreeMap;

/// How the log stood at a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Root of the tree.
    pub root: TreeHash,
    /// When the last entry was recorded.
    pub recorded_at: Instant,
}

/// Sizes and times that are asked about, with the answers so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    sizes: BTreeMap<u64, Option<Mark>>,
    /// The first entry recorded after each of these instants: its position, and when.
    after: BTreeMap<Instant, Option<(u64, Instant)>>,
    /// A statement id of an author, and the statement that used it.
    statement: Option<((KeyId, StatementId), Option<StatementHash>)>,
}

impl Asked {
    /// Asks how the log stands at a size.
    pub fn size(&mut self, size: u64) {
        self.sizes.entry(size).or_default();
    }

    /// Asks for what [`crate::times::off_times`] compares with a head.
    pub fn witnessed(&mut self, head: &WitnessedHead) {
        self.size(head.size);
        self.size(head.size.saturating_add(1));
        self.after.entry(head.latest()).or_default();
    }

    /// Asks which statement of an author uses an id.
    pub fn statement(&mut self, author: KeyId, id: StatementId) {
        self.statement = Some(((author, id), None));
    }

    /// Asks about these heads, and no more about others; for a follower that goes from head to head.
    pub fn only<'a>(&mut self, heads: impl IntoIterator<Item = &'a WitnessedHead>) {
        let before = std::mem::take(self);
        self.statement = before.statement;
        heads.into_iter().for_each(|head| self.witnessed(head));
        self.sizes.iter_mut().for_each(|(size, mark)| *mark = before.at(*size));
        self.after.iter_mut().for_each(|(instant, first)| *first = before.first_after(*instant));
    }

    /// Takes note of the entry that made this head.
    pub fn take_note(&mut self, head: &Head) {
        if let Some(mark) = self.sizes.get_mut(&head.size) {
            *mark = Some(Mark { root: head.frontier.root(), recorded_at: head.recorded_at });
        }
        for (_, first) in self.after.range_mut(..head.recorded_at).filter(|(_, first)| first.is_none()) {
            *first = head.size.checked_sub(1).map(|position| (position, head.recorded_at));
        }
    }

    /// Takes note of a person's statement.
    pub fn take_statement(&mut self, author: KeyId, id: StatementId, bytes: &[u8]) {
        if let Some((asked, found)) = &mut self.statement
            && *asked == (author, id)
        {
            *found = Some(StatementHash::of(bytes));
        }
    }

    /// The statement that has used an id, if one has; `None` if that was not asked.
    pub fn statement_of(&self, author: KeyId, id: StatementId) -> Option<Option<StatementHash>> {
        self.statement.filter(|(asked, _)| *asked == (author, id)).map(|(_, found)| found)
    }

    /// How the log stood at a size, if that was asked in time.
    pub fn at(&self, size: u64) -> Option<Mark> {
        self.sizes.get(&size).copied().flatten()
    }

    /// The first entry recorded after an instant, if there is one and it was asked in time: position, and when.
    pub fn first_after(&self, instant: Instant) -> Option<(u64, Instant)> {
        self.after.get(&instant).copied().flatten()
    }
}
