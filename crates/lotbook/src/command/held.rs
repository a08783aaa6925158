//! `ceremony reveal --hand-over`, `ceremony hold`, `ceremony held`: a reveal in somebody else's hands, so that a ledger
//! that drops it cannot fail an attempt by that and bar its author (draw.md 1, [P-180]).
//!
//! The file is a RevealHeld as JSON, at first without holder and stamp.

use crate::cli::Acting;
use crate::desk::Desk;
use crate::exit::{Exit, usage};
use crate::{given, json, keyfile, say, stating};
use anyhow::{Context, Result, bail};
use lotbook_chain::sign::held_message;
use lotbook_chain::{Instant, Signature, StatementHash, TreeHash};
use lotbook_client::SignedStatement;
use lotbook_engine::domain::article::a14_held;
use lotbook_engine::domain::ceremony::Stage;
use lotbook_event::ceremony::RevealHeld;
use lotbook_event::keys::{Heartbeat, Role};
use lotbook_event::{Code, DrawId, Event, HeldStatement, Refusal, Statement};
use std::path::Path;

/// Writes the signed reveal to a file and states nothing.
pub fn hand_over(desk: &Desk, draw: &DrawId, event: Event, file: &Path) -> Result<Exit> {
    let right = desk.right(&event)?;
    let statement = stating::state(right.0, right.1, event, desk.now())?;
    let signed = SignedStatement::sign(desk.client.trust_root(), &desk.key, &statement);
    let nobody = (desk.key.public().key_id(), Signature([0; 64]));
    let event = RevealHeld {
        draw: draw.clone(),
        author: signed.author.key_id(),
        statement: HeldStatement::new(signed.statement)?,
        signature: signed.signature,
        holder: nobody.0,
        stamped_at: Instant(0),
        stamp: nobody.1,
    };
    let mut fields = json::of_event(&frame(event.into())?)?;
    if let Some(fields) = fields.as_object_mut() {
        for later in ["holder", "stamped_at", "stamp"] {
            fields.remove(later);
        }
    }
    keyfile::write_private(file, fields.to_string().as_bytes())?;
    say!("the signed reveal of {draw} is in {}; nothing was stated", file.display());
    say!("  next        another participant, or an auditor, runs `lotbook ceremony hold {}`", file.display());
    say!("              then reveal: `lotbook ceremony reveal --draw {draw}`");
    Ok(Exit::Done)
}

/// Checks somebody's reveal and writes it with a stamp of this key.
pub async fn hold(by: &Acting, reveal: &Path, out: &Path) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let (state, own) = (desk.state(), desk.key.public().key_id());
    let mut event = read(reveal, Some((&own.0, &[0; 64])))?;
    let ceremony = state.ceremony(&event.draw)?;
    a14_held::made(state, ceremony, &event)?;
    a14_held::may_hold(state, ceremony, event.author, own)?;
    let deadline = ceremony.frozen.as_ref().map(|frozen| frozen.stated.reveal_deadline).context("no pool")?;
    (event.holder, event.stamped_at) = (own, desk.now());
    if ceremony.stage != Stage::Revealing || event.stamped_at >= deadline {
        let found = format!("{} takes no reveals any more: holding one now proves nothing", event.draw);
        return Err(Refusal::new(Code::DeadlinePassed, &event.draw, found).into());
    }
    let hash = StatementHash::of(event.statement.as_bytes());
    let ledger = desk.client.trust_root().ledger_id;
    let message = held_message(ledger, event.author, hash, &event.signature, event.stamped_at);
    event.stamp = desk.key.sign(&message);
    let (draw, author) = (event.draw.clone(), state.person_of(&event.author));
    keyfile::write_private(out, json::of_event(&frame(event.into())?)?.to_string().as_bytes())?;
    say!("the reveal of {author} in {draw} is held, stamped in {}", out.display());
    say!("  next        if the attempt fails for want of it: `lotbook ceremony held {}`", out.display());
    Ok(Exit::Done)
}

/// States a held reveal.
pub async fn state(by: &Acting, stamped: &Path) -> Result<Exit> {
    let desk = Desk::open(by).await?;
    let event = read(stamped, None)?;
    let about = format!("draw {}, reveal of {}", event.draw, desk.state().person_of(&event.author));
    desk.tell(event.into(), &about, "its author takes part in the next attempt").await
}

/// The file as an event; of a reveal that nobody holds yet, with this holder and stamp.
fn read(file: &Path, unheld: Option<(&[u8], &[u8])>) -> Result<RevealHeld> {
    let name = file.display();
    let mut fields: serde_json::Value = serde_json::from_str(&given::file(file)?)
        .map_err(|error| usage(format!("{name} is no reveal: {error}")))?;
    if let (Some((holder, stamp)), Some(fields)) = (unheld, fields.as_object_mut()) {
        let base64 = |bytes: &[u8]| data_encoding::BASE64.encode(bytes).into();
        fields.extend([("holder".to_owned(), base64(holder)), ("stamp".to_owned(), base64(stamp))]);
    }
    let nothing = Heartbeat { size: 0, root: TreeHash::ZERO, clock: Instant(0) };
    let read = json::with_event(&frame(nothing.into())?, "RevealHeld", &fields.to_string());
    match read.map_err(|error| usage(format!("{name} is no reveal that somebody holds: {error:#}")))?.event {
        Event::RevealHeld(event) => Ok(event),
        other => bail!("{name} holds {}", other.name()),
    }
}

/// A statement around an event, for its JSON.
fn frame(event: Event) -> Result<Statement> {
    stating::state(Role::Public, None, event, Instant(0))
}
