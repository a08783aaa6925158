//! Selecting in bounded memory, in any order and in parts, against sorting all rows. [draw 4]

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use lotbook_draw::select::{select, select_on};
use lotbook_draw::{
    Census, ObjectRow, Pool, Quota, QuotaError, Seed, Selected, Selection, Selector, Stage, Ticket,
};
use proptest::prelude::*;

use crate::sample::{Dice, firm};

/// The text of the protocol, row by row: all tickets sorted, the q_c first of each stratum, then the minimum.
fn by_sorting(rows: &[ObjectRow], quota: &Quota, seed: &Seed) -> Selection {
    let mut census = Census::default();
    rows.iter().filter(|o| o.eligible).for_each(|o| census.add(&o.stratum));
    let (mut quotas, words) = quota.per_stratum(census.counts(), &Stage::Quota.key(seed)).unwrap();
    let key = Stage::Objects.key(seed);
    let mut order: Vec<(Ticket, &ObjectRow)> =
        rows.iter().filter(|o| o.eligible).map(|o| (key.ticket(&o.uscc), o)).collect();
    order.sort_by(|a, b| (a.0, &a.1.uscc).cmp(&(b.0, &b.1.uscc)));
    let mut open = quotas.clone();
    let (mut drawn, rest): (Vec<_>, Vec<_>) = order.into_iter().partition(|(_, o)| {
        let places = open.get_mut(&o.stratum).unwrap();
        let is_drawn = *places > 0;
        *places = places.saturating_sub(1);
        is_drawn
    });
    if let Quota::AtLeast { ppm, minimum } = quota {
        for (ticket, o) in rest.into_iter().filter(|(_, o)| ppm[&o.stratum] > 0) {
            if (drawn.len() as u64) < *minimum {
                *quotas.get_mut(&o.stratum).unwrap() += 1;
                drawn.push((ticket, o));
            }
        }
    }
    drawn.sort_by(|a, b| (a.0, &a.1.uscc).cmp(&(b.0, &b.1.uscc)));
    let selected: Vec<Selected> = drawn
        .iter()
        .map(|(ticket, o)| Selected { uscc: o.uscc.clone(), stratum: o.stratum.clone(), ticket: *ticket })
        .collect();
    let cutoffs: BTreeMap<String, Ticket> = selected.iter().map(|s| (s.stratum.clone(), s.ticket)).collect();
    Selection { quotas, cutoffs, selected, words }
}

/// Rows in four strata of very different sizes, a tenth of them not eligible.
fn rows(dice: &mut Dice, count: usize) -> Vec<ObjectRow> {
    let row = |f| {
        let stratum = ["A", "A", "A", "A", "A", "A", "B", "B", "C", ""][dice.below(10) as usize];
        let eligible = !dice.percent(10);
        let reason = if eligible { String::new() } else { "not_alive".into() };
        ObjectRow { eligible, reason, ..firm(f, stratum) }
    };
    (0..count).map(row).collect()
}

/// Rates of up to a third; C is never drawn; a minimum that is over what they give, or under it.
fn quota(dice: &mut Dice, count: u64) -> Quota {
    let mut rate = |code: &str| (code.to_owned(), dice.below(333_333) as u32);
    let mut ppm = BTreeMap::from([rate("A"), rate("B"), rate("")]);
    ppm.insert("C".into(), 0);
    match dice.below(3) {
        0 => Quota::FixedTotal { total: dice.below(count + 1) },
        1 => Quota::AtLeast { ppm, minimum: 0 },
        _ => Quota::AtLeast { ppm, minimum: dice.below(count + 10) },
    }
}

fn shuffle<T>(dice: &mut Dice, list: &mut [T]) {
    for q in (1..list.len()).rev() {
        list.swap(q, dice.below(q as u64 + 1) as usize);
    }
}

/// As 64 district offices do it: each row goes to one of them, and they are joined in any order.
fn in_shards(
    rows: &[&ObjectRow],
    quota: &Quota,
    seed: &Seed,
    dice: &mut Dice,
) -> Result<Selection, QuotaError> {
    let mut counts: Vec<Census> = (0..64).map(|_| Census::default()).collect();
    rows.iter().for_each(|o| counts[dice.below(64) as usize].add(&o.stratum));
    let mut census = Census::default();
    counts.into_iter().for_each(|part| census.merge(part));
    let empty = Selector::new(census.counts(), quota, seed)?;
    let mut shards = vec![empty.clone(); 64];
    for o in rows {
        shards[dice.below(64) as usize].offer(&o.uscc, &o.stratum)?;
    }
    shuffle(dice, &mut shards);
    let mut whole = empty;
    shards.into_iter().for_each(|shard| whole.merge(shard));
    whole.finish()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_64_shards_select_what_sorting_selects(start in any::<u64>(), count in 0..900_usize) {
        let mut dice = Dice(start);
        let rows = rows(&mut dice, count);
        let quota = quota(&mut dice, count as u64);
        let seed = Seed::from_bytes([dice.below(256) as u8; 32]);
        let sorted = by_sorting(&rows, &quota, &seed);
        let mut eligible: Vec<&ObjectRow> = rows.iter().filter(|o| o.eligible).collect();
        shuffle(&mut dice, &mut eligible);
        prop_assert_eq!(&in_shards(&eligible, &quota, &seed, &mut dice).unwrap(), &sorted);
        let pool = Pool::new(rows, vec![], vec![]).unwrap();
        prop_assert_eq!(&select(&pool, &quota, &seed).unwrap(), &sorted);
        for threads in [2, 3, 64] {
            let threads = NonZeroUsize::new(threads).unwrap();
            prop_assert_eq!(&select_on(&pool, &quota, &seed, threads).unwrap(), &sorted);
        }
    }
}

#[test]
fn other_rows_than_were_counted_are_refused() {
    let (quota, seed) = (Quota::FixedTotal { total: 2 }, Seed::from_bytes([1; 32]));
    let counts = BTreeMap::from([("A".to_owned(), 3)]);
    let offered = |rows: u64| {
        let mut selector = Selector::new(&counts, &quota, &seed).unwrap();
        (0..rows).for_each(|n| selector.offer(&format!("F{n}"), "A").unwrap());
        selector.finish()
    };
    assert_eq!(offered(3).unwrap().selected.len(), 2);
    for rows in [0, 2, 4] {
        let error = QuotaError::Miscounted { stratum: "A".into(), counted: 3, offered: rows };
        assert_eq!(offered(rows), Err(error));
    }
    let mut selector = Selector::new(&counts, &quota, &seed).unwrap();
    let error = QuotaError::NotCounted { stratum: "B".into() };
    assert_eq!(selector.offer("F1", "B"), Err(error));
}

#[test]
fn a_part_that_is_left_out_is_missed() {
    let (quota, seed) = (Quota::FixedTotal { total: 2 }, Seed::from_bytes([1; 32]));
    let empty = Selector::new(&BTreeMap::from([("A".to_owned(), 2)]), &quota, &seed).unwrap();
    let mut parts = [empty.clone(), empty];
    parts[0].offer("F1", "A").unwrap();
    parts[1].offer("F2", "A").unwrap();
    let [mut whole, other] = parts;
    assert!(whole.clone().finish().is_err());
    whole.merge(other);
    assert_eq!(whole.finish().unwrap().selected.len(), 2);
}

/// Tickets that are made four at a time are those that are made alone, whatever the lengths that come together.
#[test]
fn tickets_of_a_selection_are_those_of_the_crate_of_blake3() {
    let seed = Seed::from_bytes([6; 32]);
    let key = Stage::Objects.key(&seed);
    for count in 0..300_u64 {
        let ids: Vec<String> =
            (0..count).map(|n| format!("{n}{}", "é".repeat((n * 7 % 40) as usize))).collect();
        let eligible = BTreeMap::from([("".to_owned(), count)]);
        let mut selector = Selector::new(&eligible, &Quota::FixedTotal { total: count }, &seed).unwrap();
        ids.iter().for_each(|id| selector.offer(id, "").unwrap());
        let selected = selector.finish().unwrap().selected;
        assert_eq!(selected.len() as u64, count);
        for s in selected {
            let message = [(s.uscc.len() as u64).to_le_bytes().as_slice(), s.uscc.as_bytes()].concat();
            let expected = blake3::keyed_hash(key.as_bytes(), &message);
            assert_eq!(s.ticket.as_bytes(), expected.as_bytes(), "{}", s.uscc);
        }
    }
}

#[test]
fn tickets_of_long_ids_are_those_of_the_formula() {
    let key = Stage::Objects.key(&Seed::from_bytes([9; 32]));
    for length in [0, 1, 18, 63, 64, 65, 127, 128, 129, 1_025] {
        let id = "x".repeat(length);
        let message = [(length as u64).to_le_bytes().as_slice(), id.as_bytes()].concat();
        let expected = blake3::keyed_hash(key.as_bytes(), &message);
        assert_eq!(key.ticket(&id).as_bytes(), expected.as_bytes(), "{length} bytes");
    }
}
