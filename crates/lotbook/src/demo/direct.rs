//! How the players inspect a certain enterprise: after a complaint, without a draw (Art. 9).

use super::agenda;
use super::player::Player;
use anyhow::Result;
use lotbook_event::inspection::{DirectCause, DirectInspectionOpened};
use lotbook_event::keys::Role;
use lotbook_event::registry::{Duty, Enterprise, Inspector, Item};
use lotbook_event::{Date, InspectionId, InspectorId, ItemId, Text, Uscc};
use std::collections::BTreeSet;

/// Working days from the complaint to the visit.
const VISIT_AFTER: u32 = 2;

/// A section's own choice: whom it inspects, for what, and by whom.
struct Choice {
    item: Item,
    uscc: Uscc,
    team: Vec<InspectorId>,
}

impl Player {
    /// The section opens it and names the team; from there on it goes as after a draw.
    pub(super) async fn open_direct(&mut self) -> Result<()> {
        let Some(Choice { item, uscc, team }) = self.choose_direct() else {
            self.story().line("not played: an inspection for a cause; no enterprise and team fit together");
            return Ok(());
        };
        let officer = self.cast.holder(Role::SectionOfficer, Some(&item.section))?.clone();
        let inspection = InspectionId::new(format!("direct-{}-1", self.year))?;
        let basis = Some(self.seal(&officer, inspection.as_str(), "投诉登记表（虚构）")?);
        let event = DirectInspectionOpened {
            inspection: inspection.clone(),
            uscc,
            items: BTreeSet::from([item.item]),
            cause: Some(DirectCause::Complaint),
            basis,
            reason: Text::new("")?,
            team,
        };
        self.state(&officer, event.into()).await?;
        let day = self.days.after(agenda::date_of(self.now), VISIT_AFTER);
        self.will_visit(&inspection, day);
        Ok(())
    }

    /// The first item of a drawn batch, with an enterprise of its class that was not drawn, and a team.
    fn choose_direct(&self) -> Option<Choice> {
        let ledger = self.ledger();
        let drawn = ledger.batches.values().filter(|batch| batch.drawn.is_some());
        let items: BTreeSet<&ItemId> = drawn.flat_map(|batch| &batch.batch.items).collect();
        let items = items.into_iter().filter_map(|id| ledger.items.get(id)).map(|record| &record.item);
        let mut choices = items.filter_map(|item| {
            let mut firms = ledger.enterprises.values().filter(|firm| firm.draws.is_empty());
            let firm = &firms.find(|firm| self.may_be_visited(item, &firm.row))?.row;
            Some(Choice { item: item.clone(), uscc: firm.uscc.clone(), team: self.direct_team(item, firm)? })
        });
        choices.next()
    }

    fn may_be_visited(&self, item: &Item, firm: &Enterprise) -> bool {
        let ledger = self.ledger();
        let lives = self.rules(|rules| {
            let mut known = rules.frequencies.iter();
            known.any(|row| row.registration == firm.registration && row.draws_per_year > 0)
        });
        let inside = ledger.office.as_ref().is_some_and(|office| office.area.contains(&firm.area));
        firm.kind == item.applies_to && inside && lives.unwrap_or(false)
    }

    /// As many as the item and the rule set ask for, fit for the item where that is possible.
    fn direct_team(&self, item: &Item, firm: &Enterprise) -> Option<Vec<InspectorId>> {
        let ledger = self.ledger();
        let size = self.rules(|rules| rules.team_minimum).ok()?.max(item.min_inspectors);
        let until = Date(agenda::plus_days(agenda::date_of(self.now), 90));
        let may = |row: &&Inspector| {
            row.duty == Duty::Active
                && row.certificate_valid_until >= until
                && !ledger.conflicts.contains_key(&(firm.uscc.clone(), row.inspector.clone()))
        };
        let fit = |row: &Inspector| {
            item.qualification.as_str().is_empty() || row.qualifications.contains(&item.qualification)
        };
        let mut rows: Vec<_> = ledger.inspectors.values().map(|record| &record.row).filter(may).collect();
        rows.sort_by_key(|row| !fit(row));
        let team: Vec<_> =
            rows.into_iter().take(usize::try_from(size).ok()?).map(|row| row.inspector.clone()).collect();
        (team.len() == usize::try_from(size).ok()?).then_some(team)
    }
}
