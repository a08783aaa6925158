//! What an auditor names: a data directory, static files in a folder or over HTTP, or a running server; and its
//! entries and signed heads, read one after the other. Nothing of it is believed here.

use crate::command::reading;
use crate::data_dir::DataDir;
use crate::exit::usage;
use crate::static_log;
use anyhow::{Context, Result, bail};
use lotbook_client::Client;
use lotbook_store::{Anchor, JournalReader, Publication};
use lotbook_tlog::{Bad, Location, LocationError, LogReader, ReadError};
use lotbook_verifier::{Check, Finding};
use std::path::Path;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;

/// Entries of a server that wait to be verified.
const WAITING_ENTRIES: usize = 1_024;

/// Where a log is.
#[derive(Debug)]
pub enum Target {
    /// A data directory with its anchor.
    Data(DataDir),
    /// Static files.
    Tiles(Location),
    /// A running server's address.
    Server(String),
}

/// A log that can be read once, from genesis on.
pub struct Log {
    /// Its entries in order; an error that is a [`Finding`] refutes it.
    pub entries: Box<dyn Iterator<Item = Result<Vec<u8>>> + Send>,
    /// How many there will be, if that is known.
    pub total: Option<u64>,
    /// The newest head it says it has signed.
    pub newest: Option<String>,
    /// The newest head that it has published, with the cosignatures of its witnesses.
    pub published: Option<String>,
}

impl Target {
    /// Parses what an auditor wrote.
    ///
    /// # Errors
    /// If it is an address of no kind that is known, or a folder that is neither.
    pub fn parse(text: &str, anchor: Option<&Path>) -> Result<Self> {
        if let Some(address) = text.strip_prefix("grpc://") {
            return Ok(Self::Server(format!("http://{address}")));
        }
        let wrong =
            |error: LocationError| usage(format!("{error}, and a running server is grpc://HOST:PORT"));
        if text.contains("://") {
            return Ok(Self::Tiles(text.parse().map_err(wrong)?));
        }
        let folder = Path::new(text);
        if folder.join("journal").is_dir() {
            return Self::data(DataDir::new(folder, anchor), anchor);
        }
        if folder.join("checkpoint").is_file() {
            return Ok(Self::Tiles(Location::Folder(folder.to_owned())));
        }
        bail!(
            "{text} is no data directory (it has no journal) and no folder of tiles (it has no checkpoint)"
        );
    }

    fn data(data: DataDir, anchor: Option<&Path>) -> Result<Self> {
        data.check_whole()?;
        if let Some(anchor) = anchor.filter(|anchor| !anchor.exists()) {
            bail!("there is no anchor {}: nothing would show that the log was cut short", anchor.display());
        }
        Ok(Self::Data(data))
    }

    /// Opens it; entries are read as they are asked for.
    ///
    /// # Errors
    /// What kept it from being read.
    pub async fn open(&self) -> Result<Log> {
        match self {
            Self::Data(data) => of_data(data),
            Self::Tiles(location) => {
                let location = location.clone();
                tokio::task::spawn_blocking(move || of_tiles(&location)).await?
            }
            Self::Server(url) => of_server(url).await,
        }
    }
}

fn of_data(data: &DataDir) -> Result<Log> {
    let anchor = Anchor::read(&data.anchor)
        .with_context(|| format!("failed to read the anchor {}", data.anchor.display()))?;
    let published = match Publication::read(&data.dir)? {
        Publication::Checkpoint(note) => Some(note),
        Publication::AtOnce => anchor.as_ref().map(|anchor| anchor.note().to_owned()),
        Publication::Nothing => None,
    };
    let entries = JournalReader::open(&data.journal()).map_err(reading::damage)?;
    let entries = entries.map(|entry| entry.map(|(_, bytes)| bytes).map_err(reading::damage));
    // The anchor follows the journal: more entries than it knows may come.
    let newest = anchor.map(|anchor| anchor.note().to_owned());
    Ok(Log { entries: Box::new(entries), total: None, newest, published })
}

fn of_tiles(location: &Location) -> Result<Log> {
    let source = location.open();
    let note = source.checkpoint().with_context(|| {
        format!(
            "failed to read the log at {location} (a running server's address is written grpc://HOST:PORT)"
        )
    })?;
    let checkpoint = static_log::stated(&note)
        .map_err(|error| Finding::new(0, Check::Checkpoint, format!("{error:#}")))?;
    let total = Some(checkpoint.size);
    let entries = LogReader::new(source, checkpoint).entries(0);
    let entries = entries.map(|entry| entry.map(|(_, bytes)| bytes).map_err(read_error));
    Ok(Log { entries: Box::new(entries), total, newest: Some(note.clone()), published: Some(note) })
}

async fn of_server(url: &str) -> Result<Log> {
    let client = Client::trust_on_first_use(url).await?;
    let heads = client.published().await?;
    let total = heads.newest.size;
    let mut stream = client.entries(0, Some(total)).await?;
    let (send, mut receive) = mpsc::channel(WAITING_ENTRIES);
    tokio::spawn(async move {
        while let Some(entry) = stream.next().await {
            if send.send(entry.map(|entry| entry.bytes).map_err(anyhow::Error::from)).await.is_err() {
                return;
            }
        }
    });
    let entries = std::iter::from_fn(move || receive.blocking_recv());
    let (newest, published) = (Some(heads.newest_note), heads.witnessed_note);
    Ok(Log { entries: Box::new(entries), total: Some(total), newest, published })
}

/// Files that lead nowhere refute the log; files that cannot be read refute nothing.
fn read_error(error: ReadError) -> anyhow::Error {
    match error {
        ReadError::Bad { position, what } => finding(position, &what).into(),
        other => other.into(),
    }
}

/// What is wrong with static files, as a finding.
pub fn finding(position: u64, what: &Bad) -> Finding {
    Finding::new(position, Check::Tiles, what.to_string())
}
