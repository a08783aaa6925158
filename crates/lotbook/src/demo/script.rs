//! The script: what follows from an office's folder before anything is drawn.

use super::agenda::{self, Agenda, WorkingDays};
use super::step::Step;
use super::timeline::TimelineStep;
use crate::office_folder::File;
use anyhow::{Context, Result, bail};
use jiff::civil::Date;
use lotbook_chain::Instant;
use lotbook_event::plan::PlanDrafted;
use lotbook_event::{BatchId, Event, InspectorId, PlanId, Uscc};
use lotbook_import::{Draft, FileKind, FileReport, Import, Known, OfficeFile, Options, SealedValue, import};

/// An office's year before it is played.
pub struct Script {
    /// The office and its rule set.
    pub office: OfficeFile,
    /// The plans' year.
    pub year: u32,
    /// When it begins.
    pub begins: Instant,
    /// Drafts of office, calendar and sections: stated first, by administrator and leader.
    pub founding: Vec<Draft>,
    /// How many batches are drawn.
    pub batches: usize,
    /// Everything else by date.
    pub agenda: Agenda<Step>,
    /// Every draft's event, for the cast.
    pub events: Vec<Event>,
    /// Working days.
    pub days: WorkingDays,
    /// Salts and values that stay with the registrar.
    pub sealed: Vec<SealedValue>,
    /// What the import said.
    pub reports: Vec<lotbook_import::FileReport>,
}

impl Script {
    /// Reads an office's files.
    pub fn of(files: &[File], timeline: Vec<TimelineStep>) -> Result<Self> {
        let office_file =
            files.iter().find(|(name, _)| name == "office.toml").context("the office has no office.toml")?;
        let office = lotbook_import::read_office(&office_file.1)
            .map_err(|note| anyhow::anyhow!("office.toml: {note}"))?;
        let year = plan_year(files)?;
        let first = u32::try_from(office.rule_set.adopted_on.0.year())?;
        let begin =
            if first == year { office.rule_set.adopted_on.0 } else { Date::new(i16::try_from(year)?, 1, 5)? };
        let read = read(files, year, Some(lotbook_event::Date(begin)))?;
        let mut days = WorkingDays::default();
        read.drafts.iter().for_each(|draft| days.learn(&draft.event));
        let events = read.drafts.iter().map(|draft| draft.event.clone()).collect();
        let (founding, rest): (Vec<_>, Vec<_>) =
            read.drafts.into_iter().partition(|draft| is_founding(&draft.event));
        let mut script = Self {
            office,
            year,
            begins: agenda::on(begin, 8, 30),
            founding,
            batches: 0,
            agenda: Agenda::default(),
            events,
            days,
            sealed: read.sealed,
            reports: read.reports,
        };
        script.schedule(rest, begin, timeline);
        script.schedule_year_end()?;
        Ok(script)
    }

    fn schedule(&mut self, drafts: Vec<Draft>, begin: Date, timeline: Vec<TimelineStep>) {
        for draft in drafts {
            let on = draft
                .on
                .map_or(begin, |on| on.0)
                .max(begin)
                .max(enrolled(&self.events, &draft.event).unwrap_or(begin));
            if let Event::SchemeAdopted(scheme) = &draft.event
                && let Some(from) = draw_day(&self.events, &scheme.plan, &scheme.batch)
            {
                let opens = agenda::on(self.days.from(from), 10, 0);
                self.batches += 1;
                self.agenda.add(opens, Step::Open(scheme.plan.clone(), scheme.batch.clone()));
            }
            let hour = if on == begin { 10 } else { 9 };
            self.agenda.add(agenda::on(on, hour, 0), Step::Draft(Box::new(draft)));
        }
        for step in timeline {
            self.agenda.add(step.at, Step::Further(step));
        }
    }
}

fn is_founding(event: &Event) -> bool {
    use Event::{CalendarPublished, OfficeConstituted, RulesetAdopted, SectionRegistered};
    matches!(event, OfficeConstituted(_) | RulesetAdopted(_) | CalendarPublished(_) | SectionRegistered(_))
}

/// The first day of the draw of a batch.
fn draw_day(events: &[Event], plan: &PlanId, batch: &BatchId) -> Option<Date> {
    let drafted = plans(events).find(|drafted| drafted.plan == *plan)?;
    let batch = drafted.batches.iter().find(|known| known.batch == *batch)?;
    Some(batch.draw_from.0)
}

/// When the last inspector or firm named by a declaration of conflicts was enrolled: it comes after that.
fn enrolled(events: &[Event], event: &Event) -> Option<Date> {
    let Event::ConflictDeclared(declared) = event else { return None };
    let of = |event: &Event| -> Option<Date> {
        match event {
            Event::InspectorEnrolled(e) => {
                let named = |id: &InspectorId| declared.rows.iter().any(|row| row.inspector == *id);
                e.rows.iter().filter(|row| named(&row.inspector)).map(|row| row.enrolled_on.0).max()
            }
            Event::EnterpriseEnrolled(e) => {
                let named = |uscc: &Uscc| declared.rows.iter().any(|row| row.uscc == *uscc);
                e.rows.iter().filter(|row| named(&row.uscc)).map(|row| row.enrolled_on.0).max()
            }
            _ => None,
        }
    };
    events.iter().filter_map(of).max()
}

/// Plans among events.
pub fn plans(events: &[Event]) -> impl Iterator<Item = &PlanDrafted> {
    events.iter().filter_map(|event| match event {
        Event::PlanDrafted(plan) => Some(plan),
        _ => None,
    })
}

fn plan_year(files: &[File]) -> Result<u32> {
    let read = read(files, 0, None)?;
    let years = read.drafts.iter().filter_map(|draft| match &draft.event {
        Event::PlanDrafted(plan) => Some(plan.year),
        _ => None,
    });
    years.min().context("the office has no plan; there is nothing to play")
}

fn read(files: &[File], year: u32, items_published_on: Option<lotbook_event::Date>) -> Result<Import> {
    let calendars_from_year = (year > 0).then_some(year);
    let options = Options { calendars_from_year, items_published_on, ..Options::default() };
    let mut failed = None;
    let mut salt = || {
        crate::keyfile::random().unwrap_or_else(|error| {
            failed = Some(error);
            [0; 32]
        })
    };
    let read = import(files, &Known::default(), &options, &mut salt);
    if let Some(error) = failed {
        return Err(error);
    }
    // A row of a roster that is rejected is told and stops nothing; without a plan, a scheme or the office
    // as written another year would be played.
    let vital =
        |report: &&FileReport| matches!(report.kind, FileKind::Office | FileKind::Plan | FileKind::Schemes);
    let failed = |report: &&FileReport| !report.readable || (vital(report) && report.rejected > 0);
    if let Some(report) = read.reports.iter().find(failed) {
        let why: Vec<_> = report.lines.iter().map(ToString::to_string).collect();
        bail!("{} cannot be read: {}", report.file, why.join("; "));
    }
    Ok(read)
}
