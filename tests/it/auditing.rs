//! docs/auditing.md, from nothing to a verdict: every command on the page is run, in its order, on a ledger that is
//! served by a process of its own and cosigned by two witness processes.

use crate::recovery::program::{Process, Server, arg, done, own_port, run};
use std::collections::BTreeMap;
use std::path::Path;

/// Starts a witness process; gives its line of a policy.
fn witness(dir: &Path, name: &str, log: &str) -> (Process, String) {
    let (key, state, port) = (dir.join(format!("{name}.key")), dir.join(name), own_port());
    done(&["key", "new", arg(&key)]);
    let vkey = done(&["witness", "show", "--key", arg(&key), "--name", name]);
    let listen = format!("127.0.0.1:{port}");
    let args = ["witness", "serve", "--state", arg(&state), "--key", arg(&key), "--name", name];
    let args: Vec<_> = args.into_iter().chain(["--listen", &listen, "--log", log]).collect();
    (Process::start(&args, "  on    "), format!("witness {name} {} http://{listen}\n", vkey.trim()))
}

/// The commands on the page, in order.
fn commands(page: &str) -> Vec<&str> {
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let commands: Vec<_> = blocks.flat_map(str::lines).filter(|line| !line.is_empty()).collect();
    assert!(commands.iter().all(|command| command.starts_with("lotbook ")), "{commands:?}");
    commands
}

/// A command as words, its variables replaced.
fn words(command: &str, values: &BTreeMap<&str, String>) -> Vec<String> {
    let word = |word: &str| {
        // The longest name first: $WORK/$ID has two.
        let mut names: Vec<_> = values.keys().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let filled = names
            .iter()
            .fold(word.to_owned(), |word, name| word.replace(&format!("${name}"), &values[*name]));
        assert!(!filled.contains('$'), "{filled} has a variable that the test does not know");
        filled
    };
    command.split(' ').skip(1).map(word).collect()
}

/// A statement that the rules refuse, kept with the ledger's word for it; gives its id.
fn refused(data: &Path, server: &str, keep: &Path) -> String {
    let key = data.join("keys/section_officer-S02.key");
    let args = ["submit", "--server", server, "--key", arg(&key), "--event", "ItemWithdrawn"];
    let fields = ["--set", "item=K07", "--set", "reason=试图代撤他科事项", "--role", "section_officer"];
    let args = args.into_iter().chain(fields).chain(["--section", "S02", "--keep", arg(keep)]);
    let ran = run(&args.collect::<Vec<_>>());
    assert!(ran.code == Some(1) && ran.err.contains("OTHER_SECTION"), "{ran:?}");
    let mut files = std::fs::read_dir(keep).unwrap().map(|entry| entry.unwrap().path());
    let refusal = files.find(|path| path.extension().is_some_and(|kind| kind == "refusal")).unwrap();
    refusal.file_stem().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn the_page_takes_an_auditor_from_nothing_to_a_verdict() {
    let dir = tempfile::tempdir().unwrap();
    let (data, work, tiles) = (dir.path().join("ledger"), dir.path().join("work"), dir.path().join("tiles"));
    done(&["demo", "--data", arg(&data), "--json"]);
    let identity: serde_json::Value =
        serde_json::from_str(&done(&["show", "identity", "--data", arg(&data), "--json"])).unwrap();
    let vkey = identity["vkey"].as_str().unwrap();
    let (one, first) = witness(dir.path(), "one.example", vkey);
    let (two, second) = witness(dir.path(), "two.example", vkey);
    let policy = dir.path().join("policy");
    std::fs::write(&policy, format!("{first}{second}group both all one.example two.example\nquorum both\n"))
        .unwrap();
    let http = own_port();
    let config = dir.path().join("lotbook.toml");
    std::fs::write(&config, format!("http = \"127.0.0.1:{http}\"\nwitnesses = \"policy\"\n")).unwrap();
    let server = Server::start(&data, &["--simulated", "--config", arg(&config)]).unwrap();
    std::fs::create_dir(&work).unwrap();
    let id = refused(&data, &server.url, &work);
    let tiles_url = format!("http://127.0.0.1:{http}");
    until_published(&tiles_url, server.entries + 1);
    done(&["export", "--data", arg(&data), "--tiles", arg(&tiles)]);

    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/auditing.md")).unwrap();
    let values = BTreeMap::from([
        ("SERVER", server.url.clone()),
        ("HOST", server.url.trim_start_matches("http://").to_owned()),
        ("VKEY", vkey.to_owned()),
        ("POLICY", arg(&policy).to_owned()),
        ("TILES_URL", tiles_url),
        ("TILES_DIR", arg(&tiles).to_owned()),
        ("DATA", arg(&data).to_owned()),
        ("WORK", arg(&work).to_owned()),
        ("ID", id),
    ]);
    let commands = commands(&page);
    assert_eq!(commands.len(), 12, "the page has other commands than were counted");
    for command in commands {
        let words = words(command, &values);
        let told = done(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let expected = match words[0].as_str() {
            "show" => "witnesses  2 of [one.example, two.example]",
            "verify" if words.contains(&"--refusal".to_owned()) => "confirmed: the rules refuse",
            "verify" => "  witness  one.example at ",
            "receipt" if words[1] == "verify" => "  witnessed   two.example at ",
            "receipt" => "receipt of entry 3",
            "monitor" => "good: ",
            "key" => "",
            "witness" => "witness.example+",
            other => panic!("{other} is not expected on the page"),
        };
        assert!(told.contains(expected), "{command} said {told}, without {expected:?}");
    }
    server.down();
    one.kill();
    two.kill();
}

/// Waits until the published checkpoint holds so many entries.
fn until_published(tiles: &str, size: u64) {
    let source = tiles.parse::<lotbook_tlog::Location>().unwrap().open();
    for _ in 0..1_200 {
        let note = source.checkpoint().ok();
        if note.is_some_and(|note| note.lines().nth(1).unwrap().parse::<u64>().unwrap() >= size) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("nothing of {size} entries is published");
}
