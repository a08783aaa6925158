//! Certificates: made from a year, read by people, authenticated with the ledger's key, and refused when anything in
//! them was changed.

use crate::recovery::program::{arg, done, run};
use crate::world::World;
use lotbook_chain::{Entry, SigningKey, VerifierKey};
use lotbook_draw::Certificate;
use lotbook_event::Statement;
use lotbook_verifier::authenticate;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// The folder with every certificate of the sample's year, and the ledger's key.
async fn made() -> (tempfile::TempDir, VerifierKey) {
    let world = World::whole_year().await;
    let vkey = world.client.trust_root().vkey.clone();
    let dir = tempfile::tempdir().unwrap();
    let said = done(&["draw", "certificate", "--server", &world.serving.url, "--out", arg(dir.path())]);
    assert!(said.contains(".html"), "{said}");
    (dir, vkey)
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = all.filter(|path| path.extension().is_some_and(|own| own == extension)).collect();
    files.sort();
    files
}

fn event(entry: &Value) -> &'static str {
    let bytes = data_encoding::BASE64.decode(entry["entry"].as_str().unwrap().as_bytes()).unwrap();
    Statement::decode(&Entry::decode(&bytes).unwrap().statement).unwrap().event.name()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_certificate_of_a_year_is_authenticated_and_without_a_key_it_says_that_it_is_not() {
    let (dir, vkey) = made().await;
    let certificates = files(dir.path(), "json");
    assert_eq!(certificates.len(), 3);
    let mut substituted = 0;
    for file in &certificates {
        let text = done(&["draw", "verify", "--vkey", &vkey.to_string(), arg(file)]);
        assert!(text.starts_with("authenticated: "), "{text}");
        let text = done(&["draw", "verify", arg(file)]);
        assert!(text.starts_with("recomputed, NOT authenticated"), "{text}");
        let said = done(&["draw", "verify", "--json", "--vkey", &vkey.to_string(), arg(file)]);
        let said: Value = serde_json::from_str(&said).unwrap();
        assert_eq!((&said["authenticated"], &said["grade"]), (&json!(true), &json!("B")));
        substituted += said["substitutions"].as_u64().unwrap();
    }
    assert!(substituted >= 2, "the year has recusals");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_no_verdict_and_another_key_refutes() {
    let (dir, vkey) = made().await;
    let file = files(dir.path(), "json").remove(0);
    let other = SigningKey::from_seed(&[9; 32]).public();
    let stranger = VerifierKey::new("other.example", other).unwrap().to_string();
    let same_name = VerifierKey::new(vkey.name(), other).unwrap().to_string();
    let garbage = dir.path().join("garbage");
    std::fs::write(&garbage, "{}").unwrap();
    let policy = dir.path().join("policy");
    std::fs::write(&policy, format!("log {vkey}\nquorum none\n")).unwrap();
    let vkey = vkey.to_string();
    let cases = [
        (vec!["--vkey", &stranger, arg(&file)], 1),
        (vec!["--vkey", &same_name, arg(&file)], 1),
        (vec!["--vkey", "nonsense", arg(&file)], 64),
        (vec!["--policy", arg(&policy), arg(&file)], 64),
        (vec!["--vkey", &vkey, "/nonexistent"], 2),
        (vec!["--vkey", &vkey, arg(&garbage)], 2),
        (vec![arg(&garbage)], 2),
    ];
    for (args, code) in cases {
        let ran = run(&[&["draw", "verify"], args.as_slice()].concat());
        assert_eq!((ran.code, ran.out.as_str()), (Some(code), ""), "{args:?}: {}", ran.err);
    }
    let mut changed: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    changed["grade"] = json!("A");
    std::fs::write(&garbage, changed.to_string()).unwrap();
    let ran = run(&["draw", "verify", "--vkey", &vkey, arg(&garbage)]);
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert!(ran.err.contains("another `grade`"), "{}", ran.err);
    assert_eq!(run(&["draw", "verify", arg(&garbage)]).code, Some(0), "recomputed: the grade is not");
}

/// Every place of a value that is no list or object; of long lists the first, the middle and the last.
fn leaves(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            leaves(value, &format!("{at}/{name}"), found);
        }),
        Value::Array(list) => {
            let middle = list.len() / 2;
            let some = |n: &usize| list.len() < 40 || [0, middle, list.len() - 1].contains(n);
            (0..list.len()).filter(some).for_each(|n| leaves(&list[n], &format!("{at}/{n}"), found));
        }
        _ => found.push(at.to_owned()),
    }
}

/// Another value of the same type.
fn another(value: &Value) -> Value {
    match value {
        Value::Null => json!(0),
        Value::Bool(truth) => json!(!truth),
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        Value::String(text) => {
            // In the middle, where neither base64 padding nor a header stands.
            let mut letters: Vec<char> = text.chars().collect();
            let place = letters.len() / 2;
            match letters.get_mut(place) {
                Some(letter) => *letter = if *letter == '1' { '2' } else { '1' },
                None => letters.push('1'),
            }
            json!(letters.into_iter().collect::<String>())
        }
        Value::Array(_) | Value::Object(_) => panic!("not a leaf"),
    }
}

fn is_authentic(certificate: &Value, vkey: &VerifierKey) -> bool {
    Certificate::from_json(certificate.to_string().as_bytes())
        .is_ok_and(|certificate| authenticate::authenticate(&certificate, vkey, None).is_ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_in_which_anything_was_changed_is_refused() {
    let (dir, vkey) = made().await;
    let mut tried = 0;
    for file in files(dir.path(), "json") {
        let truth: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        assert!(is_authentic(&truth, &vkey), "{}", file.display());
        let mut places = vec![];
        leaves(&truth, "", &mut places);
        for place in places.iter().filter(|place| !place.starts_with("/shape")) {
            let mut lie = truth.clone();
            let value = lie.pointer_mut(place).unwrap();
            *value = another(value);
            assert!(!is_authentic(&lie, &vkey), "{}: {place}", file.display());
            tried += 1;
        }
    }
    assert!(tried > 500, "{tried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_whose_entries_are_incomplete_or_in_another_order_is_refused() {
    let (dir, vkey) = made().await;
    for file in files(dir.path(), "json") {
        let truth: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let entries = truth["proof"]["entries"].as_array().unwrap().clone();
        let with = |entries: Vec<Value>| {
            let mut lie = truth.clone();
            lie["proof"]["entries"] = json!(entries);
            lie
        };
        for (n, entry) in entries.iter().enumerate() {
            let mut fewer = entries.clone();
            fewer.remove(n);
            // A key may be registered more than once; a draft may have been replaced; and a start matters to recusals
            // after it alone.
            if !["KeyRegistered", "KeyConfirmed", "PlanDrafted", "InspectionStarted"].contains(&event(entry))
            {
                assert!(!is_authentic(&with(fewer), &vkey), "{}: without {}", file.display(), event(entry));
            }
            if n > 0 {
                let mut swapped = entries.clone();
                swapped.swap(n - 1, n);
                assert!(!is_authentic(&with(swapped), &vkey), "{}: {n} before its time", file.display());
            }
            let mut twice = entries.clone();
            twice.insert(n, entry.clone());
            assert!(!is_authentic(&with(twice), &vkey), "{}: {n} twice", file.display());
        }
        assert!(!is_authentic(&with(vec![]), &vkey));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_holds_what_people_ask_for_and_needs_nothing_from_elsewhere() {
    let (dir, vkey) = made().await;
    let pages = files(dir.path(), "html");
    assert_eq!(pages.len(), 3);
    for page in pages {
        let html = std::fs::read_to_string(&page).unwrap();
        let json = std::fs::read(page.with_extension("json")).unwrap();
        let certificate = Certificate::from_json(&json).unwrap();
        for outside in ["<script", "http://", "https://", "src=", "href=", "@import", "url("] {
            assert!(!html.contains(outside), "{outside} in {}", page.display());
        }
        for uscc in &certificate.result.selected {
            assert!(html.contains(uscc.as_str()), "{uscc}");
        }
        for row in &certificate.objects.rows {
            assert!(html.contains(&row.reason), "{}", row.reason);
        }
        for record in &certificate.substitutions {
            assert!(html.contains(&record.recusal_id));
        }
        let seed = certificate.seed.to_string();
        for text in [
            "抽取证书",
            "Draw certificate",
            "第十五条",
            seed.as_str(),
            &vkey.to_string(),
            "lotbook draw verify",
        ] {
            assert!(html.contains(text), "{text} is missing in {}", page.display());
        }
        assert!(html.contains("class=\"grade B\"") && !html.contains("Bias bound"), "only a C has one");
    }
}
