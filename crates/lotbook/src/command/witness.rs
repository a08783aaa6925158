//! `witness`: a witness for any log, and the verifier key that a policy names it by.

use crate::cli::Witness as Words;
use crate::exit::{Exit, usage};
use crate::{given, keyfile, say};
use anyhow::{Context, Result};
use lotbook_chain::{CosignerKey, KeyNameError, VerifierKey};
use lotbook_tlog::serve::serve_on;
use lotbook_tlog::witness::{Witness, router, system_clock};
use std::sync::Arc;
use tokio::net::TcpListener;

pub async fn run(args: Words) -> Result<Exit> {
    match args {
        Words::Show { key, name } => {
            say!("{}", verifier(&name, &keyfile::read(&key)?)?);
            Ok(Exit::Done)
        }
        Words::Serve { state, key, listen, name, log } => {
            let logs =
                log.iter().map(|log| given::vkey("--log", log)).collect::<Result<Vec<VerifierKey>>>()?;
            let secret = keyfile::read(&key)?;
            let public = verifier(&name, &secret)?;
            let origins: Vec<_> = logs.iter().map(|log| log.name().to_owned()).collect();
            let witness = Witness::open(&state, &name, secret, logs, system_clock());
            let witness = witness.with_context(|| format!("failed to open {}", state.display()))?;
            let listener = TcpListener::bind(listen).await;
            let listener = listener.with_context(|| format!("failed to listen on {listen}"))?;
            say!("witness {public}");
            say!("  for   {}", origins.join(", "));
            say!("  on    http://{}", listener.local_addr()?);
            serve_on(listener, router(Arc::new(witness)), told_to_stop()).await;
            Ok(Exit::Done)
        }
    }
}

fn verifier(name: &str, secret: &lotbook_chain::SigningKey) -> Result<CosignerKey> {
    CosignerKey::new(name, secret.public()).map_err(|error: KeyNameError| usage(format!("--name: {error}")))
}

async fn told_to_stop() {
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    match terminate {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}
