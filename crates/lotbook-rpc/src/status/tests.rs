//! A status says what the refusal said, in every code, and never outgrows a header list.

use super::*;
use crate::explain;
use lotbook_event::wire::FieldError;

fn receipt() -> proto::RefusalReceipt {
    proto::RefusalReceipt {
        statement_hash: vec![1; 32],
        position: 7,
        code: "ALREADY_DRAWN".to_owned(),
        article: 14,
        signature: vec![2; 64],
    }
}

#[test]
fn every_refusal_comes_back_as_it_went_out() {
    for rule in Rule::ALL {
        let refusal = Refusal::new(*rule, "批次 2026-01/B1", "已于第 41 位抽取");
        let error = explain(&refused(&refusal, Some(receipt())));
        assert_eq!(error.code, code(*rule), "{rule}");
        assert_eq!(error.reason, rule.as_str());
        assert_eq!(error.article, rule.article(), "{rule}");
        assert_eq!((error.subject, error.found), (refusal.subject, refusal.found), "{rule}");
        assert_eq!(error.rule, rule.rule());
        assert_eq!(error.rule_zh, rule.rule_zh());
        assert_eq!(error.remedy, rule.remedy());
        assert_eq!(error.refusal_receipt, Some(receipt()), "{rule}");
        assert_eq!(error.field.is_some(), *rule == Rule::MalformedStatement, "{rule}");
    }
}

#[test]
fn every_rule_has_the_code_of_its_kind() {
    for rule in Rule::ALL {
        let (name, code) = (rule.as_str(), code(*rule));
        assert!(!matches!(code, Code::Ok | Code::Unknown | Code::Internal | Code::Unavailable), "{name}");
        assert_eq!(code == Code::ResourceExhausted, name.contains("LIMIT"), "{name}");
        let exists = name.starts_with("ALREADY_") || name == "IDEMPOTENCY_CONFLICT";
        assert_eq!(code == Code::AlreadyExists, exists, "{name}");
    }
    let expected = [
        (Rule::StaleExpectation, Code::Aborted),
        (Rule::UnknownKey, Code::Unauthenticated),
        (Rule::RoleNotHeld, Code::PermissionDenied),
        (Rule::OtherSection, Code::PermissionDenied),
        (Rule::KeyNotConfirmed, Code::PermissionDenied),
        (Rule::NotAParticipant, Code::PermissionDenied),
        (Rule::SignerNotAssigned, Code::PermissionDenied),
        (Rule::ManualAssignment, Code::PermissionDenied),
        (Rule::UnknownSubject, Code::NotFound),
        (Rule::MalformedStatement, Code::InvalidArgument),
        (Rule::InvalidValue, Code::InvalidArgument),
        (Rule::ReportIncomplete, Code::InvalidArgument),
        (Rule::PlanFieldMissing, Code::InvalidArgument),
        (Rule::ItemWithoutBasis, Code::InvalidArgument),
        (Rule::WrongPhase, Code::FailedPrecondition),
        (Rule::NoScheme, Code::FailedPrecondition),
    ];
    for (rule, expected) in expected {
        assert_eq!(code(rule), expected, "{rule}");
    }
}

#[test]
fn a_malformed_statement_names_its_field() {
    let field =
        FieldError { path: "EnterpriseEnrolled.rows[3].uscc".to_owned(), problem: "is empty".to_owned() };
    let error = explain(&malformed(&DecodeError::Field(field)));
    assert_eq!((error.code, error.reason.as_str()), (Code::InvalidArgument, reason::MALFORMED_STATEMENT));
    assert_eq!(error.field.as_deref(), Some("statement.EnterpriseEnrolled.rows[3].uscc"));
    assert_eq!(explain(&malformed(&DecodeError::NotCanonical(9))).field.as_deref(), Some("statement"));
}

#[test]
fn who_cannot_be_authenticated_gets_no_rule() {
    let error = explain(&bad_signature());
    assert_eq!((error.code, error.reason.as_str()), (Code::Unauthenticated, reason::BAD_SIGNATURE));
    assert!(error.rule.is_empty() && error.refusal_receipt.is_none());
}

#[test]
fn what_may_be_tried_again_says_when() {
    assert_eq!(explain(&overloaded()).retry_after, Some(OVERLOAD_RETRY));
    assert_eq!(overloaded().code(), Code::ResourceExhausted);
    assert_eq!(explain(&unavailable("the disk is full")).retry_after, Some(FAULT_RETRY));
    let ended = explain(&stream_ended("the reader stopped reading", 4_711));
    assert_eq!((ended.code, ended.resume_from), (Code::Unavailable, Some(4_711)));
}

#[test]
fn what_is_not_there_says_how_much_is() {
    assert_eq!(explain(&no_such_entry(9, 9)).code, Code::NotFound);
    let error = explain(&beyond_head(5, Some(12), 9));
    assert_eq!((error.code, error.reason.as_str()), (Code::OutOfRange, reason::BEYOND_HEAD));
    assert!(error.found.contains("from 5 to 12") && error.found.contains("9 entries"), "{error}");
}

#[test]
fn a_status_of_somebody_else_is_only_a_code_and_a_message() {
    let error = explain(&Status::internal("h2 protocol error"));
    assert_eq!((error.code, error.reason.as_str()), (Code::Internal, ""));
    assert_eq!(error.to_string(), "Internal: h2 protocol error");
    let foreign =
        pb::ErrorInfo { reason: "ALREADY_DRAWN".into(), domain: "example.com".into(), ..Default::default() };
    let foreign = status(Code::Aborted, "no", vec![any(ERROR_INFO, &foreign)]);
    assert_eq!(explain(&foreign).reason, "");
    let garbage = Status::with_details(Code::Aborted, "no", vec![0xff; 9].into());
    assert_eq!(explain(&garbage).message, "no");
}

#[test]
fn the_longest_status_fits_into_the_headers_of_any_client() {
    let long = "抽".repeat(20_000);
    for rule in Rule::ALL {
        let refusal = Refusal::new(*rule, &long, long.clone());
        let status = refused(&refusal, Some(receipt()));
        let headers = status.into_http::<()>();
        let size: usize = headers.headers().iter().map(|(k, v)| k.as_str().len() + v.len() + 32).sum();
        assert!(size < 16 * 1024, "{rule}: {size}");
    }
}
