//! Whole logs as static files, of sizes where tiles begin and end, and the same with a changed file.

use super::case::What;
use super::corpus::Corpus;
use super::heads::cosigned;
use super::log::Log;
use super::proofs::bit_of;
use crate::recovery::program::copy;
use crate::tamper::played::played;
use data_encoding::HEXLOWER;
use lotbook_chain::bundle::{decode_entries, encode_entries};
use lotbook_chain::{Entry, SigningKey};
use std::path::Path;

const SIZES: [u64; 14] = [0, 1, 2, 255, 256, 257, 300, 511, 512, 513, 600, 65_536, 65_537, 70_000];
/// The log whose files are changed: full tiles at level 0, a partial one at both levels.
const CHANGED: u64 = 600;

/// Does something to the files of a folder.
type Change = fn(&Path);

/// What is done to the files of a log of [`CHANGED`] entries.
const CHANGES: [(&str, Change); 18] = [
    ("hash-bit", |log| change(log, "tile/0/000", |bytes| bit_of(bytes, 4_000))),
    ("partial-hash-bit", |log| change(log, "tile/0/002.p/88", |bytes| bit_of(bytes, 2_000))),
    ("upper-hash-bit", |log| change(log, "tile/1/000.p/2", |bytes| bit_of(bytes, 40))),
    ("tile-cut", |log| change(log, "tile/0/001", |bytes| bytes[..8_160].to_vec())),
    ("tile-cut-inside", |log| change(log, "tile/0/001", |bytes| bytes[..8_191].to_vec())),
    ("tile-long", |log| change(log, "tile/0/002.p/88", |bytes| [bytes.as_slice(), &[7; 32]].concat())),
    ("tile-missing", |log| std::fs::remove_file(log.join("tile/0/001")).unwrap()),
    ("upper-tile-missing", |log| std::fs::remove_file(log.join("tile/1/000.p/2")).unwrap()),
    ("tiles-swapped", |log| swap(log, "tile/0/000", "tile/0/001")),
    ("entry-bit", |log| change(log, "tile/entries/000", |bytes| bit_of(bytes, 999))),
    ("length-bit", |log| change(log, "tile/entries/001", |bytes| bit_of(bytes, 1))),
    ("bundle-cut", |log| change(log, "tile/entries/002.p/88", |bytes| bytes[..bytes.len() - 1].to_vec())),
    ("bundle-long", |log| change(log, "tile/entries/002.p/88", |bytes| [bytes.as_slice(), &[0, 0]].concat())),
    ("bundle-missing", |log| std::fs::remove_file(log.join("tile/entries/002.p/88")).unwrap()),
    ("bundles-swapped", |log| swap(log, "tile/entries/000", "tile/entries/001")),
    ("entries-swapped", |log| change(log, "tile/entries/001", |bytes| swap_entries(&bytes))),
    ("checkpoint-bit", |log| change(log, "checkpoint", |bytes| bit_of(bytes, 40))),
    ("checkpoint-missing", |log| std::fs::remove_file(log.join("checkpoint")).unwrap()),
];

/// What is done to the tiles above the lowest level of a large log.
const UPPER: [(&str, Change); 3] = [
    ("full-upper-hash-bit", |log| change(log, "tile/1/000", |bytes| bit_of(bytes, 4_001))),
    ("upper-tiles-cut", |log| change(log, "tile/1/001.p/17", |bytes| bytes[..512].to_vec())),
    ("top-hash-bit", |log| change(log, "tile/2/000.p/1", |bytes| bit_of(bytes, 1))),
];

pub fn add(corpus: &mut Corpus, records: &Log, ledger: &Log) {
    let vkey = records.vkey().to_string();
    for size in SIZES {
        let folder = format!("records-{size}");
        records.write_static(&corpus.dir.join(&folder), size, &records.head(size));
        corpus.accept(What::Tiles { vkey: vkey.clone(), folder });
    }
    add_changed(corpus, &vkey, "records-600", &CHANGES);
    add_changed(corpus, &vkey, "records-70000", &UPPER);
    add_other_heads(corpus, records);
    add_ledgers(corpus, ledger);
    add_for_authors(corpus, ledger);
}

fn add_changed(corpus: &mut Corpus, vkey: &str, whole: &str, changes: &[(&str, Change)]) {
    for (change, act) in changes {
        let folder = format!("{whole}.{change}");
        copy(&corpus.dir.join(whole), &corpus.dir.join(&folder));
        act(&corpus.dir.join(&folder));
        corpus.refuse(change, What::Tiles { vkey: vkey.to_owned(), folder });
    }
}

/// Files that are whole under a head that is not theirs.
fn add_other_heads(corpus: &mut Corpus, log: &Log) {
    let other = Log::new(&log.origin, SigningKey::from_seed(&log.key.seed()), log.entries[1..700].to_vec());
    let stranger = Log::new(&log.origin, SigningKey::from_seed(&[78; 32]), log.entries[..700].to_vec());
    let heads = [
        ("older-head", log.head(CHANGED - 1)),
        ("newer-head", log.head(CHANGED + 1)),
        ("head-of-another-log", other.head(CHANGED)),
        ("head-by-another-key", stranger.head(CHANGED)),
    ];
    for (change, head) in heads {
        let folder = format!("records-600.{change}");
        log.write_static(&corpus.dir.join(&folder), CHANGED, &log.head(CHANGED));
        corpus.file(&format!("{folder}/checkpoint"), head);
        corpus.refuse(change, What::Tiles { vkey: log.vkey().to_string(), folder });
    }
}

/// The played ledger, and ledgers with perfect trees and signatures whose entries are no chain.
fn add_ledgers(corpus: &mut Corpus, ledger: &Log) {
    let vkey = ledger.vkey().to_string();
    let write = |corpus: &Corpus, name: &str, entries: Vec<Vec<u8>>| {
        let log = Log::new(&ledger.origin, SigningKey::from_seed(&ledger.key.seed()), entries);
        let head = cosigned(&log.head(log.size()), &[0, 1, 2], 1_800_000_000);
        log.write_static(&corpus.dir.join(name), log.size(), &head);
        What::Ledger { vkey: vkey.clone(), folder: name.to_owned() }
    };
    let whole = write(corpus, "ledger", ledger.entries.clone());
    corpus.accept(whole);
    let middle = ledger.entries.len() / 2;
    let mut swapped = ledger.entries.clone();
    swapped.swap(middle, middle + 1);
    let mut without = ledger.entries.clone();
    without.remove(middle);
    let rewritten = |change: fn(&mut Entry)| {
        let mut entries = ledger.entries.clone();
        let mut entry = Entry::decode(&entries[middle]).unwrap();
        change(&mut entry);
        entries[middle] = entry.encode().unwrap();
        entries
    };
    let broken = [
        ("chain-swapped", swapped),
        ("chain-without-one", without),
        ("chain-previous-bit", rewritten(|entry| entry.previous.0[31] ^= 1)),
        ("chain-position", rewritten(|entry| entry.position.0 += 1)),
        ("chain-statement-bit", rewritten(|entry| entry.statement[5] ^= 1)),
    ];
    for (change, entries) in broken {
        let what = write(corpus, &format!("ledger.{change}"), entries);
        corpus.refuse(change, what);
    }
    let folder = "ledger.entry-bit".to_owned();
    copy(&corpus.dir.join("ledger"), &corpus.dir.join(&folder));
    change(&corpus.dir.join(&folder), "tile/entries/000", |bytes| bit_of(bytes, 12_345));
    corpus.refuse("entry-bit", What::Ledger { vkey: vkey.clone(), folder });
}

/// For those who check authors' signatures too: the system's key, and a ledger whose last entry, the system's,
/// has another signature. Tree and chain are perfect, so it is no case for the others.
fn add_for_authors(corpus: &mut Corpus, ledger: &Log) {
    let system = played().system.public();
    corpus.file("ledger.author", HEXLOWER.encode(&system.to_bytes()));
    let is_by_system = |bytes: &Vec<u8>| Entry::decode(bytes).unwrap().author == system.key_id();
    let last = ledger.entries.iter().rposition(is_by_system).unwrap();
    let mut entries = ledger.entries[..=last].to_vec();
    let mut entry = Entry::decode(&entries[last]).unwrap();
    entry.signature.0[0] ^= 1;
    entries[last] = entry.encode().unwrap();
    let log = Log::new(&ledger.origin, SigningKey::from_seed(&ledger.key.seed()), entries);
    log.write_static(&corpus.dir.join("ledger.signature-bit"), log.size(), &log.head(log.size()));
}

fn change(log: &Path, file: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
    let bytes = std::fs::read(log.join(file)).unwrap();
    std::fs::write(log.join(file), change(bytes)).unwrap();
}

fn swap(log: &Path, one: &str, other: &str) {
    let (first, second) = (std::fs::read(log.join(one)).unwrap(), std::fs::read(log.join(other)).unwrap());
    std::fs::write(log.join(one), second).unwrap();
    std::fs::write(log.join(other), first).unwrap();
}

fn swap_entries(bundle: &[u8]) -> Vec<u8> {
    let mut entries = decode_entries(bundle, 256).unwrap();
    entries.swap(100, 101);
    encode_entries(&entries).unwrap()
}
