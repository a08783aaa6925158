//! A ledger restored from its static files: the same head, entries and positions, and the same receipts; nothing
//! that does not extend what is known, and nothing half done that is taken for whole.

use super::shelf::{Shelf, vkey};
use crate::recovery::program::{Server, arg, copy, done, run};
use crate::tamper::forger::{Act, only};
use crate::tamper::played::played;
use crate::world::World;
use lotbook_chain::Entry;
use lotbook_client::{Client, SignedStatement};

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_ledger_is_the_same_and_gives_the_same_receipt_for_a_statement_submitted_before() {
    let world = World::whole_year().await;
    let shelf = Shelf::new();
    let (tiles, new) = (shelf.path("tiles"), shelf.path("new"));
    let (_, receipt) = world.client.entry(40).await.unwrap();
    let serving = world.data.clone();
    let (client, key_of) = (world.client.clone(), |name: &str| world.key(name));
    let before = Entry::decode(&receipt.entry).unwrap();
    let keys = ["administrator", "office_leader", "registrar", "coordinator", "section_officer-S04"];
    let author = keys.iter().map(|name| key_of(name).public()).find(|key| key.key_id() == before.author);
    let signed = SignedStatement {
        statement: before.statement.clone(),
        author: author.expect("the entry is of one of these"),
        signature: before.signature,
    };
    let trust = client.trust_root().clone();
    world.serving.stop().await.unwrap();
    done(&["export", "--data", arg(&serving.dir), "--tiles", arg(&tiles)]);
    done(&["restore", "--tiles", arg(&tiles), "--data", arg(&new), "--vkey", &trust.vkey.to_string()]);
    let verdict = |dir| done(&["verify", arg(dir), "--vkey", &trust.vkey.to_string(), "--json"]);
    assert_eq!(verdict(&serving.dir), verdict(&new));
    copy(&serving.dir.join("keys"), &new.join("keys"));
    let server = Server::start(&new, &["--simulated"]).unwrap();
    let client = Client::connect(&server.url, trust).await.unwrap();
    let again = client.submit_signed(&signed).await.unwrap();
    assert_eq!((again.position, again.receipt.entry), (before.position, receipt.entry));
    server.down();
}

#[test]
fn tiles_that_do_not_extend_the_anchor_are_refused_and_nothing_is_made() {
    let shelf = Shelf::new();
    let size = played().entries.len();
    let whole = shelf.log("whole", size);
    let anchor = shelf.path("anchor");
    let restore = |tiles: &std::path::Path, to: &str| {
        let to = shelf.path(to);
        run(&["restore", "--tiles", arg(tiles), "--data", arg(&to), "--anchor", arg(&anchor)])
    };
    assert_eq!(restore(&whole, "first").code, Some(0));
    // The anchor survived, the data did not: an older copy, one entry less, and another history.
    let drawn = played().first("DrawCompleted");
    let forged = only(drawn + 1, |_| Act::Drop);
    for (name, tiles) in [
        ("older", shelf.log("older", size - 300)),
        ("shorter", shelf.log("shorter", size - 1)),
        ("forged", shelf.forged("forged", &forged)),
    ] {
        let new = format!("from-{name}");
        let ran = restore(&tiles, &new);
        assert!(ran.code == Some(1) && ran.err.contains("do not extend"), "{name}: {ran:?}");
        assert!(!shelf.path(&new).exists(), "{name}: a folder was made");
    }
    // What extends it is taken.
    assert_eq!(restore(&whole, "again").code, Some(0));
}

#[test]
fn a_restore_that_was_cut_off_is_not_served_and_goes_on_where_it_was() {
    let shelf = Shelf::new();
    let tiles = shelf.log("tiles", 700);
    let (new, missing) = (shelf.path("new"), tiles.join("tile/entries/002.p/188"));
    let kept = std::fs::read(&missing).unwrap();
    std::fs::remove_file(&missing).unwrap();
    let restore = || run(&["restore", "--tiles", arg(&tiles), "--data", arg(&new), "--json"]);
    let ran = restore();
    assert!(ran.code == Some(2) && ran.err.contains("002.p/188"), "{ran:?}");
    for command in [&["serve", "--simulated", "--data"][..], &["verify"]] {
        let ran = run(&[command, &[arg(&new)]].concat());
        assert!(ran.code == Some(2) && ran.err.contains("was cut off"), "{ran:?}");
    }
    std::fs::write(&missing, kept).unwrap();
    let told: serde_json::Value = serde_json::from_str(&restore().out).unwrap();
    assert_eq!((&told["entries"], &told["were_there"]), (&700.into(), &512.into()));
    done(&["verify", arg(&new), "--vkey", &vkey(played()).to_string(), "--at-least", "700"]);
}

#[test]
fn a_restore_does_not_go_on_with_another_history() {
    let shelf = Shelf::new();
    let new = shelf.path("new");
    let restore = |tiles: &std::path::Path| run(&["restore", "--tiles", arg(tiles), "--data", arg(&new)]);
    assert_eq!(restore(&shelf.log("true", 600)).code, Some(0));
    let forged = only(played().first("DrawCompleted") + 1, |_| Act::Drop);
    let ran = restore(&shelf.forged("forged", &forged));
    assert!(ran.code == Some(1) && ran.err.contains("do not extend"), "{ran:?}");
    // It holds what it held before.
    done(&["verify", arg(&new), "--vkey", &vkey(played()).to_string(), "--at-least", "600"]);
    let stranger = "other.example/log+00000000+AQ==";
    let tiles = shelf.path("true");
    let ran = run(&["restore", "--tiles", arg(&tiles), "--data", arg(&shelf.path("n")), "--vkey", stranger]);
    assert_eq!(ran.code, Some(64), "{ran:?}");
}
