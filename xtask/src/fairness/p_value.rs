//! From statistics to p-values. The distributions are statrs's.

use statrs::distribution::{ChiSquared, ContinuousCDF, Normal};

/// How likely a chi-square of so many degrees of freedom is at least this.
pub fn chi_square(statistic: f64, degrees: usize) -> f64 {
    ChiSquared::new(degrees as f64).map_or(f64::NAN, |distribution| distribution.sf(statistic))
}

/// How likely a standard normal deviate is at least so far from 0.
pub fn normal(z: f64) -> f64 {
    2.0 * Normal::standard().sf(z.abs())
}

/// Pearson's statistic of counts that are all expected to be equal, and its p-value.
pub fn equal_counts(counts: &[u64]) -> f64 {
    let expected = counts.iter().sum::<u64>() as f64 / counts.len() as f64;
    let statistic: f64 = counts.iter().map(|&count| (count as f64 - expected).powi(2) / expected).sum();
    chi_square(statistic, counts.len() - 1)
}

/// Whether values are uniform in 0..1: the p-value of their largest distance from it, by Kolmogorov's limit with
/// Stephens's correction for few values.
pub fn kolmogorov_smirnov(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let distance = |(i, &value): (usize, &f64)| (value - i as f64 / n).max((i as f64 + 1.0) / n - value);
    let largest = sorted.iter().enumerate().map(distance).fold(0.0, f64::max);
    let lambda = (n.sqrt() + 0.12 + 0.11 / n.sqrt()) * largest;
    let term = |k: i32| 2.0 * (-1.0_f64).powi(k - 1) * (-2.0 * f64::from(k * k) * lambda * lambda).exp();
    (1..=100).map(term).sum::<f64>().clamp(0.0, 1.0)
}
