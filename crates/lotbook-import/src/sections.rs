//! `sections.csv`: the sections of the office (Arts. 1, 7).

use std::collections::BTreeMap;

use lotbook_event::keys::Role;
use lotbook_event::registry::{Section, SectionRegistered};
use lotbook_event::{SectionId, Text};

use crate::batch::split;
use crate::cell::{self, Fault, Parsed, fault};
use crate::changes::{Change, Columned, differences, yes};
use crate::import::{Draft, Work};
use crate::page::Page;
use crate::report::{FileReport, Problem};
use crate::row::RowReader;
use crate::table::Columns;

/// The remark stays in the file.
pub(crate) const COLUMNS: Columns = Columns {
    required: &["科室编号", "科室名称", "机构性质", "是否统筹科室", "是否实施检查"],
    optional: &["备注"],
};

pub(crate) fn import(page: &Page, work: &mut Work, report: &mut FileReport) -> Result<Vec<Draft>, Problem> {
    let table = page.table(&COLUMNS, report)?;
    let (mut seen, mut added) = (BTreeMap::new(), Vec::new());
    for row in &table.rows {
        let mut reader = RowReader::new(row);
        let section = read(&mut reader).and_then(|section| check(section, work, &seen, &mut reader));
        let Some(section) = reader.finish(section, report) else { continue };
        seen.insert(section.section.clone(), row.number);
        let known = work.known.sections.get(&section.section);
        let change = Change::between(known, &section);
        report.row(row.place(), &section.section, change, || differences(known, Some(&section)));
        if !work.known.sections.contains_key(&section.section) {
            added.push(section);
        }
    }
    let events = split(added, |rows| SectionRegistered { rows }.into());
    Ok(events.into_iter().map(|event| page.draft(Role::Administrator, None, event, None)).collect())
}

fn read(row: &mut RowReader) -> Option<Section> {
    let section = row.read("科室编号", |c| cell::id(c, SectionId::new));
    let name = row.read("科室名称", cell::filled);
    let kind = row.read("机构性质", kind);
    let coordinates = row.read("是否统筹科室", cell::yes_no);
    let inspects = row.read("是否实施检查", cell::yes_no);
    Some(Section {
        section: section?,
        name: name?,
        kind: kind?,
        coordinates: coordinates?,
        inspects: inspects?,
    })
}

impl Columned for Section {
    fn columns(&self) -> Vec<(&'static str, String)> {
        vec![
            ("科室名称", self.name.to_string()),
            ("机构性质", self.kind.to_string()),
            ("是否统筹科室", yes(self.coordinates)),
            ("是否实施检查", yes(self.inspects)),
        ]
    }
}

fn kind(found: &str) -> Parsed<Text> {
    let canonical = match cell::code(found).to_lowercase().as_str() {
        "business" | "业务机构" | "业务科室" => "business",
        "subordinate" | "二级机构" | "下属机构" => "subordinate",
        "support" | "综合科室" | "保障机构" => "support",
        _ => return fault("it is no kind of section", "write business, subordinate or support"),
    };
    cell::text(canonical)
}

/// A section is registered once; no event of this version changes it.
fn check(
    section: Section,
    work: &Work,
    seen: &BTreeMap<SectionId, u32>,
    row: &mut RowReader,
) -> Option<Section> {
    let id = section.section.as_str();
    if let Some(earlier) = seen.get(&section.section) {
        let because = format!("the section is in row {earlier} already");
        return row.refuse("科室编号", id, Fault { because, remedy: "keep one of the rows" });
    }
    match work.known.sections.get(&section.section) {
        Some(known) if *known != section => {
            let because = format!("the section is registered with other content (`{}`)", known.name);
            row.refuse("科室编号", id, Fault { because, remedy: "register it under a new number" })
        }
        _ => Some(section),
    }
}
