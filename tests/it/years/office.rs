//! A random small office: its rules, rosters, items and plans, and the days on which they are stated.

use super::cast::{FIRMS, INSPECTORS, SECTIONS, cast, inspector, section};
use super::days::{date, day};
use super::dice::Dice;
use super::ledger::Author;
use lotbook_event::ceremony::ParticipantRole;
use lotbook_event::keys::Role;
use lotbook_event::plan::*;
use lotbook_event::registry::*;
use lotbook_event::*;
use std::collections::BTreeSet;

/// Something that will be stated on a day, counted from the founding.
pub struct Scheduled {
    pub day: i64,
    pub author: Author,
    pub event: Event,
}

pub fn text(text: impl Into<String>) -> Text {
    Text::new(text).unwrap()
}

pub fn texts<'a>(of: impl IntoIterator<Item = &'a str>) -> BTreeSet<Text> {
    of.into_iter().map(text).collect()
}

/// The sections, the same in all years.
pub fn sections() -> SectionRegistered {
    let row = |n| Section {
        section: section(n),
        name: text(format!("section {n}")),
        kind: text("business"),
        coordinates: n == 0,
        inspects: true,
    };
    SectionRegistered { rows: (0..SECTIONS).map(row).collect() }
}

const QUALIFICATIONS: [&str; 3] = ["fire", "shelter", "alarm"];
const KINDS: [&str; 2] = ["A", "B"];
/// The last is outside the office's area.
const AREAS: [&str; 3] = ["411102", "411103", "410105"];

/// Everything that is stated according to plan.
pub fn schedule(dice: &mut Dice) -> Vec<Scheduled> {
    let mut agenda = vec![];
    let (registrar, leader) = (cast().of(Role::Registrar), cast().of(Role::OfficeLeader));
    let mut state = |day, author: Author, event: Event| agenda.push(Scheduled { day, author, event });
    state(0, leader.into(), office().into());
    let rules = rules(dice);
    state(0, leader.into(), rules.clone().into());
    let inspectors = inspectors(dice);
    let firms = firms(dice);
    state(0, registrar.into(), InspectorEnrolled { rows: inspectors.clone() }.into());
    state(0, registrar.into(), EnterpriseEnrolled { rows: firms.clone() }.into());
    state(0, registrar.into(), statuses(dice, &firms).into());
    state(0, registrar.into(), conflicts(dice, &inspectors, &firms).into());
    for year in [2026, 2027] {
        let first = if year == 2026 { 3 } else { 330 };
        if dice.chance(if year == 2026 { 90 } else { 50 }) {
            let late = if dice.chance(15) { 90 } else { 0 };
            let day = first + late + i64::from(dice.within(0, 20));
            state(day, cast().of(Role::Administrator).into(), calendar(dice, year).into());
        }
    }
    let items = items(dice);
    let names = || items.iter().map(|item| item.item.clone()).collect::<BTreeSet<_>>();
    for n in 0..SECTIONS {
        let rows: Vec<_> = items.iter().filter(|item| item.section == section(n)).cloned().collect();
        if !rows.is_empty() {
            state(0, officer(n), ItemProposed { rows }.into());
        }
    }
    state(1, cast().of(Role::Coordinator).into(), ItemAggregated { items: names() }.into());
    let published = ItemPublished { items: names(), published_on: date("2025-12-22") };
    state(2, cast().of(Role::Publisher).into(), published.into());
    plans(dice, &rules, &items).into_iter().for_each(|plan| plan_days(dice, &rules, plan, &mut state));
    agenda.sort_by_key(|scheduled| scheduled.day);
    agenda
}

pub fn officer(n: usize) -> Author {
    cast().in_section(Role::SectionOfficer, &section(n)).into()
}

fn office() -> OfficeConstituted {
    OfficeConstituted {
        name: text("office"),
        uscc: cast().firms[0].clone(),
        area: AreaCode::new("411100").unwrap(),
        legal_basis: text("plan of 2019"),
        timezone: text("Asia/Shanghai"),
    }
}

fn rules(dice: &mut Dice) -> RulesetAdopted {
    let standing = |role, name: &str| StandingParticipant {
        role,
        name: text(name),
        nominated_by: text(format!("body of {name}")),
    };
    let mut participants = vec![standing(ParticipantRole::DrawingSection, "section")];
    let outside = [
        (ParticipantRole::Supervision, Role::Supervisor),
        (ParticipantRole::Notary, Role::Notary),
        (ParticipantRole::Public, Role::Auditor),
    ];
    for (part, role) in &outside[..dice.within(1, 3) as usize] {
        participants.push(standing(*part, role.code()));
    }
    RulesetAdopted {
        rule_set_id: text("R2026"),
        adopted_on: date("2025-12-20"),
        annual_cap: dice.within(1, 3),
        exclude_if_drawn_by_other_unit: dice.chance(85),
        exempt_statuses: texts(["abnormal", "penalty"]),
        penalty_status: text("penalty"),
        penalty_memory_months: 12,
        risk_class_public: dice.chance(90),
        plan_due: MonthDay::new("01-31").unwrap(),
        report_working_days: dice.within(3, 6),
        feedback_working_days: dice.within(5, 8),
        publication_working_days: dice.within(5, 8),
        comment_working_days: dice.within(7, 10),
        min_pool: 3,
        team_minimum: 2,
        scheme_min_age_days: dice.within(0, 3),
        participant_key_min_age_days: 7,
        commit_window_minutes: dice.within(60, 240),
        reveal_window_minutes: dice.within(60, 240),
        min_reveals: 2,
        max_load: 6,
        frequencies: vec![
            StateFrequency { registration: text("live"), draws_per_year: dice.within(1, 3) },
            StateFrequency { registration: text("revoked"), draws_per_year: 0 },
        ],
        participants,
        trust_status: text("trusted"),
        disclosure_due: DueDay::new("02-last").unwrap(),
        recusal_always_withdraw: dice.chance(15),
        recusal_reserve_order: false,
        beacons: vec![],
    }
}

fn inspectors(dice: &mut Dice) -> Vec<Inspector> {
    let count = dice.within(6, u32::try_from(INSPECTORS).unwrap()) as usize;
    (0..count).map(|n| an_inspector(dice, n)).collect()
}

/// An inspector's row, any of those that may be.
pub fn an_inspector(dice: &mut Dice, n: usize) -> Inspector {
    let until = match dice.below(12) {
        0 => "2026-01-05",
        1 => "2026-07-15",
        _ => "2028-12-31",
    };
    let duty = if dice.chance(92) { Duty::Active } else { *dice.pick(Duty::ALL) };
    Inspector {
        inspector: inspector(n),
        name: text(format!("inspector {}", inspector(n))),
        certificate: text(format!("C-{n}")),
        certificate_valid_until: date(until),
        section: section(n % SECTIONS),
        post: text("officer"),
        qualifications: dice.some(&QUALIFICATIONS).into_iter().map(text).collect(),
        duty,
        enrolled_on: date("2020-01-01"),
    }
}

fn firms(dice: &mut Dice) -> Vec<Enterprise> {
    let count = dice.within(8, u32::try_from(FIRMS).unwrap()) as usize;
    (0..count).map(|n| a_firm(dice, n)).collect()
}

/// An enterprise's row, any of those that may be.
pub fn a_firm(dice: &mut Dice, n: usize) -> Enterprise {
    let area = if dice.chance(94) { AREAS[dice.below(2)] } else { AREAS[2] };
    Enterprise {
        uscc: cast().firms[n].clone(),
        name: text(format!("firm {n}")),
        kind: text(*dice.pick(&KINDS)),
        area: AreaCode::new(area).unwrap(),
        industry: text("4754"),
        address: text(""),
        registration: text(if dice.chance(94) { "live" } else { "revoked" }),
        risk_class: text(*dice.pick(&["H", "L"])),
        enrolled_on: date("2020-01-01"),
        nonconforming: text(""),
    }
}

/// A status, any of those that may be.
pub fn a_status(dice: &mut Dice, uscc: &Uscc) -> Status {
    let kind = *dice.pick(&["abnormal", "penalty", "trusted", "trusted", "honoured"]);
    let ends = ["2026-05-31", "2027-06-30"].map(date);
    let until = dice.chance(50).then(|| *dice.pick(&ends));
    Status {
        uscc: uscc.clone(),
        kind: text(kind),
        since: *dice.pick(&["2024-03-01", "2025-06-01", "2026-03-01"].map(date)),
        until,
        authority: text("authority"),
        basis: text("basis"),
    }
}

fn statuses(dice: &mut Dice, firms: &[Enterprise]) -> StatusRecorded {
    let some: Vec<_> = firms.iter().filter(|_| dice.chance(25)).collect();
    let rows = some.into_iter().map(|firm| a_status(dice, &firm.uscc)).collect();
    StatusRecorded { rows }
}

/// A conflict, any of those that may be.
pub fn a_conflict(dice: &mut Dice, inspector: &InspectorId, uscc: &Uscc) -> Conflict {
    Conflict {
        inspector: inspector.clone(),
        uscc: uscc.clone(),
        declared_on: date("2025-12-01"),
        verified: dice.chance(50),
        until: dice.chance(20).then(|| date("2026-02-28")),
        ground_commitment: Bytes32(dice.bytes()),
    }
}

fn conflicts(dice: &mut Dice, inspectors: &[Inspector], firms: &[Enterprise]) -> ConflictDeclared {
    let mut rows = vec![];
    for inspector in inspectors {
        for firm in firms {
            if dice.chance(6) {
                rows.push(a_conflict(dice, &inspector.inspector, &firm.uscc));
            }
        }
    }
    ConflictDeclared { rows }
}

/// A year's working days with some exceptions.
fn calendar(dice: &mut Dice, year: u32) -> CalendarPublished {
    let first = day(date(&format!("{year}-01-01")));
    let (mut weekdays_off, mut weekend_days_worked) = (BTreeSet::new(), BTreeSet::new());
    for n in first..first + 360 {
        let weekend = super::days::is_weekend(n);
        if !weekend && dice.chance(6) {
            weekdays_off.insert(super::days::from_day(n));
        } else if weekend && dice.chance(6) {
            weekend_days_worked.insert(super::days::from_day(n));
        }
    }
    CalendarPublished { year, notice_no: text("notice"), weekdays_off, weekend_days_worked }
}

fn items(dice: &mut Dice) -> Vec<Item> {
    let count = dice.within(3, 4) as usize;
    (0..count).map(|n| item(dice, n, n % SECTIONS)).collect()
}

/// An item of a section.
pub fn item(dice: &mut Dice, n: usize, of: usize) -> Item {
    Item {
        item: ItemId::new(format!("K{}", n + 1)).unwrap(),
        category: text("category"),
        name: text(format!("item {n}")),
        content: text("content"),
        applies_to: text(*dice.pick(&KINDS)),
        key_item: dice.chance(20),
        method: text("on site"),
        legal_basis: text("law"),
        section: section(of),
        ratio_limit_ppm: dice.chance(30).then_some(300_000),
        yearly_limit: 1,
        specialised: dice.chance(30),
        qualification: text(""),
        min_inspectors: 2,
        powers_list_ref: text("Q-1"),
    }
}

/// One plan a section. The first may hold a comprehensive batch, which the second joins.
fn plans(dice: &mut Dice, rules: &RulesetAdopted, items: &[Item]) -> Vec<PlanDrafted> {
    let count = dice.within(2, 3) as usize;
    let together = dice.chance(50);
    let mut plans: Vec<_> = (0..count).map(|n| plan(dice, rules, items, n)).collect();
    if together {
        let both: BTreeSet<_> = [section(0), section(1)].into();
        let (host, guest) = plans.split_at_mut(1);
        let own =
            |n| items.iter().filter(move |item| item.section == section(n)).map(|item| item.item.clone());
        let mut batch = batch(dice, "BC", own(0).chain(own(1)).collect(), both);
        batch.per_enterprise = 3;
        let join =
            BatchJoin { plan: host[0].plan.clone(), batch: batch.batch.clone(), items: own(1).collect() };
        host[0].batches.push(batch);
        guest[0].joins.push(join);
    }
    plans
}

fn plan(dice: &mut Dice, rules: &RulesetAdopted, items: &[Item], n: usize) -> PlanDrafted {
    let own = items.iter().filter(|item| item.section == section(n)).map(|item| item.item.clone());
    let trust_mode = *dice.pick(TrustMode::ALL);
    let annual_cap = if dice.chance(80) { rules.annual_cap } else { 1 };
    PlanDrafted {
        plan: PlanId::new(format!("P{}", n + 1)).unwrap(),
        year: 2026,
        section: section(n),
        title: text("plan"),
        annual_cap,
        trust_mode,
        reduced_cap: u32::from(trust_mode == TrustMode::Reduced),
        batches: vec![batch(dice, "B1", own.collect(), [section(n)].into())],
        joins: vec![],
    }
}

fn batch(dice: &mut Dice, name: &str, items: BTreeSet<ItemId>, sections: BTreeSet<SectionId>) -> Batch {
    let stratification = *dice.pick(&[Stratification::None, Stratification::Risk, Stratification::Area]);
    let strata: &[&str] = match stratification {
        Stratification::None => &[""],
        Stratification::Risk => &["H", "L"],
        Stratification::Area => &AREAS[..2],
    };
    let total = if dice.chance(40) { dice.within(1, 3) } else { 0 };
    let rate = |stratum: &&str| StratumRate { stratum: text(*stratum), ppm: 0 };
    let mut rates: Vec<_> = if total > 0 { vec![] } else { strata.iter().map(rate).collect() };
    rates.iter_mut().for_each(|rate| rate.ppm = dice.within(50_000, 250_000));
    Batch {
        batch: BatchId::new(name).unwrap(),
        name: text("batch"),
        items,
        directed: dice.chance(50),
        frequency: dice.within(1, 2),
        sections,
        kinds: if dice.chance(70) { texts(KINDS) } else { texts([KINDS[dice.below(2)]]) },
        areas: BTreeSet::new(),
        registrations: BTreeSet::new(),
        stratification,
        minimum: if rates.is_empty() { 0 } else { dice.within(0, 2) },
        rates,
        total,
        qualifications: dice.some(&QUALIFICATIONS).into_iter().map(text).collect(),
        per_enterprise: 2,
        draw_from: date("2026-02-01"),
        draw_to: date("2026-06-30"),
        inspect_from: date("2026-03-01"),
        inspect_to: date("2026-12-31"),
        predicates: vec![],
    }
}

/// When a plan is drafted, adopted and published, and its schemes follow: in time, late or never.
fn plan_days(
    dice: &mut Dice,
    rules: &RulesetAdopted,
    plan: PlanDrafted,
    state: &mut impl FnMut(i64, Author, Event),
) {
    let officer = || Author::from(cast().in_section(Role::SectionOfficer, &plan.section));
    let drafted = match dice.below(10) {
        0..7 => i64::from(dice.within(5, 40)),
        _ => i64::from(dice.within(43, 90)),
    };
    state(drafted, officer(), plan.clone().into());
    if dice.chance(4) {
        return;
    }
    let adopted = drafted + i64::from(dice.within(0, 3));
    let event = PlanAdopted { plan: plan.plan.clone(), adopted_on: date("2026-01-20") };
    state(adopted, officer(), event.into());
    if dice.chance(85) {
        let published = adopted + i64::from(dice.within(0, 60));
        let event = PlanPublished { plan: plan.plan.clone(), published_on: date("2026-02-01") };
        state(published, cast().of(Role::Publisher).into(), event.into());
    }
    for batch in &plan.batches {
        let restricted = batch.stratification == Stratification::Risk && !rules.risk_class_public;
        let day = adopted + i64::from(dice.within(0, 20));
        if !restricted && dice.chance(97) {
            state(day, officer(), scheme(dice, &plan.plan, batch).into());
        }
    }
}

pub fn scheme(dice: &mut Dice, plan: &PlanId, batch: &Batch) -> SchemeAdopted {
    let mut seats = vec![Seat { accepts: batch.qualifications.clone() }];
    for _ in 1..batch.per_enterprise {
        let typed = dice.chance(20).then(|| texts([*dice.pick(&QUALIFICATIONS)]));
        seats.push(Seat { accepts: typed.unwrap_or_default() });
    }
    SchemeAdopted {
        scheme: SchemeId::new(format!("F-{plan}-{}", batch.batch)).unwrap(),
        plan: plan.clone(),
        batch: batch.batch.clone(),
        adopted_on: date("2026-02-01"),
        process: text("process"),
        content: text("content"),
        window_from: date("2026-03-01"),
        window_to: date("2026-11-30"),
        seats,
        max_load: if dice.chance(12) { 1 } else { dice.within(2, 6) },
        min_inspectors: dice.chance(20).then_some(4),
        reveal: Reveal::AtDraw,
    }
}
