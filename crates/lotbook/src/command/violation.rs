//! `result violation`: found, investigated, decided, published or withheld, put right (Art. 22).

use crate::cli::Violation;
use crate::desk::Desk;
use crate::exit::Exit;
use crate::{find, given};
use anyhow::Result;
use lotbook_engine::domain::civil::{date_of, year_of};
use lotbook_event::result::*;
use lotbook_event::{Date, Event, ItemId, ViolationId};

pub async fn run(args: Violation) -> Result<Exit> {
    let id = |name: &str| given::given("VIOLATION", ViolationId::new(name));
    let (by, violation, event, next): (_, _, Event, _) = match args {
        Violation::Found { by, inspection, item, details_file, id } => {
            let details = given::file(&details_file)?;
            let desk = Desk::open(&by).await?;
            return found(desk, [&inspection, &item], details, id).await;
        }
        Violation::Rectified { by, violation, on } => {
            let on = on.map(|on| given::date("--on", &on)).transpose()?;
            let desk = Desk::open(&by).await?;
            return rectified(desk, id(&violation)?, on).await;
        }
        Violation::Investigate { by, violation } => {
            let violation = id(&violation)?;
            (
                by,
                violation.clone(),
                InvestigationOpened { violation }.into(),
                "`lotbook result violation decide`",
            )
        }
        Violation::Decide { by, violation, kind, decision_no, legal_basis } => {
            let violation = id(&violation)?;
            let event = HandlingDecided {
                violation: violation.clone(),
                kind: given::named("--kind", &kind, HandlingKind::from_code)?,
                decision_no: given::text("--decision-no", &decision_no)?,
                legal_basis: given::text("--legal-basis", &legal_basis)?,
            };
            (
                by,
                violation,
                event.into(),
                "the publisher runs `lotbook result violation publish` or `withhold`",
            )
        }
        Violation::Publish { by, violation, receipt } => {
            let violation = id(&violation)?;
            let receipt_ref = given::text("--receipt", &receipt)?;
            (by, violation.clone(), HandlingPublished { violation, receipt_ref }.into(), "")
        }
        Violation::Withhold { by, violation, ground } => {
            let violation = id(&violation)?;
            let ground = given::text("--ground", &ground)?;
            (by, violation.clone(), HandlingWithheld { violation, ground }.into(), "")
        }
        Violation::Acknowledge { by, violation, receiver } => {
            let violation = id(&violation)?;
            let receiver = given::text("--receiver", &receiver)?;
            (by, violation.clone(), TransferAcknowledged { violation, receiver }.into(), "")
        }
    };
    Desk::open(&by).await?.tell(event, &format!("violation {violation}"), next).await
}

async fn found(
    mut desk: Desk,
    [name, item]: [&String; 2],
    details: String,
    id: Option<String>,
) -> Result<Exit> {
    let (state, year) = (desk.state(), year_of(date_of(desk.now())));
    let violation = match &id {
        Some(id) => given::given("--id", ViolationId::new(id.as_str()))?,
        None => find::free(
            'V',
            year,
            |name| state.violations.keys().any(|id| id.as_str() == name),
            ViolationId::new,
        )?,
    };
    let inspection = find::inspection(state, name)?;
    let item = given::given("--item", ItemId::new(item.as_str()))?;
    let details = desk.seal(details, format!("violation {violation} in inspection {inspection}"))?;
    let next = format!("a handler runs `lotbook result violation investigate {violation}`");
    let event = ViolationFound { inspection, violation: violation.clone(), item, details };
    desk.tell(event.into(), &format!("violation {violation}"), &next).await
}

async fn rectified(desk: Desk, violation: ViolationId, on: Option<Date>) -> Result<Exit> {
    let verified_on = on.unwrap_or_else(|| date_of(desk.now()));
    let about = format!("violation {violation}");
    desk.tell(RectificationVerified { violation, verified_on }.into(), &about, "").await
}
