//! What a ledger has published: its newest head, and the newest one that witnesses have cosigned.

use crate::error::Untrustworthy;
use lotbook_chain::{Checkpoint, Policy, VerifierKey};
use lotbook_rpc::proto::GetCheckpointResponse;

/// A ledger's heads. Both are signed by it; cosignatures are checked by whoever has a [`Policy`] of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The newest head.
    pub newest: Checkpoint,
    /// Its signed note.
    pub newest_note: String,
    /// The note on `/checkpoint`, with cosignatures; nothing while the quorum is waited for.
    pub witnessed_note: Option<String>,
    /// The policy that the ledger says it waits for; nothing if it has no witnesses.
    pub policy: Option<Policy>,
}

impl Published {
    pub(crate) fn from_wire(
        response: GetCheckpointResponse,
        key: &VerifierKey,
    ) -> Result<Self, Untrustworthy> {
        let newest = Checkpoint::open(&response.checkpoint, key)?;
        let witnessed_note = Some(response.published_checkpoint).filter(|note| !note.is_empty());
        if let Some(note) = &witnessed_note {
            let witnessed = Checkpoint::open(note, key)?;
            if witnessed.size > newest.size {
                return Err(Untrustworthy::Shrunk { known: witnessed.size, found: newest.size });
            }
        }
        let policy = Some(response.witness_policy).filter(|text| !text.is_empty());
        let policy = policy.map(|text| text.parse()).transpose().map_err(Untrustworthy::Policy)?;
        Ok(Self { newest, newest_note: response.checkpoint, witnessed_note, policy })
    }
}
