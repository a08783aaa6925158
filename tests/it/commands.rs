//! The office's commands, run as the real program against a running server: a whole ceremony, an import
//! that states nothing twice, a refusal told to people.

use crate::commands_day::act;
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
    for file in files(&folder.out) {
        assert_eq!((file["added"].as_u64(), file["changed"].as_u64()), (Some(0), Some(0)), "{file}");
    }
    let dirty = sample.join("enterprises_dirty_gbk.csv");
    let read = run(&["import", "--server", &url, "--key", arg(&registrar), "--json", arg(&dirty)]);
    assert_eq!(read.code, Some(3), "done, but some rows rejected: {}", read.err);
    let said = files(&read.out);
    assert_eq!((said[0]["rows"].as_u64(), said[0]["rejected"].as_u64()), (Some(12), Some(3)));
    world.verify().await;
}

/// The lines of a report that are about a file as a whole.
fn files(out: &str) -> Vec<serde_json::Value> {
    let lines = out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    lines.filter(|line| line.get("rows").is_some()).collect()
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
    done(&["key", "register", "--server", &url, "--key", &administrator, "--from", arg(&fields)]);
    let id = lotbook::keyfile::read(&file).unwrap().public().key_id();
    let listed = done(&["key", "confirm", "--server", &url, "--key", &leader]);
    assert!(listed.contains("审计样例") && listed.contains(&id.to_string()), "{listed}");
    world.follow().await;
    act(&mut world, "office_leader", "key confirm", &id.to_string(), &[]).await;
    let again = done(&["key", "confirm", "--server", &url, "--key", &leader]);
    assert!(again.contains("nothing waits"), "{again}");
    world.follow().await;
    assert!(world.replica.state().keys[&id].holds(lotbook_event::keys::Role::Auditor, None).is_some());
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_shown_from_a_server_and_from_its_folder_alike() {
    let world = World::new().await;
    let (url, data) = (world.serving.url.clone(), world.data.dir.clone());
    let kinds = [
        "identity",
        "office",
        "item",
        "inspector",
        "enterprise",
        "plan",
        "batch",
        "draw",
        "assignment",
        "recusal",
        "inspection",
        "comment",
        "violation",
        "breach",
        "obligations",
        "disclosure",
        "refusals",
        "refusal-counts",
    ];
    for kind in kinds {
        let served = done(&["show", kind, "--server", &url, "--json"]);
        let _: serde_json::Value =
            serde_json::from_str(&served).unwrap_or_else(|error| panic!("{kind}: {error}"));
        // Reading a folder verifies all of it, each time: some kinds stand for all.
        if ["office", "draw", "inspection", "obligations"].contains(&kind) {
            let anchor = arg(&world.data.anchor);
            assert_eq!(
                served,
                done(&["show", kind, "--data", arg(&data), "--anchor", anchor, "--json"]),
                "{kind}"
            );
        }
        assert!(!done(&["show", kind, "--server", &url]).is_empty(), "{kind}");
    }
    // A pool is that of a draw: the batch's rows, and the second ones of a recusal.
    assert_eq!(run(&["show", "pool", "--server", &url]).code, Some(64));
    for draw in world.replica.state().ceremonies.keys().map(ToString::to_string) {
        let served = done(&["show", "pool", &draw, "--server", &url, "--json"]);
        let rows: serde_json::Value = serde_json::from_str(&served).unwrap();
        let found = rows["rows"].as_array().unwrap().len();
        let draw = lotbook_event::DrawId::new(draw).unwrap();
        let filter = lotbook_domain::projection::pool_row::Filter::default();
        let expected = lotbook_domain::projection::pool_rows(world.replica.state(), &draw, "", &filter);
        assert_eq!(found, expected.unwrap().unwrap().count(), "{draw}");
    }
    let state = world.replica.state();
    let (id, inspection) = state.inspections.iter().next().unwrap();
    let one = done(&["show", "inspection", id.as_str(), "--server", &url, "--json"]);
    let one: serde_json::Value = serde_json::from_str(&one).unwrap();
    assert_eq!(one["uscc"], inspection.uscc.as_str());
    let name = state.enterprises[&inspection.uscc].row.name.as_str();
    let firm = done(&["show", "enterprise", name, "--server", &url]);
    assert!(firm.contains(inspection.uscc.as_str()), "{firm}");
    let batch = done(&["show", "batch", "B3", "--server", &url]);
    assert!(batch.contains("综合检查"), "{batch}");
    let none = run(&["show", "plan", "P-1999", "--server", &url]);
    assert_eq!(none.code, Some(1));
    assert!(none.err.contains("UNKNOWN_SUBJECT"), "{}", none.err);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_newcomers_do_wrong_is_told_and_leaves_nothing_behind() {
    let mut world = World::new().await;
    plan_and_scheme(&mut world, "P-2026-S05", "S05", &["K01"], 2).await;
    let url = world.serving.url.clone();
    let key = |name: &str| world.data.key(name).to_str().unwrap().to_owned();
    let (operator, publisher) = (key("draw_operator-S05"), key("publisher"));
    let batch = ["--batch", "P-2026-S05/B2", "--section", "S05"];
    done(&[&["ceremony", "open", "--server", &url, "--key", &operator], &batch[..]].concat());
    let files = || std::fs::read_dir(world.data.dir.join("keys")).unwrap().count();
    let before = files();
    let stranger = run(&["ceremony", "commit", "--server", &url, "--key", &publisher]);
    assert_eq!(stranger.code, Some(1), "{}", stranger.err);
    assert!(stranger.err.contains("NOT_A_PARTICIPANT"), "{}", stranger.err);
    assert_eq!(files(), before, "no bytes are kept for a stranger");
    // Wrong words that only the program, not its command line, can see.
    let wrong: [&[&str]; 2] = [
        &[
            "inspection",
            "notice",
            "--server",
            &url,
            "--key",
            &publisher,
            "--inspection",
            "B1",
            "--visit-on",
            "soon",
        ],
        &["recusal", "decide", "--server", &url, "--key", &publisher, "--role", "king", "R", "swap"],
    ];
    for words in &wrong {
        let ran = run(words);
        assert_eq!(ran.code, Some(64), "{words:?}: {}", ran.err);
    }
    let elsewhere = world.data.dir.join("nowhere");
    let served = run(&["serve", "--data", arg(&elsewhere)]);
    assert_eq!(served.code, Some(2));
    assert!(served.err.contains("lotbook init") && !elsewhere.exists(), "{}", served.err);
    let not_held = run(&[
        "result",
        "publish",
        "--server",
        &url,
        "--key",
        &operator,
        "--inspection",
        "x",
        "--channel",
        "necips",
        "--receipt",
        "r",
    ]);
    assert_eq!(not_held.code, Some(1), "{}", not_held.err);
    world.follow().await;
    world.verify().await;
}

/// Left to other keys: done, but not all of it.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_leaves_something_to_another_key_ends_with_3_and_says_so() {
    let world = World::new().await;
    let (url, publisher) = (world.serving.url.clone(), world.data.key("publisher"));
    let file = world.data.dir.join("inspectors.csv");
    let sample =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/inspectors.csv")).unwrap();
    std::fs::write(&file, sample.replacen(",在岗,", ",离岗,", 1)).unwrap();
    let ran = run(&["import", "--server", &url, "--key", arg(&publisher), arg(&file)]);
    assert_eq!(ran.code, Some(3), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("left to another key") && ran.err.contains("registrar"), "{}", ran.err);
    world.verify().await;
}
