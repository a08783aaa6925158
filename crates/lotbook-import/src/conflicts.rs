//! `conflicts.csv`: conflicts of inspectors with enterprises (Art. 15). The bare pair becomes public,
//! its ground and source are sealed (rules.md 1.11 b) and never show in a report.

use std::collections::BTreeMap;

use lotbook_event::registry::{Conflict, ConflictDeclared, ConflictEnd, ConflictEnded};
use lotbook_event::{Bytes32, Date, Event, InspectorId, Uscc};

use crate::batch::{split, split_by_day};
use crate::cell::{self, Fault, Parsed, fault};
use crate::changes::{Change, Columned, differences, if_any};
use crate::import::{Draft, Work};
use crate::known::Known;
use crate::page::Page;
use crate::report::{FileReport, Problem};
use crate::row::RowReader;
use crate::seal::SealedValue;
use crate::table::Columns;

pub(crate) const COLUMNS: Columns = Columns {
    required: &["检查人员编号", "统一社会信用代码", "利害关系类型", "申报方式", "申报日期", "核实状态"],
    optional: &["有效期至"],
};

/// The public part of a conflict.
#[derive(PartialEq)]
struct Public {
    declared_on: Date,
    verified: bool,
    until: Option<Date>,
}

type Pair = (InspectorId, Uscc);

pub(crate) fn import(page: &Page, work: &mut Work, report: &mut FileReport) -> Result<Vec<Draft>, Problem> {
    let table = page.table(&COLUMNS, report)?;
    let (mut seen, mut ended, mut declared) = (BTreeMap::new(), Vec::new(), Vec::new());
    for row in &table.rows {
        let mut reader = RowReader::new(row);
        let found = read(&mut reader, &work.known).and_then(|found| check(found, work, &seen, &mut reader));
        let Some((pair, public, ground)) = reader.finish(found, report) else { continue };
        seen.insert(pair.clone(), row.number);
        let known = work.known.conflicts.get(&pair).map(public_of);
        let change = Change::between(known.as_ref(), &public);
        report.row(row.place(), about(&pair), change, || differences(known.as_ref(), Some(&public)));
        if change == Change::Unchanged {
            continue;
        }
        let ground_commitment = seal(work, &pair, ground);
        declared.push((public.declared_on, conflict(pair, &public, ground_commitment)));
    }
    if work.may_end(report) {
        for (pair, known) in work.known.conflicts.iter().filter(|(pair, _)| !seen.contains_key(*pair)) {
            report.end(about(pair), || differences(Some(&public_of(known)), None));
            ended.push(pair.clone());
        }
    }
    Ok(page.registrar(events(ended, declared)))
}

/// A changed conflict is declared anew, which replaces it: there is no moment without it.
fn events(ended: Vec<Pair>, declared: Vec<(Date, Conflict)>) -> Vec<(Option<Date>, Event)> {
    let ends = ended.into_iter().map(|(inspector, uscc)| ConflictEnd { inspector, uscc }).collect();
    let ended = split(ends, |rows| ConflictEnded { rows }.into()).into_iter().map(|event| (None, event));
    let declared = split_by_day(declared, |rows| ConflictDeclared { rows }.into());
    ended.chain(declared.into_iter().map(|(day, event)| (Some(day), event))).collect()
}

fn public_of(known: &Conflict) -> Public {
    Public { declared_on: known.declared_on, verified: known.verified, until: known.until }
}

fn conflict((inspector, uscc): Pair, public: &Public, ground_commitment: Bytes32) -> Conflict {
    let Public { declared_on, verified, until } = *public;
    Conflict { inspector, uscc, declared_on, verified, until, ground_commitment }
}

/// The ground is in no list: it is sealed.
impl Columned for Public {
    fn columns(&self) -> Vec<(&'static str, String)> {
        vec![
            ("申报日期", self.declared_on.to_string()),
            ("核实状态", if self.verified { "已核实" } else { "待核实" }.to_string()),
            ("有效期至", if_any(self.until.as_ref())),
        ]
    }
}

fn about((inspector, uscc): &Pair) -> String {
    format!("{inspector} {uscc}")
}

fn seal(work: &mut Work, pair: &Pair, ground: String) -> Bytes32 {
    let sealed = SealedValue::of_text(ground, about(pair), (work.salt)());
    let commitment = sealed.commitment;
    work.sealed.push(sealed);
    commitment
}

fn read(row: &mut RowReader, known: &Known) -> Option<(Pair, Public, String)> {
    let inspector = row.read("检查人员编号", |c| cell::id(c, InspectorId::new));
    let uscc =
        row.read("统一社会信用代码", |c| cell::uscc(c, |uscc| known.enterprises.contains_key(uscc)));
    let ground = row.read_secret("利害关系类型", cell::filled);
    let source = row.read_secret("申报方式", cell::text);
    let declared_on = row.read("申报日期", cell::date);
    let verified = row.read("核实状态", verified);
    let until = row.read("有效期至", cell::date_if_any);
    let public = Public { declared_on: declared_on?, verified: verified?, until: until? };
    Some(((inspector?, uscc?), public, format!("{}|{}", ground?, source?)))
}

fn verified(found: &str) -> Parsed<bool> {
    let canonical = cell::clean(found);
    match canonical.as_str() {
        "已核实" => Ok((true, canonical)),
        "待核实" => Ok((false, canonical)),
        _ => fault(
            "it is neither 已核实 nor 待核实 (Art. 15)",
            "write one of them; what is unfounded is ended, not listed",
        ),
    }
}

type Found = (Pair, Public, String);

fn check(found: Found, work: &Work, seen: &BTreeMap<Pair, u32>, row: &mut RowReader) -> Option<Found> {
    let ((inspector, uscc), public, _) = &found;
    if let Some(earlier) = seen.get(&found.0) {
        let because = format!("row {earlier} has the same pair");
        return row.refuse(
            "检查人员编号",
            inspector.as_str(),
            Fault { because, remedy: "keep the row that holds longest" },
        );
    }
    if !work.known.inspectors.contains_key(inspector) {
        let (because, remedy) =
            ("the inspector is not on the roster (Art. 10)".into(), "import inspectors.csv first");
        return row.refuse("检查人员编号", inspector.as_str(), Fault { because, remedy });
    }
    if !work.known.enterprises.contains_key(uscc) {
        let (because, remedy) =
            ("the enterprise is not on the roster (Art. 11)".into(), "import enterprises.csv first");
        return row.refuse("统一社会信用代码", uscc.as_str(), Fault { because, remedy });
    }
    match public.until {
        Some(until) if until < public.declared_on => {
            let because = "it ends before it is declared".to_string();
            row.refuse(
                "有效期至",
                &until.to_string(),
                Fault { because, remedy: "correct one of the two dates" },
            )
        }
        _ => Some(found),
    }
}
