//! From the engine's types to the messages of the wire.

use crate::reader::Batch;
use lotbook_domain::projection::standing::RowProof;
use lotbook_engine::RefusalReceipt;
use lotbook_engine::chain::{Receipt, TreeHash};
use lotbook_rpc::proto;

/// A receipt.
pub(crate) fn receipt(receipt: Receipt) -> proto::Receipt {
    let inclusion_proof = hashes(&receipt.proof);
    proto::Receipt { entry: receipt.entry, inclusion_proof, checkpoint: receipt.checkpoint }
}

/// The hashes of a proof.
pub(crate) fn hashes(proof: &[TreeHash]) -> Vec<Vec<u8>> {
    proof.iter().map(|hash| hash.0.to_vec()).collect()
}

/// A row of a frozen pool with its proof.
pub(crate) fn row_proof(proof: RowProof) -> proto::PoolRowProof {
    let RowProof { index, row, proof } = proof;
    proto::PoolRowProof {
        index,
        uscc: row.uscc,
        stratum: row.stratum,
        eligible: row.eligible,
        reason: row.reason,
        inclusion_proof: hashes(&proof),
    }
}

/// The ledger's signed word that it refused.
pub(crate) fn refusal_receipt(receipt: RefusalReceipt) -> proto::RefusalReceipt {
    proto::RefusalReceipt {
        statement_hash: receipt.statement.0.to_vec(),
        position: receipt.position.0,
        code: receipt.code,
        article: receipt.article,
        signature: receipt.signature.0.to_vec(),
    }
}

/// A batch of a range.
pub(crate) fn listed(batch: &Batch) -> proto::ListEntriesResponse {
    proto::ListEntriesResponse {
        from: batch.from,
        entries: batch.entries.clone(),
        inclusion_proof: batch.proof.clone(),
        checkpoint: batch.checkpoint.clone(),
    }
}

/// A batch of a subscription.
pub(crate) fn streamed(batch: &Batch) -> proto::SubscribeResponse {
    proto::SubscribeResponse {
        from: batch.from,
        entries: batch.entries.clone(),
        inclusion_proof: batch.proof.clone(),
        checkpoint: batch.checkpoint.clone(),
        ..Default::default()
    }
}

/// The marker that everything before a position has been sent.
pub(crate) fn caught_up(at: u64, checkpoint: String) -> proto::SubscribeResponse {
    proto::SubscribeResponse { from: at, checkpoint, caught_up: true, ..Default::default() }
}

/// The marker that a checkpoint, of entries that have all been sent before `at`, is witnessed.
pub(crate) fn witnessed(
    at: u64,
    witnessed_checkpoint: String,
    checkpoint: String,
    proof: &[TreeHash],
) -> proto::SubscribeResponse {
    let consistency_proof = hashes(proof);
    proto::SubscribeResponse {
        from: at,
        checkpoint,
        witnessed_checkpoint,
        consistency_proof,
        ..Default::default()
    }
}

/// The size in the ledger's own checkpoint: its second line (C2SP tlog-checkpoint).
pub(crate) fn checkpoint_size(note: &str) -> Option<u64> {
    note.lines().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lotbook_engine::chain::{Checkpoint, SigningKey, TreeHash};

    #[test]
    fn the_size_is_read_from_a_signed_checkpoint() {
        let checkpoint = Checkpoint { origin: "ledger.example".into(), size: 4_711, root: TreeHash([1; 32]) };
        let note = checkpoint.sign(&SigningKey::from_seed(&[7; 32])).unwrap();
        assert_eq!(checkpoint_size(&note), Some(4_711));
        assert_eq!(checkpoint_size("ledger.example\n"), None);
    }
}
