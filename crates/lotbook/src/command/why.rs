//! `why`: whether an enterprise was in a pool and was drawn, and why; every word of it verified before it is said.

use super::reading;
use crate::cli::Why;
use crate::exit::{Exit, usage};
use crate::{given, say};
use anyhow::{Context, Result};
use lotbook_chain::{TreeHash, VerifierKey};
use lotbook_client::{Client, ClientError, Untrustworthy, proto};
use lotbook_engine::domain::projection::standing::RowProof;
use lotbook_event::wire::Wire;
use lotbook_event::{Code, DrawId, Reason, Refusal, Uscc};
use lotbook_verifier::Expectations;
use lotbook_verifier::standing::{Lot, Place, Proved, Root, Shown, check, of_log};
use serde_json::json;

pub async fn run(args: Why) -> Result<Exit> {
    let draw = given::given("--draw", DrawId::new(args.draw.as_str()))?;
    let uscc = given::given("USCC", Uscc::new(args.uscc.as_str()))?;
    let vkey = args.vkey.as_deref().map(|vkey| given::vkey("--vkey", vkey)).transpose()?;
    let proved = match (&args.source.data, &args.source.server) {
        (Some(_), _) => of_data(&args, vkey.clone(), &draw, &uscc).await?,
        (None, Some(url)) => of_server(url, vkey.as_ref(), &draw, &uscc).await?,
        (None, None) => return Err(usage("name --data or --server")),
    };
    let told = Told { draw: &draw, uscc: &uscc, proved: &proved, known: vkey.is_some() };
    if args.json {
        say!("{}", told.json());
    } else {
        told.lines().iter().for_each(|line| say!("{line}"));
    }
    Ok(Exit::Done)
}

/// From a data directory: the whole log is decided again first, then proofs are made and checked as a server's are.
async fn of_data(args: &Why, vkey: Option<VerifierKey>, draw: &DrawId, uscc: &Uscc) -> Result<Proved> {
    let ledger = reading::ledger(&args.source).await?;
    ledger.verdict(&Expectations { vkey, ..Expectations::default() })?;
    let state = ledger.verifier.state();
    let shown = of_log(state, &ledger.entries, ledger.note_over_all()?, draw, uscc)?;
    let none = || Refusal::new(Code::UnknownSubject, draw, format!("there is no draw {draw} of a batch"));
    let genesis = state.genesis.as_ref().context("the log has no genesis")?;
    let root =
        Root { ledger: genesis.ledger, vkey: &genesis.checkpoint_key, system_key: &genesis.system_key };
    Ok(check(root, draw, uscc, &shown.ok_or_else(none)?)?)
}

/// From a server, of which nothing is believed but what is proved under its checkpoint key.
async fn of_server(url: &str, vkey: Option<&VerifierKey>, draw: &DrawId, uscc: &Uscc) -> Result<Proved> {
    let client = Client::trust_on_first_use(url).await?;
    let trust = client.trust_root();
    if let Some(expected) = vkey.filter(|expected| **expected != trust.vkey) {
        return Err(OtherKey { expected: expected.to_string(), found: trust.vkey.to_string() }.into());
    }
    let asked = proto::GetStandingRequest { draw: draw.to_string(), uscc: uscc.to_string() };
    let answer = client.query(asked).await?;
    let shown = Shown {
        rows: answer.rows.into_iter().map(row).collect::<Result<_, _>>()?,
        frozen: client.proved(answer.pool_frozen).await?,
        drawn: optional(&client, answer.draw_completed).await?,
        assigned: optional(&client, answer.enterprise_assigned).await?,
        opened: optional(&client, answer.draw_opened).await?,
        team: answer.team.into_iter().map(Wire::parse).collect::<Result<_, _>>()?,
    };
    let root = Root { ledger: trust.ledger_id, vkey: &trust.vkey, system_key: &client.genesis().system_key };
    Ok(check(root, draw, uscc, &shown)?)
}

/// The server is another ledger than the one that is known.
#[derive(Debug, thiserror::Error)]
#[error("the ledger's checkpoint key is {found}, expected {expected}")]
pub struct OtherKey {
    expected: String,
    found: String,
}

async fn optional(
    client: &Client,
    receipt: Option<proto::Receipt>,
) -> Result<Option<lotbook_chain::Receipt>, ClientError> {
    match receipt {
        Some(receipt) => client.proved(Some(receipt)).await.map(Some),
        None => Ok(None),
    }
}

fn row(shown: proto::PoolRowProof) -> Result<RowProof, ClientError> {
    let hash = |bytes: &Vec<u8>| {
        let length = Untrustworthy::Length { field: "inclusion_proof", expected: 32, found: bytes.len() };
        TreeHash::try_from(bytes.as_slice()).map_err(|_| ClientError::from(length))
    };
    let proof = shown.inclusion_proof.iter().map(hash).collect::<Result<_, ClientError>>()?;
    let proto::PoolRowProof { index, uscc, stratum, eligible, reason, .. } = shown;
    Ok(RowProof { index, row: lotbook_draw::ObjectRow { uscc, stratum, eligible, reason }, proof })
}

/// What is told of what was proved.
struct Told<'a> {
    draw: &'a DrawId,
    uscc: &'a Uscc,
    proved: &'a Proved,
    /// Whether the checkpoint key was known from elsewhere.
    known: bool,
}

impl Told<'_> {
    fn lines(&self) -> Vec<String> {
        let proved = self.proved;
        let mut lines = vec![format!("{}  in draw {}", self.uscc, self.draw)];
        lines.extend(self.place());
        lines.extend(match &proved.lot {
            Some(lot) => self.lot(lot),
            None => vec![
                "  result      none is shown: not drawn yet, or withheld (this is not proved)  尚无抽取结果"
                    .into(),
            ],
        });
        let eligible: u64 = proved.pool.strata.iter().map(|stratum| stratum.eligible).sum();
        let rows = proved.rows;
        lines.push(format!(
            "  pool        {rows} enterprises, {eligible} eligible  抽取池{rows}家，可抽{eligible}家"
        ));
        lines.push(format!(
            "  pool entry  position {}, objects root {}",
            proved.position, proved.pool.objects_root
        ));
        let head = &proved.checkpoint;
        let trust = if self.known { "whose key was given" } else { "believed on first use: give --vkey" };
        lines.push(format!(
            "  proved      row, entries and head, under a signed checkpoint of {} entries by {}, {trust}",
            head.size, head.origin
        ));
        lines.push("              that pool and seed were made by the rules: lotbook verify  全面核验：lotbook verify".into());
        lines
    }

    fn place(&self) -> Vec<String> {
        match &self.proved.place {
            Place::Row(proof) if proof.row.eligible => {
                vec![format!(
                    "  in the pool yes, row {}{}  在抽取池内",
                    proof.index,
                    stratum(&proof.row.stratum)
                )]
            }
            Place::Row(proof) => {
                let (en, zh, article) = explained(&proof.row.reason);
                vec![
                    format!(
                        "  in the pool no, row {}: {} (Art. {article})  不在抽取池内",
                        proof.index, proof.row.reason
                    ),
                    format!("  reason      {en}"),
                    format!("  原因        {zh}（第{article}条）"),
                ]
            }
            Place::Absent { before, after } => {
                let name = |proof: &Option<RowProof>, end: &str| {
                    proof.as_ref().map_or(end.to_owned(), |p| format!("row {} {}", p.index, p.row.uscc))
                };
                vec![
                    "  in the pool no: it was not on the roster when the pool was frozen  冻结时不在企业名录库内".into(),
                    format!(
                        "  proof       rows are in ascending order, and nothing lies between {} and {}",
                        name(before, "the begin of the list"),
                        name(after, "the end of the list")
                    ),
                ]
            }
        }
    }

    fn lot(&self, lot: &Lot) -> Vec<String> {
        let Some(ticket) = &lot.ticket else {
            return vec!["  drawn       no: only eligible rows have a ticket  未参加抽取".into()];
        };
        let Place::Row(proof) = &self.proved.place else { return vec![] };
        let result = lot.done.strata.iter().find(|s| s.stratum.as_str() == proof.row.stratum);
        let cutoff =
            result.and_then(|s| s.cutoff).map_or("none: nothing was drawn here".into(), |c| hex(&c.0));
        let mut lines =
            vec![format!("  ticket      {}", hex(ticket.as_bytes())), format!("  cut-off     {cutoff}")];
        if let Some(result) = result {
            lines.push(format!("  of them     {} of {} drawn", result.quota, result.eligible));
        }
        match &lot.selected {
            None => lines
                .push("  drawn       no: the ticket is over the cut-off  未抽中：签号大于截止签号".into()),
            Some(selected) => {
                let (rank, team) = (u64::from(selected.rank).saturating_add(1), names(&selected.team));
                lines.push(format!(
                    "  drawn       yes, rank {rank} of {}, position {}  抽中，第{rank}位",
                    lot.done.selected, selected.position
                ));
                let team = if team.is_empty() {
                    "none could be assigned  无可行分配".into()
                } else {
                    team.join(", ")
                };
                lines.push(format!(
                    "  team        {team} (as drawn; recusals may have changed it)  抽取时的检查组"
                ));
            }
        }
        lines
    }

    fn json(&self) -> serde_json::Value {
        let proved = self.proved;
        let shown = |proof: &RowProof| json!({ "index": proof.index, "uscc": proof.row.uscc });
        let (row, neighbours) = match &proved.place {
            Place::Row(proof) => (Some(self.row_json(proof)), None),
            Place::Absent { before, after } => {
                let neighbours =
                    json!({ "before": before.as_ref().map(shown), "after": after.as_ref().map(shown) });
                (None, Some(neighbours))
            }
        };
        json!({
            "draw": self.draw.as_str(), "uscc": self.uscc.as_str(),
            "on_roster": row.is_some(), "row": row, "neighbours": neighbours,
            "result": proved.lot.as_ref().map(|lot| self.lot_json(lot)),
            "pool": {
                "position": proved.position.0, "rows": proved.rows,
                "eligible": proved.pool.strata.iter().map(|s| s.eligible).sum::<u64>(),
                "objects_root": proved.pool.objects_root.to_string(),
            },
            "checkpoint": { "origin": proved.checkpoint.origin, "size": proved.checkpoint.size,
                "root": proved.checkpoint.root.to_string(), "key_known": self.known },
        })
    }

    fn row_json(&self, proof: &RowProof) -> serde_json::Value {
        let row = &proof.row;
        let reason = (!row.eligible).then(|| {
            let (en, zh, article) = explained(&row.reason);
            json!({ "code": row.reason, "article": article, "en": en, "zh": zh })
        });
        json!({ "index": proof.index, "stratum": row.stratum, "eligible": row.eligible, "reason": reason })
    }

    fn lot_json(&self, lot: &Lot) -> serde_json::Value {
        let stratum = match &self.proved.place {
            Place::Row(proof) => Some(proof.row.stratum.as_str()),
            Place::Absent { .. } => None,
        };
        let result = lot.done.strata.iter().find(|s| Some(s.stratum.as_str()) == stratum);
        json!({
            "seed": hex(&lot.done.seed.0), "ticket": lot.ticket.map(|ticket| hex(ticket.as_bytes())),
            "cutoff": result.and_then(|s| s.cutoff).map(|cutoff| hex(&cutoff.0)),
            "selected": lot.selected.is_some(),
            "rank": lot.selected.as_ref().map(|selected| selected.rank),
            "team": lot.selected.as_ref().map(|selected| names(&selected.team)),
            "position": lot.selected.as_ref().map(|selected| selected.position.0),
        })
    }
}

/// What a reason means in English and Chinese, and its article; a code of a later version speaks for itself.
fn explained(code: &str) -> (&str, &str, u32) {
    Reason::from_code(code)
        .map_or((code, code, 0), |reason| (reason.english(), reason.chinese(), reason.article()))
}

fn stratum(stratum: &str) -> String {
    if stratum.is_empty() { String::new() } else { format!(", stratum {stratum} 层") }
}

fn names(team: &[lotbook_event::InspectorId]) -> Vec<String> {
    team.iter().map(ToString::to_string).collect()
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
