//! A refusal decided again ([P-119]): whether the ledger's own rules gave the answer that it signed.
//!
//! What a verdict says is as good as the log: whoever accuses a ledger verifies the log to a checkpoint, too.

use crate::finding::{Check, Finding};
use crate::verify::{Verifier, read};
use lotbook_chain::sign::refusal_message;
use lotbook_chain::{Entry, Instant, Sealed, StatementHash};
use lotbook_domain::article::a15_unnamed;
use lotbook_domain::authenticate::{admit, verify};
use lotbook_domain::decide::DecideError;
use lotbook_domain::refusals::RefusalReceipt;
use lotbook_domain::{Keys, Rejection, SignedStatement, decide};
use lotbook_event::oversight::StatementRefused;
use lotbook_event::{Code, Event, Statement};
use serde::Serialize;

/// What somebody shows who was refused: the receipt, and the statement with its author and signature.
#[derive(Debug, Clone)]
pub struct RefusalClaim {
    /// What the ledger answered.
    pub receipt: RefusalReceipt,
    /// What it was asked. The receipt does not name the author: the signature does.
    pub signed: SignedStatement,
}

/// What the rules say to a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is accepted, or has been before.
    Accepted,
    /// It is refused.
    Refused(Code),
}

/// What the log has of the refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRecord {
    /// Its record stands at its position.
    Recorded,
    /// The author's hour may have been full, so that it was only counted ([P-23]).
    Counted,
    /// The author's hour had room: it should have been recorded at its position, and is not.
    Missing,
}

/// A refusal decided again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum RefusalVerdict {
    /// The rules refuse it by the same code.
    Confirmed {
        /// The code.
        code: Answer,
        /// What the log has of it.
        record: OnRecord,
    },
    /// The ledger has signed an answer that its rules do not give.
    FalseRefusal {
        /// The code it has signed.
        receipt: String,
        /// What the rules say.
        decided: Answer,
        /// What the log has of it.
        record: OnRecord,
    },
    /// The log does not tell when it was decided, and the answer may depend on it.
    Undetermined {
        /// What the rules say at the time of the last entry before.
        before: Answer,
        /// At the time of the entry at its position; nothing if there is none yet.
        at: Option<Answer>,
    },
    /// The answer depends on an embargo's key, which is not on the log before it was given.
    Sealed {
        /// The code the ledger has signed.
        receipt: String,
    },
}

impl core::fmt::Display for Answer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Refused(code) => code.as_str(),
        })
    }
}

impl Serialize for Answer {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Verifier {
    /// Says before the entries that a refusal will be decided again: whether its author has used the
    /// statement's id before, and for which statement ([P-19]).
    pub fn ask_about_refusal(&mut self, claim: &RefusalClaim) {
        if let Ok(statement) = Statement::decode(&claim.signed.statement) {
            self.asked.statement(claim.signed.key_id, statement.id);
        }
    }
}

/// Decides a refused statement again. `log` was asked about the refusal, and fed exactly the entries before
/// the receipt's position; `next` is the entry that stands there, if there is one.
///
/// # Errors
/// A [`Finding`] if the receipt or the statement is forged, if the log is too short, if `next` is no good
/// entry of it, or if the record of the refusal has another author or code than the receipt.
pub fn refusal_verdict(
    log: &Verifier,
    next: Option<&[u8]>,
    claim: &RefusalClaim,
) -> Result<RefusalVerdict, Finding> {
    genuine(log, claim)?;
    if is_sealed(log, claim) {
        return Ok(RefusalVerdict::Sealed { receipt: claim.receipt.code.clone() });
    }
    let next = next.map(|bytes| Next::of(bytes, log, claim)).transpose()?;
    let before = answer(log, claim, log.state.head.recorded_at)?;
    let at = next.as_ref().map(|next| answer(log, claim, next.recorded_at)).transpose()?;
    let record = on_record(log, next.as_ref(), claim);
    let decided = match (&next, at) {
        // What was recorded, was decided at the time of its record.
        (Some(Next { record: Some(_), .. }), Some(at)) => at,
        (_, Some(at)) if at == before => at,
        _ => return Ok(RefusalVerdict::Undetermined { before, at }),
    };
    let receipt = claim.receipt.code.clone();
    if decided.to_string() != receipt {
        return Ok(RefusalVerdict::FalseRefusal { receipt, decided, record });
    }
    if let Some(recorded) = next.and_then(|next| next.record).filter(|record| record.code.as_str() != receipt)
    {
        let what = format!("the record says {}, receipt and rules say {receipt}", recorded.code);
        return Err(Finding::new(claim.receipt.position.0, Check::Decision, what));
    }
    Ok(RefusalVerdict::Confirmed { code: decided, record })
}

/// Receipt and statement are what they say, and the log reaches to them.
fn genuine(log: &Verifier, claim: &RefusalClaim) -> Result<(), Finding> {
    let (receipt, signed, size) = (&claim.receipt, &claim.signed, log.state.head.size);
    let bad = |check, what: String| Err(Finding::new(receipt.position.0, check, what));
    if size != receipt.position.0 {
        let what = format!("{size} entries were read, the refusal was decided after {}", receipt.position);
        return bad(Check::Expectation, what);
    }
    let Some(genesis) = &log.state.genesis else { return bad(Check::Bytes, "the log is empty".into()) };
    if receipt.statement != StatementHash::of(&signed.statement) {
        return bad(Check::Signature, "the receipt is for another statement".into());
    }
    // Ed25519("lotbook v1 refusal\n" || ledger_id || statement hash || u64(position) || enc(code))     [P-26]
    let message = refusal_message(genesis.ledger, receipt.statement, receipt.position, &receipt.code);
    if genesis.system_key.verify(&message, &receipt.signature).is_err() {
        return bad(Check::Signature, "the receipt is not signed by the ledger".into());
    }
    let known = Code::ALL.iter().find(|code| code.as_str() == receipt.code);
    if let Some(code) = known.filter(|code| code.article() != receipt.article) {
        return bad(Check::Expectation, format!("{} is not of article {}", code.as_str(), receipt.article));
    }
    let signs = verify(&log.state, signed);
    signs.or_else(|rejection| bad(Check::Signature, format!("the refused statement: {rejection}")))
}

/// Whether a ledger that has the key may refuse what a verifier without it cannot judge ([P-163]).
fn is_sealed(log: &Verifier, claim: &RefusalClaim) -> bool {
    let Ok(statement) = Statement::decode(&claim.signed.statement) else { return false };
    if a15_unnamed::unnamed(&log.state, &statement.event).is_some() {
        return true;
    }
    match &statement.event {
        Event::NoticeServed(e) => log.state.withheld(&e.inspection).is_some(),
        Event::InspectionStarted(e) => log.state.withheld(&e.inspection).is_some(),
        Event::EmbargoKeyHeld(e) => {
            log.state.embargo_of(&e.draw).is_some_and(|(_, embargo)| embargo.released.is_none())
        }
        _ => false,
    }
}

/// The entry at the refusal's position.
struct Next {
    recorded_at: Instant,
    /// The record of the refusal, if it is that.
    record: Option<StatementRefused>,
}

impl Next {
    /// Reads it, and checks it as the entry that follows on the log.
    fn of(bytes: &[u8], log: &Verifier, claim: &RefusalClaim) -> Result<Self, Finding> {
        let position = claim.receipt.position.0;
        log.clone().entry(bytes)?;
        let sealed = read(bytes.to_vec());
        let sealed = sealed.map_err(|error| Finding::new(position, Check::Bytes, error.to_string()))?;
        let record = match sealed.body.event {
            Event::StatementRefused(record) if record.statement_hash == claim.receipt.statement => {
                Some(record)
            }
            _ => None,
        };
        if let Some(record) = record.as_ref().filter(|record| record.author != claim.signed.key_id) {
            let what = format!("the record names {} as the author of the statement", record.author);
            return Err(Finding::new(position, Check::Signature, what));
        }
        Ok(Self { recorded_at: sealed.entry.recorded_at, record })
    }
}

/// What the rules say to the statement at an instant, in the order of [P-20].
fn answer(log: &Verifier, claim: &RefusalClaim, at: Instant) -> Result<Answer, Finding> {
    let (state, signed) = (&log.state, &claim.signed);
    let earlier = earlier(log, claim)?;
    if earlier == Some(claim.receipt.statement) {
        return Ok(Answer::Accepted);
    }
    let authentic = match admit(state, signed) {
        Err(Rejection::NotAuthentic(refusal)) => return Ok(Answer::Refused(refusal.code)),
        Err(Rejection::BadSignature(_)) => return Ok(Answer::Refused(Code::UnknownKey)),
        _ if earlier.is_some() => return Ok(Answer::Refused(Code::IdempotencyConflict)),
        Err(Rejection::Refused { refusal, .. }) => return Ok(Answer::Refused(refusal.code)),
        Ok(authentic) => authentic,
    };
    let entry = Entry {
        position: claim.receipt.position,
        recorded_at: at,
        previous: state.head.hash,
        author: signed.key_id,
        signature: signed.signature,
        statement: signed.statement.clone(),
    };
    let fault = |what: String| Finding::new(claim.receipt.position.0, Check::Decision, what);
    let sealed = Sealed::seal(entry, authentic).map_err(|error| fault(error.to_string()))?;
    match decide(state, &sealed, Keys::Verifier) {
        Ok(_) => Ok(Answer::Accepted),
        Err(DecideError::Refused(refusal)) => Ok(Answer::Refused(refusal.code)),
        Err(DecideError::Fault(error)) => Err(fault(error.to_string())),
    }
}

/// The statement that used the id before; bytes that are no statement have no id.
fn earlier(log: &Verifier, claim: &RefusalClaim) -> Result<Option<StatementHash>, Finding> {
    let Ok(statement) = Statement::decode(&claim.signed.statement) else { return Ok(None) };
    let unasked = || {
        let what = "the log was not asked about this refusal before its entries were read";
        Finding::new(claim.receipt.position.0, Check::Expectation, what)
    };
    log.asked.statement_of(claim.signed.key_id, statement.id).ok_or_else(unasked)
}

/// What the log has of the refusal, as far as its position tells.
fn on_record(log: &Verifier, next: Option<&Next>, claim: &RefusalClaim) -> OnRecord {
    let has_room = |at| log.state.refusals.has_room(&claim.signed.key_id, at);
    match next {
        Some(Next { record: Some(_), .. }) => OnRecord::Recorded,
        Some(next) if has_room(log.state.head.recorded_at) && has_room(next.recorded_at) => OnRecord::Missing,
        _ => OnRecord::Counted,
    }
}
