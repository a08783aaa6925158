//! Every projection agrees with the fold, in whatever pages it is read.

use super::dice::Dice;
use super::fold::Fold;
use lotbook_domain::State;
use lotbook_domain::projection::{self as p, BadKey};
use lotbook_event::DrawId;
use std::collections::BTreeMap;

/// Reads a list in pages of random sizes, each going on after the last key of the one before.
fn paged<V, I: Iterator<Item = (String, V)>>(
    dice: &mut Dice,
    read: impl Fn(&str) -> Result<I, BadKey>,
) -> Vec<(String, V)> {
    let mut all: Vec<(String, V)> = vec![];
    loop {
        let after = all.last().map(|(key, _)| key.clone()).unwrap_or_default();
        let size = 1 + dice.below(9);
        let page: Vec<_> = read(&after).unwrap().take(size).collect();
        let last = page.len() < size;
        all.extend(page);
        if last {
            return all;
        }
    }
}

fn list<V: Clone>(map: &BTreeMap<String, V>) -> Vec<(String, V)> {
    map.iter().map(|(key, view)| (key.clone(), view.clone())).collect()
}

macro_rules! same {
    ($name:literal, $dice:expr, $read:expr, $expected:expr) => {
        let (found, expected) = (paged($dice, $read), $expected);
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, $name);
        }
        assert_eq!(found.len(), expected.len(), $name);
    };
}

/// The projections of a state against the fold.
pub fn agree(state: &State, fold: &Fold, dice: &mut Dice) {
    registry(state, fold, dice);
    draws(state, fold, dice);
    inspections(state, fold, dice);
    let all = p::obligation::Filter::default();
    same!("obligations", dice, |after| p::obligations(state, after, &all), fold.board());
    let years = fold.disclosures.iter().map(|(year, view)| (year.to_string(), view.clone()));
    same!("disclosures", dice, |after| p::disclosures(state, after), years.collect::<Vec<_>>());
    let all = p::refusal::Filter::default();
    let refusals = fold.refusals.iter().map(|view| (view.position.to_string(), view.clone()));
    same!("refusals", dice, |after| p::refusals(state, after, &all), refusals.collect::<Vec<_>>());
    let counts = fold.counts.iter().map(|view| (view.position.to_string(), view.clone()));
    same!("counts", dice, |after| p::refusal_counts(state, after, &all), counts.collect::<Vec<_>>());
}

fn registry(state: &State, fold: &Fold, dice: &mut Dice) {
    let all = p::item::Filter::default();
    same!("items", dice, |after| p::items(state, after, &all), list(&fold.items));
    let all = p::inspector::Filter::default();
    same!("inspectors", dice, |after| p::inspectors(state, after, &all), list(&fold.inspectors));
    let all = p::enterprise::Filter::default();
    same!("enterprises", dice, |after| p::enterprises(state, after, &all), list(&fold.enterprises));
    let all = p::plan::Filter::default();
    same!("plans", dice, |after| p::plans(state, after, &all), fold.plan_views());
    let all = p::batch::Filter::default();
    same!("batches", dice, |after| p::batches(state, after, &all), list(&fold.batches));
}

fn draws(state: &State, fold: &Fold, dice: &mut Dice) {
    let all = p::draw::Filter::default();
    same!("draws", dice, |after| p::draws(state, after, &all), list(&fold.draws));
    let all = p::pool_row::Filter::default();
    for (draw, rows) in &fold.pools {
        let draw = DrawId::new(draw.as_str()).unwrap();
        let read = |after: &str| p::pool_rows(state, &draw, after, &all).map(Option::unwrap);
        same!("pool rows", dice, read, rows.keyed());
    }
    let all = p::assignment::Filter::default();
    same!("assignments", dice, |after| p::assignments(state, after, &all), list(&fold.assignments));
    let all = p::recusal::Filter::default();
    same!("recusals", dice, |after| p::recusals(state, after, &all), list(&fold.recusals));
}

fn inspections(state: &State, fold: &Fold, dice: &mut Dice) {
    let all = p::inspection::Filter::default();
    same!("inspections", dice, |after| p::inspections(state, after, &all), list(&fold.inspections));
    let all = p::comment::Filter::default();
    same!("comments", dice, |after| p::comments(state, after, &all), list(&fold.comments));
    let all = p::violation::Filter::default();
    same!("violations", dice, |after| p::violations(state, after, &all), fold.public_violations());
}
