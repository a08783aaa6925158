//! docs/protocol.md against the code: its worked draw recomputed value by value, its clause numbers.

use lotbook_draw::assign::{MAX_TRIES, Plan};
use lotbook_draw::quota::eligible_per_stratum;
use lotbook_draw::{
    Certificate, Committer, Hex, Quota, Seed, Selected, Stage, StageKey, Ticket, commitment, seed,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The vector that the page walks through.
const VECTOR: &str = "tests/vectors/draw/tier1-even.json";

/// Label to value, as they stand in the page's `worked` blocks.
type Values = BTreeMap<String, String>;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/protocol.md")).unwrap()
}

/// Every `label = value` line within the fenced blocks that are marked `worked`.
fn stated(page: &str) -> Values {
    let mut values = Values::new();
    let mut inside = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(mark) => inside = !inside && mark.trim() == "worked",
            None if inside && !line.trim().is_empty() => {
                let (label, value) = line.split_once(" = ").unwrap_or_else(|| panic!("no value: {line}"));
                let twice = values.insert(label.trim().to_owned(), value.trim().to_owned());
                assert!(twice.is_none(), "{label} stands twice");
            }
            None => {}
        }
    }
    values
}

/// What the page must state, recomputed from the rows, keys and reveals of the vector alone.
fn recomputed() -> Values {
    let json = std::fs::read(root().join(VECTOR)).unwrap();
    let certificate = Certificate::from_json(&json).unwrap();
    let mut values = Values::new();
    pool(&certificate, &mut values);
    let seed = ceremony(&certificate, &mut values);
    let selected = objects(&certificate, &seed, &mut values);
    inspectors(&certificate, &seed, &selected, &mut values);
    values
}

fn put(values: &mut Values, label: impl Into<String>, value: impl ToString) {
    values.insert(label.into(), value.to_string());
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

fn ticket(ticket: &Ticket) -> String {
    hex(ticket.as_bytes())
}

fn words<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    items.into_iter().map(|item| item.to_string()).collect::<Vec<_>>().join(" ")
}

fn pool(certificate: &Certificate, values: &mut Values) {
    let pool = certificate.pool().unwrap();
    let roots = pool.roots();
    put(values, "objects.rows", pool.objects().len());
    put(values, "objects.row.0", hex(&pool.objects()[0].encode()));
    put(values, "objects.root", hex(&roots.objects));
    put(values, "inspectors.rows", pool.inspectors().len());
    put(values, "inspectors.row.0", hex(&pool.inspectors()[0].encode()));
    put(values, "inspectors.root", hex(&roots.inspectors));
    put(values, "conflicts.rows", pool.conflicts().len());
    for (n, row) in pool.conflicts().iter().enumerate() {
        put(values, format!("conflicts.pair.{n}"), format!("{} {}", row.uscc, row.inspector_id));
    }
    put(values, "conflicts.row.0", hex(&pool.conflicts()[0].encode()));
    put(values, "conflicts.root", hex(&roots.conflicts));
}

fn ceremony(certificate: &Certificate, values: &mut Values) -> Seed {
    let p = certificate.ceremony.pool.0;
    put(values, "P", hex(&p));
    let mut committers = vec![];
    for (j, participant) in certificate.ceremony.participants.iter().enumerate() {
        let (key_id, r) = (participant.key_id.0, participant.reveal.unwrap().0);
        let commitment = commitment(&p, &key_id, &r);
        put(values, format!("participant.{j}.role"), &participant.role);
        put(values, format!("participant.{j}.key_id"), hex(&key_id));
        put(values, format!("participant.{j}.r"), hex(&r));
        put(values, format!("participant.{j}.commit"), hex(&commitment));
        committers.push(Committer { key_id, commitment, reveal: Some(r) });
    }
    // P, u64(n), n times key_id, commit, 01 and r, u64(0 beacons)
    put(values, "seed.message.bytes", 32 + 8 + committers.len() * (32 + 32 + 1 + 32) + 8);
    let seed = seed(&p, &committers, &[]).unwrap();
    put(values, "seed", hex(seed.as_bytes()));
    for stage in [Stage::Quota, Stage::Objects, Stage::Inspectors, Stage::Assign] {
        put(values, format!("K.{}", stage.name()), hex(stage.key(&seed).as_bytes()));
    }
    seed
}

fn objects(certificate: &Certificate, seed: &Seed, values: &mut Values) -> Vec<Selected> {
    let pool = certificate.pool().unwrap();
    let quota = Quota::from(certificate.quota.clone());
    let Quota::AtLeast { ppm, minimum } = &quota else { panic!("the worked draw has rates") };
    let eligible = eligible_per_stratum(&pool);
    let (before, _) = quota.per_stratum(&eligible, &Stage::Quota.key(seed)).unwrap();
    let selection = lotbook_draw::select::select(&pool, &quota, seed).unwrap();
    for (stratum, count) in &eligible {
        put(values, format!("stratum.{stratum}.ppm"), ppm[stratum]);
        put(values, format!("stratum.{stratum}.N"), count);
        put(values, format!("stratum.{stratum}.q.before_minimum"), before[stratum]);
        put(values, format!("stratum.{stratum}.q"), selection.quotas[stratum]);
        put(values, format!("stratum.{stratum}.cutoff"), ticket(&selection.cutoffs[stratum]));
    }
    put(values, "minimum", minimum);
    put(values, "words.quota0", selection.words);
    let key = Stage::Objects.key(seed);
    let mut order: Vec<_> =
        pool.objects().iter().filter(|row| row.eligible).map(|row| (key.ticket(&row.uscc), row)).collect();
    order.sort_by(|a, b| (a.0, &a.1.uscc).cmp(&(b.0, &b.1.uscc)));
    for (n, (place, row)) in order.iter().enumerate() {
        let drawn = selection.selected.iter().any(|selected| selected.uscc == row.uscc);
        let drawn = if drawn { "drawn" } else { "-" };
        let line = format!("{} {} {} {drawn}", ticket(place), row.uscc, row.stratum);
        put(values, format!("objects.ticket.{n:02}"), line);
    }
    put(values, "selected", words(selection.selected.iter().map(|selected| &selected.uscc)));
    put(values, "m", selection.selected.len());
    selection.selected
}

fn inspectors(certificate: &Certificate, seed: &Seed, selected: &[Selected], values: &mut Values) {
    let pool = certificate.pool().unwrap();
    let firms: Vec<&str> = selected.iter().map(|selected| selected.uscc.as_str()).collect();
    let plan = Plan::new(&pool, &firms, &certificate.seats, &Stage::Inspectors.key(seed)).unwrap();
    put(values, "d", plan.seats());
    put(values, "S", plan.slots());
    put(values, "max_load", certificate.max_load);
    put(values, "min_inspectors", certificate.min_inspectors.unwrap());
    for (n, (place, id)) in plan.ranked().iter().enumerate() {
        put(values, format!("inspectors.ticket.{n}"), format!("{} {id}", ticket(place)));
    }
    put(values, "usable", plan.usable());
    put(values, "shortest_prefix", plan.shortest_prefix(certificate.max_load).unwrap());
    let n = plan.inspectors_needed(certificate.max_load, certificate.min_inspectors).unwrap();
    put(values, "n", n);
    let (lo, hi) = plan.loads(n, certificate.max_load).unwrap();
    put(values, "lo", lo);
    put(values, "hi", hi);
    let slots = tries(&plan, n, &Stage::Assign.key(seed), values);

    // What the crate itself draws, against the tries spelled out here.
    let outcome = certificate.recompute().unwrap();
    let names: Vec<&str> = slots.iter().map(|&i| plan.ranked()[i].1.as_str()).collect();
    assert_eq!(outcome.assignment.as_deref().unwrap(), names);
    put(values, "inspectors", words(&outcome.inspectors));
    put(values, "tier", outcome.tier);
    put(values, "tries", outcome.tries);
    put(values, "words", words(outcome.words));
    put(values, "assignment", words(names));
    assert_eq!(Hex(*seed.as_bytes()), certificate.seed);
}

/// Tier 1 as the page describes it, with every number it takes from the stream.
fn tries(plan: &Plan, n: usize, key: &StageKey, values: &mut Values) -> Vec<usize> {
    let mut stream = key.stream(0);
    let mut below = |count: usize| stream.below(count as u64) as usize;
    let mut taken = 0;
    for number in 1..=MAX_TRIES {
        let slots = plan.slots();
        let mut list: Vec<usize> = (0..n).collect();
        let picks: Vec<usize> = (0..slots % n).map(|q| q + below(n - q)).collect();
        picks.iter().enumerate().for_each(|(q, with)| list.swap(q, *with));
        let mut pool: Vec<usize> = (0..n).flat_map(|i| vec![i; slots / n]).collect();
        pool.extend(&list[..slots % n]);
        let mut swaps = vec![];
        let clash = (0..slots).find(|&s| {
            let with = s + below(slots - s);
            swaps.push(with);
            pool.swap(s, with);
            let repeats = pool[plan.team(s).start..s].contains(&pool[s]);
            repeats || !plan.is_allowed(s, pool[s])
        });
        taken += picks.len() + swaps.len();
        put(values, format!("try.{number}.a"), words(picks));
        put(values, format!("try.{number}.c"), words(swaps));
        put(values, format!("try.{number}.words_so_far"), 2 * taken);
        put(values, format!("try.{number}.ends"), clash.map_or("well".into(), |s| format!("at slot {s}")));
        if clash.is_none() {
            return pool;
        }
    }
    panic!("the worked draw is of tier 1");
}

#[test]
fn the_worked_draw_on_the_page_is_what_the_code_computes() {
    let (stated, recomputed) = (stated(&page()), recomputed());
    let mut wrong = vec![];
    for (label, value) in &recomputed {
        match stated.get(label) {
            Some(found) if found == value => {}
            Some(found) => wrong.push(format!("{label} = {value}   (the page says {found})")),
            None => wrong.push(format!("{label} = {value}   (missing on the page)")),
        }
    }
    let unknown = stated.keys().filter(|label| !recomputed.contains_key(*label));
    wrong.extend(unknown.map(|label| format!("{label}: the page states it, nothing recomputes it")));
    assert!(wrong.is_empty(), "docs/protocol.md:\n{}", wrong.join("\n"));
}

/// The numbers of the clauses that begin a line of the page, in order.
fn clauses(page: &str) -> Vec<usize> {
    let begins = page.lines().filter_map(|line| line.strip_prefix("**[P-")?.split_once("]**"));
    begins.map(|(number, _)| number.parse().unwrap()).collect()
}

/// A number may be missing: it is kept for what is being written.
#[test]
fn clauses_are_numbered_in_ascending_order() {
    let found = clauses(&page());
    assert!(found.len() >= 126, "{} clauses", found.len());
    assert!(found.is_sorted_by(|a, b| a < b), "{found:?}");
}

#[test]
fn every_clause_that_is_cited_exists() {
    let page = page();
    let known: BTreeSet<usize> = clauses(&page).into_iter().collect();
    let mut texts = vec![("docs/protocol.md".to_owned(), page)];
    let mut folders = vec![root().join("crates"), root().join("docs"), root().join("proto")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let read = path.extension().is_some_and(|e| e == "rs" || e == "md" || e == "proto");
            if path.is_dir() {
                folders.push(path);
            } else if read {
                texts.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut cited = 0;
    for (name, text) in texts {
        for (_, rest) in text.match_indices("[P-").map(|(at, _)| text.split_at(at + 3)) {
            let Some(number) = rest.split_once(']').and_then(|(number, _)| number.parse().ok()) else {
                continue;
            };
            assert!(known.contains(&number), "{name} cites [P-{number}], which the page does not have");
            cited += 1;
        }
    }
    assert!(cited > known.len(), "clauses are cited beyond their own numbers");
}

#[test]
fn the_clause_on_the_statement_hash_is_number_25() {
    let page = page();
    let clause = page.lines().find(|line| line.starts_with("**[P-25]**")).unwrap();
    assert!(clause.contains("lotbook v1 statement"), "{clause}");
}
