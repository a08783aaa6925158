//! What the holder of a key has to do now: a view of the state, most urgent first; it decides nothing.

mod drawing;
mod embargo;
mod governing;
mod inspecting;
mod results;

use crate::civil::{date_of, end_of};
use crate::key::{Grant, Right};
use crate::state::{Inspection, State};
use lotbook_chain::{Instant, KeyId};
use lotbook_event::keys::Role;
use lotbook_event::oversight::Obligation;
use lotbook_event::{Date, SectionId};

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Todo {
    /// Identifier of what it is about.
    pub subject: String,
    /// Name of what it is about, for people; may be empty.
    pub about: String,
    /// What is to do.
    pub what: String,
    /// The same in Chinese.
    pub what_zh: &'static str,
    /// The article that asks for it; 0 if none does.
    pub article: u32,
    /// By when, where there is a time.
    pub due: Option<DueBy>,
    /// The words of the command that does it, without server and key; what is to fill in is in capitals.
    pub command: String,
}

/// A time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueBy {
    /// The instant at which its time is up.
    pub at: Instant,
    /// How long that is from now.
    pub left: Left,
    /// Whether it was counted beyond the published calendars.
    pub provisional: bool,
}

/// How long a time limit is from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Working days until its day; 0 on the day itself.
    WorkingDays(u32),
    /// Its time is up since that many working days.
    LateBy(u32),
}

/// What the holder of a key has to do at an instant, by the rights of the key.
pub fn todo(state: &State, key: KeyId, now: Instant) -> Vec<Todo> {
    let mut all = drawing::ceremonies(&View { state, key, now });
    let rights = state.keys.get(&key).into_iter().flat_map(|record| record.rights());
    for (right, grant) in rights {
        all.extend(of_right(&View { state, key, now }, right, grant));
    }
    let at = |todo: &Todo| todo.due.map_or(Instant(i64::MAX), |due| due.at);
    all.sort_by(|a, b| (at(a), &a.subject, &a.command).cmp(&(at(b), &b.subject, &b.command)));
    // Two rights of one key may ask for the same.
    all.dedup_by(|a, b| a.subject == b.subject && a.command == b.command);
    all
}

fn of_right(view: &View<'_>, (role, section): &Right, grant: &Grant) -> Vec<Todo> {
    match (role, section) {
        (Role::DrawOperator, Some(section)) => drawing::operator(view, section),
        (Role::RecusalApprover, _) => drawing::approver(view),
        (Role::Inspector, _) => inspecting::inspector(view, &grant.subject),
        (Role::SectionOfficer, Some(section)) => {
            let mut all = governing::plans(view, section);
            all.extend(inspecting::replacements(view, section));
            all.extend(results::section_officer(view, section));
            all
        }
        (Role::Publisher, _) => {
            let mut all = results::publisher(view);
            all.extend(governing::publications(view));
            all.extend(governing::disclosure(view));
            all
        }
        (Role::Coordinator, _) => results::coordinator(view),
        (Role::Supervisor, _) => {
            let mut all = embargo::supervisor(view);
            all.extend(drawing::extensions(view));
            all
        }
        (Role::Handler, _) => results::handler(view),
        (Role::OfficeLeader, _) => governing::leader(view),
        _ => vec![],
    }
}

/// The state as one key's holder sees it now.
struct View<'a> {
    state: &'a State,
    key: KeyId,
    now: Instant,
}

impl View<'_> {
    fn today(&self) -> Date {
        date_of(self.now)
    }

    /// A time limit that is up at an instant.
    fn at(&self, at: Instant) -> DueBy {
        let day = date_of(Instant(at.0.saturating_sub(1)));
        let days = |from, to| self.state.calendar.working_days_between(from, to);
        let left = if self.now >= at {
            Left::LateBy(days(day, self.today()))
        } else {
            Left::WorkingDays(days(self.today(), day))
        };
        DueBy { at, left, provisional: false }
    }

    /// A time limit that is up when a day ends.
    fn day(&self, day: Date) -> DueBy {
        self.at(end_of(day))
    }

    /// The clock of a duty, if it runs.
    fn duty(&self, inspection: &Inspection, kind: Obligation) -> Option<DueBy> {
        let duty = inspection.open_duty(kind)?;
        Some(DueBy { provisional: duty.provisional, ..self.day(duty.due) })
    }

    /// The enterprise of an inspection by name.
    fn firm(&self, inspection: &Inspection) -> String {
        self.state.enterprises.get(&inspection.uscc).map_or(String::new(), |firm| firm.row.name.to_string())
    }

    /// Whether a section is one of those that inspect.
    fn inspects(&self, section: &SectionId, inspection: &Inspection) -> bool {
        self.state.sections_of(inspection).contains(section)
    }
}
