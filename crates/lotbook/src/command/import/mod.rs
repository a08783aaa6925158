//! `import`: an office's files, with a report row by row.

mod report;

use super::reading;
use crate::cli::{Import, Source};
use crate::exit::{Exit, usage};
use crate::office_folder::{File, read_file, read_folder};
use crate::serving::{Doors, Serving};
use crate::{given, keyfile, stating};
use anyhow::{Context, Result, bail};
use data_encoding::HEXLOWER;
use lotbook_client::Client;
use lotbook_engine::Publishing;
use lotbook_event::{Event, Text, Uscc};
use lotbook_import::{Draft, Known, Options, SealedValue, import};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub async fn run(args: Import) -> Result<Exit> {
    let files = files(&args.files)?;
    let ledger = reading::ledger(&args.source).await?;
    let known = known(&ledger)?;
    let options = Options {
        complete: args.complete,
        list_rows: args.dry_run,
        nonconforming: args.nonconforming.iter().map(|given| overriding(given)).collect::<Result<_>>()?,
        calendars_from_year: args.calendars,
        items_published_on: args
            .publish_items
            .as_deref()
            .map(|on| given::date("--publish-items", on))
            .transpose()?,
    };
    let salts = std::cell::RefCell::new(None);
    let mut salt = || {
        keyfile::random().unwrap_or_else(|error| {
            *salts.borrow_mut() = Some(error);
            [0; 32]
        })
    };
    let read = import(&files, &known, &options, &mut salt);
    if let Some(error) = salts.take() {
        return Err(error);
    }
    report::print(&read.reports, args.json)?;
    let rejected = read.reports.iter().any(|report| report.rejected > 0 || !report.readable);
    let mut others = false;
    if !args.dry_run {
        let key = args.key.as_deref();
        let key = key.ok_or_else(|| usage("name the author with --key FILE, or only look with --dry-run"))?;
        let (own, left) = own_drafts(&ledger, &keyfile::read(key)?, read.drafts);
        keep_sealed(key, &of_drafts(read.sealed, &own))?;
        state_all(&args.source, key, own).await?;
        left.iter().for_each(|line| eprintln!("left to another key: {line}"));
        others = !left.is_empty();
        if others {
            eprintln!("not all of it is on the ledger: run the same import with the keys named above");
        }
    }
    Ok(if rejected || others { Exit::SomeRejected } else { Exit::Done })
}

/// `CODE=REASON`: a code that fails its check, and why it is lawful.
fn overriding(text: &str) -> Result<(Uscc, Text)> {
    let (code, reason) = text
        .split_once('=')
        .filter(|(_, reason)| !reason.trim().is_empty())
        .ok_or_else(|| usage(format!("--nonconforming {text}: write CODE=REASON")))?;
    let uscc = given::given("--nonconforming", Uscc::new(code))?;
    if uscc.conforms().is_ok() {
        return Err(usage(format!(
            "--nonconforming {code}: the code passes its check and needs no override"
        )));
    }
    Ok((uscc, given::text("--nonconforming", reason.trim())?))
}

/// Sealed values whose commitments these drafts state: nobody keeps what somebody else will state.
fn of_drafts(sealed: Vec<SealedValue>, drafts: &[Draft]) -> Vec<SealedValue> {
    let mut stated = BTreeSet::new();
    for draft in drafts {
        match &draft.event {
            Event::ConflictDeclared(e) => stated.extend(e.rows.iter().map(|row| row.ground_commitment)),
            Event::RosterImported(e) => stated.extend([e.file_hash]),
            _ => {}
        }
    }
    sealed.into_iter().filter(|value| stated.contains(&value.commitment)).collect()
}

fn files(paths: &[PathBuf]) -> Result<Vec<File>> {
    let mut files = vec![];
    for path in paths {
        if path.is_dir() {
            files.extend(read_folder(path)?);
        } else {
            files.push(read_file(path)?);
        }
    }
    Ok(files)
}

/// What the ledger knows already.
fn known(ledger: &reading::Ledger) -> Result<Known> {
    let mut known = Known::default();
    for bytes in &ledger.entries {
        let entry = lotbook_chain::Entry::decode(bytes)?;
        known.apply(&lotbook_event::Statement::decode(&entry.statement)?.event);
    }
    Ok(known)
}

/// Salts and values of sealed columns go into a 0600 file beside the key, before anything is stated.
pub fn keep_sealed(key: &Path, sealed: &[SealedValue]) -> Result<Option<PathBuf>> {
    if sealed.is_empty() {
        return Ok(None);
    }
    let rows: Vec<_> = sealed
        .iter()
        .map(|value| {
            serde_json::json!({
                "commitment": HEXLOWER.encode(&value.commitment.0), "salt": HEXLOWER.encode(&value.salt),
                "value": value.value, "about": value.about,
            })
        })
        .collect();
    let mut name = key.as_os_str().to_owned();
    name.push(format!(".{}.sealed.json", stating::now().0));
    let path = PathBuf::from(name);
    keyfile::write_private(&path, serde_json::to_string_pretty(&rows)?.as_bytes())?;
    eprintln!(
        "{} kept in {} (readable by you only); the ledger is to have the commitments",
        if sealed.len() == 1 {
            "1 sealed value is".into()
        } else {
            format!("{} sealed values are", sealed.len())
        },
        path.display()
    );
    Ok(Some(path))
}

/// States every draft that the key may state; what it may not is left to whoever holds the role.
async fn state_all(source: &Source, key: &Path, drafts: Vec<Draft>) -> Result<()> {
    let key = keyfile::read(key)?;
    let (client, serving) = match (&source.server, &source.data) {
        (Some(url), _) => (Client::trust_on_first_use(url).await?, None),
        (None, Some(dir)) => {
            let serving = Serving::start(
                reading::data_dir(source, dir).engine(false, Publishing::Nothing)?,
                Doors::LOCAL,
            )
            .await?;
            (Client::trust_on_first_use(&serving.url).await?, Some(serving))
        }
        (None, None) => bail!("name --data or --server"),
    };
    let stated = state_each(&client, &key, drafts).await;
    if let Some(serving) = serving {
        serving.stop().await?;
    }
    stated
}

/// Drafts that the key holds the role for, and what is left to others, by file; a file is closed by its
/// RosterImported only if all of it can be stated.
fn own_drafts(
    ledger: &reading::Ledger,
    key: &lotbook_chain::SigningKey,
    drafts: Vec<Draft>,
) -> (Vec<Draft>, BTreeSet<String>) {
    let state = ledger.verifier.state();
    let record = state.keys.get(&key.public().key_id());
    let holds = |draft: &Draft| {
        record.is_some_and(|record| record.holds(draft.role, draft.section.as_ref()).is_some())
    };
    // The closing record is for information; where it alone would be left, nothing is.
    let closes = |draft: &Draft| matches!(draft.event, lotbook_event::Event::RosterImported(_));
    let mut left = BTreeSet::new();
    let mut unfinished = BTreeSet::new();
    for draft in drafts.iter().filter(|draft| !holds(draft) && !closes(draft)) {
        let section =
            draft.section.as_ref().map_or(String::new(), |section| format!(" of section {section}"));
        left.insert(format!("{}: {} needs the role {}{section}", draft.file, draft.event.name(), draft.role));
        unfinished.insert(draft.file.clone());
    }
    let own = drafts
        .into_iter()
        .filter(|draft| holds(draft) && !(closes(draft) && unfinished.contains(&draft.file)));
    (own.collect(), left)
}

async fn state_each(client: &Client, key: &lotbook_chain::SigningKey, drafts: Vec<Draft>) -> Result<()> {
    let all = drafts.len();
    for (done, draft) in drafts.into_iter().enumerate() {
        let (file, event) = (draft.file.clone(), draft.event.name());
        let statement = stating::state(draft.role, draft.section.clone(), draft.event, stating::now())?;
        let submitted = client.submit(key, &statement).await;
        submitted.with_context(|| {
            format!("{file}: {event} (statement {} of {all}; those before it stand)", done + 1)
        })?;
    }
    eprintln!("{all} statements made");
    Ok(())
}
