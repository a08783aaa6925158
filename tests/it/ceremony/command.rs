//! `beacon record`: a round from a file carried by hand, or from the web; `ceremony status` says which one.

use super::{ceremony, held, league, with_league};
use crate::recovery::program::{arg, done, run};
use crate::world::World;
use lotbook_domain::ceremony::Stage;
use lotbook_draw::Hex;
use std::io::{Read, Write};
use std::net::TcpListener;

/// The round as drand's endpoints write it.
fn round(world: &World, draw: &lotbook_event::DrawId) -> String {
    let round = league::round(world, draw);
    let signature = Hex(round.signature.0);
    format!("{{\"round\":{},\"randomness\":\"00\",\"signature\":\"{signature}\"}}", round.round)
}

/// Answers one request on loopback with a document.
fn web(document: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/public/latest?why=not", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4_096]).unwrap();
        let length = document.len();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{document}")
            .unwrap();
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_comes_from_a_file() {
    let mut world = with_league().await;
    let draw = held(&mut world, &[]).await;
    let status = done(&["ceremony", "status", "--server", &world.serving.url, "--draw", draw.as_str()]);
    let awaited = league::awaited(&world, &draw).round;
    assert!(status.contains("awaited") && status.contains(&format!("round {awaited} ")), "{status}");
    // Who takes part is told, once the round is published.
    let told = |world: &World| {
        let key = world.data.key("notary");
        done(&["todo", "--server", &world.serving.url, "--key", arg(&key)]).contains("beacon record")
    };
    assert!(!told(&world));
    world.wait(3 * 3_600).await;
    let dir = tempfile::tempdir().unwrap();
    let (file, key) = (dir.path().join("round.json"), world.data.key("publisher"));
    let record =
        ["beacon", "record", "--server", &world.serving.url, "--key", arg(&key), "--file", arg(&file)];
    std::fs::write(&file, "{\"round\":7}").unwrap();
    assert_eq!(run(&record).code, Some(2), "no signature");
    let wrong = format!("{{\"round\":7,\"signature\":\"{}\"}}", Hex(league::sign(7).0));
    std::fs::write(&file, wrong).unwrap();
    let refused = run(&record);
    assert!(refused.code == Some(1) && refused.err.contains("BEACON_INVALID"), "{}", refused.err);
    // The refusal is an entry, so that this ledger knows how late it is.
    assert!(told(&world));
    std::fs::write(&file, round(&world, &draw)).unwrap();
    done(&record);
    world.follow().await;
    assert_eq!(ceremony(&world, &draw).stage, Stage::Drawn);
    let shown = done(&["show", "draw", draw.as_str(), "--server", &world.serving.url]);
    assert!(shown.contains("grade_with_stamps") && shown.contains("beacons"), "{shown}");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_comes_from_the_web() {
    let mut world = with_league().await;
    let draw = held(&mut world, &[]).await;
    let url = web(round(&world, &draw));
    let key = world.data.key("notary");
    done(&["beacon", "record", "--server", &world.serving.url, "--key", arg(&key), "--url", &url]);
    world.follow().await;
    assert_eq!(ceremony(&world, &draw).stage, Stage::Drawn);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draw_is_voided_by_two_hands() {
    let mut world = World::new().await;
    world.wait(4 * crate::world::DAY).await;
    let draw = held(&mut world, &[]).await;
    let (supervisor, leader) = (world.data.key("supervisor"), world.data.key("office_leader"));
    let url = world.serving.url.clone();
    let void = |key, more: &[&str]| {
        let base = ["draw", "void", "--server", &url, "--key", arg(key), "--draw", draw.as_str()];
        run(&[&base, more].concat())
    };
    let early = void(&leader, &["--confirm"]);
    assert!(early.code != Some(0) && early.err.contains("nobody has proposed"), "{}", early.err);
    assert_eq!(void(&supervisor, &["--ground", "dislike", "--basis", "no. 7"]).code, Some(64));
    assert_eq!(void(&supervisor, &["--ground", "ordered"]).code, Some(64), "no document");
    assert_eq!(void(&supervisor, &["--ground", "ordered", "--basis", "no. 7"]).code, Some(0));
    let todo = done(&["todo", "--server", &url, "--key", arg(&leader)]);
    assert!(todo.contains("draw void"), "{todo}");
    assert_eq!(void(&supervisor, &["--confirm"]).code, Some(1), "supervision alone");
    assert_eq!(void(&leader, &["--confirm"]).code, Some(0));
    world.follow().await;
    assert_eq!(ceremony(&world, &draw).stage, Stage::Voided);
    let todo = done(&["todo", "--server", &url, "--key", arg(&leader)]);
    assert!(!todo.contains("draw void"), "{todo}");
    world.verify().await;
}
