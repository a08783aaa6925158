//! `office.toml`: the office, its rule set, the standing participants of ceremonies.

use std::collections::BTreeMap;

use lotbook_event::ceremony::ParticipantRole;
use lotbook_event::keys::Role;
use lotbook_event::registry::{OfficeConstituted, RulesetAdopted, StandingParticipant, StateFrequency};
use lotbook_event::{AreaCode, DueDay, Event, MonthDay, Text, Uscc};
use serde::Deserialize;

use crate::beacon::{BeaconToml, Beacons, beacons};
use crate::changes::Change;
use crate::decode::decode;
use crate::import::{Draft, Work};
use crate::page::Page;
use crate::report::{FileReport, Problem, RowNote};
use crate::toml_file::{date, filled, one_of, only, parse, registration, set, text, value};

/// The content of an office file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeFile {
    /// Origin of the ledger, for its genesis; empty if the file has none.
    pub origin: Text,
    /// The office.
    pub office: OfficeConstituted,
    /// Its rule set.
    pub rule_set: RulesetAdopted,
}

/// Reads an office file, for a genesis.
///
/// # Errors
/// The line of a report that says what is wrong.
pub fn read_office(bytes: &[u8]) -> Result<OfficeFile, RowNote> {
    decode(bytes).and_then(|decoded| read(&decoded.text)).map_err(|problem| problem.note(0))
}

pub(crate) fn import(page: &Page, work: &mut Work, report: &mut FileReport) -> Result<Vec<Draft>, Problem> {
    let OfficeFile { office, rule_set, .. } = read(page.text()?)?;
    report.rows = 2;
    let adopted_on = rule_set.adopted_on;
    let known_rules = work.known.rule_set.as_ref();
    let same_id = known_rules.filter(|known| known.rule_set_id == rule_set.rule_set_id);
    let mut drafts = Vec::new();
    match (Change::between(work.known.office.as_ref(), &office), &office.name) {
        (Change::Changed, name) => report.reject(1, once("office", name, "the office is constituted once")),
        (change, _) => {
            report.row((1, 0), &office.name, change, Vec::new);
            let new = (change == Change::Added).then(|| Event::from(office));
            drafts.extend(new.map(|event| page.draft(Role::OfficeLeader, None, event, None)));
        }
    }
    match (Change::between(same_id, &rule_set), &rule_set.rule_set_id) {
        (Change::Changed, id) => {
            report.reject(2, once("rule_set.id", id, "this rule set is adopted already"))
        }
        (change, _) => {
            let another = known_rules.is_some() && change == Change::Added;
            let told = if another { Change::Changed } else { change };
            report.row((2, 0), &rule_set.rule_set_id, told, Vec::new);
            let new = (change == Change::Added).then(|| Event::from(rule_set));
            drafts.extend(new.map(|event| page.draft(Role::OfficeLeader, None, event, Some(adopted_on))));
        }
    }
    Ok(drafts)
}

fn once(key: &str, found: &Text, what: &str) -> Problem {
    let because = format!("{what}, and the ledger has it with other content");
    Problem::new(key, found.as_str(), because, "undo the change, or adopt a rule set with a new id")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileToml {
    office: OfficeToml,
    rule_set: RuleSetToml,
    #[serde(default)]
    participant: Vec<ParticipantToml>,
    #[serde(default)]
    beacon: Vec<BeaconToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfficeToml {
    name: String,
    uscc: String,
    area: String,
    #[serde(default)]
    origin: String,
    legal_basis: String,
    timezone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleSetToml {
    id: String,
    adopted_on: String,
    annual_cap: u32,
    exclude_if_drawn_by_other_unit: bool,
    exempt_statuses: Vec<String>,
    penalty_status: Option<String>,
    trust_status: Option<String>,
    penalty_memory_months: u32,
    trustworthy_default: Option<String>,
    risk_class: String,
    plan_due: String,
    report_working_days: u32,
    feedback_working_days: u32,
    publication_working_days: u32,
    comment_working_days: u32,
    disclosure_due: Option<String>,
    recusal_always_withdraw: Option<bool>,
    min_pool: u32,
    team_minimum: u32,
    scheme_min_age_days: u32,
    participant_key_min_age_days: u32,
    commit_window_minutes: u32,
    reveal_window_minutes: u32,
    min_reveals: Option<u32>,
    beacon: Option<Beacons>,
    delta_seconds: Option<u32>,
    recusal_randomness: Option<String>,
    max_load: u32,
    reveal: Option<String>,
    frequency: BTreeMap<String, u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParticipantToml {
    role: String,
    name: String,
    #[serde(default)]
    nominated_by: String,
}

fn read(toml: &str) -> Result<OfficeFile, Problem> {
    let file: FileToml = parse(toml)?;
    let origin = text("office.origin", &file.office.origin)?;
    let participants: Vec<_> = file.participant.iter().map(participant).collect::<Result<_, _>>()?;
    Ok(OfficeFile {
        origin,
        office: office(&file.office)?,
        rule_set: rule_set(&file.rule_set, participants, &file.beacon)?,
    })
}

fn office(found: &OfficeToml) -> Result<OfficeConstituted, Problem> {
    only("office.timezone", &found.timezone, "Asia/Shanghai")?;
    Ok(OfficeConstituted {
        name: filled("office.name", &found.name)?,
        uscc: value("office.uscc", &found.uscc, Uscc::conforming(&*found.uscc))?,
        area: value("office.area", &found.area, AreaCode::new(&*found.area))?,
        legal_basis: filled("office.legal_basis", &found.legal_basis)?,
        timezone: text("office.timezone", &found.timezone)?,
    })
}

fn participant(found: &ParticipantToml) -> Result<StandingParticipant, Problem> {
    let words: Vec<_> = ParticipantRole::ALL.iter().map(|role| (role.code(), *role)).collect();
    Ok(StandingParticipant {
        role: one_of("participant.role", &found.role, &words)?,
        name: filled("participant.name", &found.name)?,
        nominated_by: text("participant.nominated_by", &found.nominated_by)?,
    })
}

fn rule_set(
    found: &RuleSetToml,
    participants: Vec<StandingParticipant>,
    known: &[BeaconToml],
) -> Result<RulesetAdopted, Problem> {
    only("rule_set.reveal", found.reveal.as_deref().unwrap_or("at_draw"), "at_draw")?;
    let default = found.trustworthy_default.as_deref().unwrap_or("none");
    one_of("rule_set.trustworthy_default", default, &[("none", ()), ("reduced", ()), ("exempt", ())])?;
    let min_reveals = min_reveals(found.min_reveals.unwrap_or(2), participants.len())?;
    Ok(RulesetAdopted {
        rule_set_id: filled("rule_set.id", &found.id)?,
        adopted_on: date("rule_set.adopted_on", &found.adopted_on)?,
        annual_cap: found.annual_cap,
        exclude_if_drawn_by_other_unit: found.exclude_if_drawn_by_other_unit,
        exempt_statuses: set("rule_set.exempt_statuses", &found.exempt_statuses, Text::new)?,
        penalty_status: filled(
            "rule_set.penalty_status",
            found.penalty_status.as_deref().unwrap_or("行政处罚"),
        )?,
        penalty_memory_months: found.penalty_memory_months,
        risk_class_public: one_of(
            "rule_set.risk_class",
            &found.risk_class,
            &[("public", true), ("restricted", false)],
        )?,
        plan_due: value("rule_set.plan_due", &found.plan_due, MonthDay::new(&*found.plan_due))?,
        report_working_days: found.report_working_days,
        feedback_working_days: found.feedback_working_days,
        publication_working_days: found.publication_working_days,
        comment_working_days: found.comment_working_days,
        min_pool: found.min_pool,
        team_minimum: found.team_minimum,
        scheme_min_age_days: found.scheme_min_age_days,
        participant_key_min_age_days: found.participant_key_min_age_days,
        commit_window_minutes: found.commit_window_minutes,
        reveal_window_minutes: found.reveal_window_minutes,
        min_reveals,
        max_load: found.max_load,
        frequencies: frequencies(&found.frequency)?,
        participants,
        trust_status: filled("rule_set.trust_status", found.trust_status.as_deref().unwrap_or("守信企业"))?,
        disclosure_due: disclosure_due(found.disclosure_due.as_deref().unwrap_or("02-last"))?,
        recusal_always_withdraw: found.recusal_always_withdraw.unwrap_or(false),
        recusal_reserve_order: reserve_order(found.recusal_randomness.as_deref())?,
        beacons: beacons(found.beacon.as_ref(), found.delta_seconds, known)?,
    })
}

fn disclosure_due(found: &str) -> Result<DueDay, Problem> {
    value("rule_set.disclosure_due", found, DueDay::new(found))
}

/// A ceremony that asks for more reveals than it has participants can never close.
fn min_reveals(reveals: u32, participants: usize) -> Result<u32, Problem> {
    if usize::try_from(reveals).is_ok_and(|reveals| reveals > participants) {
        let because = format!("{reveals} reveals are asked for and {participants} participants are named");
        return Err(Problem::new(
            "rule_set.min_reveals",
            reveals.to_string(),
            because,
            "name more participants",
        ));
    }
    Ok(reveals)
}

fn frequencies(table: &BTreeMap<String, u32>) -> Result<Vec<StateFrequency>, Problem> {
    let mut draws_by_state = BTreeMap::new();
    for (found, draws) in table {
        let state = registration("rule_set.frequency", found)?;
        if draws_by_state.insert(state, *draws).is_some_and(|known| known != *draws) {
            let because = "another word for the same state has another number";
            return Err(Problem::new("rule_set.frequency", found, because, "give both the same number"));
        }
    }
    let row = |(registration, draws_per_year)| StateFrequency { registration, draws_per_year };
    Ok(draws_by_state.into_iter().map(row).collect())
}

/// Substitutes are drawn by a fresh ceremony, or supervision may approve the batch's own reserve order.
fn reserve_order(found: Option<&str>) -> Result<bool, Problem> {
    let words = [("fresh_round", false), ("reserve_order", true)];
    found.map_or(Ok(false), |found| one_of("rule_set.recusal_randomness", found, &words))
}
