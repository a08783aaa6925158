//! Each experiment once, with seeds from fixed texts: deterministic, and a fair draw fails none of them.

use super::assignments::{instances, sparse};
use super::chain::Chain;
use super::p_value::{chi_square, equal_counts, kolmogorov_smirnov, normal};
use super::seeds::Seeds;
use super::{Experiment, experiments};

/// Once in a million such tests, a fair draw would deviate more, or be more regular, than this. [draw 9]
const LIMIT: f64 = 1e-6;

fn passes(group: impl Fn(&Experiment) -> bool) {
    let mut count = 0;
    for experiment in experiments().into_iter().filter(group) {
        let p = (experiment.p)(&mut Seeds::new(&format!("ci/{}", experiment.name)), experiment.draws.0);
        println!("{}: p = {p:.6}", experiment.name);
        assert!(p > LIMIT && p < 1.0 - LIMIT, "{}: p = {p}", experiment.name);
        count += 1;
    }
    assert!(count > 0);
}

fn is_assignment(experiment: &Experiment) -> bool {
    experiment.name.starts_with("assignment")
}

#[test]
fn tickets_quotas_marginals_pairs_and_orders_are_fair() {
    passes(|experiment| !is_assignment(experiment));
}

#[test]
fn assignments_are_fair() {
    passes(is_assignment);
}

#[test]
fn assignments_are_as_near_to_uniform_as_an_exact_sampler() {
    for instance in instances() {
        let distance = instance.distance(&mut Seeds::new(&format!("ci/{}", instance.name)));
        let states = distance.counts.len();
        println!(
            "{}: {states} states, distance {:.5}, noise {:.5}",
            instance.name, distance.found, distance.noise
        );
        assert!((20..=200).contains(&states), "{}: {states}", instance.name);
        assert!(distance.found <= 1.3 * distance.noise, "{}: {}", instance.name, distance.found);
    }
}

/// Tier 2 is a chain with a fixed number of steps, and says so on the certificate: what it has not forgotten of its
/// start is small, and there.
#[test]
fn a_sparse_batch_is_near_to_uniform_and_no_nearer() {
    let sparse = sparse();
    let distance = sparse.distance(&mut Seeds::new(&format!("ci/{}", sparse.name)));
    println!("{}: distance {:.5}, noise {:.5}", sparse.name, distance.found, distance.noise);
    assert!(distance.found > 2.0 * distance.noise && distance.found < 0.025, "{}", distance.found);
}

/// What the sparse batch lacks is steps: no assignment is out of reach, and with every further T the distance falls.
#[test]
fn a_sparse_batch_lacks_steps_and_nothing_else() {
    for instance in instances().into_iter().chain([sparse()]).filter(|instance| instance.tier == 2) {
        let chain = Chain::of(&instance);
        let steps = chain.steps_of_protocol;
        let after = chain.distances(&[steps, 2 * steps, 3 * steps, 4 * steps, 8 * steps]);
        println!("{}: T = {steps}, {:?}, distances {after:?}", instance.name, chain.unreached());
        assert_eq!(chain.unreached().1, 0, "{}", instance.name);
        assert!(after.windows(2).all(|pair| pair[1] < pair[0] || pair[1] < 1e-9), "{}", instance.name);
        assert!(after[1] < 2e-3, "{}", instance.name);
    }
}

/// The chain as computed is the chain as drawn: both are as far from uniform.
#[test]
fn the_chain_that_is_computed_is_the_one_that_draws() {
    let sparse = sparse();
    let computed = Chain::of(&sparse).distances(&[480])[0];
    let drawn = sparse.distance(&mut Seeds::new(&format!("ci/{}", sparse.name)));
    println!("computed {computed:.5}, drawn {:.5}, noise {:.5}", drawn.found, drawn.noise);
    assert!(drawn.found >= computed - drawn.noise && drawn.found <= computed + drawn.noise);
}

/// What is not fair is found: otherwise nothing above would mean anything.
#[test]
fn what_is_unfair_fails() {
    // A die that shows one of its six sides a twentieth more often.
    assert!(equal_counts(&[105_000, 99_000, 99_000, 99_000, 99_000, 99_000]) < LIMIT);
    // One that is too regular.
    assert!(equal_counts(&[100_000; 256]) > 1.0 - LIMIT);
    // p-values that crowd.
    let crowd: Vec<f64> = (0..200).map(|n| f64::from(n) / 250.0).collect();
    assert!(kolmogorov_smirnov(&crowd) < 1e-4);
    let even: Vec<f64> = (0..200).map(|n| (f64::from(n) + 0.5) / 200.0).collect();
    assert!(kolmogorov_smirnov(&even) > 0.99);
}

#[test]
fn p_values_are_those_of_the_tables() {
    assert!((chi_square(3.841_459, 1) - 0.05).abs() < 1e-6);
    assert!((chi_square(66.338_65, 49) - 0.05).abs() < 1e-6);
    assert!((normal(1.959_964) - 0.05).abs() < 1e-6);
    // Kolmogorov's table: 1.358 / sqrt(n) at 5 %.
    let shifted: Vec<f64> = (0..10_000).map(|n| (f64::from(n) / 10_000.0 + 0.013_58).min(1.0)).collect();
    assert!((kolmogorov_smirnov(&shifted) - 0.05).abs() < 2e-3);
}
