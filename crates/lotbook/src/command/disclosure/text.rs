//! A disclosure as text for people, Chinese and English: all six parts, an empty one says 无.

use data_encoding::HEXLOWER;
use lotbook_event::ceremony::Purpose;
use lotbook_event::disclosure::*;
use lotbook_event::inspection::{DirectCause, ItemOutcome};
use lotbook_event::oversight::Obligation;
use lotbook_event::recusal::{RecusalDecision, RecusalGround};
use lotbook_event::result::HandlingKind;
use lotbook_event::wire::Wire;
use std::fmt::Write;

/// The text; every line ends.
pub fn of(document: &DisclosureDocument) -> String {
    let mut text = String::new();
    put(&mut text, format_args!("{} 年度公开 / annual disclosure of {}", document.office, document.year));
    put(&mut text, format_args!("ledger     {} {}", document.origin, HEXLOWER.encode(&document.ledger_id)));
    put(&mut text, format_args!("entries    {}, root {}", document.size, HEXLOWER.encode(&document.root)));
    let parts: [(&str, Vec<String>); 6] = [
        ("一、抽取情况 / draws", document.draws.as_ref().map(draws).unwrap_or_default()),
        (
            "二、检查时间、过程和结果 / inspections",
            document.inspections.as_ref().map(inspections).unwrap_or_default(),
        ),
        ("三、反馈 / feedback", document.feedback.as_ref().map(feedback).unwrap_or_default()),
        ("四、意见建议 / comments", document.comments.as_ref().map(comments).unwrap_or_default()),
        ("五、检查结果的运用 / use of results", document.handling.as_ref().map(handling).unwrap_or_default()),
        (
            "六、偏离、逾期和拒绝 / deviations, lateness, refusals",
            document.deviations.as_ref().map(deviations).unwrap_or_default(),
        ),
    ];
    for (title, lines) in parts {
        put(&mut text, format_args!("\n{title}"));
        let none = ["无 / none".to_owned()];
        let lines = if lines.is_empty() { none.as_slice() } else { &lines };
        lines.iter().for_each(|line| put(&mut text, format_args!("  {line}")));
    }
    text.push('\n');
    text
}

/// Date and minute of an instant in the office.
pub fn time(us: i64) -> String {
    let Ok(at) = jiff::Timestamp::from_microsecond(us) else { return format!("{us} us") };
    let local = jiff::tz::offset(8).to_datetime(at);
    format!("{} {:02}:{:02}", local.date(), local.hour(), local.minute())
}

fn put(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    writeln!(text, "{line}").ok();
}

/// The name of a value of an enumeration.
fn code<E: Wire<Wire = i32> + ToString>(value: i32) -> String {
    E::parse(value).map_or_else(|_| value.to_string(), |known| known.to_string())
}

fn at(label: &str, instant: Option<i64>) -> String {
    instant.map(|us| format!(", {label} {}", time(us))).unwrap_or_default()
}

fn draws(part: &DisclosedDraws) -> Vec<String> {
    part.draws.iter().map(draw).collect()
}

fn draw(row: &DisclosedDraw) -> String {
    let stage = match row.stage() {
        DrawStage::Drawn => format!("{} enterprises, {} inspectors drawn", row.selected, row.inspectors),
        DrawStage::Voided => "drawn and voided".into(),
        DrawStage::Failed => "the attempt failed".into(),
        DrawStage::Open | DrawStage::Unspecified => "not drawn yet".into(),
    };
    let excluded: Vec<_> = row.excluded.iter().map(|row| format!("{} {}", row.reason, row.rows)).collect();
    let excluded =
        if excluded.is_empty() { String::new() } else { format!("; excluded: {}", excluded.join(", ")) };
    let seed = row.seed.as_ref().map(|seed| format!("; seed {}", HEXLOWER.encode(seed))).unwrap_or_default();
    format!(
        "{} ({}, sections {}), opened {}: {stage}; eligible: {} enterprises, {} inspectors{excluded}; \
         {} participants, {} committed, {} revealed{seed}",
        row.draw,
        code::<Purpose>(row.purpose),
        row.sections.join(" "),
        time(row.opened_at),
        row.eligible,
        row.eligible_inspectors,
        row.participants,
        row.committed,
        row.revealed
    )
}

fn inspections(part: &DisclosedInspections) -> Vec<String> {
    part.drawn.iter().chain(&part.direct).map(inspection).collect()
}

fn inspection(row: &DisclosedInspection) -> String {
    let cause =
        row.cause.map(|cause| format!(", Art. 9: {}", code::<DirectCause>(cause))).unwrap_or_default();
    let result = |r: &DisclosedResult| format!("{}/{} {}", r.section, r.item, code::<ItemOutcome>(r.outcome));
    let results: Vec<_> = row.results.iter().map(result).collect();
    format!(
        "{}{cause} {} {}, sections {}, team {}, assigned {}{}{}{}{}: {}",
        row.inspection,
        row.uscc,
        row.name,
        row.sections.join(" "),
        row.team.join(" "),
        time(row.assigned_at),
        at("started", row.started_at),
        at("concluded", row.concluded_at),
        at("reported", row.reported_at),
        at("closed", row.closed_at),
        if results.is_empty() { "no result yet".into() } else { results.join(", ") }
    )
}

fn feedback(part: &DisclosedFeedback) -> Vec<String> {
    let late = |what: &str, by: u32, missing: bool| match (by, missing) {
        (_, true) => format!(", {what} LATE AND OPEN"),
        (0, _) => String::new(),
        (days, _) => format!(", {what} late by {days} working days"),
    };
    let row = |row: &DisclosedFeedbackRow| {
        format!(
            "{}{}{}{}{}{}",
            row.inspection,
            at("sent", row.dispatched_at),
            at("delivered", row.delivered_at),
            at("published", row.published_at),
            late("feedback", row.feedback_late_by, row.feedback_missing),
            late("publication", row.publication_late_by, row.publication_missing)
        )
    };
    part.feedback.iter().map(row).collect()
}

fn comments(part: &DisclosedComments) -> Vec<String> {
    if part.rows == 0 {
        return vec![];
    }
    let counts = format!(
        "{} received, {} of them late; {} windows closed with none received",
        part.received, part.late, part.windows_closed
    );
    let answer = |row: &DisclosedAnswer| {
        format!("{} {}: {} -> {}", row.comment, row.inspection, row.summary, row.answer)
    };
    std::iter::once(counts).chain(part.answers.iter().map(answer)).collect()
}

fn counts(rows: &[DisclosedCount]) -> String {
    let rows: Vec<_> = rows.iter().map(|row| format!("{} {}", row.code, row.count)).collect();
    if rows.is_empty() { "无 / none".into() } else { rows.join(", ") }
}

fn handling(part: &DisclosedHandling) -> Vec<String> {
    if part.rows == 0 {
        return vec![];
    }
    let decision = |row: &DisclosedDecision| {
        let acknowledged = row.acknowledged_by.as_ref().map(|by| format!(", acknowledged by {by}"));
        let rectified = row.rectified_on.as_ref().map(|on| format!(", put right on {on}"));
        format!(
            "{} in {}, item {}: {} {} ({}), published {}{}{}",
            row.violation,
            row.inspection,
            row.item,
            code::<HandlingKind>(row.kind),
            row.decision_no,
            row.legal_basis,
            time(row.published_at),
            acknowledged.unwrap_or_default(),
            rectified.unwrap_or_default()
        )
    };
    let mut lines = vec![
        format!(
            "{} inspections closed; {} violations: {}",
            part.closed,
            part.violations,
            counts(&part.states)
        ),
        format!("decided: {}", counts(&part.kinds)),
        format!("withheld by ground: {}", counts(&part.withheld)),
        format!("transfers to judicial organs: {}", part.judicial_transfers),
    ];
    lines.extend(part.decisions.iter().map(decision));
    lines
}

fn deviations(part: &DisclosedDeviations) -> Vec<String> {
    let flag = |row: &DisclosedFlag| {
        let said: String = row.explanations.iter().map(|said| format!("; explained: {said}")).collect();
        let at = time(row.recorded_at);
        format!("{} {}: {} ({at}, entry {}){said}", row.flag, row.subject, row.detail, row.position)
    };
    let deadline = |row: &DisclosedDeadline| {
        let met = match row.met_at {
            Some(at) => format!("met {}, late by {} working days", time(at), row.late_by),
            None => "not met".into(),
        };
        format!("{} {}, due {}: {met}", code::<Obligation>(row.obligation), row.subject, row.due)
    };
    let recusal = |row: &DisclosedRecusals| {
        let decision = row.decision.map_or_else(|| "undecided".into(), code::<RecusalDecision>);
        format!("recusals: {} {decision} {}: {}", code::<RecusalGround>(row.ground), row.outcome, row.count)
    };
    let refusal = |row: &DisclosedRefusals| {
        format!("refusals: {}: {} recorded, {} counted", row.code, row.recorded, row.counted)
    };
    let tally = |row: &RecusalTally| {
        format!(
            "recusals {} {}: {} ({} swaps, {} withdrawals, {} rejected, {} unavailable, {} chosen)",
            if row.of() == RecusalTallyOf::Inspector { "of inspector" } else { "decided by key" },
            row.who,
            row.recusals,
            row.swaps,
            row.withdrawals,
            row.rejected,
            row.unavailable,
            row.chosen
        )
    };
    let tallies = part.recusal_tallies.iter().map(tally);
    let flags = part.flags.iter().map(flag);
    let flags = flags.chain(part.deadlines.iter().map(deadline)).chain(part.recusals.iter().map(recusal));
    let accountability = part.accountability.iter().flat_map(accountability);
    flags.chain(tallies).chain(part.refusals.iter().map(refusal)).chain(accountability).collect()
}

/// Art. 25; nothing where no dossier was opened.
fn accountability(part: &DisclosedAccountability) -> Vec<String> {
    if part.breaches == 0 {
        return vec![];
    }
    let counts = format!(
        "accountability (Art. 25): {} dossiers, {} with serious consequences, {} referred, {} decided",
        part.breaches, part.serious, part.referred, part.decided
    );
    let decisions = part.published.iter().map(|text| format!("accountability, decision published: {text}"));
    std::iter::once(counts).chain(decisions).collect()
}
