//! The keys of a plan file, and the order in which several plan files are taken.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::kind::FileKind;
use crate::page::Page;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileToml {
    pub plan: PlanToml,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlanToml {
    pub id: String,
    pub year: u32,
    pub section: String,
    pub title: String,
    pub adopted_on: Option<String>,
    pub published_on: Option<String>,
    pub limits: Option<LimitsToml>,
    pub trustworthy: Option<TrustworthyToml>,
    #[serde(default)]
    pub batch: Vec<toml::Value>,
    #[serde(default)]
    pub joins: Vec<JoinToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitsToml {
    pub annual_cap: Option<u32>,
    #[serde(rename = "exclude_if_drawn_by_other_unit")]
    pub _exclude: Option<bool>,
    #[serde(rename = "exempt_statuses")]
    pub _exempt: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrustworthyToml {
    pub mode: String,
    pub reduced_cap: Option<u32>,
    #[serde(rename = "grounds")]
    pub _grounds: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct JoinToml {
    pub plan: String,
    pub batch: String,
    pub items: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BatchToml {
    pub id: String,
    pub name: String,
    pub items: Vec<String>,
    pub mode: String,
    pub frequency: u32,
    #[serde(default)]
    pub comprehensive: bool,
    pub sections: Option<Vec<String>>,
    #[serde(default)]
    pub target: TargetToml,
    pub sample: SampleToml,
    pub inspectors: InspectorsToml,
    pub window: WindowToml,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TargetToml {
    pub kinds: Vec<String>,
    pub areas: Vec<String>,
    pub registration: Vec<String>,
    pub predicates: Vec<PredicateToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PredicateToml {
    pub field: String,
    pub op: String,
    pub values: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SampleToml {
    pub method: String,
    pub stratum: String,
    pub ratio: Option<toml::Value>,
    #[serde(default)]
    pub minimum: u32,
    pub count: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InspectorsToml {
    #[serde(default)]
    pub qualifications: Vec<String>,
    pub per_enterprise: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WindowToml {
    pub draw_between: [String; 2],
    pub inspect_between: [String; 2],
}

/// Puts each plan behind the plans it joins; all other files keep their place.
pub(crate) fn order(mut pages: Vec<Page>) -> Vec<Page> {
    let mut ordered = Vec::with_capacity(pages.len());
    while !pages.is_empty() {
        let names: Vec<_> = pages.iter().map(names).collect();
        let waits = |n: usize, joins: &BTreeSet<String>| {
            names.iter().enumerate().any(|(other, (id, _))| other != n && joins.contains(id))
        };
        let ready = names.iter().enumerate().position(|(n, (_, joins))| !waits(n, joins));
        ordered.push(pages.remove(ready.unwrap_or(0)));
    }
    ordered
}

/// The plan of a file and the plans it joins, as far as they can be read.
fn names(page: &Page) -> (String, BTreeSet<String>) {
    let table = match page.kind {
        FileKind::Plan => page.text().unwrap_or_default().parse::<toml::Table>().unwrap_or_default(),
        _ => toml::Table::new(),
    };
    let text =
        |value: Option<&toml::Value>| value.and_then(toml::Value::as_str).unwrap_or_default().to_string();
    let plan = table.get("plan");
    let joins = plan.and_then(|plan| plan.get("joins")).and_then(toml::Value::as_array);
    let joined = joins.into_iter().flatten().map(|join| text(join.get("plan"))).filter(|id| !id.is_empty());
    (text(plan.and_then(|plan| plan.get("id"))), joined.collect())
}
