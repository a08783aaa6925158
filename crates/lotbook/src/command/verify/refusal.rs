//! `verify --refusal`: whether the rules refuse a statement at that place, as the ledger has signed ([P-119]).

use super::{conclude, follow, prepared};
use crate::cli::Verify;
use crate::exit::{Exit, usage};
use crate::say;
use crate::target::{Log, Target};
use anyhow::{Context, Result};
use lotbook_chain::{KeyId, Position, Signature, StatementHash};
use lotbook_client::proto;
use lotbook_engine::SignedStatement;
use lotbook_verifier::{
    Expectations, OnRecord, RefusalClaim, RefusalReceipt, RefusalVerdict, refusal_verdict,
};
use prost::Message;
use std::path::{Path, PathBuf};

pub async fn run(args: &Verify, files: &[PathBuf]) -> Result<Exit> {
    let [receipt, statement] = files else { return Err(usage("--refusal takes RECEIPT and STATEMENT")) };
    let claim = RefusalClaim { receipt: read_receipt(receipt)?, signed: read_statement(statement)? };
    let target = args.data.as_deref().ok_or_else(|| usage("name the log: --data TARGET"))?;
    let log = Target::parse(target, args.anchor.as_deref())?.open().await?;
    let expectations = super::expectations(args)?;
    let decided = tokio::task::spawn_blocking(move || decide(log, &expectations, &claim)).await?;
    match decided {
        Ok(verdict) => tell(&verdict, args.json),
        Err(error) => super::refuted(error, args.json),
    }
}

/// Verifies the log up to the refusal, decides the statement again, and verifies the rest.
fn decide(mut log: Log, expectations: &Expectations, claim: &RefusalClaim) -> Result<RefusalVerdict> {
    let position = claim.receipt.position.0;
    let mut verifier = prepared(&log, expectations);
    verifier.ask_about_refusal(claim);
    let before = usize::try_from(position).unwrap_or(usize::MAX);
    let verifier = follow(verifier, log.entries.by_ref().take(before), Some(position))?;
    let next = log.entries.next().transpose()?;
    let verdict = refusal_verdict(&verifier, next.as_deref(), claim)?;
    let rest = next.map(Ok).into_iter().chain(log.entries.by_ref());
    let verifier = follow(verifier, rest, log.total)?;
    conclude(&verifier, &log, expectations)?;
    Ok(verdict)
}

fn tell(verdict: &RefusalVerdict, json: bool) -> Result<Exit> {
    let exit = match verdict {
        RefusalVerdict::Confirmed { record: OnRecord::Recorded | OnRecord::Counted, .. } => Exit::Done,
        RefusalVerdict::Confirmed { record: OnRecord::Missing, .. }
        | RefusalVerdict::FalseRefusal { .. }
        | RefusalVerdict::Sealed { .. }
        | RefusalVerdict::Undetermined { .. } => Exit::Refused,
    };
    if json {
        say!("{}", serde_json::to_string(verdict)?);
        return Ok(exit);
    }
    match verdict {
        RefusalVerdict::Confirmed { code, record } => {
            say!("confirmed: the rules refuse this statement at that place by {code}");
            match record {
                OnRecord::Recorded => say!("  on record   the log has it at that place"),
                OnRecord::Counted => say!("  on record   counted only: the author's hour was full"),
                OnRecord::Missing => {
                    say!("  MISSING     the log has no record of it, although there was room for one")
                }
            }
        }
        RefusalVerdict::FalseRefusal { receipt, decided, .. } => {
            say!("FALSE REFUSAL: the ledger has signed {receipt}; decided again, it is {decided}");
            say!("  what to do  keep receipt and statement: they prove it to anybody who has the log");
        }
        RefusalVerdict::Sealed { receipt } => {
            say!("sealed: whether {receipt} is right depends on an embargo whose key is not on the log yet");
        }
        RefusalVerdict::Undetermined { before, at } => {
            let at = at.map_or("nothing recorded yet".into(), |at| at.to_string());
            say!(
                "undetermined: the log does not tell when it was decided; before its place {before}, at it {at}"
            );
        }
    }
    Ok(exit)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))
}

/// A field of a fixed length.
fn fixed<const N: usize>(path: &Path, field: &str, bytes: &[u8]) -> Result<[u8; N]> {
    bytes
        .try_into()
        .with_context(|| format!("{}: {field} has {} bytes, needs {N}", path.display(), bytes.len()))
}

fn read_receipt(path: &Path) -> Result<RefusalReceipt> {
    let wire = proto::RefusalReceipt::decode(read(path)?.as_slice());
    let wire = wire.with_context(|| format!("{} is no refusal receipt", path.display()))?;
    Ok(RefusalReceipt {
        statement: StatementHash(fixed(path, "the statement's hash", &wire.statement_hash)?),
        position: Position(wire.position),
        code: wire.code,
        article: wire.article,
        signature: Signature(fixed(path, "the signature", &wire.signature)?),
    })
}

fn read_statement(path: &Path) -> Result<SignedStatement> {
    let wire = proto::SubmitRequest::decode(read(path)?.as_slice());
    let wire = wire.with_context(|| format!("{} is no signed statement", path.display()))?;
    Ok(SignedStatement {
        key_id: KeyId(fixed(path, "the key id", &wire.key_id)?),
        signature: Signature(fixed(path, "the signature", &wire.signature)?),
        statement: wire.statement,
    })
}
