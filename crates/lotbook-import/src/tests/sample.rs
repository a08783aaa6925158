//! The sample office: what it holds, in which order it is drafted, and what never leaves it.

use super::*;
use lotbook_event::Statement;
use lotbook_event::keys::Role;
use lotbook_event::plan::{Stratification, TrustMode};

#[test]
fn the_sample_holds_what_its_readme_says() {
    let import = run(&sample(), &Known::default());
    let counts: Vec<_> =
        import.reports.iter().map(|r| (r.file.as_str(), r.rows, r.added, r.rejected)).collect();
    let expected = [
        ("office.toml", 2, 2, 0),
        ("cn-calendar.json", 1, 1, 0),
        ("sections.csv", 6, 6, 0),
        ("items.csv", 12, 12, 0),
        ("inspectors.csv", 40, 40, 0),
        ("enterprises.csv", 600, 600, 0),
        ("conflicts.csv", 24, 24, 0),
        ("plan.toml", 1, 1, 0),
        ("plan-S01.toml", 1, 1, 0),
        ("schemes.toml", 3, 3, 0),
    ];
    assert_eq!(counts, expected);
    for report in &import.reports {
        assert!(report.lines.is_empty() && report.readable && report.repaired == 0, "{}", lines(report));
    }
    let known = after(&Known::default(), &import);
    assert_eq!((known.enterprises.len(), known.inspectors.len(), known.conflicts.len()), (600, 40, 24));
    let trust = known.statuses.values().filter(|status| status.kind.as_str() == "守信企业").count();
    assert_eq!((known.statuses.len() - trust, trust), (38, 30));
    assert!(known.items.values().all(|item| item.aggregated && item.published));
}

#[test]
fn drafts_come_in_an_order_that_a_ledger_accepts() {
    let import = run(&sample(), &Known::default());
    let mut kinds: Vec<_> = import.drafts.iter().map(|draft| draft.event.name()).collect();
    kinds.dedup();
    let expected = [
        "OfficeConstituted",
        "RulesetAdopted",
        "RosterImported",
        "CalendarPublished",
        "SectionRegistered",
        "RosterImported",
        "ItemProposed",
        "ItemAggregated",
        "ItemPublished",
        "RosterImported",
        "InspectorEnrolled",
        "RosterImported",
        "EnterpriseEnrolled",
        "StatusRecorded",
        "RosterImported",
        "ConflictDeclared",
        "RosterImported",
        "PlanDrafted",
        "PlanAdopted",
        "PlanPublished",
        "RosterImported",
        "PlanDrafted",
        "PlanAdopted",
        "PlanPublished",
        "RosterImported",
        "SchemeAdopted",
        "RosterImported",
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn each_draft_is_for_the_role_and_section_that_may_state_it() {
    for draft in run(&sample(), &Known::default()).drafts {
        let role = match &draft.event {
            Event::OfficeConstituted(_) | Event::RulesetAdopted(_) => Role::OfficeLeader,
            Event::CalendarPublished(_) | Event::SectionRegistered(_) => Role::Administrator,
            Event::ItemAggregated(_) => Role::Coordinator,
            Event::ItemPublished(_) | Event::PlanPublished(_) => Role::Publisher,
            Event::ItemProposed(_)
            | Event::PlanDrafted(_)
            | Event::PlanAdopted(_)
            | Event::SchemeAdopted(_) => Role::SectionOfficer,
            _ => Role::Registrar,
        };
        assert_eq!(draft.role, role, "{}", draft.event.name());
        assert_eq!(draft.section.is_some(), role == Role::SectionOfficer, "{}", draft.event.name());
    }
}

#[test]
fn drafts_carry_the_days_that_the_files_give() {
    let drafts = run(&sample(), &Known::default()).drafts;
    let on = |name: &str| -> Vec<String> {
        let named = drafts.iter().filter(|draft| draft.event.name() == name);
        named.map(|draft| draft.on.map_or_else(String::new, |day| day.to_string())).collect()
    };
    assert_eq!(on("RulesetAdopted"), ["2026-01-05"]);
    assert_eq!(on("InspectorEnrolled"), ["2024-01-10", "2026-01-08"]);
    assert_eq!(on("PlanAdopted"), ["2026-01-26", "2026-02-03"]);
    assert_eq!(on("PlanPublished"), ["2026-01-27", "2026-02-04"]);
    assert_eq!(on("SchemeAdopted"), ["2026-02-26", "2026-05-06", "2026-09-01"]);
    let conflicts = on("ConflictDeclared");
    assert!(
        conflicts.is_sorted()
            && conflicts.first().unwrap() == "2026-01-05"
            && conflicts.last().unwrap() == "2026-01-28"
    );
}

#[test]
fn the_plan_and_the_rules_are_read_exactly() {
    let known = sample_known();
    let rules = known.rule_set.as_ref().unwrap();
    assert_eq!(
        (rules.min_reveals, rules.penalty_status.as_str(), rules.trust_status.as_str()),
        (2, "行政处罚", "守信企业")
    );
    assert!(rules.risk_class_public && rules.participants.len() == 3 && rules.frequencies.len() == 4);
    let plan = &known.plans.values().find(|known| known.plan.batches.len() == 3).unwrap().plan;
    assert_eq!((plan.trust_mode, plan.reduced_cap, plan.annual_cap), (TrustMode::Reduced, 1, 2));
    let rates =
        |n: usize| -> Vec<_> { plan.batches[n].rates.iter().map(|r| (r.stratum.as_str(), r.ppm)).collect() };
    assert_eq!(rates(0), [("A", 100_000), ("B", 200_000), ("C", 400_000), ("D", 1_000_000)]);
    assert_eq!(
        (rates(1).len(), plan.batches[1].total, plan.batches[1].stratification),
        (0, 10, Stratification::Area)
    );
    assert_eq!((rates(2), plan.batches[2].sections.len()), (vec![("", 50_000)], 2));
    let limits: Vec<_> = known.items.values().map(|known| known.item.ratio_limit_ppm).collect();
    assert_eq!((limits[0], limits[1], limits[6]), (Some(100_000), None, Some(50_000)));
}

#[test]
fn no_restricted_value_is_in_any_statement_or_report() {
    let import = run(&sample(), &Known::default());
    let mut secrets: Vec<String> = vec!["000-0000".into()];
    let enterprises = sample_text("enterprises.csv");
    secrets.extend(enterprises.lines().skip(1).filter_map(|row| row.split(',').nth(12)).map(String::from));
    let conflicts = sample_text("conflicts.csv");
    secrets
        .extend(conflicts.lines().skip(1).flat_map(|row| row.split(',').skip(2).take(2)).map(String::from));
    secrets.extend(import.sealed.iter().map(|sealed| sealed.value.clone()).filter(|value| !value.is_empty()));
    secrets.sort();
    secrets.dedup();
    // Inspectors' names are public (Art. 10); the sample gives some legal representatives the same ones.
    let inspectors = sample_text("inspectors.csv");
    secrets.retain(|secret| !inspectors.contains(&format!(",{secret},")));
    assert!(secrets.len() > 100);
    let reports: Vec<u8> = import.reports.iter().flat_map(|report| lines(report).into_bytes()).collect();
    let statements = import.drafts.iter().map(|draft| encoded(&draft.event));
    for bytes in statements.chain([reports]) {
        let text = String::from_utf8_lossy(&bytes);
        assert_eq!(secrets.iter().find(|secret| text.contains(secret.as_str())), None);
    }
    let dropped = report("enterprises.csv", enterprises, &sample_known()).dropped_columns;
    let dropped: Vec<_> = dropped.iter().map(|column| (column.name.as_str(), column.cells)).collect();
    assert_eq!(dropped, [("法定代表人", 600), ("联系电话", 600)]);
}

#[test]
fn every_draft_is_a_strict_statement_under_the_limit() {
    for draft in run(&sample(), &Known::default()).drafts {
        let bytes = encoded(&draft.event);
        assert!(bytes.len() <= MAX_DRAFT_BYTES);
        assert_eq!(Statement::decode(&bytes).unwrap().event, draft.event);
    }
}

#[test]
fn what_is_sealed_opens_and_is_on_the_ledger() {
    let import = run(&sample(), &Known::default());
    let known = after(&Known::default(), &import);
    let (files, grounds): (Vec<_>, Vec<_>) = import.sealed.iter().partition(|sealed| sealed.value.is_empty());
    assert_eq!(
        files.iter().map(|sealed| sealed.about.as_str()).collect::<Vec<_>>(),
        ["enterprises.csv", "conflicts.csv"]
    );
    assert_eq!(grounds.len(), 24);
    assert!(grounds.iter().all(|sealed| sealed.opens()));
    assert!(known.conflicts.values().all(|c| grounds.iter().any(|s| s.commitment == c.ground_commitment)));
    assert_eq!(
        grounds.iter().find(|s| s.about == "I014 91411104XN00013300").unwrap().value,
        "近亲属任职|科室发现"
    );
    assert!(!format!("{grounds:?}").contains("近亲属"));
    let bytes = sample().into_iter().find(|(name, _)| name == "conflicts.csv").unwrap().1;
    assert_eq!(crate::seal::commit(&files[1].salt, &bytes), files[1].commitment);
}

#[test]
fn a_second_import_of_the_same_folder_states_nothing() {
    let again = run(&sample(), &sample_known());
    assert_eq!(again.drafts, []);
    assert_eq!(again.sealed, []);
    for report in &again.reports {
        assert_eq!((report.unchanged, report.has_effect()), (report.rows, false), "{}", lines(report));
    }
    let complete = Options { complete: true, ..options() };
    assert_eq!(import(&sample(), &sample_known(), &complete, &mut salts()).drafts, []);
}

#[test]
fn the_order_in_which_files_are_given_does_not_matter() {
    let mut files = sample();
    files.reverse();
    assert_eq!(run(&files, &Known::default()).drafts, run(&sample(), &Known::default()).drafts);
}
