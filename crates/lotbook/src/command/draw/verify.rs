//! `draw verify`: a certificate recomputed; and with the ledger's key authenticated, from its own entries.

use super::{holds, is_sealed, until};
use crate::exit::{Exit, usage};
use crate::{given, local_time, say};
use anyhow::{Context, Result};
use lotbook_chain::{Cosignature, UnwitnessedError};
use lotbook_draw::Certificate;
use lotbook_engine::domain::civil;
use lotbook_verifier::authenticate::{AuthenticateError, Authenticated, authenticate};
use serde_json::json;
use std::path::Path;

/// What stays open without a key.
const NOT_AUTHENTICATED: &str = "recomputed, NOT authenticated";

pub fn run(vkey: Option<&str>, policy: Option<&Path>, json: bool, file: &Path) -> Result<Exit> {
    let key = vkey.map(|vkey| given::vkey("--vkey", vkey)).transpose()?;
    let text = given::file(file)?;
    let certificate = Certificate::from_json(text.as_bytes());
    let certificate = certificate.with_context(|| format!("{} is no certificate", file.display()))?;
    let Some(key) = key else {
        if policy.is_some() {
            return Err(usage("--policy needs --vkey: witnesses cosign what the ledger has signed"));
        }
        holds(&certificate).map_err(AuthenticateError::from)?;
        say_recomputed(&certificate, json);
        return Ok(Exit::Done);
    };
    let policy = policy.map(given::policy).transpose()?;
    let proved = authenticate(&certificate, &key, policy.as_ref())?;
    let witnesses = match &policy {
        Some(policy) => policy.open_of(&proved.note, &key).map_err(Unwitnessed)?.cosignatures,
        None => vec![],
    };
    say_authenticated(&certificate, &proved, &witnesses, json);
    Ok(Exit::Done)
}

/// The head that the entries were proved under has not the quorum that was asked for.
#[derive(Debug, thiserror::Error)]
#[error("the head that the certificate rests on: {0}")]
pub struct Unwitnessed(UnwitnessedError);

fn say_recomputed(certificate: &Certificate, json: bool) {
    if json {
        say!("{}", summary(certificate, false));
        return;
    }
    say!("{NOT_AUTHENTICATED}: {}  已重算，未经认证", certificate.draw_id);
    match is_sealed(certificate) {
        true => say!("  result      {}", sealed(&until(certificate))),
        false => say!(
            "  result      {} enterprises follow from these rows and reveals",
            certificate.result.selected.len()
        ),
    }
    say!("  grade       {:?}, as the file says", certificate.grade);
    say!("  what to do  give --vkey, the ledger's checkpoint key as the office published it");
}

fn say_authenticated(
    certificate: &Certificate,
    proved: &Authenticated,
    witnesses: &[Cosignature],
    json: bool,
) {
    if json {
        let mut said = summary(certificate, true);
        let names: Vec<_> = (witnesses.iter())
            .map(|w| json!({ "name": w.witness.name(), "time": w.time.seconds() }))
            .collect();
        said["entries"] = json!(proved.entries);
        said["checkpoint"] = json!(proved.checkpoint.size);
        said["witnesses"] = json!(names);
        say!("{said}");
        return;
    }
    say!("authenticated: {}  已认证", certificate.draw_id);
    say!("  ledger      {} ({})", certificate.origin, certificate.ledger_id);
    let attempt = certificate.attempt;
    match proved.sealed_until {
        Some(at) => say!("  result      {}, attempt {attempt}", sealed(&civil::date_of(at).to_string())),
        None => say!("  result      {} enterprises, attempt {attempt}", certificate.result.selected.len()),
    }
    say!("  grade       {:?}, derived again", certificate.grade);
    let changes = certificate.substitutions.len();
    say!("  changes     {changes} after recusals, each drawn again");
    let (entries, size) = (proved.entries, proved.checkpoint.size);
    say!(
        "  rests on    {entries} entries, each signed and proved under a signed checkpoint of {size} entries"
    );
    for Cosignature { witness, time } in witnesses {
        say!("  witnessed   {} at {}", witness.name(), local_time::of_witness(*time));
    }
    say!(
        "  not shown   later entries of this draw, and that the rows follow from the rosters: lotbook verify"
    );
}

/// What is said of the result before the embargo's release.
fn sealed(until: &str) -> String {
    format!("sealed until {until}: the seed follows from the reveals, nobody is named before  {until}前封存")
}

fn summary(certificate: &Certificate, authenticated: bool) -> serde_json::Value {
    json!({
        "recomputed": true, "authenticated": authenticated, "draw": certificate.draw_id,
        "attempt": certificate.attempt, "grade": certificate.grade, "origin": certificate.origin,
        "ledger_id": certificate.ledger_id, "selected": certificate.result.selected.len(),
        "substitutions": certificate.substitutions.len(),
        "sealed_until": is_sealed(certificate).then(|| until(certificate)),
    })
}
