//! One batch of a plan: scope, sample, inspectors, timing (Arts. 13, 16, 17).

use std::collections::BTreeSet;

use lotbook_event::plan::{Batch, Operator, Predicate, Stratification, StratumRate};
use lotbook_event::predicate::PredicateError;
use lotbook_event::{AreaCode, BatchId, SectionId, Text};

use crate::known::Known;
use crate::percent::parse_percent;
use crate::plan::items;
use crate::plan_file::{BatchToml, PredicateToml, SampleToml};
use crate::report::Problem;
use crate::toml_file::{filled, one_of, registration, set, span, text, typed, value};

/// Reads a batch of the plan of `section`.
pub(crate) fn batch(toml: toml::Value, section: &SectionId, known: &Known) -> Result<Batch, Problem> {
    let name = toml.get("id").and_then(toml::Value::as_str).unwrap_or("without id").to_string();
    let within =
        |problem: Problem| Problem { because: format!("batch {name}: {}", problem.because), ..problem };
    typed(toml).and_then(|toml| read(&toml, section, known)).map_err(within)
}

fn read(toml: &BatchToml, section: &SectionId, known: &Known) -> Result<Batch, Problem> {
    let (draw_from, draw_to) = span("window.draw_between", &toml.window.draw_between)?;
    let (inspect_from, inspect_to) = span("window.inspect_between", &toml.window.inspect_between)?;
    let stratification = stratification(&toml.sample.stratum)?;
    let (rates, total) = sample(&toml.sample, stratification)?;
    Ok(Batch {
        batch: value("id", &toml.id, BatchId::new(&*toml.id))?,
        name: filled("name", &toml.name)?,
        items: items("items", &toml.items, known)?,
        directed: one_of("mode", &toml.mode, &[("directed", true), ("undirected", false)])?,
        frequency: toml.frequency,
        sections: sections(toml, section, known)?,
        kinds: set("target.kinds", &toml.target.kinds, Text::new)?,
        areas: set("target.areas", &toml.target.areas, AreaCode::new)?,
        registrations: (toml.target.registration.iter())
            .map(|found| registration("target.registration", found))
            .collect::<Result<_, _>>()?,
        stratification,
        rates,
        minimum: toml.sample.minimum,
        total,
        qualifications: set("inspectors.qualifications", &toml.inspectors.qualifications, Text::new)?,
        per_enterprise: toml.inspectors.per_enterprise,
        draw_from,
        draw_to,
        inspect_from,
        inspect_to,
        predicates: toml.target.predicates.iter().map(predicate).collect::<Result<_, _>>()?,
    })
}

/// A class condition (Art. 17).
fn predicate(toml: &PredicateToml) -> Result<Predicate, Problem> {
    const KEY: &str = "target.predicates";
    let operators: Vec<_> = Operator::ALL.iter().map(|value| (value.code(), *value)).collect();
    let predicate = Predicate {
        field: text(KEY, &toml.field)?,
        operator: one_of(KEY, &toml.op, &operators)?,
        values: set(KEY, &toml.values, Text::new)?,
    };
    match predicate.class() {
        Ok(_) => Ok(predicate),
        Err(PredicateError::Identifying(because)) => {
            let because =
                format!("{because}: it would point at an enterprise (IDENTIFYING_PREDICATE, Art. 17)");
            let remedy = "ask for a class, or inspect that enterprise under Art. 9 with its cause";
            Err(Problem::new(KEY, &*toml.field, because, remedy))
        }
        Err(PredicateError::Invalid(because)) => {
            Err(Problem::new(KEY, &*toml.field, because, "correct the condition (Art. 17)"))
        }
    }
}

/// The plan's own section, unless the batch is comprehensive (Art. 16).
fn sections(toml: &BatchToml, own: &SectionId, known: &Known) -> Result<BTreeSet<SectionId>, Problem> {
    let problem = |found: &str, because: &str, remedy| Err(Problem::new("sections", found, because, remedy));
    let sections = match &toml.sections {
        Some(list) => set("sections", list, SectionId::new)?,
        None => BTreeSet::from([own.clone()]),
    };
    if !sections.contains(own) {
        return problem(own.as_str(), "the plan's own section is not among them", "add it");
    }
    if toml.comprehensive != (sections.len() > 1) {
        return problem(
            "",
            "comprehensive = true goes with two or more sections (Art. 16)",
            "correct one of the two keys",
        );
    }
    match sections.iter().find(|id| !known.sections.contains_key(*id)) {
        Some(id) => problem(id.as_str(), "the section is not registered", "import sections.csv first"),
        None => Ok(sections),
    }
}

fn stratification(found: &str) -> Result<Stratification, Problem> {
    let words: Vec<_> = Stratification::ALL.iter().map(|value| (value.code(), *value)).collect();
    one_of("sample.stratum", found, &words)
}

/// Rates by stratum, or a fixed total.
fn sample(toml: &SampleToml, stratification: Stratification) -> Result<(Vec<StratumRate>, u32), Problem> {
    let by_ratio = one_of("sample.method", &toml.method, &[("ratio", true), ("count", false)])?;
    match (by_ratio, &toml.ratio, toml.count) {
        (true, Some(ratio), None) => Ok((rates(ratio, stratification)?, 0)),
        (false, None, Some(count)) if count > 0 && toml.minimum == 0 => Ok((Vec::new(), count)),
        _ => {
            let because = "method = \"ratio\" needs ratio alone, method = \"count\" a count above 0 and no minimum (Art. 13)";
            Err(Problem::new("sample", &*toml.method, because, "give the one key that belongs to the method"))
        }
    }
}

fn rates(ratio: &toml::Value, stratification: Stratification) -> Result<Vec<StratumRate>, Problem> {
    match (ratio, stratification) {
        (toml::Value::String(all), Stratification::None) => Ok(vec![rate("", all)?]),
        (toml::Value::Table(table), Stratification::Risk | Stratification::Area) if !table.is_empty() => {
            let mut rates: Vec<_> =
                table.iter().map(|(stratum, ratio)| rate_of(stratum, ratio)).collect::<Result<_, _>>()?;
            rates.sort_by(|a, b| a.stratum.cmp(&b.stratum));
            Ok(rates)
        }
        _ => {
            let because =
                "stratum = \"none\" takes one percent text, any other a table of percent texts by stratum";
            Err(Problem::new("sample.ratio", "", because, "write ratio = \"5%\" or ratio = { A = \"10%\" }"))
        }
    }
}

fn rate_of(stratum: &str, ratio: &toml::Value) -> Result<StratumRate, Problem> {
    match ratio {
        toml::Value::String(ratio) => rate(stratum, ratio),
        other => Err(Problem::new("sample.ratio", other.to_string(), "it is not a text", PERCENT)),
    }
}

const PERCENT: &str = "write a percentage as text, such as \"10%\" or \"0.5%\"";

fn rate(stratum: &str, ratio: &str) -> Result<StratumRate, Problem> {
    let ppm =
        parse_percent(ratio).map_err(|because| Problem::new("sample.ratio", ratio, because, PERCENT))?;
    Ok(StratumRate { stratum: text("sample.ratio", stratum)?, ppm })
}
