//! The real program as a process of its own: run to its end, or served; what is left is always killed.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lotbook-under-test");

/// How a run of the program ended.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// Runs the program to its end.
pub fn run(args: &[&str]) -> Ran {
    let ended = Command::new(PROGRAM).args(args).stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: ended.status.code(), out: text(ended.stdout), err: text(ended.stderr) }
}

/// Runs the program, which must end well; gives what it printed.
pub fn done(args: &[&str]) -> String {
    let ran = run(args);
    assert_eq!(ran.code, Some(0), "{args:?} failed: {}{}", ran.out, ran.err);
    ran.out
}

/// A path as an argument.
pub fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Makes a ledger with a real clock, of the sample office.
pub fn init(data: &Path) {
    let office = concat!(env!("CARGO_MANIFEST_DIR"), "/sample/office.toml");
    done(&["init", "--data", arg(data), "--office", office]);
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A port for a server that comes and goes: outside the range from which the system gives ports to whoever asks for
/// any, so that nobody takes it while the server is down; another one at each call.
pub fn own_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Test binaries may run side by side.
    let first = u16::try_from(std::process::id() % 80).unwrap() * 200;
    loop {
        let port = 12_000 + first + NEXT.fetch_add(1, Ordering::SeqCst) % 200;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A process that serves something other than a ledger; killed when dropped.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts the program, and waits until it prints a line that begins with these words.
    pub fn start(args: &[&str], words: &str) -> Self {
        let mut child =
            Command::new(PROGRAM).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().starts_with(words)), "it ended without the line");
        Self { child }
    }

    /// SIGKILL, now.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A serving process; killed when dropped.
pub struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    err: File,
    /// Entries it said it serves.
    pub entries: u64,
    /// Where it listens.
    pub url: String,
}

impl Server {
    /// Starts the process without waiting for anything.
    pub fn spawn(data: &Path, more: &[&str]) -> Self {
        let err = tempfile::tempfile().unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--data", arg(data), "--listen", "127.0.0.1:0"])
            .args(more)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(err.try_clone().unwrap())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out, err, entries: 0, url: String::new() }
    }

    /// Starts to serve; gives how the process ended if it does not.
    pub fn start(data: &Path, more: &[&str]) -> Result<Self, Ran> {
        let mut server = Self::spawn(data, more);
        let mut line = String::new();
        server.out.read_line(&mut line).unwrap();
        let said = line.strip_prefix("serving ").and_then(|rest| rest.trim().split_once(" entries on "));
        match said {
            Some((entries, url)) => {
                server.entries = entries.parse().unwrap();
                server.url = url.to_owned();
                Ok(server)
            }
            None => {
                let status = server.ended();
                Err(server.ran(status, line))
            }
        }
    }

    /// Starts to serve, which must work.
    pub fn up(data: &Path) -> Self {
        Self::start(data, &[]).unwrap_or_else(|ran| panic!("it does not serve: {ran:?}"))
    }

    /// SIGKILL, now.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM; the process must end by itself. Gives how.
    pub fn stop(mut self) -> Ran {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let status = self.ended();
        self.ran(status, String::new())
    }

    /// Stops, which must be clean.
    pub fn down(self) {
        let ran = self.stop();
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }

    /// Waits for the process's end; a minute is for ever.
    fn ended(&mut self) -> ExitStatus {
        for _ in 0..6_000 {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.child.kill().ok();
        panic!("the server did not end by itself");
    }

    fn ran(&mut self, status: ExitStatus, mut out: String) -> Ran {
        self.out.read_to_string(&mut out).unwrap();
        let mut err = String::new();
        self.err.rewind().unwrap();
        self.err.read_to_string(&mut err).unwrap();
        Ran { code: status.code(), out, err }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Numbers that look random and come again with the same seed (splitmix64).
pub struct Random(pub u64);

impl Random {
    /// Seeded by `LOTBOOK_TEST_SEED`, else by the clock; prints the seed.
    pub fn announced(what: &str) -> Self {
        let given = std::env::var("LOTBOOK_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| u64::try_from(lotbook::stating::now().0).unwrap());
        println!("{what}: LOTBOOK_TEST_SEED={seed}");
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    /// One of a list.
    pub fn one<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[usize::try_from(self.below(list.len() as u64)).unwrap()]
    }
}
