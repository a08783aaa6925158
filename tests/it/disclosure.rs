//! The annual disclosure on the real ledger (Art. 23, D6): requested, derived, published, late, forged.

use crate::recovery::program::{arg, done, run};
use crate::world::{World, refused};
use lotbook::command::reading;
use lotbook::keyfile;
use lotbook_chain::sign::statement_message;
use lotbook_chain::{Entry, EntryHash, Instant, Position, Sealed, SigningKey};
use lotbook_domain::civil::{date_of, end_of, start_of, year_of};
use lotbook_domain::derive;
use lotbook_domain::disclosure::{DisclosureDocument, document_hash};
use lotbook_event::keys::Role;
use lotbook_event::oversight::*;
use lotbook_event::{Bytes32, Date, Event, Flag, Statement, Text};
use lotbook_verifier::{Check, Finding, Verifier};
use std::collections::{BTreeMap, BTreeSet};

const YEAR: u32 = 2026;

/// Moves to an instant.
async fn go(world: &mut World, to: Instant) {
    world.wait((to.0 - world.now.0) / Instant::SECOND).await;
    assert_eq!(world.now, to);
}

fn noon(date: &str) -> Instant {
    start_of(Date::new(date).unwrap()).plus_seconds(12 * 3_600)
}

async fn request(world: &mut World, year: u32) -> Result<(), lotbook_client::RpcError> {
    let asked = world.state("publisher", Role::Publisher, None, AnnualDisclosureRequested { year }).await;
    if asked.is_ok() { Ok(()) } else { Err(refused(asked)) }
}

fn generated(world: &World) -> (AnnualDisclosureGenerated, DisclosureDocument) {
    let (stated, document) = world.replica.state().disclosures[&YEAR].generated.clone().unwrap();
    (stated, (*document).clone())
}

fn publication(document: Bytes32) -> AnnualDisclosurePublished {
    let parts = DisclosurePartKind::ALL.iter().copied().collect();
    let receipt_ref = Text::new("门户网站 2027-1").unwrap();
    AnnualDisclosurePublished { year: YEAR, document, parts, receipt_ref }
}

async fn publish(
    world: &mut World,
    event: AnnualDisclosurePublished,
) -> Result<(), lotbook_client::RpcError> {
    let said = world.state("publisher", Role::Publisher, None, event).await;
    if said.is_ok() { Ok(()) } else { Err(refused(said)) }
}

fn flagged(world: &World, flag: Flag, subject: &str) -> Vec<String> {
    let flags = world.replica.state().flags.iter();
    flags.filter(|f| f.flag == flag && f.subject == subject).map(|f| f.detail.clone()).collect()
}

/// The year's counts from the entries alone, without the state.
struct Fold {
    draws: BTreeMap<String, (u32, Bytes32)>,
    inspections: BTreeSet<String>,
    reported: BTreeSet<String>,
    refusals: BTreeMap<String, u64>,
    recorded_at: Vec<Instant>,
}

fn fold(entries: &[Vec<u8>]) -> Fold {
    let mut fold = Fold {
        draws: BTreeMap::new(),
        inspections: BTreeSet::new(),
        reported: BTreeSet::new(),
        refusals: BTreeMap::new(),
        recorded_at: vec![],
    };
    for bytes in entries {
        let entry = Entry::decode(bytes).unwrap();
        fold.recorded_at.push(entry.recorded_at);
        let of_year = year_of(date_of(entry.recorded_at)) == YEAR;
        match Statement::decode(&entry.statement).unwrap().event {
            Event::DrawCompleted(e) if of_year => {
                fold.draws.insert(e.draw.to_string(), (e.selected, e.seed));
            }
            Event::EnterpriseAssigned(e) if of_year => {
                fold.inspections.insert(e.inspection.to_string());
            }
            Event::ReportCompleted(e) => {
                fold.reported.insert(e.inspection.to_string());
            }
            Event::StatementRefused(e) if of_year => {
                *fold.refusals.entry(e.code.to_string()).or_default() += 1
            }
            _ => {}
        }
    }
    fold
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disclosure_is_derived_after_its_year_and_says_what_the_entries_say() {
    let mut world = World::new().await;
    assert_eq!(request(&mut world, YEAR).await.unwrap_err().reason, "WRONG_PHASE");
    assert_eq!(request(&mut world, YEAR - 1).await.unwrap_err().reason, "INVALID_VALUE");
    go(&mut world, Instant(end_of(Date::new("2026-12-31").unwrap()).0 - Instant::SECOND)).await;
    assert_eq!(request(&mut world, YEAR).await.unwrap_err().reason, "WRONG_PHASE");
    world.wait(1).await;
    let size = world.size();
    request(&mut world, YEAR).await.unwrap();
    let (stated, document) = generated(&world);
    assert_eq!((stated.size, document.size, world.size()), (size, size, size + 2));
    assert_eq!(stated.document, document_hash(&document));
    let (root, ledger) = (stated.root.0.to_vec(), world.replica.state().ledger().0.to_vec());
    assert_eq!((document.root, document.ledger_id), (root, ledger));

    let entries = reading::of_server(&world.client).await.unwrap().entries;
    let fold = fold(&entries[..size as usize]);
    let draws = document.draws.unwrap();
    let drawn = draws.draws.iter().filter(|draw| draw.seed.is_some());
    let drawn: BTreeMap<_, _> = drawn
        .map(|draw| {
            (draw.draw.clone(), (draw.selected, Bytes32(draw.seed.clone().unwrap().try_into().unwrap())))
        })
        .collect();
    assert_eq!((drawn, fold.draws.len()), (fold.draws, 4), "two batches and two recusals");
    let inspections = document.inspections.unwrap();
    let listed: BTreeSet<_> = inspections.drawn.iter().map(|row| row.inspection.clone()).collect();
    assert_eq!((listed, inspections.rows, inspections.direct_rows), (fold.inspections, 16, 0));
    let reported = document.feedback.unwrap().feedback;
    assert_eq!(reported.iter().map(|row| row.inspection.clone()).collect::<BTreeSet<_>>(), fold.reported);
    assert!(!fold.reported.is_empty());
    let deviations = document.deviations.unwrap();
    let refusals: BTreeMap<_, _> = deviations.refusals.iter().map(|r| (r.code.clone(), r.recorded)).collect();
    assert_eq!(refusals, fold.refusals);
    assert_eq!(refusals["WRONG_PHASE"], 2);
    let flags: Vec<_> = world.replica.state().flags.iter().map(|f| (f.flag.as_str(), f.position.0)).collect();
    let of_year =
        flags.into_iter().filter(|(_, at)| year_of(date_of(fold.recorded_at[*at as usize])) == YEAR);
    let listed: Vec<_> = deviations.flags.iter().map(|flag| (flag.flag.as_str(), flag.position)).collect();
    assert_eq!(listed, of_year.collect::<Vec<_>>());
    assert!(!listed.is_empty());
    let rows: Vec<_> = stated.parts.iter().map(|part| part.rows).collect();
    assert_eq!(rows[..3], [draws.rows, inspections.rows, reported.len() as u64]);
    assert_eq!((rows.len(), rows[5]), (6, deviations.rows));
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_the_last_document_with_all_parts_once() {
    let mut world = World::new().await;
    go(&mut world, noon("2027-01-05")).await;
    assert_eq!(publish(&mut world, publication(Bytes32([0; 32]))).await.unwrap_err().reason, "WRONG_PHASE");
    request(&mut world, YEAR).await.unwrap();
    let first = generated(&world).0;
    world.wait(3_600).await;
    request(&mut world, YEAR).await.unwrap();
    let last = generated(&world).0;
    assert!(last.size > first.size && last.document != first.document);
    for part in DisclosurePartKind::ALL {
        let mut without = publication(last.document);
        without.parts.remove(part);
        let error = publish(&mut world, without).await.unwrap_err();
        assert_eq!((error.reason.as_str(), error.article), ("DISCLOSURE_SECTION_MISSING", 23));
        assert!(error.found.ends_with(&format!("lacks: {part}")), "{}", error.found);
    }
    assert_eq!(publish(&mut world, publication(first.document)).await.unwrap_err().reason, "INVALID_VALUE");
    let silent =
        AnnualDisclosurePublished { receipt_ref: Text::new(" ").unwrap(), ..publication(last.document) };
    assert_eq!(publish(&mut world, silent).await.unwrap_err().reason, "INVALID_VALUE");
    publish(&mut world, publication(last.document)).await.unwrap();
    assert_eq!(publish(&mut world, publication(last.document)).await.unwrap_err().reason, "ALREADY_RECORDED");
    assert_eq!(request(&mut world, YEAR).await.unwrap_err().reason, "ALREADY_RECORDED");
    // D6 is met: its end brings nothing.
    go(&mut world, noon("2027-03-02")).await;
    assert_eq!(flagged(&world, Flag::DisclosureLate, "2026"), [""; 0]);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disclosure_not_published_by_the_end_of_february_is_missed_once_and_late_when_it_comes() {
    let mut world = World::new().await;
    let due = end_of(Date::new("2027-02-28").unwrap());
    go(&mut world, Instant(due.0 - Instant::SECOND)).await;
    assert_eq!(flagged(&world, Flag::DisclosureLate, "2026"), [""; 0]);
    world.wait(1).await;
    assert_eq!(flagged(&world, Flag::DisclosureLate, "2026"), ["the deadline has passed"]);
    go(&mut world, noon("2027-03-05")).await;
    request(&mut world, YEAR).await.unwrap();
    let document = generated(&world).0.document;
    publish(&mut world, publication(document)).await.unwrap();
    let late = flagged(&world, Flag::DisclosureLate, "2026");
    assert_eq!(late[1..], ["late by 5 working days, due 2027-02-28"]);
    // It stands in the disclosure of the year in which it was late.
    go(&mut world, noon("2028-01-03")).await;
    request(&mut world, YEAR + 1).await.unwrap();
    let (_, next) = world.replica.state().disclosures[&(YEAR + 1)].generated.clone().unwrap();
    let deadlines = next.deviations.clone().unwrap().deadlines;
    let late: Vec<_> = deadlines.iter().filter(|row| row.subject == "2026").collect();
    assert_eq!((late.len(), late[0].due.as_str(), late[0].late_by), (1, "2027-02-28", 5));
    assert_eq!(next.draws.clone().unwrap().rows, 0, "an empty part is there and says so");
    // 2028 is a leap year.
    let leap = end_of(Date::new("2028-02-29").unwrap());
    go(&mut world, Instant(leap.0 - Instant::SECOND)).await;
    assert_eq!(flagged(&world, Flag::DisclosureLate, "2027"), [""; 0]);
    world.wait(1).await;
    assert_eq!(flagged(&world, Flag::DisclosureLate, "2027"), ["the deadline has passed"]);
    world.verify().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_derives_it_again_and_prints_all_parts() {
    let mut world = World::new().await;
    go(&mut world, noon("2027-01-05")).await;
    let url = world.serving.url.clone();
    let none = run(&["disclosure", "--year", "2026", "--server", &url]);
    assert_eq!(none.code, Some(2), "{}", none.out);
    assert!(none.err.contains("AnnualDisclosureRequested"), "{}", none.err);
    request(&mut world, YEAR).await.unwrap();
    let hash = data_encoding::HEXLOWER.encode(&generated(&world).0.document.0);
    let ran = run(&["disclosure", "--year", "2026", "--server", &url]);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    assert!(ran.err.contains(&hash), "{}", ran.err);
    for part in [
        "一、",
        "二、",
        "三、",
        "四、意见建议 / comments\n  1 received, 0 of them late; 15 windows",
        "五、",
        "六、",
    ] {
        assert!(ran.out.contains(part), "{part} is not in:\n{}", ran.out);
    }
    let file = world.data.dir.join("disclosure.json");
    done(&["disclosure", "--year", "2026", "--server", &url, "--json", "--out", arg(&file)]);
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert_eq!((json["draws"]["rows"].as_u64(), json["comments"]["rows"].as_u64()), (Some(4), Some(16)));
    assert_eq!(json["inspections"]["drawn"].as_array().unwrap().len(), 16);
    world.verify().await;
}

/// Entries from a position on, made to follow what stands before, until the verifier finds something.
fn verdict(before: &[Vec<u8>], then: Vec<(Entry, Statement)>, system: &SigningKey) -> Result<(), Finding> {
    let mut verifier = Verifier::new([]);
    before.iter().for_each(|entry| verifier.entry(entry).unwrap());
    let ledger = verifier.state().ledger();
    let (mut size, mut previous) = (before.len() as u64, verifier.state().head.hash);
    for (mut entry, statement) in then {
        (entry.position, entry.previous, entry.statement) = (Position(size), previous, statement.encode());
        if entry.author == system.public().key_id() {
            entry.signature = system.sign(&statement_message(ledger, &entry.statement));
        }
        let sealed = Sealed::seal(entry, statement).unwrap();
        verifier.entry(&sealed.bytes)?;
        (size, previous) = (size + 1, sealed.hash);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disclosure_with_another_count_or_left_out_is_found() {
    let mut world = World::new().await;
    go(&mut world, noon("2027-01-05")).await;
    request(&mut world, YEAR).await.unwrap();
    let stated = generated(&world).0;
    publish(&mut world, publication(stated.document)).await.unwrap();
    world.serving.stop().await.unwrap();
    let entries = reading::of_data_dir(&world.data).unwrap().entries;
    let system = keyfile::read(&world.data.key("system")).unwrap();
    let at = stated.size as usize + 1;
    let decoded = |bytes: &Vec<u8>| {
        let entry = Entry::decode(bytes).unwrap();
        let statement = Statement::decode(&entry.statement).unwrap();
        (entry, statement)
    };
    let (before, then) = entries.split_at(at);
    let then: Vec<_> = then.iter().map(decoded).collect();
    verdict(before, then.clone(), &system).expect("the true log");
    let cause: EntryHash = lotbook_chain::entry::entry_hash(&before[at - 1]);
    let changes: [fn(&mut AnnualDisclosureGenerated); 4] =
        [|e| e.parts[0].rows -= 1, |e| e.parts[5].rows += 1, |e| e.document.0[9] ^= 1, |e| e.size -= 1];
    for change in changes {
        let mut forged = then.clone();
        let mut event = stated.clone();
        change(&mut event);
        forged[0].1 = derive(cause, 0, forged[0].0.recorded_at, event.into());
        let found = verdict(before, forged, &system).unwrap_err();
        assert_eq!((found.position, found.check), (at as u64, Check::Derived), "{found}");
        assert!(found.what.contains("AnnualDisclosureGenerated is not, byte for byte"), "{found}");
    }
    let found = verdict(before, then[1..].to_vec(), &system).unwrap_err();
    assert_eq!((found.position, found.check), (at as u64, Check::Derived), "{found}");
    assert!(
        found.what.contains("AnnualDisclosureGenerated must follow here by rule and is left out"),
        "{found}"
    );
}
