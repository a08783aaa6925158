//! `enterprises.csv`: the enterprise roster (Art. 11) with its status columns.

use std::collections::BTreeMap;

use lotbook_event::registry::{Enterprise, EnterpriseEnrolled, EnterpriseUpdated};
use lotbook_event::{AreaCode, Date, Event, Text, Uscc};

use crate::area::Gazetteer;
use crate::batch::{split, split_by_day};
use crate::cell::{self, Fault};
use crate::changes::{Change, Columned, differences};
use crate::import::{Draft, Work};
use crate::known::Known;
use crate::page::Page;
use crate::report::{FileReport, Problem};
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
    let table = page.table(&COLUMNS, report)?;
    let mut roster = Roster::new(&page.name, work, &table);
    table.rows.iter().for_each(|row| roster.take(row, report));
    roster.tell_persons(report);
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
    overrides: &'a BTreeMap<Uscc, Text>,
    persons: u32,
    areas: Gazetteer,
    statuses: Statuses<'a>,
    seen: BTreeMap<Uscc, u32>,
    added: Vec<(Date, Enterprise)>,
    changed: Vec<Enterprise>,
}

impl<'a> Roster<'a> {
    fn new(source: &'a str, work: &'a Work, table: &Table) -> Self {
        let (known, overrides) = (&work.known, &work.options.nonconforming);
        let statuses = Statuses::new(known, source, table);
        let (seen, added, changed) = (BTreeMap::new(), Vec::new(), Vec::new());
        Self { known, overrides, persons: 0, areas: Gazetteer::learn(table), statuses, seen, added, changed }
    }

    fn take(&mut self, row: &Row, report: &mut FileReport) {
        let mut reader = RowReader::new(row);
        let found = self.read(row, &mut reader);
        let Some((enterprise, given)) = reader.finish(found, report) else { return };
        self.seen.insert(enterprise.uscc.clone(), row.number);
        self.persons += u32::from(is_person_with_address(&enterprise.uscc, row));
        let statuses =
            self.statuses.take(&enterprise.uscc, enterprise.enrolled_on, given).unwrap_or_default();
        let known = self.known.enterprises.get(&enterprise.uscc);
        let change = Change::between(known, &enterprise);
        let with_statuses = match change {
            Change::Unchanged if !statuses.is_empty() => Change::Changed,
            change => change,
        };
        report.row(row.place(), &enterprise.uscc, with_statuses, || {
            differences(known, Some(&enterprise)).into_iter().chain(statuses).collect()
        });
        match change {
            Change::Added => self.added.push((enterprise.enrolled_on, enterprise)),
            Change::Changed => self.changed.push(enterprise),
            Change::Unchanged | Change::Ended => {}
        }
    }

    fn read(&self, row: &Row, reader: &mut RowReader) -> Option<(Enterprise, Vec<Given>)> {
        let uscc = reader
            .read("统一社会信用代码", |c| cell::uscc(c, |uscc| self.override_of(uscc).is_some()));
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
        let nonconforming = self.nonconforming(&uscc, reader);
        // A sole trader's registered address is often a home: it stays in the file.
        let address = if uscc.is_sole_trader() { Text::default() } else { address? };
        let enterprise = Enterprise {
            uscc,
            name: name?,
            kind: kind?,
            area,
            industry: industry?,
            address,
            registration: registration?,
            risk_class: risk_class?,
            enrolled_on: enrolled_on?,
            nonconforming,
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

    /// Why a code whose check fails is lawful: as the caller says now, or as the ledger has it.
    fn override_of(&self, uscc: &Uscc) -> Option<&Text> {
        self.overrides.get(uscc).or_else(|| self.known.nonconforming(uscc))
    }

    /// The reason to be stated; nothing for a code that passes its check.
    fn nonconforming(&self, uscc: &Uscc, reader: &mut RowReader) -> Text {
        let reason = self.override_of(uscc).filter(|_| uscc.conforms().is_err());
        let Some(reason) = reason else { return Text::default() };
        let what = format!("its check fails; enrolled by override (Art. 11): {reason}");
        reader.note("统一社会信用代码", what);
        reason.clone()
    }

    /// What is held back of natural persons, without their names.
    fn tell_persons(&self, report: &mut FileReport) {
        if self.persons > 0 {
            let what = format!(
                "of {} sole traders (code 92...), who are natural persons, the address is not stated",
                self.persons
            );
            report.note(0, 0, "住所", "", what);
        }
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
        for known in self.known.enterprises.values().filter(live) {
            let gone = Enterprise { registration: removed.clone(), ..known.clone() };
            report.end(&known.uscc, || differences(Some(known), Some(&gone)));
            self.changed.push(gone);
        }
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

/// Whether something of a natural person is held back.
fn is_person_with_address(uscc: &Uscc, row: &Row) -> bool {
    uscc.is_sole_trader() && !cell::clean(row.cell("住所")).is_empty()
}

impl Columned for Enterprise {
    fn columns(&self) -> Vec<(&'static str, String)> {
        vec![
            ("企业名称", self.name.to_string()),
            ("对象类别", self.kind.to_string()),
            ("行政区划代码", self.area.to_string()),
            ("行业代码", self.industry.to_string()),
            ("住所", self.address.to_string()),
            ("登记状态", self.registration.to_string()),
            ("信用风险等级", self.risk_class.to_string()),
            ("入库日期", self.enrolled_on.to_string()),
            ("--nonconforming", self.nonconforming.to_string()),
        ]
    }
}
