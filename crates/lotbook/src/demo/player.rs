//! The player: moves the clock, states each step through gRPC, and follows the log, verifying it.

use super::agenda::{Agenda, WorkingDays, next_midnight};
use super::cast::{Cast, Party};
use super::incidents::{Incident, Incidents};
use super::recusal::Recusals;
use super::script::Script;
use super::step::Step;
use super::story::Story;
use crate::command::{keep_sealed, new_ledger};
use crate::data_dir::DataDir;
use crate::serving::{Doors, Serving};
use crate::{json, keyfile, stating};
use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use lotbook_chain::{Instant, KeyId};
use lotbook_client::{Client, ClientError, RpcError, Submitted};
use lotbook_engine::{Engine, EngineOptions, Publishing, SimulatedClock, State};
use lotbook_event::keys::{Heartbeat, Role};
use lotbook_event::registry::RulesetAdopted;
use lotbook_event::{Bytes32, DrawId, Event, InspectionId};
use lotbook_import::SealedValue;
use lotbook_import::seal::commit;
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
    pub(super) year: u32,
    /// Batches that the office draws in the year.
    pub(super) batches: usize,
    pub(super) batches_drawn: usize,
    /// Inspections of the draw that is being read.
    pub(super) assigned: Vec<InspectionId>,
    /// When each inspection's visit is planned.
    pub(super) visits: BTreeMap<InspectionId, Date>,
    pub(super) incidents: Incidents,
    pub(super) recusals: Recusals,
    pub(super) violations: u32,
    pub(super) comments: u32,
    sealed: BTreeMap<String, Vec<SealedValue>>,
    clock: Arc<SimulatedClock>,
    engine: Engine,
    replica: Verifier,
    story: Story,
}

impl Player {
    /// Makes the ledger and the keys, and starts the server.
    pub async fn start(
        data: &DataDir,
        script: &Script,
        doors: Doors,
        mut story: Story,
    ) -> Result<(Self, Serving)> {
        data.make_keys_folder()?;
        let cast = Cast::of(data, &script.office.rule_set, &script.events)?;
        let key = |name| cast.party(name).map(|party| party.key.public());
        new_ledger(data, &script.office, key("administrator")?, key("office_leader")?, script.begins, true)?;
        keep_sealed(&data.key("registrar"), &script.sealed)?;
        let clock = Arc::new(SimulatedClock::standing(script.begins));
        let options = EngineOptions {
            store: data.store()?,
            signers: data.signers()?,
            clock: clock.clone(),
            publishing: Publishing::AtOnce,
            secrets: Arc::new(data.vault()?),
        };
        let serving = Serving::start(Engine::open(options)?, doors).await?;
        let client = Client::trust_on_first_use(&serving.url).await?;
        story.import(&script.reports);
        let player = Self {
            client,
            cast,
            agenda: Agenda::default(),
            days: WorkingDays::default(),
            secrets: BTreeMap::new(),
            now: script.begins,
            year: script.year,
            batches: script.batches,
            batches_drawn: 0,
            assigned: vec![],
            visits: BTreeMap::new(),
            incidents: Incidents::default(),
            recusals: Recusals::default(),
            violations: 0,
            comments: 0,
            sealed: BTreeMap::new(),
            clock,
            engine: serving.engine.clone(),
            replica: Verifier::default(),
            story,
        };
        Ok((player, serving))
    }

    /// Plays the whole script.
    pub async fn play(&mut self, script: Script, until: Option<Instant>) -> Result<()> {
        self.days = script.days;
        self.agenda = script.agenda;
        self.follow().await?;
        self.found(script.founding).await?;
        self.register().await?;
        while let Some((at, step)) = self.agenda.next() {
            if until.is_some_and(|until| at >= until) {
                self.story.tell_counts();
                return Ok(());
            }
            self.move_to(at).await?;
            let told = format!("{step:?}");
            self.step(step).await.with_context(|| format!("while playing {told}"))?;
            self.follow().await?;
        }
        self.tell_what_is_missing();
        Ok(())
    }

    /// Counts of the last month, and what an office of this size did not have.
    fn tell_what_is_missing(&mut self) {
        self.story.tell_counts();
        let mut missing: Vec<_> = self.incidents.missing().into_iter().map(Incident::name).collect();
        missing.extend((!self.recusals.withdrawn).then_some("a withdrawal with substitutes"));
        missing.extend((!self.recusals.swapped).then_some("a swap"));
        if !missing.is_empty() {
            let text = format!(
                "not played, too few batches, enterprises or inspectors for it: {}",
                missing.join(", ")
            );
            self.story.line(&text);
        }
    }

    /// Moves the clock, stopping at every midnight on the way, so that what is due is stated in time.
    async fn move_to(&mut self, at: Instant) -> Result<()> {
        let mut midnight = next_midnight(self.now);
        while midnight < at {
            self.clock.move_to(midnight);
            self.settle().await?;
            midnight = next_midnight(midnight);
        }
        self.now = self.now.max(at);
        self.clock.move_to(self.now);
        self.follow().await
    }

    /// Lets the ledger state what is due.
    pub(super) async fn settle(&self) -> Result<()> {
        let engine = self.engine.clone();
        Ok(tokio::task::spawn_blocking(move || engine.settle()).await?)
    }

    async fn step(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Draft(draft) => {
                let party = self.cast.holder(draft.role, draft.section.as_ref())?.clone();
                self.state(&party, draft.event).await.map(|_| ())
            }
            Step::Open(plan, batch) => self.open(&plan, &batch).await,
            Step::OpenRecusal(recusal) => self.open_recusal(&recusal).await,
            Step::Commit(draw) => self.commit(&draw).await,
            Step::Reveal(draw) => self.reveal(&draw).await,
            Step::Notice(id, day) => self.notice(&id, day).await,
            Step::Start(id) => self.start_inspection(&id).await,
            Step::Item(id, n) => self.item(&id, n).await,
            Step::Conclude(id) => self.conclude(&id).await,
            Step::Report(id) => self.report(&id).await,
            Step::Dispatch(id) => self.dispatch(&id).await,
            Step::Deliver(id) => self.deliver(&id).await,
            Step::Publish(id) => self.publish(&id).await,
            Step::Recuse(id, inspector, ground) => self.recuse(&id, &inspector, ground).await,
            Step::DecideRecusal(recusal) => self.decide_recusal(&recusal).await,
            Step::Comment(id) => self.comment(&id).await,
            Step::Answer(comment) => self.answer(&comment).await,
            Step::Investigate(violation) => self.investigate(&violation).await,
            Step::Handle(violation) => self.handle(&violation).await,
            Step::PublishHandling(violation) => self.publish_handling(&violation).await,
            Step::Rectify(violation) => self.rectify(&violation).await,
            Step::Correct(id) => self.correct(&id).await,
            Step::Close(id) => self.close(&id).await,
            Step::Direct => self.open_direct().await,
            Step::RequestDisclosure => self.request_disclosure().await,
            Step::PublishDisclosure => self.publish_disclosure().await,
            Step::End => self.end().await,
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
        Ok(self.try_state(party, event).await??)
    }

    /// States an event that may be refused.
    pub(super) async fn try_state(
        &mut self,
        party: &Party,
        event: Event,
    ) -> Result<Result<Submitted, ClientError>> {
        let statement = stating::state(party.role, party.section.clone(), event, self.now)?;
        Ok(self.client.submit(&party.key, &statement).await)
    }

    /// Something of the rule set in force.
    pub(super) fn rules<T>(&self, read: impl FnOnce(&RulesetAdopted) -> T) -> Result<T> {
        let rules = self.ledger().rules.as_ref().context("the office has no rule set")?;
        Ok(read(&rules.value))
    }

    /// Commits to a value that stays with a party.
    pub(super) fn seal(&mut self, party: &Party, about: &str, value: &str) -> Result<Bytes32> {
        let salt = keyfile::random()?;
        let commitment = commit(&salt, value.as_bytes());
        let sealed = SealedValue { commitment, salt, value: value.to_owned(), about: about.to_owned() };
        self.sealed.entry(party.file.clone()).or_default().push(sealed);
        Ok(commitment)
    }

    /// Keeps the sealed values beside the keys of those who have them.
    pub fn keep_sealed(&self, data: &DataDir) -> Result<()> {
        self.sealed.iter().try_for_each(|(file, values)| keep_sealed(&data.key(file), values).map(drop))
    }

    pub(super) fn tell_refused(&mut self, who: &str, error: &RpcError) {
        self.story.refused(self.now, who, error);
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
    pub(super) async fn follow(&mut self) -> Result<()> {
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

    /// The story so far.
    pub(super) fn story(&mut self) -> &mut Story {
        &mut self.story
    }

    /// The story, when the play is over.
    pub fn into_story(self) -> Story {
        self.story
    }
}
