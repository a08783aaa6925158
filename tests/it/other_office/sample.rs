//! The unchanged sample office: what tests/sample/README.md says of it.

use super::{Played, play, restricted, year};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const B1: &str = "P-2026-S04/B1.1";
const B2: &str = "P-2026-S04/B2.1";
const B3: &str = "P-2026-S04/B3.1";

/// Four sections have no plan of 2026; nobody plays the plans of 2027.
const MISSING: [&str; 9] = [
    "2026/S01", "2026/S02", "2026/S03", "2026/S05", "2027/S01", "2027/S02", "2027/S03", "2027/S04",
    "2027/S05",
];

/// The different values of a column of a sample file.
fn column(file: &str, title: &str) -> Vec<String> {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/sample"));
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let at = lines.next().unwrap().split(',').position(|found| found.trim() == title).unwrap();
    let cells: BTreeSet<_> = lines.map(|line| line.split(',').nth(at).unwrap().trim().to_owned()).collect();
    cells.into_iter().filter(|cell| !cell.is_empty()).collect()
}

#[test]
fn the_sample_office_is_drawn_as_its_readme_says() {
    let played = play(None);
    first_batch(&played);
    second_batch(&played);
    third_batch(&played);
    year::whole(&played, 2026);
    flags(&played);
    never_drawn(&played);
    restricted_columns(&played);
    assert_eq!(played.batch_draws(), BTreeSet::from([B1, B2, B3]));
    assert_eq!((played.verdict.draws.len(), played.verdict.refusals), (5, 1), "two recusals have their own");
    let published = played.told.iter().filter(|line| line.ends_with("reported, fed back and published"));
    assert_eq!(published.count(), 3, "up to the publication of each");
}

fn strata(strata: &[(&str, usize)]) -> BTreeMap<String, usize> {
    strata.iter().map(|(stratum, rows)| ((*stratum).to_owned(), *rows)).collect()
}

fn first_batch(played: &Played) {
    assert_eq!(played.eligible(B1), strata(&[("A", 10), ("B", 8), ("C", 4), ("D", 1)]));
    let drawn = played.completed(B1);
    let quotas: Vec<_> = drawn.strata.iter().map(|s| (s.stratum.as_str(), s.quota)).collect();
    assert_eq!(quotas, [("A", 1), ("B", 2), ("C", 2), ("D", 1)]);
    assert_eq!((drawn.selected, drawn.tier), (6, 1));
    let usable = played.pool(B1).inspectors().iter().filter(|row| row.eligible).count();
    assert_eq!(usable, 8);
    let teams: Vec<_> = played.assigned().into_iter().filter(|a| a.draw.as_str() == B1).collect();
    assert_eq!(teams.len(), 6);
    assert_eq!(teams.iter().map(|assigned| assigned.team.len()).sum::<usize>(), 12);
}

fn second_batch(played: &Played) {
    assert_eq!(played.eligible(B2).values().sum::<usize>(), 208);
    let drawn = played.completed(B2);
    assert_eq!((drawn.selected, drawn.tier), (10, 1));
    assert_eq!(drawn.strata.iter().map(|stratum| stratum.quota).sum::<u64>(), 10);
    let teams: Vec<_> = played.assigned().into_iter().filter(|a| a.draw.as_str() == B2).collect();
    assert_eq!(teams.iter().map(|assigned| assigned.team.len()).sum::<usize>(), 20);
}

/// The comprehensive batch: about 156 firms, less what the others had, typed seats.
fn third_batch(played: &Played) {
    let eligible = played.eligible(B3).values().sum::<usize>();
    assert!((140..=156).contains(&eligible), "{eligible}");
    let drawn = played.completed(B3);
    assert_eq!(drawn.selected, u32::try_from(eligible.div_ceil(20)).unwrap());
    let qualified = |id: &str, needed: &str| {
        let pool = played.pool(B3);
        let row = pool.inspectors().iter().find(|row| row.inspector_id == id).unwrap().clone();
        row.qualifications.iter().any(|known| known == needed)
    };
    for team in played.assigned().into_iter().filter(|a| a.draw.as_str() == B3) {
        assert_eq!(team.team.len(), 3);
        assert!(qualified(team.team[0].as_str(), "质量检测") && qualified(team.team[1].as_str(), "人防工程"));
    }
}

fn flags(played: &Played) {
    assert_eq!(played.flagged("PLAN_LATE"), ["2026/S01"]);
    assert_eq!(played.flagged("PLAN_MISSING"), MISSING);
    let undirected: BTreeSet<_> = played.flagged("UNDIRECTED_SPECIALISED").into_iter().collect();
    assert_eq!(undirected, BTreeSet::from(["P-2026-S04/B2".to_owned(), "P-2026-S04/B3".to_owned()]));
    assert_eq!(played.flagged("ROSTER_CHANGED_LATE"), Vec::<String>::new());
    assert_eq!(played.flagged("SUBSTITUTE_UNAVAILABLE").len(), 1);
    assert_eq!(played.flagged("PROVISIONAL_DUE"), ["direct-2026-1"], "2027 is not published");
    let known = [
        "PLAN_LATE",
        "PLAN_MISSING",
        "UNDIRECTED_SPECIALISED",
        "ITEM_RATIO_EXCEEDED",
        "REPORT_LATE",
        "SUBSTITUTE_UNAVAILABLE",
        "PROVISIONAL_DUE",
    ];
    assert!(played.verdict.flags.keys().all(|flag| known.contains(flag)), "{:?}", played.verdict.flags);
    ratio_exceeded(played);
}

/// K07 (construction firms) may be drawn up to 5 %: flagged exactly if the lot went over it. K10 in B3, too.
fn ratio_exceeded(played: &Played) {
    let state = played.ledger.verifier.state();
    let builder = |uscc: &str| {
        let mut firms = state.enterprises.values();
        firms.any(|firm| firm.row.uscc.as_str() == uscc && firm.row.kind.as_str() == "施工单位")
    };
    let pool = played.pool(B2);
    let eligible = pool.objects().iter().filter(|row| row.eligible && builder(&row.uscc)).count();
    let teams = played.assigned();
    let drawn = teams.iter().filter(|a| a.draw.as_str() == B2 && builder(a.uscc.as_str())).count();
    let over = drawn * 100 > eligible * 5;
    let flagged = played.flagged("ITEM_RATIO_EXCEEDED");
    assert_eq!(flagged.contains(&B2.to_owned()), over);
    assert!(flagged.contains(&B3.to_owned()), "5 % rounded up of one class is more than 5 %");
}

/// Off post, seconded, certificate expired.
fn never_drawn(played: &Played) {
    for draw in [B1, B2, B3] {
        for never in ["I009", "I027", "I021", "I014", "I033"] {
            let pool = played.pool(draw);
            let row = pool.inspectors().iter().find(|row| row.inspector_id == never).unwrap();
            assert!(!row.eligible && !row.reason.is_empty(), "{never} in {draw}");
        }
    }
}

fn restricted_columns(played: &Played) {
    let people: BTreeSet<_> = column("inspectors.csv", "姓名").into_iter().collect();
    let mut values: Vec<_> = column("enterprises.csv", "法定代表人");
    let all = values.len();
    values.retain(|name| !people.contains(name));
    assert!(all > 100 && values.len() * 10 > all * 9, "{} of {all} names are nobody else's", values.len());
    values.extend(column("enterprises.csv", "联系电话"));
    let grounds = column("conflicts.csv", "利害关系类型");
    values.extend(grounds.clone());
    values.extend(column("conflicts.csv", "申报方式"));
    let public = column("enterprises.csv", "企业名称");
    restricted::nowhere(&played.data(), &played.told.join("\n"), &values, &public, &grounds);
}
