//! Area codes (GB/T 2260): six digits, and the repair of a short one by the name of its district.

use std::collections::{BTreeMap, BTreeSet};

use lotbook_event::AreaCode;

use crate::cell::{self, Parsed, fault};
use crate::table::Table;

/// Districts and their codes, as the other rows of the same file have them.
pub(crate) struct Gazetteer(BTreeMap<String, BTreeSet<AreaCode>>);

impl Gazetteer {
    /// Learns from the rows whose code is whole.
    pub(crate) fn learn(table: &Table) -> Self {
        let mut districts: BTreeMap<String, BTreeSet<AreaCode>> = BTreeMap::new();
        for row in &table.rows {
            let name = cell::clean(row.cell("行政区划"));
            if let (false, Ok(code)) = (name.is_empty(), AreaCode::new(cell::code(row.cell("行政区划代码"))))
            {
                districts.entry(name).or_default().insert(code);
            }
        }
        Self(districts)
    }

    /// Reads a code; one with fewer digits is completed if exactly one code of that district begins with it.
    pub(crate) fn read(&self, found: &str, district: &str) -> Parsed<AreaCode> {
        const REMEDY: &str = "write the six digits of GB/T 2260";
        let digits = cell::code(found);
        if let Ok(code) = AreaCode::new(&*digits) {
            return Ok((code, digits));
        }
        if digits.len() < 2 || digits.len() >= 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return fault("it is not an area code of six digits", REMEDY);
        }
        let codes = self.0.get(&cell::clean(district));
        let mut fitting = codes.into_iter().flatten().filter(|code| code.as_str().starts_with(&digits));
        match (fitting.next(), fitting.next()) {
            (Some(code), None) => Ok((code.clone(), code.to_string())),
            _ => fault("it has fewer than six digits and the district's name does not tell the rest", REMEDY),
        }
    }
}
