//! Quotas, minimum, cut-offs. [draw 4]

use std::collections::BTreeMap;

use lotbook_draw::select::select;
use lotbook_draw::stream::StageKey;
use lotbook_draw::{ObjectRow, Pool, Quota, QuotaError, Seed};
use proptest::prelude::*;

use crate::sample::firm;

fn counts(list: &[(&str, u64)]) -> BTreeMap<String, u64> {
    list.iter().map(|(code, n)| (code.to_string(), *n)).collect()
}

fn rates(list: &[(&str, u32)], minimum: u64) -> Quota {
    Quota::AtLeast { ppm: list.iter().map(|(code, ppm)| (code.to_string(), *ppm)).collect(), minimum }
}

fn key() -> StageKey {
    StageKey::from_bytes([3; 32])
}

fn roster(strata: &[(&str, usize)]) -> Pool {
    let codes = strata.iter().flat_map(|&(code, n)| std::iter::repeat_n(code, n));
    Pool::new(codes.enumerate().map(|(f, code)| firm(f, code)).collect(), vec![], vec![]).unwrap()
}

#[test]
fn at_least_rounds_up_and_takes_no_randomness() {
    let eligible = counts(&[("A", 3), ("B", 100), ("C", 5), ("D", 7)]);
    let quota = rates(&[("A", 50_000), ("B", 50_000), ("C", 0), ("D", 1_000_000), ("absent", 9)], 0);
    let (quotas, words) = quota.per_stratum(&eligible, &key()).unwrap();
    assert_eq!(quotas, counts(&[("A", 1), ("B", 5), ("C", 0), ("D", 7)]));
    assert_eq!(words, 0);
}

#[test]
fn a_stratum_without_a_rate_and_a_rate_over_one_are_refused() {
    let none = rates(&[("A", 1)], 0).per_stratum(&counts(&[("A", 1), ("B", 1)]), &key());
    assert_eq!(none, Err(QuotaError::NoRate { stratum: "B".into() }));
    let over = rates(&[("A", 1_000_001)], 0).per_stratum(&counts(&[("A", 1)]), &key());
    assert_eq!(over, Err(QuotaError::RateTooLarge { stratum: "A".into(), ppm: 1_000_001 }));
}

#[test]
fn a_fixed_total_of_an_empty_pool_draws_nothing() {
    let (quotas, words) = Quota::FixedTotal { total: 5 }.per_stratum(&counts(&[]), &key()).unwrap();
    assert_eq!((quotas.len(), words), (0, 0));
    let (quotas, words) = Quota::FixedTotal { total: 0 }.per_stratum(&counts(&[("A", 9)]), &key()).unwrap();
    assert_eq!((quotas, words), (counts(&[("A", 0)]), 2));
}

#[test]
fn hostile_numbers_do_not_overflow() {
    let eligible = counts(&[("A", u64::MAX / 2), ("B", u64::MAX / 2)]);
    let (quotas, _) = Quota::FixedTotal { total: u64::MAX }.per_stratum(&eligible, &key()).unwrap();
    assert_eq!(quotas, eligible);
    let all = rates(&[("A", 1_000_000), ("B", 1_000_000)], u64::MAX);
    assert_eq!(all.per_stratum(&eligible, &key()).unwrap().0, eligible);
}

#[test]
fn the_minimum_takes_the_smallest_tickets_of_rated_strata_only() {
    let pool = roster(&[("A", 10), ("B", 10), ("C", 10)]);
    let quota = rates(&[("A", 100_000), ("B", 1), ("C", 0)], 12);
    let selection = select(&pool, &quota, &Seed::from_bytes([8; 32])).unwrap();
    assert_eq!(selection.selected.len(), 12);
    assert_eq!(selection.quotas["C"], 0);
    assert_eq!(selection.quotas["A"] + selection.quotas["B"], 12);
    assert!(!selection.cutoffs.contains_key("C"));
    // More than there are: all of A and B, and no more.
    let quota = rates(&[("A", 100_000), ("B", 1), ("C", 0)], 1_000);
    assert_eq!(select(&pool, &quota, &Seed::from_bytes([8; 32])).unwrap().selected.len(), 20);
}

#[test]
fn selected_if_and_only_if_eligible_and_not_over_the_cutoff() {
    let seed = Seed::from_bytes([4; 32]);
    let objects = (0..90).map(|f| match f % 5 {
        0 => ObjectRow { eligible: false, reason: "not_alive".into(), ..firm(f, "A") },
        1 | 2 => firm(f, "A"),
        _ => firm(f, "B"),
    });
    let pool = Pool::new(objects.collect(), vec![], vec![]).unwrap();
    let selection = select(&pool, &rates(&[("A", 200_000), ("B", 300_000)], 30), &seed).unwrap();
    let key = lotbook_draw::Stage::Objects.key(&seed);
    for object in pool.objects() {
        let below =
            selection.cutoffs.get(&object.stratum).is_some_and(|cut| key.ticket(&object.uscc) <= *cut);
        let drawn = selection.selected.iter().any(|s| s.uscc == object.uscc);
        assert_eq!(drawn, object.eligible && below, "{}", object.uscc);
    }
    assert!(selection.selected.is_sorted_by_key(|s| s.ticket));
}

proptest! {
    #[test]
    fn a_fixed_total_is_met_and_each_stratum_is_within_one_of_its_share(
        sizes in prop::collection::vec(1..50_u64, 1..8),
        share in 0..=100_u64,
        key in any::<[u8; 32]>(),
    ) {
        let eligible: BTreeMap<String, u64> =
            sizes.iter().enumerate().map(|(c, n)| (format!("s{c}"), *n)).collect();
        let all: u64 = sizes.iter().sum();
        let total = all * share / 100;
        let quota = Quota::FixedTotal { total };
        let (quotas, words) = quota.per_stratum(&eligible, &StageKey::from_bytes(key)).unwrap();
        prop_assert_eq!(quotas.values().sum::<u64>(), total);
        prop_assert!(words >= 2);
        for (stratum, q) in &quotas {
            // |q_c * D - k * N_c| < D
            prop_assert!((q * all).abs_diff(total * eligible[stratum]) < all);
        }
    }
}
