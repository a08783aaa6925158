//! The directory as a whole: a lost or foreign index, a cut-off end, an older copy, a second process,
//! and a simulated clock.

use super::load::{Acknowledged, administrator, register, registration, submit};
use super::program::{Random, Server, arg, copy, done, init, run};
use lotbook::command::reading;
use lotbook::data_dir::DataDir;
use lotbook_chain::{Checkpoint, Entry, Receipt};
use lotbook_client::{Client, SignedStatement, TrustRoot};
use std::path::{Path, PathBuf};

struct Ledger {
    _dir: tempfile::TempDir,
    data: PathBuf,
    trust: TrustRoot,
    acknowledged: Vec<Acknowledged>,
}

/// A ledger with a real clock and `count` registrations, served and stopped cleanly.
async fn grown(count: u64) -> Ledger {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("ledger");
    init(&data);
    let server = Server::up(&data);
    let client = Client::trust_on_first_use(&server.url).await.unwrap();
    let trust = client.trust_root().clone();
    let acknowledged = register(&client, &administrator(&data), count).await;
    drop(client);
    server.down();
    Ledger { _dir: dir, data, trust, acknowledged }
}

/// Serves a ledger, reads its head and a receipt for every entry, and stops it.
async fn head_and_receipts(ledger: &Ledger) -> (Checkpoint, Vec<Receipt>) {
    let server = Server::up(&ledger.data);
    let client = Client::connect(&server.url, ledger.trust.clone()).await.unwrap();
    let head = client.checkpoint().await.unwrap();
    let mut receipts = vec![];
    for position in 0..head.size {
        receipts.push(client.entry(position).await.unwrap().1);
    }
    for known in &ledger.acknowledged {
        let again = submit(&client, &known.signed).await.unwrap();
        assert_eq!((again.position, &again.entry), (known.position, &known.entry));
    }
    drop(client);
    server.down();
    (head, receipts)
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_the_index_loses_nothing() {
    let ledger = grown(24).await;
    let before = head_and_receipts(&ledger).await;
    assert_eq!(before.1.len(), 25);
    std::fs::remove_dir_all(ledger.data.join("index")).unwrap();
    assert_eq!(head_and_receipts(&ledger).await, before, "same head, same receipts");
    assert!(ledger.data.join("index").is_dir(), "made anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_of_garbage_loses_nothing() {
    let mut random = Random::announced("garbage");
    let ledger = grown(24).await;
    let before = head_and_receipts(&ledger).await;
    let index = ledger.data.join("index");
    for file in ["db", "conf"] {
        let garbage: Vec<u8> = (0..20_000).map(|_| random.next().to_le_bytes()[0]).collect();
        std::fs::write(index.join(file), garbage).unwrap();
        assert_eq!(head_and_receipts(&ledger).await, before, "garbage in {file}");
    }
    for file in std::fs::read_dir(&index).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            std::fs::write(path, "不是索引").unwrap();
        }
    }
    assert_eq!(head_and_receipts(&ledger).await, before, "garbage in every file");
    std::fs::remove_dir_all(&index).unwrap();
    std::fs::write(&index, "not even a folder").unwrap();
    assert_eq!(head_and_receipts(&ledger).await, before, "a file in place of the folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_of_another_ledger_loses_nothing() {
    let (ledger, other) = (grown(10).await, grown(12).await);
    let before = head_and_receipts(&ledger).await;
    std::fs::remove_dir_all(ledger.data.join("index")).unwrap();
    copy(&other.data.join("index"), &ledger.data.join("index"));
    assert_eq!(head_and_receipts(&ledger).await, before);
}

/// Both the start and `verify` refuse a directory and name a position; neither changes it.
fn refused(data: &Path, more: &[&str], position: u64, why: &str) {
    let segment = data.join("journal/00000000000000000000.seg");
    let bytes = std::fs::read(&segment).ok();
    let start = Server::start(data, more).err().unwrap_or_else(|| panic!("it is served: {why}"));
    assert_eq!(start.code, Some(2), "{start:?}");
    assert!(start.err.contains(&format!("position {position} ")), "{start:?}");
    assert!(start.err.contains(why), "{start:?}");
    let verified = run(&[&["verify", arg(data)], more].concat());
    assert_eq!(verified.code, Some(1), "{verified:?}");
    assert!(verified.out.starts_with(&format!("REFUTED at position {position}: ")), "{verified:?}");
    assert_eq!(std::fs::read(&segment).ok(), bytes, "nothing was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_off_end_is_refused_with_its_position() {
    let ledger = grown(20).await;
    let segment = ledger.data.join("journal/00000000000000000000.seg");
    let whole = std::fs::read(&segment).unwrap();
    let last = &ledger.acknowledged[19];
    // Not the last byte that is not zero: an entry ends with a signature, whose last byte often is.
    let begin = whole.windows(last.entry.len()).position(|part| part == last.entry).unwrap();
    let meaningful = begin + last.entry.len();
    let (frame, before) = (last.entry.len() + 16, ledger.acknowledged[18].entry.len() + 16);
    for (cut, position) in [(frame, 20), (frame + before, 19), (frame / 2, 20), (frame + 5, 19)] {
        let mut bytes = whole.clone();
        bytes[meaningful - cut..].fill(0);
        std::fs::write(&segment, &bytes).unwrap();
        refused(&ledger.data, &[], position, "the anchor states size 21 ");
    }
    for length in [whole.len() - 1, meaningful, meaningful - frame, 100] {
        std::fs::write(&segment, &whole[..length]).unwrap();
        refused(&ledger.data, &[], 0, &format!("the segment file has {length} bytes"));
    }
    std::fs::remove_file(&segment).unwrap();
    let start = Server::start(&ledger.data, &[]).err().unwrap();
    assert!(start.code == Some(2) && start.err.contains("position 0 "), "{start:?}");
    std::fs::write(&segment, &whole).unwrap();
    assert_eq!(Server::up(&ledger.data).entries, 21, "restored, it is served");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_directory_copied_back_is_refused_by_the_newer_anchor() {
    let dir = tempfile::tempdir().unwrap();
    let (data, older) = (dir.path().join("ledger"), dir.path().join("older"));
    let anchor = dir.path().join("another-volume.anchor");
    let anchored = ["--anchor", arg(&anchor)];
    init(&data);
    for round in 0..2 {
        let server = Server::start(&data, &anchored).unwrap();
        let client = Client::trust_on_first_use(&server.url).await.unwrap();
        register(&client, &administrator(&data), 7).await;
        drop(client);
        server.down();
        if round == 0 {
            copy(&data, &older);
        }
    }
    done(&["verify", arg(&data), "--anchor", arg(&anchor), "--at-least", "15"]);
    done(&["verify", arg(&older), "--at-least", "8"]);
    // The older directory is whole in itself; only the anchor knows better.
    refused(&older, &anchored, 8, "the anchor states size 15 ");

    // The same journal with other entries behind it: another branch.
    std::fs::remove_file(older.join("anchor")).unwrap();
    let server = Server::up(&older);
    let client = Client::trust_on_first_use(&server.url).await.unwrap();
    register(&client, &administrator(&data), 9).await;
    drop(client);
    server.down();
    let start = Server::start(&older, &anchored).err().unwrap();
    assert_eq!(start.code, Some(2), "{start:?}");
    assert!(start.err.contains("position 14 ") && start.err.contains("another branch"), "{start:?}");
    assert_eq!(run(&["verify", arg(&older), "--anchor", arg(&anchor)]).code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_with_a_simulated_clock_is_served_only_as_such_and_from_its_last_recorded_time_on() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("ledger");
    done(&["demo", "--data", arg(&data), "--json"]);
    let plain = Server::start(&data, &[]).err().unwrap();
    assert_eq!(plain.code, Some(2), "{plain:?}");
    assert!(plain.err.contains("--simulated"), "{plain:?}");

    let entries = reading::of_data_dir(&DataDir::new(&data, None)).unwrap().entries;
    let last = Entry::decode(entries.last().unwrap()).unwrap().recorded_at;
    let server = Server::start(&data, &["--simulated"]).unwrap();
    assert_eq!(server.entries, entries.len() as u64, "nothing is stated by the start itself");
    let client = Client::trust_on_first_use(&server.url).await.unwrap();
    let mut recorded = vec![last];
    for person in ["样甲", "样乙"] {
        let statement = registration(client.trust_root(), person);
        recorded.push(client.submit(&administrator(&data), &statement).await.unwrap().recorded_at);
    }
    drop(client);
    assert!(recorded.is_sorted(), "{recorded:?}");
    // The machine's clock is months away from the demonstration's.
    assert!(recorded[2] < last.plus_seconds(12 * 3_600), "{recorded:?}");
    server.down();
    done(&["verify", arg(&data), "--at-least", &(entries.len() + 2).to_string()]);
}

#[test]
fn a_ledger_with_a_real_clock_is_not_served_as_simulated() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("ledger");
    init(&data);
    let ran = Server::start(&data, &["--simulated"]).err().unwrap();
    assert!(ran.code == Some(2) && ran.err.contains("real clock"), "{ran:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_the_same_directory_is_refused_and_the_first_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("ledger");
    init(&data);
    let server = Server::up(&data);
    let client = Client::trust_on_first_use(&server.url).await.unwrap();
    let key = administrator(&data);
    register(&client, &key, 3).await;
    let second = Server::start(&data, &[]).err().unwrap();
    assert_eq!(second.code, Some(2), "{second:?}");
    assert!(second.err.contains("another process has this store open"), "{second:?}");
    let office = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/office.toml");
    assert_eq!(run(&["init", "--data", arg(&data), "--office", office]).code, Some(2));
    let statement = registration(client.trust_root(), "样例");
    let signed = SignedStatement::sign(client.trust_root(), &key, &statement);
    assert_eq!(submit(&client, &signed).await.unwrap().position, 4);
    drop(client);
    server.down();
    done(&["verify", arg(&data), "--at-least", "5"]);
}
