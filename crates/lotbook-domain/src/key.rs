//! Keys and the rights they hold at a position (rules.md 1.8, ledger.md 2).

use lotbook_chain::{Instant, KeyId, Position, PublicKey};
use lotbook_event::SectionId;
use lotbook_event::keys::Role;
use std::collections::BTreeMap;

/// A right: a role, and the section in which it is held.
pub type Right = (Role, Option<SectionId>);

/// One key and what it may do.
#[derive(Debug, Clone)]
pub struct Key {
    /// The public key.
    pub public: PublicKey,
    /// Registrations by right.
    pub grants: BTreeMap<Right, Grant>,
    /// Where the key was revoked.
    pub revoked: Option<Position>,
}

/// One registration of a key.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Who holds the key.
    pub person: String,
    /// Who nominated the holder.
    pub nominated_by: String,
    /// Roster number of an inspector, code of an enterprise; else empty.
    pub subject: String,
    /// When it was registered.
    pub registered_at: Instant,
    /// Where it was registered.
    pub registered: Position,
    /// Who registered it.
    pub registered_by: KeyId,
    /// Whether the leader has confirmed it.
    pub confirmed: bool,
}

impl Key {
    /// The grant of a right that is in force.
    pub fn holds(&self, role: Role, section: Option<&SectionId>) -> Option<&Grant> {
        let right = (role, section.cloned());
        self.grants.get(&right).filter(|grant| grant.confirmed && self.revoked.is_none())
    }

    /// Every right in force.
    pub fn rights(&self) -> impl Iterator<Item = (&Right, &Grant)> {
        let alive = self.revoked.is_none();
        self.grants.iter().filter(move |(_, grant)| alive && grant.confirmed)
    }
}
