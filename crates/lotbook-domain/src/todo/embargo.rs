//! What an embargo asks of supervision: to hold the key before the sealing, to publish it after the window (Art. 6).

use super::{Todo, View};
use crate::ceremony::Stage;
use crate::embargo::{MIN_HOLDERS, RELEASE_SECONDS};
use crate::person;
use crate::state::{BatchKey, Embargo};
use lotbook_chain::Instant;

pub(super) fn supervisor(view: &View<'_>) -> Vec<Todo> {
    let kept = view.state.embargoes.iter().filter(|(_, embargo)| embargo.released.is_none());
    kept.filter_map(|(batch, embargo)| hold(view, batch, embargo).or_else(|| release(view, embargo)))
        .collect()
}

/// An open ceremony waits for one more person who holds the key.
fn hold(view: &View<'_>, batch: &BatchKey, embargo: &Embargo) -> Option<Todo> {
    let mut open = view.state.ceremonies.values();
    let open = open.find(|held| held.batch == *batch && held.stage == Stage::Committing)?;
    let own = embargo.holders.iter().any(|holder| person::same(view.state, *holder, view.key));
    let until = open.frozen.as_ref()?.stated.commit_deadline;
    (!own && embargo.holders.len() < MIN_HOLDERS).then(|| Todo {
        subject: open.draw.to_string(),
        about: String::new(),
        what: "Hold the key of the embargo".into(),
        what_zh: "持有保密密钥",
        article: 6,
        due: Some(view.at(until)),
        command: format!("embargo hold --draw {}", open.draw),
    })
}

/// A holder may publish the key now.
fn release(view: &View<'_>, embargo: &Embargo) -> Option<Todo> {
    let draw = embargo.draw.as_ref()?;
    let may = view.now >= embargo.stated.until || embargo.all_open();
    let until: Instant = embargo.stated.until.plus_seconds(RELEASE_SECONDS);
    (may && embargo.holders.contains(&view.key)).then(|| Todo {
        subject: draw.to_string(),
        about: String::new(),
        what: "Publish the key of the embargo".into(),
        what_zh: "公开保密密钥",
        article: 6,
        due: Some(view.at(until)),
        command: format!("embargo release --draw {draw}"),
    })
}
