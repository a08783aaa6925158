//! A selection that is being made: rows come in any order, and parts of a register may be made apart.

use std::collections::BTreeMap;

use super::smallest::{Row, Smallest};
use super::{Selected, Selection};
use crate::ceremony::Seed;
use crate::embargo::EmbargoKey;
use crate::lanes::{Block, LANES, tickets};
use crate::quota::{PerStratum, Quota, QuotaError};
use crate::stream::{Stage, StageKey, Ticket};

/// Takes the eligible rows of a register, each once and in any order, and selects the smallest tickets.
///
/// A clone of a selector that has taken nothing is a selector for another part of the same register.
#[derive(Clone, Debug)]
pub struct Selector {
    key: StageKey,
    /// Salts the tickets; `None` without an embargo.
    embargo: Option<EmbargoKey>,
    /// Ascending by code.
    strata: Vec<Lane>,
    /// The smallest of those not selected by quota in strata with a rate over 0: as many as the minimum lacks.
    spare: Smallest,
    /// Rows with short ids, whose tickets are made together, and the places of their strata: the first `waits`.
    waiting: [Block; LANES],
    waiting_strata: [usize; LANES],
    waits: usize,
    words: u64,
}

/// What is selected of one stratum.
#[derive(Clone, Debug)]
struct Lane {
    code: String,
    counted: u64,
    offered: u64,
    quota: u64,
    /// Whether it has a rate over 0, so that the minimum may be filled from it.
    is_rated: bool,
    smallest: Smallest,
}

impl Selector {
    /// A selector for a register with these eligible rows, `N_c` of every stratum that has one.
    ///
    /// # Errors
    /// The rule does not fit the strata, see [`QuotaError`].
    pub fn new(eligible: &PerStratum, quota: &Quota, seed: &Seed) -> Result<Self, QuotaError> {
        let (quotas, words) = quota.per_stratum(eligible, &Stage::Quota.key(seed))?;
        let all: u64 = quotas.values().sum();
        let (minimum, rated) = match quota {
            Quota::AtLeast { ppm, minimum } => (*minimum, Some(ppm)),
            Quota::FixedTotal { .. } => (0, None),
        };
        let lane = |(code, &quota): (&String, &u64)| Lane {
            code: code.clone(),
            counted: eligible.get(code).copied().unwrap_or(0),
            offered: 0,
            quota,
            is_rated: rated.is_some_and(|ppm| ppm.get(code).is_some_and(|&rate| rate > 0)),
            smallest: Smallest::new(in_memory(quota)),
        };
        Ok(Self {
            key: Stage::Objects.key(seed),
            embargo: None,
            strata: quotas.iter().map(lane).collect(),
            spare: Smallest::new(in_memory(minimum.saturating_sub(all))),
            waiting: [Block::EMPTY; LANES],
            waiting_strata: [0; LANES],
            waits: 0,
            words,
        })
    }

    /// The same selector with tickets under the embargo of this key, if there is one. [draw 7]
    #[must_use]
    pub fn under_embargo(self, embargo: Option<EmbargoKey>) -> Self {
        Self { embargo, ..self }
    }

    /// Takes an eligible row.
    ///
    /// # Errors
    /// Its stratum was not counted.
    pub fn offer(&mut self, uscc: &str, stratum: &str) -> Result<(), QuotaError> {
        let place = self.strata.binary_search_by(|lane| lane.code.as_str().cmp(stratum));
        let Some((place, lane)) = place.ok().and_then(|place| Some((place, self.strata.get_mut(place)?)))
        else {
            return Err(QuotaError::NotCounted { stratum: stratum.to_owned() });
        };
        lane.offered += 1;
        let at = self.waits; // under LANES: full ones are considered at once
        if self.embargo.is_none() && self.waiting[at].put(uscc) {
            self.waiting_strata[at] = place;
            self.waits += 1;
        } else {
            let salt = self.embargo.as_ref().map(|embargo| embargo.object(uscc));
            let ticket = self.key.ticket_under(uscc, salt.as_ref());
            if self.admits(&ticket, place) {
                self.keep(Row { ticket, uscc: uscc.into(), stratum: place });
            }
        }
        if self.waits == LANES {
            self.consider_waiting();
        }
        Ok(())
    }

    /// Makes the tickets of the rows that wait.
    fn consider_waiting(&mut self) {
        let tickets = tickets(&self.key, &self.waiting);
        for (at, ticket) in tickets.into_iter().enumerate().take(std::mem::take(&mut self.waits)) {
            let stratum = self.waiting_strata[at]; // at < LANES
            if self.admits(&ticket, stratum) {
                self.keep(Row { ticket, uscc: self.waiting[at].id().into(), stratum });
            }
        }
    }

    fn admits(&self, ticket: &Ticket, stratum: usize) -> bool {
        let admits =
            |lane: &Lane| lane.smallest.admits(ticket) || (lane.is_rated && self.spare.admits(ticket));
        self.strata.get(stratum).is_some_and(admits)
    }

    /// Takes up what was selected of another part of the same register.
    pub fn merge(&mut self, mut other: Self) {
        other.consider_waiting();
        for (lane, part) in self.strata.iter_mut().zip(&other.strata) {
            lane.offered += part.offered;
        }
        let parts = other.strata.into_iter().map(|lane| lane.smallest).chain([other.spare]);
        for (smallest, others) in parts.map(Smallest::finish) {
            smallest.into_iter().chain(others).for_each(|row| self.keep(row));
        }
    }

    /// The selection, when all rows have been offered.
    ///
    /// # Errors
    /// More or fewer rows than were counted: the quotas would be those of another register.
    pub fn finish(mut self) -> Result<Selection, QuotaError> {
        self.consider_waiting();
        let (mut drawn, mut quotas) = (Vec::new(), Vec::new());
        let mut spare = self.spare;
        for Lane { code, counted, offered, quota, is_rated, smallest } in self.strata {
            if offered != counted {
                return Err(QuotaError::Miscounted { stratum: code, counted, offered });
            }
            let (rows, others) = smallest.finish();
            drawn.extend(rows);
            others.into_iter().filter(|_| is_rated).for_each(|row| spare.take(row));
            quotas.push((code, quota));
        }
        // While the total is under the minimum, the smallest ticket left raises the quota of its stratum.
        for row in spare.finish().0 {
            if let Some((_, quota)) = quotas.get_mut(row.stratum) {
                *quota += 1;
            }
            drawn.push(row);
        }
        drawn.sort_unstable();
        Ok(Selection {
            cutoffs: cutoffs(&drawn, &quotas),
            selected: drawn.into_iter().map(|row| selected(row, &quotas)).collect(),
            quotas: quotas.into_iter().collect(),
            words: self.words,
        })
    }

    /// Puts a row among the smallest of its stratum, and whatever falls out there among the spare ones.
    fn keep(&mut self, row: Row) {
        let Some(lane) = self.strata.get_mut(row.stratum) else { return };
        let is_admitted = lane.smallest.admits(&row.ticket);
        let others = if is_admitted { lane.smallest.push(row) } else { vec![row] };
        for row in others.into_iter().filter(|_| lane.is_rated) {
            self.spare.take(row);
        }
    }
}

/// The largest ticket drawn of each stratum: in ticket order, the last one.
fn cutoffs(drawn: &[Row], strata: &[(String, u64)]) -> BTreeMap<String, Ticket> {
    let mut last = vec![None; strata.len()];
    for row in drawn {
        if let Some(last) = last.get_mut(row.stratum) {
            *last = Some(row.ticket);
        }
    }
    strata.iter().zip(last).filter_map(|((code, _), ticket)| Some((code.clone(), ticket?))).collect()
}

fn selected(row: Row, strata: &[(String, u64)]) -> Selected {
    let stratum = strata.get(row.stratum).map(|(code, _)| code.clone()).unwrap_or_default();
    Selected { uscc: row.uscc.into_string(), stratum, ticket: row.ticket }
}

/// A number of rows to keep; more than memory addresses is as good as all.
fn in_memory(rows: u64) -> usize {
    usize::try_from(rows).unwrap_or(usize::MAX)
}
