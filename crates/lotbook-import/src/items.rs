//! `items.csv`: the item list (Art. 8): proposed by each section, aggregated, published.

use std::collections::BTreeMap;

use lotbook_event::keys::Role;
use lotbook_event::registry::{Item, ItemAggregated, ItemProposed, ItemPublished};
use lotbook_event::{Event, ItemId, SectionId};

use crate::batch::split;
use crate::cell::{self, Fault, Parsed, fault};
use crate::changes::{Change, Columned, differences, yes};
use crate::import::{Draft, Work};
use crate::known::KnownItem;
use crate::page::Page;
use crate::percent::{format_percent, parse_percent_number};
use crate::report::{FileReport, Problem};
use crate::row::RowReader;
use crate::table::Columns;

/// Who inspects (检查主体) is the office itself and stays in the file.
pub(crate) const COLUMNS: Columns = Columns {
    required: &[
        "事项编号",
        "抽查类别",
        "抽查事项",
        "检查内容",
        "对象类别",
        "事项类别",
        "检查方式",
        "检查依据",
        "责任科室编号",
        "是否定向",
        "权责清单编号",
    ],
    optional: &["检查主体", "抽查比例上限(%)", "年度频次上限", "所需资质", "最少检查人数"],
};

pub(crate) fn import(page: &Page, work: &mut Work, report: &mut FileReport) -> Result<Vec<Draft>, Problem> {
    let table = page.table(&COLUMNS, report)?;
    let mut seen = BTreeMap::new();
    let mut by_section: BTreeMap<SectionId, Vec<Item>> = BTreeMap::new();
    for row in &table.rows {
        let mut reader = RowReader::new(row);
        let item = read(&mut reader).and_then(|item| check(item, work, &seen, &mut reader));
        let Some(item) = reader.finish(item, report) else { continue };
        seen.insert(item.item.clone(), row.number);
        let known = work.known.items.get(&item.item).map(|known| &known.item);
        let change = Change::between(known, &item);
        report.row(row.place(), &item.item, change, || differences(known, Some(&item)));
        if known.is_none() {
            by_section.entry(item.section.clone()).or_default().push(item);
        }
    }
    let mut drafts = Vec::new();
    for (section, rows) in by_section {
        let events = split(rows, |rows| ItemProposed { rows }.into());
        drafts.extend(
            events.into_iter().map(|event| page.draft(Role::SectionOfficer, Some(&section), event, None)),
        );
    }
    drafts.extend(follow_up(page, work, &seen));
    Ok(drafts)
}

/// Puts together and, if the caller says when, publishes the items of the file.
fn follow_up(page: &Page, work: &Work, seen: &BTreeMap<ItemId, u32>) -> Vec<Draft> {
    let without = |done: fn(&KnownItem) -> bool| -> Vec<ItemId> {
        let open =
            |id: &&ItemId| !work.known.items.get(*id).is_some_and(|known| known.withdrawn || done(known));
        seen.keys().filter(open).cloned().collect()
    };
    let aggregated = split(without(|known| known.aggregated), |items| {
        Event::from(ItemAggregated { items: items.into_iter().collect() })
    });
    let mut drafts: Vec<Draft> =
        aggregated.into_iter().map(|event| page.draft(Role::Coordinator, None, event, None)).collect();
    if let Some(published_on) = work.options.items_published_on {
        let events = split(without(|known| known.published), |items| {
            ItemPublished { items: items.into_iter().collect(), published_on }.into()
        });
        let publish = |event| page.draft(Role::Publisher, None, event, Some(published_on));
        drafts.extend(events.into_iter().map(publish));
    }
    drafts
}

fn read(row: &mut RowReader) -> Option<Item> {
    let item = row.read("事项编号", |c| cell::id(c, ItemId::new));
    let category = row.read("抽查类别", cell::filled);
    let name = row.read("抽查事项", cell::filled);
    let content = row.read("检查内容", cell::filled);
    let applies_to = row.read("对象类别", cell::filled);
    let key_item = row.read("事项类别", key_item);
    let method = row.read("检查方式", cell::text);
    let legal_basis = row.read("检查依据", |c| basis(c, "legal basis"));
    let section = row.read("责任科室编号", |c| cell::id(c, SectionId::new));
    let ratio_limit_ppm = row.read("抽查比例上限(%)", ratio);
    let yearly_limit = row.read("年度频次上限", |c| at_most(c, 0));
    let specialised = row.read("是否定向", cell::yes_no);
    let qualification = row.read("所需资质", cell::text);
    let min_inspectors = row.read("最少检查人数", |c| at_most(c, 2));
    let powers_list_ref = row.read("权责清单编号", |c| basis(c, "entry in the powers list"));
    Some(Item {
        item: item?,
        category: category?,
        name: name?,
        content: content?,
        applies_to: applies_to?,
        key_item: key_item?,
        method: method?,
        legal_basis: legal_basis?,
        section: section?,
        ratio_limit_ppm: ratio_limit_ppm?,
        yearly_limit: yearly_limit?,
        specialised: specialised?,
        qualification: qualification?,
        min_inspectors: min_inspectors?,
        powers_list_ref: powers_list_ref?,
    })
}

impl Columned for Item {
    fn columns(&self) -> Vec<(&'static str, String)> {
        let limit = |limit: u32| if limit == 0 { "不设上限".to_string() } else { limit.to_string() };
        vec![
            ("抽查类别", self.category.to_string()),
            ("抽查事项", self.name.to_string()),
            ("检查内容", self.content.to_string()),
            ("对象类别", self.applies_to.to_string()),
            ("事项类别", if self.key_item { "重点" } else { "一般" }.to_string()),
            ("检查方式", self.method.to_string()),
            ("检查依据", self.legal_basis.to_string()),
            ("责任科室编号", self.section.to_string()),
            ("抽查比例上限(%)", self.ratio_limit_ppm.map_or("不设上限".to_string(), format_percent)),
            ("年度频次上限", limit(self.yearly_limit)),
            ("是否定向", yes(self.specialised)),
            ("所需资质", self.qualification.to_string()),
            ("最少检查人数", self.min_inspectors.to_string()),
            ("权责清单编号", self.powers_list_ref.to_string()),
        ]
    }
}

fn basis(found: &str, what: &str) -> Parsed<lotbook_event::Text> {
    match cell::clean(found).is_empty() {
        true => {
            fault(format!("an item needs its {what} (Art. 8)"), "fill it in from the published powers list")
        }
        false => cell::text(found),
    }
}

fn key_item(found: &str) -> Parsed<bool> {
    match cell::clean(found).as_str() {
        "重点" | "重点检查事项" => Ok((true, "重点".into())),
        "一般" | "一般检查事项" => Ok((false, "一般".into())),
        _ => fault("it is neither 一般 nor 重点", "write 一般 or 重点"),
    }
}

/// `10`, `0.5` or `10%`; 不设上限 or nothing = no limit.
fn ratio(found: &str) -> Parsed<Option<u32>> {
    let canonical = cell::code(found);
    if canonical.is_empty() || canonical == "不设上限" {
        return Ok((None, canonical));
    }
    match parse_percent_number(canonical.strip_suffix('%').unwrap_or(&canonical)) {
        Ok(ppm) => Ok((
            Some(ppm),
            canonical
                .strip_suffix('%')
                .map_or(canonical.clone(), |_| format_percent(ppm).trim_end_matches('%').to_string()),
        )),
        Err(because) => fault(because, "write the number before the percent sign, or 不设上限"),
    }
}

/// A number; 不设上限 or nothing = the default.
fn at_most(found: &str, default: u32) -> Parsed<u32> {
    match cell::clean(found).as_str() {
        text @ ("" | "不设上限") => Ok((default, text.to_string())),
        _ => cell::number(found),
    }
}

/// An item is proposed once; a changed one is withdrawn and proposed under a new number (Art. 8 para. 2).
fn check(item: Item, work: &Work, seen: &BTreeMap<ItemId, u32>, row: &mut RowReader) -> Option<Item> {
    let id = item.item.as_str();
    if let Some(earlier) = seen.get(&item.item) {
        let because = format!("the item is in row {earlier} already");
        return row.refuse("事项编号", id, Fault { because, remedy: "keep one of the rows" });
    }
    if !work.known.sections.contains_key(&item.section) {
        let because = "the section is not registered".to_string();
        let remedy = "add it to sections.csv and import that first";
        return row.refuse("责任科室编号", item.section.as_str(), Fault { because, remedy });
    }
    match work.known.items.get(&item.item) {
        Some(known) if known.item != item || known.withdrawn => {
            let (because, remedy) = match known.withdrawn {
                true => (
                    "the item was withdrawn (Art. 8 para. 2)",
                    "leave it out, or propose it under a new number",
                ),
                false => (
                    "the item is on the ledger with other content (Art. 8 para. 2)",
                    "state ItemWithdrawn and propose it under a new number",
                ),
            };
            row.refuse("事项编号", id, Fault { because: because.to_string(), remedy })
        }
        _ => Some(item),
    }
}
