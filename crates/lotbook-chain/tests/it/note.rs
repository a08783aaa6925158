//! What is said of a signed checkpoint: cosignatures, policies, and a witness's decision.

use crate::{Case, Decided};
use lotbook_chain::add_checkpoint::decide;
use lotbook_chain::{
    AddCheckpoint, CosignatureError, Cosigned, CosignerKey, Policy, PolicyError, UnwitnessedError,
    VerifierKey, WitnessRefusal, cosignatures,
};
use serde_json::json;

pub fn cosignature(case: &Case) -> Decided {
    let witness: CosignerKey = case.text("witness").parse().expect(&case.name);
    match cosignatures(case.text("note"), &[witness]) {
        Ok(good) => match good.as_slice() {
            [] => Err("none".into()),
            [one] => Ok(json!({ "time": one.time.seconds().to_string() })),
            _ => panic!("{}: one witness counts once", case.name),
        },
        Err(CosignatureError::Note(_)) => Err("no-note".into()),
        Err(CosignatureError::Checkpoint(_)) => Err("no-checkpoint".into()),
        Err(CosignatureError::Malformed { .. }) => Err("malformed".into()),
        Err(CosignatureError::Bad { .. }) => Err("bad".into()),
    }
}

pub fn policy(case: &Case) -> Decided {
    let policy: Policy = case.text("policy").parse().map_err(|error| code(&error))?;
    let Some(note) = case.optional("note") else { return Ok(json!({})) };
    match policy.open(note) {
        Ok(witnessed) => Ok(json!({ "size": witnessed.checkpoint.size.to_string() })),
        Err(UnwitnessedError::Checkpoint(_)) => Err("checkpoint".into()),
        Err(UnwitnessedError::UnknownLog) => Err("unknown-log".into()),
        Err(UnwitnessedError::Cosignature(_)) => Err("cosignature".into()),
        Err(UnwitnessedError::NoQuorum { .. }) => Err("no-quorum".into()),
    }
}

fn code(error: &PolicyError) -> String {
    match error {
        PolicyError::TooLong => "too-long",
        PolicyError::Control(_) => "control",
        PolicyError::Unfinished => "unfinished",
        PolicyError::Line(_) => "line",
        PolicyError::Key { .. } => "key",
        PolicyError::Name(_) => "name",
        PolicyError::RepeatedKey(_) => "repeated-key",
        PolicyError::Undefined { .. } => "undefined",
        PolicyError::RepeatedMember { .. } => "repeated-member",
        PolicyError::Threshold(_) => "threshold",
        PolicyError::Quorums(_) => "quorums",
    }
    .into()
}

pub fn add_checkpoint(case: &Case) -> Decided {
    let log: VerifierKey = case.text("log").parse().expect(&case.name);
    let (size, root) = case.tree("last");
    let parsed = case.text("body").parse::<AddCheckpoint>().map_err(WitnessRefusal::from);
    match parsed.and_then(|request| decide(&request, &log, Cosigned { size, root })) {
        Ok(checkpoint) => Ok(json!({ "size": checkpoint.size.to_string() })),
        Err(refusal @ WitnessRefusal::OtherOld { known }) => Err(format!("{} {known}", refusal.status())),
        Err(refusal) => Err(refusal.status().to_string()),
    }
}
