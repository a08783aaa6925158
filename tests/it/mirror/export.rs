//! `export` beside a running server: again and again into one folder, and never over something else.

use super::shelf::{Shelf, files, vkey};
use crate::recovery::program::{arg, done, run};
use crate::steps::{FIRM, direct};
use crate::tamper::played::played;
use crate::world::World;
use lotbook_event::keys::Role;
use std::collections::BTreeMap;

#[tokio::test(flavor = "multi_thread")]
async fn an_export_is_repeated_while_the_ledger_grows_and_full_tiles_never_change() {
    let mut world = World::new().await;
    let shelf = Shelf::new();
    let tiles = shelf.path("tiles");
    let data = world.data.clone();
    let export = ["export", "--data", arg(&data.dir), "--tiles", arg(&tiles), "--json"];
    let told = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap();
    let first = told(done(&export));
    let again = told(done(&export));
    assert_eq!((&again["written"], &again["kept"]), (&0.into(), &first["written"]));
    let content = |path: &std::path::PathBuf| (path.clone(), std::fs::read(path).unwrap());
    let before: BTreeMap<_, _> = files(&tiles).iter().map(content).collect();
    for n in 0..3 {
        let event = direct(&world, &format!("E-{n}"), FIRM);
        world.state("section_officer-S04", Role::SectionOfficer, Some("S04"), event).await.unwrap();
    }
    world.serving.stop().await.unwrap();
    let grown = told(done(&export));
    assert!(grown["entries"].as_u64() > first["entries"].as_u64(), "{first} {grown}");
    for (path, bytes) in before.iter().filter(|(path, _)| !path.ends_with("checkpoint")) {
        assert_eq!(std::fs::read(path).ok().as_ref(), Some(bytes), "{} changed", path.display());
    }
    let verdict = |target| done(&["verify", target, "--json"]);
    assert_eq!(verdict(arg(&tiles)), verdict(arg(&data.dir)));
}

#[test]
fn a_folder_of_another_log_of_more_of_it_or_with_another_tile_is_not_touched() {
    let shelf = Shelf::new();
    let whole = shelf.log("whole", played().entries.len());
    done(&["restore", "--tiles", arg(&shelf.log("600", 600)), "--data", arg(&shelf.path("data"))]);
    let spoiled = shelf.log("spoiled", 600);
    let tile = spoiled.join("tile/entries/001");
    let mut bytes = std::fs::read(&tile).unwrap();
    bytes[100] ^= 1;
    std::fs::write(&tile, bytes).unwrap();
    let other = shelf.log("other", 300);
    let note = std::fs::read_to_string(other.join("checkpoint")).unwrap();
    std::fs::write(other.join("checkpoint"), note.replacen(&played().origin, "other.example/log", 1))
        .unwrap();
    for (folder, words) in [(&whole, "more than 600"), (&spoiled, "never changes"), (&other, "holds the log")]
    {
        let before: Vec<_> = files(folder).iter().map(|path| std::fs::read(path).unwrap()).collect();
        let ran = run(&["export", "--data", arg(&shelf.path("data")), "--tiles", arg(folder)]);
        assert!(ran.code == Some(1) && ran.err.contains(words), "{words}: {ran:?}");
        let after: Vec<_> = files(folder).iter().map(|path| std::fs::read(path).unwrap()).collect();
        assert_eq!(before, after, "{} was touched", folder.display());
    }
    done(&["verify", arg(&whole), "--vkey", &vkey(played()).to_string()]);
}
