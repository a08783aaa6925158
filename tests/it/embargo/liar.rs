//! A ledger that lies under embargo: it plays on from an honest log, signs everything well, and says what it
//! likes where nobody without the key can see it.

use super::scene::{PARTS, SECTION, Scene};
use crate::refusals::opening;
use lotbook::command::reading;
use lotbook_chain::sign::statement_message;
use lotbook_chain::{Entry, EntryHash, Instant, Position, Sealed, Signature, SigningKey, sealing};
use lotbook_domain::{
    Authentic, Keys, LedgerKeys, SignedStatement, State, authenticate, consequences, decide, derive, evolve,
    next_due,
};
use lotbook_draw::EmbargoKey;
use lotbook_event::ceremony::*;
use lotbook_event::keys::Role;
use lotbook_event::plan::Reveal;
use lotbook_event::recusal::{RecusalDecided, RecusalDecision, RecusalGround, SlotRecusalRequested};
use lotbook_event::*;
use lotbook_verifier::{Finding, Verifier};
use std::borrow::Borrow;

/// What it says instead of what follows.
pub type Lie = fn(&mut Event, &EmbargoKey);

pub struct Liar {
    state: State,
    entries: Vec<Vec<u8>>,
    system: SigningKey,
    checkpoint: SigningKey,
    people: Vec<(SigningKey, Role, Option<SectionId>)>,
    inspectors: Box<dyn Fn(&str) -> SigningKey>,
    /// The key it computes with.
    pub key: EmbargoKey,
    keys: LedgerKeys,
    lie: Lie,
    pub draw: DrawId,
    /// Whether it asks its own rules before it accepts a statement.
    pub obeys: bool,
    _dir: tempfile::TempDir,
}

impl Liar {
    /// Goes on where a scheme under embargo is old enough to be drawn.
    pub async fn new(lie: Lie) -> Self {
        let scene = Scene::planned(Reveal::AtStart).await;
        let key = |name: &str| scene.world.key(name);
        let section = |name: Option<&str>| name.map(|name| SectionId::new(name).unwrap());
        let mut people: Vec<_> = PARTS.map(|(name, role, of)| (key(name), role, section(of))).into();
        people.push((key("draw_operator-S05"), Role::DrawOperator, section(Some(SECTION))));
        people.push((SigningKey::from_seed(&scene.second.seed()), Role::Supervisor, None));
        people.push((key("recusal_approver"), Role::RecusalApprover, None));
        let (data, draw) = (scene.world.data.clone(), scene.draw.clone());
        let system = lotbook::keyfile::read(&data.key("system")).unwrap();
        let checkpoint = lotbook::keyfile::read(&data.key("checkpoint")).unwrap();
        let dir = scene.world.stop().await;
        let ledger = reading::of_data_dir(&data).unwrap();
        let state = ledger.verifier.state().clone();
        let key = EmbargoKey::from_bytes([0x2a; 32]);
        let mut keys = LedgerKeys::default();
        keys.add((PlanId::new("P-2026-S05").unwrap(), BatchId::new("B2").unwrap()), key.clone());
        let inspectors =
            Box::new(move |id: &str| lotbook::keyfile::read(&data.key(&format!("inspector-{id}"))).unwrap());
        let entries = ledger.entries;
        Self {
            state,
            entries,
            system,
            checkpoint,
            people,
            inspectors,
            key,
            keys,
            lie,
            draw,
            obeys: true,
            _dir: dir,
        }
    }

    pub fn now(&self) -> Instant {
        self.state.head.recorded_at.plus_seconds(1)
    }

    pub fn state(&self) -> &State {
        &self.state
    }

    fn append<B: Borrow<Statement>>(&mut self, sealed: &Sealed<B>) {
        evolve(&mut self.state, sealed);
        self.entries.push(sealed.bytes.clone());
    }

    fn seal<B>(
        &self,
        statement: Vec<u8>,
        by: &SigningKey,
        signature: Signature,
        at: Instant,
        body: B,
    ) -> Sealed<B> {
        let head = &self.state.head;
        let author = by.public().key_id();
        let (position, previous) = (Position(head.size), head.hash);
        Sealed::seal(Entry { position, recorded_at: at, previous, author, signature, statement }, body)
            .unwrap()
    }

    /// The ledger states something itself, and lies about it.
    fn derived(&mut self, cause: EntryHash, index: u64, mut event: Event, at: Instant) -> Sealed<Statement> {
        (self.lie)(&mut event, &self.key);
        let statement = derive(cause, index, at, event);
        let bytes = statement.encode();
        let signature = self.system.sign(&statement_message(self.state.ledger(), &bytes));
        let system = SigningKey::from_seed(&self.system.seed());
        let sealed = self.seal(bytes, &system, signature, at, statement);
        self.append(&sealed);
        sealed
    }

    /// States everything due by an instant.
    pub fn wait_until(&mut self, at: Instant) {
        while let Some(due) = next_due(&self.state, at) {
            let previous = self.state.head.hash;
            let sealed = self.derived(previous, 0, due.event, at);
            let derived = consequences(&self.state, &sealed, Keys::Ledger(&self.keys)).unwrap();
            for (index, event) in (0..).zip(derived) {
                self.derived(sealed.hash, index, event, at);
            }
        }
    }

    /// A person states something; the ledger takes it if it obeys its rules, or in any case.
    pub fn state_by(
        &mut self,
        key: &SigningKey,
        role: Role,
        section: Option<SectionId>,
        event: impl Into<Event>,
    ) {
        let at = self.now();
        self.state_at(at, key, role, section, event.into());
    }

    pub fn state_at(
        &mut self,
        at: Instant,
        key: &SigningKey,
        role: Role,
        section: Option<SectionId>,
        event: Event,
    ) {
        self.wait_until(at);
        let statement = lotbook::stating::state(role, section, event, at).unwrap();
        let bytes = statement.encode();
        let signature = key.sign(&statement_message(self.state.ledger(), &bytes));
        let signed = SignedStatement { statement: bytes.clone(), key_id: key.public().key_id(), signature };
        let authentic: Authentic = authenticate(&self.state, &signed).unwrap();
        let sealed = self.seal(bytes, key, signature, at, authentic);
        let keys = Keys::Ledger(&self.keys);
        let derived = match decide(&self.state, &sealed, keys) {
            Ok(derived) => derived,
            Err(error) if self.obeys => panic!("{error}"),
            Err(_) => consequences(&self.state, &sealed, keys).unwrap_or_default(),
        };
        self.append(&sealed);
        for (index, event) in (0..).zip(derived) {
            self.derived(sealed.hash, index, event, at);
        }
    }

    /// The whole ceremony, up to the draw; every holder believes this ledger.
    pub fn draws(mut self) -> Self {
        let people: Vec<_> = self
            .people
            .iter()
            .map(|(key, role, of)| (SigningKey::from_seed(&key.seed()), *role, of.clone()))
            .collect();
        let operator = &people[3];
        self.state_by(&operator.0, operator.1, operator.2.clone(), opening("P-2026-S05", "B2"));
        for holder in [&people[1], &people[4]] {
            let reply_key = Bytes32(sealing::reply_key(&[5; 32]));
            let read = EmbargoRead { draw: self.draw.clone(), part: EmbargoPart::Key, reply_key };
            self.state_by(&holder.0, Role::Supervisor, None, read);
            let proof = Bytes32(self.key.held_by(&holder.0.public().key_id().0));
            self.state_by(
                &holder.0,
                Role::Supervisor,
                None,
                EmbargoKeyHeld { draw: self.draw.clone(), proof },
            );
        }
        self.ceremony(&self.draw.clone());
        self
    }

    fn person(&self, n: usize) -> (SigningKey, Role, Option<SectionId>) {
        let (key, role, of) = &self.people[n];
        (SigningKey::from_seed(&key.seed()), *role, of.clone())
    }

    /// All commit and reveal.
    fn ceremony(&mut self, draw: &DrawId) {
        let p = self.state.ceremonies[draw].frozen.as_ref().unwrap().p;
        for n in 0..3_u8 {
            let (key, role, section) = self.person(n.into());
            let secret = [n + 1; 32];
            let commitment = lotbook_draw::commitment(&p.0, &key.public().key_id().0, &secret);
            let event = SeedCommitted { draw: draw.clone(), commitment: Bytes32(commitment) };
            self.state_by(&key, role, section, event);
        }
        let sealed = self.state.ceremonies[draw].sealed.unwrap();
        for n in 0..3_u8 {
            let (key, role, section) = self.person(n.into());
            let event = SeedRevealed { draw: draw.clone(), sealed, secret: Bytes32([n + 1; 32]) };
            self.state_by(&key, role, section, event);
        }
    }

    /// An inspector asks that whoever has the first slot of a rank is recused; it is granted and drawn for.
    pub fn withdraws(&mut self, asks: &str, rank: u32, ground: RecusalGround, decision: RecusalDecision) {
        let recusal = RecusalId::new("R-1").unwrap();
        let inspection = InspectionId::new(format!("{}/{rank}", self.draw)).unwrap();
        let slot = rank * 2;
        let asked =
            SlotRecusalRequested { recusal: recusal.clone(), inspection, slot, ground, details: None };
        let inspector = (self.inspectors)(asks);
        self.state_by(&inspector, Role::Inspector, None, asked);
        let (approver, role, of) = self.person(5);
        self.state_by(&approver, role, of, RecusalDecided { recusal: recusal.clone(), decision });
        let purpose = match decision {
            RecusalDecision::Swap => Purpose::Swap,
            _ => Purpose::Substitute,
        };
        let (operator, role, of) = self.person(3);
        let open = CeremonyOpened { purpose, recusal: Some(recusal), ..opening("P-2026-S05", "B2") };
        self.state_by(&operator, role, of, open);
        self.ceremony(&DrawId::new("P-2026-S05/B2/R-1.1").unwrap());
    }

    /// The certificate of the draw that such a ledger makes and signs.
    pub fn certificate(&self) -> (lotbook_draw::Certificate, lotbook_chain::VerifierKey) {
        let created = self.state.genesis.as_ref().unwrap();
        let head = &self.state.head;
        let (origin, root) = (created.created.origin.to_string(), head.frontier.root());
        let note = lotbook_chain::Checkpoint { origin, size: head.size, root };
        let note = note.sign(&self.checkpoint).unwrap();
        let made = lotbook_verifier::certificates(&self.state, &self.entries, &note, &[]).unwrap();
        let made = made.into_iter().find(|made| made.draw_id == self.draw.as_str()).unwrap();
        (made, created.checkpoint_key.clone())
    }

    /// An inspector starts the inspection of a rank.
    pub fn starts(&mut self, inspector: &str, rank: u32) {
        let key = (self.inspectors)(inspector);
        let at = lotbook_domain::civil::start_of(Date::new("2026-10-12").unwrap()).plus_seconds(36_000);
        let inspection = InspectionId::new(format!("{}/{rank}", self.draw)).unwrap();
        let event = lotbook_event::inspection::InspectionStarted { inspection, occurred_at: at };
        self.state_at(at, &key, Role::Inspector, None, event.into());
    }

    /// A holder publishes a key after the window.
    pub fn releases(mut self, key: &EmbargoKey) -> Self {
        let supervisor = SigningKey::from_seed(&self.people[1].0.seed());
        let at = lotbook_domain::civil::start_of(Date::new("2027-01-01").unwrap()).plus_seconds(3_600);
        let event = EmbargoReleased { draw: self.draw.clone(), key: Bytes32(*key.expose()) };
        self.state_at(at, &supervisor, Role::Supervisor, None, event.into());
        self
    }

    /// Position of the n-th entry with an event of the embargoed batch.
    pub fn position(&self, name: &str, n: usize) -> u64 {
        let of = |bytes: &Vec<u8>| Statement::decode(&Entry::decode(bytes).unwrap().statement).unwrap().event;
        let own = |event: &Event| match event {
            Event::PoolFrozen(e) => e.draw.as_str().starts_with("P-2026-S05/"),
            _ => true,
        };
        let all = self.entries.iter().enumerate().filter(|(_, bytes)| {
            let event = of(bytes);
            event.name() == name && own(&event)
        });
        all.map(|(position, _)| position as u64).nth(n).unwrap()
    }

    /// What an auditor says to the log without one entry, all others made to follow well.
    pub fn judged_without(&self, position: u64) -> Result<Verifier, Finding> {
        let mut verifier = Verifier::default();
        for bytes in self.entries.iter().take(position as usize) {
            verifier.entry(bytes)?;
        }
        verifier.finish(None, &lotbook_verifier::Expectations::default())?;
        Ok(verifier)
    }

    /// What an auditor without the key says to the log.
    pub fn judged(&self) -> Result<Verifier, Finding> {
        let mut verifier = Verifier::default();
        for bytes in &self.entries {
            verifier.entry(bytes)?;
        }
        Ok(verifier)
    }
}
