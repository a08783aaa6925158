//! `init`: genesis from an office.toml, with the ledger's own keys.

use crate::cli::Init;
use crate::data_dir::DataDir;
use crate::exit::Exit;
use crate::say;
use crate::{keyfile, office_folder, stating};
use anyhow::{Context, Result};
use lotbook_chain::{LedgerId, PublicKey};
use lotbook_engine::{NewLedger, Signers, create};
use lotbook_import::OfficeFile;
use std::path::Path;
use std::sync::Arc;

pub fn run(args: &Init) -> Result<Exit> {
    let (name, bytes) = office_folder::read_file(&args.office)?;
    let office = lotbook_import::read_office(&bytes).map_err(|note| anyhow::anyhow!("{name}: {note}"))?;
    let data = DataDir::new(&args.data, None);
    data.make_keys_folder()?;
    let party = |given: Option<&Path>, name: &str| -> Result<(String, PublicKey)> {
        let path = given.map_or_else(|| data.key(name), Path::to_owned);
        Ok((path.display().to_string(), keyfile::read_or_create(&path)?.public()))
    };
    let (administrator_file, administrator) = party(args.administrator.as_deref(), "administrator")?;
    let (leader_file, leader) = party(args.leader.as_deref(), "leader")?;
    let ledger = new_ledger(&data, &office, administrator, leader, stating::now(), false)?;
    say!("made the ledger {ledger} of {}", office.office.name);
    say!("  origin          {}", office.origin);
    say!("  administrator   {administrator_file}");
    say!("  office leader   {leader_file}");
    say!("Move these two key files to their holders. Next: lotbook serve --data {}", args.data.display());
    Ok(Exit::Done)
}

/// Makes a ledger in an empty data directory; the ledger's own keys are made with it.
pub fn new_ledger(
    data: &DataDir,
    office: &OfficeFile,
    administrator: PublicKey,
    leader: PublicKey,
    at: lotbook_chain::Instant,
    simulated_clock: bool,
) -> Result<LedgerId> {
    let key = |name| keyfile::read_or_create(&data.key(name)).map(Arc::new);
    let signers = Signers { system: key("system")?, checkpoint: key("checkpoint")? };
    let store = data.store()?;
    let new = NewLedger {
        origin: office.origin.clone(),
        office_name: office.office.name.clone(),
        office_uscc: office.office.uscc.clone(),
        rule_set_id: office.rule_set.rule_set_id.clone(),
        administrator,
        leader,
        simulated_clock,
        id: stating::fresh_id(at)?,
        at,
    };
    let ledger = create(&store, &signers, &new).context("failed to make the ledger")?;
    store.close()?;
    Ok(ledger)
}
