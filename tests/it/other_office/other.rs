//! Another office: nothing of the sample stands in the demonstration's code.

use super::folder::{AREAS, Firm, Office};
use super::{Played, play, restricted, year};
use crate::recovery::program::Random;
use lotbook_draw::certificate::Grade;
use lotbook_event::Date;
use std::collections::{BTreeMap, BTreeSet};

/// Every batch, in the order in which they are drawn.
const DRAWS: [&str; 6] =
    ["计划-02/一.1", "计划-04/一.1", "计划-02/二.1", "计划-04/夏季.1", "计划-07/秋.1", "计划-02/联合.1"];
const REFUSED: [&str; 5] =
    ["OTHER_SECTION", "ALREADY_DRAWN", "MANUAL_ASSIGNMENT", "RECUSAL_PENDING", "ROLE_NOT_HELD"];

#[test]
fn another_office_of_three_times_the_size_is_drawn_published_and_verified() {
    let seed = Random::announced("another office").next();
    let office = Office::generate(seed, "正常经营");
    let folder = tempfile::tempdir().unwrap();
    office.write(folder.path());
    let played = play(Some(folder.path()));

    rosters(&played, &office);
    draws(&played);
    pools(&played, &office);
    yearly_cap(&played, &office);
    teams(&played, &office);
    lateness(&played);
    year::whole(&played, 2025);
    refusals(&played);
    restricted_columns(&played, &office);
}

fn rosters(played: &Played, office: &Office) {
    let state = played.ledger.verifier.state();
    let rows = (state.enterprises.len(), state.inspectors.len(), state.conflicts.len());
    assert_eq!(rows, (office.firms.len(), office.inspectors.len(), office.conflicts.len()));
    assert_eq!((office.firms.len(), office.inspectors.len()), (1_800, 120));
    assert_eq!((state.sections.len(), state.items.len(), state.plans.len()), (9, 24, 3));
    assert!(played.verdict.origin == "lotbook.example/another-office" && played.verdict.verified);
}

fn draws(played: &Played) {
    assert_eq!(played.batch_draws(), BTreeSet::from(DRAWS));
    let state = played.ledger.verifier.state();
    for draw in played.verdict.draws.iter().filter(|draw| DRAWS.contains(&draw.draw.as_str())) {
        assert!(draw.selected > 0 && draw.inspectors > 0 && draw.grade == Grade::B, "{draw:?}");
    }
    for (id, inspection) in &state.inspections {
        assert!(inspection.published.and(inspection.dispatched).and(inspection.delivered).is_some(), "{id}");
    }
    let published = played.told.iter().filter(|line| line.ends_with("reported, fed back and published"));
    assert_eq!(published.count(), DRAWS.len());
}

/// The first pool as the folder itself gives it; quotas within the plan.
fn pools(played: &Played, office: &Office) {
    let mut expected: BTreeMap<String, usize> = BTreeMap::new();
    let in_scope = |firm: &&Firm| {
        firm.kind == "餐饮服务单位"
            && AREAS[..4].contains(&firm.area)
            && [office.live.as_str(), "临时歇业"].contains(&firm.registration.as_str())
            && !firm.trusted
    };
    for firm in office.firms.iter().filter(in_scope) {
        *expected.entry(firm.risk.to_uppercase()).or_default() += 1;
    }
    assert_eq!(played.eligible(DRAWS[0]), expected);
    for stratum in played.completed(DRAWS[0]).strata {
        let ppm = [("R1", 75_000), ("R-2", 30_000), ("R3.B", 12_500)]
            .into_iter()
            .find(|(name, _)| *name == stratum.stratum.as_str())
            .unwrap()
            .1;
        let least = (stratum.eligible * ppm).div_ceil(1_000_000);
        assert!(stratum.quota >= least && stratum.quota <= stratum.eligible, "{stratum:?}");
    }
    assert_eq!(played.completed(DRAWS[2]).selected, 18);
    assert_eq!(played.completed(DRAWS[3]).selected, 24);
    for draw in DRAWS {
        let outside = played.reasons(draw)["outside_jurisdiction"];
        assert_eq!(outside, office.firms.iter().filter(|firm| !AREAS.contains(&firm.area)).count());
        let strangers = office.firms.iter().filter(|firm| firm.registration == "外迁他市");
        assert!(played.reasons(draw)["not_alive"] > strangers.count() / 2, "words without a frequency");
    }
}

/// Art. 16: who was drawn by another section stands in the pool with that reason; nobody over the cap.
fn yearly_cap(played: &Played, office: &Office) {
    let section = |draw: &str| draw.split('/').next().unwrap().to_owned();
    let mut drawn: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for assigned in played.assigned() {
        drawn.entry(assigned.uscc.to_string()).or_default().push(section(assigned.draw.as_str()));
    }
    for firm in &office.firms {
        let draws = drawn.get(&firm.uscc).cloned().unwrap_or_default();
        let sections: BTreeSet<_> = draws.iter().collect();
        let exempt = firm.credit != "正常";
        assert!(draws.len() <= 3 && (sections.len() <= 1 || exempt), "{} {draws:?}", firm.uscc);
    }
    let by_other: usize =
        DRAWS.iter().map(|draw| played.reasons(draw).get("drawn_by_other_unit").copied().unwrap_or(0)).sum();
    assert!(by_other > 0, "sections meet in the same pools");
}

/// Nobody off post, without a valid certificate or in conflict; three or four different members.
fn teams(played: &Played, office: &Office) {
    let conflicts: BTreeSet<_> =
        office.conflicts.iter().map(|c| (c.inspector.as_str(), c.uscc.as_str())).collect();
    let usable: BTreeSet<_> = office
        .inspectors
        .iter()
        .filter(|inspector| inspector.active && inspector.certificate_until > "2025-12-31")
        .map(|inspector| inspector.id.as_str())
        .collect();
    assert!(Date::new("2027-06-30").is_ok() && usable.len() > 90);
    for assigned in played.assigned() {
        let seats = if [DRAWS[3], DRAWS[5]].contains(&assigned.draw.as_str()) { 4 } else { 3 };
        let members: BTreeSet<_> = assigned.team.iter().map(|member| member.as_str()).collect();
        assert_eq!((assigned.team.len(), members.len()), (seats, seats), "{assigned:?}");
        for member in members {
            assert!(usable.contains(member), "{member} in {assigned:?}");
            assert!(!conflicts.contains(&(member, assigned.uscc.as_str())), "{member} in {assigned:?}");
        }
    }
}

/// Plans are due on 15 February here.
fn lateness(played: &Played) {
    assert_eq!(played.flagged("PLAN_LATE"), ["2025/科07"]);
    let missing = ["01", "03", "05", "06", "07", "08"].map(|n| format!("2025/科{n}"));
    assert_eq!(played.flagged("PLAN_MISSING"), missing);
    for flag in ["FEEDBACK_LATE", "PUBLICATION_LATE", "PROVISIONAL_DUE"] {
        assert_eq!(played.flagged(flag), Vec::<String>::new(), "the players are in time, 2026 is published");
    }
    let told = |line: &&String| line.contains("2025-02-16  LATE: D1 of 2025/科01");
    assert_eq!(played.told.iter().filter(told).count(), 1);
}

fn refusals(played: &Played) {
    assert_eq!(played.verdict.refusals, REFUSED.len() as u64);
    let told: Vec<_> = played.told.iter().filter(|line| line.contains("  REFUSED ")).collect();
    assert_eq!(told.len(), REFUSED.len());
    for (line, code) in told.iter().zip(REFUSED) {
        assert!(line.contains(code), "{line}");
    }
    assert_eq!(played.verdict.events["ItemWithdrawn"], 1, "the step that was lawful");
}

fn restricted_columns(played: &Played, office: &Office) {
    let firms = office.firms.iter();
    let mut values: Vec<_> = firms.flat_map(|f| [f.legal.clone(), f.telephone.clone()]).collect();
    let grounds: Vec<_> = office.conflicts.iter().map(|conflict| conflict.ground.clone()).collect();
    values.extend(grounds.clone());
    values.extend(office.conflicts.iter().map(|conflict| conflict.source.clone()));
    let public: Vec<_> = office.firms.iter().map(|firm| firm.name.clone()).collect();
    restricted::nowhere(&played.data(), &played.told.join("\n"), &values, &public, &grounds);
}

#[test]
fn an_office_may_use_any_word_for_a_live_enterprise_in_all_of_its_files() {
    // 在营 is a word that the importer knows by another one; the office writes it everywhere.
    let office = Office::generate(7, "在营");
    let folder = tempfile::tempdir().unwrap();
    office.write(folder.path());
    let played = play(Some(folder.path()));
    draws(&played);
    pools(&played, &office);
}
