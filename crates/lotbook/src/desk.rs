//! A desk: somebody's key, connected to a ledger that was read and verified, ready to state something.

use crate::acting::{self, Named};
use crate::cli::{Acting, Author};
use crate::command::reading;
use crate::exit::Exit;
use crate::{keep, keyfile, local_time, say, stating};
use anyhow::Result;
use lotbook_chain::{Instant, SigningKey};
use lotbook_client::{Client, ClientError, Submitted};
use lotbook_engine::State;
use lotbook_engine::domain::key::Right;
use lotbook_event::Event;
use std::path::{Path, PathBuf};

/// Somebody's desk.
pub struct Desk {
    /// The key.
    pub key: SigningKey,
    /// Its file.
    pub key_file: PathBuf,
    /// The connection.
    pub client: Client,
    /// The ledger as it was when the desk was opened.
    pub ledger: reading::Ledger,
    named: Named,
    json: bool,
    /// The folder in which statements and the ledger's words for them are kept.
    keep: Option<PathBuf>,
    /// Files of sealed values that are worth nothing if the ledger refuses.
    sealed: Vec<PathBuf>,
}

impl Desk {
    /// Reads the key, connects, and reads the ledger.
    pub async fn open(by: &Acting) -> Result<Self> {
        Self::with(&by.author, Named::of(by)?, by.json).await
    }

    /// As [`Desk::open`], for commands whose role is never asked for.
    pub async fn of_author(author: &Author, json: bool) -> Result<Self> {
        Self::with(author, Named::default(), json).await
    }

    async fn with(author: &Author, named: Named, json: bool) -> Result<Self> {
        let key = keyfile::read(&author.key)?;
        let client = Client::trust_on_first_use(&author.server).await?;
        let ledger = reading::of_server(&client).await?;
        let (key_file, keep) = (author.key.clone(), author.keep.clone());
        Ok(Self { key, key_file, client, ledger, named, json, keep, sealed: vec![] })
    }

    /// The state of the ledger.
    pub fn state(&self) -> &State {
        self.ledger.verifier.state()
    }

    /// Now: of this machine, or of a ledger with a simulated clock, its last recorded time.
    pub fn now(&self) -> Instant {
        now_of(self.state())
    }

    /// When something occurred: as given, else now to the minute, but not before what it follows.
    pub fn occurred(&self, given: Option<&str>, not_before: Option<Instant>) -> Result<Instant> {
        match given {
            Some(text) => local_time::read("--at", text),
            None if self.state().simulated() => Ok(self.now()),
            // The clock of the server may be a little behind this one's.
            None => Ok(local_time::minute(self.now()).max(not_before.unwrap_or(Instant(i64::MIN)))),
        }
    }

    /// Seals a text: only its salted hash is for the ledger; salt and text stay beside the key.
    pub fn seal(&mut self, text: String, about: String) -> Result<lotbook_event::Bytes32> {
        let salt = keyfile::random()?;
        let commitment = lotbook_import::seal::commit(&salt, text.as_bytes());
        let value = lotbook_import::SealedValue { commitment, salt, value: text, about };
        self.sealed.extend(crate::command::keep_sealed(&self.key_file, &[value])?);
        Ok(commitment)
    }

    /// The right under which this key would state an event.
    pub fn right(&self, event: &Event) -> Result<Right> {
        acting::right(self.state(), self.key.public().key_id(), event, &self.named)
    }

    /// States an event under the right found for it.
    pub async fn state_it(&self, event: Event) -> Result<(Right, Submitted)> {
        let right = self.right(&event);
        let right = right.inspect_err(|_| forget(&self.sealed))?;
        let statement = stating::state(right.0, right.1.clone(), event, self.now())?;
        let submitted = keep::submit(&self.client, &self.key, &statement, self.keep.as_deref()).await;
        let refused = |error: &anyhow::Error| matches!(error.downcast_ref(), Some(ClientError::Refused(_)));
        if submitted.as_ref().is_err_and(refused) {
            forget(&self.sealed);
        }
        Ok((right, submitted?))
    }

    /// States an event and tells where it stands, with what people may need next.
    pub async fn tell(&self, event: Event, about: &str, next: &str) -> Result<Exit> {
        let name = event.name();
        let (right, submitted) = self.state_it(event).await?;
        if self.json {
            say!("{}", told(name, about, &right, &submitted));
        } else {
            say!("{name} of {about} stands at position {}", submitted.position);
            say!("  entry hash  {}", submitted.hash);
            if !next.is_empty() {
                say!("  next        {next}");
            }
        }
        Ok(Exit::Done)
    }

    /// Whether JSON was asked for.
    pub fn json(&self) -> bool {
        self.json
    }
}

/// What was stated, as JSON.
pub fn told(name: &str, about: &str, right: &Right, submitted: &Submitted) -> serde_json::Value {
    serde_json::json!({
        "event": name, "about": about, "position": submitted.position.0, "entry_hash": submitted.hash.to_string(),
        "role": right.0.code(), "section": right.1.as_ref().map(|section| section.as_str()),
    })
}

/// Now, for who acts on a ledger: a simulated one knows its own time only.
pub fn now_of(state: &State) -> Instant {
    if state.simulated() { state.head.recorded_at } else { stating::now() }
}

fn forget(sealed: &[PathBuf]) {
    for path in sealed {
        let removed = std::fs::remove_file::<&Path>(path.as_ref());
        if removed.is_ok() {
            eprintln!("{} was removed again: nothing on the ledger refers to it", path.display());
        }
    }
}
