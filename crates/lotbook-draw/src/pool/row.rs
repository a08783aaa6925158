//! The three kinds of row, their bytes under the roots, and their JSON form. [draw 2, 8]

use serde::{Deserialize, Serialize};

use crate::embargo::{Salt, put_salt};
use crate::encoding::{length, put_enc, put_u64};

/// One enterprise of the roster, eligible or not. In JSON: `[uscc, stratum, eligible, reason]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(String, String, bool, String)", into = "(String, String, bool, String)")]
pub struct ObjectRow {
    /// The enterprise's unified social credit code, or another id; NFC.
    pub uscc: String,
    /// Its stratum, `[A-Za-z0-9_.-]{0,64}`; empty where the draw has no strata.
    pub stratum: String,
    /// Whether it may be drawn.
    pub eligible: bool,
    /// Why it may not be drawn; empty if and only if it may.
    pub reason: String,
}

/// One inspector of the roster. In JSON: `[inspector_id, eligible, reason, [qualification ...]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(String, bool, String, Vec<String>)", into = "(String, bool, String, Vec<String>)")]
pub struct InspectorRow {
    /// The inspector's id; NFC.
    pub inspector_id: String,
    /// Whether he may be drawn.
    pub eligible: bool,
    /// Why he may not be drawn; empty if and only if he may.
    pub reason: String,
    /// What he is qualified for, ascending and distinct.
    pub qualifications: Vec<String>,
}

/// One pair that must not meet. In JSON: `[uscc, inspector_id]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(String, String)", into = "(String, String)")]
pub struct ConflictRow {
    /// The enterprise; it has a row.
    pub uscc: String,
    /// The inspector; he has a row.
    pub inspector_id: String,
}

impl ObjectRow {
    /// The row's bytes: a leaf of the objects' root.
    pub fn encode(&self) -> Vec<u8> {
        self.encode_under(None)
    }

    /// The same; under an embargo with the row's salt after its last field. [draw 7]
    pub fn encode_under(&self, salt: Option<&Salt>) -> Vec<u8> {
        // enc(uscc) || enc(stratum) || u8 eligible || enc(reason) [|| salt]
        let mut row = Vec::new();
        put_enc(&mut row, self.uscc.as_bytes());
        put_enc(&mut row, self.stratum.as_bytes());
        row.push(u8::from(self.eligible));
        put_enc(&mut row, self.reason.as_bytes());
        put_salt(&mut row, salt);
        row
    }
}

impl InspectorRow {
    /// The row's bytes: a leaf of the inspectors' root.
    pub fn encode(&self) -> Vec<u8> {
        self.encode_under(None)
    }

    /// The same; under an embargo with the row's salt after its last field. [draw 7]
    pub fn encode_under(&self, salt: Option<&Salt>) -> Vec<u8> {
        // enc(inspector_id) || u8 eligible || enc(reason) || u64(#q) || enc(q)... [|| salt]
        let mut row = Vec::new();
        put_enc(&mut row, self.inspector_id.as_bytes());
        row.push(u8::from(self.eligible));
        put_enc(&mut row, self.reason.as_bytes());
        put_u64(&mut row, length(self.qualifications.len()));
        for qualification in &self.qualifications {
            put_enc(&mut row, qualification.as_bytes());
        }
        put_salt(&mut row, salt);
        row
    }
}

impl ConflictRow {
    /// The row's bytes: a leaf of the conflicts' root.
    pub fn encode(&self) -> Vec<u8> {
        self.encode_under(None)
    }

    /// The same; under an embargo with the row's salt after its last field. [draw 7]
    pub fn encode_under(&self, salt: Option<&Salt>) -> Vec<u8> {
        // enc(uscc) || enc(inspector_id) [|| salt]
        let mut row = Vec::new();
        put_enc(&mut row, self.uscc.as_bytes());
        put_enc(&mut row, self.inspector_id.as_bytes());
        put_salt(&mut row, salt);
        row
    }
}

impl From<(String, String, bool, String)> for ObjectRow {
    fn from((uscc, stratum, eligible, reason): (String, String, bool, String)) -> Self {
        Self { uscc, stratum, eligible, reason }
    }
}

impl From<ObjectRow> for (String, String, bool, String) {
    fn from(row: ObjectRow) -> Self {
        (row.uscc, row.stratum, row.eligible, row.reason)
    }
}

impl From<(String, bool, String, Vec<String>)> for InspectorRow {
    fn from((inspector_id, eligible, reason, qualifications): (String, bool, String, Vec<String>)) -> Self {
        Self { inspector_id, eligible, reason, qualifications }
    }
}

impl From<InspectorRow> for (String, bool, String, Vec<String>) {
    fn from(row: InspectorRow) -> Self {
        (row.inspector_id, row.eligible, row.reason, row.qualifications)
    }
}

impl From<(String, String)> for ConflictRow {
    fn from((uscc, inspector_id): (String, String)) -> Self {
        Self { uscc, inspector_id }
    }
}

impl From<ConflictRow> for (String, String) {
    fn from(row: ConflictRow) -> Self {
        (row.uscc, row.inspector_id)
    }
}
