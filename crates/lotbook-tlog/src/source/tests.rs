//! Reading from folders and web servers: what is found, what is not, and what is asked for again.

use super::*;
use crate::ask::Patience;
use crate::trial::{Canned, TrialLog};
use lotbook_chain::TileId;
use lotbook_chain::note::MAX_NOTE_BYTES;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Short, as nothing but loopback is asked.
pub(crate) const QUICK: Patience = Patience {
    connect: Duration::from_secs(5),
    silence: Duration::from_secs(5),
    whole: Duration::from_secs(10),
    tries: 3,
    pause: Duration::from_millis(1),
};

/// A note of 27 bytes, compressed.
const SMALL_GZIP: &str =
    "1f8b08000000000002ff4b54c8cb2f495528c9482c51284f2c5648cecf2d284a2d2e4e4de10200010764d11b000000";
/// 70,000 zero bytes, compressed to 103.
const LARGE_GZIP: &str = "1f8b08000000000002ffedc13101000000c2a0f54f6d094fa00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000080b701dcc8a9a670110100";

fn hashes(index: u64, width: u16) -> TilePath {
    TilePath::Hashes { id: TileId { level: 0, index }, width }
}

fn folder_of(size: u64) -> (tempfile::TempDir, TrialLog) {
    let log = TrialLog::new("source.example", 1, 600);
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in log.files(size) {
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
    (folder, log)
}

#[test]
fn a_url_is_a_prefix_and_anything_else_a_folder() {
    for (text, expected) in [
        ("http://log.example", "http://log.example"),
        ("https://log.example/a/b/", "https://log.example/a/b"),
        ("HTTPS://log.example:8080//", "HTTPS://log.example:8080"),
        ("http://[::1]:9/x", "http://[::1]:9/x"),
    ] {
        let location: Location = text.parse().unwrap();
        assert!(matches!(location, Location::Http(_)), "{text}");
        assert_eq!(location.to_string(), expected);
    }
    for text in ["/srv/log", "log", "./a b", "C:\\log", "http:/log.example"] {
        assert_eq!(text.parse(), Ok(Location::Folder(text.into())), "{text}");
    }
}

#[test]
fn what_is_no_prefix_is_refused() {
    assert_eq!("".parse::<Location>(), Err(LocationError::Empty));
    for text in ["ftp://log.example", "file:///srv/log", "://log"] {
        assert_eq!(text.parse::<Location>(), Err(LocationError::Scheme(text.into())));
    }
    for text in [
        "http://",
        "http:///x",
        "http://a b",
        "http://log.example/?x=1",
        "http://l.example/#x",
        "http://u:p@l.example",
    ] {
        assert_eq!(text.parse::<Location>(), Err(LocationError::Url(text.into())), "{text}");
    }
    assert_eq!("log.example".parse::<Prefix>(), Err(LocationError::Scheme("log.example".into())));
}

#[test]
fn a_folder_gives_what_lies_in_it() {
    let (folder, log) = folder_of(300);
    let source = Folder::new(folder.path());
    assert_eq!(source.checkpoint().unwrap(), log.note(300));
    assert_eq!(source.tile(hashes(1, 44)).unwrap(), log.files(300)["tile/0/001.p/44"]);
    let missing = source.tile(hashes(7, 256)).unwrap_err();
    assert!(
        matches!(&missing, SourceError::NotFound { place } if place.ends_with("tile/0/007")),
        "{missing}"
    );
    assert!(!missing.may_pass());
}

#[test]
fn a_file_that_is_too_large_or_no_text_is_not_handed_on() {
    let (folder, _) = folder_of(300);
    let source = Folder::new(folder.path());
    std::fs::write(folder.path().join("tile/0/000"), vec![0; 8192]).unwrap();
    assert_eq!(source.tile(hashes(0, 256)).unwrap().len(), 8192);
    std::fs::write(folder.path().join("tile/0/000"), vec![0; 8193]).unwrap();
    assert!(matches!(source.tile(hashes(0, 256)), Err(SourceError::TooLarge { limit: 8192, .. })));
    std::fs::write(folder.path().join("checkpoint"), [0xff]).unwrap();
    assert!(matches!(source.checkpoint(), Err(SourceError::NotText { .. })));
    std::fs::write(folder.path().join("checkpoint"), vec![b'a'; MAX_NOTE_BYTES + 1]).unwrap();
    assert!(matches!(source.checkpoint(), Err(SourceError::TooLarge { .. })));
}

#[test]
fn a_partial_tile_that_is_gone_is_cut_out_of_the_full_one() {
    let (folder, log) = folder_of(600);
    let source = Folder::new(folder.path());
    let small = log.files(300);
    assert_eq!(tile_or_full(&source, hashes(1, 44)).unwrap(), small["tile/0/001.p/44"]);
    let bundle = TilePath::Entries { index: 1, width: 44 };
    assert_eq!(tile_or_full(&source, bundle).unwrap(), small["tile/entries/001.p/44"]);
    // Neither is there: it is the one that was asked for that is named.
    let missing = tile_or_full(&source, hashes(2, 7)).unwrap_err();
    assert!(matches!(&missing, SourceError::NotFound { place } if place.ends_with("002.p/7")), "{missing}");
}

#[test]
fn the_end_of_entries_is_found_only_if_they_are_all_there() {
    let bundle = lotbook_chain::bundle::encode_entries(&["", "ab", "c"]).unwrap();
    assert_eq!(end_of_entries(&bundle, 0), Some(0));
    assert_eq!(end_of_entries(&bundle, 1), Some(2));
    assert_eq!(end_of_entries(&bundle, 3), Some(bundle.len()));
    assert_eq!(end_of_entries(&bundle, 4), None);
    assert_eq!(end_of_entries(&bundle[..bundle.len() - 1], 3), None);
}

#[test]
fn a_web_server_gives_what_lies_below_the_prefix() {
    let server = Canned::start(|path, _| Canned::answer("200 OK", "", path.as_bytes()));
    let prefix = server.prefix().join("below/here").parse().unwrap();
    let source = Http::with_patience(prefix, QUICK);
    assert_eq!(source.checkpoint().unwrap(), "/below/here/checkpoint");
    assert_eq!(source.tile(hashes(1_234_067, 5)).unwrap(), b"/below/here/tile/0/x001/x234/067.p/5");
}

#[test]
fn a_compressed_answer_is_read_and_bounded_after_decompression() {
    let server = Canned::start(|path, _| {
        let hex = if path == "/small/checkpoint" { SMALL_GZIP } else { LARGE_GZIP };
        let body = data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
        Canned::answer("200 OK", "Content-Encoding: gzip\r\n", &body)
    });
    let source = |path: &str| Http::with_patience(server.prefix().join(path).parse().unwrap(), QUICK);
    assert_eq!(source("small").checkpoint().unwrap(), "a note that was compressed\n");
    assert!(matches!(source("large").checkpoint(), Err(SourceError::TooLarge { .. })));
    assert_eq!(server.requests().len(), 2, "what is too large is not asked for again");
}

#[test]
fn what_is_not_there_is_asked_for_once() {
    for (status, expected) in [("404 Not Found", None), ("410 Gone", None), ("403 Forbidden", Some(403))] {
        let server = Canned::start(move |_, _| Canned::answer(status, "", b"no"));
        let error = Http::with_patience(server.prefix(), QUICK).checkpoint().unwrap_err();
        match (&error, expected) {
            (SourceError::NotFound { place }, None) => assert!(place.ends_with("/checkpoint")),
            (SourceError::Status { status, .. }, Some(expected)) => assert_eq!(*status, expected),
            other => panic!("{other:?}"),
        }
        assert!(!error.may_pass());
        assert_eq!(server.requests().len(), 1, "{status}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let server =
        Canned::start(|_, _| Canned::answer("302 Found", "Location: http://127.0.0.1:9/checkpoint\r\n", b""));
    let error = Http::with_patience(server.prefix(), QUICK).checkpoint().unwrap_err();
    assert!(matches!(error, SourceError::Status { status: 302, .. }), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_server_that_fails_is_asked_again_so_often_and_no_more() {
    for status in ["500 Internal Server Error", "503 Service Unavailable", "429 Too Many Requests"] {
        let server = Canned::start(move |_, _| Canned::answer(status, "", b"later"));
        let error = Http::with_patience(server.prefix(), QUICK).checkpoint().unwrap_err();
        assert!(matches!(error, SourceError::Status { .. }) && error.may_pass(), "{error}");
        assert_eq!(server.requests().len(), 3, "{status}");
    }
}

#[test]
fn a_server_that_recovers_is_read() {
    let asked = AtomicU32::new(0);
    let server = Canned::start(move |_, _| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Canned::answer("500 Internal Server Error", "", b""),
        // Cut off half-way.
        1 => b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".to_vec(),
        _ => Canned::answer("200 OK", "", b"whole"),
    });
    assert_eq!(Http::with_patience(server.prefix(), QUICK).checkpoint().unwrap(), "whole");
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn an_answer_that_is_cut_off_is_never_taken_for_a_whole_one() {
    for answer in [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf".as_slice(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"nonsense\r\n\r\n",
    ] {
        let server = Canned::start(move |_, _| answer.to_vec());
        let error = Http::with_patience(server.prefix(), QUICK).checkpoint().unwrap_err();
        assert!(matches!(error, SourceError::Io { .. }) && error.may_pass(), "{error}");
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let server = Canned::start(|_, _| Vec::new());
    let patience = Patience { silence: Duration::from_millis(30), tries: 2, ..QUICK };
    let error = Http::with_patience(server.prefix(), patience).checkpoint().unwrap_err();
    assert!(matches!(error, SourceError::Timeout { .. }) && error.may_pass(), "{error:?}");
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn nobody_listening_is_an_error_that_may_pass() {
    let prefix = Canned::start(|_, _| Vec::new()).prefix();
    let error = Http::with_patience(prefix, QUICK).checkpoint().unwrap_err();
    assert!(matches!(error, SourceError::Io { .. }) && error.may_pass(), "{error}");
}
