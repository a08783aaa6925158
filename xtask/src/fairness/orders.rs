//! Is every order of five enterprises equally likely? [draw 4]

use std::collections::BTreeMap;

use lotbook_draw::Quota;
use lotbook_draw::select::select;

use super::Experiment;
use super::marginals::office;
use super::p_value::equal_counts;
use super::seeds::Seeds;

pub fn experiments() -> Vec<Experiment> {
    vec![Experiment {
        name: "orders of 5",
        asks: "whether all 120 orders of five enterprises by ticket occur equally often",
        draws: (120_000, 6_000),
        p: orders,
    }]
}

fn orders(seeds: &mut Seeds, draws: usize) -> f64 {
    let (pool, quota) = (office(5, 0), Quota::FixedTotal { total: 5 });
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for _ in 0..draws {
        let selected = select(&pool, &quota, &seeds.seed()).map(|selection| selection.selected);
        let order = selected.unwrap_or_default().into_iter().map(|s| s.uscc).collect();
        *counts.entry(order).or_default() += 1;
    }
    let mut counts: Vec<u64> = counts.into_values().collect();
    counts.resize(counts.len().max(120), 0);
    equal_counts(&counts)
}
