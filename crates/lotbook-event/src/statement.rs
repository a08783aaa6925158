//! The statement: strict decoding of exactly the bytes that were signed (ledger.md 1).

use crate::id::{SectionId, StatementId};
use crate::keys::Role;
use crate::proto::{self, statement::Family};
use crate::wire::{FieldError, Wire};
use crate::{
    ceremony::*, draw::*, inspection::*, keys::*, oversight::*, plan::*, recusal::*, registry::*, result::*,
};
use lotbook_chain::{Instant, MAX_STATEMENT_BYTES, Position};
use prost::Message;

/// What an author states and signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// With the author, the idempotency key for ever.
    pub id: StatementId,
    /// When the author stated it, by the author's clock.
    pub stated_at: Instant,
    /// The role in which the author acts.
    pub role: Role,
    /// The section for which the author acts.
    pub section: Option<SectionId>,
    /// Refuse if the subject changed at or after this position.
    pub expected_position: Option<Position>,
    /// What is stated.
    pub event: Event,
}

/// Why bytes are not a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Over the limit.
    #[error("statement of {0} bytes is over the limit of {MAX_STATEMENT_BYTES}")]
    TooLong(usize),
    /// Not protobuf at all.
    #[error("not a protobuf statement: {0}")]
    NotProtobuf(String),
    /// Unknown or duplicate fields, another order, an explicit default, an over-long number.
    #[error(
        "not in canonical form: encoding it again gives other bytes from offset {0} on (unknown or duplicate field, other order, explicit default or over-long number)"
    )]
    NotCanonical(usize),
    /// A field is not what it must be.
    #[error(transparent)]
    Field(#[from] FieldError),
}

impl Statement {
    /// Decodes strictly: the bytes are the only encoding of what they say.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > MAX_STATEMENT_BYTES {
            return Err(DecodeError::TooLong(bytes.len()));
        }
        let wire = proto::Statement::decode(bytes).map_err(|e| DecodeError::NotProtobuf(e.to_string()))?;
        let again = wire.encode_to_vec();
        if again != bytes {
            let same = again.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            return Err(DecodeError::NotCanonical(same));
        }
        Ok(Self::parse(wire)?)
    }

    /// The bytes of the statement.
    pub fn encode(&self) -> Vec<u8> {
        self.wire().encode_to_vec()
    }
}

impl Wire for Statement {
    type Wire = proto::Statement;

    fn parse(wire: proto::Statement) -> Result<Self, FieldError> {
        let family = wire.family.ok_or_else(|| FieldError::new("is missing").within("family"))?;
        Ok(Self {
            id: Wire::parse(wire.statement_id).map_err(|e: FieldError| e.within("statement_id"))?,
            stated_at: Instant(wire.stated_at),
            role: Wire::parse(wire.role).map_err(|e: FieldError| e.within("role"))?,
            section: Wire::parse(wire.section).map_err(|e: FieldError| e.within("section"))?,
            expected_position: wire.expected_position.map(Position),
            event: Event::parse(family)?,
        })
    }

    fn wire(&self) -> proto::Statement {
        proto::Statement {
            statement_id: self.id.wire(),
            stated_at: self.stated_at.0,
            role: self.role.wire(),
            section: self.section.wire(),
            expected_position: self.expected_position.map(|p| p.0),
            family: Some(self.event.wire()),
        }
    }
}

/// How an event is held: in place, or as the list says.
macro_rules! held {
    ($name:ident) => {
        $name
    };
    ($name:ident, $held:ty) => {
        $held
    };
}

macro_rules! events {
    ($($family:ident $message:ident $module:ident { $($name:ident $(: $held:ty)?),* $(,)? })*) => {
        /// Every event there is; matched exhaustively, so the compiler lists where a new one must go.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[allow(missing_docs, clippy::large_enum_variant)] // one at a time is in memory, unboxed
        pub enum Event { $($($name(held!($name $(, $held)?))),*),* }

        $($(impl From<$name> for Event {
            fn from(event: $name) -> Self { Self::$name(event.into()) }
        })*)*

        impl Event {
            /// The name of every event.
            pub const NAMES: &'static [&'static str] = &[$($(stringify!($name)),*),*];

            /// The name of every family, as in the file names of their definitions.
            pub const FAMILIES: &'static [&'static str] = &[$(stringify!($module)),*];

            /// The event's name, as in the catalogue of rules.md 1.9.
            pub fn name(&self) -> &'static str {
                match self { $($(Self::$name(_) => stringify!($name)),*),* }
            }

            /// The event's family, as in the file name of its definition.
            pub fn family(&self) -> &'static str {
                match self { $($(Self::$name(_) => stringify!($module)),*),* }
            }
        }

        impl Wire for Event {
            type Wire = Family;

            fn parse(wire: Family) -> Result<Self, FieldError> {
                let missing = || FieldError::new("is missing").within("event");
                match wire {
                    $(Family::$family(family) => match family.event.ok_or_else(missing)? {
                        $(proto::$module::Event::$name(event) => Wire::parse(event)
                            .map(Self::$name)
                            .map_err(|e: FieldError| e.within(stringify!($name)))),*
                    }),*
                }
            }

            fn wire(&self) -> Family {
                match self {
                    $($(Self::$name(event) => Family::$family(proto::$message {
                        event: Some(proto::$module::Event::$name(event.wire())),
                    })),*),*
                }
            }
        }
    };
}

events! {
    Keys KeysEvent keys_event { LedgerCreated: Box<LedgerCreated>, KeyRegistered, KeyConfirmed, KeyRevoked, Heartbeat }
    Registry RegistryEvent registry_event {
        OfficeConstituted, RulesetAdopted: Box<RulesetAdopted>, CalendarPublished, SectionRegistered, ItemProposed,
        ItemAggregated, ItemPublished, ItemWithdrawn, InspectorEnrolled, InspectorUpdated,
        InspectorRemoved, EnterpriseEnrolled, EnterpriseUpdated, StatusRecorded, StatusEnded,
        ConflictDeclared, ConflictEnded, RosterImported, CalendarAmended,
    }
    Plan PlanEvent plan_event { PlanDrafted, PlanAdopted, PlanPublished, SchemeAdopted: Box<SchemeAdopted> }
    Ceremony CeremonyEvent ceremony_event {
        CeremonyOpened, PoolFrozen: Box<PoolFrozen>, SeedCommitted, CeremonySealed, SeedRevealed, CeremonyClosed,
        CeremonyFailed, BeaconRecorded, EmbargoKeyHeld, EmbargoReleased, RowRevealed, EmbargoRead,
        RevealHeld,
    }
    Draw DrawEvent draw_event {
        DrawCompleted, EnterpriseAssigned, AssignmentInfeasible, DrawVoided, DrawVoidProposed, TeamAssigned,
        AssignmentWithheld, PoolExtensionApproved, DrawOpened,
    }
    Recusal RecusalEvent recusal_event {
        RecusalRequested, RecusalDecided, AssignmentSwapped: Box<AssignmentSwapped>, SubstituteDrawn, SubstitutePoolExhausted,
        DirectTeamChanged, CounterpartChosen, ReserveOrderApproved, SlotRecusalRequested, TeamsWithheld,
    }
    Inspection InspectionEvent inspection_event {
        NoticeServed, InspectionStarted, ItemResultConfirmed, InspectionConcluded, ReportCompleted,
        DirectInspectionOpened, InspectionApproved,
    }
    Result ResultEvent result_event {
        FeedbackDispatched, FeedbackDelivered, ResultPublished, CommentReceived, CommentWindowClosed,
        CommentAnswered, ViolationFound, InvestigationOpened, HandlingDecided, HandlingPublished,
        HandlingWithheld, TransferAcknowledged, RectificationVerified, InspectionClosed,
    }
    Oversight OversightEvent oversight_event {
        DeadlineMissed, StatementRefused, EntryCorrected, AnnualDisclosureRequested,
        AnnualDisclosureGenerated, AnnualDisclosurePublished, RefusalsCounted, DeviationExplained, BreachRecorded,
        ConsequenceAssessed, AccountabilityReferred, AccountabilityDecided,
    }
}
