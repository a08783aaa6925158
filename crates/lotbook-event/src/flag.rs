//! Flags: a fact of the world that departs from the rules. Computed, never typed, never cleared.

/// Flag codes (rules.md 1.10), as far as this version computes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flag {
    /// A plan adopted after the day of Art. 12.
    PlanLate,
    /// A section that owns a published item has no plan after that day.
    PlanMissing,
    /// A report after its time (Art. 18).
    ReportLate,
    /// A feedback after its time (Art. 19).
    FeedbackLate,
    /// A publication after its time (Art. 19).
    PublicationLate,
    /// A visit, or a draw, outside the time the plan or scheme sets.
    OutsideSlot,
    /// A draw in another year than the plan's.
    OutOfPlanYear,
    /// Specialised items drawn without class conditions (Art. 17).
    UndirectedSpecialised,
    /// Everything in the pool is drawn.
    NoRandomnessInObjects,
    /// Fewer eligible enterprises than the rule set publishes as the least (Art. 17).
    PoolBelowMinimum,
    /// Every inspector drawn has no choice (draw.md 5).
    NoRandomnessInAssignment,
    /// More of a class drawn than its item allows.
    ItemRatioExceeded,
    /// Roster rows changed in the 30 days before the draw.
    RosterChangedLate,
    /// A draw under a plan that is adopted but not published.
    PlanUnpublishedAtDraw,
    /// Concluded more than 15 working days after the visit.
    ConcludedLongAfterSite,
    /// Recorded more than one working day after it occurred.
    RecordedLate,
    /// Feedback served in another way than in person or by mail (Art. 20).
    OtherService,
    /// A due date that reaches a year without a calendar.
    ProvisionalDue,
    /// A firm outside the office's area in the roster.
    OutsideJurisdiction,
    /// A credit code with a wrong check character in the roster, enrolled by a signed override (Art. 11).
    NonconformingUscc,
    /// A comment after its time; taken all the same (Art. 21).
    CommentLate,
    /// An annual disclosure after its day (Art. 23).
    DisclosureLate,
    /// A change of team because somebody is unavailable (not Art. 15).
    SubstituteUnavailable,
    /// A person named the counterpart of a swap (Art. 15).
    CounterpartChosen,
    /// A substitute came in an order that everybody could compute before (draw.md 6).
    ReserveOrder,
    /// Fewer than three candidates for a slot (draw.md 6).
    PredictableSubstitute,
    /// Names are still hidden after the end of the window (Art. 6).
    RevealOverdue,
    /// Two sections plan the same class at the same time apart (Art. 4).
    MissedCombination,
    /// A violation decided more than 90 days after its investigation was opened (Art. 22).
    HandlingAged,
    /// An inspection under Art. 9 for a cause that is none of the four named.
    OtherCause,
    /// A draw whose result was fixed a day ago is not recorded (draw.md 1).
    DrawOverdue,
    /// A reveal that was made in time is not on the ledger (draw.md 1).
    RevealNotRecorded,
}

impl Flag {
    /// The flag as it is written everywhere.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PlanLate => "PLAN_LATE",
            Self::PlanMissing => "PLAN_MISSING",
            Self::ReportLate => "REPORT_LATE",
            Self::FeedbackLate => "FEEDBACK_LATE",
            Self::PublicationLate => "PUBLICATION_LATE",
            Self::OutsideSlot => "OUTSIDE_SLOT",
            Self::OutOfPlanYear => "OUT_OF_PLAN_YEAR",
            Self::UndirectedSpecialised => "UNDIRECTED_SPECIALISED",
            Self::NoRandomnessInObjects => "NO_RANDOMNESS_IN_OBJECTS",
            Self::PoolBelowMinimum => "POOL_BELOW_MINIMUM",
            Self::NoRandomnessInAssignment => "NO_RANDOMNESS_IN_ASSIGNMENT",
            Self::ItemRatioExceeded => "ITEM_RATIO_EXCEEDED",
            Self::RosterChangedLate => "ROSTER_CHANGED_LATE",
            Self::PlanUnpublishedAtDraw => "PLAN_UNPUBLISHED_AT_DRAW",
            Self::ConcludedLongAfterSite => "CONCLUDED_LONG_AFTER_SITE",
            Self::RecordedLate => "RECORDED_LATE",
            Self::OtherService => "OTHER_SERVICE",
            Self::ProvisionalDue => "PROVISIONAL_DUE",
            Self::OutsideJurisdiction => "OUTSIDE_JURISDICTION",
            Self::NonconformingUscc => "NONCONFORMING_USCC",
            Self::CommentLate => "COMMENT_LATE",
            Self::DisclosureLate => "DISCLOSURE_LATE",
            Self::SubstituteUnavailable => "SUBSTITUTE_UNAVAILABLE",
            Self::CounterpartChosen => "COUNTERPART_CHOSEN",
            Self::ReserveOrder => "RESERVE_ORDER",
            Self::PredictableSubstitute => "PREDICTABLE_SUBSTITUTE",
            Self::RevealOverdue => "REVEAL_OVERDUE",
            Self::MissedCombination => "MISSED_COMBINATION",
            Self::HandlingAged => "HANDLING_AGED",
            Self::OtherCause => "OTHER_CAUSE",
            Self::DrawOverdue => "DRAW_OVERDUE",
            Self::RevealNotRecorded => "REVEAL_NOT_RECORDED",
        }
    }
}

impl core::fmt::Display for Flag {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}
