//! Ceremonies: strong types of `ceremony.proto` (draw.md 1-2).

use crate::id::{
    BatchId, BeaconKey, BeaconSignature, Bytes32, DrawId, HeldStatement, InspectionId, InspectorId, PlanId,
    RecusalId, Text, Uscc,
};
use crate::plan::Reveal;
use crate::wire::{enumeration, message};
use lotbook_chain::{EntryHash, Instant, KeyId, Signature, TreeHash};
use std::collections::BTreeSet;

enumeration! {
    /// The part somebody plays in a ceremony.
    ParticipantRole {
        DrawingSection = "drawing_section", Supervision = "supervision", Notary = "notary",
        Association = "association", Enterprise = "enterprise", Public = "public",
    }
    /// What a ceremony draws.
    Purpose { Batch = "batch", Inspectors = "inspectors", Substitute = "substitute", Swap = "swap" }
    /// Why an attempt failed (draw.md 1).
    FailureCode {
        TooFewCommits = "too_few_commits", TooFewReveals = "too_few_reveals",
        MissingReveal = "missing_reveal", EmbargoNotHeld = "embargo_not_held",
    }
    /// What of an embargo somebody reads.
    EmbargoPart { Key = "key", Own = "own" }
}

message! {
    /// The draw operator opens a ceremony.
    CeremonyOpened {
        purpose: Purpose, plan: PlanId, batch: BatchId, attempt: u32, previous_terminal: Option<EntryHash>,
        recusal: Option<RecusalId>,
    }
    /// The frozen pool and every parameter of the draw; its entry hash is P.
    PoolFrozen {
        draw: DrawId, opened: EntryHash, rule_set: EntryHash, scheme: EntryHash, objects_root: TreeHash,
        inspectors_root: TreeHash, conflicts_root: TreeHash, strata: Vec<StratumCount>,
        object_reasons: Vec<ReasonCount>, inspector_reasons: Vec<ReasonCount>, conflicts: u64,
        late_changes: Vec<LateChange>, rates: Vec<PoolRate>, minimum: u32, total: u32, seats: Vec<PoolSeat>,
        max_load: u32, min_inspectors: Option<u32>, participants: Vec<Participant>,
        commit_deadline: Instant, reveal_deadline: Instant, min_reveals: u32,
        replacement: Option<Replacement>, beacons: Vec<FrozenBeacon>, staffing: Option<Staffing>, embargo: Option<PoolEmbargo>,
        conflicts_by_others: Vec<ConflictAuthor>,
    }
    /// Conflict rows stated by somebody else than the inspector concerned, by author.
    ConflictAuthor { author: KeyId, pairs: u64 }
    /// A beacon of this ceremony; times in seconds.
    FrozenBeacon {
        chain_hash: Bytes32, public_key: BeaconKey, genesis: u64, period: u32, delta: u32, round: u64,
    }
    /// Which selection an inspectors' ceremony staffs.
    Staffing { draw: DrawId, batch_pool: EntryHash }
    /// What hides the names of a batch until they may be known (draw.md 7).
    PoolEmbargo { commitment: Bytes32, reveal: Reveal, until: Instant }
    /// Whose slots a recusal's ceremony fills (draw.md 6).
    Replacement {
        recusal: RecusalId, purpose: Purpose, inspector: Option<InspectorId>, slots: Vec<u32>,
        batch_pool: EntryHash,
    }
    /// Eligible enterprises of one stratum.
    StratumCount { stratum: Text, eligible: u64 }
    /// Rows with one reason; the empty reason = eligible.
    ReasonCount { reason: Text, rows: u64 }
    /// Roster rows changed shortly before the draw, by author.
    LateChange { author: KeyId, rows: u64 }
    /// The rate of one stratum in millionths.
    PoolRate { stratum: Text, ppm: u32 }
    /// One seat.
    PoolSeat { accepts: BTreeSet<Text> }
    /// One participant of this ceremony.
    Participant { key_id: KeyId, role: ParticipantRole }
    /// A participant commits, once.
    SeedCommitted { draw: DrawId, commitment: Bytes32 }
    /// All have committed, or the deadline has come with enough of them.
    CeremonySealed { draw: DrawId, committers: BTreeSet<KeyId> }
    /// A participant opens the commitment.
    SeedRevealed { draw: DrawId, sealed: EntryHash, secret: Bytes32 }
    /// All have revealed, or the deadline has come.
    CeremonyClosed { draw: DrawId, missing: BTreeSet<KeyId> }
    /// The attempt failed.
    CeremonyFailed { draw: DrawId, code: FailureCode, barred: BTreeSet<KeyId> }
    /// A reveal that somebody held in time and the ledger has not recorded.
    RevealHeld {
        draw: DrawId, author: KeyId, statement: HeldStatement, signature: Signature, holder: KeyId,
        stamped_at: Instant, stamp: Signature,
    }
    /// A supervisor has the whole embargo key.
    EmbargoKeyHeld { draw: DrawId, proof: Bytes32 }
    /// The embargo key is published.
    EmbargoReleased { draw: DrawId, key: Bytes32 }
    /// One enterprise and its team are opened; `object` is absent only where nobody may know it yet.
    RowRevealed {
        draw: DrawId, inspection: InspectionId, rank: u32, object: Option<RevealedObject>,
        team: Vec<RevealedInspector>,
    }
    /// The row of an enterprise that was drawn.
    RevealedObject { uscc: Uscc, stratum: Text, salt: Bytes32, index: u64, path: Vec<Bytes32> }
    /// The row of an inspector who was drawn.
    RevealedInspector {
        inspector: InspectorId, qualifications: BTreeSet<Text>, salt: Bytes32, index: u64, path: Vec<Bytes32>,
    }
    /// Somebody reads what is under embargo; the answer is encrypted to an X25519 key.
    EmbargoRead { draw: DrawId, part: EmbargoPart, reply_key: Bytes32 }
    /// A beacon's round.
    BeaconRecorded { draw: DrawId, chain_hash: Bytes32, round: u64, signature: BeaconSignature }
}
