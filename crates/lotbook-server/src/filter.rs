//! Filters of queries: from the fields of a request to the types of the vocabulary, strictly.
//!
//! A field that is empty, 0 or unspecified asks for nothing. Any other must be a value of its type: what
//! cannot be there is not searched for, it is refused.

use lotbook_event::FieldError;
use lotbook_event::wire::Wire;
use lotbook_rpc::status;
use tonic::Status;

/// An identifier or a text.
pub(crate) fn text<T>(
    field: &str,
    text: String,
    parse: impl FnOnce(String) -> Result<T, FieldError>,
) -> Result<Option<T>, Status> {
    if text.is_empty() { Ok(None) } else { named(field, text, parse).map(Some) }
}

/// An identifier that must be given.
pub(crate) fn named<T>(
    field: &str,
    text: String,
    parse: impl FnOnce(String) -> Result<T, FieldError>,
) -> Result<T, Status> {
    parse(text).map_err(|error| status::malformed_request(field, &error.problem))
}

/// A value of an enumeration of the vocabulary.
pub(crate) fn value<T: Wire<Wire = i32>>(field: &str, value: i32) -> Result<Option<T>, Status> {
    if value == 0 {
        return Ok(None);
    }
    T::parse(value).map(Some).map_err(|error| status::malformed_request(field, &error.problem))
}

/// A value of an enumeration of the views.
pub(crate) fn shown<T: TryFrom<i32>>(field: &str, value: i32) -> Result<Option<T>, Status> {
    if value == 0 {
        return Ok(None);
    }
    let none = |_| status::malformed_request(field, &format!("{value} is not one of its values"));
    T::try_from(value).map(Some).map_err(none)
}

/// 32 bytes.
pub(crate) fn bytes<T: Wire<Wire = Vec<u8>>>(field: &str, bytes: Vec<u8>) -> Result<Option<T>, Status> {
    if bytes.is_empty() {
        return Ok(None);
    }
    T::parse(bytes).map(Some).map_err(|error| status::malformed_request(field, &error.problem))
}

/// A year; 0 asks for none.
pub(crate) fn year(year: u32) -> Option<u32> {
    (year != 0).then_some(year)
}
