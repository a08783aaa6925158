//! The real thing: a serving process, three witness processes, a quorum of two, and SIGKILL.

use crate::recovery::program::{Process, Server, arg, done, init, own_port};
use lotbook_chain::{Checkpoint, Policy, VerifierKey};
use lotbook_tlog::{Location, Source};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

struct Witness {
    dir: std::path::PathBuf,
    name: String,
    port: u16,
    process: Option<Process>,
}

impl Witness {
    fn new(dir: &Path, n: usize) -> Self {
        let dir = dir.join(format!("witness-{n}"));
        std::fs::create_dir(&dir).unwrap();
        done(&["key", "new", arg(&dir.join("key"))]);
        Self { dir, name: format!("w{n}.example"), port: own_port(), process: None }
    }

    fn line(&self, n: usize) -> String {
        let vkey = done(&["witness", "show", "--key", arg(&self.dir.join("key")), "--name", &self.name]);
        format!("witness w{n} {} http://127.0.0.1:{}\n", vkey.trim(), self.port)
    }

    fn start(&mut self, log: &VerifierKey) {
        let (state, key) = (self.dir.join("state"), self.dir.join("key"));
        let listen = format!("127.0.0.1:{}", self.port);
        let args = ["witness", "serve", "--state", arg(&state), "--key", arg(&key), "--name", &self.name];
        let args = args.into_iter().chain(["--listen", &listen, "--log"]);
        let vkey = log.to_string();
        let args: Vec<&str> = args.chain([vkey.as_str()]).collect();
        self.process = Some(Process::start(&args, "  on    "));
    }

    fn kill(&mut self) {
        self.process.take().unwrap().kill();
    }
}

/// Waits until a checkpoint beyond a size is shown, and opens it under the policy.
fn shown_beyond(source: &Arc<dyn Source>, size: u64, policy: &Policy, log: &VerifierKey) -> Checkpoint {
    for _ in 0..1_200 {
        if let Ok(note) = source.checkpoint() {
            let witnessed = policy.open_of(&note, log).unwrap();
            if witnessed.checkpoint.size > size {
                return witnessed.checkpoint;
            }
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nothing beyond {size} entries is published");
}

#[test]
fn a_ledger_publishes_through_two_of_three_witness_processes_while_they_are_killed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("ledger");
    init(&data);
    let identity: serde_json::Value =
        serde_json::from_str(&done(&["show", "identity", "--data", arg(&data), "--json"])).unwrap();
    let log: VerifierKey = identity["vkey"].as_str().unwrap().parse().unwrap();
    let mut witnesses: Vec<Witness> = (0..3).map(|n| Witness::new(dir.path(), n)).collect();
    let lines: String = witnesses.iter().enumerate().map(|(n, witness)| witness.line(n)).collect();
    let text = format!("{lines}group two 2 w0 w1 w2\nquorum two\n");
    std::fs::write(dir.path().join("witnesses.policy"), &text).unwrap();
    let policy: Policy = text.parse().unwrap();
    let http = own_port();
    let config = format!("http = \"127.0.0.1:{http}\"\nwitnesses = \"witnesses.policy\"\n");
    std::fs::write(dir.path().join("lotbook.toml"), config).unwrap();
    let mut server = Server::start(&data, &["--config", arg(&dir.path().join("lotbook.toml"))]).unwrap();
    let source = format!("http://127.0.0.1:{http}").parse::<Location>().unwrap().open();
    assert!(source.checkpoint().is_err(), "published without any witness");

    witnesses.iter_mut().for_each(|witness| witness.start(&log));
    let mut published = shown_beyond(&source, 0, &policy, &log).size;
    let administrator = data.join("keys/administrator.key");
    for round in 0..6_usize {
        // One is down whenever the next head comes; which one, changes.
        let down = round % 3;
        witnesses[down].kill();
        state_something(&server.url, arg(&administrator), round);
        published = shown_beyond(&source, published, &policy, &log).size;
        witnesses[down].start(&log);
        if round == 3 {
            // The ledger, too.
            server.kill();
            server = Server::start(&data, &["--config", arg(&dir.path().join("lotbook.toml"))]).unwrap();
            let after = policy.open_of(&source.checkpoint().unwrap(), &log).unwrap().checkpoint.size;
            assert!(after >= published, "{published} entries were published, {after} are");
        }
    }
    let url = format!("http://127.0.0.1:{http}");
    let file = dir.path().join("witnesses.policy");
    let told = done(&["verify", &url, "--vkey", &log.to_string(), "--policy", arg(&file)]);
    assert!(told.contains("witness ") && told.contains("within 5 minutes"), "{told}");
    server.down();
}

/// A key registered by the administrator: an entry that any new ledger takes.
fn state_something(url: &str, administrator: &str, round: usize) {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("key");
    done(&["key", "new", arg(&key)]);
    let person = format!("第{round}人");
    let args = ["key", "show", arg(&key), "--register-at", url, "--role", "registrar", "--person", &person];
    let fields = done(&args);
    let from = dir.path().join("registration.json");
    std::fs::write(&from, fields).unwrap();
    done(&["key", "register", "--server", url, "--key", administrator, "--from", arg(&from)]);
}
