//! The plan of a draw: its slots, its usable inspectors in ticket order, and who may sit where.
//!
//! From here on enterprises, slots and inspectors are numbers: slot `s` is seat `s mod d` of
//! enterprise `s / d` ("enterprise-major"), inspector `i` has the `i`-th smallest ticket. [draw 5]

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::bits::Bits;
use crate::encoding::is_admitted;
use crate::pool::{InspectorRow, Pool};
use crate::stream::{StageKey, Ticket};

/// Most slots (enterprises times seats) of one draw: a bound on memory for hostile input.
pub const MAX_SLOTS: usize = 1 << 20;

/// Why seats are refused. [draw 5]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    /// A team of one: nobody would witness the inspector.
    #[error("{found} seats, at least 2 needed")]
    TooFewSeats {
        /// How many seats there are.
        found: usize,
    },
    /// A qualification is not NFC or holds U+0000.
    #[error("seat {seat} names a qualification that is not NFC or has U+0000")]
    Text {
        /// The seat, from 0.
        seat: usize,
    },
    /// More than [`MAX_SLOTS`].
    #[error("{firms} enterprises of {seats} seats each are over {MAX_SLOTS} slots")]
    TooManySlots {
        /// Enterprises drawn.
        firms: usize,
        /// Seats of each.
        seats: usize,
    },
}

/// Slots and usable inspectors, as numbers. Built by [`Plan::new`] only, so that every index in it is
/// in range: slots under [`slots`](Self::slots), inspectors under [`usable`](Self::usable).
#[derive(Clone, Debug)]
pub struct Plan {
    firms: usize,
    /// Seat to the inspectors it accepts; at least two seats.
    accepts: Vec<Bits>,
    /// Enterprise to the inspectors in conflict with it, ascending.
    barred: Vec<Vec<usize>>,
    /// Usable inspectors in ticket order.
    ranked: Vec<(Ticket, String)>,
}

impl Plan {
    /// Plans the enterprises `firms` (in ticket order) with the seats of a scheme; `key` is K_inspectors.
    ///
    /// # Errors
    /// Fewer than two seats, unclean text, or too many slots.
    pub fn new(
        pool: &Pool,
        firms: &[&str],
        seats: &[Vec<String>],
        key: &StageKey,
    ) -> Result<Self, PlanError> {
        check_seats(firms.len(), seats)?;
        let by_firm: Vec<BTreeSet<&str>> = firms
            .iter()
            .map(|firm| pool.conflicts_of(firm).iter().map(|c| c.inspector_id.as_str()).collect())
            .collect();
        let ranked = rank(pool, &by_firm, seats, key);
        let ranks: BTreeMap<&str, usize> =
            ranked.iter().enumerate().map(|(i, (_, row))| (row.inspector_id.as_str(), i)).collect();
        let barred_at = |conflicts: &BTreeSet<&str>| {
            let mut barred: Vec<usize> = conflicts.iter().filter_map(|id| ranks.get(id).copied()).collect();
            barred.sort_unstable();
            barred
        };
        // Bits asks for members of 0..ranked.len() only.
        Ok(Self {
            firms: firms.len(),
            accepts: seats.iter().map(|s| Bits::new(ranked.len(), |i| accepts(s, ranked[i].1))).collect(),
            barred: by_firm.iter().map(barred_at).collect(),
            ranked: ranked.into_iter().map(|(ticket, row)| (ticket, row.inspector_id.clone())).collect(),
        })
    }

    /// `S`, the number of slots.
    pub fn slots(&self) -> usize {
        self.firms * self.seats()
    }

    /// `d`, the number of seats of a team; at least 2.
    pub fn seats(&self) -> usize {
        self.accepts.len()
    }

    /// `m`, the number of enterprises.
    pub fn firms(&self) -> usize {
        self.firms
    }

    /// How many inspectors are usable: eligible, accepted by some seat, and free of conflict with some
    /// enterprise drawn.
    pub fn usable(&self) -> usize {
        self.ranked.len()
    }

    /// The usable inspectors with their tickets, in ticket order.
    pub fn ranked(&self) -> &[(Ticket, String)] {
        &self.ranked
    }

    /// Whether inspector `i` may take slot `s`: no conflict, and the seat accepts him.
    pub fn is_allowed(&self, s: usize, i: usize) -> bool {
        self.accepted(s).contains(i) && !self.is_barred(s, i)
    }

    /// The slots of the enterprise to which slot `s` belongs, `s` among them.
    pub fn team(&self, s: usize) -> std::ops::Range<usize> {
        let first = s - s % self.seats();
        first..first + self.seats()
    }

    pub(super) fn accepted(&self, s: usize) -> &Bits {
        &self.accepts[s % self.seats()] // a remainder is in range
    }

    pub(super) fn is_barred(&self, s: usize, i: usize) -> bool {
        self.barred.get(s / self.seats()).is_some_and(|firm| firm.binary_search(&i).is_ok())
    }

    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.ranked.iter().map(|(_, id)| id.as_str())
    }

    pub(super) fn id(&self, i: usize) -> &str {
        self.ranked.get(i).map_or("", |(_, id)| id)
    }
}

/// Refuses seats that no plan can have.
pub(crate) fn check_seats(firms: usize, seats: &[Vec<String>]) -> Result<(), PlanError> {
    if seats.len() < 2 {
        return Err(PlanError::TooFewSeats { found: seats.len() });
    }
    if let Some(seat) = seats.iter().position(|accepted| !accepted.iter().all(|q| is_admitted(q))) {
        return Err(PlanError::Text { seat });
    }
    match firms.checked_mul(seats.len()) {
        Some(slots) if slots <= MAX_SLOTS => Ok(()),
        _ => Err(PlanError::TooManySlots { firms, seats: seats.len() }),
    }
}

/// A seat accepts whoever has one of its qualifications; a seat without any accepts all.
pub(crate) fn accepts(seat: &[String], row: &InspectorRow) -> bool {
    seat.is_empty() || seat.iter().any(|q| row.qualifications.contains(q))
}

/// The usable inspectors by ticket under K_inspectors, then id.
fn rank<'p>(
    pool: &'p Pool,
    conflicts: &[BTreeSet<&str>],
    seats: &[Vec<String>],
    key: &StageKey,
) -> Vec<(Ticket, &'p InspectorRow)> {
    let is_usable = |row: &&InspectorRow| {
        row.eligible
            && seats.iter().any(|seat| accepts(seat, row))
            && conflicts.iter().any(|firm| !firm.contains(row.inspector_id.as_str()))
    };
    let mut ranked: Vec<_> = pool
        .inspectors()
        .iter()
        .filter(is_usable)
        .map(|row| (pool.inspector_ticket(key, &row.inspector_id), row))
        .collect();
    ranked.sort_by(|a, b| (a.0, &a.1.inspector_id).cmp(&(b.0, &b.1.inspector_id)));
    ranked
}
