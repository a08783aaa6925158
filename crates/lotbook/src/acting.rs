//! The right under which a key acts: found from the ledger, so that nobody types the only role they have.

use crate::cli::Acting;
use crate::exit::usage;
use crate::given;
use anyhow::Result;
use lotbook_chain::KeyId;
use lotbook_engine::State;
use lotbook_engine::domain::authority::{Authority, authority};
use lotbook_engine::domain::key::{Grant, Key, Right};
use lotbook_engine::domain::state::{BatchRecord, Inspection};
use lotbook_event::ceremony::ParticipantRole;
use lotbook_event::keys::Role;
use lotbook_event::{Code, DrawId, Event, InspectionId, Refusal, SectionId};

/// Role and section as people named them, if they did.
#[derive(Debug, Default)]
pub struct Named {
    role: Option<Role>,
    section: Option<SectionId>,
}

impl Named {
    /// What the command line says.
    ///
    /// # Errors
    /// Wrong usage, if there is no such role or a section cannot be named so.
    pub fn of(by: &Acting) -> Result<Self> {
        let section = by.section.as_deref().map(|section| given::given("--section", SectionId::new(section)));
        Ok(Self { role: by.role.as_deref().map(given::role).transpose()?, section: section.transpose()? })
    }

    fn allows(&self, (role, section): &Right) -> bool {
        self.role.is_none_or(|wanted| wanted == *role)
            && self.section.as_ref().is_none_or(|wanted| Some(wanted) == section.as_ref())
    }
}

/// The right under which a key states an event: the one that may state it; of several, the one that the
/// subject concerns.
///
/// # Errors
/// A refusal, if the key holds none; wrong usage, if several fit and none was named.
pub fn right(state: &State, key: KeyId, event: &Event, named: &Named) -> Result<Right> {
    let record = alive(state, key)?;
    let may = |role: Role| match authority(event) {
        Authority::Roles(roles) => roles.contains(&role),
        Authority::Participants => takes_part(state, key, event, role),
        Authority::Anybody => true,
        Authority::LedgerOnly => false,
    };
    let held: Vec<_> = record.rights().filter(|(right, _)| may(right.0) && named.allows(right)).collect();
    let fitting: Vec<_> = held
        .iter()
        .filter(|(right, grant)| concerns(state, event, right, grant))
        .map(|(right, _)| *right)
        .collect();
    match (fitting.as_slice(), held.as_slice()) {
        ([only], _) => Ok((*only).clone()),
        // Whoever has any right may state it, so that none is better than another.
        ([first, ..], _) if authority(event) == Authority::Anybody => Ok((*first).clone()),
        // None concerns the subject: the ledger says so, with the article.
        ([], [(first, _), ..]) => Ok((*first).clone()),
        ([], []) => Err(not_held(record, event, named).into()),
        (several, _) => {
            let names: Vec<_> = several.iter().map(|right| tell(right)).collect();
            Err(usage(format!(
                "the key holds several rights that fit: {}; name one with --role or --section",
                names.join("; ")
            )))
        }
    }
}

/// A right as people type it.
pub fn tell((role, section): &Right) -> String {
    section
        .as_ref()
        .map_or_else(|| format!("--role {role}"), |section| format!("--role {role} --section {section}"))
}

fn alive(state: &State, key: KeyId) -> Result<&Key> {
    let refuse = |code, found: String| Refusal::new(code, key, found);
    let unknown = || refuse(Code::UnknownKey, format!("the key {key} is not registered on this ledger"));
    let record = state.keys.get(&key).ok_or_else(unknown)?;
    if let Some(position) = record.revoked {
        return Err(
            refuse(Code::UnknownKey, format!("the key {key} was revoked at position {position}")).into()
        );
    }
    if record.rights().next().is_none() {
        return Err(refuse(
            Code::KeyNotConfirmed,
            format!("the key {key} waits for the leader's confirmation"),
        )
        .into());
    }
    Ok(record)
}

fn not_held(record: &Key, event: &Event, named: &Named) -> Refusal {
    let needs = match authority(event) {
        Authority::Roles(roles) => roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(" or "),
        Authority::Participants => "a part in the ceremony".into(),
        Authority::Anybody => "any right".into(),
        Authority::LedgerOnly => "the ledger itself".into(),
    };
    let person = record.rights().next().map_or("", |(_, grant)| grant.person.as_str());
    let held: Vec<_> = record.rights().map(|(right, _)| tell(right)).collect();
    let as_named = if named.role.is_some() || named.section.is_some() { " as named" } else { "" };
    let found = format!(
        "{} needs {needs}; the key of {person} does not hold it{as_named}: it holds {}",
        event.name(),
        held.join("; ")
    );
    Refusal::new(Code::RoleNotHeld, event.name(), found)
}

/// Whether a role is the one in which the key takes part in the ceremony; a stranger may try in any.
fn takes_part(state: &State, key: KeyId, event: &Event, role: Role) -> bool {
    let (Event::SeedCommitted(lotbook_event::ceremony::SeedCommitted { draw, .. })
    | Event::SeedRevealed(lotbook_event::ceremony::SeedRevealed { draw, .. })) = event
    else {
        return false;
    };
    match state.ceremonies.get(draw).and_then(|ceremony| ceremony.part(&key)) {
        Some(ParticipantRole::DrawingSection) => matches!(role, Role::SectionOfficer | Role::DrawOperator),
        Some(ParticipantRole::Supervision) => role == Role::Supervisor,
        Some(ParticipantRole::Notary) => role == Role::Notary,
        Some(ParticipantRole::Association) => role == Role::Association,
        Some(ParticipantRole::Enterprise) => role == Role::Enterprise,
        Some(ParticipantRole::Public) | None => true,
    }
}

/// Whether a subject concerns a right: the team of its inspector, the section of its officer.
fn concerns(state: &State, event: &Event, (role, section): &Right, grant: &Grant) -> bool {
    let of_batch =
        |batch: &BatchRecord| section.as_ref().is_none_or(|section| batch.batch.sections.contains(section));
    if let Some(inspection) = inspection_of(state, event) {
        return of_inspection(state, inspection, (*role, section.as_ref()), grant);
    }
    match event {
        Event::CeremonyOpened(e) => {
            state.batches.get(&(e.plan.clone(), e.batch.clone())).is_none_or(of_batch)
        }
        Event::SeedCommitted(e) => of_draw(state, &e.draw).is_none_or(of_batch),
        Event::SeedRevealed(e) => of_draw(state, &e.draw).is_none_or(of_batch),
        Event::DirectInspectionOpened(e) => e.items.iter().all(|item| {
            state.items.get(item).is_none_or(|record| Some(&record.item.section) == section.as_ref())
        }),
        _ => true,
    }
}

fn of_draw<'a>(state: &'a State, draw: &DrawId) -> Option<&'a BatchRecord> {
    state.batches.get(&state.ceremonies.get(draw)?.batch)
}

fn of_inspection(
    state: &State,
    inspection: &Inspection,
    (role, section): (Role, Option<&SectionId>),
    grant: &Grant,
) -> bool {
    match role {
        Role::Inspector => inspection.team.iter().any(|member| member.as_str() == grant.subject),
        Role::Enterprise => inspection.uscc.as_str() == grant.subject,
        Role::SectionOfficer | Role::DrawOperator => {
            section.is_some_and(|own| state.sections_of(inspection).contains(own))
        }
        _ => true,
    }
}

/// The inspection that an event is about, if it is about one.
fn inspection_of<'a>(state: &'a State, event: &Event) -> Option<&'a Inspection> {
    let id: Option<&InspectionId> = match event {
        Event::NoticeServed(e) => Some(&e.inspection),
        Event::InspectionStarted(e) => Some(&e.inspection),
        Event::ItemResultConfirmed(e) => Some(&e.inspection),
        Event::InspectionConcluded(e) => Some(&e.inspection),
        Event::ReportCompleted(e) => Some(&e.inspection),
        Event::FeedbackDispatched(e) => Some(&e.inspection),
        Event::FeedbackDelivered(e) => Some(&e.inspection),
        Event::RecusalRequested(e) => Some(&e.inspection),
        Event::CommentReceived(e) => Some(&e.inspection),
        Event::ViolationFound(e) => Some(&e.inspection),
        Event::InspectionClosed(e) => Some(&e.inspection),
        Event::CounterpartChosen(e) => state.recusals.get(&e.recusal).map(|recusal| &recusal.inspection),
        Event::DirectTeamChanged(e) => state.recusals.get(&e.recusal).map(|recusal| &recusal.inspection),
        _ => None,
    };
    state.inspections.get(id?).map(|inspection| &**inspection)
}
