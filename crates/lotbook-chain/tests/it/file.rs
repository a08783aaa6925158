//! Files that prove themselves: proof, receipt, contradiction.

use crate::{Case, Decided};
use lotbook_chain::{
    Contradiction, NoContradiction, Receipt, ReceiptError, ReceiptFileError, RefusedTlogProof, TlogProof,
    TlogProofError, VerifierKey,
};
use serde_json::json;

fn log(case: &Case) -> VerifierKey {
    case.text("log").parse().expect(&case.name)
}

pub fn tlog_proof(case: &Case) -> Decided {
    let text = case.text("text");
    let proof: TlogProof = text.parse().map_err(|error| code(&error))?;
    assert_eq!(proof.to_string(), text);
    match proof.verify(case.hash("leaf"), &log(case)) {
        Ok(checkpoint) => Ok(json!({ "size": checkpoint.size.to_string() })),
        Err(RefusedTlogProof::Checkpoint(_)) => Err("checkpoint".into()),
        Err(RefusedTlogProof::Inclusion(_)) => Err("inclusion".into()),
    }
}

fn code(error: &TlogProofError) -> String {
    match error {
        TlogProofError::TooLong(_) => "too-long",
        TlogProofError::Header => "header",
        TlogProofError::Extra => "extra",
        TlogProofError::Index(_) => "index",
        TlogProofError::Hash(_) => "hash",
        TlogProofError::TooDeep(_) => "too-deep",
        TlogProofError::NoCheckpoint => "no-checkpoint",
    }
    .into()
}

pub fn receipt(case: &Case) -> Decided {
    let text = case.text("text");
    let proof: TlogProof = text.parse().map_err(|_| "format".to_owned())?;
    let receipt = Receipt::from_tlog_proof(&proof).map_err(|error| match error {
        ReceiptFileError::NoEntry => "no-entry".to_owned(),
        ReceiptFileError::Entry(_) => "entry".into(),
        ReceiptFileError::OtherIndex { .. } => "other-index".into(),
    })?;
    assert_eq!(receipt.to_tlog_proof().map(|proof| proof.to_string()).as_deref(), Ok(text));
    match receipt.verify(&log(case)) {
        Ok(verified) => Ok(json!({
            "position": verified.entry.position.to_string(),
            "size": verified.checkpoint.size.to_string(),
        })),
        Err(ReceiptError::Entry(_)) => Err("entry".into()),
        Err(ReceiptError::Checkpoint(_)) => Err("checkpoint".into()),
        Err(ReceiptError::Inclusion(_)) => Err("inclusion".into()),
    }
}

pub fn contradiction(case: &Case) -> Decided {
    let text = case.text("text");
    let contradiction: Contradiction = text.parse().map_err(|_| "format".to_owned())?;
    assert_eq!(contradiction.to_string(), text);
    match contradiction.verify(&log(case)) {
        Ok((first, second)) => {
            Ok(json!({ "first": first.size.to_string(), "second": second.size.to_string() }))
        }
        Err(NoContradiction::Head(_)) => Err("head".into()),
        Err(NoContradiction::Proof(_)) => Err("proof".into()),
        Err(NoContradiction::Agree(_)) => Err("agree".into()),
    }
}
