//! SIGKILL at random moments under load loses nothing that was acknowledged.

use super::load::{Acknowledged, Memory, administrator, submit, until_it_dies};
use super::program::{Random, Server, arg, done, init};
use lotbook::command::reading;
use lotbook::data_dir::DataDir;
use lotbook_chain::entry::leaf_hash;
use lotbook_chain::{Frontier, SigningKey, TreeHash};
use lotbook_client::{Client, TrustRoot};
use lotbook_verifier::Expectations;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const KILLS: u64 = 20;
const CLIENTS: u64 = 6;
/// A moment under load lies within this many milliseconds.
const MOMENT: u64 = 350;
/// A start is interrupted within this many milliseconds.
const START: u64 = 60;
/// Acknowledged statements that are submitted again at the end.
const AGAIN: usize = 400;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_at_twenty_random_moments_under_load_loses_no_acknowledged_entry() {
    let mut random = Random::announced("kills");
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("ledger");
    init(&data);
    let key = Arc::new(administrator(&data));
    let memory = Arc::new(Mutex::new(Memory::default()));
    let server = Server::up(&data);
    let trust = Client::trust_on_first_use(&server.url).await.unwrap().trust_root().clone();
    server.kill();

    for kill in 0..KILLS {
        if kill % 4 == 3 {
            // Also a recovery may be cut short.
            let starting = Server::spawn(&data, &[]);
            tokio::time::sleep(Duration::from_millis(random.below(START))).await;
            starting.kill();
        }
        let server = Server::up(&data);
        everything_stands(&server, &memory);
        ask_again_for_what_was_never_answered(&server, &trust, &memory).await;
        let clients = (0..CLIENTS).map(|task| {
            let (trust, key, memory) = (trust.clone(), Arc::clone(&key), Arc::clone(&memory));
            tokio::spawn(until_it_dies(server.url.clone(), trust, key, memory, task))
        });
        let clients: Vec<_> = clients.collect();
        tokio::time::sleep(Duration::from_millis(random.below(MOMENT))).await;
        server.kill();
        for client in clients {
            client.await.unwrap();
        }
        if kill % 7 == 0 {
            // Nothing has recovered it yet: the offline verifier takes it as it lies there.
            verified(&data, &trust);
        }
    }
    at_the_end(&data, &key, &trust, &memory).await;
}

fn everything_stands(server: &Server, memory: &Mutex<Memory>) {
    let newest = memory.lock().unwrap().acknowledged.iter().map(|a| a.position).max();
    assert!(newest.is_none_or(|newest| server.entries > newest), "{} after {newest:?}", server.entries);
}

/// A client that got no answer submits the same statement again (ledger.md 1).
async fn ask_again_for_what_was_never_answered(server: &Server, trust: &TrustRoot, memory: &Mutex<Memory>) {
    let client = Client::connect(&server.url, trust.clone()).await.unwrap();
    let open = std::mem::take(&mut memory.lock().unwrap().open);
    for signed in open {
        let acknowledged = submit(&client, &signed).await.unwrap();
        memory.lock().unwrap().acknowledged.push(acknowledged);
    }
}

fn verified(data: &Path, trust: &TrustRoot) -> Vec<Vec<u8>> {
    let ledger = reading::of_data_dir(&DataDir::new(data, None)).unwrap();
    let expectations = Expectations { vkey: Some(trust.vkey.clone()), ..Expectations::default() };
    let verdict = ledger.verdict(&expectations).unwrap();
    assert!(verdict.verified && verdict.authenticated);
    ledger.entries
}

async fn at_the_end(data: &Path, key: &SigningKey, trust: &TrustRoot, memory: &Mutex<Memory>) {
    let server = Server::up(data);
    ask_again_for_what_was_never_answered(&server, trust, memory).await;
    let client = Client::connect(&server.url, trust.clone()).await.unwrap();
    let acknowledged = std::mem::take(&mut memory.lock().unwrap().acknowledged);
    println!("{} acknowledged entries", acknowledged.len());
    assert!(acknowledged.len() > 100, "there was no load: {}", acknowledged.len());
    for again in acknowledged.iter().step_by((acknowledged.len() / AGAIN).max(1)) {
        let found = submit(&client, &again.signed).await.unwrap();
        assert_eq!((found.position, &found.entry), (again.position, &again.entry));
    }
    assert_eq!(key.public().key_id(), acknowledged[0].signed.author.key_id());
    drop(client);
    server.down();

    let least = (acknowledged.len() + 1).to_string();
    let vkey = trust.vkey.to_string();
    done(&["verify", arg(data), "--vkey", &vkey, "--at-least", &least, "--json"]);
    let entries = verified(data, trust);
    assert_eq!(entries.len(), acknowledged.len() + 1, "genesis, and each statement once");
    stand(&entries, &acknowledged);
}

/// Each at its position with the same bytes, and every checkpoint a receipt rests on is of this log.
fn stand(entries: &[Vec<u8>], acknowledged: &[Acknowledged]) {
    let mut tree = Frontier::new();
    let mut roots = vec![tree.root()];
    for entry in entries {
        tree.push(leaf_hash(entry));
        roots.push(tree.root());
    }
    let root = |size: u64| -> TreeHash { roots[usize::try_from(size).unwrap()] };
    for a in acknowledged {
        assert_eq!(entries[usize::try_from(a.position).unwrap()], a.entry, "position {}", a.position);
        assert_eq!(root(a.checkpoint.size), a.checkpoint.root, "the checkpoint of {}", a.checkpoint.size);
    }
    let positions: BTreeSet<_> = acknowledged.iter().map(|a| a.position).collect();
    assert_eq!(positions.len(), acknowledged.len(), "no two statements at one position");
}
