//! How the players inspect: notice, visit, results, conclusion, report, feedback, publication.

use super::agenda;
use super::cast::Party;
use super::incidents::{Drawn, Incident};
use super::player::Player;
use super::step::Step;
use anyhow::{Context, Result};
use jiff::civil::Date;
use lotbook_event::inspection::*;
use lotbook_event::keys::Role;
use lotbook_event::result::{Channel, FeedbackDelivered, FeedbackDispatched, ResultPublished, ServiceMethod};
use lotbook_event::{DrawId, Event, InspectionId, InspectorId, ItemId, Text};

/// Working days the players take, each within the plan's own limit.
const REPORT_AFTER: u32 = 3;
const FEEDBACK_AFTER: u32 = 2;
const PUBLISH_AFTER: u32 = 4;
const DELIVER_AFTER: u32 = 2;
/// Working days by which the late report is late.
const LATE_BY: u32 = 2;

impl Player {
    /// With the last assignment of a draw everything about its inspections is known.
    pub(super) fn inspections_follow(&mut self, event: &Event) -> Result<()> {
        let Event::EnterpriseAssigned(assigned) = event else { return Ok(()) };
        if assigned.team.is_empty() {
            return Ok(());
        }
        self.assigned.push(assigned.inspection.clone());
        let ceremony = self.ledger().ceremonies.get(&assigned.draw).context("a draw without a ceremony")?;
        let selected = ceremony.completed.as_ref().context("an assignment before the draw")?.selected;
        if u64::from(assigned.rank) + 1 < u64::from(selected) {
            return Ok(());
        }
        let inspections = std::mem::take(&mut self.assigned);
        self.batch_drawn(&assigned.draw, &inspections)
    }

    /// Each enterprise is inspected on the day that its place in the order gives.
    fn batch_drawn(&mut self, draw: &DrawId, inspections: &[InspectionId]) -> Result<()> {
        for (rank, id) in inspections.iter().enumerate() {
            let day = self.visit_day(draw, u32::try_from(rank)?).context("a draw without a scheme")?;
            self.will_visit(id, day);
        }
        let drawn = self.drawn(inspections)?;
        self.incidents.choose(drawn, inspections);
        self.plan_recusal(draw, drawn.place, inspections);
        Ok(())
    }

    fn drawn(&mut self, inspections: &[InspectionId]) -> Result<Drawn> {
        let first = inspections.first().context("a draw of nothing")?;
        let place = self.batches_drawn;
        self.batches_drawn += 1;
        let inspection = self.ledger().inspections.get(first).context("no such inspection")?;
        let comprehensive = self.ledger().sections_of(inspection).len() > 1;
        Ok(Drawn { place, comprehensive, items: self.items(first)?.len() })
    }

    /// Notice is served on the day before, or on the day itself.
    pub(super) fn will_visit(&mut self, id: &InspectionId, day: Date) {
        let notice = self.days.after(agenda::date_of(self.now), 1).min(day);
        self.visits.insert(id.clone(), day);
        self.agenda.add(agenda::on(notice, 8, 30), Step::Notice(id.clone(), day));
        self.agenda.add(agenda::on(day, 9, 30), Step::Start(id.clone()));
    }

    pub(super) fn team(&self, id: &InspectionId) -> Result<Vec<InspectorId>> {
        let inspection =
            self.ledger().inspections.get(id).with_context(|| format!("there is no inspection {id}"))?;
        Ok(inspection.team.clone())
    }

    pub(super) fn member(&self, id: &InspectorId) -> Result<Party> {
        self.cast.party(&format!("{} {id}", Role::Inspector)).cloned()
    }

    /// The `n`-th member, counted around the team.
    pub(super) fn member_at(&self, id: &InspectionId, n: usize) -> Result<Party> {
        let team = self.team(id)?;
        let place = n.checked_rem(team.len()).context("an inspection without a team")?;
        self.member(team.get(place).context("an inspection without a team")?)
    }

    async fn state_as_first(&mut self, id: &InspectionId, event: Event) -> Result<()> {
        let first = self.member_at(id, 0)?;
        self.state(&first, event).await.map(|_| ())
    }

    pub(super) async fn notice(&mut self, id: &InspectionId, day: Date) -> Result<()> {
        let visit_on = lotbook_event::Date(day);
        let event = NoticeServed { inspection: id.clone(), visit_on, occurred_at: self.now };
        self.state_as_first(id, event.into()).await
    }

    /// The team enters, unless a recusal is pending; somebody who is not recused says so.
    pub(super) async fn start_inspection(&mut self, id: &InspectionId) -> Result<()> {
        let recused = |who: &InspectorId| {
            self.ledger().recusals.values().any(|recusal| recusal.is_of(who) && recusal.is_pending())
        };
        let team = self.team(id)?;
        let present = team.iter().position(|who| !recused(who)).unwrap_or(0);
        let party = self.member_at(id, present)?;
        let event = InspectionStarted { inspection: id.clone(), occurred_at: self.now };
        match self.try_state(&party, event.into()).await? {
            Ok(_) => {
                let day = agenda::date_of(self.now);
                self.agenda.add(agenda::on(day, 16, 0), Step::Item(id.clone(), 0));
                Ok(())
            }
            Err(error) => self.start_refused(id, error),
        }
    }

    /// Results come one after the other, each by the next member; where they take several days, one a day.
    pub(super) async fn item(&mut self, id: &InspectionId, n: usize) -> Result<()> {
        let items = self.items(id)?;
        let today = agenda::date_of(self.now);
        let slow = self.incidents.has(id, Incident::SeveralDays);
        let next = if slow { agenda::on(self.days.after(today, 1), 15, 0) } else { self.now };
        let Some(item) = items.get(n) else {
            self.agenda.add(self.now, Step::Conclude(id.clone()));
            return Ok(());
        };
        let member = self.member_at(id, n)?;
        let place = items.iter().take(n).filter(|before| self.applies(id, before)).count();
        let applies = self.applies(id, item);
        let outcome = if applies { self.incidents.outcome(id, place) } else { ItemOutcome::NotApplicable };
        let event = ItemResultConfirmed { inspection: id.clone(), item: item.clone(), outcome };
        self.state(&member, event.into()).await?;
        if outcome == ItemOutcome::PendingHandling {
            self.find_violation(id, item, &member).await?;
        }
        self.agenda.add(next, Step::Item(id.clone(), n + 1));
        Ok(())
    }

    /// Everybody concludes.
    pub(super) async fn conclude(&mut self, id: &InspectionId) -> Result<()> {
        for member in self.team(id)? {
            let party = self.member(&member)?;
            let on_site_ended_at = self.now;
            let event =
                InspectionConcluded { inspection: id.clone(), occurred_at: self.now, on_site_ended_at };
            self.state(&party, event.into()).await?;
        }
        let limit = self.rules(|rules| rules.report_working_days)?;
        let late = self.incidents.has(id, Incident::LateReport);
        let after = if late { limit + LATE_BY } else { REPORT_AFTER.min(limit) };
        self.later(after, 11, Step::Report(id.clone()));
        Ok(())
    }

    /// Plans a step some working days from today.
    pub(super) fn later(&mut self, working_days: u32, hour: i8, step: Step) {
        let day = self.days.after(agenda::date_of(self.now), working_days);
        self.agenda.add(agenda::on(day, hour, 30), step);
    }

    /// The items that apply; where several sections inspect, all of them, so that each has its result.
    pub(super) fn items(&self, id: &InspectionId) -> Result<Vec<ItemId>> {
        let ledger = self.ledger();
        let inspection = ledger.inspections.get(id).context("no such inspection")?;
        if ledger.sections_of(inspection).len() > 1 {
            return Ok(ledger.items_of(inspection).cloned().collect());
        }
        Ok(ledger.applicable_items(inspection).into_iter().cloned().collect())
    }

    fn applies(&self, id: &InspectionId, item: &ItemId) -> bool {
        let inspection = self.ledger().inspections.get(id);
        inspection.is_some_and(|inspection| self.ledger().applicable_items(inspection).contains(&item))
    }

    pub(super) async fn report(&mut self, id: &InspectionId) -> Result<()> {
        let items: Vec<_> = self.items(id)?.iter().map(ToString::to_string).collect();
        let clean = self.is_clean(id);
        let event = ReportCompleted {
            inspection: id.clone(),
            time: Text::new(format!("{}", agenda::date_of(self.now)))?,
            content: Text::new(format!("抽查事项 {}", items.join(", ")))?,
            findings: Text::new(if clean { "未发现问题" } else { "发现问题，见各事项结果" })?,
            evaluation: Text::new(if clean { "符合要求" } else { "不完全符合要求" })?,
            opinion: Text::new(if clean {
                "无需后续处置，建议保持日常维护"
            } else {
                "依各事项结果处置"
            })?,
        };
        self.state_as_first(id, event.into()).await?;
        let feedback = self.rules(|rules| rules.feedback_working_days)?;
        let publication = self.rules(|rules| rules.publication_working_days)?;
        self.later(FEEDBACK_AFTER.min(feedback), 10, Step::Dispatch(id.clone()));
        self.later(PUBLISH_AFTER.min(publication), 15, Step::Publish(id.clone()));
        self.report_follows(id);
        Ok(())
    }

    fn is_clean(&self, id: &InspectionId) -> bool {
        let fine = |outcome| matches!(outcome, ItemOutcome::NoProblem | ItemOutcome::NotApplicable);
        let inspection = self.ledger().inspections.get(id);
        inspection.is_some_and(|found| found.results.values().all(|result| fine(result.outcome)))
    }

    pub(super) fn section_officer(&self, id: &InspectionId) -> Result<Party> {
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
        self.later(DELIVER_AFTER, 16, Step::Deliver(id.clone()));
        Ok(())
    }

    pub(super) async fn deliver(&mut self, id: &InspectionId) -> Result<()> {
        let officer = self.section_officer(id)?;
        let receipt_ref = Text::new(format!("送达回证 {id}"))?;
        let event = FeedbackDelivered { inspection: id.clone(), occurred_at: self.now, receipt_ref };
        self.state(&officer, event.into()).await?;
        self.delivery_follows(id)
    }

    pub(super) async fn publish(&mut self, id: &InspectionId) -> Result<()> {
        let publisher = self.cast.holder(Role::Publisher, None)?.clone();
        let receipt_ref = Text::new(format!("NECIPS {id}"))?;
        let event = ResultPublished { inspection: id.clone(), channel: Channel::Necips, receipt_ref };
        self.state(&publisher, event.into()).await.map(|_| ())
    }
}
