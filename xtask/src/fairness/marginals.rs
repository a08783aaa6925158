//! Is everybody drawn equally often, alone and in pairs? [draw 4, 5]

use lotbook_draw::select::select;
use lotbook_draw::{DrawInput, InspectorRow, ObjectRow, Pool, Quota, draw};

use super::Experiment;
use super::p_value::chi_square;
use super::p_value::normal;
use super::seeds::Seeds;

/// `k` of `N` enterprises.
const ENTERPRISES: usize = 50;
const DRAWN: usize = 10;

/// Inspectors of whom as many as `DRAWN` are drawn.
const INSPECTORS: usize = 25;

pub fn experiments() -> Vec<Experiment> {
    vec![
        Experiment {
            name: "10 of 50 enterprises",
            asks: "whether every enterprise is drawn equally often",
            draws: (20_000, 2_000),
            p: |seeds, draws| marginals(&enterprises(seeds, draws)),
        },
        Experiment {
            name: "pairs of enterprises",
            asks: "whether every pair of enterprises is drawn together equally often (the pair farthest off, of 1,225)",
            draws: (20_000, 10_000),
            p: |seeds, draws| pairs(&enterprises(seeds, draws)),
        },
        Experiment {
            name: "10 of 25 inspectors",
            asks: "whether every inspector is drawn equally often",
            draws: (20_000, 2_000),
            p: |seeds, draws| marginals(&inspectors(seeds, draws)),
        },
    ]
}

/// Who was drawn, of `all`, time after time.
struct Drawn {
    all: usize,
    times: Vec<Vec<usize>>,
}

fn enterprises(seeds: &mut Seeds, draws: usize) -> Drawn {
    let pool = office(ENTERPRISES, 0);
    let quota = Quota::FixedTotal { total: DRAWN as u64 };
    let once = |seeds: &mut Seeds| {
        let selected = select(&pool, &quota, &seeds.seed()).map(|selection| selection.selected);
        selected.unwrap_or_default().iter().map(|s| number(&s.uscc)).collect()
    };
    Drawn { all: ENTERPRISES, times: (0..draws).map(|_| once(seeds)).collect() }
}

/// One enterprise, and inspectors of whom the rules draw more than they need.
fn inspectors(seeds: &mut Seeds, draws: usize) -> Drawn {
    let pool = office(1, INSPECTORS);
    let (quota, seats) = (Quota::FixedTotal { total: 1 }, vec![vec![], vec![]]);
    let once = |seeds: &mut Seeds| {
        let input = DrawInput {
            pool: &pool,
            quota: &quota,
            seats: &seats,
            max_load: 6,
            min_inspectors: Some(DRAWN as u32),
            seed: seeds.seed(),
        };
        let drawn = draw(&input).map(|outcome| outcome.inspectors);
        drawn.unwrap_or_default().iter().map(|id| number(id)).collect()
    };
    Drawn { all: INSPECTORS, times: (0..draws).map(|_| once(seeds)).collect() }
}

pub fn office(enterprises: usize, inspectors: usize) -> Pool {
    let firm = |n| ObjectRow {
        uscc: format!("F{n:04}"),
        stratum: String::new(),
        eligible: true,
        reason: String::new(),
    };
    let person = |n| InspectorRow {
        inspector_id: format!("I{n:04}"),
        eligible: true,
        reason: String::new(),
        qualifications: vec![],
    };
    let pool = Pool::new((0..enterprises).map(firm).collect(), (0..inspectors).map(person).collect(), vec![]);
    pool.unwrap_or_else(|error| unreachable!("numbered rows are a pool: {error}"))
}

fn number(id: &str) -> usize {
    id[1..].parse().unwrap_or(usize::MAX)
}

/// Q = sum (O_i - R pi)^2 (N - 1) / (N R pi (1 - pi)), chi-square with N - 1 degrees of freedom: the plain statistic
/// is too small by (1 - pi) N / (N - 1), for whoever is drawn takes a place from the others.
fn marginals(drawn: &Drawn) -> f64 {
    let mut counts = vec![0_u64; drawn.all];
    drawn.times.iter().flatten().for_each(|&i| counts[i] += 1);
    let (n, r) = (drawn.all as f64, drawn.times.len() as f64);
    let pi = counts.iter().sum::<u64>() as f64 / n / r;
    let sum: f64 = counts.iter().map(|&count| (count as f64 - r * pi).powi(2)).sum();
    let expected = DRAWN as f64 / n;
    if (pi - expected).abs() > 1e-12 {
        return 0.0; // not as many as the rule says
    }
    chi_square(sum * (n - 1.0) / (n * r * pi * (1.0 - pi)), drawn.all - 1)
}

/// The largest deviation of a pair, with Bonferroni's bound for all pairs.
fn pairs(drawn: &Drawn) -> f64 {
    let n = drawn.all;
    let mut counts = vec![0_u64; n * n];
    for time in &drawn.times {
        for (&i, &j) in time.iter().flat_map(|i| time.iter().map(move |j| (i, j))).filter(|(i, j)| i < j) {
            counts[i * n + j] += 1;
        }
    }
    let (k, all, r) = (DRAWN as f64, n as f64, drawn.times.len() as f64);
    let pi = k * (k - 1.0) / (all * (all - 1.0));
    let deviation = |count: u64| ((count as f64 - r * pi) / (r * pi * (1.0 - pi)).sqrt()).abs();
    let places = (0..n).flat_map(|i| (i + 1..n).map(move |j| i * n + j));
    let largest = places.map(|place| deviation(counts[place])).fold(0.0, f64::max);
    let pairs = (n * (n - 1) / 2) as i32;
    1.0 - (1.0 - normal(largest)).powi(pairs)
}
