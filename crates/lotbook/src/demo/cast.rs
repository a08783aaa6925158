//! The cast: one key per party, found from what the office's files need.

use crate::data_dir::DataDir;
use crate::keyfile;
use anyhow::{Context, Result};
use lotbook_chain::sign::possession_message;
use lotbook_chain::{LedgerId, SigningKey};
use lotbook_event::ceremony::ParticipantRole;
use lotbook_event::keys::{KeyConfirmed, KeyRegistered, Role};
use lotbook_event::registry::{Duty, RulesetAdopted};
use lotbook_event::{Event, RawKey, SectionId, Text};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A party of the play.
#[derive(Debug, Clone)]
pub struct Party {
    /// Its key.
    pub key: Arc<SigningKey>,
    /// The role it acts in.
    pub role: Role,
    /// Its section, where the role has one.
    pub section: Option<SectionId>,
    /// The name of its key file.
    pub file: String,
    person: String,
    nominated_by: String,
    subject: String,
}

/// Parties by name: `role`, `role SECTION`, or `role SUBJECT`.
#[derive(Debug, Default)]
pub struct Cast {
    parties: BTreeMap<String, Party>,
}

impl Cast {
    /// A party.
    pub fn party(&self, name: &str) -> Result<&Party> {
        self.parties.get(name).with_context(|| format!("nobody plays `{name}`"))
    }

    /// Who states a draft.
    pub fn holder(&self, role: Role, section: Option<&SectionId>) -> Result<&Party> {
        self.party(&name_of(role, section.map(|section| section.as_str())))
    }

    /// The party of a key.
    pub fn by_key(&self, id: lotbook_chain::KeyId) -> Option<&Party> {
        self.parties.values().find(|party| party.key.public().key_id() == id)
    }

    /// Makes the keys that the office needs.
    pub fn of(data: &DataDir, rules: &RulesetAdopted, events: &[Event]) -> Result<Self> {
        let mut cast = Self::default();
        let office = [Role::Administrator, Role::OfficeLeader, Role::Registrar, Role::Publisher];
        for role in office.into_iter().chain([Role::RecusalApprover, Role::Handler]) {
            cast.add(data, role, None, "", "", "")?;
        }
        for event in events {
            match event {
                Event::SectionRegistered(e) => cast.sections(data, &e.rows)?,
                Event::InspectorEnrolled(e) => {
                    for row in e.rows.iter().filter(|row| row.duty == Duty::Active) {
                        cast.add(data, Role::Inspector, None, row.name.as_str(), "", row.inspector.as_str())?;
                    }
                }
                _ => {}
            }
        }
        for standing in &rules.participants {
            let role = match standing.role {
                ParticipantRole::DrawingSection => continue,
                ParticipantRole::Supervision => Role::Supervisor,
                ParticipantRole::Notary => Role::Notary,
                ParticipantRole::Association => Role::Association,
                ParticipantRole::Enterprise => Role::Enterprise,
                ParticipantRole::Public => Role::Auditor,
            };
            cast.add(data, role, None, standing.name.as_str(), standing.nominated_by.as_str(), "")?;
        }
        if let Some(firm) = events.iter().find_map(|event| match event {
            Event::EnterpriseEnrolled(e) => e.rows.first(),
            _ => None,
        }) {
            cast.add(data, Role::Enterprise, None, firm.name.as_str(), "", firm.uscc.as_str())?;
        }
        Ok(cast)
    }

    fn sections(&mut self, data: &DataDir, rows: &[lotbook_event::registry::Section]) -> Result<()> {
        for row in rows {
            let section = Some(&row.section);
            self.add(data, Role::SectionOfficer, section, "", "", "")?;
            if row.inspects {
                self.add(data, Role::DrawOperator, section, "", "", "")?;
            }
            if row.coordinates {
                self.add(data, Role::Coordinator, None, "", "", "")?;
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        data: &DataDir,
        role: Role,
        section: Option<&SectionId>,
        person: &str,
        nominated_by: &str,
        subject: &str,
    ) -> Result<()> {
        let other = section.map(|section| section.as_str()).or(Some(subject).filter(|s| !s.is_empty()));
        let unnamed = name_of(role, other);
        // Two participants of one role are told apart by their person.
        let name = if self.parties.contains_key(&unnamed) { format!("{unnamed} {person}") } else { unnamed };
        let file = name.replace(|c: char| c.is_whitespace() || c == '/', "-");
        let party = Party {
            key: Arc::new(keyfile::read_or_create(&data.key(&file))?),
            role,
            section: section.cloned(),
            file,
            person: if person.is_empty() { name.clone() } else { person.to_owned() },
            nominated_by: nominated_by.to_owned(),
            subject: subject.to_owned(),
        };
        self.parties.insert(name, party);
        Ok(())
    }

    /// Registrations and confirmations of everybody but the two whom genesis names.
    pub fn registrations(&self, ledger: LedgerId) -> Result<Vec<(Event, Event)>> {
        let mut events = vec![];
        let others =
            self.parties.values().filter(|p| !matches!(p.role, Role::Administrator | Role::OfficeLeader));
        for party in others {
            let public = party.key.public();
            let section = party.section.as_ref().map_or("", |section| section.as_str());
            let message = possession_message(ledger, &public, party.role.code(), section);
            let registered = KeyRegistered {
                public_key: RawKey(public.to_bytes()),
                role: party.role,
                section: party.section.clone(),
                person: Text::new(party.person.as_str())?,
                nominated_by: Text::new(party.nominated_by.as_str())?,
                subject: Text::new(party.subject.as_str())?,
                possession: party.key.sign(&message),
            };
            let confirmed =
                KeyConfirmed { key_id: public.key_id(), role: party.role, section: party.section.clone() };
            events.push((registered.into(), confirmed.into()));
        }
        Ok(events)
    }
}

fn name_of(role: Role, other: Option<&str>) -> String {
    other.map_or_else(|| role.code().to_owned(), |other| format!("{role} {other}"))
}
