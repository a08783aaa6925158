//! An independent fold: what the entries add up to, from the events' meaning alone. It shares no code with
//! the rules; views are only the form of its results.

mod clocks;
mod draws;
mod inspections;
mod pool;
mod rosters;

use super::days::{WorkingDays, day_at};
use clocks::Clock;
use lotbook_chain::entry::entry_hash;
use lotbook_chain::{Entry, Instant};
use lotbook_event::keys::Role;
use lotbook_event::oversight::Obligation;
use lotbook_event::plan::{PlanDrafted, SchemeAdopted};
use lotbook_event::proto::*;
use lotbook_event::registry::{Conflict, Item, RulesetAdopted};
use lotbook_event::wire::Wire;
use lotbook_event::{Event, PlanId, Statement};
use pool::Rows;
use std::collections::{BTreeMap, BTreeSet};

/// An entry, decoded.
pub struct At<'a> {
    pub position: u64,
    pub at: i64,
    pub hash: Vec<u8>,
    pub author: Vec<u8>,
    pub statement: &'a Statement,
}

impl At<'_> {
    pub fn day(&self) -> i64 {
        day_at(Instant(self.at))
    }
}

/// A plan as drafted, with the instants of its adoption and publication.
pub struct Plan {
    pub draft: PlanDrafted,
    pub adopted: Option<i64>,
    pub published: Option<i64>,
}

/// Everything added up.
#[derive(Default)]
pub struct Fold {
    pub items: BTreeMap<String, ItemView>,
    pub inspectors: BTreeMap<String, InspectorView>,
    pub enterprises: BTreeMap<String, EnterpriseView>,
    pub plans: BTreeMap<PlanId, Plan>,
    pub batches: BTreeMap<String, BatchView>,
    pub draws: BTreeMap<String, DrawView>,
    pub pools: BTreeMap<String, Rows>,
    pub assignments: BTreeMap<String, AssignmentView>,
    pub inspections: BTreeMap<String, InspectionView>,
    pub recusals: BTreeMap<String, RecusalView>,
    pub comments: BTreeMap<String, CommentView>,
    pub violations: BTreeMap<String, ViolationView>,
    pub disclosures: BTreeMap<u32, AnnualDisclosureView>,
    pub refusals: Vec<RefusalView>,
    pub counts: Vec<RefusalCountView>,
    pub clocks: BTreeMap<(Obligation, String), Clock>,
    pub days: WorkingDays,
    pub rules: Option<RulesetAdopted>,
    pub conflicts: BTreeMap<(String, String), Conflict>,
    /// Sections that the ledger said have no plan: year, section, last day.
    pub plans_missed: BTreeMap<(u32, String), i64>,
    rows: BTreeMap<String, Item>,
    schemes: BTreeMap<String, SchemeAdopted>,
    area: String,
    began: i64,
    now: i64,
    /// Roster number of a key, person of a key.
    acting: BTreeMap<Vec<u8>, String>,
    persons: BTreeMap<Vec<u8>, String>,
    /// The opening before the pool: the entry's hash and what it says.
    opened: Option<(Vec<u8>, i64, lotbook_event::ceremony::CeremonyOpened)>,
    /// Inspection and event of an entry.
    about: BTreeMap<u64, (String, &'static str)>,
    corrections: BTreeMap<u64, Vec<CorrectionView>>,
    /// Violations of the entries that decide or publish, by position.
    decisions: BTreeMap<u64, String>,
    /// Who withdrew, and which pairs were recused, by batch.
    withdrawn: BTreeMap<String, BTreeSet<String>>,
}

/// Adds up a log.
pub fn fold(entries: &[Vec<u8>]) -> Fold {
    let mut fold = Fold::default();
    for bytes in entries {
        let entry = Entry::decode(bytes).unwrap();
        let statement = Statement::decode(&entry.statement).unwrap();
        let at = At {
            position: entry.position.0,
            at: entry.recorded_at.0,
            hash: entry_hash(bytes).0.to_vec(),
            author: entry.author.0.to_vec(),
            statement: &statement,
        };
        fold.entry(&at);
    }
    fold.end();
    fold
}

impl Fold {
    fn entry(&mut self, at: &At<'_>) {
        self.now = at.at;
        let event = &at.statement.event;
        self.registered(at, event);
        self.roster(at, event);
        self.planned(at, event);
        self.drawn(at, event);
        self.recused(at, event);
        self.inspected(at, event);
        self.followed(at, event);
        self.handled(at, event);
        self.overseen(at, event);
    }

    /// Keys and the founding.
    fn registered(&mut self, at: &At<'_>, event: &Event) {
        match event {
            Event::LedgerCreated(e) => {
                self.began = at.day();
                let person = |role: Role| role.code().to_owned();
                self.persons.insert(key(&e.administrator_key.0), person(Role::Administrator));
                self.persons.insert(key(&e.leader_key.0), person(Role::OfficeLeader));
            }
            Event::KeyRegistered(e) => {
                let key = key(&e.public_key.0);
                if e.role == Role::Inspector {
                    self.acting.insert(key.clone(), e.subject.to_string());
                }
                self.persons.entry(key).or_insert_with(|| e.person.to_string());
            }
            _ => {}
        }
    }

    /// Refusals and disclosures.
    fn overseen(&mut self, at: &At<'_>, event: &Event) {
        let (position, recorded_at) = (at.position, at.at);
        match event {
            Event::StatementRefused(e) => {
                self.refusals.push(RefusalView { position, recorded_at, refused: Some(e.wire()) });
            }
            Event::RefusalsCounted(e) => {
                self.counts.push(RefusalCountView { position, recorded_at, counted: Some(e.wire()) });
            }
            Event::DeadlineMissed(e) => self.missed(e),
            Event::AnnualDisclosureRequested(e) => self.disclosure(e.year, |_| {}),
            Event::AnnualDisclosureGenerated(e) => {
                assert_eq!(e.size, at.position - 1, "derived from the entries before the request");
                self.disclosure(e.year, |d| d.generated = Some(e.wire()));
            }
            Event::AnnualDisclosurePublished(e) => {
                self.disclosure(e.year, |d| {
                    let generated = d.generated.as_ref().map(|g| g.document.clone());
                    assert_eq!(generated, Some(e.document.wire()), "published as generated last");
                    d.published_at = Some(at.at);
                    d.receipt_ref = Some(e.receipt_ref.to_string());
                });
            }
            _ => {}
        }
    }

    fn disclosure(&mut self, year: u32, change: impl FnOnce(&mut AnnualDisclosureView)) {
        let fresh = || AnnualDisclosureView { year, ..Default::default() };
        change(self.disclosures.entry(year).or_insert_with(fresh));
    }

    /// What can be said only at the end.
    fn end(&mut self) {
        let judicial = i32::from(HandlingKind::TransferJudicial);
        for (corrected, corrections) in &self.corrections {
            // What is hidden of a decision is not told by its corrections.
            let decision = self.decisions.get(corrected).map(|violation| &self.violations[violation]);
            let hidden = decision.is_some_and(|v| {
                (v.withheld_at.is_some() && v.published_at.is_none())
                    || (v.kind == judicial && v.acknowledged_at.is_none())
            });
            if hidden {
                continue;
            }
            let (inspection, _) = &self.about[corrected];
            let inspection = self.inspections.get_mut(inspection).unwrap();
            inspection.corrections.extend(corrections.iter().cloned());
        }
    }
}

fn key(public: &[u8; 32]) -> Vec<u8> {
    lotbook_chain::PublicKey::from_bytes(public).unwrap().key_id().0.to_vec()
}
