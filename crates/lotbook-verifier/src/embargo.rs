//! Draws under embargo: what does not depend on the key is checked at once, the rest when the key is on the
//! log. Until then such a draw is `sealed until` the end of its window, and does not count as verified.

use crate::finding::{Check, Finding};
use crate::verify::Verifier;
use lotbook_chain::Sealed;
use lotbook_domain::article::{self, a15_unnamed};
use lotbook_domain::authenticate::Authentic;
use lotbook_domain::decide::Stated;
use lotbook_domain::embargo::{
    Before, Deferred, Known, check_changes, check_opening, contradiction, is_template, masked,
};
use lotbook_domain::state::BatchKey;
use lotbook_draw::EmbargoKey;
use lotbook_event::ceremony::RowRevealed;
use lotbook_event::{DrawId, Event, Statement};
use std::collections::BTreeMap;

/// What waits for names or for a key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sealing {
    /// Entries by batch whose salted part was not checked, in their order.
    deferred: BTreeMap<BatchKey, Vec<Deferred>>,
    /// The notice or start whose opening must follow.
    opening: Option<Box<Sealed<Authentic>>>,
}

type Checked = Result<(), Finding>;

impl Verifier {
    /// Whether an entry is what must follow as far as nobody knows the key; else it is compared whole.
    pub(crate) fn is_sealed(&self, stated: &Event, derived: &Event) -> bool {
        is_template(&self.state, derived)
            && masked(&self.state, stated).is_some_and(|masked| masked == *derived)
    }

    /// Takes an entry whose salted part nobody can check yet: an opening proves itself, all else waits.
    pub(crate) fn behind_the_seal(&mut self, sealed: &Sealed<Statement>) -> Checked {
        match &sealed.body.event {
            Event::RowRevealed(row) => self.opened(sealed.entry.position.0, row),
            Event::PoolFrozen(e) => {
                self.defer(&e.draw.clone(), sealed);
                Ok(())
            }
            Event::AssignmentWithheld(e) => {
                self.defer(&e.draw.clone(), sealed);
                Ok(())
            }
            Event::TeamsWithheld(e) => {
                let wrong = |why| Finding::new(sealed.entry.position.0, Check::Derived, why);
                check_changes(&self.state, e).map_err(wrong)?;
                let before = Before::of(&self.state, None);
                if let Some(batch) = self.state.embargo_of(&e.draw).map(|(batch, _)| batch.clone()) {
                    self.keep(batch, sealed, Some(before));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn defer<B: std::borrow::Borrow<Statement>>(&mut self, draw: &DrawId, sealed: &Sealed<B>) {
        let Some(ceremony) = self.state.ceremonies.get(draw) else { return };
        self.keep(ceremony.batch.clone(), sealed, None);
    }

    fn keep<B: std::borrow::Borrow<Statement>>(
        &mut self,
        batch: BatchKey,
        sealed: &Sealed<B>,
        before: Option<Before>,
    ) {
        let deferred = Deferred {
            position: sealed.entry.position.0,
            author: sealed.entry.author,
            event: sealed.body.borrow().event.clone(),
            before: before.map(Box::new),
        };
        self.sealed.deferred.entry(batch).or_default().push(deferred);
    }

    /// A person's statement that was accepted: what of it waits for names or a key, and what a key decides.
    pub(crate) fn unsealed(&mut self, authentic: &Sealed<Authentic>) -> Checked {
        let event = &authentic.body.statement().event;
        let unnamed = a15_unnamed::unnamed(&self.state, event).map(|(_, batch)| batch.clone());
        if let Some(batch) = unnamed {
            let before = Before::of(&self.state, Some(authentic.clone()));
            self.keep(batch, authentic, Some(before));
        }
        match event {
            Event::NoticeServed(e) if self.state.withheld(&e.inspection).is_some() => {
                self.sealed.opening = Some(Box::new(authentic.clone()));
            }
            Event::InspectionStarted(e) if self.state.withheld(&e.inspection).is_some() => {
                self.sealed.opening = Some(Box::new(authentic.clone()));
            }
            Event::EmbargoKeyHeld(e) => self.defer(&e.draw.clone(), authentic),
            Event::EmbargoReleased(e) => return self.with_the_key(&e.draw, &EmbargoKey::from_bytes(e.key.0)),
            _ => {}
        }
        Ok(())
    }

    /// The key is on the log: everything that waited for it is decided again, the first that is wrong refutes.
    fn with_the_key(&mut self, draw: &DrawId, key: &EmbargoKey) -> Checked {
        let Some(batch) = self.state.ceremonies.get(draw).map(|ceremony| ceremony.batch.clone()) else {
            return Ok(());
        };
        let deferred = self.sealed.deferred.remove(&batch).unwrap_or_default();
        match contradiction(&self.state, &batch, key, &deferred) {
            None => Ok(()),
            Some((position, why)) => {
                let what = format!("under the embargo key published for {draw}: {why}");
                Err(Finding::new(position, Check::Derived, what))
            }
        }
    }

    /// An opening: its proofs, and the statement that it follows from with the names that it opens.
    fn opened(&mut self, position: u64, row: &RowRevealed) -> Checked {
        let bad = |what: String| Finding::new(position, Check::Derived, what);
        check_opening(&self.state, row)
            .map_err(|why| bad(format!("{} opens nothing: {why}", row.inspection)))?;
        let Some(cause) = self.sealed.opening.take() else { return Ok(()) };
        let stated = Stated { authentic: &cause.body, sealed: &cause };
        let known = Known { key: None, opens: Some(row.clone()) };
        article::check(&self.state, &stated, &cause.body.statement().event, &known).map_err(|refusal| {
            let what = format!("accepted, but the rules refuse it with the names that it opens: {refusal}");
            Finding::new(cause.entry.position.0, Check::Decision, what)
        })
    }
}
