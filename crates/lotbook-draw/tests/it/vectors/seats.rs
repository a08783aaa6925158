//! Inspectors drawn, and where they sit: tier 1, tier 2. [draw 5]

use lotbook_draw::assign::{Plan, assign, walk};
use lotbook_draw::{Seed, Stage};
use serde_json::{Value, json};

use super::{Given, check};

/// The plan of a case, its max_load and its fewest inspectors.
fn plan(given: &Given) -> Option<(Plan, u32, Option<u32>)> {
    let (firms, seats): (Vec<String>, Vec<Vec<String>>) = (given.get("firms"), given.get("seats"));
    let firms: Vec<&str> = firms.iter().map(String::as_str).collect();
    let key = Stage::Inspectors.key(&seed(given));
    let plan = Plan::new(&given.pool().unwrap(), &firms, &seats, &key).ok()?;
    Some((plan, given.get("max_load"), given.get("min_inspectors")))
}

fn seed(given: &Given) -> Seed {
    Seed::from_bytes(given.bytes("seed"))
}

#[test]
fn inspectors() {
    check("inspectors", (10, 3), |given| {
        let (plan, max_load, least) = plan(given)?;
        let ranked: Vec<&str> = plan.ranked().iter().map(|(_, id)| id.as_str()).collect();
        let needed = plan.inspectors_needed(max_load, least);
        let prefix = plan.shortest_prefix(max_load);
        let mut found = json!({ "ranked": ranked, "shortest_prefix": prefix, "needed": needed });
        if let Some((lo, hi)) = needed.and_then(|n| plan.loads(n, max_load)) {
            found["lo"] = json!(lo);
            found["hi"] = json!(hi);
        }
        Some(found)
    });
}

fn seated(given: &Given) -> Option<Value> {
    let (plan, max_load, least) = plan(given)?;
    let a = assign(&plan, max_load, least, &Stage::Assign.key(&seed(given)));
    let n = a.inspectors.len();
    let mut found = json!({
        "inspectors": a.inspectors, "lo": a.lo, "hi": a.hi, "tier": a.tier, "tries": a.tries, "words": a.words,
        "assignment": a.assignment,
    });
    if a.tier == 2 {
        let start = plan.smallest_start(n, a.lo as usize, a.hi as usize).unwrap();
        let names: Vec<&str> = start.iter().map(|&i| plan.ranked()[i].1.as_str()).collect();
        found["smallest_start"] = json!(names);
    }
    Some(found)
}

#[test]
fn tier_1() {
    check("tier1", (8, 0), seated);
}

#[test]
fn tier_2() {
    check("tier2", (4, 0), seated);
}

/// Each step of the chain that changes something: its number, and who sits where after it.
#[test]
fn tier_2_step_by_step() {
    check("tier2-steps", (4, 0), |given| {
        let (plan, max_load, least) = plan(given)?;
        let n = plan.inspectors_needed(max_load, least)?;
        let (lo, hi) = plan.loads(n, max_load)?;
        let start = plan.smallest_start(n, lo, hi)?;
        let names = |state: &[usize]| state.iter().map(|&i| plan.ranked()[i].1.clone()).collect::<Vec<_>>();
        let (mut before, mut changes) = (start.clone(), vec![]);
        let mut stream = Stage::Assign.key(&seed(given)).stream(1);
        let end = walk(&plan, n, (lo, hi), start.clone(), &mut stream, |step, state| {
            if *state != before[..] {
                changes.push(json!([step, names(state)]));
                before = state.to_vec();
            }
        });
        Some(json!({
            "lo": lo, "hi": hi, "start": names(&start), "changes": changes, "end": names(&end),
            "words": stream.words(),
        }))
    });
}
