//! Until when a certificate names nobody, as its entries say.

use lotbook_chain::{Entry, Instant};
use lotbook_draw::Certificate;
use lotbook_event::{Event, Statement};

/// When the embargo's key is to be published, as PoolFrozen among the certificate's own entries says; `None` if it
/// is not sealed. Nothing of it is proved, see [`authenticate`](crate::authenticate()).
pub fn sealed_until(certificate: &Certificate) -> Option<Instant> {
    certificate.embargo.as_ref().filter(|embargo| embargo.key.is_none())?;
    let until = |entry: &lotbook_draw::certificate::ProofEntry| {
        let bytes = data_encoding::BASE64.decode(entry.entry.as_bytes()).ok()?;
        let statement = Statement::decode(&Entry::decode(&bytes).ok()?.statement).ok()?;
        match statement.event {
            Event::PoolFrozen(e) if e.draw.as_str() == certificate.draw_id => {
                e.embargo.as_ref().map(|embargo| embargo.until)
            }
            _ => None,
        }
    };
    certificate.proof.entries.iter().find_map(until)
}
