//! Is the rounding of a fixed total fair to every stratum? [draw 4]

use std::collections::BTreeMap;

use lotbook_draw::Quota;

use super::Experiment;
use super::p_value::normal;
use super::seeds::Seeds;

/// Stratum, its rows, and its exact share of 10 in 22, in 22nds: 70, 110, 30, 10.
const STRATA: [(&str, u64); 4] = [("A", 7), ("B", 11), ("C", 3), ("D", 1)];
const TOTAL: u64 = 10;

pub fn experiments() -> Vec<Experiment> {
    fn of<const C: usize>(seeds: &mut Seeds, draws: usize) -> f64 {
        rounding(seeds, draws, C)
    }
    let asks = "whether a stratum whose share is no whole number is rounded up as often as its fraction says, and the total is met every time";
    let experiment = |name, p| Experiment { name, asks, draws: (100_000, 10_000), p };
    vec![
        experiment("quota of 70/22", of::<0>),
        experiment("quota of 30/22", of::<2>),
        experiment("quota of 10/22", of::<3>),
    ]
}

fn rounding(seeds: &mut Seeds, draws: usize, stratum: usize) -> f64 {
    let eligible: BTreeMap<String, u64> = STRATA.map(|(code, rows)| (code.to_owned(), rows)).into();
    let (code, rows) = STRATA[stratum];
    let all: u64 = STRATA.iter().map(|(_, rows)| rows).sum();
    let (floor, fraction) = (TOTAL * rows / all, (TOTAL * rows % all) as f64 / all as f64);
    let mut up = 0;
    for _ in 0..draws {
        let Ok((quotas, _)) = (Quota::FixedTotal { total: TOTAL }).per_stratum(&eligible, &seeds.key())
        else {
            return 0.0;
        };
        if quotas.values().sum::<u64>() != TOTAL || quotas[code].wrapping_sub(floor) > 1 {
            return 0.0; // never what the rule says
        }
        up += quotas[code] - floor;
    }
    let draws = draws as f64;
    normal((up as f64 - draws * fraction) / (draws * fraction * (1.0 - fraction)).sqrt())
}
