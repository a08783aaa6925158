//! Names for the codes of a certificate's page, from the public rosters: of the enterprises drawn, and of who came.

use lotbook_draw::Certificate;
use lotbook_engine::State;
use std::collections::{BTreeMap, BTreeSet};

/// Names by code; a code without a name stands for itself.
pub struct Names {
    office: String,
    firms: BTreeMap<String, String>,
    inspectors: BTreeMap<String, String>,
}

impl Names {
    /// The names that a certificate's page needs.
    pub fn of(state: &State, certificate: &Certificate) -> Self {
        let selected: BTreeSet<&str> = certificate.result.selected.iter().map(String::as_str).collect();
        let firms = state.enterprises.values().filter(|firm| selected.contains(firm.row.uscc.as_str()));
        let inspectors = state.inspectors.values();
        Self {
            office: state.office.as_ref().map(|office| office.name.to_string()).unwrap_or_default(),
            firms: firms.map(|firm| (firm.row.uscc.to_string(), firm.row.name.to_string())).collect(),
            inspectors: inspectors.map(|i| (i.row.inspector.to_string(), i.row.name.to_string())).collect(),
        }
    }

    /// The office.
    pub fn office(&self) -> &str {
        &self.office
    }

    /// The name of an enterprise.
    pub fn firm(&self, uscc: &str) -> &str {
        self.firms.get(uscc).map(String::as_str).unwrap_or_default()
    }

    /// Name and roster number of an inspector.
    pub fn inspector(&self, id: &str) -> String {
        self.inspectors.get(id).map_or_else(|| id.to_owned(), |name| format!("{name} ({id})"))
    }
}
