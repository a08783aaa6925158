//! Reasons of exclusion from a frozen pool (rules.md 1.11): the code of a row, its article, and what it tells people.

/// Why a row of a pool is not eligible; the order is that in which the first that applies is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// Enterprise: the area code is not within the office's.
    OutsideJurisdiction,
    /// Enterprise: its registration state allows no draw.
    NotAlive,
    /// Enterprise: the plan's scope or class conditions do not hold for it.
    OutOfScope,
    /// Enterprise: trustworthy, and a plan of the batch exempts all such firms.
    TrustworthyExempt,
    /// Enterprise: another section has drawn it this year.
    DrawnByOtherUnit,
    /// Enterprise: it was drawn as often this year as the cap allows.
    CapReached,
    /// Enterprise: it was drawn as often as its state or the batch's frequency allows.
    FrequencyReached,
    /// Inspector: not on duty.
    NotActive,
    /// Inspector: the certificate does not hold on the first day.
    CertificateInvalid,
    /// Inspector: no seat accepts the qualifications.
    Unqualified,
    /// Inspector: decides, supervises or audits the batch.
    ExcludedByRole,
    /// Inspector: has withdrawn from the batch.
    Withdrawn,
    /// Inspector: a conflict came after the draw.
    LateConflict,
    /// Inspector: may inspect less than half of the pool.
    TooFewAllowed,
}

impl Reason {
    /// All of them, in their order.
    pub const ALL: [Self; 14] = [
        Self::OutsideJurisdiction,
        Self::NotAlive,
        Self::OutOfScope,
        Self::TrustworthyExempt,
        Self::DrawnByOtherUnit,
        Self::CapReached,
        Self::FrequencyReached,
        Self::NotActive,
        Self::CertificateInvalid,
        Self::Unqualified,
        Self::ExcludedByRole,
        Self::Withdrawn,
        Self::LateConflict,
        Self::TooFewAllowed,
    ];

    /// The reason of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// The code as it stands in rows.
    pub const fn code(self) -> &'static str {
        self.parts().0
    }

    /// The article of the implementation plan that it follows from.
    pub const fn article(self) -> u32 {
        self.parts().1
    }

    /// What it means, in English.
    pub const fn english(self) -> &'static str {
        self.parts().2
    }

    /// What it means, in Chinese.
    pub const fn chinese(self) -> &'static str {
        self.parts().3
    }

    #[allow(clippy::too_many_lines)] // one arm a reason, exhaustive, nothing else
    const fn parts(self) -> (&'static str, u32, &'static str, &'static str) {
        match self {
            Self::OutsideJurisdiction => (
                "outside_jurisdiction",
                11,
                "the enterprise lies outside the office's area",
                "企业不在本单位辖区内",
            ),
            Self::NotAlive => (
                "not_alive",
                11,
                "the registration state allows no inspection (deregistered, revoked, moved out)",
                "企业登记状态不列入抽查（注销、吊销、迁出等）",
            ),
            Self::OutOfScope => (
                "out_of_scope",
                13,
                "the plan's scope or class conditions do not cover the enterprise",
                "企业不在本批次计划的对象范围或类别条件之内",
            ),
            Self::TrustworthyExempt => (
                "trustworthy_exempt",
                13,
                "the plan exempts all trustworthy enterprises from this draw",
                "守信企业，本批次计划对全部守信企业免于抽取",
            ),
            Self::DrawnByOtherUnit => (
                "drawn_by_other_unit",
                16,
                "another section has drawn the enterprise this year",
                "本年度已被其他业务机构抽查，应予排除",
            ),
            Self::CapReached => (
                "cap_reached",
                16,
                "the enterprise was drawn as often this year as the cap allows",
                "本年度抽查次数已达上限",
            ),
            Self::FrequencyReached => (
                "frequency_reached",
                13,
                "the enterprise was drawn as often as its state or the batch's frequency allows",
                "已达该类企业年度频次或本批次频次",
            ),
            Self::NotActive => ("not_active", 10, "the inspector is not on duty", "检查人员不在岗"),
            Self::CertificateInvalid => (
                "certificate_invalid",
                10,
                "the certificate is not valid on the first day of the inspections",
                "执法证在检查首日无效",
            ),
            Self::Unqualified => (
                "unqualified",
                14,
                "no seat accepts the inspector's qualifications",
                "专业资质不符合任何席位要求",
            ),
            Self::ExcludedByRole => (
                "excluded_by_role",
                14,
                "the person decides on, supervises or audits this batch",
                "该人员参与本批次的决定、监督或审计",
            ),
            Self::Withdrawn => {
                ("withdrawn", 15, "the inspector has withdrawn from this batch", "检查人员已退出本批次")
            }
            Self::LateConflict => (
                "late_conflict",
                15,
                "a conflict with a drawn enterprise arose after the draw",
                "抽取后与被抽企业产生利害关系",
            ),
            Self::TooFewAllowed => (
                "too_few_allowed",
                15,
                "conflicts leave the inspector less than half of the pool",
                "因利害关系可检查的企业不足抽取池的一半",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_leads_back_to_its_reason_and_no_other_text_does() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
            assert!((10..=16).contains(&reason.article()), "{reason:?}");
        }
        for none in ["", "eligible", "CAP_REACHED", "cap_reached "] {
            assert_eq!(Reason::from_code(none), None, "{none:?}");
        }
    }

    #[test]
    fn the_order_of_the_list_is_the_order_of_the_reasons() {
        assert!(Reason::ALL.is_sorted());
    }
}
