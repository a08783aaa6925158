//! The page of a certificate: what was drawn, how far it can be trusted, and how to check it oneself; for a citizen
//! and an office clerk, on screen and on paper. One file, no script, nothing from elsewhere.

mod figures;
mod markup;

use super::people::Names;
use crate::local_time;
use lotbook_chain::Instant;
use lotbook_draw::Certificate;
use lotbook_draw::certificate::{Ceremony, Grade, SubstitutionKind};
use lotbook_event::Reason;
use markup::{code, escape, heading, pair, table};
use std::collections::BTreeMap;

const STYLE: &str = include_str!("style.css");

/// The page beside the certificate of this file name.
pub fn html(certificate: &Certificate, names: &Names, file: &str, vkey: &str) -> String {
    let result = match super::is_sealed(certificate) {
        true => vec![sealed(certificate), ceremony(certificate)],
        false => vec![
            figures::overview(certificate),
            selected(certificate, names),
            pool(certificate),
            ceremony(certificate),
            substitutions(certificate, names),
            figures::shape(&certificate.shape),
        ],
    };
    let (begin, end) = (head(certificate, names) + &grade(certificate), verify(certificate, file, vkey));
    let title = escape(&certificate.draw_id);
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\"><head><meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>抽取证书 Draw certificate {title}</title>\n<style>\n{STYLE}</style></head><body>\n{}</body></html>\n",
        [begin, result.concat(), end].concat()
    )
}

/// Before an embargo's release: what is withheld, how long, and what is fixed already.
fn sealed(certificate: &Certificate) -> String {
    let until = super::until(certificate);
    let commitment =
        certificate.embargo.as_ref().map(|embargo| embargo.commitment.to_string()).unwrap_or_default();
    [
        heading("封存中", "Sealed"),
        pair(
            &format!(
                "封存至 {until}。抽取已经完成，结果不能再改变；为使检查不被预先得知，企业和检查人员的名称在此之前不公布。"
            ),
            &format!(
                "Sealed until {until}. The draw is made and cannot be changed any more; so that nobody is warned, \
                 neither enterprises nor inspectors are named before. Then this certificate has all of it."
            ),
        ),
        format!("<p>密钥承诺 <span class=\"en\">commitment to the key</span> {}</p>\n", code(&commitment)),
    ]
    .concat()
}

fn head(certificate: &Certificate, names: &Names) -> String {
    let Certificate { draw_id, attempt, origin, .. } = certificate;
    format!(
        "<header><h1>抽取证书<small lang=\"en\">Draw certificate</small></h1>\n\
         <p>{}　{}</p>\n<p class=\"en\">账本 Ledger {}　第{attempt}次 attempt {attempt}</p></header>\n",
        escape(names.office()),
        code(draw_id),
        code(origin)
    )
}

fn grade(certificate: &Certificate) -> String {
    let (letter, chinese, english) = match certificate.grade {
        Grade::A => (
            "A",
            "种子含公共信标，至少两方独立参与方揭示，见证方在信标之前已盖时间戳：无人能够选择或预知结果。",
            "The seed holds a public beacon and at least two independent reveals, and witnesses stamped the log before \
             the beacon: nobody could choose or foresee the result.",
        ),
        Grade::B => (
            "B",
            "种子含信标并有及时见证；或无信标而至少三方承诺、全部揭示、其中一方独立。只要有一方诚实，就无人能够选择结果。",
            "A beacon with timely witnesses; or no beacon, at least three who committed and all revealed, one of them \
             independent. If one of them was honest, nobody could choose the result.",
        ),
        Grade::C => (
            "C",
            "本次抽取的随机性保证不足，结果仍然有效。",
            "The randomness of this draw is assured less than it should be; the result stands.",
        ),
    };
    let bound = if certificate.grade == Grade::C { bias_bound(certificate) } else { String::new() };
    format!(
        "<section class=\"grade {letter}\"><b>{letter}</b><div>{}{bound}</div></section>\n",
        pair(chinese, english)
    )
}

/// What the certificate's shape bounds ([P-131]).
fn bias_bound(certificate: &Certificate) -> String {
    let bound = certificate.shape.get("bias").and_then(serde_json::Value::as_str).unwrap_or("-");
    pair(
        &format!(
            "偏差上界：若全部参与方合谋，没有上界；只要有一方诚实，本应以概率 p 出现的结果，其概率 {bound}。"
        ),
        &format!(
            "Bias bound: none if all participants acted together; if one was honest, what one draw gives with \
             probability p came with {bound}."
        ),
    )
}

fn selected(certificate: &Certificate, names: &Names) -> String {
    let seats = certificate.seats.len().max(1);
    let drawn = certificate.result.assignment.as_deref().unwrap_or_default();
    let now = certificate.substitutions.last().map_or(drawn, |last| last.result.as_slice());
    let strata: BTreeMap<&str, &str> =
        certificate.objects.rows.iter().map(|row| (row.uscc.as_str(), row.stratum.as_str())).collect();
    let key = lotbook_draw::Stage::Objects.key(&lotbook_draw::Seed::from_bytes(certificate.seed.0));
    let team = |slots: &[String], rank: usize| {
        let team = slots.chunks(seats).nth(rank).unwrap_or_default();
        escape(&team.iter().map(|id| names.inspector(id)).collect::<Vec<_>>().join("、"))
    };
    let pool = certificate.salted_pool().ok();
    let ticket = |uscc: &str| {
        let ticket = pool.as_ref().map(|pool| pool.object_ticket(&key, uscc));
        ticket.map(|ticket| data_encoding::HEXLOWER.encode(ticket.as_bytes())).unwrap_or_default()
    };
    let row = |(rank, uscc): (usize, &String)| {
        let ticket = ticket(uscc);
        let (then, today) = (team(drawn, rank), team(now, rank));
        let team = match (then.is_empty(), then == today) {
            (true, _) => "未能分配 <span class=\"en\">none could be assigned</span>".to_owned(),
            (false, true) => then,
            (false, false) => {
                format!("{today}<br><span class=\"en\">抽取时 as drawn：{then}</span>")
            }
        };
        let stratum = strata.get(uscc.as_str()).copied().unwrap_or_default();
        let name = format!("{}<br>{}", escape(names.firm(uscc)), code(uscc));
        let rank = rank.saturating_add(1).to_string();
        vec![rank, name, escape(stratum), code(ticket.get(..16).unwrap_or_default()), team]
    };
    let rows: Vec<_> = certificate.result.selected.iter().enumerate().map(row).collect();
    let columns = [
        ("名次", "rank", true),
        ("企业", "enterprise", false),
        ("层", "stratum", false),
        ("签号（前16位）", "ticket (first 16)", false),
        ("检查组", "team", false),
    ];
    let none = pair("没有抽中任何企业。", "No enterprise was selected.");
    let listed = if rows.is_empty() { none } else { table(&columns, &rows) };
    heading("抽中的企业与检查组", "Enterprises selected, and who inspects them") + &listed
}

fn pool(certificate: &Certificate) -> String {
    let firms = certificate.objects.rows.iter().map(|row| row.reason.as_str());
    let inspectors = certificate.inspectors.rows.iter().map(|row| row.reason.as_str());
    let conflicts = certificate.conflicts.rows.len();
    [
        heading("抽取池与排除原因", "The pool, and who was left out and why"),
        pair(
            "名录库中的每一家企业、每一名检查人员都列在池中；不参加抽取的，只能因下列公布的原因之一。",
            "Every enterprise and every inspector of the rosters is listed; whoever takes no part is left out for one of \
             these published reasons.",
        ),
        accounting("企业", "enterprises", firms),
        figures::strata(certificate),
        accounting("检查人员", "inspectors", inspectors),
        pair(
            &format!("利害关系：{conflicts} 对；有利害关系的检查人员与企业不会相遇。"),
            &format!("Conflicts of interest: {conflicts} pairs; such an inspector never meets such an enterprise."),
        ),
    ]
    .concat()
}

/// How many rows there are for each reason, the eligible first.
fn accounting<'a>(
    what: &'static str,
    english: &'static str,
    reasons: impl Iterator<Item = &'a str>,
) -> String {
    let mut counts = BTreeMap::<&str, u64>::new();
    let mut all = 0_u64;
    for reason in reasons {
        all = all.saturating_add(1);
        let count = counts.entry(reason).or_default();
        *count = count.saturating_add(1);
    }
    let row = |(code_text, count): (&&str, &u64)| {
        let known = Reason::from_code(code_text);
        let meaning = match (code_text.is_empty(), known) {
            (true, _) => "参加抽取 <span class=\"en\">eligible</span>".to_owned(),
            (false, Some(reason)) => format!(
                "{}<br><span class=\"en\" lang=\"en\">{}</span>",
                escape(reason.chinese()),
                escape(reason.english())
            ),
            (false, None) => String::new(),
        };
        let article = known.map(|reason| format!("第{}条 Art. {0}", reason.article())).unwrap_or_default();
        vec![meaning, article, code(code_text), count.to_string()]
    };
    let mut rows: Vec<_> = counts.iter().map(row).collect();
    rows.push(vec![format!("<b>合计 total</b>"), String::new(), String::new(), format!("<b>{all}</b>")]);
    table(
        &[
            (what, english, false),
            ("依据", "article", false),
            ("代码", "code", false),
            ("数量", "rows", true),
        ],
        &rows,
    )
}

fn ceremony(certificate: &Certificate) -> String {
    let Ceremony { participants, beacons, commit_deadline, reveal_deadline, pool, .. } =
        &certificate.ceremony;
    let yes = |there: bool| if there { "是 yes" } else { "<b>否 no</b>" }.to_owned();
    let row = |p: &lotbook_draw::certificate::Participant| {
        let (chinese, english) = role(&p.role);
        let key = p.key_id.to_string();
        vec![
            format!("{chinese} <span class=\"en\">{english}</span>"),
            code(key.get(..16).unwrap_or_default()),
            yes(p.commitment.is_some()),
            yes(p.reveal.is_some()),
        ]
    };
    let rows: Vec<_> = participants.iter().map(row).collect();
    let columns = [
        ("参与方", "participant", false),
        ("密钥（前16位）", "key (first 16)", false),
        ("已承诺", "committed", false),
        ("已揭示", "revealed", false),
    ];
    let beacon = |b: &lotbook_draw::certificate::BeaconRecord| {
        let (round, chain) = (b.round, b.chain_hash.to_string());
        pair(
            &format!("公共信标：第 {round} 轮，链 {chain}"),
            &format!("Public beacon: round {round} of {chain}"),
        )
    };
    let time = |micros: u64| local_time::show(Instant(i64::try_from(micros).unwrap_or(i64::MAX)));
    let (commit, reveal) = (time(*commit_deadline), time(*reveal_deadline));
    [
        heading("随机数的来源", "Where the randomness comes from"),
        pair(
            "抽取池先冻结；各参与方随后各自提交秘密随机数的承诺，封存后再揭示。种子由全部揭示值计算，此后每一步都可由任何人重算。",
            "The pool was frozen first; then each participant committed to a secret random number, and revealed it \
             after the commitments were sealed. The seed is computed from all of them, and everybody can redo \
             each later step.",
        ),
        table(&columns, &rows),
        beacons.iter().map(beacon).collect(),
        format!("<p>承诺截止 <span class=\"en\">commitments before</span> {commit}　揭示截止 <span class=\"en\">reveals before</span> {reveal}</p>\n"),
        format!("<p>冻结抽取池 <span class=\"en\">frozen pool (P)</span> {}</p>\n", code(&pool.to_string())),
        format!("<p>种子 <span class=\"en\">seed</span> {}</p>\n", code(&certificate.seed.to_string())),
    ]
    .concat()
}

fn role(code: &str) -> (&str, &str) {
    match code {
        "drawing_section" => ("抽取科室", "drawing section"),
        "supervision" => ("监督方", "supervision"),
        "notary" => ("公证方", "notary"),
        "association" => ("行业协会", "association"),
        "enterprise" => ("企业", "enterprise"),
        "public" => ("公众", "public"),
        other => (other, ""),
    }
}

fn substitutions(certificate: &Certificate, names: &Names) -> String {
    let row = |record: &lotbook_draw::certificate::SubstitutionRecord| {
        let kind = match record.kind {
            SubstitutionKind::Swap => "交换 <span class=\"en\">swap</span>",
            SubstitutionKind::Withdraw => {
                "退出，另抽替代人员 <span class=\"en\">withdrawn, substitutes drawn</span>"
            }
            SubstitutionKind::Chosen => {
                "交换，对方由人指定 <span class=\"en\">swap, the counterpart chosen by a person</span>"
            }
            SubstitutionKind::Reserve => {
                "退出，按候补次序 <span class=\"en\">withdrawn, in reserve order</span>"
            }
        };
        let seats: Vec<_> = record.slots.iter().map(|slot| slot.saturating_add(1).to_string()).collect();
        let outcome = match record.exhausted {
            None => "已更换 <span class=\"en\">changed</span>".to_owned(),
            Some(slot) => format!(
                "第{0}席无人可替 <span class=\"en\">nobody for seat {0}</span>",
                slot.saturating_add(1)
            ),
        };
        vec![
            code(&record.recusal_id),
            escape(&names.inspector(&record.inspector)),
            kind.into(),
            seats.join(", "),
            outcome,
        ]
    };
    let rows: Vec<_> = certificate.substitutions.iter().map(row).collect();
    let columns = [
        ("回避", "recusal", false),
        ("检查人员", "inspector", false),
        ("方式", "kind", false),
        ("席位", "seats", true),
        ("结果", "outcome", false),
    ];
    let none = pair("没有回避。", "There was no recusal.");
    let listed = if rows.is_empty() { none } else { table(&columns, &rows) };
    heading("回避与替换（第十五条）", "Recusals and substitutes (Art. 15)") + &listed
}

fn verify(certificate: &Certificate, file: &str, vkey: &str) -> String {
    let (id, origin) = (&certificate.draw_id, &certificate.ledger_id);
    let commands = format!(
        "lotbook draw verify --vkey '{vkey}' {file}\nlotbook why USCC --draw {id} --server URL --vkey '{vkey}'\nlotbook verify URL --vkey '{vkey}'"
    );
    [
        heading("自己核验", "How to verify it yourself"),
        pair(
            "不要相信本页：它由同目录的证书文件生成，任何人都可以改动一个网页。以下第一条命令在您自己的电脑上重算全部内容；第二条说明某一企业为何抽中或未抽中；第三条核验整本账。密钥请以单位另行公布的为准。",
            "Do not trust this page: it is made from the certificate beside it, and anybody can change a page. The first \
             command recomputes everything on your own computer; the second says why one enterprise was drawn or \
             not; the third verifies the whole ledger. Take the key from where the office has published it.",
        ),
        format!("<pre><code>{}</code></pre>\n", escape(&commands)),
        format!(
            "<footer>证书文件 <span lang=\"en\">certificate</span> {}　账本标识 <span lang=\"en\">ledger id</span> {}</footer>\n",
            code(file),
            code(&origin.to_string())
        ),
    ]
    .concat()
}
