//! A reading under embargo: it is on record before anything is answered, and the answer is sealed to its reader.

use crate::engine::open_entry;
use crate::{Engine, Unavailable, read};
use lotbook_chain::{EntryHash, LedgerId, sealing};
use lotbook_domain::embargo::own;
use lotbook_domain::{Keys, State};
use lotbook_event::ceremony::{EmbargoPart, EmbargoRead};
use lotbook_event::reading::EmbargoAnswer;
use lotbook_event::{Bytes32, Event, InspectorId, Statement};
use zeroize::{Zeroize, Zeroizing};

impl Engine {
    /// The answer to the reading recorded at a position: whoever has its one-time secret opens it. Nothing if no
    /// reading stands there.
    ///
    /// # Errors
    /// [`Unavailable`] if the entry or the key cannot be read.
    pub fn answer_reading(&self, position: u64) -> Result<Option<Vec<u8>>, Unavailable> {
        let entries = self.entries(position, 1, usize::MAX)?;
        let Some(bytes) = entries.into_iter().next() else { return Ok(None) };
        let sealed = open_entry(bytes).map_err(Unavailable)?;
        let Event::EmbargoRead(reading) = &sealed.body.event else { return Ok(None) };
        let text = self.view(|state| self.text(state, &sealed.body, &sealed.entry, reading))??;
        let purpose = self.view(|state| purpose(state.ledger(), sealed.hash))?;
        let one_time = self.shared.secrets.one_time().map_err(|error| Unavailable(error.to_string()))?;
        let answer = sealing::answer(&one_time, &reading.reply_key.0, &purpose, &text);
        answer.map(Some).map_err(|error| Unavailable(error.to_string()))
    }

    /// What the reader may know, as bytes of an EmbargoAnswer.
    fn text(
        &self,
        state: &State,
        statement: &Statement,
        entry: &lotbook_chain::Entry,
        reading: &EmbargoRead,
    ) -> Result<Zeroizing<Vec<u8>>, Unavailable> {
        let unavailable = |error: &dyn core::fmt::Display| Unavailable(error.to_string());
        let keys = read(&self.shared.keys);
        let keys = Keys::Ledger(&keys);
        let Some((batch, _)) = state.embargo_of(&reading.draw) else { return Ok(Zeroizing::default()) };
        let mut answer = EmbargoAnswer { key: None, own: vec![] };
        match reading.part {
            EmbargoPart::Key => {
                let key = keys.of(state, batch, &reading.draw).map_err(|error| unavailable(&error))?;
                answer.key = key.map(|key| Bytes32(*key.expose()));
            }
            EmbargoPart::Own => {
                let key = state.keys.get(&entry.author);
                let grant = key.and_then(|key| key.grants.get(&(statement.role, statement.section.clone())));
                let who = grant.map(|grant| grant.subject.as_str()).unwrap_or_default();
                let who = InspectorId::new(who).map_err(|error| unavailable(&error))?;
                answer.own = own(state, &reading.draw, &who, keys).map_err(|error| unavailable(&error))?;
            }
        }
        let text = answer.encode();
        answer.key.iter_mut().for_each(|key| key.0.zeroize());
        Ok(text)
    }
}

/// What an answer is sealed for: this reading of this ledger.
pub fn purpose(ledger: LedgerId, reading: EntryHash) -> Vec<u8> {
    // "lotbook v1 reading\n" || ledger_id || entry hash of EmbargoRead                                   [P-156]
    [b"lotbook v1 reading\n".as_slice(), &ledger.0, &reading.0].concat()
}
