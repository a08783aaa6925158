//! Figures of a certificate's page: the numbers at a glance, the strata, and the tests of its shape (draw.md 9).

use super::markup::{escape, heading, pair, table};
use lotbook_draw::certificate::{Certificate, QuotaRule};
use serde_json::Value;
use std::collections::BTreeMap;

/// Thousandths of z squared beyond which a split is shown in bold: five standard deviations.
const REMARKABLE: u64 = 25_000;

/// Pool, eligible, selected, inspectors.
pub fn overview(certificate: &Certificate) -> String {
    let rows = &certificate.objects.rows;
    let eligible = rows.iter().filter(|row| row.eligible).count();
    let (selected, inspectors) = (certificate.result.selected.len(), certificate.result.inspectors.len());
    let figure = |number: usize, chinese: &str, english: &str| {
        format!(
            "<div><strong>{number}</strong>{chinese} <span class=\"en\" lang=\"en\">{english}</span></div>"
        )
    };
    [
        "<div class=\"figures\">".to_owned(),
        figure(rows.len(), "名录企业", "on the roster"),
        figure(eligible, "参加抽取", "eligible"),
        figure(selected, "抽中", "selected"),
        figure(inspectors, "抽出检查人员", "inspectors drawn"),
        "</div>\n".to_owned(),
    ]
    .concat()
}

/// Eligible, rate and drawn by stratum.
pub fn strata(certificate: &Certificate) -> String {
    let mut eligible = BTreeMap::<&str, u64>::new();
    for row in certificate.objects.rows.iter().filter(|row| row.eligible) {
        let count = eligible.entry(row.stratum.as_str()).or_default();
        *count = count.saturating_add(1);
    }
    let rate = |stratum: &str| match &certificate.quota {
        QuotaRule::AtLeast { ppm, .. } => ppm.get(stratum).map(|ppm| percent(*ppm)).unwrap_or_default(),
        QuotaRule::FixedTotal { total } => format!("共{total}家 of {total} in all"),
    };
    let row = |(stratum, count): (&&str, &u64)| {
        let drawn = certificate.result.quotas.get(*stratum).copied().unwrap_or(0);
        let cutoff = certificate.result.cutoffs.get(*stratum).map(ToString::to_string).unwrap_or_default();
        let name = if stratum.is_empty() { "不分层 none" } else { stratum };
        let cutoff = cutoff.get(..16).unwrap_or_default();
        vec![escape(name), count.to_string(), rate(stratum), drawn.to_string(), super::code(cutoff)]
    };
    let rows: Vec<_> = eligible.iter().map(row).collect();
    let columns = [
        ("层", "stratum", false),
        ("参加抽取", "eligible", true),
        ("比例", "rate", true),
        ("抽中", "selected", true),
        ("截止签号（前16位）", "cut-off ticket (first 16)", false),
    ];
    table(&columns, &rows)
}

/// Millionths as a percentage, exactly: 12.5 %.
fn percent(ppm: u32) -> String {
    let (whole, rest) = (ppm / 10_000, ppm % 10_000);
    let fraction = format!("{rest:04}");
    match fraction.trim_end_matches('0') {
        "" => format!("{whole} %"),
        fraction => format!("{whole}.{fraction} %"),
    }
}

/// What the certificate says of its shape, as far as it does.
pub fn shape(shape: &Value) -> String {
    let rows: Vec<_> = list(shape, "splits").iter().map(split).collect();
    let small = texts(list(shape, "small_strata"));
    let scarce = texts(list(shape, "scarce_seats"));
    if rows.is_empty() && small.is_empty() && scarce.is_empty() {
        return String::new();
    }
    let columns = [
        ("按", "split by", false),
        ("部分", "part", false),
        ("可抽", "eligible", true),
        ("抽中", "selected", true),
        ("期望", "expected", true),
        ("z²", "z²", true),
    ];
    let warn = |found: &str, chinese: &str, english: &str| match found {
        "" => String::new(),
        found => pair(&format!("{chinese}：{found}"), &format!("{english}: {found}")),
    };
    [
        heading("形状检验", "Does the draw look like chance?"),
        pair(
            "把抽取池按登记日期、名称、地区分成两部分，比较抽中数与期望数；公平抽取中 z² 超过 25 约百万分之一。",
            "The pool is split by registration date, name and district, and what was drawn is held against what was to be \
             expected; in a fair draw z² is over 25 about once in a million.",
        ),
        table(&columns, &rows),
        warn(&small, "不足5家的层", "Strata with fewer than 5 eligible"),
        warn(&scarce, "可任人员不足3名的席位", "Seats with fewer than 3 who can take them"),
    ]
    .concat()
}

fn split(split: &Value) -> Vec<String> {
    let number = |name: &str| split.get(name).and_then(Value::as_u64);
    let plain = |name| number(name).map(|n| n.to_string()).unwrap_or_default();
    let text = |name: &str| split.get(name).and_then(Value::as_str).unwrap_or_default();
    let by = match text("by") {
        "registration_date" => "登记日期 registration date",
        "name" => "名称 name",
        "district" => "地区 district",
        other => other,
    };
    let z = number("z_squared_thousandths");
    let shown = z.map(|z| format!("{}.{:03}", z / 1_000, z % 1_000)).unwrap_or_else(|| "–".into());
    let z = if z.is_some_and(|z| z > REMARKABLE) { format!("<b>{shown}</b>") } else { shown };
    let expected =
        number("expected_millionths").map(|n| format!("{}.{:02}", n / 1_000_000, n % 1_000_000 / 10_000));
    vec![escape(by), escape(text("at")), plain("rows"), plain("observed"), expected.unwrap_or_default(), z]
}

fn list<'a>(shape: &'a Value, name: &str) -> &'a [Value] {
    shape.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn texts(values: &[Value]) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_are_exact() {
        let cases =
            [(50_000, "5 %"), (5_000, "0.5 %"), (125_000, "12.5 %"), (1_000_000, "100 %"), (1, "0.0001 %")];
        for (ppm, expected) in cases {
            assert_eq!(percent(ppm), expected);
        }
    }

    #[test]
    fn a_shape_without_figures_is_no_section_and_one_with_them_shows_what_is_remarkable() {
        assert_eq!(shape(&serde_json::json!({})), "");
        let split = |z: u64| {
            serde_json::json!({ "splits": [{ "by": "district", "at": "411102", "rows": 60, "observed": 9,
                "expected_millionths": 3_500_000, "variance_millionths": 1, "z_squared_thousandths": z }] })
        };
        let usual = shape(&split(24_999));
        assert!(usual.contains("<td class=\"n\">24.999</td>") && usual.contains("3.50"), "{usual}");
        assert!(shape(&split(25_001)).contains("<b>25.001</b>"));
    }
}
