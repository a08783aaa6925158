//! Where views come from: of a data directory, the projections of the verified state; of a server, its queries.

use super::super::reading;
use crate::cli::{Source, What};
use crate::exit::usage;
use crate::json::View;
use anyhow::Result;
use lotbook_client::{Client, proto};
use lotbook_engine::State;
use lotbook_engine::domain::projection;
use lotbook_event::{Code, DrawId, Refusal};
use serde_json::Value;

/// A kind of view.
pub struct Kind {
    /// One of them.
    pub singular: &'static str,
    /// Several of them.
    pub plural: &'static str,
    /// Columns of a list.
    pub columns: &'static [&'static str],
    /// Places of what names one; parts of one name are joined with `+`.
    names: &'static [&'static str],
}

/// A view with its names.
pub struct Row {
    /// The view.
    pub view: View,
    names: Vec<String>,
}

impl Row {
    /// Whether a name means this row: one of its own, or the last part of one.
    pub fn is(&self, name: &str) -> bool {
        self.names.iter().any(|own| own == name || own.ends_with(&format!("/{name}")))
    }
}

/// Every kind, in the order of the command line; identity and office have no view of their own.
const KINDS: &[(What, Kind)] = &[
    (
        What::Item,
        Kind {
            singular: "item",
            plural: "items",
            columns: &["item", "name", "section", "phase"],
            names: &["/item/item", "/item/name"],
        },
    ),
    (
        What::Inspector,
        Kind {
            singular: "inspector",
            plural: "inspectors",
            columns: &["inspector", "name", "section", "duty", "certificate_valid_until", "qualifications"],
            names: &["/row/inspector", "/row/name"],
        },
    ),
    (
        What::Enterprise,
        Kind {
            singular: "enterprise",
            plural: "enterprises",
            columns: &["uscc", "name", "kind", "area", "registration", "risk_class"],
            names: &["/row/uscc", "/row/name"],
        },
    ),
    (
        What::Plan,
        Kind {
            singular: "plan",
            plural: "plans",
            columns: &["plan", "year", "section", "title", "adopted_at", "published_at", "late"],
            names: &["/draft/plan"],
        },
    ),
    (
        What::Batch,
        Kind {
            singular: "batch",
            plural: "batches",
            columns: &["plan", "batch", "name", "sections", "draw_from", "draw_to", "drawn"],
            names: &["/plan+/batch/batch"],
        },
    ),
    (
        What::Draw,
        Kind {
            singular: "draw",
            plural: "draws",
            columns: &["draw", "purpose", "recusal", "opened_at", "stage"],
            names: &["/draw"],
        },
    ),
    (
        What::Pool,
        Kind {
            singular: "row",
            plural: "rows",
            columns: &["kind", "uscc", "inspector", "stratum", "qualifications", "eligible", "reason"],
            names: &[],
        },
    ),
    (
        What::Assignment,
        Kind {
            singular: "assignment",
            plural: "assignments",
            columns: &["inspection", "stratum", "slots"],
            names: &["/inspection", "/uscc", "/draw"],
        },
    ),
    (
        What::Recusal,
        Kind {
            singular: "recusal",
            plural: "recusals",
            columns: &["recusal", "inspector", "ground", "decision", "outcome", "pending", "inspection"],
            names: &["/recusal"],
        },
    ),
    (
        What::RecusalTallies,
        Kind {
            singular: "tally",
            plural: "tallies",
            columns: &["of", "who", "recusals", "swaps", "withdrawals", "rejected", "unavailable", "chosen"],
            names: &["/who"],
        },
    ),
    (
        What::Inspection,
        Kind {
            singular: "inspection",
            plural: "inspections",
            columns: &["inspection", "phase", "visit_on", "team"],
            names: &["/inspection", "/uscc"],
        },
    ),
    (
        What::Comment,
        Kind {
            singular: "comment",
            plural: "comments",
            columns: &["comment", "inspection", "received_at", "late", "answered_at"],
            names: &["/comment"],
        },
    ),
    (
        What::Breach,
        Kind {
            singular: "dossier",
            plural: "dossiers",
            columns: &["breach", "article", "serious", "referred_at", "decided_on", "summary"],
            names: &["/breach"],
        },
    ),
    (
        What::Violation,
        Kind {
            singular: "violation",
            plural: "violations",
            columns: &["violation", "item", "kind", "decided_at", "published_at", "inspection"],
            names: &["/violation"],
        },
    ),
    (
        What::Obligations,
        Kind {
            singular: "duty",
            plural: "duties",
            columns: &["kind", "due", "state", "late_by_working_days", "provisional", "subject"],
            names: &["/subject"],
        },
    ),
    (
        What::Disclosure,
        Kind {
            singular: "disclosure",
            plural: "disclosures",
            columns: &["year", "published_at", "receipt_ref", "late"],
            names: &["/year"],
        },
    ),
    (
        What::Refusals,
        Kind {
            singular: "refusal",
            plural: "refusals",
            columns: &["position", "recorded_at", "event", "code", "article"],
            names: &["/position"],
        },
    ),
    (
        What::RefusalCounts,
        Kind {
            singular: "count",
            plural: "counts",
            columns: &["position", "hour", "author", "refusals"],
            names: &["/position"],
        },
    ),
];

/// The kind of what is shown.
pub fn kind(what: What) -> Option<&'static Kind> {
    KINDS.iter().find(|(known, _)| *known == what).map(|(_, kind)| kind)
}

/// Every row of the frozen pool of a draw.
pub async fn pool(source: &Source, draw: &str) -> Result<Vec<Row>> {
    let draw = DrawId::new(draw).map_err(|error| usage(format!("the draw: {error}")))?;
    let none = || Refusal::new(Code::UnknownSubject, &draw, format!("there is no draw {draw}"));
    let rows = match &source.server {
        Some(url) => {
            let client = Client::trust_on_first_use(url).await?;
            client.list(proto::ListPoolRowsRequest { draw: draw.to_string(), ..Default::default() }).await?
        }
        None => {
            let ledger = reading::ledger(source).await?;
            let filter = projection::pool_row::Filter::default();
            let rows = projection::pool_rows(ledger.verifier.state(), &draw, "", &filter)?;
            rows.ok_or_else(none)?.map(|(_, row)| row).collect()
        }
    };
    let views: Result<Vec<_>> = rows.iter().map(|row| View::of("PoolRowView", row)).collect();
    Ok(views?.into_iter().map(|view| Row { names: vec![], view }).collect())
}

/// Every row of a kind.
pub async fn rows(source: &Source, what: What, kind: &Kind) -> Result<Vec<Row>> {
    let views = match &source.server {
        Some(url) => of_server(&Client::trust_on_first_use(url).await?, what).await?,
        None => of_state(reading::ledger(source).await?.verifier.state(), what)?,
    };
    Ok(views.into_iter().map(|view| Row { names: names(kind, &view.json), view }).collect())
}

fn names(kind: &Kind, json: &Value) -> Vec<String> {
    let text = |place: &str| match json.pointer(place) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let name = |places: &&str| places.split('+').map(text).collect::<Vec<_>>().join("/");
    kind.names.iter().map(name).collect()
}

/// Every view of a list of the state.
macro_rules! projected {
    ($state:ident, $list:ident, $module:ident, $name:literal) => {{
        let filter = projection::$module::Filter::default();
        let rows = projection::$list($state, "", &filter)?;
        rows.map(|(_, view)| View::of($name, &view)).collect()
    }};
}

fn of_state(state: &State, what: What) -> Result<Vec<View>> {
    match what {
        What::Identity | What::Office | What::Pool => Ok(vec![]),
        What::Item => projected!(state, items, item, "ItemView"),
        What::Inspector => projected!(state, inspectors, inspector, "InspectorView"),
        What::Enterprise => projected!(state, enterprises, enterprise, "EnterpriseView"),
        What::Plan => projected!(state, plans, plan, "PlanView"),
        What::Batch => projected!(state, batches, batch, "BatchView"),
        What::Draw => projected!(state, draws, draw, "DrawView"),
        What::Assignment => projected!(state, assignments, assignment, "AssignmentView"),
        What::Recusal => projected!(state, recusals, recusal, "RecusalView"),
        What::RecusalTallies => projected!(state, recusal_tallies, recusal_tally, "RecusalTally"),
        What::Inspection => projected!(state, inspections, inspection, "InspectionView"),
        What::Comment => projected!(state, comments, comment, "CommentView"),
        What::Violation => projected!(state, violations, violation, "ViolationView"),
        What::Breach => projected!(state, breaches, breach, "BreachView"),
        What::Obligations => projected!(state, obligations, obligation, "ObligationView"),
        What::Disclosure => {
            let rows = projection::disclosures(state, "")?;
            rows.map(|(_, view)| View::of("AnnualDisclosureView", &view)).collect()
        }
        What::Refusals => projected!(state, refusals, refusal, "RefusalView"),
        What::RefusalCounts => projected!(state, refusal_counts, refusal, "RefusalCountView"),
    }
}

/// Every view of a list of a server.
macro_rules! asked {
    ($client:ident, $request:ident, $name:literal) => {{
        let rows = $client.list(proto::$request::default()).await?;
        rows.iter().map(|view| View::of($name, view)).collect()
    }};
}

async fn of_server(client: &Client, what: What) -> Result<Vec<View>> {
    match what {
        What::Identity | What::Office | What::Pool => Ok(vec![]),
        What::Item => asked!(client, ListItemsRequest, "ItemView"),
        What::Inspector => asked!(client, ListInspectorsRequest, "InspectorView"),
        What::Enterprise => asked!(client, ListEnterprisesRequest, "EnterpriseView"),
        What::Plan => asked!(client, ListPlansRequest, "PlanView"),
        What::Batch => asked!(client, ListBatchesRequest, "BatchView"),
        What::Draw => asked!(client, ListDrawsRequest, "DrawView"),
        What::Assignment => asked!(client, ListAssignmentsRequest, "AssignmentView"),
        What::Recusal => asked!(client, ListRecusalsRequest, "RecusalView"),
        What::RecusalTallies => asked!(client, ListRecusalTalliesRequest, "RecusalTally"),
        What::Inspection => asked!(client, ListInspectionsRequest, "InspectionView"),
        What::Comment => asked!(client, ListCommentsRequest, "CommentView"),
        What::Violation => asked!(client, ListViolationsRequest, "ViolationView"),
        What::Breach => asked!(client, ListBreachesRequest, "BreachView"),
        What::Obligations => asked!(client, ListObligationsRequest, "ObligationView"),
        What::Disclosure => asked!(client, ListDisclosuresRequest, "AnnualDisclosureView"),
        What::Refusals => asked!(client, ListRefusalsRequest, "RefusalView"),
        What::RefusalCounts => asked!(client, ListRefusalCountsRequest, "RefusalCountView"),
    }
}
