//! `enterprises.csv`: the enterprise roster (Art. 11) with its status columns.

use std::collections::BTreeMap;

use lotbook_event::registry::{Enterprise, EnterpriseEnrolled, EnterpriseUpdated};
use lotbook_event::{AreaCode, Date, Event, Text, Uscc};

use crate::area::Gazetteer;
use crate::batch::{split, split_by_day};
use crate::cell::{self, Fault};
use crate::import::{Draft, Page, Work};
use crate::known::Known;
use crate::report::{Change, FileReport, Problem};
use crate::row::RowReader;
use crate::statuses::{self, Given, Statuses};
use crate::table::{Columns, Row, Table};

pub(crate) const COLUMNS: Columns = Columns {
    required: &["统一社会信用代码", "企业名称", "对象类别", "行政区划代码", "登记状态", "入库日期"],
    optional: &["行政区划", "行业代码", "住所", "信用风险等级", "信用状态", "状态认定日期", "守信企业"],
};

/// The registration state of an enterprise that left the roster.
pub(crate) const REMOVED: &str = "移出名录";

pub(crate) fn import(page: &Page, work: &mut Work, report: &mut FileReport) -> Result<Vec<Draft>, Problem> {
    let table = Table::read(&page.text, &COLUMNS, report)?;
    let mut roster = Roster::new(&page.name, &work.known, &table);
    table.rows.iter().for_each(|row| roster.take(row, report));
    let complete = work.may_end(report);
    if complete {
        roster.end_absent(report);
    } else {
        let rows = table.rows.iter().map(|row| (row.number, row)).collect();
        roster.tell_absent(&rows, report);
    }
    Ok(page.registrar(roster.events()))
}

/// One file's enterprises, against what is known.
struct Roster<'a> {
    known: &'a Known,
    areas: Gazetteer,
    statuses: Statuses<'a>,
    seen: BTreeMap<Uscc, u32>,
    added: Vec<(Date, Enterprise)>,
    changed: Vec<Enterprise>,
}

impl<'a> Roster<'a> {
    fn new(source: &'a str, known: &'a Known, table: &Table) -> Self {
        let statuses = Statuses::new(known, source, table);
        let (seen, added, changed) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { known, areas: Gazetteer::learn(table), statuses, seen, added, changed }
    }

    fn take(&mut self, row: &Row, report: &mut FileReport) {
        let mut reader = RowReader::new(row);
        let found = self.read(row, &mut reader);
        let Some((enterprise, given)) = reader.finish(found, report) else { return };
        self.seen.insert(enterprise.uscc.clone(), row.number);
        let new_status = self.statuses.take(&enterprise.uscc, enterprise.enrolled_on, given);
        let change = Change::between(self.known.enterprises.get(&enterprise.uscc), &enterprise);
        let with_statuses = match (change, new_status) {
            (Change::Unchanged, Some(true)) => Change::Changed,
            (change, _) => change,
        };
        report.count(with_statuses);
        match change {
            Change::Added => self.added.push((enterprise.enrolled_on, enterprise)),
            Change::Changed => self.changed.push(enterprise),
            Change::Unchanged => {}
        }
    }

    fn read(&self, row: &Row, reader: &mut RowReader) -> Option<(Enterprise, Vec<Given>)> {
        let uscc = reader.read("统一社会信用代码", cell::uscc);
        let name = reader.read("企业名称", cell::filled);
        let kind = reader.read("对象类别", cell::filled);
        let area = reader.read("行政区划代码", |c| self.areas.read(c, row.cell("行政区划")));
        let industry = reader.read("行业代码", |c| cell::text(&cell::code(c)));
        let address = reader.read("住所", cell::text);
        let registration = reader.read("登记状态", cell::registration);
        let risk_class = reader.read("信用风险等级", statuses::risk);
        let enrolled_on = reader.read("入库日期", cell::date);
        let given = statuses::read(reader, self.known.trust_status());
        let (uscc, area) = (uscc?, area?);
        self.check_once(&uscc, reader)?;
        self.tell_jurisdiction(&area, reader);
        let enterprise = Enterprise {
            uscc,
            name: name?,
            kind: kind?,
            area,
            industry: industry?,
            address: address?,
            registration: registration?,
            risk_class: risk_class?,
            enrolled_on: enrolled_on?,
        };
        Some((enterprise, given?))
    }

    fn check_once(&self, uscc: &Uscc, reader: &mut RowReader) -> Option<()> {
        let Some(earlier) = self.seen.get(uscc) else { return Some(()) };
        let because = format!("row {earlier} has the same code; one enterprise has one entry (Art. 11)");
        reader.refuse(
            "统一社会信用代码",
            uscc.as_str(),
            Fault { because, remedy: "delete one of the two rows" },
        )
    }

    /// A firm outside is enrolled and never in a pool (Art. 11).
    fn tell_jurisdiction(&self, area: &AreaCode, reader: &mut RowReader) {
        if let Some(office) = self.known.office.as_ref().filter(|office| !office.area.contains(area)) {
            let what =
                format!("outside the office's area {}: enrolled, never in a pool (Art. 11)", office.area);
            reader.note("行政区划代码", what);
        }
    }

    fn end_absent(&mut self, report: &mut FileReport) {
        let Ok(removed) = Text::new(REMOVED) else { return };
        let live = |e: &&Enterprise| !self.seen.contains_key(&e.uscc) && e.registration != removed;
        let gone: Vec<_> = self.known.enterprises.values().filter(live).cloned().collect();
        report.end(gone.len());
        self.changed.extend(gone.into_iter().map(|e| Enterprise { registration: removed.clone(), ..e }));
        self.statuses.end_absent(report);
    }

    fn tell_absent(&self, rows: &BTreeMap<u32, &Row>, report: &mut FileReport) {
        self.statuses.tell_absent(|uscc| rows.get(self.seen.get(uscc)?).copied(), report);
    }

    fn events(self) -> Vec<(Option<Date>, Event)> {
        let enrolled = split_by_day(self.added, |rows| EnterpriseEnrolled { rows }.into());
        let updated = split(self.changed, |rows| EnterpriseUpdated { rows }.into());
        let enrolled = enrolled.into_iter().map(|(day, event)| (Some(day), event));
        enrolled.chain(updated.into_iter().map(|event| (None, event))).chain(self.statuses.events()).collect()
    }
}
