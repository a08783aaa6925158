//! What follows a report: a violation is handled, a comment answered, a report corrected, everything closed.

use super::agenda;
use super::cast::Party;
use super::incidents::Incident;
use super::player::Player;
use super::step::Step;
use anyhow::{Context, Result};
use lotbook_engine::domain::state::Correctable;
use lotbook_event::keys::Role;
use lotbook_event::oversight::EntryCorrected;
use lotbook_event::result::*;
use lotbook_event::{CommentId, InspectionId, ItemId, Text, ViolationId};

/// Working days the players take.
const INVESTIGATE_AFTER: u32 = 1;
const DECIDE_AFTER: u32 = 8;
const PUBLISH_DECISION_AFTER: u32 = 2;
const RECTIFY_AFTER: u32 = 10;
const CORRECT_AFTER: u32 = 6;
const COMMENT_AFTER: u32 = 3;
/// Working days after the end of the time for comments.
const ANSWER_AFTER: u32 = 2;
const CLOSE_AFTER: u32 = 3;

impl Player {
    /// A member finds a violation; its details stay with the member, the ledger has their commitment.
    pub(super) async fn find_violation(
        &mut self,
        id: &InspectionId,
        item: &ItemId,
        member: &Party,
    ) -> Result<()> {
        self.violations += 1;
        let violation = ViolationId::new(format!("violation-{}", self.violations))?;
        let details = self.seal(member, violation.as_str(), "现场检查笔录（虚构）")?;
        let event = ViolationFound { inspection: id.clone(), violation, item: item.clone(), details };
        self.state(member, event.into()).await.map(|_| ())
    }

    /// Once there is a report its violations are investigated, and the report may turn out wrong.
    pub(super) fn report_follows(&mut self, id: &InspectionId) {
        let found = self.ledger().violations.iter().filter(|(_, violation)| violation.inspection == *id);
        for violation in found.map(|(violation, _)| violation.clone()).collect::<Vec<_>>() {
            self.later(INVESTIGATE_AFTER, 9, Step::Investigate(violation));
        }
        if self.incidents.has(id, Incident::Correction) {
            self.later(CORRECT_AFTER, 14, Step::Correct(id.clone()));
        }
    }

    pub(super) async fn investigate(&mut self, violation: &ViolationId) -> Result<()> {
        let handler = self.cast.holder(Role::Handler, None)?.clone();
        self.state(&handler, InvestigationOpened { violation: violation.clone() }.into()).await?;
        self.later(DECIDE_AFTER, 15, Step::Handle(violation.clone()));
        Ok(())
    }

    pub(super) async fn handle(&mut self, violation: &ViolationId) -> Result<()> {
        let handler = self.cast.holder(Role::Handler, None)?.clone();
        let ledger = self.ledger();
        let item = &ledger.violations.get(violation).context("no such violation")?.item;
        let legal_basis = ledger.items.get(item).context("no such item")?.item.legal_basis.clone();
        let event = HandlingDecided {
            violation: violation.clone(),
            kind: HandlingKind::Punishment,
            decision_no: Text::new(format!("{}-{violation}", self.year))?,
            legal_basis,
        };
        self.state(&handler, event.into()).await?;
        self.later(PUBLISH_DECISION_AFTER, 15, Step::PublishHandling(violation.clone()));
        Ok(())
    }

    pub(super) async fn publish_handling(&mut self, violation: &ViolationId) -> Result<()> {
        let publisher = self.cast.holder(Role::Publisher, None)?.clone();
        let receipt_ref = Text::new(format!("NECIPS {violation}"))?;
        let event = HandlingPublished { violation: violation.clone(), receipt_ref };
        self.state(&publisher, event.into()).await?;
        self.later(RECTIFY_AFTER, 10, Step::Rectify(violation.clone()));
        Ok(())
    }

    pub(super) async fn rectify(&mut self, violation: &ViolationId) -> Result<()> {
        let handler = self.cast.holder(Role::Handler, None)?.clone();
        let verified_on = lotbook_event::Date(agenda::date_of(self.now));
        let event = RectificationVerified { violation: violation.clone(), verified_on };
        self.state(&handler, event.into()).await.map(|_| ())
    }

    /// Delivery opens the time for comments; after it comments are answered and inspections closed.
    pub(super) fn delivery_follows(&mut self, id: &InspectionId) -> Result<()> {
        let limit = self.rules(|rules| rules.comment_working_days)?;
        if self.incidents.has(id, Incident::Comment) {
            self.later(COMMENT_AFTER.min(limit), 10, Step::Comment(id.clone()));
        }
        self.later(limit + CLOSE_AFTER, 14, Step::Close(id.clone()));
        Ok(())
    }

    /// The enterprise writes to the office, whose co-ordinator puts it on the ledger.
    pub(super) async fn comment(&mut self, id: &InspectionId) -> Result<()> {
        let coordinator = self.cast.holder(Role::Coordinator, None)?.clone();
        self.comments += 1;
        let comment = CommentId::new(format!("comment-{}", self.comments))?;
        let text = self.seal(&coordinator, comment.as_str(), "建议提前告知需准备的材料（虚构）")?;
        let (inspection, occurred_at) = (id.clone(), self.now);
        let event =
            CommentReceived { inspection, comment: comment.clone(), occurred_at, text, consent: false };
        self.state(&coordinator, event.into()).await?;
        let limit = self.rules(|rules| rules.comment_working_days)?;
        self.later(limit.saturating_sub(COMMENT_AFTER) + ANSWER_AFTER, 11, Step::Answer(comment));
        Ok(())
    }

    pub(super) async fn answer(&mut self, comment: &CommentId) -> Result<()> {
        let coordinator = self.cast.holder(Role::Coordinator, None)?.clone();
        let event = CommentAnswered {
            comment: comment.clone(),
            summary: Text::new("企业建议检查前告知需准备的材料")?,
            answer: Text::new("采纳：通知中列明材料清单")?,
        };
        self.state(&coordinator, event.into()).await.map(|_| ())
    }

    /// Somebody else than its author corrects the first field of a report that may be corrected.
    pub(super) async fn correct(&mut self, id: &InspectionId) -> Result<()> {
        let coordinator = self.cast.holder(Role::Coordinator, None)?.clone();
        let report = |known: &Correctable| known.inspection == *id && known.says.event == "ReportCompleted";
        let report = self.ledger().correctable.iter().find(|(_, known)| report(known));
        let (position, known) = report.context("the report cannot be corrected")?;
        let field =
            known.says.fields.iter().find(|field| **field == "evaluation").or(known.says.fields.first());
        let event = EntryCorrected {
            position,
            entry: known.entry,
            field: Text::new(*field.context("a report without fields")?)?,
            value: Text::new("基本符合要求")?,
            reason: Text::new("复核时发现笔误")?,
        };
        self.state(&coordinator, event.into()).await.map(|_| ())
    }

    /// The section closes an inspection when nothing about it is open; else it looks again later.
    pub(super) async fn close(&mut self, id: &InspectionId) -> Result<()> {
        let ledger = self.ledger();
        let mut violations = ledger.violations.values().filter(|violation| violation.inspection == *id);
        let mut comments = ledger.comments.values().filter(|comment| comment.inspection == *id);
        if violations.any(|violation| violation.rectified.is_none())
            || comments.any(|comment| comment.answer.is_none())
        {
            self.later(CLOSE_AFTER, 14, Step::Close(id.clone()));
            return Ok(());
        }
        let officer = self.section_officer(id)?;
        self.state(&officer, InspectionClosed { inspection: id.clone() }.into()).await.map(|_| ())
    }
}
