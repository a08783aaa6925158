//! One shape of answer: status, type, how long it may be kept, body.

use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// For what may be another answer at the next moment.
pub(crate) const NO_STORE: &str = "no-store";
/// Text of any kind.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) kind: &'static str,
    pub(crate) cache: &'static str,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A sentence for people that says why there is nothing else.
    pub(crate) fn sentence(status: StatusCode, sentence: &str) -> Self {
        Self { status, kind: TEXT, cache: NO_STORE, body: format!("{sentence}\n").into_bytes() }
    }

    /// Text that may be kept for as long as `cache` says.
    pub(crate) fn text(text: String, cache: &'static str) -> Self {
        Self { status: StatusCode::OK, kind: TEXT, cache, body: text.into_bytes() }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let headers = [(CONTENT_TYPE, self.kind), (CACHE_CONTROL, self.cache)];
        (self.status, headers, self.body).into_response()
    }
}
