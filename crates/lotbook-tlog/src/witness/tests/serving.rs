//! The witness over HTTP: the published session, two origins, and what is no request.

use super::*;

fn post(server: &Running, body: &[u8]) -> (String, Vec<u8>) {
    let length = body.len();
    let head = format!(
        "POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    raw(server.address, &[head.as_bytes(), body].concat())
}

fn get(server: &Running, path: &str) -> (String, Vec<u8>) {
    raw(server.address, format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes())
}

fn status(head: &str) -> u16 {
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

fn serving(dir: &Path, logs: &[&TrialLog]) -> Running {
    Running::start(router(Arc::new(open(dir, logs).unwrap())))
}

#[test]
fn the_published_session_is_answered_with_the_statuses_of_the_specification() {
    let vectors = include_str!("../../../../../tests/vectors/chain/tlog-vectors.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let requests = vectors["tlog_witness_session"]["requests_in_order"].as_array().unwrap();
    let hex = "ffdc2d4d98e4124d3feaf788c0c2f9abfd796083d1f0495437f302ec79cf100f";
    let public = PublicKey::from_bytes(&data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()).unwrap();
    let origin = requests[0]["request_body"].as_str().unwrap().split('\n').nth(2).unwrap();
    let vkey = VerifierKey::new(origin, public).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let witness = Witness::open(dir.path(), NAME, secret(), vec![vkey], Box::new(|| NOW)).unwrap();
    let server = Running::start(router(Arc::new(witness)));
    let mut sizes = Vec::new();
    for request in requests {
        let body = request["request_body"].as_str().unwrap();
        let (head, answer) = post(&server, body.as_bytes());
        let answer = String::from_utf8(answer).unwrap();
        assert_eq!(u64::from(status(&head)), request["spec_status"], "{answer}");
        match status(&head) {
            200 => {
                let note = body.split_once("\n\n").unwrap().1;
                assert_eq!(good(&format!("{note}{answer}")).len(), 1);
            }
            409 => {
                assert!(head.contains("\r\ncontent-type: text/x.tlog.size\r\n"), "{head}");
                sizes.push(answer);
            }
            _ => assert!(head.contains("\r\ncontent-type: text/plain; charset=utf-8\r\n"), "{head}"),
        }
    }
    assert_eq!(sizes, ["3\n", "5\n"]);
    let (head, latest) = get(&server, &format!("/{}/checkpoint", state::origin_hash(origin)));
    assert_eq!(status(&head), 200);
    let latest = String::from_utf8(latest).unwrap();
    assert!(latest.starts_with(&format!("{origin}\n5\n")) && good(&latest).len() == 1, "{latest}");
}

#[test]
fn two_origins_are_witnessed_apart() {
    let (dir, other) = (tempfile::tempdir().unwrap(), TrialLog::new("other.example", 11, 40));
    let server = serving(dir.path(), &[&log(), &other]);
    let path = |log: &TrialLog| format!("/{}/checkpoint", state::origin_hash(&log.origin));
    assert_eq!(status(&get(&server, &path(&other)).0), 404);
    assert_eq!(status(&post(&server, &request(&log(), 0, 9)).0), 200);
    assert_eq!(status(&get(&server, &path(&other)).0), 404, "nothing was cosigned for this one");
    assert_eq!(status(&post(&server, &request(&other, 9, 12)).0), 409);
    assert_eq!(status(&post(&server, &request(&other, 0, 5)).0), 200);
    assert_eq!(status(&post(&server, &request(&log(), 9, 12)).0), 200);
    for (log, size) in [(&log(), 12), (&other, 5)] {
        let (head, note) = get(&server, &path(log));
        assert!(head.contains("\r\ncontent-type: text/plain; charset=utf-8\r\n"), "{head}");
        assert_eq!(
            Checkpoint::open(&String::from_utf8(note).unwrap(), &log.vkey()).unwrap(),
            log.checkpoint(size)
        );
    }
}

#[test]
fn a_note_of_one_log_signed_by_the_other_is_refused() {
    let (dir, other) = (tempfile::tempdir().unwrap(), TrialLog::new("other.example", 11, 40));
    let server = serving(dir.path(), &[&log(), &other]);
    let forged = TrialLog::new("log.example", 11, 40);
    assert_eq!(status(&post(&server, &request(&forged, 0, 5)).0), 403);
    assert_eq!(status(&post(&server, &request(&TrialLog::new("third.example", 10, 40), 0, 5)).0), 404);
}

#[test]
fn what_is_no_request_is_400() {
    let dir = tempfile::tempdir().unwrap();
    let server = serving(dir.path(), &[&log()]);
    let good = request(&log(), 0, 5);
    let too_long = [good.as_slice(), &vec![b'x'; 70_000]].concat();
    let old_too_large = request(&log(), 6, 5);
    let cases: [&[u8]; 7] =
        [b"", b"old 0\n", b"\xff\xfe", b"old 0\n\nno note\n", &too_long, &old_too_large, &good[1..]];
    for body in cases {
        let (head, _) = post(&server, body);
        assert_eq!(status(&head), 400, "{head}");
    }
    assert_eq!(status(&post(&server, &good).0), 200);
}

#[test]
fn a_request_whose_body_ends_half_way_changes_nothing() {
    use std::io::{Read, Write};
    let dir = tempfile::tempdir().unwrap();
    let server = serving(dir.path(), &[&log()]);
    let body = request(&log(), 0, 5);
    let mut stream = std::net::TcpStream::connect(server.address).unwrap();
    let head = format!("POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), &body[..body.len() - 1]].concat()).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(!answer.contains(" 200 "), "{answer}");
    assert_eq!(status(&get(&server, &format!("/{}/checkpoint", state::origin_hash("log.example"))).0), 404);
}

#[test]
fn anything_else_is_not_there_or_not_allowed() {
    let dir = tempfile::tempdir().unwrap();
    let server = serving(dir.path(), &[&log()]);
    for path in [
        "/",
        "/checkpoint",
        "/add-checkpoint/",
        "/abc/checkpoint",
        "/lock/checkpoint",
        "/..%2flock/checkpoint",
    ] {
        assert_eq!(status(&get(&server, path).0), 404, "{path}");
    }
    assert_eq!(status(&get(&server, "/add-checkpoint").0), 405);
}

#[test]
fn a_write_that_fails_is_500_and_nothing_is_cosigned() {
    let dir = tempfile::tempdir().unwrap();
    let server = serving(dir.path(), &[&log()]);
    let file = dir.path().join(state::origin_hash("log.example"));
    fs::create_dir(crate::durable::unfinished(&file)).unwrap();
    let (head, answer) = post(&server, &request(&log(), 0, 5));
    assert_eq!(status(&head), 500);
    assert!(!String::from_utf8(answer).unwrap().contains('\u{2014}'));
    assert!(!file.exists());
}

#[test]
fn the_state_survives_the_server() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(status(&post(&serving(dir.path(), &[&log()]), &request(&log(), 0, 5)).0), 200);
    let server = serving(dir.path(), &[&log()]);
    let (head, body) = post(&server, &request(&log(), 0, 9));
    assert_eq!((status(&head), body.as_slice()), (409, b"5\n".as_slice()));
    assert_eq!(status(&post(&server, &request(&log(), 5, 9)).0), 200);
}
