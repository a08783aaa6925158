//! What an author keeps, through the program: a receipt that proves itself offline, and the ledger's word for a
//! refusal, decided again.

use crate::recovery::program::{Ran, arg, done, run};
use crate::tamper::played::played;
use crate::world::World;
use lotbook_client::proto::RefusalReceipt;
use prost::Message;
use std::path::{Path, PathBuf};

/// States that an item is withdrawn, for the officer of a section; keeps what comes of it in a folder.
fn withdraw(world: &World, section: &str, keep: &Path) -> Ran {
    let key = world.data.key(&format!("section_officer-{section}"));
    let args = ["submit", "--server", &world.serving.url, "--key", arg(&key), "--event", "ItemWithdrawn"];
    let fields =
        ["--set", "item=K07", "--set", "reason=不再列入", "--role", "section_officer", "--section", section];
    run(&[&args[..], &fields, &["--keep", arg(keep)]].concat())
}

fn kept(folder: &Path, kind: &str) -> PathBuf {
    let mut files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files.find(|path| path.extension().is_some_and(|found| found == kind)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_receipt_proves_itself_offline_and_no_changed_one_does() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let vkey = world.client.trust_root().vkey.to_string();
    let verify = |vkey: &str, file: &Path| run(&["receipt", "verify", "--vkey", vkey, arg(file)]);
    let (position, file) = (world.size() - 1, dir.path().join("receipt"));
    let (url, place) = (world.serving.url.clone(), position.to_string());
    done(&["receipt", "save", "--server", &url, "--position", &place, "--out", arg(&file)]);
    world.serving.stop().await.unwrap();
    let told = verify(&vkey, &file);
    assert!(told.code == Some(0) && told.out.contains(&format!("position    {position}\n")), "{told:?}");

    let foreign = lotbook_chain::VerifierKey::new(&played().origin, played().checkpoint.public()).unwrap();
    let ran = verify(&foreign.to_string(), &file);
    assert!(ran.code == Some(1) && ran.err.contains("proves nothing"), "{ran:?}");
    let text = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<_> = text.lines().collect();
    for (n, line) in lines.iter().enumerate() {
        for (what, other) in [
            ("dropped", None),
            ("changed", Some(changed(line))),
            ("doubled", Some(format!("{line}\n{line}"))),
        ] {
            let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            match other {
                None => drop(lines.remove(n)),
                Some(other) => lines[n] = other,
            }
            // A doubled signature line says nothing else.
            if what == "doubled" && n + 1 == text.lines().count() {
                continue;
            }
            let bad = dir.path().join("bad");
            std::fs::write(&bad, lines.join("\n") + "\n").unwrap();
            let ran = verify(&vkey, &bad);
            assert!(matches!(ran.code, Some(1 | 2)), "line {n} {what}: {ran:?}");
        }
    }
}

/// The line with one letter or digit changed, in its middle.
fn changed(line: &str) -> String {
    let mut bytes = line.as_bytes().to_vec();
    let middle = bytes.len() / 2;
    match (middle..bytes.len()).find(|at| bytes[*at].is_ascii_alphanumeric()) {
        Some(at) => bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' },
        None => bytes.push(b'1'),
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_decided_again_and_a_forged_one_is_not_believed() {
    let mut world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let keep = dir.path().join("kept");
    let ran = withdraw(&world, "S02", &keep);
    assert!(ran.code == Some(1) && ran.err.contains("OTHER_SECTION"), "{ran:?}");
    world.follow().await;
    let data = world.data.clone();
    let (statement, refusal) = (kept(&keep, "statement"), kept(&keep, "refusal"));
    world.serving.stop().await.unwrap();
    let verify = |refusal: &Path, statement: &Path| {
        run(&["verify", "--refusal", arg(refusal), arg(statement), "--data", arg(&data.dir)])
    };
    let ran = verify(&refusal, &statement);
    assert!(
        ran.code == Some(0) && ran.out.contains("confirmed") && ran.out.contains("OTHER_SECTION"),
        "{ran:?}"
    );

    let word = RefusalReceipt::decode(std::fs::read(&refusal).unwrap().as_slice()).unwrap();
    let forged: Vec<(&str, RefusalReceipt)> = vec![
        ("another code", RefusalReceipt { code: "ROLE_NOT_HELD".into(), ..word.clone() }),
        ("another position", RefusalReceipt { position: word.position - 1, ..word.clone() }),
        ("another statement", RefusalReceipt { statement_hash: vec![7; 32], ..word.clone() }),
        ("another signature", RefusalReceipt { signature: vec![7; 64], ..word.clone() }),
        ("a position that is not yet", RefusalReceipt { position: 1_000_000, ..word.clone() }),
    ];
    for (what, forged) in forged {
        let file = dir.path().join("forged");
        std::fs::write(&file, forged.encode_to_vec()).unwrap();
        let ran = verify(&file, &statement);
        assert!(ran.code == Some(1) && ran.out.starts_with("REFUTED"), "{what}: {ran:?}");
    }
    let ran = verify(&statement, &refusal);
    assert!(matches!(ran.code, Some(1 | 2)), "the files in each other's place: {ran:?}");
}
