//! What an author keeps of a statement: the signed bytes, and the ledger's word for what became of it.

use anyhow::{Context, Result};
use lotbook_chain::{SigningKey, TlogProof};
use lotbook_client::{Client, ClientError, SignedStatement, Submitted};
use lotbook_event::Statement;
use prost::Message;
use std::path::Path;

/// States an event; with a folder, keeps in it `ID.statement` before it is sent, then `ID.receipt` or
/// `ID.refusal` ([P-117], [P-119]).
///
/// # Errors
/// What kept it from being stated or kept.
pub async fn submit(
    client: &Client,
    key: &SigningKey,
    statement: &Statement,
    folder: Option<&Path>,
) -> Result<Submitted> {
    let signed = SignedStatement::sign(client.trust_root(), key, statement);
    let Some(folder) = folder else { return Ok(client.submit_signed(&signed).await?) };
    std::fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let id = data_encoding::HEXLOWER.encode(&statement.id.0);
    let write = |kind: &str, bytes: &[u8]| write(&folder.join(format!("{id}.{kind}")), bytes);
    write("statement", &signed.to_bytes())?;
    let answer = client.submit_signed(&signed).await;
    match &answer {
        Ok(submitted) => write("receipt", receipt_file(submitted)?.to_string().as_bytes())?,
        Err(ClientError::Refused(refused)) => {
            if let Some(receipt) = &refused.receipt {
                write("refusal", &receipt.encode_to_vec())?;
            }
        }
        Err(_) => {}
    }
    Ok(answer?)
}

fn receipt_file(submitted: &Submitted) -> Result<TlogProof> {
    Ok(submitted.receipt.to_tlog_proof()?)
}

/// Writes a file and says so.
///
/// # Errors
/// What kept it from being written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("failed to write {}", path.display()))?;
    eprintln!("kept {}", path.display());
    Ok(())
}
