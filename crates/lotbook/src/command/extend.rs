//! `draw extend`: supervision approves by what an inspectors' pool is extended, never by name (draw.md 5).

use crate::cli::Acting;
use crate::desk::Desk;
use crate::exit::Exit;
use crate::{find, given};
use anyhow::Result;
use lotbook_event::SectionId;
use lotbook_event::draw::PoolExtensionApproved;

/// States the approval.
pub async fn run(
    by: &Acting,
    draw: &str,
    qualifications: &[String],
    sections: &[String],
    reason: &str,
) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let draw = find::by_end("draw", draw, desk.state().ceremonies.keys())?.clone();
    let about = format!("draw {draw}");
    let qualifications = qualifications.iter().map(|one| given::text("--qualification", one));
    let sections = sections.iter().map(|one| given::given("--section-of", SectionId::new(one.as_str())));
    let event = PoolExtensionApproved {
        qualifications: qualifications.collect::<Result<_>>()?,
        sections: sections.collect::<Result<_>>()?,
        reason: given::text("--reason", reason)?,
        draw,
    };
    let next = "the registrar enters them in the roster; then `lotbook ceremony open --inspectors`";
    desk.tell(event.into(), &about, next).await
}
