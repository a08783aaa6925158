//! Refusals: a rule said no. Code, article, the rule in one sentence, what was found, what to do.

/// Defines the codes of rules.md 1.10 with article, rule (English, Chinese) and remedy.
macro_rules! codes {
    ($($name:ident $code:literal $article:literal: $rule:literal, $zh:literal, $remedy:literal;)*) => {
        /// Refusal codes (rules.md 1.10; those marked "own" in docs/articles.md are additions).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)] // `rule` says what each means
        pub enum Code { $($name),* }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
            /// The code as it stands on the ledger.
            pub fn as_str(self) -> &'static str { match self { $(Self::$name => $code),* } }
            /// The article it rests on; 0 if none.
            pub fn article(self) -> u32 { match self { $(Self::$name => $article),* } }
            /// The rule in one English sentence.
            pub fn rule(self) -> &'static str { match self { $(Self::$name => $rule),* } }
            /// The rule in one Chinese sentence.
            pub fn rule_zh(self) -> &'static str { match self { $(Self::$name => $zh),* } }
            /// What to do instead.
            pub fn remedy(self) -> &'static str { match self { $(Self::$name => $remedy),* } }
        }
    };
}

codes! {
    UnknownKey "UNKNOWN_KEY" 0: "a statement is signed with a key registered on this ledger",
        "声明须由本账本登记的密钥签署", "register the key (KeyRegistered, then the leader's KeyConfirmed)";
    KeyNotConfirmed "KEY_NOT_CONFIRMED" 0: "a registration takes effect when the office leader confirms it",
        "密钥登记须经单位负责人确认后生效", "let the leader state KeyConfirmed";
    KeyUnacceptable "KEY_UNACCEPTABLE" 0: "a key is canonical, not weak, and its holder proves to have it",
        "密钥须为规范编码、非弱密钥，并证明持有", "make a new key with `lotbook key new` and sign the proof of possession";
    RoleNotHeld "ROLE_NOT_HELD" 0: "an act needs the role it belongs to, held at that moment",
        "行为人须在当时持有相应角色", "act in a role that this key holds, or let the holder of the role state it";
    OtherSection "OTHER_SECTION" 0: "a section acts for itself only",
        "科室只能处理本科室事项", "let a key of the section concerned state it";
    WrongPhase "WRONG_PHASE" 0: "each step follows the one before it, once",
        "各步骤须依次进行且仅一次", "state the missing step first, or leave it if it has been done";
    TooYoung "TOO_YOUNG" 0: "keys, schemes and rule sets have a minimum age before a draw",
        "密钥、方案、规则集在抽取前须达到最低存续时间", "wait until the age named by the rule set has passed";
    CeremonyOpen "CEREMONY_OPEN" 0: "one ceremony of a batch at a time",
        "同一批次同时只能有一场抽取仪式", "finish the open ceremony or let its deadline pass";
    DeadlinePassed "DEADLINE_PASSED" 0: "commitments and reveals are recorded before their deadlines",
        "承诺与揭示须在期限前记录", "take part in the next attempt";
    OpeningMismatch "OPENING_MISMATCH" 0: "a reveal opens the commitment of the same key under the sealing",
        "揭示须与本人在封存中的承诺一致", "reveal the 32 bytes kept when committing, with the hash of CeremonySealed";
    NotAParticipant "NOT_A_PARTICIPANT" 0: "only the standing participants of the rule set take part in a ceremony",
        "仅规则集规定的常设参与方可参加抽取仪式", "use the key that PoolFrozen names";
    AlreadyCommitted "ALREADY_COMMITTED" 0: "a participant commits and reveals once",
        "每一参与方只能承诺、揭示一次", "nothing: the first one counts";
    StaleExpectation "STALE_EXPECTATION" 0: "a statement that names an expected position is refused if its subject changed since",
        "声明所依据的位置之后对象已变更", "read the subject again and state anew";
    IdempotencyConflict "IDEMPOTENCY_CONFLICT" 0: "a statement id belongs to one statement of its author for ever",
        "同一声明编号只能对应同一内容", "choose a new statement id";
    MalformedStatement "MALFORMED_STATEMENT" 0: "a statement is in its one canonical encoding and every field is what it must be",
        "声明须为唯一规范编码且各字段合法", "encode it with a current client and correct the field named";
    UnknownSubject "UNKNOWN_SUBJECT" 0: "what a statement names exists on the ledger",
        "声明所指对象须已存在于账本", "check the identifier, or record the subject first";
    AlreadyRecorded "ALREADY_RECORDED" 0: "a subject is recorded once and changed by its own event",
        "同一对象只能登记一次，变更须用相应事件", "state the event that updates it";
    LimitExceeded "LIMIT_EXCEEDED" 0: "what one statement brings has its limits",
        "单项声明的内容数量有上限", "bring less at once";
    InvalidValue "INVALID_VALUE" 0: "values lie in the ranges the rules name",
        "取值须在规则范围内", "correct the value named";
    FeedbackByNonInspectingUnit "FEEDBACK_BY_NON_INSPECTING_UNIT" 5: "who inspects gives the feedback",
        "谁检查、谁反馈", "let a section of the batch or a member of the team send it";
    RestrictedField "RESTRICTED_FIELD_IN_PUBLICATION" 6: "a public draw needs public inputs, and what must not be public is never stated",
        "公开抽取的依据须可公开，不得公开的内容不入账本", "leave out what is named; for risk classes, adopt a rule set that makes them public";
    Embargoed "EMBARGOED" 6: "what is drawn under embargo is named when the scheme says so, and not before",
        "保密抽取的名单按方案规定的时间公开，不得提前", "wait for the time named, or for the release of the embargo";
    EmbargoKeyMismatch "EMBARGO_KEY_MISMATCH" 6: "the embargo key held and published is the one that the frozen pool commits to",
        "持有和公开的保密密钥须与抽取池所作承诺一致", "use the key that `lotbook embargo hold` has kept for this batch";
    NoCauseForDirect "NO_CAUSE_FOR_DIRECT" 9: "an inspection of a certain enterprise without a draw has a cause and what it rests on",
        "不经抽取检查特定企业须有投诉、举报、交办、移送等事由及依据", "state the cause and its sealed basis, or leave the enterprise to the draw";
    ItemWithoutBasis "ITEM_WITHOUT_BASIS" 8: "an item has name, content, legal basis and an entry in the powers list",
        "抽查事项须有名称、内容、依据及权责清单编号", "fill the empty field";
    ItemNotPublished "ITEM_NOT_PUBLISHED" 8: "only items published and in force may be planned, drawn for and inspected",
        "未公布的抽查事项不得列入计划、抽取或实施", "publish the item first (ItemAggregated, ItemPublished)";
    CertificateInvalid "CERTIFICATE_INVALID" 10: "an inspector's certificate is valid on the day of the act",
        "执法人员证件须在当日有效", "renew the certificate, or ask for a substitute";
    InspectorNotActive "INSPECTOR_NOT_ACTIVE" 10: "an inspector who is off post, seconded or suspended does not inspect",
        "离岗、借调、停职人员不得执法检查", "ask for a substitute";
    DuplicateUscc "DUPLICATE_USCC" 11: "an enterprise has one live entry in the roster",
        "同一企业在名录库中只能有一条有效记录", "state EnterpriseUpdated";
    NoAdoptedPlan "NO_ADOPTED_PLAN" 12: "a draw implements an adopted annual plan",
        "抽取须依据已确定的年度检查计划", "adopt the plan first (late is allowed and flagged)";
    PlanFieldMissing "PLAN_FIELD_MISSING" 13: "a plan has scope, requirements on inspectors, ratio and frequency, and timing",
        "年度检查计划须含对象范围、人员要求、比例频次、时间", "fill the empty field and draft the plan again";
    AlreadyDrawn "ALREADY_DRAWN" 14: "a batch is drawn once",
        "同一批次只能抽取一次", "nothing: the recorded draw stands";
    FirmWithoutTeam "FIRM_WITHOUT_TEAM" 14: "every eligible enterprise can be staffed at least alone",
        "每一合格企业须至少能单独配齐检查人员", "extend the inspector pool by qualification or section";
    OutOfPlanScope "OUT_OF_PLAN_SCOPE" 14: "scheme and draw stay within the plan and the rule set",
        "方案与抽取须在计划及规则集范围内", "bring the value named within the plan";
    TeamTooSmall "TEAM_TOO_SMALL" 14: "a team has at least the number of inspectors the rule set names",
        "检查组人数不得少于规则集规定", "add a seat";
    NoScheme "NO_SCHEME" 14: "a scheme with process, content and time slot is adopted before the draw",
        "抽取前须有已确定的检查方案", "state SchemeAdopted for the batch";
    ManualAssignment "MANUAL_ASSIGNMENT" 14: "pool, draw and assignment are derived by the ledger, never stated by a person",
        "抽取池、抽取结果与分配只能由系统生成", "open a ceremony";
    BeaconInvalid "BEACON_INVALID" 14: "a draw takes the round that its pool names, of the chain that it names, with the chain's signature",
        "抽取须采用抽取池所载信标链、轮次及其有效签名", "carry the round that `ceremony status` names from that chain";
    DrawOverdue "DRAW_OVERDUE" 14: "while a draw whose result is fixed stays unrecorded, nothing else is drawn or started",
        "结果已确定的抽取逾期未记录的，不得另行抽取或开始检查", "record the beacon's round of the draw named";
    ConflictOfInterest "CONFLICT_OF_INTEREST" 15: "nobody inspects an enterprise with which they have a conflict",
        "与被检查对象有利害关系的不得参加检查", "ask for the recusal of the inspector concerned";
    RecusalPending "RECUSAL_PENDING" 15: "an inspection starts after every recusal in its team is settled",
        "回避未处理完毕不得开始检查", "let the recusal be decided and its substitute be drawn first";
    SwapInfeasible "SWAP_INFEASIBLE" 15: "a recusal is a swap or a withdrawal as its ground and the pools say",
        "交换或不参与须符合回避事由及抽取池情况", "decide what the rule yields, which is named";
    SubstituteNotDrawn "SUBSTITUTE_NOT_DRAWN" 15: "substitutes and counterparts are drawn by the system, never named by a person",
        "替代人员和交换对象只能由系统抽取", "open a ceremony for the recusal";
    SelfApproval "SELF_APPROVAL" 15: "nobody approves their own act, and who keeps the rosters does not draw from them",
        "不得批准本人行为，名录保管人不得操作抽取", "let another key state it";
    UnresolvedViolation "UNRESOLVED_VIOLATION" 22: "an inspection is closed when every violation has a decision that is published or withheld",
        "发现的违法问题未处理并公布前不得办结", "decide the violation and publish or withhold the decision";
    DisclosureSectionMissing "DISCLOSURE_SECTION_MISSING" 23: "the annual disclosure has all of its parts, an empty one says so",
        "年度公开须内容齐全，无内容的部分写明“无”", "publish the document as the ledger derived it, with all six parts";
    IdentifyingPredicate "IDENTIFYING_PREDICATE" 17: "a directed draw has conditions on classes, none that singles out an enterprise",
        "定向抽查只能以类别为条件，不得指向特定企业", "ask for a class (kind, industry, area, registration, risk class, last draw); a specific enterprise is inspected under Art. 9 with its cause";
    PredicateAfterSnapshot "PREDICATE_AFTER_SNAPSHOT" 17: "class conditions do not change once a pool was frozen by them",
        "抽取池冻结后不得变更类别条件", "plan another batch with the new conditions";
    ReportIncomplete "REPORT_INCOMPLETE" 18: "a report has time, content, findings, evaluation, opinion and proposals",
        "检查报告须含时间、内容、情况、评价、意见建议", "fill the empty part";
    SignerNotAssigned "SIGNER_NOT_ASSIGNED" 18: "only the inspectors assigned to an inspection act in it",
        "仅被分配的执法检查人员可办理该检查", "let a member of the team state it";
}

impl core::fmt::Display for Code {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A rule said no. Expected, recorded if the author is authentic, never a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}{}: {found} ({}; {})", article(*code), code.rule(), code.remedy())]
pub struct Refusal {
    /// Which rule.
    pub code: Code,
    /// What was found, naming the subject.
    pub found: String,
    /// The subject it is about; may be empty.
    pub subject: String,
}

fn article(code: Code) -> String {
    match code.article() {
        0 => String::new(),
        n => format!(" (Art. {n})"),
    }
}

impl Refusal {
    /// A refusal about a subject.
    pub fn new(code: Code, subject: impl core::fmt::Display, found: impl Into<String>) -> Self {
        Self { code, found: found.into(), subject: subject.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn codes_are_distinct_upper_case_and_explained_in_both_languages() {
        let mut seen = std::collections::BTreeSet::new();
        for code in Code::ALL {
            assert!(seen.insert(code.as_str()), "{code} twice");
            assert!(code.as_str().bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{code}");
            assert!(
                !code.rule().is_empty() && !code.rule_zh().is_ascii() && !code.remedy().is_empty(),
                "{code}"
            );
        }
    }
}
