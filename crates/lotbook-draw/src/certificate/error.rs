//! What can be wrong with a certificate that could be read. [draw 8]

use std::fmt;

use thiserror::Error;

use crate::ceremony::CeremonyError;
use crate::draw::DrawError;
use crate::pool::PoolError;
use crate::substitute::SubstituteError;

/// A field of a certificate; its text is the path in the JSON, within a substitution from there on.
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
    /// The scheme of a beacon, from 0.
    BeaconScheme(usize),
    /// The signature of a beacon, from 0.
    BeaconSignature(usize),
    Seed,
    EmbargoKey,
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
    /// `staffing` where the draw has an assignment; its fields.
    Staffing,
    StaffingPool,
    StaffingSeed,
    StaffingInspectors,
    StaffingConflicts,
    /// `substitutions` where nothing was assigned. The next are fields of one substitution.
    Substitutions,
    /// Figures of a draw that is sealed.
    Shape,
    RecusalId,
    Kind,
    Slots,
    Ceremony,
    CeremonyPool,
    SecondInspectors,
    SecondConflicts,
    Exhausted,
    Result,
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
            Self::BeaconScheme(j) => write!(f, "ceremony.beacons[{j}].scheme"),
            Self::BeaconSignature(j) => write!(f, "ceremony.beacons[{j}].signature"),
            Self::Seed => f.write_str("seed"),
            Self::EmbargoKey => f.write_str("embargo.key"),
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
            Self::Staffing => f.write_str("staffing"),
            Self::StaffingPool => f.write_str("staffing.ceremony.pool"),
            Self::StaffingSeed => f.write_str("staffing.seed"),
            Self::StaffingInspectors => f.write_str("staffing.inspectors"),
            Self::StaffingConflicts => f.write_str("staffing.conflicts"),
            Self::Substitutions => f.write_str("substitutions"),
            Self::Shape => f.write_str("shape"),
            Self::RecusalId => f.write_str("recusal_id"),
            Self::Kind => f.write_str("kind"),
            Self::Slots => f.write_str("slots"),
            Self::Ceremony => f.write_str("ceremony"),
            Self::CeremonyPool => f.write_str("ceremony.pool"),
            Self::SecondInspectors => f.write_str("inspectors"),
            Self::SecondConflicts => f.write_str("conflicts"),
            Self::Exhausted => f.write_str("exhausted"),
            Self::Result => f.write_str("result"),
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
    /// The draw is under embargo: its seed holds, and nothing else can be recomputed until the key is released.
    #[error("the draw is under embargo: only its seed can be recomputed until the key is released")]
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
    /// A recusal led to nothing that can be stated.
    #[error(transparent)]
    Substitute(#[from] SubstituteError),
    /// A substitution does not hold; fields are then those of the substitution.
    #[error("substitutions[{number}]: {error}")]
    Substitution {
        /// Its place in the certificate, from 0.
        number: usize,
        /// Why.
        error: Box<CertificateError>,
    },
}

/// A statement that holds, or else the field that makes it.
pub(super) fn same(holds: bool, field: Field) -> Result<(), CertificateError> {
    if holds { Ok(()) } else { Err(CertificateError::Differs { field }) }
}
