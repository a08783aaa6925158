//! Our output, and the same thing changed, as files with verdicts: `target/tmp/foreign/ours`.
//!
//! Foreign implementations in other languages read it there (tests/foreign); those in Rust in this binary.

use super::case::{Case, What};
use super::log::{Log, write};
use super::{folders, heads, paths, proofs, sessions};
use crate::tamper::played::played;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Entries of the largest log of records: 273 full tiles and one of 112; above, one full and one of 17;
/// above, one of 1 (the example of tlog-tiles).
pub const MOST_RECORDS: u64 = 70_000;

/// A folder of files, and cases that name them.
pub struct Corpus {
    pub dir: PathBuf,
    pub cases: Vec<Case>,
}

/// Where everything of this module lies.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("foreign")
}

/// The corpus, written once for the test binary.
pub fn corpus() -> &'static Corpus {
    static CORPUS: OnceLock<Corpus> = OnceLock::new();
    CORPUS.get_or_init(|| {
        let dir = folder().join("ours");
        if dir.exists() {
            std::fs::remove_dir_all(&dir).unwrap();
        }
        let mut corpus = Corpus { dir, cases: Vec::new() };
        let (records, ledger) = (records(), ledger());
        proofs::add(&mut corpus, records);
        heads::add(&mut corpus, records, ledger);
        folders::add(&mut corpus, records, ledger);
        paths::add(&mut corpus, records);
        sessions::add(&mut corpus, records);
        let lines: Vec<String> = corpus.cases.iter().map(|case| format!("{case}\n")).collect();
        // Last of all: a corpus without it is unfinished, and refused by everybody.
        write(&corpus.dir.join("cases.txt"), lines.concat().as_bytes());
        corpus
    })
}

/// A log of records, of every size up to [`MOST_RECORDS`].
pub fn records() -> &'static Log {
    static RECORDS: OnceLock<Log> = OnceLock::new();
    RECORDS.get_or_init(|| Log::of_records(MOST_RECORDS))
}

/// The played year of the sample office.
pub fn ledger() -> &'static Log {
    static LEDGER: OnceLock<Log> = OnceLock::new();
    LEDGER.get_or_init(|| {
        let played = played();
        let key = lotbook_chain::SigningKey::from_seed(&played.checkpoint.seed());
        Log::new(&played.origin, key, played.entries.clone())
    })
}

impl Corpus {
    pub fn accept(&mut self, what: What) {
        self.cases.push(Case { accept: true, change: "-".to_owned(), what });
    }

    pub fn refuse(&mut self, change: &str, what: What) {
        self.cases.push(Case { accept: false, change: change.to_owned(), what });
    }

    /// Writes a file; gives its name in the corpus.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        write(&self.dir.join(name), bytes.as_ref());
        name.to_owned()
    }
}
