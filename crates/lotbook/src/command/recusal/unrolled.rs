//! `recusal counterpart`, `recusal reserve-order`: the two ways without a ceremony, both flagged ([P-145], [P-146]).

use crate::cli::Acting;
use crate::desk::Desk;
use crate::exit::{Exit, usage};
use crate::{find, given};
use anyhow::Result;
use lotbook_engine::State;
use lotbook_event::recusal::{CounterpartChosen, ReserveOrderApproved};
use lotbook_event::{Code, InspectionId, InspectorId, RecusalId, Refusal};

/// States the counterpart that a person has named.
pub async fn counterpart(by: &Acting, recusal: &str, with: &str, from: Option<&str>) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let recusal = given::given("RECUSAL", RecusalId::new(recusal))?;
    let counterpart = find::inspector(desk.state(), with)?;
    let counterpart_inspection = match from {
        Some(name) => find::inspection(desk.state(), name)?,
        None => only_one_with(desk.state(), &recusal, &counterpart)?,
    };
    let about = format!("recusal {recusal}");
    let event = CounterpartChosen { recusal, counterpart, counterpart_inspection };
    desk.tell(
        event.into(),
        &about,
        "both teams are changed; it is public that a person chose 已公开标注为指定",
    )
    .await
}

/// The inspection of the recusal's batch that a colleague would leave, if there is only one.
fn only_one_with(state: &State, id: &RecusalId, who: &InspectorId) -> Result<InspectionId> {
    let own = &state.recusal(id)?.inspection;
    let batch = state.inspection(own)?.batch();
    let others = state.inspections.iter().filter(|(other, inspection)| {
        *other != own && inspection.batch() == batch && inspection.team.contains(who)
    });
    let others: Vec<_> = others.map(|(other, _)| other).collect();
    match others.as_slice() {
        [one] => Ok((*one).clone()),
        [] => {
            let found = format!("{who} is in no other team of the batch, and so cannot change places");
            Err(Refusal::new(Code::SwapInfeasible, id, found).into())
        }
        several => {
            let names: Vec<_> = several.iter().map(|other| other.as_str()).collect();
            Err(usage(format!("{who} inspects {}; name one with --inspection", names.join(", "))))
        }
    }
}

/// States supervision's approval of a batch's reserve order.
pub async fn reserve_order(by: &Acting, batch: &str) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let (plan, batch) = find::batch(desk.state(), batch)?;
    let about = format!("batch {plan}/{batch}");
    let next =
        "who withdraws from it is followed at once, in an order that everybody can compute 候补顺序人人可算";
    desk.tell(ReserveOrderApproved { plan, batch }.into(), &about, next).await
}
