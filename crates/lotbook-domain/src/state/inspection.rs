//! One inspection: where it comes from, its team, and how far it is.

use super::BatchKey;
use crate::obligation::Duty;
use litemap::LiteMap;
use lotbook_chain::{EntryHash, Instant, KeyId, Position};
use lotbook_event::inspection::{DirectCause, ItemOutcome};
use lotbook_event::oversight::Obligation;
use lotbook_event::*;
use std::collections::BTreeSet;

/// How far an inspection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Its draw was voided before it started. It comes first, as nothing may follow it.
    Voided,
    /// The team is named.
    Assigned,
    /// The enterprise knows.
    Notified,
    /// The team has entered.
    Started,
    /// Every member has concluded.
    Concluded,
    /// The report is complete.
    Reported,
    /// Nothing is open any more.
    Closed,
}

impl core::fmt::Display for Phase {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Voided => "voided",
            Self::Assigned => "assigned",
            Self::Notified => "notified",
            Self::Started => "started",
            Self::Concluded => "concluded",
            Self::Reported => "reported",
            Self::Closed => "closed",
        })
    }
}

/// Where an inspection comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A draw.
    Drawn {
        /// Its draw.
        draw: DrawId,
        /// Its batch.
        batch: BatchKey,
        /// Its first slot, counted over the batch from 0.
        first_slot: u32,
    },
    /// A section, without a draw (Art. 9).
    Direct {
        /// The section.
        section: SectionId,
        /// Its items.
        items: BTreeSet<ItemId>,
        /// Why.
        cause: DirectCause,
        /// Whether it may start: another cause needs the leader's approval.
        approved: bool,
        /// Who opened it; somebody else approves it.
        by: KeyId,
    },
}

/// The result of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemResult {
    /// What was found.
    pub outcome: ItemOutcome,
    /// Who confirmed it.
    pub by: InspectorId,
    /// The section whose item it is.
    pub section: SectionId,
    /// When it was recorded.
    pub at: Instant,
}

/// One inspection. Each instant is that of the record.
#[derive(Debug, Clone)]
pub struct Inspection {
    /// Where it comes from.
    pub origin: Origin,
    /// The enterprise.
    pub uscc: Uscc,
    /// The team by seat.
    pub team: Vec<InspectorId>,
    /// Hash of the entry that set the team.
    pub team_entry: EntryHash,
    /// When the inspection was assigned or opened.
    pub assigned_at: Instant,
    /// How far it is.
    pub phase: Phase,
    /// Day of the visit as last announced.
    pub visit_on: Option<Date>,
    /// When it was started.
    pub started: Option<Instant>,
    /// Results by item; few, so in a list.
    pub results: LiteMap<ItemId, ItemResult>,
    /// Members who have concluded, ascending.
    pub concluded: Vec<InspectorId>,
    /// When the last member concluded.
    pub concluded_at: Option<Instant>,
    /// When the report was completed.
    pub reported: Option<Instant>,
    /// When feedback was sent.
    pub dispatched: Option<Instant>,
    /// When feedback was delivered.
    pub delivered: Option<Instant>,
    /// When feedback reached the enterprise, as its delivery states; not the instant of the record.
    pub delivery_occurred: Option<Instant>,
    /// When the result was published.
    pub published: Option<Instant>,
    /// Whether the time for comments ended without one.
    pub comment_window_closed: bool,
    /// Comments on it.
    pub comments: BTreeSet<CommentId>,
    /// Violations found in it.
    pub violations: BTreeSet<ViolationId>,
    /// When it was closed.
    pub closed: Option<Instant>,
    /// Its clocks (rules.md 1.6): D2 to D5, as far as they were started.
    pub duties: LiteMap<Obligation, Duty>,
    /// The newest entry about it.
    pub changed: Position,
}

impl Inspection {
    /// An inspection of which nothing is known but its team.
    pub fn new(origin: Origin, uscc: Uscc, team: Vec<InspectorId>, entry: EntryHash, at: Instant) -> Self {
        Self {
            origin,
            uscc,
            team,
            team_entry: entry,
            assigned_at: at,
            phase: Phase::Assigned,
            visit_on: None,
            started: None,
            results: LiteMap::new(),
            concluded: vec![],
            concluded_at: None,
            reported: None,
            dispatched: None,
            delivered: None,
            delivery_occurred: None,
            published: None,
            comment_window_closed: false,
            comments: BTreeSet::new(),
            violations: BTreeSet::new(),
            closed: None,
            duties: LiteMap::new(),
            changed: Position::default(),
        }
    }

    /// Its batch; `None` for an inspection under Art. 9.
    pub fn batch(&self) -> Option<&BatchKey> {
        match &self.origin {
            Origin::Drawn { batch, .. } => Some(batch),
            Origin::Direct { .. } => None,
        }
    }

    /// Its first slot, counted over the batch from 0; `None` for an inspection under Art. 9.
    pub fn first_slot(&self) -> Option<u32> {
        match &self.origin {
            Origin::Drawn { first_slot, .. } => Some(*first_slot),
            Origin::Direct { .. } => None,
        }
    }

    /// Whether a slot, counted over the batch from 0, is one of its team.
    pub fn has_slot(&self, slot: u32) -> bool {
        let seat = self.first_slot().and_then(|first| slot.checked_sub(first));
        seat.is_some_and(|seat| (seat as usize) < self.team.len())
    }

    /// Its draw; `None` for an inspection under Art. 9.
    pub fn draw(&self) -> Option<&DrawId> {
        match &self.origin {
            Origin::Drawn { draw, .. } => Some(draw),
            Origin::Direct { .. } => None,
        }
    }
}
