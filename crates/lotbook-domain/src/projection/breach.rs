//! Dossiers of Art. 25: what was departed from, and how far it is.

use super::{BadKey, beyond_id, from};
use crate::state::{Breach, State};
use lotbook_event::BreachId;
use lotbook_event::proto as view;
use lotbook_event::wire::Wire;

/// Which dossiers.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Article departed from.
    pub article: Option<u32>,
}

/// Dossiers by identifier.
///
/// # Errors
/// [`BadKey`] if `after` is no identifier of a dossier.
pub fn breaches<'a>(
    state: &'a State,
    after: &str,
    filter: &'a Filter,
) -> Result<impl Iterator<Item = (String, view::BreachView)> + use<'a>, BadKey> {
    let rows = state.breaches.range(from(beyond_id(after, BreachId::new)?));
    let rows = rows.filter(|(_, breach)| filter.article.is_none_or(|article| article == breach.article));
    Ok(rows.map(|(id, breach)| (id.to_string(), of(id, breach))))
}

/// One dossier.
pub fn breach(state: &State, id: &BreachId) -> Option<view::BreachView> {
    state.breaches.get(id).map(|breach| of(id, breach))
}

fn of(id: &BreachId, breach: &Breach) -> view::BreachView {
    let (assessed, referred) = (breach.assessed.as_ref(), breach.referred.as_ref());
    let decided = breach.decided.as_ref();
    view::BreachView {
        breach: id.wire(),
        article: breach.article,
        positions: breach.positions.wire(),
        summary: breach.summary.wire(),
        recorded_at: breach.at.wire(),
        serious: assessed.map(|(serious, ..)| *serious),
        basis: assessed.map(|(_, basis, _)| basis.wire()),
        assessed_at: assessed.map(|(.., at)| at.wire()),
        organ: referred.map(|(organ, _)| organ.wire()),
        referred_at: referred.map(|(_, at)| at.wire()),
        decided_on: decided.map(|(on, _)| on.wire()),
        published: decided.and_then(|(_, published)| published.as_ref()).map(Wire::wire),
    }
}
