//! docs/fairness.md: what was asked, and the figures.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::assignments::{Distance, instances, sparse};
use super::chain::Chain;
use super::{Experiment, REPETITIONS, plot};

/// The results of one experiment with one text.
pub struct Row {
    pub name: &'static str,
    asks: &'static str,
    draws: (usize, usize),
    text: String,
    single: f64,
    /// The many p-values.
    pub many: Vec<f64>,
    uniform: f64,
}

impl Row {
    pub fn new(experiment: &Experiment, text: &str, single: f64, many: Vec<f64>, uniform: f64) -> Self {
        let Experiment { name, asks, draws, .. } = *experiment;
        Self { name, asks, draws, text: text.to_owned(), single, many, uniform }
    }
}

const HEAD: &str = "# Is the draw fair?

Written by `cargo xtask fairness`, not by hand. The program draws again and again, with seeds from a text, and asks of each result how likely a fair draw is to
deviate at least as much: a p-value. One of them proves little, so each test is also made 200 times, and the p-values must themselves be spread evenly over 0 to 1
(Kolmogorov and Smirnov). `cargo test -p xtask` makes each test once with a fixed text, and fails under 0.000001 or over 0.999999; it also makes sure that what is unfair fails.

What can be shown so is that tickets, integers, quotas, selection and assignment follow from a seed without favour. Where the seed comes from is another question:
[protocol.md](protocol.md), section 9.
";

const MARGINALS: &str = "\nSomebody who is drawn takes a place from the others, so that the plain chi-square is too small: the statistic is
`Q = sum (O - R pi)^2 (N - 1) / (N R pi (1 - pi))`, with N - 1 degrees of freedom.
";

const CHAINS: &str = "
## The chain of tier 2, computed

Of a small batch the chain can be written down: from each assignment where one step leads, with what probability. So the distance from uniform after any number of steps is
computed, not estimated, and `cargo test -p xtask` holds it against what is drawn. *Out of reach* are assignments to which no steps lead from the start; T is the number of
steps of [P-80].

| batch | assignments | out of reach | T | distance after T | 2 T | 3 T | 4 T | 8 T |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

const FINDING: &str = "
The sparse batch lacks **steps**, not ways: nothing is out of reach, and each further T divides what is left of the start by about fifteen. After 2 T the distance is under the noise of
200,000 draws; the denser batches are there after T already. T stays as it is all the same: it is one of the draw's bits, on which verifiers, certificates and vectors agree, and another T would be
another version of the draw. What it costs is bounded by the distance: no bet on who inspects whom gains more than 2 in 100 there. What a version 2 would take is 2 T,
`40 * S * ceil(log2(max(S, 2)))` steps, at twice the time of tier 2: a distance of 0.0014 for this batch, and of less than a millionth for the others.
";

const DISTANCES: &str = "
## Assignments

All assignments of five small batches were found by trying everything, and each batch was seated 200,000 times. The distance is the total variation between the
frequencies found and equal ones: half the sum of the differences. An exact sampler shows the noise, `sqrt((states - 1) / (2 pi draws))`. A distance of at most 1.3 times
the noise is asked for, and kept by the first four. Tier 1 is uniform by its construction; tier 2 is a chain of switches, and this is what there is to show for it.

The last batch is a limit of tier 2. Inspectors of two qualifications, and conflicts in 12 of 28 pairs, leave so few ways from one assignment to another that the
steps of [P-80] do not forget the start wholly. The distance says how much any bet on the outcome can gain: about 2 in 100 there. A certificate of tier 2 says that it is one.
";

/// Writes the page and its plots.
pub fn write(texts: &[String], rows: &[Row], distances: &[Distance]) -> Result<()> {
    let docs: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "docs"].iter().collect();
    let plots = docs.join("fairness");
    std::fs::create_dir_all(&plots).with_context(|| format!("failed to make {}", plots.display()))?;
    let mut page = HEAD.to_owned();
    tests(&mut page, texts, rows, &plots)?;
    page.push_str(MARGINALS);
    page.push_str(DISTANCES);
    assignments(&mut page, distances, &plots)?;
    chains(&mut page)?;
    std::fs::write(docs.join("fairness.md"), page).context("failed to write docs/fairness.md")
}

fn tests(page: &mut String, texts: &[String], rows: &[Row], plots: &Path) -> Result<()> {
    writeln!(
        page,
        "\n## Tests\n\n| test | asks | draws | p | draws of each of {REPETITIONS} | their p-values even |"
    )?;
    writeln!(page, "| --- | --- | --- | --- | --- | --- |")?;
    for row in rows {
        let name =
            if texts.len() > 1 { format!("{}, `{}`", row.name, row.text) } else { row.name.to_owned() };
        let Row { asks, draws, single, uniform, .. } = row;
        writeln!(page, "| {name} | {asks} | {} | {single:.3} | {} | {uniform:.3} |", draws.0, draws.1)?;
    }
    writeln!(
        page,
        "\nSeeds from: {}.",
        texts.iter().map(|t| format!("`{t}`")).collect::<Vec<_>>().join(", ")
    )?;
    let first: Vec<&Row> = rows.iter().filter(|row| Some(&row.text) == texts.first()).collect();
    plot::p_values(&plots.join("p-values.svg"), &first)?;
    writeln!(
        page,
        "\n![The {REPETITIONS} p-values of each test in 20 cells; the line is what is expected.](fairness/p-values.svg)"
    )?;
    Ok(())
}

/// The batches of tier 2, computed.
fn chains(page: &mut String) -> Result<()> {
    page.push_str(CHAINS);
    for instance in instances().into_iter().chain([sparse()]).filter(|instance| instance.tier == 2) {
        let chain = Chain::of(&instance);
        let (steps, (all, out)) = (chain.steps_of_protocol, chain.unreached());
        let after = chain.distances(&[1, 2, 3, 4, 8].map(|times| times * steps));
        let after: Vec<_> = after.iter().map(|distance| format!("{distance:.6}")).collect();
        writeln!(page, "| {} | {all} | {out} | {steps} | {} |", instance.name, after.join(" | "))?;
    }
    page.push_str(FINDING);
    Ok(())
}

fn assignments(page: &mut String, distances: &[Distance], plots: &Path) -> Result<()> {
    writeln!(
        page,
        "\n| batch | tier | assignments | distance | noise | ratio |\n| --- | --- | --- | --- | --- | --- |"
    )?;
    for d in distances {
        let (name, tier, states, ratio) =
            (d.instance.name, d.instance.tier, d.counts.len(), d.found / d.noise);
        writeln!(page, "| {name} | {tier} | {states} | {:.4} | {:.4} | {ratio:.2} |", d.found, d.noise)?;
    }
    for (number, d) in distances.iter().enumerate() {
        let file = format!("assignment-{}.svg", number + 1);
        plot::frequencies(&plots.join(&file), d)?;
        writeln!(
            page,
            "\n![{}: how often each assignment was drawn; the lines are the mean and three standard deviations.](fairness/{file})",
            d.instance.name
        )?;
    }
    Ok(())
}
