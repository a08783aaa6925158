//! Import as it really comes (Arts. 8, 10, 11), through the real program and gRPC: the dirty file as CSV and as
//! a workbook, what a dry run lists, what goes on the ledger; codes that fail their check; sole traders.

use crate::recovery::program::{Ran, arg, run};
use crate::steps::{no, office, text};
use crate::tamper::forger::{Act, only};
use crate::tamper::played::played;
use crate::world::World;
use lotbook_chain::{Entry, SigningKey};
use lotbook_event::keys::Role;
use lotbook_event::registry::{Enterprise, EnterpriseEnrolled, EnterpriseUpdated, RosterImported};
use lotbook_event::{Event, Flag, Statement, Uscc};
use lotbook_verifier::Check;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::Value;
use std::path::{Path, PathBuf};

const REGISTRAR: Role = Role::Registrar;
/// A code of the pilot of 2015, lawful, whose check character is wrong (rules.md 2).
const PILOT: &str = "91350203M0001FUE2P";

fn dirty() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample/enterprises_dirty_gbk.csv")
}

/// The dirty file as a workbook with a merged title; the code that a spreadsheet took for a number is one.
fn workbook(dir: &Path) -> PathBuf {
    let bytes = std::fs::read(dirty()).unwrap();
    let csv = encoding_rs::GB18030.decode(&bytes).0;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.merge_range(0, 0, 0, 10, "企业名录", &Format::new()).unwrap();
    for (row, record) in (1..).zip(reader.records()) {
        for (column, cell) in (0..).zip(&record.unwrap()) {
            match cell {
                "9.14111E+17" => sheet.write_number(row, column, 914_111_000_000_000_000_f64).unwrap(),
                text => sheet.write_string(row, column, text).unwrap(),
            };
        }
    }
    let path = dir.join("企业名录.xlsx");
    book.save(&path).unwrap();
    path
}

fn import(world: &World, more: &[&str], file: &Path) -> Ran {
    let (url, key) = (world.serving.url.clone(), world.data.key("registrar"));
    run(&[&["import", "--server", &url, "--key", arg(&key)], more, &[arg(file)]].concat())
}

fn lines(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What the lines of a report say of each row, without the file's name and its lines.
fn of_rows(lines: &[Value]) -> Vec<Value> {
    let of_row = |line: &&Value| line["row"].as_u64().is_some_and(|row| row > 0);
    let bare = |line: &Value| {
        let mut line = line.as_object().unwrap().clone();
        line.retain(|key, _| key != "file" && key != "line");
        Value::Object(line)
    };
    lines.iter().filter(of_row).map(bare).collect()
}

/// What is on the ledger from a position on.
fn events(world: &World, from: u64) -> Vec<Event> {
    let entries = lotbook::command::reading::of_data_dir(&world.data).unwrap().entries;
    let event = |bytes: &Vec<u8>| Statement::decode(&Entry::decode(bytes).unwrap().statement).unwrap().event;
    entries.iter().skip(usize::try_from(from).unwrap()).map(event).collect()
}

fn closed(events: &[Event]) -> Vec<&RosterImported> {
    let mut closed = vec![];
    for event in events {
        if let Event::RosterImported(of_file) = event {
            closed.push(of_file);
        }
    }
    closed
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dirty_file_is_listed_row_by_row_and_a_workbook_of_it_alike() {
    let world = World::new().await;
    let book = workbook(&world.data.dir);
    let before = world.size();
    let [csv, xlsx] = [dirty(), book].map(|file| import(&world, &["--dry-run", "--json"], &file));
    assert_eq!((csv.code, xlsx.code), (Some(3), Some(3)), "{} {}", csv.err, xlsx.err);
    assert_eq!(of_rows(&lines(&csv)), of_rows(&lines(&xlsx)));
    let counts = lines(&xlsx).pop().unwrap();
    for (count, n) in
        [("rows", 12), ("added", 0), ("changed", 2), ("unchanged", 7), ("repaired", 7), ("rejected", 3)]
    {
        assert_eq!(counts[count], n, "{count}: {counts}");
    }
    assert_eq!(counts["dropped_columns"][0]["name"], "法定代表人");
    let people = import(&world, &["--dry-run"], &dirty());
    for said in [
        "row 11 (line 12): changed 变更 91411104XN00001197: 信用风险等级 `B` -> ``",
        "守信企业 `` -> `守信企业 2026-01-05`",
        "unchanged 未变: rows 1-2, 4, 6, 8-10",
        "restricted column dropped, never on the ledger 受限栏目已剔除,不入账本: 联系电话 (12 cells 格)",
        "repaired 修正 to `存续`",
        "rejected 拒收: a spreadsheet made a number of the code",
    ] {
        assert!(people.out.contains(said), "{said}: {}", people.out);
    }
    assert!(!people.out.contains("000-"), "no telephone number is ever printed");
    assert_eq!(events(&world, before).len(), 0, "a dry run states nothing");
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_good_rows_of_a_workbook_and_its_counts_go_on_the_ledger() {
    let mut world = World::new().await;
    let book = workbook(&world.data.dir);
    let before = world.size();
    let ran = import(&world, &[], &book);
    assert_eq!(ran.code, Some(3), "{}", ran.err);
    let events = events(&world, before);
    let names: Vec<_> = events.iter().map(Event::name).collect();
    // The rest of the good rows is on the ledger already.
    assert_eq!(names, ["EnterpriseUpdated", "StatusRecorded", "RosterImported"]);
    let closed = closed(&events);
    let RosterImported { rows, added, changed, unchanged, repaired, rejected, sealed, .. } = *closed[0];
    assert_eq!((rows, added, changed, unchanged, repaired, rejected, sealed), (12, 0, 2, 7, 7, 3, true));
    assert_eq!(closed[0].file.as_str(), "企业名录.xlsx");
    // Whoever holds the file and the salt beside the key can prove that it is the one.
    let kept = std::fs::read_dir(world.data.dir.join("keys")).unwrap().map(|entry| entry.unwrap().path());
    let sealed: Vec<Value> = kept
        .filter(|path| path.to_string_lossy().ends_with(".sealed.json"))
        .flat_map(|path| serde_json::from_slice::<Vec<Value>>(&std::fs::read(path).unwrap()).unwrap())
        .collect();
    let of_file = sealed.iter().find(|value| value["about"] == "企业名录.xlsx").unwrap();
    let salt = data_encoding::HEXLOWER.decode(of_file["salt"].as_str().unwrap().as_bytes()).unwrap();
    let commitment = lotbook_import::seal::commit(&salt.try_into().unwrap(), &std::fs::read(&book).unwrap());
    assert_eq!(commitment, closed[0].file_hash);
    let again = lines(&import(&world, &["--dry-run", "--json"], &dirty())).pop().unwrap();
    assert_eq!((&again["unchanged"], &again["rejected"]), (&9.into(), &3.into()), "{again}");
    world.follow().await;
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_row_is_told_field_by_field_and_nothing_ends_unless_the_file_is_complete() {
    let world = World::new().await;
    let sample = std::fs::read_to_string(dirty().with_file_name("enterprises.csv")).unwrap();
    let fewer: Vec<_> = sample.lines().take(500).collect();
    let file = world.data.dir.join("enterprises.csv");
    std::fs::write(&file, fewer.join("\n").replacen(",存续,D,", ",注销,D,", 1)).unwrap();
    let ran = import(&world, &["--dry-run"], &file);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.out.contains("登记状态 `存续` -> `注销`"), "{}", ran.out);
    assert!(ran.out.contains("changed 变更 1, unchanged 未变 498, ended 终止 0"), "{}", ran.out);
    let complete = import(&world, &["--dry-run", "--complete"], &file);
    assert!(complete.out.contains("登记状态 `存续` -> `移出名录`"), "{}", complete.out);
    world.verify().await;
}

/// A row with this code that breaks no rule, if the code does not.
fn firm(code: &str) -> Enterprise {
    Enterprise {
        uscc: Uscc::new(code).unwrap(),
        name: text("样例公司"),
        kind: text("建设单位"),
        area: lotbook_event::AreaCode::new("411102").unwrap(),
        industry: text("7010"),
        address: text(""),
        registration: text("存续"),
        risk_class: text(""),
        enrolled_on: lotbook_event::Date::new("2026-09-01").unwrap(),
        nonconforming: text(""),
    }
}

fn enrolled(row: Enterprise) -> EnterpriseEnrolled {
    EnterpriseEnrolled { rows: vec![row] }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_fails_its_check_is_enrolled_by_a_signed_override_and_flagged() {
    let mut world = World::new().await;
    let file = world.data.dir.join("pilot.csv");
    let row = format!("{PILOT},样例试点公司,建设单位,411102,存续,2026-09-01");
    std::fs::write(
        &file,
        format!("统一社会信用代码,企业名称,对象类别,行政区划代码,登记状态,入库日期\n{row}\n"),
    )
    .unwrap();
    let rejected = import(&world, &[], &file);
    assert_eq!(rejected.code, Some(3), "{}", rejected.err);
    assert!(rejected.out.contains("--nonconforming CODE=REASON"), "{}", rejected.out);
    for wrong in [PILOT, "91350203M0001FUE2P=", "91411102XN0000012Y=reason", "x=reason"] {
        assert_eq!(import(&world, &["--nonconforming", wrong], &file).code, Some(64), "{wrong}");
    }
    let told = format!("{PILOT}=2015年试点赋码");
    let done = import(&world, &["--nonconforming", &told], &file);
    assert_eq!(done.code, Some(0), "{} {}", done.out, done.err);
    world.follow().await;
    let flags = &world.replica.state().flags;
    let of_code = flags.iter().filter(|flag| flag.flag == Flag::NonconformingUscc);
    let flagged: Vec<_> = of_code.map(|flag| (flag.subject.as_str(), flag.detail.as_str())).collect();
    assert_eq!(flagged, [(PILOT, "2015年试点赋码")]);
    // The ledger has the reason now: nobody need give it again.
    assert_eq!(import(&world, &["--dry-run"], &file).code, Some(0));
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_takes_no_wrong_code_without_a_reason_and_no_reason_for_a_right_one() {
    let mut world = World::new().await;
    let overridden = |code: &str| Enterprise { nonconforming: text("试点赋码"), ..firm(code) };
    let good = sole_trader();
    for (row, why) in [
        (firm(PILOT), "wrong last check character"),
        (Enterprise { nonconforming: text("　 "), ..firm(PILOT) }, "wrong last check character"),
        (overridden(&good), "needs no override"),
    ] {
        let (code, found) = no(&mut world, REGISTRAR, None, enrolled(row)).await;
        assert_eq!(code, "INVALID_VALUE", "{found}");
        assert!(found.contains(why), "{found}");
    }
    office(&mut world, REGISTRAR, None, enrolled(overridden(PILOT))).await;
    let updated = |row| EnterpriseUpdated { rows: vec![row] };
    assert_eq!(no(&mut world, REGISTRAR, None, updated(firm(PILOT))).await.0, "INVALID_VALUE");
    office(&mut world, REGISTRAR, None, updated(overridden(PILOT))).await;
    world.verify().await;
}

/// A sole trader's code that passes its check.
fn sole_trader() -> String {
    let set = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut codes = set.chars().map(|last| format!("92411102XN0000012{last}"));
    codes.find(|code| Uscc::conforming(code).is_ok()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_sole_trader_is_never_on_the_ledger() {
    let mut world = World::new().await;
    let at_home = Enterprise { address: text("样例路1号"), ..firm(&sole_trader()) };
    let (code, found) = no(&mut world, REGISTRAR, None, enrolled(at_home)).await;
    assert_eq!(code, "RESTRICTED_FIELD_IN_PUBLICATION");
    assert!(found.contains("natural person"), "{found}");
    office(&mut world, REGISTRAR, None, enrolled(firm(&sole_trader()))).await;
    world.verify().await;
}

/// The first enrolment of the played year with its first row changed, stated by the registrar.
fn forged(change: impl Fn(&mut Enterprise)) -> (usize, Event) {
    let at = played().first("EnterpriseEnrolled");
    let Event::EnterpriseEnrolled(mut event) = played().event(at).clone() else { panic!("not enrolled") };
    change(&mut event.rows[0]);
    (at, event.into())
}

type Change = fn(&mut Enterprise);

#[test]
fn a_verifier_finds_a_code_or_an_address_that_the_ledger_should_have_refused() {
    let cases: [(Change, &str); 3] = [
        (|row| row.uscc = Uscc::new(PILOT).unwrap(), "INVALID_VALUE"),
        (|row| row.nonconforming = text("试点赋码"), "INVALID_VALUE"),
        (|row| row.uscc = Uscc::new(sole_trader()).unwrap(), "RESTRICTED_FIELD_IN_PUBLICATION"),
    ];
    for (change, code) in cases {
        let (at, event) = forged(change);
        let key = || SigningKey::from_seed(&played().people["registrar"].seed());
        let log = only(at, |_| Act::Restate(event.clone(), Box::new(key())));
        log.is_found(at, Check::Decision, &[code]);
    }
}
