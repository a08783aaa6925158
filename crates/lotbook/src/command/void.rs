//! `draw void`: supervision proposes to void a draw, the leader confirms (rules.md 1.2).

use crate::cli::Acting;
use crate::desk::Desk;
use crate::exit::{Exit, usage};
use crate::{find, given};
use anyhow::{Context, Result};
use lotbook_event::Text;
use lotbook_event::draw::{DrawVoidProposed, DrawVoided, VoidGround};

/// Proposes with a ground and its basis, or confirms the last proposal.
pub async fn run(by: &Acting, draw: &str, proposal: Option<(String, String)>) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let draw = find::by_end("draw", draw, desk.state().ceremonies.keys())?.clone();
    let about = format!("draw {draw}");
    let Some((ground, basis)) = proposal else {
        let ceremony = desk.state().ceremony(&draw)?;
        let last = ceremony.last_proposal.context("nobody has proposed to void this draw")?;
        let next = "the batch may be drawn again: `lotbook ceremony open`";
        return desk.tell(DrawVoided { draw, proposal: last }.into(), &about, next).await;
    };
    let known = || VoidGround::ALL.iter().map(|ground| ground.code()).collect::<Vec<_>>().join(", ");
    let ground =
        VoidGround::from_code(&ground).ok_or_else(|| usage(format!("--ground is one of {}", known())))?;
    let basis = given::given("--basis", Text::new(basis))?;
    let next = "the office leader, another person, runs `lotbook draw void --draw ID --confirm`";
    desk.tell(DrawVoidProposed { draw, ground, basis }.into(), &about, next).await
}
