//! The published log over real sockets: exactly what the published checkpoint covers, and how long it may be kept.

use super::listen::MAX_CONNECTIONS;
use super::*;
use crate::source::tests::QUICK;
use crate::source::{Http, Source, SourceError};
use crate::trial::{Running, TrialLog, raw};
use crate::{LogReader, serve};
use lotbook_chain::{TileId, TilePath, TreeHash};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, OnceLock};

fn log() -> &'static TrialLog {
    static LOG: OnceLock<TrialLog> = OnceLock::new();
    LOG.get_or_init(|| TrialLog::new("serve.example", 7, 700))
}

/// Publishes a checkpoint of this size; the log itself has more entries. What is asked for is remembered.
struct Shelf {
    published: Mutex<Result<Option<u64>, Unavailable>>,
    asked: Mutex<Vec<TilePath>>,
}

impl Shelf {
    fn publishing(size: Option<u64>) -> Arc<Self> {
        Arc::new(Self { published: Mutex::new(Ok(size)), asked: Mutex::default() })
    }
}

impl Published for Shelf {
    fn checkpoint(&self) -> Result<Option<String>, Unavailable> {
        Ok(self.published.lock().unwrap().clone()?.map(|size| log().note(size)))
    }

    fn hashes(&self, id: TileId, width: u16) -> Result<Vec<TreeHash>, Unavailable> {
        let path = TilePath::Hashes { id, width };
        self.asked.lock().unwrap().push(path);
        // More than was asked for is allowed.
        let whole = TilePath::Hashes { id, width: id.width_at(700) };
        Ok(lotbook_chain::bundle::decode_hashes(&log().files(700)[&whole.to_string()], whole.width())
            .unwrap())
    }

    fn entries(&self, from: u64, count: u16) -> Result<Vec<Vec<u8>>, Unavailable> {
        self.asked.lock().unwrap().push(TilePath::Entries { index: from / 256, width: count });
        let from = usize::try_from(from).unwrap();
        Ok(log().entries[from..from + usize::from(count)].to_vec())
    }
}

fn get(server: &Running, method: &str, path: &str) -> (String, Vec<u8>) {
    raw(
        server.address,
        format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes(),
    )
}

#[test]
fn a_published_log_is_read_whole_and_verified() {
    for size in [1, 255, 256, 257, 600] {
        let server = Running::start(serve::router(Shelf::publishing(Some(size))));
        let source = Http::with_patience(server.prefix(), QUICK);
        assert_eq!(source.checkpoint().unwrap(), log().note(size));
        for path in TilePath::all(size) {
            assert!(source.tile(path).unwrap() == log().files(size)[&path.to_string()], "{path} of {size}");
        }
        let reader = LogReader::new(Arc::new(source), log().checkpoint(size));
        let entries: Vec<Vec<u8>> = reader.entries(0).map(|entry| entry.unwrap().1).collect();
        assert!(entries == log().entries[..usize::try_from(size).unwrap()], "size {size}");
    }
}

#[test]
fn what_the_published_checkpoint_does_not_cover_is_neither_served_nor_kept() {
    let shelf = Shelf::publishing(Some(600));
    let server = Running::start(serve::router(shelf.clone()));
    for path in [
        "tile/0/002",
        "tile/0/002.p/89",
        "tile/0/003.p/1",
        "tile/1/000.p/3",
        "tile/1/000",
        "tile/2/000.p/1",
        "tile/entries/002",
        "tile/entries/002.p/89",
        "tile/63/000.p/1",
    ] {
        let (head, body) = get(&server, "GET", &format!("/{path}"));
        assert!(head.starts_with("http/1.1 404 "), "{path}: {head}");
        assert!(head.contains("\r\ncache-control: no-store\r\n"), "{path}: {head}");
        assert!(String::from_utf8(body).unwrap().ends_with("no such tile\n"));
    }
    assert!(shelf.asked.lock().unwrap().is_empty(), "the log was asked for what is not published");
}

#[test]
fn partial_tiles_of_older_sizes_are_served() {
    let server = Running::start(serve::router(Shelf::publishing(Some(600))));
    let source = Http::with_patience(server.prefix(), QUICK);
    let older = log().files(300);
    let path: TilePath = "tile/0/001.p/44".parse().unwrap();
    assert_eq!(source.tile(path).unwrap(), older["tile/0/001.p/44"]);
    assert_eq!(
        source.tile("tile/entries/001.p/44".parse().unwrap()).unwrap(),
        older["tile/entries/001.p/44"]
    );
}

#[test]
fn types_and_times_are_those_of_the_specification_and_any_page_may_read() {
    let server = Running::start(serve::router(Shelf::publishing(Some(600))));
    let (head, body) = get(&server, "GET", "/checkpoint");
    assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
    assert!(head.contains("\r\ncontent-type: text/plain; charset=utf-8\r\n"), "{head}");
    assert!(head.contains("\r\ncache-control: public, max-age=2\r\n"), "{head}");
    assert!(head.contains("\r\naccess-control-allow-origin: *\r\n"), "{head}");
    assert_eq!(body, log().note(600).into_bytes());
    let (head, body) = get(&server, "GET", "/tile/entries/000");
    assert!(head.contains("\r\ncontent-type: application/octet-stream\r\n"), "{head}");
    assert!(head.contains("\r\ncache-control: public, max-age=31536000, immutable\r\n"), "{head}");
    assert!(head.contains("\r\naccess-control-allow-origin: *\r\n"), "{head}");
    assert_eq!(body, log().files(600)["tile/entries/000"]);
}

#[test]
fn head_has_the_length_and_no_body() {
    let server = Running::start(serve::router(Shelf::publishing(Some(600))));
    let (head, body) = get(&server, "HEAD", "/tile/0/000");
    assert!(head.starts_with("http/1.1 200 ") && head.contains("\r\ncontent-length: 8192\r\n"), "{head}");
    assert!(body.is_empty());
}

#[test]
fn other_methods_are_refused() {
    let server = Running::start(serve::router(Shelf::publishing(Some(600))));
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        for path in ["/checkpoint", "/tile/0/000"] {
            let (head, _) = get(&server, method, path);
            assert!(head.starts_with("http/1.1 405 "), "{method} {path}: {head}");
        }
    }
}

#[test]
fn any_other_text_of_a_path_is_refused() {
    let server = Running::start(serve::router(Shelf::publishing(Some(600))));
    for path in [
        "/",
        "/tile",
        "/tile/",
        "/tile/0/0",
        "/tile/0/x000/000",
        "/tile/00/000",
        "/tile/0/000.p/0",
        "/tile/0/000/",
        "//tile/0/000",
        "/tile/0/%30%30%30",
        "/tile/../checkpoint",
        "/checkpoint/",
        "/tile/0/000.p/256",
        "/Checkpoint",
    ] {
        let (head, _) = get(&server, "GET", path);
        assert!(head.starts_with("http/1.1 404 ") && head.contains("no-store"), "{path}: {head}");
    }
}

#[test]
fn before_anything_is_published_a_sentence_says_so_and_is_not_kept() {
    let shelf = Shelf::publishing(None);
    let server = Running::start(serve::router(shelf.clone()));
    let (head, body) = get(&server, "GET", "/checkpoint");
    assert!(head.starts_with("http/1.1 404 ") && head.contains("\r\ncache-control: no-store\r\n"), "{head}");
    assert_eq!(body, b"no checkpoint is published yet\n");
    assert!(get(&server, "GET", "/tile/0/000.p/1").0.starts_with("http/1.1 404 "));
    *shelf.published.lock().unwrap() = Ok(Some(1));
    assert!(get(&server, "GET", "/tile/0/000.p/1").0.starts_with("http/1.1 200 "));
}

#[test]
fn a_log_that_cannot_be_read_now_answers_503_and_not_why() {
    let shelf = Shelf::publishing(Some(600));
    let server = Running::start(serve::router(shelf.clone()));
    *shelf.published.lock().unwrap() = Err(Unavailable("secret path".into()));
    for path in ["/checkpoint", "/tile/0/000"] {
        let (head, body) = get(&server, "GET", path);
        assert!(head.starts_with("http/1.1 503 ") && head.contains("no-store"), "{head}");
        assert!(!String::from_utf8(body).unwrap().contains("secret"));
    }
    let error = Http::with_patience(server.prefix(), QUICK).checkpoint().unwrap_err();
    assert!(matches!(error, SourceError::Status { status: 503, .. }) && error.may_pass());
}

#[test]
fn a_connection_is_kept_for_further_requests() {
    let server = Running::start(serve::router(Shelf::publishing(Some(600))));
    let mut stream = TcpStream::connect(server.address).unwrap();
    for _ in 0..3 {
        stream.write_all(b"HEAD /checkpoint HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        let mut answer = [0; 15];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200 OK");
        let mut rest = Vec::new();
        while !rest.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            rest.push(byte[0]);
        }
    }
}

#[test]
fn a_server_that_stops_ends_idle_connections() {
    let server = Running::start(serve::router(Shelf::publishing(Some(600))));
    let mut idle = TcpStream::connect(server.address).unwrap();
    idle.write_all(b"HEAD /checkpoint HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut first = [0; 15];
    idle.read_exact(&mut first).unwrap();
    let address = server.address;
    drop(server);
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).unwrap();
    assert!(rest.ends_with(b"\r\n\r\n"), "the answer was whole");
    assert!(TcpStream::connect(address).is_err(), "nobody listens any longer");
}

#[test]
fn a_request_with_too_long_a_head_is_refused() {
    let server = Running::start(serve::router(Shelf::publishing(Some(600))));
    for headers in [format!("X-Long: {}\r\n", "a".repeat(16_384)), "X-Many: 1\r\n".repeat(64)] {
        let request = format!("GET /checkpoint HTTP/1.1\r\nHost: x\r\n{headers}\r\n");
        let (head, _) = raw(server.address, request.as_bytes());
        assert!(head.starts_with("http/1.1 431 "), "{head}");
    }
}

#[test]
fn the_largest_bundle_there_is_arrives_whole() {
    struct Long;
    impl Published for Long {
        fn checkpoint(&self) -> Result<Option<String>, Unavailable> {
            Ok(Some(log().note(256)))
        }
        fn hashes(&self, _: TileId, _: u16) -> Result<Vec<TreeHash>, Unavailable> {
            Err(Unavailable("not asked for".into()))
        }
        fn entries(&self, _: u64, count: u16) -> Result<Vec<Vec<u8>>, Unavailable> {
            Ok(vec![vec![7; 65_535]; usize::from(count)])
        }
    }
    let server = Running::start(serve::router(Arc::new(Long)));
    let bundle =
        Http::with_patience(server.prefix(), QUICK).tile("tile/entries/000".parse().unwrap()).unwrap();
    assert_eq!(bundle.len(), lotbook_chain::bundle::MAX_BUNDLE_BYTES);
}

#[test]
fn a_log_that_gives_fewer_hashes_than_it_publishes_is_not_served() {
    struct Short;
    impl Published for Short {
        fn checkpoint(&self) -> Result<Option<String>, Unavailable> {
            Ok(Some(log().note(256)))
        }
        fn hashes(&self, _: TileId, width: u16) -> Result<Vec<TreeHash>, Unavailable> {
            Ok(vec![TreeHash::ZERO; usize::from(width) - 1])
        }
        fn entries(&self, _: u64, count: u16) -> Result<Vec<Vec<u8>>, Unavailable> {
            Ok(vec![Vec::new(); usize::from(count) - 1])
        }
    }
    let server = Running::start(serve::router(Arc::new(Short)));
    for path in ["/tile/0/000", "/tile/0/000.p/9", "/tile/entries/000", "/tile/entries/000.p/9"] {
        let (head, _) = get(&server, "GET", path);
        assert!(head.starts_with("http/1.1 503 ") && head.contains("no-store"), "{path}: {head}");
    }
}

#[test]
fn more_connections_than_there_are_places_wait_until_one_is_free() {
    let server = Running::start(serve::router(Shelf::publishing(Some(600))));
    let ask =
        |stream: &mut TcpStream| stream.write_all(b"HEAD /checkpoint HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut answer = [0; 15];
    let mut places: Vec<TcpStream> = (0..MAX_CONNECTIONS)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).unwrap();
            ask(&mut stream);
            stream.read_exact(&mut answer).unwrap();
            stream
        })
        .collect();
    let mut late = TcpStream::connect(server.address).unwrap();
    ask(&mut late);
    late.set_read_timeout(Some(std::time::Duration::from_millis(100))).unwrap();
    assert!(late.read(&mut answer).is_err(), "all places are taken");
    late.set_read_timeout(None).unwrap();
    places.pop();
    late.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
}
