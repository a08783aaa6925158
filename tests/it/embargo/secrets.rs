//! Before the release the key is nowhere but in its holders' hands: every file is searched, and the vault's key
//! is needed to start.

use super::scene::Scene;
use crate::recovery::program::run;
use crate::steps::start;
use crate::steps::until;
use lotbook_engine::{Engine, EngineOptions, OpenError, Publishing, SystemClock};
use lotbook_event::keys::Role;
use lotbook_event::plan::Reveal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret)
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_store_nor_journal_nor_tiles_nor_exports_hold_the_key_in_any_form() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (name, row) = scene.somebody_of(1).await;
    until(&mut scene.world, "2026-10-12", 9).await;
    let event = start(&scene.world, &scene.inspection(1));
    scene.world.state(&name, Role::Inspector, None, event).await.unwrap();
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    let raw = *key.expose();
    let hex = data_encoding::HEXLOWER.encode(&raw);
    let forms: [Vec<u8>; 4] = [
        raw.to_vec(),
        hex.clone().into_bytes(),
        hex.to_uppercase().into_bytes(),
        data_encoding::BASE64.encode(&raw).into_bytes(),
    ];
    // Somebody else's salt: the enterprise of another rank.
    let (_, other) = scene.somebody_of(2).await;
    let (opened, hidden) = (row.object.unwrap().salt, other.object.unwrap().salt);
    let data = scene.world.data.clone();
    let dir = scene.world.stop().await;
    crate::recovery::program::done(&[
        "export",
        "--data",
        data.dir.to_str().unwrap(),
        "--tiles",
        dir.path().join("tiles").to_str().unwrap(),
    ]);
    let mut salt_seen = false;
    let files = files_below(dir.path());
    assert!(files.iter().any(|file| file.starts_with(data.dir.join("vault"))), "the vault is searched, too");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for form in &forms {
            assert!(!holds(&bytes, form), "{} holds the key", file.display());
        }
        assert!(!holds(&bytes, &hidden.0), "{} holds a salt that is not public", file.display());
        salt_seen |= holds(&bytes, &opened.0);
    }
    assert!(salt_seen, "the search finds what is public");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_without_the_key_of_an_embargo_does_not_start() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    let data = scene.world.data.clone();
    let _dir = scene.world.stop().await;
    let start = || {
        let (store, signers) = (data.store().unwrap(), data.signers().unwrap());
        let secrets = Arc::new(data.vault().unwrap());
        let (clock, publishing) = (Arc::new(SystemClock), Publishing::AtOnce);
        let opened = Engine::open(EngineOptions { store, signers, clock, publishing, secrets });
        opened.map(|engine| engine.stop()).map_err(Box::new)
    };
    let (vault, away) = (data.dir.join("vault"), data.dir.join("away"));
    std::fs::rename(&vault, &away).unwrap();
    assert!(matches!(start(), Err(error) if matches!(*error, OpenError::MissingKey(_))));
    std::fs::rename(&away, &vault).unwrap();
    std::fs::rename(data.vault_secret(), data.key("gone")).unwrap();
    assert!(data.vault().is_err(), "no new key is made beside an old vault");
    std::fs::rename(data.key("gone"), data.vault_secret()).unwrap();
    start().unwrap();
    // Both are lost: a holder's copy is put back.
    std::fs::rename(&vault, &away).unwrap();
    std::fs::remove_file(data.vault_secret()).unwrap();
    let (good, bad) = (data.dir.join("good.embargo"), data.dir.join("bad.embargo"));
    for (file, bytes) in [(&good, *key.expose()), (&bad, [1; 32])] {
        lotbook::keyfile::write_private(file, data_encoding::HEXLOWER.encode(&bytes).as_bytes()).unwrap();
    }
    let restore = |held: &Path| {
        let dir = data.dir.to_str().unwrap();
        let words = ["embargo", "restore", "--data", dir, "--draw", "P-2026-S05/B2.1", "--held"];
        run(&[&words[..], &[held.to_str().unwrap()]].concat())
    };
    assert!(restore(&bad).err.contains("EMBARGO_KEY_MISMATCH"));
    assert!(start().is_err());
    assert_eq!(restore(&good).code, Some(0));
    start().unwrap();
}
