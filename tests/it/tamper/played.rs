//! A played year, once for the whole test binary: its entries, and every key in the play.

use super::forger::checkpoint_of;
use crate::recovery::program::{arg, copy, done};
use crate::years::Year;
use lotbook::command::reading;
use lotbook::data_dir::DataDir;
use lotbook::keyfile;
use lotbook_chain::{Entry, KeyId, SigningKey};
use lotbook_event::{Event, Statement};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

/// Steps that the ledger refuses, so that the log has a refusal.
const TIMELINE: &str = r#"
[[step]]
at = "2026-11-03T10:00"
party = "section_officer S02"
event = "ItemWithdrawn"
content = { item = "K07", reason = "试图代撤他科事项" }
refused = "OTHER_SECTION"
"#;

/// A year of the sample office.
pub struct Played {
    pub entries: Vec<Vec<u8>>,
    pub decoded: Vec<(Entry, Statement)>,
    /// The newest signed checkpoint.
    pub note: String,
    pub origin: String,
    pub system: SigningKey,
    pub checkpoint: SigningKey,
    /// Everybody's keys by the name of the file.
    pub people: BTreeMap<String, SigningKey>,
}

/// Plays the year, or gives it again.
pub fn played() -> &'static Played {
    static PLAYED: OnceLock<Played> = OnceLock::new();
    PLAYED.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let (data, office) = (dir.path().join("ledger"), dir.path().join("office"));
        copy(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/sample")), &office);
        std::fs::write(office.join("timeline.toml"), TIMELINE).unwrap();
        done(&["demo", "--data", arg(&data), "--office", arg(&office), "--json"]);
        read(&data)
    })
}

fn read(data: &Path) -> Played {
    let ledger = reading::of_data_dir(&DataDir::new(data, None)).unwrap();
    let mut people = BTreeMap::new();
    for file in std::fs::read_dir(data.join("keys")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "key") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            people.insert(name, keyfile::read(&path).unwrap());
        }
    }
    Played {
        decoded: ledger.entries.iter().map(|bytes| decode(bytes)).collect(),
        note: ledger.note.unwrap(),
        origin: ledger.verifier.state().genesis.as_ref().unwrap().created.origin.to_string(),
        system: people.remove("system").unwrap(),
        checkpoint: people.remove("checkpoint").unwrap(),
        entries: ledger.entries,
        people,
    }
}

fn decode(bytes: &[u8]) -> (Entry, Statement) {
    let entry = Entry::decode(bytes).unwrap();
    let statement = Statement::decode(&entry.statement).unwrap();
    (entry, statement)
}

impl Played {
    /// A random year, as it was played on the rules alone (see [`crate::years`]).
    pub fn random(seed: u64) -> Self {
        let entries = Year::play(seed).ledger.entries.clone();
        let (origin, [system, checkpoint]) = crate::years::signers();
        let mut played = Self {
            decoded: entries.iter().map(|bytes| decode(bytes)).collect(),
            note: String::new(),
            origin: origin.to_owned(),
            system,
            checkpoint,
            entries,
            people: BTreeMap::new(),
        };
        played.note = checkpoint_of(&played, &played.entries, &played.checkpoint);
        played
    }

    /// Positions of the events of a name.
    pub fn all(&self, name: &str) -> Vec<usize> {
        let found: Vec<_> = self.positions(|event| event.name() == name).collect();
        assert!(!found.is_empty(), "the play has no {name}");
        found
    }

    /// The first event of a name.
    pub fn first(&self, name: &str) -> usize {
        self.all(name)[0]
    }

    /// Positions of the events that match.
    pub fn positions(&self, matches: impl Fn(&Event) -> bool) -> impl Iterator<Item = usize> {
        (0..self.decoded.len()).filter(move |n| matches(&self.decoded[*n].1.event))
    }

    /// Whether the ledger itself stated an entry.
    pub fn is_derived(&self, position: usize) -> bool {
        self.decoded[position].0.author == self.system.public().key_id()
    }

    pub fn author(&self, position: usize) -> KeyId {
        self.decoded[position].0.author
    }

    pub fn event(&self, position: usize) -> &Event {
        &self.decoded[position].1.event
    }
}
