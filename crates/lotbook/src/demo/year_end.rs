//! How the players end the year: the annual disclosure is asked for, derived by the ledger, and published (Art. 23).

use super::agenda;
use super::player::Player;
use super::script::Script;
use super::step::Step;
use anyhow::{Context, Result};
use jiff::civil::Date;
use lotbook_event::Text;
use lotbook_event::keys::Role;
use lotbook_event::oversight::{AnnualDisclosurePublished, AnnualDisclosureRequested};

/// Days before the disclosure is due on which it is asked for and published.
const REQUESTED_BEFORE: i64 = 45;
const PUBLISHED_BEFORE: i64 = 18;
/// When a complaint comes in: late enough that the time for comments reaches into the next year.
const COMPLAINT: (i8, i8) = (12, 7);

impl Script {
    /// The complaint of December, the disclosure, and the last midnight: the disclosure's due day.
    pub(super) fn schedule_year_end(&mut self) -> Result<()> {
        let year = i16::try_from(self.year)?;
        let complaint = Date::new(year, COMPLAINT.0, COMPLAINT.1)?;
        self.agenda.add(agenda::on(self.days.from(complaint), 9, 0), Step::Direct);
        let due = agenda::day_in(year + 1, &self.office.rule_set.disclosure_due)
            .context("the rule set's day for the disclosure does not exist in the next year")?;
        let begins = Date::new(year + 1, 1, 4)?;
        let working = |day: Date| self.days.from(day.max(begins)).min(due);
        let requested = working(agenda::plus_days(due, -REQUESTED_BEFORE));
        let published = working(agenda::plus_days(due, -PUBLISHED_BEFORE));
        self.agenda.add(agenda::on(requested, 9, 0), Step::RequestDisclosure);
        self.agenda.add(agenda::on(published, 15, 0), Step::PublishDisclosure);
        self.agenda.add(agenda::next_midnight(agenda::on(due, 12, 0)), Step::End);
        Ok(())
    }
}

impl Player {
    pub(super) async fn request_disclosure(&mut self) -> Result<()> {
        let publisher = self.cast.holder(Role::Publisher, None)?.clone();
        self.state(&publisher, AnnualDisclosureRequested { year: self.year }.into()).await.map(|_| ())
    }

    /// What the ledger derived is published as it is, with all of its parts.
    pub(super) async fn publish_disclosure(&mut self) -> Result<()> {
        let publisher = self.cast.holder(Role::Publisher, None)?.clone();
        let disclosure = self.ledger().disclosures.get(&self.year);
        let generated = disclosure.and_then(|known| known.generated.as_ref());
        let (generated, _) = generated.context("the ledger has not derived the disclosure")?;
        let event = AnnualDisclosurePublished {
            year: self.year,
            document: generated.document,
            parts: generated.parts.iter().map(|part| part.part).collect(),
            receipt_ref: Text::new(format!("年度公开 {}", self.year))?,
        };
        self.state(&publisher, event.into()).await.map(|_| ())
    }

    /// The disclosure's last day is over: what of the year is late or open now is told.
    pub(super) async fn end(&mut self) -> Result<()> {
        self.settle().await?;
        self.follow().await?;
        let ledger = self.ledger();
        let in_time = ledger.disclosures.get(&self.year).is_some_and(|d| d.published.is_some() && !d.missed);
        let duties = ledger.inspections.values().flat_map(|inspection| inspection.duties.values());
        let running = duties.filter(|duty| duty.runs()).count();
        let open = ledger.inspections.values().filter(|inspection| inspection.closed.is_none()).count();
        let disclosure = if in_time { "was in time" } else { "is LATE" };
        let text = format!(
            "the year {} is over: its disclosure {disclosure}; {running} duties are running, {open} inspections are open",
            self.year
        );
        let now = self.now;
        self.story().tell_counts();
        self.story().dated(now, &text);
        Ok(())
    }
}
