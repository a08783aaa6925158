//! What follows an inspection: comments, violations, corrections.

use lotbook_chain::{EntryHash, Instant, KeyId, Position};
use lotbook_event::result::HandlingKind;
use lotbook_event::*;

/// A comment (Art. 21).
#[derive(Debug, Clone)]
pub struct Comment {
    /// Its inspection.
    pub inspection: InspectionId,
    /// When it was recorded.
    pub at: Instant,
    /// When it reached the office.
    pub occurred_at: Instant,
    /// Whether it came after its time.
    pub late: bool,
    /// Whether the text may be published.
    pub consent: bool,
    /// Public summary and answer, with the instant.
    pub answer: Option<(Text, Text, Instant)>,
}

/// A violation and its handling (Art. 22). Each instant is that of the record.
#[derive(Debug, Clone)]
pub struct Violation {
    /// Its inspection.
    pub inspection: InspectionId,
    /// Its item.
    pub item: ItemId,
    /// When it was found.
    pub found: Instant,
    /// When the investigation was opened.
    pub investigated: Option<Instant>,
    /// The decision: kind, number, legal basis, instant.
    pub decided: Option<(HandlingKind, Text, Text, Instant)>,
    /// When the decision was published.
    pub published: Option<Instant>,
    /// Ground on which it is withheld, with the instant.
    pub withheld: Option<(Text, Instant)>,
    /// Who acknowledged the transfer, with the instant.
    pub acknowledged: Option<(Text, Instant)>,
    /// When rectification was verified.
    pub rectified: Option<Date>,
}

impl Violation {
    /// Whether its decision is not public: withheld, or a judicial transfer that is not acknowledged.
    pub fn is_hidden(&self) -> bool {
        let judicial =
            self.decided.as_ref().is_some_and(|(kind, ..)| *kind == HandlingKind::TransferJudicial);
        (self.withheld.is_some() && self.published.is_none()) || (judicial && self.acknowledged.is_none())
    }
}

/// An entry that may be corrected, and its corrections.
#[derive(Debug, Clone)]
pub struct Correctable {
    /// Hash of the entry.
    pub entry: EntryHash,
    /// Who stated it.
    pub author: KeyId,
    /// What it says.
    pub says: &'static Says,
    /// The inspection it is about.
    pub inspection: InspectionId,
    /// The violation it is about, if it is one of its handling; few are.
    pub violation: Option<Box<ViolationId>>,
    /// Corrections in their order.
    pub corrections: Vec<Correction>,
}

/// What an entry says that may be corrected.
#[derive(Debug, PartialEq, Eq)]
pub struct Says {
    /// Name of its event.
    pub event: &'static str,
    /// Names of its fields; identifiers are none.
    pub fields: &'static [&'static str],
}

/// Entries that are held together: a list of all would be moved whenever it grows.
const TOGETHER: usize = 512;

/// Entries that may be corrected, ascending by position: they come in their order, and none ever leaves.
#[derive(Debug, Clone, Default)]
pub struct Correctables(Vec<Vec<(Position, Correctable)>>);

impl Correctables {
    /// Adds the newest entry.
    pub(crate) fn push(&mut self, position: Position, entry: Correctable) {
        match self.0.last_mut().filter(|last| last.len() < TOGETHER) {
            Some(last) => last.push((position, entry)),
            None => {
                let mut next = Vec::with_capacity(TOGETHER);
                next.push((position, entry));
                self.0.push(next);
            }
        }
    }

    /// The entry at a position, if it may be corrected.
    pub fn get(&self, position: Position) -> Option<&Correctable> {
        let (list, at) = self.place(position)?;
        self.0.get(list)?.get(at).map(|(_, entry)| entry)
    }

    /// The same, to add a correction.
    pub(crate) fn get_mut(&mut self, position: Position) -> Option<&mut Correctable> {
        let (list, at) = self.place(position)?;
        self.0.get_mut(list)?.get_mut(at).map(|(_, entry)| entry)
    }

    fn place(&self, position: Position) -> Option<(usize, usize)> {
        let begins = |list: &Vec<(Position, _)>| list.first().is_some_and(|(first, _)| *first <= position);
        let list = self.0.partition_point(begins).checked_sub(1)?;
        let at = self.0.get(list)?.binary_search_by_key(&position, |(known, _)| *known).ok()?;
        Some((list, at))
    }

    /// All of them, ascending.
    pub fn iter(&self) -> impl Iterator<Item = (Position, &Correctable)> {
        self.0.iter().flatten().map(|(position, entry)| (*position, entry))
    }
}

/// One correction; the value stated first stays on the ledger beside it.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Position of the correction.
    pub position: Position,
    /// Who stated it.
    pub by: KeyId,
    /// When it was recorded.
    pub at: Instant,
    /// Which field.
    pub field: Text,
    /// What it should say.
    pub value: Text,
    /// Why.
    pub reason: Text,
}
