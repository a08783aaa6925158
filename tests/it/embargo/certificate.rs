//! Certificates of an embargoed draw: authenticated before the release and after, refused when anything in them was
//! changed, and told to people without a name.

use super::scene::{Scene, UNTIL};
use crate::recovery::program::{arg, done, run};
use crate::steps::until;
use lotbook::command::reading;
use lotbook_chain::{Entry, VerifierKey};
use lotbook_draw::{Certificate, Seed, Stage, Ticket};
use lotbook_event::Statement;
use lotbook_event::inspection::InspectionStarted;
use lotbook_event::keys::Role;
use lotbook_event::plan::Reveal;
use lotbook_verifier::{Authenticated, authenticate, certificates};
use serde_json::{Value, json};

/// The certificate of the scene's draw, from its files, as JSON; and the ledger's key.
async fn certificate(scene: Scene) -> (Value, VerifierKey) {
    let (data, draw) = (scene.world.data.clone(), scene.draw.to_string());
    let _dir = scene.world.stop().await;
    let ledger = reading::of_data_dir(&data).unwrap();
    let state = ledger.verifier.state();
    let made = certificates(state, &ledger.entries, ledger.note_over_all().unwrap(), &[]).unwrap();
    let made = made.into_iter().find(|c| c.draw_id == draw).unwrap();
    let vkey = state.genesis.as_ref().unwrap().checkpoint_key.clone();
    (serde_json::from_str(&made.to_json().unwrap()).unwrap(), vkey)
}

fn proved(certificate: &Value, vkey: &VerifierKey) -> Result<Authenticated, String> {
    let read = Certificate::from_json(certificate.to_string().as_bytes()).map_err(|e| e.to_string())?;
    authenticate(&read, vkey, None).map_err(|error| error.to_string())
}

fn name(entry: &Value) -> &'static str {
    let bytes = data_encoding::BASE64.decode(entry["entry"].as_str().unwrap().as_bytes()).unwrap();
    Statement::decode(&Entry::decode(&bytes).unwrap().statement).unwrap().event.name()
}

/// Entries that a certificate does not need: other entries say the same, or it is not the certificate that needs them.
const MORE: [&str; 5] = ["KeyRegistered", "KeyConfirmed", "PlanDrafted", "EmbargoRead", "EmbargoKeyHeld"];

fn no_entry_can_be_missing_or_come_before_its_time(truth: &Value, vkey: &VerifierKey) {
    let entries = truth["proof"]["entries"].as_array().unwrap().clone();
    for (n, entry) in entries.iter().enumerate() {
        let mut lie = truth.clone();
        let without = lie["proof"]["entries"].as_array_mut().unwrap();
        without.remove(n);
        if !MORE.contains(&name(entry)) {
            assert!(proved(&lie, vkey).is_err(), "without {} at {n}", name(entry));
        }
        if n > 0 {
            let mut lie = truth.clone();
            lie["proof"]["entries"].as_array_mut().unwrap().swap(n - 1, n);
            assert!(proved(&lie, vkey).is_err(), "{} at {n} before its time", name(entry));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_certificate_is_authentic_and_nothing_in_it_can_be_changed() {
    let (truth, vkey) = certificate(Scene::drawn(Reveal::WindowEnd).await).await;
    let until = proved(&truth, &vkey).unwrap().sealed_until.unwrap();
    assert_eq!(lotbook_domain::civil::date_of(until).to_string(), UNTIL);
    assert_eq!(truth["shape"], json!({}), "figures would tell of whom");
    let names: Vec<_> = truth["proof"]["entries"].as_array().unwrap().iter().map(name).collect();
    assert_eq!(names.iter().filter(|name| **name == "AssignmentWithheld").count(), 10);
    no_entry_can_be_missing_or_come_before_its_time(&truth, &vkey);
    type Change = fn(&mut Value);
    let lies: &[(&str, Change)] = &[
        ("root of the enterprises", |c| c["objects"]["root"] = c["inspectors"]["root"].clone()),
        ("root of the conflicts", |c| c["conflicts"]["root"] = c["inspectors"]["root"].clone()),
        ("commitment", |c| c["embargo"]["commitment"] = c["seed"].clone()),
        ("no embargo", |c| c["embargo"] = Value::Null),
        ("some key", |c| c["embargo"]["key"] = c["seed"].clone()),
        ("seed", |c| c["seed"] = c["ledger_id"].clone()),
        ("attempt", |c| c["attempt"] = json!(2)),
        ("load", |c| c["max_load"] = json!(99)),
        ("a figure", |c| c["shape"] = json!({ "districts": { "411103": 4 } })),
        ("no shape", |c| c["shape"] = Value::Null),
        ("a list as shape", |c| c["shape"] = json!(["91411103XN00999995"])),
        ("a row", |c| {
            c["objects"]["rows"] =
                json!([{ "uscc": "91411103XN00999995", "stratum": "", "eligible": true, "reason": "" }]);
        }),
    ];
    for (what, change) in lies {
        let mut lie = truth.clone();
        change(&mut lie);
        assert_ne!(lie, truth, "{what}");
        assert!(proved(&lie, &vkey).is_err(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_release_openings_key_and_result_are_authentic_and_cannot_be_sealed_again() {
    let mut scene = Scene::drawn(Reveal::AtStart).await;
    let (name_of, _) = scene.somebody_of(2).await;
    until(&mut scene.world, "2026-10-12", 9).await;
    let event = InspectionStarted { inspection: scene.inspection(2), occurred_at: scene.world.now };
    scene.world.state(&name_of, Role::Inspector, None, event).await.unwrap();
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key).await.unwrap();
    let (truth, vkey) = certificate(scene).await;
    assert_eq!(proved(&truth, &vkey).unwrap().sealed_until, None);
    let entries = truth["proof"]["entries"].as_array().unwrap();
    let count = |what: &str| entries.iter().filter(|entry| name(entry) == what).count();
    assert_eq!((count("RowRevealed"), count("EmbargoReleased")), (1, 1));
    let mut sealed = truth.clone();
    sealed["embargo"]["key"] = Value::Null;
    sealed["result"] = Value::Null;
    for list in ["objects", "inspectors", "conflicts"] {
        sealed[list]["rows"] = json!([]);
    }
    let said = proved(&sealed, &vkey).unwrap_err();
    assert!(said.contains("shape"), "figures of a sealed draw: {said}");
    sealed["shape"] = json!({});
    let said = proved(&sealed, &vkey).unwrap_err();
    assert!(said.contains("another key"), "{said}");
    let entries = sealed["proof"]["entries"].as_array_mut().unwrap();
    entries.retain(|entry| !matches!(name(entry), "EmbargoReleased" | "DrawOpened"));
    assert!(proved(&sealed, &vkey).unwrap().sealed_until.is_some(), "as it was the day before");
    let mut early = truth.clone();
    early["proof"]["entries"].as_array_mut().unwrap().retain(|entry| name(entry) != "EmbargoReleased");
    assert!(proved(&early, &vkey).is_err(), "a key that no entry publishes");
    let mut drawn = truth.clone();
    drawn["result"]["selected"].as_array_mut().unwrap().swap(0, 1);
    assert!(proved(&drawn, &vkey).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_say_until_when_it_is_sealed_and_the_page_names_nobody() {
    let scene = Scene::drawn(Reveal::AtStart).await;
    let vkey = scene.world.client.trust_root().vkey.to_string();
    let dir = tempfile::tempdir().unwrap();
    let (url, out) = (scene.world.serving.url.clone(), arg(dir.path()).to_owned());
    let make = ["draw", "certificate", "--server", &url, "--out", &out, "--draw", scene.draw.as_str()];
    let sealed = format!("sealed until {UNTIL}");
    let said = tokio::task::block_in_place(|| done(&make));
    assert!(said.contains(&sealed) && !said.contains("0 enterprises"), "{said}");
    let file = dir.path().join(format!("{}.json", scene.draw.as_str().replace('/', "_")));
    let said = done(&["draw", "verify", "--vkey", &vkey, arg(&file)]);
    assert!(said.starts_with("authenticated: ") && said.contains(&sealed), "{said}");
    let said = done(&["draw", "verify", arg(&file)]);
    assert!(said.starts_with("recomputed, NOT authenticated") && said.contains(&sealed), "{said}");
    let said: Value = serde_json::from_str(&done(&["draw", "verify", "--json", arg(&file)])).unwrap();
    assert_eq!((&said["sealed_until"], &said["selected"]), (&json!(UNTIL), &json!(0)));
    let page = std::fs::read_to_string(file.with_extension("html")).unwrap();
    assert!(page.contains(&format!("封存至 {UNTIL}")) && page.contains("Sealed until"), "{page}");
    assert!(!page.contains("没有抽中任何企业"), "it is not said that nobody was drawn");
    let state = scene.world.replica.state();
    for (uscc, firm) in &state.enterprises {
        assert!(!page.contains(uscc.as_str()) && !page.contains(firm.row.name.as_str()), "{uscc}");
    }
    for inspector in state.inspectors.keys() {
        assert!(!page.contains(inspector.as_str()), "{inspector}");
    }
    let text = std::fs::read_to_string(&file).unwrap().replace(&scene.draw.to_string(), "P-2026-S05/B2.9");
    std::fs::write(&file, text).unwrap();
    assert_eq!(run(&["draw", "verify", "--vkey", &vkey, arg(&file)]).code, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_release_the_page_has_the_names_and_the_salted_tickets() {
    let mut scene = Scene::drawn(Reveal::WindowEnd).await;
    let first = scene.first();
    let key = scene.read_key(&first).await.unwrap();
    until(&mut scene.world, UNTIL, 1).await;
    scene.release(key.clone()).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (url, out) = (scene.world.serving.url.clone(), arg(dir.path()).to_owned());
    let make = ["draw", "certificate", "--server", &url, "--out", &out, "--draw", scene.draw.as_str()];
    let said = tokio::task::block_in_place(|| done(&make));
    assert!(said.contains("10 enterprises") && !said.contains("sealed"), "{said}");
    let file = dir.path().join(format!("{}.json", scene.draw.as_str().replace('/', "_")));
    let page = std::fs::read_to_string(file.with_extension("html")).unwrap();
    let certificate = Certificate::from_json(&std::fs::read(&file).unwrap()).unwrap();
    let tickets = Stage::Objects.key(&Seed::from_bytes(certificate.seed.0));
    let shown = |ticket: Ticket| data_encoding::HEXLOWER.encode(&ticket.as_bytes()[..8]);
    for uscc in &certificate.result.selected {
        let salted = shown(tickets.ticket_under(uscc, Some(&key.object(uscc))));
        assert!(page.contains(uscc.as_str()) && page.contains(&salted), "{uscc}");
        assert!(!page.contains(&shown(tickets.ticket(uscc))), "{uscc}");
    }
    assert!(!page.contains("封存至"), "nothing is sealed any more");
}
