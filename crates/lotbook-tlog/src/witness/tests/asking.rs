//! The client: it learns the size, and hands on nothing that it has not verified.

use super::*;
use lotbook_chain::{CosignatureError, NoteSignature, WitnessTime, cosign};

fn client(prefix: crate::Prefix) -> WitnessClient {
    WitnessClient::with_patience(prefix, key(), QUICK)
}

fn ask(client: &WitnessClient, log: &TrialLog, size: u64) -> Result<Cosignature, WitnessError<Infallible>> {
    let (line, cosignature) =
        client.add_checkpoint(&log.note(size), size, &|from| Ok(log.prove(from, size)))?;
    assert_eq!(good(&format!("{}{line}", log.note(size))), std::slice::from_ref(&cosignature));
    Ok(cosignature)
}

fn answering(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Canned {
    Canned::start(move |path, body| {
        assert_eq!(path, "/add-checkpoint");
        answer(body)
    })
}

fn line(text: &str, time: u64) -> NoteSignature {
    cosign(text, &key(), &secret(), WitnessTime::new(time).unwrap()).unwrap()
}

#[test]
fn each_checkpoint_of_a_growing_log_is_cosigned() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(router(Arc::new(open(dir.path(), &[&log()]).unwrap())));
    let client = client(server.prefix());
    for size in [0, 1, 1, 5, 40] {
        assert_eq!(ask(&client, &log(), size).unwrap().time.seconds(), NOW);
    }
}

#[test]
fn who_does_not_know_the_size_learns_it_from_the_conflict() {
    let dir = tempfile::tempdir().unwrap();
    let witness = Arc::new(open(dir.path(), &[&log()]).unwrap());
    witness.add_checkpoint(&request(&log(), 0, 7)).unwrap();
    let server = Running::start(router(witness.clone()));
    let client = client(server.prefix());
    ask(&client, &log(), 9).unwrap();
    // Somebody else goes on in between.
    witness.add_checkpoint(&request(&log(), 9, 12)).unwrap();
    ask(&client, &log(), 20).unwrap();
}

#[test]
fn the_size_cosigned_last_is_remembered() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = asked.clone();
    let server = answering(move |body| {
        seen.lock().unwrap().push(body.split('\n').next().unwrap().to_owned());
        let text = body.parse::<AddCheckpoint>().unwrap().checkpoint;
        let text = lotbook_chain::split_note(&text).unwrap().0;
        Canned::answer("200 OK", "", line(&text, NOW).to_string().as_bytes())
    });
    let client = client(server.prefix());
    ask(&client, &log(), 5).unwrap();
    ask(&client, &log(), 9).unwrap();
    assert_eq!(*asked.lock().unwrap(), ["old 0", "old 5"]);
}

#[test]
fn a_witness_that_has_seen_a_larger_tree_says_that_the_log_went_back() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start(router(Arc::new(open(dir.path(), &[&log()]).unwrap())));
    let client = client(server.prefix());
    ask(&client, &log(), 9).unwrap();
    let error = ask(&client, &log(), 7).unwrap_err();
    assert!(matches!(error, WitnessError::Ahead { known: 9, size: 7 }), "{error}");
    // It is not held against a later checkpoint.
    ask(&client, &log(), 12).unwrap();
}

#[test]
fn a_witness_that_names_another_size_each_time_is_given_up() {
    let sizes = AtomicU64::new(0);
    let server = answering(move |_| {
        let size = sizes.fetch_add(1, Ordering::SeqCst);
        Canned::answer("409 Conflict", "Content-Type: text/x.tlog.size\r\n", format!("{size}\n").as_bytes())
    });
    let error = ask(&client(server.prefix()), &log(), 9).unwrap_err();
    assert!(matches!(error, WitnessError::Unsettled { known: 2 }), "{error}");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_conflict_without_a_size_is_no_answer() {
    for (headers, body) in [
        ("Content-Type: text/plain\r\n", "7\n"),
        ("Content-Type: text/x.tlog.size\r\n", "7"),
        ("Content-Type: text/x.tlog.size\r\n", "07\n"),
        ("Content-Type: text/x.tlog.size\r\n", "+7\n"),
        ("Content-Type: text/x.tlog.size\r\n", "7\n7\n"),
        ("", "7\n"),
    ] {
        let server = answering(move |_| Canned::answer("409 Conflict", headers, body.as_bytes()));
        let error = ask(&client(server.prefix()), &log(), 9).unwrap_err();
        assert!(matches!(error, WitnessError::BadAnswer(BadAnswer::NoSize)), "{headers}{body}: {error}");
    }
}

/// What the client makes of these lines as the answer for size 9.
fn lying(lines: String) -> BadAnswer {
    let server = answering(move |_| Canned::answer("200 OK", "", lines.as_bytes()));
    match ask(&client(server.prefix()), &log(), 9) {
        Err(WitnessError::BadAnswer(bad)) => bad,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_cosignature_that_is_not_good_is_never_handed_on() {
    let text = log().checkpoint(9).to_string();
    let mut wrong = line(&text, NOW);
    wrong.bytes[40] ^= 1;
    assert!(matches!(lying(wrong.to_string()), BadAnswer::Cosignature(CosignatureError::Bad { .. })));
    let other_text = line(&log().checkpoint(8).to_string(), NOW);
    assert!(matches!(lying(other_text.to_string()), BadAnswer::Cosignature(CosignatureError::Bad { .. })));
    let mut late = line(&text, NOW);
    late.bytes[0] = 0x80;
    assert!(matches!(lying(late.to_string()), BadAnswer::Cosignature(CosignatureError::Malformed { .. })));
    let mut moved = line(&text, NOW);
    moved.bytes[7] ^= 1;
    assert!(matches!(lying(moved.to_string()), BadAnswer::Cosignature(CosignatureError::Bad { .. })));
    // Well signed, but of no time.
    let mut timeless = line(&text, NOW);
    timeless.bytes =
        [[0; 8].as_slice(), &secret().sign(format!("cosignature/v1\ntime 0\n{text}").as_bytes()).0].concat();
    assert!(matches!(
        lying(timeless.to_string()),
        BadAnswer::Cosignature(CosignatureError::Malformed { .. })
    ));
    // A good line beside a bad one by the same key.
    assert!(matches!(lying(format!("{}{wrong}", line(&text, NOW))), BadAnswer::Cosignature(_)));
}

#[test]
fn an_answer_without_the_witnesss_own_line_is_none() {
    let text = log().checkpoint(9).to_string();
    let other = CosignerKey::new("other.example", secret().public()).unwrap();
    let others = cosign(&text, &other, &secret(), WitnessTime::new(NOW).unwrap()).unwrap();
    assert_eq!(lying(others.to_string()), BadAnswer::NoCosignature);
    for lines in ["", "ok\n", "\u{2014} witness.example !!\n"] {
        assert!(matches!(lying(lines.into()), BadAnswer::Lines(_)), "{lines}");
    }
    let unfinished = line(&text, NOW).to_string().trim_end().to_owned();
    assert!(matches!(lying(unfinished), BadAnswer::Lines(_)));
    // With lines of others around it, the witness's own is found.
    let answer = format!("{others}{}", line(&text, NOW));
    let server = answering(move |_| Canned::answer("200 OK", "", answer.as_bytes()));
    assert!(ask(&client(server.prefix()), &log(), 9).is_ok());
}

#[test]
fn a_refusal_tells_status_and_reason_in_one_short_line() {
    let reason = format!("no\n\u{1b}[31mred{}", "x".repeat(1_000));
    let server = answering(move |_| Canned::answer("403 Forbidden", "", reason.as_bytes()));
    match ask(&client(server.prefix()), &log(), 9).unwrap_err() {
        WitnessError::Refused { status: 403, body } => {
            assert!(body.starts_with("no  [31mred") && body.chars().count() == 300, "{body}");
        }
        other => panic!("{other}"),
    }
}

#[test]
fn a_witness_that_is_silent_away_or_endless_is_unreachable() {
    let silent = answering(|_| Vec::new());
    let patience = Patience { silence: Duration::from_millis(30), ..QUICK };
    let client = WitnessClient::with_patience(silent.prefix(), key(), patience);
    assert!(matches!(ask(&client, &log(), 9), Err(WitnessError::Unreachable(_))));
    let prefix = silent.prefix();
    drop(silent);
    let client = WitnessClient::with_patience(prefix, key(), QUICK);
    assert!(matches!(ask(&client, &log(), 9), Err(WitnessError::Unreachable(_))));
    let endless = answering(|_| Canned::answer("200 OK", "", &[b'x'; 70_000]));
    let client = WitnessClient::with_patience(endless.prefix(), key(), QUICK);
    assert!(matches!(ask(&client, &log(), 9), Err(WitnessError::Unreachable(_))));
}

#[test]
fn a_proof_that_cannot_be_made_is_told_with_the_size_it_begins_at() {
    #[derive(Debug, thiserror::Error)]
    #[error("no tiles")]
    struct NoTiles;
    let server = answering(|_| Canned::answer("409 Conflict", "Content-Type: text/x.tlog.size\r\n", b"3\n"));
    let prove = |from: u64| if from == 0 { Ok(Vec::new()) } else { Err(NoTiles) };
    let error = client(server.prefix()).add_checkpoint(&log().note(9), 9, &prove).unwrap_err();
    assert!(matches!(error, WitnessError::Prove { from: 3, error: NoTiles }), "{error}");
}
