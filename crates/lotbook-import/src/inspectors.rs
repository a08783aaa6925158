//! `inspectors.csv`: the inspector roster (Art. 10); name and certificate, no other personal data.

use std::collections::{BTreeMap, BTreeSet};

use lotbook_event::registry::{Duty, Inspector, InspectorEnrolled, InspectorRemoved, InspectorUpdated};
use lotbook_event::{InspectorId, SectionId, Text};

use crate::batch::{split, split_by_day};
use crate::cell::{self, Fault, Parsed, fault};
use crate::changes::{Change, Columned, differences};
use crate::import::{Draft, Work};
use crate::page::Page;
use crate::report::{FileReport, Problem};
use crate::row::RowReader;
use crate::table::Columns;

pub(crate) const COLUMNS: Columns = Columns {
    required: &[
        "检查人员编号",
        "姓名",
        "执法证号",
        "证件有效期至",
        "所属科室编号",
        "专业资质",
        "在岗状态",
        "入库日期",
    ],
    optional: &["职务"],
};

pub(crate) fn import(page: &Page, work: &mut Work, report: &mut FileReport) -> Result<Vec<Draft>, Problem> {
    let table = page.table(&COLUMNS, report)?;
    let (mut seen, mut added, mut changed) = (BTreeMap::new(), Vec::new(), Vec::new());
    for row in &table.rows {
        let mut reader = RowReader::new(row);
        let inspector = read(&mut reader).and_then(|found| check(found, work, &seen, &mut reader));
        let Some(inspector) = reader.finish(inspector, report) else { continue };
        seen.insert(inspector.inspector.clone(), row.number);
        let known = work.known.inspectors.get(&inspector.inspector);
        let change = Change::between(known, &inspector);
        report.row(row.place(), &inspector.inspector, change, || differences(known, Some(&inspector)));
        match change {
            Change::Added => added.push((inspector.enrolled_on, inspector)),
            Change::Changed => changed.push(inspector),
            Change::Unchanged | Change::Ended => {}
        }
    }
    let enrolled = split_by_day(added, |rows| InspectorEnrolled { rows }.into());
    let mut drafts = page.registrar(enrolled.into_iter().map(|(day, event)| (Some(day), event)));
    let updated = split(changed, |rows| InspectorUpdated { rows }.into());
    drafts.extend(page.registrar(updated.into_iter().map(|event| (None, event))));
    if work.may_end(report) {
        drafts.extend(end(page, work, &seen, report));
    }
    Ok(drafts)
}

/// Removes whom the file does not hold.
fn end(page: &Page, work: &Work, seen: &BTreeMap<InspectorId, u32>, report: &mut FileReport) -> Vec<Draft> {
    let absent = work.known.inspectors.iter().filter(|(id, _)| !seen.contains_key(*id));
    absent.clone().for_each(|(id, known)| report.end(id, || differences(Some(known), None)));
    let gone: Vec<_> = absent.map(|(id, _)| id.clone()).collect();
    let Ok(reason) = Text::new(format!("不在完整名录 {} 中", page.name)) else { return Vec::new() };
    let events = split(gone, |ids| {
        InspectorRemoved { inspectors: ids.into_iter().collect(), reason: reason.clone() }.into()
    });
    page.registrar(events.into_iter().map(|event| (None, event)))
}

fn read(row: &mut RowReader) -> Option<Inspector> {
    let inspector = row.read("检查人员编号", |c| cell::id(c, InspectorId::new));
    let name = row.read("姓名", cell::filled);
    let certificate = row.read("执法证号", certificate);
    let certificate_valid_until = row.read("证件有效期至", cell::date);
    let section = row.read("所属科室编号", |c| cell::id(c, SectionId::new));
    let post = row.read("职务", cell::text);
    let qualifications = row.read("专业资质", list);
    let duty = row.read("在岗状态", duty);
    let enrolled_on = row.read("入库日期", cell::date);
    Some(Inspector {
        inspector: inspector?,
        name: name?,
        certificate: certificate?,
        certificate_valid_until: certificate_valid_until?,
        section: section?,
        post: post?,
        qualifications: qualifications?,
        duty: duty?,
        enrolled_on: enrolled_on?,
    })
}

impl Columned for Inspector {
    fn columns(&self) -> Vec<(&'static str, String)> {
        let duty = match self.duty {
            Duty::Active => "在岗",
            Duty::OffPost => "离岗",
            Duty::Seconded => "借调",
            Duty::Suspended => "停职",
        };
        vec![
            ("姓名", self.name.to_string()),
            ("执法证号", self.certificate.to_string()),
            ("证件有效期至", self.certificate_valid_until.to_string()),
            ("所属科室编号", self.section.to_string()),
            ("职务", self.post.to_string()),
            ("专业资质", self.qualifications.iter().map(Text::as_str).collect::<Vec<_>>().join(";")),
            ("在岗状态", duty.to_string()),
            ("入库日期", self.enrolled_on.to_string()),
        ]
    }
}

fn certificate(found: &str) -> Parsed<Text> {
    if cell::clean(found).is_empty() {
        return fault(
            "an inspector needs a certificate (Art. 10)",
            "fill in its number, or leave the person out",
        );
    }
    cell::text(&cell::code(found))
}

/// Qualifications, separated by a semicolon or an enumeration comma.
fn list(found: &str) -> Parsed<BTreeSet<Text>> {
    let mut set = BTreeSet::new();
    for part in
        found.split(['；', ';', '、', '，', ',', '|']).map(cell::clean).filter(|part| !part.is_empty())
    {
        set.insert(cell::text(&part)?.0);
    }
    let tidy = found.split([';', '；']).all(|part| set.iter().any(|text| text.as_str() == part));
    let canonical = set.iter().map(Text::as_str).collect::<Vec<_>>().join(";");
    // The order of the list and the width of its semicolon are no defects.
    Ok((set, if tidy || found.is_empty() { found.to_string() } else { canonical }))
}

fn duty(found: &str) -> Parsed<Duty> {
    let canonical = cell::clean(found);
    let duty = match canonical.as_str() {
        "在岗" => Duty::Active,
        "离岗" => Duty::OffPost,
        "借调" => Duty::Seconded,
        "停职" => Duty::Suspended,
        _ => return fault("it is no state of duty (Art. 10)", "write 在岗, 离岗, 借调 or 停职"),
    };
    Ok((duty, canonical))
}

fn check(
    found: Inspector,
    work: &Work,
    seen: &BTreeMap<InspectorId, u32>,
    row: &mut RowReader,
) -> Option<Inspector> {
    if let Some(earlier) = seen.get(&found.inspector) {
        let because = format!("the inspector is in row {earlier} already (Art. 10)");
        return row.refuse(
            "检查人员编号",
            found.inspector.as_str(),
            Fault { because, remedy: "keep one of the rows" },
        );
    }
    if !work.known.sections.contains_key(&found.section) {
        let because = "the section is not registered".to_string();
        let remedy = "add it to sections.csv and import that first";
        return row.refuse("所属科室编号", found.section.as_str(), Fault { because, remedy });
    }
    Some(found)
}
