//! A web server that fails half-way: nothing is refuted, what was read stays, and the next try goes on from there.

use super::shelf::vkey;
use crate::recovery::program::{Ran, arg, run};
use crate::tamper::forger::checkpoint_of;
use crate::tamper::played::played;
use lotbook_chain::tile::append;
use lotbook_chain::{TileId, TileReader, TreeHash, entry::leaf_hash};
use lotbook_tlog::serve::{Published, Unavailable, router, serve_on};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

const SIZE: usize = 700;
/// The first entry that cannot be read while the disk behind the server is ill.
const ILL_FROM: u64 = 512;

/// The true log; ill, it answers 503 for the last bundle.
struct Log {
    note: String,
    tiles: BTreeMap<TileId, Vec<TreeHash>>,
    ill: AtomicBool,
}

struct Nothing;

impl TileReader for Nothing {
    type Error = ();

    fn tile(&self, _: TileId, _: u16) -> Result<Vec<TreeHash>, ()> {
        Err(())
    }
}

impl Log {
    fn new() -> Self {
        let entries = &played().entries[..SIZE];
        let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let tiles = append(&Nothing, 0, &leaves).unwrap().into_iter().collect();
        let note = checkpoint_of(played(), entries, &played().checkpoint);
        Self { note, tiles, ill: AtomicBool::new(true) }
    }
}

impl Published for Log {
    fn checkpoint(&self) -> Result<Option<String>, Unavailable> {
        Ok(Some(self.note.clone()))
    }

    fn hashes(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, Unavailable> {
        Ok(self.tiles[&id][..usize::from(width)].to_vec())
    }

    fn entries(&self, from: u64, count: u16) -> Result<Vec<Vec<u8>>, Unavailable> {
        if from >= ILL_FROM && self.ill.load(Ordering::SeqCst) {
            return Err(Unavailable("the disk is ill".into()));
        }
        let from = usize::try_from(from).unwrap();
        Ok(played().entries[from..from + usize::from(count)].to_vec())
    }
}

async fn program(args: Vec<String>) -> Ran {
    tokio::task::spawn_blocking(move || run(&args.iter().map(String::as_str).collect::<Vec<_>>()))
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_fails_half_way_refutes_nothing_and_a_restore_goes_on_when_it_is_well() {
    let (log, dir) = (Arc::new(Log::new()), tempfile::tempdir().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(serve_on(listener, router(log.clone()), async {
        stopped.await.ok();
    }));
    let (vkey, new, state) = (vkey(played()).to_string(), dir.path().join("new"), dir.path().join("head"));
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let verify = words(&["verify", &url, "--vkey", &vkey]);
    let monitor = words(&["monitor", &url, "--vkey", &vkey, "--state", arg(&state), "--once"]);
    let restore = words(&["restore", "--tiles", &url, "--data", arg(&new), "--vkey", &vkey, "--json"]);
    for command in [&verify, &monitor, &restore] {
        let ran = program(command.clone()).await;
        assert!(
            ran.code == Some(2) && ran.err.contains("tile/entries/002.p/188 answers with status 503"),
            "{ran:?}"
        );
    }
    assert!(!state.exists(), "a head is kept that was not verified");
    log.ill.store(false, Ordering::SeqCst);
    for command in [&verify, &monitor] {
        let ran = program(command.clone()).await;
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    let restored: serde_json::Value = serde_json::from_str(&program(restore).await.out).unwrap();
    assert_eq!((&restored["entries"], &restored["were_there"]), (&SIZE.into(), &ILL_FROM.into()));
    stop.send(()).unwrap();
    serving.await.unwrap();
}
