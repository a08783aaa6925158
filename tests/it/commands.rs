//! The office's commands, run as the real program against a running server: a whole ceremony, an import
//! that states nothing twice, a refusal told to people.

use crate::pool::plan_and_scheme;
use crate::recovery::program::{arg, done, run};
use crate::world::World;
use std::path::Path;

#[tokio::test(flavor = "multi_thread")]
async fn a_ceremony_is_held_by_commands_alone_and_its_certificate_recomputes() {
    let mut world = World::new().await;
    plan_and_scheme(&mut world, "P-2026-S05", "S05", &["K01"], 2).await;
    let url = world.serving.url.clone();
    let key = |name: &str| world.data.key(name).to_str().unwrap().to_owned();
    let (operator, notary) = (key("draw_operator-S05"), key("notary"));
    let parties = [key("section_officer-S05"), key("supervisor"), notary.clone()];
    let batch = ["--batch", "P-2026-S05/B2", "--section", "S05"];
    done(&[&["ceremony", "open", "--server", &url, "--key", &operator], &batch[..]].concat());
    let early = run(&["ceremony", "reveal", "--server", &url, "--key", &notary]);
    assert!(early.err.contains("not sealed"), "{}", early.err);
    for party in &parties {
        done(&["ceremony", "commit", "--server", &url, "--key", party]);
    }
    let status = done(&["ceremony", "status", "--server", &url, "--draw", "P-2026-S05/B2.1"]);
    assert!(status.contains("revealing"), "{status}");
    for party in &parties {
        done(&["ceremony", "reveal", "--server", &url, "--key", party]);
    }
    let out = world.data.dir.join("certificates");
    let made =
        done(&["draw", "certificate", "--server", &url, "--out", arg(&out), "--draw", "P-2026-S05/B2.1"]);
    assert!(made.contains("grade B"), "{made}");
    let json = std::fs::read(out.join("P-2026-S05_B2.1.json")).unwrap();
    let certificate = lotbook_draw::Certificate::from_json(&json).unwrap();
    assert_eq!(certificate.recompute().unwrap().selected.len(), 10);
    let again = run(&[&["ceremony", "open", "--server", &url, "--key", &operator], &batch[..]].concat());
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("ALREADY_DRAWN") && again.err.contains("第14条"), "{}", again.err);
    world.follow().await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn importing_what_the_ledger_has_changes_nothing_and_a_dirty_file_keeps_its_good_rows() {
    let world = World::new().await;
    let (url, registrar) = (world.serving.url.clone(), world.data.key("registrar"));
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample");
    let folder = run(&["import", "--server", &url, "--dry-run", "--json", arg(&sample)]);
    assert_eq!(folder.code, Some(0), "{}", folder.err);
    let said: serde_json::Value = serde_json::from_str(&folder.out).unwrap();
    for file in said["files"].as_array().unwrap() {
        assert_eq!((file["added"].as_u64(), file["changed"].as_u64()), (Some(0), Some(0)), "{file}");
    }
    let dirty = sample.join("enterprises_dirty_gbk.csv");
    let read = run(&["import", "--server", &url, "--key", arg(&registrar), "--json", arg(&dirty)]);
    assert_eq!(read.code, Some(3), "done, but some rows rejected: {}", read.err);
    let said: serde_json::Value = serde_json::from_str(&read.out).unwrap();
    assert_eq!(
        (said["files"][0]["rows"].as_u64(), said["files"][0]["rejected"].as_u64()),
        (Some(12), Some(3))
    );
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_registered_and_confirmed_by_commands() {
    let mut world = World::new().await;
    let url = world.serving.url.clone();
    let file = world.data.dir.join("auditor.key");
    done(&["key", "new", arg(&file)]);
    let asked =
        ["key", "show", arg(&file), "--register-at", &url, "--role", "auditor", "--person", "审计样例"];
    let fields = world.data.dir.join("registration.json");
    std::fs::write(&fields, done(&asked)).unwrap();
    let key = |name: &str| world.data.key(name).to_str().unwrap().to_owned();
    let (administrator, leader) = (key("administrator"), key("office_leader"));
    let submit = ["submit", "--server", &url, "--key", &administrator, "--role", "administrator"];
    done(&[&submit[..], &["--event", "KeyRegistered", "--json", arg(&fields)]].concat());
    let id = lotbook::keyfile::read(&file).unwrap().public().key_id();
    let set = format!("key_id={}", data_encoding::BASE64.encode(&id.0));
    let submit = ["submit", "--server", &url, "--key", &leader, "--role", "office_leader"];
    done(&[&submit[..], &["--event", "KeyConfirmed", "--set", &set, "--set", "role=ROLE_AUDITOR"]].concat());
    world.follow().await;
    assert!(world.replica.state().keys[&id].holds(lotbook_event::keys::Role::Auditor, None).is_some());
    world.verify().await;
}
