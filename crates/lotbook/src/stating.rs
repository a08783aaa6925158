//! Making statements: identifiers and frames.

use crate::keyfile::random;
use anyhow::Result;
use lotbook_chain::Instant;
use lotbook_event::keys::Role;
use lotbook_event::{Event, SectionId, Statement, StatementId};

/// Now, by this machine.
pub fn now() -> Instant {
    lotbook_engine::Clock::now(&lotbook_engine::SystemClock)
}

/// A fresh statement identifier (UUIDv7).
pub fn fresh_id(at: Instant) -> Result<StatementId> {
    let millis = u64::try_from(at.0 / 1_000).unwrap_or(0);
    Ok(StatementId(uuid::Builder::from_unix_timestamp_millis(millis, &random()?).into_uuid().into_bytes()))
}

/// A statement with a fresh identifier.
pub fn state(role: Role, section: Option<SectionId>, event: Event, at: Instant) -> Result<Statement> {
    Ok(Statement { id: fresh_id(at)?, stated_at: at, role, section, expected_position: None, event })
}
