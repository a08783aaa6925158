//! How fast a roster of 100,000 enterprises is imported: by the real program from the real server, each a
//! process of its own. `cargo bench -p lotbook-tests --bench import [-- ROWS]`; docs/performance.md has the
//! figures.
//!
//! Beside it, measured in the same run on one core, what no import can do without: to parse the file, to check
//! its codes, and to sign and verify the statements.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

// For its allocator, which is the one that users get.
use lotbook as _;

use lotbook_chain::SigningKey;
use lotbook_event::{Event, Uscc};
use lotbook_import::{Known, Options, import};
use std::fmt::Write;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

const PROGRAM: &str = env!("CARGO_BIN_EXE_lotbook-under-test");
/// Rows, unless the command line says otherwise.
const ROWS: usize = 100_000;
/// Seconds that an import of so many rows may take, comparing and stating together.
const LIMIT_S: f64 = 20.0;

fn main() {
    let rows = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(ROWS);
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("ledger"), dir.path().join("roster.csv"));
    std::fs::write(&file, roster(rows, 0)).unwrap();
    done(&["demo", "--data", path(&data), "--json"]);
    let (mut server, url) = serve(&data);
    let key = data.join("keys/registrar.key");
    let import = |more: &[&str], file: &Path| {
        seconds(|| drop(done(&[&["import", "--server", &url], more, &[path(file)]].concat())))
    };
    let with_key = ["--key", path(&key)];
    println!("{rows} enterprises, {} bytes", std::fs::metadata(&file).unwrap().len());
    let bare = limits(&file);
    let looked = import(&["--dry-run"], &file);
    tell("dry run, all new", rows, looked, bare);
    let stated = import(&with_key, &file);
    tell("import, all new", rows, stated, bare);
    let compared = import(&["--dry-run"], &file);
    tell("dry run, all known", rows, compared, bare);
    std::fs::write(&file, roster(rows, rows / 10)).unwrap();
    let changed = import(&with_key, &file);
    tell("import, a tenth changed", rows, changed, bare);
    server.kill().unwrap();
    server.wait().unwrap();
    let both = looked + stated;
    println!("dry run and import together: {both:.1} s, of {LIMIT_S} s allowed");
    assert!(rows > ROWS || both < LIMIT_S, "too slow");
}

fn tell(what: &str, rows: usize, seconds: f64, bare: f64) {
    let rate = rows as f64 / seconds;
    println!("{what:<24} {seconds:>6.2} s {rate:>9.0} rows/s {:>5.1} times the limit", seconds / bare);
}

fn seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

/// What parsing, checking, signing and verifying alone cost, in seconds on one core.
fn limits(file: &Path) -> f64 {
    let bytes = std::fs::read(file).unwrap();
    let parse = seconds(|| {
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let codes = reader.records().filter(|row| Uscc::conforming(&row.as_ref().unwrap()[0]).is_ok());
        assert!(codes.count() > 0);
    });
    let files = [("enterprises.csv".to_owned(), bytes)];
    let drafts = import(&files, &Known::default(), &Options::default(), &mut || [7; 32]).drafts;
    let statements: Vec<Vec<u8>> = drafts.iter().map(|draft| statement(&draft.event)).collect();
    let key = SigningKey::from_seed(&[7; 32]);
    let sign = seconds(|| {
        for statement in &statements {
            key.public().verify(statement, &key.sign(statement)).unwrap();
        }
    });
    println!(
        "limit: parse and check codes {parse:.3} s, sign and verify {} statements {sign:.3} s",
        statements.len()
    );
    parse + sign
}

fn statement(event: &Event) -> Vec<u8> {
    lotbook_event::Statement {
        id: lotbook_event::StatementId([1; 16]),
        stated_at: lotbook_chain::Instant(1),
        role: lotbook_event::keys::Role::Registrar,
        section: None,
        expected_position: None,
        event: event.clone(),
    }
    .encode()
}

/// A roster with the columns of the sample, restricted ones too; of the first `moved` rows the address is another.
fn roster(rows: usize, moved: usize) -> String {
    let mut csv = String::from(
        "统一社会信用代码,企业名称,对象类别,行业代码,行政区划代码,行政区划,住所,法定代表人,联系电话,登记状态,信用风险等级,信用状态,状态认定日期,守信企业,入库日期\n",
    );
    for n in 0..rows {
        let (district, area) = [("源汇区", "411102"), ("郾城区", "411103"), ("临颍县", "411122")][n % 3];
        let street = if n < moved { "迁址路" } else { "样例路" };
        let (status, since) = if n % 16 == 0 { ("经营异常", "2025-04-08") } else { ("正常", "") };
        let risk = ["A", "B", "C", "D"][n % 4];
        writeln!(
            csv,
            "{},漯河样例第{n}物业服务有限公司,物业服务企业,7020,{area},{district},河南省漯河市{district}{street}{n}号,拟某,000-{n:08},存续,{risk},{status},{since},否,2026-01-05",
            code(area, n)
        )
        .unwrap();
    }
    csv
}

const SET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A credit code that passes its check: `XN` is a prefix that no registrar issues.
fn code(area: &str, n: usize) -> String {
    let body = format!("XN{n:06}");
    let weights = [3, 7, 9, 10, 5, 8, 4, 2];
    let digits = body.chars().map(|c| c.to_digit(36).unwrap());
    let sum: u32 = digits.zip(weights).map(|(digit, weight)| digit * weight).sum();
    let check = match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10).unwrap(),
    };
    let front = format!("91{area}{body}{check}");
    let last = SET.chars().find(|last| Uscc::conforming(format!("{front}{last}")).is_ok()).unwrap();
    format!("{front}{last}")
}

fn serve(data: &Path) -> (Child, String) {
    let mut child = Command::new(PROGRAM)
        .args(["serve", "--data", path(data), "--listen", "127.0.0.1:0", "--simulated"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let (_, url) = line.trim().split_once(" entries on ").unwrap();
    let url = url.to_owned();
    (child, url)
}

fn done(args: &[&str]) -> Vec<u8> {
    let output = Command::new(PROGRAM).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}
