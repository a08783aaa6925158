//! The figures on a certificate: what they show of a bent pool and a bent order, and what they leave alone. [draw 8, 9]

use std::collections::BTreeMap;

use lotbook_draw::shape::{Order, Split, Stratum};
use lotbook_draw::{DrawInput, Outcome, Pool, Quota, Seed, Shape, Traits, draw};

use crate::sample::{certificate, firm, person, seats};

/// 20 enterprises of stratum A, 4 of B; the first ten of A are of district 1.
fn office() -> Pool {
    let objects = (0..24).map(|f| firm(f, if f < 20 { "A" } else { "B" })).collect();
    let people = (0..6).map(|p| person(p, if p < 2 { &["a", "b"] } else { &["b"] })).collect();
    Pool::new(objects, people, vec![]).unwrap()
}

fn drawn(pool: &Pool) -> Outcome {
    let ppm = BTreeMap::from([("A".to_owned(), 400_000), ("B".to_owned(), 250_000)]);
    let quota = Quota::AtLeast { ppm, minimum: 0 };
    let (seats, seed) = (seats(&[&["a"], &["b"]]), Seed::from_bytes([5; 32]));
    draw(&DrawInput { pool, quota: &quota, seats: &seats, max_load: 6, min_inspectors: None, seed }).unwrap()
}

/// Puts these enterprises in place of those drawn.
fn bent(mut outcome: Outcome, firms: &[usize]) -> Outcome {
    for (selected, f) in outcome.selected.iter_mut().zip(firms) {
        selected.uscc = format!("F{f:05}");
    }
    outcome
}

fn shape(pool: &Pool, outcome: &Outcome, traits: &BTreeMap<&str, Traits<'_>>) -> Shape {
    Shape::of(pool, &seats(&[&["a"], &["b"]]), outcome, traits)
}

fn traits(pool: &Pool) -> BTreeMap<&str, Traits<'_>> {
    let days = ["2020-01-01", "2021-01-01"];
    let row = |(f, uscc)| {
        let (registered, district) = if f < 10 { (days[0], "1") } else { (days[1], "2") };
        (uscc, Traits { registered, name: uscc, district })
    };
    pool.objects().iter().map(|o| o.uscc.as_str()).enumerate().map(row).collect()
}

fn by(shape: &Shape, order: Order) -> Vec<&Split> {
    shape.splits.iter().filter(|split| split.by == order).collect()
}

#[test]
fn strata_seats_and_reasons_are_counted() {
    let mut objects = office().objects().to_vec();
    (objects[1].eligible, objects[1].reason) = (false, "not_alive".into());
    let pool = Pool::new(objects, office().inspectors().to_vec(), vec![]).unwrap();
    let outcome = drawn(&pool);
    let shape = shape(&pool, &outcome, &BTreeMap::new());
    assert_eq!(shape.strata["A"], Stratum { eligible: 19, drawn: 8 });
    assert_eq!(shape.strata["B"], Stratum { eligible: 4, drawn: 1 });
    assert_eq!(shape.small_strata, ["B"]);
    assert_eq!(shape.excluded, BTreeMap::from([("not_alive".into(), 1)]));
    assert_eq!((shape.holders, shape.scarce_seats), (vec![2, 6], vec![0]));
    assert_eq!(shape.splits, [], "nothing is known of anybody");
}

/// A: N = 20, n = 8, K = 10, so that the mean is 4 and the variance 8*10*10*12 / (400*19) = 1.263157...
/// B: N = 4, n = 1, K = 0.
#[test]
fn a_split_has_the_hypergeometric_mean_and_variance() {
    let pool = office();
    // All drawn of A lie in the first ten: 8 where 4 are expected, z^2 = 16 / 1.263157 = 12.666...
    let outcome = bent(drawn(&pool), &[0, 1, 2, 3, 4, 5, 6, 7, 20]);
    let shape = shape(&pool, &outcome, &traits(&pool));
    let expected = Split {
        by: Order::District,
        at: "1".into(),
        rows: 10,
        observed: 8,
        expected_millionths: 4_000_000,
        variance_millionths: 1_263_157,
        z_squared_thousandths: Some(12_666),
    };
    assert_eq!(by(&shape, Order::District)[0], &expected);
    // The other district is the rest of A and all of B, which cannot vary.
    let rest = by(&shape, Order::District)[1];
    assert_eq!((rest.rows, rest.observed, rest.expected_millionths), (14, 1, 5_000_000));
    assert_eq!(rest.z_squared_thousandths, Some(12_666));
    // The day in the middle is the later one: everything before it is district 1.
    let days = by(&shape, Order::RegistrationDate)[0];
    assert_eq!((days.at.as_str(), days.rows, days.observed), ("2021-01-01", 10, 8));
}

#[test]
fn a_part_that_is_nobody_or_everybody_cannot_vary() {
    let pool = office();
    let alike: BTreeMap<_, _> = traits(&pool)
        .into_iter()
        .map(|(uscc, traits)| (uscc, Traits { registered: "2020-01-01", district: "1", ..traits }))
        .collect();
    let shape = shape(&pool, &drawn(&pool), &alike);
    for order in [Order::RegistrationDate, Order::District] {
        let [split] = by(&shape, order)[..] else { panic!("one split by {order:?}") };
        assert_eq!((split.variance_millionths, split.z_squared_thousandths), (0, None));
    }
    assert_eq!(by(&shape, Order::Name)[0].rows, 12, "names differ");
}

#[test]
fn a_fair_draw_stays_under_five_standard_deviations_and_a_bent_one_does_not() {
    let objects: Vec<_> = (0..600).map(|f| firm(f, ["A", "B"][f % 2])).collect();
    let people = (0..40).map(|p| person(p, &["a", "b"])).collect();
    let pool = Pool::new(objects, people, vec![]).unwrap();
    let traits: BTreeMap<_, _> = pool
        .objects()
        .iter()
        .map(|o| (o.uscc.as_str(), Traits { registered: &o.uscc, name: &o.uscc, district: &o.uscc[5..] }))
        .collect();
    let (quota, seats) = (Quota::FixedTotal { total: 60 }, seats(&[&["a"], &["b"]]));
    let largest = |outcome: &Outcome| {
        let shape = Shape::of(&pool, &seats, outcome, &traits);
        shape.splits.iter().filter_map(|split| split.z_squared_thousandths).max()
    };
    for n in 0..50 {
        let seed = Seed::from_bytes([n; 32]);
        let input =
            DrawInput { pool: &pool, quota: &quota, seats: &seats, max_load: 6, min_inspectors: None, seed };
        let outcome = draw(&input).unwrap();
        assert!(largest(&outcome) < Some(25_000), "seed {n}");
        // The first sixty in order of registration, as a program that cut off a list drew them in 2011.
        assert!(largest(&bent(outcome, &(0..60).collect::<Vec<_>>())) > Some(25_000), "seed {n}");
    }
}

#[test]
fn a_certificate_gives_its_figures_back_and_no_others() {
    let mut certificate = certificate("tier1-even.json");
    assert_eq!(certificate.figures(), None, "an old certificate has none");
    let pool = office();
    let shape = shape(&pool, &drawn(&pool), &traits(&pool));
    certificate.shape = serde_json::to_value(&shape).unwrap();
    certificate.shape["others"] = serde_json::json!({ "beside": 1 });
    let json = certificate.to_json().unwrap();
    assert_eq!(lotbook_draw::Certificate::from_json(json.as_bytes()).unwrap().figures(), Some(shape));
    certificate.shape["holders"] = serde_json::json!("many");
    assert_eq!(certificate.figures(), None);
}
