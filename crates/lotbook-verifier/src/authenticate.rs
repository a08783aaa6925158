//! A certificate held against its own entries: everything in it is derived again from `proof.entries` (draw.md 8).
//!
//! The entries are applied in their order, each proved to be on the log and signed by a key that they register;
//! then the certificate is made again from what they add up to, and must be the same. What no entry holds, the rows
//! of the pools, is taken from the certificate, once its roots are those of the entries. Before an embargo's release there
//! are no rows: then everything is derived that does not depend on its key ([P-160]). Not proved: that the log
//! holds no later entry of the draw (ask it), and that the rows follow from the rosters (`lotbook verify`).

use crate::certificate::without_proof;
use crate::stamp::Stamp;
use lotbook_chain::{Checkpoint, Entry, EntryHash, Instant, Policy, Sealed, TlogProof, VerifierKey};
use lotbook_domain::article::a06_embargo;
use lotbook_domain::authenticate::{admit_decoded, signer};
use lotbook_domain::authority;
use lotbook_domain::ceremony::{Ceremony, Frozen, Rows, Stage};
use lotbook_domain::draw::{quota_of, seats_of};
use lotbook_domain::embargo::{Keys, LedgerKeys, check_changes, check_opening, masked};
use lotbook_domain::state::BatchKey;
use lotbook_domain::{State, draw, evolve, pool, substitution};
use lotbook_draw::{Certificate, CertificateError, EmbargoKey, Hex, Pool, SecondPool};
use lotbook_event::ceremony::PoolFrozen;
use lotbook_event::{DrawId, Event, RecusalId, Statement};
use std::collections::VecDeque;
use std::sync::Arc;

/// A certificate that was authenticated.
#[derive(Debug, Clone)]
pub struct Authenticated {
    /// Entries it rests on.
    pub entries: usize,
    /// The newest head that they were proved under.
    pub checkpoint: Checkpoint,
    /// The signed note of that head, cosignatures included.
    pub note: String,
    /// When the embargo's key is to be published, if it is not; until then nobody is named.
    pub sealed_until: Option<Instant>,
}

/// Why a certificate is not authentic.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each message says what its fields are
pub enum AuthenticateError {
    #[error(transparent)]
    Recompute(#[from] CertificateError),
    #[error("proof entry {number}: {what}")]
    Entry { number: usize, what: String },
    #[error("the certificate says another `{field}` than follows from its entries")]
    Differs { field: String },
    #[error("the entries make no certificate: {0}")]
    Incomplete(String),
}

/// Authenticates a certificate with the ledger's checkpoint key. A grade that rests on witnesses' stamps is derived
/// again with their `policy` only.
///
/// # Errors
/// The first thing that does not hold, see [`AuthenticateError`].
pub fn authenticate(
    certificate: &Certificate,
    vkey: &VerifierKey,
    policy: Option<&Policy>,
) -> Result<Authenticated, AuthenticateError> {
    match certificate.recompute() {
        Ok(_) | Err(CertificateError::Embargoed) => {}
        Err(error) => return Err(error.into()),
    }
    let mut replay = Replay::new(certificate, vkey)?;
    for (number, proof) in certificate.proof.entries.iter().enumerate() {
        let entry = |what| AuthenticateError::Entry { number, what };
        let (sealed, tlog, head) = open(&proof.entry, &proof.tlog_proof, vkey).map_err(entry)?;
        replay.entry(number, sealed).map_err(entry)?;
        if let Some(policy) = policy {
            // A head without their quorum is no stamp; the head as a whole is held to the policy elsewhere.
            replay.stamps.extend(Stamp::read(&tlog.checkpoint, vkey, policy).ok().flatten());
        }
        if replay.newest.as_ref().is_none_or(|(newest, _)| newest.size < head.size) {
            replay.newest = Some((head, tlog.checkpoint));
        }
    }
    replay.finish()
}

/// An entry with its proof, which must be of its own position.
fn open(
    entry: &str,
    proof: &str,
    vkey: &VerifierKey,
) -> Result<(Sealed<Statement>, TlogProof, Checkpoint), String> {
    let bytes = data_encoding::BASE64.decode(entry.as_bytes()).map_err(|error| error.to_string())?;
    let read = |entry: &Entry| Statement::decode(&entry.statement).map_err(|error| error.to_string());
    let decoded = Entry::decode(&bytes).map_err(|error| error.to_string())?;
    let body = read(&decoded)?;
    let sealed = Sealed::seal(decoded, body).map_err(|error| error.to_string())?;
    let proof: TlogProof = proof.parse().map_err(|error: lotbook_chain::TlogProofError| error.to_string())?;
    if proof.index != sealed.entry.position.0 || proof.extra.is_some() {
        return Err(format!("its proof is of leaf {}, the entry of {}", proof.index, sealed.entry.position));
    }
    let head = proof.verify(sealed.leaf, vkey).map_err(|error| error.to_string())?;
    Ok((sealed, proof, head))
}

/// The state that the entries add up to.
struct Replay<'c> {
    certificate: &'c Certificate,
    vkey: &'c VerifierKey,
    draw: DrawId,
    state: State,
    /// What must follow by rule: the result, and who is assigned.
    expected: VecDeque<Event>,
    newest: Option<(Checkpoint, String)>,
    /// What the policy's witnesses have seen of CeremonyClosed, and when.
    stamps: Vec<Stamp>,
}

type Step = Result<(), String>;

impl<'c> Replay<'c> {
    fn new(certificate: &'c Certificate, vkey: &'c VerifierKey) -> Result<Self, AuthenticateError> {
        let draw = DrawId::new(certificate.draw_id.as_str());
        let draw = draw.map_err(|error| AuthenticateError::Incomplete(error.to_string()))?;
        let (state, expected, newest) = (State::default(), VecDeque::new(), None);
        Ok(Self { certificate, vkey, draw, state, expected, newest, stamps: vec![] })
    }

    fn entry(&mut self, number: usize, sealed: Sealed<Statement>) -> Step {
        let position = sealed.entry.position.0;
        if number > 0 && position < self.state.head.size {
            return Err(format!("position {position} does not come after the entry before"));
        }
        if number == 0 {
            return self.genesis(&sealed);
        }
        self.signed(&sealed)?;
        self.follows(&sealed)?;
        evolve(&mut self.state, &sealed);
        if let Event::PoolFrozen(stated) = &sealed.body.event {
            self.thaw(stated, &sealed)?;
        }
        Ok(())
    }

    /// The first entry names the keys: it must be the log's own first one, and name the key that is known.
    fn genesis(&mut self, sealed: &Sealed<Statement>) -> Step {
        evolve(&mut self.state, sealed);
        let genesis = self.state.genesis.as_ref().ok_or("it is not the ledger's first entry")?;
        if genesis.checkpoint_key != *self.vkey {
            return Err(format!("genesis names the checkpoint key {}", genesis.checkpoint_key));
        }
        if self.certificate.ledger_id != Hex(genesis.ledger.0) {
            return Err("it is the first entry of another ledger".into());
        }
        Ok(())
    }

    /// The author's signature, by a key that earlier entries register and that may state this; derived
    /// statements by the system key.
    fn signed(&self, sealed: &Sealed<Statement>) -> Step {
        let genesis = self.state.genesis.as_ref().ok_or("there is no genesis before it")?;
        let (author, event) = (sealed.entry.author, &sealed.body.event);
        let message = lotbook_chain::sign::statement_message(genesis.ledger, &sealed.entry.statement);
        let by_ledger = author == genesis.system_key.key_id();
        let public = match by_ledger {
            true => genesis.system_key,
            false => *signer(&self.state, author).map_err(|error| error.to_string())?,
        };
        public.verify(&message, &sealed.entry.signature).map_err(|_| "its signature does not verify")?;
        if by_ledger {
            return Ok(());
        }
        authority::check(event, sealed.body.role).map_err(|error| error.to_string())?;
        let admitted = admit_decoded(&self.state, author, sealed.body.clone());
        admitted.map(|_| ()).map_err(|error| error.to_string())
    }

    /// The order and the times of a ceremony, and what follows from it by rule.
    fn follows(&mut self, sealed: &Sealed<Statement>) -> Step {
        let at = sealed.entry.recorded_at;
        let late = |deadline: lotbook_chain::Instant| match at < deadline {
            true => Ok(()),
            false => Err(format!("{} was recorded after its deadline", sealed.body.event.name())),
        };
        match &sealed.body.event {
            Event::SeedCommitted(e) => late(self.frozen(&e.draw)?.stated.commit_deadline),
            Event::SeedRevealed(e) => late(self.frozen(&e.draw)?.stated.reveal_deadline),
            Event::DrawCompleted(e) => {
                let ceremony = self.ceremony(&e.draw)?;
                self.settled()?;
                if ceremony.stage != Stage::Closed {
                    return Err(format!("the ceremony {} was not closed before it", e.draw));
                }
                let held = self.held(&ceremony.batch);
                let keys = held.as_ref().map_or(Keys::Verifier, Keys::Ledger);
                let derived = draw::draws(&self.state, ceremony, keys);
                self.expected = derived.map_err(|fault| fault.to_string())?.into();
                self.next(&sealed.body.event)
            }
            Event::CeremonyOpened(e) => {
                let recusal = e.recusal.as_ref().map(|id| self.state.recusals.get(id));
                match recusal {
                    Some(asked) if asked.is_none_or(|asked| asked.granted().is_none()) => {
                        Err("the recusal that it is opened for was not asked for and granted".into())
                    }
                    _ => Ok(()),
                }
            }
            Event::RecusalDecided(e) => {
                self.settled()?;
                self.state.recusals.get(&e.recusal).ok_or("nobody has asked for this recusal")?;
                let held = self.held_by_recusal(&e.recusal);
                let keys = held.as_ref().map_or(Keys::Verifier, Keys::Ledger);
                let follows = substitution::follows(&self.state, e, keys);
                self.expected.extend(follows.map_err(|error| error.to_string())?);
                Ok(())
            }
            Event::TeamsWithheld(e) => {
                check_changes(&self.state, e)?;
                self.next(&sealed.body.event)
            }
            Event::RowRevealed(e) => {
                self.settled()?;
                check_opening(&self.state, e)
            }
            Event::EmbargoReleased(e) => {
                self.settled()?;
                if self.key() != Some(Hex(e.key.0)) {
                    return Err("it publishes another key than the certificate has".into());
                }
                let follows = a06_embargo::after_release(&self.state, e);
                self.expected.extend(follows.map_err(|error| error.to_string())?);
                Ok(())
            }
            Event::EnterpriseAssigned(_)
            | Event::DrawOpened(_)
            | Event::AssignmentWithheld(_)
            | Event::TeamAssigned(_)
            | Event::AssignmentInfeasible(_)
            | Event::AssignmentSwapped(_)
            | Event::SubstituteDrawn(_)
            | Event::SubstitutePoolExhausted(_) => self.next(&sealed.body.event),
            _ => self.settled(),
        }
    }

    /// Something else comes: nothing that must follow may be missing.
    fn settled(&self) -> Step {
        match self.expected.front() {
            Some(missing) => Err(format!("{} should stand before it", missing.name())),
            None => Ok(()),
        }
    }

    fn next(&mut self, event: &Event) -> Step {
        match self.expected.pop_front() {
            Some(expected) if expected == *event => Ok(()),
            // Without the key its template; with it, nothing is left blank.
            Some(expected) if masked(&self.state, event).is_some_and(|blank| blank == expected) => Ok(()),
            _ => Err(format!("{} does not follow from pool, seed and the entries before", event.name())),
        }
    }

    /// The embargo's key, if the certificate has it.
    fn key(&self) -> Option<Hex<32>> {
        self.certificate.embargo.as_ref().and_then(|embargo| embargo.key)
    }

    fn held(&self, batch: &BatchKey) -> Option<LedgerKeys> {
        let mut keys = LedgerKeys::default();
        keys.add(batch.clone(), EmbargoKey::from_bytes(self.key()?.0));
        Some(keys)
    }

    fn held_by_recusal(&self, id: &RecusalId) -> Option<LedgerKeys> {
        self.held(self.state.recusals.get(id)?.batch(&self.state)?)
    }

    fn ceremony(&self, draw: &DrawId) -> Result<&Ceremony, String> {
        self.state.ceremonies.get(draw).ok_or_else(|| format!("there is no ceremony {draw}"))
    }

    fn frozen(&self, draw: &DrawId) -> Result<&Frozen, String> {
        self.ceremony(draw)?.frozen.as_ref().ok_or_else(|| format!("{draw} has no pool"))
    }

    /// Puts the certificate's rows in the place of those that no entry holds: their roots are the entry's.
    fn thaw(&mut self, stated: &PoolFrozen, sealed: &Sealed<Statement>) -> Step {
        let rows = match (&stated.replacement, &stated.staffing) {
            (Some(_), _) => Rows::Recusal(Arc::new(self.second_rows(sealed.hash, stated)?)),
            (None, Some(_)) => Rows::Staffing(Arc::new(self.staffing_rows(stated)?)),
            (None, None) => {
                let rows = self.rows(stated)?;
                self.by_plan(stated)?;
                Rows::Batch(Arc::new(rows))
            }
        };
        let (p, position) = (sealed.hash, sealed.entry.position);
        let opened = self.ceremony(&stated.draw)?.opened;
        if opened != stated.opened {
            return Err("it names another opening".into());
        }
        let frozen = Frozen { p, position, stated: stated.clone(), rows };
        if let Some(ceremony) = self.state.ceremonies.get_mut(&stated.draw) {
            ceremony.frozen = Some(frozen);
        }
        Ok(())
    }

    fn rows(&self, stated: &PoolFrozen) -> Result<Pool, String> {
        if stated.draw != self.draw {
            return Err(format!("it is the pool of {}", stated.draw));
        }
        if stated.embargo.is_some() && self.key().is_none() {
            // Nobody is named: no rows, and the roots are compared at the end.
            return Pool::new(vec![], vec![], vec![]).map_err(|error| error.to_string());
        }
        let pool = self.certificate.salted_pool().map_err(|error| error.to_string())?;
        let roots = pool.roots();
        let found = [roots.objects, roots.inspectors, roots.conflicts];
        if found != [stated.objects_root.0, stated.inspectors_root.0, stated.conflicts_root.0] {
            return Err("the certificate's rows have other roots".into());
        }
        Ok(pool)
    }

    fn second_rows(&self, p: EntryHash, stated: &PoolFrozen) -> Result<SecondPool, String> {
        let of_pool = |record: &&lotbook_draw::certificate::SubstitutionRecord| {
            record.ceremony.as_ref().is_some_and(|ceremony| ceremony.pool == Hex(p.0))
        };
        let sealed = stated.embargo.is_some() && self.key().is_none();
        if sealed {
            let nobody = Pool::new(vec![], vec![], vec![]).map_err(|error| error.to_string())?;
            return SecondPool::new(&nobody, vec![], vec![]).map_err(|error| error.to_string());
        }
        let record = self.certificate.substitutions.iter().find(of_pool);
        let record = record.ok_or("the certificate has no substitution of this pool")?;
        let (Some(inspectors), Some(conflicts)) = (&record.inspectors, &record.conflicts) else {
            return Err("the certificate has no second rows of this pool".into());
        };
        let pool = self.certificate.salted_pool().map_err(|error| error.to_string())?;
        let second = SecondPool::new(&pool, inspectors.rows.clone(), conflicts.rows.clone());
        let second = second.map_err(|error| error.to_string())?;
        let found = [second.inspectors_root(), second.conflicts_root()];
        if found != [stated.inspectors_root.0, stated.conflicts_root.0] {
            return Err("the certificate's second rows have other roots".into());
        }
        Ok(second)
    }

    /// The enterprises of the draw, with the inspectors and conflicts of the later ceremony (draw.md 5).
    fn staffing_rows(&self, stated: &PoolFrozen) -> Result<Pool, String> {
        let record = self.certificate.staffing.as_ref().ok_or("the certificate has no such inspectors")?;
        let drawn = self.certificate.salted_pool().map_err(|error| error.to_string())?;
        let pool = drawn.restaffed(record.inspectors.rows.clone(), record.conflicts.rows.clone());
        let pool = pool.map_err(|error| error.to_string())?;
        let roots = pool.roots();
        let found = [roots.objects, roots.inspectors, roots.conflicts];
        if found != [stated.objects_root.0, stated.inspectors_root.0, stated.conflicts_root.0] {
            return Err("the certificate's rows of inspectors have other roots".into());
        }
        Ok(pool)
    }

    /// The parameters are those of plan, scheme and rule set (draw.md 1).
    fn by_plan(&self, stated: &PoolFrozen) -> Step {
        let ceremony = self.ceremony(&stated.draw)?;
        let record = self.state.batches.get(&ceremony.batch).ok_or("its plan is not among the entries")?;
        let plan = self.state.plans.get(&ceremony.batch.0).and_then(|plan| plan.adopted);
        plan.ok_or("the adoption of its plan is not among the entries")?;
        let scheme = record.scheme.as_ref().ok_or("its scheme is not among the entries")?;
        let rules = self.state.rules.as_ref().ok_or("its rule set is not among the entries")?;
        let seats: Vec<Vec<String>> = (scheme.value.seats.iter())
            .map(|seat| seat.accepts.iter().map(|q| q.as_str().to_owned()).collect())
            .collect();
        let embargo = stated.embargo.as_ref().map(|embargo| (embargo.reveal, embargo.until));
        let same = [
            ("quota", quota_of(stated) == pool::quota(&record.batch)),
            ("seats", seats_of(stated) == seats),
            ("max_load", stated.max_load == scheme.value.max_load),
            ("min_inspectors", stated.min_inspectors == scheme.value.min_inspectors),
            ("scheme", stated.scheme == scheme.entry),
            ("rule set", stated.rule_set == rules.entry),
            ("embargo", embargo == a06_embargo::of_scheme(&scheme.value)),
        ];
        match same.iter().find(|(_, same)| !same) {
            Some((what, _)) => Err(format!("its {what} is not that of plan, scheme and rule set")),
            None => Ok(()),
        }
    }

    /// The certificate, made again from the entries, must be the one that is held.
    fn finish(self) -> Result<Authenticated, AuthenticateError> {
        let incomplete = |what: &str| AuthenticateError::Incomplete(what.to_owned());
        if let Some(missing) = self.expected.front() {
            return Err(incomplete(&format!("{} should follow and is missing", missing.name())));
        }
        let ceremony = self.state.ceremonies.get(&self.draw).ok_or_else(|| incomplete("no ceremony"))?;
        let again = without_proof(&self.state, ceremony, &self.stamps);
        let mut again = again.map_err(|error| incomplete(&error.to_string()))?;
        // Informative figures are made of the rosters; the proof is what all this was made from.
        again.shape = self.certificate.shape.clone();
        again.proof = self.certificate.proof.clone();
        if let Some(field) = first_difference(self.certificate, &again) {
            return Err(AuthenticateError::Differs { field });
        }
        let embargo = self.state.embargo_of(&self.draw).filter(|(_, embargo)| embargo.released.is_none());
        let sealed_until = embargo.map(|(_, embargo)| embargo.stated.until);
        let (checkpoint, note) = self.newest.ok_or_else(|| incomplete("there are no entries"))?;
        let entries = self.certificate.proof.entries.len();
        Ok(Authenticated { entries, checkpoint, note, sealed_until })
    }
}

/// The first field in which two certificates differ.
fn first_difference(one: &Certificate, other: &Certificate) -> Option<String> {
    if one == other {
        return None;
    }
    let fields = |certificate| serde_json::to_value(certificate).unwrap_or_default();
    let (one, other) = (fields(one), fields(other));
    let names = one.as_object().into_iter().flat_map(|object| object.keys());
    let mut differing = names.filter(|name| one.get(*name) != other.get(*name));
    Some(differing.next().cloned().unwrap_or_default())
}
