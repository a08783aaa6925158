//! The player: moves the clock, states each step through gRPC, and follows the log, verifying it.

use super::agenda::{Agenda, WorkingDays, next_midnight};
use super::cast::{Cast, Party};
use super::script::{Script, Step};
use super::story::Story;
use crate::command::new_ledger;
use crate::data_dir::DataDir;
use crate::serving::Serving;
use crate::{json, stating};
use anyhow::{Context, Result, bail};
use lotbook_chain::{Instant, KeyId};
use lotbook_client::{Client, ClientError, Submitted};
use lotbook_engine::{Engine, EngineOptions, SimulatedClock, State};
use lotbook_event::keys::{Heartbeat, Role};
use lotbook_event::{Bytes32, DrawId, Event};
use lotbook_verifier::Verifier;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio_stream::StreamExt;

/// Plays a script against a server.
pub struct Player {
    pub(super) client: Client,
    pub(super) cast: Cast,
    pub(super) agenda: Agenda<Step>,
    pub(super) days: WorkingDays,
    pub(super) secrets: BTreeMap<(DrawId, KeyId), Bytes32>,
    pub(super) now: Instant,
    clock: Arc<SimulatedClock>,
    engine: Engine,
    replica: Verifier,
    story: Story,
}

impl Player {
    /// Makes the ledger and the keys, and starts the server.
    pub async fn start(data: &DataDir, script: &Script, mut story: Story) -> Result<(Self, Serving)> {
        data.make_keys_folder()?;
        let cast = Cast::of(data, &script.office.rule_set, &script.events)?;
        let key = |name| cast.party(name).map(|party| party.key.public());
        new_ledger(data, &script.office, key("administrator")?, key("office_leader")?, script.begins, true)?;
        crate::command::keep_sealed(&data.key("registrar"), &script.sealed)?;
        let clock = Arc::new(SimulatedClock::standing(script.begins));
        let options = EngineOptions { store: data.store()?, signers: data.signers()?, clock: clock.clone() };
        let serving = Serving::start(Engine::open(options)?, ([127, 0, 0, 1], 0).into()).await?;
        let client = Client::trust_on_first_use(&serving.url).await?;
        story.import(&script.reports);
        let player = Self {
            client,
            cast,
            agenda: Agenda::default(),
            days: WorkingDays::default(),
            secrets: BTreeMap::new(),
            now: script.begins,
            clock,
            engine: serving.engine.clone(),
            replica: Verifier::default(),
            story,
        };
        Ok((player, serving))
    }

    /// Plays the whole script.
    pub async fn play(&mut self, script: Script) -> Result<()> {
        self.days = script.days;
        self.agenda = script.agenda;
        self.follow().await?;
        self.found(script.founding).await?;
        self.register().await?;
        while let Some((at, step)) = self.agenda.next() {
            self.move_to(at).await?;
            let told = format!("{step:?}");
            self.step(step).await.with_context(|| format!("while playing {told}"))?;
            self.follow().await?;
        }
        Ok(())
    }

    /// Moves the clock, stopping at every midnight on the way, so that what is due is stated in time.
    async fn move_to(&mut self, at: Instant) -> Result<()> {
        let mut midnight = next_midnight(self.now);
        while midnight < at {
            self.clock.move_to(midnight);
            let engine = self.engine.clone();
            tokio::task::spawn_blocking(move || engine.settle()).await?;
            midnight = next_midnight(midnight);
        }
        self.now = self.now.max(at);
        self.clock.move_to(self.now);
        self.follow().await
    }

    async fn step(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Draft(draft) => {
                let party = self.cast.holder(draft.role, draft.section.as_ref())?.clone();
                self.state(&party, draft.event).await.map(|_| ())
            }
            Step::Open(plan, batch) => self.open(&plan, &batch).await,
            Step::Commit(draw) => self.commit(&draw).await,
            Step::Reveal(draw) => self.reveal(&draw).await,
            Step::Notice(id, day) => self.notice(&id, day).await,
            Step::Start(id) => self.start_inspection(&id).await,
            Step::Conclude(id) => self.conclude(&id).await,
            Step::Report(id) => self.report(&id).await,
            Step::Dispatch(id) => self.dispatch(&id).await,
            Step::Deliver(id) => self.deliver(&id).await,
            Step::Publish(id) => self.publish(&id).await,
            Step::Further(step) => self.further(step).await,
        }
    }

    /// Office, rule set, calendars and sections, by the two keys that genesis names.
    async fn found(&mut self, drafts: Vec<lotbook_import::Draft>) -> Result<()> {
        for draft in drafts {
            let party = self.cast.holder(draft.role, None)?.clone();
            self.state(&party, draft.event).await?;
        }
        self.follow().await
    }

    /// The administrator registers every key, the leader confirms it.
    async fn register(&mut self) -> Result<()> {
        let administrator = self.cast.holder(Role::Administrator, None)?.clone();
        let leader = self.cast.holder(Role::OfficeLeader, None)?.clone();
        let registrations = self.cast.registrations(self.client.trust_root().ledger_id)?;
        let count = registrations.len();
        for (registered, confirmed) in registrations {
            self.state(&administrator, registered).await?;
            self.state(&leader, confirmed).await?;
        }
        self.follow().await?;
        self.story.keys(self.now, count);
        Ok(())
    }

    /// States an event as a party; the client verifies the receipt.
    pub(super) async fn state(&mut self, party: &Party, event: Event) -> Result<Submitted> {
        let statement = stating::state(party.role, party.section.clone(), event, self.now)?;
        Ok(self.client.submit(&party.key, &statement).await?)
    }

    async fn further(&mut self, step: super::timeline::TimelineStep) -> Result<()> {
        let party = self.cast.party(&step.party)?.clone();
        let nothing = Heartbeat { size: 0, root: lotbook_chain::TreeHash::ZERO, clock: self.now };
        let frame = stating::state(party.role, party.section.clone(), nothing.into(), self.now)?;
        let statement = json::with_event(&frame, &step.event, &step.content)?;
        match (self.client.submit(&party.key, &statement).await, step.refused) {
            (Ok(_), None) => Ok(()),
            (Err(ClientError::Refused(refused)), Some(code)) if refused.error.reason == code => {
                self.story.refused(self.now, &step.party, &refused.error);
                Ok(())
            }
            (Err(error), _) => Err(error.into()),
            (Ok(_), Some(code)) => bail!("{} of {} was to be refused with {code}", step.event, step.party),
        }
    }

    /// Reads what is new on the log, re-decides it, and tells it.
    async fn follow(&mut self) -> Result<()> {
        let from = self.replica.state().head.size;
        let mut entries = self.client.entries(from, None).await?;
        while let Some(entry) = entries.next().await {
            let entry = entry?;
            self.replica.entry(&entry.bytes)?;
            self.story.entry(self.replica.state(), &entry);
            self.inspections_follow(&entry.statement.event)?;
        }
        Ok(())
    }

    /// The state, as re-decided from the log.
    pub(super) fn ledger(&self) -> &State {
        self.replica.state()
    }

    /// The story, when the play is over.
    pub fn into_story(self) -> Story {
        self.story
    }
}
