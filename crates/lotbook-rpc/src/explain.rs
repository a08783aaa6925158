//! The way back: a status as its reader understands it, typed.

use crate::proto;
use crate::status::{BAD_REQUEST, DOMAIN, ERROR_INFO, REFUSAL_RECEIPT, RETRY_INFO};
use prost::Message;
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::pb;

/// A status of this ledger in parts. Nothing in it is verified: it is what the server said.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{}{}", label(reason, *code), describe(self))]
pub struct RpcError {
    /// The gRPC code.
    pub code: Code,
    /// The status message.
    pub message: String,
    /// A refusal code or one of [`crate::status::reason`]; empty if the status is not a ledger's.
    pub reason: String,
    /// The article it rests on; 0 if none.
    pub article: u32,
    /// What it is about; may be empty.
    pub subject: String,
    /// What was found; may be empty.
    pub found: String,
    /// The rule in one English sentence; may be empty.
    pub rule: String,
    /// The rule in one Chinese sentence; may be empty.
    pub rule_zh: String,
    /// What to do instead; may be empty.
    pub remedy: String,
    /// The field of the request that is wrong, where one is named.
    pub field: Option<String>,
    /// When to try again, where it is named.
    pub retry_after: Option<Duration>,
    /// The position to resume a stream from, where it is named.
    pub resume_from: Option<u64>,
    /// The ledger's signed word that it refused.
    pub refusal_receipt: Option<proto::RefusalReceipt>,
}

/// Takes a status apart; what is missing or malformed in its details is left empty.
pub fn explain(status: &Status) -> RpcError {
    let mut error = RpcError::new(status.code(), status.message());
    let Ok(body) = pb::Status::decode(status.details()) else { return error };
    for detail in body.details {
        let value = detail.value.as_slice();
        match detail.type_url.as_str() {
            ERROR_INFO => error.take_info(value),
            BAD_REQUEST => error.field = field(value),
            RETRY_INFO => error.retry_after = retry_after(value),
            REFUSAL_RECEIPT => error.refusal_receipt = proto::RefusalReceipt::decode(value).ok(),
            _ => {}
        }
    }
    error
}

impl RpcError {
    fn new(code: Code, message: &str) -> Self {
        Self {
            code,
            message: message.to_owned(),
            reason: String::new(),
            article: 0,
            subject: String::new(),
            found: String::new(),
            rule: String::new(),
            rule_zh: String::new(),
            remedy: String::new(),
            field: None,
            retry_after: None,
            resume_from: None,
            refusal_receipt: None,
        }
    }

    fn take_info(&mut self, value: &[u8]) {
        let Ok(mut info) = pb::ErrorInfo::decode(value) else { return };
        if info.domain != DOMAIN {
            return;
        }
        let mut take = |key: &str| info.metadata.remove(key).unwrap_or_default();
        self.article = take("article").parse().unwrap_or(0);
        self.subject = take("subject");
        self.found = take("found");
        self.rule = take("rule");
        self.rule_zh = take("rule_zh");
        self.remedy = take("remedy");
        self.resume_from = take("resume_from").parse().ok();
        self.reason = info.reason;
    }
}

fn field(value: &[u8]) -> Option<String> {
    pb::BadRequest::decode(value).ok()?.field_violations.into_iter().next().map(|violation| violation.field)
}

fn retry_after(value: &[u8]) -> Option<Duration> {
    // TryFrom refuses a negative span.
    pb::RetryInfo::decode(value).ok()?.retry_delay?.try_into().ok()
}

fn label(reason: &str, code: Code) -> String {
    if reason.is_empty() { format!("{code:?}") } else { reason.to_owned() }
}

fn describe(error: &RpcError) -> String {
    let article = if error.article == 0 { String::new() } else { format!(" (Art. {})", error.article) };
    let found = if error.found.is_empty() { &error.message } else { &error.found };
    let mut text = format!("{article}: {found}");
    let advice = [&error.rule, &error.remedy].map(String::as_str);
    let advice: Vec<&str> = advice.into_iter().filter(|part| !part.is_empty()).collect();
    if !advice.is_empty() {
        text.push_str(&format!(" ({})", advice.join("; ")));
    }
    text
}
