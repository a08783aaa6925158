//! Seating inspectors: the steps that a draw takes, then the whole of it.

use lotbook_draw::assign::{Plan, assign};
use lotbook_draw::{ConflictRow, InspectorRow, ObjectRow, Pool, Seed, Stage};

use crate::watch::{Watch, memory};

/// An office in which pairs are in conflict with the given chance in a hundred, by splitmix64.
fn office(firms: usize, people: usize, percent: u64) -> Pool {
    let firm = |f| ObjectRow {
        uscc: format!("F{f:05}"),
        stratum: String::new(),
        eligible: true,
        reason: String::new(),
    };
    let person = |p: usize| InspectorRow {
        inspector_id: format!("I{p:05}"),
        eligible: true,
        reason: String::new(),
        qualifications: vec![["a", "b"][p % 2].to_owned(), "c".to_owned()],
    };
    let mut state = 1_u64;
    let mut conflicts = Vec::new();
    for (f, p) in (0..firms).flat_map(|f| (0..people).map(move |p| (f, p))) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        if (z ^ (z >> 31)) % 100 < percent {
            conflicts.push(ConflictRow { uscc: format!("F{f:05}"), inspector_id: format!("I{p:05}") });
        }
    }
    let people = (0..people).map(person).collect();
    Pool::new((0..firms).map(firm).collect(), people, conflicts).unwrap()
}

/// `fewest` inspectors: the shortest prefix, so that every load is at the limit and seats are typed.
pub fn measure(firms: usize, people: usize, percent: u64, fewest: bool) {
    let pool = office(firms, people, percent);
    let ids: Vec<&str> = pool.objects().iter().map(|o| o.uscc.as_str()).collect();
    let typed: [&[&str]; 2] = if fewest { [&["a"], &["b"]] } else { [&[], &[]] };
    let seats = typed.map(|seat| seat.iter().map(|q| (*q).to_owned()).collect::<Vec<_>>());
    let (max_load, least) = if fewest { (25, Some(2)) } else { (25, Some(people as u32)) };
    let seed = Seed::from_bytes([7; 32]);
    let all = Watch::start();
    let plan = Plan::new(&pool, &ids, &seats, &Stage::Inspectors.key(&seed)).unwrap();
    let n = plan.inspectors_needed(max_load, least).unwrap();
    let (lo, hi) = plan.loads(n, max_load).unwrap();
    let (bounds, _) = all.times();
    let watch = Watch::start();
    let start = plan.smallest_start(n, lo, hi).unwrap();
    let (smallest, _) = watch.times();
    assert_eq!(start.len(), plan.slots());
    let watch = Watch::start();
    let assigned = assign(&plan, max_load, least, &Stage::Assign.key(&seed));
    let (wall, processor) = watch.times();
    println!(
        "  {firms} x 2, {people} inspectors, {percent} %: {wall:.2} s, {processor:.2} s of a processor; tier {}, {} tries, \
         {} inspectors with {lo}..={hi} each",
        assigned.tier,
        assigned.tries,
        assigned.inspectors.len()
    );
    println!("    plan, prefix and loads alone {bounds:.2} s, smallest start alone {smallest:.2} s");
    memory();
}
