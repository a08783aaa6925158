//! A batch after its draw: who sits where, who withdrew, and which pairs were recused. [draw 6]

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Candidate, SubstituteError, Substitution, Vacancy};
use crate::assign::{accepts, check_seats};
use crate::pool::{Pool, Roster};

/// The state on which substitutions work, each on what the one before left.
///
/// Slot `s` is seat `s mod d` of enterprise `s / d`, as in the draw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Board<'a> {
    pub(super) pool: &'a Pool,
    seats: &'a [Vec<String>],
    firms: Vec<String>,
    pub(super) hi: usize,
    pub(super) assignment: Vec<String>,
    withdrawn: BTreeSet<String>,
    /// Inspector to the enterprises where he was recused.
    recused: BTreeMap<String, BTreeSet<String>>,
}

/// The inspector of every slot while slots are being filled; `None` = vacant.
pub(super) type Seated = [Option<String>];

/// The two pools in which a candidate must be eligible, accepted and free of conflict.
pub(super) type Both<'a> = [Roster<'a>; 2];

impl<'a> Board<'a> {
    /// A batch as it was drawn: its pool and seats, the enterprises in ticket order, `hi`, and the
    /// inspector of every slot.
    ///
    /// # Errors
    /// Seats that the protocol refuses, or an assignment of another length.
    pub fn new(
        pool: &'a Pool,
        seats: &'a [Vec<String>],
        firms: &[&str],
        hi: u32,
        assignment: &[String],
    ) -> Result<Self, SubstituteError> {
        check_seats(firms.len(), seats)?;
        let (found, expected) = (assignment.len(), firms.len() * seats.len());
        if found != expected {
            return Err(SubstituteError::Assignment { found, expected });
        }
        Ok(Self {
            pool,
            seats,
            firms: firms.iter().map(|&firm| firm.to_owned()).collect(),
            hi: hi as usize,
            assignment: assignment.to_vec(),
            withdrawn: BTreeSet::new(),
            recused: BTreeMap::new(),
        })
    }

    /// Takes up a pair that was recused before; it is a conflict from now on.
    ///
    /// Substitutions do this themselves. It is meant for a board restored from its parts: a certificate
    /// knows the pairs of its own substitutions only, and all others from the second conflicts.
    pub fn recuse(&mut self, uscc: &str, inspector: &str) {
        self.recused.entry(inspector.to_owned()).or_default().insert(uscc.to_owned());
    }

    /// Takes up somebody who withdrew before; he is no candidate from now on. See [`recuse`](Self::recuse).
    pub fn strike(&mut self, inspector: &str) {
        self.withdrawn.insert(inspector.to_owned());
    }

    /// The inspector of every slot.
    pub fn assignment(&self) -> &[String] {
        &self.assignment
    }

    /// Who withdrew from the batch, whether or not his slots could be filled.
    pub fn withdrawn(&self) -> &BTreeSet<String> {
        &self.withdrawn
    }

    /// The pairs recused in the batch, enterprise and inspector, ascending by inspector.
    pub fn recused(&self) -> impl Iterator<Item = (&str, &str)> {
        self.recused.iter().flat_map(|(id, firms)| firms.iter().map(move |firm| (firm.as_str(), id.as_str())))
    }

    /// The slots that an inspector holds, ascending.
    pub fn slots_of(&self, inspector: &str) -> Vec<usize> {
        (0..self.assignment.len()).filter(|&s| self.assignment[s] == inspector).collect()
    }

    /// Every slot's pair with this inspector is a conflict from now on.
    pub(super) fn recuse_at(&mut self, slots: &[usize], inspector: &str) {
        for &s in slots {
            let firm = self.firm(s).to_owned();
            self.recuse(&firm, inspector);
        }
    }

    /// Fills slots one after the other, each on the state left by the one before, and takes the result
    /// over only if all could be filled. In a swap, `inspector` gets the slot given in exchange.
    pub(super) fn fill(
        &mut self,
        slots: Vec<usize>,
        inspector: &str,
        mut seated: Vec<Option<String>>,
        candidates: impl Fn(&Self, &Seated, usize) -> Vec<Candidate>,
    ) -> Substitution {
        let mut vacancies = Vec::with_capacity(slots.len());
        let mut exhausted = None;
        for &slot in &slots {
            let vacancy = Vacancy::new(slot, candidates(self, &seated, slot));
            match &vacancy.chosen {
                Some(chosen) => seat(&mut seated, slot, chosen, inspector),
                None => exhausted = Some(slot),
            }
            vacancies.push(vacancy);
            if exhausted.is_some() {
                break;
            }
        }
        if exhausted.is_none() {
            self.assignment = seated.into_iter().flatten().collect(); // no slot is vacant any more
        }
        Substitution { slots, vacancies, exhausted, assignment: self.assignment.clone() }
    }

    /// Eligible in both pools, and not withdrawn.
    pub(super) fn is_eligible(&self, both: &Both, id: &str) -> bool {
        !self.withdrawn.contains(id) && both.iter().all(|r| r.inspector(id).is_some_and(|row| row.eligible))
    }

    /// In both pools accepted by the seat and free of conflict, and never recused there.
    pub(super) fn is_allowed(&self, both: &Both, s: usize, id: &str) -> bool {
        let (firm, seat) = (self.firm(s), &self.seats[s % self.seats.len()]); // a remainder is in range
        !self.recused.get(id).is_some_and(|firms| firms.contains(firm))
            && both
                .iter()
                .all(|r| r.inspector(id).is_some_and(|row| accepts(seat, row)) && !r.has_conflict(firm, id))
    }

    /// The slots of the enterprise to which slot `s` belongs.
    pub(super) fn team(&self, s: usize) -> Range<usize> {
        let first = s - s % self.seats.len();
        first..first + self.seats.len()
    }

    /// Whether an inspector sits in the team to which slot `s` belongs.
    pub(super) fn is_on_team(&self, seated: &Seated, s: usize, id: &str) -> bool {
        seated[self.team(s)].iter().any(|held| held.as_deref() == Some(id)) // s is a slot
    }

    fn firm(&self, s: usize) -> &str {
        &self.firms[s / self.seats.len()] // s is a slot
    }
}

fn seat(seated: &mut [Option<String>], slot: usize, chosen: &Candidate, inspector: &str) {
    seated[slot] = Some(chosen.inspector.clone());
    if let Some(z) = chosen.gives {
        seated[z] = Some(inspector.to_owned());
    }
}
