//! `result`: what was found, feedback, publication, comments, corrections (Arts. 5, 19-21).

use super::violation;
use crate::cli::{Acting, Outcome};
use crate::desk::Desk;
use crate::exit::Exit;
use crate::{find, given};
use anyhow::{Context, Result};
use lotbook_chain::Position;
use lotbook_engine::domain::civil::{date_of, year_of};
use lotbook_event::inspection::{ItemOutcome, ItemResultConfirmed};
use lotbook_event::oversight::{
    AnnualDisclosurePublished, AnnualDisclosureRequested, DisclosurePartKind, EntryCorrected,
};
use lotbook_event::result::*;
use lotbook_event::{Code, CommentId, Event, ItemId, Refusal};
use std::path::Path;

pub async fn run(args: Outcome) -> Result<Exit> {
    match args {
        Outcome::Confirm { by, inspection, item, outcome } => {
            confirm(&by, &inspection, &item, &outcome).await
        }
        Outcome::Dispatch { by, inspection, method, legal_basis } => {
            dispatch(&by, &inspection, &method, &legal_basis).await
        }
        Outcome::Deliver { by, inspection, receipt, at } => {
            deliver(&by, &inspection, &receipt, at.as_deref()).await
        }
        Outcome::Publish { by, inspection, channel, receipt } => {
            publish(&by, &inspection, &channel, &receipt).await
        }
        Outcome::Comment { by, inspection, text_file, consent, at, id } => {
            let came = Came { inspection, consent, at, id };
            comment(&by, came, &text_file).await
        }
        Outcome::Answer { by, comment, summary, answer } => answered(&by, &comment, &summary, &answer).await,
        Outcome::Violation(args) => violation::run(args).await,
        Outcome::Disclose { by, year, receipt } => disclose(&by, year, receipt.as_deref()).await,
        Outcome::Correct { by, position, field, value, reason } => {
            correct(&by, position, [&field, &value, &reason]).await
        }
    }
}

/// One statement an item.
async fn confirm(by: &Acting, name: &str, items: &[String], outcome: &str) -> Result<Exit> {
    let outcome = given::named("--outcome", outcome, ItemOutcome::from_code)?;
    let desk = Desk::open(by).await?;
    let inspection = find::inspection(desk.state(), name)?;
    for item in items {
        let item = given::given("--item", ItemId::new(item.as_str()))?;
        let about = format!("item {item} in inspection {inspection}");
        let event = ItemResultConfirmed { inspection: inspection.clone(), item, outcome };
        desk.tell(event.into(), &about, "").await?;
    }
    Ok(Exit::Done)
}

async fn dispatch(by: &Acting, name: &str, method: &str, legal_basis: &str) -> Result<Exit> {
    let method = given::named("--method", method, ServiceMethod::from_code)?;
    let legal_basis = given::text("--legal-basis", legal_basis)?;
    let desk = Desk::open(by).await?;
    let inspection = find::inspection(desk.state(), name)?;
    let next =
        format!("when it has arrived: `lotbook result deliver --inspection {inspection} --receipt REF`");
    let about = format!("inspection {inspection}");
    desk.tell(FeedbackDispatched { inspection, method, legal_basis }.into(), &about, &next).await
}

async fn deliver(by: &Acting, name: &str, receipt: &str, at: Option<&str>) -> Result<Exit> {
    let receipt_ref = given::text("--receipt", receipt)?;
    let desk = Desk::open(by).await?;
    let inspection = find::inspection(desk.state(), name)?;
    let sent = desk.state().inspections.get(&inspection).and_then(|record| record.dispatched);
    let occurred_at = desk.occurred(at, sent)?;
    let about = format!("inspection {inspection}");
    desk.tell(FeedbackDelivered { inspection, occurred_at, receipt_ref }.into(), &about, "").await
}

async fn publish(by: &Acting, name: &str, channel: &str, receipt: &str) -> Result<Exit> {
    let channel = given::named("--channel", channel, Channel::from_code)?;
    let receipt_ref = given::text("--receipt", receipt)?;
    let desk = Desk::open(by).await?;
    let inspection = find::inspection(desk.state(), name)?;
    let about = format!("inspection {inspection}");
    desk.tell(ResultPublished { inspection, channel, receipt_ref }.into(), &about, "").await
}

/// A comment, as it came.
struct Came {
    inspection: String,
    consent: bool,
    at: Option<String>,
    id: Option<String>,
}

async fn comment(by: &Acting, came: Came, text: &Path) -> Result<Exit> {
    let text = given::file(text)?;
    let mut desk = Desk::open(by).await?;
    let (state, year) = (desk.state(), year_of(date_of(desk.now())));
    let comment = match &came.id {
        Some(id) => given::given("--id", CommentId::new(id.as_str()))?,
        None => {
            find::free('C', year, |name| state.comments.keys().any(|id| id.as_str() == name), CommentId::new)?
        }
    };
    let inspection = find::inspection(state, &came.inspection)?;
    let delivered = state.inspections.get(&inspection).and_then(|record| record.delivered);
    let occurred_at = desk.occurred(came.at.as_deref(), delivered)?;
    let text = desk.seal(text, format!("comment {comment} on inspection {inspection}"))?;
    let next =
        format!("when its time is over, the coordinator runs `lotbook result answer --comment {comment}`");
    let about = format!("comment {comment}");
    let event = CommentReceived { inspection, comment, occurred_at, text, consent: came.consent };
    desk.tell(event.into(), &about, &next).await
}

async fn answered(by: &Acting, comment: &str, summary: &str, answer: &str) -> Result<Exit> {
    let comment = given::given("--comment", CommentId::new(comment))?;
    let (summary, answer) = (given::text("--summary", summary)?, given::text("--answer", answer)?);
    let desk = Desk::open(by).await?;
    let about = format!("comment {comment}");
    desk.tell(CommentAnswered { comment, summary, answer }.into(), &about, "").await
}

/// The ledger derives the document; it is published as derived last, with all of its parts (Art. 23).
async fn disclose(by: &Acting, year: u32, receipt: Option<&str>) -> Result<Exit> {
    let receipt = receipt.map(|receipt| given::text("--receipt", receipt)).transpose()?;
    let desk = Desk::open(by).await?;
    let about = format!("disclosure {year}");
    let Some(receipt_ref) = receipt else {
        let next = format!(
            "read it (`lotbook disclosure --year {year}`), publish it, and run this with --receipt REF"
        );
        return desk.tell(AnnualDisclosureRequested { year }.into(), &about, &next).await;
    };
    let generated = desk.state().disclosures.get(&year).and_then(|record| record.generated.as_ref());
    let none = || {
        let found = format!("no disclosure of {year} has been derived; run this without --receipt first");
        Refusal::new(Code::WrongPhase, &about, found)
    };
    let document = generated.ok_or_else(none)?.0.document;
    let parts = DisclosurePartKind::ALL.iter().copied().collect();
    desk.tell(AnnualDisclosurePublished { year, document, parts, receipt_ref }.into(), &about, "").await
}

/// Names the entry by its hash, too, so that nobody corrects another entry than they have read.
async fn correct(by: &Acting, position: u64, [field, value, reason]: [&String; 3]) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let bytes = usize::try_from(position).ok().and_then(|at| desk.ledger.entries.get(at));
    let none = || {
        let found =
            format!("the ledger has {} entries, none at position {position}", desk.ledger.entries.len());
        Refusal::new(Code::UnknownSubject, position, found)
    };
    let bytes = bytes.ok_or_else(none)?;
    let entry = lotbook_chain::entry::entry_hash(bytes);
    let statement = lotbook_chain::Entry::decode(bytes).context("the entry cannot be read")?.statement;
    let name = lotbook_event::Statement::decode(&statement)?.event.name();
    let event: Event = EntryCorrected {
        position: Position(position),
        entry,
        field: given::text("--field", field)?,
        value: given::text("--value", value)?,
        reason: given::text("--reason", reason)?,
    }
    .into();
    desk.tell(event, &format!("{field} of the {name} at position {position}"), "both versions stay visible")
        .await
}
