//! What could be done now, as far as the state tells: everything that is possible and not too odd.

use super::cast::{cast, section};
use super::days::{SECOND, day_at, from_day};
use super::ledger::Author;
use super::office::text;
use super::play::{Choice, Year};
use lotbook_chain::KeyId;
use lotbook_domain::ceremony::{Ceremony, Stage};
use lotbook_domain::registry::ItemPhase;
use lotbook_domain::state::Stated;
use lotbook_event::ceremony::*;
use lotbook_event::keys::{KeyRevoked, Role};
use lotbook_event::plan::SchemeAdopted;
use lotbook_event::registry::*;
use lotbook_event::*;
use std::collections::BTreeSet;

/// Refusals of an opening that depend on pools and ages, which the model does not compute.
const OPENING: &[Code] = &[
    Code::FirmWithoutTeam,
    Code::CeremonyOpen,
    Code::TooYoung,
    Code::OutOfPlanScope,
    Code::NotAParticipant,
    Code::ItemNotPublished,
];

/// Collects choices.
pub struct Choices(pub Vec<Choice>);

impl Choices {
    pub fn add(&mut self, weight: usize, author: impl Into<Author>, event: impl Into<Event>) {
        self.maybe(weight, author, event, &[]);
    }

    pub fn maybe(
        &mut self,
        weight: usize,
        author: impl Into<Author>,
        event: impl Into<Event>,
        may: &'static [Code],
    ) {
        self.0.push(Choice { weight, author: author.into(), event: event.into(), may });
    }
}

impl Year {
    /// Everything that could be done now.
    pub fn choices(&mut self) -> Vec<Choice> {
        let mut choices = Choices(vec![]);
        if self.day() < 2 {
            return choices.0;
        }
        self.draws(&mut choices);
        self.visits(&mut choices);
        self.recusals(&mut choices);
        self.results(&mut choices);
        self.registry(&mut choices);
        choices.0
    }

    /// What belongs to the end of the year.
    pub fn closing_choices(&mut self) -> Vec<Choice> {
        let mut choices = Choices(vec![]);
        self.disclosures(&mut choices);
        self.results(&mut choices);
        choices.0
    }

    /// Ceremonies: opened, committed, revealed.
    fn draws(&mut self, choices: &mut Choices) {
        let ready: Vec<_> = self.batches_to_draw();
        for (sections, opened) in ready {
            let operator = cast().in_section(Role::DrawOperator, self.dice.pick(&sections));
            let again = opened.previous_terminal.is_some();
            choices.maybe(if again { 3 } else { 12 }, operator, opened, OPENING);
        }
        let open: Vec<Ceremony> = self.ledger.state.ceremonies.values().cloned().collect();
        for ceremony in open {
            self.take_part(choices, &ceremony);
        }
    }

    fn batches_to_draw(&mut self) -> Vec<(Vec<SectionId>, CeremonyOpened)> {
        let state = &self.ledger.state;
        let adopted = |section: &SectionId| {
            state.plans.values().any(|plan| plan.draft.section == *section && plan.adopted.is_some())
        };
        // Mostly one ceremony after the other: two pools that share a firm are refused.
        let others = state.ceremonies.values().any(|c| c.terminal.is_none()) && !self.seed.is_multiple_of(5);
        let mut ready = vec![];
        for ((plan, batch), record) in &state.batches {
            let last = record.attempts.last().and_then(|draw| state.ceremonies.get(draw));
            let free = last.is_none_or(|last| last.stage == Stage::Failed) && record.attempts.len() < 2;
            let sections: Vec<_> = record.batch.sections.iter().cloned().collect();
            let old =
                |scheme: &Stated<SchemeAdopted>| self.now() >= scheme.recorded_at.plus_seconds(2 * 86_400);
            let ripe = record.scheme.as_ref().is_some_and(old);
            if !ripe || !free || others || !sections.iter().all(adopted) || self.day() < 60 {
                continue;
            }
            ready.push((sections, opened(plan, batch, record.attempts.len(), last, None)));
        }
        ready
    }

    /// Commitments and reveals. Some participants keep silent.
    fn take_part(&mut self, choices: &mut Choices, ceremony: &Ceremony) {
        let Some(frozen) = &ceremony.frozen else { return };
        for Participant { key_id, .. } in &frozen.stated.participants {
            let Some(person) = cast().by_id(key_id) else { continue };
            let key = (ceremony.draw.clone(), *key_id);
            match ceremony.stage {
                Stage::Committing if !ceremony.commitments.contains_key(key_id) => {
                    if self.now() >= frozen.stated.commit_deadline || self.silent(&key, 6) {
                        continue;
                    }
                    let secret = self.secret(&key);
                    let commitment = Bytes32(lotbook_draw::commitment(&frozen.p.0, &key_id.0, &secret));
                    let event = SeedCommitted { draw: ceremony.draw.clone(), commitment };
                    choices.add(300, person, event);
                }
                Stage::Revealing if ceremony.commitments.contains_key(key_id) => {
                    let late = self.now() >= frozen.stated.reveal_deadline;
                    if late || ceremony.reveals.contains_key(key_id) || self.silent(&key, 9) {
                        continue;
                    }
                    let secret = Bytes32(self.secret(&key));
                    let Some(sealed) = ceremony.sealed else { continue };
                    choices.add(300, person, SeedRevealed { draw: ceremony.draw.clone(), sealed, secret });
                }
                _ => {}
            }
        }
    }

    fn silent(&self, (draw, key): &(DrawId, KeyId), out_of_200: u64) -> bool {
        let name: u64 = draw.as_str().bytes().map(u64::from).sum();
        let mut own = super::dice::Dice::new(self.seed ^ name << 8 ^ u64::from(key.0[0]) << 32);
        own.word() % 200 < out_of_200
    }

    fn secret(&mut self, key: &(DrawId, KeyId)) -> [u8; 32] {
        let fresh = self.dice.bytes();
        *self.secrets.entry(key.clone()).or_insert(fresh)
    }

    /// Changes of the rosters, and other rare things.
    fn registry(&mut self, choices: &mut Choices) {
        let registrar = cast().of(Role::Registrar);
        let state = &self.ledger.state;
        let inspectors: Vec<_> = state.inspectors.keys().cloned().collect();
        let firms: Vec<_> = state.enterprises.keys().cloned().collect();
        let conflicts: Vec<_> = state.conflicts.keys().cloned().collect();
        let statuses: Vec<_> = state
            .enterprises
            .iter()
            .flat_map(|(uscc, record)| record.statuses.keys().map(move |kind| (uscc.clone(), kind.clone())))
            .collect();
        let published: Vec<_> = state.items.values().filter(|i| i.phase == ItemPhase::Published).collect();
        let withdrawn = published.first().map(|record| record.item.clone());
        let day = self.day();
        let (n, m) = (self.dice.below(inspectors.len()), self.dice.below(firms.len()));
        if n + 1 < inspectors.len() {
            let row = super::office::an_inspector(&mut self.dice, n);
            choices.add(1, registrar, InspectorUpdated { rows: vec![row] });
        }
        let row = super::office::a_firm(&mut self.dice, m);
        choices.add(1, registrar, EnterpriseUpdated { rows: vec![row] });
        let status = super::office::a_status(&mut self.dice, &firms[m]);
        choices.add(2, registrar, StatusRecorded { rows: vec![status] });
        let pair = super::office::a_conflict(&mut self.dice, &inspectors[n], &firms[m]);
        choices.add(1, registrar, ConflictDeclared { rows: vec![pair] });
        if !statuses.is_empty() {
            let (uscc, kind) = self.dice.pick(&statuses).clone();
            choices.add(1, registrar, StatusEnded { rows: vec![StatusEnd { uscc, kind }] });
        }
        if !conflicts.is_empty() {
            let (uscc, inspector) = self.dice.pick(&conflicts).clone();
            choices.add(1, registrar, ConflictEnded { rows: vec![ConflictEnd { inspector, uscc }] });
        }
        match self.dice.below(40) {
            0 => choices.add(9, registrar, imported(&mut self.dice)),
            1 if inspectors.len() > 6 => {
                let gone: BTreeSet<_> = inspectors.last().cloned().into_iter().collect();
                choices.add(9, registrar, InspectorRemoved { inspectors: gone, reason: text("left") });
            }
            2..5 if day > 150 => {
                if let Some(item) = withdrawn {
                    let officer = cast().in_section(Role::SectionOfficer, &item.section);
                    choices.add(9, officer, ItemWithdrawn { item: item.item, reason: text("law repealed") });
                }
            }
            5 => {
                let firm = cast().people.iter().rfind(|person| person.role == Role::Enterprise).unwrap();
                let alive = self.standing_for(&firm.subject).is_some();
                let event = KeyRevoked { key_id: firm.id, reason: text("lost") };
                choices.add(usize::from(alive) * 9, cast().of(Role::Administrator), event);
            }
            _ => {}
        }
    }

    pub fn today(&self) -> Date {
        from_day(day_at(self.now()))
    }

    /// The section officer of any section of a list.
    pub fn officer_of(&mut self, sections: &BTreeSet<SectionId>) -> Author {
        let all: Vec<_> = sections.iter().cloned().collect();
        let own = if all.is_empty() { section(0) } else { self.dice.pick(&all).clone() };
        cast().in_section(Role::SectionOfficer, &own).into()
    }
}

/// The opening that follows a number of attempts.
pub fn opened(
    plan: &PlanId,
    batch: &BatchId,
    attempts: usize,
    last: Option<&Ceremony>,
    recusal: Option<(RecusalId, Purpose)>,
) -> CeremonyOpened {
    CeremonyOpened {
        purpose: recusal.as_ref().map_or(Purpose::Batch, |(_, purpose)| *purpose),
        plan: plan.clone(),
        batch: batch.clone(),
        attempt: u32::try_from(attempts).unwrap() + 1,
        previous_terminal: last.and_then(|last| last.terminal),
        recusal: recusal.map(|(recusal, _)| recusal),
    }
}

fn imported(dice: &mut super::dice::Dice) -> RosterImported {
    RosterImported {
        file: text("file.csv"),
        file_hash: Bytes32(dice.bytes()),
        sealed: false,
        rows: 1,
        added: 0,
        changed: 0,
        unchanged: 1,
        ended: 0,
        repaired: 0,
        rejected: 0,
        dropped_columns: BTreeSet::new(),
    }
}

const _: () = assert!(SECOND == lotbook_chain::Instant::SECOND);
