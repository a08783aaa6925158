//! How the players inspect: notice, visit, results, conclusion, report, feedback, publication.

use super::agenda;
use super::cast::Party;
use super::player::Player;
use super::script::Step;
use anyhow::{Context, Result};
use jiff::civil::Date;
use lotbook_event::inspection::*;
use lotbook_event::keys::Role;
use lotbook_event::result::{Channel, FeedbackDelivered, FeedbackDispatched, ResultPublished, ServiceMethod};
use lotbook_event::{Event, InspectionId, InspectorId, ItemId, Text};

/// Working days the players take, each within the plan's own limit.
const REPORT_AFTER: u32 = 3;
const FEEDBACK_AFTER: u32 = 2;
const PUBLISH_AFTER: u32 = 4;
const DELIVER_AFTER: u32 = 2;

impl Player {
    /// A drawn enterprise is inspected on the day that its place in the order gives.
    pub(super) fn inspections_follow(&mut self, event: &Event) -> Result<()> {
        let Event::EnterpriseAssigned(assigned) = event else { return Ok(()) };
        if assigned.team.is_empty() {
            return Ok(());
        }
        let day = self.visit_day(&assigned.draw, assigned.rank).context("a draw without a scheme")?;
        let id = &assigned.inspection;
        let notice = self.days.after(agenda::date_of(self.now), 1).min(day);
        self.agenda.add(agenda::on(notice, 8, 30), Step::Notice(id.clone(), day));
        self.agenda.add(agenda::on(day, 9, 30), Step::Start(id.clone()));
        self.agenda.add(agenda::on(day, 16, 0), Step::Conclude(id.clone()));
        self.agenda.add(agenda::on(self.days.after(day, REPORT_AFTER), 11, 0), Step::Report(id.clone()));
        Ok(())
    }

    fn team(&self, id: &InspectionId) -> Result<Vec<InspectorId>> {
        let inspection =
            self.ledger().inspections.get(id).with_context(|| format!("there is no inspection {id}"))?;
        Ok(inspection.team.clone())
    }

    fn member(&self, id: &InspectorId) -> Result<Party> {
        self.cast.party(&format!("{} {id}", Role::Inspector)).cloned()
    }

    async fn state_as_first(&mut self, id: &InspectionId, event: Event) -> Result<()> {
        let team = self.team(id)?;
        let first = self.member(team.first().context("an inspection without a team")?)?;
        self.state(&first, event).await.map(|_| ())
    }

    pub(super) async fn notice(&mut self, id: &InspectionId, day: Date) -> Result<()> {
        let visit_on = lotbook_event::Date(day);
        let event = NoticeServed { inspection: id.clone(), visit_on, occurred_at: self.now };
        self.state_as_first(id, event.into()).await
    }

    pub(super) async fn start_inspection(&mut self, id: &InspectionId) -> Result<()> {
        let event = InspectionStarted { inspection: id.clone(), occurred_at: self.now };
        self.state_as_first(id, event.into()).await
    }

    /// A result for every item of the firm's class (of all, if there is none), then everybody concludes.
    pub(super) async fn conclude(&mut self, id: &InspectionId) -> Result<()> {
        for item in self.items(id)? {
            let event = ItemResultConfirmed { inspection: id.clone(), item, outcome: ItemOutcome::NoProblem };
            self.state_as_first(id, event.into()).await?;
        }
        for member in self.team(id)? {
            let party = self.member(&member)?;
            let on_site_ended_at = self.now;
            let event =
                InspectionConcluded { inspection: id.clone(), occurred_at: self.now, on_site_ended_at };
            self.state(&party, event.into()).await?;
        }
        Ok(())
    }

    fn items(&self, id: &InspectionId) -> Result<Vec<ItemId>> {
        let ledger = self.ledger();
        let inspection = ledger.inspections.get(id).context("no such inspection")?;
        Ok(ledger.applicable_items(inspection).into_iter().cloned().collect())
    }

    pub(super) async fn report(&mut self, id: &InspectionId) -> Result<()> {
        let items: Vec<_> = self.items(id)?.iter().map(ToString::to_string).collect();
        let event = ReportCompleted {
            inspection: id.clone(),
            time: Text::new(format!("{}", agenda::date_of(self.now)))?,
            content: Text::new(format!("抽查事项 {}", items.join(", ")))?,
            findings: Text::new("未发现问题")?,
            evaluation: Text::new("符合要求")?,
            opinion: Text::new("无需后续处置，建议保持日常维护")?,
        };
        self.state_as_first(id, event.into()).await?;
        let today = agenda::date_of(self.now);
        self.agenda
            .add(agenda::on(self.days.after(today, FEEDBACK_AFTER), 10, 30), Step::Dispatch(id.clone()));
        self.agenda.add(agenda::on(self.days.after(today, PUBLISH_AFTER), 15, 0), Step::Publish(id.clone()));
        Ok(())
    }

    fn section_officer(&self, id: &InspectionId) -> Result<Party> {
        let ledger = self.ledger();
        let inspection = ledger.inspections.get(id).context("no such inspection")?;
        let section = ledger.sections_of(inspection).into_iter().next();
        self.cast.holder(Role::SectionOfficer, section.as_ref()).cloned()
    }

    pub(super) async fn dispatch(&mut self, id: &InspectionId) -> Result<()> {
        let officer = self.section_officer(id)?;
        let method = ServiceMethod::Mail;
        let event = FeedbackDispatched { inspection: id.clone(), method, legal_basis: Text::new("")? };
        self.state(&officer, event.into()).await?;
        let day = self.days.after(agenda::date_of(self.now), DELIVER_AFTER);
        self.agenda.add(agenda::on(day, 16, 30), Step::Deliver(id.clone()));
        Ok(())
    }

    pub(super) async fn deliver(&mut self, id: &InspectionId) -> Result<()> {
        let officer = self.section_officer(id)?;
        let receipt_ref = Text::new(format!("送达回证 {id}"))?;
        let event = FeedbackDelivered { inspection: id.clone(), occurred_at: self.now, receipt_ref };
        self.state(&officer, event.into()).await.map(|_| ())
    }

    pub(super) async fn publish(&mut self, id: &InspectionId) -> Result<()> {
        let publisher = self.cast.holder(Role::Publisher, None)?.clone();
        let receipt_ref = Text::new(format!("NECIPS {id}"))?;
        let event = ResultPublished { inspection: id.clone(), channel: Channel::Necips, receipt_ref };
        self.state(&publisher, event.into()).await.map(|_| ())
    }
}
