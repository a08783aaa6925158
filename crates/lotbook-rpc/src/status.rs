//! Statuses: what a caller is told when the answer is no (google.rpc.Status, AIP-193).
//!
//! Each has an `ErrorInfo` with a reason from [`reason`] or a refusal code. Texts are cut to
//! [`MAX_TEXT_BYTES`], because a status travels in headers and clients limit these.

use crate::proto;
use lotbook_event::{Code as Rule, DecodeError, Refusal};
use prost::Message;
use prost_types::Any;
use std::collections::HashMap;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::pb;

/// Domain of every `ErrorInfo`.
pub const DOMAIN: &str = "lotbook";
/// Type of a refusal receipt among the details.
pub const REFUSAL_RECEIPT: &str = "type.googleapis.com/lotbook.v1.RefusalReceipt";
pub(crate) const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
pub(crate) const BAD_REQUEST: &str = "type.googleapis.com/google.rpc.BadRequest";
pub(crate) const RETRY_INFO: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// Longest variable text in a status, in bytes: a status with three of them stays under 16 KiB of
/// headers, the smallest limit of common HTTP/2 clients, even if every byte is percent-encoded.
pub const MAX_TEXT_BYTES: usize = 1_024;
/// When to try again after an overload: long enough for a full queue to drain.
pub const OVERLOAD_RETRY: Duration = Duration::from_millis(500);
/// When to try again after a fault: long enough for a restart.
pub const FAULT_RETRY: Duration = Duration::from_secs(2);

/// Reasons that are not refusal codes.
pub mod reason {
    /// The signature does not verify for this ledger under the key named.
    pub const BAD_SIGNATURE: &str = "BAD_SIGNATURE";
    /// The statement's bytes are not a statement.
    pub const MALFORMED_STATEMENT: &str = "MALFORMED_STATEMENT";
    /// A field of the request is not what it must be.
    pub const MALFORMED_REQUEST: &str = "MALFORMED_REQUEST";
    /// No entry at this position yet.
    pub const NO_SUCH_ENTRY: &str = "NO_SUCH_ENTRY";
    /// What a query asks for by name is not on the ledger.
    pub const NO_SUCH_SUBJECT: &str = "NO_SUCH_SUBJECT";
    /// The range begins or ends beyond the head.
    pub const BEYOND_HEAD: &str = "BEYOND_HEAD";
    /// Too much at once; nothing happened.
    pub const OVERLOADED: &str = "OVERLOADED";
    /// The ledger cannot answer now.
    pub const UNAVAILABLE: &str = "UNAVAILABLE";
    /// The stream ended; go on from the position in `resume_from`.
    pub const STREAM_ENDED: &str = "STREAM_ENDED";
}

/// The gRPC code of a refusal.
pub fn code(rule: Rule) -> Code {
    match rule {
        Rule::IdempotencyConflict | Rule::AlreadyCommitted | Rule::AlreadyRecorded | Rule::AlreadyDrawn => {
            Code::AlreadyExists
        }
        Rule::StaleExpectation => Code::Aborted,
        Rule::UnknownKey => Code::Unauthenticated,
        Rule::RoleNotHeld
        | Rule::OtherSection
        | Rule::KeyNotConfirmed
        | Rule::NotAParticipant
        | Rule::SignerNotAssigned
        | Rule::ManualAssignment => Code::PermissionDenied,
        Rule::UnknownSubject => Code::NotFound,
        Rule::MalformedStatement
        | Rule::InvalidValue
        | Rule::ReportIncomplete
        | Rule::PlanFieldMissing
        | Rule::IdentifyingPredicate
        | Rule::ItemWithoutBasis => Code::InvalidArgument,
        other if other.as_str().contains("LIMIT") => Code::ResourceExhausted,
        _ => Code::FailedPrecondition,
    }
}

/// A rule said no; with the ledger's signed word for it where there is one.
pub fn refused(refusal: &Refusal, receipt: Option<proto::RefusalReceipt>) -> Status {
    let rule = refusal.code;
    let metadata = [
        ("article", rule.article().to_string()),
        ("subject", cut(&refusal.subject)),
        ("found", cut(&refusal.found)),
        ("rule", rule.rule().to_owned()),
        ("rule_zh", rule.rule_zh().to_owned()),
        ("remedy", rule.remedy().to_owned()),
    ];
    let mut details = vec![error_info(rule.as_str(), metadata)];
    if rule == Rule::MalformedStatement {
        details.push(bad_request("statement", &refusal.found));
    }
    if let Some(receipt) = receipt {
        details.push(any(REFUSAL_RECEIPT, &receipt));
    }
    status(code(rule), &format!("{rule}: {}", refusal.found), details)
}

/// The signature does not verify: nobody is known to have stated anything.
pub fn bad_signature() -> Status {
    let found = "the signature does not verify for this ledger under the key named";
    let remedy = "sign \"lotbook v1 statement\\n\" || ledger id || statement with the key whose id is sent";
    let metadata = [("found", found.to_owned()), ("remedy", remedy.to_owned())];
    status(Code::Unauthenticated, found, vec![error_info(reason::BAD_SIGNATURE, metadata)])
}

/// The bytes are not a statement, and no author is known.
pub fn malformed(error: &DecodeError) -> Status {
    let (path, problem) = match error {
        DecodeError::Field(field) => (format!("statement.{}", field.path), field.problem.clone()),
        DecodeError::TooLong(_) | DecodeError::NotProtobuf(_) | DecodeError::NotCanonical(_) => {
            ("statement".to_owned(), error.to_string())
        }
    };
    invalid(reason::MALFORMED_STATEMENT, &path, &problem)
}

/// A field of the request is not what it must be.
pub fn malformed_request(field: &str, problem: &str) -> Status {
    invalid(reason::MALFORMED_REQUEST, field, problem)
}

/// No entry at this position yet.
pub fn no_such_entry(position: u64, size: u64) -> Status {
    let found = format!("no entry at position {position}: the ledger has {size} entries");
    status(
        Code::NotFound,
        &found,
        vec![error_info(reason::NO_SUCH_ENTRY, [("found", found.clone()), ("size", size.to_string())])],
    )
}

/// What a query asks for by name is not on the ledger, or not in what is shown of it.
pub fn no_such_subject(subject: &str, size: u64) -> Status {
    let found = format!("there is no {} among {size} entries", cut(subject));
    let metadata = [("found", found.clone()), ("subject", cut(subject)), ("size", size.to_string())];
    status(Code::NotFound, &found, vec![error_info(reason::NO_SUCH_SUBJECT, metadata)])
}

/// A range that is not within the ledger.
pub fn beyond_head(from: u64, to: Option<u64>, size: u64) -> Status {
    let end = to.map_or_else(String::new, |to| format!(" to {to}"));
    let found = format!("the range from {from}{end} is not within the ledger of {size} entries");
    status(
        Code::OutOfRange,
        &found,
        vec![error_info(reason::BEYOND_HEAD, [("found", found.clone()), ("size", size.to_string())])],
    )
}

/// Too much at once: nothing happened, try again a little later.
pub fn overloaded() -> Status {
    let found = "the ledger has as much to do as it can take; nothing happened";
    let info = error_info(reason::OVERLOADED, [("found", found.to_owned())]);
    status(Code::ResourceExhausted, found, vec![info, retry_info(OVERLOAD_RETRY)])
}

/// The ledger cannot answer now; what was submitted may or may not be recorded, submitting it again is safe.
pub fn unavailable(found: &str) -> Status {
    let info = error_info(reason::UNAVAILABLE, [("found", cut(found))]);
    status(Code::Unavailable, found, vec![info, retry_info(FAULT_RETRY)])
}

/// The stream ends here; everything before `resume_from` was sent.
pub fn stream_ended(found: &str, resume_from: u64) -> Status {
    let metadata = [("found", cut(found)), ("resume_from", resume_from.to_string())];
    let message = format!("{found}; resume from position {resume_from}");
    let info = error_info(reason::STREAM_ENDED, metadata);
    status(Code::Unavailable, &message, vec![info, retry_info(OVERLOAD_RETRY)])
}

/// A status as the bytes of a google.rpc.Status, for streams that do not end with it.
pub fn to_bytes(status: &Status) -> Vec<u8> {
    if status.details().is_empty() {
        let code = i32::from(status.code());
        return pb::Status { code, message: status.message().to_owned(), details: vec![] }.encode_to_vec();
    }
    status.details().to_vec()
}

/// The way back from [`to_bytes`]; `None` if the bytes are no such status, or one of success.
pub fn from_bytes(bytes: &[u8]) -> Option<Status> {
    let body = pb::Status::decode(bytes).ok()?;
    let code = Code::from_i32(body.code);
    (code != Code::Ok).then(|| Status::with_details(code, body.message, bytes.to_vec().into()))
}

fn invalid(reason: &str, field: &str, problem: &str) -> Status {
    let found = format!("field {field}: {problem}");
    let details = vec![error_info(reason, [("found", cut(&found))]), bad_request(field, problem)];
    status(Code::InvalidArgument, &found, details)
}

fn status(code: Code, message: &str, details: Vec<Any>) -> Status {
    let message = cut(message);
    let body = pb::Status { code: i32::from(code), message: message.clone(), details };
    Status::with_details(code, message, body.encode_to_vec().into())
}

fn error_info<const N: usize>(reason: &str, metadata: [(&str, String); N]) -> Any {
    let metadata: HashMap<String, String> =
        metadata.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    any(ERROR_INFO, &pb::ErrorInfo { reason: reason.to_owned(), domain: DOMAIN.to_owned(), metadata })
}

fn bad_request(field: &str, problem: &str) -> Any {
    let violation = pb::bad_request::FieldViolation {
        field: cut(field),
        description: cut(problem),
        ..Default::default()
    };
    any(BAD_REQUEST, &pb::BadRequest { field_violations: vec![violation] })
}

fn retry_info(after: Duration) -> Any {
    // Saturating: the constants above are seconds, not centuries.
    let seconds = i64::try_from(after.as_secs()).unwrap_or(i64::MAX);
    let nanos = i32::try_from(after.subsec_nanos()).unwrap_or(0);
    any(RETRY_INFO, &pb::RetryInfo { retry_delay: Some(prost_types::Duration { seconds, nanos }) })
}

fn any(type_url: &str, message: &impl Message) -> Any {
    Any { type_url: type_url.to_owned(), value: message.encode_to_vec() }
}

/// The text, cut at a character boundary to [`MAX_TEXT_BYTES`].
fn cut(text: &str) -> String {
    if text.len() <= MAX_TEXT_BYTES {
        return text.to_owned();
    }
    let room = MAX_TEXT_BYTES.saturating_sub('…'.len_utf8());
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= room).last().unwrap_or(0);
    format!("{}…", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests;
