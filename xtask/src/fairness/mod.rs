//! Is the draw fair? Each experiment draws many times with seeds from a text and gives a p-value. [draw 9]
//!
//! The tests run each once with a fixed text. `cargo xtask fairness` runs each 200 times for every text on the
//! command line and asks whether the p-values are themselves uniform; it writes docs/fairness.md and its plots.

mod assignments;
mod chain;
mod marginals;
mod orders;
mod p_value;
mod plot;
mod quotas;
mod report;
mod seeds;
#[cfg(test)]
mod tests;
mod tickets;

use anyhow::Result;

use seeds::Seeds;

/// p-values of one experiment and one text: enough for Kolmogorov and Smirnov, and for a plot.
const REPETITIONS: usize = 200;

/// The text of the committed figures.
const SEED: &str = "lotbook fairness 2026";

/// One question about fairness.
pub struct Experiment {
    /// Its name; every experiment draws from seeds of its own.
    pub name: &'static str,
    /// What it would show if the draw were not fair.
    pub asks: &'static str,
    /// Draws in one test, and in one of the many.
    pub draws: (usize, usize),
    /// Draws that often, and how likely a fair draw deviates at least as much.
    pub p: fn(&mut Seeds, usize) -> f64,
}

/// All experiments, in the order of the protocol.
pub fn experiments() -> Vec<Experiment> {
    let all =
        [tickets::experiments(), quotas::experiments(), marginals::experiments(), orders::experiments()];
    all.into_iter().flatten().chain(assignments::experiments()).collect()
}

/// Runs everything and writes the page.
pub fn run(texts: &[String]) -> Result<()> {
    let fixed = [SEED.to_owned()];
    let texts = if texts.is_empty() { &fixed } else { texts };
    let mut results = Vec::new();
    for experiment in experiments() {
        for text in texts {
            let mut seeds = Seeds::new(&format!("{text}/{}", experiment.name));
            let single = (experiment.p)(&mut seeds, experiment.draws.0);
            let many: Vec<f64> =
                (0..REPETITIONS).map(|_| (experiment.p)(&mut seeds, experiment.draws.1)).collect();
            let uniform = p_value::kolmogorov_smirnov(&many);
            println!(
                "{}: p = {single:.4}; of {REPETITIONS} p-values, uniform: {uniform:.4}",
                experiment.name
            );
            results.push(report::Row::new(&experiment, text, single, many, uniform));
        }
    }
    let seeds = &mut Seeds::new(&format!("{}/distances", texts[0]));
    let batches = assignments::instances().into_iter().chain([assignments::sparse()]);
    let distances: Vec<_> = batches.map(|batch| batch.distance(seeds)).collect();
    report::write(texts, &results, &distances)
}
