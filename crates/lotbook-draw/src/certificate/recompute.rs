//! The check of a certificate: everything that follows from its own rows and reveals is derived again
//! and compared, in the order in which it was drawn. [draw 8]
//!
//! Not checked here, for only the ledger's entries tell: origin, ids, attempt, grade, entry hashes,
//! deadlines, roles, a beacon's signature; nor what later pages of the protocol add: staffing,
//! substitutions, an infeasible draw's Hall certificate.

use std::collections::BTreeMap;
use std::fmt;

use thiserror::Error;

use super::model::{Certificate, FORMAT, Result as Drawn};
use crate::ceremony::{self, Beacon, CeremonyError, Committer, Seed, beacon_round};
use crate::draw::{DrawError, DrawInput, Outcome, draw};
use crate::hex::Hex;
use crate::pool::{Pool, PoolError, Reach, TOO_FEW_ALLOWED};
use crate::quota::Quota;

/// A field of a certificate; its text is the path in the JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names are those of the certificate's model
pub enum Field {
    Format,
    ObjectsRoot,
    InspectorsRoot,
    ConflictsRoot,
    /// The row of an inspector, from 0.
    InspectorsRow(usize),
    /// A participant, from 0.
    Participant(usize),
    /// The round of a beacon, from 0.
    BeaconRound(usize),
    Seed,
    Quotas,
    Cutoffs,
    Selected,
    Inspectors,
    Lo,
    Hi,
    Tier,
    Tries,
    Words,
    Assignment,
    Hall,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format => f.write_str("format"),
            Self::ObjectsRoot => f.write_str("objects.root"),
            Self::InspectorsRoot => f.write_str("inspectors.root"),
            Self::ConflictsRoot => f.write_str("conflicts.root"),
            Self::InspectorsRow(row) => write!(f, "inspectors.rows[{row}]"),
            Self::Participant(j) => write!(f, "ceremony.participants[{j}]"),
            Self::BeaconRound(j) => write!(f, "ceremony.beacons[{j}].round"),
            Self::Seed => f.write_str("seed"),
            Self::Quotas => f.write_str("result.quotas"),
            Self::Cutoffs => f.write_str("result.cutoffs"),
            Self::Selected => f.write_str("result.selected"),
            Self::Inspectors => f.write_str("result.inspectors"),
            Self::Lo => f.write_str("result.lo"),
            Self::Hi => f.write_str("result.hi"),
            Self::Tier => f.write_str("result.tier"),
            Self::Tries => f.write_str("result.tries"),
            Self::Words => f.write_str("result.words"),
            Self::Assignment => f.write_str("result.assignment"),
            Self::Hall => f.write_str("result.hall"),
        }
    }
}

/// Why a certificate does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CertificateError {
    /// A field is not what follows from the others; the first one in the order of the draw.
    #[error("{field} is not what the certificate's own rows and reveals give")]
    Differs {
        /// The field.
        field: Field,
    },
    /// The draw is under embargo, which this version does not recompute.
    #[error("the draw is under embargo")]
    Embargoed,
    /// The rows are no pool.
    #[error(transparent)]
    Pool(#[from] PoolError),
    /// No seed follows from the participants.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// The rules do not fit the pool.
    #[error(transparent)]
    Draw(#[from] DrawError),
}

impl Certificate {
    /// Derives roots, commitments, beacon rounds, eligibility by `too_few_allowed`, seed and result,
    /// and compares each with what is stated.
    ///
    /// # Errors
    /// The first thing that does not hold, see [`CertificateError`].
    pub fn recompute(&self) -> Result<Outcome, CertificateError> {
        same(self.format == FORMAT, Field::Format)?;
        if self.embargo.is_some() {
            return Err(CertificateError::Embargoed);
        }
        let pool = self.pool()?;
        self.check_roots(&pool)?;
        let seed = self.derive_seed()?;
        same(Hex(*seed.as_bytes()) == self.seed, Field::Seed)?;
        let quota = Quota::from(self.quota.clone());
        check_reach(&pool, &quota)?;
        let outcome = draw(&DrawInput {
            pool: &pool,
            quota: &quota,
            seats: &self.seats,
            max_load: self.max_load,
            min_inspectors: self.min_inspectors,
            seed,
        })?;
        compare(&self.result, &outcome)?;
        Ok(outcome)
    }

    /// The frozen pool that the rows describe.
    ///
    /// # Errors
    /// Rows that are no pool, see [`PoolError`].
    pub fn pool(&self) -> Result<Pool, PoolError> {
        Pool::new(self.objects.rows.clone(), self.inspectors.rows.clone(), self.conflicts.rows.clone())
    }

    fn check_roots(&self, pool: &Pool) -> Result<(), CertificateError> {
        let roots = pool.roots();
        same(roots.objects == self.objects.root.0, Field::ObjectsRoot)?;
        same(roots.inspectors == self.inspectors.root.0, Field::InspectorsRoot)?;
        same(roots.conflicts == self.conflicts.root.0, Field::ConflictsRoot)
    }

    /// The seed from those participants who committed; the others have no part in it.
    fn derive_seed(&self) -> Result<Seed, CertificateError> {
        let mut committers = Vec::new();
        let mut before = None;
        for (j, participant) in self.ceremony.participants.iter().enumerate() {
            same(before < Some(participant.key_id), Field::Participant(j))?; // ascending by key
            before = Some(participant.key_id);
            match (participant.commitment, participant.reveal) {
                (Some(Hex(commitment)), reveal) => committers.push(Committer {
                    key_id: participant.key_id.0,
                    commitment,
                    reveal: reveal.map(|r| r.0),
                }),
                (None, reveal) => same(reveal.is_none(), Field::Participant(j))?,
            }
        }
        let beacons = self.beacons()?;
        Ok(ceremony::seed(&self.ceremony.pool.0, &committers, &beacons)?)
    }

    fn beacons(&self) -> Result<Vec<Beacon>, CertificateError> {
        let deadline = self.ceremony.reveal_deadline;
        let mut beacons = Vec::new();
        for (j, b) in self.ceremony.beacons.iter().enumerate() {
            let round = beacon_round(deadline, b.genesis, b.period, b.delta);
            same(round == Some(b.round), Field::BeaconRound(j))?;
            beacons.push(Beacon { chain_hash: b.chain_hash.0, round: b.round, signature: b.signature.0 });
        }
        Ok(beacons)
    }
}

/// Nobody eligible is barred by `too_few_allowed`, and whoever has this reason is. [draw 2]
fn check_reach(pool: &Pool, quota: &Quota) -> Result<(), CertificateError> {
    let reach = Reach::new(pool.objects(), quota);
    let mut conflicts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for c in pool.conflicts() {
        conflicts.entry(&c.inspector_id).or_default().push(&c.uscc);
    }
    for (row, inspector) in pool.inspectors().iter().enumerate() {
        let his = conflicts.get(inspector.inspector_id.as_str()).into_iter().flatten().copied();
        let barred = reach.too_few_allowed(his);
        let contradicts = if barred { inspector.eligible } else { inspector.reason == TOO_FEW_ALLOWED };
        same(!contradicts, Field::InspectorsRow(row))?;
    }
    Ok(())
}

fn compare(stated: &Drawn, outcome: &Outcome) -> Result<(), CertificateError> {
    let derived = Drawn::from(outcome);
    same(stated.quotas == derived.quotas, Field::Quotas)?;
    same(stated.cutoffs == derived.cutoffs, Field::Cutoffs)?;
    same(stated.selected == derived.selected, Field::Selected)?;
    same(stated.inspectors == derived.inspectors, Field::Inspectors)?;
    same(stated.lo == derived.lo, Field::Lo)?;
    same(stated.hi == derived.hi, Field::Hi)?;
    same(stated.tier == derived.tier, Field::Tier)?;
    same(stated.tries == derived.tries, Field::Tries)?;
    same(stated.words == derived.words, Field::Words)?;
    same(stated.assignment == derived.assignment, Field::Assignment)?;
    // A Hall certificate belongs to an infeasible draw only.
    same(stated.hall.is_none() || derived.assignment.is_none(), Field::Hall)
}

fn same(holds: bool, field: Field) -> Result<(), CertificateError> {
    if holds { Ok(()) } else { Err(CertificateError::Differs { field }) }
}
