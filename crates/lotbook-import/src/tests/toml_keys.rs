//! Offices, plans and schemes that are not what they must be.

use super::*;
use lotbook_event::plan::Reveal;

/// A sample TOML file with one edit, over everything the sample has but that file's subject.
fn edited(name: &str, from: &str, to: &str) -> FileReport {
    let text = sample_text(name);
    assert!(text.contains(from), "{from}");
    let files: Vec<_> = sample().into_iter().filter(|(other, _)| other != name).collect();
    let others = files.into_iter().filter(|(other, _)| other.ends_with(".csv") || other == "office.toml");
    let mut known = after(&Known::default(), &run(&others.collect::<Vec<_>>(), &Known::default()));
    if name == "schemes.toml" || name == "plan-S01.toml" {
        known = after(&known, &run(&[sample_file!("plan.toml")], &known));
    }
    report(name, text.replacen(from, to, 1), &known)
}

fn assert_rejected(name: &str, cases: &[(&str, &str, &str)]) {
    for (from, to, why) in cases {
        let report = edited(name, from, to);
        let all = lines(&report);
        assert!(!report.readable || report.rejected == 1, "{to}: {all}");
        assert!(all.contains(why), "`{why}` is not in: {all}");
    }
}

#[test]
fn an_office_that_is_wrong_is_named_by_key() {
    assert_rejected(
        "office.toml",
        &[
            ("min_pool = 5", "min_pool = 5\nfoo = 1", "foo"),
            ("min_pool = 5\n", "", "min_pool"),
            ("Asia/Shanghai", "Europe/Berlin", "office.timezone"),
            ("\"fresh_round\"", "\"by_hand\"", "fresh_round, reserve_order"),
            ("beacon = \"none\"", "beacon = \"slownet\"", "neither"),
            ("delta_seconds = 300", "delta_seconds = 299", "at least 300"),
            ("reveal = \"at_draw\"", "reveal = \"at_notice\"", "rule_set.reveal"),
            ("11411100XN9000019P", "11411100XN9000019A", "office.uscc"),
            ("\"411100\"", "\"4111\"", "office.area"),
            ("annual_cap = 2", "annual_cap = 2.5", "line 13, annual_cap: "),
            ("annual_cap = 2", "annual_cap = -2", "line 13, annual_cap: "),
            ("plan_due = \"01-31\"", "plan_due = \"02-31\"", "rule_set.plan_due"),
            ("risk_class = \"public\"", "risk_class = \"open\"", "rule_set.risk_class"),
            ("max_load = 6", "max_load = 6\nmin_reveals = 4", "rule_set.min_reveals"),
            ("role = \"notary\"", "role = \"mayor\"", "participant.role"),
            ("[office]", "[[office]", "line 2"),
        ],
    );
}

#[test]
fn an_office_file_can_be_read_alone_for_a_genesis() {
    let office = read_office(sample_text("office.toml").as_bytes()).unwrap();
    assert_eq!(office.origin.as_str(), "lotbook.example/luohe-sample");
    assert!(read_office(b"").is_err() && read_office(b"[office]").is_err());
}

#[test]
fn a_plan_that_is_wrong_is_named_by_key() {
    assert_rejected(
        "plan.toml",
        &[
            ("title =", "titel =", "titel"),
            ("A = \"10%\"", "A = \"10\"", "percent sign"),
            ("A = \"10%\"", "A = \"101%\"", "over 100%"),
            ("A = \"10%\"", "A = \"0.00001%\"", "four decimals"),
            ("A = \"10%\"", "A = 0.1", "sample.ratio"),
            ("ratio = \"5%\"", "ratio = { A = \"5%\" }", "sample.ratio"),
            ("ratio = \"5%\"", "ratio = \"5%\"\ncount = 3", "sample"),
            ("count = 10", "count = 0", "above 0"),
            ("count = 10", "count = 10\nminimum = 2", "no minimum"),
            ("frequency = 1", "frequency = \"1\"", "frequency: rejected 拒收: batch B1"),
            ("year = 2026", "year = \"2026\"", "line 4, year: "),
            ("mode = \"directed\"", "mode = \"pointed\"", "directed, undirected"),
            ("items = [\"K04\"]", "items = [\"K99\"]", "Art. 8"),
            ("items = [\"K04\"]", "items = []", "Art. 13"),
            ("id = \"B2\"", "id = \"B1\"", "twice"),
            ("comprehensive = true\n", "", "Art. 16"),
            ("sections = [\"S04\", \"S01\"]", "sections = [\"S04\", \"S77\"]", "S77"),
            ("sections = [\"S04\", \"S01\"]", "sections = [\"S01\", \"S02\"]", "own section"),
            ("[\"2026-03-02\", \"2026-03-06\"]", "[\"2026-03-06\", \"2026-03-02\"]", "first day"),
            ("[\"2026-03-02\", \"2026-03-06\"]", "[\"2026-03-02\"]", "batch B1"),
            ("adopted_on = \"2026-01-26\"", "", "Art. 12"),
            ("adopted_on = \"2026-01-26\"", "adopted_on = \"26.1.2026\"", "plan.adopted_on"),
            ("reduced_cap = 1", "", "reduced_cap"),
            ("exempt_statuses = [", "exempt_statuses = [1, ", "string"),
            ("section = \"S04\"", "section = \"S44\"", "plan.section"),
        ],
    );
    assert_rejected(
        "plan-S01.toml",
        &[
            ("batch = \"B3\"", "batch = \"B9\"", "Art. 16"),
            ("plan = \"P-2026-S04\"", "plan = \"P-2026-S05\"", "Art. 16"),
            ("[[plan.joins]]\nplan = \"P-2026-S04\"\nbatch = \"B3\"\nitems = [\"K10\"]", "", "no batch"),
        ],
    );
}

/// A condition in the first batch of the sample's plan.
fn condition(field: &str, op: &str, values: &str) -> String {
    let key = "[plan.batch.sample]";
    format!("predicates = [{{ field = \"{field}\", op = \"{op}\", values = {values} }}]\n{key}")
}

#[test]
fn a_condition_that_points_at_a_firm_is_rejected_with_what_to_do_and_other_files_are_kept() {
    for (field, op, values, why) in [
        ("name", "in", "[\"样例公司\"]", "IDENTIFYING_PREDICATE"),
        ("uscc", "prefix", "[\"9141\"]", "inspect that enterprise under Art. 9"),
        ("kind", "in", "[\"91411102XN0000012Y\"]", "IDENTIFYING_PREDICATE"),
        ("area", "in", "[\"411102001\"]", "smaller than a district"),
        ("area", "before", "[\"411102\"]", "not asked with"),
        ("area", "like", "[\"411102\"]", "in, prefix, before"),
        ("area", "in", "[]", "no value"),
    ] {
        let to = condition(field, op, values);
        assert_rejected("plan.toml", &[("[plan.batch.sample]", &to, why)]);
    }
    let mut files = sample();
    let text = sample_text("plan.toml");
    let pointed = text.replacen("[plan.batch.sample]", &condition("name", "in", "[\"x\"]"), 1);
    files.retain(|(name, _)| name != "plan.toml");
    files.push(file("plan.toml", pointed));
    let reports = run(&files, &Known::default()).reports;
    let of = |name: &str| reports.iter().find(|report| report.file == name).unwrap();
    assert_eq!((of("plan.toml").rejected, of("enterprises.csv").rejected), (1, 0));
    assert!(of("enterprises.csv").added == 600 && of("inspectors.csv").added == 40);
}

#[test]
fn conditions_on_classes_become_part_of_the_batch() {
    let to = condition("industry", "prefix", "[\"70\", \"47\"]");
    let files: Vec<_> = sample().into_iter().filter(|(name, _)| name != "plan.toml").collect();
    let others = files.into_iter().filter(|(name, _)| name.ends_with(".csv") || name == "office.toml");
    let known = after(&Known::default(), &run(&others.collect::<Vec<_>>(), &Known::default()));
    let text = sample_text("plan.toml").replacen("[plan.batch.sample]", &to, 1);
    let imported = run(&[file("plan.toml", text)], &known);
    let batches = imported.drafts.iter().find_map(|draft| match &draft.event {
        lotbook_event::Event::PlanDrafted(plan) => Some(plan.batches.clone()),
        _ => None,
    });
    let predicates: Vec<_> = batches.unwrap().into_iter().map(|batch| batch.predicates).collect();
    assert_eq!(predicates.iter().map(Vec::len).collect::<Vec<_>>(), [1, 0, 0]);
    let values: Vec<_> = predicates[0][0].values.iter().map(|value| value.as_str()).collect();
    assert_eq!((predicates[0][0].field.as_str(), values.as_slice()), ("industry", &["47", "70"][..]));
}

#[test]
fn a_scheme_that_is_wrong_is_rejected_alone() {
    let cases = [
        ("batch = \"B1\"", "batch = \"B9\"", "Art. 14"),
        ("id = \"F-B2\"", "id = \"F-B1\"", "same id"),
        ("reveal = \"at_draw\"", "reveal = \"later\"", "scheme.reveal"),
        ("max_load = 4", "max_load = \"4\"", "max_load: rejected"),
        ("max_load = 4", "max_load = 4\ncolour = 1", "colour"),
        ("process = \"通知", "process = \"\"\n#", "scheme.process"),
        ("seats = [[\"防护设备\"], [\"防护设备\", \"质量检测\"]]", "seats = []", "scheme.seats"),
        ("[\"2026-03-16\", \"2026-04-30\"]", "[\"2026-04-30\", \"2026-03-16\"]", "first day"),
    ];
    for (from, to, why) in cases {
        let report = edited("schemes.toml", from, to);
        assert_eq!((report.rows, report.added, report.rejected), (3, 2, 1), "{to}: {}", lines(&report));
        assert!(lines(&report).contains(why), "`{why}` is not in: {}", lines(&report));
    }
}

#[test]
fn a_scheme_says_when_names_become_public() {
    for reveal in Reveal::ALL {
        let text = sample_text("schemes.toml")
            .replace("reveal = \"at_draw\"", &format!("reveal = \"{}\"", reveal.code()));
        let mut files = sample();
        files.iter_mut().filter(|(name, _)| name == "schemes.toml").for_each(|(_, bytes)| {
            *bytes = text.clone().into_bytes();
        });
        let drafts = run(&files, &Known::default()).drafts;
        let schemes = drafts.iter().filter_map(|draft| match &draft.event {
            Event::SchemeAdopted(scheme) => Some(scheme.reveal),
            _ => None,
        });
        assert_eq!(schemes.collect::<Vec<_>>(), [*reveal; 3]);
    }
}

#[test]
fn a_batch_of_two_plans_is_ambiguous_until_the_plan_is_named() {
    let other = sample_text("plan.toml").replace("P-2026-S04", "P-2026-S04b");
    let scheme = sample_text("schemes.toml");
    let mut files = sample();
    files.push(file("plan-b.toml", other));
    let ambiguous = run(&files, &Known::default());
    let report = ambiguous.reports.last().unwrap();
    assert_eq!((report.kind, report.rejected), (FileKind::Schemes, 3));
    assert!(lines(report).contains("P-2026-S04, P-2026-S04b"));
    files.retain(|(name, _)| name != "schemes.toml");
    files.push(file("schemes.toml", scheme.replace("batch = ", "plan = \"P-2026-S04b\"\nbatch = ")));
    assert_eq!(run(&files, &Known::default()).reports.last().unwrap().added, 3);
}

#[test]
fn a_plan_may_be_adopted_by_a_later_import() {
    let mut files = sample();
    let draft = sample_text("plan.toml")
        .replace("adopted_on = \"2026-01-26\"", "")
        .replace("published_on = \"2026-01-27\"", "");
    files
        .iter_mut()
        .filter(|(name, _)| name == "plan.toml")
        .for_each(|(_, bytes)| *bytes = draft.clone().into_bytes());
    let known = after(&Known::default(), &run(&files, &Known::default()));
    let later = run(&sample(), &known);
    let names: Vec<_> = later.drafts.iter().map(|draft| draft.event.name()).collect();
    assert_eq!(names, ["PlanAdopted", "PlanPublished", "RosterImported"]);
    let backdated = sample_text("plan.toml").replace("2026-01-26", "2026-01-25");
    assert_eq!(report("plan.toml", backdated, &after(&known, &later)).rejected, 1);
}

#[test]
fn a_plan_too_large_for_a_statement_is_rejected() {
    let batch = sample_text("plan.toml").split("[[plan.batch]]").nth(2).unwrap().to_string();
    let more: String = (0..400)
        .map(|n| format!("[[plan.batch]]{}", batch.replace("\"B2\"", &format!("\"X{n}\""))))
        .collect();
    let huge = sample_text("plan.toml") + &more;
    let mut known = sample_known();
    known.plans.clear();
    let report = super::report("plan.toml", huge, &known);
    assert!(report.rejected == 1 && lines(&report).contains("split it into two plans"), "{}", lines(&report));
}
