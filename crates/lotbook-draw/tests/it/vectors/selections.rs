//! Roots, quotas and selected enterprises. [draw 2, 4]

use std::collections::BTreeMap;

use lotbook_draw::select::select;
use lotbook_draw::{Hex, Seed};
use serde_json::json;

use super::check;

#[test]
fn roots_of_pools() {
    check("roots", (11, 16), |given| {
        let roots = given.pool().ok()?.roots();
        let [objects, inspectors, conflicts] = [roots.objects, roots.inspectors, roots.conflicts].map(Hex);
        Some(json!({ "objects": objects, "inspectors": inspectors, "conflicts": conflicts }))
    });
}

#[test]
fn quotas() {
    check("quota", (13, 3), |given| {
        let eligible: BTreeMap<String, u64> = given.get("eligible");
        let (quotas, words) = given.quota().per_stratum(&eligible, &given.key()).ok()?;
        Some(json!({ "quotas": quotas, "words": words }))
    });
}

#[test]
fn selections() {
    check("selection", (10, 1), |given| {
        let seed = Seed::from_bytes(given.bytes("seed"));
        let selection = select(&given.pool().unwrap(), &given.quota(), &seed).ok()?;
        let cutoffs: BTreeMap<_, _> =
            selection.cutoffs.into_iter().map(|(code, ticket)| (code, Hex(*ticket.as_bytes()))).collect();
        let selected: Vec<String> = selection.selected.into_iter().map(|s| s.uscc).collect();
        let (quotas, words) = (selection.quotas, selection.words);
        Some(json!({ "quotas": quotas, "cutoffs": cutoffs, "selected": selected, "words": words }))
    });
}
