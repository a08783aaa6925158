//! The demonstration on any office's folder: the sample as its README says, another office of three
//! times the size, and folders that cannot be played. No restricted value is ever in a ledger's files.

mod folder;
mod other;
mod restricted;
mod sample;
mod unplayable;
mod year;

use crate::recovery::program::{arg, done};
use lotbook::command::reading::{self, Ledger};
use lotbook::data_dir::DataDir;
use lotbook_draw::Pool;
use lotbook_event::Event;
use lotbook_event::draw::{DrawCompleted, EnterpriseAssigned};
use lotbook_verifier::{Expectations, Verdict};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// An office's year, played by the program.
struct Played {
    dir: tempfile::TempDir,
    /// What the story told, line by line.
    told: Vec<String>,
    /// What the program itself said at the end.
    said: serde_json::Value,
    ledger: Ledger,
    verdict: Verdict,
}

/// Plays an office's folder, or the sample that the program carries.
fn play(office: Option<&Path>) -> Played {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("ledger");
    let mut args = vec!["demo", "--data", arg(&data), "--json"];
    args.extend(office.map(arg).into_iter().flat_map(|folder| ["--office", folder]));
    let out = done(&args);
    let mut lines: Vec<serde_json::Value> =
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said = lines.pop().unwrap();
    let told = lines.iter().map(|line| line["told"].as_str().unwrap().to_owned()).collect();
    done(&["verify", arg(&data)]);
    let ledger = reading::of_data_dir(&DataDir::new(&data, None)).unwrap();
    let verdict = ledger.verdict(&Expectations::default()).unwrap();
    assert_eq!(said, serde_json::to_value(&verdict).unwrap(), "the program's own last word");
    Played { dir, told, said, ledger, verdict }
}

impl Played {
    fn data(&self) -> PathBuf {
        self.dir.path().join("ledger")
    }

    fn events(&self) -> Vec<Event> {
        let event = |bytes: &Vec<u8>| {
            let entry = lotbook_chain::Entry::decode(bytes).unwrap();
            lotbook_event::Statement::decode(&entry.statement).unwrap().event
        };
        self.ledger.entries.iter().map(event).collect()
    }

    /// The frozen pool of a draw.
    fn pool(&self, draw: &str) -> Arc<Pool> {
        let ceremonies = &self.ledger.verifier.state().ceremonies;
        let ceremony = ceremonies.values().find(|ceremony| ceremony.draw.as_str() == draw).unwrap();
        Arc::clone(ceremony.frozen.as_ref().unwrap().pool().unwrap())
    }

    /// Eligible enterprises of a draw by stratum.
    fn eligible(&self, draw: &str) -> BTreeMap<String, usize> {
        let mut strata = BTreeMap::new();
        for row in self.pool(draw).objects().iter().filter(|row| row.eligible) {
            *strata.entry(row.stratum.clone()).or_default() += 1;
        }
        strata
    }

    /// Rows of a pool by the reason for which they are not eligible.
    fn reasons(&self, draw: &str) -> BTreeMap<String, usize> {
        let mut reasons = BTreeMap::new();
        for row in self.pool(draw).objects().iter().filter(|row| !row.eligible) {
            *reasons.entry(row.reason.clone()).or_default() += 1;
        }
        reasons
    }

    fn completed(&self, draw: &str) -> DrawCompleted {
        let completed = |event| match event {
            Event::DrawCompleted(completed) if completed.draw.as_str() == draw => Some(completed),
            _ => None,
        };
        self.events().into_iter().find_map(completed).unwrap()
    }

    fn assigned(&self) -> Vec<EnterpriseAssigned> {
        let assigned = |event| match event {
            Event::EnterpriseAssigned(assigned) => Some(assigned),
            _ => None,
        };
        self.events().into_iter().filter_map(assigned).collect()
    }

    /// Draws of batches, not of recusals.
    fn batch_draws(&self) -> BTreeSet<&str> {
        let ceremonies = self.ledger.verifier.state().ceremonies.values();
        ceremonies.filter(|c| c.recusal.is_none() && c.completed.is_some()).map(|c| c.draw.as_str()).collect()
    }

    /// Subjects of a flag.
    fn flagged(&self, flag: &str) -> Vec<String> {
        let flags = self.ledger.verifier.state().flags.iter();
        flags.filter(|found| found.flag.as_str() == flag).map(|found| found.subject.clone()).collect()
    }
}
