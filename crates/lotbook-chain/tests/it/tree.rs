//! Proofs of consistency and inclusion.

use crate::{Case, Decided};
use lotbook_chain::{ConsistencyError, InclusionError, verify_consistency, verify_inclusion};
use serde_json::json;

pub fn consistency(case: &Case) -> Decided {
    let (from, to, proof) = (case.number("from"), case.number("to"), case.hashes("proof"));
    match verify_consistency(from, case.hash("old"), to, case.hash("new"), &proof) {
        Ok(()) => Ok(json!({})),
        Err(ConsistencyError::Shrinks { .. }) => Err("shrinks".into()),
        Err(ConsistencyError::NotEmpty { .. }) => Err("not-empty".into()),
        Err(ConsistencyError::TooLong { .. }) => Err("too-long".into()),
        Err(ConsistencyError::TooShort { .. }) => Err("too-short".into()),
        Err(ConsistencyError::Forked { .. }) => Err("forked".into()),
        Err(ConsistencyError::WrongOldRoot { .. }) => Err("wrong-old-root".into()),
        Err(ConsistencyError::WrongNewRoot { .. }) => Err("wrong-new-root".into()),
    }
}

pub fn inclusion(case: &Case) -> Decided {
    let (index, size, proof) = (case.number("index"), case.number("size"), case.hashes("proof"));
    match verify_inclusion(case.hash("leaf"), index, size, &proof, case.hash("root")) {
        Ok(()) => Ok(json!({})),
        Err(InclusionError::NoSuchLeaf { .. }) => Err("no-such-leaf".into()),
        Err(InclusionError::TooLong { .. }) => Err("too-long".into()),
        Err(InclusionError::TooShort { .. }) => Err("too-short".into()),
        Err(InclusionError::WrongRoot { .. }) => Err("wrong-root".into()),
    }
}
