//! Keys, roles and the ledger itself: strong types of `keys.proto`.

use crate::id::{RawKey, SectionId, Text, Uscc};
use crate::wire::{enumeration, message};
use lotbook_chain::{Instant, KeyId, Signature, TreeHash};

enumeration! {
    /// Roles in which a key may act (rules.md 1.8).
    Role {
        System = "system", Administrator = "administrator", OfficeLeader = "office_leader",
        Coordinator = "coordinator", Registrar = "registrar", SectionOfficer = "section_officer",
        DrawOperator = "draw_operator", Inspector = "inspector", RecusalApprover = "recusal_approver",
        Handler = "handler", Publisher = "publisher", Supervisor = "supervisor", Notary = "notary",
        Association = "association", Auditor = "auditor", Enterprise = "enterprise", Public = "public",
    }
}

message! {
    /// Genesis (ledger.md 2).
    LedgerCreated {
        origin: Text, office_name: Text, office_uscc: Uscc, system_key: RawKey, checkpoint_vkey: Text,
        administrator_key: RawKey, leader_key: RawKey, rule_set_id: Text, decide_version: u32,
        simulated_clock: bool,
    }
    /// A key with one role; takes effect with [`KeyConfirmed`].
    KeyRegistered {
        public_key: RawKey, role: Role, section: Option<SectionId>, person: Text, nominated_by: Text,
        subject: Text, possession: Signature,
    }
    /// The leader's countersignature of one registration.
    KeyConfirmed { key_id: KeyId, role: Role, section: Option<SectionId> }
    /// A key ends; what was recorded before stays valid.
    KeyRevoked { key_id: KeyId, reason: Text }
    /// A sign of life, at least every hour (ledger.md 3).
    Heartbeat { size: u64, root: TreeHash, clock: Instant }
}
